/* grip-test-origin.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include <libsoup/soup.h>

#include "grip-test-origin.h"

struct _GripTestOrigin
{
  GMainContext *context;
  GMainLoop    *loop;
  GThread      *thread;
  SoupServer   *server;
  GSocket      *socket;
  guint         port;
  gint          n_requests;
  gint          n_polls;
};

/* All values of one query parameter, in order. */
static GPtrArray *
query_values (SoupServerMessage *message,
              const char        *name)
{
  g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
  const char *query = g_uri_get_query (soup_server_message_get_uri (message));
  GUriParamsIter iter;
  char *key;
  char *value;

  g_uri_params_iter_init (&iter, query != NULL ? query : "", -1, "&", G_URI_PARAMS_NONE);
  while (g_uri_params_iter_next (&iter, &key, &value, NULL))
    {
      if (strcmp (key, name) == 0)
        g_ptr_array_add (values, g_steal_pointer (&value));
      g_clear_pointer (&key, g_free);
      g_clear_pointer (&value, g_free);
    }

  return g_steal_pointer (&values);
}

static void
add_hold_headers (SoupServerMessage *message,
                  const char        *mode)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_autoptr(GPtrArray) channels = query_values (message, "channel");
  g_autoptr(GPtrArray) timeouts = query_values (message, "timeout");

  soup_message_headers_append (headers, "Grip-Hold", mode);
  for (guint i = 0; i < channels->len; i++)
    soup_message_headers_append (headers, "Grip-Channel", channels->pdata[i]);
  if (timeouts->len > 0)
    soup_message_headers_append (headers, "Grip-Timeout", timeouts->pdata[0]);
}

static void
answer (SoupServerMessage *message,
        const char        *content_type,
        const char        *body,
        gsize              length)
{
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, content_type, SOUP_MEMORY_COPY, body, length);
}

static void
append_event (GString    *out,
              const char *kind,
              const char *content,
              gsize       length)
{
  g_string_append_printf (out, "%s %" G_GSIZE_MODIFIER "x\r\n", kind, length);
  g_string_append_len (out, content, length);
  g_string_append (out, "\r\n");
}

static void
append_open (GString           *out,
             SoupServerMessage *message)
{
  g_autoptr(GPtrArray) channels = query_values (message, "channel");

  g_string_append (out, "OPEN\r\n");
  for (guint i = 0; i < channels->len; i++)
    {
      const char *channel = channels->pdata[i];
      g_autofree char *control = NULL;

      control = g_strdup_printf ("c:{\"type\":\"subscribe\",\"channel\":\"%s\"}", channel);
      append_event (out, "TEXT", control, strlen (control));
    }
}

/* Answers one event. Returns the number of bytes it took, 0 at the end or at a fault. */
static gsize
answer_event (GString           *out,
              SoupServerMessage *message,
              const char        *data,
              gsize              length)
{
  const char *end = g_strstr_len (data, length, "\r\n");
  g_autofree char *line = NULL;
  const char *content;
  char *space;
  gsize size = 0;
  gsize taken;

  if (end == NULL)
    return 0;

  line = g_strndup (data, end - data);
  content = end + 2;
  taken = content - data;
  if ((space = strchr (line, ' ')) != NULL)
    {
      size = g_ascii_strtoull (space + 1, NULL, 16);
      *space = '\0';
      if (size > length - taken || length - taken - size < 2)
        return 0;
      taken += size + 2;
    }

  if (strcmp (line, "OPEN") == 0)
    append_open (out, message);
  else if (strcmp (line, "TEXT") == 0 || strcmp (line, "BINARY") == 0)
    {
      /* The prefix that tells a message for the client from a control message. */
      g_autoptr(GString) prefixed = g_string_new ("m:");

      g_string_append_len (prefixed, content, size);
      append_event (out, line, prefixed->str, prefixed->len);
    }
  else if (strcmp (line, "CLOSE") == 0)
    append_event (out, line, content, size);
  else if (strcmp (line, "PING") == 0)
    append_event (out, "PONG", content, size);

  return taken;
}

static void
answer_events (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr(GBytes) bytes = soup_message_body_flatten (body);
  g_autoptr(GString) out = g_string_new (NULL);
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  gsize taken;

  while (length > 0 && (taken = answer_event (out, message, data, length)) > 0)
    {
      data += taken;
      length -= taken;
    }

  soup_message_headers_append (headers, "Sec-WebSocket-Extensions", "grip");
  answer (message, "application/websocket-events", out->str, out->len);
}

static void
request_cb (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  GripTestOrigin *self = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *sig = soup_message_headers_get_one (headers, "Grip-Sig");

  g_atomic_int_inc (&self->n_requests);

  if (strcmp (path, "/poll") == 0)
    {
      g_atomic_int_inc (&self->n_polls);
      add_hold_headers (message, "response");
      answer (message, "text/plain", "", 0);
    }
  else if (strcmp (path, "/stream") == 0)
    {
      add_hold_headers (message, "stream");
      answer (message, "text/plain", "open\n", 5);
    }
  else if (strcmp (path, "/ws") == 0)
    answer_events (message);
  else if (strcmp (path, "/sig") == 0)
    answer (message, "text/plain", sig != NULL ? sig : "", sig != NULL ? strlen (sig) : 0);
  else
    answer (message, "text/plain", "ok\n", 3);
}

static void
message_cb (SoupWebsocketConnection *connection,
            SoupWebsocketDataType    kind,
            GBytes                  *message,
            gpointer                 user_data)
{
  soup_websocket_connection_send_message (connection, kind, message);
}

static void
closed_cb (SoupWebsocketConnection *connection,
           gpointer                 user_data)
{
  g_object_unref (connection);
}

static void
socket_cb (SoupServer              *server,
           SoupServerMessage       *message,
           const char              *path,
           SoupWebsocketConnection *connection,
           gpointer                 user_data)
{
  GripTestOrigin *self = user_data;

  g_atomic_int_inc (&self->n_requests);
  g_signal_connect (connection, "message", G_CALLBACK (message_cb), NULL);
  g_signal_connect (g_object_ref (connection), "closed", G_CALLBACK (closed_cb), NULL);
}

static gpointer
origin_thread (gpointer data)
{
  GripTestOrigin *self = data;
  g_autoptr(GError) error = NULL;

  g_main_context_push_thread_default (self->context);
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, NULL, request_cb, self, NULL);
  soup_server_add_websocket_handler (self->server, "/socket", NULL, NULL, socket_cb, self, NULL);
  soup_server_listen_socket (self->server, self->socket, 0, &error);
  g_assert_no_error (error);

  g_main_loop_run (self->loop);

  soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  g_main_context_pop_thread_default (self->context);

  return NULL;
}

/* SoupServer's own backlog is 10, and then each burst of connections costs a second. */
static GSocket *
listen_on_loopback (guint *port)
{
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr(GSocketAddress) local = NULL;
  g_autoptr(GSocket) listener = NULL;
  g_autoptr(GError) error = NULL;

  listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                           &error);
  g_assert_no_error (error);
  g_socket_set_listen_backlog (listener, 1024);
  g_socket_bind (listener, address, FALSE, &error);
  g_assert_no_error (error);
  g_socket_listen (listener, &error);
  g_assert_no_error (error);

  local = g_socket_get_local_address (listener, &error);
  g_assert_no_error (error);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));

  return g_steal_pointer (&listener);
}

GripTestOrigin *
grip_test_origin_new (void)
{
  GripTestOrigin *self = g_new0 (GripTestOrigin, 1);

  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->socket = listen_on_loopback (&self->port);
  self->thread = g_thread_new ("grip-test-origin", origin_thread, self);

  return self;
}

static gboolean
quit_cb (gpointer data)
{
  g_main_loop_quit (data);

  return G_SOURCE_REMOVE;
}

void
grip_test_origin_free (GripTestOrigin *self)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_callback (source, quit_cb, self->loop, NULL);
  g_source_attach (source, self->context);
  g_thread_join (self->thread);

  g_object_unref (self->socket);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self);
}

guint
grip_test_origin_get_port (GripTestOrigin *self)
{
  return self->port;
}

guint
grip_test_origin_get_n_requests (GripTestOrigin *self)
{
  return g_atomic_int_get (&self->n_requests);
}

guint
grip_test_origin_get_n_polls (GripTestOrigin *self)
{
  return g_atomic_int_get (&self->n_polls);
}
