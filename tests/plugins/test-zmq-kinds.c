/* test-zmq-kinds.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "zmq-peer.h"

/* Sockets of a kind that does not fit. libzmq gives such an address up for ever, and tells of the end of a
 * connection that never was one. */

static int n_refusals;    /* atomic */

static GLogWriterOutput
log_cb (GLogLevelFlags   level,
        const GLogField *fields,
        gsize            n_fields,
        gpointer         user_data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE") && strstr (fields[i].value, "no ZMQ socket that fits ours") != NULL)
      {
        g_atomic_int_inc (&n_refusals);
        return G_LOG_WRITER_HANDLED;
      }

  return g_log_writer_default (level, fields, n_fields, user_data);
}

static void
wait_refused (void)
{
  while (g_atomic_int_get (&n_refusals) == 0)
    zmq_peer_iterate ();
}

static void
done_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
start (GripPubControl  *control,
       GAsyncResult   **result)
{
  g_autoptr(GripItem) item = zmq_peer_item ("x", NULL);

  grip_pub_control_set_timeout (control, 300);
  grip_pub_control_publish_async (control, "a", item, NULL, done_cb, result);
}

static gboolean
finish (GripPubControl  *control,
        GAsyncResult   **result,
        GError         **error)
{
  g_autoptr(GAsyncResult) owned = NULL;

  while (*result == NULL)
    zmq_peer_iterate ();
  owned = g_steal_pointer (result);

  return grip_pub_control_publish_finish (control, owned, error);
}

static GBytes *
answer_cb (GBytes   *request,
           gpointer  user_data)
{
  static const char answer[] = "17:7:success,4:true!}";

  return g_bytes_new_static (answer, strlen (answer));
}

typedef struct
{
  const char *name;
  const char *options;
  int         wrong;
  int         right;
} Mode;

static const Mode modes[] = {
  { "push", "'control_zmq_push_uri'", ZMQ_ROUTER, ZMQ_PULL },
  { "pub", "'grace_time':300,'control_zmq_pub_uri'", ZMQ_PULL, ZMQ_SUB },
  { "command", "'control_zmq_mode':'command','control_zmq_uri'", ZMQ_PULL, ZMQ_ROUTER },
};

/* Another kind has the address for a while: what is published waits for the right one. It is told of once. */
static void
test_later (gconstpointer data)
{
  const Mode               *mode = data;
  ZmqPeer                  *wrong = zmq_peer_new (mode->wrong);
  g_autoptr(ZmqPeer)        right = zmq_peer_new (mode->right);
  g_autofree char          *address = NULL;
  g_autoptr(GripPubControl) control = NULL;
  g_autoptr(GError)         error = NULL;
  GAsyncResult             *result = NULL;

  zmq_peer_bind (wrong, "tcp://127.0.0.1:*");
  address = g_strdup (zmq_peer_get_address (wrong));
  g_atomic_int_set (&n_refusals, 0);
  control = zmq_peer_control ("{%s:'%s'}", mode->options, address);
  start (control, &result);
  wait_refused ();
  zmq_peer_free (wrong);

  if (mode->right == ZMQ_SUB)
    zmq_peer_subscribe (right, "a");
  zmq_peer_bind (right, address);
  if (mode->right == ZMQ_ROUTER)
    zmq_peer_serve (right, answer_cb, NULL);
  g_assert_true (finish (control, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_atomic_int_get (&n_refusals), ==, 1);
}

/* Of two proxies one is none: the other is served as if that were away. */
static void
test_one_of_two (void)
{
  g_autoptr(ZmqPeer)        wrong = zmq_peer_new (ZMQ_PULL);
  g_autoptr(ZmqPeer)        right = zmq_peer_new (ZMQ_SUB);
  g_autoptr(GripPubControl) control = NULL;
  g_autoptr(GBytes)         channel = NULL;
  gint64                    end = g_get_monotonic_time () + ZMQ_PEER_PATIENCE * 1000;

  g_atomic_int_set (&n_refusals, 0);
  zmq_peer_bind (wrong, "tcp://127.0.0.1:*");
  zmq_peer_subscribe (right, "a");
  zmq_peer_bind (right, "tcp://127.0.0.1:*");
  control = zmq_peer_control ("{'control_zmq_pub_uri':['%s','%s'],'grace_time':1}",
                              zmq_peer_get_address (right), zmq_peer_get_address (wrong));
  wait_refused ();

  while (channel == NULL && g_get_monotonic_time () < end)
    {
      g_autoptr(GError)  error = NULL;
      GAsyncResult      *result = NULL;

      start (control, &result);
      g_assert_false (finish (control, &result, &error));
      channel = zmq_peer_receive (right, 50);
    }
  g_assert_nonnull (channel);
}

/* What libzmq says when it greets, of the kind REQ: the other side, which looks at that first, ends it then. */
static void
greet_as_req (const char *address)
{
  static const char              greeting[64] = "\377\0\0\0\0\0\0\0\0\177\3\0NULL";
  static const char              ready[] = "\4\31\5READY\13Socket-Type\0\0\0\3REQ";
  g_autoptr(GSocketClient)       client = g_socket_client_new ();
  g_autoptr(GSocketConnection)   connection = NULL;
  g_autoptr(GError)              error = NULL;
  GOutputStream                 *output;
  char                           rest[256];

  connection = g_socket_client_connect_to_host (client, address + strlen ("tcp://"), 0, NULL, &error);
  g_assert_no_error (error);
  output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_output_stream_write_all (output, greeting, sizeof greeting, NULL, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (output, ready, sizeof ready - 1, NULL, NULL, &error);
  g_assert_no_error (error);
  while (g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), rest, sizeof rest, NULL, NULL) > 0)
    ;
}

/* What connects to us and does not fit is none of the proxies that come and go; it is told of once. */
static void
test_bound (void)
{
  g_autoptr(ZmqPeer)        right = zmq_peer_new (ZMQ_SUB);
  g_autofree char          *address = zmq_peer_dup_free_address ();
  g_autoptr(GripPubControl) control = NULL;
  g_autoptr(GError)         error = NULL;
  GAsyncResult             *result = NULL;

  g_atomic_int_set (&n_refusals, 0);
  control = zmq_peer_control ("{'control_zmq_pub_uri':'%s','control_zmq_bind':true,'grace_time':300}", address);
  zmq_peer_subscribe (right, "a");
  zmq_peer_connect (right, address);
  start (control, &result);
  g_assert_true (finish (control, &result, &error));
  g_assert_no_error (error);
  zmq_peer_receive_item (right, NULL, NULL);

  for (guint i = 0; i < 5; i++)
    greet_as_req (address);
  wait_refused ();
  start (control, &result);
  g_assert_true (finish (control, &result, &error));
  g_assert_no_error (error);
  zmq_peer_receive_item (right, NULL, NULL);
  g_assert_cmpint (g_atomic_int_get (&n_refusals), ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  g_log_set_writer_func (log_cb, NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autofree char *path = g_strconcat ("/zmq/kinds/later/", modes[i].name, NULL);

      g_test_add_data_func (path, &modes[i], test_later);
    }
  g_test_add_func ("/zmq/kinds/one-of-two", test_one_of_two);
  g_test_add_func ("/zmq/kinds/bound", test_bound);

  return g_test_run ();
}
