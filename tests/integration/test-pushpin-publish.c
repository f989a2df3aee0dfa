/* test-pushpin-publish.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include <libgrip/grip.h>

#include "grip-test-client.h"
#include "grip-test-origin.h"
#include "grip-test-pushpin.h"
#include "grip-test-sink.h"

/* Items with every part, several proxies and several threads, through real Pushpins. */

typedef struct
{
  GripTestOrigin  *origin;
  GripTestPushpin *pushpin;
  GripPubControl  *pub;
} Fixture;

static GripTestPushpin *
make_pushpin (Fixture *fixture)
{
  return grip_test_pushpin_new (&(GripTestPushpinOptions) {
    .origin_port = grip_test_origin_get_port (fixture->origin),
  });
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  fixture->origin = grip_test_origin_new ();
  fixture->pushpin = make_pushpin (fixture);
  fixture->pub = grip_pub_control_new_for_uri (
    grip_test_pushpin_get_control_uri (fixture->pushpin), &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_object_unref (fixture->pub);
  g_clear_pointer (&fixture->pushpin, grip_test_pushpin_free);
  grip_test_origin_free (fixture->origin);
}

/* One item with all three formats: each client receives the one that is for it. */
static void
test_formats (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(GripTestClient)             poll = NULL;
  g_autoptr(GripTestClient)             stream = grip_test_pushpin_hold (fixture->pushpin, "/stream?channel=all");
  g_autoptr(GripTestClient)             socket = grip_test_pushpin_hold (fixture->pushpin, "/ws?channel=all");
  g_autoptr(GripHttpResponseFormat)     response = grip_http_response_format_new_text ("polled");
  g_autoptr(GripHttpStreamFormat)       content = grip_http_stream_format_new_text ("streamed");
  g_autoptr(GripWebSocketMessageFormat) message = NULL;
  g_autoptr(GripItem)                   item = NULL;
  g_autoptr(GError)                     error = NULL;
  g_autofree char                      *header = NULL;

  message = grip_websocket_message_format_new_text ("framed");
  grip_http_response_format_set_code (response, 418);
  grip_http_response_format_set_reason (response, "Short And Stout");
  grip_http_response_format_append_header (response, "X-Grip-Test", "pot");
  item = grip_item_new_full ((GripFormat *[]) { GRIP_FORMAT (response), GRIP_FORMAT (content),
                                                GRIP_FORMAT (message) },
                             3, "id", NULL, NULL, FALSE, -1, &error);
  g_assert_no_error (error);
  grip_test_pushpin_warm (fixture->pushpin, (const char *const []) { "all", NULL });
  poll = grip_test_pushpin_hold (fixture->pushpin, "/poll?channel=all");
  grip_test_pushpin_wait_held (fixture->pushpin, "all", 3);
  grip_pub_control_publish (fixture->pub, "all", item, NULL, &error);
  g_assert_no_error (error);

  g_assert_true (grip_test_client_wait_closed (poll, GRIP_TEST_PATIENCE));
  grip_test_client_assert_body (poll, "polled", -1);
  g_assert_cmpuint (grip_test_client_get_status (poll), ==, 418);
  header = grip_test_client_dup_header (poll, "x-grip-test");
  g_assert_cmpstr (header, ==, "pot");
  grip_test_client_assert_body (stream, "open\nstreamed", -1);
  grip_test_client_assert_frame (socket, 0, GRIP_TEST_FRAME_TEXT, "framed", -1);
}

static void
publish_format (Fixture    *fixture,
                const char *channel,
                gpointer    format)
{
  g_autoptr(GripFormat) owned = format;
  g_autoptr(GripItem)   item = NULL;
  g_autoptr(GError)     error = NULL;

  item = grip_item_new (owned, NULL, NULL, &error);
  g_assert_no_error (error);
  grip_pub_control_publish (fixture->pub, channel, item, NULL, &error);
  g_assert_no_error (error);
}

static void
test_ping (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(GripTestClient) socket = grip_test_pushpin_hold (fixture->pushpin, "/ws?channel=ping");

  grip_test_pushpin_wait_held (fixture->pushpin, "ping", 1);
  publish_format (fixture, "ping", grip_websocket_message_format_new_ping (NULL));
  grip_test_client_assert_frame (socket, 0, GRIP_TEST_FRAME_PING, "", -1);
  publish_format (fixture, "ping", grip_websocket_message_format_new_pong (NULL));
  grip_test_client_assert_frame (socket, 1, GRIP_TEST_FRAME_PONG, "", -1);
}

/* Two proxies live and one is dead: both clients are served, and the error names the dead one only. */
static void
test_several_endpoints (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autoptr(GripTestPushpin) second = make_pushpin (fixture);
  g_autoptr(GripTestSink)    dead = grip_test_sink_new ();
  g_autoptr(GripTestClient)  one = grip_test_pushpin_hold (fixture->pushpin, "/stream?channel=s");
  g_autoptr(GripTestClient)  two = grip_test_pushpin_hold (second, "/stream?channel=s");
  g_autofree char           *port = g_strdup_printf (":%u", grip_test_sink_get_port (dead));
  g_autoptr(GError)          error = NULL;

  grip_test_pushpin_wait_held (fixture->pushpin, "s", 1);
  grip_test_pushpin_wait_held (second, "s", 1);
  grip_pub_control_apply_uri (fixture->pub, grip_test_pushpin_get_control_uri (second), &error);
  g_assert_no_error (error);
  grip_pub_control_publish_http_stream (fixture->pub, "s", "both.", NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  grip_test_client_assert_body (one, "open\nboth.", -1);
  grip_test_client_assert_body (two, "open\nboth.", -1);

  grip_test_sink_set_listening (dead, FALSE);
  grip_pub_control_apply_uri (fixture->pub, grip_test_sink_get_uri (dead), &error);
  g_assert_no_error (error);
  grip_pub_control_set_retry_limit (fixture->pub, 0);
  g_assert_false (grip_pub_control_publish_http_stream (fixture->pub, "s", "again.", NULL, NULL,
                                                        NULL, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_NOT_CONNECTED);
  g_assert_nonnull (strstr (error->message, "1 of 3 failed"));
  g_assert_nonnull (strstr (error->message, port));
  g_assert_null (strstr (error->message, grip_test_pushpin_get_control_uri (fixture->pushpin)));
  g_assert_null (strstr (error->message, grip_test_pushpin_get_control_uri (second)));
  grip_test_client_assert_body (one, "open\nboth.again.", -1);
  grip_test_client_assert_body (two, "open\nboth.again.", -1);
}

/* Pushpin lets 100 messages wait for a client, and drops the rest: so there are fewer. */
#define N_THREADS  4
#define N_MESSAGES 20

typedef struct
{
  GripPubControl *pub;
  GMainContext   *context;
  guint           number;
  guint           pending;
} Publisher;

static void
published_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Publisher        *self = user_data;
  g_autoptr(GError) error = NULL;

  grip_pub_control_publish_http_stream_finish (GRIP_PUB_CONTROL (source), result, &error);
  g_assert_no_error (error);
  g_assert_true (g_main_context_is_owner (self->context));
  self->pending--;
}

static gpointer
publisher_thread (gpointer data)
{
  Publisher *self = data;

  self->context = g_main_context_new ();
  g_main_context_push_thread_default (self->context);
  for (guint i = 0; i < N_MESSAGES; i++)
    {
      g_autofree char *content = g_strdup_printf ("%u-%02u\n", self->number, i);

      self->pending++;
      grip_pub_control_publish_http_stream_async (self->pub, "threads", content, NULL, NULL, NULL,
                                                  published_cb, self);
    }
  while (self->pending > 0)
    g_main_context_iteration (self->context, TRUE);
  g_main_context_pop_thread_default (self->context);
  g_main_context_unref (self->context);

  return NULL;
}

/* Every message once; those of one thread in its order. */
static void
assert_lines (GBytes *body)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  g_auto(GStrv)    lines = g_strsplit (text, "\n", -1);
  guint            next[N_THREADS] = { 0 };

  g_assert_cmpstr (lines[0], ==, "open");
  g_assert_cmpuint (g_strv_length (lines), ==, N_THREADS * N_MESSAGES + 2);
  for (guint i = 1; i <= N_THREADS * N_MESSAGES; i++)
    {
      guint            number = lines[i][0] - '0';
      g_autofree char *expected = NULL;

      g_assert_cmpuint (number, <, N_THREADS);
      expected = g_strdup_printf ("%u-%02u", number, next[number]++);
      g_assert_cmpstr (lines[i], ==, expected);
    }
}

static void
test_threads (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(GripTestClient) client = grip_test_pushpin_hold (fixture->pushpin, "/stream?channel=threads");
  g_autoptr(GBytes)         body = NULL;
  Publisher                 publishers[N_THREADS] = { 0 };
  GThread                  *threads[N_THREADS];

  grip_test_pushpin_wait_held (fixture->pushpin, "threads", 1);
  for (guint i = 0; i < N_THREADS; i++)
    {
      publishers[i].pub = fixture->pub;
      publishers[i].number = i;
      threads[i] = g_thread_new ("publisher", publisher_thread, &publishers[i]);
    }
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);

  g_assert_true (grip_test_client_wait_bytes (client, 5 + N_THREADS * N_MESSAGES * 5,
                                              GRIP_TEST_PATIENCE));
  body = grip_test_client_dup_body (client);
  assert_lines (body);
}

static gboolean
has_process (const char *word)
{
  g_autoptr(GDir) proc = g_dir_open ("/proc", 0, NULL);
  const char     *name;

  while ((name = g_dir_read_name (proc)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc", name, "cmdline", NULL);
      g_autofree char *line = NULL;
      gsize            length;

      if (!g_ascii_isdigit (*name) || !g_file_get_contents (path, &line, &length, NULL))
        continue;
      for (gsize i = 0; i < length; i += strlen (line + i) + 1)
        if (strstr (line + i, word) != NULL)
          return TRUE;
    }

  return FALSE;
}

/* Each of Pushpin's processes names its directory on its command line. */
static void
test_no_strays (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *dir = g_strdup (grip_test_pushpin_get_dir (fixture->pushpin));

  publish_format (fixture, "nobody", grip_http_stream_format_new_text ("x"));
  g_assert_true (has_process (dir));
  g_clear_pointer (&fixture->pushpin, grip_test_pushpin_free);
  g_assert_false (has_process (dir));
  g_assert_false (g_file_test (dir, G_FILE_TEST_EXISTS));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/pushpin/publish/formats", test_formats);
  ADD ("/pushpin/publish/ping", test_ping);
  ADD ("/pushpin/publish/several-endpoints", test_several_endpoints);
  ADD ("/pushpin/publish/threads", test_threads);
  ADD ("/pushpin/publish/no-strays", test_no_strays);
#undef ADD

  return g_test_run ();
}
