/* grip-soup-held-socket-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-soup-websocket-private.h"

G_BEGIN_DECLS

/* A WebSocket whose client has no proxy: control messages are for this process. */
#define GRIP_SOUP_TYPE_HELD_SOCKET (grip_soup_held_socket_get_type ())

G_DECLARE_FINAL_TYPE (GripSoupHeldSocket, grip_soup_held_socket, GRIP_SOUP, HELD_SOCKET, GripSoupClient)

GripSoupHeldSocket *grip_soup_held_socket_new         (GripSoupWebSocket  *websocket);
/* The WebSocket is closed. */
void                grip_soup_held_socket_end         (GripSoupHeldSocket *self);
void                grip_soup_held_socket_control     (GripSoupHeldSocket *self,
                                                       const char         *json);
gboolean            grip_soup_held_socket_is_detached (GripSoupHeldSocket *self);
/* Something was written to the client; something came from it. */
void                grip_soup_held_socket_wrote       (GripSoupHeldSocket *self);
void                grip_soup_held_socket_heard       (GripSoupHeldSocket *self);

G_END_DECLS
