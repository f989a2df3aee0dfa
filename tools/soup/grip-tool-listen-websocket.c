/* grip-tool-listen-websocket.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <libsoup/soup.h>

#include "grip-tool-listener.h"
#include "grip-tool-websocket-guard.h"
#include "grip-tool-websocket-handshake.h"

/* How long to wait for the other side's farewell. */
#define FAREWELL_SECONDS 1

typedef struct
{
  GripToolListener *listener;
  GError           *error;
  gboolean          closed;
  gboolean          late;
} Socket;

static void
message_cb (SoupWebsocketConnection *connection,
            int                      kind,
            GBytes                  *message,
            gpointer                 user_data)
{
  Socket       *self = user_data;
  GripToolHeard heard = { .kind = kind == SOUP_WEBSOCKET_DATA_TEXT ? "text" : "binary" };

  if (grip_tool_listener_is_done (self->listener))
    return;
  heard.data = g_bytes_get_data (message, &heard.length);
  grip_tool_listener_take (self->listener, &heard);
}

static void
error_cb (SoupWebsocketConnection *connection,
          GError                  *error,
          gpointer                 user_data)
{
  Socket *self = user_data;

  if (self->error != NULL)
    return;
  self->error = g_error_copy (error);

  /* The other side broke the protocol. */
  if (error->domain == SOUP_WEBSOCKET_ERROR)
    {
      self->error->domain = GRIP_ERROR;
      self->error->code = error->code == SOUP_WEBSOCKET_CLOSE_TOO_BIG ? GRIP_ERROR_TOO_LARGE
                                                                      : GRIP_ERROR_MALFORMED;
    }
}

static void
closed_cb (SoupWebsocketConnection *connection,
           gpointer                 user_data)
{
  Socket *self = user_data;

  self->closed = TRUE;
}

static gboolean
late_cb (gpointer user_data)
{
  Socket *self = user_data;

  self->late = TRUE;

  return G_SOURCE_REMOVE;
}

static gboolean
wake_cb (GCancellable *cancellable,
         gpointer      user_data)
{
  return G_SOURCE_REMOVE;
}

/* Until enough has come, the socket is closed, or somebody stops us. After an error libsoup would go on
 * reading what it throws away, in the hope of a farewell. */
static void
run (Socket *self)
{
  GSource *wake = g_cancellable_source_new (self->listener->cancellable);

  g_source_set_callback (wake, G_SOURCE_FUNC (wake_cb), NULL, NULL);
  g_source_attach (wake, NULL);
  while (!self->closed && self->error == NULL && !grip_tool_listener_is_done (self->listener) &&
         !g_cancellable_is_cancelled (self->listener->cancellable))
    g_main_context_iteration (NULL, TRUE);
  g_source_destroy (wake);
  g_source_unref (wake);
}

static void
say_goodbye (Socket                  *self,
             SoupWebsocketConnection *connection)
{
  guint late;

  if (soup_websocket_connection_get_state (connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);

  late = g_timeout_add_seconds (FAREWELL_SECONDS, late_cb, self);
  while (!self->closed && !self->late)
    g_main_context_iteration (NULL, TRUE);
  if (!self->late)
    g_source_remove (late);
}

/* Codes below are the server's normal ways to end. */
static void
judge_close (Socket                  *self,
             SoupWebsocketConnection *connection)
{
  guint       code = soup_websocket_connection_get_close_code (connection);
  const char *reason = soup_websocket_connection_get_close_data (connection);

  if (code == 0 || code == SOUP_WEBSOCKET_CLOSE_ABNORMAL)
    {
      if (self->error == NULL)
        self->error = g_error_new_literal (GRIP_ERROR, GRIP_ERROR_CLOSED, "the connection broke");
      return;
    }

  grip_tool_listener_closed (self->listener, code, reason);
  if (self->error == NULL && code != SOUP_WEBSOCKET_CLOSE_NORMAL &&
      code != SOUP_WEBSOCKET_CLOSE_GOING_AWAY && code != SOUP_WEBSOCKET_CLOSE_NO_STATUS)
    self->error = g_error_new (GRIP_ERROR, GRIP_ERROR_REJECTED, "the server closed with code %u", code);
}

void
grip_tool_listen_websocket (GripToolListener  *listener,
                            GError           **error)
{
  g_autoptr(GIOStream)               stream = grip_tool_websocket_connect (listener, error);
  g_autoptr(SoupWebsocketConnection) connection = NULL;
  GList                             *extensions = NULL;
  Socket                             self = { .listener = listener };

  if (stream == NULL)
    return;

  extensions = g_list_append (NULL, grip_tool_websocket_guard_new (GRIP_TOOL_MAX_MESSAGE));
  connection = soup_websocket_connection_new (stream, listener->options->uri,
                                              SOUP_WEBSOCKET_CONNECTION_CLIENT, NULL, NULL, extensions);
  soup_websocket_connection_set_max_incoming_payload_size (connection, GRIP_TOOL_MAX_MESSAGE);
  g_signal_connect (connection, "message", G_CALLBACK (message_cb), &self);
  g_signal_connect (connection, "error", G_CALLBACK (error_cb), &self);
  g_signal_connect (connection, "closed", G_CALLBACK (closed_cb), &self);

  run (&self);
  if (self.closed)
    judge_close (&self, connection);
  else if (self.error == NULL)
    say_goodbye (&self, connection);
  g_signal_handlers_disconnect_by_data (connection, &self);

  if (self.error != NULL)
    g_propagate_error (error, self.error);
}
