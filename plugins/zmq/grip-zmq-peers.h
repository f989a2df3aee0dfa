/* grip-zmq-peers.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The connections of a socket, and which of them have a handshake behind them: libzmq tells of the end of all
 * of them in the same words, and of the reason not always. */
typedef struct _GripZmqPeers GripZmqPeers;

GripZmqPeers *grip_zmq_peers_new     (void);
void          grip_zmq_peers_free    (GripZmqPeers *self);
void          grip_zmq_peers_opened  (GripZmqPeers *self,
                                      int           fd,
                                      const char   *address,
                                      gboolean      is_ours);
void          grip_zmq_peers_greeted (GripZmqPeers *self,
                                      const char   *address);
gboolean      grip_zmq_peers_closed  (GripZmqPeers *self,
                                      int           fd,
                                      gboolean      has_failed,
                                      gboolean     *is_ours);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripZmqPeers, grip_zmq_peers_free)

G_END_DECLS
