/* grip-http-deadline.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The time limit of one request: cancels a GCancellable from a thread of its own, so that it holds for
 * a blocking request too, where no main context runs. One thread serves the process; it is there while
 * requests are under way and a little longer, so a request costs a lock and no wake-up. */
typedef struct
{
  GList         link;
  gint64        time;
  GCancellable *cancellable;
  GMainContext *context;
  gboolean      pending;
  gboolean      struck;
} GripHttpDeadline;

gboolean grip_http_deadline_start (GripHttpDeadline  *self,
                                   gint64             microseconds,
                                   GCancellable      *cancellable,
                                   GMainContext      *context,
                                   GError           **error);
gboolean grip_http_deadline_stop  (GripHttpDeadline  *self);

void     grip_http_cancel_in      (GMainContext      *context,
                                   GCancellable      *cancellable);

G_END_DECLS
