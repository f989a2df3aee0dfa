/* grip-tool-demo-origin.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip-soup/grip-soup.h>

G_BEGIN_DECLS

/* The application that the demo shows: the page, three ways to listen, and a publisher. It does not
 * know whether there is a proxy.
 *
 *   /             the page
 *   /poll         a long poll: ?last=N is the number of the last item that the client has
 *   /stream       Server-Sent Events, the items and the state of the demo; ?only=items without the state
 *   /socket       a WebSocket: "say TEXT" publishes
 *   /publish      POST of a text
 *   /ready        a stream, to see whether a proxy holds clients
 */
typedef struct _GripToolDemoOrigin GripToolDemoOrigin;

GripToolDemoOrigin *grip_tool_demo_origin_new       (void);
void                grip_tool_demo_origin_free      (GripToolDemoOrigin   *self);
gboolean            grip_tool_demo_origin_listen    (GripToolDemoOrigin   *self,
                                                     guint                 port,
                                                     GError              **error);
guint               grip_tool_demo_origin_get_port  (GripToolDemoOrigin   *self);
gboolean            grip_tool_demo_origin_add_proxy (GripToolDemoOrigin   *self,
                                                     const char           *control_uri,
                                                     const char           *stats_spec,
                                                     const char           *key,
                                                     GError              **error);
void                grip_tool_demo_origin_publish   (GripToolDemoOrigin   *self,
                                                     const char           *text,
                                                     GAsyncReadyCallback   callback,
                                                     gpointer              user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripToolDemoOrigin, grip_tool_demo_origin_free)

G_END_DECLS
