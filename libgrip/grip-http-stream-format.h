/* grip-http-stream-format.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip-base-format.h>

G_BEGIN_DECLS

#define GRIP_TYPE_HTTP_STREAM_FORMAT (grip_http_stream_format_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripHttpStreamFormat, grip_http_stream_format, GRIP, HTTP_STREAM_FORMAT, GripBaseFormat)

GRIP_AVAILABLE_IN_1_0
GripHttpStreamFormat *grip_http_stream_format_new       (GBytes     *content) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripHttpStreamFormat *grip_http_stream_format_new_text  (const char *content) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripHttpStreamFormat *grip_http_stream_format_new_close (void) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripHttpStreamFormat *grip_http_stream_format_new_hint  (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
