/* grip-header.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include <libgrip/grip-channel.h>

G_BEGIN_DECLS

GRIP_AVAILABLE_IN_1_0
char       *grip_create_grip_channel_header  (GPtrArray   *channels,
                                              GError     **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GPtrArray  *grip_parse_grip_channel_header   (const char  *value,
                                              GError     **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GPtrArray  *grip_parse_grip_last             (const char  *value,
                                              GError     **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
char      **grip_parse_grip_feature          (const char  *value) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
