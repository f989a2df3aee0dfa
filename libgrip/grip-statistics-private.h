/* grip-statistics-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-lane-private.h"
#include "grip-statistics.h"

G_BEGIN_DECLS

GripStatistics *grip_statistics_new         (const GripCounters *counters,
                                             GError             *last_error);

gboolean        grip_statistics_are_watched (GObject            *owner);

G_END_DECLS
