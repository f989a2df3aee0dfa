/* test-faults-table.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "faults.h"

/* Each fault of a server against each promise: how the item ends, and how often the server has seen
 * it. A fault happens once; after it the server is well again. The expected numbers are the promises of
 * design 4: nothing lost in silence, nothing twice without an id, a retry where it is safe. */

typedef struct
{
  const char *fate;             /* NULL: accepted */
  guint       n_seen;
} End;

typedef struct
{
  const char     *name;
  GripTestAnswer  answer;
  End             without_id;
  End             with_id;
  End             in_batch;     /* without an id, beside others */
} Row;

#define ACCEPTED_ONCE { NULL, 1 }
#define TRIED_AGAIN   { NULL, 2 }
#define LOST_ONCE     { UNKNOWN, 1 }
#define REFUSED_ONCE  { REFUSED, 1 }

#define PASSES  ACCEPTED_ONCE, ACCEPTED_ONCE, ACCEPTED_ONCE
#define DEFERS  TRIED_AGAIN, TRIED_AGAIN, TRIED_AGAIN
#define LOSES   LOST_ONCE, TRIED_AGAIN, LOST_ONCE
#define REFUSES REFUSED_ONCE, REFUSED_ONCE, REFUSED_ONCE
/* A batch is split, and its items are good. */
#define SPLITS  REFUSED_ONCE, REFUSED_ONCE, TRIED_AGAIN

static const Row rows[] = {
  { "ok", { 0 }, PASSES },
  { "close", { .end = GRIP_TEST_END_CLOSE }, PASSES },
  { "delay", { .delay = 300 }, PASSES },
  { "byte-by-byte", { .byte_delay = 1 }, PASSES },
  { "three-1xx", { .n_informational = 3 }, PASSES },
  { "201", { .status = 201 }, PASSES },
  { "408", { .status = 408 }, DEFERS },
  { "425", { .status = 425 }, DEFERS },
  { "429", { .status = 429 }, DEFERS },
  { "500", { .status = 500 }, DEFERS },
  { "502", { .status = 502, .end = GRIP_TEST_END_CLOSE }, DEFERS },
  { "503", { .status = 503 }, DEFERS },
  { "503-and-drop", { .status = 503, .end = GRIP_TEST_END_DROP }, DEFERS },
  { "504", { .status = 504 }, DEFERS },
  { "400", { .status = 400 }, SPLITS },
  { "413", { .status = 413 }, SPLITS },
  { "401", { .status = 401 }, REFUSES },
  { "403", { .status = 403 }, REFUSES },
  { "404", { .status = 404 }, REFUSES },
  { "405", { .status = 405 }, REFUSES },
  { "406", { .status = 406 }, REFUSES },
  { "411", { .status = 411 }, REFUSES },
  { "302", { .status = 302, .headers = "Location: http://other.example/\r\n" }, REFUSES },
  { "307", { .status = 307, .headers = "Location: http://other.example/\r\n" }, REFUSES },
  { "drop", { .silent = TRUE, .end = GRIP_TEST_END_DROP }, LOSES },
  { "reset", { .silent = TRUE, .end = GRIP_TEST_END_RESET }, LOSES },
  { "cut-in-status-line", { .cut = 12, .end = GRIP_TEST_END_DROP }, LOSES },
  { "reset-in-status-line", { .cut = 12, .end = GRIP_TEST_END_RESET }, LOSES },
  { "cut-in-headers", { .cut = 25, .end = GRIP_TEST_END_DROP }, LOSES },
  { "reset-in-headers", { .cut = 25, .end = GRIP_TEST_END_RESET }, LOSES },
  { "cut-in-body", { .content_length = 99, .end = GRIP_TEST_END_DROP }, LOSES },
  { "reset-in-body", { .content_length = 99, .end = GRIP_TEST_END_RESET }, LOSES },
  { "stall-before-head", { .silent = TRUE, .end = GRIP_TEST_END_STALL }, LOSES },
  { "stall-in-head", { .cut = 25, .end = GRIP_TEST_END_STALL }, LOSES },
  { "stall-after-head", { .content_length = 99, .end = GRIP_TEST_END_STALL }, LOSES },
  { "endless-1xx", { .n_informational = 5000 }, LOSES },
  { "garbage", { .raw = "SSH-2.0-OpenSSH_9.2\r\n\r\n", .end = GRIP_TEST_END_DROP }, LOSES },
};

/* Long, but for the stalls it has to be waited out. */
#define REQUEST_TIMEOUT 1.5

static GripPubControl *
make_control (GripTestSink *sink)
{
  GripPubControl    *control = faults_control_new (grip_test_sink_get_uri (sink), 0, REQUEST_TIMEOUT);
  g_autoptr(GObject) transport = g_list_model_get_item (G_LIST_MODEL (control), 0);

  /* One request at a time, so that a batch can be had. */
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (transport), "max-in-flight") != NULL)
    g_object_set (transport, "max-in-flight", 1, NULL);

  return control;
}

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
  GripPubControl          *control = make_control (sink);
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
  GripPubControl          *control = make_control (sink);
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
  GripPubControl          *control = make_control (sink);
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
      GripPubControl          *control = make_control (sink);
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

static void
add_row (const Row *row)
{
  static const struct
  {
    const char     *name;
    GTestDataFunc   func;
  } columns[] = {
    { "without-id", test_without_id },
    { "with-id", test_with_id },
    { "batch", test_batch },
    { "two-endpoints", test_two_endpoints },
  };

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      g_autofree char *path = g_strdup_printf ("/faults/table/%s/%s", columns[i].name, row->name);

      g_test_add_data_func (path, row, columns[i].func);
    }
}

int
main (int   argc,
      char *argv[])
{
  faults_init (&argc, &argv, NULL, 0);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    add_row (&rows[i]);
  g_test_add_func ("/faults/table/kept/close", test_close_kept);

  return g_test_run ();
}
