/* test-http-connections.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "grip-http-connections.h"
#include "narrow-stream.h"

static GIOStream *
make_connection (void)
{
  return G_IO_STREAM (narrow_stream_new (&(NarrowRules) { .takes = 1 }));
}

static void
assert_known (GripHttpConnections *connections,
              guint64              id,
              GIOStream           *connection)
{
  g_autoptr(GIOStream) known = grip_http_connections_dup (connections, id);

  g_assert_true (known == connection);
}

static void
test_remembered (void)
{
  g_autoptr(GripHttpConnections) connections = grip_http_connections_new ();
  g_autoptr(GIOStream)           one = make_connection ();
  g_autoptr(GIOStream)           two = make_connection ();

  assert_known (connections, 1, NULL);
  grip_http_connections_add (connections, 1, one);
  grip_http_connections_add (connections, 2, two);
  assert_known (connections, 1, one);
  assert_known (connections, 2, two);
  assert_known (connections, 3, NULL);
}

/* It is not kept alive, nor is it found when it is gone; and another may have its number. */
static void
test_gone (void)
{
  g_autoptr(GripHttpConnections) connections = grip_http_connections_new ();
  g_autoptr(GIOStream)           one = make_connection ();
  g_autoptr(GIOStream)           two = make_connection ();
  g_autoptr(GIOStream)           again = make_connection ();

  grip_http_connections_add (connections, 1, one);
  grip_http_connections_add (connections, 2, two);
  g_assert_finalize_object (g_steal_pointer (&one));
  assert_known (connections, 1, NULL);
  assert_known (connections, 2, two);

  grip_http_connections_add (connections, 1, again);
  assert_known (connections, 1, again);
  assert_known (connections, 2, two);
}

static void
test_nothing_kept (void)
{
  g_autoptr(GripHttpConnections) connections = grip_http_connections_new ();
  g_autoptr(GIOStream)           first = make_connection ();

  grip_http_connections_add (connections, 0, first);
  for (guint i = 1; i < 100; i++)
    {
      GIOStream *connection = make_connection ();

      grip_http_connections_add (connections, i, connection);
      g_assert_cmpuint (grip_http_connections_get_n_kept (connections), ==, 2);
      g_assert_finalize_object (connection);
    }
  assert_known (connections, 0, first);
}

/* To close a connection may call anything, also what waits for the lock. */
static void
gone_cb (gpointer connections)
{
  g_assert_cmpuint (grip_http_connections_get_n_kept (connections), <=, 1000);
}

#define N_ROUNDS 20000

static gpointer
come_and_go_thread (gpointer data)
{
  static int           last_id;
  GripHttpConnections *connections = data;

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      g_autoptr(GIOStream) connection = make_connection ();
      guint64              id = g_atomic_int_add (&last_id, 1);

      narrow_stream_set_gone_func (NARROW_STREAM (connection), gone_cb, connections);
      grip_http_connections_add (connections, id, connection);
      assert_known (connections, id, connection);
    }

  return NULL;
}

static void
test_threads (void)
{
  g_autoptr(GripHttpConnections) connections = grip_http_connections_new ();
  g_autoptr(GIOStream)           last = make_connection ();
  GThread                       *threads[2];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("connections", come_and_go_thread, connections);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);

  grip_http_connections_add (connections, 1, last);
  g_assert_cmpuint (grip_http_connections_get_n_kept (connections), ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http-connections/remembered", test_remembered);
  g_test_add_func ("/http-connections/gone", test_gone);
  g_test_add_func ("/http-connections/nothing-kept", test_nothing_kept);
  g_test_add_func ("/http-connections/threads", test_threads);

  return g_test_run ();
}
