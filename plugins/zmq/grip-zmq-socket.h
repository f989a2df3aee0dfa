/* grip-zmq-socket.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <zmq.h>

G_BEGIN_DECLS

/* So many messages are to be taken from a socket in one round of the main context. */
#define GRIP_ZMQ_SOCKET_BATCH 256

/* A socket of libzmq with its own GSource. It belongs to the thread that runs the context it is watched
 * in. Nothing here ever blocks. */
typedef struct _GripZmqSocket GripZmqSocket;

/* Something that was waited for can be done. It is called once in a round, so it takes up to
 * GRIP_ZMQ_SOCKET_BATCH messages; it may free the socket. */
typedef void (*GripZmqSocketFunc) (GripZmqSocket *self,
                                   short          events,
                                   gpointer       user_data);

GripZmqSocket *grip_zmq_socket_new          (int                 type,
                                             GError            **error);
void           grip_zmq_socket_free         (GripZmqSocket      *self);
void           grip_zmq_socket_set_integer  (GripZmqSocket      *self,
                                             int                 option,
                                             int                 value);
void           grip_zmq_socket_set_max_size (GripZmqSocket      *self,
                                             gint64              bytes);
gboolean       grip_zmq_socket_subscribe    (GripZmqSocket      *self,
                                             const char         *prefix,
                                             GError            **error);
gboolean       grip_zmq_socket_set_curve    (GripZmqSocket      *self,
                                             const char         *server_key,
                                             const char         *public_key,
                                             const char         *secret_key,
                                             GError            **error);
gboolean       grip_zmq_socket_set_curve_server (GripZmqSocket  *self,
                                             const char         *secret_key,
                                             GError            **error);
gboolean       grip_zmq_socket_connect      (GripZmqSocket      *self,
                                             const char         *address,
                                             GError            **error);
void           grip_zmq_socket_connect_again (GripZmqSocket     *self,
                                              const char        *address,
                                              gboolean           is_ipv6,
                                              guint              n_times);
gboolean       grip_zmq_socket_bind         (GripZmqSocket      *self,
                                             const char         *address,
                                             GError            **error);
void          *grip_zmq_socket_get_handle   (GripZmqSocket      *self);
char          *grip_zmq_socket_dup_address  (GripZmqSocket      *self);
short          grip_zmq_socket_get_events   (GripZmqSocket      *self);
void           grip_zmq_socket_watch        (GripZmqSocket      *self,
                                             GMainContext       *context,
                                             short               events,
                                             GripZmqSocketFunc   func,
                                             gpointer            user_data);
void           grip_zmq_socket_set_events   (GripZmqSocket      *self,
                                             short               events);
void           grip_zmq_socket_set_wants_work (GripZmqSocket    *self,
                                             gboolean            wants_work);
gboolean       grip_zmq_socket_send         (GripZmqSocket      *self,
                                             zmq_msg_t          *message,
                                             gboolean            more);
gboolean       grip_zmq_socket_receive      (GripZmqSocket      *self,
                                             zmq_msg_t          *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripZmqSocket, grip_zmq_socket_free)

G_END_DECLS
