/* grip-response.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include <libgrip/grip-version-macros.h>

G_BEGIN_DECLS

#define GRIP_TYPE_RESPONSE (grip_response_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripResponse, grip_response, GRIP, RESPONSE, GObject)

GRIP_AVAILABLE_IN_1_0
GripResponse *grip_response_new         (int           code,
                                         const char   *reason,
                                         GVariant     *headers,
                                         GBytes       *body) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripResponse *grip_response_new_text    (int           code,
                                         const char   *content_type,
                                         const char   *body) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
int           grip_response_get_code    (GripResponse *self);
GRIP_AVAILABLE_IN_1_0
const char   *grip_response_get_reason  (GripResponse *self);
GRIP_AVAILABLE_IN_1_0
GVariant     *grip_response_get_headers (GripResponse *self);
GRIP_AVAILABLE_IN_1_0
const char   *grip_response_get_header  (GripResponse *self,
                                         const char   *name);
GRIP_AVAILABLE_IN_1_0
GBytes       *grip_response_get_body    (GripResponse *self);

G_END_DECLS
