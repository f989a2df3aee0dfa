/* test-pushpin-sig.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <libgrip/grip.h>

#include "grip-test-client.h"
#include "grip-test-origin.h"
#include "grip-test-pushpin.h"

/* Tokens that a real Pushpin makes, as its origin gets them. */

static char *
read_key (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "unit", "data", "keys", name, NULL);
  g_autoptr(GError) error = NULL;
  char *text;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static char *
fetch_token (const char *sig_key)
{
  g_autoptr(GripTestOrigin) origin = grip_test_origin_new ();
  GripTestPushpinOptions options = {
    .origin_port = grip_test_origin_get_port (origin), .sig_key = sig_key, .sig_iss = "the-proxy",
  };
  g_autoptr(GripTestPushpin) pushpin = grip_test_pushpin_new (&options);
  g_autoptr(GripTestClient) client = grip_test_pushpin_hold (pushpin, "/sig");
  g_autoptr(GBytes) body = NULL;

  g_assert_true (grip_test_client_wait_closed (client, GRIP_TEST_PATIENCE));
  body = grip_test_client_dup_body (client);
  return g_strstrip (g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body)));
}

static void
check_token (const char *sig_key,
             const char *verify_text,
             const char *algorithm)
{
  g_autofree char *token = fetch_token (sig_key);
  g_autoptr(GripKey) key = NULL;
  g_autoptr(GripKey) other = grip_key_new_from_string ("other", NULL);
  g_autoptr(GripSignature) signature = NULL;
  g_autoptr(GError) error = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  key = grip_key_new_from_string (verify_text, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (grip_key_get_algorithm (key), ==, algorithm);

  signature = grip_validate_sig (token, key, "the-proxy", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (grip_signature_get_issuer (signature), ==, "the-proxy");
  g_assert_cmpint (grip_signature_get_expires (signature), >, now);
  g_assert_cmpint (grip_signature_get_expires (signature), <=, now + 3600);

  g_assert_null (grip_validate_sig (token, key, "another", NULL));
  g_assert_null (grip_validate_sig (token, other, "the-proxy", NULL));
  g_assert_null (grip_validate_sig_full (token, -1, key, "the-proxy", now + 3601, 0, NULL));
}

/* Pushpin takes a private key only from a file: base64: is always a secret to it. */
static char *
file_key (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "unit", "data", "keys", name, NULL);

  return g_strconcat ("file:", path, NULL);
}

static void
test_secret (void)
{
  check_token ("changeme", "changeme", "HS256");
}

static void
test_base64_secret (void)
{
  check_token ("base64:AAECAwQFBgcICQoLDA0ODw==", "base64:AAECAwQFBgcICQoLDA0ODw", "HS256");
}

static void
test_ec (void)
{
  g_autofree char *sig_key = file_key ("ec-pkcs8.pem");
  g_autofree char *public = read_key ("ec-spki.pem");

  check_token (sig_key, public, "ES256");
}

static void
test_rsa (void)
{
  g_autofree char *sig_key = file_key ("rsa-pkcs8.pem");
  g_autofree char *public = read_key ("rsa.jwk");

  check_token (sig_key, public, "RS256");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pushpin-sig/secret", test_secret);
  g_test_add_func ("/pushpin-sig/base64-secret", test_base64_secret);
  g_test_add_func ("/pushpin-sig/ec", test_ec);
  g_test_add_func ("/pushpin-sig/rsa", test_rsa);

  return g_test_run ();
}
