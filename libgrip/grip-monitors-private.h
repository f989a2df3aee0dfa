/* grip-monitors-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "grip-lane-private.h"

G_BEGIN_DECLS

/* GripMonitors: what the system tells: that there is no network, and that memory is short.
 *
 * The monitors of GIO belong to one thread, that of the publisher's context, and the default ones are
 * made only when something has failed: who is never offline never has them. */
typedef void (*GripLowMemoryFunc) (GMemoryMonitorWarningLevel level,
                                   gpointer                   user_data);

GripMonitors *grip_monitors_new         (GripLowMemoryFunc  low_memory,
                                         gpointer           user_data);
GripMonitors *grip_monitors_ref         (GripMonitors      *self);
void          grip_monitors_unref       (GripMonitors      *self);
void          grip_monitors_close       (GripMonitors      *self);
void          grip_monitors_set_network (GripMonitors      *self,
                                         GNetworkMonitor   *network);
void          grip_monitors_set_memory  (GripMonitors      *self,
                                         GMemoryMonitor    *memory);
GNetworkMonitor *grip_monitors_get_network (GripMonitors   *self);
GMemoryMonitor  *grip_monitors_get_memory  (GripMonitors   *self);
gboolean      grip_monitors_are_offline (GripMonitors      *self);
void          grip_monitors_note_setback (GripMonitors     *self,
                                          GripLane         *lane,
                                          gboolean          paused);

G_END_DECLS
