/* test-pub-control-ends.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine-fixture.h"

/* How publishing ends: flush, close, swap, fork, threads. */

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

static void
test_flush (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GripItem) item = engine_make_item (NULL);
  g_autoptr(GError)   error = NULL;
  Results             results = { 0 };

  /* Fire and forget: what fails is told by the next flush, and logged once. */
  engine_warnings = 0;
  mock_transport_script (fixture->mock, MOCK_REFUSED, 1);
  for (guint i = 0; i < 3; i++)
    grip_pub_control_publish_async (fixture->control, "c", item, NULL, NULL, NULL);
  results.pending = 1;
  grip_pub_control_flush_async (fixture->control, NULL, flushed_cb, &results);
  engine_wait_for (&results);
  g_assert_error (results.last, GRIP_ERROR, GRIP_ERROR_FAILED);
  g_assert_nonnull (strstr (results.last->message, "3 items were not published"));
  g_assert_cmpuint (engine_warnings, ==, 1);
  g_clear_error (&results.last);

  g_assert_true (grip_pub_control_flush (fixture->control, NULL, &error));
  g_assert_no_error (error);
}

static void
publish_and_flush_cb (GObject      *object,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  GripPubControl     *control = GRIP_PUB_CONTROL (object);
  g_autoptr(GripItem) item = engine_make_item (NULL);
  g_autoptr(GError)   error = NULL;

  g_assert_true (grip_pub_control_publish (control, "in-callback", item, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (grip_pub_control_flush (control, NULL, &error));
  g_assert_no_error (error);
  engine_published_cb (object, result, user_data);
}

/* Nothing is held locked while somebody waits for all to be sent. */
static void
test_flush_in_callback (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autoptr(GripItem) item = engine_make_item (NULL);
  Results             results = { .pending = 3 };

  grip_pub_control_flush_async (fixture->control, NULL, flushed_cb, &results);
  grip_pub_control_publish_async (fixture->control, "c", item, NULL, publish_and_flush_cb, &results);
  grip_pub_control_flush_async (fixture->control, NULL, flushed_cb, &results);
  engine_wait_for (&results);
  g_assert_no_error (results.last);
  g_assert_cmpuint (results.succeeded, ==, 3);
}

static void
test_close (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GripItem) item = engine_make_item (NULL);
  g_autoptr(GError)   error = NULL;
  Results             results = { 0 };

  engine_publish (fixture, "c", "1", &results);
  g_assert_true (grip_pub_control_close (fixture->control, NULL, &error));
  g_assert_no_error (error);
  engine_wait_for (&results);
  g_assert_cmpuint (results.succeeded, ==, 1);

  g_assert_false (grip_pub_control_publish (fixture->control, "c", item, NULL, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_false (grip_pub_control_close (fixture->control, NULL, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_CLOSED);

  iterate ();
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

  mock_transport_set_default (fixture->mock, MOCK_KEEP);
  engine_publish (fixture, "c", "1", &results);
  while (mock_transport_get_kept (fixture->mock) == 0)
    g_main_context_iteration (NULL, TRUE);
  engine_publish (fixture, "c", "2", &results);
  grip_pub_control_publish_http_stream_async (fixture->control, "", "unheard", NULL, NULL, NULL, NULL, NULL);
  grip_pub_control_set_timeout (fixture->control, 0.3);
  grip_pub_control_close_async (fixture->control, NULL, closed_cb, &closing);
  engine_wait_for (&results);
  engine_wait_for (&closing);

  g_assert_error (closing.last, GRIP_ERROR, GRIP_ERROR_CLOSED);
  g_assert_nonnull (strstr (closing.last->message, " items could not be delivered"));
  g_assert_nonnull (strstr (closing.last->message, "; of what nobody waited for 1 "));
  g_assert_nonnull (strstr (closing.last->message, "'channel' is empty"));
  g_assert_cmpuint (results.failed, ==, 2);
  g_clear_error (&closing.last);
  g_clear_error (&results.last);
  mock_transport_release (fixture->mock, MOCK_COMPLETE);
}

/* The worker ends what this thread is still cancelling: nothing of it may be left, which is for
 * LeakSanitizer to see. */
static void
test_cancel_storm (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr(GPtrArray) cancellables = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GripItem)  item = engine_make_item (NULL);
  Results              first = { 0 };
  Results              results = { .pending = 1000 };

  mock_transport_script (fixture->mock, MOCK_KEEP, 1);
  engine_publish (fixture, "c", "1", &first);
  while (mock_transport_get_kept (fixture->mock) == 0)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < 1000; i++)
    {
      GCancellable *cancellable = g_cancellable_new ();

      g_ptr_array_add (cancellables, cancellable);
      grip_pub_control_publish_async (fixture->control, "c", item, cancellable, engine_published_cb, &results);
    }
  for (guint i = 0; i < 1000; i++)
    g_cancellable_cancel (cancellables->pdata[i]);
  engine_wait_for (&results);
  g_assert_cmpuint (results.failed, ==, 1000);
  g_assert_error (results.last, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&results.last);

  mock_transport_release (fixture->mock, MOCK_COMPLETE);
  engine_wait_for (&first);
  engine_assert_log (fixture->mock, "c/1 ");
}

static void
test_replace (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(MockTransport) second = mock_transport_new ("mock://two");
  Results                  results = { 0 };

  mock_transport_script (fixture->mock, MOCK_KEEP, 1);
  engine_publish (fixture, "c", "1", &results);
  while (mock_transport_get_kept (fixture->mock) == 0)
    g_main_context_iteration (NULL, TRUE);
  engine_publish (fixture, "c", "2", &results);

  g_assert_true (grip_pub_control_replace_transport (fixture->control, GRIP_TRANSPORT (fixture->mock),
                                                     GRIP_TRANSPORT (second)));
  g_assert_false (grip_pub_control_replace_transport (fixture->control, GRIP_TRANSPORT (fixture->mock),
                                                      GRIP_TRANSPORT (fixture->mock)));
  engine_publish (fixture, "c", "3", &results);

  /* What is in flight ends on the old one first; what it could not send goes to the new one. */
  iterate ();
  g_assert_cmpuint (mock_transport_get_batches (second), ==, 0);
  mock_transport_release (fixture->mock, MOCK_FAIL_NOT_SENT);
  engine_wait_for (&results);

  g_assert_cmpuint (results.succeeded, ==, 3);
  engine_assert_log (fixture->mock, "");
  engine_assert_log (second, "c/1 c/2 c/3 ");
  iterate ();
  g_assert_cmpuint (mock_transport_get_closed (fixture->mock), ==, 1);

  g_assert_true (grip_pub_control_remove_transport (fixture->control, GRIP_TRANSPORT (second)));
  g_assert_false (grip_pub_control_remove_transport (fixture->control, GRIP_TRANSPORT (second)));
  iterate ();
}

static void
test_dropped_control (Fixture       *fixture,
                      gconstpointer  data)
{
  Results results = { 0 };

  /* Pending results hold the publisher, so this is about what nobody waits for. */
  g_autoptr(GripItem) item = engine_make_item ("1");

  engine_warnings = 0;
  grip_pub_control_publish_async (fixture->control, "c", item, NULL, NULL, NULL);
  g_clear_object (&fixture->control);
  g_assert_cmpuint (engine_warnings, ==, 1);
  iterate ();
  engine_assert_log (fixture->mock, "c/1 ");
  g_assert_cmpuint (mock_transport_get_closed (fixture->mock), ==, 1);
  g_assert_cmpuint (results.failed, ==, 0);
}

/* Ends without a word of its own: what it has inherited must not be freed, and is no leak. */
static void
use_in_child (Fixture  *fixture,
              GripItem *item,
              int       out)
{
  g_autoptr(GError) error = NULL;
  gboolean          ok;
  char              verdict;

  alarm (10);
  ok = grip_pub_control_publish (fixture->control, "c", item, NULL, &error);
  verdict = !ok && strstr (error->message, "fork") != NULL ? 'y' : 'n';
  g_object_unref (fixture->control);
  g_assert_cmpint (write (out, &verdict, 1), ==, 1);
  kill (getpid (), SIGKILL);
}

static void
test_fork (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(GripItem) item = engine_make_item ("1");
  g_autoptr(GError)   error = NULL;
  char                verdict = '-';
  int                 status = 0;
  int                 ends[2];

  g_assert_cmpint (pipe (ends), ==, 0);
  /* A fork may catch another thread while it has a lock of GLib's, which nobody opens in the child: that one
   * hangs, and another child is made. */
  for (guint tries = 0; tries == 0 || (tries < 10 && WTERMSIG (status) == SIGALRM); tries++)
    {
      pid_t child = fork ();

      if (child == 0)
        use_in_child (fixture, item, ends[1]);
      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
      g_assert_true (WIFSIGNALED (status));
    }

  g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
  g_assert_cmpint (read (ends[0], &verdict, 1), ==, 1);
  g_assert_cmpint (verdict, ==, 'y');
  close (ends[0]);
  close (ends[1]);

  g_assert_true (grip_pub_control_publish (fixture->control, "c", item, NULL, &error));
  engine_assert_log (fixture->mock, "c/1 ");
}

static gpointer
publisher_thread (gpointer data)
{
  g_autoptr(GMainContext) context = g_main_context_new ();
  Fixture                *fixture = data;
  Results                 results = { 0 };

  g_main_context_push_thread_default (context);
  for (guint i = 0; i < 200; i++)
    engine_publish (fixture, "c", NULL, &results);
  while (results.pending > 0)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);

  return GUINT_TO_POINTER (results.succeeded);
}

static gpointer
sync_publisher_thread (gpointer data)
{
  g_autoptr(GripItem) item = engine_make_item (NULL);
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

static void
close_cancelled_cb (GObject      *object,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  Results *results = user_data;

  g_assert_false (grip_pub_control_close_finish (GRIP_PUB_CONTROL (object), result, &results->last));
  results->pending--;
}

/* Cancelling ends the wait, long before the time limit does. */
static void
test_close_cancelled (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  Results                 publishes = { 0 };
  Results                 results = { .pending = 1 };

  grip_pub_control_set_timeout (fixture->control, 3600);
  mock_transport_script (fixture->mock, MOCK_FAIL_NOT_SENT, 1000000);
  engine_publish (fixture, "c", "1", &publishes);
  grip_pub_control_close_async (fixture->control, cancellable, close_cancelled_cb, &results);
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (results.pending, ==, 1);
  g_cancellable_cancel (cancellable);
  engine_wait_for (&results);
  engine_wait_for (&publishes);
  g_assert_error (results.last, GRIP_ERROR, GRIP_ERROR_CLOSED);
  g_assert_nonnull (strstr (results.last->message, "1 items"));
  g_clear_error (&results.last);
  g_clear_error (&publishes.last);
}

int
main (int   argc,
      char *argv[])
{
  engine_init (&argc, &argv);

  ENGINE_TEST (flush);
  ENGINE_TEST (flush_in_callback);
  ENGINE_TEST (close);
  ENGINE_TEST (close_cancelled);
  ENGINE_TEST (close_unsent);
  ENGINE_TEST (cancel_storm);
  ENGINE_TEST (replace);
  ENGINE_TEST (dropped_control);
  ENGINE_TEST (fork);
  ENGINE_TEST (threads);

  return g_test_run ();
}
