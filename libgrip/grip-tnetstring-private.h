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

/* Most lengths have up to four digits, and a division by a constant is a multiplication. */
static inline char *
grip_tnetstring_put_length (char  *to,
                            gsize  length)
{
  guint n = grip_tnetstring_digits (length);
  guint rest = (guint) length;

  if (G_UNLIKELY (n > 4))
    {
      for (guint i = n; i > 4; i--, length /= 10)
        to[i - 1] = '0' + length % 10;
      rest = (guint) length;
    }

  switch (MIN (n, 4))
    {
    case 4:
      *to = '0' + rest / 1000;
      to[1] = '0' + rest / 100 % 10;
      to[2] = '0' + rest / 10 % 10;
      to[3] = '0' + rest % 10;
      break;
    case 3:
      *to = '0' + rest / 100;
      to[1] = '0' + rest / 10 % 10;
      to[2] = '0' + rest % 10;
      break;
    case 2:
      *to = '0' + rest / 10;
      to[1] = '0' + rest % 10;
      break;
    default:
      *to = '0' + rest;
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
