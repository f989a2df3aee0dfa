/* grip-endpoint-zmq.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-endpoint-private.h"

/* What only the ZMQ transport reads. */

/**
 * grip_endpoint_get_control_zmq_uri:
 * @self: an endpoint
 *
 * Gets the address of the ZMQ command socket, which tells of the other sockets.
 *
 * Returns: (nullable): the value
 *
 * Since: 1.0
 */
const char *
grip_endpoint_get_control_zmq_uri (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  return grip_endpoint_get_config (self)->text[GRIP_OPTION_CONTROL_ZMQ_URI];
}

/**
 * grip_endpoint_get_control_zmq_push_uri:
 * @self: an endpoint
 *
 * Gets the address that ZMQ PUSH goes to.
 *
 * Returns: (nullable): the value
 *
 * Since: 1.0
 */
const char *
grip_endpoint_get_control_zmq_push_uri (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  return grip_endpoint_get_config (self)->text[GRIP_OPTION_CONTROL_ZMQ_PUSH_URI];
}

/**
 * grip_endpoint_get_control_zmq_pub_uri:
 * @self: an endpoint
 *
 * Gets the address that ZMQ XPUB goes to, or the addresses: one socket goes to all of them, and a
 * comma stands between.
 *
 * Returns: (nullable): the value
 *
 * Since: 1.0
 */
const char *
grip_endpoint_get_control_zmq_pub_uri (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  return grip_endpoint_get_config (self)->text[GRIP_OPTION_CONTROL_ZMQ_PUB_URI];
}

/**
 * grip_endpoint_get_control_zmq_bind:
 * @self: an endpoint
 *
 * Tells whether the address for ZMQ XPUB is one to bind to, for proxies that connect to it
 * (`push_in_sub_connect` in Pushpin's configuration).
 *
 * Returns: the value
 *
 * Since: 1.0
 */
gboolean
grip_endpoint_get_control_zmq_bind (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), FALSE);

  return grip_endpoint_get_config (self)->number[GRIP_OPTION_CONTROL_ZMQ_BIND] != 0;
}

/**
 * grip_endpoint_get_control_zmq_mode:
 * @self: an endpoint
 *
 * Gets how items go over ZMQ: `push`, `pub` or `command`; %NULL lets the transport
 * choose.
 *
 * Returns: (nullable): the value
 *
 * Since: 1.0
 */
const char *
grip_endpoint_get_control_zmq_mode (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  return grip_endpoint_get_config (self)->text[GRIP_OPTION_CONTROL_ZMQ_MODE];
}

/**
 * grip_endpoint_get_control_zmq_server_key:
 * @self: an endpoint
 *
 * Gets the CURVE key of the proxy's ZMQ sockets, in Z85.
 *
 * Returns: (nullable): the value
 *
 * Since: 1.0
 */
const char *
grip_endpoint_get_control_zmq_server_key (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  return grip_endpoint_get_config (self)->text[GRIP_OPTION_CONTROL_ZMQ_SERVER_KEY];
}

/**
 * grip_endpoint_get_control_zmq_public_key:
 * @self: an endpoint
 *
 * Gets the public CURVE key of this side, in Z85.
 *
 * Returns: (nullable): the value
 *
 * Since: 1.0
 */
const char *
grip_endpoint_get_control_zmq_public_key (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  return grip_endpoint_get_config (self)->text[GRIP_OPTION_CONTROL_ZMQ_PUBLIC_KEY];
}

/**
 * grip_endpoint_get_control_zmq_secret_key:
 * @self: an endpoint
 *
 * Gets the secret CURVE key of this side, in Z85.
 *
 * Returns: (nullable): the value
 *
 * Since: 1.0
 */
const char *
grip_endpoint_get_control_zmq_secret_key (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  return grip_endpoint_get_config (self)->text[GRIP_OPTION_CONTROL_ZMQ_SECRET_KEY];
}

/**
 * grip_endpoint_get_control_zmq_stats_uri:
 * @self: an endpoint
 *
 * Gets the address of the ZMQ socket on which the proxy tells its stats: see [class@Grip.Stats].
 *
 * Returns: (nullable): the value
 *
 * Since: 1.0
 */
const char *
grip_endpoint_get_control_zmq_stats_uri (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  return grip_endpoint_get_config (self)->text[GRIP_OPTION_CONTROL_ZMQ_STATS_URI];
}
