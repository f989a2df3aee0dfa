/* test-zmq-command.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "zmq-peer.h"

/* The command socket: acknowledged publishing, other calls. */

static GBytes *
answer_publish (GBytes   *request,
                gpointer  user_data)
{
  gsize       length;
  const char *data = g_bytes_get_data (request, &length);
  const char *answer = "17:7:success,4:true!}";

  g_assert_nonnull (g_strstr_len (data, length, "6:method,7:publish,"));
  if (g_strstr_len (data, length, "evil") != NULL)
    answer = "64:7:success,5:false!9:condition,10:bad-format,5:value,9:evil item,}";

  return g_bytes_new (answer, strlen (answer));
}

static void
test_publish (void)
{
  g_autoptr(ZmqPeer)        proxy = zmq_peer_new (ZMQ_ROUTER);
  g_autoptr(GripPubControl) control = NULL;
  GError                   *error;

  zmq_peer_bind (proxy, "tcp://127.0.0.1:*");
  zmq_peer_serve (proxy, answer_publish, NULL);
  control = zmq_peer_control ("{'control_zmq_uri':'%s','control_zmq_mode':'command'}", zmq_peer_get_address (proxy));
  error = zmq_peer_try (control, "good");
  g_assert_no_error (error);
  error = zmq_peer_try (control, "evil");
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_REJECTED);
  g_assert_nonnull (strstr (error->message, ": refused: the proxy says: bad-format: evil item"));
  g_error_free (error);
  error = zmq_peer_try (control, "good again");
  g_assert_no_error (error);
}

/* One bad item in a batch hurts only itself. */
static void
test_batch (void)
{
  g_autoptr(ZmqPeer)        proxy = zmq_peer_new (ZMQ_ROUTER);
  g_autoptr(GripPubControl) control = NULL;
  GAsyncResult             *results[50] = { NULL };
  guint                     failed = 0;

  zmq_peer_bind (proxy, "tcp://127.0.0.1:*");
  zmq_peer_serve (proxy, answer_publish, NULL);
  control = zmq_peer_control ("{'control_zmq_uri':'%s','control_zmq_mode':'command'}", zmq_peer_get_address (proxy));
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr(GripItem) item = zmq_peer_item (i == 30 ? "evil" : "good", NULL);

      grip_pub_control_publish_async (control, "test", item, NULL, zmq_peer_keep_result, &results[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      while (results[i] == NULL)
        g_main_context_iteration (NULL, TRUE);
      if (!grip_pub_control_publish_finish (control, results[i], NULL))
        {
          g_assert_cmpuint (i, ==, 30);
          failed++;
        }
      g_object_unref (results[i]);
    }
  g_assert_cmpuint (failed, ==, 1);
}

#define MANY 100000

/* Each item is the one after the last that was seen. A request is long: no function looks at all of it, as those
 * of strings do under AddressSanitizer. */
static GBytes *
answer_counting (GBytes   *request,
                 gpointer  user_data)
{
  guint            *next = user_data;
  static const char answer[] = "17:7:success,4:true!}";
  gsize             length;
  const char       *at = g_bytes_get_data (request, &length);
  const char       *end = at + length;

  while ((at = memchr (at, 'i', (gsize) (end - at))) != NULL)
    {
      guint number = 0;

      if (end - at < 6 || memcmp (at, "item ", 5) != 0 || !g_ascii_isdigit (at[5]))
        {
          at++;
          continue;
        }
      for (at += 5; g_ascii_isdigit (*at); at++)
        number = number * 10 + (guint) g_ascii_digit_value (*at);
      g_assert_cmpuint (number, ==, (*next)++);
    }

  return g_bytes_new_static (answer, strlen (answer));
}

/* Nothing lost, nothing twice and nothing out of order, and every item is acknowledged. */
static void
test_many_in_order (void)
{
  g_autoptr(ZmqPeer)        proxy = zmq_peer_new (ZMQ_ROUTER);
  g_autoptr(GripPubControl) control = NULL;
  g_autoptr(GObject)        transport = NULL;
  g_autoptr(GError)         error = NULL;
  guint                     next = 0;

  zmq_peer_bind (proxy, "tcp://127.0.0.1:*");
  zmq_peer_serve (proxy, answer_counting, &next);
  control = zmq_peer_control ("{'control_zmq_uri':'%s','control_zmq_mode':'command'}", zmq_peer_get_address (proxy));
  transport = g_list_model_get_item (G_LIST_MODEL (control), 0);
  g_object_set (transport, "request-timeout", 60.0, NULL);
  grip_pub_control_set_timeout (control, 120);
  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char    *content = g_strdup_printf ("item %u.", i);
      g_autoptr(GripItem) item = zmq_peer_item (content, NULL);

      grip_pub_control_publish_async (control, "test", item, NULL, NULL, NULL);
    }
  grip_pub_control_close (control, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (next, ==, MANY);
}

/* No answer: nobody knows. No proxy: not sent. */
static void
test_publish_faults (void)
{
  g_autoptr(ZmqPeer)        proxy = zmq_peer_new (ZMQ_ROUTER);
  g_autofree char          *nobody = zmq_peer_dup_free_address ();
  g_autoptr(GripPubControl) control = NULL;
  g_autoptr(GripPubControl) alone = NULL;
  g_autoptr(GObject)        transport = NULL;
  g_autoptr(GObject)        reached = NULL;
  g_autoptr(GError)         error = NULL;
  g_autoptr(GError)         unsent = NULL;

  zmq_peer_bind (proxy, "tcp://127.0.0.1:*");
  zmq_peer_serve (proxy, zmq_peer_answer_text, NULL);
  control = zmq_peer_control ("{'control_zmq_uri':'%s','control_zmq_mode':'command'}", zmq_peer_get_address (proxy));
  transport = g_list_model_get_item (G_LIST_MODEL (control), 0);
  g_object_set (transport, "request-timeout", 0.5, NULL);
  error = zmq_peer_try (control, "x");
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (error->message, ": unknown: "));

  alone = zmq_peer_control ("{'control_zmq_uri':'%s','control_zmq_mode':'command'}", nobody);
  reached = g_list_model_get_item (G_LIST_MODEL (alone), 0);
  g_object_set (reached, "request-timeout", 0.2, NULL);
  grip_pub_control_set_timeout (alone, 1);
  unsent = zmq_peer_try (alone, "x");
  g_assert_nonnull (strstr (unsent->message, ": not sent: "));
}

static guint64
count_in_flight (GripPubControl *control)
{
  g_autoptr(GripStatistics) statistics = grip_pub_control_get_statistics (control);

  return grip_statistics_get_n_in_flight (statistics);
}

/* Gives up on an item for which there is no connection: it was certainly not sent, whoever gives up. */
static void
test_unconnected (void)
{
  g_autofree char          *nobody = zmq_peer_dup_free_address ();
  g_autoptr(GripPubControl) control = NULL;
  g_autoptr(GCancellable)   cancellable = g_cancellable_new ();
  g_autoptr(GripItem)       item = zmq_peer_item ("x", NULL);
  g_autoptr(GripBatch)      batch = grip_batch_new ();
  g_autoptr(GAsyncResult)   result = NULL;
  g_autoptr(GError)         late = NULL;
  g_autoptr(GError)         error = NULL;

  control = zmq_peer_control ("{'control_zmq_uri':'%s','control_zmq_mode':'command'}", nobody);
  grip_pub_control_set_timeout (control, 0.5);
  late = zmq_peer_try (control, "y");
  g_assert_error (late, GRIP_ERROR, GRIP_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (late->message, ": not sent: "));

  grip_pub_control_set_timeout (control, ZMQ_PEER_PATIENCE / 1000);
  grip_batch_add (batch, "test", item, NULL);
  grip_pub_control_publish_batch_async (control, batch, cancellable, zmq_peer_keep_result, &result);
  while (count_in_flight (control) == 0)
    g_usleep (1000);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (grip_pub_control_publish_batch_finish (control, result, &error));
  g_assert_cmpint (grip_batch_get_fate (batch, 0), ==, GRIP_FATE_NOT_SENT);
}

/* The other calls */

static GBytes *
answer_call (GBytes   *request,
             gpointer  user_data)
{
  gsize       length;
  const char *data = g_bytes_get_data (request, &length);
  const char *answer = "17:7:success,4:true!}";

  if (g_strstr_len (data, length, "9:conncheck,") != NULL)
    {
      g_assert_nonnull (g_strstr_len (data, length, "3:ids,8:1:a,1:b,]"));
      answer = "35:7:success,4:true!5:value,7:4:here,]}";
    }
  else if (g_strstr_len (data, length, "7:refresh,") != NULL)
    {
      g_assert_nonnull (g_strstr_len (data, length, "3:cid,4:here,"));
    }
  else if (g_strstr_len (data, length, "12:get-zmq-uris,") != NULL)
    {
      answer = "54:7:success,4:true!5:value,25:7:command,11:tcp://*:556,}}";
    }
  else
    {
      g_assert_nonnull (g_strstr_len (data, length, "7:recover,"));
    }

  return g_bytes_new (answer, strlen (answer));
}

static GAsyncResult *
take (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return g_steal_pointer (result);
}

static void
test_calls (void)
{
  g_autoptr(ZmqPeer)        proxy = zmq_peer_new (ZMQ_ROUTER);
  g_autoptr(GripPubControl) control = NULL;
  g_autoptr(GripZmqControl) zmq = NULL;
  g_autoptr(GAsyncResult)   checked = NULL;
  g_autoptr(GAsyncResult)   refreshed = NULL;
  g_autoptr(GAsyncResult)   recovered = NULL;
  g_autoptr(GAsyncResult)   found = NULL;
  g_autoptr(GVariant)       uris = NULL;
  g_autoptr(GError)         error = NULL;
  g_autofree char          *printed = NULL;
  g_auto(GStrv)             ids = NULL;
  GAsyncResult             *result = NULL;

  zmq_peer_bind (proxy, "tcp://127.0.0.1:*");
  zmq_peer_serve (proxy, answer_call, NULL);
  control = zmq_peer_control ("{'control_zmq_uri':'%s','control_zmq_mode':'command'}", zmq_peer_get_address (proxy));
  zmq = g_list_model_get_item (G_LIST_MODEL (control), 0);

  grip_zmq_control_check_connections_async (zmq, (const char *[]) { "a", "b", NULL }, NULL, zmq_peer_keep_result, &result);
  checked = take (&result);
  ids = grip_zmq_control_check_connections_finish (zmq, checked, &error);
  g_assert_no_error (error);
  g_assert_true (g_strv_equal ((const char *const *) ids, (const char *[]) { "here", NULL }));

  grip_zmq_control_refresh_async (zmq, "here", NULL, zmq_peer_keep_result, &result);
  refreshed = take (&result);
  g_assert_true (grip_zmq_control_refresh_finish (zmq, refreshed, &error));
  grip_zmq_control_recover_async (zmq, NULL, zmq_peer_keep_result, &result);
  recovered = take (&result);
  g_assert_true (grip_zmq_control_recover_finish (zmq, recovered, &error));

  grip_zmq_control_get_uris_async (zmq, NULL, zmq_peer_keep_result, &result);
  found = take (&result);
  uris = grip_zmq_control_get_uris_finish (zmq, found, &error);
  g_assert_no_error (error);
  printed = g_variant_print (uris, FALSE);
  g_assert_cmpstr (printed, ==, "{'command': 'tcp://*:556'}");
}

static void
test_cancelled_call (void)
{
  g_autoptr(ZmqPeer)        proxy = zmq_peer_new (ZMQ_ROUTER);
  g_autoptr(GripPubControl) control = NULL;
  g_autoptr(GripZmqControl) zmq = NULL;
  g_autoptr(GCancellable)   cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult)   taken = NULL;
  g_autoptr(GError)         error = NULL;
  GAsyncResult             *result = NULL;

  zmq_peer_bind (proxy, "tcp://127.0.0.1:*");
  zmq_peer_serve (proxy, zmq_peer_answer_text, NULL);
  control = zmq_peer_control ("{'control_zmq_uri':'%s','control_zmq_mode':'command'}", zmq_peer_get_address (proxy));
  zmq = g_list_model_get_item (G_LIST_MODEL (control), 0);
  g_object_set (zmq, "request-timeout", 3600.0, NULL);
  grip_zmq_control_recover_async (zmq, cancellable, zmq_peer_keep_result, &result);
  while (zmq_peer_count_served (proxy) == 0)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_cancellable_cancel (cancellable);
  taken = take (&result);
  g_assert_false (grip_zmq_control_recover_finish (zmq, taken, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);

  g_test_add_func ("/zmq/command/publish", test_publish);
  g_test_add_func ("/zmq/command/batch", test_batch);
  g_test_add_func ("/zmq/command/many-in-order", test_many_in_order);
  g_test_add_func ("/zmq/command/publish-faults", test_publish_faults);
  g_test_add_func ("/zmq/command/unconnected", test_unconnected);
  g_test_add_func ("/zmq/command/calls", test_calls);
  g_test_add_func ("/zmq/command/cancelled-call", test_cancelled_call);

  return g_test_run ();
}
