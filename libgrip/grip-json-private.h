/* grip-json-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* No document may nest deeper, whatever the caller asks for: json-glib and what walks a tree of it
 * recurse. */
#define GRIP_JSON_MAX_DEPTH 128

typedef enum
{
  GRIP_JSON_OBJECT,
  GRIP_JSON_ARRAY,
  GRIP_JSON_STRING,
  GRIP_JSON_INTEGER,
  GRIP_JSON_DOUBLE,
  GRIP_JSON_BOOLEAN,
  GRIP_JSON_NULL,
} GripJsonKind;

/* A member of the outermost object. The name is decoded; the value is the text as it stands. Neither
 * ends in a NUL. Both live as long as the call. */
typedef struct
{
  const char *name;
  gsize name_length;
  const char *value;
  gsize value_length;
  GripJsonKind kind;
} GripJsonMember;

typedef void (*GripJsonMemberFunc) (const GripJsonMember *member,
                                    gpointer              user_data);

gboolean  grip_json_check          (const char            *data,
                                    gsize                  length,
                                    guint                  max_depth,
                                    GError               **error);
gboolean  grip_json_scan_object    (const char            *data,
                                    gsize                  length,
                                    guint                  max_depth,
                                    GripJsonMemberFunc     func,
                                    gpointer               user_data,
                                    GError               **error);
JsonNode *grip_json_parse          (const char            *data,
                                    gsize                  length,
                                    guint                  max_depth,
                                    GError               **error);
GVariant *grip_json_to_variant     (JsonNode              *node);
gboolean  grip_json_member_is      (const GripJsonMember  *member,
                                    const char            *name);
char     *grip_json_member_string  (const GripJsonMember  *member);
gint64    grip_json_member_integer (const GripJsonMember  *member);
double    grip_json_member_double  (const GripJsonMember  *member);

gsize     grip_json_read_unicode   (const char            *text,
                                    const char            *end,
                                    gunichar              *c);
char     *grip_json_decode_string  (const char            *text,
                                    gsize                  length,
                                    gsize                 *decoded_length);
double    grip_json_read_double    (const char            *text,
                                    gsize                  length);

G_END_DECLS
