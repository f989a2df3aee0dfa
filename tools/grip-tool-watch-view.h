/* grip-tool-watch-view.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-tool-common.h"

G_BEGIN_DECLS

/* What `watch` shows: a table that is drawn again and again on a terminal, a line for each change
 * elsewhere. */
typedef struct _GripToolWatchView GripToolWatchView;

GripToolWatchView *grip_tool_watch_view_new             (void);
void               grip_tool_watch_view_free            (GripToolWatchView *self);
/* @subscribers: -1 when it is only known that there are some. */
void               grip_tool_watch_view_change          (GripToolWatchView *self,
                                                         const char        *endpoint,
                                                         const char        *channel,
                                                         gint64             subscribers);
void               grip_tool_watch_view_set_connections (GripToolWatchView *self,
                                                         guint              n_connections);
guint64            grip_tool_watch_view_get_n_changes   (GripToolWatchView *self);
void               grip_tool_watch_view_summarize       (GripToolWatchView *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripToolWatchView, grip_tool_watch_view_free)

G_END_DECLS
