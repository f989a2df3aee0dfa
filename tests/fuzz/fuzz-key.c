/* fuzz-key.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <libgrip/grip.h>

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

static void
use (GripKey *key)
{
  g_autofree char *description = grip_key_to_string (key);
  g_autofree char *token = NULL;
  g_autoptr(GripSignature) signature = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (grip_key_equal (key, key));
  if (!grip_key_is_private (key))
    return;

  token = grip_key_sign (key, "fuzz", 2000000000, NULL);
  if (token == NULL)
    return;
  signature = grip_validate_sig_full (token, -1, key, "fuzz", 1700000000, 0, &error);
  if (signature == NULL && !g_error_matches (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG))
    g_error ("a key does not verify what it signed: %s", error->message);
}

/* Whatever the bytes: a key that works, or an error; and no secret that holds the text of a key. */
int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GBytes) bytes = g_bytes_new (data, size);
  g_autoptr(GError) error = NULL;
  g_autoptr(GripKey) key = grip_key_new_from_bytes (bytes, &error);

  g_assert_cmpint (key == NULL, ==, error != NULL);
  if (key == NULL)
    {
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
      return 0;
    }

  if (grip_key_get_kind (key) == GRIP_KEY_KIND_SECRET)
    {
      gboolean is_oct = g_strstr_len ((const char *) data, (gssize) size, "kty") != NULL ||
                        (size >= 7 && memcmp (data, "base64:", 7) == 0);

      g_assert_true (is_oct || g_strstr_len ((const char *) data, (gssize) size, "-----BEGIN") == NULL);
    }
  use (key);
  return 0;
}
