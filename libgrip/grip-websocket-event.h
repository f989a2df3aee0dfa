/* grip-websocket-event.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include <libgrip/grip-version-macros.h>

G_BEGIN_DECLS

#define GRIP_TYPE_WEBSOCKET_EVENT (grip_websocket_event_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripWebSocketEvent, grip_websocket_event, GRIP, WEBSOCKET_EVENT, GObject)

GRIP_AVAILABLE_IN_1_0
GripWebSocketEvent *grip_websocket_event_new              (const char         *event_type,
                                                           GBytes             *content);
GRIP_AVAILABLE_IN_1_0
GripWebSocketEvent *grip_websocket_event_new_text         (const char         *event_type,
                                                           const char         *text);
GRIP_AVAILABLE_IN_1_0
GripWebSocketEvent *grip_websocket_event_new_close        (guint16             code,
                                                           const char         *reason);
GRIP_AVAILABLE_IN_1_0
const char         *grip_websocket_event_get_event_type   (GripWebSocketEvent *self);
GRIP_AVAILABLE_IN_1_0
GBytes             *grip_websocket_event_get_content      (GripWebSocketEvent *self);
GRIP_AVAILABLE_IN_1_0
const guint8       *grip_websocket_event_get_data         (GripWebSocketEvent *self,
                                                           gsize              *length);
GRIP_AVAILABLE_IN_1_0
char               *grip_websocket_event_dup_text         (GripWebSocketEvent *self);
GRIP_AVAILABLE_IN_1_0
int                 grip_websocket_event_get_close_code   (GripWebSocketEvent *self);
GRIP_AVAILABLE_IN_1_0
const char         *grip_websocket_event_get_close_reason (GripWebSocketEvent *self);

G_END_DECLS
