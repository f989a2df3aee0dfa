/* grip-pub-control-shortcuts.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-pub-control-private.h"

/* One call for the usual case: one format, an id and a prev-id. No object is made for it. */

static GripSimpleItem
simple_text (GripSimpleKind  kind,
             const char     *text,
             const char     *id,
             const char     *prev_id)
{
  return (GripSimpleItem) {
    .kind = kind,
    .content = text,
    .length = strlen (text),
    .id = id,
    .prev_id = prev_id,
  };
}

static GripSimpleItem
simple_bytes (GripSimpleKind  kind,
              GBytes         *bytes,
              const char     *id,
              const char     *prev_id)
{
  GripSimpleItem item = { .kind = kind, .bytes = bytes, .id = id, .prev_id = prev_id };

  item.content = g_bytes_get_data (bytes, &item.length);

  return item;
}

static gboolean
publish_simple (GripPubControl  *self,
                const char      *channel,
                GripSimpleItem   item,
                GCancellable    *cancellable,
                GError         **error)
{
  GripOrder order = { .n = 1, .channels = &channel, .simple = &item };

  return grip_pub_control_publish_order (self, &order, cancellable, error);
}

static void
publish_simple_async (GripPubControl      *self,
                      const char          *channel,
                      GripSimpleItem       item,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  GripOrder order = { .n = 1, .channels = &channel, .simple = &item };

  grip_pub_control_publish_order_async (self, &order, cancellable, callback, user_data, publish_simple_async);
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

  return publish_simple (self, channel, simple_text (GRIP_SIMPLE_HTTP_RESPONSE, body, id, prev_id),
                         cancellable, error);
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

  publish_simple_async (self, channel, simple_text (GRIP_SIMPLE_HTTP_RESPONSE, body, id, prev_id),
                        cancellable, callback, user_data);
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

  return publish_simple (self, channel, simple_bytes (GRIP_SIMPLE_HTTP_RESPONSE, body, id, prev_id),
                         cancellable, error);
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

  publish_simple_async (self, channel, simple_bytes (GRIP_SIMPLE_HTTP_RESPONSE, body, id, prev_id),
                        cancellable, callback, user_data);
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

  return publish_simple (self, channel, simple_text (GRIP_SIMPLE_HTTP_STREAM, content, id, prev_id),
                         cancellable, error);
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

  publish_simple_async (self, channel, simple_text (GRIP_SIMPLE_HTTP_STREAM, content, id, prev_id),
                        cancellable, callback, user_data);
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

  return publish_simple (self, channel, simple_bytes (GRIP_SIMPLE_HTTP_STREAM, content, id, prev_id),
                         cancellable, error);
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

  publish_simple_async (self, channel, simple_bytes (GRIP_SIMPLE_HTTP_STREAM, content, id, prev_id),
                        cancellable, callback, user_data);
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

  return publish_simple (self, channel, simple_text (GRIP_SIMPLE_WEBSOCKET_TEXT, content, id, prev_id),
                         cancellable, error);
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

  publish_simple_async (self, channel, simple_text (GRIP_SIMPLE_WEBSOCKET_TEXT, content, id, prev_id),
                        cancellable, callback, user_data);
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

  return publish_simple (self, channel, simple_bytes (GRIP_SIMPLE_WEBSOCKET_BINARY, content, id, prev_id),
                         cancellable, error);
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

  publish_simple_async (self, channel, simple_bytes (GRIP_SIMPLE_WEBSOCKET_BINARY, content, id, prev_id),
                        cancellable, callback, user_data);
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
