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

static inline void
grip_tnetstring_put_pair (char  *to,
                          guint  value)
{
  static const char pairs[] =
    "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
    "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

  memcpy (to, pairs + 2 * value, 2);
}

/* Most lengths have up to four digits, and a division by a constant is a multiplication. */
static inline char *
grip_tnetstring_put_digits (char  *to,
                            gsize  length,
                            guint  n)
{
  char  *end = to + n;
  guint  rest;

  for (; G_UNLIKELY (length >= 10000); length /= 100)
    grip_tnetstring_put_pair (end -= 2, length % 100);

  rest = (guint) length;
  if (rest >= 100)
    {
      grip_tnetstring_put_pair (end -= 2, rest % 100);
      rest /= 100;
    }
  if (rest >= 10)
    grip_tnetstring_put_pair (end - 2, rest);
  else
    end[-1] = '0' + rest;
  to[n] = ':';

  return to + n + 1;
}

static inline char *
grip_tnetstring_put_length (char  *to,
                            gsize  length)
{
  return grip_tnetstring_put_digits (to, length, grip_tnetstring_digits (length));
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
