/* grip-zmq-stats-frame.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>

G_BEGIN_DECLS

gboolean grip_zmq_stats_frame_take (GripStats   *stats,
                                    const char  *data,
                                    gsize        length,
                                    GError     **error);

G_END_DECLS
