/* test-pushpin-delivery.c
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

/* Each format through a real Pushpin to the client that it is for, byte by byte. */

typedef struct
{
  GripTestOrigin  *origin;
  GripTestPushpin *pushpin;
  GripPubControl  *pub;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  fixture->origin = grip_test_origin_new ();
  fixture->pushpin = grip_test_pushpin_new (&(GripTestPushpinOptions) {
    .origin_port = grip_test_origin_get_port (fixture->origin),
  });
  fixture->pub = grip_pub_control_new_for_uri (
    grip_test_pushpin_get_control_uri (fixture->pushpin), &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  grip_pub_control_close (fixture->pub, NULL, NULL);
  g_object_unref (fixture->pub);
  grip_test_pushpin_free (fixture->pushpin);
  grip_test_origin_free (fixture->origin);
}

static GBytes *
make_payload (const char *name)
{
  g_autofree char *large = NULL;
  gsize size = 900 * 1000;

  if (strcmp (name, "empty") == 0)
    return g_bytes_new (NULL, 0);
  if (strcmp (name, "text") == 0)
    return g_bytes_new_static ("plain", 5);
  if (strcmp (name, "utf-8") == 0)
    return g_bytes_new_static ("Gr\303\274\303\237e \360\237\231\202", 12);
  if (strcmp (name, "nul") == 0)
    return g_bytes_new_static ("a\0b\0", 4);
  if (strcmp (name, "binary") == 0)
    return g_bytes_new_static ("\xff\xfe\x00\x80\r\n\x01", 7);

  large = g_malloc (size);
  for (gsize i = 0; i < size; i++)
    large[i] = 'a' + i % 26;

  return g_bytes_new_take (g_steal_pointer (&large), size);
}

static const char *const payloads[] = { "text", "utf-8", "nul", "binary", "empty", "900-kb" };

static void
test_long_poll (Fixture       *fixture,
                gconstpointer  data)
{
  grip_test_pushpin_warm (fixture->pushpin, (const char *const []) { "poll", NULL });
  for (guint i = 0; i < G_N_ELEMENTS (payloads); i++)
    {
      g_autoptr(GBytes) payload = make_payload (payloads[i]);
      g_autoptr(GripTestClient) client = grip_test_pushpin_hold (fixture->pushpin, "/poll?channel=poll");
      g_autoptr(GError) error = NULL;

      grip_test_pushpin_wait_held (fixture->pushpin, "poll", i + 1);
      grip_pub_control_publish_http_response_bytes (fixture->pub, "poll", payload, NULL, NULL, NULL,
                                                    &error);
      g_assert_no_error (error);
      g_assert_true (grip_test_client_wait_closed (client, GRIP_TEST_PATIENCE));
      g_test_message ("%s", payloads[i]);
      g_assert_cmpuint (grip_test_client_get_status (client), ==, 200);
      grip_test_client_assert_body (client, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
    }
}

static void
test_stream (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(GripTestClient) client = grip_test_pushpin_hold (fixture->pushpin, "/stream?channel=stream");
  g_autoptr(GByteArray) expected = g_byte_array_new ();

  g_byte_array_append (expected, (const guint8 *) "open\n", 5);
  grip_test_pushpin_wait_held (fixture->pushpin, "stream", 1);
  for (guint i = 0; i < G_N_ELEMENTS (payloads); i++)
    {
      g_autoptr(GBytes) payload = make_payload (payloads[i]);
      g_autoptr(GError) error = NULL;

      g_byte_array_append (expected, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
      grip_pub_control_publish_http_stream_bytes (fixture->pub, "stream", payload, NULL, NULL,
                                                  NULL, &error);
      g_assert_no_error (error);
      g_test_message ("%s", payloads[i]);
      grip_test_client_assert_body (client, expected->data, expected->len);
    }
}

static void
test_websocket (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr(GripTestClient) client = grip_test_pushpin_hold (fixture->pushpin, "/ws?channel=ws");

  grip_test_pushpin_wait_held (fixture->pushpin, "ws", 1);
  for (guint i = 0; i < G_N_ELEMENTS (payloads); i++)
    {
      g_autoptr(GBytes) payload = make_payload (payloads[i]);
      g_autoptr(GError) error = NULL;
      GripTestFrameKind kind = GRIP_TEST_FRAME_TEXT;

      /* As a binary message it is base64 in JSON: 900 KB would be over the proxy's limit. */
      if (strcmp (payloads[i], "binary") == 0 || strcmp (payloads[i], "nul") == 0)
        {
          kind = GRIP_TEST_FRAME_BINARY;
          grip_pub_control_publish_websocket_message_bytes (fixture->pub, "ws", payload, NULL,
                                                            NULL, NULL, &error);
        }
      else
        {
          gsize length = g_bytes_get_size (payload);
          g_autofree char *text = length > 0 ? g_strndup (g_bytes_get_data (payload, NULL), length)
                                             : g_strdup ("");

          grip_pub_control_publish_websocket_message (fixture->pub, "ws", text, NULL, NULL, NULL,
                                                      &error);
        }
      g_assert_no_error (error);
      g_test_message ("%s", payloads[i]);
      grip_test_client_assert_frame (client, i, kind, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
    }
}

static void
publish_format (Fixture    *fixture,
                const char *channel,
                gpointer    format,
                const char *id)
{
  g_autoptr(GripFormat) owned = format;
  g_autoptr(GripItem) item = NULL;
  g_autoptr(GError) error = NULL;

  item = grip_item_new (owned, id, NULL, &error);
  g_assert_no_error (error);
  grip_pub_control_publish (fixture->pub, channel, item, NULL, &error);
  g_assert_no_error (error);
}

static void
test_close (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GripTestClient) stream = grip_test_pushpin_hold (fixture->pushpin, "/stream?channel=close");
  g_autoptr(GripTestClient) socket = grip_test_pushpin_hold (fixture->pushpin, "/ws?channel=close");

  grip_test_pushpin_wait_held (fixture->pushpin, "close", 2);
  publish_format (fixture, "close", grip_http_stream_format_new_close (), NULL);
  g_assert_true (grip_test_client_wait_closed (stream, GRIP_TEST_PATIENCE));
  publish_format (fixture, "close", grip_websocket_message_format_new_close (4001, "bye"), NULL);
  grip_test_client_assert_frame (socket, 0, GRIP_TEST_FRAME_CLOSE, "\x0f\xa1" "bye", 5);
}

/* A hint makes Pushpin ask the origin again, which holds the client again. */
static void
test_hint (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(GripTestClient) client = NULL;
  gint64 end = g_get_monotonic_time () + GRIP_TEST_PATIENCE * G_TIME_SPAN_MILLISECOND;

  grip_test_pushpin_warm (fixture->pushpin, (const char *const []) { "hint", NULL });
  client = grip_test_pushpin_hold (fixture->pushpin, "/poll?channel=hint");
  grip_test_pushpin_wait_held (fixture->pushpin, "hint", 1);
  g_assert_cmpuint (grip_test_origin_get_n_requests (fixture->origin), ==, 1);
  publish_format (fixture, "hint", grip_http_response_format_new_hint (), NULL);
  while (grip_test_origin_get_n_requests (fixture->origin) < 2 && g_get_monotonic_time () < end)
    g_usleep (5000);
  g_assert_cmpuint (grip_test_origin_get_n_requests (fixture->origin), ==, 2);
}

static void
test_duplicate_id (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr(GripTestClient) client = grip_test_pushpin_hold (fixture->pushpin, "/stream?channel=twice");

  grip_test_pushpin_wait_held (fixture->pushpin, "twice", 1);
  publish_format (fixture, "twice", grip_http_stream_format_new_text ("one."), "id-1");
  publish_format (fixture, "twice", grip_http_stream_format_new_text ("one."), "id-1");
  publish_format (fixture, "twice", grip_http_stream_format_new_text ("two."), "id-2");
  grip_test_client_assert_body (client, "open\none.two.", -1);
}

/* The error names the endpoint that is dead; the other one has delivered. */
static void
test_one_dead (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr(GripTestSink) dead = grip_test_sink_new ();
  g_autoptr(GripTestClient) client = grip_test_pushpin_hold (fixture->pushpin, "/stream?channel=dead");
  g_autoptr(GError) error = NULL;

  grip_test_sink_set_listening (dead, FALSE);
  grip_pub_control_apply_uri (fixture->pub, grip_test_sink_get_uri (dead), &error);
  g_assert_no_error (error);
  grip_pub_control_set_retry_limit (fixture->pub, 0);
  grip_test_pushpin_wait_held (fixture->pushpin, "dead", 1);

  g_assert_false (grip_pub_control_publish_http_stream (fixture->pub, "dead", "alive", NULL, NULL,
                                                        NULL, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, strchr (grip_test_sink_get_uri (dead), '1')));
  g_assert_null (strstr (error->message,
                         grip_test_pushpin_get_control_uri (fixture->pushpin)));
  g_assert_true (grip_test_client_wait_bytes (client, strlen ("open\nalive"), GRIP_TEST_PATIENCE));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/pushpin/delivery/long-poll", test_long_poll);
  ADD ("/pushpin/delivery/stream", test_stream);
  ADD ("/pushpin/delivery/websocket", test_websocket);
  ADD ("/pushpin/delivery/close", test_close);
  ADD ("/pushpin/delivery/hint", test_hint);
  ADD ("/pushpin/delivery/duplicate-id", test_duplicate_id);
  ADD ("/pushpin/delivery/one-dead", test_one_dead);
#undef ADD

  return g_test_run ();
}
