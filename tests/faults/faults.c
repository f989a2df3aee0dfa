/* faults.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>
#include <sys/resource.h>

#include "faults.h"

static char *program;

void
faults_add (GripPubControl *control,
            const char     *uri,
            double          request_timeout)
{
  g_autoptr(GError)  error = NULL;
  g_autoptr(GObject) transport = NULL;
  guint              n;

  grip_pub_control_apply_uri (control, uri, &error);
  g_assert_no_error (error);
  n = g_list_model_get_n_items (G_LIST_MODEL (control));
  transport = g_list_model_get_item (G_LIST_MODEL (control), n - 1);
  if (request_timeout > 0)
    g_object_set (transport, "request-timeout", request_timeout, NULL);
}

GripPubControl *
faults_control_new (const char *uri,
                    double      timeout,
                    double      request_timeout)
{
  GripPubControl *control = grip_pub_control_new ();

  if (uri != NULL)
    faults_add (control, uri, request_timeout);
  if (timeout > 0)
    grip_pub_control_set_timeout (control, timeout);

  return control;
}

static void
published_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Fate *fate = user_data;

  g_clear_error (&fate->error);
  grip_pub_control_publish_http_stream_finish (GRIP_PUB_CONTROL (source), result, &fate->error);
  fate->n_callbacks++;
}

void
faults_publish (GripPubControl *control,
                const char     *content,
                const char     *id,
                GCancellable   *cancellable,
                Fate           *fate)
{
  *fate = (Fate) { 0 };
  grip_pub_control_publish_http_stream_async (control, "c", content, id, NULL, cancellable,
                                              published_cb, fate);
}

void
faults_wait (Fate  *fates,
             guint  n_fates)
{
  for (guint i = 0; i < n_fates; i++)
    while (fates[i].n_callbacks == 0)
      g_main_context_iteration (NULL, TRUE);
}

GError *
faults_try (GripPubControl *control,
            const char     *content,
            const char     *id)
{
  Fate fate;

  faults_publish (control, content, id, NULL, &fate);
  faults_wait (&fate, 1);

  return fate.error;
}

void
faults_assert (Fate       *result,
               const char *fate)
{
  g_assert_cmpuint (result->n_callbacks, ==, 1);
  if (fate == NULL)
    {
      g_assert_no_error (result->error);
      return;
    }

  g_assert_nonnull (result->error);
  if (strstr (result->error->message, fate) == NULL)
    g_error ("'%s' does not say '%s'", result->error->message, fate);
  g_clear_error (&result->error);
}

void
faults_assert_error (GError     *error,
                     int         code,
                     const char *fate)
{
  g_assert_error (error, GRIP_ERROR, code);
  if (strstr (error->message, fate) == NULL)
    g_error ("'%s' does not say '%s'", error->message, fate);
}

void
faults_drop (GripPubControl *control)
{
  grip_pub_control_close (control, NULL, NULL);
  g_object_unref (control);
}

void
faults_wait_requests (GripTestSink *sink,
                      guint         count)
{
  while (grip_test_sink_get_n_requests (sink) < count)
    {
      while (g_main_context_iteration (NULL, FALSE))
        continue;
      grip_test_sink_wait_requests (sink, count, 10);
    }
}

Child *
faults_run_child (const char        *mode,
                  const char        *argument,
                  const char *const *environment)
{
  g_autoptr(GSubprocessLauncher) launcher = NULL;
  g_autoptr(GSubprocess)         process = NULL;
  g_autoptr(GError)              error = NULL;
  g_autofree char               *out = NULL;
  g_autofree char               *err = NULL;
  Child                         *child = g_new0 (Child, 1);

  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  for (guint i = 0; environment != NULL && environment[i] != NULL; i++)
    {
      g_auto(GStrv) pair = g_strsplit (environment[i], "=", 2);

      g_subprocess_launcher_setenv (launcher, pair[0], pair[1], TRUE);
    }
  process = g_subprocess_launcher_spawn (launcher, &error, program, "--child", mode, argument, NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out, &err, &error);
  g_assert_no_error (error);
  child->status = g_subprocess_get_status (process);
  child->output = g_strconcat (out, err, NULL);

  return child;
}

void
faults_child_free (Child *child)
{
  g_free (child->output);
  g_free (child);
}

void
faults_child_assert_ok (Child *child)
{
  if (child->status != 0)
    g_error ("the child ended with wait status %d and said: %s", child->status, child->output);
}

void
faults_say_error (const GError *error)
{
  g_print ("%s\n", error != NULL ? error->message : "accepted");
}

/* They are expected: faults are logged. */
static GLogWriterOutput
drop_warnings (GLogLevelFlags   level,
               const GLogField *fields,
               gsize            n_fields,
               gpointer         user_data)
{
  if ((level & G_LOG_LEVEL_WARNING) == 0)
    return g_log_writer_default (level, fields, n_fields, NULL);

  return G_LOG_WRITER_HANDLED;
}

void
faults_init (int             *argc,
             char          ***argv,
             const ChildMode *modes,
             guint            n_modes)
{
  program = g_file_read_link ("/proc/self/exe", NULL);
  for (guint i = 0; *argc == 4 && g_str_equal ((*argv)[1], "--child") && i < n_modes; i++)
    if (g_str_equal ((*argv)[2], modes[i].mode))
      exit (modes[i].func ((*argv)[3]));

  g_test_init (argc, argv, NULL);
  g_log_set_writer_func (drop_warnings, NULL, NULL);
}

void
faults_limit_descriptors (guint n)
{
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = n > 0 ? n : limit.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
}

gboolean
faults_is_instrumented (void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return TRUE;
#else
  const char *preload = g_getenv ("LD_PRELOAD");

  return preload != NULL && strstr (preload, "valgrind") != NULL;
#endif
}
