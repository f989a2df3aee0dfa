/* grip-tool-host.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gmodule.h>

G_BEGIN_DECLS

/* What a script host exports: a module that runs the scripts of one language. It is a module, so that
 * grip-tool starts no engine, and needs none installed, unless a script was given.
 *
 * grip_tool_host_load() runs a script, which registers what it has to offer. A host is used in one
 * thread, and what the script made lives in that thread's main context. */
#define GRIP_TOOL_HOST_LOAD "grip_tool_host_load"

typedef gboolean (*GripToolHostLoad) (const char  *path,
                                      GError     **error);

G_MODULE_EXPORT gboolean grip_tool_host_load (const char  *path,
                                              GError     **error);

G_END_DECLS
