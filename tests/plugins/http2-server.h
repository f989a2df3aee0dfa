/* http2-server.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A server that takes what is posted over HTTP/2. All requests of a connection share a window that opens by a few
 * bytes at a time, so that they get in each other's way. (SoupServer 3.2 opens it never again.) */
typedef struct _Http2Server Http2Server;

Http2Server *http2_server_new        (GTlsCertificate *certificate);
void         http2_server_free       (Http2Server     *self);
guint        http2_server_get_port   (Http2Server     *self);
GPtrArray   *http2_server_dup_bodies (Http2Server     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Http2Server, http2_server_free)

G_END_DECLS
