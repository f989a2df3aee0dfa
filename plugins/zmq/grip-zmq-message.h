/* grip-zmq-message.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>
#include <zmq.h>

#include "grip-zmq-ticket.h"

G_BEGIN_DECLS

void grip_zmq_message_init_bytes (zmq_msg_t     *message,
                                  GBytes        *payload);
void grip_zmq_message_init       (zmq_msg_t     *message,
                                  GripDelivery  *delivery,
                                  guint          index,
                                  GripZmqTicket *ticket);

G_END_DECLS
