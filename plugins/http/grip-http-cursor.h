/* grip-http-cursor.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean grip_http_cursor_equal (const char *a,
                                 const char *b);

G_END_DECLS
