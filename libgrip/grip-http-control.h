/* grip-http-control.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip-http-call.h>

G_BEGIN_DECLS

#define GRIP_TYPE_HTTP_CONTROL (grip_http_control_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_INTERFACE (GripHttpControl, grip_http_control, GRIP, HTTP_CONTROL, GObject)

/**
 * GripHttpControlInterface:
 * @parent_iface: the parent
 * @send_call: sends a request
 *
 * What a transport with an HTTP control API implements.
 *
 * Since: 1.0
 */
struct _GripHttpControlInterface
{
  GTypeInterface parent_iface;

  /**
   * GripHttpControlInterface::send_call:
   * @self: a transport
   * @call: the request
   *
   * Sends a request, in the calling thread's default context.
   *
   * Since: 1.0
   */
  void (*send_call) (GripHttpControl *self,
                     GripHttpCall    *call);
};

GRIP_AVAILABLE_IN_1_0
void      grip_http_control_call_async        (GripHttpControl      *self,
                                               const char           *method,
                                               const char           *path,
                                               const char           *content_type,
                                               GBytes               *body,
                                               GCancellable         *cancellable,
                                               GAsyncReadyCallback   callback,
                                               gpointer              user_data);
GRIP_AVAILABLE_IN_1_0
GBytes   *grip_http_control_call_finish       (GripHttpControl      *self,
                                               GAsyncResult         *result,
                                               guint                *status,
                                               GError              **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
void      grip_http_control_set_origin_async  (GripHttpControl      *self,
                                               const char           *domain,
                                               GHashTable           *fields,
                                               GCancellable         *cancellable,
                                               GAsyncReadyCallback   callback,
                                               gpointer              user_data);
GRIP_AVAILABLE_IN_1_0
gboolean  grip_http_control_set_origin_finish (GripHttpControl      *self,
                                               GAsyncResult         *result,
                                               GError              **error);

G_END_DECLS
