/* grip-soup-websocket.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-soup-websocket-private.h"

/* A real WebSocket: each message is a request with the same context. */
typedef struct
{
  SoupServerMessage       *message;
  SoupWebsocketConnection *connection;
  GripWebSocketContext    *context;
  GripSoupTrust            trust;
  gboolean                 has_grip;
  GripSoupLiveFunc         func;
  gpointer                 user_data;
  GDestroyNotify           destroy;
} Live;

static void
live_clear (gpointer data)
{
  Live *self = data;

  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_signal_handlers_disconnect_by_data (self->context, self);
  g_clear_object (&self->context);
  g_clear_object (&self->connection);
  g_clear_object (&self->message);
  if (self->destroy != NULL)
    self->destroy (self->user_data);
}

static void
live_release (Live *self)
{
  g_rc_box_release_full (self, live_clear);
}

static void
send_message (Live               *self,
              GripWebSocketEvent *event,
              gboolean            is_text)
{
  gsize length;
  const guint8 *data = grip_websocket_event_get_data (event, &length);
  gsize skip = 0;
  g_autoptr(GBytes) content = NULL;

  /* Without a proxy nobody reads control messages, and nobody takes the prefix away. */
  if (!self->has_grip)
    {
      if (is_text && length >= 2 && memcmp (data, "c:", 2) == 0)
        return;
      skip = strlen (grip_websocket_context_get_message_prefix (self->context));
    }

  content = g_bytes_new (data + skip, length - skip);
  soup_websocket_connection_send_message (self->connection,
                                          is_text ? SOUP_WEBSOCKET_DATA_TEXT
                                                  : SOUP_WEBSOCKET_DATA_BINARY,
                                          content);
}

static void
send_event (Live               *self,
            GripWebSocketEvent *event)
{
  const char *event_type = grip_websocket_event_get_event_type (event);
  int code = grip_websocket_event_get_close_code (event);

  if (soup_websocket_connection_get_state (self->connection) != SOUP_WEBSOCKET_STATE_OPEN)
    return;

  if (strcmp (event_type, "TEXT") == 0 || strcmp (event_type, "BINARY") == 0)
    send_message (self, event, *event_type == 'T');
  else if (strcmp (event_type, "CLOSE") == 0)
    soup_websocket_connection_close (self->connection,
                                     code >= 0 ? code : SOUP_WEBSOCKET_CLOSE_NO_STATUS,
                                     grip_websocket_event_get_close_reason (event));
  else if (strcmp (event_type, "DISCONNECT") == 0)
    g_io_stream_close (soup_websocket_connection_get_io_stream (self->connection), NULL, NULL);
}

static void
flush_cb (GripWebSocketContext *context,
          Live                 *self)
{
  g_autoptr(GPtrArray) events = grip_websocket_context_take_events (context);

  for (guint i = 0; i < events->len; i++)
    send_event (self, g_ptr_array_index (events, i));
}

static void
run_handler (Live *self)
{
  g_autoptr(GripSoupRequest) request = NULL;

  request = grip_soup_request_new_live (self->message, self->trust, self->context);
  self->func (request, self->user_data);
}

static void
push (Live       *self,
      const char *event_type,
      GBytes     *content)
{
  g_autoptr(GripWebSocketEvent) event = grip_websocket_event_new (event_type, content);

  grip_websocket_context_push_event (self->context, event);
}

static void
message_cb (SoupWebsocketConnection *connection,
            SoupWebsocketDataType    data_type,
            GBytes                  *content,
            Live                    *self)
{
  push (self, data_type == SOUP_WEBSOCKET_DATA_TEXT ? "TEXT" : "BINARY", content);
  run_handler (self);
}

static void
closed_cb (SoupWebsocketConnection *connection,
           Live                    *self)
{
  gushort code = soup_websocket_connection_get_close_code (connection);
  const char *reason = soup_websocket_connection_get_close_data (connection);
  g_autoptr(GripWebSocketEvent) event = NULL;

  if (code == 0 || code == SOUP_WEBSOCKET_CLOSE_ABNORMAL)
    event = grip_websocket_event_new ("DISCONNECT", NULL);
  else
    event = grip_websocket_event_new_close (code == SOUP_WEBSOCKET_CLOSE_NO_STATUS ? 0 : code,
                                            code == SOUP_WEBSOCKET_CLOSE_NO_STATUS ? NULL : reason);

  grip_websocket_context_push_event (self->context, event);
  run_handler (self);
  live_release (self);
}

static gboolean
offers_grip (SoupServerMessage *message)
{
  const char *value = NULL;
  g_auto(GStrv) names = NULL;

  value = soup_message_headers_get_list (soup_server_message_get_request_headers (message),
                                         "Sec-WebSocket-Extensions");
  names = g_strsplit (value != NULL ? value : "", ",", -1);

  for (guint i = 0; names[i] != NULL; i++)
    {
      names[i][strcspn (names[i], ";")] = '\0';
      if (strcmp (g_strstrip (names[i]), "grip") == 0)
        return TRUE;
    }

  return FALSE;
}

/* Lives until the WebSocket is closed. */
void
grip_soup_websocket_run (SoupServerMessage       *message,
                         SoupWebsocketConnection *connection,
                         GripSoupTrust            trust,
                         const char              *channel_prefix,
                         GripSoupLiveFunc         func,
                         gpointer                 user_data,
                         GDestroyNotify           destroy)
{
  Live *self = g_rc_box_new0 (Live);
  g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (events, grip_websocket_event_new ("OPEN", NULL));
  self->message = g_object_ref (message);
  self->connection = g_object_ref (connection);
  self->context = grip_websocket_context_new (NULL, events);
  grip_websocket_context_set_channel_prefix (self->context, channel_prefix);
  self->trust = trust;
  self->has_grip = offers_grip (message) && trust != GRIP_SOUP_TRUST_INVALID;
  self->func = func;
  self->user_data = user_data;
  self->destroy = destroy;

  g_signal_connect (self->context, "event-queued", G_CALLBACK (flush_cb), self);
  g_signal_connect (connection, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (connection, "closed", G_CALLBACK (closed_cb), self);

  g_rc_box_acquire (self);
  run_handler (self);
  if (!grip_websocket_context_is_accepted (self->context))
    soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, NULL);
  live_release (self);
}
