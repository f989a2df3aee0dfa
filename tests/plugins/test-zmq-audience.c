/* test-zmq-audience.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "grip-zmq-audience.h"

/* What is known of who listens, with a clock of the test's own. */

#define GRACE (10 * G_USEC_PER_SEC)
#define STEP  (G_USEC_PER_SEC / 10)

/* One proxy stays; another comes for a moment and goes again, over and over.
 *
 * Returns: when it has gone the last time */
static gint64
flap (GripZmqAudience *self,
      gint64           now,
      gint64           until)
{
  do
    {
      grip_zmq_audience_connected (self, now += STEP);
      g_assert_false (grip_zmq_audience_is_settled (self, now));
      grip_zmq_audience_disconnected (self, now += STEP);
      grip_zmq_audience_forget (self, now);
    }
  while (now < until);

  return now;
}

/* The one that stays is not held up for longer than the grace time; it is known that another is missing. */
static void
test_flapping (void)
{
  GripZmqAudience audience;
  gint64          now = G_USEC_PER_SEC;

  grip_zmq_audience_init (&audience, 2, GRACE, now);
  grip_zmq_audience_connected (&audience, now);
  now = flap (&audience, now, now + GRACE - 2 * STEP);
  g_assert_false (grip_zmq_audience_is_present (&audience, now));

  for (guint i = 0; i < 20; i++)
    {
      now = flap (&audience, now, now + 2 * STEP);
      g_assert_true (grip_zmq_audience_is_present (&audience, now));
      g_assert_true (grip_zmq_audience_is_settled (&audience, now));
      g_assert_false (grip_zmq_audience_is_complete (&audience));
    }
}

/* One that has been there for long enough to tell is waited for anew. */
static void
test_back (void)
{
  GripZmqAudience audience;
  gint64          now = G_USEC_PER_SEC;

  grip_zmq_audience_init (&audience, 2, GRACE, now);
  grip_zmq_audience_connected (&audience, now);
  now = flap (&audience, now, now + 2 * GRACE);
  grip_zmq_audience_connected (&audience, now);
  now += GRACE;
  g_assert_true (grip_zmq_audience_is_settled (&audience, now));
  grip_zmq_audience_disconnected (&audience, now);
  g_assert_false (grip_zmq_audience_is_present (&audience, now + GRACE - 1));
  g_assert_true (grip_zmq_audience_is_present (&audience, now + GRACE));
}

/* Where others connect to us, one that was there for a moment is waited for like any other, though all were
 * there before it came; when it is forgotten, what the rest has told must be known. */
static void
test_open (void)
{
  GripZmqAudience audience;
  gint64          now = G_USEC_PER_SEC;

  grip_zmq_audience_init (&audience, 0, GRACE, now);
  grip_zmq_audience_connected (&audience, now);
  now = flap (&audience, now + GRACE, 0);
  g_assert_false (grip_zmq_audience_is_complete (&audience));
  g_assert_false (grip_zmq_audience_is_present (&audience, now));

  grip_zmq_audience_forget (&audience, now + GRACE);
  g_assert_true (grip_zmq_audience_is_complete (&audience));
  g_assert_true (grip_zmq_audience_is_settled (&audience, now + GRACE));

  /* The other way round: the one that has stayed is the one that has told nothing. */
  grip_zmq_audience_init (&audience, 0, 0, now);
  grip_zmq_audience_connected (&audience, now);
  now += G_USEC_PER_SEC;
  grip_zmq_audience_connected (&audience, now);
  grip_zmq_audience_disconnected (&audience, now);
  grip_zmq_audience_forget (&audience, now);
  g_assert_true (grip_zmq_audience_is_complete (&audience));
  g_assert_false (grip_zmq_audience_is_settled (&audience, now));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/zmq/audience/flapping", test_flapping);
  g_test_add_func ("/zmq/audience/back", test_back);
  g_test_add_func ("/zmq/audience/open", test_open);

  return g_test_run ();
}
