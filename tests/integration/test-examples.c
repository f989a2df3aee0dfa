/* test-examples.c
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
#include "grip-test-port.h"
#include "grip-test-pushpin.h"

/* The programs of docs/examples, with a real Pushpin. */

typedef struct
{
  GripTestPushpin *pushpin;
  GSubprocess     *program;
  GSocket         *reserved;
  guint            port;
} Fixture;

static const char *const channels[] = { "test", NULL };

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->reserved = grip_test_port_reserve (&self->port);
  self->pushpin = grip_test_pushpin_new (&(GripTestPushpinOptions) { .origin_port = self->port });
  grip_test_pushpin_warm (self->pushpin, channels);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  if (self->program != NULL)
    {
      g_subprocess_force_exit (self->program);
      g_subprocess_wait (self->program, NULL, NULL);
      g_clear_object (&self->program);
    }
  g_clear_pointer (&self->pushpin, grip_test_pushpin_free);
  g_clear_object (&self->reserved);
}

static GSubprocess *
start (const char *name,
       const char *argument,
       const char *second)
{
  g_autofree char  *program = g_build_filename (EXAMPLES_DIR, name, NULL);
  const char       *arguments[] = { program, argument, second, NULL };
  g_autoptr(GError) error = NULL;
  GSubprocess      *process;

  process = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE,
                               &error);
  g_assert_no_error (error);

  return process;
}

/* Runs a program to its end. */
static char *
run (const char *name,
     const char *argument,
     const char *second,
     int         status)
{
  g_autoptr(GSubprocess) process = start (name, argument, second);
  g_autoptr(GError)      error = NULL;
  char                  *output = NULL;

  g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  if (!g_subprocess_get_if_exited (process) || g_subprocess_get_exit_status (process) != status)
    g_error ("%s ended badly: %s", name, output);

  return output;
}

/* Starts an origin; it is there when its first line is. */
static void
start_origin (Fixture    *self,
              const char *name)
{
  g_autofree char            *port = g_strdup_printf ("%u", self->port);
  g_autoptr(GDataInputStream) output = NULL;
  g_autofree char            *line = NULL;

  self->program = start (name, port, grip_test_pushpin_get_control_uri (self->pushpin));
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->program));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (output), FALSE);
  line = g_data_input_stream_read_line (output, NULL, NULL, NULL);
  g_assert_nonnull (line);
  g_assert_true (g_str_has_prefix (line, "listening on port "));
}

static GripTestClient *
hold (Fixture    *self,
      const char *path)
{
  GripTestClient *client = grip_test_pushpin_hold (self->pushpin, path);

  grip_test_pushpin_wait_held (self->pushpin, "test", 1);

  return client;
}

static void
test_long_poll (Fixture       *self,
                gconstpointer  data)
{
  g_autoptr(GripTestClient) client = NULL;
  g_autofree char          *direct = g_strdup_printf ("http://127.0.0.1:%u/", self->port);
  g_autoptr(GripTestClient) stranger = NULL;
  g_autofree char          *output = NULL;

  start_origin (self, data);
  client = hold (self, "/");
  output = run ("publish", grip_test_pushpin_get_control_uri (self->pushpin), "test", 0);
  g_assert_cmpstr (output, ==, "Publish successful\n");
  g_assert_true (grip_test_client_wait_closed (client, GRIP_TEST_PATIENCE));
  g_assert_cmpuint (grip_test_client_get_status (client), ==, 200);
  grip_test_client_assert_body (client, "Test publish!\n", -1);

  /* Without the proxy's signature. */
  stranger = grip_test_client_new_get (direct);
  g_assert_true (grip_test_client_wait_closed (stranger, GRIP_TEST_PATIENCE));
  g_assert_cmpuint (grip_test_client_get_status (stranger), ==, 501);
}

static gboolean
gets_message (GripTestClient *client,
              const char     *expected,
              guint           milliseconds)
{
  for (guint i = 0; grip_test_client_wait_frames (client, i + 1, milliseconds); i++)
    {
      g_autoptr(GBytes) message = grip_test_client_dup_frame (client, i);
      g_autofree char  *text = g_strndup (g_bytes_get_data (message, NULL), g_bytes_get_size (message));

      if (g_str_equal (text, expected))
        return TRUE;
    }

  return FALSE;
}

/* These origins publish once for each WebSocket, a second after it was opened. When that was too early, what
 * is published for another one gets here too. */
static void
assert_published (Fixture        *self,
                  GripTestClient *client,
                  const char     *path)
{
  g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func ((GDestroyNotify) grip_test_client_free);

  while (!gets_message (client, "Test WebSocket publish!!", 5000) && others->len < 12)
    g_ptr_array_add (others, hold (self, path));
  g_assert_true (gets_message (client, "Test WebSocket publish!!", 0));
}

static void
test_websocket (Fixture       *self,
                gconstpointer  data)
{
  g_autoptr(GripTestClient) client = NULL;

  start_origin (self, "websocket");
  client = hold (self, "/socket");
  grip_test_client_assert_frame (client, 0, GRIP_TEST_FRAME_TEXT, "welcome", -1);
  assert_published (self, client, "/socket");
}

static void
test_websocket_over_http (Fixture       *self,
                          gconstpointer  data)
{
  g_autoptr(GripTestClient) client = NULL;

  start_origin (self, "websocket-over-http");
  client = hold (self, "/ws");
  assert_published (self, client, "/ws");
  g_assert_true (grip_test_client_send_frame (client, GRIP_TEST_FRAME_TEXT, "hello", 5));
  g_assert_true (gets_message (client, "hello", GRIP_TEST_PATIENCE));
}

static void
test_origin (Fixture       *self,
             gconstpointer  data)
{
  g_autofree char          *uri = g_strdup_printf ("http://127.0.0.1:%u/stream", self->port);
  g_autoptr(GripTestClient) direct = NULL;
  g_autoptr(GripTestClient) proxied = NULL;

  start_origin (self, "origin");
  direct = grip_test_client_new_get (uri);
  proxied = hold (self, "/stream");
  g_assert_true (grip_test_client_wait_bytes (direct, strlen ("tick\n"), GRIP_TEST_PATIENCE));
  g_assert_true (grip_test_client_wait_bytes (proxied, strlen ("tick\n"), GRIP_TEST_PATIENCE));
}

/* The publishers to the double of an origin, which holds streams, long polls and WebSockets. */
static void
test_publishers (void)
{
  g_autoptr(GripTestOrigin)  origin = grip_test_origin_new ();
  g_autoptr(GripTestPushpin) first = NULL;
  g_autoptr(GripTestPushpin) second = NULL;
  GripTestPushpinOptions     options = { .origin_port = grip_test_origin_get_port (origin) };
  Fixture                    one = { 0 };
  Fixture                    two = { 0 };
  g_autoptr(GripTestClient)  stream = NULL;
  g_autoptr(GripTestClient)  other = NULL;
  g_autoptr(GripTestClient)  poll = NULL;
  g_autoptr(GripTestClient)  socket = NULL;
  g_autofree char           *output = NULL;
  g_autofree char           *nothing = NULL;

  one.pushpin = first = grip_test_pushpin_new (&options);
  two.pushpin = second = grip_test_pushpin_new (&options);
  grip_test_pushpin_warm (second, channels);
  stream = hold (&one, "/stream?channel=test");
  other = hold (&two, "/stream?channel=test");

  output = run ("publish-endpoints", grip_test_pushpin_get_control_uri (first),
                grip_test_pushpin_get_control_uri (second), 0);
  g_assert_cmpstr (output, ==, "2 endpoints\n1 endpoints\n");
  grip_test_client_assert_body (stream, "open\nTo all of them!\nTo the first alone!\n", -1);
  grip_test_client_assert_body (other, "open\nTo all of them!\n", -1);

  poll = hold (&two, "/poll?channel=test");
  socket = hold (&two, "/ws?channel=test");
  grip_test_pushpin_wait_held (second, "test", 3);
  nothing = run ("publish-formats", grip_test_pushpin_get_control_uri (second), "test", 0);
  grip_test_client_assert_body (poll, "{\"text\":\"hello\"}\n", -1);
  grip_test_client_assert_body (other, "open\nTo all of them!\nevent: message\ndata: hello\n\n", -1);
  grip_test_client_assert_frame (socket, 0, GRIP_TEST_FRAME_TEXT, "hello", -1);
}

static void
test_validate_sig (void)
{
  g_autoptr(GripKey) key = grip_key_new_from_string ("changeme", NULL);
  gint64             now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char   *token = grip_key_sign (key, "pushpin", now + 3600, NULL);
  g_autofree char   *valid = run ("validate-sig", token, "changeme", 0);
  g_autofree char   *wrong = run ("validate-sig", token, "secret", 1);

  g_assert_cmpstr (valid, ==, "valid, issued by pushpin\n");
  g_assert_true (g_str_has_prefix (wrong, "not valid: "));
}

static void
test_parse_grip_uri (void)
{
  g_autofree char *text = run ("parse-grip-uri", "http://api.fanout.io/realm/r?iss=r&key=secret", NULL, 0);
  g_autofree char *bytes = run ("parse-grip-uri", "http://a/b?iss=r&key=base64:c2VjcmV0", NULL, 0);
  g_autofree char *wrong = run ("parse-grip-uri", "nothing", NULL, 1);

  g_assert_cmpstr (text, ==,
                   "control_uri: http://api.fanout.io/realm/r\ncontrol_iss: r\nkey: text of 6 bytes\n");
  g_assert_cmpstr (bytes, ==, "control_uri: http://a/b\ncontrol_iss: r\nkey: bytes of 6 bytes\n");
  g_assert_cmpstr (wrong, !=, "");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/examples/validate-sig", test_validate_sig);
  g_test_add_func ("/examples/parse-grip-uri", test_parse_grip_uri);
  g_test_add_func ("/examples/publishers", test_publishers);
  g_test_add ("/examples/long-poll-headers", Fixture, "long-poll-headers", set_up, test_long_poll, tear_down);
  g_test_add ("/examples/long-poll-body", Fixture, "long-poll-body", set_up, test_long_poll, tear_down);
  g_test_add ("/examples/websocket", Fixture, NULL, set_up, test_websocket, tear_down);
  g_test_add ("/examples/websocket-over-http", Fixture, NULL, set_up, test_websocket_over_http, tear_down);
  g_test_add ("/examples/origin", Fixture, NULL, set_up, test_origin, tear_down);

  return g_test_run ();
}
