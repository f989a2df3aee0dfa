/* grip-soup-handling.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-soup-handling-private.h"

struct _GripSoupHandling
{
  GripSoupOrigin  *origin;   /* weak */
  char            *path;
  GripSoupHandler  handler;
  gpointer         user_data;
  GDestroyNotify   destroy;
};

GripSoupHandling *
grip_soup_handling_new (GripSoupOrigin  *origin,
                        const char      *path,
                        GripSoupHandler  handler,
                        gpointer         user_data,
                        GDestroyNotify   destroy)
{
  GripSoupHandling *self = g_rc_box_new0 (GripSoupHandling);

  g_set_weak_pointer (&self->origin, origin);
  self->path = g_strdup (path);
  self->handler = handler;
  self->user_data = user_data;
  self->destroy = destroy;

  return self;
}

GripSoupHandling *
grip_soup_handling_ref (GripSoupHandling *self)
{
  return g_rc_box_acquire (self);
}

static void
handling_clear (gpointer data)
{
  GripSoupHandling *self = data;

  g_clear_weak_pointer (&self->origin);
  g_free (self->path);
  if (self->destroy != NULL)
    self->destroy (self->user_data);
}

void
grip_soup_handling_unref (GripSoupHandling *self)
{
  g_rc_box_release_full (self, handling_clear);
}

GripSoupOrigin *
grip_soup_handling_get_origin (GripSoupHandling *self)
{
  return self->origin;
}

gboolean
grip_soup_handling_run (GripSoupHandling *self,
                        GripSoupRequest  *request)
{
  g_autoptr(GripSoupHandling) kept = grip_soup_handling_ref (self);
  g_autoptr(GripSoupOrigin) origin = NULL;

  if (self->origin == NULL)
    return FALSE;

  origin = g_object_ref (self->origin);
  self->handler (origin, request, self->user_data);

  return TRUE;
}

/* How much of @path it is for, 0 when it is not for it at all. As a SoupServer finds handlers: a path is
 * for itself and for what is below it. */
static gsize
match_path (GripSoupHandling *self,
            const char       *path)
{
  gsize length = strlen (self->path);

  while (length > 0 && self->path[length - 1] == '/')
    length--;

  if (strncmp (self->path, path, length) != 0 || (path[length] != '\0' && path[length] != '/'))
    return 0;

  return length + 1;
}

/* Returns: (nullable): what handles @path, the closest one */
GripSoupHandling *
grip_soup_handling_find (GPtrArray  *handlings,
                         const char *path)
{
  GripSoupHandling *found = NULL;
  gsize best = 0;

  for (guint i = 0; i < handlings->len; i++)
    {
      GripSoupHandling *handling = g_ptr_array_index (handlings, i);
      gsize match = match_path (handling, path);

      /* Of two for the same path the newer one counts. */
      if (match > 0 && match >= best)
        {
          best = match;
          found = handling;
        }
    }

  return found;
}
