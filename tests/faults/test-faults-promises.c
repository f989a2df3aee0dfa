/* test-faults-promises.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "fault-rows.h"

/* Each fault of a server against what else is promised of an item that it happens to: the order, what a flush
 * and a close tell, and a swap in the middle of it. */

static const char *
id_for (gboolean with_id)
{
  return with_id ? "id" : NULL;
}

static const End *
end_for (const Row *row,
         gboolean   with_id)
{
  return with_id ? &row->with_id : &row->without_id;
}

/* Where a text was seen last. */
static gssize
last_place (const char *all,
            const char *text)
{
  const char *at = g_strrstr (all, text);

  return at != NULL ? at - all : -1;
}

static char *
dup_all_bodies (GripTestSink *sink)
{
  g_autoptr(GPtrArray) bodies = grip_test_sink_dup_bodies (sink);
  GString             *all = g_string_new (NULL);

  for (guint i = 0; i < bodies->len; i++)
    g_string_append_len (all, g_bytes_get_data (bodies->pdata[i], NULL), g_bytes_get_size (bodies->pdata[i]));

  return g_string_free (all, FALSE);
}

/* Items with ids, each in a request of its own, the first of which fails: what was seen last of each is in the
 * order in which they were published, and so is what was seen first. */
static void
test_order (gconstpointer data)
{
  const Row                   *row = data;
  g_autoptr(GripTestSink)      sink = grip_test_sink_new ();
  GripPubControl              *control = fault_rows_control (row, sink);
  g_autoptr(GripBaseTransport) transport = g_list_model_get_item (G_LIST_MODEL (control), 0);
  g_autofree char             *all = NULL;
  const char                  *first = NULL;
  gssize                       last = -1;
  Fate                         fates[5];

  grip_base_transport_set_max_batch_items (transport, 1);
  grip_base_transport_set_max_in_flight (transport, 4);
  grip_test_sink_push (sink, &row->answer);
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *content = g_strdup_printf ("<%u>", i);

      faults_publish (control, content, content, NULL, &fates[i]);
    }
  faults_wait (fates, 5);
  all = dup_all_bodies (sink);
  first = all;
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *content = g_strdup_printf ("content\":\"<%u>", i);

      faults_assert (&fates[i], i == 0 ? row->with_id.fate : NULL);
      first = strstr (first, content);
      g_assert_nonnull (first);
      g_assert_cmpint (last_place (all, content), >, last);
      last = last_place (all, content);
    }
  faults_drop (control);
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
  g_string_append_printf (log, ": %s: %s", grip_fate_to_string (fate), error->message);
}

/* Nobody waits for the item: a flush, the statistics and the signal tell what became of it. */
static void
test_flush (gconstpointer data)
{
  const Row *row = data;

  for (guint with_id = 0; with_id < 2; with_id++)
    {
      g_autoptr(GripTestSink)   sink = grip_test_sink_new ();
      GripPubControl           *control = fault_rows_control (row, sink);
      g_autoptr(GripStatistics) statistics = NULL;
      g_autoptr(GString)        log = g_string_new (NULL);
      g_autoptr(GError)         error = NULL;
      const End                *end = end_for (row, with_id);

      g_signal_connect (control, "failed", G_CALLBACK (failed_cb), log);
      grip_test_sink_push (sink, &row->answer);
      grip_pub_control_publish_http_stream_async (control, "c", "<1>", id_for (with_id), NULL, NULL, NULL, NULL);
      g_assert_true (grip_pub_control_flush (control, NULL, &error) == (end->fate == NULL));
      g_assert_true ((error != NULL) == (end->fate != NULL));
      g_assert_cmpuint (grip_test_sink_count (sink, "<1>"), ==, end->n_seen);

      statistics = grip_pub_control_get_statistics (control);
      g_assert_cmpuint (grip_statistics_get_n_sent (statistics), ==, end->fate == NULL);
      g_assert_cmpuint (grip_statistics_get_n_failed (statistics), ==, end->fate != NULL);
      g_assert_cmpuint (grip_statistics_get_n_queued (statistics), ==, 0);
      g_assert_cmpuint (grip_statistics_get_n_in_flight (statistics), ==, 0);
      while (end->fate != NULL && log->len == 0)
        g_main_context_iteration (NULL, TRUE);
      if (end->fate != NULL)
        g_assert_true (g_str_has_prefix (log->str, end->fate));
      else
        g_assert_cmpstr (log->str, ==, "");
      faults_drop (control);
    }
}

/* The publisher is closed while the item is on its way: it ends as it would have. */
static void
test_close (gconstpointer data)
{
  const Row *row = data;

  for (guint with_id = 0; with_id < 2; with_id++)
    {
      g_autoptr(GripTestSink)  sink = grip_test_sink_new ();
      GripPubControl          *control = fault_rows_control (row, sink);
      const End               *end = end_for (row, with_id);
      g_autoptr(GError)        late = NULL;
      Fate                     fate;

      grip_test_sink_push (sink, &row->answer);
      faults_publish (control, "<1>", id_for (with_id), NULL, &fate);
      grip_pub_control_close (control, NULL, NULL);
      late = faults_try (control, "<2>", NULL);
      g_assert_error (late, GRIP_ERROR, GRIP_ERROR_CLOSED);
      faults_wait (&fate, 1);
      faults_assert (&fate, end->fate);
      g_assert_cmpuint (grip_test_sink_count (sink, "<1>"), ==, end->n_seen);
      g_assert_cmpuint (grip_test_sink_count (sink, "<2>"), ==, 0);
      g_object_unref (control);
    }
}

/* Another endpoint takes the place of the one that fails: what is tried again is tried there, before what
 * was published later. */
static void
test_swap (gconstpointer data)
{
  const Row *row = data;

  for (guint with_id = 0; with_id < 2; with_id++)
    {
      g_autoptr(GripTestSink)  sink = grip_test_sink_new ();
      g_autoptr(GripTestSink)  other = grip_test_sink_new ();
      GripPubControl          *control = fault_rows_control (row, sink);
      g_autoptr(GripTransport) old = g_list_model_get_item (G_LIST_MODEL (control), 0);
      g_autoptr(GripTransport) fresh = NULL;
      g_autoptr(GripEndpoint)  endpoint = NULL;
      g_autofree char         *all = NULL;
      const End               *end = end_for (row, with_id);
      Fate                     fates[2];

      endpoint = grip_endpoint_new_for_uri (grip_test_sink_get_uri (other), NULL);
      fresh = grip_transport_new_for_endpoint (endpoint, NULL);
      grip_test_sink_push (sink, &row->answer);
      faults_publish (control, "<1>", id_for (with_id), NULL, &fates[0]);
      faults_wait_requests (sink, 1);
      g_assert_true (grip_pub_control_replace_transport (control, old, fresh));
      faults_publish (control, "<2>", NULL, NULL, &fates[1]);
      faults_wait (fates, 2);
      faults_assert (&fates[0], end->fate);
      faults_assert (&fates[1], NULL);
      all = dup_all_bodies (other);
      g_assert_cmpuint (grip_test_sink_count (sink, "<1>") + grip_test_sink_count (other, "<1>"), ==, end->n_seen);
      g_assert_cmpuint (grip_test_sink_count (sink, "<2>"), ==, 0);
      g_assert_cmpuint (grip_test_sink_count (other, "<2>"), ==, 1);
      g_assert_cmpint (last_place (all, "<1>"), <, last_place (all, "<2>"));
      faults_drop (control);
    }
}

/* The reply breaks off after each of its bytes: it is never believed before it is whole. */
static void
test_cut (gconstpointer data)
{
  static const char raw[] = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nPublished\n";
  GripTestEnd       end = GPOINTER_TO_INT (data);

  for (gsize cut = 1; cut < sizeof raw; cut++)
    {
      g_autoptr(GripTestSink)  sink = grip_test_sink_new ();
      GripPubControl          *control = fault_rows_control (NULL, sink);
      Fate                     fate;

      g_test_message ("%" G_GSIZE_FORMAT " bytes", cut);
      grip_test_sink_push (sink, &(GripTestAnswer) { .raw = raw, .cut = cut, .end = end });
      faults_publish (control, "<1>", NULL, NULL, &fate);
      faults_wait (&fate, 1);
      /* A reset may overtake the last bytes. */
      if (fate.error != NULL || cut < sizeof raw - 1)
        faults_assert (&fate, UNKNOWN);
      g_assert_cmpuint (grip_test_sink_count (sink, "<1>"), ==, 1);
      faults_drop (control);
    }
}

int
main (int   argc,
      char *argv[])
{
  faults_init (&argc, &argv, NULL, 0);

  fault_rows_add ("promises", "order", test_order);
  fault_rows_add ("promises", "flush", test_flush);
  fault_rows_add ("promises", "close", test_close);
  fault_rows_add ("promises", "swap", test_swap);
  g_test_add_data_func ("/faults/promises/cut/drop", GINT_TO_POINTER (GRIP_TEST_END_DROP), test_cut);
  g_test_add_data_func ("/faults/promises/cut/reset", GINT_TO_POINTER (GRIP_TEST_END_RESET), test_cut);

  return g_test_run ();
}
