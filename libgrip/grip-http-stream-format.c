/* grip-http-stream-format.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-base-format-private.h"
#include "grip-http-stream-format.h"

/**
 * GripHttpStreamFormat:
 *
 * A piece of the body for clients that are held in an HTTP stream: the format `http-stream` of
 * protocol 3.1.
 *
 * Since: 1.0
 */

struct _GripHttpStreamFormat
{
  GripBaseFormat parent_instance;
};

static void format_iface_init (GripFormatInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GripHttpStreamFormat, grip_http_stream_format, GRIP_TYPE_BASE_FORMAT,
                               G_IMPLEMENT_INTERFACE (GRIP_TYPE_FORMAT, format_iface_init))

static const char *
grip_http_stream_format_get_name (GripFormat *format)
{
  return "http-stream";
}

static void
format_iface_init (GripFormatInterface *iface)
{
  iface->get_name = grip_http_stream_format_get_name;
}

static void
grip_http_stream_format_describe (GripBaseFormat *base,
                                  gpointer        writer)
{
  GripBaseFormatPrivate *priv = grip_base_format_get_private (base);

  if (priv->action != GRIP_ACTION_SEND)
    return;

  grip_base_format_write_filters (base, writer);
  if (priv->content != NULL)
    grip_base_format_write_content (base, writer, "content", priv->is_text, GRIP_CONTENT_HTTP);
}

static gboolean
grip_http_stream_format_check (GripBaseFormat  *base,
                               GError         **error)
{
  GripBaseFormatPrivate *priv = grip_base_format_get_private (base);

  if (priv->action == GRIP_ACTION_REFRESH)
    return grip_base_format_refuse (base, error, "'action' refresh is for ws-message only");
  if (priv->action == GRIP_ACTION_SEND && priv->content == NULL)
    return grip_base_format_refuse (base, error, "'content' is missing");
  if (priv->action != GRIP_ACTION_SEND && priv->content != NULL)
    return grip_base_format_refuse (base, error, "'content' goes with 'action' send only");

  return TRUE;
}

static void
grip_http_stream_format_class_init (GripHttpStreamFormatClass *klass)
{
  GripBaseFormatClass *base_class = GRIP_BASE_FORMAT_CLASS (klass);

  base_class->describe = grip_http_stream_format_describe;
  base_class->check = grip_http_stream_format_check;
}

static void
grip_http_stream_format_init (GripHttpStreamFormat *self)
{
}

static GripHttpStreamFormat *
take_content (GBytes *content)
{
  GripHttpStreamFormat *self = g_object_new (GRIP_TYPE_HTTP_STREAM_FORMAT, NULL);

  grip_base_format_take_content (GRIP_BASE_FORMAT (self), content);

  return self;
}

static GripHttpStreamFormat *
new_with_action (GripAction action)
{
  GripHttpStreamFormat *self = g_object_new (GRIP_TYPE_HTTP_STREAM_FORMAT, NULL);

  grip_base_format_set_action (GRIP_BASE_FORMAT (self), action);

  return self;
}

/**
 * grip_http_stream_format_new:
 * @content: the bytes to append to the stream
 *
 * Makes a format that sends bytes.
 *
 * Returns: (transfer full): a new format
 *
 * Since: 1.0
 */
GripHttpStreamFormat *
grip_http_stream_format_new (GBytes *content)
{
  g_return_val_if_fail (content != NULL, NULL);

  return take_content (g_bytes_ref (content));
}

/**
 * grip_http_stream_format_new_text:
 * @content: the text to append to the stream
 *
 * Makes a format that sends text.
 *
 * Returns: (transfer full): a new format
 *
 * Since: 1.0
 */
GripHttpStreamFormat *
grip_http_stream_format_new_text (const char *content)
{
  g_return_val_if_fail (content != NULL, NULL);

  return take_content (g_bytes_new (content, strlen (content)));
}

/**
 * grip_http_stream_format_new_close:
 *
 * Makes a format that ends the stream of each held client.
 *
 * Returns: (transfer full): a new format
 *
 * Since: 1.0
 */
GripHttpStreamFormat *
grip_http_stream_format_new_close (void)
{
  return new_with_action (GRIP_ACTION_CLOSE);
}

/**
 * grip_http_stream_format_new_hint:
 *
 * Makes a format that lets the proxy fetch what is new from the next link of the hold.
 *
 * Returns: (transfer full): a new format
 *
 * Since: 1.0
 */
GripHttpStreamFormat *
grip_http_stream_format_new_hint (void)
{
  return new_with_action (GRIP_ACTION_HINT);
}
