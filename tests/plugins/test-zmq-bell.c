/* test-zmq-bell.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "grip-zmq-bell.h"

#define N_THREADS 4
#define N_RINGS   20000

typedef struct
{
  GripZmqBell *bell;
  int          n_rung;          /* atomic */
  guint        n_called;
  int          n_seen;          /* of the rings, at the last call */
} Fixture;

static void
called_cb (gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_called++;
  fixture->n_seen = g_atomic_int_get (&fixture->n_rung);
}

static gpointer
ring_often (gpointer user_data)
{
  Fixture *fixture = user_data;

  for (guint i = 0; i < N_RINGS; i++)
    {
      g_atomic_int_inc (&fixture->n_rung);
      grip_zmq_bell_ring (fixture->bell);
    }

  return NULL;
}

/* The last ring is heard, from whichever thread: else this waits for ever. */
static void
test_heard (void)
{
  g_autoptr(GMainContext) context = g_main_context_new ();
  Fixture                 fixture = { NULL };
  GThread                *threads[N_THREADS];

  fixture.bell = grip_zmq_bell_new (context, called_cb, &fixture);
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("ring", ring_often, &fixture);
  while (fixture.n_seen < N_THREADS * N_RINGS)
    g_main_context_iteration (context, TRUE);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (fixture.n_called, <=, N_THREADS * N_RINGS);

  grip_zmq_bell_silence (fixture.bell);
  grip_zmq_bell_unref (fixture.bell);
}

static void
test_once (void)
{
  g_autoptr(GMainContext) context = g_main_context_new ();
  Fixture                 fixture = { NULL };

  fixture.bell = grip_zmq_bell_new (context, called_cb, &fixture);
  g_assert_false (g_main_context_iteration (context, FALSE));
  grip_zmq_bell_ring (fixture.bell);
  grip_zmq_bell_ring (fixture.bell);
  g_assert_true (g_main_context_iteration (context, TRUE));
  while (g_main_context_iteration (context, FALSE))
    ;
  g_assert_cmpuint (fixture.n_called, ==, 1);

  grip_zmq_bell_silence (fixture.bell);
  grip_zmq_bell_ring (fixture.bell);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_assert_cmpuint (fixture.n_called, ==, 1);

  grip_zmq_bell_unref (fixture.bell);
}

static gpointer
ring_and_let_go (gpointer user_data)
{
  grip_zmq_bell_ring (user_data);
  grip_zmq_bell_unref (user_data);

  return NULL;
}

/* libzmq's thread may have it longer than anybody has the context. */
static void
test_outlives_context (void)
{
  GMainContext *context = g_main_context_new ();
  Fixture       fixture = { NULL };
  GripZmqBell  *bell = grip_zmq_bell_new (context, called_cb, &fixture);

  grip_zmq_bell_silence (bell);
  g_main_context_unref (context);
  g_thread_join (g_thread_new ("late", ring_and_let_go, bell));
  g_assert_cmpuint (fixture.n_called, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/zmq/bell/heard", test_heard);
  g_test_add_func ("/zmq/bell/once", test_once);
  g_test_add_func ("/zmq/bell/outlives-context", test_outlives_context);

  return g_test_run ();
}
