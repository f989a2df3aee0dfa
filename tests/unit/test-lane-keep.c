/* test-lane-keep.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "engine-fixture.h"

/* A transport that gives the rest of a delivery back, while the first messages are still on their way. */

static void
set_ready (Fixture  *fixture,
           gboolean  ready)
{
  grip_base_transport_set_ready (GRIP_BASE_TRANSPORT (fixture->mock), ready);
}

/* Publishes "a/1" to "a/3", of which the first is kept. */
static void
keep_one (Fixture *fixture,
          Results *first,
          Results *rest)
{
  mock_transport_script (fixture->mock, MOCK_KEEP, 1);
  engine_publish (fixture, "a", "1", first);
  engine_publish (fixture, "a", "2", rest);
  engine_publish (fixture, "a", "3", rest);
  iterate ();
  set_ready (fixture, FALSE);
  mock_transport_keep_first (fixture->mock, 0, 1);
  iterate ();
}

static void
assert_counts (Fixture *fixture,
               guint    n_queued,
               guint    n_in_flight)
{
  g_autoptr(GripStatistics) statistics = grip_pub_control_get_statistics (fixture->control);

  g_assert_cmpuint (grip_statistics_get_n_queued (statistics), ==, n_queued);
  g_assert_cmpuint (grip_statistics_get_n_in_flight (statistics), ==, n_in_flight);
}

static void
test_keep_first (Fixture       *fixture,
                 gconstpointer  data)
{
  Results results = { 0 };

  keep_one (fixture, &results, &results);
  engine_publish (fixture, "a", "4", &results);
  g_assert_cmpuint (results.pending, ==, 4);
  assert_counts (fixture, 3, 1);

  /* The rest waits for the first, though the transport is ready. */
  set_ready (fixture, TRUE);
  iterate ();
  g_assert_cmpuint (mock_transport_get_batches (fixture->mock), ==, 1);

  mock_transport_release (fixture->mock, MOCK_COMPLETE);
  engine_wait_for (&results);
  engine_assert_log (fixture->mock, "a/1 a/2 a/3 a/4 ");
  g_assert_cmpuint (results.succeeded, ==, 4);
  assert_counts (fixture, 0, 0);
}

/* What becomes of the first says nothing of the rest. */
static void
test_keep_first_refused (Fixture       *fixture,
                         gconstpointer  data)
{
  Results results = { 0 };

  keep_one (fixture, &results, &results);
  mock_transport_release (fixture->mock, MOCK_REFUSED);
  iterate ();
  g_assert_cmpuint (results.failed, ==, 1);
  set_ready (fixture, TRUE);
  engine_wait_for (&results);
  engine_assert_log (fixture->mock, "a/2 a/3 ");
  g_assert_cmpuint (results.succeeded, ==, 2);
  g_clear_error (&results.last);
}

/* Each has its own end when time is up. After that nobody asks for them any more. */
static void
test_keep_first_late (Fixture       *fixture,
                      gconstpointer  data)
{
  Results first = { 0 };
  Results rest = { 0 };

  keep_one (fixture, &first, &rest);
  grip_pub_control_set_timeout (fixture->control, 0.05);
  engine_wait_for (&first);
  engine_wait_for (&rest);
  g_assert_cmpuint (first.failed, ==, 1);
  g_assert_nonnull (strstr (first.last->message, ": unknown: "));
  g_assert_cmpuint (rest.failed, ==, 2);
  g_assert_nonnull (strstr (rest.last->message, ": not sent: "));
  g_clear_error (&first.last);
  g_clear_error (&rest.last);

  mock_transport_keep_first (fixture->mock, 0, 1);
  mock_transport_release (fixture->mock, MOCK_COMPLETE);
  assert_counts (fixture, 0, 0);
}

/* It goes to the transport that has taken over, when the first has its answer. */
static void
test_keep_first_swap (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autoptr(MockTransport) other = mock_transport_new ("mock://other");
  Results                  results = { 0 };

  mock_transport_script (fixture->mock, MOCK_KEEP, 1);
  engine_publish (fixture, "a", "1", &results);
  engine_publish (fixture, "a", "2", &results);
  iterate ();
  grip_pub_control_replace_transport (fixture->control, GRIP_TRANSPORT (fixture->mock), GRIP_TRANSPORT (other));
  engine_publish (fixture, "a", "3", &results);
  mock_transport_keep_first (fixture->mock, 0, 1);
  iterate ();
  engine_assert_log (other, "");

  mock_transport_release (fixture->mock, MOCK_COMPLETE);
  engine_wait_for (&results);
  engine_assert_log (fixture->mock, "a/1 ");
  engine_assert_log (other, "a/2 a/3 ");
  g_assert_cmpuint (results.succeeded, ==, 3);
}

/* With several deliveries at a time its channel is free again, and that of the first is not. */
static void
test_keep_first_window (Fixture       *fixture,
                        gconstpointer  data)
{
  GripBaseTransport *base = GRIP_BASE_TRANSPORT (fixture->mock);
  Results            results = { 0 };

  grip_base_transport_set_max_in_flight (base, 4);
  grip_base_transport_set_max_batch_items (base, 2);
  mock_transport_script (fixture->mock, MOCK_KEEP, 1);
  engine_publish (fixture, "a", "1", &results);
  engine_publish (fixture, "b", "2", &results);
  iterate ();
  mock_transport_keep_first (fixture->mock, 0, 1);
  engine_publish (fixture, "a", "3", &results);
  engine_publish (fixture, "b", "4", &results);
  iterate ();
  engine_assert_log (fixture->mock, "b/2 b/4 ");

  mock_transport_release (fixture->mock, MOCK_COMPLETE);
  engine_wait_for (&results);
  engine_assert_log (fixture->mock, "b/2 b/4 a/1 a/3 ");
}

int
main (int    argc,
      char **argv)
{
  engine_init (&argc, &argv);

  ENGINE_TEST (keep_first);
  ENGINE_TEST (keep_first_refused);
  ENGINE_TEST (keep_first_late);
  ENGINE_TEST (keep_first_swap);
  ENGINE_TEST (keep_first_window);

  return g_test_run ();
}
