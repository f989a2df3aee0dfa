/* test-faults-zmq.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>

#include "faults.h"
#include "grip-test-zmq-wire.h"
#include "zmq-peer.h"

/* F21 to F23 and F27 to F29: the ZMQ transport against raw sockets. F24 and F25, which are about who
 * has subscribed, are in tests/plugins/test-zmq-pub.c; F21 and F26, about a proxy that does not read, in
 * test-faults-zmq-pressure.c. */

static void
set_timeout (GripPubControl *control,
             double          seconds)
{
  grip_pub_control_set_timeout (control, seconds);
}

/* Reads until @n frames have the text, and then whether there is one more. */
static void
assert_received (ZmqPeer    *peer,
                 const char *text,
                 guint       n)
{
  guint received = 0;

  for (;;)
    {
      g_autoptr(GBytes) frame = zmq_peer_receive (peer, received < n ? PATIENCE : 50);

      if (frame == NULL)
        break;
      received += g_strstr_len (g_bytes_get_data (frame, NULL), g_bytes_get_size (frame), text) != NULL;
    }
  g_assert_cmpuint (received, ==, n);
}

/* Nobody there: nothing blocks, the queue is bounded, and what waited was not sent. */
static void
test_no_peer (void)
{
  g_autofree char *address = zmq_peer_dup_free_address ();
  GripPubControl  *control = zmq_peer_control ("{'control_zmq_push_uri':'%s'}", address);
  Fate             fates[12];

  set_timeout (control, 1);
  grip_pub_control_set_max_queue_items (control, 10);
  for (guint i = 0; i < 12; i++)
    faults_publish (control, "x", NULL, NULL, &fates[i]);
  faults_wait (fates, 12);
  for (guint i = 0; i < 12; i++)
    {
      g_assert_error (fates[i].error, GRIP_ERROR, (i < 10 ? GRIP_ERROR_TIMED_OUT : GRIP_ERROR_QUEUE_FULL));
      faults_assert (&fates[i], NOT_SENT);
    }
  faults_drop (control);
}

/* Each item has its fate, and what is published when the proxy is back arrives. */
static void
test_peer_dies (void)
{
  enum { N = 200 };
  ZmqPeer                *peer = zmq_peer_new (ZMQ_PULL);
  g_autoptr(ZmqPeer)      again = NULL;
  g_autofree char        *address = zmq_peer_dup_free_address ();
  GripPubControl         *control;
  g_autoptr(GError)       error = NULL;
  Fate                    fates[N];

  zmq_peer_bind (peer, address);
  control = zmq_peer_control ("{'control_zmq_push_uri':'%s'}", address);
  g_assert_no_error (faults_try (control, "warm", NULL));
  for (guint i = 0; i < N; i++)
    faults_publish (control, "<x>", i % 2 == 0 ? NULL : "id", NULL, &fates[i]);
  zmq_peer_free (peer);
  again = zmq_peer_new (ZMQ_PULL);
  zmq_peer_bind (again, address);
  faults_wait (fates, N);
  for (guint i = 0; i < N; i++)
    {
      g_assert_cmpuint (fates[i].n_callbacks, ==, 1);
      if (fates[i].error != NULL)
        faults_assert (&fates[i], UNKNOWN);
    }
  error = faults_try (control, "<later>", NULL);
  g_assert_no_error (error);
  assert_received (again, "<later>", 1);
  faults_drop (control);
}

/* Closed at once: a peer that is there gets it all; where there is none, close says how many it was. */
static void
test_close (void)
{
  enum { N = 1000 };
  g_autoptr(ZmqPeer)  peer = zmq_peer_new (ZMQ_PULL);
  g_autofree char    *nowhere = zmq_peer_dup_free_address ();
  g_autoptr(GError)   error = NULL;
  g_autoptr(GripItem) item = zmq_peer_item ("<x>", NULL);
  GripPubControl     *control;

  zmq_peer_bind (peer, "tcp://127.0.0.1:*");
  control = zmq_peer_control ("{'control_zmq_push_uri':'%s'}", zmq_peer_get_address (peer));
  for (guint i = 0; i < N; i++)
    grip_pub_control_publish_async (control, "c", item, NULL, NULL, NULL);
  g_assert_true (grip_pub_control_close (control, NULL, &error));
  g_assert_no_error (error);
  g_object_unref (control);
  assert_received (peer, "<x>", N);

  control = zmq_peer_control ("{'control_zmq_push_uri':'%s'}", nowhere);
  set_timeout (control, 0.5);
  for (guint i = 0; i < 7; i++)
    grip_pub_control_publish_async (control, "c", item, NULL, NULL, NULL);
  g_assert_false (grip_pub_control_close (control, NULL, &error));
  g_assert_nonnull (strstr (error->message, "7 "));
  g_object_unref (control);
}

static void
subscribed_cb (GripPubControl *control,
               const char     *channel,
               gboolean       *subscribed)
{
  if (g_str_equal (channel, "c"))
    *subscribed = TRUE;
}

/* A socket that was bound takes connections only while its thread calls it. The signal is waited for: as
 * long as nothing is known, everybody may have subscribed. */
static void
pump (ZmqPeer  *peer,
      gboolean *subscribed)
{
  while (!*subscribed)
    {
      g_autoptr(GBytes) frame = zmq_peer_receive (peer, 10);

      g_main_context_iteration (NULL, FALSE);
    }
}

/* A peer that is no proxy: what it says is passed over, and the rest works. */
static void
test_bad_subscriptions (void)
{
  static const char   *const frames[] = { "\x02zzz", "\x01\xff\xfe", "\x00zzz", "hello", "" };
  g_autoptr(ZmqPeer)   peer = zmq_peer_new (ZMQ_XSUB);
  g_autoptr(GError)    error = NULL;
  g_autoptr(GBytes)    nothing = NULL;
  GripPubControl      *control;
  Fate                 warm;
  gboolean             subscribed = FALSE;

  zmq_peer_bind (peer, "tcp://127.0.0.1:*");
  control = zmq_peer_control ("{'control_zmq_pub_uri':'%s','require_subscribers':true}", zmq_peer_get_address (peer));
  g_signal_connect (control, "channel-subscribed", G_CALLBACK (subscribed_cb), &subscribed);
  faults_publish (control, "warm", NULL, NULL, &warm);
  /* The connection is made meanwhile. */
  nothing = zmq_peer_receive (peer, 500);
  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    zmq_peer_send (peer, frames[i], i == 2 ? 4 : strlen (frames[i]));
  zmq_peer_send (peer, "\x01" "c", 2);
  pump (peer, &subscribed);
  faults_wait (&warm, 1);
  faults_assert (&warm, NULL);
  error = faults_try (control, "<x>", NULL);
  g_assert_no_error (error);
  assert_received (peer, "<x>", 1);

  faults_drop (control);
}

/* The command socket */

typedef struct
{
  const char *reply;            /* with %s for the id; NULL: none at all */
  const char *address;          /* what is answered in the end */
  int         is_well;          /* atomic */
} Command;

static char *
dup_id (GBytes *request)
{
  const char *data = g_bytes_get_data (request, NULL);
  const char *at = g_strstr_len (data, g_bytes_get_size (request), "2:id,");
  char       *value;
  gsize       length;

  g_assert_nonnull (at);
  length = strtoul (at + 5, &value, 10);

  return g_strndup (value + 1, length);
}

static GBytes *
answer_cb (GBytes   *request,
           gpointer  user_data)
{
  Command         *self = user_data;
  g_autofree char *id = dup_id (request);
  g_autoptr(GString) text = NULL;
  g_autofree char *value = NULL;
  g_autofree char *members = NULL;

  if (!g_atomic_int_get (&self->is_well))
    return self->reply != NULL ? g_bytes_new (self->reply, strlen (self->reply)) : NULL;

  value = g_strdup_printf ("12:publish-pull,%zu:%s,", strlen (self->address), self->address);
  members = g_strdup_printf ("2:id,%zu:%s,7:success,4:true!5:value,%zu:%s}", strlen (id), id, strlen (value), value);
  text = g_string_new (NULL);
  g_string_append_printf (text, "%zu:%s}", strlen (members), members);

  return g_bytes_new (text->str, text->len);
}

static void
run_discovery (const char *reply,
               const char *fate)
{
  g_autoptr(ZmqPeer)  pull = zmq_peer_new (ZMQ_PULL);
  g_autoptr(ZmqPeer)  command = zmq_peer_new (ZMQ_ROUTER);
  Command             answer = { .reply = reply };
  GripPubControl     *control;
  g_autoptr(GError)   error = NULL;
  Fate                bad;

  zmq_peer_bind (pull, "tcp://127.0.0.1:*");
  answer.address = zmq_peer_get_address (pull);
  zmq_peer_bind (command, "tcp://127.0.0.1:*");
  zmq_peer_serve (command, answer_cb, &answer);
  control = zmq_peer_control ("{'control_zmq_uri':'%s'}", zmq_peer_get_address (command));

  set_timeout (control, 1);
  faults_publish (control, "<bad>", NULL, NULL, &bad);
  faults_wait (&bad, 1);
  g_test_message ("%.40s: %s", reply != NULL ? reply : "nothing", bad.error != NULL ? bad.error->message : "accepted");
  g_assert_nonnull (bad.error);
  if (fate != NULL)
    faults_assert (&bad, fate);
  g_clear_error (&bad.error);

  /* It is asked again. */
  g_atomic_int_set (&answer.is_well, TRUE);
  set_timeout (control, 60);
  for (guint i = 0; i < 600; i++)
    {
      g_clear_error (&error);
      error = faults_try (control, "<good>", NULL);
      if (error == NULL)
        break;
      g_usleep (100000);
    }
  g_assert_no_error (error);
  assert_received (pull, "<good>", 1);
  faults_drop (control);
}

static void
test_discovery_silent (void)
{
  run_discovery (NULL, NOT_SENT);
}

/* What makes no sense is an error, not a wait. */
static void
test_discovery_garbage (void)
{
  g_autofree char         *deep = g_strnfill (5000, '0');
  static const char *const replies[] = {
    "", "garbage", "4:", "99999999999999999999:x}", "3:abc,", "0:}", "5:hello}", "-1:x,",
    "17:7:success,4:true!}", "18:7:success,5:false!}",
    "56:7:success,4:true!5:value,28:12:publish-pull,9:inproc://}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (replies); i++)
    run_discovery (replies[i], NULL);
  run_discovery (deep, NULL);
}

/* The address of @wire, as a command socket tells it. */
static char *
dup_answer (GripTestZmqWire *wire)
{
  const char      *address = grip_test_zmq_wire_get_address (wire);
  g_autofree char *value = g_strdup_printf ("12:publish-pull,%zu:%s,", strlen (address), address);
  g_autofree char *body = g_strdup_printf ("7:success,4:true!5:value,%zu:%s}", strlen (value), value);

  return g_strdup_printf ("%zu:%s}", strlen (body), body);
}

/* The first command sockets fail in all ways in which there is no answer: the item waits, and is sent. */
static void
test_discovery_unanswered (void)
{
  static const GripTestWireFault faults[] = {
    { .raw = "", .end = GRIP_TEST_WIRE_CLOSE },
    { .raw = "SSH-2.0-OpenSSH_9.2\r\n\r\n", .end = GRIP_TEST_WIRE_CLOSE },
    { .cut = 70, .end = GRIP_TEST_WIRE_RESET },
    { .n_messages = 1, .silent = TRUE, .end = GRIP_TEST_WIRE_CLOSE },
    { .n_messages = 1, .silent = TRUE, .end = GRIP_TEST_WIRE_RESET },
    { .n_messages = 1, .raw_reply = "\0\x32" "47:7:succ", .raw_length = 11, .end = GRIP_TEST_WIRE_CLOSE },
    { .n_messages = 1, .silent = TRUE, .end = GRIP_TEST_WIRE_STALL },
  };
  g_autoptr(GripTestZmqWire)  pull = grip_test_zmq_wire_new (GRIP_TEST_WIRE_PULL);
  g_autofree char            *answer = dup_answer (pull);

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr(GripTestZmqWire)  command = grip_test_zmq_wire_new (GRIP_TEST_WIRE_REP);
      g_autofree char            *content = g_strdup_printf ("<%u>", i);
      g_autoptr(GError)           error = NULL;
      GripPubControl             *control;

      grip_test_zmq_wire_push (command, &faults[i]);
      for (guint k = 0; k < 100; k++)
        grip_test_zmq_wire_push (command, &(GripTestWireFault) { .reply = answer });
      control = zmq_peer_control ("{'control_zmq_uri':'%s'}", grip_test_zmq_wire_get_address (command));
      set_timeout (control, PATIENCE / 1000);
      error = faults_try (control, content, NULL);
      g_assert_no_error (error);
      while (grip_test_zmq_wire_count (pull, content) == 0)
        g_usleep (1000);
      faults_drop (control);
    }
}

int
main (int   argc,
      char *argv[])
{
  faults_init (&argc, &argv, NULL, 0);

  g_test_add_func ("/faults/F21-no-peer", test_no_peer);
  g_test_add_func ("/faults/F22-peer-dies", test_peer_dies);
  g_test_add_func ("/faults/F23-close", test_close);
  g_test_add_func ("/faults/F27-bad-subscriptions", test_bad_subscriptions);
  g_test_add_func ("/faults/F28-discovery-silent", test_discovery_silent);
  g_test_add_func ("/faults/F28-discovery-unanswered", test_discovery_unanswered);
  g_test_add_func ("/faults/F29-discovery-garbage", test_discovery_garbage);

  return g_test_run ();
}
