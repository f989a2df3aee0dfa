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
  GSource           *source;      /* one of them, until there is something to read */
  GripSoupPolled    *polled;
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

static void
stop (GripSoupWatch *self)
{
  g_clear_pointer (&self->polled, grip_soup_polled_free);
  if (self->source == NULL)
    return;

  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

static void
readable_cb (gpointer user_data)
{
  GripSoupWatch *self = user_data;
  GSocket *socket = soup_server_message_get_socket (self->message);
  gboolean has_data = FALSE;

  if (!has_ended (socket, &has_data))
    {
      if (has_data)
        stop (self);
      return;
    }

  stop (self);
  g_signal_handlers_disconnect_by_data (self->message, self);
  grip_soup_abandon (self->message);
  self->gone (self->user_data);
}

static gboolean
socket_cb (GSocket      *socket,
           GIOCondition  condition,
           gpointer      user_data)
{
  readable_cb (user_data);

  return G_SOURCE_CONTINUE;
}

static void
start (GripSoupWatch  *self,
       GSocket        *socket,
       GripSoupPoller *poller)
{
  if (poller != NULL)
    self->polled = grip_soup_poller_watch (poller, socket, readable_cb, self);
  if (self->polled != NULL)
    return;

  self->source = g_socket_create_source (socket, G_IO_IN | G_IO_HUP | G_IO_ERR, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (socket_cb), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

GripSoupWatch *
grip_soup_watch_new (SoupServerMessage *message,
                     GripSoupPoller    *poller,
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
    start (self, socket, poller);

  return self;
}

void
grip_soup_watch_free (GripSoupWatch *self)
{
  stop (self);
  g_signal_handlers_disconnect_by_data (self->message, self);
  g_object_unref (self->message);
  g_free (self);
}
