/* grip-header-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How Pushpin reads the value of a GRIP header: a list of elements between commas, each a value or
 * `name=value` followed by parameters. */

typedef struct
{
  char *name;
  char *value;
} GripHeaderParam;

char       **grip_header_split            (const char  *text);
GArray      *grip_header_parse_params     (const char  *text,
                                           gboolean     parse_first,
                                           GError     **error);
const char  *grip_header_lookup_param     (GArray      *params,
                                           const char  *name,
                                           gboolean    *found);
void         grip_header_append_quoted    (GString     *text,
                                           const char  *value);
gboolean     grip_header_is_simple        (const char  *text);

G_END_DECLS
