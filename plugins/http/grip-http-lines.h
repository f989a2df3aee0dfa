/* grip-http-lines.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A longer line is an error: its reader does not wait for the end of it. */
#define GRIP_HTTP_MAX_LINE (64 * 1024)

/* The lines of a reply that does not end, as they come. */
typedef struct _GripHttpLines GripHttpLines;

/* Called with lines, each a GBytes without its end; or with @error, also at the end of the reply. */
typedef void (*GripHttpLinesFunc) (GPtrArray    *lines,
                                   const GError *error,
                                   gpointer      user_data);

GripHttpLines *grip_http_lines_new  (GInputStream      *stream);
void           grip_http_lines_free (GripHttpLines     *self);
void           grip_http_lines_read (GripHttpLines     *self,
                                     GCancellable      *cancellable,
                                     GripHttpLinesFunc  func,
                                     gpointer           user_data);

G_END_DECLS
