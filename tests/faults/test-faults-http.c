/* test-faults-http.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "faults.h"

/* F1 to F13 over HTTP, without TLS (test-faults-tls.c) and without a real proxy (test-faults-pushpin.c).
 * Each answer of a server by itself is in tests/plugins/test-http.c. */

typedef struct
{
  GripTestSink *sink;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->sink = grip_test_sink_new ();
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  grip_test_sink_free (fixture->sink);
}

static void
assert_requests (Fixture *fixture,
                 guint    n_requests)
{
  g_assert_cmpuint (grip_test_sink_get_n_requests (fixture->sink), ==, n_requests);
}

static gboolean
listen_cb (gpointer sink)
{
  grip_test_sink_set_listening (sink, TRUE);

  return G_SOURCE_REMOVE;
}

/* Down at the start: tried until the time limit; up after a while: accepted, and once. */
static void
test_down (Fixture       *fixture,
           gconstpointer  data)
{
  GripPubControl    *control = faults_control_new (grip_test_sink_get_uri (fixture->sink), 0.5, 0);
  g_autoptr(GError)  error = NULL;
  Fate               fate;

  grip_test_sink_set_listening (fixture->sink, FALSE);
  error = faults_try (control, "x", NULL);
  g_assert_nonnull (strstr (error->message, NOT_SENT));
  g_assert_true (g_error_matches (error, GRIP_ERROR, GRIP_ERROR_NOT_CONNECTED)
                 || g_error_matches (error, GRIP_ERROR, GRIP_ERROR_TIMED_OUT));

  grip_pub_control_set_timeout (control, 60);
  faults_publish (control, "x", NULL, NULL, &fate);
  g_timeout_add (1000, listen_cb, fixture->sink);
  faults_wait (&fate, 1);
  faults_assert (&fate, NULL);
  assert_requests (fixture, 1);
  faults_drop (control);
}

/* One endpoint is slow, the other one does not wait for it. */
static void
test_slow (Fixture       *fixture,
           gconstpointer  data)
{
  static const GripTestAnswer  slow[] = {
    { .held = TRUE },
    { .byte_delay = 100 },
    { .body_delay = 30000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (slow); i++)
    {
      g_autoptr(GripTestSink)  fast = grip_test_sink_new ();
      GripPubControl          *control = faults_control_new (grip_test_sink_get_uri (fixture->sink), 600, 600);
      Fate                     fate;

      faults_add (control, grip_test_sink_get_uri (fast), 0);
      grip_test_sink_forget (fixture->sink);
      grip_test_sink_set_default (fixture->sink, &slow[i]);
      faults_publish (control, "x", NULL, NULL, &fate);
      for (guint k = 0; k < 50; k++)
        {
          g_autofree char *content = g_strdup_printf ("<%u>", k);
          g_autoptr(GripHttpStreamFormat) format = grip_http_stream_format_new_text (content);
          g_autoptr(GripItem)             item = grip_item_new (GRIP_FORMAT (format), NULL, NULL, NULL);

          grip_pub_control_publish_async (control, "c", item, NULL, NULL, NULL);
        }
      faults_wait_requests (fixture->sink, 1);
      while (grip_test_sink_count (fast, "<") < 50)
        faults_wait_requests (fast, grip_test_sink_get_n_requests (fast));
      g_assert_cmpuint (fate.n_callbacks, ==, 0);

      /* Its connections end, or it would be waited for. */
      grip_test_sink_set_listening (fixture->sink, FALSE);
      faults_wait (&fate, 1);
      faults_assert (&fate, UNKNOWN);
      g_assert_cmpuint (grip_test_sink_count (fast, "\"x\""), ==, 1);
      grip_test_sink_release (fixture->sink);
      grip_test_sink_set_listening (fixture->sink, TRUE);
      grip_pub_control_set_timeout (control, 0.1);
      faults_drop (control);
    }
}

/* The bound of the queue holds while a proxy is silent, and close() ends. */
static void
test_silent (Fixture       *fixture,
             gconstpointer  data)
{
  static const GripTestAnswer silent = { .silent = TRUE, .end = GRIP_TEST_END_STALL };
  GripPubControl             *control = faults_control_new (grip_test_sink_get_uri (fixture->sink), 0, 0);
  g_autoptr(GError)           error = NULL;
  Fate                        fates[12];
  guint                       n_full = 0;

  grip_pub_control_set_max_queue_items (control, 10);
  grip_test_sink_set_default (fixture->sink, &silent);
  for (guint i = 0; i < 12; i++)
    faults_publish (control, "x", NULL, NULL, &fates[i]);
  grip_pub_control_set_timeout (control, 1);
  g_assert_false (grip_pub_control_close (control, NULL, &error));
  g_assert_nonnull (error);
  faults_wait (fates, 12);
  for (guint i = 0; i < 12; i++)
    {
      g_assert_cmpuint (fates[i].n_callbacks, ==, 1);
      g_assert_nonnull (fates[i].error);
      n_full += g_error_matches (fates[i].error, GRIP_ERROR, GRIP_ERROR_QUEUE_FULL);
      g_clear_error (&fates[i].error);
    }
  g_assert_cmpuint (n_full, ==, 2);
  g_assert_cmpuint (grip_test_sink_count (fixture->sink, "\"x\""), <=, 10);
  g_object_unref (control);
}

/* A full backlog: the connection is not even made. */
static void
test_never_accepts (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr(GSocketClient)     client = g_socket_client_new ();
  g_autoptr(GPtrArray)         filler = g_ptr_array_new_with_free_func (g_object_unref);
  GripPubControl              *control = faults_control_new (grip_test_sink_get_uri (fixture->sink), 1, 0.5);
  g_autoptr(GError)            error = NULL;

  grip_test_sink_set_accepting (fixture->sink, FALSE);
  g_socket_client_set_timeout (client, 1);
  for (guint i = 0; i < 4; i++)
    {
      GSocketConnection *connection;

      connection = g_socket_client_connect_to_host (client, grip_test_sink_get_uri (fixture->sink) + 7,
                                                    80, NULL, NULL);
      if (connection != NULL)
        g_ptr_array_add (filler, connection);
    }
  error = faults_try (control, "x", NULL);
  faults_assert_error (error, GRIP_ERROR_TIMED_OUT, NOT_SENT);
  assert_requests (fixture, 0);
  faults_drop (control);
}

/* A reset at each place. Without an id an item is never seen twice. */
static void
test_reset (Fixture       *fixture,
            gconstpointer  data)
{
  static const GripTestAnswer resets[] = {
    { .silent = TRUE, .end = GRIP_TEST_END_RESET },
    { .cut = 12, .end = GRIP_TEST_END_RESET },
    { .cut = 25, .end = GRIP_TEST_END_RESET },
    { .cut = 70, .end = GRIP_TEST_END_RESET },
    { .content_length = 99, .end = GRIP_TEST_END_RESET },
  };

  for (guint i = 0; i < G_N_ELEMENTS (resets); i++)
    for (guint kept = 0; kept < 2; kept++)
      {
        GripPubControl *control = faults_control_new (grip_test_sink_get_uri (fixture->sink), 0, 0);
        Fate            without;
        Fate            with;

        if (kept)
          g_assert_no_error (faults_try (control, "warm", NULL));
        grip_test_sink_forget (fixture->sink);
        grip_test_sink_push (fixture->sink, &resets[i]);
        faults_publish (control, "x", NULL, NULL, &without);
        faults_wait (&without, 1);
        faults_assert (&without, UNKNOWN);
        assert_requests (fixture, 1);

        grip_test_sink_push (fixture->sink, &resets[i]);
        faults_publish (control, "y", "id", NULL, &with);
        faults_wait (&with, 1);
        faults_assert (&with, NULL);
        assert_requests (fixture, 3);
        faults_drop (control);
      }
}

/* Before the request or in it: whether a byte has left is a race that TCP does not show, so the item is either
 * sent once more and accepted, or its fate is unknown: never two of it. */
static void
test_reset_early (Fixture       *fixture,
                  gconstpointer  data)
{
  for (guint i = 0; i < 20; i++)
    {
      GripPubControl    *control = faults_control_new (grip_test_sink_get_uri (fixture->sink), 0, 0);
      g_autoptr(GError)  error = NULL;

      grip_test_sink_forget (fixture->sink);
      grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .at_accept = i % 2 == 0, .read = 1, .silent = TRUE,
                                                              .end = GRIP_TEST_END_RESET });
      error = faults_try (control, "<x>", NULL);
      if (error != NULL)
        g_assert_nonnull (strstr (error->message, UNKNOWN));
      g_assert_cmpuint (grip_test_sink_count (fixture->sink, "<x>"), <=, 1);
      g_assert_true (error != NULL || grip_test_sink_count (fixture->sink, "<x>") == 1);
      faults_drop (control);
    }
}

/* A reply that is no reply, or too much of one. */
static void
test_bad_reply (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *filler = g_strnfill (2000000, 'h');
  g_autofree char *head = g_strconcat ("HTTP/1.1 200 OK\r\nX-Long: ", filler, "\r\n\r\n", NULL);
  g_autofree char *flood = g_strconcat ("HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n", filler, NULL);
  GripTestAnswer   bad[] = {
    { .content_length = 50000, .end = GRIP_TEST_END_DROP },
    { .raw = "\x15\x03\x01\r\n\r\n", .end = GRIP_TEST_END_DROP },
    { .raw = head, .end = GRIP_TEST_END_DROP },
    { .n_informational = 100000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      GripPubControl *control = faults_control_new (grip_test_sink_get_uri (fixture->sink), 0, 0);
      Fate            fate;

      grip_test_sink_forget (fixture->sink);
      grip_test_sink_push (fixture->sink, &bad[i]);
      faults_publish (control, "x", NULL, NULL, &fate);
      faults_wait (&fate, 1);
      g_test_message ("%u", i);
      faults_assert (&fate, UNKNOWN);
      assert_requests (fixture, 1);
      faults_drop (control);
    }

  /* A whole head, and a body that nobody needs: what is read of it is bounded, or it would wait for
   * what never comes. */
  {
    GripPubControl    *control = faults_control_new (grip_test_sink_get_uri (fixture->sink), 0, 0);
    g_autoptr(GError)  error = NULL;

    grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .raw = flood, .end = GRIP_TEST_END_STALL });
    error = faults_try (control, "x", NULL);
    g_assert_no_error (error);
    faults_drop (control);
  }
}

/* 400: alone it is refused with the proxy's line; in a batch, only the bad ones are, and the good ones
 * are published once. */
static void
test_bad_request (Fixture       *fixture,
                  gconstpointer  data)
{
  GripPubControl *control = faults_control_new (grip_test_sink_get_uri (fixture->sink), 0, 0);
  Fate            fates[40];

  grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .status = 400, .body = "no\x1b[1m such\nformat" });
  faults_publish (control, "x", "id", NULL, &fates[0]);
  faults_wait (fates, 1);
  g_assert_nonnull (strstr (fates[0].error->message, "no[1m such format"));
  faults_assert (&fates[0], REFUSED);
  assert_requests (fixture, 1);

  grip_test_sink_set_poison (fixture->sink, "poison");
  grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .held = TRUE });
  faults_publish (control, "first", NULL, NULL, &fates[0]);
  faults_wait_requests (fixture->sink, 2);
  grip_test_sink_forget (fixture->sink);
  for (guint i = 1; i < 40; i++)
    {
      g_autofree char *content = g_strdup_printf (i % 13 == 5 ? "poison <%u>" : "<%u>", i);

      faults_publish (control, content, NULL, NULL, &fates[i]);
    }
  grip_test_sink_release (fixture->sink);
  faults_wait (fates, 40);
  grip_test_sink_set_poison (fixture->sink, NULL);
  for (guint i = 0; i < 40; i++)
    faults_assert (&fates[i], i % 13 == 5 ? REFUSED : NULL);
  faults_drop (control);
}

/* The good ones of a refused batch, in what was accepted. */
static void
test_bad_request_once (Fixture       *fixture,
                       gconstpointer  data)
{
  GripPubControl       *control = faults_control_new (grip_test_sink_get_uri (fixture->sink), 0, 0);
  g_autoptr(GPtrArray)  bodies = NULL;
  g_autoptr(GString)    accepted = g_string_new (NULL);
  const char           *at;
  Fate                  fates[20];

  grip_test_sink_set_poison (fixture->sink, "poison");
  grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .held = TRUE });
  faults_publish (control, "<0>", NULL, NULL, &fates[0]);
  faults_wait_requests (fixture->sink, 1);
  for (guint i = 1; i < 20; i++)
    {
      g_autofree char *content = g_strdup_printf (i == 11 ? "poison" : "<%u>", i);

      faults_publish (control, content, NULL, NULL, &fates[i]);
    }
  grip_test_sink_release (fixture->sink);
  faults_wait (fates, 20);
  bodies = grip_test_sink_dup_bodies (fixture->sink);
  for (guint i = 0; i < bodies->len; i++)
    if (g_strstr_len (g_bytes_get_data (bodies->pdata[i], NULL), g_bytes_get_size (bodies->pdata[i]),
                      "poison") == NULL)
      g_string_append_len (accepted, g_bytes_get_data (bodies->pdata[i], NULL),
                           g_bytes_get_size (bodies->pdata[i]));
  at = accepted->str;
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *content = g_strdup_printf ("<%u>", i);

      faults_assert (&fates[i], i == 11 ? REFUSED : NULL);
      if (i == 11)
        continue;
      at = strstr (at, content);
      g_assert_nonnull (at);
      g_assert_null (strstr (at + 1, content));
    }
  faults_drop (control);
}

/* Said once, for every item; and a new token needs no new publisher. */
static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  static const guint statuses[] = { 401, 403, 404, 405, 406, 411 };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      GripPubControl *control = faults_control_new (grip_test_sink_get_uri (fixture->sink), 0, 0);
      Fate            fates[3];

      grip_test_sink_forget (fixture->sink);
      grip_test_sink_set_default (fixture->sink, &(GripTestAnswer) { .status = statuses[i] });
      for (guint k = 0; k < 3; k++)
        faults_publish (control, k == 0 ? "<0>" : "<n>", "id", NULL, &fates[k]);
      faults_wait (fates, 3);
      for (guint k = 0; k < 3; k++)
        faults_assert (&fates[k], REFUSED);
      g_assert_cmpuint (grip_test_sink_count (fixture->sink, "<0>"), ==, 1);
      faults_drop (control);
    }
}

static GripTransport *
make_transport (GripTestSink *sink,
                const char   *key)
{
  g_autofree char         *uri = g_strconcat (grip_test_sink_get_uri (sink), "?key=", key, NULL);
  g_autoptr(GError)        error = NULL;
  g_autoptr(GripEndpoint)  endpoint = grip_endpoint_new_for_uri (uri, &error);
  GripTransport           *transport;

  g_assert_no_error (error);
  transport = grip_transport_new_for_endpoint (endpoint, &error);
  g_assert_no_error (error);

  return transport;
}

static void
test_new_token (Fixture       *fixture,
                gconstpointer  data)
{
  GripPubControl            *control = faults_control_new (NULL, 0, 0);
  g_autoptr(GripTransport)   old = make_transport (fixture->sink, "old-token");
  g_autoptr(GripTransport)   fresh = make_transport (fixture->sink, "new-token");
  g_autoptr(GripTestRequest) request = NULL;
  g_autoptr(GError)          refused = NULL;
  g_autoptr(GError)          error = NULL;
  g_autofree char           *value = NULL;

  grip_pub_control_add_transport (control, old);
  grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .status = 401 });
  refused = faults_try (control, "x", NULL);
  faults_assert_error (refused, GRIP_ERROR_UNAUTHORIZED, REFUSED);
  g_assert_true (grip_pub_control_replace_transport (control, old, fresh));
  error = faults_try (control, "x", NULL);
  g_assert_no_error (error);
  request = grip_test_sink_dup_request (fixture->sink, 1);
  value = grip_test_request_dup_header (request, "Authorization");
  g_assert_cmpstr (value, ==, "Bearer new-token");
  faults_drop (control);
}

/* Busy: tried again, as the proxy asks for it. */
static void
test_busy (Fixture       *fixture,
           gconstpointer  data)
{
  static const guint        statuses[] = { 429, 500, 502, 503, 504 };
  g_autoptr(GDateTime)      now = g_date_time_new_now_utc ();
  g_autoptr(GDateTime)      later = g_date_time_add_seconds (now, 2);
  g_autofree char          *date = g_date_time_format (later, "Retry-After: %a, %d %b %Y %H:%M:%S GMT\r\n");
  const char *const         headers[] = { NULL, "Retry-After: 0\r\n", "Retry-After: 1\r\n", "Retry-After: soon\r\n",
                                          "Retry-After: -5\r\n", "Retry-After: 99999999999999999999\r\n", date };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    for (guint k = 0; k < G_N_ELEMENTS (headers); k++)
      {
        GripPubControl    *control = faults_control_new (grip_test_sink_get_uri (fixture->sink), 0, 0);
        g_autoptr(GError)  error = NULL;

        grip_test_sink_forget (fixture->sink);
        grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .status = statuses[i], .headers = headers[k] });
        error = faults_try (control, "x", NULL);
        g_test_message ("%u %s", statuses[i], headers[k] != NULL ? headers[k] : "");
        g_assert_no_error (error);
        assert_requests (fixture, 2);
        faults_drop (control);
      }
}

/* Later than the publish may last: then there is no point in waiting. */
static void
test_busy_too_long (Fixture       *fixture,
                    gconstpointer  data)
{
  GripPubControl    *control = faults_control_new (grip_test_sink_get_uri (fixture->sink), 3600, 0);
  g_autoptr(GError)  error = NULL;

  grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .status = 503, .headers = "Retry-After: 86400\r\n" });
  error = faults_try (control, "x", NULL);
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_REJECTED);
  assert_requests (fixture, 1);
  faults_drop (control);
}

static void
set_limit (GripPubControl *control,
           guint64         bytes)
{
  g_autoptr(GripBaseTransport) transport = g_list_model_get_item (G_LIST_MODEL (control), 0);

  grip_base_transport_set_max_batch_bytes (transport, bytes);
}

/* Over the limit: never sent. With a limit that is wrong: the proxy's way to say it is to go away. */
static void
test_too_large (Fixture       *fixture,
                gconstpointer  data)
{
  GripPubControl    *control = faults_control_new (grip_test_sink_get_uri (fixture->sink), 0, 0);
  g_autofree char   *large = g_strnfill (1000000, 'x');
  g_autofree char   *quoted = g_strnfill (600000, '"');
  g_autoptr(GError)  before = NULL;
  g_autoptr(GError)  escaped = NULL;
  Fate               fates[3];

  before = faults_try (control, large, "id");
  faults_assert_error (before, GRIP_ERROR_TOO_LARGE, NOT_SENT);
  escaped = faults_try (control, quoted, "id");
  faults_assert_error (escaped, GRIP_ERROR_TOO_LARGE, NOT_SENT);
  assert_requests (fixture, 0);

  set_limit (control, 0);
  grip_test_sink_set_default (fixture->sink, &(GripTestAnswer) { .read = 100000, .silent = TRUE,
                                                                 .end = GRIP_TEST_END_RESET });
  faults_publish (control, large, NULL, NULL, &fates[0]);
  faults_wait (fates, 1);
  g_assert_error (fates[0].error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE);
  g_clear_error (&fates[0].error);
  g_assert_cmpuint (grip_test_sink_get_n_requests (fixture->sink), <=, 2);

  /* The queue goes on. */
  grip_test_sink_set_default (fixture->sink, &(GripTestAnswer) { 0 });
  for (guint i = 0; i < 3; i++)
    faults_publish (control, "small", NULL, NULL, &fates[i]);
  faults_wait (fates, 3);
  for (guint i = 0; i < 3; i++)
    faults_assert (&fates[i], NULL);
  faults_drop (control);
}

/* Batches are cut below the limit. */
static void
test_batch_below_limit (Fixture       *fixture,
                        gconstpointer  data)
{
  GripPubControl       *control = faults_control_new (grip_test_sink_get_uri (fixture->sink), 0, 0);
  g_autofree char      *content = g_strnfill (1000, 'x');
  g_autoptr(GPtrArray)  bodies = NULL;
  Fate                  fates[50];

  set_limit (control, 10000);
  grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .held = TRUE });
  for (guint i = 0; i < 50; i++)
    faults_publish (control, content, NULL, NULL, &fates[i]);
  faults_wait_requests (fixture->sink, 1);
  grip_test_sink_release (fixture->sink);
  faults_wait (fates, 50);
  bodies = grip_test_sink_dup_bodies (fixture->sink);
  for (guint i = 0; i < bodies->len; i++)
    g_assert_cmpuint (g_bytes_get_size (bodies->pdata[i]), <=, 10000);
  g_assert_cmpuint (grip_test_sink_count (fixture->sink, content), ==, 50);
  faults_drop (control);
}

/* Never followed; the other host sees neither the item nor the token. */
static void
test_redirect (Fixture       *fixture,
               gconstpointer  data)
{
  static const guint      statuses[] = { 301, 302, 303, 307, 308 };
  g_autoptr(GripTestSink) other = grip_test_sink_new ();
  g_autofree char        *location = g_strdup_printf ("Location: %s/publish/?q=hidden\r\n",
                                                      grip_test_sink_get_uri (other));

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      GripPubControl    *control = faults_control_new (grip_test_sink_get_uri (fixture->sink), 0, 0);
      g_autoptr(GError)  error = NULL;

      grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .status = statuses[i], .headers = location });
      error = faults_try (control, "x", "id");
      faults_assert_error (error, GRIP_ERROR_REJECTED, REFUSED);
      g_assert_nonnull (strstr (error->message, "redirect to 127.0.0.1"));
      g_assert_null (strstr (error->message, "hidden"));
      assert_requests (fixture, i + 1);
      faults_drop (control);
    }
  g_assert_cmpuint (grip_test_sink_get_n_connections (other), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  faults_init (&argc, &argv, NULL, 0);

#define ADD(path, function) g_test_add ("/faults/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("F01-proxy-down", test_down);
  ADD ("F03-slow-proxy", test_slow);
  ADD ("F04-silent-proxy", test_silent);
  ADD ("F04-never-accepts", test_never_accepts);
  ADD ("F05-reset", test_reset);
  ADD ("F05-reset-early", test_reset_early);
  ADD ("F06-bad-reply", test_bad_reply);
  ADD ("F07-bad-request", test_bad_request);
  ADD ("F07-bad-request-once", test_bad_request_once);
  ADD ("F08-refused", test_refused);
  ADD ("F08-new-token", test_new_token);
  ADD ("F09-busy", test_busy);
  ADD ("F09-busy-too-long", test_busy_too_long);
  ADD ("F10-too-large", test_too_large);
  ADD ("F10-batch-below-limit", test_batch_below_limit);
  ADD ("F13-redirect", test_redirect);
#undef ADD

  return g_test_run ();
}
