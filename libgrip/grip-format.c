/* grip-format.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-format.h"

/**
 * GripFormat:
 *
 * One payload of an item, for one kind of held client.
 *
 * libgrip has the three that Pushpin and Fastly Fanout know: [class@Grip.HttpResponseFormat],
 * [class@Grip.HttpStreamFormat] and [class@Grip.WebSocketMessageFormat]. An application or a script
 * may implement its own: it needs a name and a description.
 *
 * The description is a dictionary of type `a{sv}` with the fields of protocol 3.1: text is a string,
 * bytes are `ay`, lists are arrays. `content` and `body` may be a string or bytes: where an encoding
 * has another name for bytes, libgrip writes that name. A description is asked for once, when the
 * format is put into an item, in the thread that makes the item.
 *
 * A type that was registered with [func@Grip.Format.register_type] is made by its name.
 *
 * Since: 1.0
 */

G_DEFINE_INTERFACE (GripFormat, grip_format, G_TYPE_OBJECT)

static void
grip_format_default_init (GripFormatInterface *iface)
{
}

/**
 * grip_format_get_name:
 * @self: a format
 *
 * Tells the name under which the format stands in an item, such as `http-stream`.
 *
 * Returns: the name
 *
 * Since: 1.0
 */
const char *
grip_format_get_name (GripFormat *self)
{
  GripFormatInterface *iface;

  g_return_val_if_fail (GRIP_IS_FORMAT (self), NULL);

  /* A class of a script may implement nothing. */
  iface = GRIP_FORMAT_GET_IFACE (self);

  return iface->get_name != NULL ? iface->get_name (self) : NULL;
}

/**
 * grip_format_to_variant:
 * @self: a format
 *
 * Describes the format as a dictionary: see [iface@Grip.Format].
 *
 * Returns: (transfer full): a `a{sv}`
 *
 * Since: 1.0
 */
GVariant *
grip_format_to_variant (GripFormat *self)
{
  GripFormatInterface *iface;
  GVariant            *description;

  g_return_val_if_fail (GRIP_IS_FORMAT (self), NULL);

  iface = GRIP_FORMAT_GET_IFACE (self);
  description = iface->to_variant != NULL ? iface->to_variant (self) : NULL;

  /* A script gives a floating reference as easily as a full one. */
  return description != NULL ? g_variant_take_ref (description) : NULL;
}
