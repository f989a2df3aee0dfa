/* grip-lane-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-message-private.h"
#include "grip-transport.h"
#include "grip-worker-private.h"

G_BEGIN_DECLS

/* The queue of one endpoint and what drives its transport.
 *
 * Messages wait here in the order in which they were published. When the transport is free it gets
 * what is waiting as one batch, so batches grow with load and a lone message waits for nothing. All
 * functions are callable from any thread; no lock is held while an outcome or a transport is
 * called. */
typedef struct _GripLane GripLane;

typedef struct _GripMonitors GripMonitors;

typedef struct
{
  guint64 max_bytes;
  guint   max_items;
  guint   retry_limit;
  gint64  timeout;               /* microseconds */
} GripLimits;

/* What has happened on a lane. */
typedef struct
{
  guint64 n_queued;
  guint64 n_in_flight;
  guint64 n_sent;
  guint64 n_failed;
  guint64 n_retried;
  guint64 n_bytes_sent;
} GripCounters;

/* Who made the lane. Called in any thread, with no lock held. */
typedef struct
{
  /* A message failed that no outcome waits for. */
  void (*failed)  (GripLane     *lane,
                   GripMessage  *message,
                   GripFate      fate,
                   const GError *error,
                   gpointer      user_data);
  /* The counters may have changed. */
  void (*changed) (gpointer      user_data);
} GripLaneObserver;

GripLane      *grip_lane_new             (GripTransport    *transport,
                                          GripWorker       *worker,
                                          const GripLimits *limits);
GripLane      *grip_lane_ref             (GripLane         *self);
void           grip_lane_unref           (GripLane         *self);
GripTransport *grip_lane_get_transport   (GripLane         *self);
const char    *grip_lane_get_name        (GripLane         *self);
GripEncoding   grip_lane_get_encoding    (GripLane         *self);
void           grip_lane_set_limits      (GripLane         *self,
                                          const GripLimits *limits);
void           grip_lane_set_window      (GripLane         *self,
                                          guint             window);
void           grip_lane_look_again      (GripLane         *self);
void           grip_lane_set_observer    (GripLane               *self,
                                          const GripLaneObserver *observer,
                                          gpointer                user_data,
                                          GDestroyNotify          destroy);
void           grip_lane_block           (GripLane         *self,
                                          GripLane         *predecessor);
void           grip_lane_set_monitors    (GripLane         *self,
                                          GripMonitors     *monitors);
GSocketConnectable *grip_lane_get_address (GripLane        *self);
void           grip_lane_wake            (GripLane         *self);
void           grip_lane_resume          (GripLane         *self);
void           grip_lane_start           (GripLane         *self);
void           grip_lane_refuse          (GripLane         *self,
                                          GripMessage      *message,
                                          const GError     *error);
gboolean       grip_lane_push            (GripLane         *self,
                                          GripMessage      *message,
                                          gint64            wait_until,
                                          GError          **error);
GripDelivery  *grip_lane_begin_sync      (GripLane         *self,
                                          GripMessage      *message);
void           grip_lane_run_sync        (GripLane         *self,
                                          GripDelivery     *delivery);
gboolean       grip_lane_drive           (GripLane         *self);
void           grip_lane_sweep           (GripLane         *self);
void           grip_lane_abandon         (GripLane         *self,
                                          GripMessage      *message,
                                          const GError     *error);
void           grip_lane_take_back     (GripLane         *self,
                                        GripDelivery     *delivery,
                                        guint             n_kept);
void           grip_lane_finish_delivery (GripLane         *self,
                                          GripDelivery     *delivery);
void           grip_lane_add_flush       (GripLane         *self,
                                          GripOutcome      *outcome);
guint          grip_lane_count           (GripLane         *self);
gboolean       grip_lane_read_counters   (GripLane         *self,
                                          GripCounters     *counters,
                                          GError          **last_error);
void           grip_lane_close_input     (GripLane         *self,
                                          GripLane         *successor);
void           grip_lane_fail_all        (GripLane         *self,
                                          const GError     *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripLane, grip_lane_unref)

G_END_DECLS
