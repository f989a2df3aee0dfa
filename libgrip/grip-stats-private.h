/* grip-stats-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-stats-table-private.h"
#include "grip-stats.h"

G_BEGIN_DECLS

/* What grip-stats-take.c, which reads the records, asks of grip-stats.c, which holds them. */

GripStatsTable *grip_stats_get_subscriptions (GripStats    *self);
GripStatsTable *grip_stats_get_connections   (GripStats    *self);
void            grip_stats_tell_report       (GripStats    *self,
                                              const char   *kind,
                                              GVariant     *record);
void            grip_stats_warn_once         (GripStats    *self,
                                              const GError *error);

G_END_DECLS
