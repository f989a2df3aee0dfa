/* grip-websocket-message-format.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip-base-format.h>

G_BEGIN_DECLS

/**
 * GripWebSocketMessageKind:
 * @GRIP_WEBSOCKET_MESSAGE_TEXT: a text message
 * @GRIP_WEBSOCKET_MESSAGE_BINARY: a binary message
 * @GRIP_WEBSOCKET_MESSAGE_PING: a ping
 * @GRIP_WEBSOCKET_MESSAGE_PONG: a pong
 *
 * The kinds of WebSocket message that can be published (`type` of protocol 3.1).
 *
 * Since: 1.0
 */
typedef enum /*< underscore_name=grip_websocket_message_kind >*/
{
  GRIP_WEBSOCKET_MESSAGE_TEXT,
  GRIP_WEBSOCKET_MESSAGE_BINARY,
  GRIP_WEBSOCKET_MESSAGE_PING,
  GRIP_WEBSOCKET_MESSAGE_PONG,
} GripWebSocketMessageKind;

#define GRIP_TYPE_WEBSOCKET_MESSAGE_FORMAT (grip_websocket_message_format_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripWebSocketMessageFormat, grip_websocket_message_format, GRIP, WEBSOCKET_MESSAGE_FORMAT, GripBaseFormat)

GRIP_AVAILABLE_IN_1_0
GripWebSocketMessageFormat *grip_websocket_message_format_new         (GBytes                     *content) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripWebSocketMessageFormat *grip_websocket_message_format_new_text    (const char                 *content) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripWebSocketMessageFormat *grip_websocket_message_format_new_ping    (GBytes                     *content) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripWebSocketMessageFormat *grip_websocket_message_format_new_pong    (GBytes                     *content) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripWebSocketMessageFormat *grip_websocket_message_format_new_close   (int                         code,
                                                                       const char                 *reason) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripWebSocketMessageFormat *grip_websocket_message_format_new_hint    (void) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripWebSocketMessageFormat *grip_websocket_message_format_new_refresh (void) G_GNUC_WARN_UNUSED_RESULT;

GRIP_AVAILABLE_IN_1_0
GripWebSocketMessageKind    grip_websocket_message_format_get_kind    (GripWebSocketMessageFormat *self);
GRIP_AVAILABLE_IN_1_0
void                        grip_websocket_message_format_set_kind    (GripWebSocketMessageFormat *self,
                                                                       GripWebSocketMessageKind    kind);
GRIP_AVAILABLE_IN_1_0
int                         grip_websocket_message_format_get_code    (GripWebSocketMessageFormat *self);
GRIP_AVAILABLE_IN_1_0
void                        grip_websocket_message_format_set_code    (GripWebSocketMessageFormat *self,
                                                                       int                         code);
GRIP_AVAILABLE_IN_1_0
const char                 *grip_websocket_message_format_get_reason  (GripWebSocketMessageFormat *self);
GRIP_AVAILABLE_IN_1_0
void                        grip_websocket_message_format_set_reason  (GripWebSocketMessageFormat *self,
                                                                       const char                 *reason);

G_END_DECLS
