/* grip-pub-control-publish.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-error.h"
#include "grip-outcome-private.h"
#include "grip-preparation-private.h"
#include "grip-pub-control-private.h"

/* What a synchronous call waits beyond the time limit, for the lanes to give up first. */
#define WAIT_GRACE (3 * G_USEC_PER_SEC)

/* One call: its messages, and the lanes that they are on. */
typedef struct
{
  GPtrArray   *lanes;
  GPtrArray   *messages;
  GripOutcome *outcome;         /* NULL when nobody waits */
  gint64       wait_until;      /* until when a full queue is waited for; 0: not at all */
  GripWorker  *worker;          /* sweeps the lanes when the call is cancelled */
} GripPublish;

static GripPublish *
publish_new (GPtrArray   *lanes,
             GripOutcome *outcome)
{
  GripPublish *self = g_atomic_rc_box_new0 (GripPublish);

  self->lanes = lanes;
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) grip_message_unref);
  self->outcome = outcome != NULL ? grip_outcome_ref (outcome) : NULL;

  return self;
}

static void
publish_clear (gpointer data)
{
  GripPublish *self = data;

  g_ptr_array_unref (self->lanes);
  g_ptr_array_unref (self->messages);
  g_clear_pointer (&self->outcome, grip_outcome_unref);
  g_clear_pointer (&self->worker, grip_worker_unref);
}

static void
publish_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, publish_clear);
}

static void
publish_unref_closure (gpointer  data,
                       GClosure *closure)
{
  publish_unref (data);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripPublish, publish_unref)

/* Checks and encodes, in the publisher's thread: nothing is on a lane yet. */
static GripPublish *
prepare (GripPubControl   *self,
         const GripOrder  *order,
         GripOutcome      *outcome,
         GCancellable     *cancellable,
         GError          **error)
{
  g_auto(GripPreparation)  preparation = { NULL };
  GripPublish             *publish;

  if (!grip_preparation_begin (&preparation, self, order, error))
    return NULL;

  publish = publish_new (g_ptr_array_ref (preparation.lanes), outcome);
  for (guint i = 0; i < order->n; i++)
    g_ptr_array_add (publish->messages, grip_preparation_make (&preparation, i, outcome, cancellable));

  return publish;
}

/* Whether the endpoint was removed while the item was on its way there: then it is none of the
 * publisher's any more, as if it had been removed before. */
static gboolean
is_gone (GripPubControl *self,
         const GError   *error)
{
  GripPubControlPrivate *priv = grip_pub_control_get_private (self);
  gboolean               closed;

  g_mutex_lock (&priv->lock);
  closed = priv->closed;
  g_mutex_unlock (&priv->lock);

  return !closed && g_error_matches (error, GRIP_ERROR, GRIP_ERROR_CLOSED);
}

/* To the first @n_lanes; another one may have taken it before. */
static void
push (GripPubControl *self,
      GPtrArray      *lanes,
      guint           n_lanes,
      GripMessage    *message,
      gint64          wait_until,
      gboolean        is_taken)
{
  g_autoptr(GError)  why = NULL;
  GripLane          *gone = NULL;

  for (guint k = 0; k < n_lanes; k++)
    {
      GripLane          *lane = g_ptr_array_index (lanes, k);
      g_autoptr(GError)  error = NULL;

      if (grip_lane_push (lane, grip_message_ref (message), wait_until, &error))
        {
          is_taken = TRUE;
          continue;
        }

      grip_message_unref (message);
      if (!is_gone (self, error))
        {
          is_taken = TRUE;
          grip_lane_refuse (lane, message, error);
        }
      else if (gone == NULL)
        {
          gone = lane;
          why = g_steal_pointer (&error);
        }
      else if (message->outcome != NULL)
        grip_outcome_answer (message->outcome);
    }

  if (gone != NULL && !is_taken)
    grip_lane_refuse (gone, message, why);
  else if (gone != NULL && message->outcome != NULL)
    grip_outcome_answer (message->outcome);
}

/* @message, of which nobody else has a reference, to the only lane there is. */
static void
push_only (GripLane    *lane,
           GripMessage *message)
{
  g_autoptr(GError) error = NULL;

  if (grip_lane_push (lane, message, 0, &error))
    return;

  grip_lane_refuse (lane, message, error);
  grip_message_unref (message);
}

static void
hand_out (GripPubControl *self,
          GripPublish    *publish)
{
  if (publish->outcome != NULL)
    grip_outcome_expect (publish->outcome, publish->lanes->len * publish->messages->len);

  for (guint i = 0; i < publish->messages->len; i++)
    push (self, publish->lanes, publish->lanes->len, g_ptr_array_index (publish->messages, i),
          publish->wait_until, FALSE);
}

/* As hand_out(), but what one idle lane can do in this thread is done here, while the worker sees to
 * the others: it saves the way to the worker and back. */
static void
hand_out_sync (GripPubControl *self,
               GripPublish    *publish)
{
  GripLane                *last = g_ptr_array_index (publish->lanes, publish->lanes->len - 1);
  g_autoptr(GripDelivery)  delivery = NULL;

  if (publish->messages->len == 1)
    delivery = grip_lane_begin_sync (last, g_ptr_array_index (publish->messages, 0));
  if (delivery == NULL)
    {
      hand_out (self, publish);
      return;
    }

  grip_outcome_expect (publish->outcome, publish->lanes->len);
  push (self, publish->lanes, publish->lanes->len - 1, g_ptr_array_index (publish->messages, 0),
        publish->wait_until, TRUE);
  grip_lane_run_sync (last, g_steal_pointer (&delivery));
}

static void
cancel_publish (GripPublish *publish)
{
  for (guint k = 0; k < publish->lanes->len; k++)
    grip_lane_sweep (g_ptr_array_index (publish->lanes, k));
}

static void
cancelled_sync_cb (GCancellable *cancellable,
                   gpointer      user_data)
{
  cancel_publish (user_data);
}

static void
abandon (GripPublish *publish,
         GripLane    *lane,
         int          code,
         const char  *problem)
{
  g_autoptr(GError) error = g_error_new_literal (GRIP_ERROR, code, problem);

  for (guint i = 0; i < publish->messages->len; i++)
    grip_lane_abandon (lane, g_ptr_array_index (publish->messages, i), error);
}

/* A transport that lives in the calling thread's own context can only answer here and now. */
static void
drive_own (GripPublish *publish)
{
  for (guint k = 0; k < publish->lanes->len; k++)
    if (grip_lane_drive (g_ptr_array_index (publish->lanes, k)))
      abandon (publish, g_ptr_array_index (publish->lanes, k), GRIP_ERROR_FAILED,
               "the transport lives in the thread that publishes and did not answer at once; "
               "use the asynchronous form");
}

static void
wait_for_outcome (GripPubControl *self,
                  GripPublish    *publish,
                  GCancellable   *cancellable)
{
  gint64 limit = g_get_monotonic_time () +
                 (gint64) (grip_pub_control_get_timeout (self) * G_USEC_PER_SEC) + WAIT_GRACE;
  gulong watch = 0;

  if (cancellable != NULL)
    watch = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_sync_cb), publish, NULL);

  hand_out_sync (self, publish);
  grip_outcome_answer (publish->outcome);
  if (!grip_outcome_is_done (publish->outcome))
    drive_own (publish);
  if (!grip_outcome_wait (publish->outcome, limit))
    for (guint k = 0; k < publish->lanes->len; k++)
      abandon (publish, g_ptr_array_index (publish->lanes, k), GRIP_ERROR_TIMED_OUT,
               "the transport did not answer in time");

  g_cancellable_disconnect (cancellable, watch);
}

static GripOutcome *
new_outcome (const GripOrder *order,
             GTask           *task)
{
  GripOutcome *outcome = grip_outcome_new (task);

  if (order->batch != NULL)
    grip_outcome_set_batch (outcome, order->batch);

  return outcome;
}

gboolean
grip_pub_control_publish_order (GripPubControl   *self,
                                const GripOrder  *order,
                                GCancellable     *cancellable,
                                GError          **error)
{
  g_autoptr(GripOutcome) outcome = NULL;
  g_autoptr(GripPublish) publish = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  outcome = new_outcome (order, NULL);
  publish = prepare (self, order, outcome, cancellable, error);
  if (publish == NULL)
    return FALSE;

  publish->wait_until = g_get_monotonic_time () +
                        (gint64) (grip_pub_control_get_timeout (self) * G_USEC_PER_SEC);
  wait_for_outcome (self, publish, cancellable);

  return grip_outcome_propagate (outcome, error);
}

static gboolean
cancel_cb (gpointer user_data)
{
  cancel_publish (user_data);

  return G_SOURCE_REMOVE;
}

static void
cancelled_async_cb (GCancellable *cancellable,
                    gpointer      user_data)
{
  GripPublish        *publish = user_data;
  g_autoptr(GSource)  source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, cancel_cb, g_atomic_rc_box_acquire (publish), publish_unref);
  g_source_set_static_name (source, "GripPubControl cancel");
  g_source_attach (source, grip_worker_get_context (publish->worker));
}

/* Cancelling must not answer from within the cancellable's handler, so the worker does it. No
 * GCancellableSource: GLib 2.74 leaks one that the worker drops while the other thread is still inside
 * g_cancellable_cancel(). */
static void
watch_cancellable (GripPubControl *self,
                   GripPublish    *publish,
                   GCancellable   *cancellable)
{
  GripPubControlPrivate *priv = grip_pub_control_get_private (self);
  gulong                 handler;

  if (!grip_worker_start (priv->worker, NULL))
    return;

  publish->worker = grip_worker_ref (priv->worker);
  handler = g_signal_connect_data (cancellable, "cancelled", G_CALLBACK (cancelled_async_cb),
                                   g_atomic_rc_box_acquire (publish), publish_unref_closure, 0);
  grip_outcome_set_watch (publish->outcome, cancellable, handler);
  if (g_cancellable_is_cancelled (cancellable))
    cancelled_async_cb (cancellable, publish);
}

static void
fail_unwaited (GripPubControl  *self,
               const GripOrder *order,
               const GError    *error)
{
  GripPubControlPrivate *priv = grip_pub_control_get_private (self);
  g_autoptr(GripItem)    item = NULL;

  if (order->item != NULL)
    item = g_object_ref (order->item);
  else if (order->simple != NULL)
    item = grip_simple_item_make (order->simple, NULL);

  g_mutex_lock (&priv->lock);
  priv->past.n_failed += MAX (order->n, 1);
  g_mutex_unlock (&priv->lock);
  grip_pub_events_fail (priv->events,
                        order->n > 0 ? order->channels[0] : "", item, error);
}

/* Nobody waits for the result: what fails is counted and logged. */
static void
publish_unwaited (GripPubControl  *self,
                  const GripOrder *order)
{
  g_auto(GripPreparation) preparation = { NULL };
  g_autoptr(GError)       error = NULL;

  if (!grip_preparation_begin (&preparation, self, order, &error))
    {
      fail_unwaited (self, order, error);
      return;
    }

  for (guint i = 0; i < order->n; i++)
    {
      g_autoptr(GripMessage) message = grip_preparation_make (&preparation, i, NULL, NULL);

      if (preparation.lanes->len == 1)
        push_only (g_ptr_array_index (preparation.lanes, 0), g_steal_pointer (&message));
      else
        push (self, preparation.lanes, preparation.lanes->len, message, 0, FALSE);
    }
}

void
grip_pub_control_publish_order_async (GripPubControl      *self,
                                      const GripOrder     *order,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data,
                                      gpointer             source_tag)
{
  g_autoptr(GTask)       task = NULL;
  g_autoptr(GripOutcome) outcome = NULL;
  g_autoptr(GripPublish) publish = NULL;
  GError                *error = NULL;

  if (callback == NULL && cancellable == NULL && order->batch == NULL)
    {
      publish_unwaited (self, order);
      return;
    }

  /* What was delivered must not be reported as cancelled. */
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, source_tag);
  g_task_set_check_cancellable (task, FALSE);

  outcome = new_outcome (order, task);
  if (!g_cancellable_set_error_if_cancelled (cancellable, &error))
    publish = prepare (self, order, outcome, cancellable, &error);
  if (publish == NULL)
    {
      if (order->batch != NULL)
        grip_batch_end (order->batch, error);
      g_task_return_error (task, error);
      return;
    }

  hand_out (self, publish);
  if (cancellable != NULL && g_task_get_completed (task) == FALSE)
    watch_cancellable (self, publish, cancellable);
  grip_outcome_answer (outcome);
}

static GripOrder
order_for (const char * const *channels,
           GripItem           *item)
{
  return (GripOrder) {
    .n = g_strv_length ((char **) channels),
    .channels = channels,
    .item = item,
  };
}

/**
 * grip_pub_control_publish:
 * @self: a publisher
 * @channel: the channel
 * @item: the item
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Publishes an item to all endpoints and waits for the result.
 *
 * The caller's main context is not iterated meanwhile. When a queue is full it waits for room. A
 * transport that lives in the calling thread's context has to answer at once; use the asynchronous
 * form for such.
 *
 * Errors: any of [error@Grip.Error], naming each endpoint that failed, what is known of the item there
 * and why; `G_IO_ERROR_CANCELLED`.
 *
 * Returns: true when every endpoint accepted the item
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_publish (GripPubControl  *self,
                          const char      *channel,
                          GripItem        *item,
                          GCancellable    *cancellable,
                          GError         **error)
{
  GripOrder order = { .n = 1, .channels = &channel, .item = item };

  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (channel != NULL, FALSE);
  g_return_val_if_fail (GRIP_IS_ITEM (item), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  return grip_pub_control_publish_order (self, &order, cancellable, error);
}

/**
 * grip_pub_control_publish_async:
 * @self: a publisher
 * @channel: the channel
 * @item: the item
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called when the result is there
 * @user_data: data for @callback
 *
 * Publishes an item to all endpoints.
 *
 * The item is checked and encoded at once. Without a callback nobody waits for the result: failures
 * are counted, and logged once per cause and minute.
 *
 * An item that is cancelled while it is queued is not sent; one that is on its way may be published all
 * the same.
 *
 * Since: 1.0
 */
void
grip_pub_control_publish_async (GripPubControl      *self,
                                const char          *channel,
                                GripItem            *item,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  GripOrder order = { .n = 1, .channels = &channel, .item = item };

  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));
  g_return_if_fail (channel != NULL);
  g_return_if_fail (GRIP_IS_ITEM (item));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  grip_pub_control_publish_order_async (self, &order, cancellable, callback, user_data,
                                        grip_pub_control_publish_async);
}

/**
 * grip_pub_control_publish_finish:
 * @self: a publisher
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Ends [method@Grip.PubControl.publish_async].
 *
 * Errors: those of [method@Grip.PubControl.publish], and `GRIP_ERROR_QUEUE_FULL`.
 *
 * Returns: true when every endpoint accepted the item
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_publish_finish (GripPubControl  *self,
                                 GAsyncResult    *result,
                                 GError         **error)
{
  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * grip_pub_control_publish_to_channels:
 * @self: a publisher
 * @channels: (array zero-terminated=1): the channels
 * @item: the item
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Publishes one item to many channels and waits for the result.
 *
 * Errors: those of [method@Grip.PubControl.publish].
 *
 * Returns: true when every endpoint accepted the item for every channel
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_publish_to_channels (GripPubControl      *self,
                                      const char * const  *channels,
                                      GripItem            *item,
                                      GCancellable        *cancellable,
                                      GError             **error)
{
  GripOrder order;

  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (channels != NULL, FALSE);
  g_return_val_if_fail (GRIP_IS_ITEM (item), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  order = order_for (channels, item);

  return grip_pub_control_publish_order (self, &order, cancellable, error);
}

/**
 * grip_pub_control_publish_to_channels_async:
 * @self: a publisher
 * @channels: (array zero-terminated=1): the channels
 * @item: the item
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called when the result is there
 * @user_data: data for @callback
 *
 * Publishes one item to many channels: see [method@Grip.PubControl.publish_async].
 *
 * Since: 1.0
 */
void
grip_pub_control_publish_to_channels_async (GripPubControl      *self,
                                            const char * const  *channels,
                                            GripItem            *item,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data)
{
  GripOrder order;

  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));
  g_return_if_fail (channels != NULL);
  g_return_if_fail (GRIP_IS_ITEM (item));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  order = order_for (channels, item);
  grip_pub_control_publish_order_async (self, &order, cancellable, callback, user_data,
                                        grip_pub_control_publish_to_channels_async);
}

/**
 * grip_pub_control_publish_to_channels_finish:
 * @self: a publisher
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Ends [method@Grip.PubControl.publish_to_channels_async].
 *
 * Errors: those of [method@Grip.PubControl.publish_finish].
 *
 * Returns: true when every endpoint accepted the item for every channel
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_publish_to_channels_finish (GripPubControl  *self,
                                             GAsyncResult    *result,
                                             GError         **error)
{
  return grip_pub_control_publish_finish (self, result, error);
}
