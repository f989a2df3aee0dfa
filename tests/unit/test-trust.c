/* test-trust.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <libgrip/grip.h>
#include <libgrip/grip-key-private.h>

#include "mock-transport.h"

#include <string.h>

/* The keys of endpoints, what they authorize with, and what a publisher makes of Grip-Sig. */

#define JWK "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"CKo5A1ebyFcnmVV8SE5On-8G81JyBjSvcrx4VLetWCg\"," \
            "\"y\":\"7gwJqaU6N8TP88--twjkwoB36f-pT3QsmI46nPhjO7M\"}"

static GString *logged;

static GLogWriterOutput
log_cb (GLogLevelFlags   level,
        const GLogField *fields,
        gsize            n_fields,
        gpointer         user_data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (fields[i].length < 0)
      g_string_append_printf (logged, "%s\n", (const char *) fields[i].value);
  return G_LOG_WRITER_HANDLED;
}

static GripEndpoint *
endpoint_for (const char *uri)
{
  g_autoptr(GError) error = NULL;
  GripEndpoint *endpoint = grip_endpoint_new_for_uri (uri, &error);

  g_assert_no_error (error);
  return endpoint;
}

static gint64
now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
test_keys (void)
{
  g_autoptr(GripEndpoint) none = endpoint_for ("http://127.0.0.1");
  g_autoptr(GripEndpoint) bearer = endpoint_for ("http://127.0.0.1?key=token");
  g_autoptr(GripEndpoint) shared = endpoint_for ("http://127.0.0.1?iss=me&key=changeme");
  g_autoptr(GripEndpoint) both = endpoint_for ("http://127.0.0.1?iss=me&key=changeme&verify-iss=p&verify-key=" JWK);

  g_assert_null (grip_endpoint_get_key (none));
  g_assert_null (grip_endpoint_get_verify_key (none));

  /* A bearer token is not a key. */
  g_assert_null (grip_endpoint_get_key (bearer));
  g_assert_null (grip_endpoint_get_verify_key (bearer));

  g_assert_cmpint (grip_key_get_kind (grip_endpoint_get_key (shared)), ==, GRIP_KEY_KIND_SECRET);
  g_assert_true (grip_endpoint_get_verify_key (shared) == grip_endpoint_get_key (shared));

  g_assert_cmpint (grip_key_get_kind (grip_endpoint_get_key (both)), ==, GRIP_KEY_KIND_SECRET);
  g_assert_cmpint (grip_key_get_kind (grip_endpoint_get_verify_key (both)), ==, GRIP_KEY_KIND_EC_P256);
  g_assert_cmpuint (grip_endpoint_get_token_lifetime (both), ==, 600);
}

/* What only the publisher can sign with is not what the proxy signs with. */
static void
test_private_key (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "unit", "data", "keys", "ec-pkcs8.pem", NULL);
  g_autofree char *pem = NULL;
  g_autoptr(GripEndpoint) endpoint = NULL;
  g_autofree char *value = NULL;
  g_autoptr(GError) error = NULL;
  GVariantDict config;

  g_file_get_contents (path, &pem, NULL, &error);
  g_assert_no_error (error);
  g_variant_dict_init (&config, NULL);
  g_variant_dict_insert (&config, "control_uri", "s", "http://127.0.0.1");
  g_variant_dict_insert (&config, "control_iss", "s", "me");
  g_variant_dict_insert (&config, "key", "s", pem);
  endpoint = grip_endpoint_new_from_variant (g_variant_dict_end (&config), &error);
  g_assert_no_error (error);

  g_assert_cmpstr (grip_key_get_algorithm (grip_endpoint_get_key (endpoint)), ==, "ES256");
  g_assert_null (grip_endpoint_get_verify_key (endpoint));
  value = grip_endpoint_dup_authorization (endpoint, &error);
  g_assert_no_error (error);
  g_object_unref (grip_validate_sig (value + strlen ("Bearer "), grip_endpoint_get_key (endpoint), "me", &error));
}

/* A key that cannot be used is an error of the configuration, not of the first request. */
static void
test_bad_keys (void)
{
  static const char *const uris[] = {
    "http://h?verify-key={\"kty\":\"EC\"}", "http://h?verify-key=base64:", "http://h?verify-key=",
    "http://h?verify-key=-----BEGIN%20PUBLIC%20KEY-----", "http://h?verify-key=base64:e30=",
    "http://h?iss=me&key={\"kty\":\"oct\"}", "http://h?iss=me&key=" JWK, "http://h?iss=me&key=",
    "http://h?iss=me&key={\"kty\":\"oct\",\"k\":\"YQ\",\"key_ops\":[\"verify\"]}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (grip_endpoint_new_for_uri (uris[i], &error));
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
      g_assert_nonnull (strstr (error->message, "key'"));
    }
}

static void
test_authorization (void)
{
  g_autoptr(GripEndpoint) none = endpoint_for ("http://127.0.0.1");
  g_autoptr(GripEndpoint) bearer = endpoint_for ("https://h?key=token");
  g_autoptr(GripEndpoint) basic = endpoint_for ("http://user%40:p%3A%40@127.0.0.1");
  g_autoptr(GripEndpoint) token = endpoint_for ("http://127.0.0.1?iss=me&key=changeme");
  g_autoptr(GError) error = NULL;
  g_autofree char *no_value = grip_endpoint_dup_authorization (none, &error);
  g_autofree char *bearer_value = grip_endpoint_dup_authorization (bearer, &error);
  g_autofree char *basic_value = grip_endpoint_dup_authorization (basic, &error);
  g_autofree char *token_value = grip_endpoint_dup_authorization (token, &error);
  g_autofree char *again = grip_endpoint_dup_authorization (token, &error);
  g_autoptr(GripSignature) signature = NULL;

  g_assert_no_error (error);
  g_assert_null (no_value);
  g_assert_cmpstr (bearer_value, ==, "Bearer token");
  g_assert_cmpstr (basic_value, ==, "Basic dXNlckA6cDpA");
  g_assert_cmpstr (token_value, ==, again);
  signature = grip_validate_sig (token_value + strlen ("Bearer "), grip_endpoint_get_key (token), "me", &error);
  g_assert_no_error (error);
  g_assert_cmpint (grip_signature_get_expires (signature), <=, now () + 600);
  g_assert_cmpint (grip_signature_get_expires (signature), >, now () + 500);
}

static void
test_clear (void)
{
  g_autoptr(GripEndpoint) open = endpoint_for ("http://example.com?key=the-token");
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) config =
    g_variant_ref_sink (g_variant_new_parsed ("{'control_uri': <'http://example.com'>, 'key': <'the-token'>,"
                                              " 'require_tls': <true>}"));
  const char *warning;

  /* Once, however much is published. */
  g_string_truncate (logged, 0);
  for (guint i = 0; i < 3; i++)
    g_free (grip_endpoint_dup_authorization (open, &error));
  g_assert_no_error (error);
  warning = strstr (logged->str, "http://example.com: credentials are sent in the clear");
  g_assert_nonnull (warning);
  g_assert_null (strstr (warning + 1, "http://example.com: credentials"));

  g_assert_null (grip_endpoint_new_from_variant (config, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
  g_assert_null (strstr (error->message, "the-token"));
}

static void
test_fanout (void)
{
  static const char *const bad[] = { "", "a/b", "a?b", "a:b", "a b" };
  g_autoptr(GError) error = NULL;
  g_autoptr(GripEndpoint) endpoint = grip_endpoint_new_for_fanout ("svc123", "{token}", &error);
  g_autofree char *value = NULL;

  g_assert_null (endpoint);
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
  g_clear_error (&error);

  endpoint = grip_endpoint_new_for_fanout ("svc123", "api-token", &error);
  g_assert_no_error (error);
  value = grip_endpoint_dup_authorization (endpoint, &error);
  g_assert_cmpstr (value, ==, "Bearer api-token");
  g_assert_cmpstr (grip_endpoint_get_publish_uri (endpoint), ==, "https://api.fastly.com/service/svc123/publish/");
  g_assert_cmpstr (grip_endpoint_get_verify_iss (endpoint), ==, "fastly:svc123");
  g_assert_true (grip_endpoint_get_verify_key (endpoint)->is_fanout);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_null (grip_endpoint_new_for_fanout (bad[i], "api-token", &error));
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
      g_clear_error (&error);
    }
}

typedef struct
{
  const char *uris[3];
  gboolean proxied;
  gboolean is_signed;
  const char *reason;
} ResultCase;

static void
check_result (const ResultCase *c,
              const char       *token)
{
  g_autoptr(GripPubControl) publisher = grip_pub_control_new ();
  g_autoptr(GripSigResult) result = NULL;
  gboolean needs_signed = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (c->uris) && c->uris[i] != NULL; i++)
    {
      g_autoptr(GripEndpoint) endpoint = endpoint_for (c->uris[i]);
      g_autoptr(GripTransport) transport = g_object_new (MOCK_TYPE_TRANSPORT, "endpoint", endpoint, NULL);

      grip_pub_control_add_transport (publisher, transport);
      needs_signed = needs_signed || strstr (c->uris[i], "verify-key") != NULL || strstr (c->uris[i], "iss=me") != NULL;
    }

  result = grip_pub_control_validate_sig (publisher, token);
  g_assert_cmpint (grip_sig_result_is_proxied (result), ==, c->proxied);
  g_assert_cmpint (grip_sig_result_is_signed (result), ==, c->is_signed);
  g_assert_cmpint (grip_sig_result_needs_signed (result), ==, needs_signed);
  g_assert_cmpint (grip_sig_result_get_signature (result) != NULL, ==, c->is_signed);
  g_assert_cmpint (grip_sig_result_get_endpoint (result) != NULL, ==, c->is_signed);
  if (c->reason == NULL)
    g_assert_null (grip_sig_result_get_reason (result));
  else if (strstr (grip_sig_result_get_reason (result), c->reason) == NULL)
    g_assert_cmpstr (grip_sig_result_get_reason (result), ==, c->reason);
  g_assert_true (grip_pub_control_close (publisher, NULL, NULL));
}

/* A clock that is late by less than the leeway. */
static void
test_leeway (void)
{
  g_autoptr(GripPubControl) publisher = grip_pub_control_new ();
  g_autoptr(GripEndpoint) endpoint = endpoint_for ("http://a?verify-key=changeme");
  g_autoptr(GripTransport) transport = g_object_new (MOCK_TYPE_TRANSPORT, "endpoint", endpoint, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GripKey) key = grip_key_new_from_string ("changeme", &error);
  g_autofree char *token = grip_key_sign (key, "pushpin", g_get_real_time () / G_USEC_PER_SEC - 5, &error);
  g_autoptr(GripSigResult) strict = NULL;
  g_autoptr(GripSigResult) lenient = NULL;

  g_assert_no_error (error);
  grip_pub_control_add_transport (publisher, transport);
  g_assert_cmpuint (grip_pub_control_get_sig_leeway (publisher), ==, 0);
  strict = grip_pub_control_validate_sig (publisher, token);
  g_assert_false (grip_sig_result_is_signed (strict));

  g_object_set (publisher, "sig-leeway", 60, NULL);
  lenient = grip_pub_control_validate_sig (publisher, token);
  g_assert_true (grip_sig_result_is_signed (lenient));
  g_assert_true (grip_pub_control_close (publisher, NULL, NULL));
}

static void
test_result (void)
{
  static const ResultCase good_token[] = {
    { { NULL }, FALSE, FALSE, "no endpoint has a key" },
    { { "http://a" }, TRUE, FALSE, "no endpoint has a key" },
    { { "http://a?key=bearer" }, TRUE, FALSE, "no endpoint has a key" },
    { { "http://a?verify-key=changeme" }, TRUE, TRUE, NULL },
    { { "http://a?verify-key=changeme&verify-iss=pushpin" }, TRUE, TRUE, NULL },
    { { "http://a?verify-key=changeme&verify-iss=other" }, FALSE, FALSE, "another issuer" },
    { { "http://a?iss=me&key=changeme" }, TRUE, TRUE, NULL },
    { { "http://a?iss=me&key=changeme&verify-key=other" }, FALSE, FALSE, "not by this key" },
    { { "http://a", "http://b?verify-key=other", "http://c?verify-key=changeme" }, TRUE, TRUE, NULL },
    { { "http://a", "http://b?verify-key=other" }, FALSE, FALSE, "not by this key" },
    { { "http://b?verify-key=other", "http://a?key=bearer" }, FALSE, FALSE, "http://b" },
    { { "http://a?verify-key=" JWK }, FALSE, FALSE, "Fastly signs for all" },
    { { "http://a?verify-iss=fastly:x&verify-key=" JWK }, FALSE, FALSE, "signed with HS256" },
  };
  static const ResultCase bad_token[] = {
    { { "http://a" }, TRUE, FALSE, "no endpoint has a key" },
    { { "http://a", "http://b?verify-key=changeme" }, FALSE, FALSE, "malformed" },
    { { "http://b?verify-key=changeme", "http://c?iss=me&key=changeme" }, FALSE, FALSE, "; " },
  };
  static const ResultCase no_token[] = {
    { { "http://a" }, FALSE, FALSE, "no endpoint has a key" },
    { { "http://b?verify-key=changeme" }, FALSE, FALSE, "there is none" },
  };
  g_autoptr(GripKey) key = grip_key_new_from_string ("changeme", NULL);
  g_autofree char *token = grip_key_sign (key, "pushpin", now () + 100, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (good_token); i++)
    check_result (&good_token[i], token);
  for (gsize i = 0; i < G_N_ELEMENTS (bad_token); i++)
    check_result (&bad_token[i], "x");
  for (gsize i = 0; i < G_N_ELEMENTS (no_token); i++)
    check_result (&no_token[i], NULL);
}

static void
assert_clean (const char *text)
{
  static const char *const secrets[] = { "s3cret", "czNjcmV0", "hunter2", "aHVudGVyMg", "b3k3n" };

  for (gsize i = 0; i < G_N_ELEMENTS (secrets); i++)
    if (text != NULL && strstr (text, secrets[i]) != NULL)
      g_error ("a secret, or its base64, in: %s", text);
}

/* In no log, error or description, whatever goes wrong. */
static void
test_secrets (void)
{
  static const char *const uris[] = {
    "http://example.com?iss=me&key=s3cret&verify-key=hunter2", "http://user:hunter2@example.com",
    "http://example.com?key=s3cret", "http://example.com?iss=me&key=base64:czNjcmV0",
    "http://user:hunter2@example.com:x?key=s3cret", "http://example.com?key=s3cret&key=hunter2",
    "http://example.com?verify-key={\"kty\":\"oct\",\"k\":\"czNjcmV0\"",
    "http://example.com?verify-key={\"kty\":\"s3cret\",\"k\":\"czNjcmV0\"}",
    "http://example.com?verify-key={\"kty\":\"oct\",\"k\":\"czNjcmV0\",\"alg\":\"hunter2\"}",
    "http://example.com?verify-key=-----BEGIN%20s3cret-----", "http://example.com?verify-key=base64:czNjcmV0!",
    "http://example.com?verify-key=-----BEGIN%20s3cret-----czNjcmV0-----END%20s3cret-----",
    "http://example.com?iss=me&key={\"kty\":\"oct\",\"k\":\"czNjcmV0\",\"use\":\"b3k3n\"}",
    "http://example.com?iss=me&key=ssh-rsa%20czNjcmV0", "http://example.com?key=s3cret%0d%0ab3k3n",
  };

  g_string_truncate (logged, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GripEndpoint) endpoint = grip_endpoint_new_for_uri (uris[i], &error);
      g_autoptr(GripSignature) signature = NULL;
      g_autofree char *description = NULL;
      g_autofree char *json = NULL;
      g_autofree char *key = NULL;
      g_autofree char *value = NULL;
      g_autoptr(GripKey) forger = grip_key_new_from_string ("any", NULL);
      g_autofree char *token = grip_key_sign (forger, "x", 1, NULL);

      if (endpoint == NULL)
        {
          assert_clean (error->message);
          continue;
        }

      description = grip_endpoint_to_string (endpoint);
      assert_clean (description);
      json = grip_endpoint_to_json (endpoint, FALSE);
      assert_clean (json);
      value = grip_endpoint_dup_authorization (endpoint, NULL);
      if (grip_endpoint_get_verify_key (endpoint) == NULL)
        continue;

      key = grip_key_to_string (grip_endpoint_get_verify_key (endpoint));
      assert_clean (key);
      signature = grip_validate_sig (token, grip_endpoint_get_verify_key (endpoint), NULL, &error);
      assert_clean (error->message);
    }
  g_assert_nonnull (strstr (logged->str, "in the clear"));
  assert_clean (logged->str);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  /* Warnings are wanted here, and what is logged is looked at. */
  logged = g_string_new (NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  g_log_set_writer_func (log_cb, NULL, NULL);

  g_test_add_func ("/trust/keys", test_keys);
  g_test_add_func ("/trust/private-key", test_private_key);
  g_test_add_func ("/trust/bad-keys", test_bad_keys);
  g_test_add_func ("/trust/authorization", test_authorization);
  g_test_add_func ("/trust/clear", test_clear);
  g_test_add_func ("/trust/fanout", test_fanout);
  g_test_add_func ("/trust/leeway", test_leeway);
  g_test_add_func ("/trust/result", test_result);
  g_test_add_func ("/trust/secrets", test_secrets);

  return g_test_run ();
}
