/* grip-soup-sequencer.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-soup-sequencer-private.h"

/* As Pushpin has them, and a bound that it does not have. */
#define WAIT_TIME   (5 * G_USEC_PER_SEC)
#define SEEN_TIME   (60 * G_USEC_PER_SEC)
#define MAX_WAITING 100
#define MAX_SEEN    100000

typedef struct
{
  char             *channel;
  GripSoupRendered *rendered;
  gint64            due;
} Waiting;

typedef struct
{
  char   *key;
  gint64  due;
} Seen;

struct _GripSoupSequencer
{
  GHashTable        *last_ids;     /* channel -> id */
  GHashTable        *n_waiting;    /* channel -> number */
  GQueue             waiting;      /* of Waiting, by due time */
  GHashTable        *seen;         /* set of keys, owned by the queue */
  GQueue             seen_order;   /* of Seen, by due time */
  GripSoupReadyFunc  ready;
  gpointer           user_data;
};

static void
waiting_free (gpointer data)
{
  Waiting *self = data;

  g_free (self->channel);
  grip_soup_rendered_unref (self->rendered);
  g_free (self);
}

static void
seen_free (gpointer data)
{
  Seen *self = data;

  g_free (self->key);
  g_free (self);
}

GripSoupSequencer *
grip_soup_sequencer_new (GripSoupReadyFunc ready,
                         gpointer          user_data)
{
  GripSoupSequencer *self = g_new0 (GripSoupSequencer, 1);

  self->last_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->n_waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->waiting);
  g_queue_init (&self->seen_order);
  self->ready = ready;
  self->user_data = user_data;

  return self;
}

void
grip_soup_sequencer_free (GripSoupSequencer *self)
{
  g_hash_table_unref (self->last_ids);
  g_hash_table_unref (self->n_waiting);
  g_hash_table_unref (self->seen);
  g_queue_clear_full (&self->waiting, waiting_free);
  g_queue_clear_full (&self->seen_order, seen_free);
  g_free (self);
}

static void
forget_seen (GripSoupSequencer *self,
             gint64             now)
{
  Seen *first = NULL;

  while ((first = g_queue_peek_head (&self->seen_order)) != NULL &&
         (first->due <= now || self->seen_order.length > MAX_SEEN))
    {
      g_hash_table_remove (self->seen, first->key);
      seen_free (g_queue_pop_head (&self->seen_order));
    }
}

/* TRUE when the item was seen before. */
static gboolean
note_seen (GripSoupSequencer *self,
           const char        *channel,
           const char        *id)
{
  gint64 now = g_get_monotonic_time ();
  g_autofree char *key = NULL;
  Seen *seen = NULL;

  forget_seen (self, now);

  /* No channel has a name with this in it. */
  key = g_strconcat (channel, "\n\r\n", id, NULL);
  if (g_hash_table_contains (self->seen, key))
    return TRUE;

  seen = g_new0 (Seen, 1);
  seen->key = g_steal_pointer (&key);
  seen->due = now + SEEN_TIME;
  g_hash_table_add (self->seen, seen->key);
  g_queue_push_tail (&self->seen_order, seen);

  return FALSE;
}

static guint
count_waiting (GripSoupSequencer *self,
               const char        *channel,
               int                change)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->n_waiting, channel)) + change;

  if (n == 0)
    g_hash_table_remove (self->n_waiting, channel);
  else if (change != 0)
    g_hash_table_replace (self->n_waiting, g_strdup (channel), GUINT_TO_POINTER (n));

  return n;
}

static GList *
find_waiting (GripSoupSequencer *self,
              const char        *channel,
              const char        *prev_id)
{
  if (count_waiting (self, channel, 0) == 0)
    return NULL;

  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    {
      Waiting *waiting = l->data;

      if (g_str_equal (waiting->channel, channel) && g_str_equal (waiting->rendered->prev_id, prev_id))
        return l;
    }

  return NULL;
}

static void
wait (GripSoupSequencer *self,
      const char        *channel,
      GripSoupRendered  *rendered)
{
  Waiting *waiting = NULL;

  if (find_waiting (self, channel, rendered->prev_id) != NULL ||
      count_waiting (self, channel, 0) >= MAX_WAITING)
    {
      g_debug ("An item for '%s' was dropped: too many wait, or one for the same place", channel);
      return;
    }

  waiting = g_new0 (Waiting, 1);
  waiting->channel = g_strdup (channel);
  waiting->rendered = grip_soup_rendered_ref (rendered);
  waiting->due = g_get_monotonic_time () + WAIT_TIME;
  count_waiting (self, channel, 1);
  g_queue_push_tail (&self->waiting, waiting);
}

static void
hand_out (GripSoupSequencer *self,
          const char        *channel,
          GripSoupRendered  *rendered)
{
  if (rendered->id != NULL)
    g_hash_table_replace (self->last_ids, g_strdup (channel), g_strdup (rendered->id));
  else
    g_hash_table_remove (self->last_ids, channel);

  self->ready (channel, rendered, self->user_data);
}

/* Takes it out of the queue. */
static Waiting *
take_waiting (GripSoupSequencer *self,
              GList             *link)
{
  Waiting *waiting = link->data;

  count_waiting (self, waiting->channel, -1);
  g_queue_delete_link (&self->waiting, link);

  return waiting;
}

static void
hand_out_with_followers (GripSoupSequencer *self,
                         const char        *channel,
                         GripSoupRendered  *rendered)
{
  g_autofree char *id = g_strdup (rendered->id);

  hand_out (self, channel, rendered);

  while (id != NULL)
    {
      GList *link = find_waiting (self, channel, id);
      Waiting *waiting = NULL;

      if (link == NULL)
        break;

      waiting = take_waiting (self, link);
      hand_out (self, channel, waiting->rendered);
      g_free (id);
      id = g_strdup (waiting->rendered->id);
      waiting_free (waiting);
    }
}

void
grip_soup_sequencer_add (GripSoupSequencer *self,
                         const char        *channel,
                         GripSoupRendered  *rendered,
                         gboolean           in_order)
{
  const char *last_id = NULL;

  if (rendered->id != NULL && note_seen (self, channel, rendered->id))
    return;

  if (!in_order)
    {
      self->ready (channel, rendered, self->user_data);
      return;
    }

  last_id = grip_soup_sequencer_get_last_id (self, channel);
  if (last_id != NULL && rendered->prev_id != NULL && !g_str_equal (last_id, rendered->prev_id))
    wait (self, channel, rendered);
  else
    hand_out_with_followers (self, channel, rendered);
}

const char *
grip_soup_sequencer_get_last_id (GripSoupSequencer *self,
                                 const char        *channel)
{
  return g_hash_table_lookup (self->last_ids, channel);
}

void
grip_soup_sequencer_forget (GripSoupSequencer *self,
                            const char        *channel)
{
  g_hash_table_remove (self->last_ids, channel);
}

gint64
grip_soup_sequencer_get_due (GripSoupSequencer *self)
{
  Waiting *first = g_queue_peek_head (&self->waiting);

  return first != NULL ? first->due : -1;
}

void
grip_soup_sequencer_expire (GripSoupSequencer *self,
                            gint64             now)
{
  Waiting *first = NULL;

  while ((first = g_queue_peek_head (&self->waiting)) != NULL && first->due <= now)
    {
      take_waiting (self, self->waiting.head);
      hand_out_with_followers (self, first->channel, first->rendered);
      waiting_free (first);
    }
}
