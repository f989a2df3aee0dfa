/* grip-soup-websocket.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-soup-answer-private.h"
#include "grip-soup-held-socket-private.h"
#include "grip-soup-stream-private.h"
#include "grip-soup-watch-private.h"

#define DEFAULT_LIMIT (1024 * 1024)

struct _GripSoupWebSocket
{
  SoupServerMessage       *message;
  SoupWebsocketConnection *connection;   /* once it is open */
  GripSoupOutlet          *outlet;
  GripWebSocketContext    *context;
  GripSoupHandling        *handling;
  GripSoupHeldSocket      *held;         /* NULL with a proxy */
  GripSoupWatch           *watch;        /* while the handler has not decided */
  GripSoupTrust            trust;
  gsize                    limit;
  guint                    has_grip : 1;
  guint                    paused : 1;
  guint                    decided : 1;
};

static void
websocket_clear (gpointer data)
{
  GripSoupWebSocket *self = data;

  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_signal_handlers_disconnect_by_data (self->context, self);
  g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_pointer (&self->watch, grip_soup_watch_free);
  if (self->held != NULL)
    grip_soup_held_socket_end (self->held);
  if (self->outlet != NULL)
    grip_soup_outlet_forget (self->outlet);
  g_clear_object (&self->held);
  g_clear_object (&self->context);
  g_clear_object (&self->connection);
  g_clear_object (&self->message);
  g_clear_pointer (&self->outlet, grip_soup_outlet_unref);
  g_clear_pointer (&self->handling, grip_soup_handling_unref);
}

GripSoupWebSocket *
grip_soup_websocket_ref (GripSoupWebSocket *self)
{
  return g_rc_box_acquire (self);
}

void
grip_soup_websocket_unref (GripSoupWebSocket *self)
{
  g_rc_box_release_full (self, websocket_clear);
}

GripWebSocketContext *
grip_soup_websocket_get_context (GripSoupWebSocket *self)
{
  return self->context;
}

static gboolean
is_open (GripSoupWebSocket *self)
{
  return self->connection != NULL &&
         soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN;
}

/* The connection's own end follows. */
void
grip_soup_websocket_cut (GripSoupWebSocket *self)
{
  if (self->outlet != NULL)
    grip_soup_outlet_cut (self->outlet);
  if (self->held != NULL)
    grip_soup_client_leave (GRIP_SOUP_CLIENT (self->held));
}

void
grip_soup_websocket_flush (GripSoupWebSocket *self)
{
  if (self->outlet != NULL && !grip_soup_outlet_flush (self->outlet))
    grip_soup_websocket_cut (self);
}

void
grip_soup_websocket_write (GripSoupWebSocket *self,
                           GBytes            *wire)
{
  if (!is_open (self))
    return;

  if (!grip_soup_outlet_push (self->outlet, wire))
    {
      g_message ("A WebSocket was dropped: its client is %" G_GSIZE_FORMAT " bytes behind",
                 grip_soup_outlet_get_backlog (self->outlet));
      grip_soup_websocket_cut (self);
      return;
    }

  if (self->held != NULL)
    grip_soup_held_socket_wrote (self->held);
}

void
grip_soup_websocket_close (GripSoupWebSocket *self,
                           int                code,
                           const char        *reason)
{
  gboolean can_send = code >= 1000 && code < 5000 && code != SOUP_WEBSOCKET_CLOSE_NO_STATUS &&
                      code != SOUP_WEBSOCKET_CLOSE_ABNORMAL && code != SOUP_WEBSOCKET_CLOSE_NO_EXTENSION &&
                      code != SOUP_WEBSOCKET_CLOSE_TLS_HANDSHAKE;

  if (is_open (self))
    soup_websocket_connection_close (self->connection, can_send ? code : SOUP_WEBSOCKET_CLOSE_NO_STATUS,
                                     can_send ? reason : NULL);
}

static void
send_message (GripSoupWebSocket  *self,
              GripWebSocketEvent *event,
              gboolean            is_text)
{
  gsize length;
  const char *data = (const char *) grip_websocket_event_get_data (event, &length);
  gsize skip = 0;
  g_autoptr(GBytes) content = NULL;
  g_autoptr(GBytes) wire = NULL;

  /* Without a proxy control messages are for this process, and nobody takes the prefix away. */
  if (!self->has_grip)
    {
      if (is_text && length >= 2 && memcmp (data, "c:", 2) == 0)
        {
          g_autofree char *json = g_strndup (data + 2, length - 2);

          if (self->held != NULL)
            grip_soup_held_socket_control (self->held, json);
          return;
        }
      skip = strlen (grip_websocket_context_get_message_prefix (self->context));
    }

  content = g_bytes_new (length > skip ? data + skip : NULL, length - MIN (skip, length));
  wire = grip_soup_make_frame (is_text ? GRIP_WEBSOCKET_MESSAGE_TEXT : GRIP_WEBSOCKET_MESSAGE_BINARY,
                               content);
  grip_soup_websocket_write (self, wire);
}

static void
send_control_frame (GripSoupWebSocket        *self,
                    GripWebSocketMessageKind  kind,
                    GripWebSocketEvent       *event)
{
  gsize length;
  gconstpointer data = grip_websocket_event_get_data (event, &length);
  g_autoptr(GBytes) content = g_bytes_new (data, length);
  g_autoptr(GBytes) wire = grip_soup_make_frame (kind, content);

  grip_soup_websocket_write (self, wire);
}

static void
send_event (GripSoupWebSocket  *self,
            GripWebSocketEvent *event)
{
  const char *event_type = grip_websocket_event_get_event_type (event);

  if (strcmp (event_type, "TEXT") == 0 || strcmp (event_type, "BINARY") == 0)
    send_message (self, event, *event_type == 'T');
  else if (strcmp (event_type, "PING") == 0)
    send_control_frame (self, GRIP_WEBSOCKET_MESSAGE_PING, event);
  else if (strcmp (event_type, "PONG") == 0)
    send_control_frame (self, GRIP_WEBSOCKET_MESSAGE_PONG, event);
  else if (strcmp (event_type, "CLOSE") == 0)
    grip_soup_websocket_close (self, grip_websocket_event_get_close_code (event),
                               grip_websocket_event_get_close_reason (event));
  else if (strcmp (event_type, "DISCONNECT") == 0)
    grip_soup_websocket_cut (self);
}

static void
send_events (GripSoupWebSocket *self)
{
  g_autoptr(GPtrArray) events = NULL;

  if (self->connection == NULL)
    return;

  events = grip_websocket_context_take_events (self->context);
  for (guint i = 0; i < events->len; i++)
    send_event (self, g_ptr_array_index (events, i));
  grip_soup_websocket_flush (self);
}

static void
queued_cb (GripWebSocketContext *context,
           GripSoupWebSocket    *self)
{
  send_events (self);
}

void
grip_soup_websocket_run (GripSoupWebSocket *self)
{
  g_autoptr(GripSoupWebSocket) kept = grip_soup_websocket_ref (self);
  g_autoptr(GripSoupRequest) request = NULL;

  if (self->held != NULL && grip_soup_held_socket_is_detached (self->held))
    return;

  request = grip_soup_request_new_live (self->message, self->trust, self->context);
  grip_soup_handling_run (self->handling, request);
  if (self->held != NULL)
    grip_soup_held_socket_heard (self->held);
}

static void
message_cb (SoupWebsocketConnection *connection,
            SoupWebsocketDataType    data_type,
            GBytes                  *content,
            GripSoupWebSocket       *self)
{
  const char *event_type = data_type == SOUP_WEBSOCKET_DATA_TEXT ? "TEXT" : "BINARY";
  g_autoptr(GripWebSocketEvent) event = grip_websocket_event_new (event_type, content);

  if (self->held != NULL && grip_soup_held_socket_is_detached (self->held))
    return;

  grip_websocket_context_push_event (self->context, event);
  grip_soup_websocket_run (self);
}

static void
closed_cb (SoupWebsocketConnection *connection,
           GripSoupWebSocket       *self)
{
  gushort code = soup_websocket_connection_get_close_code (connection);
  const char *reason = soup_websocket_connection_get_close_data (connection);
  g_autoptr(GripWebSocketEvent) event = NULL;

  if (code == 0 || code == SOUP_WEBSOCKET_CLOSE_ABNORMAL)
    event = grip_websocket_event_new ("DISCONNECT", NULL);
  else
    event = grip_websocket_event_new_close (code == SOUP_WEBSOCKET_CLOSE_NO_STATUS ? 0 : code,
                                            code == SOUP_WEBSOCKET_CLOSE_NO_STATUS ? NULL : reason);

  if (self->held != NULL)
    grip_soup_client_leave (GRIP_SOUP_CLIENT (self->held));
  grip_websocket_context_push_event (self->context, event);
  grip_soup_websocket_run (self);
  grip_soup_websocket_unref (self);
}

static void
broken_cb (gpointer user_data)
{
  grip_soup_websocket_cut (user_data);
}

static void
shaken_cb (SoupServerMessage *message,
           GripSoupWebSocket *self)
{
  g_autoptr(GripSoupWebSocket) kept = grip_soup_websocket_ref (self);
  GSocket *socket = soup_server_message_get_socket (message);
  g_autoptr(GSocket) kept_socket = socket != NULL ? g_object_ref (socket) : NULL;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  GripSoupOrigin *origin = grip_soup_handling_get_origin (self->handling);
  GripSoupHolder *holder = origin != NULL ? grip_soup_origin_get_holder (origin) : NULL;
  GripSoupPoller *poller = holder != NULL ? grip_soup_holder_get_poller (holder, message) : NULL;
  g_autoptr(GIOStream) base = NULL;
  g_autoptr(GIOStream) stream = NULL;

  g_signal_handlers_disconnect_by_data (message, self);
  base = soup_server_message_steal_connection (message);
  self->outlet = grip_soup_outlet_new (base, kept_socket, self->limit, broken_cb, self);
  stream = grip_soup_stream_new (self->outlet, kept_socket, poller);
  self->connection = soup_websocket_connection_new (stream, soup_server_message_get_uri (message),
                                                    SOUP_WEBSOCKET_CONNECTION_SERVER,
                                                    soup_message_headers_get_one (headers, "Origin"),
                                                    NULL, NULL);
  g_signal_connect (self->connection, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (self->connection, "closed", G_CALLBACK (closed_cb), self);

  if (self->held != NULL && holder != NULL)
    {
      grip_soup_client_hold (GRIP_SOUP_CLIENT (self->held), holder);
      grip_soup_held_socket_heard (self->held);
    }
  send_events (self);
}

static void
gone_cb (gpointer user_data)
{
  GripSoupWebSocket *self = user_data;

  g_clear_pointer (&self->watch, grip_soup_watch_free);
  self->decided = TRUE;
  g_signal_handlers_disconnect_by_data (self->message, self);
  grip_soup_websocket_unref (self);
}

static void
disconnected_cb (SoupServerMessage *message,
                 GripSoupWebSocket *self)
{
  gone_cb (self);
}

static void
answer (GripSoupWebSocket *self)
{
  self->decided = TRUE;
  g_clear_pointer (&self->watch, grip_soup_watch_free);
  if (self->paused)
    soup_server_message_unpause (self->message);
}

void
grip_soup_websocket_refuse (GripSoupWebSocket *self,
                            GripResponse      *response)
{
  if (self->decided)
    return;

  grip_soup_write_response (self->message, response);
  answer (self);
  grip_soup_websocket_unref (self);
}

static void
shake_hands (GripSoupWebSocket *self)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (self->message);
  const char *prefix = grip_websocket_context_get_message_prefix (self->context);
  g_autofree char *extension = g_strdup_printf ("grip; message-prefix=\"%s\"", prefix);

  soup_websocket_server_process_handshake (self->message, NULL, NULL, NULL, NULL);
  if (self->has_grip)
    soup_message_headers_replace (headers, "Sec-WebSocket-Extensions", extension);

  g_signal_connect (self->message, "wrote-informational", G_CALLBACK (shaken_cb), self);
  g_signal_connect (self->message, "disconnected", G_CALLBACK (disconnected_cb), self);
  answer (self);
}

void
grip_soup_websocket_decide (GripSoupWebSocket *self)
{
  g_autoptr(GripResponse) response = NULL;

  if (self->decided)
    return;

  if (grip_websocket_context_is_accepted (self->context))
    {
      shake_hands (self);
      return;
    }

  response = grip_response_new_text (403, "text/plain", "The WebSocket is not accepted.\n");
  grip_soup_websocket_refuse (self, response);
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

static GripSoupWebSocket *
websocket_new (SoupServerMessage *message,
               GripSoupTrust      trust,
               GripSoupHandling  *handling,
               GripSoupHolder    *holder)
{
  GripSoupWebSocket *self = g_rc_box_new0 (GripSoupWebSocket);
  GripSoupOrigin *origin = grip_soup_handling_get_origin (handling);
  g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (events, grip_websocket_event_new ("OPEN", NULL));
  self->message = g_object_ref (message);
  self->handling = grip_soup_handling_ref (handling);
  self->context = grip_websocket_context_new (NULL, events);
  grip_websocket_context_set_channel_prefix (self->context, grip_soup_origin_get_prefix (origin));
  self->trust = trust;
  self->limit = holder != NULL ? grip_soup_holder_get_limit (holder) : DEFAULT_LIMIT;
  self->has_grip = offers_grip (message) && trust != GRIP_SOUP_TRUST_INVALID;
  if (holder != NULL && !self->has_grip)
    self->held = grip_soup_held_socket_new (self);
  g_signal_connect (self->context, "event-queued", G_CALLBACK (queued_cb), self);

  return self;
}

void
grip_soup_websocket_open (SoupServerMessage *message,
                          GripSoupTrust      trust,
                          GripSoupHandling  *handling,
                          GripSoupHolder    *holder)
{
  g_autoptr(GripSoupWebSocket) self = NULL;
  g_autoptr(GripSoupRequest) request = NULL;
  g_autoptr(GError) error = NULL;

  if (!soup_websocket_server_check_handshake (message, NULL, NULL, NULL, &error))
    {
      g_autoptr(GripResponse) response = grip_response_new_text (400, "text/plain", error->message);

      grip_soup_write_response (message, response);
      return;
    }

  self = websocket_new (message, trust, handling, holder);
  grip_soup_websocket_ref (self);
  request = grip_soup_request_new_opening (self, message, trust, self->context);
  grip_soup_handling_run (handling, request);
  if (self->decided)
    return;

  if (!grip_soup_request_is_deferred (request))
    {
      grip_soup_request_finish (request);
      return;
    }

  soup_server_message_set_status (message, 500, NULL);
  soup_server_message_pause (message);
  self->paused = TRUE;
  self->watch = grip_soup_watch_new (message, NULL, gone_cb, self);
}
