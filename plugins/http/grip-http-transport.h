/* grip-http-transport.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>

G_BEGIN_DECLS

#define GRIP_TYPE_HTTP_TRANSPORT (grip_http_transport_get_type ())

G_DECLARE_FINAL_TYPE (GripHttpTransport, grip_http_transport, GRIP, HTTP_TRANSPORT, GripBaseTransport)

G_END_DECLS
