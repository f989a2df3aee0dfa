/* grip-type-table-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* Types that a program or a script registered under a name. An engine such as GJS aborts when an object
 * of its own is made in another thread, so each type belongs to the thread and to the context in which
 * it was registered. Entries are never removed. Zeroed memory is an empty table. */
typedef struct
{
  GMutex      lock;
  GHashTable *types;
} GripTypeTable;

typedef struct
{
  GType         type;
  GThread      *thread;
  GMainContext *context;
} GripRegisteredType;

gboolean   grip_type_table_add  (GripTypeTable      *self,
                                 const char         *name,
                                 GType               type);
gboolean   grip_type_table_find (GripTypeTable      *self,
                                 const char         *name,
                                 GripRegisteredType *found);
char     **grip_type_table_list (GripTypeTable      *self);

G_END_DECLS
