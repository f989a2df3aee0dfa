/* test-zmq-names.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <dlfcn.h>
#include <netdb.h>
#include <string.h>

#include "zmq-peer.h"

/* Host names in ZMQ addresses. libzmq looks a name up as IPv4 or as IPv6, and asks the C library: the
 * program answers in its place. */

#define SIX  "six.grip.test"    /* has an address of IPv6 alone */
#define BOTH "both.grip.test"

int
getaddrinfo (const char             *name,
             const char             *service,
             const struct addrinfo  *hints,
             struct addrinfo       **result)
{
  int (*real) (const char *, const char *, const struct addrinfo *, struct addrinfo **) =
    (int (*) (const char *, const char *, const struct addrinfo *, struct addrinfo **)) dlsym (RTLD_NEXT, "getaddrinfo");

  if (name == NULL || !g_str_has_suffix (name, ".grip.test"))
    return real (name, service, hints, result);
  if (hints->ai_family == AF_INET6)
    return real ("::1", service, hints, result);

  return g_str_equal (name, BOTH) ? real ("127.0.0.1", service, hints, result) : EAI_NONAME;
}

static ZmqPeer *
make_peer (int         type,
           const char *host)
{
  ZmqPeer         *peer = zmq_peer_new (type);
  g_autofree char *address = g_strdup_printf ("tcp://%s:*", host);

  zmq_peer_bind (peer, address);

  return peer;
}

static char *
dup_named (ZmqPeer    *peer,
           const char *name)
{
  return g_strdup_printf ("tcp://%s%s", name, strrchr (zmq_peer_get_address (peer), ':'));
}

static void
done_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* Returns: whether it was accepted */
static gboolean
publish (GripPubControl *control)
{
  g_autoptr(GripItem)     item = zmq_peer_item ("x", NULL);
  g_autoptr(GAsyncResult) result = NULL;

  grip_pub_control_publish_async (control, "a", item, NULL, done_cb, &result);
  while (result == NULL)
    zmq_peer_iterate ();

  return grip_pub_control_publish_finish (control, result, NULL);
}

typedef struct
{
  const char *name;
  const char *host;
} Case;

/* The last: what answers as IPv4 is never asked for as IPv6. */
static const Case cases[] = { { SIX, "[::1]" }, { BOTH, "[::1]" }, { BOTH, "127.0.0.1" } };

static void
test_push (gconstpointer data)
{
  const Case               *test = data;
  g_autoptr(ZmqPeer)        peer = make_peer (ZMQ_PULL, test->host);
  g_autofree char          *address = dup_named (peer, test->name);
  g_autoptr(GripPubControl) control = zmq_peer_control ("{'control_zmq_push_uri':'%s'}", address);
  g_autoptr(GBytes)         received = NULL;

  g_assert_true (publish (control));
  received = zmq_peer_receive (peer, ZMQ_PEER_PATIENCE);
  g_assert_nonnull (received);
}

static void
test_pub (gconstpointer data)
{
  const Case               *test = data;
  g_autoptr(ZmqPeer)        peer = make_peer (ZMQ_SUB, test->host);
  g_autofree char          *address = dup_named (peer, test->name);
  g_autoptr(GripPubControl) control = zmq_peer_control ("{'control_zmq_pub_uri':'%s','grace_time':30}", address);

  zmq_peer_subscribe (peer, "a");
  g_assert_true (publish (control));
  zmq_peer_receive_item (peer, NULL, NULL);
}

static GBytes *
answer_cb (GBytes   *request,
           gpointer  user_data)
{
  static const char answer[] = "17:7:success,4:true!}";

  return g_bytes_new_static (answer, strlen (answer));
}

static void
test_command (gconstpointer data)
{
  const Case               *test = data;
  g_autoptr(ZmqPeer)        peer = make_peer (ZMQ_ROUTER, test->host);
  g_autofree char          *address = dup_named (peer, test->name);
  g_autoptr(GripPubControl) control = NULL;

  zmq_peer_serve (peer, answer_cb, NULL);
  control = zmq_peer_control ("{'control_zmq_uri':'%s','control_zmq_mode':'command'}", address);
  g_assert_true (publish (control));
  g_assert_cmpuint (zmq_peer_count_served (peer), ==, 1);
}

static void
test_stats (gconstpointer data)
{
  static const char         frame[] = "sub T44:7:channel,1:a,3:ttl,2:60#11:subscribers,1:3#}";
  const Case               *test = data;
  g_autoptr(ZmqPeer)        peer = make_peer (ZMQ_PUB, test->host);
  g_autofree char          *address = dup_named (peer, test->name);
  g_autofree char          *json = NULL;
  g_autoptr(GripEndpoint)   endpoint = NULL;
  g_autoptr(GripStats)      stats = NULL;
  g_autoptr(GError)         error = NULL;

  json = g_strdup_printf ("{\"control_uri\":\"http://127.0.0.1:1\",\"control_zmq_stats_uri\":\"%s\"}", address);
  endpoint = grip_endpoint_new_from_json (json, &error);
  g_assert_no_error (error);
  stats = grip_stats_new_for_endpoint (endpoint, &error);
  g_assert_no_error (error);
  g_assert_true (grip_stats_open (stats, &error));
  while (grip_stats_get_subscribers (stats, "a") == 0)
    {
      zmq_peer_send (peer, frame, strlen (frame));
      zmq_peer_iterate ();
    }
  g_assert_cmpuint (grip_stats_get_subscribers (stats, "a"), ==, 3);
}

/* The proxy goes, and comes back with an address of the other family: what is published meanwhile waits. */
static void
test_moves (void)
{
  ZmqPeer                  *peer = make_peer (ZMQ_PULL, "127.0.0.1");
  g_autofree char          *address = dup_named (peer, BOTH);
  g_autofree char          *other = dup_named (peer, "[::1]");
  g_autoptr(GripPubControl) control = zmq_peer_control ("{'control_zmq_push_uri':'%s'}", address);
  GBytes                   *received = NULL;

  g_assert_true (publish (control));
  zmq_peer_free (peer);
  peer = zmq_peer_new (ZMQ_PULL);
  zmq_peer_bind (peer, other);
  /* The end of the connection may be noticed a little late. */
  while (received == NULL)
    {
      publish (control);
      received = zmq_peer_receive (peer, 100);
    }
  g_bytes_unref (received);
  zmq_peer_free (peer);
}

int
main (int   argc,
      char *argv[])
{
  static const struct
  {
    const char    *name;
    GTestDataFunc  func;
  } modes[] = {
    { "push", test_push },
    { "pub", test_pub },
    { "command", test_command },
    { "stats", test_stats },
  };

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    for (guint k = 0; k < G_N_ELEMENTS (cases); k++)
      {
        g_autofree char *path = g_strdup_printf ("/zmq/names/%s/%s/%s", modes[i].name, cases[k].name, cases[k].host);

        g_test_add_data_func (path, &cases[k], modes[i].func);
      }
  g_test_add_func ("/zmq/names/moves", test_moves);

  return g_test_run ();
}
