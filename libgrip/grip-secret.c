/* grip-secret.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include <openssl/crypto.h>

#include "grip-error.h"
#include "grip-secret-private.h"

#define PREFIX "base64:"

typedef struct
{
  gsize length;
  char  data[];
} Secret;

void
grip_secret_cleanse (void  *data,
                     gsize  length)
{
  if (length > 0)
    OPENSSL_cleanse (data, length);
}

/* Of a text. NULL is fine. */
void
grip_secret_free (char *text)
{
  if (text != NULL)
    grip_secret_cleanse (text, strlen (text));
  g_free (text);
}

static void
free_secret_cb (gpointer data)
{
  Secret *secret = data;

  grip_secret_cleanse (secret, sizeof (Secret) + secret->length);
  g_free (secret);
}

/* A copy that is overwritten when nobody holds it any more. */
GBytes *
grip_secret_new (const void *data,
                 gsize       length)
{
  Secret *secret = g_malloc (sizeof (Secret) + length);

  secret->length = length;
  if (length > 0)
    memcpy (secret->data, data, length);

  return g_bytes_new_with_free_func (secret->data, length, free_secret_cb, secret);
}

gboolean
grip_secret_is_base64 (const char *text)
{
  return g_str_has_prefix (text, PREFIX);
}

/* A space is a plus that a form decoder ate. */
static int
digit_value (char c)
{
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  if (c == '+' || c == '-' || c == ' ')
    return 62;
  if (c == '/' || c == '_')
    return 63;
  return -1;
}

/* Either alphabet; padding may be missing or short, as in the other libraries' examples, but what it
 * stands for must be possible. The result is as long as 3/4 of the digits. */
static gboolean
decode (const char *text,
        guint8     *out,
        gsize      *out_length,
        gsize      *bad)
{
  gsize   n_digits = 0;
  gsize   n_padding = 0;
  gsize   n = 0;
  guint32 bits = 0;

  while (digit_value (text[n_digits]) >= 0)
    {
      bits = bits << 6 | (guint32) digit_value (text[n_digits]);
      if (++n_digits % 4 != 1)
        out[n++] = (guint8) (bits >> ((4 - n_digits % 4) % 4 * 2));
    }
  while (text[n_digits + n_padding] == '=')
    n_padding++;

  *out_length = n;
  *bad = n_digits + n_padding;
  if (text[*bad] != '\0')
    return FALSE;

  *bad = n_digits;
  return n_digits % 4 != 1 && n_padding <= (4 - n_digits % 4) % 4;
}

/* The bytes that a text with the prefix base64: stands for. */
GBytes *
grip_secret_decode (const char  *text,
                    const char  *what,
                    GError     **error)
{
  gsize              prefix = strlen (PREFIX);
  gsize              length = strlen (text) - prefix;
  g_autofree guint8 *data = g_malloc (length + 1);
  GBytes            *result = NULL;
  gsize              n;
  gsize              bad;

  g_assert (grip_secret_is_base64 (text));

  if (!decode (text + prefix, data, &n, &bad))
    g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
                 "'%s' is not base64 at offset %" G_GSIZE_FORMAT, what, prefix + bad);
  else if (n == 0)
    g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "'%s' is empty", what);
  else
    result = grip_secret_new (data, n);
  grip_secret_cleanse (data, length + 1);

  return result;
}

/* The text itself where it reads back as the same bytes, else base64:… */
char *
grip_secret_to_text (GBytes *secret)
{
  gsize            length;
  const char      *data = g_bytes_get_data (secret, &length);
  g_autofree char *encoded = NULL;

  if (g_utf8_validate_len (data, length, NULL) && (length < strlen (PREFIX) || memcmp (data, PREFIX, strlen (PREFIX)) != 0))
    return g_strndup (data, length);

  encoded = g_base64_encode ((const guchar *) data, length);

  return g_strconcat (PREFIX, encoded, NULL);
}
