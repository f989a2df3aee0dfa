/* grip-zmq-request.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>

G_BEGIN_DECLS

/* What a command socket is asked (protocol 5.1), made of parts that are encoded already. */

GBytes *grip_zmq_request_new_uris    (void);
GBytes *grip_zmq_request_new_publish (GripDelivery *delivery);

G_END_DECLS
