/* grip-tool-item.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-tool-common.h"

G_BEGIN_DECLS

/* What the options of `publish` say about the item. */
typedef struct
{
  GripAction   action;
  guint        formats;         /* of GripToolFormat */
  GPtrArray   *others;          /* names of formats that scripts registered */
  char        *id;
  char        *prev_id;
  GHashTable  *meta;
  char       **filters;
  char       **headers;
  int          code;            /* -1 for none */
  gboolean     binary;
  gboolean     no_seq;
  int          close_code;
  char        *close_reason;
} GripToolItem;

/* In the order of own_formats[]. */
typedef enum
{
  GRIP_TOOL_HTTP_RESPONSE = 1 << 0,
  GRIP_TOOL_HTTP_STREAM   = 1 << 1,
  GRIP_TOOL_WS_MESSAGE    = 1 << 2,
  GRIP_TOOL_ALL_FORMATS   = (1 << 3) - 1,
} GripToolFormat;

gboolean  grip_tool_item_add_formats (GripToolItem  *self,
                                      const char    *list);
gboolean  grip_tool_item_add_meta    (GripToolItem  *self,
                                      const char    *pair);
GripItem *grip_tool_item_build       (GripToolItem  *self,
                                      GBytes        *content,
                                      GError       **error);
void      grip_tool_item_clear       (GripToolItem  *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GripToolItem, grip_tool_item_clear)

G_END_DECLS
