/* publish.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <sys/resource.h>

#include <libgrip/grip.h>

/* Publishes as an application would and prints one JSON line: how long the loop took, up to the last
 * answer, and the time of all threads on the CPU. tests/bench/delivery.py runs it beside others.
 *
 *   bench-publish --url URL --n N --size BYTES              without waiting, never more than so many queued
 *                 [--threads T]                             from so many at once
 *                 [--sync]                                  one after the other
 *                 [--rate R] [--stamp] [--channel NAME]     R a second, each with the time it was made */

/* A thread waits when so much of its own is not answered yet, in two halves. */
#define HALF_ITEMS 20000
#define HALF_BYTES (8 * 1000 * 1000)
#define N_HALVES   2

static char     *url;
static char     *channel;
static gint64    n_items = 100000;
static int       size = 100;
static int       n_threads = 1;
static gboolean  is_sync;
static int       rate;
static gboolean  stamps;

static const GOptionEntry options[] = {
  { "url", 0, 0, G_OPTION_ARG_STRING, &url, "GRIP URI", "URL" },
  { "n", 0, 0, G_OPTION_ARG_INT64, &n_items, "Number of items", "N" },
  { "size", 0, 0, G_OPTION_ARG_INT, &size, "Bytes of content", "BYTES" },
  { "threads", 0, 0, G_OPTION_ARG_INT, &n_threads, "Number of threads", "T" },
  { "sync", 0, 0, G_OPTION_ARG_NONE, &is_sync, "Wait for each", NULL },
  { "rate", 0, 0, G_OPTION_ARG_INT, &rate, "Items a second", "R" },
  { "stamp", 0, 0, G_OPTION_ARG_NONE, &stamps, "Contents as the harness's stream clients want them", NULL },
  { "channel", 0, 0, G_OPTION_ARG_STRING, &channel, "Channel", "NAME" },
  { NULL }
};

static GripPubControl *control;
static int             n_errors;

static double
cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);

  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
         (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

/* Printable, nothing to escape but the line's end that a stamped one has. */
static char *
make_content (void)
{
  char *content = g_malloc (size + 1);

  for (int i = 0; i < size; i++)
    content[i] = 'a' + i % 26;
  content[size] = '\0';
  if (stamps)
    memcpy (content + size - 2, "Z\n", 2);

  return content;
}

static void
stamp (char *content)
{
  char text[23];

  g_snprintf (text, sizeof text, "T%020" G_GINT64_FORMAT ";", g_get_monotonic_time () * 1000);
  memcpy (content, text, 22);
}

static void
wait_until (gint64 due)
{
  gint64 now = g_get_monotonic_time ();

  if (due > now)
    g_usleep (due - now);
}

static void
flushed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  if (!grip_pub_control_flush_finish (GRIP_PUB_CONTROL (source), result, NULL))
    g_atomic_int_inc (&n_errors);
  --*(int *) user_data;
}

static void
publish_queued (gint64        count,
                char         *content,
                GMainContext *context)
{
  gint64 half = CLAMP (HALF_BYTES / (size + 60), 1, HALF_ITEMS);
  gint64 start = g_get_monotonic_time ();
  int    n_open = 0;

  for (gint64 i = 0; i < count; i++)
    {
      if (rate > 0)
        wait_until (start + i * G_USEC_PER_SEC / rate);
      if (stamps)
        stamp (content);
      grip_pub_control_publish_http_stream_async (control, channel, content, NULL, NULL, NULL, NULL, NULL);
      if ((i + 1) % half != 0)
        continue;

      n_open++;
      grip_pub_control_flush_async (control, NULL, flushed_cb, &n_open);
      while (n_open >= N_HALVES)
        g_main_context_iteration (context, TRUE);
    }

  n_open++;
  grip_pub_control_flush_async (control, NULL, flushed_cb, &n_open);
  while (n_open > 0)
    g_main_context_iteration (context, TRUE);
}

static void
publish_in_turn (gint64  count,
                 char   *content)
{
  for (gint64 i = 0; i < count; i++)
    if (!grip_pub_control_publish_http_stream (control, channel, content, NULL, NULL, NULL, NULL))
      g_atomic_int_inc (&n_errors);
}

static gpointer
run_thread (gpointer data)
{
  gint64                   count = *(gint64 *) data;
  g_autofree char         *content = make_content ();
  g_autoptr(GMainContext)  context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  if (is_sync)
    publish_in_turn (count, content);
  else
    publish_queued (count, content, context);
  g_main_context_pop_thread_default (context);

  return NULL;
}

static void
run (gint64 total)
{
  g_autofree GThread **threads = g_new0 (GThread *, n_threads);
  gint64               share = total / n_threads;

  if (n_threads == 1)
    {
      run_thread (&share);
      return;
    }

  for (int i = 0; i < n_threads; i++)
    threads[i] = g_thread_new ("publish", run_thread, &share);
  for (int i = 0; i < n_threads; i++)
    g_thread_join (threads[i]);
}

static gint64
count_failed (void)
{
  g_autoptr(GripStatistics) statistics = grip_pub_control_get_statistics (control);

  return n_errors + (gint64) grip_statistics_get_n_failed (statistics);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  g_autoptr(GError)         error = NULL;
  double                    start, cpu;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || url == NULL || n_items < 1 ||
        size < (stamps ? 32 : 0) || n_threads < 1 || n_items < n_threads)
    {
      g_printerr ("%s\n", error != NULL ? error->message : "--url, and a sensible --n and --size");
      return 2;
    }

  if (channel == NULL)
    channel = g_strdup ("test");
  control = grip_pub_control_new_for_uri (url, &error);
  if (control == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  grip_pub_control_set_max_queue_items (control, 2 * N_HALVES * HALF_ITEMS * n_threads);
  grip_pub_control_set_max_queue_bytes (control, (guint64) 4 * N_HALVES * HALF_BYTES * n_threads);
  if (!stamps)
    run (MAX (n_threads, 20));

  start = g_get_monotonic_time () * 1e-6;
  cpu = cpu_seconds ();
  run (n_items);
  g_print ("{\"name\":\"libgrip\",\"n\":%" G_GINT64_FORMAT ",\"secs\":%.6f,\"cpu\":%.6f,\"errors\":%" G_GINT64_FORMAT "}\n",
           n_items / n_threads * n_threads, g_get_monotonic_time () * 1e-6 - start, cpu_seconds () - cpu, count_failed ());
  if (!grip_pub_control_close (control, NULL, &error))
    g_printerr ("%s\n", error->message);

  return count_failed () == 0 ? 0 : 1;
}
