/* grip-statistics.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

#include <libgrip/grip-version-macros.h>

G_BEGIN_DECLS

#define GRIP_TYPE_STATISTICS (grip_statistics_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripStatistics, grip_statistics, GRIP, STATISTICS, GObject)

GRIP_AVAILABLE_IN_1_0
guint64       grip_statistics_get_n_queued    (GripStatistics *self);
GRIP_AVAILABLE_IN_1_0
guint64       grip_statistics_get_n_in_flight (GripStatistics *self);
GRIP_AVAILABLE_IN_1_0
guint64       grip_statistics_get_n_sent      (GripStatistics *self);
GRIP_AVAILABLE_IN_1_0
guint64       grip_statistics_get_n_failed    (GripStatistics *self);
GRIP_AVAILABLE_IN_1_0
guint64       grip_statistics_get_n_retried   (GripStatistics *self);
GRIP_AVAILABLE_IN_1_0
guint64       grip_statistics_get_bytes_sent  (GripStatistics *self);
GRIP_AVAILABLE_IN_1_0
const GError *grip_statistics_get_last_error  (GripStatistics *self);

G_END_DECLS
