/* grip-pub-control-statistics.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-pub-control-private.h"
#include "grip-statistics-private.h"

static void
add_counters (GripCounters       *sum,
              const GripCounters *counters)
{
  sum->n_queued += counters->n_queued;
  sum->n_in_flight += counters->n_in_flight;
  sum->n_sent += counters->n_sent;
  sum->n_failed += counters->n_failed;
  sum->n_retried += counters->n_retried;
  sum->n_bytes_sent += counters->n_bytes_sent;
}

/* A lane that was removed still counts what it has to deliver; then only its sum is kept. */
void
grip_pub_control_retire_lane_locked (GripPubControlPrivate *priv,
                                     GripLane              *lane)
{
  for (guint i = priv->retired->len; i > 0; i--)
    {
      GripCounters counters;

      if (grip_lane_read_counters (g_ptr_array_index (priv->retired, i - 1), &counters, NULL))
        continue;
      add_counters (&priv->past, &counters);
      g_ptr_array_remove_index_fast (priv->retired, i - 1);
    }

  g_ptr_array_add (priv->retired, grip_lane_ref (lane));
}

static void
add_lanes (GPtrArray     *lanes,
           GripCounters  *sum,
           GError       **last_error)
{
  for (guint i = 0; i < lanes->len; i++)
    {
      GripCounters counters;

      grip_lane_read_counters (g_ptr_array_index (lanes, i), &counters,
                               *last_error == NULL ? last_error : NULL);
      add_counters (sum, &counters);
    }
}

/**
 * grip_pub_control_get_statistics:
 * @self: a publisher
 *
 * Tells what has become of the items that were published so far, at all endpoints together, those that
 * were removed included. [method@Grip.BaseTransport.get_statistics] tells it of one. Callable from any thread.
 *
 * Returns: (transfer full): the statistics of this moment
 *
 * Since: 1.0
 */
GripStatistics *
grip_pub_control_get_statistics (GripPubControl *self)
{
  GripPubControlPrivate *priv;
  GripCounters           sum;
  GError                *last_error = NULL;

  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), NULL);

  priv = grip_pub_control_get_private (self);

  g_mutex_lock (&priv->lock);
  sum = priv->past;
  add_lanes (priv->lanes, &sum, &last_error);
  add_lanes (priv->retired, &sum, &last_error);
  g_mutex_unlock (&priv->lock);

  return grip_statistics_new (&sum, last_error);
}
