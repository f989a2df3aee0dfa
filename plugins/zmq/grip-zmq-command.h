/* grip-zmq-command.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>

G_BEGIN_DECLS

/* How long a proxy may take for an answer, in microseconds. */
#define GRIP_ZMQ_COMMAND_TIME_LIMIT (3 * G_USEC_PER_SEC)

/* One connection to the command socket of a proxy, for one request at a time. After a failure it is of no
 * use any more: REQ sockets do not recover from a lost reply. */
typedef struct _GripZmqCommand GripZmqCommand;

/* What came of a request: the `value` of the reply, or what is known and why. It may free the command. */
typedef void (*GripZmqCommandFunc) (GripZmqCommand *self,
                                    GVariant       *value,
                                    GripFate        fate,
                                    const GError   *error,
                                    gpointer        user_data);

GripZmqCommand *grip_zmq_command_new   (GripEndpoint        *endpoint,
                                        GMainContext        *context,
                                        GError             **error);
void            grip_zmq_command_free  (GripZmqCommand      *self);
void            grip_zmq_command_send  (GripZmqCommand      *self,
                                        GBytes              *request,
                                        gint64               time_limit,
                                        GripZmqCommandFunc   func,
                                        gpointer             user_data);

gboolean        grip_zmq_command_is_idle      (GripZmqCommand *self);
gboolean        grip_zmq_command_is_connected (GripZmqCommand *self);
gboolean        grip_zmq_command_is_refused   (GripZmqCommand *self);
gboolean        grip_zmq_command_take_back    (GripZmqCommand *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripZmqCommand, grip_zmq_command_free)

G_END_DECLS
