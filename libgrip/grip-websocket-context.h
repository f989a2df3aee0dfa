/* grip-websocket-context.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include <libgrip/grip-instruct.h>
#include <libgrip/grip-response.h>
#include <libgrip/grip-websocket-event.h>
#include <libgrip/grip-websocket-message-format.h>

G_BEGIN_DECLS

#define GRIP_TYPE_WEBSOCKET_CONTEXT (grip_websocket_context_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripWebSocketContext, grip_websocket_context, GRIP, WEBSOCKET_CONTEXT, GObject)

GRIP_AVAILABLE_IN_1_0
gboolean              grip_websocket_context_is_request                 (const char                *method,
                                                                         GVariant                  *headers);
GRIP_AVAILABLE_IN_1_0
GripWebSocketContext *grip_websocket_context_new                        (const char                *connection_id,
                                                                         GPtrArray                 *events) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripWebSocketContext *grip_websocket_context_new_for_request            (GVariant                  *headers,
                                                                         GBytes                    *body,
                                                                         GError                   **error) G_GNUC_WARN_UNUSED_RESULT;

GRIP_AVAILABLE_IN_1_0
const char           *grip_websocket_context_get_connection_id          (GripWebSocketContext      *self);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_websocket_context_is_opening                 (GripWebSocketContext      *self);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_websocket_context_is_accepted                (GripWebSocketContext      *self);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_websocket_context_is_closed                  (GripWebSocketContext      *self);
GRIP_AVAILABLE_IN_1_0
int                   grip_websocket_context_get_close_code             (GripWebSocketContext      *self);
GRIP_AVAILABLE_IN_1_0
const char           *grip_websocket_context_get_close_reason           (GripWebSocketContext      *self);
GRIP_AVAILABLE_IN_1_0
const char           *grip_websocket_context_get_message_prefix         (GripWebSocketContext      *self);
GRIP_AVAILABLE_IN_1_0
void                  grip_websocket_context_set_message_prefix         (GripWebSocketContext      *self,
                                                                         const char                *message_prefix);
GRIP_AVAILABLE_IN_1_0
const char           *grip_websocket_context_get_channel_prefix         (GripWebSocketContext      *self);
GRIP_AVAILABLE_IN_1_0
void                  grip_websocket_context_set_channel_prefix         (GripWebSocketContext      *self,
                                                                         const char                *channel_prefix);
GRIP_AVAILABLE_IN_1_0
int                   grip_websocket_context_get_keep_alive_interval    (GripWebSocketContext      *self);
GRIP_AVAILABLE_IN_1_0
void                  grip_websocket_context_set_keep_alive_interval    (GripWebSocketContext      *self,
                                                                         int                        seconds);
GRIP_AVAILABLE_IN_1_0
gint64                grip_websocket_context_get_content_bytes          (GripWebSocketContext      *self);
GRIP_AVAILABLE_IN_1_0
gint64                grip_websocket_context_get_content_bytes_replayed (GripWebSocketContext      *self);
GRIP_AVAILABLE_IN_1_0
void                  grip_websocket_context_set_content_bytes_accepted (GripWebSocketContext      *self,
                                                                         gint64                     n_bytes);
GRIP_AVAILABLE_IN_1_0
char                **grip_websocket_context_get_meta_names             (GripWebSocketContext      *self);
GRIP_AVAILABLE_IN_1_0
const char           *grip_websocket_context_get_meta                   (GripWebSocketContext      *self,
                                                                         const char                *name);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_websocket_context_set_meta                   (GripWebSocketContext      *self,
                                                                         const char                *name,
                                                                         const char                *value,
                                                                         GError                   **error);

GRIP_AVAILABLE_IN_1_0
void                  grip_websocket_context_accept                     (GripWebSocketContext      *self);
GRIP_AVAILABLE_IN_1_0
GripWebSocketEvent   *grip_websocket_context_receive                    (GripWebSocketContext      *self);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_websocket_context_send                       (GripWebSocketContext      *self,
                                                                         GripWebSocketMessageKind   kind,
                                                                         GBytes                    *content,
                                                                         GError                   **error);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_websocket_context_send_text                  (GripWebSocketContext      *self,
                                                                         const char                *text,
                                                                         GError                   **error);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_websocket_context_send_binary                (GripWebSocketContext      *self,
                                                                         GBytes                    *content,
                                                                         GError                   **error);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_websocket_context_send_control               (GripWebSocketContext      *self,
                                                                         const char                *json,
                                                                         GError                   **error);
GRIP_AVAILABLE_IN_1_0
void                  grip_websocket_context_close                      (GripWebSocketContext      *self,
                                                                         guint16                    code,
                                                                         const char                *reason);
GRIP_AVAILABLE_IN_1_0
void                  grip_websocket_context_disconnect                 (GripWebSocketContext      *self);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_websocket_context_subscribe                  (GripWebSocketContext      *self,
                                                                         const char                *channel,
                                                                         const char * const        *filters,
                                                                         GError                   **error);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_websocket_context_unsubscribe                (GripWebSocketContext      *self,
                                                                         const char                *channel,
                                                                         GError                   **error);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_websocket_context_detach                     (GripWebSocketContext      *self,
                                                                         GError                   **error);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_websocket_context_set_keep_alive             (GripWebSocketContext      *self,
                                                                         GripWebSocketMessageKind   kind,
                                                                         GBytes                    *content,
                                                                         int                        timeout,
                                                                         GripKeepAliveMode          mode,
                                                                         GError                   **error);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_websocket_context_send_delayed               (GripWebSocketContext      *self,
                                                                         GripWebSocketMessageKind   kind,
                                                                         GBytes                    *content,
                                                                         int                        timeout,
                                                                         GError                   **error);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_websocket_context_flush_delayed              (GripWebSocketContext      *self,
                                                                         GError                   **error);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_websocket_context_set_session_id             (GripWebSocketContext      *self,
                                                                         const char                *session_id,
                                                                         GError                   **error);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_websocket_context_set_subscription_meta      (GripWebSocketContext      *self,
                                                                         const char                *name,
                                                                         const char                *value,
                                                                         GError                   **error);

GRIP_AVAILABLE_IN_1_0
void                  grip_websocket_context_push_event                 (GripWebSocketContext      *self,
                                                                         GripWebSocketEvent        *event);
GRIP_AVAILABLE_IN_1_0
GPtrArray            *grip_websocket_context_take_events                (GripWebSocketContext      *self) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripResponse         *grip_websocket_context_to_response                (GripWebSocketContext      *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
