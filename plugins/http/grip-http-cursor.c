/* grip-http-cursor.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-http-cursor.h"

/* Fanout Cloud's cursors are base64 of WHERE_POSITION, and those of its stream and of its history
 * differ before the underscore.
 *
 * Returns: (nullable): the position */
static char *
dup_position (const char *cursor)
{
  gsize              length;
  g_autofree guchar *text = g_base64_decode (cursor, &length);
  const guchar      *mark = length > 0 ? memchr (text, '_', length) : NULL;

  return mark != NULL ? g_strndup ((const char *) mark + 1, length - (mark + 1 - text)) : NULL;
}

/* Whether two cursors, which may be %NULL, are the same place in the list of changes. */
gboolean
grip_http_cursor_equal (const char *a,
                        const char *b)
{
  g_autofree char *position = NULL;
  g_autofree char *other = NULL;

  if (a == NULL || b == NULL || g_str_equal (a, b))
    return a == b || (a != NULL && b != NULL);

  position = dup_position (a);
  other = dup_position (b);

  return position != NULL && *position != '\0' && g_strcmp0 (position, other) == 0;
}
