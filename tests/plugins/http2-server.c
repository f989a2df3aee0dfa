/* http2-server.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "http2-server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#define PREFACE_SIZE  24
#define HEAD_SIZE     9

/* RFC 9113, 6 */
#define DATA          0
#define HEADERS       1
#define SETTINGS      4
#define PING          6
#define WINDOW_UPDATE 8

#define ACK           1
#define END_STREAM    1
#define END_HEADERS   4

struct _Http2Server
{
  GSocketListener *listener;
  GTlsCertificate *certificate;
  GCancellable    *closing;
  GThread         *thread;
  guint            port;

  GMutex           mutex;
  GPtrArray       *bodies;
};

typedef struct
{
  Http2Server   *server;
  GInputStream  *in;
  GOutputStream *out;
  GHashTable    *streams;       /* number to GByteArray */
  gboolean       is_lost;
} Connection;

typedef struct
{
  guint32  length;
  guint8   type;
  guint8   flags;
  guint32  stream;
  guint8  *payload;
} Frame;

static void
send_frame (Connection   *self,
            guint8        type,
            guint8        flags,
            guint32       stream,
            const guint8 *payload,
            gsize         length)
{
  guint8  frame[HEAD_SIZE + 32] = { 0, 0, length, type, flags, 0, 0, 0, 0 };
  guint32 number = GUINT32_TO_BE (stream);

  memcpy (frame + 5, &number, sizeof number);
  if (length > 0)
    memcpy (frame + HEAD_SIZE, payload, length);
  if (!g_output_stream_write_all (self->out, frame, HEAD_SIZE + length, NULL, self->server->closing, NULL))
    self->is_lost = TRUE;
}

static void
open_window (Connection *self,
             guint32     stream,
             guint32     bytes)
{
  guint32 increment = GUINT32_TO_BE (bytes);

  send_frame (self, WINDOW_UPDATE, 0, stream, (const guint8 *) &increment, sizeof increment);
}

static void
answer (Connection *self,
        guint32     stream)
{
  static const guint8 status_200[] = { 0x88 };

  send_frame (self, HEADERS, END_HEADERS, stream, status_200, sizeof status_200);
  send_frame (self, DATA, END_STREAM, stream, (const guint8 *) "Published\n", 10);
}

static void
take_data (Connection  *self,
           const Frame *frame)
{
  GByteArray *body = g_hash_table_lookup (self->streams, GUINT_TO_POINTER (frame->stream));

  if (body == NULL)
    {
      body = g_byte_array_new ();
      g_hash_table_insert (self->streams, GUINT_TO_POINTER (frame->stream), body);
    }
  g_byte_array_append (body, frame->payload, frame->length);

  /* The stream's own window is wide, so that the common one is what they wait for; that opens in odd pieces. */
  if (frame->length > 0)
    open_window (self, frame->stream, frame->length);
  for (guint32 left = frame->length; left > 0; left -= MIN (left, 3001))
    open_window (self, 0, MIN (left, 3001));

  if ((frame->flags & END_STREAM) == 0)
    return;
  g_mutex_lock (&self->server->mutex);
  g_ptr_array_add (self->server->bodies, g_bytes_new (body->data, body->len));
  g_mutex_unlock (&self->server->mutex);
  g_hash_table_remove (self->streams, GUINT_TO_POINTER (frame->stream));
  answer (self, frame->stream);
}

static void
take_frame (Connection  *self,
            const Frame *frame)
{
  if (frame->type == DATA)
    take_data (self, frame);
  else if (frame->type == SETTINGS && (frame->flags & ACK) == 0)
    send_frame (self, SETTINGS, ACK, 0, NULL, 0);
  else if (frame->type == PING && (frame->flags & ACK) == 0)
    send_frame (self, PING, ACK, 0, frame->payload, frame->length);
}

static gboolean
read_exactly (Connection *self,
              void       *buffer,
              gsize       size)
{
  gsize count;

  return g_input_stream_read_all (self->in, buffer, size, &count, self->server->closing, NULL) && count == size;
}

static gboolean
read_frame (Connection *self)
{
  guint8              head[HEAD_SIZE];
  g_autofree guint8  *payload = NULL;
  Frame               frame;

  if (!read_exactly (self, head, sizeof head))
    return FALSE;

  frame.length = head[0] << 16 | head[1] << 8 | head[2];
  frame.type = head[3];
  frame.flags = head[4];
  frame.stream = (head[5] & 0x7f) << 24 | head[6] << 16 | head[7] << 8 | head[8];
  frame.payload = payload = g_malloc (frame.length + 1);
  if (!read_exactly (self, payload, frame.length))
    return FALSE;
  take_frame (self, &frame);

  return !self->is_lost;
}

static void
serve (Http2Server *server,
       GIOStream   *stream)
{
  Connection self = {
    .server = server,
    .in = g_io_stream_get_input_stream (stream),
    .out = g_io_stream_get_output_stream (stream),
    .streams = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_byte_array_unref),
  };
  guint8     preface[PREFACE_SIZE];

  send_frame (&self, SETTINGS, 0, 0, NULL, 0);
  if (read_exactly (&self, preface, sizeof preface))
    while (read_frame (&self))
      continue;
  g_hash_table_unref (self.streams);
}

typedef struct
{
  Http2Server *server;
  GIOStream   *stream;
} Client;

static gpointer
client_thread (gpointer data)
{
  static const char       *protocols[] = { "h2", NULL };
  g_autofree Client       *client = data;
  Http2Server             *self = client->server;
  g_autoptr(GIOStream)     base = client->stream;
  g_autoptr(GIOStream)     stream = g_tls_server_connection_new (base, self->certificate, NULL);

  g_assert_nonnull (stream);
  g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (stream), protocols);
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (stream), FALSE);
  if (g_tls_connection_handshake (G_TLS_CONNECTION (stream), self->closing, NULL))
    serve (self, stream);
  g_io_stream_close (base, NULL, NULL);

  return NULL;
}

static gpointer
accept_thread (gpointer data)
{
  Http2Server          *self = data;
  g_autoptr(GPtrArray)  threads = g_ptr_array_new_with_free_func ((GDestroyNotify) g_thread_join);
  GSocketConnection    *connection;

  while ((connection = g_socket_listener_accept (self->listener, NULL, self->closing, NULL)) != NULL)
    {
      Client *client = g_new (Client, 1);

      g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
      *client = (Client) { self, G_IO_STREAM (connection) };
      g_ptr_array_add (threads, g_thread_new ("http2-client", client_thread, client));
    }

  return NULL;
}

Http2Server *
http2_server_new (GTlsCertificate *certificate)
{
  Http2Server               *self = g_new0 (Http2Server, 1);
  g_autoptr(GInetAddress)    loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress)  wanted = g_inet_socket_address_new (loopback, 0);
  g_autoptr(GSocketAddress)  got = NULL;
  g_autoptr(GError)          error = NULL;

  g_mutex_init (&self->mutex);
  self->bodies = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->certificate = g_object_ref (certificate);
  self->closing = g_cancellable_new ();
  self->listener = g_socket_listener_new ();
  g_socket_listener_add_address (self->listener, wanted, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                 &got, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got));
  self->thread = g_thread_new ("http2", accept_thread, self);

  return self;
}

void
http2_server_free (Http2Server *self)
{
  g_cancellable_cancel (self->closing);
  g_thread_join (self->thread);
  g_object_unref (self->listener);
  g_object_unref (self->closing);
  g_object_unref (self->certificate);
  g_ptr_array_unref (self->bodies);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

guint
http2_server_get_port (Http2Server *self)
{
  return self->port;
}

GPtrArray *
http2_server_dup_bodies (Http2Server *self)
{
  GPtrArray *bodies = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->bodies->len; i++)
    g_ptr_array_add (bodies, g_bytes_ref (g_ptr_array_index (self->bodies, i)));
  g_mutex_unlock (&self->mutex);

  return bodies;
}
