/* grip-http-connections.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The open connections of a session, by the number that libsoup gives them. Any thread. */
typedef struct _GripHttpConnections GripHttpConnections;

GripHttpConnections *grip_http_connections_new        (void);
void                 grip_http_connections_free       (GripHttpConnections *self);
void                 grip_http_connections_add        (GripHttpConnections *self,
                                                       guint64              id,
                                                       GIOStream           *connection);
GIOStream           *grip_http_connections_dup        (GripHttpConnections *self,
                                                       guint64              id);
void                 grip_http_connections_shut       (GripHttpConnections *self,
                                                       guint64              id);
guint                grip_http_connections_get_n_kept (GripHttpConnections *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripHttpConnections, grip_http_connections_free)

G_END_DECLS
