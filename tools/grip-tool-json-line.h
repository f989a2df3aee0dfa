/* grip-tool-json-line.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A member of a JSON object whose values are all strings. A value may hold NUL. */
typedef struct
{
  char    *name;
  GString *value;
} GripToolMember;

GPtrArray *grip_tool_parse_json_line (const char *line,
                                      gsize       length,
                                      GError    **error);

G_END_DECLS
