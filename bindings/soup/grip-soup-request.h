/* grip-soup-request.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

#define GRIP_SOUP_TYPE_REQUEST (grip_soup_request_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripSoupRequest, grip_soup_request, GRIP_SOUP, REQUEST, GObject)

GRIP_AVAILABLE_IN_1_0
SoupServerMessage    *grip_soup_request_get_message   (GripSoupRequest  *self);
GRIP_AVAILABLE_IN_1_0
const char           *grip_soup_request_get_path      (GripSoupRequest  *self);
GRIP_AVAILABLE_IN_1_0
const char           *grip_soup_request_get_method    (GripSoupRequest  *self);
GRIP_AVAILABLE_IN_1_0
char                 *grip_soup_request_dup_query     (GripSoupRequest  *self,
                                                       const char       *name) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
const char           *grip_soup_request_get_header    (GripSoupRequest  *self,
                                                       const char       *name);
GRIP_AVAILABLE_IN_1_0
GBytes               *grip_soup_request_dup_body      (GripSoupRequest  *self);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_soup_request_is_proxied    (GripSoupRequest  *self);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_soup_request_is_signed     (GripSoupRequest  *self);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_soup_request_has_feature   (GripSoupRequest  *self,
                                                       const char       *feature);
GRIP_AVAILABLE_IN_1_0
const char           *grip_soup_request_get_last_id   (GripSoupRequest  *self,
                                                       const char       *channel);
GRIP_AVAILABLE_IN_1_0
const char           *grip_soup_request_get_last_event_id (GripSoupRequest *self);
GRIP_AVAILABLE_IN_1_0
GCancellable         *grip_soup_request_get_cancellable (GripSoupRequest *self);
GRIP_AVAILABLE_IN_1_0
GripWebSocketContext *grip_soup_request_get_websocket (GripSoupRequest  *self);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_soup_request_is_answered   (GripSoupRequest  *self);
GRIP_AVAILABLE_IN_1_0
void                  grip_soup_request_defer         (GripSoupRequest  *self);
GRIP_AVAILABLE_IN_1_0
void                  grip_soup_request_respond       (GripSoupRequest  *self,
                                                       GripResponse     *response);
GRIP_AVAILABLE_IN_1_0
void                  grip_soup_request_respond_text  (GripSoupRequest  *self,
                                                       int               code,
                                                       const char       *content_type,
                                                       const char       *body);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_soup_request_hold          (GripSoupRequest  *self,
                                                       GripInstruct     *instruct,
                                                       GError          **error);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_soup_request_hold_response (GripSoupRequest  *self,
                                                       const char       *channel,
                                                       GError          **error);
GRIP_AVAILABLE_IN_1_0
gboolean              grip_soup_request_hold_stream   (GripSoupRequest  *self,
                                                       const char       *channel,
                                                       GError          **error);
GRIP_AVAILABLE_IN_1_0
void                  grip_soup_request_finish        (GripSoupRequest  *self);

G_END_DECLS
