/* grip-tool-bench.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-tool-common.h"

G_BEGIN_DECLS

/* A timed loop: start, stop, then report the one line that the harness reads. */
typedef struct
{
  double start_time;
  double start_cpu;
  double secs;
  double cpu;
} GripToolTimer;

void    grip_tool_timer_start   (GripToolTimer *self);
void    grip_tool_timer_stop    (GripToolTimer *self);
void    grip_tool_bench_report  (GripToolTimer *timer,
                                 const char    *name,
                                 gint64         n,
                                 gint64         errors);
GBytes *grip_tool_bench_payload (gsize          size);

/* False after Ctrl-C, for which it must have been asked before what it is to end begins. */
gboolean grip_tool_bench_goes_on (void);

/* How many items were answered for: what is told when a queue was not waited for. */
gint64  grip_tool_bench_count   (GripPubControl *control);

/* The usual short form; or an object for the format and one for the item. */
void    grip_tool_bench_publish (GripPubControl      *control,
                                 GBytes              *payload,
                                 gboolean             objects,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data);

int     grip_tool_bench_exit    (gint64         errors,
                                 const GError  *first_error);

G_END_DECLS
