/* grip-stats-channel.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include <libgrip/grip-version-macros.h>

G_BEGIN_DECLS

#define GRIP_TYPE_STATS_CHANNEL (grip_stats_channel_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripStatsChannel, grip_stats_channel, GRIP, STATS_CHANNEL, GObject)

GRIP_AVAILABLE_IN_1_0
const char *grip_stats_channel_get_name        (GripStatsChannel *self);
GRIP_AVAILABLE_IN_1_0
guint64     grip_stats_channel_get_subscribers (GripStatsChannel *self);

G_END_DECLS
