/* grip-transport.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-base-transport-private.h"
#include "grip-transport-loader-private.h"
#include "grip-transport.h"

/**
 * GripTransport:
 *
 * Carries finished messages to one endpoint.
 *
 * libgrip has transports for HTTP and ZMQ, as plugins that are loaded when an endpoint needs one. An
 * application or a script may bring its own: it derives from [class@Grip.BaseTransport], or implements
 * this interface, and adds it with [method@Grip.PubControl.add_transport]; or it registers the type for
 * the URIs of a scheme with [func@Grip.Transport.register_type].
 *
 * A transport is driven in one main context: see [class@Grip.BaseTransport]. One that implements only the
 * interface is driven in the context that was thread-default when it was added.
 *
 * Since: 1.0
 */

G_DEFINE_INTERFACE (GripTransport, grip_transport, G_TYPE_OBJECT)

static void
grip_transport_default_init (GripTransportInterface *iface)
{
}

/**
 * grip_transport_get_endpoint:
 * @self: a transport
 *
 * Gets the endpoint that the transport carries to.
 *
 * Returns: (transfer none) (nullable): the endpoint
 *
 * Since: 1.0
 */
GripEndpoint *
grip_transport_get_endpoint (GripTransport *self)
{
  GripTransportInterface *iface;

  g_return_val_if_fail (GRIP_IS_TRANSPORT (self), NULL);

  iface = GRIP_TRANSPORT_GET_IFACE (self);

  return iface->get_endpoint != NULL ? iface->get_endpoint (self) : NULL;
}

/**
 * grip_transport_send:
 * @self: a transport
 * @delivery: the messages
 *
 * Gives a batch of messages to the transport. The core calls it, in the transport's context.
 *
 * Since: 1.0
 */
void
grip_transport_send (GripTransport *self,
                     GripDelivery  *delivery)
{
  GripTransportInterface *iface;
  g_autoptr(GError)       error = NULL;

  g_return_if_fail (GRIP_IS_TRANSPORT (self));
  g_return_if_fail (GRIP_IS_DELIVERY (delivery));

  iface = GRIP_TRANSPORT_GET_IFACE (self);
  if (iface->send != NULL)
    {
      iface->send (self, delivery);
      return;
    }

  error = g_error_new (GRIP_ERROR, GRIP_ERROR_NO_TRANSPORT,
                       "the transport %s implements no 'send'", G_OBJECT_TYPE_NAME (self));
  grip_delivery_fail (delivery, error);
}

/**
 * grip_transport_new_for_endpoint:
 * @endpoint: an endpoint
 * @error: return location for an error
 *
 * Makes the transport for an endpoint, loading the plugin that it needs.
 *
 * `http` and `https` need the plugin `http`, an endpoint with ZMQ addresses the plugin `zmq`, and any
 * other scheme the type that was registered for it with [func@Grip.Transport.register_type], or else the
 * plugin of that name. The transport lives in the calling thread's default context, one of a registered
 * type in the context that was default there when it was registered.
 *
 * Errors: `GRIP_ERROR_NO_TRANSPORT` with the directories searched and what the loader said, and when a
 * registered type belongs to another thread.
 *
 * Returns: (transfer full): a new transport
 *
 * Since: 1.0
 */
GripTransport *
grip_transport_new_for_endpoint (GripEndpoint  *endpoint,
                                 GError       **error)
{
  GripTransport *registered;
  GType          type;

  g_return_val_if_fail (GRIP_IS_ENDPOINT (endpoint), NULL);

  if (!grip_transport_new_registered (endpoint, &registered, error))
    return NULL;
  if (registered != NULL)
    return registered;

  type = grip_transport_load_plugin (grip_transport_plugin_for_scheme (grip_endpoint_get_scheme (endpoint)), error);
  if (type == G_TYPE_INVALID)
    return NULL;

  return g_object_new (type, "endpoint", endpoint, NULL);
}

/* The same, for a transport that lives in @context. */
GripTransport *
grip_transport_new_in_context (GripEndpoint  *endpoint,
                               GMainContext  *context,
                               GError       **error)
{
  GripTransport *self;

  grip_base_transport_push_maker_context (context);
  self = grip_transport_new_for_endpoint (endpoint, error);
  grip_base_transport_pop_maker_context ();

  return self;
}
