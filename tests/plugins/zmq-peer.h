/* zmq-peer.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>
#include <zmq.h>

G_BEGIN_DECLS

/* Long enough for a busy machine. */
#define ZMQ_PEER_PATIENCE 30000

/* The other end, on raw libzmq, with a context of its own: when it is killed its connections end. */
typedef struct _ZmqPeer ZmqPeer;

/* What a command socket answers to @request; NULL: nothing. */
typedef GBytes *(*ZmqPeerAnswer) (GBytes   *request,
                                  gpointer  user_data);

ZmqPeer    *zmq_peer_new           (int             type);
void        zmq_peer_free          (ZmqPeer        *self);
void       *zmq_peer_get_socket    (ZmqPeer        *self);
void        zmq_peer_set           (ZmqPeer        *self,
                                    int             option,
                                    int             value);
void        zmq_peer_bind          (ZmqPeer        *self,
                                    const char     *address);
void        zmq_peer_connect       (ZmqPeer        *self,
                                    const char     *address);
const char *zmq_peer_get_address   (ZmqPeer        *self);
void        zmq_peer_subscribe     (ZmqPeer        *self,
                                    const char     *channel);
GBytes     *zmq_peer_receive       (ZmqPeer        *self,
                                    int             milliseconds);
void        zmq_peer_receive_item  (ZmqPeer        *self,
                                    char          **channel,
                                    GBytes        **payload);
void        zmq_peer_send          (ZmqPeer        *self,
                                    const char     *data,
                                    gsize           length);
void        zmq_peer_serve         (ZmqPeer        *self,
                                    ZmqPeerAnswer   answer,
                                    gpointer        user_data);
guint       zmq_peer_count_served  (ZmqPeer        *self);

/* One round of the main context and of all peers: libzmq accepts a connection and tells of subscriptions in
 * the thread of the socket, when that does something. */
void        zmq_peer_iterate       (void);

/* A free port on 127.0.0.1, as tcp://…; nothing listens there. */
char       *zmq_peer_dup_free_address (void);

/* A publisher with one endpoint. */
GripPubControl *zmq_peer_control       (const char *format,
                                        ...) G_GNUC_PRINTF (1, 2);
GripItem       *zmq_peer_item          (const char *content,
                                        const char *id);

GBytes         *zmq_peer_answer_text   (GBytes         *request,
                                        gpointer        user_data);
void            zmq_peer_keep_result   (GObject        *object,
                                        GAsyncResult   *result,
                                        gpointer        user_data);
GError         *zmq_peer_try           (GripPubControl *control,
                                        const char     *content);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZmqPeer, zmq_peer_free)

G_END_DECLS
