/* grip-zmq-publish.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>

G_BEGIN_DECLS

/* Delivers over the command socket, where a proxy acknowledges what it takes: one request for each
 * delivery, one delivery at a time. */
typedef struct _GripZmqPublish GripZmqPublish;

/* The transport is the caller's, and must outlive it. */
GripZmqPublish *grip_zmq_publish_new     (GripBaseTransport *transport);
void            grip_zmq_publish_free    (GripZmqPublish  *self);
void            grip_zmq_publish_deliver (GripZmqPublish  *self,
                                          GripDelivery    *delivery,
                                          gint64           time_limit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripZmqPublish, grip_zmq_publish_free)

G_END_DECLS
