/* test-lane.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "engine-fixture.h"

/* How a transport is fed: back-pressure, several deliveries at a time, and swaps while publishes are on
 * their way. */

static void
publish_unwaited (Fixture    *fixture,
                  const char *channel,
                  const char *id)
{
  g_autoptr(GripItem) item = engine_make_item (id);

  grip_pub_control_publish_async (fixture->control, channel, item, NULL, NULL, NULL);
}

static void
test_give_back (Fixture       *fixture,
                gconstpointer  data)
{
  GripBaseTransport *base = GRIP_BASE_TRANSPORT (fixture->mock);
  Results            results = { 0 };

  mock_transport_script (fixture->mock, MOCK_TAKE_ONE, 2);
  engine_publish (fixture, "a", "1", &results);
  engine_publish (fixture, "a", "2", &results);
  engine_publish (fixture, "a", "3", &results);
  iterate ();
  engine_assert_log (fixture->mock, "a/1 ");
  g_assert_cmpuint (results.pending, ==, 2);

  /* Nothing is handed over until it is ready. */
  engine_publish (fixture, "a", "4", &results);
  iterate ();
  g_assert_cmpuint (mock_transport_get_batches (fixture->mock), ==, 1);

  grip_base_transport_set_ready (base, TRUE);
  iterate ();
  engine_assert_log (fixture->mock, "a/1 a/2 ");
  grip_base_transport_set_ready (base, TRUE);
  engine_wait_for (&results);
  engine_assert_log (fixture->mock, "a/1 a/2 a/3 a/4 ");
  g_assert_cmpuint (results.succeeded, ==, 4);
}

/* Giving all back is no way to be asked for ever. */
static void
test_give_all_back (Fixture       *fixture,
                    gconstpointer  data)
{
  Results results = { 0 };

  /* Without a pause after each, the queue would be asked all of these times at once. */
  mock_transport_script (fixture->mock, MOCK_TAKE_NONE, 1000000);
  grip_pub_control_set_timeout (fixture->control, 0.2);
  engine_publish (fixture, "a", "1", &results);
  engine_wait_for (&results);
  g_assert_error (results.last, GRIP_ERROR, GRIP_ERROR_TIMED_OUT);
  g_assert_cmpuint (mock_transport_get_batches (fixture->mock), <, 100);
  g_clear_error (&results.last);
}

static void
test_queue_timeout (void)
{
  Fixture                   fixture = { 0 };
  Results                   results = { 0 };
  g_autoptr(GripStatistics) statistics = NULL;

  fixture.control = grip_pub_control_new ();
  fixture.mock = mock_transport_new ("mock://one");
  grip_base_transport_set_queue_timeout (GRIP_BASE_TRANSPORT (fixture.mock), 0.05);
  grip_base_transport_set_ready (GRIP_BASE_TRANSPORT (fixture.mock), FALSE);
  grip_pub_control_add_transport (fixture.control, GRIP_TRANSPORT (fixture.mock));

  engine_publish (&fixture, "a", "1", &results);
  engine_wait_for (&results);
  g_assert_error (results.last, GRIP_ERROR, GRIP_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (results.last->message, "not sent"));
  g_assert_nonnull (strstr (results.last->message, "0.05 s"));
  g_assert_cmpuint (mock_transport_get_batches (fixture.mock), ==, 0);
  g_clear_error (&results.last);

  statistics = grip_base_transport_get_statistics (GRIP_BASE_TRANSPORT (fixture.mock));
  g_assert_cmpuint (grip_statistics_get_n_failed (statistics), ==, 1);

  engine_tear_down (&fixture, NULL);
}

/* Four deliveries at a time, and batches of two items. */
static void
set_up_window (Fixture       *fixture,
               gconstpointer  data)
{
  fixture->control = grip_pub_control_new ();
  fixture->mock = mock_transport_new ("mock://one");
  grip_base_transport_set_max_in_flight (GRIP_BASE_TRANSPORT (fixture->mock), 4);
  grip_base_transport_set_max_batch_items (GRIP_BASE_TRANSPORT (fixture->mock), 2);
  mock_transport_set_default (fixture->mock, MOCK_KEEP);
  grip_pub_control_add_transport (fixture->control, GRIP_TRANSPORT (fixture->mock));
}

static void
test_window (Fixture       *fixture,
             gconstpointer  data)
{
  Results results = { 0 };

  engine_publish (fixture, "a", "1", &results);
  engine_publish (fixture, "b", "2", &results);
  engine_publish (fixture, "a", "3", &results);
  engine_publish (fixture, "c", "4", &results);
  engine_publish (fixture, "d", "5", &results);
  engine_publish (fixture, "a", "6", &results);
  iterate ();

  /* a and b are in flight, so that a/3 and a/6 wait; c and d go beside them. */
  g_assert_cmpuint (mock_transport_get_kept (fixture->mock), ==, 2);
  mock_transport_release_nth (fixture->mock, 1, MOCK_COMPLETE);
  iterate ();
  engine_assert_log (fixture->mock, "c/4 d/5 ");
  g_assert_cmpuint (mock_transport_get_kept (fixture->mock), ==, 1);

  /* The first is lost: it is tried again before what has waited for it. */
  mock_transport_release_nth (fixture->mock, 0, MOCK_FAIL_UNKNOWN);
  mock_transport_set_default (fixture->mock, MOCK_COMPLETE);
  engine_wait_for (&results);
  engine_assert_log (fixture->mock, "c/4 d/5 a/1 b/2 a/3 a/6 ");
  g_assert_cmpuint (results.succeeded, ==, 6);
}

/* One channel never overtakes itself, and what is less than a batch does not leave beside another. */
static void
test_window_one_channel (Fixture       *fixture,
                         gconstpointer  data)
{
  Results results = { 0 };

  for (guint i = 0; i < 5; i++)
    {
      const char id[] = { '0' + i, '\0' };

      engine_publish (fixture, "a", id, &results);
    }
  iterate ();
  g_assert_cmpuint (mock_transport_get_kept (fixture->mock), ==, 1);

  engine_publish (fixture, "b", "9", &results);
  iterate ();
  g_assert_cmpuint (mock_transport_get_kept (fixture->mock), ==, 1);

  mock_transport_set_default (fixture->mock, MOCK_COMPLETE);
  mock_transport_release (fixture->mock, MOCK_FAIL_UNKNOWN);
  engine_wait_for (&results);
  engine_assert_log (fixture->mock, "a/0 a/1 a/2 a/3 a/4 b/9 ");
}

/* Beside another delivery only a whole one leaves, so that batches grow with load. */
static void
test_window_whole_batches (Fixture       *fixture,
                           gconstpointer  data)
{
  Results results = { 0 };

  engine_publish (fixture, "a", "1", &results);
  iterate ();
  g_assert_cmpuint (mock_transport_get_kept (fixture->mock), ==, 1);
  engine_publish (fixture, "b", "2", &results);
  iterate ();
  g_assert_cmpuint (mock_transport_get_kept (fixture->mock), ==, 1);
  engine_publish (fixture, "c", "3", &results);
  iterate ();
  g_assert_cmpuint (mock_transport_get_kept (fixture->mock), ==, 2);

  mock_transport_set_default (fixture->mock, MOCK_COMPLETE);
  mock_transport_release (fixture->mock, MOCK_COMPLETE);
  engine_wait_for (&results);
}

/* Everything goes to one of two transports that change places; each item once, each channel in order. */
static gpointer
publish_many (gpointer data)
{
  GripPubControl *control = data;

  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char    *id = g_strdup_printf ("%u", i);
      g_autoptr(GripItem) item = engine_make_item (id);

      grip_pub_control_publish_async (control, "c", item, NULL, NULL, NULL);
    }

  return NULL;
}

static void
count_log (MockTransport *mock,
           GString       *all)
{
  g_autofree char *log = mock_transport_dup_log (mock);

  g_string_append (all, log);
}

static void
test_swap_under_load (void)
{
  g_autoptr(GripPubControl) control = grip_pub_control_new ();
  g_autoptr(GPtrArray)      mocks = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GString)        all = g_string_new (NULL);
  g_autoptr(GString)        expected = g_string_new (NULL);
  g_autoptr(GError)         error = NULL;
  GThread                  *thread;

  g_ptr_array_add (mocks, mock_transport_new ("mock://0"));
  grip_pub_control_add_transport (control, g_ptr_array_index (mocks, 0));
  thread = g_thread_new ("publisher", publish_many, control);
  for (guint i = 1; i <= 50; i++)
    {
      MockTransport *mock = mock_transport_new ("mock://next");

      mock_transport_script (mock, MOCK_FAIL_NOT_SENT, i % 2);
      g_ptr_array_add (mocks, mock);
      g_assert_true (grip_pub_control_replace_transport (control, g_ptr_array_index (mocks, i - 1),
                                                         GRIP_TRANSPORT (mock)));
      g_main_context_iteration (NULL, FALSE);
    }
  g_thread_join (thread);

  while (!grip_pub_control_flush (control, NULL, &error))
    {
      /* Transports that live here need this thread. */
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_TIMED_OUT);
      g_clear_error (&error);
    }

  for (guint i = 0; i < mocks->len; i++)
    count_log (g_ptr_array_index (mocks, i), all);
  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (expected, "c/%u ", i);
  g_assert_cmpstr (all->str, ==, expected->str);

  g_assert_true (grip_pub_control_close (control, NULL, &error));
  g_assert_no_error (error);
  iterate ();
}

static void
flushed_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (grip_pub_control_flush_finish (GRIP_PUB_CONTROL (object), result, &error));
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

/* A flush waits for what was queued before it, on whichever transport that ends. */
static void
test_flush_over_swap (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autoptr(MockTransport) other = mock_transport_new ("mock://other");
  gboolean                 flushed = FALSE;
  Results                  results = { 0 };

  mock_transport_set_default (other, MOCK_KEEP);
  mock_transport_script (fixture->mock, MOCK_KEEP, 1);
  engine_publish (fixture, "a", "1", &results);
  iterate ();
  engine_publish (fixture, "a", "2", &results);
  grip_pub_control_flush_async (fixture->control, NULL, flushed_cb, &flushed);
  grip_pub_control_replace_transport (fixture->control, GRIP_TRANSPORT (fixture->mock), GRIP_TRANSPORT (other));
  iterate ();
  g_assert_false (flushed);
  g_assert_cmpuint (mock_transport_get_kept (other), ==, 0);

  mock_transport_release (fixture->mock, MOCK_COMPLETE);
  iterate ();
  g_assert_cmpuint (results.succeeded, ==, 1);
  g_assert_cmpuint (mock_transport_get_kept (other), ==, 1);
  g_assert_false (flushed);

  mock_transport_release (other, MOCK_COMPLETE);
  iterate ();
  g_assert_true (flushed);
  g_assert_cmpuint (results.succeeded, ==, 2);
}

/* A second swap while the first is still under way. */
static void
test_swap_twice (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr(MockTransport) second = mock_transport_new ("mock://second");
  g_autoptr(MockTransport) third = mock_transport_new ("mock://third");
  Results                  results = { 0 };

  mock_transport_script (fixture->mock, MOCK_KEEP, 1);
  engine_publish (fixture, "a", "1", &results);
  iterate ();
  engine_publish (fixture, "a", "2", &results);
  grip_pub_control_replace_transport (fixture->control, GRIP_TRANSPORT (fixture->mock), GRIP_TRANSPORT (second));
  engine_publish (fixture, "a", "3", &results);
  grip_pub_control_replace_transport (fixture->control, GRIP_TRANSPORT (second), GRIP_TRANSPORT (third));
  engine_publish (fixture, "a", "4", &results);
  iterate ();
  engine_assert_log (third, "");

  mock_transport_release (fixture->mock, MOCK_FAIL_NOT_SENT);
  engine_wait_for (&results);
  iterate ();
  g_assert_cmpuint (results.succeeded, ==, 4);
  engine_assert_log (fixture->mock, "");
  engine_assert_log (second, "a/1 ");
  engine_assert_log (third, "a/2 a/3 a/4 ");
}

static void
failed_cb (GripPubControl *control,
           GripTransport  *transport,
           const char     *channel,
           GripItem       *item,
           GripFate        fate,
           GError         *error,
           GString        *log)
{
  g_string_append_printf (log, "%s %s/%s %s %s;", transport != NULL ? G_OBJECT_TYPE_NAME (transport) : "-",
                          channel, item != NULL ? grip_item_get_id (item) : "nothing",
                          grip_fate_to_string (fate), error->message);
}

static void
count_cb (gpointer object,
          gpointer pspec,
          guint   *count)
{
  (*count)++;
}

static void
test_failed_signal (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr(GString)        log = g_string_new (NULL);
  g_autoptr(GripPubControl) empty = grip_pub_control_new ();
  g_autoptr(GripItem)       item = engine_make_item ("1");
  g_autoptr(GripStatistics) statistics = NULL;
  guint                     changes = 0;
  guint                     own_changes = 0;

  g_signal_connect (fixture->mock, "notify::statistics", G_CALLBACK (count_cb), &own_changes);
  g_signal_connect (fixture->control, "failed", G_CALLBACK (failed_cb), log);
  g_signal_connect (fixture->control, "notify::statistics", G_CALLBACK (count_cb), &changes);
  g_signal_connect (empty, "failed", G_CALLBACK (failed_cb), log);

  mock_transport_script (fixture->mock, MOCK_REFUSED, 1);
  publish_unwaited (fixture, "c", "1");
  iterate ();
  g_assert_cmpstr (log->str, ==, "MockTransport c/1 refused mock: rejected;");
  g_assert_cmpuint (changes, >=, 1);
  g_assert_cmpuint (own_changes, >=, 1);

  g_string_truncate (log, 0);
  grip_pub_control_publish_async (empty, "c", item, NULL, NULL, NULL);
  iterate ();
  g_assert_true (g_str_has_prefix (log->str, "- c/1 not sent no endpoint"));

  /* The short forms make the item when somebody wants it, and have none for what cannot be one. */
  g_string_truncate (log, 0);
  grip_pub_control_publish_http_stream_async (empty, "c", "text", "2", NULL, NULL, NULL, NULL);
  grip_pub_control_publish_websocket_message_async (fixture->control, "c", "\xff", "3", NULL, NULL, NULL, NULL);
  mock_transport_script (fixture->mock, MOCK_REFUSED, 1);
  grip_pub_control_publish_http_stream_async (fixture->control, "c", "text", "4", NULL, NULL, NULL, NULL);
  iterate ();
  g_assert_nonnull (strstr (log->str, "- c/2 not sent no endpoint"));
  g_assert_nonnull (strstr (log->str, "- c/nothing not sent ws-message: 'content' of a text message is not UTF-8"));
  g_assert_nonnull (strstr (log->str, "MockTransport c/4 refused mock: rejected;"));
  statistics = grip_pub_control_get_statistics (empty);
  g_assert_cmpuint (grip_statistics_get_n_failed (statistics), ==, 2);
}

static void
test_statistics (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr(GripStatistics) own = NULL;
  g_autoptr(GripStatistics) total = NULL;
  g_autoptr(GripStatistics) later = NULL;
  Results                   results = { 0 };

  mock_transport_script (fixture->mock, MOCK_FAIL_NOT_SENT, 1);
  mock_transport_script (fixture->mock, MOCK_FAIL_SECOND, 1);
  mock_transport_script (fixture->mock, MOCK_KEEP, 1);
  engine_publish (fixture, "a", "1", &results);
  engine_publish (fixture, "a", "2", &results);
  engine_wait_for (&results);
  engine_publish (fixture, "a", "3", &results);
  iterate ();
  engine_publish (fixture, "a", "4", &results);

  own = grip_base_transport_get_statistics (GRIP_BASE_TRANSPORT (fixture->mock));
  total = grip_pub_control_get_statistics (fixture->control);
  g_assert_cmpuint (grip_statistics_get_n_queued (own), ==, 1);
  g_assert_cmpuint (grip_statistics_get_n_in_flight (own), ==, 1);
  g_assert_cmpuint (grip_statistics_get_n_sent (own), ==, 1);
  g_assert_cmpuint (grip_statistics_get_n_failed (own), ==, 1);
  g_assert_cmpuint (grip_statistics_get_n_retried (own), ==, 2);
  g_assert_cmpuint (grip_statistics_get_bytes_sent (own), >, 40);
  g_assert_error (grip_statistics_get_last_error (own), GRIP_ERROR, GRIP_ERROR_REJECTED);
  g_assert_cmpuint (grip_statistics_get_n_queued (total), ==, 1);
  g_assert_cmpuint (grip_statistics_get_n_sent (total), ==, 1);

  /* What was counted stays when the transport goes. */
  mock_transport_release (fixture->mock, MOCK_COMPLETE);
  engine_wait_for (&results);
  grip_pub_control_remove_transport (fixture->control, GRIP_TRANSPORT (fixture->mock));
  iterate ();
  g_clear_object (&own);
  own = grip_base_transport_get_statistics (GRIP_BASE_TRANSPORT (fixture->mock));
  later = grip_pub_control_get_statistics (fixture->control);
  g_assert_cmpuint (grip_statistics_get_n_sent (own), ==, 3);
  g_assert_cmpuint (grip_statistics_get_n_sent (later), ==, 3);
  g_assert_cmpuint (grip_statistics_get_n_queued (later), ==, 0);
}

/* What was taken makes room for as much, and is counted to the byte. */
static void
test_room_again (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr(GripItem)       item = engine_make_item ("1");
  g_autoptr(GBytes)         bytes = grip_item_encode (item, "a", GRIP_ENCODING_JSON, NULL);
  g_autoptr(GripStatistics) statistics = NULL;
  Results                   results = { 0 };

  /* Two: an empty queue takes anything. */
  grip_pub_control_set_max_queue_bytes (fixture->control, 2 * g_bytes_get_size (bytes));
  for (guint i = 0; i < 3; i++)
    {
      engine_publish (fixture, "a", "1", &results);
      engine_publish (fixture, "a", "1", &results);
      engine_wait_for (&results);
    }
  g_assert_cmpuint (results.succeeded, ==, 6);

  statistics = grip_pub_control_get_statistics (fixture->control);
  g_assert_cmpuint (grip_statistics_get_bytes_sent (statistics), ==, 6 * g_bytes_get_size (bytes));
}

static void
test_idempotent (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *log = NULL;
  Results          results = { 0 };

  grip_pub_control_set_idempotent (fixture->control, TRUE);
  mock_transport_script (fixture->mock, MOCK_FAIL_UNKNOWN, 2);
  engine_publish (fixture, "a", NULL, &results);
  engine_publish (fixture, "a", NULL, &results);
  engine_publish (fixture, "a", "mine", &results);
  engine_wait_for (&results);
  g_assert_cmpuint (results.succeeded, ==, 3);

  log = mock_transport_dup_log (fixture->mock);
  g_assert_null (strstr (log, "a/- "));
  g_assert_true (g_str_has_suffix (log, " a/mine "));
  g_assert_cmpuint (strcspn (log, " "), >, 12);
  g_assert_cmpint (strncmp (log, strchr (log, ' ') + 1, strcspn (log, " ")), !=, 0);
}

static GripBatch *
make_batch (void)
{
  g_autoptr(GripBatch) batch = grip_batch_new ();

  for (guint i = 1; i <= 3; i++)
    {
      const char          id[] = { '0' + i, '\0' };
      g_autoptr(GripItem) item = engine_make_item (id);
      g_autoptr(GError)   error = NULL;

      g_assert_true (grip_batch_add (batch, i == 2 ? "bad" : "c", item, &error));
      g_assert_no_error (error);
      g_assert_false (grip_batch_add (batch, "", item, &error));
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
    }

  return g_steal_pointer (&batch);
}

static void
batch_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  Results *results = user_data;

  results->pending--;
  if (grip_pub_control_publish_batch_finish (GRIP_PUB_CONTROL (object), result, &results->last))
    results->succeeded++;
}

static void
test_batch_fates (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr(GripBatch) batch = make_batch ();
  Results              results = { .pending = 1 };
  g_autoptr(GError)    again = NULL;

  mock_transport_set_default (fixture->mock, MOCK_REFUSE_BAD);
  g_assert_cmpint (grip_batch_get_fate (batch, 0), ==, GRIP_FATE_UNKNOWN);
  grip_pub_control_publish_batch_async (fixture->control, batch, NULL, batch_cb, &results);
  engine_wait_for (&results);

  g_assert_error (results.last, GRIP_ERROR, GRIP_ERROR_REJECTED);
  g_assert_cmpint (grip_batch_get_fate (batch, 0), ==, GRIP_FATE_ACCEPTED);
  g_assert_cmpint (grip_batch_get_fate (batch, 1), ==, GRIP_FATE_REFUSED);
  g_assert_cmpint (grip_batch_get_fate (batch, 2), ==, GRIP_FATE_ACCEPTED);
  g_assert_null (grip_batch_get_error (batch, 0));
  g_assert_cmpstr (grip_batch_get_error (batch, 1)->message, ==,
                   "channel 'bad' at mock://one: refused: mock: rejected");
  engine_assert_log (fixture->mock, "c/1 c/3 ");
  g_clear_error (&results.last);

  g_assert_false (grip_pub_control_publish_batch (fixture->control, batch, NULL, &again));
  g_assert_error (again, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
}

static void
test_batch_not_sent (void)
{
  g_autoptr(GripPubControl) control = grip_pub_control_new ();
  g_autoptr(GripBatch)      batch = make_batch ();
  g_autoptr(GripBatch)      empty = grip_batch_new ();
  g_autoptr(GError)         error = NULL;

  g_assert_false (grip_pub_control_publish_batch (control, batch, NULL, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_NO_ENDPOINT);
  g_assert_cmpint (grip_batch_get_fate (batch, 2), ==, GRIP_FATE_NOT_SENT);
  g_assert_error (grip_batch_get_error (batch, 2), GRIP_ERROR, GRIP_ERROR_NO_ENDPOINT);
  g_clear_error (&error);

  g_assert_false (grip_pub_control_publish_batch (control, empty, NULL, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
}

#define WINDOW_TEST(name) \
  g_test_add ("/pub-control/" #name, Fixture, NULL, set_up_window, test_##name, engine_tear_down)

int
main (int    argc,
      char **argv)
{
  engine_init (&argc, &argv);

  ENGINE_TEST (give_back);
  ENGINE_TEST (give_all_back);
  g_test_add_func ("/pub-control/queue_timeout", test_queue_timeout);
  WINDOW_TEST (window);
  WINDOW_TEST (window_one_channel);
  WINDOW_TEST (window_whole_batches);
  g_test_add_func ("/pub-control/swap_under_load", test_swap_under_load);
  ENGINE_TEST (flush_over_swap);
  ENGINE_TEST (swap_twice);
  ENGINE_TEST (failed_signal);
  ENGINE_TEST (statistics);
  ENGINE_TEST (room_again);
  ENGINE_TEST (idempotent);
  ENGINE_TEST (batch_fates);
  g_test_add_func ("/pub-control/batch_not_sent", test_batch_not_sent);

  return g_test_run ();
}
