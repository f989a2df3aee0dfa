/* test-lane-backoff.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <dlfcn.h>
#include <string.h>
#include <time.h>

#include "engine-fixture.h"

/* When a lane tries again, with a clock and dice of the test's own: the program takes the place of some
 * functions of GLib and of the C library, for the core that is linked into it. Nothing is waited for. */

static gint64   clock_now = 1000 * G_USEC_PER_SEC;
static double   dice = 1.0;
static GSource *source;
static gint64   source_time;

gint64
g_get_monotonic_time (void)
{
  return clock_now;
}

/* The core's other clock. */
int
clock_gettime (clockid_t        which,
               struct timespec *time)
{
  int (*real) (clockid_t, struct timespec *) = (int (*) (clockid_t, struct timespec *)) dlsym (RTLD_NEXT, "clock_gettime");

  if (which != CLOCK_MONOTONIC_COARSE)
    return real (which, time);

  *time = (struct timespec) { clock_now / G_USEC_PER_SEC, clock_now % G_USEC_PER_SEC * 1000 };

  return 0;
}

/* Full jitter: nearly nothing to all of it. */
double
g_random_double_range (double begin,
                       double end)
{
  g_assert_cmpfloat (begin, <=, 0.1);
  g_assert_cmpfloat (end, ==, 1.0);

  return dice;
}

static void
set_real_ready_time (GSource *which,
                     gint64   time)
{
  void (*real) (GSource *, gint64) = (void (*) (GSource *, gint64)) dlsym (RTLD_NEXT, "g_source_set_ready_time");

  real (which, time);
}

void
g_source_set_ready_time (GSource *which,
                         gint64   time)
{
  if (g_strcmp0 (g_source_get_name (which), "GripLane") != 0)
    {
      set_real_ready_time (which, time);
      return;
    }

  source = which;
  source_time = time;
  set_real_ready_time (which, time >= 0 && time <= clock_now ? 0 : -1);
}

/* An endpoint on loopback: for another one the network would be looked at. */
static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->control = grip_pub_control_new ();
  fixture->mock = mock_transport_new ("mock://127.0.0.1");
  grip_pub_control_add_transport (fixture->control, GRIP_TRANSPORT (fixture->mock));
}

/* Returns: how long the lane has waited, in milliseconds */
static gint64
pass_time (void)
{
  gint64 wait = source_time - clock_now;

  g_assert_cmpint (wait, >, 0);
  clock_now = source_time;
  set_real_ready_time (source, 0);
  iterate ();

  return wait / 1000;
}

/* Twice as long each time, up to five seconds; and from the start when something was accepted. */
static void
test_backoff (Fixture       *fixture,
              gconstpointer  data)
{
  static const gint64 waits[] = { 100, 200, 400, 800, 1600, 3200, 5000, 5000 };
  Results             results = { 0 };

  for (guint round = 0; round < 2; round++)
    {
      dice = round == 0 ? 1.0 : 0.5;
      mock_transport_script (fixture->mock, MOCK_FAIL_NOT_SENT, G_N_ELEMENTS (waits));
      engine_publish (fixture, "a", "1", &results);
      iterate ();
      for (guint i = 0; i < G_N_ELEMENTS (waits); i++)
        {
          g_assert_cmpuint (results.pending, ==, 1);
          g_assert_cmpint (pass_time (), ==, (gint64) (waits[i] * dice));
        }
      g_assert_cmpuint (results.succeeded, ==, round + 1);
    }
}

/* No try that would come too late is waited for. */
static void
test_time_limit (Fixture       *fixture,
                 gconstpointer  data)
{
  Results results = { 0 };

  dice = 1.0;
  grip_pub_control_set_timeout (fixture->control, 3);
  mock_transport_set_default (fixture->mock, MOCK_FAIL_NOT_SENT);
  engine_publish (fixture, "a", "1", &results);
  iterate ();
  while (results.pending > 0)
    pass_time ();
  g_assert_cmpuint (results.failed, ==, 1);
  g_assert_nonnull (strstr (results.last->message, "not sent"));
  g_assert_cmpuint (mock_transport_get_batches (fixture->mock), ==, 5);
  g_clear_error (&results.last);
}

/* What may have been published is tried again as long as a proxy remembers its id, whatever the time limit. */
static void
test_id_memory (Fixture       *fixture,
                gconstpointer  data)
{
  Results results = { 0 };

  grip_pub_control_set_timeout (fixture->control, 3600);
  mock_transport_set_default (fixture->mock, MOCK_KEEP);
  engine_publish (fixture, "a", "1", &results);
  iterate ();
  clock_now += 50 * G_USEC_PER_SEC;
  mock_transport_release (fixture->mock, MOCK_FAIL_UNKNOWN);
  iterate ();
  g_assert_cmpuint (results.pending, ==, 1);
  pass_time ();
  g_assert_cmpuint (mock_transport_get_kept (fixture->mock), ==, 1);

  clock_now += 10 * G_USEC_PER_SEC;
  mock_transport_release (fixture->mock, MOCK_FAIL_UNKNOWN);
  iterate ();
  g_assert_cmpuint (results.pending, ==, 0);
  g_assert_nonnull (strstr (results.last->message, "unknown"));
  g_clear_error (&results.last);
}

int
main (int   argc,
      char *argv[])
{
  engine_init (&argc, &argv);

#define ADD(name) g_test_add ("/lane/backoff/" #name, Fixture, NULL, set_up, test_##name, engine_tear_down)
  ADD (backoff);
  ADD (time_limit);
  ADD (id_memory);
#undef ADD

  return g_test_run ();
}
