/* grip-websocket-events.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip-websocket-event.h>

G_BEGIN_DECLS

GRIP_AVAILABLE_IN_1_0
GPtrArray *grip_decode_websocket_events (GBytes     *body,
                                         GError    **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GBytes    *grip_encode_websocket_events (GPtrArray  *events) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
