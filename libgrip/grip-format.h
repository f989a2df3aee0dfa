/* grip-format.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

#include <libgrip/grip-version-macros.h>

G_BEGIN_DECLS

/**
 * GripAction:
 * @GRIP_ACTION_SEND: send the content
 * @GRIP_ACTION_CLOSE: close the connection of the held client
 * @GRIP_ACTION_HINT: tell the proxy to fetch the content again
 * @GRIP_ACTION_REFRESH: let the proxy make a WebSocket-over-HTTP request (`ws-message` only)
 *
 * What a proxy does with a format of an item (protocol 3.1).
 *
 * Since: 1.0
 */
typedef enum
{
  GRIP_ACTION_SEND,
  GRIP_ACTION_CLOSE,
  GRIP_ACTION_HINT,
  GRIP_ACTION_REFRESH,
} GripAction;

#define GRIP_TYPE_FORMAT (grip_format_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_INTERFACE (GripFormat, grip_format, GRIP, FORMAT, GObject)

/**
 * GripFormatInterface:
 * @parent_iface: the parent
 * @get_name: tells the name of the format
 * @to_variant: describes the format
 *
 * What a format implements.
 *
 * Since: 1.0
 */
struct _GripFormatInterface
{
  GTypeInterface parent_iface;

  /**
   * GripFormatInterface::get_name:
   * @self: a format
   *
   * Tells the name under which the format stands in an item.
   *
   * Returns: the name
   *
   * Since: 1.0
   */
  const char *(*get_name)   (GripFormat *self);

  /**
   * GripFormatInterface::to_variant:
   * @self: a format
   *
   * Describes the format as a dictionary.
   *
   * Returns: (transfer full): a `a{sv}`
   *
   * Since: 1.0
   */
  GVariant   *(*to_variant) (GripFormat *self);
};

GRIP_AVAILABLE_IN_1_0
const char *grip_format_get_name   (GripFormat *self);
GRIP_AVAILABLE_IN_1_0
GVariant   *grip_format_to_variant (GripFormat *self);

GRIP_AVAILABLE_IN_1_0
gboolean    grip_format_register_type   (const char  *name,
                                         GType        type,
                                         GError     **error);
GRIP_AVAILABLE_IN_1_0
char      **grip_format_list_registered (void);
GRIP_AVAILABLE_IN_1_0
GripFormat *grip_format_new_for_name    (const char  *name,
                                         GBytes      *content,
                                         GError     **error);

G_END_DECLS
