/* grip-zmq-control.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip-zmq-call.h>

G_BEGIN_DECLS

#define GRIP_TYPE_ZMQ_CONTROL (grip_zmq_control_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_INTERFACE (GripZmqControl, grip_zmq_control, GRIP, ZMQ_CONTROL, GObject)

/**
 * GripZmqControlInterface:
 * @parent_iface: the parent
 * @send_call: sends a request
 *
 * What a transport with a ZMQ command socket implements.
 *
 * Since: 1.0
 */
struct _GripZmqControlInterface
{
  GTypeInterface parent_iface;

  /**
   * GripZmqControlInterface::send_call:
   * @self: a transport
   * @call: the request
   *
   * Sends a request, in the calling thread's default context.
   *
   * Since: 1.0
   */
  void (*send_call) (GripZmqControl *self,
                     GripZmqCall    *call);
};

GRIP_AVAILABLE_IN_1_0
void       grip_zmq_control_call_async               (GripZmqControl       *self,
                                                      const char           *method,
                                                      GVariant             *args,
                                                      GCancellable         *cancellable,
                                                      GAsyncReadyCallback   callback,
                                                      gpointer              user_data);
GRIP_AVAILABLE_IN_1_0
GVariant  *grip_zmq_control_call_finish              (GripZmqControl       *self,
                                                      GAsyncResult         *result,
                                                      GError              **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
void       grip_zmq_control_get_uris_async           (GripZmqControl       *self,
                                                      GCancellable         *cancellable,
                                                      GAsyncReadyCallback   callback,
                                                      gpointer              user_data);
GRIP_AVAILABLE_IN_1_0
GVariant  *grip_zmq_control_get_uris_finish          (GripZmqControl       *self,
                                                      GAsyncResult         *result,
                                                      GError              **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
void       grip_zmq_control_check_connections_async  (GripZmqControl       *self,
                                                      const char * const   *ids,
                                                      GCancellable         *cancellable,
                                                      GAsyncReadyCallback   callback,
                                                      gpointer              user_data);
GRIP_AVAILABLE_IN_1_0
char     **grip_zmq_control_check_connections_finish (GripZmqControl       *self,
                                                      GAsyncResult         *result,
                                                      GError              **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
void       grip_zmq_control_refresh_async            (GripZmqControl       *self,
                                                      const char           *connection,
                                                      GCancellable         *cancellable,
                                                      GAsyncReadyCallback   callback,
                                                      gpointer              user_data);
GRIP_AVAILABLE_IN_1_0
gboolean   grip_zmq_control_refresh_finish           (GripZmqControl       *self,
                                                      GAsyncResult         *result,
                                                      GError              **error);
GRIP_AVAILABLE_IN_1_0
void       grip_zmq_control_recover_async            (GripZmqControl       *self,
                                                      GCancellable         *cancellable,
                                                      GAsyncReadyCallback   callback,
                                                      gpointer              user_data);
GRIP_AVAILABLE_IN_1_0
gboolean   grip_zmq_control_recover_finish           (GripZmqControl       *self,
                                                      GAsyncResult         *result,
                                                      GError              **error);

G_END_DECLS
