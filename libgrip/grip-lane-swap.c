/* grip-lane-swap.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-lane-state-private.h"

/* One lane takes over from another one, while items are published.
 *
 * The heir is blocked until the last message in flight on the old lane has its answer; what is queued
 * there, and what has to be tried again, goes to the head of the heir's queue, and so do the calls that
 * wait for a flush. Serial numbers go on in the heir, with a gap that no queue fills: so whatever comes from
 * the old lane sorts before what is new. */
#define SERIAL_GAP (G_GUINT64_CONSTANT (1) << 40)

/* Makes a lane wait for the one that it takes over from. Before the first message. */
void
grip_lane_block (GripLane *self,
                 GripLane *predecessor)
{
  g_mutex_lock (&predecessor->lock);
  self->next_serial = predecessor->next_serial + SERIAL_GAP;
  g_mutex_unlock (&predecessor->lock);
  self->blocked = TRUE;
}

/* What was to be delivered here goes to the lane that has taken over. */
void
grip_lane_forward (GripLane  *self,
                   GripLane  *successor,
                   GPtrArray *entries)
{
  for (guint i = 0; i < entries->len; i++)
    grip_message_encode (((GripEntry *) g_ptr_array_index (entries, i))->message, successor->encoding);

  g_mutex_lock (&successor->lock);
  for (guint i = 0; i < entries->len; i++)
    {
      GripEntry *entry = g_ptr_array_index (entries, i);

      successor->n_held++;
      successor->held_bytes += grip_lane_size_of (successor, entry->message);
    }
  grip_lane_put_back_locked (successor, entries);
  g_mutex_unlock (&successor->lock);
}

static void
unblock (GripLane *self)
{
  g_mutex_lock (&self->lock);
  self->blocked = FALSE;
  g_mutex_unlock (&self->lock);

  /* It may have been replaced in its turn. */
  grip_lane_settle (self);
}

/* The end of the old lane's part. */
void
grip_lane_bequeath (GripLane *self,
                    GripLane *heir)
{
  GQueue waiters;

  g_mutex_lock (&self->lock);
  waiters = self->waiters;
  g_queue_init (&self->waiters);
  g_mutex_unlock (&self->lock);

  g_mutex_lock (&heir->lock);
  while (waiters.length > 0)
    g_queue_push_head (&heir->waiters, g_queue_pop_tail (&waiters));
  g_mutex_unlock (&heir->lock);

  unblock (heir);
  grip_lane_answer_waiters (heir);
}

static void
hand_over_queue (GripLane *self,
                 GripLane *heir)
{
  g_autoptr(GPtrArray) entries = g_ptr_array_new ();
  gboolean             goes_on;

  g_mutex_lock (&self->lock);
  while (self->head != NULL)
    {
      GripEntry *entry = self->head;

      grip_lane_unlink_locked (self, &self->head, NULL);
      grip_lane_release_locked (self, entry);
      g_ptr_array_add (entries, entry);
    }
  goes_on = self->flying->len > 0 || self->blocked;
  if (goes_on)
    self->successor = grip_lane_ref (heir);
  g_mutex_unlock (&self->lock);

  if (entries->len > 0)
    grip_lane_forward (self, heir, entries);
  if (!goes_on)
    grip_lane_bequeath (self, heir);
}

/**
 * grip_lane_close_input:
 * @self: a lane
 * @heir: (nullable): a new lane that takes over what is queued, or %NULL to deliver it here
 *
 * Takes no more messages. When the last one has its answer the transport is closed.
 */
void
grip_lane_close_input (GripLane *self,
                       GripLane *heir)
{
  g_mutex_lock (&self->lock);
  self->input_closed = TRUE;
  if (heir != NULL && self->heir == NULL)
    self->heir = grip_lane_ref (heir);
  grip_lane_tell_room_locked (self);
  g_mutex_unlock (&self->lock);

  if (heir != NULL)
    hand_over_queue (self, heir);

  /* Without a thread that runs its context, nothing was ever opened there. */
  if (self->worker != NULL && !grip_worker_is_started (self->worker) && g_main_context_acquire (self->context))
    {
      grip_lane_run (self);
      g_main_context_release (self->context);
    }
  else
    grip_lane_settle (self);
}

/* Who takes what is published here, when it was published before the lane was replaced and comes
 * after. */
GripLane *
grip_lane_dup_heir (GripLane *self)
{
  GripLane *heir;

  g_mutex_lock (&self->lock);
  heir = self->heir != NULL ? grip_lane_ref (self->heir) : NULL;
  g_mutex_unlock (&self->lock);

  return heir;
}
