/* grip-websocket-event-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-websocket-event.h"

G_BEGIN_DECLS

/* Pushpin reads a size as a signed 32-bit number. */
#define GRIP_WEBSOCKET_EVENT_MAX_CONTENT 0x7fffffff

gboolean            grip_websocket_event_is_type   (const char         *event_type,
                                                    gsize               length);
GripWebSocketEvent *grip_websocket_event_new_slice (GBytes             *body,
                                                    const char         *event_type,
                                                    gsize               type_length,
                                                    const guint8       *data,
                                                    gsize               length);
void                grip_websocket_event_release   (gpointer            data);
void                grip_websocket_event_peek      (GripWebSocketEvent *self,
                                                    const char        **event_type,
                                                    gsize              *type_length,
                                                    const guint8      **data,
                                                    gsize              *length);

G_END_DECLS
