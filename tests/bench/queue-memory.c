/* queue-memory.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include <libgrip/grip.h>

/* How much memory items take that wait in a queue, and what is left when they have gone: one JSON
 * line. The transport is a sink in this process. */

#define BENCH_TYPE_SINK (bench_sink_get_type ())
G_DECLARE_FINAL_TYPE (BenchSink, bench_sink, BENCH, SINK, GripBaseTransport)

struct _BenchSink
{
  GripBaseTransport parent_instance;
};

G_DEFINE_FINAL_TYPE (BenchSink, bench_sink, GRIP_TYPE_BASE_TRANSPORT)

static void
bench_sink_deliver (GripBaseTransport *base,
                    GripDelivery      *delivery)
{
  grip_delivery_complete (delivery);
}

static void
bench_sink_class_init (BenchSinkClass *klass)
{
  GRIP_BASE_TRANSPORT_CLASS (klass)->deliver = bench_sink_deliver;
}

static void
bench_sink_init (BenchSink *self)
{
  grip_base_transport_set_max_batch_bytes (GRIP_BASE_TRANSPORT (self), 1000000);
}

static guint64
resident (void)
{
  g_autofree char *text = NULL;
  guint64          pages;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  pages = g_ascii_strtoull (strchr (text, ' ') + 1, NULL, 10);

  return pages * (guint64) sysconf (_SC_PAGESIZE);
}

/* By the short form, or an object for each item and format. */
static void
publish (GripPubControl *control,
         const char     *content,
         gboolean        objects)
{
  g_autoptr(GripFormat) format = NULL;
  g_autoptr(GripItem)   item = NULL;

  if (!objects)
    {
      grip_pub_control_publish_http_stream_async (control, "test", content, NULL, NULL, NULL, NULL, NULL);
      return;
    }

  format = GRIP_FORMAT (grip_http_stream_format_new_text (content));
  item = grip_item_new (format, NULL, NULL, NULL);
  grip_pub_control_publish_async (control, "test", item, NULL, NULL, NULL);
}

int
main (int    argc,
      char **argv)
{
  guint                       n = argc > 1 ? (guint) atoi (argv[1]) : 1000000;
  guint                       size = argc > 2 ? (guint) atoi (argv[2]) : 100;
  gboolean                    objects = argc > 3 && g_str_equal (argv[3], "objects");
  g_autofree char            *content = g_strnfill (size, 'x');
  g_autoptr(GripPubControl)   control = grip_pub_control_new ();
  g_autoptr(GripBaseTransport) sink = g_object_new (BENCH_TYPE_SINK, NULL);
  guint64                     before, queued, drained;

  grip_base_transport_set_ready (sink, FALSE);
  grip_pub_control_set_max_queue_items (control, G_MAXUINT);
  grip_pub_control_set_max_queue_bytes (control, G_MAXINT32);
  grip_pub_control_set_timeout (control, 3600);
  grip_pub_control_add_transport (control, GRIP_TRANSPORT (sink));
  publish (control, content, objects);

  before = resident ();
  for (guint i = 1; i < n; i++)
    publish (control, content, objects);
  queued = resident ();

  grip_base_transport_set_ready (sink, TRUE);
  for (;;)
    {
      g_autoptr(GripStatistics) statistics = grip_pub_control_get_statistics (control);

      if (grip_statistics_get_n_sent (statistics) == n)
        break;
      g_main_context_iteration (NULL, TRUE);
    }
  if (g_getenv ("TRIM") != NULL) malloc_trim (0);
  drained = resident ();

  g_print ("{\"n\":%u,\"size\":%u,\"bytes_per_item\":%.1f,\"over_payload\":%.1f,\"before\":%" G_GUINT64_FORMAT
           ",\"queued\":%" G_GUINT64_FORMAT ",\"drained\":%" G_GUINT64_FORMAT "}\n",
           n, size, (double) (queued - before) / n, (double) (queued - before) / n - size, before, queued, drained);

  return grip_pub_control_close (control, NULL, NULL) ? 0 : 1;
}
