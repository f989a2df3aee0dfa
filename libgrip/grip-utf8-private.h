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

#define GRIP_UTF8_HIGH_BITS G_GUINT64_CONSTANT (0x8080808080808080)

static inline guint64
grip_utf8_load (const char *s)
{
  guint64 block;

  memcpy (&block, s, sizeof block);

  return block;
}

/* How many of the first bytes are ASCII. Most payloads are nothing else. */
static inline gsize
grip_utf8_skip_ascii (const char *s,
                      gsize       length)
{
  gsize i = 0;

  for (; length - i >= 32; i += 32)
    if (((grip_utf8_load (s + i) | grip_utf8_load (s + i + 8) | grip_utf8_load (s + i + 16) |
          grip_utf8_load (s + i + 24)) & GRIP_UTF8_HIGH_BITS) != 0)
      break;
  for (; length - i >= 8; i += 8)
    if ((grip_utf8_load (s + i) & GRIP_UTF8_HIGH_BITS) != 0)
      break;
  while (i < length && (s[i] & 0x80) == 0)
    i++;

  return i;
}

/* Whether the bytes are valid UTF-8, NUL allowed; @valid_length (nullable) tells how many are. */
static inline gboolean
grip_utf8_check (const void *data,
                 gsize       length,
                 gsize      *valid_length)
{
  const char *s = data;
  const char *end;
  gsize       i = grip_utf8_skip_ascii (s, length);
  gsize       from;

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
