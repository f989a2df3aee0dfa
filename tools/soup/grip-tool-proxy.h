/* grip-tool-proxy.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A Pushpin with a directory, ports and a key of its own. It ends when we do, in whatever way. */
typedef struct _GripToolProxy GripToolProxy;

GripToolProxy *grip_tool_proxy_new             (guint           origin_port,
                                                guint           port,
                                                GError        **error);
void           grip_tool_proxy_free            (GripToolProxy  *self);
const char    *grip_tool_proxy_get_uri         (GripToolProxy  *self);
const char    *grip_tool_proxy_get_control_uri (GripToolProxy  *self);
const char    *grip_tool_proxy_get_stats_spec  (GripToolProxy  *self);
const char    *grip_tool_proxy_get_key         (GripToolProxy  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripToolProxy, grip_tool_proxy_free)

G_END_DECLS
