/* grip-channel.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

#include <libgrip/grip-version-macros.h>

G_BEGIN_DECLS

#define GRIP_TYPE_CHANNEL (grip_channel_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripChannel, grip_channel, GRIP, CHANNEL, GObject)

GRIP_AVAILABLE_IN_1_0
GripChannel        *grip_channel_new         (const char         *name) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripChannel        *grip_channel_new_full    (const char         *name,
                                              const char         *prev_id,
                                              const char * const *filters) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
const char         *grip_channel_get_name    (GripChannel        *self);
GRIP_AVAILABLE_IN_1_0
const char         *grip_channel_get_prev_id (GripChannel        *self);
GRIP_AVAILABLE_IN_1_0
const char * const *grip_channel_get_filters (GripChannel        *self);

G_END_DECLS
