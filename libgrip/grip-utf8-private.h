/* grip-utf8-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <string.h>

#include <glib.h>

G_BEGIN_DECLS

/* Whether the bytes are valid UTF-8, NUL allowed; @valid_length (nullable) tells how many are. Most
 * payloads are ASCII: that is seen eight bytes at a time. */
static inline gboolean
grip_utf8_check (const void *data,
                 gsize       length,
                 gsize      *valid_length)
{
  const char *s = data;
  const char *end;
  gsize       i = 0;
  gsize       from;

  while (length - i >= 8)
    {
      guint64 block;

      memcpy (&block, s + i, sizeof block);
      if ((block & G_GUINT64_CONSTANT (0x8080808080808080)) != 0)
        break;
      i += 8;
    }

  /* g_utf8_validate() stops at NUL, which is a legal character here. */
  for (from = i; from < length; from = end - s + 1)
    if (g_utf8_validate_len (s + from, length - from, &end))
      break;
    else if (*end != '\0')
      {
        if (valid_length != NULL)
          *valid_length = end - s;
        return FALSE;
      }

  if (valid_length != NULL)
    *valid_length = length;

  return TRUE;
}

G_END_DECLS
