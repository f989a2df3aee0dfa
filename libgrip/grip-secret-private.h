/* grip-secret-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

GBytes   *grip_secret_new       (const void  *data,
                                 gsize        length);
GBytes   *grip_secret_decode    (const char  *text,
                                 const char  *what,
                                 GError     **error);
gboolean  grip_secret_is_base64 (const char  *text);
char     *grip_secret_to_text   (GBytes      *secret);
void      grip_secret_cleanse   (void        *data,
                                 gsize        length);
void      grip_secret_free      (char        *text);

G_END_DECLS
