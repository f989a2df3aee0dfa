/* grip-tnetstring-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <string.h>

#include <glib.h>

G_BEGIN_DECLS

/* LENGTH:PAYLOADtype (protocol 5.3). The functions that put something want room for it, and return
 * where the next thing goes. */

static inline guint
grip_tnetstring_digits (gsize value)
{
  guint digits = 1;

  if (G_LIKELY (value < 10000))
    return value < 100 ? 1 + (value >= 10) : 3 + (value >= 1000);

  while (value >= 10)
    {
      value /= 10;
      digits++;
    }

  return digits;
}

/* What a payload of that length takes. */
static inline gsize
grip_tnetstring_framed (gsize length)
{
  return grip_tnetstring_digits (length) + 1 + length + 1;
}

static inline char *
grip_tnetstring_put_length (char  *to,
                            gsize  length)
{
  guint n = grip_tnetstring_digits (length);

  for (guint i = n; i > 0; i--)
    {
      to[i - 1] = '0' + length % 10;
      length /= 10;
    }
  to[n] = ':';

  return to + n + 1;
}

static inline char *
grip_tnetstring_put (char       *to,
                     const void *data,
                     gsize       length,
                     char        kind)
{
  to = grip_tnetstring_put_length (to, length);
  if (length > 0)
    memcpy (to, data, length);
  to[length] = kind;

  return to + length + 1;
}

G_END_DECLS
