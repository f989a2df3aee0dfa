/* grip-tool-websocket-handshake.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-tool-listener.h"

G_BEGIN_DECLS

GIOStream *grip_tool_websocket_connect (GripToolListener  *listener,
                                        GError           **error);

G_END_DECLS
