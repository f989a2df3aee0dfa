/* test-zmq-socket.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <libgrip/grip.h>

#include "grip-zmq-socket.h"

#define N_MESSAGES 20000

typedef struct
{
  GripZmqSocket *pull;
  GripZmqSocket *push;
  GMainContext  *context;
  guint          received;
  guint          sent;
  guint          rounds;
  gboolean       one_by_one;
} Pair;

static GripZmqSocket *
make_socket (int type)
{
  g_autoptr(GError)  error = NULL;
  GripZmqSocket     *socket = grip_zmq_socket_new (type, &error);

  g_assert_no_error (error);

  return socket;
}

static void
pair_init (Pair       *pair,
           const char *address)
{
  g_autoptr(GError)  error = NULL;
  g_autofree char   *bound = NULL;

  memset (pair, 0, sizeof *pair);
  pair->context = g_main_context_new ();
  pair->pull = make_socket (ZMQ_PULL);
  pair->push = make_socket (ZMQ_PUSH);
  grip_zmq_socket_set_integer (pair->push, ZMQ_IMMEDIATE, 1);
  grip_zmq_socket_bind (pair->pull, address, &error);
  g_assert_no_error (error);
  bound = grip_zmq_socket_dup_address (pair->pull);
  grip_zmq_socket_connect (pair->push, bound, &error);
  g_assert_no_error (error);
}

static void
pair_clear (Pair *pair)
{
  grip_zmq_socket_free (pair->push);
  grip_zmq_socket_free (pair->pull);
  g_main_context_unref (pair->context);
}

static void
receive_cb (GripZmqSocket *socket,
            short          events,
            gpointer       user_data)
{
  Pair      *pair = user_data;
  zmq_msg_t  message;
  guint      most = pair->one_by_one ? 1 : GRIP_ZMQ_SOCKET_BATCH;

  g_assert_cmpint (events, ==, ZMQ_POLLIN);
  pair->rounds++;
  for (guint i = 0; i < most && grip_zmq_socket_receive (socket, &message); i++)
    {
      guint number;

      g_assert_cmpuint (zmq_msg_size (&message), ==, sizeof number);
      memcpy (&number, zmq_msg_data (&message), sizeof number);
      g_assert_cmpuint (number, ==, pair->received);
      pair->received++;
      zmq_msg_close (&message);
    }
}

static void
send_cb (GripZmqSocket *socket,
         short          events,
         gpointer       user_data)
{
  Pair      *pair = user_data;
  zmq_msg_t  message;

  for (guint i = 0; i < GRIP_ZMQ_SOCKET_BATCH && pair->sent < N_MESSAGES; i++)
    {
      zmq_msg_init_size (&message, sizeof pair->sent);
      memcpy (zmq_msg_data (&message), &pair->sent, sizeof pair->sent);
      if (!grip_zmq_socket_send (socket, &message, FALSE))
        {
          g_assert_cmpint (zmq_errno (), ==, EAGAIN);
          zmq_msg_close (&message);
          return;
        }
      pair->sent++;
    }
  if (pair->sent == N_MESSAGES)
    grip_zmq_socket_set_events (socket, 0);
}

static void
run_pair (const char *address,
          gboolean    one_by_one)
{
  Pair pair;

  pair_init (&pair, address);
  pair.one_by_one = one_by_one;
  grip_zmq_socket_watch (pair.pull, pair.context, ZMQ_POLLIN, receive_cb, &pair);
  grip_zmq_socket_watch (pair.push, pair.context, ZMQ_POLLOUT, send_cb, &pair);

  while (pair.received < N_MESSAGES)
    g_main_context_iteration (pair.context, TRUE);
  g_assert_cmpuint (pair.sent, ==, N_MESSAGES);
  if (one_by_one)
    g_assert_cmpuint (pair.rounds, ==, N_MESSAGES);

  pair_clear (&pair);
}

/* No wake-up is lost, whether the socket is drained in a round or not. */
static void
test_batches (void)
{
  run_pair ("tcp://127.0.0.1:*", FALSE);
  run_pair ("tcp://127.0.0.1:*", TRUE);
}

static gboolean
count_cb (gpointer user_data)
{
  ++*(guint *) user_data;

  return G_SOURCE_REMOVE;
}

static void
attach_urgent (Pair  *pair,
               guint *n_called)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_set_callback (source, count_cb, n_called, NULL);
  g_source_attach (source, pair->context);
}

/* What was found in a round that had something more urgent is there in the next. */
static void
test_overtaken (void)
{
  Pair  pair;
  guint n_called = 0;

  pair_init (&pair, "tcp://127.0.0.1:*");
  pair.one_by_one = TRUE;
  grip_zmq_socket_watch (pair.pull, pair.context, ZMQ_POLLIN, receive_cb, &pair);
  grip_zmq_socket_watch (pair.push, pair.context, ZMQ_POLLOUT, send_cb, &pair);

  for (guint i = 0; pair.received < N_MESSAGES; i++)
    {
      if (i % 2 == 0)
        attach_urgent (&pair, &n_called);
      g_main_context_iteration (pair.context, TRUE);
    }
  g_assert_cmpuint (n_called, >, N_MESSAGES / 2);

  pair_clear (&pair);
}

static void
test_ipv6 (void)
{
  run_pair ("tcp://[::1]:*", FALSE);
}

static void
test_ipc (void)
{
  g_autofree char *dir = g_dir_make_tmp ("grip-zmq-XXXXXX", NULL);
  g_autofree char *address = g_strdup_printf ("ipc://%s/s", dir);
  g_autofree char *path = g_build_filename (dir, "s", NULL);

  run_pair (address, FALSE);
  g_unlink (path);
  g_rmdir (dir);
}

static void
free_cb (GripZmqSocket *socket,
         short          events,
         gpointer       user_data)
{
  gboolean *called = user_data;

  *called = TRUE;
  grip_zmq_socket_free (socket);
}

static void
test_freed_in_callback (void)
{
  Pair     pair;
  gboolean called = FALSE;

  pair_init (&pair, "tcp://127.0.0.1:*");
  grip_zmq_socket_watch (pair.push, pair.context, ZMQ_POLLOUT, free_cb, &called);
  while (!called)
    g_main_context_iteration (pair.context, TRUE);
  pair.push = make_socket (ZMQ_PUSH);

  pair_clear (&pair);
}

/* With nothing wanted and something there the loop sleeps. */
static void
test_quiet (void)
{
  Pair pair;
  guint dispatched = 0;

  pair_init (&pair, "tcp://127.0.0.1:*");
  grip_zmq_socket_watch (pair.pull, pair.context, 0, receive_cb, &pair);
  grip_zmq_socket_watch (pair.push, pair.context, ZMQ_POLLOUT, send_cb, &pair);
  while (pair.sent < 1000)
    g_main_context_iteration (pair.context, TRUE);
  grip_zmq_socket_set_events (pair.push, 0);

  /* GLib dispatches once for what the descriptor has told. */
  g_usleep (G_USEC_PER_SEC / 10);
  g_main_context_iteration (pair.context, FALSE);
  for (guint i = 0; i < 100; i++)
    dispatched += g_main_context_iteration (pair.context, FALSE);
  g_assert_cmpuint (dispatched, ==, 0);
  g_assert_cmpuint (pair.received, ==, 0);

  pair_clear (&pair);
}

static void
test_refused_addresses (void)
{
  g_autoptr(GripZmqSocket) socket = make_socket (ZMQ_PUSH);
  g_autoptr(GError)        error = NULL;
  g_autoptr(GError)        bind_error = NULL;

  g_assert_false (grip_zmq_socket_connect (socket, "tcp://127.0.0.1", &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
  g_assert_nonnull (strstr (error->message, "tcp://127.0.0.1"));
  g_assert_false (grip_zmq_socket_bind (socket, "ipc:///nowhere/at/all", &bind_error));
  g_assert_error (bind_error, GRIP_ERROR, GRIP_ERROR_NOT_CONNECTED);
}

/* A child neither closes what its parent has nor hangs at its exit. */
static void
test_fork (void)
{
  Pair  pair;
  pid_t child;
  int   status;

  pair_init (&pair, "tcp://127.0.0.1:*");
  grip_zmq_socket_watch (pair.pull, pair.context, ZMQ_POLLIN, receive_cb, &pair);
  grip_zmq_socket_watch (pair.push, pair.context, ZMQ_POLLOUT, send_cb, &pair);

  child = fork ();
  if (child == 0)
    {
      g_autoptr(GripZmqSocket) own = grip_zmq_socket_new (ZMQ_PUSH, NULL);

      grip_zmq_socket_free (pair.push);
      _exit (own != NULL ? 0 : 1);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);

  while (pair.received < N_MESSAGES)
    g_main_context_iteration (pair.context, TRUE);

  pair_clear (&pair);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/zmq/socket/batches", test_batches);
  g_test_add_func ("/zmq/socket/overtaken", test_overtaken);
  g_test_add_func ("/zmq/socket/ipv6", test_ipv6);
  g_test_add_func ("/zmq/socket/ipc", test_ipc);
  g_test_add_func ("/zmq/socket/freed-in-callback", test_freed_in_callback);
  g_test_add_func ("/zmq/socket/quiet", test_quiet);
  g_test_add_func ("/zmq/socket/refused-addresses", test_refused_addresses);
  g_test_add_func ("/zmq/socket/fork", test_fork);

  return g_test_run ();
}
