/* grip-type-table.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-type-table-private.h"

/* False when the name is taken. */
gboolean
grip_type_table_add (GripTypeTable *self,
                     const char    *name,
                     GType          type)
{
  GripRegisteredType *entry;
  gboolean            is_new;

  g_mutex_lock (&self->lock);
  if (self->types == NULL)
    self->types = g_hash_table_new (g_str_hash, g_str_equal);
  is_new = !g_hash_table_contains (self->types, name);
  if (is_new)
    {
      entry = g_new0 (GripRegisteredType, 1);
      entry->type = type;
      entry->thread = g_thread_ref (g_thread_self ());
      entry->context = g_main_context_ref_thread_default ();
      g_hash_table_insert (self->types, g_strdup (name), entry);
    }
  g_mutex_unlock (&self->lock);

  return is_new;
}

/* A copy, as the table may grow when the lock is gone; what it points to stays for ever. */
gboolean
grip_type_table_find (GripTypeTable      *self,
                      const char         *name,
                      GripRegisteredType *found)
{
  GripRegisteredType *entry;

  g_mutex_lock (&self->lock);
  entry = self->types != NULL ? g_hash_table_lookup (self->types, name) : NULL;
  if (entry != NULL)
    *found = *entry;
  g_mutex_unlock (&self->lock);

  return entry != NULL;
}

static int
compare_strings (gconstpointer a,
                 gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The names, sorted. */
char **
grip_type_table_list (GripTypeTable *self)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new ();
  GHashTableIter       iter;
  gpointer             name;

  g_mutex_lock (&self->lock);
  if (self->types != NULL)
    {
      g_hash_table_iter_init (&iter, self->types);
      while (g_hash_table_iter_next (&iter, &name, NULL))
        g_ptr_array_add (names, g_strdup (name));
    }
  g_mutex_unlock (&self->lock);

  g_ptr_array_sort (names, compare_strings);
  g_ptr_array_add (names, NULL);

  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}
