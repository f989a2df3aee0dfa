/* grip-websocket-context-messages.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-error.h"
#include "grip-utf8-private.h"
#include "grip-websocket-context-private.h"

/* What the origin's end of a WebSocket receives and sends. */

static gboolean
fail (GError     **error,
      GripError    code,
      const char  *message)
{
  g_set_error (error, GRIP_ERROR, code, "WebSocket: %s", message);
  return FALSE;
}

static gboolean
can_send (GripWebSocketContext  *self,
          GError               **error)
{
  if (!self->accepted)
    return fail (error, GRIP_ERROR_FAILED, "the connection is not accepted yet");

  if (self->closed)
    return fail (error, GRIP_ERROR_CLOSED, "the connection is closed");

  return TRUE;
}

/**
 * grip_websocket_context_accept:
 * @self: a context
 *
 * Accepts a connection that is opening. Nothing happens when it is accepted already.
 *
 * Since: 1.0
 */
void
grip_websocket_context_accept (GripWebSocketContext *self)
{
  g_return_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self));

  if (self->accepted)
    return;

  self->accepted = TRUE;
  grip_websocket_context_queue (self, grip_websocket_event_new ("OPEN", NULL));
}

/**
 * grip_websocket_context_is_accepted:
 * @self: a context
 *
 * Tells whether the connection was accepted, in this request or earlier.
 *
 * Returns: %TRUE if messages can be sent
 *
 * Since: 1.0
 */
gboolean
grip_websocket_context_is_accepted (GripWebSocketContext *self)
{
  g_return_val_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self), FALSE);

  return self->accepted;
}

/**
 * grip_websocket_context_is_closed:
 * @self: a context
 *
 * Tells whether the origin has closed the connection, or the client has gone without closing it.
 *
 * Returns: %TRUE if nothing can be sent any more
 *
 * Since: 1.0
 */
gboolean
grip_websocket_context_is_closed (GripWebSocketContext *self)
{
  g_return_val_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self), TRUE);

  return self->closed;
}

/**
 * grip_websocket_context_get_close_code:
 * @self: a context
 *
 * Gets the code with which the client closed the connection, once that was received.
 *
 * Returns: the code, or -1 for none
 *
 * Since: 1.0
 */
int
grip_websocket_context_get_close_code (GripWebSocketContext *self)
{
  g_return_val_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self), -1);

  return self->close_code;
}

/**
 * grip_websocket_context_get_close_reason:
 * @self: a context
 *
 * Gets the reason with which the client closed the connection, once that was received.
 *
 * Returns: (transfer none) (nullable): the reason, or %NULL for none
 *
 * Since: 1.0
 */
const char *
grip_websocket_context_get_close_reason (GripWebSocketContext *self)
{
  g_return_val_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self), NULL);

  return self->close_reason;
}

static void
send_pong (GripWebSocketContext *self,
           GripWebSocketEvent   *ping)
{
  if (self->accepted && !self->closed)
    grip_websocket_context_queue (self, grip_websocket_event_new ("PONG",
                                                                  grip_websocket_event_get_content (ping)));
}

static void
note_close (GripWebSocketContext *self,
            GripWebSocketEvent   *event)
{
  self->peer_closed = TRUE;
  self->close_code = grip_websocket_event_get_close_code (event);
  g_free (self->close_reason);
  self->close_reason = g_strdup (grip_websocket_event_get_close_reason (event));
}

/**
 * grip_websocket_context_receive:
 * @self: a context
 *
 * Takes the next event that the client sent: a `TEXT`, a `BINARY`, a `CLOSE`, or a `DISCONNECT` when
 * the client has gone without closing the connection.
 *
 * Pings on the way are answered with their content, and pongs are left out, as are events of types
 * that are not known.
 *
 * Returns: (transfer full) (nullable): an event, or %NULL when there is none
 *
 * Since: 1.0
 */
GripWebSocketEvent *
grip_websocket_context_receive (GripWebSocketContext *self)
{
  GripWebSocketEvent *event = NULL;

  g_return_val_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self), NULL);

  while ((event = g_queue_pop_head (&self->incoming)) != NULL)
    {
      const char *event_type = grip_websocket_event_get_event_type (event);

      if (strcmp (event_type, "TEXT") == 0 || strcmp (event_type, "BINARY") == 0)
        return event;

      if (strcmp (event_type, "CLOSE") == 0)
        {
          note_close (self, event);
          return event;
        }

      if (strcmp (event_type, "DISCONNECT") == 0)
        {
          self->closed = TRUE;
          return event;
        }

      if (strcmp (event_type, "PING") == 0)
        send_pong (self, event);

      g_object_unref (event);
    }

  return NULL;
}

/* What is owed to the client though the application did not ask: pongs, and the answer to a close. */
void
grip_websocket_context_answer (GripWebSocketContext *self)
{
  GripWebSocketEvent *event = NULL;

  while ((event = g_queue_pop_head (&self->incoming)) != NULL)
    {
      const char *event_type = grip_websocket_event_get_event_type (event);

      if (strcmp (event_type, "PING") == 0)
        send_pong (self, event);
      else if (strcmp (event_type, "CLOSE") == 0)
        note_close (self, event);
      else if (strcmp (event_type, "DISCONNECT") == 0)
        self->closed = TRUE;

      g_object_unref (event);
    }

  if (self->peer_closed && !self->closed)
    grip_websocket_context_close (self, MAX (self->close_code, 0), NULL);
}

static GripWebSocketEvent *
make_message (const char *event_type,
              const char *prefix,
              const void *data,
              gsize       length)
{
  gsize prefix_length = strlen (prefix);
  g_autoptr(GBytes) content = NULL;
  char *bytes = g_malloc (prefix_length + length + 1);

  memcpy (bytes, prefix, prefix_length);
  if (length > 0)
    memcpy (bytes + prefix_length, data, length);
  content = g_bytes_new_take (bytes, prefix_length + length);

  return grip_websocket_event_new (event_type, content);
}

/**
 * grip_websocket_context_send:
 * @self: a context
 * @kind: the kind of message
 * @content: the content
 * @error: return location for an error
 *
 * Sends a message to the client.
 *
 * Fails with %GRIP_ERROR_INVALID_ITEM when @content is no text though @kind says so, is longer than
 * the 125 bytes of a ping or pong, or is a text that starts with `c:` and the message prefix is
 * empty; with %GRIP_ERROR_CLOSED when the connection is closed; with %GRIP_ERROR_FAILED when it is not
 * accepted yet.
 *
 * Returns: %TRUE if the message will be sent
 *
 * Since: 1.0
 */
gboolean
grip_websocket_context_send (GripWebSocketContext      *self,
                             GripWebSocketMessageKind   kind,
                             GBytes                    *content,
                             GError                   **error)
{
  static const char * const types[] = { "TEXT", "BINARY", "PING", "PONG" };
  const char *prefix = NULL;
  const char *data = NULL;
  gsize length;

  g_return_val_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self), FALSE);
  g_return_val_if_fail (kind <= GRIP_WEBSOCKET_MESSAGE_PONG, FALSE);
  g_return_val_if_fail (content != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!can_send (self, error))
    return FALSE;

  data = g_bytes_get_data (content, &length);
  prefix = kind <= GRIP_WEBSOCKET_MESSAGE_BINARY ? self->message_prefix : "";

  if (kind == GRIP_WEBSOCKET_MESSAGE_TEXT && !grip_utf8_check (data, length, NULL))
    return fail (error, GRIP_ERROR_INVALID_ITEM, "a text message is not UTF-8");

  if (kind == GRIP_WEBSOCKET_MESSAGE_TEXT && *prefix == '\0' && length >= 2 &&
      memcmp (data, "c:", 2) == 0)
    return fail (error, GRIP_ERROR_INVALID_ITEM,
                 "without a message prefix a text with c: at its start is a control message");

  if (kind > GRIP_WEBSOCKET_MESSAGE_BINARY && length > 125)
    return fail (error, GRIP_ERROR_INVALID_ITEM, "a ping or pong has more than 125 bytes");

  grip_websocket_context_queue (self, make_message (types[kind], prefix, data, length));

  return TRUE;
}

/**
 * grip_websocket_context_send_text:
 * @self: a context
 * @text: the text
 * @error: return location for an error
 *
 * Sends a text message to the client. Fails as [method@Grip.WebSocketContext.send] does.
 *
 * Returns: %TRUE if the message will be sent
 *
 * Since: 1.0
 */
gboolean
grip_websocket_context_send_text (GripWebSocketContext  *self,
                                  const char            *text,
                                  GError               **error)
{
  g_autoptr(GBytes) content = NULL;

  g_return_val_if_fail (text != NULL, FALSE);

  content = g_bytes_new (text, strlen (text));

  return grip_websocket_context_send (self, GRIP_WEBSOCKET_MESSAGE_TEXT, content, error);
}

/**
 * grip_websocket_context_send_binary:
 * @self: a context
 * @content: the content
 * @error: return location for an error
 *
 * Sends a binary message to the client. Fails as [method@Grip.WebSocketContext.send] does.
 *
 * Returns: %TRUE if the message will be sent
 *
 * Since: 1.0
 */
gboolean
grip_websocket_context_send_binary (GripWebSocketContext  *self,
                                    GBytes                *content,
                                    GError               **error)
{
  return grip_websocket_context_send (self, GRIP_WEBSOCKET_MESSAGE_BINARY, content, error);
}

/**
 * grip_websocket_context_send_control:
 * @self: a context
 * @json: a control message, without the `c:`
 * @error: return location for an error
 *
 * Sends a control message to the proxy: one of [func@Grip.websocket_control_message]. Fails with
 * %GRIP_ERROR_INVALID_ITEM when it does not fit into one frame, and as
 * [method@Grip.WebSocketContext.send] does.
 *
 * Returns: %TRUE if the message will be sent
 *
 * Since: 1.0
 */
gboolean
grip_websocket_context_send_control (GripWebSocketContext  *self,
                                     const char            *json,
                                     GError               **error)
{
  gsize length;

  g_return_val_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self), FALSE);
  g_return_val_if_fail (json != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!can_send (self, error))
    return FALSE;

  length = strlen (json);
  if (length > 16384 - 2)
    return fail (error, GRIP_ERROR_INVALID_ITEM, "a control message is longer than one frame");

  grip_websocket_context_queue (self, make_message ("TEXT", "c:", json, length));

  return TRUE;
}

/**
 * grip_websocket_context_close:
 * @self: a context
 * @code: the WebSocket close code, or 0 for none
 * @reason: (nullable): the reason
 *
 * Closes the connection. See [ctor@Grip.WebSocketEvent.new_close] for a long @reason.
 *
 * Since: 1.0
 */
void
grip_websocket_context_close (GripWebSocketContext *self,
                              guint16               code,
                              const char           *reason)
{
  g_return_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self));

  if (!self->accepted || self->closed)
    return;

  self->closed = TRUE;
  grip_websocket_context_queue (self, grip_websocket_event_new_close (code, code != 0 ? reason : NULL));
}

/**
 * grip_websocket_context_disconnect:
 * @self: a context
 *
 * Ends the connection at once, without a close that the client could see as intended.
 *
 * Since: 1.0
 */
void
grip_websocket_context_disconnect (GripWebSocketContext *self)
{
  g_return_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self));

  if (!self->accepted || self->closed)
    return;

  self->closed = TRUE;
  grip_websocket_context_queue (self, grip_websocket_event_new ("DISCONNECT", NULL));
}

/**
 * grip_websocket_context_get_content_bytes:
 * @self: a context
 *
 * Gets how many bytes of content the client's events have, those that were received included.
 *
 * Returns: the number of bytes
 *
 * Since: 1.0
 */
gint64
grip_websocket_context_get_content_bytes (GripWebSocketContext *self)
{
  g_return_val_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self), 0);

  return self->content_bytes;
}

/**
 * grip_websocket_context_get_content_bytes_replayed:
 * @self: a context
 *
 * Gets how many bytes of content the proxy has sent before, since they were not accepted then.
 *
 * Returns: the number of bytes
 *
 * Since: 1.0
 */
gint64
grip_websocket_context_get_content_bytes_replayed (GripWebSocketContext *self)
{
  g_return_val_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self), 0);

  return self->content_bytes_replayed;
}

/**
 * grip_websocket_context_set_content_bytes_accepted:
 * @self: a context
 * @n_bytes: the number of bytes, or -1 for all
 *
 * Sets how many bytes of content are done with. The proxy sends the rest again, with what comes
 * later. More than there are stands for all. Pushpin knows this from 1.41.
 *
 * Since: 1.0
 */
void
grip_websocket_context_set_content_bytes_accepted (GripWebSocketContext *self,
                                                   gint64                n_bytes)
{
  g_return_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self));
  g_return_if_fail (n_bytes >= -1);

  self->content_bytes_accepted = n_bytes;
}
