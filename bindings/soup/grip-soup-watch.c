/* grip-soup-watch.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-soup-watch-private.h"

struct _GripSoupWatch
{
  SoupServerMessage *message;
  GSource           *source;
  GripSoupGoneFunc   gone;
  gpointer           user_data;
};

void
grip_soup_abandon (SoupServerMessage *message)
{
  g_autoptr(SoupServerMessage) kept = g_object_ref (message);
  g_autoptr(GIOStream) stream = soup_server_message_steal_connection (kept);

  if (stream != NULL)
    g_io_stream_close_async (stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
}

static void
disconnected_cb (SoupServerMessage *message,
                 GripSoupWatch     *self)
{
  self->gone (self->user_data);
}

/* TRUE for a connection that has ended; a request that comes early is left where it is. */
static gboolean
has_ended (GSocket  *socket,
           gboolean *has_data)
{
  char byte;
  GInputVector vector = { &byte, 1 };
  int flags = G_SOCKET_MSG_PEEK;
  g_autoptr(GError) error = NULL;
  gssize n = g_socket_receive_message (socket, NULL, &vector, 1, NULL, NULL, &flags, NULL, &error);

  *has_data = n > 0;

  return n == 0 || (n < 0 && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK));
}

static gboolean
socket_cb (GSocket      *socket,
           GIOCondition  condition,
           gpointer      user_data)
{
  GripSoupWatch *self = user_data;
  gboolean has_data = FALSE;

  if (!has_ended (socket, &has_data))
    return has_data ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;

  g_signal_handlers_disconnect_by_data (self->message, self);
  grip_soup_abandon (self->message);
  self->gone (self->user_data);

  return G_SOURCE_REMOVE;
}

GripSoupWatch *
grip_soup_watch_new (SoupServerMessage *message,
                     GripSoupGoneFunc   gone,
                     gpointer           user_data)
{
  GripSoupWatch *self = g_new0 (GripSoupWatch, 1);
  GSocket *socket = soup_server_message_get_socket (message);

  self->message = g_object_ref (message);
  self->gone = gone;
  self->user_data = user_data;
  g_signal_connect (message, "disconnected", G_CALLBACK (disconnected_cb), self);

  if (socket != NULL)
    {
      self->source = g_socket_create_source (socket, G_IO_IN | G_IO_HUP | G_IO_ERR, NULL);
      g_source_set_callback (self->source, G_SOURCE_FUNC (socket_cb), self, NULL);
      g_source_attach (self->source, g_main_context_get_thread_default ());
    }

  return self;
}

void
grip_soup_watch_free (GripSoupWatch *self)
{
  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_source_unref (self->source);
    }
  g_signal_handlers_disconnect_by_data (self->message, self);
  g_object_unref (self->message);
  g_free (self);
}
