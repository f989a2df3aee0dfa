/* test-soup-origin.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "soup-client.h"

typedef struct
{
  GripSoupOrigin  *origin;
  SoupSession     *session;
  GripSoupRequest *kept;
  guint            n_live;
} Fixture;

static gboolean
answer_later_cb (gpointer user_data)
{
  Fixture *fixture = user_data;

  grip_soup_request_respond_text (fixture->kept, 200, "text/plain", "later");
  g_clear_object (&fixture->kept);

  return G_SOURCE_REMOVE;
}

static void
echo_websocket (GripSoupRequest *request)
{
  GripWebSocketContext *context = grip_soup_request_get_websocket (request);
  GripWebSocketEvent *event = NULL;

  if (grip_websocket_context_is_opening (context))
    {
      grip_websocket_context_accept (context);
      grip_websocket_context_set_keep_alive_interval (context, 30);
      g_assert_true (grip_websocket_context_subscribe (context, "room", NULL, NULL));
    }

  while ((event = grip_websocket_context_receive (context)) != NULL)
    {
      g_autofree char *text = grip_websocket_event_dup_text (event);

      /* Half a message stays with the proxy. */
      if (g_strcmp0 (text, "more") == 0)
        grip_websocket_context_set_content_bytes_accepted (context,
                                                           grip_websocket_context_get_content_bytes_replayed (context) + 2);
      else if (g_str_equal (grip_websocket_event_get_event_type (event), "TEXT"))
        g_assert_true (grip_websocket_context_send_text (context, text, NULL));
      g_object_unref (event);
    }
}

static void
handle_cb (GripSoupOrigin  *origin,
           GripSoupRequest *request,
           gpointer         user_data)
{
  Fixture *fixture = user_data;
  const char *path = grip_soup_request_get_path (request);

  if (g_str_equal (path, "/refused"))
    return;

  if (grip_soup_request_get_websocket (request) != NULL)
    {
      fixture->n_live++;
      echo_websocket (request);
      return;
    }

  if (g_str_equal (path, "/stream"))
    {
      g_autoptr(GripInstruct) instruct = grip_instruct_new_hold_stream ("room");
      const char *last_id = grip_soup_request_get_last_id (request, "room");
      g_autoptr(GripResponse) response = grip_response_new_text (200, "text/plain",
                                                                 last_id != NULL ? last_id : "hi");
      g_autoptr(GError) error = NULL;

      grip_instruct_set_response (instruct, response);
      g_assert_true (grip_soup_request_hold (request, instruct, &error));
      g_assert_no_error (error);
    }
  else if (g_str_equal (path, "/not-modified"))
    {
      g_autoptr(GripInstruct) instruct = grip_instruct_new_hold_response ("room");
      g_autoptr(GripResponse) response = grip_response_new (304, NULL, NULL, NULL);

      grip_instruct_set_response (instruct, response);
      g_assert_true (grip_soup_request_hold (request, instruct, NULL));
    }
  else if (g_str_equal (path, "/poll"))
    {
      g_autoptr(GripInstruct) instruct = grip_instruct_new_hold_response ("room");

      g_assert_true (grip_soup_request_hold (request, instruct, NULL));
    }
  else if (g_str_equal (path, "/empty"))
    grip_soup_request_respond_text (request, 200, "text/plain", "");
  else if (g_str_equal (path, "/later"))
    {
      fixture->kept = g_object_ref (request);
      g_timeout_add (20, answer_later_cb, fixture);
    }
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(SoupServer) server = g_object_new (SOUP_TYPE_SERVER, NULL);
  g_autoptr(GError) error = NULL;

  fixture->origin = grip_soup_origin_new (server);
  grip_soup_origin_set_channel_prefix (fixture->origin, "p-");
  grip_soup_origin_add_handler (fixture->origin, "/", handle_cb, fixture, NULL);
  grip_soup_origin_listen (fixture->origin, 0, &error);
  g_assert_no_error (error);
  fixture->session = soup_session_new ();
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  GripSoupOrigin *weak = fixture->origin;

  soup_session_abort (fixture->session);
  g_clear_object (&fixture->session);

  /* What has held it in the worker's thread lets go a little later. */
  g_object_add_weak_pointer (G_OBJECT (fixture->origin), (gpointer *) &weak);
  g_object_unref (fixture->origin);
  while (g_atomic_pointer_get (&weak) != NULL)
    g_main_context_iteration (NULL, FALSE);
}

static void
result_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static const char *
get_header (SoupMessage *message,
            const char  *name)
{
  return soup_message_headers_get_list (soup_message_get_response_headers (message), name);
}

static void
test_hold (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(SoupMessage) message = soup_client_message (fixture->origin, "GET", "/stream");
  g_autoptr(SoupMessage) again = soup_client_message (fixture->origin, "GET", "/stream");
  g_autoptr(SoupMessage) not_modified = soup_client_message (fixture->origin, "GET", "/not-modified");
  g_autofree char *body = soup_client_send (fixture->session, message);
  g_autofree char *recovered = NULL;
  g_autofree char *nothing = NULL;

  g_assert_cmpuint (soup_message_get_status (message), ==, 200);
  g_assert_cmpstr (get_header (message, "Grip-Hold"), ==, "stream");
  g_assert_cmpstr (get_header (message, "Grip-Channel"), ==, "p-room");
  g_assert_cmpstr (body, ==, "hi");

  soup_message_headers_append (soup_message_get_request_headers (again), "Grip-Last",
                               "p-other; last-id=1, p-room; last-id=7");
  recovered = soup_client_send (fixture->session, again);
  g_assert_cmpstr (recovered, ==, "7");

  nothing = soup_client_send (fixture->session, not_modified);
  g_assert_cmpuint (soup_message_get_status (not_modified), ==, 200);
  g_assert_cmpstr (get_header (not_modified, "Grip-Status"), ==, "304");
}

static void
test_empty (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(SoupMessage) message = soup_client_message (fixture->origin, "GET", "/empty");
  g_autofree char *body = soup_client_send (fixture->session, message);

  g_assert_cmpuint (soup_message_get_status (message), ==, 200);
  g_assert_true (body == NULL || *body == '\0');
}

static void
test_later (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(SoupMessage) message = soup_client_message (fixture->origin, "GET", "/later");
  g_autoptr(SoupMessage) dropped = soup_client_message (fixture->origin, "GET", "/dropped");
  g_autofree char *body = soup_client_send (fixture->session, message);
  g_autofree char *nothing = NULL;

  g_assert_cmpuint (soup_message_get_status (message), ==, 200);
  g_assert_cmpstr (body, ==, "later");

  nothing = soup_client_send (fixture->session, dropped);
  g_assert_cmpuint (soup_message_get_status (dropped), ==, 500);
  g_assert_cmpuint (soup_client_warnings, ==, 1);
}

static void
test_signature (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr(GripKey) key = grip_key_new_from_string ("secret", NULL);
  g_autofree char *token = NULL;
  g_autoptr(SoupMessage) bare = soup_client_message (fixture->origin, "GET", "/stream");
  g_autoptr(SoupMessage) forged = soup_client_message (fixture->origin, "GET", "/later");
  g_autoptr(SoupMessage) accepted = soup_client_message (fixture->origin, "GET", "/stream");
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;
  g_autofree char *c = NULL;

  /* Nobody would hold this client. */
  grip_soup_origin_set_verification (fixture->origin, GRIP_SOUP_SIGNATURE_POLICY_ACCEPT, key, NULL);
  a = soup_client_send (fixture->session, accepted);
  g_assert_cmpuint (soup_message_get_status (accepted), ==, 501);
  g_assert_null (get_header (accepted, "Grip-Hold"));

  grip_soup_origin_set_verification (fixture->origin, GRIP_SOUP_SIGNATURE_POLICY_REQUIRED, key, NULL);
  b = soup_client_send (fixture->session, bare);
  g_assert_cmpuint (soup_message_get_status (bare), ==, 501);
  soup_message_headers_append (soup_message_get_request_headers (forged), "Grip-Sig", "a.b.c");
  c = soup_client_send (fixture->session, forged);
  g_assert_cmpuint (soup_message_get_status (forged), ==, 501);
}

/* Nobody looks at the signature: a header is enough to count as proxied. */
static void
test_no_signature (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr(GripKey) key = grip_key_new_from_string ("secret", NULL);
  g_autoptr(SoupMessage) forged = soup_client_message (fixture->origin, "GET", "/stream");
  g_autofree char *body = NULL;

  grip_soup_origin_set_verification (fixture->origin, GRIP_SOUP_SIGNATURE_POLICY_NONE, key, NULL);
  grip_soup_origin_set_embedded (fixture->origin, TRUE);
  soup_message_headers_append (soup_message_get_request_headers (forged), "Grip-Sig", "a.b.c");
  body = soup_client_send (fixture->session, forged);
  g_assert_cmpuint (soup_message_get_status (forged), ==, 200);
  g_assert_cmpstr (get_header (forged, "Grip-Hold"), ==, "stream");
}

/* The keys are those of the publisher's endpoints, whichever it has. */
static void
test_verify_with (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr(GripPubControl) control = grip_pub_control_new ();
  g_autoptr(GripKey) key = grip_key_new_from_string ("secret", NULL);
  g_autoptr(SoupMessage) without_key = soup_client_message (fixture->origin, "GET", "/stream");
  g_autoptr(SoupMessage) bare = soup_client_message (fixture->origin, "GET", "/stream");
  g_autoptr(SoupMessage) is_signed = soup_client_message (fixture->origin, "GET", "/stream");
  g_autofree char *token = NULL;
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;
  g_autofree char *c = NULL;
  g_autoptr(GError) error = NULL;

  grip_soup_origin_verify_with (fixture->origin, GRIP_SOUP_SIGNATURE_POLICY_REQUIRED, control);
  a = soup_client_send (fixture->session, without_key);
  g_assert_cmpuint (soup_message_get_status (without_key), ==, 501);

  grip_pub_control_apply_uri (control, "http://127.0.0.1:1/?verify-key=secret&verify-iss=p", &error);
  g_assert_no_error (error);
  b = soup_client_send (fixture->session, bare);
  g_assert_cmpuint (soup_message_get_status (bare), ==, 501);

  token = grip_key_sign (key, "p", g_get_real_time () / G_USEC_PER_SEC + 60, &error);
  g_assert_no_error (error);
  soup_message_headers_append (soup_message_get_request_headers (is_signed), "Grip-Sig", token);
  c = soup_client_send (fixture->session, is_signed);
  g_assert_cmpuint (soup_message_get_status (is_signed), ==, 200);
  g_assert_cmpstr (get_header (is_signed, "Grip-Hold"), ==, "stream");
}

static SoupMessage *
post_events (Fixture     *fixture,
             const char  *events,
             char       **answer)
{
  SoupMessage *message = soup_client_message (fixture->origin, "POST", "/ws");
  g_autoptr(GBytes) body = g_bytes_new (events, strlen (events));

  soup_message_set_request_body_from_bytes (message, "application/websocket-events", body);
  soup_message_headers_append (soup_message_get_request_headers (message), "Connection-Id", "1");
  soup_message_headers_append (soup_message_get_request_headers (message), "Content-Bytes-Replayed", "1");
  *answer = soup_client_send (fixture->session, message);

  return message;
}

static void
test_over_http (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *opened = NULL;
  g_autofree char *echoed = NULL;
  g_autofree char *refused = NULL;
  g_autofree char *accepted = NULL;
  g_autoptr(SoupMessage) open = post_events (fixture, "OPEN\r\n", &opened);
  g_autoptr(SoupMessage) text = post_events (fixture, "TEXT 2\r\nhi\r\n", &echoed);
  g_autoptr(SoupMessage) bad = post_events (fixture, "TEXT 9\r\nhi\r\n", &refused);
  g_autoptr(SoupMessage) part = post_events (fixture, "TEXT 4\r\nmore\r\n", &accepted);

  g_assert_cmpstr (get_header (open, "Sec-WebSocket-Extensions"), ==, "grip; message-prefix=\"m:\"");
  g_assert_cmpstr (opened, ==, "OPEN\r\nTEXT 29\r\n"
                               "c:{\"type\":\"subscribe\",\"channel\":\"p-room\"}\r\n");
  g_assert_cmpstr (echoed, ==, "TEXT 4\r\nm:hi\r\n");
  g_assert_cmpuint (soup_message_get_status (text), ==, 200);
  g_assert_cmpuint (soup_message_get_status (bad), ==, 400);

  g_assert_cmpstr (get_header (open, "Keep-Alive-Interval"), ==, "30");
  g_assert_null (get_header (text, "Keep-Alive-Interval"));
  g_assert_null (get_header (text, "Content-Bytes-Accepted"));
  g_assert_cmpstr (get_header (part, "Content-Bytes-Accepted"), ==, "3");
  g_assert_cmpuint (soup_message_get_status (part), ==, 200);
}

/* Events of a connection, and its meta data, are believed of nobody but the proxy. */
static void
test_over_http_forged (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr(GripKey) key = grip_key_new_from_string ("secret", NULL);

  grip_soup_origin_set_verification (fixture->origin, GRIP_SOUP_SIGNATURE_POLICY_ACCEPT, key, NULL);
  for (guint embedded = 0; embedded < 2; embedded++)
    {
      g_autofree char *answer = NULL;
      g_autoptr(SoupMessage) message = NULL;

      grip_soup_origin_set_embedded (fixture->origin, embedded);
      message = post_events (fixture, "TEXT 2\r\nhi\r\n", &answer);
      g_assert_cmpuint (soup_message_get_status (message), ==, 501);
      g_assert_cmpuint (fixture->n_live, ==, 0);
    }
}

static void
text_cb (SoupWebsocketConnection *connection,
         SoupWebsocketDataType    data_type,
         GBytes                  *content,
         gpointer                 user_data)
{
  GPtrArray *received = user_data;

  g_ptr_array_add (received, g_strndup (g_bytes_get_data (content, NULL), g_bytes_get_size (content)));
}

static void
count_cb (SoupWebsocketConnection *connection,
          gpointer                 user_data)
{
  *(guint *) user_data += 1;
}

static void
test_websocket (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr(SoupMessage) message = soup_client_message (fixture->origin, "GET", "/ws");
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(SoupWebsocketConnection) connection = NULL;
  g_autoptr(GPtrArray) received = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GError) error = NULL;
  guint n_closed = 0;

  soup_session_websocket_connect_async (fixture->session, message, NULL, NULL, 0, NULL, result_cb,
                                        &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  connection = soup_session_websocket_connect_finish (fixture->session, result, &error);
  g_assert_no_error (error);

  g_signal_connect (connection, "message", G_CALLBACK (text_cb), received);
  g_signal_connect (connection, "closed", G_CALLBACK (count_cb), &n_closed);
  soup_websocket_connection_send_text (connection, "hello");
  while (received->len < 1)
    g_main_context_iteration (NULL, TRUE);

  /* Neither a control message nor a prefix reaches a client that has no proxy before it. */
  g_assert_cmpuint (received->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (received, 0), ==, "hello");

  soup_websocket_connection_close (connection, 1000, NULL);
  while (n_closed == 0 || fixture->n_live < 3)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture->n_live, ==, 3);
}

static GripItem *
new_item (void)
{
  g_autoptr(GPtrArray) formats = g_ptr_array_new_with_free_func (g_object_unref);
  GripItem *item = NULL;
  g_autoptr(GError) error = NULL;

  g_ptr_array_add (formats, grip_http_stream_format_new_text ("item\n"));
  g_ptr_array_add (formats, grip_http_response_format_new_text ("answer\n"));
  g_ptr_array_add (formats, grip_websocket_message_format_new_text ("message"));
  item = grip_item_new_full ((GripFormat **) formats->pdata, formats->len, NULL, NULL, NULL,
                             FALSE, -1, &error);
  g_assert_no_error (error);

  return item;
}

static void
publish (GripPubControl *control,
         GripItem       *item)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  grip_pub_control_publish_async (control, "p-room", item, NULL, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (grip_pub_control_publish_finish (control, result, &error));
  g_assert_no_error (error);
}

static char *
read_some (GInputStream *stream,
           gsize         n)
{
  char *text = g_malloc0 (n + 1);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  g_input_stream_read_all_async (stream, text, n, 0, NULL, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_input_stream_read_all_finish (stream, result, NULL, &error));
  g_assert_no_error (error);

  return text;
}

static void
test_embedded (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr(GripPubControl) control = grip_pub_control_new ();
  g_autoptr(GripItem) item = new_item ();
  g_autoptr(SoupMessage) stream = soup_client_message (fixture->origin, "GET", "/stream");
  g_autoptr(SoupMessage) poll = soup_client_message (fixture->origin, "GET", "/poll");
  g_autoptr(GAsyncResult) opened = NULL;
  g_autoptr(GAsyncResult) polled = NULL;
  g_autoptr(GAsyncResult) closed = NULL;
  g_autoptr(GInputStream) input = NULL;
  g_autoptr(GBytes) answer = NULL;
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;

  grip_soup_origin_set_embedded (fixture->origin, TRUE);
  grip_pub_control_add_transport (control, GRIP_TRANSPORT (fixture->origin));

  soup_session_send_async (fixture->session, stream, 0, NULL, result_cb, &opened);
  soup_session_send_and_read_async (fixture->session, poll, 0, NULL, result_cb, &polled);
  while (opened == NULL || grip_soup_origin_get_n_clients (fixture->origin) < 2)
    g_main_context_iteration (NULL, TRUE);
  input = soup_session_send_finish (fixture->session, opened, &error);
  g_assert_no_error (error);
  g_assert_null (get_header (stream, "Grip-Hold"));

  publish (control, item);
  publish (control, item);
  text = read_some (input, strlen ("hiitem\nitem\n"));
  g_assert_cmpstr (text, ==, "hiitem\nitem\n");

  while (polled == NULL)
    g_main_context_iteration (NULL, TRUE);
  answer = soup_session_send_and_read_finish (fixture->session, polled, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), "answer\n", 7);
  g_assert_cmpuint (grip_soup_origin_get_n_clients (fixture->origin), ==, 1);

  grip_pub_control_close_async (control, NULL, result_cb, &closed);
  while (closed == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (grip_pub_control_close_finish (control, closed, &error));
  g_assert_no_error (error);
}

static void
test_embedded_websocket (Fixture       *fixture,
                         gconstpointer  data)
{
  g_autoptr(GripPubControl) control = grip_pub_control_new ();
  g_autoptr(GripItem) item = new_item ();
  g_autoptr(SoupMessage) message = soup_client_message (fixture->origin, "GET", "/ws");
  g_autoptr(SoupMessage) refused = soup_client_message (fixture->origin, "GET", "/refused");
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GAsyncResult) failed = NULL;
  g_autoptr(SoupWebsocketConnection) connection = NULL;
  g_autoptr(GPtrArray) received = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GError) error = NULL;
  guint n_closed = 0;

  grip_soup_origin_set_embedded (fixture->origin, TRUE);
  grip_pub_control_add_transport (control, GRIP_TRANSPORT (fixture->origin));
  soup_session_websocket_connect_async (fixture->session, message, NULL, NULL, 0, NULL, result_cb,
                                        &result);
  while (result == NULL || grip_soup_origin_get_n_clients (fixture->origin) < 1)
    g_main_context_iteration (NULL, TRUE);
  connection = soup_session_websocket_connect_finish (fixture->session, result, &error);
  g_assert_no_error (error);
  g_signal_connect (connection, "message", G_CALLBACK (text_cb), received);
  g_signal_connect (connection, "closed", G_CALLBACK (count_cb), &n_closed);

  publish (control, item);
  soup_websocket_connection_send_text (connection, "hello");
  while (received->len < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (g_ptr_array_index (received, 0), ==, "message");
  g_assert_cmpstr (g_ptr_array_index (received, 1), ==, "hello");

  soup_websocket_connection_close (connection, 1000, NULL);
  while (n_closed == 0 || grip_soup_origin_get_n_clients (fixture->origin) > 0)
    g_main_context_iteration (NULL, TRUE);

  /* A handler that does not accept: there is no handshake. */
  soup_session_websocket_connect_async (fixture->session, refused, NULL, NULL, 0, NULL, result_cb, &failed);
  while (failed == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (soup_session_websocket_connect_finish (fixture->session, failed, NULL));
  g_assert_cmpuint (soup_message_get_status (refused), ==, 403);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  soup_client_count_warnings ();

  ADD ("/soup-origin/hold", test_hold);
  ADD ("/soup-origin/empty", test_empty);
  ADD ("/soup-origin/later", test_later);
  ADD ("/soup-origin/signature", test_signature);
  ADD ("/soup-origin/no-signature", test_no_signature);
  ADD ("/soup-origin/verify-with", test_verify_with);
  ADD ("/soup-origin/over-http", test_over_http);
  ADD ("/soup-origin/over-http-forged", test_over_http_forged);
  ADD ("/soup-origin/websocket", test_websocket);
  ADD ("/soup-origin/embedded", test_embedded);
  ADD ("/soup-origin/embedded-websocket", test_embedded_websocket);

  return g_test_run ();
}
