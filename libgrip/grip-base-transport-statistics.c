/* grip-base-transport-statistics.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-base-transport-private.h"
#include "grip-statistics-private.h"

/* What has become of the items of one transport. The lane that drives it counts; what it had counted
 * is kept when it has come to its end. */

void
grip_base_transport_set_lane (GripBaseTransport *self,
                              GripLane          *lane)
{
  GripBaseTransportPrivate *priv = grip_base_transport_get_private (self);

  g_mutex_lock (&priv->lock);
  g_clear_pointer (&priv->lane, grip_lane_unref);
  priv->lane = grip_lane_ref (lane);
  g_mutex_unlock (&priv->lock);
}

GripLane *
grip_base_transport_dup_lane (GripBaseTransport *self)
{
  GripBaseTransportPrivate *priv = grip_base_transport_get_private (self);
  GripLane                 *lane;

  g_mutex_lock (&priv->lock);
  lane = priv->lane != NULL ? grip_lane_ref (priv->lane) : NULL;
  g_mutex_unlock (&priv->lock);

  return lane;
}

void
grip_base_transport_forget_lane (GripBaseTransport *self,
                                 GripLane          *lane)
{
  GripBaseTransportPrivate *priv = grip_base_transport_get_private (self);
  GripCounters              counters;
  GError                   *last_error = NULL;
  gboolean                  mine;

  grip_lane_read_counters (lane, &counters, &last_error);

  g_mutex_lock (&priv->lock);
  mine = priv->lane == lane;
  if (mine)
    {
      priv->lane = NULL;
      priv->counters = counters;
      g_clear_error (&priv->last_error);
      priv->last_error = g_steal_pointer (&last_error);
    }
  g_mutex_unlock (&priv->lock);
  g_clear_error (&last_error);

  if (mine)
    grip_lane_unref (lane);
}

static gboolean
notify_cb (gpointer user_data)
{
  GripBaseTransport *self = user_data;

  g_atomic_int_set (&grip_base_transport_get_private (self)->notifying, FALSE);
  g_object_notify (G_OBJECT (self), "statistics");

  return G_SOURCE_REMOVE;
}

/* Tells of many changes at once, in the transport's context. */
void
grip_base_transport_tell_statistics (GripBaseTransport *self)
{
  GripBaseTransportPrivate *priv = grip_base_transport_get_private (self);
  g_autoptr(GSource)        source = NULL;

  if (!grip_statistics_are_watched (G_OBJECT (self)) ||
      !g_atomic_int_compare_and_exchange (&priv->notifying, FALSE, TRUE))
    return;

  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "GripBaseTransport statistics");
  g_source_set_callback (source, notify_cb, g_object_ref (self), g_object_unref);
  g_source_attach (source, priv->context);
}

/**
 * grip_base_transport_get_statistics:
 * @self: a transport
 *
 * Tells what has become of the items that were published to the transport's endpoint so far. Callable from
 * any thread.
 *
 * Returns: (transfer full): the statistics of this moment
 *
 * Since: 1.0
 */
GripStatistics *
grip_base_transport_get_statistics (GripBaseTransport *self)
{
  GripBaseTransportPrivate *priv;
  g_autoptr(GripLane)       lane = NULL;
  GripCounters              counters;
  GError                   *last_error = NULL;

  g_return_val_if_fail (GRIP_IS_BASE_TRANSPORT (self), NULL);

  priv = grip_base_transport_get_private (self);
  lane = grip_base_transport_dup_lane (self);
  if (lane != NULL)
    {
      grip_lane_read_counters (lane, &counters, &last_error);
      return grip_statistics_new (&counters, last_error);
    }

  g_mutex_lock (&priv->lock);
  counters = priv->counters;
  last_error = priv->last_error != NULL ? g_error_copy (priv->last_error) : NULL;
  g_mutex_unlock (&priv->lock);

  return grip_statistics_new (&counters, last_error);
}
