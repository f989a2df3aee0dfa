/* grip-body-patch.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include <libgrip/grip-version-macros.h>

G_BEGIN_DECLS

GRIP_AVAILABLE_IN_1_0
GBytes *grip_apply_body_patch (GBytes    *body,
                               GVariant  *operations,
                               GError   **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
