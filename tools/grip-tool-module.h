/* grip-tool-module.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gmodule.h>

#include "grip-tool-common.h"

G_BEGIN_DECLS

/* Commands that need libsoup are in a module, so that the others do not pay for loading it. */
gpointer grip_tool_find_in_module (const char  *symbol,
                                   GError     **error);

G_END_DECLS
