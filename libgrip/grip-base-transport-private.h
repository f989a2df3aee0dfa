/* grip-base-transport-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-base-transport.h"

G_BEGIN_DECLS

gboolean grip_base_transport_has_sync             (GripBaseTransport *self);
gboolean grip_base_transport_has_open             (GripBaseTransport *self);
void     grip_base_transport_deliver_sync         (GripBaseTransport *self,
                                                   GripDelivery      *delivery);
void     grip_base_transport_open                 (GripBaseTransport *self);
void     grip_base_transport_close                (GripBaseTransport *self);
void     grip_base_transport_push_maker_context   (GMainContext      *context);
void     grip_base_transport_pop_maker_context    (void);

G_END_DECLS
