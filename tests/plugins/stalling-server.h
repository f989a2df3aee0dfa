/* stalling-server.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A server over TLS, for one connection, that reads nothing after the handshake; there is little room on the way. */
typedef struct _StallingServer StallingServer;

StallingServer *stalling_server_new     (GTlsCertificate *certificate);
const char     *stalling_server_get_uri (StallingServer  *self);
void            stalling_server_free    (StallingServer  *self);

G_END_DECLS
