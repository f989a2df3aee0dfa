/* grip-zmq-ticket.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-zmq-bell.h"

G_BEGIN_DECLS

/* Counts the messages that libzmq has not let go of. Its thread lets go of one when it has gone to the
 * kernel, and also when it is thrown away with a lost connection: the monitor tells the two apart. */
typedef struct _GripZmqTicket GripZmqTicket;

GripZmqTicket *grip_zmq_ticket_new        (GripZmqBell   *bell);
void           grip_zmq_ticket_free       (GripZmqTicket *self);
void           grip_zmq_ticket_take       (GripZmqTicket *self);
void           grip_zmq_ticket_give_back  (GripZmqTicket *self);
gboolean       grip_zmq_ticket_is_settled (GripZmqTicket *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripZmqTicket, grip_zmq_ticket_free)

G_END_DECLS
