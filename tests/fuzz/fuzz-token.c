/* fuzz-token.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <libgrip/grip.h>
#include <libgrip/grip-base64url-private.h>
#include <libgrip/grip-key-private.h>

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

static GripKey *secret;
static GripKey *fanout;

static void
validate (const char *token,
          gsize       length,
          GripKey    *key)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GripSignature) signature =
    grip_validate_sig_full (token, (gssize) length, key, NULL, 1700000000, 0, &error);

  g_assert_cmpint (signature == NULL, ==, error != NULL);
  if (signature == NULL)
    return;

  g_assert_cmpint (grip_signature_get_expires (signature), >, 1700000000);
  g_assert_nonnull (grip_signature_get_claims (signature));
}

/* Once as a token, and once as header and payload, with a line break between them, of a token that is
 * truly signed: else no input would ever come to the claims. */
int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GString) token = g_string_new (NULL);
  const uint8_t *line = size > 0 ? memchr (data, '\n', size) : NULL;
  gsize header_length = line != NULL ? (gsize) (line - data) : 0;
  guint8 signature[GRIP_KEY_MAX_SIGNATURE];
  gsize n;

  if (secret == NULL)
    {
      secret = grip_key_new_from_string ("changeme", NULL);
      fanout = grip_key_new_for_fanout ();
    }

  validate ((const char *) data, size, secret);
  validate ((const char *) data, size, fanout);
  if (line == NULL)
    return 0;

  grip_base64url_append (token, data, header_length);
  g_string_append_c (token, '.');
  grip_base64url_append (token, data + header_length + 1, size - header_length - 1);
  g_assert_true (grip_key_sign_data (secret, token->str, token->len, signature, &n));
  g_string_append_c (token, '.');
  grip_base64url_append (token, signature, n);
  validate (token->str, token->len, secret);
  return 0;
}
