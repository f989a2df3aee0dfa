/* grip-zmq-outlet.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>

#include "grip-zmq-socket.h"

G_BEGIN_DECLS

/* Sends deliveries over a socket, one after the other, without ever blocking, and answers them. A delivery
 * is complete when libzmq has written it, not when it was put into its queue. */
typedef struct _GripZmqOutlet GripZmqOutlet;

/* What is to become of a message. */
typedef enum
{
  GRIP_ZMQ_VERDICT_SEND,
  GRIP_ZMQ_VERDICT_SKIP,        /* nobody has subscribed */
  GRIP_ZMQ_VERDICT_WAIT,        /* that is not known yet: it and those after it go back */
  GRIP_ZMQ_VERDICT_FAIL,        /* those who may have are not there */
} GripZmqVerdict;

typedef struct
{
  /* Asked for each message when there are channels. */
  GripZmqVerdict (*judge)    (const char *channel,
                              gpointer    user_data);
  /* Lets the owner look whether a connection was lost. */
  void           (*look)     (gpointer    user_data);
  /* Why a message is not delivered to all, or NULL. */
  GError        *(*complain) (gpointer    user_data);
  /* The delivery is answered: whether there may be another is the owner's to say. */
  void           (*answered) (gpointer    user_data);
} GripZmqOutletFuncs;

GripZmqOutlet *grip_zmq_outlet_new        (GripZmqSocket             *socket,
                                           GMainContext              *context,
                                           gboolean                   has_channels,
                                           const GripZmqOutletFuncs  *funcs,
                                           gpointer                   user_data);
void           grip_zmq_outlet_free       (GripZmqOutlet             *self);
void           grip_zmq_outlet_deliver    (GripZmqOutlet             *self,
                                           GripDelivery              *delivery);
gboolean       grip_zmq_outlet_is_busy    (GripZmqOutlet             *self);
gboolean       grip_zmq_outlet_is_full    (GripZmqOutlet             *self);
void           grip_zmq_outlet_resume     (GripZmqOutlet             *self);
void           grip_zmq_outlet_lose       (GripZmqOutlet             *self,
                                           gboolean                   is_last);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripZmqOutlet, grip_zmq_outlet_free)

G_END_DECLS
