/* grip-pub-control-shortcuts.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-http-response-format.h"
#include "grip-http-stream-format.h"
#include "grip-pub-control-private.h"
#include "grip-websocket-message-format.h"

/* One call for the usual case: one format, an id and a prev-id. The functions take a format over. */

static gboolean
publish_format (GripPubControl  *self,
                const char      *channel,
                gpointer         format,
                const char      *id,
                const char      *prev_id,
                GCancellable    *cancellable,
                GError         **error)
{
  g_autoptr(GripFormat) owned = NULL;
  g_autoptr(GripItem)   item = NULL;

  /* In the child of a fork dropping an object may wait for ever for a lock of GObject's that another
   * thread of the parent had: so the format is left alone. */
  if (!grip_pub_control_check_process (self, error))
    return FALSE;

  owned = GRIP_FORMAT (format);
  item = grip_item_new (owned, id, prev_id, error);

  return item != NULL && grip_pub_control_publish (self, channel, item, cancellable, error);
}

static void
publish_format_async (GripPubControl      *self,
                      const char          *channel,
                      gpointer             format,
                      const char          *id,
                      const char          *prev_id,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_autoptr(GripFormat) owned = GRIP_FORMAT (format);
  GError               *error = NULL;
  g_autoptr(GripItem)   item = grip_item_new (owned, id, prev_id, &error);

  if (item != NULL)
    grip_pub_control_publish_async (self, channel, item, cancellable, callback, user_data);
  else
    g_task_report_error (self, callback, user_data, publish_format_async, error);
}

/**
 * grip_pub_control_publish_http_response:
 * @self: a publisher
 * @channel: the channel
 * @body: the body
 * @id: (nullable): the id of the item
 * @prev_id: (nullable): the id of the item before it
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Answers clients that are held in a long poll: text.
 *
 * Errors: those of [method@Grip.PubControl.publish].
 *
 * Returns: true when every endpoint accepted the item
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_publish_http_response (GripPubControl  *self,
                                        const char      *channel,
                                        const char      *body,
                                        const char      *id,
                                        const char      *prev_id,
                                        GCancellable    *cancellable,
                                        GError         **error)
{
  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (channel != NULL, FALSE);
  g_return_val_if_fail (body != NULL, FALSE);

  return publish_format (self, channel, grip_http_response_format_new_text (body), id, prev_id, cancellable, error);
}

/**
 * grip_pub_control_publish_http_response_async:
 * @self: a publisher
 * @channel: the channel
 * @body: the body
 * @id: (nullable): the id of the item
 * @prev_id: (nullable): the id of the item before it
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called when the result is there
 * @user_data: data for @callback
 *
 * Answers clients that are held in a long poll: text. See [method@Grip.PubControl.publish_async].
 *
 * Since: 1.0
 */
void
grip_pub_control_publish_http_response_async (GripPubControl      *self,
                                              const char          *channel,
                                              const char          *body,
                                              const char          *id,
                                              const char          *prev_id,
                                              GCancellable        *cancellable,
                                              GAsyncReadyCallback  callback,
                                              gpointer             user_data)
{
  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));
  g_return_if_fail (channel != NULL);
  g_return_if_fail (body != NULL);

  publish_format_async (self, channel, grip_http_response_format_new_text (body), id, prev_id, cancellable, callback, user_data);
}

/**
 * grip_pub_control_publish_http_response_finish:
 * @self: a publisher
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Ends [method@Grip.PubControl.publish_http_response_async].
 *
 * Errors: those of [method@Grip.PubControl.publish_finish].
 *
 * Returns: true when every endpoint accepted the item
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_publish_http_response_finish (GripPubControl  *self,
                                               GAsyncResult    *result,
                                               GError         **error)
{
  return grip_pub_control_publish_finish (self, result, error);
}

/**
 * grip_pub_control_publish_http_response_bytes:
 * @self: a publisher
 * @channel: the channel
 * @body: the body
 * @id: (nullable): the id of the item
 * @prev_id: (nullable): the id of the item before it
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Answers clients that are held in a long poll: bytes.
 *
 * Errors: those of [method@Grip.PubControl.publish].
 *
 * Returns: true when every endpoint accepted the item
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_publish_http_response_bytes (GripPubControl  *self,
                                              const char      *channel,
                                              GBytes          *body,
                                              const char      *id,
                                              const char      *prev_id,
                                              GCancellable    *cancellable,
                                              GError         **error)
{
  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (channel != NULL, FALSE);
  g_return_val_if_fail (body != NULL, FALSE);

  return publish_format (self, channel, grip_http_response_format_new (body), id, prev_id, cancellable, error);
}

/**
 * grip_pub_control_publish_http_response_bytes_async:
 * @self: a publisher
 * @channel: the channel
 * @body: the body
 * @id: (nullable): the id of the item
 * @prev_id: (nullable): the id of the item before it
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called when the result is there
 * @user_data: data for @callback
 *
 * Answers clients that are held in a long poll: bytes. See [method@Grip.PubControl.publish_async].
 *
 * Since: 1.0
 */
void
grip_pub_control_publish_http_response_bytes_async (GripPubControl      *self,
                                                    const char          *channel,
                                                    GBytes              *body,
                                                    const char          *id,
                                                    const char          *prev_id,
                                                    GCancellable        *cancellable,
                                                    GAsyncReadyCallback  callback,
                                                    gpointer             user_data)
{
  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));
  g_return_if_fail (channel != NULL);
  g_return_if_fail (body != NULL);

  publish_format_async (self, channel, grip_http_response_format_new (body), id, prev_id, cancellable, callback, user_data);
}

/**
 * grip_pub_control_publish_http_response_bytes_finish:
 * @self: a publisher
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Ends [method@Grip.PubControl.publish_http_response_bytes_async].
 *
 * Errors: those of [method@Grip.PubControl.publish_finish].
 *
 * Returns: true when every endpoint accepted the item
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_publish_http_response_bytes_finish (GripPubControl  *self,
                                                     GAsyncResult    *result,
                                                     GError         **error)
{
  return grip_pub_control_publish_finish (self, result, error);
}

/**
 * grip_pub_control_publish_http_stream:
 * @self: a publisher
 * @channel: the channel
 * @content: the content
 * @id: (nullable): the id of the item
 * @prev_id: (nullable): the id of the item before it
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Appends to the body for clients that are held in a stream: text.
 *
 * Errors: those of [method@Grip.PubControl.publish].
 *
 * Returns: true when every endpoint accepted the item
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_publish_http_stream (GripPubControl  *self,
                                      const char      *channel,
                                      const char      *content,
                                      const char      *id,
                                      const char      *prev_id,
                                      GCancellable    *cancellable,
                                      GError         **error)
{
  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (channel != NULL, FALSE);
  g_return_val_if_fail (content != NULL, FALSE);

  return publish_format (self, channel, grip_http_stream_format_new_text (content), id, prev_id, cancellable, error);
}

/**
 * grip_pub_control_publish_http_stream_async:
 * @self: a publisher
 * @channel: the channel
 * @content: the content
 * @id: (nullable): the id of the item
 * @prev_id: (nullable): the id of the item before it
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called when the result is there
 * @user_data: data for @callback
 *
 * Appends to the body for clients that are held in a stream: text. See [method@Grip.PubControl.publish_async].
 *
 * Since: 1.0
 */
void
grip_pub_control_publish_http_stream_async (GripPubControl      *self,
                                            const char          *channel,
                                            const char          *content,
                                            const char          *id,
                                            const char          *prev_id,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data)
{
  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));
  g_return_if_fail (channel != NULL);
  g_return_if_fail (content != NULL);

  publish_format_async (self, channel, grip_http_stream_format_new_text (content), id, prev_id, cancellable, callback, user_data);
}

/**
 * grip_pub_control_publish_http_stream_finish:
 * @self: a publisher
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Ends [method@Grip.PubControl.publish_http_stream_async].
 *
 * Errors: those of [method@Grip.PubControl.publish_finish].
 *
 * Returns: true when every endpoint accepted the item
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_publish_http_stream_finish (GripPubControl  *self,
                                             GAsyncResult    *result,
                                             GError         **error)
{
  return grip_pub_control_publish_finish (self, result, error);
}

/**
 * grip_pub_control_publish_http_stream_bytes:
 * @self: a publisher
 * @channel: the channel
 * @content: the content
 * @id: (nullable): the id of the item
 * @prev_id: (nullable): the id of the item before it
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Appends to the body for clients that are held in a stream: bytes.
 *
 * Errors: those of [method@Grip.PubControl.publish].
 *
 * Returns: true when every endpoint accepted the item
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_publish_http_stream_bytes (GripPubControl  *self,
                                            const char      *channel,
                                            GBytes          *content,
                                            const char      *id,
                                            const char      *prev_id,
                                            GCancellable    *cancellable,
                                            GError         **error)
{
  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (channel != NULL, FALSE);
  g_return_val_if_fail (content != NULL, FALSE);

  return publish_format (self, channel, grip_http_stream_format_new (content), id, prev_id, cancellable, error);
}

/**
 * grip_pub_control_publish_http_stream_bytes_async:
 * @self: a publisher
 * @channel: the channel
 * @content: the content
 * @id: (nullable): the id of the item
 * @prev_id: (nullable): the id of the item before it
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called when the result is there
 * @user_data: data for @callback
 *
 * Appends to the body for clients that are held in a stream: bytes. See [method@Grip.PubControl.publish_async].
 *
 * Since: 1.0
 */
void
grip_pub_control_publish_http_stream_bytes_async (GripPubControl      *self,
                                                  const char          *channel,
                                                  GBytes              *content,
                                                  const char          *id,
                                                  const char          *prev_id,
                                                  GCancellable        *cancellable,
                                                  GAsyncReadyCallback  callback,
                                                  gpointer             user_data)
{
  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));
  g_return_if_fail (channel != NULL);
  g_return_if_fail (content != NULL);

  publish_format_async (self, channel, grip_http_stream_format_new (content), id, prev_id, cancellable, callback, user_data);
}

/**
 * grip_pub_control_publish_http_stream_bytes_finish:
 * @self: a publisher
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Ends [method@Grip.PubControl.publish_http_stream_bytes_async].
 *
 * Errors: those of [method@Grip.PubControl.publish_finish].
 *
 * Returns: true when every endpoint accepted the item
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_publish_http_stream_bytes_finish (GripPubControl  *self,
                                                   GAsyncResult    *result,
                                                   GError         **error)
{
  return grip_pub_control_publish_finish (self, result, error);
}

/**
 * grip_pub_control_publish_websocket_message:
 * @self: a publisher
 * @channel: the channel
 * @content: the content of the message
 * @id: (nullable): the id of the item
 * @prev_id: (nullable): the id of the item before it
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Sends a message to the clients that are held by WebSocket: text.
 *
 * Errors: those of [method@Grip.PubControl.publish].
 *
 * Returns: true when every endpoint accepted the item
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_publish_websocket_message (GripPubControl  *self,
                                            const char      *channel,
                                            const char      *content,
                                            const char      *id,
                                            const char      *prev_id,
                                            GCancellable    *cancellable,
                                            GError         **error)
{
  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (channel != NULL, FALSE);
  g_return_val_if_fail (content != NULL, FALSE);

  return publish_format (self, channel, grip_websocket_message_format_new_text (content), id, prev_id, cancellable, error);
}

/**
 * grip_pub_control_publish_websocket_message_async:
 * @self: a publisher
 * @channel: the channel
 * @content: the content of the message
 * @id: (nullable): the id of the item
 * @prev_id: (nullable): the id of the item before it
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called when the result is there
 * @user_data: data for @callback
 *
 * Sends a message to the clients that are held by WebSocket: text. See [method@Grip.PubControl.publish_async].
 *
 * Since: 1.0
 */
void
grip_pub_control_publish_websocket_message_async (GripPubControl      *self,
                                                  const char          *channel,
                                                  const char          *content,
                                                  const char          *id,
                                                  const char          *prev_id,
                                                  GCancellable        *cancellable,
                                                  GAsyncReadyCallback  callback,
                                                  gpointer             user_data)
{
  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));
  g_return_if_fail (channel != NULL);
  g_return_if_fail (content != NULL);

  publish_format_async (self, channel, grip_websocket_message_format_new_text (content), id, prev_id, cancellable, callback, user_data);
}

/**
 * grip_pub_control_publish_websocket_message_finish:
 * @self: a publisher
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Ends [method@Grip.PubControl.publish_websocket_message_async].
 *
 * Errors: those of [method@Grip.PubControl.publish_finish].
 *
 * Returns: true when every endpoint accepted the item
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_publish_websocket_message_finish (GripPubControl  *self,
                                                   GAsyncResult    *result,
                                                   GError         **error)
{
  return grip_pub_control_publish_finish (self, result, error);
}

/**
 * grip_pub_control_publish_websocket_message_bytes:
 * @self: a publisher
 * @channel: the channel
 * @content: the content of the message
 * @id: (nullable): the id of the item
 * @prev_id: (nullable): the id of the item before it
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Sends a message to the clients that are held by WebSocket: binary.
 *
 * Errors: those of [method@Grip.PubControl.publish].
 *
 * Returns: true when every endpoint accepted the item
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_publish_websocket_message_bytes (GripPubControl  *self,
                                                  const char      *channel,
                                                  GBytes          *content,
                                                  const char      *id,
                                                  const char      *prev_id,
                                                  GCancellable    *cancellable,
                                                  GError         **error)
{
  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (channel != NULL, FALSE);
  g_return_val_if_fail (content != NULL, FALSE);

  return publish_format (self, channel, grip_websocket_message_format_new (content), id, prev_id, cancellable, error);
}

/**
 * grip_pub_control_publish_websocket_message_bytes_async:
 * @self: a publisher
 * @channel: the channel
 * @content: the content of the message
 * @id: (nullable): the id of the item
 * @prev_id: (nullable): the id of the item before it
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called when the result is there
 * @user_data: data for @callback
 *
 * Sends a message to the clients that are held by WebSocket: binary. See [method@Grip.PubControl.publish_async].
 *
 * Since: 1.0
 */
void
grip_pub_control_publish_websocket_message_bytes_async (GripPubControl      *self,
                                                        const char          *channel,
                                                        GBytes              *content,
                                                        const char          *id,
                                                        const char          *prev_id,
                                                        GCancellable        *cancellable,
                                                        GAsyncReadyCallback  callback,
                                                        gpointer             user_data)
{
  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));
  g_return_if_fail (channel != NULL);
  g_return_if_fail (content != NULL);

  publish_format_async (self, channel, grip_websocket_message_format_new (content), id, prev_id, cancellable, callback, user_data);
}

/**
 * grip_pub_control_publish_websocket_message_bytes_finish:
 * @self: a publisher
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Ends [method@Grip.PubControl.publish_websocket_message_bytes_async].
 *
 * Errors: those of [method@Grip.PubControl.publish_finish].
 *
 * Returns: true when every endpoint accepted the item
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_publish_websocket_message_bytes_finish (GripPubControl  *self,
                                                         GAsyncResult    *result,
                                                         GError         **error)
{
  return grip_pub_control_publish_finish (self, result, error);
}
