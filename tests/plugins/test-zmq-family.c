/* test-zmq-family.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "grip-zmq-family.h"

/* What libzmq makes again by itself is left alone: the other would cut a connection that is good. It tells of it
 * by the number that it has found, in its own spelling. */

typedef struct
{
  const char *lost;
  const char *told;     /* of the try to make it again */
} Case;

static const Case again[] = {
  { "tcp://127.0.0.1:9", "tcp://127.0.0.1:9" },
  { "tcp://127.0.0.1:0009", "tcp://127.0.0.1:9" },
  { "tcp://127.1:9", "tcp://127.0.0.1:9" },
  { "tcp://[0:0:0:0:0:0:0:1]:9", "tcp://[::1]:9" },
  { "tcp://[2001:DB8::A]:9", "tcp://[2001:db8::a]:9" },
  { "tcp://no-host.invalid:9", "tcp://192.0.2.1:9" },
  { "tcp://no-host.invalid:9", "tcp://[2001:db8::a]:9" },
  { "ipc:///nowhere", "ipc:///nowhere" },
  { "ipc://@nowhere", "ipc://@nowhere" },
};

static const Case given_up[] = {
  { "tcp://127.0.0.1:9", NULL },
  { "tcp://127.0.0.1:9", "tcp://127.0.0.2:9" },
  { "tcp://127.0.0.1:9", "tcp://127.0.0.1:10" },
  { "tcp://127.0.0.1:9", "tcp://no-host.invalid:9" },
  { "tcp://[::1]:9", "tcp://127.0.0.1:9" },
  { "tcp://no-host.invalid:9", "tcp://192.0.2.1:10" },
  { "tcp://no-host.invalid:9", "tcp://other-host.invalid:9" },
  { "ipc:///nowhere", "ipc:///somewhere" },
};

static guint
revive_after (const Case *test)
{
  g_autoptr(GError)        error = NULL;
  g_autoptr(GripZmqSocket) socket = grip_zmq_socket_new (ZMQ_PUSH, &error);
  g_autoptr(GripZmqFamily) family = grip_zmq_family_new (socket);

  g_assert_no_error (error);
  grip_zmq_socket_set_integer (socket, ZMQ_LINGER, 0);
  grip_zmq_family_disconnected (family, test->lost);
  if (test->told != NULL)
    grip_zmq_family_failed (family, test->told);

  return grip_zmq_family_revive (family);
}

static void
test_again (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (again); i++)
    {
      g_test_message ("%s %s", again[i].lost, again[i].told);
      g_assert_cmpuint (revive_after (&again[i]), ==, 0);
    }
}

static void
test_given_up (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (given_up); i++)
    {
      g_test_message ("%s %s", given_up[i].lost, given_up[i].told);
      g_assert_cmpuint (revive_after (&given_up[i]), ==, 1);
    }
}

/* One that is there is not lost, however it came back. */
static void
test_connected (void)
{
  g_autoptr(GError)        error = NULL;
  g_autoptr(GripZmqSocket) socket = grip_zmq_socket_new (ZMQ_PUSH, &error);
  g_autoptr(GripZmqFamily) family = grip_zmq_family_new (socket);

  g_assert_no_error (error);
  grip_zmq_family_disconnected (family, "tcp://[0::1]:9");
  grip_zmq_family_connected (family, "tcp://[::1]:9");
  g_assert_cmpuint (grip_zmq_family_revive (family), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/zmq/family/again", test_again);
  g_test_add_func ("/zmq/family/given-up", test_given_up);
  g_test_add_func ("/zmq/family/connected", test_connected);

  return g_test_run ();
}
