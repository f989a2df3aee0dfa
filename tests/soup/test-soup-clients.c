/* test-soup-clients.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>
#include <sys/resource.h>

#include <libgrip-soup/grip-soup.h>

/* Clients of an embedded origin that are many, slow, rude or gone: bare sockets in the same loop. */

#define N_MANY 2000
#define LIMIT  (64 * 1024)

typedef struct
{
  GripSoupOrigin  *origin;
  GripPubControl  *control;
  GripSoupRequest *kept;
  guint            n_cancelled;
} Fixture;

typedef struct
{
  GSocket *socket;
  GString *received;
  gboolean ended;
} Client;

static GString *log_text;

static GLogWriterOutput
log_cb (GLogLevelFlags   level,
        const GLogField *fields,
        gsize            n_fields,
        gpointer         data)
{
  for (gsize i = 0; i < n_fields; i++)
    {
      if ((level & (G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_WARNING)) != 0 && g_str_equal (fields[i].key, "MESSAGE"))
        g_string_append_printf (log_text, "%s\n", (const char *) fields[i].value);
    }

  return (level & (G_LOG_LEVEL_DEBUG | G_LOG_LEVEL_INFO)) != 0
           ? G_LOG_WRITER_HANDLED : g_log_writer_default (level, fields, n_fields, data);
}

static void
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  Fixture *self = user_data;

  self->n_cancelled++;
}

static void
handle_cb (GripSoupOrigin  *origin,
           GripSoupRequest *request,
           gpointer         user_data)
{
  Fixture *self = user_data;
  GripWebSocketContext *context = grip_soup_request_get_websocket (request);
  const char *path = grip_soup_request_get_path (request);

  if (context != NULL)
    {
      if (grip_websocket_context_is_opening (context))
        {
          grip_websocket_context_accept (context);
          g_assert_true (grip_websocket_context_subscribe (context, "room", NULL, NULL));
        }
    }
  else if (g_str_equal (path, "/poll"))
    g_assert_true (grip_soup_request_hold_response (request, "room", NULL));
  else if (g_str_equal (path, "/later"))
    {
      self->kept = g_object_ref (request);
      g_signal_connect (grip_soup_request_get_cancellable (request), "cancelled",
                        G_CALLBACK (cancelled_cb), self);
    }
  else if (g_str_equal (path, "/plain"))
    grip_soup_request_respond_text (request, 200, "text/plain", "plain\n");
  else
    g_assert_true (grip_soup_request_hold_stream (request, "room", NULL));
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  g_string_truncate (log_text, 0);
  self->origin = grip_soup_origin_new (NULL);
  grip_soup_origin_set_embedded (self->origin, TRUE);
  grip_soup_origin_set_max_client_bytes (self->origin, LIMIT);
  grip_soup_origin_add_handler (self->origin, "/", handle_cb, self, NULL);
  grip_soup_origin_listen (self->origin, 0, &error);
  g_assert_no_error (error);
  self->control = grip_pub_control_new ();
  grip_pub_control_add_transport (self->control, GRIP_TRANSPORT (self->origin));
}

static void
result_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  GripSoupOrigin *weak = self->origin;
  g_autoptr(GAsyncResult) closed = NULL;
  g_autoptr(GError) error = NULL;

  grip_pub_control_close_async (self->control, NULL, result_cb, &closed);
  while (closed == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (grip_pub_control_close_finish (self->control, closed, &error));
  g_assert_no_error (error);
  g_clear_object (&closed);
  g_clear_object (&self->control);

  g_object_add_weak_pointer (G_OBJECT (self->origin), (gpointer *) &weak);
  g_object_unref (self->origin);
  while (g_atomic_pointer_get (&weak) != NULL)
    g_main_context_iteration (NULL, FALSE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static Client *
client_new (Fixture    *self,
            const char *request)
{
  Client *client = g_new0 (Client, 1);
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) address =
    g_inet_socket_address_new (loopback, grip_soup_origin_get_port (self->origin));
  g_autoptr(GError) error = NULL;

  client->received = g_string_new (NULL);
  client->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_socket_connect (client->socket, address, NULL, &error);
  g_assert_no_error (error);
  g_socket_send (client->socket, request, strlen (request), NULL, &error);
  g_assert_no_error (error);
  g_socket_set_blocking (client->socket, FALSE);

  return client;
}

static void
client_free (Client *client)
{
  g_socket_close (client->socket, NULL);
  g_object_unref (client->socket);
  g_string_free (client->received, TRUE);
  g_free (client);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Client, client_free)

static void
client_read (Client *client)
{
  char buffer[65536];
  g_autoptr(GError) error = NULL;
  gssize n = g_socket_receive (client->socket, buffer, sizeof buffer, NULL, &error);

  if (n > 0)
    g_string_append_len (client->received, buffer, n);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    client->ended = TRUE;
}

/* One turn of the loop; with nothing to do there, a short sleep. */
static void
turn (void)
{
  if (!g_main_context_iteration (NULL, FALSE))
    g_usleep (1000);
}

static gboolean
client_wait (Client     *client,
             const char *text)
{
  gint64 end = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  client_read (client);
  while (!client->ended && g_get_monotonic_time () < end &&
         g_strstr_len (client->received->str, client->received->len, text) == NULL)
    {
      turn ();
      client_read (client);
    }

  return g_strstr_len (client->received->str, client->received->len, text) != NULL;
}

static void
wait_clients (Fixture *self,
              guint    n)
{
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (grip_soup_origin_get_n_clients (self->origin) != n && g_get_monotonic_time () < end)
    turn ();
  g_assert_cmpuint (grip_soup_origin_get_n_clients (self->origin), ==, n);
}

static void
publish (Fixture    *self,
         const char *text)
{
  g_autoptr(GPtrArray) formats = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GripItem) item = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  g_ptr_array_add (formats, grip_http_stream_format_new_text (text));
  g_ptr_array_add (formats, grip_http_response_format_new_text (text));
  g_ptr_array_add (formats, grip_websocket_message_format_new_text (text));
  item = grip_item_new_full ((GripFormat **) formats->pdata, formats->len, NULL, NULL, NULL, FALSE, -1,
                             &error);
  g_assert_no_error (error);

  grip_pub_control_publish_async (self->control, "room", item, NULL, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (grip_pub_control_publish_finish (self->control, result, &error));
  g_assert_no_error (error);
}

#define HANDSHAKE \
  "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" \
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
#define STREAM "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"
#define POLL   "GET /poll HTTP/1.1\r\nHost: a\r\n\r\n"

/* @data is the request of a client that reads nothing. */
static void
test_slow (Fixture       *self,
           gconstpointer  data)
{
  g_autoptr(Client) slow = client_new (self, data);
  g_autoptr(Client) quick = client_new (self, STREAM);
  g_autofree char *text = g_strnfill (32 * 1024, 'x');
  gsize n_sent = 0;

  wait_clients (self, 2);
  while (grip_soup_origin_get_n_clients (self->origin) == 2 && n_sent < 64 * 1024 * 1024)
    {
      publish (self, text);
      n_sent += strlen (text);

      /* The other one never waits, and loses nothing. */
      while (quick->received->len < n_sent && !quick->ended)
        {
          turn ();
          client_read (quick);
        }
    }

  wait_clients (self, 1);
  g_assert_nonnull (strstr (log_text->str, "bytes behind"));
  publish (self, "still here");
  g_assert_true (client_wait (quick, "still here"));
}

static void
test_many (Fixture       *self,
           gconstpointer  data)
{
  g_autoptr(GPtrArray) clients = g_ptr_array_new_with_free_func ((GDestroyNotify) client_free);

  for (guint i = 0; i < N_MANY; i++)
    {
      const char *requests[] = { STREAM, POLL, HANDSHAKE };

      g_ptr_array_add (clients, client_new (self, requests[i % 3]));
      if (clients->len % 500 == 0)
        wait_clients (self, clients->len);
    }

  publish (self, "to everybody");
  for (guint i = 0; i < N_MANY; i++)
    g_assert_true (client_wait (g_ptr_array_index (clients, i), "to everybody"));

  /* Each is noticed when it goes. */
  g_clear_pointer (&clients, g_ptr_array_unref);
  wait_clients (self, 0);
}

static void
test_gone (Fixture       *self,
           gconstpointer  data)
{
  Client *stream = client_new (self, STREAM);
  Client *poll = client_new (self, POLL);
  Client *websocket = client_new (self, HANDSHAKE);

  wait_clients (self, 3);
  client_free (poll);
  wait_clients (self, 2);
  client_free (websocket);
  wait_clients (self, 1);
  client_free (stream);
  wait_clients (self, 0);
  publish (self, "to nobody");
}

static void
test_gone_before_answer (Fixture       *self,
                         gconstpointer  data)
{
  Client *client = client_new (self, "GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
  g_autoptr(Client) other = NULL;

  while (self->kept == NULL)
    turn ();
  client_free (client);
  while (self->n_cancelled == 0)
    turn ();

  /* It is too late for all of this, which is no mistake of the handler. */
  g_assert_true (grip_soup_request_is_answered (self->kept));
  grip_soup_request_respond_text (self->kept, 200, "text/plain", "late");
  g_assert_true (grip_soup_request_hold_stream (self->kept, "room", NULL));
  g_clear_object (&self->kept);
  g_assert_cmpuint (grip_soup_origin_get_n_clients (self->origin), ==, 0);

  other = client_new (self, "GET /plain HTTP/1.1\r\nHost: a\r\n\r\n");
  g_assert_true (client_wait (other, "plain\n"));
}

static void
test_connection (Fixture       *self,
                 gconstpointer  data)
{
  g_autoptr(Client) poll = client_new (self, POLL "GET /plain HTTP/1.1\r\nHost: a\r\n\r\n");
  g_autoptr(Client) old = client_new (self, "GET /stream HTTP/1.0\r\n\r\n");
  g_autoptr(Client) head = client_new (self, "HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n");

  wait_clients (self, 2);
  g_assert_true (client_wait (head, "\r\n\r\n"));
  g_assert_nonnull (strstr (head->received->str, "text/plain"));
  publish (self, "item");

  /* A request that came too early is answered after the first one, on the same connection. */
  g_assert_true (client_wait (poll, "item"));
  g_assert_true (client_wait (poll, "plain\n"));

  /* No chunks for the old one. */
  g_assert_true (client_wait (old, "\r\n\r\nitem"));
  g_assert_null (strstr (old->received->str, "chunked"));
  g_assert_true (g_str_has_suffix (head->received->str, "\r\n\r\n"));
}

static void
test_rude (Fixture       *self,
           gconstpointer  data)
{
  static const struct { const char *bytes; gsize length; } frames[] =
  {
    { "\x81\x05hello", 7 },                              /* not masked */
    { "\x83\x80\0\0\0\0", 6 },                           /* an opcode that is not known */
    { "\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14 }, /* a length that nobody has */
    { "\x88\x81\0\0\0\0x", 7 },                          /* half a close code */
    { "\x81\x82\0\0\0\0\xff\xfe", 8 },                   /* a text that is no UTF-8 */
  };
  static const char * const handshakes[] =
  {
    "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 12\r\nSec-WebSocket-Key: x\r\n\r\n",
    "POST /ws HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    {
      g_autoptr(Client) client = client_new (self, HANDSHAKE);

      g_assert_true (client_wait (client, "\r\n\r\n"));
      wait_clients (self, 1);
      g_socket_send (client->socket, frames[i].bytes, frames[i].length, NULL, NULL);
      wait_clients (self, 0);
    }

  for (guint i = 0; i < G_N_ELEMENTS (handshakes); i++)
    {
      g_autoptr(Client) client = client_new (self, handshakes[i]);

      g_assert_true (client_wait (client, "HTTP/1.1 400"));
    }
}

/* Events that are none, and control messages that are none: nothing but a 400, or a line in the log. */
static void
test_bodies (Fixture       *self,
             gconstpointer  data)
{
  static const char * const bodies[] =
  {
    "TEXT", "TEXT 5\r\nhi\r\n", "TEXT ffffffffffffffff\r\n", "TEXT -1\r\n\r\n", "TEXT 2\r\nhi", "\r\n",
    "OPEN\r\nTEXT 1\r\n", "CLOSE 1\r\nx", "TEXT zz\r\nhi\r\n", "OPEN OPEN\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autofree char *request =
        g_strdup_printf ("POST /ws HTTP/1.1\r\nHost: a\r\nContent-Type: application/websocket-events\r\n"
                         "Connection-Id: 1\r\nContent-Length: %u\r\n\r\n%s",
                         (guint) strlen (bodies[i]), bodies[i]);
      g_autoptr(Client) client = client_new (self, request);

      g_assert_true (client_wait (client, "HTTP/1.1 400"));
    }
}

/* The origin goes first: nobody is left waiting. */
static void
test_origin_gone (Fixture       *self,
                  gconstpointer  data)
{
  g_autoptr(Client) stream = client_new (self, STREAM);
  g_autoptr(Client) poll = client_new (self, POLL);
  g_autoptr(Client) websocket = client_new (self, HANDSHAKE);

  wait_clients (self, 3);
  tear_down (self, NULL);
  while (!stream->ended || !poll->ended || !websocket->ended)
    {
      turn ();
      client_read (stream);
      client_read (poll);
      client_read (websocket);
    }

  set_up (self, NULL);
}

static gboolean
raise_limit (void)
{
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = MIN (limit.rlim_max, 3 * N_MANY);
  setrlimit (RLIMIT_NOFILE, &limit);

  return limit.rlim_cur >= 2 * N_MANY + 100;
}

#define ADD(path, data, func) g_test_add (path, Fixture, data, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  log_text = g_string_new (NULL);
  g_log_set_writer_func (log_cb, NULL, NULL);
  g_assert_true (raise_limit ());

  ADD ("/soup-clients/slow-stream", STREAM, test_slow);
  ADD ("/soup-clients/slow-websocket", HANDSHAKE, test_slow);
  ADD ("/soup-clients/many", NULL, test_many);
  ADD ("/soup-clients/gone", NULL, test_gone);
  ADD ("/soup-clients/gone-before-answer", NULL, test_gone_before_answer);
  ADD ("/soup-clients/connection", NULL, test_connection);
  ADD ("/soup-clients/rude", NULL, test_rude);
  ADD ("/soup-clients/bodies", NULL, test_bodies);
  ADD ("/soup-clients/origin-gone", NULL, test_origin_gone);

  return g_test_run ();
}
