/* test-http-control.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libgrip/grip.h>

#include "grip-test-sink.h"

/* The control calls beside publishing (protocol 4.2). */

typedef struct
{
  GripTestSink  *sink;
  GripTransport *transport;
  gboolean       done;
  gboolean       ok;
  guint          status;
  GBytes        *reply;
  GError        *error;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GripEndpoint) endpoint = NULL;
  g_autofree char        *uri = NULL;

  fixture->sink = grip_test_sink_new ();
  uri = g_strdup_printf ("%s/service/1?key=token&a=b", grip_test_sink_get_uri (fixture->sink));
  endpoint = grip_endpoint_new_for_uri (uri, &fixture->error);
  g_assert_no_error (fixture->error);
  fixture->transport = grip_transport_new_for_endpoint (endpoint, &fixture->error);
  g_assert_no_error (fixture->error);
  g_assert_true (GRIP_IS_HTTP_CONTROL (fixture->transport));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_error (&fixture->error);
  g_clear_pointer (&fixture->reply, g_bytes_unref);
  g_clear_object (&fixture->transport);
  g_clear_pointer (&fixture->sink, grip_test_sink_free);
}

static void
wait_for (Fixture *fixture)
{
  while (!fixture->done)
    g_main_context_iteration (NULL, TRUE);
  fixture->done = FALSE;
}

static void
called_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  Fixture *fixture = user_data;

  fixture->reply = grip_http_control_call_finish (GRIP_HTTP_CONTROL (object), result,
                                                  &fixture->status, &fixture->error);
  fixture->done = TRUE;
}

static void
call (Fixture    *fixture,
      const char *method,
      const char *path)
{
  grip_http_control_call_async (GRIP_HTTP_CONTROL (fixture->transport), method, path, NULL, NULL, NULL,
                                called_cb, fixture);
  wait_for (fixture);
}

static void
test_call (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(GripTestRequest) request = NULL;
  g_autofree char           *authorization = NULL;

  grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .status = 404, .body = "what?" });
  call (fixture, "GET", "subscriptions/items/");

  /* A status is no error here. */
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (fixture->status, ==, 404);
  g_assert_cmpmem (g_bytes_get_data (fixture->reply, NULL), g_bytes_get_size (fixture->reply), "what?", 5);

  request = grip_test_sink_dup_request (fixture->sink, 0);
  authorization = grip_test_request_dup_header (request, "Authorization");
  g_assert_cmpstr (request->method, ==, "GET");
  g_assert_cmpstr (request->path, ==, "/service/1/subscriptions/items/?a=b");
  g_assert_cmpstr (authorization, ==, "Bearer token");
}

static void
test_bad_path (Fixture       *fixture,
               gconstpointer  data)
{
  static const char *const paths[] = { "/x", "a b", "a\r\nb", "a?b", "a#b" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      call (fixture, "GET", paths[i]);
      g_assert_error (fixture->error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
      g_clear_error (&fixture->error);
    }
  g_assert_cmpuint (grip_test_sink_get_n_requests (fixture->sink), ==, 0);
}

static void
test_refused_connection (Fixture       *fixture,
                         gconstpointer  data)
{
  grip_test_sink_set_listening (fixture->sink, FALSE);
  call (fixture, "GET", "");
  g_assert_error (fixture->error, GRIP_ERROR, GRIP_ERROR_NOT_CONNECTED);
}

static void
origin_set_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  Fixture *fixture = user_data;

  fixture->ok = grip_http_control_set_origin_finish (GRIP_HTTP_CONTROL (object), result, &fixture->error);
  fixture->done = TRUE;
}

static void
test_set_origin (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr(GHashTable)      fields = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GripTestRequest) request = NULL;
  g_autofree char           *type = NULL;
  const char                *expected = "host=a.example%2Fx%26y&over_http=true&port=80";

  g_hash_table_insert (fields, (gpointer) "port", (gpointer) "80");
  g_hash_table_insert (fields, (gpointer) "host", (gpointer) "a.example/x&y");
  g_hash_table_insert (fields, (gpointer) "over_http", (gpointer) "true");
  grip_http_control_set_origin_async (GRIP_HTTP_CONTROL (fixture->transport), NULL, fields, NULL,
                                      origin_set_cb, fixture);
  wait_for (fixture);
  g_assert_no_error (fixture->error);
  g_assert_true (fixture->ok);

  request = grip_test_sink_dup_request (fixture->sink, 0);
  type = grip_test_request_dup_header (request, "Content-Type");
  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_cmpstr (request->path, ==, "/service/1/http/default/?a=b");
  g_assert_cmpstr (type, ==, "application/x-www-form-urlencoded");
  g_assert_cmpmem (g_bytes_get_data (request->body, NULL), g_bytes_get_size (request->body),
                   expected, strlen (expected));
}

static void
test_origin_refused (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr(GHashTable) fields = g_hash_table_new (g_str_hash, g_str_equal);

  grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .status = 400, .body = "no such domain\n" });
  grip_http_control_set_origin_async (GRIP_HTTP_CONTROL (fixture->transport), "x/y", fields, NULL,
                                      origin_set_cb, fixture);
  wait_for (fixture);
  g_assert_error (fixture->error, GRIP_ERROR, GRIP_ERROR_REJECTED);
  g_assert_nonnull (strstr (fixture->error->message, "400: no such domain"));
}

static void
test_cancelled (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();

  grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .silent = TRUE, .end = GRIP_TEST_END_STALL });
  grip_http_control_call_async (GRIP_HTTP_CONTROL (fixture->transport), "GET", "", NULL, NULL, cancellable,
                                called_cb, fixture);
  while (grip_test_sink_get_n_requests (fixture->sink) == 0)
    g_main_context_iteration (NULL, FALSE);
  g_cancellable_cancel (cancellable);
  wait_for (fixture);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

#define ADD(name) g_test_add ("/http-control/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD (call);
  ADD (bad_path);
  ADD (refused_connection);
  ADD (set_origin);
  ADD (origin_refused);
  ADD (cancelled);

  return g_test_run ();
}
