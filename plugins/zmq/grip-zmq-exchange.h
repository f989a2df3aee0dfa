/* grip-zmq-exchange.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>

G_BEGIN_DECLS

/* One call of the command socket beside publishing, over a connection of its own. */
void grip_zmq_exchange_start (GripZmqCall   *call,
                              GripEndpoint  *endpoint,
                              gint64         time_limit);

G_END_DECLS
