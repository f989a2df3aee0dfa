/* grip-test-zmq-wire-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-test-zmq-wire.h"

G_BEGIN_DECLS

typedef struct
{
  GripTestZmqWire   *wire;
  GripTestWireType   type;
  GripTestWireFault  fault;
  const char        *channel;
  int                fd;
} GripTestWireConnection;

/* Runs one connection to its end, in its thread. */
void grip_test_wire_connection_serve (GripTestWireConnection *self);

/* Takes @message. */
void grip_test_zmq_wire_record       (GripTestZmqWire        *self,
                                      GBytes                 *message);
/* Returns when there was a release; FALSE when the wire is being freed. */
gboolean grip_test_zmq_wire_stall    (GripTestZmqWire        *self);

G_END_DECLS
