/* grip-tool-lines.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Standard input, line by line. A line is bytes, without its newline. */
typedef struct
{
  GByteArray *pending;
  gsize       start;
  gsize       searched;
  gint64      number;
  gboolean    at_end;
} GripToolLines;

void      grip_tool_lines_init  (GripToolLines  *self);
void      grip_tool_lines_clear (GripToolLines  *self);
gboolean  grip_tool_lines_read  (GripToolLines  *self,
                                 GError        **error);
GBytes   *grip_tool_lines_take  (GripToolLines  *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GripToolLines, grip_tool_lines_clear)

G_END_DECLS
