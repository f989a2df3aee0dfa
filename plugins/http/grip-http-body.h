/* grip-http-body.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "grip-http-connections.h"

G_BEGIN_DECLS

#define GRIP_TYPE_HTTP_BODY (grip_http_body_get_type ())

/* The body of a request, which goes straight into the connection where that is known.
 *
 * libsoup copies a body in steps of 8 KiB, and asynchronously each takes two turns of the main loop: a
 * large one spends most of its time there. This one writes itself when libsoup asks for its first bytes, the head
 * having been written, and then has none left. */
G_DECLARE_FINAL_TYPE (GripHttpBody, grip_http_body, GRIP, HTTP_BODY, GInputStream)

GripHttpBody *grip_http_body_new           (GPtrArray           *parts,
                                            SoupMessage         *message,
                                            GripHttpConnections *connections);
gsize         grip_http_body_get_length    (GripHttpBody        *self);
gsize         grip_http_body_get_written   (GripHttpBody        *self);
const GError *grip_http_body_get_failure   (GripHttpBody        *self);
gboolean      grip_http_body_may_have_left (GripHttpBody        *self);

G_END_DECLS
