/* grip-transport.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip-delivery.h>
#include <libgrip/grip-endpoint.h>

G_BEGIN_DECLS

/**
 * GRIP_TRANSPORT_EXTENSION_POINT_NAME:
 *
 * The extension point that the plugins with transports implement. See the guide on writing a transport.
 *
 * Since: 1.0
 */
#define GRIP_TRANSPORT_EXTENSION_POINT_NAME "grip-transport"

#define GRIP_TYPE_TRANSPORT (grip_transport_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_INTERFACE (GripTransport, grip_transport, GRIP, TRANSPORT, GObject)

/**
 * GripTransportInterface:
 * @parent_iface: the parent
 * @get_endpoint: tells the endpoint that the transport carries to
 * @send: takes a batch of messages
 *
 * What a transport implements.
 *
 * Since: 1.0
 */
struct _GripTransportInterface
{
  GTypeInterface parent_iface;

  /**
   * GripTransportInterface::get_endpoint:
   * @self: a transport
   *
   * Tells the endpoint that the transport carries to.
   *
   * Returns: (transfer none): the endpoint
   *
   * Since: 1.0
   */
  GripEndpoint *(*get_endpoint) (GripTransport *self);

  /**
   * GripTransportInterface::send:
   * @self: a transport
   * @delivery: the messages
   *
   * Takes a batch of messages, to be answered now or later.
   *
   * Since: 1.0
   */
  void          (*send)         (GripTransport *self,
                                 GripDelivery  *delivery);
};

GRIP_AVAILABLE_IN_1_0
GripEndpoint   *grip_transport_get_endpoint     (GripTransport  *self);
GRIP_AVAILABLE_IN_1_0
void            grip_transport_send             (GripTransport  *self,
                                                 GripDelivery   *delivery);

GRIP_AVAILABLE_IN_1_0
GripTransport  *grip_transport_new_for_endpoint (GripEndpoint   *endpoint,
                                                 GError        **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
gboolean        grip_transport_register_type    (const char     *scheme,
                                                 GType           type,
                                                 GError        **error);
GRIP_AVAILABLE_IN_1_0
char          **grip_transport_list_registered  (void) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
char          **grip_transport_list_plugins     (void) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
char           *grip_transport_find_plugin      (const char     *name,
                                                 GError        **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GType           grip_transport_load_plugin      (const char     *name,
                                                 GError        **error);

G_END_DECLS
