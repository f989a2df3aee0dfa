/* grip-base-transport-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-base-transport.h"
#include "grip-lane-private.h"

G_BEGIN_DECLS

/* A day, in seconds. */
#define GRIP_MAX_TIMEOUT 86400.0

typedef struct
{
  GripEndpoint *endpoint;
  GMainContext *context;
  gsize         max_batch_bytes;
  guint         max_batch_items;
  guint         max_in_flight;
  GripEncoding  encoding;
  gboolean      opens_late;
  gint64        queue_timeout;   /* microseconds, 0: the publisher's */

  GMutex        lock;
  int           ready;           /* atomic */
  GripLane     *lane;            /* what drives the transport */
  GripCounters  counters;        /* when there is no lane any more */
  GError       *last_error;
  int           notifying;       /* atomic */
} GripBaseTransportPrivate;

GripBaseTransportPrivate *grip_base_transport_get_private (GripBaseTransport *self);
void     grip_base_transport_set_lane             (GripBaseTransport *self,
                                                   GripLane          *lane);
void     grip_base_transport_tell_statistics      (GripBaseTransport *self);
GripLane *grip_base_transport_dup_lane            (GripBaseTransport *self);
void     grip_base_transport_forget_lane          (GripBaseTransport *self,
                                                   GripLane          *lane);
gboolean grip_base_transport_has_sync             (GripBaseTransport *self);
gboolean grip_base_transport_has_open             (GripBaseTransport *self);
void     grip_base_transport_deliver_sync         (GripBaseTransport *self,
                                                   GripDelivery      *delivery);
void     grip_base_transport_open                 (GripBaseTransport *self);
void     grip_base_transport_close                (GripBaseTransport *self);
void     grip_base_transport_push_maker_context   (GMainContext      *context);
void     grip_base_transport_pop_maker_context    (void);

G_END_DECLS
