/* test-pub-control.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mock-transport.h"

/* The engine, with a transport that lives in the test's own context. */

typedef struct
{
  GripPubControl *control;
  MockTransport  *mock;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->control = grip_pub_control_new ();
  fixture->mock = mock_transport_new ("mock://one");
  grip_pub_control_add_transport (fixture->control, GRIP_TRANSPORT (fixture->mock));
}

/* The worker may hold the last reference for a moment, after a cancellation. */
static void
assert_finalized (gpointer object)
{
  gpointer weak = object;

  g_object_add_weak_pointer (object, &weak);
  g_object_unref (object);
  for (guint i = 0; i < 5000 && g_atomic_pointer_get (&weak) != NULL; i++)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (1000);
    }
  g_assert_null (weak);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  if (fixture->control != NULL)
    assert_finalized (fixture->control);
  assert_finalized (fixture->mock);
}

static GripItem *
make_item (const char *id)
{
  g_autoptr(GripHttpStreamFormat) format = grip_http_stream_format_new_text ("hello");
  g_autoptr(GError)               error = NULL;
  GripItem                       *item = grip_item_new (GRIP_FORMAT (format), id, NULL, &error);

  g_assert_no_error (error);

  return item;
}

typedef struct
{
  guint   pending;
  guint   succeeded;
  guint   failed;
  GError *last;
} Results;

static void
published_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  Results *results = user_data;

  g_clear_error (&results->last);
  if (grip_pub_control_publish_finish (GRIP_PUB_CONTROL (object), result, &results->last))
    results->succeeded++;
  else
    results->failed++;
  results->pending--;
}

static void
publish (Fixture    *fixture,
         const char *channel,
         const char *id,
         Results    *results)
{
  g_autoptr(GripItem) item = make_item (id);

  results->pending++;
  grip_pub_control_publish_async (fixture->control, channel, item, NULL, published_cb, results);
}

static void
wait_for (Results *results)
{
  while (results->pending > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
assert_log (MockTransport *mock,
            const char    *expected)
{
  g_autofree char *log = mock_transport_dup_log (mock);

  g_assert_cmpstr (log, ==, expected);
}

static void
test_no_endpoint (void)
{
  g_autoptr(GripPubControl) control = grip_pub_control_new ();
  g_autoptr(GripItem)       item = make_item (NULL);
  g_autoptr(GError)         error = NULL;

  g_assert_false (grip_pub_control_publish (control, "c", item, NULL, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_NO_ENDPOINT);
}

static void
test_bad_channel (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr(GripItem) item = make_item (NULL);
  g_autoptr(GError)   error = NULL;

  g_assert_false (grip_pub_control_publish (fixture->control, "", item, NULL, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
  g_clear_error (&error);
  g_assert_false (grip_pub_control_publish (fixture->control, "a\xff", item, NULL, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
  g_assert_nonnull (strstr (error->message, "'channel' is not UTF-8 at byte 1"));
  assert_log (fixture->mock, "");
}

static void
test_batch (Fixture       *fixture,
            gconstpointer  data)
{
  Results results = { 0 };

  publish (fixture, "a", "1", &results);
  publish (fixture, "b", "2", &results);
  publish (fixture, "a", "3", &results);
  wait_for (&results);

  g_assert_cmpuint (results.succeeded, ==, 3);
  g_assert_cmpuint (mock_transport_get_batches (fixture->mock), ==, 1);
  assert_log (fixture->mock, "a/1 b/2 a/3 ");
}

static void
test_sync_own_context (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr(GripItem) item = make_item ("1");
  g_autoptr(GError)   error = NULL;

  g_assert_true (grip_pub_control_publish (fixture->control, "c", item, NULL, &error));
  g_assert_no_error (error);
  assert_log (fixture->mock, "c/1 ");

  /* One that does not answer at once: an error, never a deadlock. */
  mock_transport_script (fixture->mock, MOCK_KEEP, 1);
  g_assert_false (grip_pub_control_publish (fixture->control, "c", item, NULL, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "asynchronous form"));
  mock_transport_release (fixture->mock, MOCK_COMPLETE);
}

static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  Results results = { 0 };

  mock_transport_script (fixture->mock, MOCK_REFUSED, 1);
  publish (fixture, "c", "1", &results);
  wait_for (&results);

  g_assert_error (results.last, GRIP_ERROR, GRIP_ERROR_REJECTED);
  g_assert_cmpstr (results.last->message, ==, "channel 'c' at mock://one: refused: mock: rejected");
  g_assert_cmpuint (mock_transport_get_batches (fixture->mock), ==, 1);
  g_clear_error (&results.last);
}

static void
test_retry_not_sent (Fixture       *fixture,
                     gconstpointer  data)
{
  Results results = { 0 };

  mock_transport_script (fixture->mock, MOCK_FAIL_NOT_SENT, 1);
  mock_transport_script (fixture->mock, MOCK_DEFER, 1);
  publish (fixture, "c", NULL, &results);
  publish (fixture, "c", "2", &results);
  wait_for (&results);

  g_assert_cmpuint (results.succeeded, ==, 2);
  assert_log (fixture->mock, "c/- c/2 ");
}

/* What may have been published is tried again only with an id. */
static void
test_retry_unknown (Fixture       *fixture,
                    gconstpointer  data)
{
  Results results = { 0 };

  mock_transport_script (fixture->mock, MOCK_FAIL_UNKNOWN, 1);
  publish (fixture, "c", "1", &results);
  publish (fixture, "c", NULL, &results);
  publish (fixture, "c", "3", &results);
  wait_for (&results);

  g_assert_cmpuint (results.succeeded, ==, 2);
  g_assert_cmpuint (results.failed, ==, 1);
  assert_log (fixture->mock, "c/1 c/3 ");
  g_clear_error (&results.last);
}

static void
test_retry_limit (Fixture       *fixture,
                  gconstpointer  data)
{
  Results results = { 0 };

  grip_pub_control_set_retry_limit (fixture->control, 1);
  mock_transport_set_default (fixture->mock, MOCK_FAIL_NOT_SENT);
  publish (fixture, "c", "1", &results);
  wait_for (&results);

  g_assert_error (results.last, GRIP_ERROR, GRIP_ERROR_NOT_CONNECTED);
  g_assert_nonnull (strstr (results.last->message, "not sent"));
  g_assert_cmpuint (mock_transport_get_batches (fixture->mock), ==, 2);
  g_clear_error (&results.last);
}

static void
test_deadline (Fixture       *fixture,
               gconstpointer  data)
{
  Results results = { 0 };

  grip_pub_control_set_timeout (fixture->control, 0.3);
  mock_transport_set_default (fixture->mock, MOCK_FAIL_NOT_SENT);
  publish (fixture, "c", "1", &results);
  wait_for (&results);

  g_assert_nonnull (results.last);
  g_assert_nonnull (strstr (results.last->message, "not sent"));
  g_clear_error (&results.last);
}

static void
test_poison (Fixture       *fixture,
             gconstpointer  data)
{
  Results good = { 0 };
  Results bad = { 0 };

  mock_transport_set_default (fixture->mock, MOCK_REFUSE_BAD);
  for (guint i = 0; i < 20; i++)
    {
      char id[8];

      g_snprintf (id, sizeof id, "%u", i);
      publish (fixture, i == 13 ? "bad" : "c", id, i == 13 ? &bad : &good);
    }
  wait_for (&good);
  wait_for (&bad);

  g_assert_cmpuint (good.succeeded, ==, 19);
  g_assert_error (bad.last, GRIP_ERROR, GRIP_ERROR_REJECTED);
  assert_log (fixture->mock, "c/0 c/1 c/2 c/3 c/4 c/5 c/6 c/7 c/8 c/9 c/10 c/11 c/12 "
                             "c/14 c/15 c/16 c/17 c/18 c/19 ");
  g_clear_error (&bad.last);
}

static void
test_fail_message (Fixture       *fixture,
                   gconstpointer  data)
{
  Results results = { 0 };

  mock_transport_set_default (fixture->mock, MOCK_FAIL_SECOND);
  publish (fixture, "c", "1", &results);
  publish (fixture, "c", "2", &results);
  publish (fixture, "c", "3", &results);
  wait_for (&results);

  g_assert_cmpuint (results.succeeded, ==, 2);
  g_assert_cmpuint (results.failed, ==, 1);
  assert_log (fixture->mock, "c/1 c/3 ");
  g_clear_error (&results.last);
}

static void
test_dropped (Fixture       *fixture,
              gconstpointer  data)
{
  Results results = { 0 };

  mock_transport_script (fixture->mock, MOCK_DROP, 1);
  publish (fixture, "c", NULL, &results);
  wait_for (&results);

  g_assert_error (results.last, GRIP_ERROR, GRIP_ERROR_FAILED);
  g_assert_nonnull (strstr (results.last->message, "unknown: the transport dropped the delivery"));
  g_clear_error (&results.last);
}

static void
test_answered_twice (void)
{
  if (g_test_subprocess ())
    {
      Fixture fixture = { NULL };
      Results results = { 0 };

      set_up (&fixture, NULL);
      mock_transport_script (fixture.mock, MOCK_TWICE, 1);
      publish (&fixture, "c", NULL, &results);
      wait_for (&results);
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*answered twice*");
}

static void
test_overdue (Fixture       *fixture,
              gconstpointer  data)
{
  Results first = { 0 };
  Results second = { 0 };

  grip_pub_control_set_timeout (fixture->control, 0.2);
  mock_transport_script (fixture->mock, MOCK_KEEP, 1);
  publish (fixture, "c", NULL, &first);
  wait_for (&first);
  g_assert_error (first.last, GRIP_ERROR, GRIP_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (first.last->message, "unknown"));
  g_clear_error (&first.last);

  /* The lane goes on, and a late answer is ignored. */
  publish (fixture, "c", "2", &second);
  wait_for (&second);
  g_assert_cmpuint (second.succeeded, ==, 1);
  mock_transport_release (fixture->mock, MOCK_REFUSED);
  assert_log (fixture->mock, "c/2 ");
}

static void
test_queue_full (Fixture       *fixture,
                 gconstpointer  data)
{
  Results results = { 0 };
  Results over = { 0 };

  grip_pub_control_set_max_queue_items (fixture->control, 2);
  publish (fixture, "c", "1", &results);
  publish (fixture, "c", "2", &results);
  publish (fixture, "c", "3", &over);
  wait_for (&results);
  wait_for (&over);

  g_assert_cmpuint (results.succeeded, ==, 2);
  g_assert_error (over.last, GRIP_ERROR, GRIP_ERROR_QUEUE_FULL);
  g_clear_error (&over.last);

  publish (fixture, "c", "4", &results);
  wait_for (&results);
  g_assert_cmpuint (results.succeeded, ==, 3);

  grip_pub_control_set_max_queue_bytes (fixture->control, 100);
  publish (fixture, "c", "5", &results);
  publish (fixture, "c", "6", &over);
  wait_for (&results);
  wait_for (&over);
  g_assert_error (over.last, GRIP_ERROR, GRIP_ERROR_QUEUE_FULL);
  g_clear_error (&over.last);
}

static void
test_too_large (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr(GripItem) item = make_item ("1");
  g_autoptr(GError)   error = NULL;

  grip_base_transport_set_max_batch_bytes (GRIP_BASE_TRANSPORT (fixture->mock), 50);
  g_assert_false (grip_pub_control_publish (fixture->control, "c", item, NULL, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE);
  g_assert_cmpuint (mock_transport_get_batches (fixture->mock), ==, 0);
}

static void
test_batch_limits (Fixture       *fixture,
                   gconstpointer  data)
{
  Results results = { 0 };

  grip_base_transport_set_max_batch_items (GRIP_BASE_TRANSPORT (fixture->mock), 2);
  for (guint i = 0; i < 5; i++)
    publish (fixture, "c", NULL, &results);
  wait_for (&results);
  g_assert_cmpuint (mock_transport_get_batches (fixture->mock), ==, 3);

  /* One encoded item has 69 bytes, two and what is around them 151. */
  grip_base_transport_set_max_batch_items (GRIP_BASE_TRANSPORT (fixture->mock), 0);
  grip_base_transport_set_max_batch_bytes (GRIP_BASE_TRANSPORT (fixture->mock), 160);
  for (guint i = 0; i < 4; i++)
    publish (fixture, "c", NULL, &results);
  wait_for (&results);
  g_assert_cmpuint (mock_transport_get_batches (fixture->mock), ==, 5);
}

static void
test_two_endpoints (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr(MockTransport) second = mock_transport_new ("mock://two");
  g_autoptr(MockTransport) third = mock_transport_new ("mock://three");
  Results                  results = { 0 };

  grip_pub_control_add_transport (fixture->control, GRIP_TRANSPORT (second));
  grip_pub_control_add_transport (fixture->control, GRIP_TRANSPORT (third));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->control)), ==, 3);
  mock_transport_set_default (second, MOCK_REFUSED);
  mock_transport_set_default (third, MOCK_FAIL_UNKNOWN);

  publish (fixture, "c", NULL, &results);
  wait_for (&results);

  g_assert_cmpuint (results.failed, ==, 1);
  g_assert_nonnull (strstr (results.last->message, "2 of 3 failed"));
  g_assert_nonnull (strstr (results.last->message, "mock://two: refused"));
  g_assert_nonnull (strstr (results.last->message, "mock://three: unknown"));
  g_assert_null (strstr (results.last->message, "mock://one"));
  assert_log (fixture->mock, "c/- ");
  g_clear_error (&results.last);

  grip_pub_control_remove_all_transports (fixture->control);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->control)), ==, 0);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_channels (Fixture       *fixture,
               gconstpointer  data)
{
  const char *const   channels[] = { "a", "b", "c", NULL };
  const char *const   none[] = { NULL };
  g_autoptr(GripItem) item = make_item ("1");
  g_autoptr(GError)   error = NULL;

  grip_pub_control_set_prefix (fixture->control, "p-");
  g_assert_true (grip_pub_control_publish_to_channels (fixture->control, channels, item, NULL, &error));
  g_assert_no_error (error);
  assert_log (fixture->mock, "p-a/1 p-b/1 p-c/1 ");
  g_assert_false (grip_pub_control_publish_to_channels (fixture->control, none, item, NULL, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
}

static void
test_cancel_queued (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GripItem)     item = make_item ("2");
  Results                 first = { 0 };
  Results                 cancelled = { 0 };

  mock_transport_script (fixture->mock, MOCK_KEEP, 1);
  publish (fixture, "c", "1", &first);
  while (mock_transport_get_kept (fixture->mock) == 0)
    g_main_context_iteration (NULL, TRUE);

  cancelled.pending = 1;
  grip_pub_control_publish_async (fixture->control, "c", item, cancellable, published_cb, &cancelled);
  g_cancellable_cancel (cancellable);
  wait_for (&cancelled);
  g_assert_error (cancelled.last, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_nonnull (strstr (cancelled.last->message, "not sent"));
  g_clear_error (&cancelled.last);

  mock_transport_release (fixture->mock, MOCK_COMPLETE);
  wait_for (&first);
  assert_log (fixture->mock, "c/1 ");
}

/* A delivered item is never reported as cancelled. */
static void
test_cancel_in_flight (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GripItem)     item = make_item ("1");
  Results                 results = { .pending = 1 };

  mock_transport_script (fixture->mock, MOCK_KEEP, 1);
  grip_pub_control_publish_async (fixture->control, "c", item, cancellable, published_cb, &results);
  while (mock_transport_get_kept (fixture->mock) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  mock_transport_release (fixture->mock, MOCK_COMPLETE);
  wait_for (&results);
  g_assert_cmpuint (results.succeeded, ==, 1);

  results.pending = 1;
  grip_pub_control_publish_async (fixture->control, "c", item, cancellable, published_cb, &results);
  wait_for (&results);
  g_assert_error (results.last, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&results.last);
}

static void
flushed_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  Results *results = user_data;

  g_clear_error (&results->last);
  if (grip_pub_control_flush_finish (GRIP_PUB_CONTROL (object), result, &results->last))
    results->succeeded++;
  else
    results->failed++;
  results->pending--;
}

static GLogWriterOutput
quiet_writer (GLogLevelFlags   level,
              const GLogField *fields,
              gsize            n_fields,
              gpointer         user_data)
{
  guint *warnings = user_data;

  if ((level & G_LOG_LEVEL_WARNING) != 0)
    {
      (*warnings)++;
      return G_LOG_WRITER_HANDLED;
    }

  return g_log_writer_default (level, fields, n_fields, NULL);
}

static guint n_warnings;

static void
test_flush (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GripItem) item = make_item (NULL);
  g_autoptr(GError)   error = NULL;
  Results             results = { 0 };

  /* Fire and forget: what fails is told by the next flush, and logged once. */
  n_warnings = 0;
  mock_transport_script (fixture->mock, MOCK_REFUSED, 1);
  for (guint i = 0; i < 3; i++)
    grip_pub_control_publish_async (fixture->control, "c", item, NULL, NULL, NULL);
  results.pending = 1;
  grip_pub_control_flush_async (fixture->control, NULL, flushed_cb, &results);
  wait_for (&results);
  g_assert_error (results.last, GRIP_ERROR, GRIP_ERROR_FAILED);
  g_assert_nonnull (strstr (results.last->message, "3 items were not published"));
  g_assert_cmpuint (n_warnings, ==, 1);
  g_clear_error (&results.last);

  g_assert_true (grip_pub_control_flush (fixture->control, NULL, &error));
  g_assert_no_error (error);
}

static void
test_close (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GripItem) item = make_item (NULL);
  g_autoptr(GError)   error = NULL;
  Results             results = { 0 };

  publish (fixture, "c", "1", &results);
  g_assert_true (grip_pub_control_close (fixture->control, NULL, &error));
  g_assert_no_error (error);
  wait_for (&results);
  g_assert_cmpuint (results.succeeded, ==, 1);

  g_assert_false (grip_pub_control_publish (fixture->control, "c", item, NULL, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_false (grip_pub_control_close (fixture->control, NULL, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_CLOSED);

  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (mock_transport_get_closed (fixture->mock), ==, 1);
}

static void
closed_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  Results *results = user_data;

  g_clear_error (&results->last);
  if (grip_pub_control_close_finish (GRIP_PUB_CONTROL (object), result, &results->last))
    results->succeeded++;
  else
    results->failed++;
  results->pending--;
}

static void
test_close_unsent (Fixture       *fixture,
                   gconstpointer  data)
{
  Results results = { 0 };
  Results closing = { .pending = 1 };

  grip_pub_control_set_timeout (fixture->control, 0.3);
  mock_transport_set_default (fixture->mock, MOCK_KEEP);
  publish (fixture, "c", "1", &results);
  while (mock_transport_get_kept (fixture->mock) == 0)
    g_main_context_iteration (NULL, TRUE);
  publish (fixture, "c", "2", &results);
  grip_pub_control_close_async (fixture->control, NULL, closed_cb, &closing);
  wait_for (&results);
  wait_for (&closing);

  g_assert_error (closing.last, GRIP_ERROR, GRIP_ERROR_CLOSED);
  g_assert_cmpuint (results.failed, ==, 2);
  g_clear_error (&closing.last);
  g_clear_error (&results.last);
  mock_transport_release (fixture->mock, MOCK_COMPLETE);
}

static void
test_replace (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(MockTransport) second = mock_transport_new ("mock://two");
  Results                  results = { 0 };

  mock_transport_script (fixture->mock, MOCK_KEEP, 1);
  publish (fixture, "c", "1", &results);
  while (mock_transport_get_kept (fixture->mock) == 0)
    g_main_context_iteration (NULL, TRUE);
  publish (fixture, "c", "2", &results);

  g_assert_true (grip_pub_control_replace_transport (fixture->control, GRIP_TRANSPORT (fixture->mock),
                                                     GRIP_TRANSPORT (second)));
  g_assert_false (grip_pub_control_replace_transport (fixture->control, GRIP_TRANSPORT (fixture->mock),
                                                      GRIP_TRANSPORT (fixture->mock)));
  publish (fixture, "c", "3", &results);

  /* What is in flight ends on the old one first; what it could not send goes to the new one. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (mock_transport_get_batches (second), ==, 0);
  mock_transport_release (fixture->mock, MOCK_FAIL_NOT_SENT);
  wait_for (&results);

  g_assert_cmpuint (results.succeeded, ==, 3);
  assert_log (fixture->mock, "");
  assert_log (second, "c/1 c/2 c/3 ");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (mock_transport_get_closed (fixture->mock), ==, 1);

  g_assert_true (grip_pub_control_remove_transport (fixture->control, GRIP_TRANSPORT (second)));
  g_assert_false (grip_pub_control_remove_transport (fixture->control, GRIP_TRANSPORT (second)));
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_dropped_control (Fixture       *fixture,
                      gconstpointer  data)
{
  Results results = { 0 };

  /* Pending results hold the publisher, so this is about what nobody waits for. */
  g_autoptr(GripItem) item = make_item ("1");

  n_warnings = 0;
  grip_pub_control_publish_async (fixture->control, "c", item, NULL, NULL, NULL);
  g_clear_object (&fixture->control);
  g_assert_cmpuint (n_warnings, ==, 1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  assert_log (fixture->mock, "c/1 ");
  g_assert_cmpuint (mock_transport_get_closed (fixture->mock), ==, 1);
  g_assert_cmpuint (results.failed, ==, 0);
}

static void
test_fork (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(GripItem) item = make_item ("1");
  g_autoptr(GError)   error = NULL;
  int                 status;
  pid_t               child = fork ();

  if (child == 0)
    {
      gboolean ok = grip_pub_control_publish (fixture->control, "c", item, NULL, &error);

      g_object_unref (fixture->control);
      _exit (!ok && error != NULL && strstr (error->message, "fork") != NULL ? 0 : 1);
    }

  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  g_assert_true (grip_pub_control_publish (fixture->control, "c", item, NULL, &error));
  assert_log (fixture->mock, "c/1 ");
}

static gpointer
publisher_thread (gpointer data)
{
  g_autoptr(GMainContext) context = g_main_context_new ();
  Fixture                *fixture = data;
  Results                 results = { 0 };

  g_main_context_push_thread_default (context);
  for (guint i = 0; i < 200; i++)
    publish (fixture, "c", NULL, &results);
  while (results.pending > 0)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);

  return GUINT_TO_POINTER (results.succeeded);
}

static gpointer
sync_publisher_thread (gpointer data)
{
  g_autoptr(GripItem) item = make_item (NULL);
  Fixture            *fixture = data;
  guint               succeeded = 0;

  for (guint i = 0; i < 200; i++)
    succeeded += grip_pub_control_publish (fixture->control, "c", item, NULL, NULL);

  return GUINT_TO_POINTER (succeeded);
}

static gboolean
quit_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Results arrive in the context of the caller, whichever thread it is. */
static void
test_threads (Fixture       *fixture,
              gconstpointer  data)
{
  GThread *threads[4];
  guint    timer = g_timeout_add (10, quit_cb, NULL);
  guint    succeeded = 0;

  /* The loop is in this thread's hands from the start, so that no other drives the transport. */
  g_assert_true (g_main_context_acquire (NULL));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("publisher", i % 2 == 0 ? publisher_thread : sync_publisher_thread, fixture);
  for (;;)
    {
      g_autofree char *log = mock_transport_dup_log (fixture->mock);

      if (strlen (log) == 800 * strlen ("c/- "))
        break;
      g_main_context_iteration (NULL, TRUE);
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    succeeded += GPOINTER_TO_UINT (g_thread_join (threads[i]));
  g_main_context_release (NULL);
  g_source_remove (timer);

  g_assert_cmpuint (succeeded, ==, 800);
}

#define ADD(name) g_test_add ("/pub-control/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (quiet_writer, &n_warnings, NULL);

  g_test_add_func ("/pub-control/no_endpoint", test_no_endpoint);
  ADD (bad_channel);
  ADD (batch);
  ADD (sync_own_context);
  ADD (refused);
  ADD (retry_not_sent);
  ADD (retry_unknown);
  ADD (retry_limit);
  ADD (deadline);
  ADD (poison);
  ADD (fail_message);
  ADD (dropped);
  g_test_add_func ("/pub-control/answered_twice", test_answered_twice);
  ADD (overdue);
  ADD (queue_full);
  ADD (too_large);
  ADD (batch_limits);
  ADD (two_endpoints);
  ADD (channels);
  ADD (cancel_queued);
  ADD (cancel_in_flight);
  ADD (flush);
  ADD (close);
  ADD (close_unsent);
  ADD (replace);
  ADD (dropped_control);
  ADD (fork);
  ADD (threads);

  return g_test_run ();
}
