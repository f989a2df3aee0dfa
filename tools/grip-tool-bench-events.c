/* grip-tool-bench-events.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-tool-bench.h"
#include "grip-tool.h"

static gint64 n_events = 10;
static gint64 size = 100;
static gint64 n = 10000;

static GPtrArray *
make_events (void)
{
  g_autoptr(GBytes) content = grip_tool_bench_payload (size);
  GPtrArray *events = g_ptr_array_new_with_free_func (g_object_unref);

  for (gint64 i = 0; i < n_events; i++)
    g_ptr_array_add (events, grip_websocket_event_new ("TEXT", content));

  return events;
}

static void
bench_encode (GPtrArray *events)
{
  GripToolTimer timer;
  gint64 i;

  grip_tool_timer_start (&timer);
  for (i = 0; i < n && grip_tool_bench_goes_on (); i++)
    {
      GBytes *body = grip_encode_websocket_events (events);

      g_bytes_unref (body);
    }
  grip_tool_timer_stop (&timer);

  grip_tool_bench_report (&timer, "libgrip-events-encode", i * n_events, 0);
}

static gint64
bench_decode (GBytes *body)
{
  gint64 errors = 0;
  gint64 i;
  GripToolTimer timer;

  grip_tool_timer_start (&timer);
  for (i = 0; i < n && grip_tool_bench_goes_on (); i++)
    {
      GPtrArray *events = grip_decode_websocket_events (body, NULL);

      if (events == NULL || events->len != n_events)
        errors++;
      g_clear_pointer (&events, g_ptr_array_unref);
    }
  grip_tool_timer_stop (&timer);

  grip_tool_bench_report (&timer, "libgrip-events-decode", i * n_events, errors);

  return errors;
}

static int
run (int    argc,
     char **argv)
{
  g_autoptr(GPtrArray) events = NULL;
  g_autoptr(GPtrArray) warm_up = NULL;
  g_autoptr(GBytes) body = NULL;
  g_autoptr(GError) error = NULL;

  if (argc > 1)
    return grip_tool_usage ("unexpected argument '%s'", argv[1]);
  if (n < 1 || n_events < 1 || n_events > 10000000 || size < 0 || size > 64 * 1024 * 1024)
    return grip_tool_usage ("--n takes at least 1, --events 1 to 10000000, --size 0 to 67108864");

  events = make_events ();
  body = grip_encode_websocket_events (events);
  warm_up = grip_decode_websocket_events (body, &error);
  if (warm_up == NULL)
    return grip_tool_fail (error);

  bench_encode (events);

  return grip_tool_bench_exit (bench_decode (body), NULL);
}

static const GOptionEntry options[] = {
  { "events", 'e', 0, G_OPTION_ARG_INT64, &n_events, "Events in a body (default 10)", "N" },
  { "size", 's', 0, G_OPTION_ARG_INT64, &size, "Bytes of content (default 100)", "BYTES" },
  { "n", 'n', 0, G_OPTION_ARG_INT64, &n, "Number of bodies (default 10000)", "N" },
  { NULL }
};

#define DESCRIPTION "Write and read WebSocket-over-HTTP bodies, a line for each"

const GripToolCommand grip_tool_bench_events = {
  .name = "events",
  .run = run,
  .description = DESCRIPTION,
  .options = options,
  .examples = "grip-tool bench events --events 1000 --size 100 --n 5000",
};

/* The name that the harness knows. */
const GripToolCommand grip_tool_bench_wsev = {
  .name = "wsev",
  .run = run,
  .description = DESCRIPTION,
  .options = options,
  .examples = "grip-tool bench wsev --events 1000 --size 100 --n 5000",
};
