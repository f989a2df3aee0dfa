/* grip-tool-demo-once.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-tool-demo-origin.h"

G_BEGIN_DECLS

/* Clients of each kind in processes of their own: this very program's `listen`. */
typedef struct _GripToolDemoOnce GripToolDemoOnce;

/* Told once, when every client has got an item or one of them gave up. */
typedef void (*GripToolDemoOnceFunc) (gboolean  good,
                                      gpointer  user_data);

GripToolDemoOnce *grip_tool_demo_once_new  (GripToolDemoOrigin    *origin,
                                            const char            *uri,
                                            GripToolDemoOnceFunc   func,
                                            gpointer               user_data);
void              grip_tool_demo_once_free (GripToolDemoOnce      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripToolDemoOnce, grip_tool_demo_once_free)

G_END_DECLS
