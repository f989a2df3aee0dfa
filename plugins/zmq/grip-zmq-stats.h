/* grip-zmq-stats.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>

G_BEGIN_DECLS

#define GRIP_TYPE_ZMQ_STATS (grip_zmq_stats_get_type ())

G_DECLARE_FINAL_TYPE (GripZmqStats, grip_zmq_stats, GRIP, ZMQ_STATS, GripStats)

G_END_DECLS
