/* grip-websocket-context-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-websocket-context.h"

G_BEGIN_DECLS

struct _GripWebSocketContext
{
  GObject     parent_instance;

  char       *connection_id;
  char       *message_prefix;
  char       *channel_prefix;
  char       *close_reason;

  GQueue      incoming;
  GPtrArray  *outgoing;

  /* By names in lower case: as the request had it, and as it is now. */
  GHashTable *old_meta;
  GHashTable *meta;

  gint64      content_bytes;
  gint64      content_bytes_replayed;
  gint64      content_bytes_accepted;
  int         keep_alive_interval;
  int         close_code;

  guint       opening : 1;
  guint       accepted : 1;
  guint       closed : 1;
  guint       peer_closed : 1;
};

void grip_websocket_context_queue  (GripWebSocketContext *self,
                                    GripWebSocketEvent   *event);
void grip_websocket_context_answer (GripWebSocketContext *self);

G_END_DECLS
