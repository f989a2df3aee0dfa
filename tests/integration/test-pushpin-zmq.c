/* test-pushpin-zmq.c
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

/* PUSH, XPUB and the command socket, through a real Pushpin, byte by byte. */

typedef struct
{
  GripTestOrigin  *origin;
  GripTestPushpin *pushpin;
  GripPubControl  *pub;
} Fixture;

static const guint8 binary[] = { 0, 1, 2, 0xff, 0xfe, 'a', '\r', '\n', 0x80, 0 };

static GripPubControl *
make_control (const char *format,
              ...) G_GNUC_PRINTF (1, 2);

/* @format is JSON with ' for ". */
static GripPubControl *
make_control (const char *format,
              ...)
{
  GripPubControl         *control = grip_pub_control_new ();
  g_autoptr(GripEndpoint) endpoint = NULL;
  g_autoptr(GError)       error = NULL;
  g_autofree char        *json = NULL;
  va_list                 args;

  va_start (args, format);
  json = g_strdup_vprintf (format, args);
  va_end (args);
  endpoint = grip_endpoint_new_from_json (g_strdelimit (json, "'", '"'), &error);
  g_assert_no_error (error);
  grip_pub_control_add_endpoint (control, endpoint, &error);
  g_assert_no_error (error);

  return control;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  mode)
{
  fixture->origin = grip_test_origin_new ();
  fixture->pushpin = grip_test_pushpin_new (&(GripTestPushpinOptions) {
    .origin_port = grip_test_origin_get_port (fixture->origin),
  });
  fixture->pub = make_control ("{'control_zmq_uri':'%s','control_zmq_mode':'%s'}",
                               grip_test_pushpin_get_command_spec (fixture->pushpin), (const char *) mode);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  mode)
{
  g_autoptr(GError) error = NULL;

  grip_pub_control_close (fixture->pub, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (fixture->pub);
  g_clear_pointer (&fixture->pushpin, grip_test_pushpin_free);
  grip_test_origin_free (fixture->origin);
}

static void
publish (GripPubControl  *pub,
         const char      *channel,
         GripFormat     **formats,
         guint            n_formats)
{
  g_autoptr(GripItem) item = NULL;
  g_autoptr(GError)   error = NULL;

  item = grip_item_new_full (formats, n_formats, NULL, NULL, NULL, FALSE, -1, &error);
  g_assert_no_error (error);
  grip_pub_control_publish (pub, channel, item, NULL, &error);
  g_assert_no_error (error);
}

/* One item with three formats and bytes that are no text: each client receives what is for it. */
static void
test_formats (Fixture       *fixture,
              gconstpointer  mode)
{
  g_autoptr(GripTestClient)             poll = grip_test_pushpin_hold (fixture->pushpin, "/poll?channel=all");
  g_autoptr(GripTestClient)             stream = grip_test_pushpin_hold (fixture->pushpin, "/stream?channel=all");
  g_autoptr(GripTestClient)             socket = grip_test_pushpin_hold (fixture->pushpin, "/ws?channel=all");
  g_autoptr(GBytes)                     bytes = g_bytes_new_static (binary, sizeof binary);
  g_autoptr(GripHttpResponseFormat)     response = grip_http_response_format_new (bytes);
  g_autoptr(GripHttpStreamFormat)       content = grip_http_stream_format_new (bytes);
  g_autoptr(GripWebSocketMessageFormat) message = grip_websocket_message_format_new (bytes);
  g_autoptr(GripWebSocketMessageFormat) text = grip_websocket_message_format_new_text ("gr\xc3\xbc\xc3\x9f");
  guint8                                streamed[5 + sizeof binary] = "open\n";

  memcpy (streamed + 5, binary, sizeof binary);
  grip_http_response_format_set_code (response, 203);
  grip_test_pushpin_wait_held (fixture->pushpin, "all", 3);
  publish (fixture->pub, "all", (GripFormat *[]) { GRIP_FORMAT (response), GRIP_FORMAT (content),
                                                   GRIP_FORMAT (message) }, 3);
  publish (fixture->pub, "all", (GripFormat *[]) { GRIP_FORMAT (text) }, 1);

  g_assert_true (grip_test_client_wait_closed (poll, GRIP_TEST_PATIENCE));
  grip_test_client_assert_body (poll, binary, sizeof binary);
  g_assert_cmpuint (grip_test_client_get_status (poll), ==, 203);
  grip_test_client_assert_body (stream, streamed, sizeof streamed);

  grip_test_client_assert_frame (socket, 0, GRIP_TEST_FRAME_BINARY, binary, sizeof binary);
  grip_test_client_assert_frame (socket, 1, GRIP_TEST_FRAME_TEXT, "gr\xc3\xbc\xc3\x9f", -1);
}

static void
publish_text (GripPubControl *pub,
              const char     *channel,
              const char     *text)
{
  g_autoptr(GError) error = NULL;

  grip_pub_control_publish_http_stream (pub, channel, text, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* The proxy is restarted while nothing is published: what comes next is delivered, in every mode. */
static void
test_restart (Fixture       *fixture,
              gconstpointer  mode)
{
  g_autoptr(GripTestClient) before = grip_test_pushpin_hold (fixture->pushpin, "/stream?channel=r");
  g_autoptr(GripTestClient) after = NULL;

  grip_test_pushpin_wait_held (fixture->pushpin, "r", 1);
  publish_text (fixture->pub, "r", "one");
  grip_test_client_assert_body (before, "open\none", 8);

  grip_test_pushpin_kill (fixture->pushpin);
  grip_test_pushpin_start (fixture->pushpin);
  after = grip_test_pushpin_hold (fixture->pushpin, "/stream?channel=r");
  grip_test_pushpin_wait_held (fixture->pushpin, "r", 1);
  /* PUSH sockets may not have noticed yet; a lost one is told. */
  for (guint i = 0; i < 200 && !grip_test_client_wait_bytes (after, 8, 50); i++)
    {
      g_autoptr(GError) error = NULL;

      if (!grip_pub_control_publish_http_stream (fixture->pub, "r", "two", NULL, NULL, NULL, &error))
        g_test_message ("%s", error->message);
    }
  g_assert_true (grip_test_client_wait_bytes (after, 8, 0));
}

/* Three proxies on one XPUB socket, clients at two of them, on channels of their own and on one of both. */
static void
test_several (void)
{
  g_autoptr(GripTestOrigin) origin = grip_test_origin_new ();
  GripTestPushpin          *proxies[3];
  g_autoptr(GripPubControl) pub = NULL;
  g_autoptr(GripTestClient) own = NULL;
  g_autoptr(GripTestClient) both_a = NULL;
  g_autoptr(GripTestClient) both_b = NULL;
  g_autoptr(GError)         error = NULL;

  for (guint i = 0; i < 3; i++)
    proxies[i] = grip_test_pushpin_new (&(GripTestPushpinOptions) { .origin_port = grip_test_origin_get_port (origin) });
  own = grip_test_pushpin_hold (proxies[0], "/stream?channel=own");
  both_a = grip_test_pushpin_hold (proxies[0], "/stream?channel=both");
  both_b = grip_test_pushpin_hold (proxies[1], "/stream?channel=both");
  grip_test_pushpin_wait_held (proxies[0], "own", 1);
  grip_test_pushpin_wait_held (proxies[0], "both", 1);
  grip_test_pushpin_wait_held (proxies[1], "both", 1);

  pub = make_control ("{'control_zmq_pub_uri':['%s','%s','%s'],'require_subscribers':true}",
                      grip_test_pushpin_get_sub_spec (proxies[0]), grip_test_pushpin_get_sub_spec (proxies[1]),
                      grip_test_pushpin_get_sub_spec (proxies[2]));
  publish_text (pub, "both", "x");
  publish_text (pub, "own", "y");
  publish_text (pub, "nobody", "z");
  grip_test_client_assert_body (both_a, "open\nx", 6);
  grip_test_client_assert_body (both_b, "open\nx", 6);
  grip_test_client_assert_body (own, "open\ny", 6);
  g_assert_false (grip_pub_control_is_subscribed (pub, "nobody"));
  g_assert_true (grip_pub_control_is_subscribed (pub, "both"));

  grip_pub_control_close (pub, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 3; i++)
    grip_test_pushpin_free (proxies[i]);
}

int
main (int   argc,
      char *argv[])
{
  static const char * const modes[] = { "push", "pub", "command" };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autofree char *formats = g_strdup_printf ("/pushpin/zmq/%s/formats", modes[i]);
      g_autofree char *restart = g_strdup_printf ("/pushpin/zmq/%s/restart", modes[i]);

      g_test_add (formats, Fixture, modes[i], set_up, test_formats, tear_down);
      g_test_add (restart, Fixture, modes[i], set_up, test_restart, tear_down);
    }
  g_test_add_func ("/pushpin/zmq/several", test_several);

  return g_test_run ();
}
