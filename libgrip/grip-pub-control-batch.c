/* grip-pub-control-batch.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-pub-control-private.h"

static GripOrder
order_for (GripBatch *batch)
{
  return (GripOrder) {
    .n = grip_batch_get_n_items (batch),
    .channels = grip_batch_get_channels (batch),
    .items = grip_batch_get_items (batch),
    .batch = batch,
  };
}

/**
 * grip_pub_control_publish_batch:
 * @self: a publisher
 * @batch: the items, which were not published before
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Publishes many different items to all endpoints and waits for the results, as
 * [method@Grip.PubControl.publish] does for one.
 *
 * The batch then tells the fate of each item, also when there was an error.
 *
 * Errors: those of [method@Grip.PubControl.publish]; `GRIP_ERROR_INVALID_ITEM` also when @batch is empty
 * or was published before.
 *
 * Returns: true when every endpoint accepted every item
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_publish_batch (GripPubControl  *self,
                                GripBatch       *batch,
                                GCancellable    *cancellable,
                                GError         **error)
{
  g_autoptr(GError) local_error = NULL;
  GripOrder         order;

  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (GRIP_IS_BATCH (batch), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  if (!grip_batch_begin (batch, error))
    return FALSE;

  order = order_for (batch);
  if (grip_pub_control_publish_order (self, &order, cancellable, &local_error))
    return TRUE;

  /* When nothing came to a lane, no outcome has ended it. */
  if (!grip_batch_has_ended (batch))
    grip_batch_end (batch, local_error);
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/**
 * grip_pub_control_publish_batch_async:
 * @self: a publisher
 * @batch: the items, which were not published before
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called when all results are there
 * @user_data: data for @callback
 *
 * Publishes many different items to all endpoints: see [method@Grip.PubControl.publish_batch].
 *
 * Since: 1.0
 */
void
grip_pub_control_publish_batch_async (GripPubControl      *self,
                                      GripBatch           *batch,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  GError    *error = NULL;
  GripOrder  order;

  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));
  g_return_if_fail (GRIP_IS_BATCH (batch));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  if (!grip_batch_begin (batch, &error))
    {
      g_task_report_error (self, callback, user_data, grip_pub_control_publish_batch_async, error);
      return;
    }

  order = order_for (batch);
  grip_pub_control_publish_order_async (self, &order, cancellable, callback, user_data,
                                        grip_pub_control_publish_batch_async);
}

/**
 * grip_pub_control_publish_batch_finish:
 * @self: a publisher
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Ends [method@Grip.PubControl.publish_batch_async].
 *
 * Errors: those of [method@Grip.PubControl.publish_batch], and `GRIP_ERROR_QUEUE_FULL`.
 *
 * Returns: true when every endpoint accepted every item
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_publish_batch_finish (GripPubControl  *self,
                                       GAsyncResult    *result,
                                       GError         **error)
{
  return grip_pub_control_publish_finish (self, result, error);
}
