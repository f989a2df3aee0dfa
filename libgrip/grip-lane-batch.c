/* grip-lane-batch.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-lane-state-private.h"

/* What goes into one delivery.
 *
 * With several deliveries at a time the order of each channel must still be kept, whichever is answered
 * first: so a message stays in the queue while its channel is in flight. Channels are told apart by
 * a hash into few buckets; two that share one only wait for each other. */
#define N_BUCKETS   4096

/* How far to look beyond messages that have to wait. */
#define MAX_SKIPPED 1024

gsize
grip_lane_batch_bytes (GripLane *self)
{
  gsize limit = self->base != NULL ? grip_base_transport_get_max_batch_bytes (self->base) : 0;

  return limit > 0 ? limit : G_MAXSIZE;
}

guint
grip_lane_batch_items (GripLane *self)
{
  guint limit = self->base != NULL ? grip_base_transport_get_max_batch_items (self->base) : 0;

  return limit > 0 ? limit : G_MAXUINT;
}

static guint8 *
bucket_of (GripLane  *self,
           GripEntry *entry)
{
  return &self->busy_channels[g_str_hash (entry->message->channel) % N_BUCKETS];
}

void
grip_lane_mark_busy_locked (GripLane     *self,
                            GripDelivery *delivery,
                            gboolean      busy)
{
  guint       n;
  GripEntry **entries = grip_delivery_get_entries (delivery, &n);

  if (self->window == 1 && self->busy_channels == NULL)
    return;
  if (self->busy_channels == NULL)
    self->busy_channels = g_new0 (guint8, N_BUCKETS);

  /* No two deliveries share a bucket: the first message in it keeps it for its delivery. */
  for (guint i = 0; i < n; i++)
    if (entries[i] != NULL)
      {
        guint8 *bucket = bucket_of (self, entries[i]);

        if (busy && *bucket == 0)
          {
            *bucket = 1;
            entries[i]->owns_bucket = TRUE;
          }
        else if (!busy && entries[i]->owns_bucket)
          {
            *bucket = 0;
            entries[i]->owns_bucket = FALSE;
          }
      }
}

static gboolean
must_wait (GripLane  *self,
           GripEntry *entry)
{
  return self->busy_channels != NULL && *bucket_of (self, entry) != 0;
}

static gboolean
is_full (GripLane  *self,
         GripEntry *entry,
         guint      n_taken,
         guint      max_items,
         gsize      room)
{
  return n_taken > 0 &&
         (n_taken >= max_items || grip_lane_size_of (self, entry->message) + 1 > room ||
          grip_message_is_cancelled (entry->message));
}

static gsize
take_entries_locked (GripLane  *self,
                     GPtrArray *taken,
                     guint     *n_awaited)
{
  guint       max_items = grip_lane_batch_items (self);
  gsize       room = grip_lane_batch_bytes (self) - GRIP_BODY_OVERHEAD;
  gsize       bytes = 0;
  guint       n_skipped = 0;
  GripEntry  *previous = NULL;
  GripEntry **link = &self->head;

  while (*link != NULL && n_skipped <= MAX_SKIPPED)
    {
      GripEntry *entry = *link;
      gsize      size;

      if (must_wait (self, entry))
        {
          n_skipped++;
          previous = entry;
          link = &entry->next;
          continue;
        }
      if (entry->batch_limit > 0)
        max_items = MIN (max_items, entry->batch_limit);
      if (is_full (self, entry, taken->len, max_items, room))
        break;

      size = grip_lane_size_of (self, entry->message);
      bytes += size;
      room -= MIN (room, size + 1);
      if (entry->message->outcome != NULL)
        (*n_awaited)++;
      grip_lane_unlink_locked (self, link, previous);
      g_ptr_array_add (taken, entry);
    }

  return bytes;
}

/* Takes as many messages as fit into one request.
 *
 * Returns: (nullable): %NULL when all that waits has to wait longer */
GripDelivery *
grip_lane_take_batch_locked (GripLane *self)
{
  GPtrArray    *taken = g_ptr_array_new ();
  guint         n_awaited = 0;
  gsize         bytes = take_entries_locked (self, taken, &n_awaited);
  gint64        now = g_get_monotonic_time ();
  guint         n = taken->len;
  GripDelivery *delivery;

  if (n == 0)
    {
      self->stalled = TRUE;
      g_ptr_array_unref (taken);
      return NULL;
    }

  for (guint i = 0; i < n; i++)
    {
      GripEntry *entry = g_ptr_array_index (taken, i);

      if (entry->attempts++ > 0)
        self->counters.n_retried++;
      if (entry->first_sent == 0)
        entry->first_sent = now;
    }

  delivery = grip_delivery_new (self, (GripEntry **) g_ptr_array_free (taken, FALSE), n, n_awaited, bytes,
                                self->encoding);
  grip_lane_mark_busy_locked (self, delivery, TRUE);
  g_ptr_array_add (self->flying, delivery);

  return delivery;
}

/* It was taken, and then not tried at all. */
void
grip_entry_untry (GripEntry *entry)
{
  if (--entry->attempts == 0)
    entry->first_sent = 0;
}

/* Sorts the entries that a delivery is to lose: those that are answered are done with. */
static void
shrink_locked (GripLane     *self,
               GripDelivery *delivery,
               guint         n_kept,
               GPtrArray    *back,
               GPtrArray    *done)
{
  for (guint i = n_kept; i < delivery->n_entries; i++)
    {
      GripEntry *entry = delivery->entries[i];

      delivery->bytes -= grip_lane_size_of (self, entry->message);
      if (entry->message->outcome != NULL)
        delivery->n_awaited--;
      grip_entry_untry (entry);
      g_ptr_array_add (entry->answered ? done : back, entry);
    }
  delivery->n_entries = n_kept;
}

/* What the transport has not sent of a delivery that goes on goes back to the queue. */
void
grip_lane_take_back (GripLane     *self,
                     GripDelivery *delivery,
                     guint         n_kept)
{
  g_autoptr(GPtrArray) back = g_ptr_array_new ();
  g_autoptr(GPtrArray) done = g_ptr_array_new_with_free_func ((GDestroyNotify) grip_entry_free);
  g_autoptr(GripLane)  successor = NULL;

  g_mutex_lock (&self->lock);
  if (g_ptr_array_find (self->flying, delivery, NULL))
    {
      grip_lane_mark_busy_locked (self, delivery, FALSE);
      shrink_locked (self, delivery, n_kept, back, done);
      grip_lane_mark_busy_locked (self, delivery, TRUE);
      self->stalled = FALSE;
    }
  successor = grip_lane_return_locked (self, back);
  g_mutex_unlock (&self->lock);

  if (successor != NULL)
    grip_lane_forward (self, successor, back);
  grip_lane_settle (self);
  grip_lane_tell_change (self);
}

static gboolean
has_whole_batch_locked (GripLane *self)
{
  return self->queued_bytes + self->n_queued >= grip_lane_batch_bytes (self) - GRIP_BODY_OVERHEAD ||
         self->n_queued >= grip_lane_batch_items (self);
}

/* A lone message leaves at once; a second delivery only when it would be a full one, so that batches
 * grow with load. */
gboolean
grip_lane_may_deliver_locked (GripLane *self,
                              gint64    now)
{
  if (self->head == NULL || self->blocked || self->wake_at > now || !grip_lane_is_ready (self))
    return FALSE;
  if (self->flying->len == 0)
    return TRUE;

  return self->flying->len < self->window && !self->stalled && has_whole_batch_locked (self);
}
