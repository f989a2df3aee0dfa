/* test-soup-pushpin.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libgrip-soup/grip-soup.h>

#include "grip-test-client.h"
#include "grip-test-pushpin.h"

/* Every kind of client through a real Pushpin in front of a GripSoupOrigin that takes signed requests
 * only. The origin has a thread of its own. */
typedef struct
{
  GThread         *thread;
  GMainLoop       *loop;
  GMutex           mutex;
  GCond            cond;
  guint            port;
  GripTestPushpin *pushpin;
} Fixture;

static void
handle_websocket (GripWebSocketContext *context)
{
  GripWebSocketEvent *event = NULL;

  if (grip_websocket_context_is_opening (context))
    {
      grip_websocket_context_accept (context);
      g_assert_true (grip_websocket_context_subscribe (context, "room", NULL, NULL));
    }

  while ((event = grip_websocket_context_receive (context)) != NULL)
    {
      g_autofree char *text = grip_websocket_event_dup_text (event);

      if (g_str_equal (grip_websocket_event_get_event_type (event), "TEXT"))
        g_assert_true (grip_websocket_context_send_text (context, text, NULL));
      g_object_unref (event);
    }
}

static void
handle_cb (GripSoupOrigin  *origin,
           GripSoupRequest *request,
           gpointer         user_data)
{
  g_autoptr(GripInstruct) instruct = NULL;
  g_autoptr(GripResponse) response = NULL;

  g_assert_true (grip_soup_request_is_signed (request));

  if (grip_soup_request_get_websocket (request) != NULL)
    {
      handle_websocket (grip_soup_request_get_websocket (request));
      return;
    }

  instruct = g_str_has_suffix (grip_soup_request_get_path (request), "poll")
               ? grip_instruct_new_hold_response ("room") : grip_instruct_new_hold_stream ("room");
  response = grip_response_new_text (200, "text/plain", "first\n");
  grip_instruct_set_response (instruct, response);
  g_assert_true (grip_soup_request_hold (request, instruct, NULL));
}

static gpointer
origin_thread (gpointer data)
{
  Fixture *self = data;
  g_autoptr(GMainContext) context = g_main_context_new ();
  g_autoptr(SoupServer) server = NULL;
  g_autoptr(GripSoupOrigin) origin = NULL;
  g_autoptr(GripKey) key = grip_key_new_from_string ("changeme", NULL);
  g_autoptr(GError) error = NULL;

  g_main_context_push_thread_default (context);
  server = g_object_new (SOUP_TYPE_SERVER, NULL);
  origin = grip_soup_origin_new (server);
  grip_soup_origin_set_verification (origin, GRIP_SOUP_SIGNATURE_POLICY_REQUIRED, key, "pushpin");
  grip_soup_origin_add_handler (origin, "/", handle_cb, NULL, NULL);
  grip_soup_origin_listen (origin, 0, &error);
  g_assert_no_error (error);

  g_mutex_lock (&self->mutex);
  self->loop = g_main_loop_new (context, FALSE);
  self->port = grip_soup_origin_get_port (origin);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);

  g_main_loop_run (self->loop);
  g_clear_object (&origin);
  g_main_context_pop_thread_default (context);

  return NULL;
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  GripTestPushpinOptions options = { 0 };

  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->thread = g_thread_new ("origin", origin_thread, self);
  g_mutex_lock (&self->mutex);
  while (self->port == 0)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);

  options.origin_port = self->port;
  self->pushpin = grip_test_pushpin_new (&options);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  grip_test_pushpin_free (self->pushpin);
  g_main_loop_quit (self->loop);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
}

static void
publish (Fixture *self)
{
  static const char json[] =
    "{\"items\":[{\"channel\":\"room\",\"formats\":{\"http-response\":{\"body\":\"item\\n\"},"
    "\"http-stream\":{\"content\":\"item\\n\"},\"ws-message\":{\"content\":\"item\"}}}]}";
  g_autofree char *uri = g_strconcat (grip_test_pushpin_get_control_uri (self->pushpin), "/publish/", NULL);
  g_autoptr(SoupSession) session = soup_session_new ();
  g_autoptr(SoupMessage) message = soup_message_new ("POST", uri);
  g_autoptr(GBytes) body = g_bytes_new_static (json, sizeof json - 1);
  g_autoptr(GBytes) answer = NULL;
  g_autoptr(GError) error = NULL;

  soup_message_set_request_body_from_bytes (message, "application/json", body);
  answer = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), ==, 200);
}

static char *
make_uri (Fixture    *self,
          const char *path)
{
  return g_strconcat (grip_test_pushpin_get_uri (self->pushpin), path, NULL);
}

static void
assert_body (GripTestClient *client,
             const char     *expected)
{
  g_autoptr(GBytes) body = NULL;

  g_assert_true (grip_test_client_wait_bytes (client, strlen (expected), GRIP_TEST_PATIENCE));
  body = grip_test_client_dup_body (client);
  g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), expected, strlen (expected));
}

static void
test_stream (Fixture       *self,
             gconstpointer  data)
{
  g_autofree char *uri = make_uri (self, "/stream");
  g_autoptr(GripTestClient) client = grip_test_client_new_get (uri);

  assert_body (client, "first\n");
  g_assert_true (grip_test_pushpin_wait_subscribed (self->pushpin, "room", 1, GRIP_TEST_PATIENCE));
  publish (self);
  assert_body (client, "first\nitem\n");
}

static void
test_poll (Fixture       *self,
           gconstpointer  data)
{
  g_autofree char *uri = make_uri (self, "/poll");
  g_autoptr(GripTestClient) client = grip_test_client_new_get (uri);

  g_assert_true (grip_test_pushpin_wait_subscribed (self->pushpin, "room", 1, GRIP_TEST_PATIENCE));
  publish (self);
  assert_body (client, "item\n");
}

static void
assert_frame (GripTestClient *client,
              guint           index,
              const char     *expected)
{
  g_autoptr(GBytes) content = NULL;

  g_assert_true (grip_test_client_wait_frames (client, index + 1, GRIP_TEST_PATIENCE));
  g_assert_cmpint (grip_test_client_get_frame_kind (client, index), ==, GRIP_TEST_FRAME_TEXT);
  content = grip_test_client_dup_frame (client, index);
  g_assert_cmpmem (g_bytes_get_data (content, NULL), g_bytes_get_size (content), expected,
                   strlen (expected));
}

/* The same for WebSocket-over-HTTP and for a WebSocket that the origin itself has. */
static void
test_websocket (Fixture       *self,
                gconstpointer  data)
{
  g_autofree char *uri = make_uri (self, data);
  g_autoptr(GripTestClient) client = grip_test_client_new_websocket (uri);

  g_assert_true (grip_test_client_wait_open (client, GRIP_TEST_PATIENCE));
  g_assert_true (grip_test_client_send_frame (client, GRIP_TEST_FRAME_TEXT, "c:hello", 7));
  assert_frame (client, 0, "c:hello");
  g_assert_true (grip_test_pushpin_wait_subscribed (self->pushpin, "room", 1, GRIP_TEST_PATIENCE));
  publish (self);
  assert_frame (client, 1, "item");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/soup-pushpin/stream", Fixture, NULL, set_up, test_stream, tear_down);
  g_test_add ("/soup-pushpin/poll", Fixture, NULL, set_up, test_poll, tear_down);
  g_test_add ("/soup-pushpin/websocket-over-http", Fixture, "/ws", set_up, test_websocket, tear_down);
  g_test_add ("/soup-pushpin/websocket", Fixture, "/live", set_up, test_websocket, tear_down);

  return g_test_run ();
}
