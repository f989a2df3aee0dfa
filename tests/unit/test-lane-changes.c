/* test-lane-changes.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "engine-fixture.h"

/* What changes while items are on their way: time limits, how many deliveries there may be at a time, which
 * endpoints there are, and whether they are wanted. */

/* A shorter time limit is for what waits already, too. */
static void
test_shorter_timeout (Fixture       *fixture,
                      gconstpointer  data)
{
  Results results = { 0 };

  grip_pub_control_set_timeout (fixture->control, 86400);
  grip_base_transport_set_ready (GRIP_BASE_TRANSPORT (fixture->mock), FALSE);
  engine_publish (fixture, "a", "1", &results);
  iterate ();
  g_assert_cmpuint (results.pending, ==, 1);

  grip_pub_control_set_timeout (fixture->control, 0.001);
  engine_wait_for (&results);
  g_assert_error (results.last, GRIP_ERROR, GRIP_ERROR_TIMED_OUT);
  g_clear_error (&results.last);
}

/* And for what the transport does not answer. */
static void
test_shorter_timeout_in_flight (Fixture       *fixture,
                                gconstpointer  data)
{
  Results results = { 0 };

  grip_pub_control_set_timeout (fixture->control, 86400);
  mock_transport_script (fixture->mock, MOCK_KEEP, 1);
  engine_publish (fixture, "a", "1", &results);
  iterate ();
  g_assert_cmpuint (mock_transport_get_kept (fixture->mock), ==, 1);

  grip_pub_control_set_timeout (fixture->control, 0.001);
  engine_wait_for (&results);
  g_assert_error (results.last, GRIP_ERROR, GRIP_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (results.last->message, "unknown"));
  g_clear_error (&results.last);
  mock_transport_release (fixture->mock, MOCK_COMPLETE);
}

typedef struct
{
  GripPubControl *control;
  const char     *channels[3];
  GError         *error;
  gboolean        ok;
  int             done;
} Waiter;

static gpointer
publish_and_wait (gpointer data)
{
  Waiter              *waiter = data;
  g_autoptr(GripItem)  item = engine_make_item ("w");

  waiter->ok = grip_pub_control_publish_to_channels (waiter->control, waiter->channels, item, NULL, &waiter->error);
  g_atomic_int_set (&waiter->done, TRUE);
  g_main_context_wakeup (NULL);

  return NULL;
}

static guint
count_queued (GripPubControl *control)
{
  g_autoptr(GripStatistics) statistics = grip_pub_control_get_statistics (control);

  return grip_statistics_get_n_queued (statistics);
}

static void
join (Waiter  *waiter,
      GThread *thread)
{
  while (!g_atomic_int_get (&waiter->done))
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
}

/* And so for a thread that waits for room in the queue: there is some when what has it ends. */
static void
test_shorter_timeout_full (Fixture       *fixture,
                           gconstpointer  data)
{
  Waiter   waiter = { fixture->control, { "a", "b", NULL } };
  GThread *thread;

  grip_pub_control_set_timeout (fixture->control, 86400);
  grip_pub_control_set_max_queue_items (fixture->control, 1);
  mock_transport_set_default (fixture->mock, MOCK_KEEP);
  thread = g_thread_new ("waiter", publish_and_wait, &waiter);
  while (mock_transport_get_kept (fixture->mock) == 0)
    g_main_context_iteration (NULL, TRUE);

  grip_pub_control_set_timeout (fixture->control, 0.001);
  join (&waiter, thread);
  g_assert_false (waiter.ok);
  g_assert_nonnull (strstr (waiter.error->message, "channel 'b'"));
  g_assert_nonnull (strstr (waiter.error->message, "2 of 2 failed"));
  g_clear_error (&waiter.error);
  mock_transport_release (fixture->mock, MOCK_COMPLETE);
}

/* A wider window counts at once, and what is under way already is minded; so does a narrower one. */
static void
test_window (Fixture       *fixture,
             gconstpointer  data)
{
  GripBaseTransport *base = GRIP_BASE_TRANSPORT (fixture->mock);
  Results            results = { 0 };

  grip_base_transport_set_max_batch_items (base, 1);
  mock_transport_set_default (fixture->mock, MOCK_KEEP);
  engine_publish (fixture, "a", "1", &results);
  engine_publish (fixture, "a", "2", &results);
  engine_publish (fixture, "b", "3", &results);
  iterate ();
  g_assert_cmpuint (mock_transport_get_kept (fixture->mock), ==, 1);

  grip_base_transport_set_max_in_flight (base, 3);
  iterate ();
  g_assert_cmpuint (mock_transport_get_kept (fixture->mock), ==, 2);

  grip_base_transport_set_max_in_flight (base, 1);
  engine_publish (fixture, "c", "4", &results);
  mock_transport_release_nth (fixture->mock, 0, MOCK_COMPLETE);
  iterate ();
  engine_assert_log (fixture->mock, "a/1 ");
  g_assert_cmpuint (mock_transport_get_kept (fixture->mock), ==, 1);

  mock_transport_release_nth (fixture->mock, 0, MOCK_COMPLETE);
  mock_transport_set_default (fixture->mock, MOCK_COMPLETE);
  engine_wait_for (&results);
  engine_assert_log (fixture->mock, "a/1 b/3 a/2 c/4 ");
}

/* An endpoint that is removed while an item is on its way to the queues: the item goes to those that are
 * left, and is published. The thread has its list of endpoints when the first of them has the item. */
static void
test_remove (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(MockTransport) full = mock_transport_new ("mock://full");
  Waiter                   waiter = { fixture->control, { "a", NULL } };
  Results                  results = { 0 };
  GThread                 *thread;

  grip_base_transport_set_ready (GRIP_BASE_TRANSPORT (full), FALSE);
  grip_pub_control_add_transport (fixture->control, GRIP_TRANSPORT (full));
  grip_pub_control_set_max_queue_items (fixture->control, 1);
  engine_publish (fixture, "a", "1", &results);
  iterate ();
  engine_assert_log (fixture->mock, "a/1 ");

  thread = g_thread_new ("waiter", publish_and_wait, &waiter);
  while (mock_transport_get_batches (fixture->mock) < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (grip_pub_control_remove_transport (fixture->control, GRIP_TRANSPORT (full)));
  join (&waiter, thread);
  g_assert_no_error (waiter.error);
  g_assert_true (waiter.ok);
  engine_assert_log (fixture->mock, "a/1 a/w ");

  /* What was queued there is still delivered. */
  grip_base_transport_set_ready (GRIP_BASE_TRANSPORT (full), TRUE);
  engine_wait_for (&results);
  engine_assert_log (full, "a/1 ");
  iterate ();
}

/* When none is left the item would be lost: that is told. */
static void
test_remove_last (Fixture       *fixture,
                  gconstpointer  data)
{
  Waiter   waiter = { fixture->control, { "a", "b", NULL } };
  GThread *thread;

  grip_pub_control_set_max_queue_items (fixture->control, 1);
  mock_transport_set_default (fixture->mock, MOCK_KEEP);
  thread = g_thread_new ("waiter", publish_and_wait, &waiter);
  while (mock_transport_get_kept (fixture->mock) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (grip_pub_control_remove_transport (fixture->control, GRIP_TRANSPORT (fixture->mock)));
  mock_transport_release (fixture->mock, MOCK_COMPLETE);
  join (&waiter, thread);
  g_assert_error (waiter.error, GRIP_ERROR, GRIP_ERROR_CLOSED);
  g_assert_nonnull (strstr (waiter.error->message, "1 of 2 failed: channel 'b'"));
  g_clear_error (&waiter.error);
  iterate ();
}

/* A transport is called in its own thread only, also when another publishes while that is busy elsewhere and
 * nobody has the context. */
static void
test_other_thread (Fixture       *fixture,
                   gconstpointer  data)
{
  mock_transport_set_default (fixture->mock, MOCK_KEEP);
  for (guint i = 0; i < 50; i++)
    {
      Waiter   waiter = { fixture->control, { "a", NULL } };
      GThread *thread = g_thread_new ("waiter", publish_and_wait, &waiter);

      while (count_queued (fixture->control) == 0 && !g_atomic_int_get (&waiter.done))
        g_usleep (100);
      while (mock_transport_get_kept (fixture->mock) == 0)
        g_main_context_iteration (NULL, TRUE);
      mock_transport_release (fixture->mock, MOCK_COMPLETE);
      join (&waiter, thread);
      g_assert_no_error (waiter.error);
      g_assert_true (waiter.ok);
    }
}

/* Cancelled when it was handed over: it ends as it would have, whichever way that is. */
static void
test_cancel_in_flight (Fixture       *fixture,
                       gconstpointer  data)
{
  static const MockAnswer answers[] = { MOCK_COMPLETE, MOCK_REFUSED, MOCK_FAIL_UNKNOWN };
  g_autoptr(GripItem)     item = engine_make_item ("1");

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr(GCancellable) cancellable = g_cancellable_new ();
      Results                 results = { .pending = 1 };

      mock_transport_script (fixture->mock, MOCK_KEEP, 1);
      grip_pub_control_publish_async (fixture->control, "a", item, cancellable, engine_published_cb, &results);
      iterate ();
      g_cancellable_cancel (cancellable);
      iterate ();
      g_assert_cmpuint (results.pending, ==, 1);
      mock_transport_release (fixture->mock, answers[i]);
      engine_wait_for (&results);
      if (answers[i] == MOCK_COMPLETE)
        g_assert_no_error (results.last);
      else if (answers[i] == MOCK_REFUSED)
        g_assert_error (results.last, GRIP_ERROR, GRIP_ERROR_REJECTED);
      else
        g_assert_error (results.last, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&results.last);
    }
  engine_assert_log (fixture->mock, "a/1 ");
}

int
main (int   argc,
      char *argv[])
{
  engine_init (&argc, &argv);

#define ADD(name) g_test_add ("/lane/changes/" #name, Fixture, NULL, engine_set_up, test_##name, engine_tear_down)
  ADD (shorter_timeout);
  ADD (shorter_timeout_in_flight);
  ADD (shorter_timeout_full);
  ADD (window);
  ADD (remove);
  ADD (remove_last);
  ADD (other_thread);
  ADD (cancel_in_flight);
#undef ADD

  return g_test_run ();
}
