/* grip-base64url.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <openssl/crypto.h>

#include "grip-base64url-private.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#define X 64

/* The value of each character, or X. */
static const guint8 values[256] = {
  X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
  X, X, X, X, X, X, X, X, X, X, X, X, X, 62, X, X, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, X, X, X, X, X, X,
  X, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, X, X, X, X, 63,
  X, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, X, X, X, X, X,
  X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
  X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
  X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
  X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
};

static gsize
find_foreign (const char *text,
              gsize       length)
{
  gsize i = 0;

  while (i < length && values[(guchar) text[i]] != X)
    i++;
  return i;
}

/* The two or three characters after the last group of four. Bits that stand for nothing must be zero:
 * else one signature could be written in several ways. */
static gboolean
decode_tail (const char *text,
             gsize       length,
             guint8     *out)
{
  guint32 bits = 0;

  if (length == 1)
    return FALSE;

  for (gsize i = 0; i < length; i++)
    {
      guint8 value = values[(guchar) text[i]];

      if (value == X)
        return FALSE;
      bits = bits << 6 | value;
    }

  if (length == 2)
    {
      out[0] = (guint8) (bits >> 4);
      return (bits & 0xf) == 0;
    }
  out[0] = (guint8) (bits >> 10);
  out[1] = (guint8) (bits >> 2);
  return (bits & 0x3) == 0;
}

/* Decodes base64url as RFC 7515 has it: its alphabet, no padding, no space, and no spare bits.
 * out must have room for GRIP_BASE64URL_DECODED(length) bytes. */
gboolean
grip_base64url_decode (const char *text,
                       gsize       length,
                       guint8     *out,
                       gsize      *out_length,
                       gsize      *bad_offset)
{
  guint8 *start = out;
  gsize i;

  for (i = 0; i + 4 <= length; i += 4)
    {
      guint8 a = values[(guchar) text[i]];
      guint8 b = values[(guchar) text[i + 1]];
      guint8 c = values[(guchar) text[i + 2]];
      guint8 d = values[(guchar) text[i + 3]];
      guint32 bits;

      if (((a | b | c | d) & X) != 0)
        break;

      bits = (guint32) a << 18 | (guint32) b << 12 | (guint32) c << 6 | d;
      *out++ = (guint8) (bits >> 16);
      *out++ = (guint8) (bits >> 8);
      *out++ = (guint8) bits;
    }

  if (i + 4 <= length || (i < length && !decode_tail (text + i, length - i, out)))
    {
      *bad_offset = MIN (find_foreign (text, length), length - 1);
      return FALSE;
    }

  if (i < length)
    out += length - i - 1;
  *out_length = (gsize) (out - start);
  return TRUE;
}

void
grip_base64url_append (GString      *string,
                       const guint8 *data,
                       gsize         length)
{
  for (gsize i = 0; i < length; i += 3)
    {
      gsize n = MIN (length - i, 3);
      guint32 bits = (guint32) data[i] << 16;

      if (n > 1)
        bits |= (guint32) data[i + 1] << 8;
      if (n > 2)
        bits |= data[i + 2];
      for (gsize j = 0; j <= n; j++)
        g_string_append_c (string, alphabet[bits >> (18 - 6 * j) & 0x3f]);
    }
}

/* Decodes what people write as base64: either alphabet, padded or not, a space where a form decoder ate
 * a plus, white space at the end. NULL for anything else, also for nothing. The result must be freed
 * with OPENSSL_clear_free(): it may be a secret. */
guint8 *
grip_base64_decode_tolerant (const char *text,
                             gsize       length,
                             gsize      *out_length)
{
  g_autofree char *plain = NULL;
  guint8 *out;
  gsize bad_offset;
  gsize n;
  gboolean good;

  while (length > 0 && g_ascii_isspace (text[length - 1]))
    length--;
  n = length;
  while (n > 0 && length - n < 2 && text[n - 1] == '=')
    n--;
  if (n == 0 || (n != length && length % 4 != 0))
    return NULL;

  plain = g_malloc (n);
  for (gsize i = 0; i < n; i++)
    plain[i] = text[i] == '+' || text[i] == ' ' ? '-' : text[i] == '/' ? '_' : text[i];

  out = OPENSSL_malloc (GRIP_BASE64URL_DECODED (n));
  good = out != NULL && grip_base64url_decode (plain, n, out, out_length, &bad_offset);
  OPENSSL_cleanse (plain, n);
  if (good)
    return out;

  OPENSSL_clear_free (out, GRIP_BASE64URL_DECODED (n));
  return NULL;
}
