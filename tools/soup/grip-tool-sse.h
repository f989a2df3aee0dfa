/* grip-tool-sse.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A reader of text/event-stream, by the rules of the HTML standard. */
typedef struct
{
  GString  *line;
  GString  *data;
  char     *event;
  char     *last_id;       /* NULL: none was told */
  guint     retry;         /* milliseconds; 0: not told */
  guint     n_data;
  gsize     max_size;
  gboolean  after_cr;
  gboolean  started;
} GripToolSse;

/* False to read no further. */
typedef gboolean (*GripToolSseFunc) (GripToolSse *self,
                                     gpointer     user_data);

void     grip_tool_sse_init  (GripToolSse      *self,
                              gsize             max_size);
void     grip_tool_sse_clear (GripToolSse      *self);
void     grip_tool_sse_reset (GripToolSse      *self);
gboolean grip_tool_sse_feed  (GripToolSse      *self,
                              const char       *bytes,
                              gsize             length,
                              GripToolSseFunc   func,
                              gpointer          user_data,
                              GError          **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GripToolSse, grip_tool_sse_clear)

G_END_DECLS
