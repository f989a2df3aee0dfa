/* grip-lane-run.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-lane-state-private.h"

#define FIRST_BACKOFF     (G_USEC_PER_SEC / 10)
#define MAX_BACKOFF       (5 * G_USEC_PER_SEC)
/* How long a proxy remembers ids (protocol 3.2). */
#define ID_MEMORY         (60 * G_USEC_PER_SEC)
/* A transport has its own time limits; this is for one that never answers. */
#define ANSWER_GRACE      G_USEC_PER_SEC

/* Deliveries */

static gsize
batch_limit_bytes (GripLane *self)
{
  GripBaseTransport *base = grip_lane_base (self);
  gsize              limit = base != NULL ? grip_base_transport_get_max_batch_bytes (base) : 0;

  return limit > 0 ? limit : G_MAXSIZE;
}

static guint
batch_limit_items (GripLane *self)
{
  GripBaseTransport *base = grip_lane_base (self);
  guint              limit = base != NULL ? grip_base_transport_get_max_batch_items (base) : 0;

  return limit > 0 ? limit : G_MAXUINT;
}

/* Takes as many messages as fit into one request. */
static GripDelivery *
take_batch_locked (GripLane *self)
{
  GPtrArray    *entries = g_ptr_array_new ();
  gsize         max_bytes = batch_limit_bytes (self);
  guint         max_items = batch_limit_items (self);
  gsize         bytes = GRIP_BODY_OVERHEAD;
  gint64        now = g_get_monotonic_time ();
  GripDelivery *delivery;
  guint         n;

  while (self->head != NULL && entries->len < max_items)
    {
      gsize size = grip_lane_size_of (self, self->head->message) + 1;

      if (self->head->batch_limit > 0)
        max_items = MIN (max_items, self->head->batch_limit);
      if (entries->len > 0 && (size > max_bytes - bytes || entries->len >= max_items ||
                               grip_message_is_cancelled (self->head->message)))
        break;

      bytes += size;
      g_ptr_array_add (entries, grip_lane_pop_locked (self));
    }

  n = entries->len;
  for (guint i = 0; i < n; i++)
    {
      GripEntry *entry = g_ptr_array_index (entries, i);

      entry->attempts++;
      if (entry->first_sent == 0)
        entry->first_sent = now;
    }

  delivery = grip_delivery_new (self, (GripEntry **) g_ptr_array_free (entries, FALSE), n,
                                bytes - GRIP_BODY_OVERHEAD - n, grip_lane_get_encoding (self));
  g_ptr_array_add (self->flying, delivery);

  return delivery;
}

static void
open_transport (GripLane *self)
{
  GripBaseTransport *base = grip_lane_base (self);

  if (self->opened || (self->input_closed && self->head == NULL))
    return;

  self->opened = TRUE;
  if (base != NULL)
    grip_base_transport_open (base);
}

static void
hand_over (GripLane     *self,
           GripDelivery *delivery,
           gboolean      is_sync)
{
  g_autoptr(GError) error = NULL;

  if (!grip_delivery_prepare (delivery, grip_transport_get_endpoint (self->transport), &error))
    grip_delivery_fail_with_fate (delivery, GRIP_FATE_REFUSED, error);
  else if (is_sync)
    grip_base_transport_deliver_sync (grip_lane_base (self), delivery);
  else
    grip_transport_send (self->transport, delivery);
}

/* What one message's answer leads to. */
static gboolean
may_retry_locked (GripLane     *self,
                  GripEntry    *entry,
                  GripAnswer    answer,
                  GripFate      fate,
                  const GError *error,
                  gint64        again_at)
{
  gint64 deadline = entry->message->created + self->limits.timeout;

  if (grip_message_is_cancelled (entry->message) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      entry->attempts > self->limits.retry_limit)
    return FALSE;

  if (fate == GRIP_FATE_UNKNOWN)
    {
      if (grip_item_get_id (entry->message->item) == NULL)
        return FALSE;
      deadline = MIN (deadline, entry->first_sent + ID_MEMORY);
    }
  else if (fate == GRIP_FATE_REFUSED && answer != GRIP_ANSWER_DEFER)
    return FALSE;

  return again_at < deadline;
}

static gint64
next_try_locked (GripLane     *self,
                 GripDelivery *delivery,
                 GripAnswer    answer)
{
  gint64 longest = MIN (MAX_BACKOFF, (gint64) FIRST_BACKOFF << MIN (self->setbacks, 10));
  gint64 wait = g_random_double_range (0.1, 1.0) * longest;
  double asked = grip_delivery_get_deferral (delivery);

  if (answer == GRIP_ANSWER_DEFER && asked > 0)
    wait = MAX (wait, (gint64) (MIN (asked, 86400.0) * G_USEC_PER_SEC));

  return g_get_monotonic_time () + wait;
}

typedef struct
{
  GPtrArray *retry;       /* GripEntry, goes back to the queue */
  GPtrArray *done;        /* GripEntry, answered and freed */
  gint64     again_at;
  gboolean   is_setback;
} GripVerdict;

/* Sorts the messages of an answered delivery: done with (the answer is read again when it is passed
 * on), or to be tried again. */
static void
judge_locked (GripLane     *self,
              GripDelivery *delivery,
              GripVerdict  *verdict)
{
  guint       n;
  GripEntry **entries = grip_delivery_get_entries (delivery, &n);

  for (guint i = 0; i < n; i++)
    {
      GripEntry    *entry = entries[i];
      const GError *error;
      GripFate      fate;
      GripAnswer    answer = grip_delivery_get_answer (delivery, i, &fate, &error);

      if (entry->answered)
        continue;

      if (answer == GRIP_ANSWER_REFUSE && n > 1)
        {
          entry->batch_limit = MAX (1, n / 2);
          entry->attempts--;
          g_ptr_array_add (verdict->retry, entry);
          entries[i] = NULL;
          continue;
        }

      if (answer != GRIP_ANSWER_COMPLETE)
        {
          if (verdict->again_at == 0)
            verdict->again_at = next_try_locked (self, delivery, answer);
          if (may_retry_locked (self, entry, answer, fate, error, verdict->again_at))
            {
              verdict->is_setback = TRUE;
              entry->maybe_sent |= fate == GRIP_FATE_UNKNOWN;
              g_ptr_array_add (verdict->retry, entry);
              entries[i] = NULL;
              continue;
            }
          self->n_failed++;
        }

      grip_lane_release_locked (self, entry);
    }
}

static void
pass_on_answers (GripLane     *self,
                 GripDelivery *delivery)
{
  guint       n;
  GripEntry **entries = grip_delivery_get_entries (delivery, &n);

  for (guint i = 0; i < n; i++)
    {
      GripEntry    *entry = entries[i];
      const GError *error;
      GripFate      fate;

      if (entry == NULL || entry->answered)
        continue;

      entry->answered = TRUE;
      if (grip_delivery_get_answer (delivery, i, &fate, &error) == GRIP_ANSWER_COMPLETE)
        grip_lane_answer_ok (entry->message);
      else
        grip_lane_answer_error (self, entry->message, fate, error);
    }
}

/* What was to be tried again here goes to the lane that has taken over. */
void
grip_lane_forward (GripLane  *self,
                   GripLane  *successor,
                   GPtrArray *entries)
{
  for (guint i = 0; i < entries->len; i++)
    {
      GripEntry *entry = g_ptr_array_index (entries, i);

      grip_message_encode (entry->message, grip_lane_get_encoding (successor));
    }

  g_mutex_lock (&successor->lock);
  for (guint i = 0; i < entries->len; i++)
    {
      successor->n_held++;
      successor->held_bytes += grip_lane_size_of (successor, ((GripEntry *) g_ptr_array_index (entries, i))->message);
    }
  grip_lane_unshift_locked (successor, entries);
  g_mutex_unlock (&successor->lock);
}

void
grip_lane_unblock (GripLane *self)
{
  g_mutex_lock (&self->lock);
  self->blocked = FALSE;
  g_mutex_unlock (&self->lock);

  grip_lane_kick (self);
}

/* Lets the source shut the transport when there is nothing left to do. */
void
grip_lane_settle (GripLane *self)
{
  g_autoptr(GripLane) successor = NULL;
  gboolean            more;
  gboolean            empty;

  g_mutex_lock (&self->lock);
  empty = self->head == NULL && self->flying->len == 0;
  more = self->head != NULL || (self->input_closed && !self->shut && empty);
  if (empty && self->successor != NULL)
    successor = g_steal_pointer (&self->successor);
  g_mutex_unlock (&self->lock);

  if (successor != NULL)
    grip_lane_unblock (successor);
  if (more)
    grip_lane_kick (self);
}

/**
 * grip_lane_finish_delivery:
 * @self: a lane
 * @delivery: one of its deliveries, answered
 *
 * Takes the answer of a transport, in whichever thread it was given.
 */
void
grip_lane_finish_delivery (GripLane     *self,
                           GripDelivery *delivery)
{
  g_autoptr(GPtrArray)    retry = g_ptr_array_new ();
  g_autoptr(GripLane)     successor = NULL;
  g_autoptr(GripDelivery) hold = g_object_ref (delivery);
  g_autoptr(GripLane)     hold_lane = grip_lane_ref (self);
  GripVerdict             verdict = { .retry = retry };

  g_mutex_lock (&self->lock);
  judge_locked (self, delivery, &verdict);
  g_ptr_array_remove_fast (self->flying, delivery);
  if (verdict.is_setback)
    {
      self->setbacks++;
      self->wake_at = verdict.again_at;
    }
  else
    {
      self->setbacks = 0;
      self->wake_at = 0;
    }
  if (self->successor != NULL)
    {
      successor = grip_lane_ref (self->successor);
      for (guint i = 0; i < retry->len; i++)
        grip_lane_release_locked (self, g_ptr_array_index (retry, i));
    }
  else
    grip_lane_unshift_locked (self, retry);
  g_cond_broadcast (&self->room);
  g_mutex_unlock (&self->lock);

  if (successor != NULL && retry->len > 0)
    grip_lane_forward (self, successor, retry);
  pass_on_answers (self, delivery);
  grip_lane_answer_waiters (self);
  grip_lane_settle (self);
}

/**
 * grip_lane_begin_sync:
 * @self: a lane
 * @message: a message, encoded for the lane
 *
 * Takes the lane for a message that the calling thread will deliver itself.
 *
 * Returns: (transfer full) (nullable): %NULL when the lane is not idle, or the transport cannot do it
 */
GripDelivery *
grip_lane_begin_sync (GripLane    *self,
                      GripMessage *message)
{
  GripBaseTransport *base = grip_lane_base (self);
  GripDelivery      *delivery = NULL;
  gsize              size = grip_lane_size_of (self, message);

  if (base == NULL || !grip_base_transport_has_sync (base) || !grip_lane_check_size (self, size, NULL))
    return NULL;

  g_mutex_lock (&self->lock);
  if (self->head == NULL && self->flying->len == 0 && self->wake_at <= g_get_monotonic_time () &&
      !self->blocked && !self->input_closed)
    {
      grip_lane_append_locked (self, grip_entry_new (message));
      self->n_held++;
      self->held_bytes += size;
      delivery = take_batch_locked (self);
    }
  g_mutex_unlock (&self->lock);

  return delivery;
}

/* Delivers what grip_lane_begin_sync() gave. */
void
grip_lane_run_sync (GripLane     *self,
                    GripDelivery *delivery)
{
  hand_over (self, delivery, TRUE);
  g_object_unref (delivery);
}

/* When the source has to look again; -1 for never. */
static gint64
next_look_locked (GripLane *self)
{
  gint64 at = -1;

  if (self->shut || (self->head == NULL && self->flying->len == 0))
    return self->input_closed && !self->shut ? 0 : -1;

  if (self->head != NULL)
    {
      gint64 expires = self->head->message->created + self->limits.timeout;

      if (self->flying->len == 0 && !self->blocked)
        return MIN (self->wake_at, expires);
      at = expires;
    }

  for (guint i = 0; i < self->flying->len; i++)
    {
      guint       n;
      GripEntry **entries = grip_delivery_get_entries (g_ptr_array_index (self->flying, i), &n);
      gint64      gives_up = entries[n - 1]->message->created + self->limits.timeout + ANSWER_GRACE;

      at = at < 0 ? gives_up : MIN (at, gives_up);
    }

  return at;
}

static GripDelivery *
take_overdue_locked (GripLane *self,
                     gint64    now)
{
  for (guint i = 0; i < self->flying->len; i++)
    {
      GripDelivery *delivery = g_ptr_array_index (self->flying, i);
      guint         n;
      GripEntry   **entries = grip_delivery_get_entries (delivery, &n);

      if (entries[n - 1]->message->created + self->limits.timeout + ANSWER_GRACE <= now)
        {
          for (guint k = 0; k < n; k++)
            if (!entries[k]->answered)
              {
                grip_lane_release_locked (self, entries[k]);
                self->n_failed++;
              }
          g_ptr_array_remove_index_fast (self->flying, i);
          return g_object_ref (delivery);
        }
    }

  return NULL;
}

/* A transport that does not answer must not hold up what comes after. */
static void
give_up_overdue (GripLane *self)
{
  g_autoptr(GripDelivery) delivery = NULL;
  g_autoptr(GError)       error = NULL;
  GripEntry             **entries;
  guint                   n;

  g_mutex_lock (&self->lock);
  delivery = take_overdue_locked (self, g_get_monotonic_time ());
  if (delivery != NULL)
    g_cond_broadcast (&self->room);
  g_mutex_unlock (&self->lock);

  if (delivery == NULL)
    return;

  error = g_error_new (GRIP_ERROR, GRIP_ERROR_TIMED_OUT, "the transport did not answer in time");
  entries = grip_delivery_get_entries (delivery, &n);
  for (guint i = 0; i < n; i++)
    if (!entries[i]->answered)
      {
        entries[i]->answered = TRUE;
        grip_lane_answer_error (self, entries[i]->message, GRIP_FATE_UNKNOWN, error);
      }
  grip_delivery_abandon (delivery);
  grip_lane_answer_waiters (self);
}

static void
shut_transport (GripLane *self)
{
  GripBaseTransport *base = grip_lane_base (self);

  if (base != NULL && self->opened)
    grip_base_transport_close (base);
  g_source_destroy (self->source);
  if (self->worker != NULL)
    grip_worker_release (self->worker);
}

/* One round, in the transport's context. */
void
grip_lane_run (GripLane *self)
{
  g_autoptr(GripDelivery) delivery = NULL;
  gboolean                expired;
  gboolean                cancelled;
  gboolean                shut = FALSE;
  gint64                  now = g_get_monotonic_time ();

  open_transport (self);
  give_up_overdue (self);

  g_mutex_lock (&self->lock);
  expired = self->head != NULL && self->head->message->created + self->limits.timeout <= now;
  cancelled = self->head != NULL && grip_message_is_cancelled (self->head->message);
  g_mutex_unlock (&self->lock);
  if (expired)
    grip_lane_expire (self);
  if (cancelled)
    grip_lane_sweep (self);

  g_mutex_lock (&self->lock);
  if (self->head != NULL && self->flying->len == 0 && !self->blocked && self->wake_at <= now)
    {
      self->wake_at = 0;
      delivery = take_batch_locked (self);
    }
  else if (self->input_closed && !self->shut && self->head == NULL && self->flying->len == 0)
    shut = self->shut = TRUE;
  g_source_set_ready_time (self->source, next_look_locked (self));
  g_mutex_unlock (&self->lock);

  if (delivery != NULL)
    hand_over (self, delivery, FALSE);
  if (shut)
    shut_transport (self);
}

/**
 * grip_lane_drive:
 * @self: a lane
 *
 * Drives a transport that lives in the calling thread's context, for a synchronous call that must not
 * wait for itself.
 *
 * Returns: true if the transport was driven here, false if another thread does it
 */
gboolean
grip_lane_drive (GripLane *self)
{
  if (self->worker != NULL || !g_main_context_acquire (self->context))
    return FALSE;

  grip_lane_run (self);
  g_main_context_release (self->context);

  return TRUE;
}
