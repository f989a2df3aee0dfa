/* grip-base-transport-limits.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-base-transport-private.h"

/* What a transport tells the core about how it wants to be fed. */

/**
 * grip_base_transport_get_encoding:
 * @self: a transport
 *
 * Tells the encoding of the payloads that the transport gets.
 *
 * Returns: the encoding
 *
 * Since: 1.0
 */
GripEncoding
grip_base_transport_get_encoding (GripBaseTransport *self)
{
  g_return_val_if_fail (GRIP_IS_BASE_TRANSPORT (self), GRIP_ENCODING_JSON);

  return grip_base_transport_get_private (self)->encoding;
}

/**
 * grip_base_transport_set_encoding:
 * @self: a transport that is not in use yet
 * @encoding: the encoding
 *
 * Sets the encoding of the payloads that the transport gets.
 *
 * Since: 1.0
 */
void
grip_base_transport_set_encoding (GripBaseTransport *self,
                                  GripEncoding       encoding)
{
  GripBaseTransportPrivate *priv;

  g_return_if_fail (GRIP_IS_BASE_TRANSPORT (self));
  g_return_if_fail (encoding <= GRIP_ENCODING_TNETSTRING_BARE);

  priv = grip_base_transport_get_private (self);
  if (priv->encoding == encoding)
    return;

  priv->encoding = encoding;
  g_object_notify (G_OBJECT (self), "encoding");
}

/**
 * grip_base_transport_get_max_batch_bytes:
 * @self: a transport
 *
 * Tells how many bytes one delivery may have.
 *
 * Returns: the limit, 0 for none
 *
 * Since: 1.0
 */
gsize
grip_base_transport_get_max_batch_bytes (GripBaseTransport *self)
{
  g_return_val_if_fail (GRIP_IS_BASE_TRANSPORT (self), 0);

  return grip_base_transport_get_private (self)->max_batch_bytes;
}

/**
 * grip_base_transport_set_max_batch_bytes:
 * @self: a transport that is not in use yet
 * @bytes: the limit, 0 for none
 *
 * Sets how many bytes one delivery may have when it is sent, with what stands around the messages.
 *
 * Since: 1.0
 */
void
grip_base_transport_set_max_batch_bytes (GripBaseTransport *self,
                                         gsize              bytes)
{
  GripBaseTransportPrivate *priv;

  g_return_if_fail (GRIP_IS_BASE_TRANSPORT (self));

  priv = grip_base_transport_get_private (self);
  if (priv->max_batch_bytes == bytes)
    return;

  priv->max_batch_bytes = bytes;
  g_object_notify (G_OBJECT (self), "max-batch-bytes");
}

/**
 * grip_base_transport_get_max_batch_items:
 * @self: a transport
 *
 * Tells how many messages one delivery may have.
 *
 * Returns: the limit, 0 for none
 *
 * Since: 1.0
 */
guint
grip_base_transport_get_max_batch_items (GripBaseTransport *self)
{
  g_return_val_if_fail (GRIP_IS_BASE_TRANSPORT (self), 0);

  return grip_base_transport_get_private (self)->max_batch_items;
}

/**
 * grip_base_transport_set_max_batch_items:
 * @self: a transport that is not in use yet
 * @items: the limit, 0 for none
 *
 * Sets how many messages one delivery may have.
 *
 * Since: 1.0
 */
void
grip_base_transport_set_max_batch_items (GripBaseTransport *self,
                                         guint              items)
{
  GripBaseTransportPrivate *priv;

  g_return_if_fail (GRIP_IS_BASE_TRANSPORT (self));

  priv = grip_base_transport_get_private (self);
  if (priv->max_batch_items == items)
    return;

  priv->max_batch_items = items;
  g_object_notify (G_OBJECT (self), "max-batch-items");
}

/**
 * grip_base_transport_get_max_in_flight:
 * @self: a transport
 *
 * Tells how many deliveries the transport may have at the same time.
 *
 * Returns: the number, at least 1
 *
 * Since: 1.0
 */
guint
grip_base_transport_get_max_in_flight (GripBaseTransport *self)
{
  g_return_val_if_fail (GRIP_IS_BASE_TRANSPORT (self), 1);

  return grip_base_transport_get_private (self)->max_in_flight;
}

/**
 * grip_base_transport_set_max_in_flight:
 * @self: a transport
 * @deliveries: the number, at least 1
 *
 * Sets how many deliveries the transport may have at the same time:
 * see [property@Grip.BaseTransport:max-in-flight]. Callable from any thread; those that are under way
 * end as they would have.
 *
 * Since: 1.0
 */
void
grip_base_transport_set_max_in_flight (GripBaseTransport *self,
                                       guint              deliveries)
{
  GripBaseTransportPrivate *priv;
  g_autoptr(GripLane)       lane = NULL;

  g_return_if_fail (GRIP_IS_BASE_TRANSPORT (self));
  g_return_if_fail (deliveries > 0);

  priv = grip_base_transport_get_private (self);
  if (priv->max_in_flight == deliveries)
    return;

  priv->max_in_flight = deliveries;
  lane = grip_base_transport_dup_lane (self);
  if (lane != NULL)
    grip_lane_set_window (lane, deliveries);
  g_object_notify (G_OBJECT (self), "max-in-flight");
}

/**
 * grip_base_transport_get_queue_timeout:
 * @self: a transport
 *
 * Tells how long an item may wait for the transport.
 *
 * Returns: seconds, 0 for the publisher's limit
 *
 * Since: 1.0
 */
double
grip_base_transport_get_queue_timeout (GripBaseTransport *self)
{
  g_return_val_if_fail (GRIP_IS_BASE_TRANSPORT (self), 0);

  return grip_base_transport_get_private (self)->queue_timeout / (double) G_USEC_PER_SEC;
}

/**
 * grip_base_transport_set_queue_timeout:
 * @self: a transport that is not in use yet
 * @seconds: the limit, 0 for the publisher's
 *
 * Sets how long an item may wait for the transport before it is reported as not sent.
 *
 * Since: 1.0
 */
void
grip_base_transport_set_queue_timeout (GripBaseTransport *self,
                                       double             seconds)
{
  GripBaseTransportPrivate *priv;
  gint64                    limit;

  g_return_if_fail (GRIP_IS_BASE_TRANSPORT (self));
  g_return_if_fail (seconds >= 0 && seconds <= GRIP_MAX_TIMEOUT);

  priv = grip_base_transport_get_private (self);
  limit = (gint64) (seconds * G_USEC_PER_SEC);
  if (priv->queue_timeout == limit)
    return;

  priv->queue_timeout = limit;
  g_object_notify (G_OBJECT (self), "queue-timeout");
}

/**
 * grip_base_transport_get_ready:
 * @self: a transport
 *
 * Tells whether the transport takes deliveries. Callable from any thread.
 *
 * Returns: whether it does
 *
 * Since: 1.0
 */
gboolean
grip_base_transport_get_ready (GripBaseTransport *self)
{
  g_return_val_if_fail (GRIP_IS_BASE_TRANSPORT (self), FALSE);

  return g_atomic_int_get (&grip_base_transport_get_private (self)->ready);
}

/**
 * grip_base_transport_set_ready:
 * @self: a transport
 * @ready: whether it takes deliveries
 *
 * Stops the deliveries, or lets them go on.
 *
 * While a transport is not ready, what is published waits in its queue; each item waits for
 * [property@Grip.BaseTransport:queue-timeout] at most. Callable from any thread.
 *
 * Since: 1.0
 */
void
grip_base_transport_set_ready (GripBaseTransport *self,
                               gboolean           ready)
{
  GripBaseTransportPrivate *priv;
  g_autoptr(GripLane)       lane = NULL;

  g_return_if_fail (GRIP_IS_BASE_TRANSPORT (self));

  priv = grip_base_transport_get_private (self);
  ready = ready != FALSE;
  if (!g_atomic_int_compare_and_exchange (&priv->ready, !ready, ready))
    return;

  if (ready)
    lane = grip_base_transport_dup_lane (self);
  if (lane != NULL)
    grip_lane_wake (lane);
  g_object_notify (G_OBJECT (self), "ready");
}
