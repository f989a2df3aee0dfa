/* test-faults-table.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "fault-rows.h"

/* Each fault of a server against how an item is published: how it ends, and how often the server has seen
 * it. What else is promised of it is in test-faults-promises.c. */

static void
assert_end (const Row    *row,
            const End    *end,
            GripTestSink *sink,
            const char   *content,
            Fate         *fate)
{
  g_test_message ("%s: '%s': %s, seen %u times", row->name, content,
                  fate->error != NULL ? fate->error->message : "accepted",
                  grip_test_sink_count (sink, content));
  faults_assert (fate, end->fate);
  g_assert_cmpuint (grip_test_sink_count (sink, content), ==, end->n_seen);
}

/* On a new connection, and on one that was kept: libsoup's own second try would be a duplicate. */
static void
test_single (const Row *row,
             gboolean   with_id)
{
  g_autoptr(GripTestSink)  sink = grip_test_sink_new ();
  GripPubControl          *control = fault_rows_control (row, sink);
  Fate                     fate;

  /* A stall has to be waited out: once is enough. */
  for (guint kept = 0; kept < (row->answer.end == GRIP_TEST_END_STALL ? 1 : 2); kept++)
    {
      grip_test_sink_forget (sink);
      grip_test_sink_push (sink, &row->answer);
      faults_publish (control, "<1>", with_id ? (kept ? "b" : "a") : NULL, NULL, &fate);
      faults_wait (&fate, 1);
      assert_end (row, with_id ? &row->with_id : &row->without_id, sink, "<1>", &fate);
      g_assert_no_error (faults_try (control, "warm", NULL));
    }
  faults_drop (control);
}

static void
test_without_id (gconstpointer data)
{
  test_single (data, FALSE);
}

static void
test_with_id (gconstpointer data)
{
  test_single (data, TRUE);
}

/* Six items in one request that fails, every other one with an id: each ends as it would alone, and
 * those that are tried again keep their order. */
static void
test_batch (gconstpointer data)
{
  const Row               *row = data;
  g_autoptr(GripTestSink)  sink = grip_test_sink_new ();
  GripPubControl          *control = fault_rows_control (row, sink);
  Fate                     first;
  Fate                     fates[6];
  End                      with_id = { NULL, MAX (row->in_batch.n_seen, row->with_id.n_seen) };

  if (row->in_batch.fate == row->with_id.fate)
    with_id = row->in_batch;
  grip_test_sink_push (sink, &(GripTestAnswer) { .held = TRUE });
  faults_publish (control, "first", NULL, NULL, &first);
  faults_wait_requests (sink, 1);
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *content = g_strdup_printf ("<%u>", i);
      g_autofree char *id = g_strdup_printf ("id-%u", i);

      faults_publish (control, content, i % 2 == 0 ? NULL : id, NULL, &fates[i]);
    }
  grip_test_sink_push (sink, &row->answer);
  grip_test_sink_release (sink);
  faults_wait (&first, 1);
  faults_wait_requests (sink, 2);
  faults_wait (fates, 6);
  faults_assert (&first, NULL);
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *content = g_strdup_printf ("<%u>", i);

      assert_end (row, i % 2 == 0 ? &row->in_batch : &with_id, sink, content, &fates[i]);
    }
  faults_drop (control);
}

/* The other endpoint gets it once, and is not named. */
static void
test_two_endpoints (gconstpointer data)
{
  const Row               *row = data;
  g_autoptr(GripTestSink)  sink = grip_test_sink_new ();
  g_autoptr(GripTestSink)  other = grip_test_sink_new ();
  GripPubControl          *control = fault_rows_control (row, sink);
  Fate                     fate;

  faults_add (control, grip_test_sink_get_uri (other), 0);
  grip_test_sink_push (sink, &row->answer);
  faults_publish (control, "<1>", NULL, NULL, &fate);
  faults_wait (&fate, 1);
  if (fate.error != NULL)
    {
      g_assert_nonnull (strstr (fate.error->message, "1 of 2 failed: "));
      g_assert_nonnull (strstr (fate.error->message, grip_test_sink_get_uri (sink)));
      g_assert_null (strstr (fate.error->message, grip_test_sink_get_uri (other)));
    }
  assert_end (row, &row->without_id, sink, "<1>", &fate);
  g_assert_cmpuint (grip_test_sink_count (other, "<1>"), ==, 1);
  faults_drop (control);
}

/* A server that closes a kept connection just as the next request comes: whether the request was seen
 * is not known, so without an id it is never sent twice, and with one it is always accepted. */
static void
test_close_kept (void)
{
  for (guint i = 0; i < 40; i++)
    {
      g_autoptr(GripTestSink)  sink = grip_test_sink_new ();
      GripPubControl          *control = fault_rows_control (NULL, sink);
      g_autoptr(GError)        warm = NULL;
      g_autoptr(GError)        error = NULL;
      const char              *id = i % 2 == 0 ? NULL : "id";

      grip_test_sink_push (sink, &(GripTestAnswer) { .end = i % 4 < 2 ? GRIP_TEST_END_DROP
                                                                      : GRIP_TEST_END_RESET });
      warm = faults_try (control, "warm", NULL);
      /* A reset may overtake the answer. */
      if (warm != NULL)
        g_assert_nonnull (strstr (warm->message, UNKNOWN));
      g_usleep (i / 4 * 100);
      error = faults_try (control, "<1>", id);
      if (error != NULL)
        {
          g_assert_null (id);
          g_assert_nonnull (strstr (error->message, UNKNOWN));
        }
      g_assert_cmpuint (grip_test_sink_count (sink, "<1>"), <=, 1);
      g_assert_true (error != NULL || grip_test_sink_count (sink, "<1>") == 1);
      faults_drop (control);
    }
}

int
main (int   argc,
      char *argv[])
{
  faults_init (&argc, &argv, NULL, 0);

  fault_rows_add ("table", "without-id", test_without_id);
  fault_rows_add ("table", "with-id", test_with_id);
  fault_rows_add ("table", "batch", test_batch);
  fault_rows_add ("table", "two-endpoints", test_two_endpoints);
  g_test_add_func ("/faults/table/kept/close", test_close_kept);

  return g_test_run ();
}
