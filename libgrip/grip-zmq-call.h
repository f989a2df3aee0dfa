/* grip-zmq-call.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include <libgrip/grip-version-macros.h>

G_BEGIN_DECLS

#define GRIP_TYPE_ZMQ_CALL (grip_zmq_call_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripZmqCall, grip_zmq_call, GRIP, ZMQ_CALL, GObject)

GRIP_AVAILABLE_IN_1_0
const char   *grip_zmq_call_get_method      (GripZmqCall *self);
GRIP_AVAILABLE_IN_1_0
GBytes       *grip_zmq_call_get_request     (GripZmqCall *self);
GRIP_AVAILABLE_IN_1_0
GCancellable *grip_zmq_call_get_cancellable (GripZmqCall *self);
GRIP_AVAILABLE_IN_1_0
void          grip_zmq_call_respond         (GripZmqCall *self,
                                             GVariant    *value);
GRIP_AVAILABLE_IN_1_0
void          grip_zmq_call_fail            (GripZmqCall  *self,
                                             const GError *error);

G_END_DECLS
