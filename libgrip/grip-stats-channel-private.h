/* grip-stats-channel-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-stats-channel.h"

G_BEGIN_DECLS

GripStatsChannel *grip_stats_channel_new             (const char       *name);
void              grip_stats_channel_set_subscribers (GripStatsChannel *self,
                                                      guint64           subscribers);

G_END_DECLS
