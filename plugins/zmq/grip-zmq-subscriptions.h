/* grip-zmq-subscriptions.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Longer names of channels are not kept. */
#define GRIP_ZMQ_SUBSCRIPTIONS_MAX_NAME (8 * 1024)

/* Which channels have subscribers at how many proxies. Callable from any thread. */
typedef struct _GripZmqSubscriptions GripZmqSubscriptions;

typedef enum
{
  GRIP_ZMQ_SUBSCRIPTION_SAME,
  GRIP_ZMQ_SUBSCRIPTION_FIRST,
  GRIP_ZMQ_SUBSCRIPTION_LAST,
} GripZmqSubscriptionChange;

GripZmqSubscriptions      *grip_zmq_subscriptions_new      (guint                  max_channels);
void                       grip_zmq_subscriptions_free     (GripZmqSubscriptions  *self);
GripZmqSubscriptionChange  grip_zmq_subscriptions_take     (GripZmqSubscriptions  *self,
                                                            const char            *frame,
                                                            gsize                  length,
                                                            char                 **channel);
gboolean                   grip_zmq_subscriptions_contains (GripZmqSubscriptions  *self,
                                                            const char            *channel);
GPtrArray                 *grip_zmq_subscriptions_clear    (GripZmqSubscriptions  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripZmqSubscriptions, grip_zmq_subscriptions_free)

G_END_DECLS
