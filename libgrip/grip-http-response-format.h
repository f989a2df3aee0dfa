/* grip-http-response-format.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip-base-format.h>

G_BEGIN_DECLS

#define GRIP_TYPE_HTTP_RESPONSE_FORMAT (grip_http_response_format_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripHttpResponseFormat, grip_http_response_format, GRIP, HTTP_RESPONSE_FORMAT, GripBaseFormat)

GRIP_AVAILABLE_IN_1_0
GripHttpResponseFormat *grip_http_response_format_new                 (GBytes                  *body) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripHttpResponseFormat *grip_http_response_format_new_text            (const char              *body) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripHttpResponseFormat *grip_http_response_format_new_close           (void) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripHttpResponseFormat *grip_http_response_format_new_hint            (void) G_GNUC_WARN_UNUSED_RESULT;

GRIP_AVAILABLE_IN_1_0
int                     grip_http_response_format_get_code            (GripHttpResponseFormat  *self);
GRIP_AVAILABLE_IN_1_0
void                    grip_http_response_format_set_code            (GripHttpResponseFormat  *self,
                                                                       int                      code);
GRIP_AVAILABLE_IN_1_0
const char             *grip_http_response_format_get_reason          (GripHttpResponseFormat  *self);
GRIP_AVAILABLE_IN_1_0
void                    grip_http_response_format_set_reason          (GripHttpResponseFormat  *self,
                                                                       const char              *reason);
GRIP_AVAILABLE_IN_1_0
GVariant               *grip_http_response_format_get_headers         (GripHttpResponseFormat  *self);
GRIP_AVAILABLE_IN_1_0
void                    grip_http_response_format_set_headers         (GripHttpResponseFormat  *self,
                                                                       GVariant                *headers);
GRIP_AVAILABLE_IN_1_0
void                    grip_http_response_format_append_header       (GripHttpResponseFormat  *self,
                                                                       const char              *name,
                                                                       const char              *value);
GRIP_AVAILABLE_IN_1_0
GVariant               *grip_http_response_format_get_body_patch      (GripHttpResponseFormat  *self);
GRIP_AVAILABLE_IN_1_0
void                    grip_http_response_format_set_body_patch      (GripHttpResponseFormat  *self,
                                                                       GVariant                *operations);
GRIP_AVAILABLE_IN_1_0
gboolean                grip_http_response_format_set_body_patch_json (GripHttpResponseFormat  *self,
                                                                       const char              *json,
                                                                       GError                 **error);

G_END_DECLS
