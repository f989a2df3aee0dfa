/* soak.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <malloc.h>
#include <stdio.h>

#include "faults.h"

/* A publisher that runs for a long time beside a proxy that is often ill. By hand:
 *
 *   GRIP_TRANSPORT_PATH=BUILD/plugins/http BUILD/tests/faults/soak --seconds 600 --rate 500
 *
 * prints a JSON object each second: memory, descriptors, threads, and what became of the items. The last
 * line has the growth of memory from the end of the first third to the last third. */

typedef struct
{
  GripPubControl *control;
  GripTestSink   *sink;
  guint           rate;
  guint           n_published;
  guint           n_accepted;
  guint           n_failed;
  guint           n_pending;
  GArray         *rss;
} Soak;

static void
published_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Soak *self = user_data;

  self->n_pending--;
  if (grip_pub_control_publish_http_stream_finish (GRIP_PUB_CONTROL (source), result, NULL))
    self->n_accepted++;
  else
    self->n_failed++;
}

static gboolean
publish_cb (gpointer user_data)
{
  Soak *self = user_data;

  for (guint i = 0; i < self->rate / 10; i++)
    {
      g_autofree char *content = g_strdup_printf ("<%08u>", self->n_published);

      self->n_published++;
      self->n_pending++;
      grip_pub_control_publish_http_stream_async (self->control, "c", content,
                                                  self->n_published % 2 == 0 ? content : NULL, NULL, NULL,
                                                  published_cb, self);
    }

  return G_SOURCE_CONTINUE;
}

/* Another illness each time. */
static gboolean
misbehave_cb (gpointer user_data)
{
  static const GripTestAnswer faults[] = {
    { .status = 503 },
    { .silent = TRUE, .end = GRIP_TEST_END_RESET },
    { .cut = 25, .end = GRIP_TEST_END_DROP },
    { .end = GRIP_TEST_END_CLOSE },
    { .status = 400 },
    { .delay = 200 },
    { .n_informational = 100 },
  };
  static guint  turn;
  Soak         *self = user_data;

  grip_test_sink_push (self->sink, &faults[turn++ % G_N_ELEMENTS (faults)]);

  return G_SOURCE_CONTINUE;
}

static gboolean
come_back_cb (gpointer user_data)
{
  grip_test_sink_set_listening (((Soak *) user_data)->sink, TRUE);

  return G_SOURCE_REMOVE;
}

static gboolean
go_away_cb (gpointer user_data)
{
  grip_test_sink_set_listening (((Soak *) user_data)->sink, FALSE);
  g_timeout_add (2000, come_back_cb, user_data);

  return G_SOURCE_CONTINUE;
}

static guint
count_entries (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  guint           n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

static guint
rss_kib (void)
{
  g_autofree char *text = NULL;
  unsigned long    total = 0;
  unsigned long    resident = 0;

  g_file_get_contents ("/proc/self/statm", &text, NULL, NULL);
  if (text == NULL || sscanf (text, "%lu %lu", &total, &resident) != 2)
    return 0;

  return resident * 4;
}

static gboolean
report_cb (gpointer user_data)
{
  Soak  *self = user_data;
  guint  rss;

  grip_test_sink_forget (self->sink);
  malloc_trim (0);
  rss = rss_kib ();
  g_array_append_val (self->rss, rss);
  g_print ("{\"second\":%u,\"rss_kib\":%u,\"fds\":%u,\"threads\":%u,\"published\":%u,\"accepted\":%u,\"failed\":%u,"
           "\"pending\":%u,\"in_use_kib\":%zu}\n",
           self->rss->len, rss, count_entries ("/proc/self/fd"), count_entries ("/proc/self/task"), self->n_published,
           self->n_accepted, self->n_failed, self->n_pending, mallinfo2 ().uordblks / 1024);

  return G_SOURCE_CONTINUE;
}

static gboolean
stop_cb (gpointer loop)
{
  g_main_loop_quit (loop);

  return G_SOURCE_REMOVE;
}

static double
mean (GArray *values,
      guint   from,
      guint   to)
{
  double sum = 0;

  for (guint i = from; i < to; i++)
    sum += g_array_index (values, guint, i);

  return to > from ? sum / (to - from) : 0;
}

static void
run (Soak  *self,
     guint  seconds)
{
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  guint                sources[4];

  sources[0] = g_timeout_add (100, publish_cb, self);
  sources[1] = g_timeout_add (700, misbehave_cb, self);
  sources[2] = g_timeout_add (30000, go_away_cb, self);
  sources[3] = g_timeout_add (1000, report_cb, self);
  g_timeout_add_seconds (seconds, stop_cb, loop);
  g_main_loop_run (loop);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  grip_test_sink_set_listening (self->sink, TRUE);
  while (self->n_pending > 0)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int   argc,
      char *argv[])
{
  int                        seconds = 600;
  int                        rate = 500;
  GOptionEntry               entries[] = {
    { "seconds", 's', 0, G_OPTION_ARG_INT, &seconds, "How long", "N" },
    { "rate", 'r', 0, G_OPTION_ARG_INT, &rate, "Items a second", "N" },
    { NULL },
  };
  g_autoptr(GOptionContext)  options = g_option_context_new (NULL);
  g_autoptr(GError)          error = NULL;
  Soak                       soak = { .sink = grip_test_sink_new (), .rate = 0 };
  guint                      third;

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  soak.rate = rate;
  soak.rss = g_array_new (FALSE, FALSE, sizeof (guint));
  soak.control = faults_control_new (grip_test_sink_get_uri (soak.sink), 10, 2);
  run (&soak, seconds);
  third = soak.rss->len / 3;
  g_print ("{\"seconds\":%u,\"published\":%u,\"accepted\":%u,\"failed\":%u,\"growth_kib\":%.0f}\n", soak.rss->len,
           soak.n_published, soak.n_accepted, soak.n_failed,
           mean (soak.rss, soak.rss->len - third, soak.rss->len) - mean (soak.rss, third / 2, third));
  faults_drop (soak.control);
  grip_test_sink_free (soak.sink);
  g_array_unref (soak.rss);

  return 0;
}
