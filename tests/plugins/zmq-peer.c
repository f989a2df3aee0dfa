/* zmq-peer.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmq-peer.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

struct _ZmqPeer
{
  void          *context;
  void          *socket;
  char           address[256];
  GThread       *thread;
  ZmqPeerAnswer  answer;
  gpointer       user_data;
  int            n_served;      /* atomic */
};

static GList *peers;

ZmqPeer *
zmq_peer_new (int type)
{
  ZmqPeer *self = g_new0 (ZmqPeer, 1);

  peers = g_list_prepend (peers, self);
  self->context = zmq_ctx_new ();
  self->socket = zmq_socket (self->context, type);
  g_assert_nonnull (self->socket);
  zmq_peer_set (self, ZMQ_LINGER, 0);
  zmq_peer_set (self, ZMQ_RECONNECT_IVL, 20);

  return self;
}

void
zmq_peer_free (ZmqPeer *self)
{
  peers = g_list_remove (peers, self);
  if (self->thread != NULL)
    {
      zmq_ctx_shutdown (self->context);
      g_thread_join (self->thread);
    }
  zmq_close (self->socket);
  zmq_ctx_term (self->context);
  g_free (self);
}

void *
zmq_peer_get_socket (ZmqPeer *self)
{
  return self->socket;
}

void
zmq_peer_set (ZmqPeer *self,
              int      option,
              int      value)
{
  g_assert_cmpint (zmq_setsockopt (self->socket, option, &value, sizeof value), ==, 0);
}

/* An address that was just given up may be in use for a moment longer. */
void
zmq_peer_bind (ZmqPeer    *self,
               const char *address)
{
  gsize size = sizeof self->address;
  int   result = -1;

  zmq_peer_set (self, ZMQ_IPV6, strchr (address, '[') != NULL);
  for (guint i = 0; i < 3000 && result != 0; i++)
    {
      result = zmq_bind (self->socket, address);
      if (result != 0)
        g_usleep (10 * 1000);
    }
  g_assert_cmpint (result, ==, 0);
  g_assert_cmpint (zmq_getsockopt (self->socket, ZMQ_LAST_ENDPOINT, self->address, &size), ==, 0);
}

void
zmq_peer_connect (ZmqPeer    *self,
                  const char *address)
{
  g_assert_cmpint (zmq_connect (self->socket, address), ==, 0);
}

const char *
zmq_peer_get_address (ZmqPeer *self)
{
  return self->address;
}

void
zmq_peer_subscribe (ZmqPeer    *self,
                    const char *channel)
{
  g_assert_cmpint (zmq_setsockopt (self->socket, ZMQ_SUBSCRIBE, channel, strlen (channel)), ==, 0);
}

static void
message_free_cb (gpointer data)
{
  zmq_msg_close (data);
  g_free (data);
}

/* Returns: (nullable): one frame, %NULL when none came in time */
GBytes *
zmq_peer_receive (ZmqPeer *self,
                  int      milliseconds)
{
  zmq_msg_t *message = g_new (zmq_msg_t, 1);

  zmq_peer_set (self, ZMQ_RCVTIMEO, milliseconds);
  zmq_msg_init (message);
  if (zmq_msg_recv (message, self->socket, 0) < 0)
    {
      message_free_cb (message);
      return NULL;
    }

  return g_bytes_new_with_free_func (zmq_msg_data (message), zmq_msg_size (message), message_free_cb, message);
}

void
zmq_peer_receive_item (ZmqPeer  *self,
                       char    **channel,
                       GBytes  **payload)
{
  g_autoptr(GBytes) first = zmq_peer_receive (self, ZMQ_PEER_PATIENCE);
  GBytes           *second;
  int               more = 0;
  gsize             size = sizeof more;

  g_assert_nonnull (first);
  zmq_getsockopt (self->socket, ZMQ_RCVMORE, &more, &size);
  g_assert_cmpint (more, ==, 1);
  second = zmq_peer_receive (self, 0);
  g_assert_nonnull (second);
  zmq_getsockopt (self->socket, ZMQ_RCVMORE, &more, &size);
  g_assert_cmpint (more, ==, 0);

  if (channel != NULL)
    *channel = g_strndup (g_bytes_get_data (first, NULL), g_bytes_get_size (first));
  if (payload != NULL)
    *payload = second;
  else
    g_bytes_unref (second);
}

void
zmq_peer_send (ZmqPeer    *self,
               const char *data,
               gsize       length)
{
  g_assert_cmpint (zmq_send (self->socket, data, length, 0), ==, (int) length);
}

/* One request after the other, with the routing frames of a ROUTER, which need not answer. */
static gboolean
serve_one (ZmqPeer *self)
{
  zmq_msg_t          identity;
  zmq_msg_t          empty;
  g_autoptr(GBytes)  request = NULL;
  g_autoptr(GBytes)  reply = NULL;

  zmq_msg_init (&identity);
  zmq_msg_init (&empty);
  if (zmq_msg_recv (&identity, self->socket, 0) < 0)
    return FALSE;
  zmq_msg_recv (&empty, self->socket, 0);
  request = zmq_peer_receive (self, -1);
  if (request == NULL)
    return FALSE;

  reply = self->answer (request, self->user_data);
  g_atomic_int_inc (&self->n_served);
  if (reply == NULL)
    {
      zmq_msg_close (&identity);
      return TRUE;
    }
  zmq_msg_send (&identity, self->socket, ZMQ_SNDMORE);
  zmq_msg_send (&empty, self->socket, ZMQ_SNDMORE);
  zmq_send (self->socket, g_bytes_get_data (reply, NULL), g_bytes_get_size (reply), 0);

  return TRUE;
}

static gpointer
serve_main (gpointer data)
{
  while (serve_one (data))
    ;

  return NULL;
}

/* Answers requests in a thread of its own, until the peer is freed. */
void
zmq_peer_serve (ZmqPeer       *self,
                ZmqPeerAnswer  answer,
                gpointer       user_data)
{
  self->answer = answer;
  self->user_data = user_data;
  self->thread = g_thread_new ("zmq-peer", serve_main, self);
}

guint
zmq_peer_count_served (ZmqPeer *self)
{
  return (guint) g_atomic_int_get (&self->n_served);
}

void
zmq_peer_iterate (void)
{
  for (GList *link = peers; link != NULL; link = link->next)
    {
      ZmqPeer *peer = link->data;
      int      events;
      gsize    size = sizeof events;

      if (peer->thread == NULL)
        zmq_getsockopt (peer->socket, ZMQ_EVENTS, &events, &size);
    }

  g_usleep (1000);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* The socket stays bound until the program ends, so that nobody else is given the port; who asks for it by its
 * number, as libzmq does, may listen on it. */
char *
zmq_peer_dup_free_address (void)
{
  struct sockaddr_in name = { AF_INET, 0, { htonl (INADDR_LOOPBACK) }, { 0 } };
  socklen_t          length = sizeof name;
  int                fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int                shared = 1;

  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &shared, sizeof shared), ==, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &name, length), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &name, &length), ==, 0);

  return g_strdup_printf ("tcp://127.0.0.1:%u", ntohs (name.sin_port));
}

/* @format is the JSON of an endpoint, with ' for ". */
GripPubControl *
zmq_peer_control (const char *format,
                  ...)
{
  GripPubControl        *control = grip_pub_control_new ();
  g_autoptr(GripEndpoint) endpoint = NULL;
  g_autoptr(GError)      error = NULL;
  g_autofree char       *json = NULL;
  va_list                args;

  va_start (args, format);
  json = g_strdup_vprintf (format, args);
  va_end (args);
  g_strdelimit (json, "'", '"');

  endpoint = grip_endpoint_new_from_json (json, &error);
  g_assert_no_error (error);
  grip_pub_control_add_endpoint (control, endpoint, &error);
  g_assert_no_error (error);

  return control;
}

GripItem *
zmq_peer_item (const char *content,
               const char *id)
{
  g_autoptr(GripHttpStreamFormat) format = grip_http_stream_format_new_text (content);
  g_autoptr(GError)               error = NULL;
  GripItem                       *item = grip_item_new (GRIP_FORMAT (format), id, NULL, &error);

  g_assert_no_error (error);

  return item;
}

/* An answer for zmq_peer_serve(): @user_data as it is, nothing when it is %NULL. */
GBytes *
zmq_peer_answer_text (GBytes   *request,
                      gpointer  user_data)
{
  const char *text = user_data;

  return text != NULL ? g_bytes_new (text, strlen (text)) : NULL;
}

/* For a call of which the result is waited for: @user_data is where it goes. */
void
zmq_peer_keep_result (GObject      *object,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* Publishes in the main context. Returns: (nullable): what went wrong */
GError *
zmq_peer_try (GripPubControl *control,
              const char     *content)
{
  g_autoptr(GripItem)     item = zmq_peer_item (content, NULL);
  g_autoptr(GAsyncResult) result = NULL;
  GError                 *error = NULL;

  grip_pub_control_publish_async (control, "test", item, NULL, zmq_peer_keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  grip_pub_control_publish_finish (control, result, &error);

  return error;
}
