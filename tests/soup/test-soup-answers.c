/* test-soup-answers.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>
#include <string.h>

#include "soup-client.h"

/* Requests that are answered twice or never, and those that no handler sees. */
typedef struct
{
  GripSoupOrigin  *origin;
  SoupSession     *session;
  GripSoupRequest *kept;
  guint            n_forgotten;
  guint            n_sized;
} Fixture;

static gboolean
drop_later_cb (gpointer user_data)
{
  Fixture *fixture = user_data;

  g_clear_object (&fixture->kept);

  return G_SOURCE_REMOVE;
}

static void
finish_twice (GripSoupRequest *request)
{
  grip_soup_request_finish (request);
  g_test_expect_message ("GripSoup", G_LOG_LEVEL_CRITICAL, "*!self->answered*");
  grip_soup_request_finish (request);
  g_test_assert_expected_messages ();
}

/* Each way to answer. */
static void
answer_twice (GripSoupRequest *request)
{
  g_autoptr(GripInstruct) instruct = grip_instruct_new_hold_response ("room");
  g_autoptr(GripResponse) response = grip_response_new_text (201, "text/plain", "second");
  g_autoptr(GError) error = NULL;

  grip_soup_request_respond_text (request, 200, "text/plain", "first");
  for (guint i = 0; i < 5; i++)
    g_test_expect_message ("GripSoup", G_LOG_LEVEL_CRITICAL, "*!self->answered*");
  grip_soup_request_respond (request, response);
  grip_soup_request_respond_text (request, 202, "text/plain", "third");
  g_assert_false (grip_soup_request_hold (request, instruct, &error));
  g_assert_false (grip_soup_request_hold_stream (request, "room", &error));
  g_assert_false (grip_soup_request_hold_response (request, "room", &error));
  g_test_assert_expected_messages ();
  g_assert_no_error (error);
}

static void
respond_with (GripSoupRequest *request,
              int              code,
              const char      *reason,
              const char      *header,
              const char      *value)
{
  g_autoptr(GVariant) headers = g_variant_ref_sink (g_variant_new_parsed ("[(%s, %s)]", header, value));
  g_autoptr(GBytes) body = g_bytes_new_static ("body", 4);
  g_autoptr(GripResponse) response = grip_response_new (code, reason, headers, body);

  grip_soup_request_respond (request, response);
}

/* Answers that would break the framing of HTTP. */
static void
answer_strangely (GripSoupRequest *request,
                  const char      *what)
{
  if (g_str_equal (what, "reason"))
    respond_with (request, 200, "OK\r\nX-Evil: 1", "X-Good", "1");
  else if (g_str_equal (what, "header"))
    respond_with (request, 200, NULL, "X-Good", "1\r\nX-Evil: 1");
  else if (g_ascii_isdigit (*what))
    respond_with (request, atoi (what), NULL, "X-Good", "1");
  else if (g_str_equal (what, "chunked"))
    respond_with (request, 200, NULL, "transfer-encoding", "chunked");
  else
    respond_with (request, 200, NULL, "Content-Length", g_str_equal (what, "short") ? "3" : "9");
}

/* As a form has it: the first of a name counts, and what is not UTF-8 does not. */
static void
answer_query (GripSoupRequest *request)
{
  static const char *const names[] = { "a", "b", "d e", "f", "g", "none" };
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *value = grip_soup_request_dup_query (request, names[i]);

      g_string_append_printf (text, "%s=%s;", names[i], value != NULL ? value : "nothing");
    }
  grip_soup_request_respond_text (request, 200, "text/plain", text->str);
}

static void
open_websocket (GripSoupRequest *request)
{
  grip_websocket_context_accept (grip_soup_request_get_websocket (request));
  finish_twice (request);
}

static void
handle_cb (GripSoupOrigin  *origin,
           GripSoupRequest *request,
           gpointer         user_data)
{
  Fixture *fixture = user_data;
  const char *path = grip_soup_request_get_path (request);

  if (g_str_equal (path, "/size"))
    {
      g_autoptr(GBytes) body = grip_soup_request_dup_body (request);

      g_assert_cmpuint (g_bytes_get_size (body), ==, 1000);
      fixture->n_sized++;
      grip_soup_request_respond_text (request, 200, NULL, NULL);
    }
  else if (g_str_equal (path, "/dropped"))
    {
      fixture->kept = g_object_ref (request);
      g_timeout_add (20, drop_later_cb, fixture);
    }
  else if (g_str_equal (path, "/forgotten"))
    fixture->n_forgotten++;
  else if (g_str_equal (path, "/twice"))
    answer_twice (request);
  else if (g_str_equal (path, "/query"))
    answer_query (request);
  else if (g_str_has_prefix (path, "/strange/"))
    answer_strangely (request, path + strlen ("/strange/"));
  else
    open_websocket (request);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  fixture->origin = grip_soup_origin_new (NULL);
  grip_soup_origin_add_handler (fixture->origin, "/", handle_cb, fixture, NULL);
  grip_soup_origin_listen (fixture->origin, 0, &error);
  g_assert_no_error (error);
  fixture->session = soup_session_new ();
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  soup_session_abort (fixture->session);
  g_clear_object (&fixture->session);
  g_assert_finalize_object (fixture->origin);
}

static void
test_query (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(SoupMessage) message =
    soup_client_message (fixture->origin, "GET", "/query?a=1+2%2B%26=3&b&a=4&d+e=%C3%A4&f=%FF&%67=");
  g_autofree char *body = soup_client_send (fixture->session, message);

  g_assert_cmpstr (body, ==, "a=1 2+&=3;b=;d e=\xc3\xa4;f=nothing;g=;none=nothing;");
}

static void
test_twice (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(SoupMessage) message = soup_client_message (fixture->origin, "GET", "/twice");
  g_autofree char *body = soup_client_send (fixture->session, message);

  g_assert_cmpuint (soup_message_get_status (message), ==, 200);
  g_assert_cmpstr (body, ==, "first");
}

static void
test_finish_twice (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr(SoupMessage) open = soup_client_message (fixture->origin, "POST", "/ws");
  g_autoptr(GBytes) body = g_bytes_new_static ("OPEN\r\n", 6);
  g_autofree char *opened = NULL;

  soup_message_set_request_body_from_bytes (open, "application/websocket-events", body);
  soup_message_headers_append (soup_message_get_request_headers (open), "Connection-Id", "1");
  opened = soup_client_send (fixture->session, open);
  g_assert_cmpuint (soup_message_get_status (open), ==, 200);
  g_assert_true (g_str_has_prefix (opened, "OPEN\r\n"));
}

/* With a proxy, and in the place of one. */
static void
test_forgotten (Fixture       *fixture,
                gconstpointer  data)
{
  guint before = soup_client_warnings;

  for (guint embedded = 0; embedded < 2; embedded++)
    {
      g_autoptr(SoupMessage) message = soup_client_message (fixture->origin, "GET", "/forgotten");
      g_autofree char *body = NULL;

      grip_soup_origin_set_embedded (fixture->origin, embedded);
      body = soup_client_send (fixture->session, message);
      g_assert_cmpuint (soup_message_get_status (message), ==, 500);
      g_assert_cmpuint (fixture->n_forgotten, ==, embedded + 1);
    }
  g_assert_cmpuint (soup_client_warnings, ==, before + 2);
}

/* Kept, and then dropped. */
static void
test_dropped (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(SoupMessage) message = soup_client_message (fixture->origin, "GET", "/dropped");
  g_autofree char *body = soup_client_send (fixture->session, message);

  g_assert_cmpuint (soup_message_get_status (message), ==, 500);
}

/* Whatever the application says, the client sees one whole answer and its body. */
static void
test_framing (Fixture       *fixture,
              gconstpointer  data)
{
  static const char * const paths[] = {
    "reason", "header", "0", "100", "101", "199", "chunked", "short", "long",
  };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *path = g_strconcat ("/strange/", paths[i], NULL);
      g_autoptr(SoupMessage) message = soup_client_message (fixture->origin, "GET", path);
      g_autofree char *body = soup_client_send (fixture->session, message);
      SoupMessageHeaders *headers = soup_message_get_response_headers (message);

      g_test_message ("%s", path);
      g_assert_cmpuint (soup_message_get_status (message), ==, g_ascii_isdigit (*paths[i]) ? 500 : 200);
      g_assert_cmpstr (body, ==, "body");
      g_assert_null (soup_message_headers_get_one (headers, "X-Evil"));
      g_assert_cmpstr (soup_message_headers_get_list (headers, "Content-Length"), ==, "4");
      g_assert_null (soup_message_headers_get_one (headers, "Transfer-Encoding"));
    }
}

/* A length without a body is the one that a GET would have. */
static void
test_head (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(SoupMessage) message = soup_client_message (fixture->origin, "HEAD", "/strange/long");
  g_autofree char *body = soup_client_send (fixture->session, message);

  g_assert_cmpuint (soup_message_get_status (message), ==, 200);
  g_assert_cmpint (soup_message_headers_get_content_length (soup_message_get_response_headers (message)), ==, 9);
  g_assert_null (body);
}

static void
check_body (Fixture           *fixture,
            const char        *header,
            gsize              length,
            guint              status)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketConnection) connection =
    g_socket_client_connect_to_host (client, "127.0.0.1", grip_soup_origin_get_port (fixture->origin), NULL, NULL);
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autofree char *head = g_strdup_printf ("POST /size HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n", header);
  g_autofree char *body = g_strnfill (length, 'x');
  g_autofree char *expected = g_strdup_printf ("HTTP/1.1 %u ", status);
  char answer[13] = { 0 };
  gsize n_read = 0;
  g_autoptr(GError) error = NULL;

  g_output_stream_write_all (output, head, strlen (head), NULL, NULL, NULL);
  if (strstr (header, "chunked") != NULL)
    g_output_stream_printf (output, NULL, NULL, NULL, "%" G_GSIZE_MODIFIER "x\r\n%s\r\n0\r\n\r\n", length, body);
  else
    g_output_stream_write_all (output, body, length, NULL, NULL, NULL);
  while (!g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (input)))
    g_main_context_iteration (NULL, FALSE);
  g_input_stream_read_all (input, answer, sizeof answer, &n_read, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (answer, sizeof answer, expected, strlen (expected));
}

static void
test_max_body (Fixture       *fixture,
               gconstpointer  data)
{
  guint64 property = 0;

  g_object_get (fixture->origin, "max-body-bytes", &property, NULL);
  g_assert_cmpuint (property, ==, 4 * 1024 * 1024);
  grip_soup_origin_set_max_body_bytes (fixture->origin, 1000);
  g_assert_cmpuint (grip_soup_origin_get_max_body_bytes (fixture->origin), ==, 1000);

  check_body (fixture, "Content-Length: 1000", 1000, 200);
  check_body (fixture, "Content-Length: 1001", 1001, 413);
  check_body (fixture, "Transfer-Encoding: chunked", 1000, 200);
  check_body (fixture, "Transfer-Encoding: chunked", 1001, 413);
  g_assert_cmpuint (fixture->n_sized, ==, 2);

  /* Without the body being sent at all. */
  check_body (fixture, "Content-Length: 1001\r\nExpect: 100-continue", 0, 413);
  g_assert_cmpuint (fixture->n_sized, ==, 2);
}

/* A path that no handler is for is no way around the limit. */
static void
test_max_body_unhandled (Fixture       *fixture,
                         gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  g_object_unref (fixture->origin);
  fixture->origin = grip_soup_origin_new (NULL);
  grip_soup_origin_add_handler (fixture->origin, "/elsewhere", handle_cb, fixture, NULL);
  grip_soup_origin_listen (fixture->origin, 0, &error);
  g_assert_no_error (error);
  grip_soup_origin_set_max_body_bytes (fixture->origin, 1000);

  check_body (fixture, "Content-Length: 1000", 1000, 404);
  check_body (fixture, "Content-Length: 1001", 1001, 413);
  check_body (fixture, "Transfer-Encoding: chunked", 1001, 413);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  soup_client_count_warnings ();

  ADD ("/soup-answers/query", test_query);
  ADD ("/soup-answers/twice", test_twice);
  ADD ("/soup-answers/finish-twice", test_finish_twice);
  ADD ("/soup-answers/forgotten", test_forgotten);
  ADD ("/soup-answers/dropped", test_dropped);
  ADD ("/soup-answers/framing", test_framing);
  ADD ("/soup-answers/head", test_head);
  ADD ("/soup-answers/max-body", test_max_body);
  ADD ("/soup-answers/max-body-unhandled", test_max_body_unhandled);

  return g_test_run ();
}
