/* grip-pub-control-flush.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-error.h"
#include "grip-outcome-private.h"
#include "grip-pub-control-private.h"

/* How long deliveries that were told to give up may take for it. */
#define GIVE_UP_GRACE (2 * G_USEC_PER_SEC)

static guint
count_pending (GPtrArray *lanes)
{
  guint pending = 0;

  for (guint i = 0; i < lanes->len; i++)
    pending += grip_lane_count (g_ptr_array_index (lanes, i));

  return pending;
}

static void
begin_flush (GPtrArray   *lanes,
             GripOutcome *outcome)
{
  grip_outcome_expect (outcome, lanes->len);
  for (guint i = 0; i < lanes->len; i++)
    grip_lane_add_flush (g_ptr_array_index (lanes, i), outcome);
  grip_outcome_answer (outcome);
}

/* Failures that nobody has heard of otherwise. */
static gboolean
report_failures (GripPubControl  *self,
                 GError         **error)
{
  g_autofree char *last = NULL;
  guint64          count;

  count = grip_failure_log_take_count (grip_pub_control_get_private (self)->failures, &last);
  if (count == 0)
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_FAILED,
               "%" G_GUINT64_FORMAT " items were not published; the last: %s", count, last);

  return FALSE;
}

static void
interrupt_cb (GCancellable *cancellable,
              gpointer      outcome)
{
  grip_outcome_interrupt (outcome);
}

static void
drive_own (GPtrArray *lanes)
{
  for (guint i = 0; i < lanes->len; i++)
    grip_lane_drive (g_ptr_array_index (lanes, i));
}

static gboolean
wait_for_lanes (GPtrArray    *lanes,
                gint64        end_time,
                GCancellable *cancellable)
{
  g_autoptr(GripOutcome) outcome = grip_outcome_new (NULL);
  gulong                 watch = 0;
  gboolean               done;

  if (cancellable != NULL)
    watch = g_cancellable_connect (cancellable, G_CALLBACK (interrupt_cb),
                                   grip_outcome_ref (outcome), (GDestroyNotify) grip_outcome_unref);

  begin_flush (lanes, outcome);
  if (!grip_outcome_is_done (outcome))
    drive_own (lanes);
  done = grip_outcome_wait (outcome, end_time);
  g_cancellable_disconnect (cancellable, watch);

  return done;
}

static gint64
end_time_of (GripPubControl *self)
{
  return g_get_monotonic_time () + (gint64) (grip_pub_control_get_timeout (self) * G_USEC_PER_SEC);
}

/**
 * grip_pub_control_flush:
 * @self: a publisher
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Waits until everything that was published before has its result.
 *
 * It also tells of failures that nobody waited for: items published without a callback that have
 * failed since the last flush.
 *
 * Errors: `GRIP_ERROR_FAILED` with the number of items that failed, `GRIP_ERROR_TIMED_OUT`,
 * `GRIP_ERROR_CLOSED`, `G_IO_ERROR_CANCELLED`.
 *
 * Returns: true when everything was accepted
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_flush (GripPubControl  *self,
                        GCancellable    *cancellable,
                        GError         **error)
{
  g_autoptr(GPtrArray) lanes = NULL;

  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  lanes = grip_pub_control_dup_lanes (self, NULL, error);
  if (lanes == NULL)
    return FALSE;

  if (!wait_for_lanes (lanes, end_time_of (self) + GIVE_UP_GRACE, cancellable))
    {
      if (!g_cancellable_set_error_if_cancelled (cancellable, error))
        g_set_error (error, GRIP_ERROR, GRIP_ERROR_TIMED_OUT,
                     "%u items still have no result; a transport in this thread needs the asynchronous form",
                     count_pending (lanes));
      return FALSE;
    }

  return report_failures (self, error);
}

/* The asynchronous forms: the lanes answer an outcome whose task is ours. */

static void
flushed_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask)  task = user_data;
  GError           *error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (report_failures (GRIP_PUB_CONTROL (object), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
start_flush (GripPubControl      *self,
             GPtrArray           *lanes,
             GAsyncReadyCallback  callback,
             GTask               *task)
{
  g_autoptr(GTask)       inner = g_task_new (self, NULL, callback, g_object_ref (task));
  g_autoptr(GripOutcome) outcome = grip_outcome_new (inner);

  g_task_set_source_tag (inner, start_flush);
  begin_flush (lanes, outcome);
}

/**
 * grip_pub_control_flush_async:
 * @self: a publisher
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called when the result is there
 * @user_data: data for @callback
 *
 * Waits until everything that was published before has its result: see
 * [method@Grip.PubControl.flush].
 *
 * Since: 1.0
 */
void
grip_pub_control_flush_async (GripPubControl      *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_autoptr(GTask)     task = NULL;
  g_autoptr(GPtrArray) lanes = NULL;
  GError              *error = NULL;

  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, grip_pub_control_flush_async);
  lanes = grip_pub_control_dup_lanes (self, NULL, &error);
  if (lanes == NULL)
    g_task_return_error (task, error);
  else
    start_flush (self, lanes, flushed_cb, task);
}

/**
 * grip_pub_control_flush_finish:
 * @self: a publisher
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Ends [method@Grip.PubControl.flush_async].
 *
 * Errors: those of [method@Grip.PubControl.flush].
 *
 * Returns: true when everything was accepted
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_flush_finish (GripPubControl  *self,
                               GAsyncResult    *result,
                               GError         **error)
{
  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
give_up (GPtrArray *lanes)
{
  g_autoptr(GError) error = g_error_new (GRIP_ERROR, GRIP_ERROR_CLOSED,
                                         "the publisher was closed before the item could be sent");

  for (guint i = 0; i < lanes->len; i++)
    grip_lane_fail_all (g_ptr_array_index (lanes, i), error);
}

/* The end of both forms. */
static gboolean
end_close (GripPubControl  *self,
           GPtrArray       *lanes,
           guint            unsent,
           GError         **error)
{
  g_autoptr(GError) unheard = NULL;

  for (guint i = 0; i < lanes->len; i++)
    grip_lane_close_input (g_ptr_array_index (lanes, i), NULL);

  if (unsent == 0)
    return report_failures (self, error);

  report_failures (self, &unheard);
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_CLOSED,
               "%u items could not be delivered before the publisher was closed%s%s", unsent,
               unheard != NULL ? "; of what nobody waited for " : "", unheard != NULL ? unheard->message : "");

  return FALSE;
}

static gboolean
refuse_second_close (GError **error)
{
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_CLOSED, "the publisher was closed before");

  return FALSE;
}

/**
 * grip_pub_control_close:
 * @self: a publisher
 * @cancellable: (nullable): a cancellable, which ends the wait
 * @error: return location for an error
 *
 * Delivers what is queued, until [property@Grip.PubControl:timeout], and closes the transports.
 * Nothing can be published afterwards.
 *
 * Errors: `GRIP_ERROR_CLOSED` with the number of items that could not be delivered, or when it was
 * closed before; `GRIP_ERROR_FAILED` as [method@Grip.PubControl.flush].
 *
 * Returns: true when everything was accepted
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_close (GripPubControl  *self,
                        GCancellable    *cancellable,
                        GError         **error)
{
  g_autoptr(GPtrArray) lanes = NULL;
  guint                unsent = 0;

  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  lanes = grip_pub_control_dup_lanes (self, NULL, error);
  if (lanes == NULL)
    return FALSE;
  g_ptr_array_unref (lanes);

  lanes = grip_pub_control_close_lanes (self);
  if (lanes == NULL)
    return refuse_second_close (error);

  if (!wait_for_lanes (lanes, end_time_of (self), cancellable))
    {
      unsent = count_pending (lanes);
      give_up (lanes);
      wait_for_lanes (lanes, g_get_monotonic_time () + GIVE_UP_GRACE, NULL);
    }

  return end_close (self, lanes, unsent, error);
}

typedef struct
{
  GPtrArray *lanes;
  GSource   *timer;
  gulong     handler;           /* of the cancellable */
  int        unsent;            /* atomic */
} GripClosing;

static void
closing_free (GripClosing *closing)
{
  g_source_destroy (closing->timer);
  g_source_unref (closing->timer);
  g_ptr_array_unref (closing->lanes);
  g_free (closing);
}

static gboolean
close_timeout_cb (gpointer user_data)
{
  GripClosing *closing = g_task_get_task_data (user_data);

  g_source_destroy (closing->timer);
  g_atomic_int_set (&closing->unsent, count_pending (closing->lanes));
  give_up (closing->lanes);

  return G_SOURCE_REMOVE;
}

/* Ends the wait, in the task's context: the lanes may answer at once, which a handler of a cancellable must
 * not wait for. */
static void
close_cancelled_cb (GCancellable *cancellable,
                    gpointer      task)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "GripPubControl close");
  g_source_set_callback (source, close_timeout_cb, g_object_ref (task), g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}

static void
closed_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask)  task = user_data;
  GripClosing      *closing = g_task_get_task_data (task);
  GError           *error = NULL;

  g_source_destroy (closing->timer);
  if (closing->handler != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), closing->handler);
  if (end_close (GRIP_PUB_CONTROL (object), closing->lanes, g_atomic_int_get (&closing->unsent), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
start_close (GripPubControl *self,
             GTask          *task,
             GPtrArray      *lanes)
{
  GripClosing  *closing = g_new0 (GripClosing, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);

  closing->lanes = lanes;
  closing->timer = g_timeout_source_new ((guint) (grip_pub_control_get_timeout (self) * 1000));
  g_source_set_static_name (closing->timer, "GripPubControl close");
  g_task_set_task_data (task, closing, (GDestroyNotify) closing_free);

  g_source_set_callback (closing->timer, close_timeout_cb, g_object_ref (task), g_object_unref);
  g_source_attach (closing->timer, g_task_get_context (task));
  if (cancellable != NULL)
    closing->handler = g_signal_connect (cancellable, "cancelled", G_CALLBACK (close_cancelled_cb), task);
  if (g_cancellable_is_cancelled (cancellable))
    close_cancelled_cb (cancellable, task);
  start_flush (self, lanes, closed_cb, task);
}

/**
 * grip_pub_control_close_async:
 * @self: a publisher
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called when the result is there
 * @user_data: data for @callback
 *
 * Delivers what is queued and closes the transports: see [method@Grip.PubControl.close].
 *
 * Since: 1.0
 */
void
grip_pub_control_close_async (GripPubControl      *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_autoptr(GTask)  task = NULL;
  GPtrArray        *lanes;
  GError           *error = NULL;

  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, grip_pub_control_close_async);
  g_task_set_check_cancellable (task, FALSE);

  lanes = grip_pub_control_dup_lanes (self, NULL, &error);
  if (lanes == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_ptr_array_unref (lanes);

  lanes = grip_pub_control_close_lanes (self);
  if (lanes == NULL)
    {
      refuse_second_close (&error);
      g_task_return_error (task, error);
      return;
    }

  start_close (self, task, lanes);
}

/**
 * grip_pub_control_close_finish:
 * @self: a publisher
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Ends [method@Grip.PubControl.close_async].
 *
 * Errors: those of [method@Grip.PubControl.close].
 *
 * Returns: true when everything was accepted
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_close_finish (GripPubControl  *self,
                               GAsyncResult    *result,
                               GError         **error)
{
  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
