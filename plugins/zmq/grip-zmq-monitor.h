/* grip-zmq-monitor.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-zmq-socket.h"

G_BEGIN_DECLS

/* What is to be said of an address when its handshake failed. */
#define GRIP_ZMQ_MONITOR_REFUSED "is no ZMQ socket that fits ours, or refuses our CURVE key"

/* Tells which connections a socket has, lets it try both families of addresses for a host name, and makes anew
 * what libzmq has given up. It must be freed before its socket. */
typedef struct _GripZmqMonitor GripZmqMonitor;

typedef enum
{
  GRIP_ZMQ_CONNECTED,       /* with the handshake of both sides done */
  GRIP_ZMQ_DISCONNECTED,
  GRIP_ZMQ_REFUSED,         /* the handshake failed: another protocol or kind of socket, or a wrong CURVE key */
} GripZmqChange;

typedef void (*GripZmqMonitorFunc) (GripZmqChange  change,
                                    const char    *address,
                                    gpointer       user_data);

GripZmqMonitor *grip_zmq_monitor_new   (GripZmqSocket       *socket,
                                        GMainContext        *context,
                                        GripZmqMonitorFunc   func,
                                        gpointer             user_data,
                                        GError             **error);
void            grip_zmq_monitor_free  (GripZmqMonitor      *self);
void            grip_zmq_monitor_drain (GripZmqMonitor      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripZmqMonitor, grip_zmq_monitor_free)

G_END_DECLS
