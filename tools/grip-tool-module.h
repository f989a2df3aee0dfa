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

/* Parts of the tool that need a library which is not always there, or slow to load, are in modules. */
gpointer grip_tool_find_symbol    (const char    *name,
                                   GModuleFlags   flags,
                                   const char    *symbol,
                                   GError       **error);

/* The same in the module for the commands that need libsoup. */
gpointer grip_tool_find_in_module (const char    *symbol,
                                   GError       **error);

G_END_DECLS
