/* grip-test-zmq-wire.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A ZMQ peer that records what it is sent and misbehaves as told: ZMTP 3.0 on raw sockets, in threads of its
 * own, one for each connection. libzmq itself never refuses, cuts or stalls on demand, and its buffers hide
 * when a message was read. The kernel's are small here.
 *
 * Each connection takes the next fault of the script; when the script is at its end all is well. */
typedef struct _GripTestZmqWire GripTestZmqWire;

typedef enum
{
  GRIP_TEST_WIRE_PULL,  /* for PUSH */
  GRIP_TEST_WIRE_SUB,   /* for XPUB */
  GRIP_TEST_WIRE_REP,   /* for REQ; answers each request with success */
} GripTestWireType;

typedef enum
{
  GRIP_TEST_WIRE_GO_ON,
  GRIP_TEST_WIRE_CLOSE,
  GRIP_TEST_WIRE_RESET,
  GRIP_TEST_WIRE_STALL, /* reads and says nothing until grip_test_zmq_wire_release(), then goes
                         * on, or closes where a message was read in part */
} GripTestWireEnd;

/* All zeros is no fault at all. */
typedef struct
{
  const char      *raw;         /* what is said in place of the handshake, then the end */
  gsize            cut;         /* so many bytes of the handshake (64 are the greeting), then the end; 0: all */
  guint            n_messages;  /* reads so many whole messages, */
  gsize            n_bytes;     /* and so many bytes more, then the end */
  const char      *reply;       /* to each request of this connection */
  gboolean         silent;      /* no reply */
  const char      *raw_reply;   /* to the first request: these bytes in place of a frame, then the end */
  gsize            raw_length;
  GripTestWireEnd  end;
} GripTestWireFault;

GripTestZmqWire *grip_test_zmq_wire_new               (GripTestWireType         type);
/* Connections are refused until grip_test_zmq_wire_listen(). */
GripTestZmqWire *grip_test_zmq_wire_new_refusing      (GripTestWireType         type);
void             grip_test_zmq_wire_listen            (GripTestZmqWire         *self);
void             grip_test_zmq_wire_free              (GripTestZmqWire         *self);
const char      *grip_test_zmq_wire_get_address       (GripTestZmqWire         *self);
/* What a SUB subscribes to; "c" before this is called. Not copied. */
void             grip_test_zmq_wire_set_channel       (GripTestZmqWire         *self,
                                                       const char              *channel);
/* The strings are not copied. */
void             grip_test_zmq_wire_push              (GripTestZmqWire         *self,
                                                       const GripTestWireFault *fault);
/* Lets every connection go on that has stalled, and each that will. */
void             grip_test_zmq_wire_release           (GripTestZmqWire         *self);
/* Closes every connection. */
void             grip_test_zmq_wire_drop              (GripTestZmqWire         *self);

guint            grip_test_zmq_wire_get_n_connections (GripTestZmqWire         *self);
guint            grip_test_zmq_wire_get_n_stalled     (GripTestZmqWire         *self);
/* Messages that were read as a whole; what is kept is the last frame. */
guint            grip_test_zmq_wire_get_n_messages    (GripTestZmqWire         *self);
GBytes          *grip_test_zmq_wire_dup_message       (GripTestZmqWire         *self,
                                                       guint                    index);
/* How many of them have @text. */
guint            grip_test_zmq_wire_count             (GripTestZmqWire         *self,
                                                       const char              *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripTestZmqWire, grip_test_zmq_wire_free)

G_END_DECLS
