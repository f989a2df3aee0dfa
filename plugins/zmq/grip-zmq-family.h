/* grip-zmq-family.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-zmq-socket.h"

G_BEGIN_DECLS

/* The addresses that a socket connects to. libzmq looks a host name up as either IPv4 or IPv6: this lets the socket
 * try both in turn, IPv4 first, until there is a connection. It must be freed before its socket. */
typedef struct _GripZmqFamily GripZmqFamily;

GripZmqFamily *grip_zmq_family_new          (GripZmqSocket *socket);
void           grip_zmq_family_free         (GripZmqFamily *self);
void           grip_zmq_family_connected    (GripZmqFamily *self,
                                             const char    *address);
void           grip_zmq_family_disconnected (GripZmqFamily *self,
                                             const char    *address);
void           grip_zmq_family_failed       (GripZmqFamily *self,
                                             const char    *address);
guint          grip_zmq_family_revive       (GripZmqFamily *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripZmqFamily, grip_zmq_family_free)

G_END_DECLS
