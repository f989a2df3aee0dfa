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
#include "grip-monitors-private.h"
#include "grip-outcome-private.h"

G_BEGIN_DECLS

/* What the files of the lane share: grip-lane.c has the queue, grip-lane-batch.c fills deliveries,
 * grip-lane-run.c drives the transport, grip-lane-answer.c answers, grip-lane-swap.c hands over,
 * grip-lane-exit.c has the last word. Functions that end in _locked want the lock held. */

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
  GripBaseTransport *base;         /* the same, or NULL */
  GripEncoding     encoding;
  GripWorker      *worker;         /* NULL: the transport lives in its maker's context */
  GMainContext    *context;
  GSource         *source;
  GThread         *home;           /* where the transport was added */
  char            *name;
  GripMonitors    *monitors;
  GSocketConnectable *address;     /* of the host; NULL when it needs no network */

  GMutex           lock;
  GCond            room;
  guint            n_waiting;      /* threads, for room */
  GripLimits       limits;
  GripEntry       *head;
  GripEntry       *tail;
  guint            n_queued;
  gsize            queued_bytes;
  gboolean         has_requests;   /* of limited size, and not a stream */
  guint            n_held;         /* queued and in flight */
  gsize            held_bytes;
  GPtrArray       *flying;
  GQueue           waiters;
  guint64          next_serial;
  GripCounters     counters;       /* without the queue, which is counted above */
  GError          *last_error;
  guint            window;         /* deliveries at the same time */
  guint8          *busy_channels;  /* by hash; NULL as long as nothing can overtake */
  gboolean         stalled;        /* all that waits is for channels in flight */
  gint64           resume_at;      /* while the network is away: when else it would be wake_at */
  gint64           wake_at;        /* 0: the transport may be asked now */
  guint            setbacks;
  gboolean         input_closed;
  gboolean         opened;
  gboolean         shut;
  gboolean         blocked;        /* a predecessor still has messages in flight */
  GripLane        *successor;      /* what is tried again goes there */
  GripLane        *heir;           /* the same, also when all is handed over */

  GripLaneObserver observer;
  gpointer         observer_data;
  GDestroyNotify   observer_destroy;
};

/* How long a message may wait in the queue. */
static inline gint64
grip_lane_patience (GripLane *self)
{
  gint64 own = self->base != NULL ? grip_base_transport_get_private (self->base)->queue_timeout : 0;

  return own > 0 ? MIN (own, self->limits.timeout) : self->limits.timeout;
}

static inline gboolean
grip_lane_is_ready (GripLane *self)
{
  return self->base == NULL || grip_base_transport_get_ready (self->base);
}

static inline gsize
grip_lane_size_of (GripLane    *self,
                   GripMessage *message)
{
  gsize length;

  grip_message_peek (message, self->encoding, &length);

  return length;
}

void       grip_lane_kick           (GripLane *self);
GripEntry *grip_entry_new           (GripMessage *message);
void       grip_entry_free          (GripEntry *entry);
void       grip_entry_set_setback   (GripEntry   *entry,
                                     GripSetback *setback);
GripSetback *grip_setback_new       (const GError *error);
void       grip_setback_unref       (GripSetback  *self);
void       grip_lane_append_locked  (GripLane  *self,
                                     GripEntry *entry);
void       grip_lane_unlink_locked  (GripLane   *self,
                                     GripEntry **link,
                                     GripEntry  *previous);
void       grip_lane_put_back_locked (GripLane  *self,
                                      GPtrArray *entries);
GripLane  *grip_lane_return_locked   (GripLane  *self,
                                      GPtrArray *entries);
gsize      grip_lane_batch_bytes    (GripLane *self);
guint      grip_lane_batch_items    (GripLane *self);
void       grip_lane_tell_room_locked   (GripLane *self);
gboolean   grip_lane_may_deliver_locked (GripLane *self,
                                         gint64    now);
GripDelivery *grip_lane_take_batch_locked (GripLane *self);
void       grip_entry_untry         (GripEntry    *entry);
void       grip_lane_mark_busy_locked (GripLane     *self,
                                       GripDelivery *delivery,
                                       gboolean      busy);
GripLane  *grip_lane_dup_heir       (GripLane *self);
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
void       grip_lane_note_error_locked   (GripLane     *self,
                                          const GError *error);
void       grip_lane_note_failure_locked (GripLane     *self,
                                          const GError *error);
void       grip_lane_count_failure       (GripLane     *self,
                                          const GError *error);
void       grip_lane_bequeath       (GripLane *self,
                                     GripLane *heir);
void       grip_lane_tell_change    (GripLane *self);
void       grip_lane_forward        (GripLane  *self,
                                     GripLane  *successor,
                                     GPtrArray *entries);
void       grip_lane_settle         (GripLane *self);
void       grip_lane_run            (GripLane *self);
void       grip_lane_note_alive     (GripLane *self);
void       grip_lane_note_end       (GripLane *self);

G_END_DECLS
