/* grip-variant-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean grip_variant_read_integer (GVariant *value,
                                    gint64   *number);

G_END_DECLS
