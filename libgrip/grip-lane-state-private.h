/* grip-lane-state-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-base-transport-private.h"
#include "grip-delivery-private.h"
#include "grip-lane-private.h"
#include "grip-outcome-private.h"

G_BEGIN_DECLS

/* What the three files of the lane share: grip-lane.c has the queue, grip-lane-run.c drives the
 * transport, grip-lane-answer.c answers. Functions that end in _locked want the lock held. */

/* {"items":[…]}: what a body has beside its items, and a comma for each. */
#define GRIP_BODY_OVERHEAD 12

typedef struct
{
  GripOutcome *outcome;
  guint64      serial;
} GripFlushWaiter;

struct _GripLane
{
  int              ref_count;

  GripTransport   *transport;
  GripWorker      *worker;         /* NULL: the transport lives in its maker's context */
  GMainContext    *context;
  GSource         *source;
  char            *name;

  GMutex           lock;
  GCond            room;
  GripLimits       limits;
  GripEntry       *head;
  GripEntry       *tail;
  guint            n_queued;
  guint            n_held;         /* queued and in flight */
  gsize            held_bytes;
  GPtrArray       *flying;
  GQueue           waiters;
  guint64          next_serial;
  guint64          n_failed;
  gint64           wake_at;        /* 0: the transport may be asked now */
  guint            setbacks;
  gboolean         input_closed;
  gboolean         opened;
  gboolean         shut;
  gboolean         blocked;        /* a predecessor still has messages in flight */
  GripLane        *successor;

  GripFailureFunc  failure_func;
  gpointer         failure_data;
  GDestroyNotify   failure_destroy;
};

static inline GripBaseTransport *
grip_lane_base (GripLane *self)
{
  return GRIP_IS_BASE_TRANSPORT (self->transport) ? GRIP_BASE_TRANSPORT (self->transport) : NULL;
}

void       grip_lane_kick           (GripLane *self);
GripEntry *grip_entry_new           (GripMessage *message);
void       grip_entry_free          (GripEntry *entry);
gsize      grip_lane_size_of        (GripLane    *self,
                                     GripMessage *message);
void       grip_lane_append_locked  (GripLane  *self,
                                     GripEntry *entry);
GripEntry *grip_lane_pop_locked     (GripLane *self);
void       grip_lane_unshift_locked (GripLane  *self,
                                     GPtrArray *entries);
gboolean   grip_lane_check_size     (GripLane  *self,
                                     gsize      size,
                                     GError   **error);
void       grip_lane_answer_ok      (GripMessage *message);
void       grip_lane_answer_error   (GripLane     *self,
                                     GripMessage  *message,
                                     GripFate      fate,
                                     const GError *error);
void       grip_lane_answer_waiters (GripLane *self);
void       grip_lane_release_locked (GripLane  *self,
                                     GripEntry *entry);
void       grip_lane_expire         (GripLane *self);
void       grip_lane_forward        (GripLane  *self,
                                     GripLane  *successor,
                                     GPtrArray *entries);
void       grip_lane_unblock        (GripLane *self);
void       grip_lane_settle         (GripLane *self);
void       grip_lane_run            (GripLane *self);

G_END_DECLS
