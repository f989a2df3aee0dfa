/* grip-soup-websocket-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-soup-outlet-private.h"
#include "grip-soup-request-private.h"

G_BEGIN_DECLS

GripSoupWebSocket *grip_soup_websocket_ref   (GripSoupWebSocket        *self);
void               grip_soup_websocket_unref (GripSoupWebSocket        *self);

/* Asks the handler whether the connection is accepted, and goes on from there by itself. @holder is
 * NULL when clients are not held here. */
void      grip_soup_websocket_open          (SoupServerMessage        *message,
                                             GripSoupTrust             trust,
                                             GripSoupHandling         *handling,
                                             GripSoupHolder           *holder);

/* The handler of an opening connection has decided. */
void      grip_soup_websocket_decide        (GripSoupWebSocket        *self);
void      grip_soup_websocket_refuse        (GripSoupWebSocket        *self,
                                             GripResponse             *response);

/* For a client that is held here. */
void      grip_soup_websocket_write         (GripSoupWebSocket        *self,
                                             GBytes                   *wire);
void      grip_soup_websocket_close         (GripSoupWebSocket        *self,
                                             int                       code,
                                             const char               *reason);
void      grip_soup_websocket_run           (GripSoupWebSocket        *self);
void      grip_soup_websocket_flush         (GripSoupWebSocket        *self);
void      grip_soup_websocket_cut           (GripSoupWebSocket        *self);

GripWebSocketContext *grip_soup_websocket_get_context (GripSoupWebSocket *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripSoupWebSocket, grip_soup_websocket_unref)

G_END_DECLS
