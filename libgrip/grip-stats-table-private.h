/* grip-stats-table-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a proxy has told and will tell again: entries that go when it does not. It lives in one main
 * context and is bounded. */
typedef struct _GripStatsTable GripStatsTable;

/* The count of an entry was @old_count, and is @count now; 0 when the entry is new or gone. */
typedef void (*GripStatsTableFunc) (const char *name,
                                    guint64     old_count,
                                    guint64     count,
                                    GObject    *owner);

GripStatsTable *grip_stats_table_new      (GMainContext        *context,
                                           GripStatsTableFunc   func,
                                           GObject             *owner);
void            grip_stats_table_free     (GripStatsTable      *self);
gboolean        grip_stats_table_set      (GripStatsTable      *self,
                                           const char          *source,
                                           const char          *name,
                                           guint64              count,
                                           gint64               ttl,
                                           GError             **error);
void            grip_stats_table_clear    (GripStatsTable      *self);
guint           grip_stats_table_get_size (GripStatsTable      *self);

G_END_DECLS
