/* grip-zmq-link.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>

G_BEGIN_DECLS

/* A PUSH or XPUB socket, and what is known about who is at its other end. It tells the transport's core
 * when it can take deliveries, and which channels have subscribers. */
typedef struct _GripZmqLink GripZmqLink;

/* The last connection is gone. */
typedef void (*GripZmqLinkFunc) (gpointer user_data);

GripZmqLink *grip_zmq_link_new           (GripBaseTransport   *transport,
                                          gboolean             is_pub,
                                          const char          *addresses,
                                          GripZmqLinkFunc      away_func,
                                          gpointer             user_data,
                                          GError             **error);
void         grip_zmq_link_free          (GripZmqLink         *self);
void         grip_zmq_link_deliver       (GripZmqLink         *self,
                                          GripDelivery        *delivery);
gboolean     grip_zmq_link_is_known      (GripZmqLink         *self);
gboolean     grip_zmq_link_is_subscribed (GripZmqLink         *self,
                                          const char          *channel);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripZmqLink, grip_zmq_link_free)

G_END_DECLS
