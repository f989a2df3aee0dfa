/* grip-websocket-context-control.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-websocket-context-private.h"
#include "grip-websocket-control.h"

/* What the origin tells the proxy within a WebSocket. */

/* Takes @json, which is NULL when writing it failed. */
static gboolean
send_control_take (GripWebSocketContext  *self,
                   char                  *json,
                   GError               **error)
{
  g_autofree char *owned = json;

  return owned != NULL && grip_websocket_context_send_control (self, owned, error);
}

static char *
prefix_channel (GripWebSocketContext *self,
                const char           *channel)
{
  return g_strconcat (self->channel_prefix != NULL && *channel != '\0' ? self->channel_prefix : "",
                      channel, NULL);
}

/**
 * grip_websocket_context_subscribe:
 * @self: a context
 * @channel: the name of a channel
 * @filters: (nullable) (array zero-terminated=1): the names of filters
 * @error: return location for an error
 *
 * Subscribes the client to a channel. Fails as [func@Grip.websocket_control_subscribe] and
 * [method@Grip.WebSocketContext.send] do.
 *
 * Returns: %TRUE if the message will be sent
 *
 * Since: 1.0
 */
gboolean
grip_websocket_context_subscribe (GripWebSocketContext  *self,
                                  const char            *channel,
                                  const char * const    *filters,
                                  GError               **error)
{
  g_autofree char *name = NULL;

  g_return_val_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self), FALSE);
  g_return_val_if_fail (channel != NULL, FALSE);

  name = prefix_channel (self, channel);

  return send_control_take (self, grip_websocket_control_subscribe (name, filters, error), error);
}

/**
 * grip_websocket_context_unsubscribe:
 * @self: a context
 * @channel: the name of a channel
 * @error: return location for an error
 *
 * Ends the client's subscription to a channel. Fails as
 * [func@Grip.websocket_control_unsubscribe] and [method@Grip.WebSocketContext.send] do.
 *
 * Returns: %TRUE if the message will be sent
 *
 * Since: 1.0
 */
gboolean
grip_websocket_context_unsubscribe (GripWebSocketContext  *self,
                                    const char            *channel,
                                    GError               **error)
{
  g_autofree char *name = NULL;

  g_return_val_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self), FALSE);
  g_return_val_if_fail (channel != NULL, FALSE);

  name = prefix_channel (self, channel);

  return send_control_take (self, grip_websocket_control_unsubscribe (name, error), error);
}

/**
 * grip_websocket_context_detach:
 * @self: a context
 * @error: return location for an error
 *
 * Leaves the client to the proxy: the origin hears no more of it. Fails as
 * [method@Grip.WebSocketContext.send] does.
 *
 * Returns: %TRUE if the message will be sent
 *
 * Since: 1.0
 */
gboolean
grip_websocket_context_detach (GripWebSocketContext  *self,
                               GError               **error)
{
  return send_control_take (self, grip_websocket_control_detach (), error);
}

/**
 * grip_websocket_context_set_keep_alive:
 * @self: a context
 * @kind: the kind of message
 * @content: (nullable): the content, or %NULL to end it
 * @timeout: the time in seconds, or -1 for the proxy's default
 * @mode: from when the time is counted
 * @error: return location for an error
 *
 * Makes the proxy send a message to the client from time to time. Fails as
 * [func@Grip.websocket_control_keep_alive] and [method@Grip.WebSocketContext.send] do.
 *
 * Returns: %TRUE if the message will be sent
 *
 * Since: 1.0
 */
gboolean
grip_websocket_context_set_keep_alive (GripWebSocketContext      *self,
                                       GripWebSocketMessageKind   kind,
                                       GBytes                    *content,
                                       int                        timeout,
                                       GripKeepAliveMode          mode,
                                       GError                   **error)
{
  return send_control_take (self, grip_websocket_control_keep_alive (kind, content, timeout, mode, error),
                            error);
}

/**
 * grip_websocket_context_send_delayed:
 * @self: a context
 * @kind: the kind of message
 * @content: the content
 * @timeout: the time in seconds, or -1 for the proxy's default
 * @error: return location for an error
 *
 * Makes the proxy send a message to the client after a time. Fails as
 * [func@Grip.websocket_control_send_delayed] and [method@Grip.WebSocketContext.send] do.
 *
 * Returns: %TRUE if the message will be sent
 *
 * Since: 1.0
 */
gboolean
grip_websocket_context_send_delayed (GripWebSocketContext      *self,
                                     GripWebSocketMessageKind   kind,
                                     GBytes                    *content,
                                     int                        timeout,
                                     GError                   **error)
{
  return send_control_take (self, grip_websocket_control_send_delayed (kind, content, timeout, error),
                            error);
}

/**
 * grip_websocket_context_flush_delayed:
 * @self: a context
 * @error: return location for an error
 *
 * Makes the proxy send at once what it was to send later. Fails as
 * [method@Grip.WebSocketContext.send] does.
 *
 * Returns: %TRUE if the message will be sent
 *
 * Since: 1.0
 */
gboolean
grip_websocket_context_flush_delayed (GripWebSocketContext  *self,
                                      GError               **error)
{
  return send_control_take (self, grip_websocket_control_flush_delayed (), error);
}

/**
 * grip_websocket_context_set_session_id:
 * @self: a context
 * @session_id: (nullable): the id, or %NULL for no session
 * @error: return location for an error
 *
 * Puts the client into a session. Fails as [func@Grip.websocket_control_session] and
 * [method@Grip.WebSocketContext.send] do.
 *
 * Returns: %TRUE if the message will be sent
 *
 * Since: 1.0
 */
gboolean
grip_websocket_context_set_session_id (GripWebSocketContext  *self,
                                       const char            *session_id,
                                       GError               **error)
{
  return send_control_take (self, grip_websocket_control_session (session_id, error), error);
}

/**
 * grip_websocket_context_set_subscription_meta:
 * @self: a context
 * @name: a name
 * @value: (nullable): the value, or %NULL to take it out
 * @error: return location for an error
 *
 * Sets a value of the meta data of the client's subscriptions, which filters look at: `user` for
 * `skip-self` and `skip-users`. Fails as [func@Grip.websocket_control_set_meta] and
 * [method@Grip.WebSocketContext.send] do.
 *
 * Returns: %TRUE if the message will be sent
 *
 * Since: 1.0
 */
gboolean
grip_websocket_context_set_subscription_meta (GripWebSocketContext  *self,
                                              const char            *name,
                                              const char            *value,
                                              GError               **error)
{
  return send_control_take (self, grip_websocket_control_set_meta (name, value, error), error);
}
