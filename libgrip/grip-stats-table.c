/* grip-stats-table.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-error.h"
#include "grip-stats-table-private.h"

#define MAX_ENTRIES  1000000
#define MAX_BYTES    (256 * 1024 * 1024)
#define MAX_TTL      86400

typedef struct
{
  char          *key;        /* source, a byte that is in no UTF-8, name */
  const char    *name;
  guint64        count;
  gint64         expires;
  GSequenceIter *iter;
} Entry;

struct _GripStatsTable
{
  GHashTable         *entries;
  GSequence          *queue;     /* of entries, the first to go first */
  gsize               bytes;
  GSource            *timer;
  GripStatsTableFunc  func;
  GObject            *owner;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->key);
  g_free (entry);
}

static int
compare_entries (gconstpointer a,
                 gconstpointer b,
                 gpointer      unused)
{
  gint64 left = ((const Entry *) a)->expires;
  gint64 right = ((const Entry *) b)->expires;

  return (left > right) - (left < right);
}

static void
set_timer (GripStatsTable *self)
{
  GSequenceIter *first = g_sequence_get_begin_iter (self->queue);
  gint64         at = -1;

  if (!g_sequence_iter_is_end (first))
    at = ((Entry *) g_sequence_get (first))->expires;
  g_source_set_ready_time (self->timer, at);
}

/* It is told of last: a handler may look at the table. */
static void
drop_entry (GripStatsTable *self,
            Entry          *entry)
{
  self->bytes -= strlen (entry->key);
  g_sequence_remove (entry->iter);
  g_hash_table_remove (self->entries, entry->key);
  self->func (entry->name, entry->count, 0, self->owner);
  entry_free (entry);
}

static gboolean
expire_cb (gpointer user_data)
{
  GripStatsTable     *self = user_data;
  g_autoptr(GObject)  owner = g_object_ref (self->owner);
  gint64              now = g_get_monotonic_time ();
  GSequenceIter      *first = g_sequence_get_begin_iter (self->queue);

  while (!g_sequence_iter_is_end (first) && ((Entry *) g_sequence_get (first))->expires <= now)
    {
      drop_entry (self, g_sequence_get (first));
      first = g_sequence_get_begin_iter (self->queue);
    }
  set_timer (self);

  return G_SOURCE_CONTINUE;
}

static gboolean
timer_dispatch (GSource     *source,
                GSourceFunc  callback,
                gpointer     user_data)
{
  return callback (user_data);
}

static GSourceFuncs timer_funcs = {
  .dispatch = timer_dispatch,
};

/* @owner frees the table when it is finalized; it is given to @func. */
GripStatsTable *
grip_stats_table_new (GMainContext       *context,
                      GripStatsTableFunc  func,
                      GObject            *owner)
{
  GripStatsTable *self = g_new0 (GripStatsTable, 1);

  self->entries = g_hash_table_new (g_str_hash, g_str_equal);
  self->queue = g_sequence_new (NULL);
  self->func = func;
  self->owner = owner;
  self->timer = g_source_new (&timer_funcs, sizeof (GSource));
  g_source_set_callback (self->timer, expire_cb, self, NULL);
  g_source_set_static_name (self->timer, "GripStatsTable");
  g_source_attach (self->timer, context);

  return self;
}

void
grip_stats_table_free (GripStatsTable *self)
{
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  g_hash_table_unref (self->entries);
  g_sequence_foreach (self->queue, (GFunc) entry_free, NULL);
  g_sequence_free (self->queue);
  g_free (self);
}

static Entry *
add_entry (GripStatsTable  *self,
           char            *key,
           GError         **error)
{
  Entry *entry;
  gsize  length = strlen (key);

  if (g_hash_table_size (self->entries) >= MAX_ENTRIES || self->bytes + length > MAX_BYTES)
    {
      g_free (key);
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE,
                   "the proxies tell of more than %d subscriptions or connections, or of %d bytes of names",
                   MAX_ENTRIES, MAX_BYTES);
      return NULL;
    }

  entry = g_new0 (Entry, 1);
  entry->key = key;
  entry->name = strchr (key, '\xff') + 1;
  self->bytes += length;
  g_hash_table_insert (self->entries, entry->key, entry);

  return entry;
}

/* Sets what @source, a part of a proxy, tells of @name. It goes after @ttl seconds, and at once with a
 * @count of 0.
 *
 * Returns: false when there is no room for it */
gboolean
grip_stats_table_set (GripStatsTable  *self,
                      const char      *source,
                      const char      *name,
                      guint64          count,
                      gint64           ttl,
                      GError         **error)
{
  char    *key = g_strconcat (source, "\xff", name, NULL);
  Entry   *entry = g_hash_table_lookup (self->entries, key);
  guint64  old_count;

  if (count == 0)
    {
      if (entry != NULL)
        drop_entry (self, entry);
      g_free (key);
      set_timer (self);
      return TRUE;
    }

  if (entry == NULL)
    entry = add_entry (self, key, error);
  else
    g_free (key);
  if (entry == NULL)
    return FALSE;

  entry->expires = g_get_monotonic_time () + CLAMP (ttl, 1, MAX_TTL) * G_USEC_PER_SEC;
  if (entry->iter == NULL)
    entry->iter = g_sequence_insert_sorted (self->queue, entry, compare_entries, NULL);
  else
    g_sequence_sort_changed (entry->iter, compare_entries, NULL);
  set_timer (self);

  old_count = entry->count;
  entry->count = count;
  if (old_count != count)
    self->func (name, old_count, count, self->owner);

  return TRUE;
}

void
grip_stats_table_clear (GripStatsTable *self)
{
  GSequenceIter *first;

  while (!g_sequence_iter_is_end (first = g_sequence_get_begin_iter (self->queue)))
    drop_entry (self, g_sequence_get (first));
  set_timer (self);
}

guint
grip_stats_table_get_size (GripStatsTable *self)
{
  return g_hash_table_size (self->entries);
}
