/* scenario.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>

G_BEGIN_DECLS

/* A format that no proxy knows. */
GType       note_format_get_type      (void);

/* A transport that remembers what it was given. */
GType       memory_transport_get_type (void);
const char *memory_transport_get_log  (GripTransport *transport);
void        memory_transport_refuse   (GripTransport *transport,
                                       const char    *why);

/* A client that the proxy holds. Whoever waits lets the main context run: the origin lives in it. */
typedef struct _Client Client;

Client     *client_new                (const char    *path);
void        client_free               (Client        *self);
guint       client_get_status         (Client        *self);
char       *client_read_line          (Client        *self);
void        client_wait_subscribed    (const char    *channel);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Client, client_free)

G_END_DECLS
