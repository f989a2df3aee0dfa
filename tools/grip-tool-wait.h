/* grip-tool-wait.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-tool-common.h"

G_BEGIN_DECLS

gboolean grip_tool_wait_publish (GripPubControl  *control,
                                 const char      *channel,
                                 GripItem        *item,
                                 GError         **error);
gboolean grip_tool_wait_close   (GripPubControl  *control,
                                 GError         **error);

/* How long a transport may take after Ctrl-C to say what has become of an item. */
#define GRIP_TOOL_INTERRUPT_GRACE 2000

G_END_DECLS
