/* tls-server.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* A server in a thread of its own that takes what is posted over TLS. */
typedef struct _TlsServer TlsServer;

TlsServer  *tls_server_new            (GTlsCertificate *certificate);
void        tls_server_free           (TlsServer       *self);
const char *tls_server_get_uri        (TlsServer       *self);
guint       tls_server_get_n_requests (TlsServer       *self);
GPtrArray  *tls_server_dup_bodies     (TlsServer       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlsServer, tls_server_free)

G_END_DECLS
