/* test-zmq-push.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "zmq-peer.h"

/* PUSH, through the public API, to raw libzmq peers. */

#define MANY 100000
/* Our send buffer, the receive buffer of the peer, and what it had in its hands. */
#define MOST_IN_KERNELS (1280 * 1024)

typedef struct
{
  guint   pending;
  guint   accepted;
  guint   not_sent;
  guint   unknown;
  GError *last;
} Results;

static void
published_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  Results           *results = user_data;
  g_autoptr(GError)  error = NULL;

  results->pending--;
  if (grip_pub_control_publish_finish (GRIP_PUB_CONTROL (object), result, &error))
    {
      results->accepted++;
      return;
    }

  if (strstr (error->message, ": not sent: ") != NULL)
    results->not_sent++;
  else if (strstr (error->message, ": unknown: ") != NULL)
    results->unknown++;
  else
    g_error ("an error without a fate: %s", error->message);
  g_clear_error (&results->last);
  results->last = g_steal_pointer (&error);
}

static void
publish (GripPubControl *control,
         const char     *content,
         const char     *id,
         Results        *results)
{
  g_autoptr(GripItem) item = zmq_peer_item (content, id);

  results->pending++;
  grip_pub_control_publish_async (control, "test", item, NULL, published_cb, results);
}

static void
wait_for (Results *results)
{
  while (results->pending > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
close_control (GripPubControl *control)
{
  g_autoptr(GError) error = NULL;

  grip_pub_control_close (control, NULL, &error);
  g_assert_no_error (error);
}

static void
assert_received (ZmqPeer    *peer,
                 const char *content,
                 const char *id)
{
  g_autoptr(GripItem) item = zmq_peer_item (content, id);
  g_autoptr(GBytes)   expected = grip_item_encode (item, "test", GRIP_ENCODING_TNETSTRING, NULL);
  g_autoptr(GBytes)   received = zmq_peer_receive (peer, ZMQ_PEER_PATIENCE);

  g_assert_nonnull (received);
  g_assert_cmpmem (g_bytes_get_data (received, NULL), g_bytes_get_size (received),
                   g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
}

static void
publish_one (GripPubControl *control,
             const char     *content)
{
  g_autoptr(GripItem) item = zmq_peer_item (content, NULL);
  g_autoptr(GError)   error = NULL;

  grip_pub_control_publish (control, "test", item, NULL, &error);
  g_assert_no_error (error);
}

static void
check_address (const char *address)
{
  g_autoptr(ZmqPeer)        peer = zmq_peer_new (ZMQ_PULL);
  g_autoptr(GripPubControl) control = NULL;

  zmq_peer_bind (peer, address);
  control = zmq_peer_control ("{'control_zmq_push_uri':'%s'}", zmq_peer_get_address (peer));
  publish_one (control, "hello");
  assert_received (peer, "hello", NULL);
  close_control (control);
}

static void
test_tcp (void)
{
  check_address ("tcp://127.0.0.1:*");
}

static void
test_ipv6 (void)
{
  check_address ("tcp://[::1]:*");
}

static void
test_ipc (void)
{
  g_autofree char *dir = g_dir_make_tmp ("grip-zmq-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "s", NULL);
  g_autofree char *address = g_strconcat ("ipc://", path, NULL);

  check_address (address);
  g_unlink (path);
  g_rmdir (dir);
}

/* Large enough to be shared with libzmq, and with every byte there is. */
static void
test_binary (void)
{
  g_autoptr(ZmqPeer)              peer = zmq_peer_new (ZMQ_PULL);
  g_autoptr(GripPubControl)       control = NULL;
  g_autoptr(GripHttpStreamFormat) format = NULL;
  g_autoptr(GripItem)             item = NULL;
  g_autoptr(GBytes)               content = NULL;
  g_autoptr(GBytes)               expected = NULL;
  g_autoptr(GError)               error = NULL;
  guint8                         *data = g_malloc (65536);

  for (guint i = 0; i < 65536; i++)
    data[i] = (guint8) (i * 31 + i / 256);
  content = g_bytes_new_take (data, 65536);
  format = grip_http_stream_format_new (content);
  item = grip_item_new (GRIP_FORMAT (format), NULL, NULL, &error);
  g_assert_no_error (error);
  expected = grip_item_encode (item, "test", GRIP_ENCODING_TNETSTRING, NULL);

  zmq_peer_bind (peer, "tcp://127.0.0.1:*");
  control = zmq_peer_control ("{'control_zmq_push_uri':'%s'}", zmq_peer_get_address (peer));
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr(GBytes) received = NULL;

      grip_pub_control_publish (control, "test", item, NULL, &error);
      g_assert_no_error (error);
      received = zmq_peer_receive (peer, ZMQ_PEER_PATIENCE);
      g_assert_true (g_bytes_equal (received, expected));
    }
  close_control (control);
}

static gpointer
count_main (gpointer data)
{
  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char   *content = g_strdup_printf ("item %u.", i);
      g_autoptr(GBytes)  received = zmq_peer_receive (data, ZMQ_PEER_PATIENCE);

      g_assert_nonnull (received);
      g_assert_nonnull (g_strstr_len (g_bytes_get_data (received, NULL), g_bytes_get_size (received), content));
    }

  return NULL;
}

/* Far beyond the high-water mark, nothing lost and nothing out of order. */
static void
test_many_in_order (void)
{
  g_autoptr(ZmqPeer)        peer = zmq_peer_new (ZMQ_PULL);
  g_autoptr(GripPubControl) control = NULL;
  GThread                  *thread;

  zmq_peer_bind (peer, "tcp://127.0.0.1:*");
  control = zmq_peer_control ("{'control_zmq_push_uri':'%s'}", zmq_peer_get_address (peer));
  thread = g_thread_new ("count", count_main, peer);
  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char    *content = g_strdup_printf ("item %u.", i);
      g_autoptr(GripItem) item = zmq_peer_item (content, NULL);

      grip_pub_control_publish_async (control, "test", item, NULL, NULL, NULL);
    }
  close_control (control);
  g_thread_join (thread);
}

/* What is published while the proxy is away waits, in its order. */
static void
test_waits (void)
{
  g_autofree char          *address = zmq_peer_dup_free_address ();
  g_autoptr(GripPubControl) control = zmq_peer_control ("{'control_zmq_push_uri':'%s'}", address);
  g_autoptr(ZmqPeer)        peer = zmq_peer_new (ZMQ_PULL);
  Results                   results = { 0 };

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *content = g_strdup_printf ("%u", i);

      publish (control, content, NULL, &results);
    }
  g_usleep (G_USEC_PER_SEC / 5);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (results.pending, ==, 10);

  zmq_peer_bind (peer, address);
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *content = g_strdup_printf ("%u", i);

      assert_received (peer, content, NULL);
    }
  wait_for (&results);
  g_assert_cmpuint (results.accepted, ==, 10);
  close_control (control);
}

/* Nobody there: told in time, as not sent. */
static void
test_nobody (void)
{
  g_autofree char          *address = zmq_peer_dup_free_address ();
  g_autoptr(GripPubControl) control = zmq_peer_control ("{'control_zmq_push_uri':'%s'}", address);
  Results                   results = { 0 };

  grip_pub_control_set_timeout (control, 0.3);
  publish (control, "a", NULL, &results);
  publish (control, "b", NULL, &results);
  wait_for (&results);
  g_assert_cmpuint (results.not_sent, ==, 2);
  g_assert_error (results.last, GRIP_ERROR, GRIP_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (results.last->message, address));
  g_clear_error (&results.last);
  close_control (control);
}

/* Returns: whether the next item has @letter twice in a row */
static gboolean
receive_content (ZmqPeer *peer,
                 char     letter)
{
  const char        twice[] = { letter, letter, '\0' };
  g_autoptr(GBytes) frame = zmq_peer_receive (peer, ZMQ_PEER_PATIENCE);

  g_assert_nonnull (frame);

  return g_strstr_len (g_bytes_get_data (frame, NULL), g_bytes_get_size (frame), twice) != NULL;
}

/* A proxy that takes nothing: what libzmq and the kernel hold is told as taken or as unknown, the rest as not
 * sent, and just the former is there when it reads again. */
static void
test_high_water_mark (void)
{
  g_autoptr(ZmqPeer)        peer = zmq_peer_new (ZMQ_PULL);
  g_autoptr(GripPubControl) control = NULL;
  g_autofree char          *content = g_strnfill (50000, 'x');
  Results                   results = { 0 };
  guint                     received = 0;
  guint                     taken;

  zmq_peer_set (peer, ZMQ_RCVHWM, 1);
  zmq_peer_set (peer, ZMQ_RCVBUF, 64 * 1024);
  zmq_peer_bind (peer, "tcp://127.0.0.1:*");
  control = zmq_peer_control ("{'control_zmq_push_uri':'%s'}", zmq_peer_get_address (peer));
  grip_pub_control_set_max_queue_bytes (control, G_GUINT64_CONSTANT (1) << 30);
  publish_one (control, "before");
  assert_received (peer, "before", NULL);
  grip_pub_control_set_timeout (control, 2);
  for (guint i = 0; i < 3000; i++)
    publish (control, content, NULL, &results);
  wait_for (&results);

  g_test_message ("%u accepted, %u unknown, %u not sent", results.accepted, results.unknown, results.not_sent);
  g_assert_cmpuint (results.accepted + results.not_sent + results.unknown, ==, 3000);
  g_assert_cmpuint (results.accepted + results.unknown, >, 0);
  g_assert_cmpuint (results.not_sent, >, 0);
  g_clear_error (&results.last);
  /* What is told as published and would be lost with the proxy; left to itself the kernel takes megabytes. */
  g_assert_cmpuint (results.accepted * 50000, <, MOST_IN_KERNELS);

  /* And it goes on. */
  taken = results.accepted + results.unknown;
  grip_pub_control_set_timeout (control, ZMQ_PEER_PATIENCE / 1000);
  publish (control, "after", NULL, &results);
  while (receive_content (peer, 'x'))
    received++;
  wait_for (&results);
  close_control (control);

  /* Whoever waits for room to tell of those before it is in doubt too when time is up. */
  g_assert_cmpuint (received, <=, taken);
  g_assert_cmpuint (received + 1, >=, taken);
}

/* A forked child makes its own transports; what it has inherited it leaves alone. */
static void
be_the_child (ZmqPeer *peer,
              int      out)
{
  g_autoptr(GripPubControl) own = NULL;

  alarm (10);
  own = zmq_peer_control ("{'control_zmq_push_uri':'%s'}", zmq_peer_get_address (peer));
  publish_one (own, "child");
  close_control (own);
  g_assert_cmpint (write (out, "", 1), ==, 1);

  /* What libzmq has taken and not written would end with the process. */
  alarm (60);
  pause ();
}

/* A fork may catch the worker while it has a lock of GObject's, which nobody in the child will open: the
 * first unref waits for ever there. That is GLib's, so another child is made then.
 *
 * Returns: one that has published */
static pid_t
make_child (ZmqPeer *peer)
{
  for (guint tries = 0; tries < 10; tries++)
    {
      char   done;
      int    ends[2];
      pid_t  child;
      gssize n;

      g_assert_cmpint (pipe (ends), ==, 0);
      child = fork ();
      if (child == 0)
        be_the_child (peer, ends[1]);
      close (ends[1]);
      n = read (ends[0], &done, 1);
      close (ends[0]);
      if (n == 1)
        return child;
      g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
    }

  g_assert_not_reached ();
}

static void
test_fork (void)
{
  g_autoptr(ZmqPeer)        peer = zmq_peer_new (ZMQ_PULL);
  g_autoptr(GripPubControl) control = NULL;
  pid_t                     child;

  zmq_peer_bind (peer, "tcp://127.0.0.1:*");
  control = zmq_peer_control ("{'control_zmq_push_uri':'%s'}", zmq_peer_get_address (peer));
  publish_one (control, "parent");
  assert_received (peer, "parent", NULL);

  child = make_child (peer);
  assert_received (peer, "child", NULL);
  kill (child, SIGKILL);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);

  publish_one (control, "parent again");
  assert_received (peer, "parent again", NULL);
  close_control (control);
}

static void
make_curve_server (ZmqPeer    *peer,
                   const char *secret)
{
  zmq_peer_set (peer, ZMQ_CURVE_SERVER, 1);
  g_assert_cmpint (zmq_setsockopt (zmq_peer_get_socket (peer), ZMQ_CURVE_SECRETKEY, secret, 40), ==, 0);
  zmq_peer_bind (peer, "tcp://127.0.0.1:*");
}

/* With the right key of the server, with and without a key pair of our own; never with a wrong one. */
static void
test_curve (void)
{
  g_autoptr(ZmqPeer)        peer = zmq_peer_new (ZMQ_PULL);
  g_autoptr(GripPubControl) own = NULL;
  g_autoptr(GripPubControl) anonymous = NULL;
  g_autoptr(GripPubControl) wrong = NULL;
  g_autoptr(GBytes)         nothing = NULL;
  Results                   results = { 0 };
  char                      server_public[41];
  char                      server_secret[41];
  char                      public[41];
  char                      secret[41];

  /* The helper writes ' for ", which Z85 has not. */
  g_assert_cmpint (zmq_curve_keypair (server_public, server_secret), ==, 0);
  g_assert_cmpint (zmq_curve_keypair (public, secret), ==, 0);
  make_curve_server (peer, server_secret);

  own = zmq_peer_control ("{'control_zmq_push_uri':'%s','control_zmq_server_key':'%s',"
                          "'control_zmq_public_key':'%s','control_zmq_secret_key':'%s'}",
                          zmq_peer_get_address (peer), server_public, public, secret);
  publish_one (own, "own keys");
  assert_received (peer, "own keys", NULL);
  close_control (own);

  anonymous = zmq_peer_control ("{'control_zmq_push_uri':'%s','control_zmq_server_key':'%s'}",
                                zmq_peer_get_address (peer), server_public);
  publish_one (anonymous, "made-up keys");
  assert_received (peer, "made-up keys", NULL);
  close_control (anonymous);

  wrong = zmq_peer_control ("{'control_zmq_push_uri':'%s','control_zmq_server_key':'%s'}",
                            zmq_peer_get_address (peer), public);
  grip_pub_control_set_timeout (wrong, 0.5);
  publish (wrong, "secret", NULL, &results);
  wait_for (&results);
  g_assert_cmpuint (results.not_sent, ==, 1);
  g_assert_null (strstr (results.last->message, public));
  g_clear_error (&results.last);
  nothing = zmq_peer_receive (peer, 50);
  g_assert_null (nothing);
  close_control (wrong);
}

typedef struct
{
  ZmqPeer *peer;
  int      quit;        /* atomic */
  int      received;    /* atomic */
} Reader;

static gpointer
read_main (gpointer data)
{
  Reader *reader = data;

  while (!g_atomic_int_get (&reader->quit))
    {
      g_autoptr(GBytes) frame = zmq_peer_receive (reader->peer, 10);

      if (frame != NULL)
        g_atomic_int_inc (&reader->received);
    }

  return NULL;
}

/* The proxy dies and comes back again and again while items are published: each publish has its fate,
 * and no more were received than may have been. */
static void
test_killed_under_load (void)
{
  g_autofree char          *address = zmq_peer_dup_free_address ();
  g_autoptr(GripPubControl) control = zmq_peer_control ("{'control_zmq_push_uri':'%s'}", address);
  Results                   results = { 0 };
  guint                     published = 0;
  guint                     received = 0;

  for (guint life = 0; life < 5; life++)
    {
      Reader   reader = { zmq_peer_new (ZMQ_PULL), 0, 0 };
      GThread *thread;

      zmq_peer_bind (reader.peer, address);
      thread = g_thread_new ("reader", read_main, &reader);
      for (guint i = 0; i < 300 || g_atomic_int_get (&reader.received) == 0; i++)
        {
          if (i < 300)
            {
              publish (control, "load", NULL, &results);
              published++;
            }
          if (i % 10 == 0)
            g_usleep (1000);
          while (g_main_context_iteration (NULL, FALSE))
            ;
        }
      g_atomic_int_set (&reader.quit, 1);
      g_thread_join (thread);
      received += (guint) reader.received;
      zmq_peer_free (reader.peer);
    }

  grip_pub_control_set_timeout (control, 0.5);
  wait_for (&results);
  g_test_message ("%u published, %u accepted, %u unknown, %u not sent, %u received", published,
                  results.accepted, results.unknown, results.not_sent, received);
  g_assert_cmpuint (results.accepted + results.unknown + results.not_sent, ==, published);
  g_assert_cmpuint (received, <=, results.accepted + results.unknown);
  g_assert_cmpuint (received, >, 0);
  g_clear_error (&results.last);
  g_object_run_dispose (G_OBJECT (control));
}

/* The error of close counts what nobody took. */
static void
test_close_counts (void)
{
  g_autofree char          *address = zmq_peer_dup_free_address ();
  g_autoptr(GripPubControl) control = zmq_peer_control ("{'control_zmq_push_uri':'%s'}", address);
  g_autoptr(GError)         error = NULL;

  for (guint i = 0; i < 7; i++)
    {
      g_autoptr(GripItem) item = zmq_peer_item ("x", NULL);

      grip_pub_control_publish_async (control, "test", item, NULL, NULL, NULL);
    }
  grip_pub_control_set_timeout (control, 0.2);
  g_assert_false (grip_pub_control_close (control, NULL, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "7 items"));
}

/* A program that publishes, closes and exits at once leaves nothing behind. */
static void
test_exit (void)
{
  for (guint round = 0; round < 5; round++)
    {
      g_autoptr(ZmqPeer) peer = zmq_peer_new (ZMQ_PULL);
      guint              received = 0;

      zmq_peer_set (peer, ZMQ_RCVHWM, 0);
      zmq_peer_bind (peer, "tcp://127.0.0.1:*");
      g_setenv ("GRIP_TEST_ADDRESS", zmq_peer_get_address (peer), TRUE);
      g_test_trap_subprocess ("/zmq/push/exit/child", 0, 0);
      g_test_trap_assert_passed ();
      while (received < 1000)
        {
          g_autoptr(GBytes) frame = zmq_peer_receive (peer, ZMQ_PEER_PATIENCE);

          g_assert_nonnull (frame);
          received++;
        }
    }
}

static void
test_exit_child (void)
{
  GripPubControl *control;

  if (!g_test_subprocess ())
    return;

  control = zmq_peer_control ("{'control_zmq_push_uri':'%s'}", g_getenv ("GRIP_TEST_ADDRESS"));
  for (guint i = 0; i < 1000; i++)
    {
      g_autoptr(GripItem) item = zmq_peer_item ("bye", NULL);

      grip_pub_control_publish_async (control, "test", item, NULL, NULL, NULL);
    }
  close_control (control);
  exit (0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* Items that nobody waits for are warned of. */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);

  g_test_add_func ("/zmq/push/tcp", test_tcp);
  g_test_add_func ("/zmq/push/ipv6", test_ipv6);
  g_test_add_func ("/zmq/push/ipc", test_ipc);
  g_test_add_func ("/zmq/push/binary", test_binary);
  g_test_add_func ("/zmq/push/many-in-order", test_many_in_order);
  g_test_add_func ("/zmq/push/waits", test_waits);
  g_test_add_func ("/zmq/push/nobody", test_nobody);
  g_test_add_func ("/zmq/push/high-water-mark", test_high_water_mark);
  g_test_add_func ("/zmq/push/fork", test_fork);
  g_test_add_func ("/zmq/push/curve", test_curve);
  g_test_add_func ("/zmq/push/killed-under-load", test_killed_under_load);
  g_test_add_func ("/zmq/push/close-counts", test_close_counts);
  g_test_add_func ("/zmq/push/exit", test_exit);
  g_test_add_func ("/zmq/push/exit/child", test_exit_child);

  return g_test_run ();
}
