/* grip-instruct.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include <libgrip/grip-channel.h>
#include <libgrip/grip-response.h>

G_BEGIN_DECLS

/**
 * GripHoldMode:
 * @GRIP_HOLD_MODE_NONE: the client gets the response and is not held
 * @GRIP_HOLD_MODE_RESPONSE: the client waits for one item: a long poll
 * @GRIP_HOLD_MODE_STREAM: the client gets every item as a part of one response
 *
 * How the proxy holds a client.
 *
 * Since: 1.0
 */
typedef enum
{
  GRIP_HOLD_MODE_NONE,
  GRIP_HOLD_MODE_RESPONSE,
  GRIP_HOLD_MODE_STREAM,
} GripHoldMode;

/**
 * GripKeepAliveMode:
 * @GRIP_KEEP_ALIVE_MODE_IDLE: when nothing was sent for the time
 * @GRIP_KEEP_ALIVE_MODE_INTERVAL: whenever the time is over
 *
 * When the proxy sends keep-alive content to a client.
 *
 * Since: 1.0
 */
typedef enum
{
  GRIP_KEEP_ALIVE_MODE_IDLE,
  GRIP_KEEP_ALIVE_MODE_INTERVAL,
} GripKeepAliveMode;

/**
 * GripInstructForm:
 * @GRIP_INSTRUCT_FORM_AUTO: headers, or JSON when a header cannot carry a value
 * @GRIP_INSTRUCT_FORM_HEADERS: `Grip-` headers beside the response
 * @GRIP_INSTRUCT_FORM_JSON: a body of the media type `application/grip-instruct`
 *
 * How an instruct is written.
 *
 * Since: 1.0
 */
typedef enum
{
  GRIP_INSTRUCT_FORM_AUTO,
  GRIP_INSTRUCT_FORM_HEADERS,
  GRIP_INSTRUCT_FORM_JSON,
} GripInstructForm;

#define GRIP_TYPE_INSTRUCT (grip_instruct_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripInstruct, grip_instruct, GRIP, INSTRUCT, GObject)

GRIP_AVAILABLE_IN_1_0
GripInstruct       *grip_instruct_new                    (GripHoldMode        hold_mode) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripInstruct       *grip_instruct_new_hold_response      (const char         *channel) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripInstruct       *grip_instruct_new_hold_stream        (const char         *channel) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripInstruct       *grip_instruct_parse                  (GripResponse       *response,
                                                          GError            **error) G_GNUC_WARN_UNUSED_RESULT;

GRIP_AVAILABLE_IN_1_0
GripHoldMode        grip_instruct_get_hold_mode          (GripInstruct       *self);
GRIP_AVAILABLE_IN_1_0
void                grip_instruct_set_hold_mode          (GripInstruct       *self,
                                                          GripHoldMode        hold_mode);
GRIP_AVAILABLE_IN_1_0
GPtrArray          *grip_instruct_get_channels           (GripInstruct       *self);
GRIP_AVAILABLE_IN_1_0
void                grip_instruct_add_channel            (GripInstruct       *self,
                                                          GripChannel        *channel);
GRIP_AVAILABLE_IN_1_0
const char         *grip_instruct_get_channel_prefix     (GripInstruct       *self);
GRIP_AVAILABLE_IN_1_0
void                grip_instruct_set_channel_prefix     (GripInstruct       *self,
                                                          const char         *channel_prefix);
GRIP_AVAILABLE_IN_1_0
int                 grip_instruct_get_timeout            (GripInstruct       *self);
GRIP_AVAILABLE_IN_1_0
void                grip_instruct_set_timeout            (GripInstruct       *self,
                                                          int                 timeout);
GRIP_AVAILABLE_IN_1_0
GBytes             *grip_instruct_get_keep_alive         (GripInstruct       *self);
GRIP_AVAILABLE_IN_1_0
int                 grip_instruct_get_keep_alive_timeout (GripInstruct       *self);
GRIP_AVAILABLE_IN_1_0
GripKeepAliveMode   grip_instruct_get_keep_alive_mode    (GripInstruct       *self);
GRIP_AVAILABLE_IN_1_0
void                grip_instruct_set_keep_alive         (GripInstruct       *self,
                                                          GBytes             *content,
                                                          int                 timeout,
                                                          GripKeepAliveMode   mode);
GRIP_AVAILABLE_IN_1_0
void                grip_instruct_set_keep_alive_text    (GripInstruct       *self,
                                                          const char         *text,
                                                          int                 timeout,
                                                          GripKeepAliveMode   mode);
GRIP_AVAILABLE_IN_1_0
int                 grip_instruct_get_status             (GripInstruct       *self);
GRIP_AVAILABLE_IN_1_0
const char         *grip_instruct_get_status_reason      (GripInstruct       *self);
GRIP_AVAILABLE_IN_1_0
void                grip_instruct_set_status             (GripInstruct       *self,
                                                          int                 code,
                                                          const char         *reason);
GRIP_AVAILABLE_IN_1_0
char              **grip_instruct_get_meta_names         (GripInstruct       *self);
GRIP_AVAILABLE_IN_1_0
const char         *grip_instruct_get_meta               (GripInstruct       *self,
                                                          const char         *name);
GRIP_AVAILABLE_IN_1_0
void                grip_instruct_set_meta               (GripInstruct       *self,
                                                          const char         *name,
                                                          const char         *value);
GRIP_AVAILABLE_IN_1_0
const char         *grip_instruct_get_next_link          (GripInstruct       *self);
GRIP_AVAILABLE_IN_1_0
int                 grip_instruct_get_next_link_timeout  (GripInstruct       *self);
GRIP_AVAILABLE_IN_1_0
void                grip_instruct_set_next_link          (GripInstruct       *self,
                                                          const char         *uri,
                                                          int                 timeout);
GRIP_AVAILABLE_IN_1_0
const char         *grip_instruct_get_gone_link          (GripInstruct       *self);
GRIP_AVAILABLE_IN_1_0
void                grip_instruct_set_gone_link          (GripInstruct       *self,
                                                          const char         *uri);
GRIP_AVAILABLE_IN_1_0
const char * const *grip_instruct_get_expose_headers     (GripInstruct       *self);
GRIP_AVAILABLE_IN_1_0
void                grip_instruct_set_expose_headers     (GripInstruct       *self,
                                                          const char * const *names);
GRIP_AVAILABLE_IN_1_0
const char         *grip_instruct_get_session_id         (GripInstruct       *self);
GRIP_AVAILABLE_IN_1_0
void                grip_instruct_set_session_id         (GripInstruct       *self,
                                                          const char         *session_id);
GRIP_AVAILABLE_IN_1_0
void                grip_instruct_set_session_detect     (GripInstruct       *self,
                                                          const char         *path_prefix,
                                                          const char         *sid_pointer,
                                                          const char         *json_param);
GRIP_AVAILABLE_IN_1_0
GripResponse       *grip_instruct_get_response           (GripInstruct       *self);
GRIP_AVAILABLE_IN_1_0
void                grip_instruct_set_response           (GripInstruct       *self,
                                                          GripResponse       *response);

GRIP_AVAILABLE_IN_1_0
GVariant           *grip_instruct_to_headers             (GripInstruct       *self,
                                                          GError            **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
char               *grip_instruct_to_json                (GripInstruct       *self,
                                                          GError            **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripResponse       *grip_instruct_to_response            (GripInstruct       *self,
                                                          GripInstructForm    form,
                                                          GError            **error) G_GNUC_WARN_UNUSED_RESULT;

GRIP_AVAILABLE_IN_1_0
char               *grip_create_hold_response            (GPtrArray          *channels,
                                                          GripResponse       *response,
                                                          int                 timeout,
                                                          GError            **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
char               *grip_create_hold_stream              (GPtrArray          *channels,
                                                          GripResponse       *response,
                                                          GError            **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
