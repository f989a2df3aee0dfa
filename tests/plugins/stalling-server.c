/* stalling-server.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stalling-server.h"

#include <sys/socket.h>

/* Less than a record of TLS; the system takes a little more. */
#define ROOM 2048

struct _StallingServer
{
  GTlsCertificate *certificate;
  GSocket         *socket;
  GThread         *thread;
  char            *uri;

  GMutex           mutex;
  GCond            cond;
  gboolean         is_over;
};

static void
stall (StallingServer *self)
{
  g_mutex_lock (&self->mutex);
  while (!self->is_over)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

static gpointer
serve_thread (gpointer data)
{
  StallingServer               *self = data;
  g_autoptr(GSocket)            socket = g_socket_accept (self->socket, NULL, NULL);
  g_autoptr(GSocketConnection)  base = g_socket_connection_factory_create_connection (socket);
  g_autoptr(GIOStream)          stream = g_tls_server_connection_new (G_IO_STREAM (base), self->certificate, NULL);
  g_autoptr(GError)             error = NULL;

  g_tls_connection_handshake (G_TLS_CONNECTION (stream), NULL, &error);
  g_assert_no_error (error);
  stall (self);
  g_io_stream_close (G_IO_STREAM (base), NULL, NULL);

  return NULL;
}

static void
listen_for (StallingServer *self)
{
  g_autoptr(GInetAddress)   loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) wanted = g_inet_socket_address_new (loopback, 0);
  g_autoptr(GSocketAddress) got = NULL;
  g_autoptr(GError)         error = NULL;

  self->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_socket_set_option (self->socket, SOL_SOCKET, SO_RCVBUF, ROOM, &error);
  g_assert_no_error (error);
  g_socket_bind (self->socket, wanted, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (self->socket, &error);
  g_assert_no_error (error);
  got = g_socket_get_local_address (self->socket, NULL);
  self->uri = g_strdup_printf ("https://127.0.0.1:%u", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got)));
}

StallingServer *
stalling_server_new (GTlsCertificate *certificate)
{
  StallingServer *self = g_new0 (StallingServer, 1);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->certificate = certificate;
  listen_for (self);
  self->thread = g_thread_new ("stalls", serve_thread, self);

  return self;
}

const char *
stalling_server_get_uri (StallingServer *self)
{
  return self->uri;
}

void
stalling_server_free (StallingServer *self)
{
  g_mutex_lock (&self->mutex);
  self->is_over = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->thread);

  g_object_unref (self->socket);
  g_cond_clear (&self->cond);
  g_mutex_clear (&self->mutex);
  g_free (self->uri);
  g_free (self);
}
