/* grip-http-call.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include <libgrip/grip-version-macros.h>

G_BEGIN_DECLS

#define GRIP_TYPE_HTTP_CALL (grip_http_call_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripHttpCall, grip_http_call, GRIP, HTTP_CALL, GObject)

GRIP_AVAILABLE_IN_1_0
const char   *grip_http_call_get_method        (GripHttpCall *self);
GRIP_AVAILABLE_IN_1_0
const char   *grip_http_call_get_path          (GripHttpCall *self);
GRIP_AVAILABLE_IN_1_0
const char   *grip_http_call_get_content_type  (GripHttpCall *self);
GRIP_AVAILABLE_IN_1_0
GBytes       *grip_http_call_get_body          (GripHttpCall *self);
GRIP_AVAILABLE_IN_1_0
const char   *grip_http_call_get_authorization (GripHttpCall *self);
GRIP_AVAILABLE_IN_1_0
GCancellable *grip_http_call_get_cancellable   (GripHttpCall *self);
GRIP_AVAILABLE_IN_1_0
void          grip_http_call_respond           (GripHttpCall *self,
                                                guint         status,
                                                GBytes       *reply);
GRIP_AVAILABLE_IN_1_0
void          grip_http_call_fail              (GripHttpCall *self,
                                                const GError *error);

G_END_DECLS
