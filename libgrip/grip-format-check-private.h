/* grip-format-check-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-format.h"

G_BEGIN_DECLS

gboolean  grip_is_header_name       (const char  *name);
gboolean  grip_is_header_value      (const char  *value);
gboolean  grip_check_body_patch     (GVariant    *operations,
                                     char       **problem);
GVariant *grip_format_dup_checked   (GripFormat  *self,
                                     GError     **error);

G_END_DECLS
