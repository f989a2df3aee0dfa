/* test-key.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <libgrip/grip.h>
#include <libgrip/grip-json-private.h>
#include <libgrip/grip-key-private.h>

#include <string.h>

#include <openssl/err.h>

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

static GripKey *
load (const char *text)
{
  g_autoptr(GError) error = NULL;
  GripKey *key = grip_key_new_from_string (text, &error);

  g_assert_no_error (error);
  g_assert_nonnull (key);
  return key;
}

/* The message says why and holds nothing of the key. */
static void
assert_refused (const char *text,
                const char *reason)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (grip_key_new_from_string (text, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
  if (strstr (error->message, reason) == NULL)
    g_assert_cmpstr (error->message, ==, reason);
  if (strlen (text) > 40)
    {
      g_autofree char *piece = g_strndup (text + strlen (text) / 2, 12);

      g_assert_null (strstr (error->message, piece));
    }
  /* An application's own queue of OpenSSL errors stays clean. */
  g_assert_cmpuint (ERR_peek_error (), ==, 0);
}

static char *
in_base64 (const char *text)
{
  g_autofree char *base64 = g_base64_encode ((const guchar *) text, strlen (text));

  return g_strconcat ("base64:", base64, NULL);
}

static char *
replace (const char *text,
         const char *old,
         const char *new)
{
  g_autoptr(GString) string = g_string_new (text);

  g_assert_cmpuint (g_string_replace (string, old, new, 0), >, 0);
  return g_string_free (g_steal_pointer (&string), FALSE);
}

static const struct
{
  const char *name;
  GripKeyKind kind;
  gboolean is_private;
} files[] = {
  { "rsa-spki.pem", GRIP_KEY_KIND_RSA, FALSE },
  { "rsa-pkcs1-public.pem", GRIP_KEY_KIND_RSA, FALSE },
  { "rsa-certificate.pem", GRIP_KEY_KIND_RSA, FALSE },
  { "rsa.jwk", GRIP_KEY_KIND_RSA, FALSE },
  { "rsa-pkcs8.pem", GRIP_KEY_KIND_RSA, TRUE },
  { "rsa-pkcs1.pem", GRIP_KEY_KIND_RSA, TRUE },
  { "rsa-private.jwk", GRIP_KEY_KIND_RSA, TRUE },
  { "ec-spki.pem", GRIP_KEY_KIND_EC_P256, FALSE },
  { "ec-certificate.pem", GRIP_KEY_KIND_EC_P256, FALSE },
  { "ec.jwk", GRIP_KEY_KIND_EC_P256, FALSE },
  { "ec-pkcs8.pem", GRIP_KEY_KIND_EC_P256, TRUE },
  { "ec-sec1.pem", GRIP_KEY_KIND_EC_P256, TRUE },
  { "ec-private.jwk", GRIP_KEY_KIND_EC_P256, TRUE },
  { "ed25519-spki.pem", GRIP_KEY_KIND_ED25519, FALSE },
  { "ed25519.jwk", GRIP_KEY_KIND_ED25519, FALSE },
  { "ed25519-pkcs8.pem", GRIP_KEY_KIND_ED25519, TRUE },
  { "ed25519-private.jwk", GRIP_KEY_KIND_ED25519, TRUE },
};

static void
check_form (guint       i,
            const char *text,
            GripKey    *same)
{
  static const char *const algorithms[] = { "HS256", "RS256", "ES256", "EdDSA" };
  g_autoptr(GripKey) key = load (text);
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr(GripKey) from_bytes = grip_key_new_from_bytes (bytes, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (grip_key_get_kind (key), ==, files[i].kind);
  g_assert_cmpstr (grip_key_get_algorithm (key), ==, algorithms[files[i].kind]);
  g_assert_cmpint (grip_key_is_private (key), ==, files[i].is_private);
  g_assert_null (grip_key_get_id (key));
  g_assert_true (grip_key_equal (key, from_bytes));
  if (same != NULL)
    g_assert_true (grip_key_equal (key, same));

  /* Never a secret, whoever says so. */
  g_assert_null (grip_key_new_for_secret (bytes, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
}

static void
test_files (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *text = read_key (files[i].name);
      g_autofree char *base64 = in_base64 (text);
      g_autofree char *after_line = g_strconcat ("# the key\n\n", text, NULL);
      g_autofree char *after_space = g_strconcat ("\xef\xbb\xbf \n\t", text, NULL);
      g_autoptr(GripKey) key = NULL;

      g_test_message ("%s", files[i].name);
      check_form (i, text, NULL);
      key = load (text);
      check_form (i, base64, key);
      if (!g_str_has_suffix (files[i].name, ".pem"))
        continue;

      check_form (i, after_line, key);
      check_form (i, after_space, key);
      if (strstr (text, "EC PARAMETERS") == NULL)
        {
          g_autofree char *spaces = replace (text, "\n", " ");
          g_autofree char *escapes = replace (text, "\n", "\\n");
          g_autofree char *crlf = replace (text, "\n", "\r\n");

          check_form (i, spaces, key);
          check_form (i, escapes, key);
          check_form (i, crlf, key);
        }
    }
}

/* The same key in all its forms; and what is not the same. */
static void
test_equal (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    for (guint j = 0; j < G_N_ELEMENTS (files); j++)
      {
        g_autofree char *text = read_key (files[i].name);
        g_autofree char *other_text = read_key (files[j].name);
        g_autoptr(GripKey) key = load (text);
        g_autoptr(GripKey) other = load (other_text);

        g_assert_cmpint (grip_key_equal (key, other), ==,
                         files[i].kind == files[j].kind && files[i].is_private == files[j].is_private);
      }
}

static void
test_secret (void)
{
  g_autoptr(GripKey) key = load ("changeme");
  g_autoptr(GripKey) same = load ("base64:Y2hhbmdlbWU=");
  g_autoptr(GripKey) url = load ("base64:Y2hhbmdlbWU\n");
  g_autoptr(GripKey) other = load ("changem3");
  g_autoptr(GripKey) longer = load ("changeme ");
  g_autoptr(GripKey) one = load ("x");
  g_autoptr(GBytes) raw = g_bytes_new_static ("a\0{\n", 4);
  g_autoptr(GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr(GripKey) binary = NULL;
  g_autoptr(GripKey) from_file = NULL;
  g_autofree char *description = grip_key_to_string (key);
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (grip_key_get_kind (key), ==, GRIP_KEY_KIND_SECRET);
  g_assert_cmpstr (grip_key_get_algorithm (key), ==, "HS256");
  g_assert_true (grip_key_is_private (key));
  g_assert_cmpstr (description, ==, "HS256 with a secret");
  g_assert_true (grip_key_equal (key, same));
  g_assert_true (grip_key_equal (key, url));
  g_assert_false (grip_key_equal (key, other));
  g_assert_false (grip_key_equal (key, longer));
  g_assert_false (grip_key_equal (key, one));

  binary = grip_key_new_for_secret (raw, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (binary->secret_length, ==, 4);
  from_file = grip_key_new_from_bytes (raw, &error);
  g_assert_true (grip_key_equal (binary, from_file));

  g_assert_null (grip_key_new_for_secret (empty, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
  g_clear_error (&error);
  g_assert_null (grip_key_new_from_bytes (empty, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
}

/* Random bytes are a secret even where they happen to start like JSON or DER. */
static void
test_random_secret (void)
{
  static const char starts[] = "{[ \n0\"-";

  for (const char *c = starts; *c != '\0'; c++)
    {
      guint8 data[32] = { (guint8) *c, 0x82, 0xff, 0x01, 0x00 };
      g_autoptr(GBytes) bytes = g_bytes_new (data, sizeof data);
      g_autoptr(GError) error = NULL;
      g_autoptr(GripKey) key = grip_key_new_for_secret (bytes, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (key->secret_length, ==, 32);
    }
}

/* What looks like a key and is none is refused: taken for a secret, anybody could forge. */
static void
test_lookalikes (void)
{
  g_autofree char *pem = read_key ("ec-spki.pem");
  g_autofree char *jwk = read_key ("ec.jwk");
  g_autofree char *cut_jwk = g_strndup (jwk, strlen (jwk) - 8);
  g_autofree char *no_brace = g_strdup (strchr (jwk, '"'));
  g_autofree char *array = g_strdup_printf ("[%s]", jwk);
  g_autofree char *set = g_strdup_printf ("{\"keys\":[%s]}", jwk);
  g_autofree char *two = g_strconcat (jwk, jwk, NULL);
  g_autofree char *comment = g_strconcat ("/* key */", jwk, NULL);
  g_autofree char *spaced = g_strconcat ("\xc2\xa0", cut_jwk, NULL);
  g_autofree char *cut_pem = g_strndup (pem, strlen (pem) / 2);
  g_autofree char *tail = g_strdup (pem + strlen (pem) / 2);
  g_autofree char *lower = g_ascii_strdown (pem, -1);
  g_autofree char *unknown = replace (pem, "PUBLIC KEY", "GRIP KEY");
  g_autofree char *wrong_label = replace (pem, "PUBLIC KEY", "RSA PRIVATE KEY");
  g_autofree char *other_end = replace (pem, "END PUBLIC", "END PRIVATE");
  g_autofree char *junk = replace (pem, "MFkw", "MF?w");
  g_autofree char *base64_cut = in_base64 (cut_jwk);
  g_autofree char *base64_twice = in_base64 (base64_cut);
  g_autofree char *body = g_strdup (strchr (pem, '\n') + 1);
  g_autofree char *squeezed = NULL;

  assert_refused ("", "it is empty");
  assert_refused ("base64:", "empty or not base64");
  assert_refused ("base64:@@@@", "empty or not base64");
  assert_refused ("base64:=", "empty or not base64");
  assert_refused (" {", "no JWK");
  assert_refused ("{}", "there is no member \"kty\"");
  assert_refused ("[", "no JWK");
  assert_refused ("{secret}", "no JWK");
  assert_refused (cut_jwk, "no JWK");
  assert_refused (spaced, "no JWK");
  assert_refused (no_brace, "no JWK");
  assert_refused (array, "no JWK");
  assert_refused (set, "there is no member \"kty\"");
  assert_refused (two, "expected the end of the text");
  assert_refused (comment, "no JWK");
  assert_refused (base64_cut, "no JWK");
  assert_refused (base64_twice, "looks like another sort of key");
  assert_refused (base64_cut + 7, "put base64: before it");
  assert_refused (cut_pem, "not whole");
  assert_refused (tail, "not whole");
  assert_refused (lower, "not whole");
  assert_refused (unknown, "another sort");
  assert_refused (wrong_label, "something else in it than its label says");
  assert_refused (other_end, "not whole");
  assert_refused (junk, "something else than base64");
  assert_refused ("-----BEGIN PUBLIC KEY-----", "not whole");
  assert_refused ("-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----", "something else than base64");
  assert_refused ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ me@here", "looks like another sort of key");
  assert_refused ("ecdsa-sha2-nistp256 AAAA", "looks like another sort of key");

  /* The base64 of a PEM without its armour is DER. */
  *strstr (body, "-----END") = '\0';
  squeezed = replace (body, "\n", "");
  assert_refused (squeezed, "put base64: before it");
  g_free (squeezed);
  squeezed = replace (body, "\n", "");
  {
    g_autofree char *der = g_strconcat ("base64:", squeezed, NULL);
    g_autoptr(GripKey) key = load (der);
    g_autoptr(GripKey) same = load (pem);

    g_assert_true (grip_key_equal (key, same));
  }
}

static void
test_weak (void)
{
  static const struct { const char *name; const char *reason; } cases[] = {
    { "rsa-1024.pem", "RSA with 1024 bits" },
    { "rsa-pss.pem", "none of RSA, EC P-256 and Ed25519" },
    { "ec-p384.pem", "another curve than P-256" },
    { "ec-k256.pem", "another curve than P-256" },
    { "x25519.pem", "none of RSA, EC P-256 and Ed25519" },
    { "ec-encrypted.pem", "it is encrypted" },
    { "ec-sec1-encrypted.pem", "it is encrypted" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = read_key (cases[i].name);
      g_autofree char *base64 = in_base64 (text);

      assert_refused (text, cases[i].reason);
      assert_refused (base64, cases[i].reason);
    }
}

/* text with one member more. */
static char *
with_member (const char *jwk,
             const char *member)
{
  return g_strdup_printf ("{%s,%s", member, strchr (jwk, '{') + 1);
}

static void
test_jwk_limits (void)
{
  g_autofree char *public = read_key ("ec.jwk");
  g_autofree char *private = read_key ("ec-private.jwk");
  static const struct { const char *member; gboolean is_private; const char *wrong; } cases[] = {
    { "\"alg\":\"ES256\"", FALSE, NULL },
    { "\"alg\":\"HS256\"", FALSE, "\"alg\"" },
    { "\"alg\":\"ES384\"", FALSE, "\"alg\"" },
    { "\"alg\":null", FALSE, "\"alg\"" },
    { "\"use\":\"sig\"", FALSE, NULL },
    { "\"use\":\"enc\"", FALSE, "\"use\"" },
    { "\"use\":1", FALSE, "\"use\"" },
    { "\"key_ops\":[\"verify\"]", FALSE, NULL },
    { "\"key_ops\":[\"sign\",\"verify\"]", TRUE, NULL },
    { "\"key_ops\":[\"sign\"]", TRUE, NULL },
    { "\"key_ops\":[\"sign\"]", FALSE, "\"key_ops\"" },
    { "\"key_ops\":[]", FALSE, "\"key_ops\"" },
    { "\"key_ops\":[\"encrypt\"]", FALSE, "\"key_ops\"" },
    { "\"key_ops\":[\"verify\",\"verify\"]", FALSE, "\"key_ops\"" },
    { "\"key_ops\":\"verify\"", FALSE, "\"key_ops\"" },
    { "\"key_ops\":[1]", FALSE, "\"key_ops\"" },
    { "\"kty\":\"EC\"", FALSE, "no JWK" },
    { "\"kid\":\"a\",\"x5c\":[\"!\"],\"jku\":\"http://x\",\"ext\":true", FALSE, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = with_member (cases[i].is_private ? private : public, cases[i].member);

      if (cases[i].wrong != NULL)
        assert_refused (text, cases[i].wrong);
      else
        g_object_unref (load (text));
    }
}

static void
test_key_ops (void)
{
  g_autofree char *private = read_key ("ec-private.jwk");
  g_autofree char *sign_text = with_member (private, "\"key_ops\":[\"sign\"],\"kid\":\"the \\\"key\"");
  g_autofree char *verify_text = with_member (private, "\"key_ops\":[\"verify\"]");
  g_autoptr(GripKey) sign = load (sign_text);
  g_autoptr(GripKey) verify = load (verify_text);
  g_autofree char *token = NULL;
  g_autoptr(GripSignature) signature = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_cmpstr (grip_key_get_id (sign), ==, "the \"key");
  token = grip_key_sign (sign, "me", G_MAXINT64, &error);
  g_assert_no_error (error);

  signature = grip_validate_sig (token, verify, "me", &error);
  g_assert_no_error (error);
  g_assert_null (grip_validate_sig (token, sign, "me", &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
  g_clear_error (&error);
  g_assert_null (grip_key_sign (verify, "me", 1, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
}

static const char *const bad_jwks[] = {
  "{\"kty\":\"oct\"}", "{\"kty\":\"oct\",\"k\":\"\"}", "{\"kty\":\"oct\",\"k\":\"YQ==\"}",
  "{\"kty\":\"oct\",\"k\":\"Y R\"}", "{\"kty\":\"oct\",\"k\":1}", "{\"kty\":\"oct\",\"k\":\"YQ\",\"alg\":\"HS512\"}",
  "{\"kty\":\"OCT\",\"k\":\"YQ\"}", "{\"kty\":\"AKP\",\"pub\":\"YQ\"}", "{\"kty\":1}", "{\"kty\":null,\"k\":\"YQ\"}",
  "{\"kty\":\"RSA\",\"e\":\"AQAB\"}", "{\"kty\":\"RSA\",\"n\":\"AQAB\"}", "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}",
  "{\"kty\":\"EC\",\"crv\":\"P-256\"}",
  "{\"kty\":\"EC\",\"crv\":\"P-521\",\"x\":\"AA\",\"y\":\"AA\"}",
  /* Not on the curve; the point at infinity; x too short. */
  "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"CKo5A1ebyFcnmVV8SE5On-8G81JyBjSvcrx4VLetWCg\",\"y\":\"7gwJqaU6N8TP88--twjkwoB36f-pT3QsmI46nPhjO7A\"}",
  "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
  "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"qjkDV5vIVyeZVXxITk6f7wbzUnIGNK9yvHhUt61YKA\",\"y\":\"7gwJqaU6N8TP88--twjkwoB36f-pT3QsmI46nPhjO7M\"}",
  "{\"kty\":\"OKP\",\"crv\":\"Ed25519\"}", "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"AA\"}",
  "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\"}",
};

static void
test_bad_jwk (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad_jwks); i++)
    assert_refused (bad_jwks[i], "cannot use the key");
}

/* The halves of a private key must belong together. */
static void
test_mixed_jwk (void)
{
  static const char *const names[] = { "ec-private.jwk", "ed25519-private.jwk", "rsa-private.jwk" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *text = read_key (names[i]);
      char *d = strstr (text, "\"d\": \"") + 6;

      d[8] = d[8] == 'A' ? 'B' : 'A';
      assert_refused (text, "not those of a valid key");
    }
}

/* RSA with e = 1 makes every hash its own signature. */
static void
test_rsa_exponent (void)
{
  static const char *const exponents[] = { "\"AQ\"", "\"Ag\"", "\"AA\"" };
  g_autofree char *text = read_key ("rsa.jwk");

  for (gsize i = 0; i < G_N_ELEMENTS (exponents); i++)
    {
      g_autofree char *weak = replace (text, "\"AQAB\"", exponents[i]);

      assert_refused (weak, "not those of a valid key");
    }
}

static void
assert_variant_refused (const char *jwk,
                        const char *words)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (grip_key_new_from_variant (g_variant_new_parsed (jwk), &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
  if (strstr (error->message, words) == NULL)
    g_error ("expected '%s' in: %s", words, error->message);
}

static void
test_variant (void)
{
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *text = read_key (files[i].name);
      g_autoptr(JsonNode) node = grip_json_parse (text, strlen (text), 8, NULL);
      g_autoptr(GVariant) jwk = NULL;
      g_autoptr(GripKey) key = NULL;
      g_autoptr(GripKey) same = NULL;

      if (node == NULL)
        continue;
      jwk = g_variant_ref_sink (json_gvariant_deserialize (node, "a{sv}", NULL));
      key = grip_key_new_from_variant (jwk, &error);
      g_assert_no_error (error);
      same = load (text);
      g_assert_true (grip_key_equal (key, same));
    }

  {
    g_autoptr(GripKey) key =
      grip_key_new_from_variant (g_variant_new_parsed ("{'kty': <'oct'>, 'k': <'Y2hhbmdlbWU'>,"
                                                       " 'key_ops': <['sign', 'verify']>}"), &error);
    g_autoptr(GripKey) same = load ("changeme");

    g_assert_no_error (error);
    g_assert_true (grip_key_equal (key, same));
  }

  assert_variant_refused ("{'kty': <'oct'>, 'k': <1>}", "\"k\"");
  assert_variant_refused ("'{}'", "a dictionary");
  assert_variant_refused ("{'kty': <'oct'>, 'k': <'YQ'>, 'key_ops': <'sign'>}", "\"key_ops\"");
  assert_variant_refused ("{'kty': <'RSA'>, 'oth': <@av []>}", "more than two primes");
}

static void
test_multi_prime (void)
{
  g_autofree char *text = read_key ("rsa-private.jwk");
  g_autofree char *more = replace (text, "\"kty\"", "\"oth\":[],\"kty\"");

  assert_refused (more, "more than two primes");
}

static void
test_fanout (void)
{
  g_autoptr(GripKey) key = grip_key_new_for_fanout ();

  g_assert_cmpint (grip_key_get_kind (key), ==, GRIP_KEY_KIND_EC_P256);
  g_assert_false (grip_key_is_private (key));
  g_assert_true (key->is_fanout);
}

static void
test_properties (void)
{
  g_autoptr(GripKey) key = load ("{\"kty\":\"oct\",\"k\":\"Y2hhbmdlbWU\",\"kid\":\"k1\"}");
  g_autofree char *algorithm = NULL;
  g_autofree char *id = NULL;
  gboolean is_private;
  GripKeyKind kind;

  g_object_get (key, "kind", &kind, "algorithm", &algorithm, "id", &id, "has-private", &is_private, NULL);
  g_assert_cmpint (kind, ==, GRIP_KEY_KIND_SECRET);
  g_assert_cmpstr (algorithm, ==, "HS256");
  g_assert_cmpstr (id, ==, "k1");
  g_assert_true (is_private);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/key/files", test_files);
  g_test_add_func ("/key/equal", test_equal);
  g_test_add_func ("/key/secret", test_secret);
  g_test_add_func ("/key/random-secret", test_random_secret);
  g_test_add_func ("/key/lookalikes", test_lookalikes);
  g_test_add_func ("/key/weak", test_weak);
  g_test_add_func ("/key/jwk-limits", test_jwk_limits);
  g_test_add_func ("/key/key-ops", test_key_ops);
  g_test_add_func ("/key/bad-jwk", test_bad_jwk);
  g_test_add_func ("/key/mixed-jwk", test_mixed_jwk);
  g_test_add_func ("/key/rsa-exponent", test_rsa_exponent);
  g_test_add_func ("/key/variant", test_variant);
  g_test_add_func ("/key/multi-prime", test_multi_prime);
  g_test_add_func ("/key/fanout", test_fanout);
  g_test_add_func ("/key/properties", test_properties);

  return g_test_run ();
}
