/* grip-lane-answer.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-lane-state-private.h"

/* The oldest message that has no answer yet, or the next one to come. */
static guint64
oldest_locked (GripLane *self)
{
  guint64 oldest = self->head != NULL ? self->head->serial : self->next_serial;

  for (guint i = 0; i < self->flying->len; i++)
    {
      guint       n;
      GripEntry **entries = grip_delivery_get_entries (g_ptr_array_index (self->flying, i), &n);

      if (n > 0 && entries[0] != NULL)
        oldest = MIN (oldest, entries[0]->serial);
    }

  return oldest;
}

/* Answers, with no lock held */

void
grip_lane_answer_ok (GripMessage *message)
{
  if (message->outcome != NULL)
    grip_outcome_answer (message->outcome);
}

void
grip_lane_answer_error (GripLane     *self,
                        GripMessage  *message,
                        GripFate      fate,
                        const GError *error)
{
  g_autoptr(GError) cancelled = NULL;

  if (grip_message_is_cancelled (message) && fate != GRIP_FATE_REFUSED)
    {
      cancelled = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
      error = cancelled;
    }

  if (message->outcome != NULL)
    grip_outcome_answer_error (message->outcome, self->name, message, fate, error);
  else if (self->observer.failed != NULL)
    self->observer.failed (self, message, fate, error, self->observer_data);
}

/* Many messages fail for one reason: it is copied once. */
void
grip_lane_note_error_locked (GripLane     *self,
                             const GError *error)
{
  if (self->last_error != NULL && self->last_error->domain == error->domain &&
      self->last_error->code == error->code && g_str_equal (self->last_error->message, error->message))
    return;

  g_clear_error (&self->last_error);
  self->last_error = g_error_copy (error);
}

void
grip_lane_note_failure_locked (GripLane     *self,
                               const GError *error)
{
  self->counters.n_failed++;
  grip_lane_note_error_locked (self, error);
}

void
grip_lane_count_failure (GripLane     *self,
                         const GError *error)
{
  g_mutex_lock (&self->lock);
  grip_lane_note_failure_locked (self, error);
  g_mutex_unlock (&self->lock);
}

/* Answers for a message that could not be queued. */
void
grip_lane_refuse (GripLane     *self,
                  GripMessage  *message,
                  const GError *error)
{
  grip_lane_count_failure (self, error);
  grip_lane_answer_error (self, message, GRIP_FATE_NOT_SENT, error);
  grip_lane_tell_change (self);
}

void
grip_lane_answer_waiters (GripLane *self)
{
  GripFlushWaiter *waiter;
  guint64          oldest;

  do
    {
      g_mutex_lock (&self->lock);
      oldest = oldest_locked (self);
      waiter = g_queue_peek_head (&self->waiters);
      if (waiter != NULL && waiter->serial <= oldest && !self->blocked && self->heir == NULL)
        g_queue_pop_head (&self->waiters);
      else
        waiter = NULL;
      g_mutex_unlock (&self->lock);

      if (waiter != NULL)
        {
          grip_outcome_answer (waiter->outcome);
          grip_outcome_unref (waiter->outcome);
          g_free (waiter);
        }
    }
  while (waiter != NULL);
}

void
grip_lane_release_locked (GripLane  *self,
                          GripEntry *entry)
{
  self->n_held--;
  self->held_bytes -= grip_lane_size_of (self, entry->message);
}

/* Takes what matches out of the queue: cancelled messages, expired ones, or all. */
typedef gboolean (*GripEntryMatch) (GripEntry *entry);

static gboolean
match_cancelled (GripEntry *entry)
{
  return grip_message_is_cancelled (entry->message);
}

static gboolean
match_all (GripEntry *entry)
{
  return TRUE;
}

/* What has been tried knows more than that time is up. */
static GError *
explain (GripEntry    *entry,
         const GError *error)
{
  GError *why;

  if (entry->setback == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_copy (error);

  why = g_error_copy (entry->setback->error);
  g_prefix_error (&why, "%s after %u %s: ", error->message, entry->attempts, entry->attempts == 1 ? "try" : "tries");

  return why;
}

/* Answers for messages that were taken out of the queue. */
static void
answer_taken (GripLane     *self,
              GPtrArray    *taken,
              const GError *error)
{
  for (guint i = 0; i < taken->len; i++)
    {
      GripEntry         *entry = g_ptr_array_index (taken, i);
      g_autoptr(GError)  why = explain (entry, error);

      grip_lane_answer_error (self, entry->message,
                              entry->maybe_sent ? GRIP_FATE_UNKNOWN : GRIP_FATE_NOT_SENT, why);
    }
  if (taken->len == 0)
    return;

  grip_lane_answer_waiters (self);
  grip_lane_tell_change (self);
}

static void
take_out_locked (GripLane     *self,
                 GripEntry   **link,
                 GripEntry    *previous,
                 const GError *error,
                 GPtrArray    *taken)
{
  GripEntry *entry = *link;

  grip_lane_unlink_locked (self, link, previous);
  grip_lane_note_failure_locked (self, error);
  grip_lane_release_locked (self, entry);
  g_ptr_array_add (taken, entry);
}

static void
take_matching (GripLane       *self,
               GripEntryMatch  match,
               const GError   *error)
{
  g_autoptr(GPtrArray)  taken = g_ptr_array_new_with_free_func ((GDestroyNotify) grip_entry_free);
  GripEntry            *previous = NULL;
  GripEntry           **link;

  g_mutex_lock (&self->lock);
  for (link = &self->head; *link != NULL; )
    if (match (*link))
      take_out_locked (self, link, previous, error, taken);
    else
      {
        previous = *link;
        link = &previous->next;
      }
  if (taken->len > 0)
    grip_lane_tell_room_locked (self);
  g_mutex_unlock (&self->lock);

  answer_taken (self, taken, error);
}

/* Messages stand in the order in which they were made, so the first that may still wait is the end of
 * those that may not. */
void
grip_lane_expire (GripLane *self)
{
  g_autoptr(GPtrArray) taken = g_ptr_array_new_with_free_func ((GDestroyNotify) grip_entry_free);
  g_autoptr(GError)    error = NULL;
  gint64               before;

  g_mutex_lock (&self->lock);
  before = g_get_monotonic_time () - grip_lane_patience (self);
  error = g_error_new (GRIP_ERROR, GRIP_ERROR_TIMED_OUT, "the endpoint was not ready within %g s",
                       grip_lane_patience (self) / (double) G_USEC_PER_SEC);
  while (self->head != NULL && self->head->message->created <= before)
    take_out_locked (self, &self->head, NULL, error, taken);
  grip_lane_tell_room_locked (self);
  g_mutex_unlock (&self->lock);

  answer_taken (self, taken, error);
}

/* Takes cancelled messages out of the queue and cancels deliveries that nobody wants any more. */
void
grip_lane_sweep (GripLane *self)
{
  g_autoptr(GError)    error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  g_autoptr(GPtrArray) unwanted = g_ptr_array_new_with_free_func (g_object_unref);

  take_matching (self, match_cancelled, error);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->flying->len; i++)
    {
      GripDelivery *delivery = g_ptr_array_index (self->flying, i);
      guint         n;
      guint         k;
      GripEntry   **entries = grip_delivery_get_entries (delivery, &n);

      for (k = 0; k < n && grip_message_is_cancelled (entries[k]->message); k++)
        ;
      if (k == n)
        g_ptr_array_add (unwanted, g_object_ref (delivery));
    }
  grip_lane_tell_room_locked (self);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < unwanted->len; i++)
    grip_delivery_cancel (g_ptr_array_index (unwanted, i));
}

/* For who answers it now, ahead of its delivery. */
static GripEntry *
take_flying_locked (GripLane    *self,
                    GripMessage *message)
{
  for (guint i = 0; i < self->flying->len; i++)
    {
      GripDelivery *delivery = g_ptr_array_index (self->flying, i);
      guint         n;
      GripEntry   **entries = grip_delivery_get_entries (delivery, &n);

      for (guint k = 0; k < n; k++)
        if (entries[k]->message == message && !entries[k]->answered)
          {
            delivery->is_touched = TRUE;
            return entries[k];
          }
    }

  return NULL;
}

static GripEntry *
take_queued_locked (GripLane    *self,
                    GripMessage *message)
{
  GripEntry *previous = NULL;

  for (GripEntry **link = &self->head; *link != NULL; link = &previous->next)
    {
      GripEntry *entry = *link;

      if (entry->message == message)
        {
          grip_lane_unlink_locked (self, link, previous);
          return entry;
        }
      previous = entry;
    }

  return NULL;
}

/* Answers for a message that a synchronous call does not wait for any longer. */
void
grip_lane_abandon (GripLane     *self,
                   GripMessage  *message,
                   const GError *error)
{
  GripEntry *found;
  gboolean   was_queued;
  GripFate   fate = GRIP_FATE_UNKNOWN;

  g_mutex_lock (&self->lock);
  found = take_queued_locked (self, message);
  was_queued = found != NULL;
  if (found == NULL)
    found = take_flying_locked (self, message);
  if (found != NULL)
    {
      found->answered = TRUE;
      fate = was_queued && !found->maybe_sent ? GRIP_FATE_NOT_SENT : GRIP_FATE_UNKNOWN;
      grip_lane_release_locked (self, found);
      grip_lane_note_failure_locked (self, error);
      grip_lane_tell_room_locked (self);
    }
  g_mutex_unlock (&self->lock);

  if (found == NULL)
    return;

  grip_lane_answer_error (self, message, fate, error);
  if (was_queued)
    grip_entry_free (found);
  grip_lane_answer_waiters (self);
  grip_lane_tell_change (self);
}

/* Answers @outcome, which expects it, when all that is on the lane now has been answered. */
void
grip_lane_add_flush (GripLane    *self,
                     GripOutcome *outcome)
{
  GripFlushWaiter     *waiter;
  g_autoptr(GripLane)  heir = grip_lane_dup_heir (self);

  /* While the old lane still has something in flight, the heir is blocked: so it knows the end. */
  if (heir != NULL)
    {
      grip_lane_add_flush (heir, outcome);
      return;
    }

  waiter = g_new0 (GripFlushWaiter, 1);
  waiter->outcome = grip_outcome_ref (outcome);

  g_mutex_lock (&self->lock);
  waiter->serial = self->next_serial;
  g_queue_push_tail (&self->waiters, waiter);
  g_mutex_unlock (&self->lock);

  grip_lane_answer_waiters (self);
}

/* Answers everything that is queued with an error, and cancels what is in flight. */
void
grip_lane_fail_all (GripLane     *self,
                    const GError *error)
{
  g_autoptr(GPtrArray) flying = g_ptr_array_new_with_free_func (g_object_unref);

  take_matching (self, match_all, error);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->flying->len; i++)
    g_ptr_array_add (flying, g_object_ref (g_ptr_array_index (self->flying, i)));
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < flying->len; i++)
    grip_delivery_cancel (g_ptr_array_index (flying, i));
}
