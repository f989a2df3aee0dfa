/* test-signature.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <libgrip/grip.h>
#include <libgrip/grip-base64url-private.h>
#include <libgrip/grip-key-private.h>

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#define NOW 1700000000

static GripKey *
load_file (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "unit", "data", "keys", name, NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  GripKey *key;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  key = grip_key_new_from_string (text, &error);
  g_assert_no_error (error);
  return key;
}

static GripKey *
load (const char *text)
{
  g_autoptr(GError) error = NULL;
  GripKey *key = grip_key_new_from_string (text, &error);

  g_assert_no_error (error);
  return key;
}

/* Any header and payload, truly signed: of a forger who has the key only the checks are left. */
static char *
make_n (GripKey    *key,
        const char *header,
        const char *payload,
        gsize       payload_length)
{
  GString *token = g_string_new (NULL);
  guint8 signature[GRIP_KEY_MAX_SIGNATURE];
  gsize n;

  grip_base64url_append (token, (const guint8 *) header, strlen (header));
  g_string_append_c (token, '.');
  grip_base64url_append (token, (const guint8 *) payload, payload_length);
  g_assert_true (grip_key_sign_data (key, token->str, token->len, signature, &n));
  g_string_append_c (token, '.');
  grip_base64url_append (token, signature, n);
  return g_string_free (token, FALSE);
}

static char *
make (GripKey    *key,
      const char *header,
      const char *payload)
{
  return make_n (key, header, payload, strlen (payload));
}

static void
assert_valid (const char *token,
              GripKey    *key,
              const char *iss)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GripSignature) signature = grip_validate_sig_full (token, -1, key, iss, NOW, 0, &error);

  g_assert_no_error (error);
  g_assert_nonnull (signature);
}

static void
assert_invalid (const char *token,
                GripKey    *key,
                const char *iss,
                const char *reason)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (grip_validate_sig_full (token, -1, key, iss, NOW, 0, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == GRIP_ERROR);
  if (strstr (error->message, reason) == NULL)
    g_assert_cmpstr (error->message, ==, reason);
  g_assert_cmpuint (ERR_peek_error (), ==, 0);
}

#define RFC_PAYLOAD "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

/* RFC 7515, appendix A: the tokens and keys that everybody has. */
static void
test_rfc7515 (void)
{
  static const struct { const char *name; const char *jwk; const char *token; } cases[] = {
    { "A.1",
      "{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow\"}",
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." RFC_PAYLOAD ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" },
    { "A.2",
      "{\"kty\":\"RSA\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\",\"e\":\"AQAB\"}",
      "eyJhbGciOiJSUzI1NiJ9." RFC_PAYLOAD ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw" },
    { "A.3",
      "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}",
      "eyJhbGciOiJFUzI1NiJ9." RFC_PAYLOAD ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GripKey) key = load (cases[i].jwk);
      g_autoptr(GError) error = NULL;
      g_autoptr(GripSignature) signature = NULL;
      gboolean is_root = FALSE;

      g_test_message ("%s", cases[i].name);
      signature = grip_validate_sig_full (cases[i].token, -1, key, "joe", 1300819379, 0, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (grip_signature_get_issuer (signature), ==, "joe");
      g_assert_cmpint (grip_signature_get_expires (signature), ==, 1300819380);
      g_assert_true (g_variant_lookup (grip_signature_get_claims (signature), "http://example.com/is_root",
                                       "b", &is_root));
      g_assert_true (is_root);
      assert_invalid (cases[i].token, key, "joe", "expired");
    }

  /* A.4 is ES512, A.5 is unsecured. */
  {
    g_autoptr(GripKey) key = load (cases[2].jwk);

    assert_invalid ("eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwM", key, NULL, "signed with ES512 but the key is an EC public key");
    assert_invalid ("eyJhbGciOiJub25lIn0." RFC_PAYLOAD ".", key, NULL, "signed with none");
  }
}

static const char *const pairs[][3] = {
  { "rsa-pkcs8.pem", "rsa.jwk", "RS256" },
  { "ec-sec1.pem", "ec-certificate.pem", "ES256" },
  { "ed25519-pkcs8.pem", "ed25519-spki.pem", "EdDSA" },
};

static void
test_sign (void)
{
  g_autoptr(GripKey) secret = load ("changeme");
  g_autofree char *token = grip_key_sign (secret, "push\"\\\npin\xc3\xa9", NOW + 1, NULL);
  g_autofree char *plain = grip_key_sign (secret, NULL, NOW + 1, NULL);
  g_autoptr(GripSignature) signature = NULL;
  g_autoptr(GError) error = NULL;

  signature = grip_validate_sig_full (token, -1, secret, "push\"\\\npin\xc3\xa9", NOW, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (grip_signature_get_json (signature), ==,
                   "{\"exp\":1700000001,\"iss\":\"push\\\"\\\\\\u000apin\xc3\xa9\"}");
  assert_valid (plain, secret, NULL);
  assert_invalid (plain, secret, "pushpin", "names no issuer");
  g_assert_null (grip_key_sign (secret, "\xff", 1, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
  g_clear_error (&error);

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autoptr(GripKey) private = load_file (pairs[i][0]);
      g_autoptr(GripKey) public = load_file (pairs[i][1]);
      g_autofree char *asymmetric = NULL;

      /* Of ES256, some signatures have short numbers in them. */
      for (guint j = 0; j < 300; j++)
        {
          g_free (asymmetric);
          asymmetric = grip_key_sign (private, "pushpin", NOW + 1 + j, &error);
          g_assert_no_error (error);
          assert_valid (asymmetric, public, "pushpin");
          if (private->kind != GRIP_KEY_KIND_EC_P256)
            break;
        }
      assert_valid (asymmetric, private, "pushpin");
      g_assert_null (grip_key_sign (public, "pushpin", NOW, &error));
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
      g_clear_error (&error);
    }
}

/* grip.net's unit test has this token. */
static void
test_fixed (void)
{
  g_autoptr(GripKey) key = load ("test-key");
  g_autofree char *token = grip_key_sign (key, "realm", 1385165463, NULL);
  g_autoptr(GripSignature) signature = grip_validate_sig_full (token, -1, key, "realm", 1385161745, 0, NULL);

  g_assert_nonnull (signature);
  assert_invalid (token, key, "realm", "expired at 1385165463");
}

static void
test_claims (void)
{
  static const struct { const char *payload; const char *reason; } cases[] = {
    { "{\"exp\":1700000001}", NULL },
    { "{\"exp\":1700000001,\"iss\":\"x\",\"sub\":[{}],\"aud\":\"who\",\"iat\":1800000000,\"nbf\":1700000000}", NULL },
    { "{\"exp\":1.7e9}", "expired" },
    { "{\"exp\":1700000000.9}", "expired" },
    { "{\"exp\":1700000001.5}", NULL },
    { "{\"exp\":9223372036854775807}", NULL },
    { "{\"exp\":9.2e18}", NULL },
    { "{}", "it has no exp" },
    { "{\"iss\":\"x\"}", "it has no exp" },
    { "{\"exp\":1700000000}", "it expired at 1700000000, and now is 1700000000" },
    { "{\"exp\":1699999999}", "expired" },
    { "{\"exp\":0}", "expired" },
    { "{\"exp\":-1}", "expired" },
    { "{\"exp\":-9223372036854775808}", "expired" },
    { "{\"exp\":\"1700000001\"}", "\"exp\" is not a time" },
    { "{\"exp\":null}", "\"exp\" is not a time" },
    { "{\"exp\":true}", "\"exp\" is not a time" },
    { "{\"exp\":[1700000001]}", "\"exp\" is not a time" },
    { "{\"exp\":{}}", "\"exp\" is not a time" },
    { "{\"exp\":1e300}", "\"exp\" is not a time" },
    { "{\"exp\":-1e300}", "\"exp\" is not a time" },
    { "{\"exp\":9223372036854775807.0}", "\"exp\" is not a time" },
    { "{\"exp\":1e400}", "expected a finite number" },
    { "{\"exp\":NaN}", "malformed JSON" },
    { "{\"exp\":Infinity}", "malformed JSON" },
    { "{\"exp\":9223372036854775808}", "at most 64 bits" },
    { "{\"exp\":-9223372036854775809}", "at most 64 bits" },
    { "{\"exp\":0x7fffffff}", "malformed JSON" },
    { "{\"exp\":02000000000}", "malformed JSON" },
    { "{\"exp\":1,\"exp\":1700000001}", "member name" },
    { "{\"exp\":1700000001,\"e\\u0078p\":1}", "member name" },
    { "{\"o\":{\"exp\":1700000001}}", "it has no exp" },
    { "[{\"exp\":1700000001}]", "expected an object" },
    { "\"exp\"", "expected an object" },
    { "", "malformed JSON" },
    { "{\"exp\":1700000001}{}", "the end of the text" },
    { "{\"exp\":1700000001}x", "the end of the text" },
    { "\xef\xbb\xbf{\"exp\":1700000001}", "malformed JSON" },
    { "{\"exp\":1700000001,/**/\"a\":1}", "malformed JSON" },
    { "{'exp':1700000001}", "malformed JSON" },
    { "{\"exp\":1700000001,\"a\":\"\xff\"}", "UTF-8" },
    { "{\"exp\":1700000001,\"iss\":\"x\\u0000y\"}", "malformed JSON" },
    { "{\"exp\":1700000001,\"iss\":1}", "\"iss\" is not a string" },
    { "{\"exp\":1700000001,\"iss\":null}", "\"iss\" is not a string" },
    { "{\"exp\":1700000001,\"nbf\":1700000001}", "counts only from 1700000001" },
    { "{\"exp\":1700000001,\"nbf\":1700000000.5}", "counts only from" },
    { "{\"exp\":1700000001,\"nbf\":9223372036854775807}", "counts only from" },
    { "{\"exp\":1700000001,\"nbf\":\"0\"}", "\"nbf\" is not a time" },
    { "{\"exp\":1700000001,\"iat\":\"0\"}", "\"iat\" is not a time" },
    { "{\"exp\":1700000001,\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}", NULL },
    { "{\"exp\":1700000001,\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}", "less nesting" },
  };
  g_autoptr(GripKey) key = load ("changeme");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *token = make (key, "{\"alg\":\"HS256\"}", cases[i].payload);

      if (cases[i].reason == NULL)
        assert_valid (token, key, NULL);
      else
        assert_invalid (token, key, NULL, cases[i].reason);
    }

  {
    g_autofree char *token = make_n (key, "{\"alg\":\"HS256\"}", "{\"exp\":1700000001}\0x", 20);

    assert_invalid (token, key, NULL, "no NUL");
  }
}

static void
test_issuer (void)
{
  g_autoptr(GripKey) key = load ("changeme");
  g_autofree char *token = make (key, "{\"alg\":\"HS256\"}", "{\"exp\":1700000001,\"iss\":\"push\\u0070in\"}");
  g_autofree char *accent = make (key, "{\"alg\":\"HS256\"}", "{\"exp\":1700000001,\"iss\":\"e\xcc\x81\"}");
  g_autofree char *empty = make (key, "{\"alg\":\"HS256\"}", "{\"exp\":1700000001,\"iss\":\"\"}");

  assert_valid (token, key, "pushpin");
  assert_valid (token, key, NULL);
  assert_valid (empty, key, "");
  assert_invalid (token, key, "", "another issuer");
  assert_invalid (token, key, "pushpi", "another issuer");
  assert_invalid (token, key, "pushpin2", "another issuer");
  assert_invalid (token, key, "Pushpin", "another issuer");
  assert_invalid (accent, key, "\xc3\xa9", "another issuer");
}

static void
test_headers (void)
{
  static const struct { const char *header; const char *reason; } cases[] = {
    { "{\"alg\":\"HS256\"}", NULL },
    { " {\"typ\":\"at+jwt\" , \"alg\":\"HS\\u003256\"} ", NULL },
    { "{\"alg\":\"HS256\",\"kid\":\"../../dev/null\",\"jku\":\"http://x\",\"x5u\":\"http://x\",\"x5c\":[\"x\"],"
      "\"jwk\":{\"kty\":\"oct\",\"k\":\"YQ\"}}", NULL },
    { "{\"alg\":\"none\"}", "signed with none but the key is a secret, for HS256" },
    { "{\"alg\":\"None\"}", "signed with None" },
    { "{\"alg\":\"hs256\"}", "signed with hs256" },
    { "{\"alg\":\"HS256 \"}", "signed with HS256?" },
    { "{\"alg\":\"HS2567\"}", "signed with HS2567" },
    { "{\"alg\":\"HS384\"}", "signed with HS384" },
    { "{\"alg\":\"HS512\"}", "signed with HS512" },
    { "{\"alg\":\"RS256\"}", "signed with RS256" },
    { "{\"alg\":\"ES256\"}", "signed with ES256" },
    { "{\"alg\":\"EdDSA\"}", "signed with EdDSA" },
    { "{\"alg\":\"\\n\\u001b[2J and a long text\"}", "signed with ??[2J?and" },
    { "{\"alg\":\"\"}", "signed with  but" },
    { "{\"alg\":\"HS256\\u0000\"}", "malformed JSON" },
    { "{\"alg\":null}", "names no algorithm" },
    { "{\"alg\":[\"HS256\"]}", "names no algorithm" },
    { "{\"typ\":\"JWT\"}", "names no algorithm" },
    { "{}", "names no algorithm" },
    { "", "malformed JSON" },
    { "[]", "expected an object" },
    { "{\"alg\":\"HS256\",\"alg\":\"HS256\"}", "member name" },
    { "{\"alg\":\"none\",\"alg\":\"HS256\"}", "member name" },
    { "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}", "crit" },
    { "{\"alg\":\"HS256\",\"crit\":[]}", "crit" },
    { "{\"alg\":\"HS256\",\"b64\":false,\"crit\":[\"b64\"]}", "crit" },
    { "{\"alg\":\"HS256\",\"b64\":false}", "b64" },
    { "{\"alg\":\"HS256\"}{}", "the end of the text" },
    { "{\"alg\":\"HS256\",\"a\":\"\xc0\x80\"}", "UTF-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      /* A fresh key: a header that was good once is not checked again. */
      g_autoptr(GripKey) key = load ("changeme");
      g_autofree char *good = grip_key_sign (key, NULL, NOW + 1, NULL);
      g_autofree char *token = make (key, cases[i].header, "{\"exp\":1700000001}");

      for (guint round = 0; round < 2; round++)
        {
          if (cases[i].reason == NULL)
            assert_valid (token, key, NULL);
          else
            assert_invalid (token, key, NULL, cases[i].reason);
          assert_valid (good, key, NULL);
        }
    }
}

static void
test_key_id (void)
{
  g_autoptr(GripKey) key = load ("{\"kty\":\"oct\",\"k\":\"YQ\",\"kid\":\"k1\"}");
  g_autofree char *own = grip_key_sign (key, NULL, NOW + 1, NULL);
  g_autofree char *none = make (key, "{\"alg\":\"HS256\"}", "{\"exp\":1700000001}");
  g_autofree char *other = make (key, "{\"alg\":\"HS256\",\"kid\":\"k2\"}", "{\"exp\":1700000001}");

  assert_valid (own, key, NULL);
  assert_valid (none, key, NULL);
  assert_invalid (other, key, NULL, "names another key");
}

/* A public key is known to all: what is signed with its text as a secret must not count. */
static void
test_confusion (void)
{
  static const char *const names[] = { "rsa.jwk", "rsa-spki.pem", "ec.jwk", "ec-spki.pem", "ed25519.jwk" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "unit", "data", "keys", names[i], NULL);
      g_autoptr(GripKey) public = load_file (names[i]);
      g_autoptr(GripKey) forger = load ("any");
      g_autofree char *token = NULL;
      g_autofree char *lying = NULL;

      /* No way leads from the text to a secret but this one. */
      OPENSSL_free (forger->secret);
      g_file_get_contents (path, (char **) &forger->secret, &forger->secret_length, NULL);
      token = make (forger, "{\"alg\":\"HS256\"}", "{\"exp\":1700000001,\"iss\":\"pushpin\"}");
      assert_invalid (token, public, "pushpin", "signed with HS256 but the key is an ");

      lying = make (forger, grip_key_get_kind (public) == GRIP_KEY_KIND_RSA ? "{\"alg\":\"RS256\"}" : "{\"alg\":\"ES256\"}",
                    "{\"exp\":1700000001,\"iss\":\"pushpin\"}");
      assert_invalid (lying, public, "pushpin", "the token is not valid");
      g_clear_pointer (&forger->secret, g_free);
      forger->secret = OPENSSL_memdup ("any", 3);
      forger->secret_length = 3;
    }
}

static char *
with_signature (const char   *token,
                const guint8 *signature,
                gsize         length)
{
  GString *result = g_string_new_len (token, strrchr (token, '.') + 1 - token);

  grip_base64url_append (result, signature, length);
  return g_string_free (result, FALSE);
}

static void
test_ec_numbers (void)
{
  static const guint8 order[] = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
  };
  g_autoptr(GripKey) key = load_file ("ec-sec1.pem");
  g_autofree char *token = grip_key_sign (key, "p", NOW + 1, NULL);
  guint8 good[64];
  guint8 bad[80];
  gsize n;
  gsize bad_offset;

  g_assert_true (grip_base64url_decode (strrchr (token, '.') + 1, 86, good, &n, &bad_offset));
  for (guint r = 0; r < 4; r++)
    for (guint s = 0; s < 4; s++)
      {
        g_autofree char *forged = NULL;

        memcpy (bad, good, 64);
        if (r > 0)
          memset (bad, r == 1 ? 0 : 0xff, 32);
        if (r == 3)
          memcpy (bad, order, 32);
        if (s > 0)
          memset (bad + 32, s == 1 ? 0 : 0xff, 32);
        if (s == 3)
          memcpy (bad + 32, order, 32);
        forged = with_signature (token, bad, 64);
        if (r == 0 && s == 0)
          assert_valid (forged, key, "p");
        else
          assert_invalid (forged, key, "p", "the signature is not by this key");
      }

  /* DER, as other formats have it. */
  bad[0] = 0x30;
  bad[1] = 70;
  for (guint i = 0; i < 2; i++)
    {
      bad[2 + 35 * i] = 2;
      bad[3 + 35 * i] = 33;
      bad[4 + 35 * i] = 0;
      memcpy (bad + 5 + 35 * i, good + 32 * i, 32);
    }
  {
    g_autofree char *der = with_signature (token, bad, 72);
    g_autofree char *cut = with_signature (token, good, 63);
    g_autofree char *empty = with_signature (token, good, 0);

    assert_invalid (der, key, "p", "the signature has 72 bytes and not 64");
    assert_invalid (cut, key, "p", "the signature has 63 bytes and not 64");
    assert_invalid (empty, key, "p", "the signature has 0 bytes and not 64");
  }
}

static void
test_form (void)
{
  g_autoptr(GripKey) key = load ("changeme");
  g_autofree char *token = grip_key_sign (key, "p", NOW + 1, NULL);
  g_autofree char *newline = g_strconcat (token, "\n", NULL);
  g_autofree char *space = g_strconcat (" ", token, NULL);
  g_autofree char *dot = g_strconcat (token, ".", NULL);
  g_autofree char *four = g_strconcat (token, ".e30", NULL);
  g_autofree char *padded = g_strconcat (token, "=", NULL);
  g_autofree char *spare = g_strdup (token);
  g_autofree char *huge = g_strnfill (70000, 'A');
  g_autofree char *dots = g_strnfill (60000, '.');
  g_autoptr(GError) error = NULL;
  g_autoptr(GripSignature) counted = NULL;

  assert_valid (token, key, "p");
  assert_invalid (NULL, key, "p", "there is none");
  assert_invalid ("", key, "p", "three parts");
  assert_invalid (".", key, "p", "three parts");
  assert_invalid ("..", key, "p", "malformed JSON");
  assert_invalid ("a.b", key, "p", "three parts");
  assert_invalid ("\xff\xfe", key, "p", "three parts");
  assert_invalid (newline, key, "p", "the signature is not base64url at offset");
  assert_invalid (space, key, "p", "the header is not base64url at offset 0");
  assert_invalid (dot, key, "p", "three parts");
  assert_invalid (four, key, "p", "three parts");
  assert_invalid (padded, key, "p", "not base64url");
  assert_invalid (huge, key, "p", "longer than 64 KiB");
  assert_invalid (dots, key, "p", "three parts");

  /* Bits that stand for nothing. */
  spare[strlen (spare) - 1]++;
  assert_invalid (spare, key, "p", "not base64url at offset");

  /* The length counts, not a NUL. */
  counted = grip_validate_sig_full (newline, (gssize) strlen (token), key, "p", NOW, 0, &error);
  g_assert_no_error (error);
  g_assert_null (grip_validate_sig_full (token, (gssize) strlen (token) + 1, key, "p", NOW, 0, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
  g_clear_error (&error);

  /* The whole alphabet of a wrong byte, anywhere. */
  for (gsize i = 0; i < strlen (token); i++)
    for (guint bit = 0; bit < 8; bit++)
      {
        g_autofree char *damaged = g_strdup (token);

        damaged[i] = (char) (damaged[i] ^ 1 << bit);
        g_assert_null (grip_validate_sig_full (damaged, (gssize) strlen (token), key, "p", NOW, 0, NULL));
      }
}

static void
test_keys (void)
{
  g_autoptr(GripKey) key = load ("changeme");
  g_autoptr(GripKey) other = load ("changemf");
  g_autoptr(GripKey) rsa = load_file ("rsa-pkcs8.pem");
  g_autoptr(GripKey) fanout = grip_key_new_for_fanout ();
  g_autofree char *token = grip_key_sign (key, "p", NOW + 1, NULL);
  g_autofree char *rsa_token = grip_key_sign (rsa, "p", NOW + 1, NULL);
  g_autoptr(GError) error = NULL;

  assert_invalid (token, other, "p", "the signature is not by this key");
  assert_invalid (token, NULL, "p", "there is no key");
  assert_invalid (rsa_token, key, "p", "signed with RS256 but the key is a secret");
  assert_invalid (token, rsa, "p", "signed with HS256 but the key is an RSA private key");

  assert_invalid (token, fanout, NULL, "Fastly signs for all its customers with this key");
  assert_invalid (token, fanout, "fastly:abc", "signed with HS256");
  g_assert_null (grip_validate_sig (token, fanout, NULL, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
}

static void
test_leeway (void)
{
  g_autoptr(GripKey) key = load ("changeme");
  g_autofree char *token = make (key, "{\"alg\":\"HS256\"}", "{\"exp\":1700000000,\"nbf\":1699999000,\"iat\":1699999001}");
  g_autoptr(GripSignature) signature = NULL;
  gint64 time;
  static const struct { gint64 now; guint leeway; gboolean valid; } cases[] = {
    { NOW - 1, 0, TRUE }, { NOW, 0, FALSE }, { NOW, 1, TRUE }, { NOW + 59, 60, TRUE },
    { NOW + 60, 60, FALSE }, { NOW + 60, G_MAXUINT, FALSE }, { 1699998999, 0, FALSE }, { 1699998999, 1, TRUE },
    { 1699998939, G_MAXUINT, FALSE }, { 0, 60, FALSE }, { G_MAXINT64, 60, FALSE }, { -1, 60, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_clear_object (&signature);
      signature = grip_validate_sig_full (token, -1, key, NULL, cases[i].now, cases[i].leeway, NULL);
      g_assert_cmpint (signature != NULL, ==, cases[i].valid);
    }

  signature = grip_validate_sig_full (token, -1, key, NULL, NOW - 1, 0, NULL);
  g_assert_true (grip_signature_has_not_before (signature, &time));
  g_assert_cmpint (time, ==, 1699999000);
  g_assert_true (grip_signature_has_issued_at (signature, &time));
  g_assert_cmpint (time, ==, 1699999001);
  g_assert_null (grip_signature_get_issuer (signature));
}

static gpointer
verify_thread (gpointer data)
{
  GripKey *key = data;
  g_autofree char *token = grip_key_sign (key, "p", NOW + 1, NULL);
  g_autofree char *wrong = g_strdup (token);

  wrong[strlen (wrong) - 8] = wrong[strlen (wrong) - 8] == 'A' ? 'B' : 'A';
  for (guint i = 0; i < 300; i++)
    {
      g_autoptr(GripSignature) signature = grip_validate_sig_full (token, -1, key, "p", NOW, 0, NULL);

      g_assert_nonnull (signature);
      g_assert_nonnull (grip_signature_get_claims (signature));
      g_assert_null (grip_validate_sig_full (wrong, -1, key, "p", NOW, 0, NULL));
    }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr(GripKey) secret = load ("changeme");
  g_autoptr(GripKey) ec = load_file ("ec-sec1.pem");
  GThread *threads[8];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("verify", verify_thread, i % 2 == 0 ? secret : ec);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/signature/rfc7515", test_rfc7515);
  g_test_add_func ("/signature/sign", test_sign);
  g_test_add_func ("/signature/fixed", test_fixed);
  g_test_add_func ("/signature/claims", test_claims);
  g_test_add_func ("/signature/issuer", test_issuer);
  g_test_add_func ("/signature/headers", test_headers);
  g_test_add_func ("/signature/key-id", test_key_id);
  g_test_add_func ("/signature/confusion", test_confusion);
  g_test_add_func ("/signature/ec-numbers", test_ec_numbers);
  g_test_add_func ("/signature/form", test_form);
  g_test_add_func ("/signature/keys", test_keys);
  g_test_add_func ("/signature/leeway", test_leeway);
  g_test_add_func ("/signature/threads", test_threads);

  return g_test_run ();
}
