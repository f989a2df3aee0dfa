/* grip-lane-exit.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <pthread.h>
#include <stdlib.h>

#include "grip-lane-state-private.h"

/* A process that ends takes with it what is still on a lane. Nothing can be delivered then, but it is not
 * lost in silence.
 *
 * The handler runs late: an application's writer of logs may be written in a language whose interpreter has
 * gone, so it is passed by. Other threads may run, so it waits for no lock. */
static struct
{
  GMutex      lock;
  GHashTable *lanes;
} alive;

static guint
count_undelivered (void)
{
  GHashTableIter iter;
  gpointer       data;
  guint          n = 0;

  g_hash_table_iter_init (&iter, alive.lanes);
  while (g_hash_table_iter_next (&iter, &data, NULL))
    {
      GripLane *lane = data;

      if (!g_mutex_trylock (&lane->lock))
        continue;
      n += lane->n_held;
      g_mutex_unlock (&lane->lock);
    }

  return n;
}

static void
warn_at_exit (void)
{
  g_autofree char *text = NULL;
  guint            n = 0;

  if (!g_mutex_trylock (&alive.lock))
    return;
  if (alive.lanes != NULL)
    n = count_undelivered ();
  g_mutex_unlock (&alive.lock);
  if (n == 0)
    return;

  text = g_strdup_printf ("The process ends with %u items that are not delivered; close() a GripPubControl before", n);
  g_log_writer_standard_streams (G_LOG_LEVEL_WARNING,
                                 (GLogField[]) {
                                   { "MESSAGE", text, -1 },
                                   { "GLIB_DOMAIN", G_LOG_DOMAIN, -1 },
                                 },
                                 2, NULL);
}

/* The lanes of the parent are none of the child's, and their locks may be locked for ever. */
static void
forget_in_child (void)
{
  g_mutex_init (&alive.lock);
  alive.lanes = NULL;
}

void
grip_lane_note_alive (GripLane *self)
{
  static gsize is_prepared;

  if (g_once_init_enter (&is_prepared))
    {
      pthread_atfork (NULL, NULL, forget_in_child);
      atexit (warn_at_exit);
      g_once_init_leave (&is_prepared, 1);
    }

  g_mutex_lock (&alive.lock);
  if (alive.lanes == NULL)
    alive.lanes = g_hash_table_new (NULL, NULL);
  g_hash_table_add (alive.lanes, self);
  g_mutex_unlock (&alive.lock);
}

void
grip_lane_note_end (GripLane *self)
{
  g_mutex_lock (&alive.lock);
  if (alive.lanes != NULL)
    g_hash_table_remove (alive.lanes, self);
  g_mutex_unlock (&alive.lock);
}
