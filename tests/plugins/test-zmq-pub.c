/* test-zmq-pub.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "zmq-peer.h"

/* XPUB, through the public API, to raw SUB sockets. */

#define MANY_ITEMS 100000
/* AddressSanitizer keeps what was freed, and more. */
#if defined (__SANITIZE_ADDRESS__) || defined (__SANITIZE_THREAD__)
#define MANY       50000
#define MOST_BYTES 4000
#else
#define MANY       1000000
#define MOST_BYTES 500
#endif

static GripPubControl *
make_control (const char *addresses,
              guint       grace)
{
  return zmq_peer_control ("{'control_zmq_pub_uri':[%s],'require_subscribers':true,'grace_time':%u}",
                           addresses, grace);
}

static GripPubControl *
control_for (ZmqPeer *peer)
{
  g_autofree char *quoted = g_strdup_printf ("'%s'", zmq_peer_get_address (peer));

  return make_control (quoted, 20);
}

static ZmqPeer *
make_proxy (const char *channel)
{
  ZmqPeer *peer = zmq_peer_new (ZMQ_SUB);

  if (channel != NULL)
    zmq_peer_subscribe (peer, channel);
  zmq_peer_bind (peer, "tcp://127.0.0.1:*");

  return peer;
}

static void
published_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
publish (GripPubControl  *control,
         const char      *channel,
         const char      *content,
         GError         **error)
{
  g_autoptr(GripItem)     item = zmq_peer_item (content, NULL);
  g_autoptr(GAsyncResult) result = NULL;

  grip_pub_control_publish_async (control, channel, item, NULL, published_cb, &result);
  while (result == NULL)
    zmq_peer_iterate ();

  return grip_pub_control_publish_finish (control, result, error);
}

static void
publish_ok (GripPubControl *control,
            const char     *channel,
            const char     *content)
{
  g_autoptr(GError) error = NULL;

  publish (control, channel, content, &error);
  g_assert_no_error (error);
}

static void
assert_received (ZmqPeer    *peer,
                 const char *channel,
                 const char *content)
{
  g_autoptr(GripItem)  item = zmq_peer_item (content, NULL);
  g_autoptr(GBytes)    expected = grip_item_encode (item, channel, GRIP_ENCODING_TNETSTRING_BARE, NULL);
  g_autoptr(GBytes)    payload = NULL;
  g_autofree char     *received = NULL;

  zmq_peer_receive_item (peer, &received, &payload);
  g_assert_cmpstr (received, ==, channel);
  g_assert_true (g_bytes_equal (payload, expected));
}

static void
wait_subscribed (GripPubControl *control,
                 const char     *channel,
                 gboolean        subscribed)
{
  while (grip_pub_control_is_subscribed (control, channel) != subscribed)
    zmq_peer_iterate ();
}

/* Publishing at once after the start loses nothing; nobody is nobody once it is known. */
static void
test_subscribers (void)
{
  g_autoptr(ZmqPeer)        proxy = make_proxy ("a");
  g_autoptr(GripPubControl) control = control_for (proxy);
  g_autoptr(GBytes)         nothing = NULL;

  g_assert_true (grip_pub_control_is_subscribed (control, "b"));
  publish_ok (control, "a", "first");
  publish_ok (control, "b", "to nobody");
  publish_ok (control, "a", "second");
  assert_received (proxy, "a", "first");
  assert_received (proxy, "a", "second");

  wait_subscribed (control, "b", FALSE);
  g_assert_true (grip_pub_control_is_subscribed (control, "a"));
  nothing = zmq_peer_receive (proxy, 50);
  g_assert_null (nothing);
}

/* ZMQ matches by prefix, a channel is a whole name. */
static void
test_prefix (void)
{
  g_autoptr(ZmqPeer)        proxy = make_proxy ("chan");
  g_autoptr(GripPubControl) control = control_for (proxy);

  publish_ok (control, "channel", "not for chan");
  publish_ok (control, "chan", "for chan");
  assert_received (proxy, "chan", "for chan");
}

static void
note_cb (GripPubControl *control,
         const char     *channel,
         GString        *log)
{
  g_string_append (log, channel);
}

/* Signals and counts over two proxies: the first subscription and the last unsubscription. */
static void
test_signals (void)
{
  g_autoptr(ZmqPeer)        one = make_proxy ("x");
  g_autoptr(ZmqPeer)        two = make_proxy ("x");
  g_autofree char          *both = g_strdup_printf ("'%s','%s'", zmq_peer_get_address (one), zmq_peer_get_address (two));
  g_autoptr(GripPubControl) control = make_control (both, 20);
  g_autoptr(GString)        log = g_string_new (NULL);

  g_signal_connect (control, "channel-subscribed", G_CALLBACK (note_cb), log);
  g_signal_connect (control, "channel-unsubscribed", G_CALLBACK (note_cb), log);
  publish_ok (control, "x", "both");
  assert_received (one, "x", "both");
  assert_received (two, "x", "both");
  while (log->len < 1)
    zmq_peer_iterate ();

  /* Of one that goes the other still has the channel. */
  zmq_setsockopt (zmq_peer_get_socket (one), ZMQ_UNSUBSCRIBE, "x", 1);
  zmq_peer_subscribe (one, "y");
  while (log->len < 2)
    zmq_peer_iterate ();
  g_assert_cmpstr (log->str, ==, "xy");
  publish_ok (control, "x", "to two");
  assert_received (two, "x", "to two");

  zmq_setsockopt (zmq_peer_get_socket (two), ZMQ_UNSUBSCRIBE, "x", 1);
  while (log->len < 3)
    zmq_peer_iterate ();
  g_assert_cmpstr (log->str, ==, "xyx");
}

/* A transport that is taken away takes its subscribers with it. */
static void
test_removed (void)
{
  g_autoptr(ZmqPeer)        proxy = make_proxy ("x");
  g_autoptr(GripPubControl) control = control_for (proxy);
  g_autoptr(GString)        log = g_string_new (NULL);

  publish_ok (control, "x", "warm");
  g_signal_connect (control, "channel-unsubscribed", G_CALLBACK (note_cb), log);
  grip_pub_control_remove_all_transports (control);
  while (log->len < 1)
    zmq_peer_iterate ();
  g_assert_cmpstr (log->str, ==, "x");
  g_signal_handlers_disconnect_by_data (control, log);
}

/* Nobody there: items wait for the grace time, then are told as not sent. */
static void
test_grace (void)
{
  g_autofree char          *address = zmq_peer_dup_free_address ();
  g_autofree char          *quoted = g_strdup_printf ("'%s'", address);
  g_autoptr(GripPubControl) control = make_control (quoted, 1);
  g_autoptr(GError)         error = NULL;

  g_assert_false (publish (control, "a", "x", &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (error->message, ": not sent: "));
  g_assert_nonnull (strstr (error->message, address));
}

/* The proxy comes within that time: nothing is lost. */
static void
test_late (void)
{
  g_autofree char          *address = zmq_peer_dup_free_address ();
  g_autofree char          *quoted = g_strdup_printf ("'%s'", address);
  g_autoptr(GripPubControl) control = make_control (quoted, 20);
  g_autoptr(ZmqPeer)        proxy = zmq_peer_new (ZMQ_SUB);
  g_autoptr(GripItem)       item = zmq_peer_item ("kept", NULL);
  g_autoptr(GAsyncResult)   result = NULL;

  grip_pub_control_publish_async (control, "a", item, NULL, published_cb, &result);
  g_usleep (G_USEC_PER_SEC / 5);
  zmq_peer_subscribe (proxy, "a");
  zmq_peer_bind (proxy, address);
  assert_received (proxy, "a", "kept");
  while (result == NULL)
    zmq_peer_iterate ();
  g_assert_true (grip_pub_control_publish_finish (control, result, NULL));
}

/* A proxy goes and comes back: what it had subscribed to is unknown, not gone. */
static void
test_restart (void)
{
  g_autofree char          *address = zmq_peer_dup_free_address ();
  g_autofree char          *quoted = g_strdup_printf ("'%s'", address);
  g_autoptr(GripPubControl) control = make_control (quoted, 20);
  ZmqPeer                  *proxy = zmq_peer_new (ZMQ_SUB);

  zmq_peer_subscribe (proxy, "a");
  zmq_peer_bind (proxy, address);
  publish_ok (control, "a", "before");
  assert_received (proxy, "a", "before");
  wait_subscribed (control, "b", FALSE);
  zmq_peer_free (proxy);
  wait_subscribed (control, "b", TRUE);

  proxy = zmq_peer_new (ZMQ_SUB);
  zmq_peer_subscribe (proxy, "a");
  zmq_peer_bind (proxy, address);
  publish_ok (control, "a", "after");
  assert_received (proxy, "a", "after");
  zmq_peer_free (proxy);
}

/* One of two proxies stays away: the other is served, and the publish says who was not. */
static void
test_partly_away (void)
{
  g_autoptr(ZmqPeer)        proxy = make_proxy ("a");
  g_autofree char          *away = zmq_peer_dup_free_address ();
  g_autofree char          *both = g_strdup_printf ("'%s','%s'", zmq_peer_get_address (proxy), away);
  g_autoptr(GripPubControl) control = NULL;
  g_autoptr(GError)         error = NULL;
  g_autoptr(GError)         nobody = NULL;

  control = make_control (both, 1);
  grip_pub_control_set_retry_limit (control, 0);
  g_assert_false (publish (control, "a", "first", &error));
  g_assert_nonnull (strstr (error->message, away));
  if (strstr (error->message, ": not sent: ") != NULL)
    {
      /* It had waited for as long as it may, just before the grace time was over. */
      g_clear_error (&error);
      g_assert_false (publish (control, "a", "first", &error));
    }
  g_assert_nonnull (strstr (error->message, ": unknown: 1 of the 2 proxies"));
  assert_received (proxy, "a", "first");

  g_assert_false (publish (control, "b", "x", &nobody));
  g_assert_nonnull (strstr (nobody->message, ": not sent: "));
}

/* Nobody has connected to us: items wait for the grace time. */
static void
test_bind_nobody (void)
{
  g_autofree char          *address = zmq_peer_dup_free_address ();
  g_autoptr(GripPubControl) control = NULL;
  g_autoptr(GError)         error = NULL;

  control = zmq_peer_control ("{'control_zmq_pub_uri':'%s','control_zmq_bind':true,'grace_time':1}", address);
  g_assert_false (publish (control, "b", "x", &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (error->message, ": not sent: "));
}

static GripPubControl *
bind_for_two (ZmqPeer *one,
              ZmqPeer *two,
              guint    grace)
{
  g_autofree char    *address = zmq_peer_dup_free_address ();
  g_autoptr(GString)  log = g_string_new (NULL);
  GripPubControl     *control = NULL;

  control = zmq_peer_control ("{'control_zmq_pub_uri':'%s','control_zmq_bind':true,'grace_time':%u}", address, grace);
  g_signal_connect (control, "channel-subscribed", G_CALLBACK (note_cb), log);
  zmq_peer_subscribe (one, "a");
  zmq_peer_subscribe (two, "b");
  zmq_peer_connect (one, address);
  zmq_peer_connect (two, address);
  while (log->len < 2)
    zmq_peer_iterate ();
  g_signal_handlers_disconnect_by_data (control, log);
  publish_ok (control, "a", "to one");
  assert_received (one, "a", "to one");
  publish_ok (control, "b", "to two");
  assert_received (two, "b", "to two");
  wait_subscribed (control, "c", FALSE);
  g_object_set_data_full (G_OBJECT (control), "address", g_steal_pointer (&address), g_free);

  return control;
}

static void
test_bind_two (void)
{
  g_autoptr(ZmqPeer)        one = zmq_peer_new (ZMQ_SUB);
  g_autoptr(ZmqPeer)        two = zmq_peer_new (ZMQ_SUB);
  g_autoptr(GripPubControl) control = bind_for_two (one, two, 20);
  g_autoptr(GBytes)         nothing = NULL;

  nothing = zmq_peer_receive (one, 50);
  g_assert_null (nothing);
  nothing = zmq_peer_receive (two, 0);
  g_assert_null (nothing);
}

/* One of two that had connected to us goes: what it had subscribed to waits, and it comes back. */
static void
test_bind_leaves (void)
{
  g_autoptr(ZmqPeer)        one = zmq_peer_new (ZMQ_SUB);
  ZmqPeer                  *two = zmq_peer_new (ZMQ_SUB);
  g_autoptr(GripPubControl) control = bind_for_two (one, two, 20);
  g_autoptr(GripItem)       item = zmq_peer_item ("kept", NULL);
  g_autoptr(GAsyncResult)   result = NULL;

  zmq_peer_free (two);
  wait_subscribed (control, "c", TRUE);
  grip_pub_control_publish_async (control, "b", item, NULL, published_cb, &result);
  for (guint i = 0; i < 100; i++)
    zmq_peer_iterate ();
  g_assert_null (result);

  two = zmq_peer_new (ZMQ_SUB);
  zmq_peer_subscribe (two, "b");
  zmq_peer_connect (two, g_object_get_data (G_OBJECT (control), "address"));
  assert_received (two, "b", "kept");
  while (result == NULL)
    zmq_peer_iterate ();
  g_assert_true (grip_pub_control_publish_finish (control, result, NULL));
  zmq_peer_free (two);
}

/* It does not come back: what waited for that long was not sent, and then it is forgotten. */
static void
test_bind_leaves_for_good (void)
{
  g_autoptr(ZmqPeer)        one = zmq_peer_new (ZMQ_SUB);
  ZmqPeer                  *two = zmq_peer_new (ZMQ_SUB);
  g_autoptr(GripPubControl) control = bind_for_two (one, two, 2);

  zmq_peer_free (two);
  wait_subscribed (control, "b", FALSE);
  publish_ok (control, "b", "to nobody");
  publish_ok (control, "a", "to one again");
  assert_received (one, "a", "to one again");
}

/* Frames that are no subscriptions to a channel, sent by a raw XSUB: ignored, and the rest still works. */
static void
test_malformed (void)
{
  g_autoptr(ZmqPeer)        proxy = zmq_peer_new (ZMQ_XSUB);
  g_autoptr(GripPubControl) control = NULL;
  g_autofree char          *huge = g_strnfill (20000, 'z');
  g_autoptr(GBytes)         again = NULL;
  g_autofree char          *address = NULL;

  zmq_peer_bind (proxy, "tcp://127.0.0.1:*");
  control = control_for (proxy);
  publish_ok (control, "a", "to nobody");
  zmq_peer_send (proxy, "", 0);
  zmq_peer_send (proxy, "\1", 1);
  zmq_peer_send (proxy, "\2nonsense", 9);
  zmq_peer_send (proxy, "\1\xff\xfe", 3);
  zmq_peer_send (proxy, "\1n\0l", 4);
  zmq_peer_send (proxy, "\0unknown", 8);
  zmq_peer_send (proxy, "\1good", 5);
  wait_subscribed (control, "good", TRUE);
  publish_ok (control, "good", "x");
  assert_received (proxy, "good", "x");
  wait_subscribed (control, "unknown", FALSE);

  /* The second frame of a message is none, whatever it looks like. */
  g_assert_cmpint (zmq_send (zmq_peer_get_socket (proxy), "user", 4, ZMQ_SNDMORE), ==, 4);
  zmq_peer_send (proxy, "\0good", 5);
  g_assert_cmpint (zmq_send (zmq_peer_get_socket (proxy), "user", 4, ZMQ_SNDMORE), ==, 4);
  zmq_peer_send (proxy, "\1unknown", 8);
  zmq_peer_send (proxy, "\1better", 7);
  wait_subscribed (control, "better", TRUE);
  wait_subscribed (control, "unknown", FALSE);
  publish_ok (control, "good", "y");
  assert_received (proxy, "good", "y");

  /* Too long a name ends the connection, which then comes back. */
  huge[0] = 1;
  zmq_peer_send (proxy, huge, strlen (huge));
  wait_subscribed (control, "unknown", TRUE);
  huge[0] = 0;
  zmq_peer_send (proxy, huge, strlen (huge + 1) + 1);
  while (again == NULL)
    {
      zmq_peer_send (proxy, "\1good", 5);
      publish (control, "good", "z", NULL);
      again = zmq_peer_receive (proxy, 100);
    }
}

static gpointer
count_main (gpointer proxy)
{
  for (guint i = 0; i < MANY_ITEMS; i++)
    {
      g_autofree char   *content = g_strdup_printf ("item %u.", i);
      g_autoptr(GBytes)  payload = NULL;
      gssize             length;

      zmq_peer_receive_item (proxy, NULL, &payload);
      length = (gssize) g_bytes_get_size (payload);
      g_assert_nonnull (g_strstr_len (g_bytes_get_data (payload, NULL), length, content));
    }

  return NULL;
}

/* Far beyond the high-water mark, nothing lost and nothing out of order. */
static void
test_many_in_order (void)
{
  g_autoptr(ZmqPeer)        proxy = make_proxy ("a");
  g_autoptr(GripPubControl) control = control_for (proxy);
  g_autoptr(GError)         error = NULL;
  GThread                  *thread;

  grip_pub_control_set_timeout (control, 120);
  publish_ok (control, "a", "item 0.");
  thread = g_thread_new ("count", count_main, proxy);
  for (guint i = 1; i < MANY_ITEMS; i++)
    {
      g_autofree char    *content = g_strdup_printf ("item %u.", i);
      g_autoptr(GripItem) item = zmq_peer_item (content, NULL);

      grip_pub_control_publish_async (control, "a", item, NULL, NULL, NULL);
    }
  grip_pub_control_close (control, NULL, &error);
  g_assert_no_error (error);
  g_thread_join (thread);
}

static guint64
resident (void)
{
  g_autofree char *text = NULL;
  unsigned long    pages = 0;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%*u %lu", &pages), ==, 1);

  return (guint64) pages * 4096;
}

/* Very many channels: all are known, and each costs few hundred bytes on both ends together. */
static void
test_very_many (void)
{
  g_autoptr(ZmqPeer)        proxy = zmq_peer_new (ZMQ_XSUB);
  g_autoptr(GripPubControl) control = NULL;
  guint64                   before = resident ();
  g_autofree char          *last = g_strdup_printf ("c%07u", MANY - 1);
  char                      frame[32];

  zmq_peer_set (proxy, ZMQ_SNDHWM, 0);
  zmq_peer_bind (proxy, "tcp://127.0.0.1:*");
  control = control_for (proxy);
  publish_ok (control, "c0", "to nobody");
  for (guint i = 0; i < MANY; i++)
    zmq_peer_send (proxy, frame, g_snprintf (frame, sizeof frame, "\1c%07u", i));
  wait_subscribed (control, last, TRUE);

  for (guint i = 0; i < MANY; i++)
    {
      g_snprintf (frame, sizeof frame, "c%07u", i);
      g_assert_true (grip_pub_control_is_subscribed (control, frame));
    }
  g_assert_false (grip_pub_control_is_subscribed (control, "c"));
  g_test_message ("%" G_GUINT64_FORMAT " MiB more", (resident () - before) >> 20);
  g_assert_cmpuint (resident () - before, <, (guint64) MOST_BYTES * MANY);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);

  g_test_add_func ("/zmq/pub/subscribers", test_subscribers);
  g_test_add_func ("/zmq/pub/prefix", test_prefix);
  g_test_add_func ("/zmq/pub/signals", test_signals);
  g_test_add_func ("/zmq/pub/removed", test_removed);
  g_test_add_func ("/zmq/pub/grace", test_grace);
  g_test_add_func ("/zmq/pub/late", test_late);
  g_test_add_func ("/zmq/pub/restart", test_restart);
  g_test_add_func ("/zmq/pub/partly-away", test_partly_away);
  g_test_add_func ("/zmq/pub/bind/two", test_bind_two);
  g_test_add_func ("/zmq/pub/bind/nobody", test_bind_nobody);
  g_test_add_func ("/zmq/pub/bind/leaves", test_bind_leaves);
  g_test_add_func ("/zmq/pub/bind/leaves-for-good", test_bind_leaves_for_good);
  g_test_add_func ("/zmq/pub/malformed", test_malformed);
  g_test_add_func ("/zmq/pub/many-in-order", test_many_in_order);
  g_test_add_func ("/zmq/pub/very-many", test_very_many);

  return g_test_run ();
}
