/* grip-delivery.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-delivery-private.h"
#include "grip-lane-state-private.h"
#include "grip-outcome-private.h"

/**
 * GripDelivery:
 *
 * A batch of messages that a transport has to carry to its endpoint.
 *
 * The messages are encoded, in the order in which they were published. The transport answers once,
 * from any thread, now or later:
 *
 * - [method@Grip.Delivery.complete] when the proxy took them, [method@Grip.Delivery.skip_message]
 *   before that for those that nobody there wants;
 * - [method@Grip.Delivery.complete_first] when there was no room for all of them,
 *   [method@Grip.Delivery.keep_first] when besides it is not known yet what became of the first ones;
 * - [method@Grip.Delivery.fail] or [method@Grip.Delivery.fail_with_fate] when they could not be
 *   delivered, [method@Grip.Delivery.fail_message] before that for single ones;
 * - [method@Grip.Delivery.refuse] when the proxy refused the batch because of one of the messages;
 * - [method@Grip.Delivery.defer] when it wants them later.
 *
 * What follows from it, such as trying again, is the core's business. A delivery that is dropped
 * without an answer fails; answering twice is a programming error. When the core has given up waiting,
 * because the time limit has passed, an answer is ignored.
 *
 * Since: 1.0
 */

G_DEFINE_FINAL_TYPE (GripDelivery, grip_delivery, G_TYPE_OBJECT)

static void
grip_delivery_dispose (GObject *object)
{
  GripDelivery      *self = GRIP_DELIVERY (object);
  g_autoptr(GError)  error = NULL;

  if (self->lane != NULL && self->answer == GRIP_ANSWER_NONE && !self->abandoned)
    {
      error = g_error_new (GRIP_ERROR, GRIP_ERROR_FAILED,
                           "the transport dropped the delivery without an answer");
      grip_outcome_defer_callbacks (TRUE);
      grip_delivery_fail_with_fate (self, GRIP_FATE_UNKNOWN, error);
      grip_outcome_defer_callbacks (FALSE);
    }

  G_OBJECT_CLASS (grip_delivery_parent_class)->dispose (object);
}

static void
grip_delivery_finalize (GObject *object)
{
  GripDelivery *self = GRIP_DELIVERY (object);

  for (guint i = 0; i < self->n_entries; i++)
    {
      if (self->single_failures != NULL)
        g_clear_error (&self->single_failures[i].error);
      if (self->entries[i] != NULL)
        grip_entry_free (self->entries[i]);
    }
  for (guint i = 0; self->payloads != NULL && i < self->n_entries; i++)
    g_clear_pointer (&self->payloads[i], g_bytes_unref);
  g_free (self->payloads);
  g_free (self->entries);
  g_free (self->single_failures);
  g_free (self->skipped);
  g_free (self->authorization);
  g_clear_error (&self->failure.error);
  g_clear_object (&self->cancellable);
  g_mutex_clear (&self->lock);
  g_clear_pointer (&self->lane, grip_lane_unref);

  G_OBJECT_CLASS (grip_delivery_parent_class)->finalize (object);
}

static void
grip_delivery_class_init (GripDeliveryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = grip_delivery_dispose;
  object_class->finalize = grip_delivery_finalize;
}

static void
grip_delivery_init (GripDelivery *self)
{
  g_mutex_init (&self->lock);
}

/* Takes over @entries and what is in it. */
GripDelivery *
grip_delivery_new (GripLane      *lane,
                   GripEntry    **entries,
                   guint          n_entries,
                   guint          n_awaited,
                   gsize          bytes,
                   GripEncoding   encoding)
{
  GripDelivery *self = g_object_new (GRIP_TYPE_DELIVERY, NULL);

  self->lane = grip_lane_ref (lane);
  self->entries = entries;
  self->n_entries = n_entries;
  self->n_awaited = n_awaited;
  self->bytes = bytes;
  self->encoding = encoding;

  return self;
}

/* What is done once for the batch, just before it is handed over. */
gboolean
grip_delivery_prepare (GripDelivery  *self,
                       GripEndpoint  *endpoint,
                       GError       **error)
{
  g_autoptr(GError) local_error = NULL;

  if (endpoint == NULL)
    return TRUE;

  self->authorization = grip_endpoint_dup_authorization (endpoint, &local_error);
  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

GripEntry **
grip_delivery_get_entries (GripDelivery *self,
                           guint        *n_entries)
{
  *n_entries = self->n_entries;

  return self->entries;
}

double
grip_delivery_get_deferral (GripDelivery *self)
{
  return self->deferral;
}

/* All was taken, and nothing is to be said of single messages. */
gboolean
grip_delivery_is_plain (GripDelivery *self)
{
  return self->answer == GRIP_ANSWER_COMPLETE && self->single_failures == NULL && !self->is_touched;
}

gboolean
grip_delivery_gives_all_back (GripDelivery *self)
{
  return self->answer == GRIP_ANSWER_GIVE_BACK && self->n_taken == 0;
}

GripAnswer
grip_delivery_get_answer (GripDelivery  *self,
                          guint          index,
                          GripFate      *fate,
                          const GError **error)
{
  if (self->single_failures != NULL && self->single_failures[index].error != NULL)
    {
      *fate = self->single_failures[index].fate;
      *error = self->single_failures[index].error;
      return GRIP_ANSWER_FAIL;
    }

  *fate = self->failure.fate;
  *error = self->failure.error;
  if ((self->skipped != NULL && self->skipped[index]) ||
      (self->answer == GRIP_ANSWER_GIVE_BACK && index < self->n_taken))
    return GRIP_ANSWER_COMPLETE;

  return self->answer;
}

/* The lane has answered for its messages: what the transport says from now on is ignored. */
void
grip_delivery_abandon (GripDelivery *self)
{
  g_mutex_lock (&self->lock);
  self->abandoned = TRUE;
  g_mutex_unlock (&self->lock);

  grip_delivery_cancel (self);
}

void
grip_delivery_cancel (GripDelivery *self)
{
  g_autoptr(GCancellable) cancellable = NULL;

  g_mutex_lock (&self->lock);
  self->cancelled = TRUE;
  if (self->cancellable != NULL)
    cancellable = g_object_ref (self->cancellable);
  g_mutex_unlock (&self->lock);

  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}

/* The fate that goes without saying for an error. */
static GripFate
fate_of (const GError *error)
{
  if (error->domain == G_RESOLVER_ERROR)
    return GRIP_FATE_NOT_SENT;

  if (error->domain == G_IO_ERROR)
    switch (error->code)
      {
      case G_IO_ERROR_CONNECTION_REFUSED:
      case G_IO_ERROR_HOST_NOT_FOUND:
      case G_IO_ERROR_HOST_UNREACHABLE:
      case G_IO_ERROR_NETWORK_UNREACHABLE:
        return GRIP_FATE_NOT_SENT;
      default:
        return GRIP_FATE_UNKNOWN;
      }

  if (error->domain == GRIP_ERROR)
    switch (error->code)
      {
      case GRIP_ERROR_NO_TRANSPORT:
      case GRIP_ERROR_NO_ENDPOINT:
      case GRIP_ERROR_QUEUE_FULL:
      case GRIP_ERROR_NOT_CONNECTED:
      case GRIP_ERROR_CLOSED:
        return GRIP_FATE_NOT_SENT;
      case GRIP_ERROR_INVALID_CONFIG:
      case GRIP_ERROR_INVALID_ITEM:
      case GRIP_ERROR_REJECTED:
      case GRIP_ERROR_UNAUTHORIZED:
      case GRIP_ERROR_TOO_LARGE:
        return GRIP_FATE_REFUSED;
      default:
        return GRIP_FATE_UNKNOWN;
      }

  return GRIP_FATE_UNKNOWN;
}

/* Takes the one answer. Returns: whether it is to be passed on */
static gboolean
take_answer (GripDelivery *self,
             GripAnswer    answer,
             GripFate      fate,
             const GError *error)
{
  gboolean again;
  gboolean abandoned;

  /* A script can make a delivery that nobody waits for. */
  g_return_val_if_fail (self->lane != NULL, FALSE);

  g_mutex_lock (&self->lock);
  again = self->answer != GRIP_ANSWER_NONE;
  abandoned = self->abandoned;
  if (!again)
    {
      self->answer = answer;
      self->failure.fate = fate;
      self->failure.error = error != NULL ? g_error_copy (error) : NULL;
    }
  g_mutex_unlock (&self->lock);

  if (again && !abandoned)
    g_critical ("a delivery was answered twice");

  return !again && !abandoned;
}

/**
 * grip_delivery_get_authorization:
 * @self: a delivery
 *
 * Gets the value of the Authorization header for the endpoint (protocol 4.4).
 *
 * It is a secret: it must not be logged.
 *
 * Returns: (transfer none) (nullable): the value, %NULL when the endpoint has no credentials
 *
 * Since: 1.0
 */
const char *
grip_delivery_get_authorization (GripDelivery *self)
{
  g_return_val_if_fail (GRIP_IS_DELIVERY (self), NULL);

  return self->authorization;
}

/**
 * grip_delivery_get_cancellable:
 * @self: a delivery
 *
 * Gets what is cancelled when nobody wants the messages any more.
 *
 * A transport may give up then, and answers with the fate that is true.
 *
 * Returns: (transfer none): a cancellable
 *
 * Since: 1.0
 */
GCancellable *
grip_delivery_get_cancellable (GripDelivery *self)
{
  gboolean cancel = FALSE;

  g_return_val_if_fail (GRIP_IS_DELIVERY (self), NULL);

  g_mutex_lock (&self->lock);
  if (self->cancellable == NULL)
    {
      self->cancellable = g_cancellable_new ();
      cancel = self->cancelled;
    }
  g_mutex_unlock (&self->lock);

  if (cancel)
    g_cancellable_cancel (self->cancellable);

  return self->cancellable;
}

/**
 * grip_delivery_complete:
 * @self: a delivery
 *
 * Answers that the proxy took the messages: all but those that were failed one by one.
 *
 * Since: 1.0
 */
void
grip_delivery_complete (GripDelivery *self)
{
  g_return_if_fail (GRIP_IS_DELIVERY (self));

  if (take_answer (self, GRIP_ANSWER_COMPLETE, GRIP_FATE_ACCEPTED, NULL))
    grip_lane_finish_delivery (self->lane, self);
}

/**
 * grip_delivery_complete_first:
 * @self: a delivery
 * @n_messages: how many messages were taken
 *
 * Answers that the first messages were taken, but for those that were failed one by one, and that
 * nothing was sent of the others.
 *
 * The others go back to the head of the queue, and are handed over again as soon as the transport is
 * ready: one that has no room calls [method@Grip.BaseTransport.set_ready] before. It counts neither as
 * a try nor as a failure.
 *
 * Since: 1.0
 */
void
grip_delivery_complete_first (GripDelivery *self,
                              guint         n_messages)
{
  g_return_if_fail (GRIP_IS_DELIVERY (self));
  g_return_if_fail (n_messages <= self->n_entries);

  self->n_taken = n_messages;
  if (take_answer (self, GRIP_ANSWER_GIVE_BACK, GRIP_FATE_NOT_SENT, NULL))
    grip_lane_finish_delivery (self->lane, self);
}

/**
 * grip_delivery_keep_first:
 * @self: a delivery that is not answered yet
 * @n_messages: how many messages are kept, at least 1
 *
 * Gives back all but the first messages, of which nothing was sent, while the first ones are still on their
 * way. It is not the answer: that follows for those that are kept.
 *
 * From now on the delivery has only these. The others go back as with
 * [method@Grip.Delivery.complete_first]; what was got of them from the delivery is no longer valid.
 *
 * Since: 1.0
 */
void
grip_delivery_keep_first (GripDelivery *self,
                          guint         n_messages)
{
  g_return_if_fail (GRIP_IS_DELIVERY (self));
  g_return_if_fail (n_messages > 0 && n_messages <= self->n_entries);
  g_return_if_fail (self->answer == GRIP_ANSWER_NONE);
  g_return_if_fail (self->lane != NULL);

  for (guint i = n_messages; i < self->n_entries; i++)
    {
      if (self->payloads != NULL)
        g_clear_pointer (&self->payloads[i], g_bytes_unref);
      if (self->single_failures != NULL)
        g_clear_error (&self->single_failures[i].error);
    }
  grip_lane_take_back (self->lane, self, n_messages);
}

/**
 * grip_delivery_fail:
 * @self: a delivery
 * @error: why
 *
 * Answers that the messages could not be delivered.
 *
 * The fate follows from the error: a refused connection, for one, means that nothing was sent, and
 * `GRIP_ERROR_REJECTED` that the proxy refused; for anything that leaves it open it is
 * [enum@Grip.Fate.UNKNOWN].
 *
 * Since: 1.0
 */
void
grip_delivery_fail (GripDelivery *self,
                    const GError *error)
{
  g_return_if_fail (GRIP_IS_DELIVERY (self));
  g_return_if_fail (error != NULL);

  grip_delivery_fail_with_fate (self, fate_of (error), error);
}

/**
 * grip_delivery_fail_literal:
 * @self: a delivery
 * @code: which error
 * @message: why
 *
 * Answers like [method@Grip.Delivery.fail], for languages in which an error can be caught and not
 * made (Lua).
 *
 * Since: 1.0
 */
void
grip_delivery_fail_literal (GripDelivery *self,
                            GripError     code,
                            const char   *message)
{
  g_autoptr(GError) error = NULL;

  g_return_if_fail (GRIP_IS_DELIVERY (self));
  g_return_if_fail (message != NULL);

  error = g_error_new_literal (GRIP_ERROR, (int) code, message);
  grip_delivery_fail (self, error);
}

/**
 * grip_delivery_fail_with_fate:
 * @self: a delivery
 * @fate: what has become of the messages; not [enum@Grip.Fate.ACCEPTED]
 * @error: why
 *
 * Answers that the messages could not be delivered, and what is known about them.
 *
 * Since: 1.0
 */
void
grip_delivery_fail_with_fate (GripDelivery *self,
                              GripFate      fate,
                              const GError *error)
{
  g_return_if_fail (GRIP_IS_DELIVERY (self));
  g_return_if_fail (fate != GRIP_FATE_ACCEPTED);
  g_return_if_fail (error != NULL);

  if (take_answer (self, GRIP_ANSWER_FAIL, fate, error))
    grip_lane_finish_delivery (self->lane, self);
}

/**
 * grip_delivery_fail_message:
 * @self: a delivery that is not answered yet
 * @index: which message
 * @error: why
 *
 * Notes that one message could not be delivered. It is not the answer: that follows for the others.
 *
 * Since: 1.0
 */
void
grip_delivery_fail_message (GripDelivery *self,
                            guint         index,
                            const GError *error)
{
  g_return_if_fail (GRIP_IS_DELIVERY (self));
  g_return_if_fail (index < self->n_entries);
  g_return_if_fail (error != NULL);
  g_return_if_fail (self->answer == GRIP_ANSWER_NONE);

  if (self->single_failures == NULL)
    self->single_failures = g_new0 (GripMessageFailure, self->n_entries);
  if (self->single_failures[index].error != NULL)
    return;

  self->single_failures[index].error = g_error_copy (error);
  self->single_failures[index].fate = fate_of (error);
}

/**
 * grip_delivery_skip_message:
 * @self: a delivery that is not answered yet
 * @index: which message
 *
 * Notes that one message need not be sent, because certainly nobody there has subscribed to its
 * channel: it counts as accepted, whatever the answer for the others will be. It is not the answer.
 *
 * Since: 1.0
 */
void
grip_delivery_skip_message (GripDelivery *self,
                            guint         index)
{
  g_return_if_fail (GRIP_IS_DELIVERY (self));
  g_return_if_fail (index < self->n_entries);
  g_return_if_fail (self->answer == GRIP_ANSWER_NONE);

  if (self->skipped == NULL)
    self->skipped = g_new0 (gboolean, self->n_entries);
  self->skipped[index] = TRUE;
}

/**
 * grip_delivery_refuse:
 * @self: a delivery
 * @error: what the proxy said
 *
 * Answers that the proxy refused the batch because of one of the messages and published none.
 *
 * The core splits the batch until the refused message stands alone; the others are delivered.
 *
 * Since: 1.0
 */
void
grip_delivery_refuse (GripDelivery *self,
                      const GError *error)
{
  g_return_if_fail (GRIP_IS_DELIVERY (self));
  g_return_if_fail (error != NULL);

  if (take_answer (self, GRIP_ANSWER_REFUSE, GRIP_FATE_REFUSED, error))
    grip_lane_finish_delivery (self->lane, self);
}

/**
 * grip_delivery_defer:
 * @self: a delivery
 * @seconds: when the proxy wants to be asked again, negative when it did not say
 * @error: what the proxy said
 *
 * Answers that the proxy published none of the messages now, but may later.
 *
 * Since: 1.0
 */
void
grip_delivery_defer (GripDelivery *self,
                     double        seconds,
                     const GError *error)
{
  g_return_if_fail (GRIP_IS_DELIVERY (self));
  g_return_if_fail (error != NULL);

  self->deferral = seconds;
  if (take_answer (self, GRIP_ANSWER_DEFER, GRIP_FATE_REFUSED, error))
    grip_lane_finish_delivery (self->lane, self);
}
