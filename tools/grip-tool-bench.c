/* grip-tool-bench.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <sys/resource.h>

#include "grip-tool-bench.h"
#include "grip-tool.h"

/* User and system time of all threads. */
static double
cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);

  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
         (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

void
grip_tool_timer_start (GripToolTimer *self)
{
  self->start_cpu = cpu_seconds ();
  self->start_time = g_get_monotonic_time () * 1e-6;
}

void
grip_tool_timer_stop (GripToolTimer *self)
{
  self->secs = g_get_monotonic_time () * 1e-6 - self->start_time;
  self->cpu = cpu_seconds () - self->start_cpu;
}

/* One line of JSON, whatever --json says: programs read it. */
void
grip_tool_bench_report (GripToolTimer *timer,
                        const char    *name,
                        gint64         n,
                        gint64         errors)
{
  g_autoptr(GripToolJson) json = grip_tool_json_new ();

  grip_tool_json_begin_object (json, NULL);
  grip_tool_json_string (json, "name", name);
  grip_tool_json_integer (json, "n", n);
  grip_tool_json_seconds (json, "secs", timer->secs);
  grip_tool_json_seconds (json, "cpu", timer->cpu);
  grip_tool_json_integer (json, "errors", errors);
  grip_tool_json_end_object (json);
  grip_tool_print_json (json);
}

/* The payload of every program of the harness: printable, nothing to escape. */
GBytes *
grip_tool_bench_payload (gsize size)
{
  char *payload = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++)
    payload[i] = 'a' + i % 26;

  return g_bytes_new_take (payload, size);
}

void
grip_tool_bench_publish (GripPubControl      *control,
                         GBytes              *payload,
                         gboolean             objects,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr(GripFormat) format = NULL;
  g_autoptr(GripItem)   item = NULL;

  if (!objects)
    {
      grip_pub_control_publish_http_stream_bytes_async (control, "test", payload, NULL, NULL, NULL,
                                                        callback, user_data);
      return;
    }

  format = GRIP_FORMAT (grip_http_stream_format_new (payload));
  item = grip_item_new (format, NULL, NULL, NULL);
  grip_pub_control_publish_async (control, "test", item, NULL, callback, user_data);
}

gboolean
grip_tool_bench_goes_on (void)
{
  return !g_cancellable_is_cancelled (grip_tool_get_cancellable ());
}

gint64
grip_tool_bench_count (GripPubControl *control)
{
  GripStatistics *statistics = grip_pub_control_get_statistics (control);

  return grip_statistics_get_n_sent (statistics) + grip_statistics_get_n_failed (statistics);
}

int
grip_tool_bench_exit (gint64        errors,
                      const GError *first_error)
{
  if (!grip_tool_bench_goes_on ())
    return GRIP_TOOL_INTERRUPTED;
  if (errors == 0)
    return GRIP_TOOL_OK;

  grip_tool_say ("%" G_GINT64_FORMAT " failed, the first with: %s", errors,
                 first_error != NULL ? first_error->message : "unknown");

  return first_error != NULL ? grip_tool_exit_for_error (first_error) : GRIP_TOOL_NOT_REACHABLE;
}

static const GripToolCommand * const commands[] = {
  &grip_tool_bench_http,
  &grip_tool_bench_encode,
  &grip_tool_bench_events,
  &grip_tool_bench_sig,
  &grip_tool_bench_wsev,
  &grip_tool_bench_zmq,
  NULL
};

const GripToolCommand grip_tool_bench = {
  .name = "bench",
  .description = "Measure, and print one JSON line with n, secs, cpu and errors",
  .arguments = "COMMAND [ARGUMENT...]",
  .commands = commands,
  .details =
    "The loop is timed alone, after a warm-up. `cpu` is user and system time of all threads. After\n"
    "Ctrl-C the line tells of what was done until then.",
};
