/* test-zmq-peers.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "grip-zmq-peers.h"

static void
assert_closed (GripZmqPeers *peers,
               int           fd,
               gboolean      has_failed,
               gboolean      expected)
{
  gboolean is_ours;

  g_assert_cmpint (grip_zmq_peers_closed (peers, fd, has_failed, &is_ours), ==, expected);
}

/* Of several addresses each has its own. */
static void
test_addresses (void)
{
  g_autoptr(GripZmqPeers) peers = grip_zmq_peers_new ();
  gboolean                is_ours;

  grip_zmq_peers_opened (peers, 7, "one", TRUE);
  grip_zmq_peers_opened (peers, 8, "two", TRUE);
  grip_zmq_peers_opened (peers, 9, "three", FALSE);
  grip_zmq_peers_greeted (peers, "one");
  grip_zmq_peers_greeted (peers, "unheard of");
  assert_closed (peers, 8, FALSE, FALSE);
  g_assert_true (grip_zmq_peers_closed (peers, 7, FALSE, &is_ours));
  g_assert_true (is_ours);
  g_assert_false (grip_zmq_peers_closed (peers, 9, FALSE, &is_ours));
  g_assert_false (is_ours);
}

/* One of which nothing was told counts, as does one whose descriptor another has had. */
static void
test_unheard (void)
{
  g_autoptr(GripZmqPeers) peers = grip_zmq_peers_new ();

  assert_closed (peers, 7, FALSE, TRUE);
  assert_closed (peers, 7, TRUE, FALSE);
  grip_zmq_peers_opened (peers, 7, "one", TRUE);
  grip_zmq_peers_greeted (peers, "one");
  grip_zmq_peers_opened (peers, 7, "one", TRUE);
  assert_closed (peers, 7, FALSE, FALSE);
}

/* Many connect to one address: which one has greeted is told by none. */
static void
test_one_address (void)
{
  g_autoptr(GripZmqPeers) peers = grip_zmq_peers_new ();

  grip_zmq_peers_opened (peers, 7, "here", FALSE);
  grip_zmq_peers_opened (peers, 8, "here", FALSE);
  grip_zmq_peers_greeted (peers, "here");
  assert_closed (peers, 7, TRUE, FALSE);
  assert_closed (peers, 8, FALSE, TRUE);

  /* It was the other one. */
  grip_zmq_peers_opened (peers, 7, "here", FALSE);
  grip_zmq_peers_opened (peers, 8, "here", FALSE);
  grip_zmq_peers_greeted (peers, "here");
  assert_closed (peers, 8, TRUE, FALSE);
  assert_closed (peers, 7, FALSE, TRUE);

  /* It was the other one, which is gone. */
  grip_zmq_peers_opened (peers, 7, "here", FALSE);
  grip_zmq_peers_opened (peers, 8, "here", FALSE);
  grip_zmq_peers_greeted (peers, "here");
  assert_closed (peers, 7, FALSE, FALSE);
  assert_closed (peers, 8, TRUE, TRUE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/zmq/peers/addresses", test_addresses);
  g_test_add_func ("/zmq/peers/unheard", test_unheard);
  g_test_add_func ("/zmq/peers/one-address", test_one_address);

  return g_test_run ();
}
