/* grip-zmq-discovery.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>

G_BEGIN_DECLS

/* Asks a proxy for the address of one of its sockets, again and again with longer and longer pauses until
 * there is an answer. Each time it asks through a new connection: a REQ socket that got no reply never
 * sends again. */
typedef struct _GripZmqDiscovery GripZmqDiscovery;

/* @address is what was found; without one @error tells why. An error of which another try seems to be no
 * cure has @is_final set; it is tried all the same. */
typedef void (*GripZmqDiscoveryFunc) (const char   *address,
                                      const GError *error,
                                      gboolean      is_final,
                                      gpointer      user_data);

GripZmqDiscovery *grip_zmq_discovery_new   (GripEndpoint          *endpoint,
                                            const char            *name,
                                            GMainContext          *context,
                                            GripZmqDiscoveryFunc   func,
                                            gpointer               user_data);
void              grip_zmq_discovery_free  (GripZmqDiscovery      *self);
void              grip_zmq_discovery_start (GripZmqDiscovery      *self);
void              grip_zmq_discovery_stop  (GripZmqDiscovery      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripZmqDiscovery, grip_zmq_discovery_free)

G_END_DECLS
