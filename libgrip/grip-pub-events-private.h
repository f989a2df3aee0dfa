/* grip-pub-events-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-base-transport.h"
#include "grip-failure-log-private.h"
#include "grip-lane-private.h"
#include "grip-pub-control.h"

G_BEGIN_DECLS

/* What the lanes and the transports of a publisher have to tell it, on its way from their threads to its
 * context: failures that nobody waits for, that the statistics have changed, who listens. */
typedef struct _GripPubEvents GripPubEvents;

GripPubEvents  *grip_pub_events_new     (GripPubControl *control,
                                         GripFailureLog *log);
GripPubEvents  *grip_pub_events_ref     (GripPubEvents  *self);
void            grip_pub_events_unref   (GripPubEvents  *self);
void            grip_pub_events_observe (GripPubEvents  *self,
                                         GripLane       *lane);
void            grip_pub_events_fail    (GripPubEvents  *self,
                                         const char     *channel,
                                         GripItem       *item,
                                         const GError   *error);

void            grip_pub_events_watch   (GripPubEvents     *self,
                                         GripBaseTransport *transport);

G_END_DECLS
