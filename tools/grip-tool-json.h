/* grip-tool-json.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A JSON line for --json, written in order. A name is NULL inside a list. Text that is not UTF-8 is
 * shown with U+FFFD; what may be bytes goes through grip_tool_json_content (). */
typedef struct
{
  GString  *text;
  gboolean  comma;
} GripToolJson;

GripToolJson *grip_tool_json_new          (void);
void          grip_tool_json_free         (GripToolJson *self);
void          grip_tool_json_begin_object (GripToolJson *self,
                                           const char   *name);
void          grip_tool_json_end_object   (GripToolJson *self);
void          grip_tool_json_begin_list   (GripToolJson *self,
                                           const char   *name);
void          grip_tool_json_end_list     (GripToolJson *self);
void          grip_tool_json_string       (GripToolJson *self,
                                           const char   *name,
                                           const char   *value);
void          grip_tool_json_content      (GripToolJson *self,
                                           const char   *name,
                                           GBytes       *value);
void          grip_tool_json_integer      (GripToolJson *self,
                                           const char   *name,
                                           gint64        value);
void          grip_tool_json_seconds      (GripToolJson *self,
                                           const char   *name,
                                           double        value);
void          grip_tool_json_boolean      (GripToolJson *self,
                                           const char   *name,
                                           gboolean      value);
void          grip_tool_json_raw          (GripToolJson *self,
                                           const char   *name,
                                           const char   *json);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripToolJson, grip_tool_json_free)

G_END_DECLS
