/* grip-websocket-control.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include <libgrip/grip-instruct.h>
#include <libgrip/grip-websocket-message-format.h>

G_BEGIN_DECLS

GRIP_AVAILABLE_IN_1_0
char *grip_websocket_control_message       (const char                *message_type,
                                            GVariant                  *args,
                                            GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
char *grip_websocket_control_subscribe     (const char                *channel,
                                            const char * const        *filters,
                                            GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
char *grip_websocket_control_unsubscribe   (const char                *channel,
                                            GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
char *grip_websocket_control_detach        (void) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
char *grip_websocket_control_session       (const char                *session_id,
                                            GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
char *grip_websocket_control_set_meta      (const char                *name,
                                            const char                *value,
                                            GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
char *grip_websocket_control_keep_alive    (GripWebSocketMessageKind   kind,
                                            GBytes                    *content,
                                            int                        timeout,
                                            GripKeepAliveMode          mode,
                                            GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
char *grip_websocket_control_send_delayed  (GripWebSocketMessageKind   kind,
                                            GBytes                    *content,
                                            int                        timeout,
                                            GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
char *grip_websocket_control_flush_delayed (void) G_GNUC_WARN_UNUSED_RESULT;

GRIP_AVAILABLE_IN_1_0
GVariant *grip_websocket_control_parse     (const char                *json,
                                            GError                   **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
