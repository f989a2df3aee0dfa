/* test-support.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gio/gio.h>

#include "grip-test-client.h"
#include "grip-test-origin.h"
#include "grip-test-pushpin.h"
#include "grip-test-sink.h"

static void
assert_bytes (GBytes     *bytes,
              const char *expected)
{
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected,
                   strlen (expected));
}

/* Sends raw bytes to a port and reads until the end. NULL when there was no orderly end. */
static char *
talk (guint       port,
      const char *request)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketConnection) connection = NULL;
  g_autoptr(GString) reply = g_string_new (NULL);
  GInputStream *input;
  char buffer[4096];
  gssize n;

  g_socket_client_set_timeout (client, GRIP_TEST_PATIENCE / 1000);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, NULL);
  if (connection == NULL)
    return NULL;
  /* A reset shows once: who has seen it while writing reads an orderly end. */
  if (!g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request,
                                  strlen (request), NULL, NULL, NULL))
    return NULL;
  input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  while ((n = g_input_stream_read (input, buffer, sizeof buffer, NULL, NULL)) > 0)
    g_string_append_len (reply, buffer, n);

  return n == 0 ? g_string_free (g_steal_pointer (&reply), FALSE) : NULL;
}

static void
publish (GripTestPushpin *pushpin,
         const char      *body)
{
  guint port = atoi (strrchr (grip_test_pushpin_get_control_uri (pushpin), ':') + 1);
  g_autofree char *request = NULL;
  g_autofree char *reply = NULL;

  request = g_strdup_printf ("POST /publish/ HTTP/1.1\r\nHost: localhost\r\n"
                             "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s", strlen (body), body);
  reply = talk (port, request);
  g_assert_nonnull (reply);
  g_assert_true (g_str_has_prefix (reply, "HTTP/1.1 200 "));
}

static void
test_sink_records (void)
{
  g_autoptr(GripTestSink) sink = grip_test_sink_new ();
  g_autoptr(GripTestRequest) first = NULL;
  g_autoptr(GripTestRequest) second = NULL;
  g_autoptr(GPtrArray) bodies = NULL;
  g_autofree char *header = NULL;
  g_autofree char *reply = NULL;

  grip_test_sink_push (sink, &(GripTestAnswer) { .status = 201, .reason = "Made" });
  grip_test_sink_push (sink, &(GripTestAnswer) { .body = "bye", .end = GRIP_TEST_END_CLOSE });
  reply = talk (grip_test_sink_get_port (sink),
                "POST /publish/?a=1 HTTP/1.1\r\nContent-Length: 3\r\nX-A: b \r\n\r\nabc"
                "GET /x HTTP/1.1\r\n\r\n");
  g_assert_cmpstr (reply, ==,
                   "HTTP/1.1 201 Made\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\n"
                   "Published\n"
                   "HTTP/1.1 200 Told\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n"
                   "Connection: close\r\n\r\nbye");

  g_assert_true (grip_test_sink_wait_requests (sink, 2, GRIP_TEST_PATIENCE));
  first = grip_test_sink_dup_request (sink, 0);
  g_assert_cmpstr (first->method, ==, "POST");
  g_assert_cmpstr (first->path, ==, "/publish/?a=1");
  g_assert_cmpuint (first->connection, ==, 1);
  g_assert_true (first->complete);
  assert_bytes (first->body, "abc");
  header = grip_test_request_dup_header (first, "x-a");
  g_assert_cmpstr (header, ==, "b");
  second = grip_test_sink_dup_request (sink, 1);
  g_assert_cmpstr (second->method, ==, "GET");
  bodies = grip_test_sink_dup_bodies (sink);
  g_assert_cmpuint (bodies->len, ==, 2);
  g_assert_cmpuint (grip_test_sink_get_n_connections (sink), ==, 1);
}

static void
test_sink_ends (void)
{
  static const char request[] = "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello";
  g_autoptr(GripTestSink) sink = grip_test_sink_new ();
  guint port = grip_test_sink_get_port (sink);
  char *reply;

  grip_test_sink_push (sink, &(GripTestAnswer) { .cut = 12, .end = GRIP_TEST_END_DROP });
  reply = talk (port, request);
  g_assert_cmpstr (reply, ==, "HTTP/1.1 200");
  g_free (reply);

  grip_test_sink_push (sink, &(GripTestAnswer) { .silent = TRUE, .end = GRIP_TEST_END_RESET });
  g_assert_null (talk (port, request));
  grip_test_sink_push (sink, &(GripTestAnswer) { .read = 1, .silent = TRUE,
                                                 .end = GRIP_TEST_END_RESET });
  g_assert_null (talk (port, request));
  grip_test_sink_push (sink, &(GripTestAnswer) { .at_accept = TRUE, .silent = TRUE,
                                                 .end = GRIP_TEST_END_RESET });
  g_assert_null (talk (port, request));
  g_assert_cmpuint (grip_test_sink_get_n_requests (sink), ==, 3);

  grip_test_sink_push (sink, &(GripTestAnswer) { .raw = "\0garbage", .raw_length = 8,
                                                 .end = GRIP_TEST_END_DROP });
  reply = talk (port, request);
  g_assert_cmpmem (reply, 8, "\0garbage", 8);
  g_free (reply);

  grip_test_sink_push (sink, &(GripTestAnswer) { .n_informational = 1, .content_length = 99,
                                                 .delay = 5, .body_delay = 5, .byte_delay = 1,
                                                 .end = GRIP_TEST_END_DROP });
  reply = talk (port, request);
  g_assert_true (g_str_has_prefix (reply, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 Told\r\n"));
  g_assert_nonnull (strstr (reply, "Content-Length: 99\r\n\r\nPublished\n"));
  g_free (reply);
}

static gpointer
talk_thread (gpointer data)
{
  return talk (GPOINTER_TO_UINT (data), "GET / HTTP/1.1\r\n\r\n");
}

static void
test_sink_stall (void)
{
  g_autoptr(GripTestSink) sink = grip_test_sink_new ();
  g_autofree char *reply = NULL;
  GThread *thread;

  grip_test_sink_push (sink, &(GripTestAnswer) { .cut = 8, .end = GRIP_TEST_END_STALL });
  thread = g_thread_new ("talk", talk_thread, GUINT_TO_POINTER (grip_test_sink_get_port (sink)));
  g_assert_true (grip_test_sink_wait_requests (sink, 1, GRIP_TEST_PATIENCE));
  g_assert_cmpuint (grip_test_sink_get_n_open (sink), ==, 1);

  /* Again and again: the sink may not stand in the stall yet. */
  while (grip_test_sink_get_n_open (sink) > 0)
    {
      grip_test_sink_release (sink);
      g_usleep (1000);
    }
  reply = g_thread_join (thread);
  g_assert_cmpstr (reply, ==, "HTTP/1.1");
}

static void
test_sink_port (void)
{
  g_autoptr(GripTestSink) sink = grip_test_sink_new ();
  guint port = grip_test_sink_get_port (sink);
  g_autofree char *reply = NULL;
  GThread *thread;

  /* What the sink itself has closed stays with the port for a minute, and is no obstacle. */
  grip_test_sink_set_default (sink, &(GripTestAnswer) { .end = GRIP_TEST_END_CLOSE });
  reply = talk (port, "GET / HTTP/1.1\r\n\r\n");
  g_assert_nonnull (reply);
  g_clear_pointer (&reply, g_free);
  grip_test_sink_set_listening (sink, FALSE);
  g_assert_null (talk (port, "GET / HTTP/1.1\r\n\r\n"));
  grip_test_sink_set_listening (sink, TRUE);
  reply = talk (port, "GET / HTTP/1.1\r\n\r\n");
  g_assert_true (g_str_has_prefix (reply, "HTTP/1.1 200 Told\r\n"));
  g_clear_pointer (&reply, g_free);

  grip_test_sink_set_accepting (sink, FALSE);
  thread = g_thread_new ("talk", talk_thread, GUINT_TO_POINTER (port));
  g_assert_false (grip_test_sink_wait_requests (sink, 3, 50));
  grip_test_sink_set_accepting (sink, TRUE);
  g_assert_true (grip_test_sink_wait_requests (sink, 3, GRIP_TEST_PATIENCE));
  reply = g_thread_join (thread);
  g_assert_nonnull (reply);
}

static void
test_delivery (void)
{
  g_autoptr(GripTestOrigin) origin = grip_test_origin_new ();
  g_autoptr(GripTestPushpin) pushpin = NULL;
  g_autoptr(GripTestClient) poll = NULL;
  g_autoptr(GripTestClient) stream = NULL;
  g_autoptr(GripTestClient) socket = NULL;
  g_autoptr(GripTestClient) sig = NULL;
  g_autoptr(GBytes) polled = NULL;
  g_autofree char *header = NULL;

  pushpin = grip_test_pushpin_new (&(GripTestPushpinOptions) {
    .origin_port = grip_test_origin_get_port (origin),
  });

  grip_test_pushpin_warm (pushpin, (const char *const []) { "a", NULL });
  sig = grip_test_pushpin_hold (pushpin, "/sig");
  g_assert_true (grip_test_client_wait_closed (sig, GRIP_TEST_PATIENCE));
  polled = grip_test_client_dup_body (sig);
  g_assert_true (g_str_has_prefix (g_bytes_get_data (polled, NULL), "eyJ"));

  poll = grip_test_pushpin_hold (pushpin, "/poll?channel=a");
  stream = grip_test_pushpin_hold (pushpin, "/stream?channel=a");
  socket = grip_test_pushpin_hold (pushpin, "/ws?channel=a");
  g_assert_true (grip_test_client_wait_bytes (stream, 5, GRIP_TEST_PATIENCE));
  g_assert_true (grip_test_client_wait_open (socket, GRIP_TEST_PATIENCE));
  g_assert_true (grip_test_client_send_frame (socket, GRIP_TEST_FRAME_TEXT, "echo", 4));
  g_assert_true (grip_test_client_wait_frames (socket, 1, GRIP_TEST_PATIENCE));
  grip_test_pushpin_wait_held (pushpin, "a", 3);

  publish (pushpin, "{\"items\":[{\"channel\":\"a\",\"formats\":{"
                    "\"http-response\":{\"headers\":{\"X-A\":\"b\"},\"body\":\"polled\"},"
                    "\"http-stream\":{\"content\":\"streamed\"},"
                    "\"ws-message\":{\"content\":\"framed\"}}}]}");
  g_assert_true (grip_test_client_wait_closed (poll, GRIP_TEST_PATIENCE));
  grip_test_client_assert_body (poll, "polled", -1);
  header = grip_test_client_dup_header (poll, "x-a");
  g_assert_cmpstr (header, ==, "b");

  grip_test_client_assert_body (stream, "open\nstreamed", -1);

  publish (pushpin, "{\"items\":["
                    "{\"channel\":\"a\",\"ws-message\":{\"type\":\"ping\",\"content\":\"\"}},"
                    "{\"channel\":\"a\",\"ws-message\":{\"action\":\"close\",\"code\":4001}}]}");
  grip_test_client_assert_frame (socket, 1, GRIP_TEST_FRAME_TEXT, "framed", -1);
  grip_test_client_assert_frame (socket, 2, GRIP_TEST_FRAME_PING, "", -1);
  grip_test_client_assert_frame (socket, 3, GRIP_TEST_FRAME_CLOSE, "\x0f\xa1", 2);
}

/* A warm channel's long poll is asked for once, and does not miss what is published. */
static void
test_warm (void)
{
  g_autoptr(GripTestOrigin) origin = grip_test_origin_new ();
  g_autoptr(GripTestPushpin) pushpin = NULL;
  g_autoptr(GripTestClient) poll = NULL;

  pushpin = grip_test_pushpin_new (&(GripTestPushpinOptions) {
    .origin_port = grip_test_origin_get_port (origin),
  });
  grip_test_pushpin_warm (pushpin, (const char *const []) { "warm", NULL });
  poll = grip_test_pushpin_hold (pushpin, "/poll?channel=warm");
  grip_test_pushpin_wait_held (pushpin, "warm", 1);
  grip_test_pushpin_warm (pushpin, (const char *const []) { "another", NULL });
  g_assert_cmpuint (grip_test_origin_get_n_polls (origin), ==, 1);

  publish (pushpin, "{\"items\":[{\"channel\":\"warm\",\"http-response\":{\"body\":\"polled\"}}]}");
  g_assert_true (grip_test_client_wait_closed (poll, GRIP_TEST_PATIENCE));
  grip_test_client_assert_body (poll, "polled", -1);
}

/* Two side by side; killed and started again with the same ports. */
static void
test_restart (void)
{
  g_autoptr(GripTestOrigin) origin = grip_test_origin_new ();
  GripTestPushpinOptions options = { .origin_port = grip_test_origin_get_port (origin) };
  g_autoptr(GripTestPushpin) one = grip_test_pushpin_new (&options);
  g_autoptr(GripTestPushpin) two = grip_test_pushpin_new (&options);
  g_autoptr(GripTestClient) client = NULL;
  g_autofree char *uri = g_strdup (grip_test_pushpin_get_uri (one));

  g_assert_cmpstr (uri, !=, grip_test_pushpin_get_uri (two));
  grip_test_pushpin_kill (one);
  client = grip_test_pushpin_hold (one, "/");
  g_assert_true (grip_test_client_wait_closed (client, GRIP_TEST_PATIENCE));
  g_assert_cmpuint (grip_test_client_get_status (client), ==, 0);
  g_clear_pointer (&client, grip_test_client_free);

  grip_test_pushpin_start (one);
  g_assert_cmpstr (uri, ==, grip_test_pushpin_get_uri (one));
  grip_test_pushpin_stop (one);
  grip_test_pushpin_start (one);
  client = grip_test_pushpin_hold (one, "/");
  g_assert_true (grip_test_client_wait_closed (client, GRIP_TEST_PATIENCE));
  grip_test_client_assert_body (client, "ok\n", -1);
}

static gboolean
is_gone (const char *dir)
{
  return !g_file_test (dir, G_FILE_TEST_EXISTS);
}

/* A test that is killed leaves no process and no directory. */
static void
test_no_strays (void)
{
  if (g_test_subprocess ())
    {
      GripTestPushpin *pushpin = grip_test_pushpin_new (NULL);

      g_print ("dir:%s\n", grip_test_pushpin_get_dir (pushpin));
      fflush (stdout);
      kill (getpid (), SIGKILL);
    }
  else
    {
      g_autoptr(GSubprocess) child = NULL;
      g_autoptr(GError) error = NULL;
      g_autofree char *output = NULL;
      g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
      g_auto(GStrv) lines = NULL;
      const char *dir = NULL;

      child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "-q",
                                "--GTestSubprocess", "-p", "/support/pushpin/no-strays", NULL);
      g_assert_no_error (error);
      g_subprocess_communicate_utf8 (child, NULL, NULL, &output, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (g_subprocess_get_term_sig (child), ==, SIGKILL);
      g_assert_nonnull (strstr (output, "dir:"));
      lines = g_strsplit (strstr (output, "dir:") + 4, "\n", 2);
      dir = lines[0];
      for (guint i = 0; i < GRIP_TEST_PATIENCE / 10 && !is_gone (dir); i++)
        g_usleep (10000);
      g_assert_true (is_gone (dir));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/support/sink/records", test_sink_records);
  g_test_add_func ("/support/sink/ends", test_sink_ends);
  g_test_add_func ("/support/sink/stall", test_sink_stall);
  g_test_add_func ("/support/sink/port", test_sink_port);
  g_test_add_func ("/support/pushpin/delivery", test_delivery);
  g_test_add_func ("/support/pushpin/warm", test_warm);
  g_test_add_func ("/support/pushpin/restart", test_restart);
  g_test_add_func ("/support/pushpin/no-strays", test_no_strays);

  return g_test_run ();
}
