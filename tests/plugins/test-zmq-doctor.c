/* test-zmq-doctor.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <glib/gstdio.h>

#include "zmq-peer.h"

/* `grip-tool doctor` proves CURVE keys: against sockets of libzmq that want one. */

typedef struct
{
  char public[41];
  char secret[41];
} Keys;

static void
make_keys (Keys *keys)
{
  g_assert_cmpint (zmq_curve_keypair (keys->public, keys->secret), ==, 0);
}

static ZmqPeer *
make_server (int         type,
             const Keys *keys)
{
  ZmqPeer *peer = zmq_peer_new (type);

  zmq_peer_set (peer, ZMQ_CURVE_SERVER, 1);
  g_assert_cmpint (zmq_setsockopt (zmq_peer_get_socket (peer), ZMQ_CURVE_SECRETKEY, keys->secret, 40), ==, 0);
  zmq_peer_bind (peer, "tcp://127.0.0.1:*");

  return peer;
}

static void
done_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* @addresses are members of its configuration. The peers are given their turn while it runs. Returns: what it wrote to its standard output */
static char *
run_doctor (const char *addresses,
            const char *key,
            const char *timeout,
            int         expected)
{
  g_autofree char         *path = NULL;
  g_autofree char         *config = NULL;
  g_autoptr(GSubprocess)   tool = NULL;
  g_autoptr(GAsyncResult)  result = NULL;
  g_autoptr(GError)        error = NULL;
  char                    *out = NULL;
  int                      fd = g_file_open_tmp ("grip-doctor-XXXXXX", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  config = g_strdup_printf ("{%s%s%s%s}", addresses,
                            key != NULL ? ",\"control_zmq_server_key\":\"" : "", key != NULL ? key : "",
                            key != NULL ? "\"" : "");
  g_file_set_contents (path, config, -1, &error);
  g_assert_no_error (error);
  tool = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, GRIP_TOOL, "doctor", "--json", "--timeout", timeout,
                           "--config", path, NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8_async (tool, NULL, NULL, done_cb, &result);
  while (result == NULL)
    zmq_peer_iterate ();
  g_subprocess_communicate_utf8_finish (tool, result, &out, NULL, &error);
  g_assert_no_error (error);
  g_remove (path);
  g_assert_true (g_subprocess_get_if_exited (tool));
  g_assert_cmpint (g_subprocess_get_exit_status (tool), ==, expected);

  return out;
}

static void
test_curve (void)
{
  Keys               keys;
  Keys               others;
  g_autoptr(ZmqPeer) pull = NULL;
  g_autoptr(ZmqPeer) sub = NULL;
  g_autoptr(GBytes)  nothing = NULL;
  g_autofree char   *addresses = NULL;
  g_autofree char   *right = NULL;
  g_autofree char   *wrong = NULL;
  g_autofree char   *none = NULL;

  make_keys (&keys);
  make_keys (&others);
  pull = make_server (ZMQ_PULL, &keys);
  sub = make_server (ZMQ_SUB, &keys);
  addresses = g_strdup_printf ("\"control_zmq_push_uri\":\"%s\",\"control_zmq_pub_uri\":\"%s\"",
                               zmq_peer_get_address (pull), zmq_peer_get_address (sub));
  right = run_doctor (addresses, keys.public, "60", 0);
  g_assert_nonnull (strstr (right, "\"check\":\"push\",\"result\":\"ok\""));
  g_assert_nonnull (strstr (right, "\"check\":\"pub\",\"result\":\"ok\""));
  g_assert_nonnull (strstr (right, "takes our CURVE keys"));
  nothing = zmq_peer_receive (pull, 0);
  g_assert_null (nothing);

  wrong = run_doctor (addresses, others.public, "2", 4);
  g_assert_nonnull (strstr (wrong, "\"check\":\"push\",\"result\":\"failed\""));
  g_assert_nonnull (strstr (wrong, "\"check\":\"pub\",\"result\":\"failed\""));
  g_assert_nonnull (strstr (wrong, "refuses our CURVE keys"));

  none = run_doctor (addresses, NULL, "60", 4);
  g_assert_nonnull (strstr (none, "the socket wants CURVE"));
  g_assert_nonnull (strstr (none, "control_zmq_server_key"));
}

/* Of the command socket discovery tells whether it takes the key. */
static void
test_curve_command (void)
{
  Keys               keys;
  Keys               others;
  g_autoptr(ZmqPeer) router = NULL;
  g_autofree char   *address = NULL;
  g_autofree char   *wrong = NULL;

  make_keys (&keys);
  make_keys (&others);
  router = make_server (ZMQ_ROUTER, &keys);
  address = g_strdup_printf ("\"control_zmq_uri\":\"%s\"", zmq_peer_get_address (router));
  wrong = run_doctor (address, others.public, "2", 3);
  g_assert_nonnull (strstr (wrong, "\"check\":\"command\",\"result\":\"ok\""));
  g_assert_nonnull (strstr (wrong, "\"check\":\"discovery\",\"result\":\"failed\""));
  g_assert_nonnull (strstr (wrong, "control_zmq_server_key"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/zmq/doctor/curve", test_curve);
  g_test_add_func ("/zmq/doctor/curve-command", test_curve_command);

  return g_test_run ();
}
