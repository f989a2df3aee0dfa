/* test-http-retries.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include <libgrip/grip.h>

#include "grip-test-sink.h"

/* What the HTTP transport and the core's lane do together: bytes, batches, tries and their end. */

#define PATIENCE 60000

typedef struct
{
  GripTestSink   *sink;
  GripPubControl *control;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  fixture->sink = grip_test_sink_new ();
  fixture->control = grip_pub_control_new_for_uri (grip_test_sink_get_uri (fixture->sink), &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_object_unref (fixture->control);
  grip_test_sink_free (fixture->sink);
}

static GError *
publish (Fixture    *fixture,
         const char *content,
         const char *id)
{
  GError *error = NULL;

  grip_pub_control_publish_http_stream (fixture->control, "c", content, id, NULL, NULL, &error);

  return error;
}

static void
assert_requests (Fixture *fixture,
                 guint    n_requests)
{
  g_assert_cmpuint (grip_test_sink_get_n_requests (fixture->sink), ==, n_requests);
}

static void
assert_body (GripTestSink *sink,
             guint         index,
             const char   *expected)
{
  g_autoptr(GripTestRequest) request = grip_test_sink_dup_request (sink, index);
  g_autofree char           *body = g_strndup (g_bytes_get_data (request->body, NULL),
                                               g_bytes_get_size (request->body));

  g_assert_true (request->complete);
  g_assert_cmpstr (body, ==, expected);
}

static void
test_golden (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(GBytes) binary = g_bytes_new_static ("\xff\0\x01", 3);
  g_autoptr(GError) error = NULL;

  grip_pub_control_publish_http_stream (fixture->control, "Gr\303\274n", "a\"\n", "1", "0", NULL,
                                        &error);
  g_assert_no_error (error);
  grip_pub_control_publish_http_stream_bytes (fixture->control, "c", binary, NULL, NULL, NULL,
                                              &error);
  g_assert_no_error (error);

  assert_body (fixture->sink, 0, "{\"items\":[{\"channel\":\"Gr\303\274n\",\"id\":\"1\",\"prev-id\":\"0\","
               "\"formats\":{\"http-stream\":{\"content\":\"a\\\"\\n\"}}}]}");
  assert_body (fixture->sink, 1, "{\"items\":[{\"channel\":\"c\",\"formats\":{\"http-stream\":{\"content-bin\":\"/wAB\"}}}]}");
}

static char *
authorization_for (const char *user,
                   const char *pass,
                   const char *key)
{
  g_autoptr(GripTestSink)    sink = grip_test_sink_new ();
  g_autoptr(GripPubControl)  control = grip_pub_control_new ();
  g_autoptr(GripTestRequest) request = NULL;
  g_autoptr(GError)          error = NULL;
  GVariantBuilder            builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "control_uri",
                         g_variant_new_string (grip_test_sink_get_uri (sink)));
  if (user != NULL)
    g_variant_builder_add (&builder, "{sv}", "user", g_variant_new_string (user));
  if (pass != NULL)
    g_variant_builder_add (&builder, "{sv}", "pass", g_variant_new_string (pass));
  if (key != NULL)
    g_variant_builder_add (&builder, "{sv}", "key", g_variant_new_string (key));
  grip_pub_control_apply_config (control, g_variant_builder_end (&builder), &error);
  g_assert_no_error (error);
  grip_pub_control_publish_http_stream (control, "c", "x", NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  request = grip_test_sink_dup_request (sink, 0);

  return grip_test_request_dup_header (request, "Authorization");
}

static void
test_authorization (void)
{
  g_autofree char *none = authorization_for (NULL, NULL, NULL);
  g_autofree char *basic = authorization_for ("Aladdin", "open sesame", NULL);
  g_autofree char *bearer = authorization_for (NULL, NULL, "open-sesame");

  g_assert_null (none);
  /* The pair of RFC 7617, section 2. */
  g_assert_cmpstr (basic, ==, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  g_assert_cmpstr (bearer, ==, "Bearer open-sesame");
}

/* Neither followed nor tried again: the server that it points to is never asked. */
static void
test_redirect (Fixture       *fixture,
               gconstpointer  data)
{
  static const guint      statuses[] = { 301, 302, 303, 307, 308 };
  g_autoptr(GripTestSink) other = grip_test_sink_new ();
  g_autofree char        *location = NULL;

  location = g_strdup_printf ("Location: %s/publish/\r\n", grip_test_sink_get_uri (other));
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr(GError) error = NULL;

      grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .status = statuses[i],
                                                              .headers = location });
      error = publish (fixture, "x", "1");
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_REJECTED);
      g_assert_nonnull (strstr (error->message, ": refused: "));
      assert_requests (fixture, i + 1);
    }
  g_assert_cmpuint (grip_test_sink_get_n_connections (other), ==, 0);
}

/* The proxy is busy twice, then takes it: the same bytes three times, and success. */
static void
test_passing_status (Fixture       *fixture,
                     gconstpointer  data)
{
  static const guint statuses[] = { 408, 425, 429, 500, 502, 503, 504 };

  grip_pub_control_set_retry_limit (fixture->control, 2);
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr(GPtrArray) bodies = NULL;
      g_autoptr(GError)    error = NULL;

      grip_test_sink_forget (fixture->sink);
      for (guint k = 0; k < 2; k++)
        grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .status = statuses[i] });
      error = publish (fixture, "x", NULL);
      g_test_message ("%u", statuses[i]);
      g_assert_no_error (error);
      assert_requests (fixture, 3);
      bodies = grip_test_sink_dup_bodies (fixture->sink);
      g_assert_true (g_bytes_equal (bodies->pdata[0], bodies->pdata[1]));
      g_assert_true (g_bytes_equal (bodies->pdata[0], bodies->pdata[2]));
    }
}

/* One try more than the limit, then the server's own words. */
static void
test_retry_limit (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  grip_test_sink_set_default (fixture->sink, &(GripTestAnswer) { .status = 503, .body = "busy" });
  grip_pub_control_set_retry_limit (fixture->control, 3);
  error = publish (fixture, "x", NULL);
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_REJECTED);
  g_assert_nonnull (strstr (error->message, "503"));
  g_assert_nonnull (strstr (error->message, "busy"));
  assert_requests (fixture, 4);
}

/* Never earlier than asked for; not at all when that is later than the publish may last. */
static void
test_retry_after (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr(GError) waited = NULL;
  g_autoptr(GError) gave_up = NULL;
  gint64            start = g_get_monotonic_time ();

  grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .status = 503,
                                                          .headers = "Retry-After: 1\r\n" });
  waited = publish (fixture, "x", NULL);
  g_assert_no_error (waited);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, G_USEC_PER_SEC);
  assert_requests (fixture, 2);

  grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .status = 503,
                                                          .headers = "Retry-After: 3600\r\n" });
  gave_up = publish (fixture, "x", NULL);
  g_assert_error (gave_up, GRIP_ERROR, GRIP_ERROR_REJECTED);
  assert_requests (fixture, 3);
}

/* Whether it was published is unknown: only an item that proxies can recognise goes out again. */
static void
test_unknown (Fixture       *fixture,
              gconstpointer  data)
{
  static const GripTestAnswer losses[] = {
    { .silent = TRUE, .end = GRIP_TEST_END_DROP },
    { .silent = TRUE, .end = GRIP_TEST_END_RESET },
    { .cut = 12, .end = GRIP_TEST_END_DROP },
    { .cut = 12, .end = GRIP_TEST_END_RESET },
    { .raw = "SSH-2.0-OpenSSH_9.2\r\n\r\n", .end = GRIP_TEST_END_DROP },
  };

  for (guint i = 0; i < G_N_ELEMENTS (losses); i++)
    {
      g_autoptr(GPtrArray) bodies = NULL;
      g_autoptr(GError)    warm = NULL;
      g_autoptr(GError)    without = NULL;
      g_autoptr(GError)    with = NULL;

      /* On a connection that was kept: libsoup's own second try would be a duplicate. */
      warm = publish (fixture, "warm", NULL);
      g_assert_no_error (warm);
      grip_test_sink_forget (fixture->sink);
      grip_test_sink_push (fixture->sink, &losses[i]);
      without = publish (fixture, "x", NULL);
      g_test_message ("%u: %s", i, without != NULL ? without->message : "no error");
      g_assert_nonnull (without);
      g_assert_nonnull (strstr (without->message, ": unknown: "));
      assert_requests (fixture, 1);

      grip_test_sink_push (fixture->sink, &losses[i]);
      with = publish (fixture, "x", "id");
      g_assert_no_error (with);
      assert_requests (fixture, 3);
      bodies = grip_test_sink_dup_bodies (fixture->sink);
      g_assert_true (g_bytes_equal (bodies->pdata[1], bodies->pdata[2]));
    }
}

/* The port opens only after the first try: nothing was sent, so an item without an id is safe. */
static gpointer
listen_thread (gpointer data)
{
  g_usleep (100000);
  grip_test_sink_set_listening (data, TRUE);

  return NULL;
}

static void
test_not_sent (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr(GError)  error = NULL;
  GThread           *thread;

  grip_test_sink_set_listening (fixture->sink, FALSE);
  thread = g_thread_new ("listen", listen_thread, fixture->sink);
  error = publish (fixture, "x", NULL);
  g_thread_join (thread);
  g_assert_no_error (error);
  assert_requests (fixture, 1);
}

typedef struct
{
  guint   pending;
  GError *errors[32];
} Results;

typedef struct
{
  Results *results;
  guint    index;
} Slot;

static void
published_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Slot *slot = user_data;

  grip_pub_control_publish_http_stream_finish (GRIP_PUB_CONTROL (source), result,
                                               &slot->results->errors[slot->index]);
  slot->results->pending--;
  g_free (slot);
}

static void
publish_async (Fixture      *fixture,
               Results      *results,
               guint         index,
               GCancellable *cancellable)
{
  g_autofree char *content = g_strdup_printf ("<%u>", index);
  Slot            *slot = g_new (Slot, 1);

  slot->results = results;
  slot->index = index;
  results->pending++;
  grip_pub_control_publish_http_stream_async (fixture->control, "c", content, NULL, NULL, cancellable,
                                              published_cb, slot);
}

static void
wait_for (Results *results)
{
  while (results->pending > 0)
    g_main_context_iteration (NULL, TRUE);
}

/* What waits behind a slow request goes out together, in order. */
static void
test_batch (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GPtrArray) bodies = NULL;
  g_autoptr(GString)   all = g_string_new (NULL);
  Results              results = { 0 };
  const char          *position;

  grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .held = TRUE });
  publish_async (fixture, &results, 0, NULL);
  g_assert_true (grip_test_sink_wait_requests (fixture->sink, 1, PATIENCE));
  for (guint i = 1; i < 32; i++)
    publish_async (fixture, &results, i, NULL);
  grip_test_sink_release (fixture->sink);
  wait_for (&results);

  for (guint i = 0; i < 32; i++)
    g_assert_no_error (results.errors[i]);
  g_assert_cmpuint (grip_test_sink_get_n_requests (fixture->sink), <, 32);
  bodies = grip_test_sink_dup_bodies (fixture->sink);
  for (guint i = 0; i < bodies->len; i++)
    g_string_append_len (all, g_bytes_get_data (bodies->pdata[i], NULL),
                         g_bytes_get_size (bodies->pdata[i]));
  position = all->str;
  for (guint i = 0; i < 32; i++)
    {
      g_autofree char *content = g_strdup_printf ("<%u>", i);

      position = strstr (position, content);
      g_assert_nonnull (position);
      g_assert_null (strstr (position + 1, content));
    }
}

/* A batch that is refused goes out again in pieces, so that only the bad item fails. */
static void
test_batch_refused (Fixture       *fixture,
                    gconstpointer  data)
{
  Results results = { 0 };

  grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .held = TRUE });
  grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .status = 400, .body = "one is bad" });
  grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .status = 400, .body = "this is bad" });
  publish_async (fixture, &results, 0, NULL);
  g_assert_true (grip_test_sink_wait_requests (fixture->sink, 1, PATIENCE));
  publish_async (fixture, &results, 1, NULL);
  publish_async (fixture, &results, 2, NULL);
  grip_test_sink_release (fixture->sink);
  wait_for (&results);

  g_assert_no_error (results.errors[0]);
  g_assert_error (results.errors[1], GRIP_ERROR, GRIP_ERROR_REJECTED);
  g_assert_nonnull (strstr (results.errors[1]->message, "this is bad"));
  g_assert_no_error (results.errors[2]);
  assert_requests (fixture, 4);
  g_clear_error (&results.errors[1]);
}

/* The one that is under way ends at once, the one that waits is never sent. */
static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(GCancellable) flying = g_cancellable_new ();
  g_autoptr(GCancellable) waiting = g_cancellable_new ();
  Results                 results = { 0 };

  grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .silent = TRUE,
                                                          .end = GRIP_TEST_END_STALL });
  publish_async (fixture, &results, 0, flying);
  g_assert_true (grip_test_sink_wait_requests (fixture->sink, 1, PATIENCE));
  publish_async (fixture, &results, 1, waiting);
  publish_async (fixture, &results, 2, NULL);
  /* In this order: when the first one ends, what waits is sent at once. */
  g_cancellable_cancel (waiting);
  while (results.errors[1] == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (flying);
  wait_for (&results);

  g_assert_error (results.errors[0], G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_error (results.errors[1], G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_no_error (results.errors[2]);
  assert_requests (fixture, 2);
  g_clear_error (&results.errors[0]);
  g_clear_error (&results.errors[1]);
}

static guint
count_retried (Fixture *fixture)
{
  g_autoptr(GripStatistics) statistics = grip_pub_control_get_statistics (fixture->control);

  return grip_statistics_get_n_retried (statistics);
}

/* A request that blocks and was cut off by its time limit leaves nothing behind for the next one. */
static void
test_after_time_limit (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr(GObject) transport = g_list_model_get_item (G_LIST_MODEL (fixture->control), 0);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(GError) cut_off = NULL;
      g_autoptr(GError) error = NULL;
      guint             n_retried;

      g_object_set (transport, "request-timeout", 0.2, NULL);
      grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .silent = TRUE, .end = GRIP_TEST_END_STALL });
      cut_off = publish (fixture, "cut off", NULL);
      /* The sink may see it later than we have given it up, and then the next one would stall. */
      while (grip_test_sink_get_n_pushed (fixture->sink) > 0)
        g_usleep (1000);
      g_object_set (transport, "request-timeout", 60.0, NULL);
      n_retried = count_retried (fixture);
      error = publish (fixture, "next", NULL);
      g_assert_no_error (error);
      g_assert_cmpuint (count_retried (fixture), ==, n_retried);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/retries/authorization", test_authorization);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/http/retries/golden", test_golden);
  ADD ("/http/retries/redirect", test_redirect);
  ADD ("/http/retries/passing-status", test_passing_status);
  ADD ("/http/retries/limit", test_retry_limit);
  ADD ("/http/retries/retry-after", test_retry_after);
  ADD ("/http/retries/unknown", test_unknown);
  ADD ("/http/retries/not-sent", test_not_sent);
  ADD ("/http/retries/batch", test_batch);
  ADD ("/http/retries/batch-refused", test_batch_refused);
  ADD ("/http/retries/cancel", test_cancel);
  ADD ("/http/retries/after-time-limit", test_after_time_limit);
#undef ADD

  return g_test_run ();
}
