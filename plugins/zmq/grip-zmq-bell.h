/* grip-zmq-bell.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Calls a function in a main context when any thread has rung, once for all that rang meanwhile. */
typedef struct _GripZmqBell GripZmqBell;

typedef void (*GripZmqBellFunc) (gpointer user_data);

GripZmqBell *grip_zmq_bell_new     (GMainContext    *context,
                                    GripZmqBellFunc  func,
                                    gpointer         user_data);
GripZmqBell *grip_zmq_bell_ref     (GripZmqBell     *self);
void         grip_zmq_bell_unref   (GripZmqBell     *self);
void         grip_zmq_bell_silence (GripZmqBell     *self);
void         grip_zmq_bell_ring    (GripZmqBell     *self);

G_END_DECLS
