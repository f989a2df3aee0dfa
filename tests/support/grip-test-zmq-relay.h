/* grip-test-zmq-relay.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Stands between a publisher's XPUB socket and a proxy's SUB socket, in a thread of its own: both connect
 * to it. It passes on all that comes, drops nothing, and counts. */
typedef struct _GripTestZmqRelay GripTestZmqRelay;

GripTestZmqRelay *grip_test_zmq_relay_new             (void);
void              grip_test_zmq_relay_free            (GripTestZmqRelay *self);
/* Where the publisher connects to, and where the proxy does. */
const char       *grip_test_zmq_relay_get_in_address  (GripTestZmqRelay *self);
const char       *grip_test_zmq_relay_get_out_address (GripTestZmqRelay *self);
/* How many items to @channel the publisher has sent here. */
guint             grip_test_zmq_relay_count           (GripTestZmqRelay *self,
                                                       const char       *channel);
/* Whether the proxy has subscribed to @channel now. */
gboolean          grip_test_zmq_relay_is_subscribed   (GripTestZmqRelay *self,
                                                       const char       *channel);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripTestZmqRelay, grip_test_zmq_relay_free)

G_END_DECLS
