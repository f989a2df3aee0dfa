/* grip-stats-record-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The values of a record, as applications get them: `a{sv}` with `s`, `x`, `d` and `b`. Anything else, and
 * text that is not UTF-8, is left out. */

GVariant *grip_stats_record_from_values (GVariant    *values,
                                         GError     **error);
GVariant *grip_stats_record_from_json   (const char  *data,
                                         gsize        length,
                                         GError     **error);

G_END_DECLS
