/* test-faults-process.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "faults.h"

/* F14 and F35 to F37: what the process and the system do. Each runs in a process of its
 * own, which publishes to a sink of this one. The program takes the place of some functions of the C
 * library and of GLib, so that they can fail. */

static int    refuse_threads;
static gint64 clock_jump;

int
pthread_create (pthread_t            *thread,
                const pthread_attr_t *attributes,
                void *(*func) (void *),
                void                 *data)
{
  int (*real) (pthread_t *, const pthread_attr_t *, void *(*) (void *), void *);

  if (g_atomic_int_get (&refuse_threads))
    return EAGAIN;
  real = (int (*) (pthread_t *, const pthread_attr_t *, void *(*) (void *), void *)) dlsym (RTLD_NEXT,
                                                                                            "pthread_create");

  return real (thread, attributes, func, data);
}

gint64
g_get_real_time (void)
{
  gint64 (*real) (void) = (gint64 (*) (void)) dlsym (RTLD_NEXT, "g_get_real_time");

  return real () + clock_jump;
}

/* The children */

static void
fire (GripPubControl *control,
      guint           n)
{
  g_autoptr(GripHttpStreamFormat) format = grip_http_stream_format_new_text ("<x>");
  g_autoptr(GripItem)             item = grip_item_new (GRIP_FORMAT (format), NULL, NULL, NULL);

  for (guint i = 0; i < n; i++)
    grip_pub_control_publish_async (control, "c", item, NULL, NULL, NULL);
}

static int
child_exit_flushed (const char *uri)
{
  GripPubControl    *control = faults_control_new (uri, 0, 0);
  g_autoptr(GError)  error = NULL;

  fire (control, 900);

  return grip_pub_control_flush (control, NULL, &error) ? 0 : 1;
}

static int
child_exit_pending (const char *uri)
{
  fire (faults_control_new (uri, 0, 0), 50);

  return 0;
}

static int
child_exit_dropped (const char *uri)
{
  GripPubControl *control = faults_control_new (uri, 0, 0);

  fire (control, 50);
  g_object_unref (control);

  return 0;
}

static gboolean
more_descriptors_cb (gpointer user_data)
{
  faults_limit_descriptors (0);

  return G_SOURCE_REMOVE;
}

static double
cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);

  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
         + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static guint64
count_retries (GripPubControl *control)
{
  g_autoptr(GripStatistics) statistics = grip_pub_control_get_statistics (control);

  return grip_statistics_get_n_retried (statistics);
}

/* No descriptor is left: an error, or another try when there are some again; no busy loop meanwhile. */
static int
child_descriptors (const char *uri)
{
  GripPubControl    *control = faults_control_new (uri, 0, 0);
  g_autoptr(GError)  error = NULL;
  Fate               fate;
  double             before;

  /* The worker has all that it needs, but for a connection. */
  g_assert_no_error (faults_try (control, "warm", NULL));
  before = cpu_seconds ();
  faults_limit_descriptors (4);
  faults_publish (control, "none", NULL, NULL, &fate);
  while (count_retries (control) == 0)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  grip_pub_control_set_timeout (control, 1.5);
  faults_wait (&fate, 1);
  faults_say_error (fate.error);
  faults_assert (&fate, NOT_SENT);
  g_assert_cmpfloat (cpu_seconds () - before, <, 0.75);

  grip_pub_control_set_timeout (control, 60);
  faults_publish (control, "<later>", NULL, NULL, &fate);
  g_timeout_add (500, more_descriptors_cb, NULL);
  faults_wait (&fate, 1);
  faults_assert (&fate, NULL);
  grip_pub_control_close (control, NULL, &error);
  g_assert_no_error (error);

  return 0;
}

static GError *
publish_sync (GripPubControl *control,
              const char     *content)
{
  GError *error = NULL;

  grip_pub_control_publish_http_stream (control, "c", content, NULL, NULL, NULL, &error);

  return error;
}

/* The same for calls that block, and where GLib would end the process: a main context and a cancellable have
 * descriptors of their own. */
static int
child_descriptors_sync (const char *uri)
{
  GripPubControl            *warm = faults_control_new (uri, 60, 0);
  GripPubControl            *cold = faults_control_new (uri, 0.5, 0);
  g_autoptr(GripPubControl)  none = NULL;
  g_autoptr(GError)          kept = NULL;
  g_autoptr(GError)          first = NULL;
  g_autoptr(GError)          refused = NULL;

  g_assert_no_error (publish_sync (warm, "warm"));
  faults_limit_descriptors (4);
  kept = publish_sync (warm, "<kept>");
  g_assert_no_error (kept);
  first = publish_sync (cold, "none");
  faults_say_error (first);
  g_assert_nonnull (strstr (first->message, NOT_SENT));
  g_assert_null (grip_pub_control_new_for_uri (uri, &refused));
  g_assert_error (refused, GRIP_ERROR, GRIP_ERROR_FAILED);
  g_assert_false (grip_pub_control_apply_uri (warm, uri, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (warm)), ==, 1);

  faults_limit_descriptors (0);
  grip_pub_control_set_timeout (cold, 60);
  g_assert_no_error (publish_sync (cold, "<later>"));
  none = grip_pub_control_new_for_uri (uri, NULL);
  g_assert_nonnull (none);
  faults_drop (warm);
  faults_drop (cold);

  return 0;
}

/* A peer that goes away in the middle of a large body, with the signal that this sends at its default. */
static int
child_sigpipe (const char *uri)
{
  GripPubControl    *control = faults_control_new (uri, 2, 0);
  g_autofree char   *large = g_strnfill (900000, 'x');
  g_autoptr(GError)  error = NULL;

  signal (SIGPIPE, SIG_DFL);
  error = faults_try (control, large, NULL);
  faults_say_error (error);
  g_assert_nonnull (error);
  faults_drop (control);

  return 0;
}

/* Every thread that the library wants is refused: an error each time; and it works when they are not.
 * GLib's own threads are there: it aborts where it cannot have them. */
static int
child_threads (const char *uri)
{
  GripPubControl    *warm = faults_control_new (uri, 60, 0);
  GripPubControl    *control;
  g_autoptr(GError)  error = NULL;

  g_assert_no_error (faults_try (warm, "warm", NULL));
  g_atomic_int_set (&refuse_threads, TRUE);
  control = faults_control_new (uri, 60, 0);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(GError) refused = faults_try (control, "<no>", NULL);

      faults_say_error (refused);
      g_assert_error (refused, GRIP_ERROR, GRIP_ERROR_FAILED);
      g_assert_nonnull (strstr (refused->message, "thread"));
    }
  g_atomic_int_set (&refuse_threads, FALSE);
  error = faults_try (control, "<yes>", NULL);
  g_assert_no_error (error);
  faults_drop (control);
  faults_drop (warm);

  return 0;
}

/* A day forth and back: time limits hold, and the token is always one that the proxy will take. */
static int
child_clock (const char *uri)
{
  static const gint64        days[] = { 0, 1, 0, -1, 0 };
  g_autofree char           *with_key = g_strconcat (uri, "?iss=me&key=a-key-of-32-bytes-for-the-token-00", NULL);
  GripPubControl            *control = faults_control_new (with_key, 0, 0);

  for (guint i = 0; i < G_N_ELEMENTS (days); i++)
    {
      clock_jump = days[i] * 86400 * G_USEC_PER_SEC;
      /* The server defers it once: the jump comes while it waits. */
      g_assert_no_error (faults_try (control, "<x>", NULL));
      g_print ("now %" G_GINT64_FORMAT "\n", g_get_real_time () / G_USEC_PER_SEC);
    }
  faults_drop (control);

  return 0;
}

/* The tests */

/* What was flushed has arrived, whatever the program forgets afterwards. */
static void
test_exit_flushed (void)
{
  g_autoptr(GripTestSink) sink = grip_test_sink_new ();
  g_autoptr(Child)        child = faults_run_child ("exit-flushed", grip_test_sink_get_uri (sink), NULL);

  faults_child_assert_ok (child);
  g_assert_cmpstr (child->output, ==, "");
  g_assert_cmpuint (grip_test_sink_count (sink, "<x>"), ==, 900);
}

/* A program that ends while a proxy is silent ends: nothing waits for the worker. What is lost with it is
 * told. */
static void
test_exit_pending (void)
{
  g_autoptr(GripTestSink) sink = grip_test_sink_new ();

  grip_test_sink_set_default (sink, &(GripTestAnswer) { .silent = TRUE, .end = GRIP_TEST_END_STALL });
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr(Child) child = faults_run_child ("exit-pending", grip_test_sink_get_uri (sink), NULL);

      faults_child_assert_ok (child);
      g_assert_nonnull (strstr (child->output, "The process ends with 50 items"));
    }
}

/* Dropped without close: a warning with the number. */
static void
test_exit_dropped (void)
{
  g_autoptr(GripTestSink) sink = grip_test_sink_new ();
  g_autoptr(Child)        child = NULL;

  grip_test_sink_set_default (sink, &(GripTestAnswer) { .silent = TRUE, .end = GRIP_TEST_END_STALL });
  child = faults_run_child ("exit-dropped", grip_test_sink_get_uri (sink), NULL);
  faults_child_assert_ok (child);
  g_assert_nonnull (strstr (child->output, "50 items"));
}

static void
test_descriptors (void)
{
  g_autoptr(GripTestSink) sink = grip_test_sink_new ();
  g_autoptr(Child)        child = NULL;

  /* No connection is kept, or none would be needed. */
  grip_test_sink_set_default (sink, &(GripTestAnswer) { .end = GRIP_TEST_END_CLOSE });
  child = faults_run_child ("descriptors", grip_test_sink_get_uri (sink), NULL);
  faults_child_assert_ok (child);
  g_assert_nonnull (strstr (child->output, "open files"));
  g_assert_cmpuint (grip_test_sink_count (sink, "none"), ==, 0);
  g_assert_cmpuint (grip_test_sink_count (sink, "<later>"), ==, 1);
}

static void
test_descriptors_sync (void)
{
  g_autoptr(GripTestSink) sink = grip_test_sink_new ();
  g_autoptr(Child)        child = faults_run_child ("descriptors-sync", grip_test_sink_get_uri (sink), NULL);

  faults_child_assert_ok (child);
  g_assert_nonnull (strstr (child->output, "open files"));
  g_assert_cmpuint (grip_test_sink_count (sink, "none"), ==, 0);
  g_assert_cmpuint (grip_test_sink_count (sink, "<kept>"), ==, 1);
  g_assert_cmpuint (grip_test_sink_count (sink, "<later>"), ==, 1);
}

static void
test_sigpipe (void)
{
  g_autoptr(GripTestSink) sink = grip_test_sink_new ();
  g_autoptr(Child)        child = NULL;

  grip_test_sink_set_default (sink, &(GripTestAnswer) { .read = 1000, .silent = TRUE, .end = GRIP_TEST_END_RESET });
  child = faults_run_child ("sigpipe", grip_test_sink_get_uri (sink), NULL);
  faults_child_assert_ok (child);
}

static void
test_threads (void)
{
  g_autoptr(GripTestSink) sink = grip_test_sink_new ();
  g_autoptr(Child)        child = faults_run_child ("threads", grip_test_sink_get_uri (sink), NULL);

  faults_child_assert_ok (child);
  g_assert_cmpuint (grip_test_sink_count (sink, "<no>"), ==, 0);
  g_assert_cmpuint (grip_test_sink_count (sink, "<yes>"), ==, 1);
}

static gint64
expires_at (GripTestSink *sink,
            guint         index)
{
  g_autoptr(GripTestRequest) request = grip_test_sink_dup_request (sink, index);
  g_autofree char           *value = grip_test_request_dup_header (request, "Authorization");
  g_auto(GStrv)              parts = g_strsplit (value, ".", 3);
  g_autofree char           *padded = g_strconcat (parts[1], "===", NULL);
  g_autofree guchar         *claims = NULL;
  gsize                      length;
  const char                *exp;

  padded[(strlen (parts[1]) + 3) / 4 * 4] = '\0';
  g_strdelimit (padded, "-", '+');
  g_strdelimit (padded, "_", '/');
  claims = g_base64_decode (padded, &length);
  exp = g_strstr_len ((const char *) claims, length, "\"exp\":");
  g_assert_nonnull (exp);

  return g_ascii_strtoll (exp + 6, NULL, 10);
}

static void
test_clock (void)
{
  g_autoptr(GripTestSink) sink = grip_test_sink_new ();
  g_autoptr(Child)        child = NULL;
  const char             *at;

  for (guint i = 0; i < 5; i++)
    {
      grip_test_sink_push (sink, &(GripTestAnswer) { .status = 503 });
      grip_test_sink_push (sink, &(GripTestAnswer) { 0 });
    }
  child = faults_run_child ("clock", grip_test_sink_get_uri (sink), NULL);
  faults_child_assert_ok (child);
  g_assert_cmpuint (grip_test_sink_get_n_requests (sink), ==, 10);
  at = child->output;
  for (guint i = 0; i < 5; i++)
    {
      gint64 now;
      gint64 left;

      at = strstr (at, "now ") + 4;
      now = g_ascii_strtoll (at, NULL, 10);
      left = expires_at (sink, 2 * i + 1) - now;
      g_test_message ("%" G_GINT64_FORMAT " seconds left", left);
      g_assert_cmpint (left, >, 0);
      g_assert_cmpint (left, <=, 7200);
    }
}

static const ChildMode modes[] = {
  { "exit-flushed", child_exit_flushed },
  { "exit-pending", child_exit_pending },
  { "exit-dropped", child_exit_dropped },
  { "descriptors", child_descriptors },
  { "descriptors-sync", child_descriptors_sync },
  { "sigpipe", child_sigpipe },
  { "threads", child_threads },
  { "clock", child_clock },
};

int
main (int   argc,
      char *argv[])
{
  faults_init (&argc, &argv, modes, G_N_ELEMENTS (modes));

  g_test_add_func ("/faults/F14-exit-flushed", test_exit_flushed);
  g_test_add_func ("/faults/F14-exit-pending", test_exit_pending);
  g_test_add_func ("/faults/F14-exit-dropped", test_exit_dropped);
  g_test_add_func ("/faults/F35-descriptors", test_descriptors);
  g_test_add_func ("/faults/F35-descriptors-sync", test_descriptors_sync);
  g_test_add_func ("/faults/F35-sigpipe", test_sigpipe);
  g_test_add_func ("/faults/F36-threads", test_threads);
  g_test_add_func ("/faults/F37-clock", test_clock);

  return g_test_run ();
}
