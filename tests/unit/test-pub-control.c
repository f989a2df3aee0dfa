/* test-pub-control.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libgrip/grip-statistics-private.h>

#include "engine-fixture.h"

static void
test_no_endpoint (void)
{
  g_autoptr(GripPubControl) control = grip_pub_control_new ();
  g_autoptr(GripItem)       item = engine_make_item (NULL);
  g_autoptr(GError)         error = NULL;

  g_assert_false (grip_pub_control_publish (control, "c", item, NULL, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_NO_ENDPOINT);
}

static void
test_bad_channel (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr(GripItem) item = engine_make_item (NULL);
  g_autoptr(GError)   error = NULL;

  g_assert_false (grip_pub_control_publish (fixture->control, "", item, NULL, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
  g_clear_error (&error);
  g_assert_false (grip_pub_control_publish (fixture->control, "a\xff", item, NULL, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
  g_assert_nonnull (strstr (error->message, "'channel' is not UTF-8 at byte 1"));
  engine_assert_log (fixture->mock, "");
}

static void
test_batch (Fixture       *fixture,
            gconstpointer  data)
{
  Results results = { 0 };

  engine_publish (fixture, "a", "1", &results);
  engine_publish (fixture, "b", "2", &results);
  engine_publish (fixture, "a", "3", &results);
  engine_wait_for (&results);

  g_assert_cmpuint (results.succeeded, ==, 3);
  g_assert_cmpuint (mock_transport_get_batches (fixture->mock), ==, 1);
  engine_assert_log (fixture->mock, "a/1 b/2 a/3 ");
}

static void
test_sync_own_context (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr(GripItem)       item = engine_make_item ("1");
  g_autoptr(GripStatistics) statistics = NULL;
  g_autoptr(GError)         error = NULL;

  g_assert_true (grip_pub_control_publish (fixture->control, "c", item, NULL, &error));
  g_assert_no_error (error);
  engine_assert_log (fixture->mock, "c/1 ");

  /* One that does not answer at once: an error, never a deadlock. */
  mock_transport_script (fixture->mock, MOCK_KEEP, 1);
  g_assert_false (grip_pub_control_publish (fixture->control, "c", item, NULL, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "asynchronous form"));

  /* What has been told is not told and not counted again. */
  mock_transport_release (fixture->mock, MOCK_COMPLETE);
  statistics = grip_pub_control_get_statistics (fixture->control);
  g_assert_cmpuint (grip_statistics_get_n_in_flight (statistics), ==, 0);
  g_assert_cmpuint (grip_statistics_get_n_sent (statistics), ==, 1);
  g_assert_cmpuint (grip_statistics_get_n_failed (statistics), ==, 1);
}

static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  Results results = { 0 };

  mock_transport_script (fixture->mock, MOCK_REFUSED, 1);
  engine_publish (fixture, "c", "1", &results);
  engine_wait_for (&results);

  g_assert_error (results.last, GRIP_ERROR, GRIP_ERROR_REJECTED);
  g_assert_cmpstr (results.last->message, ==, "channel 'c' at mock://one: refused: mock: rejected");
  g_assert_cmpuint (mock_transport_get_batches (fixture->mock), ==, 1);
  g_clear_error (&results.last);
}

static void
test_retry_not_sent (Fixture       *fixture,
                     gconstpointer  data)
{
  Results results = { 0 };

  mock_transport_script (fixture->mock, MOCK_FAIL_NOT_SENT, 1);
  mock_transport_script (fixture->mock, MOCK_DEFER, 1);
  engine_publish (fixture, "c", NULL, &results);
  engine_publish (fixture, "c", "2", &results);
  engine_wait_for (&results);

  g_assert_cmpuint (results.succeeded, ==, 2);
  engine_assert_log (fixture->mock, "c/- c/2 ");
}

/* What may have been published is tried again only with an id. */
static void
test_retry_unknown (Fixture       *fixture,
                    gconstpointer  data)
{
  Results results = { 0 };

  mock_transport_script (fixture->mock, MOCK_FAIL_UNKNOWN, 1);
  engine_publish (fixture, "c", "1", &results);
  engine_publish (fixture, "c", NULL, &results);
  engine_publish (fixture, "c", "3", &results);
  engine_wait_for (&results);

  g_assert_cmpuint (results.succeeded, ==, 2);
  g_assert_cmpuint (results.failed, ==, 1);
  engine_assert_log (fixture->mock, "c/1 c/3 ");
  g_clear_error (&results.last);
}

static void
test_retry_limit (Fixture       *fixture,
                  gconstpointer  data)
{
  Results results = { 0 };

  grip_pub_control_set_retry_limit (fixture->control, 1);
  mock_transport_set_default (fixture->mock, MOCK_FAIL_NOT_SENT);
  engine_publish (fixture, "c", "1", &results);
  engine_wait_for (&results);

  g_assert_error (results.last, GRIP_ERROR, GRIP_ERROR_NOT_CONNECTED);
  g_assert_nonnull (strstr (results.last->message, "not sent"));
  g_assert_cmpuint (mock_transport_get_batches (fixture->mock), ==, 2);
  g_clear_error (&results.last);
}

static void
test_deadline (Fixture       *fixture,
               gconstpointer  data)
{
  Results results = { 0 };

  grip_pub_control_set_timeout (fixture->control, 0.3);
  mock_transport_set_default (fixture->mock, MOCK_FAIL_NOT_SENT);
  engine_publish (fixture, "c", "1", &results);
  engine_wait_for (&results);

  g_assert_nonnull (results.last);
  g_assert_nonnull (strstr (results.last->message, "not sent"));
  g_clear_error (&results.last);
}

static void
test_poison (Fixture       *fixture,
             gconstpointer  data)
{
  Results good = { 0 };
  Results bad = { 0 };

  mock_transport_set_default (fixture->mock, MOCK_REFUSE_BAD);
  for (guint i = 0; i < 20; i++)
    {
      char id[8];

      g_snprintf (id, sizeof id, "%u", i);
      engine_publish (fixture, i == 13 ? "bad" : "c", id, i == 13 ? &bad : &good);
    }
  engine_wait_for (&good);
  engine_wait_for (&bad);

  g_assert_cmpuint (good.succeeded, ==, 19);
  g_assert_error (bad.last, GRIP_ERROR, GRIP_ERROR_REJECTED);
  engine_assert_log (fixture->mock, "c/0 c/1 c/2 c/3 c/4 c/5 c/6 c/7 c/8 c/9 c/10 c/11 c/12 "
                             "c/14 c/15 c/16 c/17 c/18 c/19 ");
  g_clear_error (&bad.last);
}

static void
test_fail_message (Fixture       *fixture,
                   gconstpointer  data)
{
  Results results = { 0 };

  mock_transport_set_default (fixture->mock, MOCK_FAIL_SECOND);
  engine_publish (fixture, "c", "1", &results);
  engine_publish (fixture, "c", "2", &results);
  engine_publish (fixture, "c", "3", &results);
  engine_wait_for (&results);

  g_assert_cmpuint (results.succeeded, ==, 2);
  g_assert_cmpuint (results.failed, ==, 1);
  engine_assert_log (fixture->mock, "c/1 c/3 ");
  g_clear_error (&results.last);
}

static void
test_dropped (Fixture       *fixture,
              gconstpointer  data)
{
  Results results = { 0 };

  mock_transport_script (fixture->mock, MOCK_DROP, 1);
  engine_publish (fixture, "c", NULL, &results);
  engine_wait_for (&results);

  g_assert_error (results.last, GRIP_ERROR, GRIP_ERROR_FAILED);
  g_assert_nonnull (strstr (results.last->message, "unknown: the transport dropped the delivery"));
  g_clear_error (&results.last);
}

static void
test_answered_twice (void)
{
  if (g_test_subprocess ())
    {
      Fixture fixture = { NULL };
      Results results = { 0 };

      engine_set_up (&fixture, NULL);
      mock_transport_script (fixture.mock, MOCK_TWICE, 1);
      engine_publish (&fixture, "c", NULL, &results);
      engine_wait_for (&results);
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*answered twice*");
}

/* GLib registers a type with interfaces safely only while no other thread is at work. */
static void
test_types (void)
{
  static const char *const names[] = { "GTask", "GSocket", "GInetSocketAddress", "GProxyAddress", "GNetworkAddress",
                                       "GMemoryInputStream" };

  if (g_test_subprocess ())
    {
      g_autoptr(GripPubControl) control = grip_pub_control_new ();

      for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        if (g_type_from_name (names[i]) == 0)
          g_error ("%s is not there", names[i]);
      return;
    }

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

static void
test_overdue (Fixture       *fixture,
              gconstpointer  data)
{
  Results first = { 0 };
  Results second = { 0 };

  double  patience = grip_pub_control_get_timeout (fixture->control);

  mock_transport_script (fixture->mock, MOCK_KEEP, 1);
  engine_publish (fixture, "c", NULL, &first);
  while (mock_transport_get_kept (fixture->mock) == 0)
    g_main_context_iteration (NULL, TRUE);
  grip_pub_control_set_timeout (fixture->control, 0.2);
  engine_wait_for (&first);
  grip_pub_control_set_timeout (fixture->control, patience);
  g_assert_error (first.last, GRIP_ERROR, GRIP_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (first.last->message, "unknown"));
  g_clear_error (&first.last);

  /* The lane goes on, and a late answer is ignored. */
  engine_publish (fixture, "c", "2", &second);
  engine_wait_for (&second);
  g_assert_cmpuint (second.succeeded, ==, 1);
  mock_transport_release (fixture->mock, MOCK_REFUSED);
  engine_assert_log (fixture->mock, "c/2 ");
}

static void
test_queue_full (Fixture       *fixture,
                 gconstpointer  data)
{
  Results results = { 0 };
  Results over = { 0 };

  grip_pub_control_set_max_queue_items (fixture->control, 2);
  engine_publish (fixture, "c", "1", &results);
  engine_publish (fixture, "c", "2", &results);
  engine_publish (fixture, "c", "3", &over);
  engine_wait_for (&results);
  engine_wait_for (&over);

  g_assert_cmpuint (results.succeeded, ==, 2);
  g_assert_error (over.last, GRIP_ERROR, GRIP_ERROR_QUEUE_FULL);
  g_clear_error (&over.last);

  engine_publish (fixture, "c", "4", &results);
  engine_wait_for (&results);
  g_assert_cmpuint (results.succeeded, ==, 3);

  grip_pub_control_set_max_queue_bytes (fixture->control, 100);
  engine_publish (fixture, "c", "5", &results);
  engine_publish (fixture, "c", "6", &over);
  engine_wait_for (&results);
  engine_wait_for (&over);
  g_assert_error (over.last, GRIP_ERROR, GRIP_ERROR_QUEUE_FULL);
  g_clear_error (&over.last);
}

static void
test_too_large (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr(GripItem) item = engine_make_item ("1");
  g_autoptr(GError)   error = NULL;

  grip_base_transport_set_max_batch_bytes (GRIP_BASE_TRANSPORT (fixture->mock), 50);
  g_assert_false (grip_pub_control_publish (fixture->control, "c", item, NULL, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE);
  g_assert_cmpuint (mock_transport_get_batches (fixture->mock), ==, 0);
}

static void
test_batch_limits (Fixture       *fixture,
                   gconstpointer  data)
{
  Results results = { 0 };

  grip_base_transport_set_max_batch_items (GRIP_BASE_TRANSPORT (fixture->mock), 2);
  for (guint i = 0; i < 5; i++)
    engine_publish (fixture, "c", NULL, &results);
  engine_wait_for (&results);
  g_assert_cmpuint (mock_transport_get_batches (fixture->mock), ==, 3);

  /* One encoded item has 69 bytes, two and what is around them 151. */
  grip_base_transport_set_max_batch_items (GRIP_BASE_TRANSPORT (fixture->mock), 0);
  grip_base_transport_set_max_batch_bytes (GRIP_BASE_TRANSPORT (fixture->mock), 160);
  for (guint i = 0; i < 4; i++)
    engine_publish (fixture, "c", NULL, &results);
  engine_wait_for (&results);
  g_assert_cmpuint (mock_transport_get_batches (fixture->mock), ==, 5);
}

static void
test_two_endpoints (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr(MockTransport) second = mock_transport_new ("mock://two");
  g_autoptr(MockTransport) third = mock_transport_new ("mock://three");
  Results                  results = { 0 };

  grip_pub_control_add_transport (fixture->control, GRIP_TRANSPORT (second));
  grip_pub_control_add_transport (fixture->control, GRIP_TRANSPORT (third));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->control)), ==, 3);
  mock_transport_set_default (second, MOCK_REFUSED);
  mock_transport_set_default (third, MOCK_FAIL_UNKNOWN);

  engine_publish (fixture, "c", NULL, &results);
  engine_wait_for (&results);

  g_assert_cmpuint (results.failed, ==, 1);
  g_assert_nonnull (strstr (results.last->message, "2 of 3 failed"));
  g_assert_nonnull (strstr (results.last->message, "mock://two: refused"));
  g_assert_nonnull (strstr (results.last->message, "mock://three: unknown"));
  g_assert_null (strstr (results.last->message, "mock://one"));
  engine_assert_log (fixture->mock, "c/- ");
  g_clear_error (&results.last);

  grip_pub_control_remove_all_transports (fixture->control);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->control)), ==, 0);
  iterate ();
}

static void
test_channels (Fixture       *fixture,
               gconstpointer  data)
{
  const char *const   channels[] = { "a", "b", "c", NULL };
  const char *const   none[] = { NULL };
  g_autoptr(GripItem) item = engine_make_item ("1");
  g_autoptr(GError)   error = NULL;

  grip_pub_control_set_prefix (fixture->control, "p-");
  g_assert_true (grip_pub_control_publish_to_channels (fixture->control, channels, item, NULL, &error));
  g_assert_no_error (error);
  engine_assert_log (fixture->mock, "p-a/1 p-b/1 p-c/1 ");
  g_assert_false (grip_pub_control_publish_to_channels (fixture->control, none, item, NULL, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
}

static void
test_cancel_queued (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GripItem)     item = engine_make_item ("2");
  Results                 first = { 0 };
  Results                 cancelled = { 0 };

  mock_transport_script (fixture->mock, MOCK_KEEP, 1);
  engine_publish (fixture, "c", "1", &first);
  while (mock_transport_get_kept (fixture->mock) == 0)
    g_main_context_iteration (NULL, TRUE);

  cancelled.pending = 1;
  grip_pub_control_publish_async (fixture->control, "c", item, cancellable, engine_published_cb, &cancelled);
  g_cancellable_cancel (cancellable);
  engine_wait_for (&cancelled);
  g_assert_error (cancelled.last, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_nonnull (strstr (cancelled.last->message, "not sent"));
  g_clear_error (&cancelled.last);

  mock_transport_release (fixture->mock, MOCK_COMPLETE);
  engine_wait_for (&first);
  engine_assert_log (fixture->mock, "c/1 ");
}

/* A delivered item is never reported as cancelled. */
static void
test_cancel_in_flight (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GripItem)     item = engine_make_item ("1");
  Results                 results = { .pending = 1 };

  mock_transport_script (fixture->mock, MOCK_KEEP, 1);
  grip_pub_control_publish_async (fixture->control, "c", item, cancellable, engine_published_cb, &results);
  while (mock_transport_get_kept (fixture->mock) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  mock_transport_release (fixture->mock, MOCK_COMPLETE);
  engine_wait_for (&results);
  g_assert_cmpuint (results.succeeded, ==, 1);

  results.pending = 1;
  grip_pub_control_publish_async (fixture->control, "c", item, cancellable, engine_published_cb, &results);
  engine_wait_for (&results);
  g_assert_error (results.last, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&results.last);
}

/* Who hears of every change hears of that of the statistics. */
static void
test_watched (Fixture       *fixture,
              gconstpointer  data)
{
  static const char *const  signals[] = { "failed", "notify::timeout", "notify::statistics", "notify" };
  GObject                  *control = G_OBJECT (fixture->control);

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      gulong id = g_signal_connect (control, signals[i], G_CALLBACK (g_object_unref), NULL);

      g_assert_cmpint (grip_statistics_are_watched (control), ==, i >= 2);
      g_signal_handler_disconnect (control, id);
    }
}

int
main (int   argc,
      char *argv[])
{
  engine_init (&argc, &argv);

  g_test_add_func ("/pub-control/no_endpoint", test_no_endpoint);
  ENGINE_TEST (bad_channel);
  ENGINE_TEST (batch);
  ENGINE_TEST (sync_own_context);
  ENGINE_TEST (refused);
  ENGINE_TEST (retry_not_sent);
  ENGINE_TEST (retry_unknown);
  ENGINE_TEST (retry_limit);
  ENGINE_TEST (deadline);
  ENGINE_TEST (poison);
  ENGINE_TEST (fail_message);
  ENGINE_TEST (dropped);
  g_test_add_func ("/pub-control/answered_twice", test_answered_twice);
  g_test_add_func ("/pub-control/types", test_types);
  ENGINE_TEST (overdue);
  ENGINE_TEST (queue_full);
  ENGINE_TEST (too_large);
  ENGINE_TEST (batch_limits);
  ENGINE_TEST (two_endpoints);
  ENGINE_TEST (channels);
  ENGINE_TEST (cancel_queued);
  ENGINE_TEST (cancel_in_flight);
  ENGINE_TEST (watched);

  return g_test_run ();
}
