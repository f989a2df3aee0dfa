/* grip-item.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include <libgrip/grip-format.h>

G_BEGIN_DECLS

/**
 * GripEncoding:
 * @GRIP_ENCODING_JSON: JSON, as the HTTP control API and the `J` frames of ZMQ take it
 * @GRIP_ENCODING_TNETSTRING: a tnetstring dictionary, as ZMQ PUSH takes it
 * @GRIP_ENCODING_TNETSTRING_BARE: the same without the channel, as ZMQ XPUB takes it: there the
 *   channel is a frame of its own
 *
 * How an item is written for the wire.
 *
 * Since: 1.0
 */
typedef enum
{
  GRIP_ENCODING_JSON,
  GRIP_ENCODING_TNETSTRING,
  GRIP_ENCODING_TNETSTRING_BARE,
} GripEncoding;

#define GRIP_TYPE_ITEM (grip_item_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripItem, grip_item, GRIP, ITEM, GObject)

GRIP_AVAILABLE_IN_1_0
GripItem   *grip_item_new           (GripFormat    *format,
                                     const char    *id,
                                     const char    *prev_id,
                                     GError       **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripItem   *grip_item_new_full      (GripFormat   **formats,
                                     gsize          n_formats,
                                     const char    *id,
                                     const char    *prev_id,
                                     GHashTable    *meta,
                                     gboolean       no_seq,
                                     gint64         size,
                                     GError       **error) G_GNUC_WARN_UNUSED_RESULT;

GRIP_AVAILABLE_IN_1_0
const char *grip_item_get_id        (GripItem      *self);
GRIP_AVAILABLE_IN_1_0
const char *grip_item_get_prev_id   (GripItem      *self);
GRIP_AVAILABLE_IN_1_0
GVariant   *grip_item_get_meta      (GripItem      *self);
GRIP_AVAILABLE_IN_1_0
gboolean    grip_item_get_no_seq    (GripItem      *self);
GRIP_AVAILABLE_IN_1_0
gint64      grip_item_get_size      (GripItem      *self);
GRIP_AVAILABLE_IN_1_0
guint       grip_item_get_n_formats (GripItem      *self);
GRIP_AVAILABLE_IN_1_0
GripFormat *grip_item_get_format    (GripItem      *self,
                                     guint          index);
GRIP_AVAILABLE_IN_1_0
GVariant   *grip_item_describe      (GripItem      *self,
                                     const char    *format_name) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GBytes     *grip_item_encode        (GripItem      *self,
                                     const char    *channel,
                                     GripEncoding   encoding,
                                     GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
