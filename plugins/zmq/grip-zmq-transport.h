/* grip-zmq-transport.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>

G_BEGIN_DECLS

#define GRIP_TYPE_ZMQ_TRANSPORT (grip_zmq_transport_get_type ())

G_DECLARE_FINAL_TYPE (GripZmqTransport, grip_zmq_transport, GRIP, ZMQ_TRANSPORT, GripBaseTransport)

G_END_DECLS
