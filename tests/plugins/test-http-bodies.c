/* test-http-bodies.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "bodies-fixture.h"

/* Bodies of all sizes, byte for byte, and whether they were written straight into their connection. Without
 * an argument in plain; with "tls" over that. */

/* More than the buffers of a connection take while nobody reads. */
#define ENDLESS (16 * 1024 * 1024)

static gboolean is_async;
static gboolean over_tls;

static void
check_sizes (const gsize *sizes,
             guint        n_sizes)
{
  Fixture fixture;

  bodies_set_up (&fixture);
  bodies_publish_all (&fixture, is_async, sizes, n_sizes);
  bodies_assert_arrived (&fixture);
  bodies_tear_down (&fixture);
}

static void
test_one (void)
{
  static const gsize sizes[] = { 0, 8191, 8192, 8193, 64 * 1024, 64 * 1024 + 1, 999988 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    check_sizes (&sizes[i], 1);
}

/* Around the size from which on a message is a part of its own. */
static void
test_around_large (void)
{
  gsize sizes[40];

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    sizes[i] = 8192 - 20 + i;
  check_sizes (sizes, G_N_ELEMENTS (sizes));
}

static void
test_mixture (void)
{
  gsize sizes[150];
  guint n_sizes = is_async ? G_N_ELEMENTS (sizes) : 20;

  for (guint i = 0; i < n_sizes; i++)
    sizes[i] = g_test_rand_bit () ? g_test_rand_int_range (0, 500) : g_test_rand_int_range (6000, 90000);
  check_sizes (sizes, n_sizes);
}

/* More parts than are written at once. */
static void
test_many_parts (void)
{
  Fixture fixture;
  gsize   sizes[400];

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    sizes[i] = i % 2 == 0 ? 100 : 8192;
  bodies_set_up (&fixture);
  grip_base_transport_set_max_batch_bytes (bodies_get_transport (&fixture), 0);
  bodies_publish_all (&fixture, is_async, sizes, G_N_ELEMENTS (sizes));
  bodies_assert_arrived (&fixture);
  bodies_tear_down (&fixture);
}

/* One connection is used again and again. */
static void
test_kept (void)
{
  static const gsize sizes[] = { 100, 100000, 100, 8192, 500000, 0 };
  Fixture            fixture;

  bodies_set_up (&fixture);
  for (guint i = 0; i < 4 * G_N_ELEMENTS (sizes); i++)
    bodies_publish_all (&fixture, is_async, &sizes[i % G_N_ELEMENTS (sizes)], 1);
  bodies_assert_arrived (&fixture);
  if (fixture.sink != NULL)
    g_assert_cmpuint (grip_test_sink_get_n_connections (fixture.sink), ==, 1);
  bodies_tear_down (&fixture);
}

/* Another call has opened the connection. */
static void
test_after_a_call (void)
{
  static const gsize       sizes[] = { 100000 };
  g_autoptr(GAsyncResult)  result = NULL;
  g_autoptr(GBytes)        reply = NULL;
  g_autoptr(GError)        error = NULL;
  Fixture                  fixture;

  bodies_set_up (&fixture);
  grip_http_control_call_async (GRIP_HTTP_CONTROL (bodies_get_transport (&fixture)), "GET", "", NULL, NULL, NULL,
                                bodies_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  reply = grip_http_control_call_finish (GRIP_HTTP_CONTROL (bodies_get_transport (&fixture)), result, NULL, &error);
  g_assert_no_error (error);
  grip_test_sink_forget (fixture.sink);

  bodies_publish_all (&fixture, is_async, sizes, 1);
  bodies_assert_arrived (&fixture);
  bodies_tear_down (&fixture);
}

#define N_THREADS 4

static gpointer
publish_thread (gpointer data)
{
  g_autofree char *channel = g_strdup_printf ("thread %p", (void *) g_thread_self ());

  for (guint i = 0; i < 10; i++)
    bodies_publish_sized (data, channel, i % 3 == 0 ? 70000 : 100, NULL);

  return NULL;
}

/* Calls that block, in several threads, beside the worker: all with one session. */
static void
test_threads (void)
{
  Fixture  fixture;
  GThread *threads[N_THREADS];
  guint    pending = 0;

  bodies_set_up (&fixture);
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("publish", publish_thread, &fixture);
  for (guint i = 0; i < 100; i++)
    bodies_publish_sized (&fixture, i % 2 == 0 ? "one" : "two", i % 3 == 0 ? 70000 : 100, &pending);
  bodies_wait_for (&pending);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  bodies_assert_arrived (&fixture);
  bodies_tear_down (&fixture);
}

/* The server has read a part of the body, and what it does then. */

static GError *
publish_large (Fixture      *fixture,
               gsize         size,
               GCancellable *cancellable)
{
  g_autoptr(GripItem)      item = bodies_make_sized_item ("c", size);
  g_autoptr(GAsyncResult)  result = NULL;
  GError                  *error = NULL;

  if (!is_async)
    {
      grip_pub_control_publish (fixture->control, "c", item, cancellable, &error);
      return error;
    }

  grip_pub_control_publish_async (fixture->control, "c", item, cancellable, bodies_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  grip_pub_control_publish_finish (fixture->control, result, &error);

  return error;
}

static void
assert_fate (GError     *error,
             GQuark      domain,
             int         code,
             const char *fate)
{
  g_assert_error (error, domain, code);
  g_assert_nonnull (strstr (error->message, fate));
}

/* It goes away, with more to read. */
static void
test_broken_off (void)
{
  static const GripTestEnd ends[] = { GRIP_TEST_END_DROP, GRIP_TEST_END_RESET };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      const GripTestAnswer answer = { .read = 20000, .silent = TRUE, .end = ends[i] };
      g_autoptr(GError)    error = NULL;
      Fixture              fixture;

      bodies_set_up (&fixture);
      grip_test_sink_push (fixture.sink, &answer);
      error = publish_large (&fixture, 900000, NULL);
      assert_fate (error, GRIP_ERROR, GRIP_ERROR_NOT_CONNECTED, ": unknown: ");
      bodies_tear_down (&fixture);
    }
}

/* It says no before it has seen all, and then reads the rest. */
static void
test_refused_early (void)
{
  g_autoptr(GError) error = NULL;
  Fixture           fixture;

  bodies_set_up (&fixture);
  grip_test_sink_push (fixture.sink, &(GripTestAnswer) { .read = 20000, .status = 413 });
  error = publish_large (&fixture, 900000, NULL);
  assert_fate (error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE, ": refused: ");
  bodies_tear_down (&fixture);
}

/* It says why, and goes away with more to read: what it said comes before the end. */
static void
test_told_why (void)
{
  static const GripTestEnd ends[] = { GRIP_TEST_END_CLOSE, GRIP_TEST_END_RESET };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      const GripTestAnswer answer = { .read = 20000, .status = 403, .end = ends[i] };
      g_autoptr(GError)    error = NULL;
      Fixture              fixture;

      bodies_set_up (&fixture);
      grip_base_transport_set_max_batch_bytes (bodies_get_transport (&fixture), 0);
      grip_test_sink_push (fixture.sink, &answer);
      error = publish_large (&fixture, ENDLESS, NULL);
      assert_fate (error, GRIP_ERROR, GRIP_ERROR_UNAUTHORIZED, ": refused: status 403");
      bodies_tear_down (&fixture);
    }
}

/* FALSE when the time was over before a byte of the body was sent, as may be on a busy machine. */
static gboolean
times_out (double seconds)
{
  g_autoptr(GError) error = NULL;
  Fixture           fixture;
  gboolean          was_sent;

  bodies_set_up (&fixture);
  grip_base_transport_set_max_batch_bytes (bodies_get_transport (&fixture), 0);
  g_object_set (bodies_get_transport (&fixture), "request-timeout", seconds, NULL);
  grip_test_sink_push (fixture.sink, &(GripTestAnswer) { .read = 20000, .silent = TRUE, .end = GRIP_TEST_END_STALL });
  error = publish_large (&fixture, ENDLESS, NULL);
  was_sent = bodies_get_n_direct () > 0;
  assert_fate (error, GRIP_ERROR, GRIP_ERROR_TIMED_OUT, was_sent ? ": unknown: " : ": not sent: ");
  bodies_tear_down (&fixture);

  return was_sent;
}

static void
test_time_limit (void)
{
  for (double seconds = 0.3; !times_out (seconds); seconds *= 2)
    g_assert_cmpfloat (seconds, <, 60);
}

static gpointer
cancel_thread (gpointer data)
{
  gpointer *pair = data;

  g_assert_true (grip_test_sink_wait_requests (pair[0], 1, 60000));
  g_cancellable_cancel (pair[1]);

  return NULL;
}

static void
test_cancelled (void)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError)       error = NULL;
  g_autoptr(GError)       next = NULL;
  Fixture                 fixture;
  gpointer                pair[2];
  GThread                *thread;

  bodies_set_up (&fixture);
  grip_base_transport_set_max_batch_bytes (bodies_get_transport (&fixture), 0);
  grip_test_sink_push (fixture.sink, &(GripTestAnswer) { .read = 20000, .silent = TRUE, .end = GRIP_TEST_END_STALL });
  pair[0] = fixture.sink;
  pair[1] = cancellable;
  thread = g_thread_new ("cancel", cancel_thread, pair);
  error = publish_large (&fixture, ENDLESS, cancellable);
  g_thread_join (thread);
  assert_fate (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, ": unknown: ");

  /* What is left of it stands in nobody's way. */
  next = publish_large (&fixture, 100000, NULL);
  g_assert_no_error (next);
  bodies_tear_down (&fixture);
}

/* A batch over the limit of the proxy, which says so by going away: it is split, and its messages are good. What
 * has not gone out whole cannot have been published. */
static void
test_batch_too_large (void)
{
  Fixture fixture;
  guint   pending = 0;

  bodies_set_up (&fixture);
  grip_base_transport_set_max_batch_bytes (bodies_get_transport (&fixture), 0);
  grip_base_transport_set_max_in_flight (bodies_get_transport (&fixture), 1);
  grip_test_sink_push (fixture.sink, &(GripTestAnswer) { .held = TRUE });
  grip_test_sink_push (fixture.sink, &(GripTestAnswer) { .read = 20000, .silent = TRUE, .end = GRIP_TEST_END_RESET });
  bodies_publish_sized (&fixture, "c", 100, &pending);
  g_assert_true (grip_test_sink_wait_requests (fixture.sink, 1, 60000));
  for (guint i = 0; i < 30; i++)
    bodies_publish_sized (&fixture, "c", 600000, &pending);
  grip_test_sink_release (fixture.sink);
  bodies_wait_for (&pending);
  bodies_tear_down (&fixture);
}

typedef struct
{
  const char *name;
  void      (*func) (void);
  gboolean    is_async;         /* only so */
  gboolean    is_plain;         /* only so */
} Case;

static const Case cases[] = {
  { "one", test_one },
  { "around-large", test_around_large },
  { "mixture", test_mixture },
  { "many-parts", test_many_parts, TRUE },
  { "kept", test_kept },
  { "threads", test_threads, TRUE },
  { "after-a-call", test_after_a_call, TRUE, TRUE },
  { "broken-off", test_broken_off, FALSE, TRUE },
  { "refused-early", test_refused_early, FALSE, TRUE },
  { "told-why", test_told_why, FALSE, TRUE },
  { "batch-too-large", test_batch_too_large, TRUE, TRUE },
  { "time-limit", test_time_limit, FALSE, TRUE },
  { "cancelled", test_cancelled, FALSE, TRUE },
};

static void
run_sync (gconstpointer data)
{
  is_async = FALSE;
  ((const Case *) data)->func ();
}

static void
run_async (gconstpointer data)
{
  is_async = TRUE;
  ((const Case *) data)->func ();
}

/* The hook of LeakSanitizer: gcc 12's crashes when it looks through the thread-local memory of GnuTLS. */
int __lsan_is_turned_off (void);

int
__lsan_is_turned_off (void)
{
  return over_tls;
}

int
main (int    argc,
      char **argv)
{
  int status;

  over_tls = argc > 1 && g_str_equal (argv[argc - 1], "tls");
  if (over_tls)
    argv[--argc] = NULL;
  g_test_init (&argc, &argv, NULL);
  bodies_begin (over_tls);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *sync = g_strconcat ("/http-bodies/sync/", cases[i].name, NULL);
      g_autofree char *async = g_strconcat ("/http-bodies/async/", cases[i].name, NULL);

      if (over_tls && cases[i].is_plain)
        continue;
      if (!cases[i].is_async)
        g_test_add_data_func (sync, &cases[i], run_sync);
      g_test_add_data_func (async, &cases[i], run_async);
    }

  status = g_test_run ();
  bodies_end ();

  return status;
}
