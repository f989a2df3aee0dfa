/* test-zmq-discovery.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <glib/gstdio.h>

#include "zmq-peer.h"

/* Discovery by the command socket, with every kind of answer. */

static char *
tnet (const char *content,
      char        kind)
{
  return g_strdup_printf ("%d:%s%c", (int) strlen (content), content, kind);
}

static char *
uris_reply (const char *name,
            const char *address)
{
  g_autofree char *key = tnet (name, ',');
  g_autofree char *value = tnet (address, ',');
  g_autofree char *pair = g_strconcat (key, value, NULL);
  g_autofree char *dict = tnet (pair, '}');
  g_autofree char *body = g_strconcat ("2:id,1:1,7:success,4:true!5:value,", dict, NULL);

  return tnet (body, '}');
}

static void
check_discovery (const char *answer,
                 const char *mode,
                 double      timeout,
                 int         code,
                 const char *words)
{
  g_autoptr(ZmqPeer)        proxy = zmq_peer_new (ZMQ_ROUTER);
  g_autoptr(GripPubControl) control = NULL;
  g_autoptr(GError)         error = NULL;

  zmq_peer_bind (proxy, "tcp://127.0.0.1:*");
  zmq_peer_serve (proxy, zmq_peer_answer_text, (gpointer) answer);
  control = zmq_peer_control ("{'control_zmq_uri':'%s','control_zmq_mode':'%s'}", zmq_peer_get_address (proxy), mode);
  grip_pub_control_set_timeout (control, timeout);
  error = zmq_peer_try (control, "x");
  g_assert_error (error, GRIP_ERROR, code);
  if (strstr (error->message, words) == NULL)
    g_error ("expected '%s' in: %s", words, error->message);
}

static void
test_bad_answers (void)
{
  static const struct
  {
    const char *answer;
    int         code;
    const char *words;
  } cases[] = {
    { "", GRIP_ERROR_MALFORMED, "makes no sense" },
    { "garbage", GRIP_ERROR_MALFORMED, "has no length" },
    { "HTTP/1.1 400 Bad Request\r\n\r\n", GRIP_ERROR_MALFORMED, "has no length" },
    { "40:2:id,1:1,7:success,4:true!", GRIP_ERROR_MALFORMED, "is cut" },
    { "4:true!", GRIP_ERROR_MALFORMED, "whether it is a success" },
    { "26:2:id,1:2,7:success,4:true!}", GRIP_ERROR_MALFORMED, "another request" },
    { "17:7:success,4:1234,}", GRIP_ERROR_MALFORMED, "whether it is a success" },
    { "17:7:success,4:true!}", GRIP_ERROR_INVALID_CONFIG, "no socket 'publish-pull'" },
    { "18:7:success,5:false!}", GRIP_ERROR_REJECTED, "no success" },
    { "38:7:success,5:false!9:condition,5:b\x1b" "ad!,}", GRIP_ERROR_REJECTED, "b ad!" },
    { "41:7:success,4:true!5:value,12:not-uris-yet,}", GRIP_ERROR_INVALID_CONFIG, "no socket" },
    { "49:7:success,4:true!5:value,20:12:publish-pull,1:5#}}", GRIP_ERROR_MALFORMED, "is no text" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check_discovery (cases[i].answer, "push", 20, cases[i].code, cases[i].words);
}

/* Which socket the proxy is asked for, where nothing but the command socket is named. */
static void
test_modes (void)
{
  static const char *const cases[][2] = {
    { "", "'publish-pull'" },
    { ",'require_subscribers':true", "'publish-sub'" },
    { ",'control_zmq_mode':'pub'", "'publish-sub'" },
    { ",'control_zmq_mode':'push','require_subscribers':true", "'publish-pull'" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(ZmqPeer)        proxy = zmq_peer_new (ZMQ_ROUTER);
      g_autoptr(GripPubControl) control = NULL;
      g_autoptr(GError)         error = NULL;

      zmq_peer_bind (proxy, "tcp://127.0.0.1:*");
      zmq_peer_serve (proxy, zmq_peer_answer_text, (gpointer) "17:7:success,4:true!}");
      control = zmq_peer_control ("{'control_zmq_uri':'%s'%s}", zmq_peer_get_address (proxy), cases[i][0]);
      error = zmq_peer_try (control, "x");
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
      if (strstr (error->message, cases[i][1]) == NULL)
        g_error ("expected %s in: %s", cases[i][1], error->message);
    }
}

/* An address that is named wins over what the command socket would tell, which is not asked. */
static void
test_explicit (void)
{
  static const struct
  {
    const char *options;
    int         type;
  } cases[] = {
    { "'control_zmq_push_uri'", ZMQ_PULL },
    { "'control_zmq_mode':'pub','grace_time':20,'control_zmq_pub_uri'", ZMQ_SUB },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(ZmqPeer)        proxy = zmq_peer_new (ZMQ_ROUTER);
      g_autoptr(ZmqPeer)        named = zmq_peer_new (cases[i].type);
      g_autoptr(GripPubControl) control = NULL;
      g_autoptr(GripItem)       item = zmq_peer_item ("x", NULL);
      g_autoptr(GAsyncResult)   result = NULL;
      g_autoptr(GError)         error = NULL;

      zmq_peer_bind (proxy, "tcp://127.0.0.1:*");
      zmq_peer_serve (proxy, zmq_peer_answer_text, (gpointer) "17:7:success,4:true!}");
      zmq_peer_bind (named, "tcp://127.0.0.1:*");
      if (cases[i].type == ZMQ_SUB)
        zmq_peer_subscribe (named, "test");
      control = zmq_peer_control ("{'control_zmq_uri':'%s',%s:'%s'}", zmq_peer_get_address (proxy),
                                  cases[i].options, zmq_peer_get_address (named));
      grip_pub_control_publish_async (control, "test", item, NULL, zmq_peer_keep_result, &result);
      while (result == NULL)
        zmq_peer_iterate ();
      g_assert_true (grip_pub_control_publish_finish (control, result, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (zmq_peer_count_served (proxy), ==, 0);
    }
}

static void
test_bad_addresses (void)
{
  static const char * const addresses[] = {
    "inproc://x", "file:///etc/passwd", "ipc:/etc/passwd", "udp://h:1", "tcp://h", "tcp://h:0", "tcp://h:99999",
    "tcp://a b:1", "", "tcp://*:x", "ipc://", "tcp://\x1b[31m:1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autofree char *answer = uris_reply ("publish-sub", addresses[i]);

      g_test_message ("%s", addresses[i]);
      check_discovery (answer, "pub", 20, GRIP_ERROR_MALFORMED, "cannot be used");
    }
}

/* An answer that never comes, and one that is too large: items wait as long as they may. */
static void
test_silence (void)
{
  g_autofree char *huge = g_strnfill (1024 * 1024, '1');

  check_discovery (NULL, "push", 0.5, GRIP_ERROR_TIMED_OUT, ": not sent: ");
  check_discovery (huge, "push", 0.5, GRIP_ERROR_TIMED_OUT, ": not sent: ");
}

/* The proxy tells @told with the port, or all of the address. */
static void
check_found (const char *host,
             const char *command,
             const char *told)
{
  g_autoptr(ZmqPeer)        pull = zmq_peer_new (ZMQ_PULL);
  g_autoptr(ZmqPeer)        proxy = zmq_peer_new (ZMQ_ROUTER);
  g_autoptr(GripPubControl) control = NULL;
  g_autoptr(GError)         error = NULL;
  g_autoptr(GBytes)         received = NULL;
  g_autofree char          *any = g_strdup_printf ("tcp://%s:*", host);
  g_autofree char          *address = NULL;
  g_autofree char          *answer = NULL;

  zmq_peer_bind (pull, any);
  address = told != NULL ? g_strconcat (told, strrchr (zmq_peer_get_address (pull), ':') + 1, NULL)
                         : g_strdup (zmq_peer_get_address (pull));
  answer = uris_reply ("publish-pull", address);
  zmq_peer_bind (proxy, command != NULL ? command : any);
  zmq_peer_serve (proxy, zmq_peer_answer_text, answer);
  control = zmq_peer_control ("{'control_zmq_uri':'%s'}", zmq_peer_get_address (proxy));
  error = zmq_peer_try (control, "found");
  g_assert_no_error (error);
  received = zmq_peer_receive (pull, ZMQ_PEER_PATIENCE);
  g_assert_nonnull (received);
  g_clear_object (&control);
}

static void
test_found (void)
{
  g_autofree char *dir = g_dir_make_tmp ("grip-zmq-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "s", NULL);
  g_autofree char *local = g_strconcat ("ipc://", path, NULL);

  check_found ("127.0.0.1", NULL, NULL);
  check_found ("127.0.0.1", NULL, "tcp://*:");
  check_found ("[::1]", NULL, "tcp://*:");
  /* Where the command socket has no host, it is this one. */
  check_found ("127.0.0.1", local, "tcp://*:");
  g_unlink (path);
  g_rmdir (dir);
}

/* What is published before the proxy is there waits, in its order. */
static void
test_waits (void)
{
  enum { N = 10 };
  g_autoptr(ZmqPeer)        pull = zmq_peer_new (ZMQ_PULL);
  g_autoptr(ZmqPeer)        proxy = zmq_peer_new (ZMQ_ROUTER);
  g_autoptr(GripPubControl) control = NULL;
  g_autofree char          *address = zmq_peer_dup_free_address ();
  g_autofree char          *answer = NULL;
  GAsyncResult             *results[N] = { NULL };

  control = zmq_peer_control ("{'control_zmq_uri':'%s'}", address);
  for (guint i = 0; i < N; i++)
    {
      g_autofree char    *content = g_strdup_printf ("item %u.", i);
      g_autoptr(GripItem) item = zmq_peer_item (content, NULL);

      grip_pub_control_publish_async (control, "test", item, NULL, zmq_peer_keep_result, &results[i]);
    }
  g_usleep (G_USEC_PER_SEC / 5);
  g_main_context_iteration (NULL, FALSE);
  g_assert_null (results[0]);

  zmq_peer_bind (pull, "tcp://127.0.0.1:*");
  answer = uris_reply ("publish-pull", zmq_peer_get_address (pull));
  zmq_peer_bind (proxy, address);
  zmq_peer_serve (proxy, zmq_peer_answer_text, answer);
  for (guint i = 0; i < N; i++)
    {
      g_autofree char   *content = g_strdup_printf ("item %u.", i);
      g_autoptr(GBytes)  received = zmq_peer_receive (pull, ZMQ_PEER_PATIENCE);

      g_assert_nonnull (received);
      g_assert_nonnull (g_strstr_len (g_bytes_get_data (received, NULL), (gssize) g_bytes_get_size (received), content));
    }
  for (guint i = 0; i < N; i++)
    {
      while (results[i] == NULL)
        g_main_context_iteration (NULL, TRUE);
      g_assert_true (grip_pub_control_publish_finish (control, results[i], NULL));
      g_object_unref (results[i]);
    }
}

/* A proxy that makes no sense is asked ever less often: five pauses, of 0.1 s and each twice as long as
 * the one before, are 3.1 s, and 30 % less at the least. A busy machine only takes longer. */
static void
test_backs_off (void)
{
  g_autoptr(ZmqPeer)        proxy = zmq_peer_new (ZMQ_ROUTER);
  g_autoptr(GripPubControl) control = NULL;
  g_autoptr(GError)         error = NULL;
  gint64                    start;

  zmq_peer_bind (proxy, "tcp://127.0.0.1:*");
  zmq_peer_serve (proxy, zmq_peer_answer_text, (gpointer) "garbage");
  start = g_get_monotonic_time ();
  control = zmq_peer_control ("{'control_zmq_uri':'%s'}", zmq_peer_get_address (proxy));
  error = zmq_peer_try (control, "x");
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
  while (zmq_peer_count_served (proxy) < 6)
    g_usleep (1000);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 2 * G_USEC_PER_SEC);
}

/* One answer, then the other. */
static GBytes *
answer_later (GBytes   *request,
              gpointer  user_data)
{
  char **answers = user_data;
  GBytes *answer = g_bytes_new (answers[0], strlen (answers[0]));

  if (answers[1] != NULL)
    answers[0] = g_steal_pointer (&answers[1]);

  return answer;
}

/* The proxy goes, and comes back with another address for items: it is asked again. */
static void
test_moves (void)
{
  g_autoptr(ZmqPeer)        proxy = zmq_peer_new (ZMQ_ROUTER);
  ZmqPeer                  *before = zmq_peer_new (ZMQ_PULL);
  g_autoptr(ZmqPeer)        after = zmq_peer_new (ZMQ_PULL);
  g_autoptr(GripPubControl) control = NULL;
  g_autoptr(GBytes)         received = NULL;
  g_autofree char          *first = NULL;
  g_autofree char          *second = NULL;
  char                     *answers[2];

  zmq_peer_bind (before, "tcp://127.0.0.1:*");
  zmq_peer_bind (after, "tcp://127.0.0.1:*");
  zmq_peer_bind (proxy, "tcp://127.0.0.1:*");
  answers[0] = first = uris_reply ("publish-pull", zmq_peer_get_address (before));
  answers[1] = second = uris_reply ("publish-pull", zmq_peer_get_address (after));
  zmq_peer_serve (proxy, answer_later, answers);
  control = zmq_peer_control ("{'control_zmq_uri':'%s'}", zmq_peer_get_address (proxy));
  g_assert_no_error (zmq_peer_try (control, "before"));
  received = zmq_peer_receive (before, ZMQ_PEER_PATIENCE);
  g_assert_nonnull (received);

  zmq_peer_free (before);
  g_clear_pointer (&received, g_bytes_unref);
  /* The end of the connection may be noticed a little late. */
  while (received == NULL)
    {
      g_autoptr(GError) error = zmq_peer_try (control, "after");

      if (error == NULL)
        received = zmq_peer_receive (after, 100);
    }
  g_assert_cmpuint (zmq_peer_count_served (proxy), ==, 2);
}

/* The proxy comes later, and answers first with nonsense. */
static void
test_tried_again (void)
{
  g_autoptr(ZmqPeer)        pull = zmq_peer_new (ZMQ_PULL);
  g_autoptr(ZmqPeer)        proxy = zmq_peer_new (ZMQ_ROUTER);
  g_autoptr(GripPubControl) control = NULL;
  g_autofree char          *address = zmq_peer_dup_free_address ();
  g_autofree char          *answer = NULL;
  char                     *answers[2] = { (char *) "nonsense" };
  GError                   *error;

  zmq_peer_bind (pull, "tcp://127.0.0.1:*");
  answers[1] = answer = uris_reply ("publish-pull", zmq_peer_get_address (pull));
  control = zmq_peer_control ("{'control_zmq_uri':'%s'}", address);
  g_usleep (G_USEC_PER_SEC / 10);
  zmq_peer_bind (proxy, address);
  zmq_peer_serve (proxy, answer_later, answers);

  while ((error = zmq_peer_try (control, "again")) != NULL)
    g_error_free (error);
  g_assert_cmpuint (zmq_peer_count_served (proxy), ==, 2);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);

  g_test_add_func ("/zmq/discovery/bad-answers", test_bad_answers);
  g_test_add_func ("/zmq/discovery/modes", test_modes);
  g_test_add_func ("/zmq/discovery/explicit", test_explicit);
  g_test_add_func ("/zmq/discovery/bad-addresses", test_bad_addresses);
  g_test_add_func ("/zmq/discovery/silence", test_silence);
  g_test_add_func ("/zmq/discovery/found", test_found);
  g_test_add_func ("/zmq/discovery/waits", test_waits);
  g_test_add_func ("/zmq/discovery/backs-off", test_backs_off);
  g_test_add_func ("/zmq/discovery/moves", test_moves);
  g_test_add_func ("/zmq/discovery/tried-again", test_tried_again);

  return g_test_run ();
}
