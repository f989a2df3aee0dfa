/* grip-json-tree-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-json-private.h"

G_BEGIN_DECLS

/* A JSON document that can be changed, and is printed as Pushpin prints one: without spaces, the
 * members of an object by their names, every number as the shortest one of the same double. */
typedef struct _GripJsonTree GripJsonTree;

struct _GripJsonTree
{
  GripJsonKind kind;           /* never GRIP_JSON_INTEGER: a number is a double */
  union
  {
    gboolean   boolean;
    double     number;
    char      *text;
    GPtrArray *elements;       /* owned */
    GTree     *members;        /* name -> value, owned; by the UTF-16 units of the names */
  };
};

GripJsonTree *grip_json_tree_parse      (const char         *data,
                                         gsize               length,
                                         GError            **error);
/* Takes from @budget what it copies; NULL when that does not suffice. */
GripJsonTree *grip_json_tree_copy       (const GripJsonTree *self,
                                         gint64             *budget);
void          grip_json_tree_free       (GripJsonTree       *self);
/* How many containers are around the innermost value, with the outermost one. */
guint         grip_json_tree_get_depth  (const GripJsonTree *self,
                                         gint64             *budget);
GripJsonTree *grip_json_tree_get_member (const GripJsonTree *self,
                                         const char         *name);
const char   *grip_json_tree_get_text   (const GripJsonTree *self,
                                         const char         *name);
void          grip_json_tree_print      (const GripJsonTree *self,
                                         GString            *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripJsonTree, grip_json_tree_free)

G_END_DECLS
