/* grip-tool-websocket-guard.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Sees each frame of a WebSocket before libsoup does. libsoup limits a frame, but neither the message
 * that is put together from fragments nor the pongs that it owes. */
#define GRIP_TOOL_TYPE_WEBSOCKET_GUARD (grip_tool_websocket_guard_get_type ())

G_DECLARE_FINAL_TYPE (GripToolWebsocketGuard, grip_tool_websocket_guard, GRIP_TOOL, WEBSOCKET_GUARD,
                      SoupWebsocketExtension)

SoupWebsocketExtension *grip_tool_websocket_guard_new (gsize max_message);

G_END_DECLS
