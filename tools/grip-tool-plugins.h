/* grip-tool-plugins.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-tool-common.h"

G_BEGIN_DECLS

gboolean grip_tool_plugins_load (char   **paths,
                                 GError **error);

G_END_DECLS
