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

static void
open_transport (GripLane *self)
{
  gboolean open;

  g_mutex_lock (&self->lock);
  open = !self->opened && !(self->input_closed && self->head == NULL);
  if (open)
    self->opened = TRUE;
  g_mutex_unlock (&self->lock);

  /* One whose batches have no limit takes all there is: the more the worker finds, the less each message costs. From
   * requests, of which several are on their way, it must not be kept. */
  if (open && self->worker != NULL && grip_lane_batch_bytes (self) == G_MAXSIZE)
    grip_worker_be_patient (self->worker);
  if (open && self->base != NULL)
    grip_base_transport_open (self->base);
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
    grip_base_transport_deliver_sync (self->base, delivery);
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
      if (!grip_message_has_id (entry->message))
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
  GPtrArray   *retry;      /* GripEntry, goes back to the queue */
  gint64       again_at;
  gboolean     is_setback;
  GripSetback *setback;    /* of the last message that failed */
} GripVerdict;

static void
retry (GripVerdict  *verdict,
       GripEntry   **entry)
{
  g_ptr_array_add (verdict->retry, *entry);
  *entry = NULL;
}

/* One copy of the error for all messages that it befell. */
static void
note_setback (GripVerdict  *verdict,
              GripEntry    *entry,
              const GError *error)
{
  if (verdict->setback == NULL || verdict->setback->error->code != error->code ||
      !g_str_equal (verdict->setback->error->message, error->message))
    {
      g_clear_pointer (&verdict->setback, grip_setback_unref);
      verdict->setback = grip_setback_new (error);
    }
  grip_entry_set_setback (entry, verdict->setback);
}

/* It was not tried at all. */
static void
give_back (GripVerdict  *verdict,
           GripEntry   **entry)
{
  grip_entry_untry (*entry);
  retry (verdict, entry);
}

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

      if (answer == GRIP_ANSWER_GIVE_BACK)
        {
          give_back (verdict, &entries[i]);
          continue;
        }

      if (answer == GRIP_ANSWER_REFUSE && n > 1)
        {
          entry->batch_limit = MAX (1, n / 2);
          give_back (verdict, &entries[i]);
          continue;
        }

      if (answer == GRIP_ANSWER_COMPLETE)
        {
          self->counters.n_sent++;
          self->counters.n_bytes_sent += grip_lane_size_of (self, entry->message);
        }
      else
        {
          if (verdict->again_at == 0)
            verdict->again_at = next_try_locked (self, delivery, answer);
          if (may_retry_locked (self, entry, answer, fate, error, verdict->again_at))
            {
              verdict->is_setback = TRUE;
              entry->maybe_sent |= fate == GRIP_FATE_UNKNOWN;
              grip_lane_note_error_locked (self, error);
              note_setback (verdict, entry, error);
              retry (verdict, &entries[i]);
              continue;
            }
          grip_lane_note_failure_locked (self, error);
        }

      grip_lane_release_locked (self, entry);
    }

  /* One that is ready and takes nothing would be asked for ever. */
  if (verdict->retry->len == n && grip_delivery_gives_all_back (delivery) && grip_lane_is_ready (self))
    {
      verdict->is_setback = TRUE;
      verdict->again_at = next_try_locked (self, delivery, GRIP_ANSWER_GIVE_BACK);
    }
}

/* The same for a delivery of which nothing else is to be said. */
static void
judge_plain_locked (GripLane     *self,
                    GripDelivery *delivery)
{
  self->counters.n_sent += delivery->n_entries;
  self->counters.n_bytes_sent += delivery->bytes;
  self->n_held -= delivery->n_entries;
  self->held_bytes -= delivery->bytes;
}

static void
pass_on_answers (GripLane     *self,
                 GripDelivery *delivery)
{
  guint       n;
  GripEntry **entries = grip_delivery_get_entries (delivery, &n);

  if (delivery->n_awaited == 0 && grip_delivery_is_plain (delivery))
    return;

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

/* Lets the source shut the transport when there is nothing left to do. */
void
grip_lane_settle (GripLane *self)
{
  g_autoptr(GripLane) successor = NULL;
  gboolean            more;
  gboolean            empty;

  g_mutex_lock (&self->lock);
  empty = self->head == NULL && self->flying->len == 0 && !self->blocked;
  more = self->head != NULL || (self->input_closed && !self->shut && empty);
  if (empty && self->successor != NULL)
    successor = g_steal_pointer (&self->successor);
  g_mutex_unlock (&self->lock);

  if (successor != NULL)
    grip_lane_bequeath (self, successor);
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
  gboolean                reports = self->monitors != NULL && self->address != NULL;
  gboolean                pauses = reports && grip_monitors_are_offline (self->monitors);

  g_mutex_lock (&self->lock);
  grip_lane_mark_busy_locked (self, delivery, FALSE);
  if (grip_delivery_is_plain (delivery))
    judge_plain_locked (self, delivery);
  else
    judge_locked (self, delivery, &verdict);
  g_ptr_array_remove_fast (self->flying, delivery);
  self->stalled = FALSE;
  if (verdict.is_setback)
    {
      self->setbacks++;
      self->resume_at = verdict.again_at;
      self->wake_at = pauses ? G_MAXINT64 : verdict.again_at;
    }
  else if (!grip_delivery_gives_all_back (delivery))
    self->setbacks = 0;
  successor = grip_lane_return_locked (self, retry);
  grip_lane_tell_room_locked (self);
  g_mutex_unlock (&self->lock);

  if (verdict.is_setback && reports)
    grip_monitors_note_setback (self->monitors, self, pauses);
  g_clear_pointer (&verdict.setback, grip_setback_unref);
  if (successor != NULL)
    grip_lane_forward (self, successor, retry);
  pass_on_answers (self, delivery);
  grip_lane_answer_waiters (self);
  grip_lane_settle (self);
  grip_lane_tell_change (self);
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
  GripDelivery *delivery = NULL;
  gsize         size = grip_lane_size_of (self, message);

  if (self->base == NULL || !grip_base_transport_has_sync (self->base) ||
      !grip_lane_check_size (self, size, NULL))
    return NULL;

  g_mutex_lock (&self->lock);
  if (self->head == NULL && self->flying->len == 0 && self->wake_at <= g_get_monotonic_time () &&
      grip_lane_is_ready (self) && !self->blocked && !self->input_closed)
    {
      grip_lane_append_locked (self, grip_entry_new (grip_message_ref (message)));
      self->n_held++;
      self->held_bytes += size;
      delivery = grip_lane_take_batch_locked (self);
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
    return self->input_closed && !self->shut && !self->blocked ? 0 : -1;

  if (self->head != NULL)
    {
      at = self->head->message->created + grip_lane_patience (self);
      if (grip_lane_may_deliver_locked (self, G_MAXINT64))
        at = MIN (at, self->wake_at);
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
              grip_lane_release_locked (self, entries[k]);
          grip_lane_mark_busy_locked (self, delivery, FALSE);
          g_ptr_array_remove_index_fast (self->flying, i);
          self->stalled = FALSE;
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
    grip_lane_tell_room_locked (self);
  g_mutex_unlock (&self->lock);

  if (delivery == NULL)
    return;

  error = g_error_new (GRIP_ERROR, GRIP_ERROR_TIMED_OUT, "the transport did not answer in time");
  entries = grip_delivery_get_entries (delivery, &n);
  for (guint i = 0; i < n; i++)
    if (!entries[i]->answered)
      {
        entries[i]->answered = TRUE;
        grip_lane_count_failure (self, error);
        grip_lane_answer_error (self, entries[i]->message, GRIP_FATE_UNKNOWN, error);
      }
  grip_delivery_abandon (delivery);
  grip_lane_answer_waiters (self);
}

static void
shut_transport (GripLane *self)
{
  if (self->base != NULL && self->opened)
    grip_base_transport_close (self->base);
  g_source_destroy (self->source);
  if (self->worker != NULL)
    grip_worker_release (self->worker);
}

static void
drop_stale (GripLane *self,
            gint64    now)
{
  gboolean expired;
  gboolean cancelled;

  g_mutex_lock (&self->lock);
  expired = self->head != NULL && self->head->message->created + grip_lane_patience (self) <= now;
  cancelled = self->head != NULL && grip_message_is_cancelled (self->head->message);
  g_mutex_unlock (&self->lock);

  if (expired)
    grip_lane_expire (self);
  if (cancelled)
    grip_lane_sweep (self);
}

/* Returns: (nullable): the next delivery, if it is time for one */
static GripDelivery *
take_next (GripLane *self,
           gint64    now,
           gboolean *shut)
{
  GripDelivery *delivery = NULL;

  g_mutex_lock (&self->lock);
  if (grip_lane_may_deliver_locked (self, now))
    {
      self->wake_at = 0;
      delivery = grip_lane_take_batch_locked (self);
    }
  else if (self->input_closed && !self->shut && !self->blocked && self->head == NULL && self->flying->len == 0)
    *shut = self->shut = TRUE;
  g_source_set_ready_time (self->source, next_look_locked (self));
  g_mutex_unlock (&self->lock);

  return delivery;
}

/* One round, in the transport's context: one delivery, so that other sources have their turn. */
void
grip_lane_run (GripLane *self)
{
  g_autoptr(GripDelivery) delivery = NULL;
  gboolean                shut = FALSE;
  gint64                  now = g_get_monotonic_time ();

  open_transport (self);
  give_up_overdue (self);
  drop_stale (self, now);

  delivery = take_next (self, now, &shut);
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
  /* Between two rounds nobody has a context whose thread makes them one by one. */
  if (self->worker != NULL || (g_thread_self () != self->home && !g_main_context_is_owner (self->context)) ||
      !g_main_context_acquire (self->context))
    return FALSE;

  grip_lane_run (self);
  g_main_context_release (self->context);

  return TRUE;
}
