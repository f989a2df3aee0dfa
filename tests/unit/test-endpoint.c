/* test-endpoint.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libgrip/grip.h>

/* What a GRIP URI says. NULL is not there; a key is compared as bytes. */
typedef struct
{
  const char *uri;
  const char *control_uri;
  const char *publish_uri;
  const char *iss;
  const char *key;
  const char *user;
  const char *password;
  const char *verify_iss;
  const char *verify_key;
} UriCase;

#define JWK "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"CKo5A1ebyFcnmVV8SE5On-8G81JyBjSvcrx4VLetWCg\"," \
            "\"y\":\"7gwJqaU6N8TP88--twjkwoB36f-pT3QsmI46nPhjO7M\"}"
#define PEM "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA69zUkXQtBADfvu56IFvAmuVjv+OtxJ3tfGs2/bHR3+M=\n-----END PUBLIC KEY-----\n"

static const UriCase uri_cases[] = {
  /* What every library reads alike. */
  { "http://api.fanout.io/realm/realm",
    "http://api.fanout.io/realm/realm", "http://api.fanout.io/realm/realm/publish/" },
  { "https://api.fanout.io/realm/realm?iss=realm&key=base64:c2VjcmV0",
    "https://api.fanout.io/realm/realm", "https://api.fanout.io/realm/realm/publish/", "realm", "secret" },
  { "http://api.fanout.io:8080/realm/realm/",
    "http://api.fanout.io:8080/realm/realm", "http://api.fanout.io:8080/realm/realm/publish/" },
  { "http://api.fanout.io:80/realm/realm/",
    "http://api.fanout.io:80/realm/realm", "http://api.fanout.io:80/realm/realm/publish/" },
  { "http://api.fanout.io/realm/realm?iss=realm&key=geag121321=",
    "http://api.fanout.io/realm/realm", "http://api.fanout.io/realm/realm/publish/", "realm", "geag121321=" },

  /* Short padding and spare bits, from the tests of js-grip. Python refuses it. */
  { "http://h/p?iss=realm&key=base64:geag121321=",
    "http://h/p", "http://h/p/publish/", "realm", "\x81\xe6\xa0\xd7\x6d\x77\xdb" },
  { "http://h/p?iss=realm&key=base64:geag%2B21321=",
    "http://h/p", "http://h/p/publish/", "realm", "\x81\xe6\xa0\xfb\x6d\x77\xdb" },
  { "http://h/p?iss=realm&key=base64:geag+21321=",
    "http://h/p", "http://h/p/publish/", "realm", "\x81\xe6\xa0\xfb\x6d\x77\xdb" },
  { "http://h/p?iss=realm&key=base64:_-8",
    "http://h/p", "http://h/p/publish/", "realm", "\xff\xef" },
  { "http://h/p?iss=realm&key=base64:/%2B8=",
    "http://h/p", "http://h/p/publish/", "realm", "\xff\xef" },
  { "http://h/p?iss=realm&key=base64%3A_-8",
    "http://h/p", "http://h/p/publish/", "realm", "\xff\xef" },

  /* A plus is a plus, also outside of base64, where js-grip and php-grip make a space of it. */
  { "http://h/p?key=a+b", "http://h/p", "http://h/p/publish/", NULL, "a+b" },
  { "http://h/p?iss=a+b&key=a%20b", "http://h/p", "http://h/p/publish/", "a+b", "a b" },

  /* The rest of the query stays as it is, where php-grip and js-grip write it anew. The publish path goes
   * before it, where pygripcontrol appends it. */
  { "http://h/p?iss=realm&a=1%2f+&key=k&b&b=2&&c=%C3%A4",
    "http://h/p?a=1%2f+&b&b=2&&c=%C3%A4", "http://h/p/publish/?a=1%2f+&b&b=2&&c=%C3%A4", "realm", "k" },
  { "http://h/p/?x=1", "http://h/p?x=1", "http://h/p/publish/?x=1" },
  { "http://h/p?", "http://h/p", "http://h/p/publish/" },
  { "http://h/p?key=k&", "http://h/p", "http://h/p/publish/", NULL, "k" },
  { "http://h/p?verify_iss=i&Key=x", "http://h/p?verify_iss=i&Key=x", "http://h/p/publish/?verify_iss=i&Key=x" },
  { "http://h/p?k%65y=k", "http://h/p", "http://h/p/publish/", NULL, "k" },

  /* No path, at which go-gripcontrol panics and php-grip warns. */
  { "http://localhost:5561", "http://localhost:5561", "http://localhost:5561/publish/" },
  { "http://localhost:5561/", "http://localhost:5561", "http://localhost:5561/publish/" },
  { "http://localhost:5561?x=1", "http://localhost:5561?x=1", "http://localhost:5561/publish/?x=1" },
  { "http://localhost:5561/?key=k", "http://localhost:5561", "http://localhost:5561/publish/", NULL, "k" },
  { "http://h//", "http://h", "http://h/publish/" },
  { "http://h/a//", "http://h/a", "http://h/a/publish/" },
  { "http://h//a", "http://h//a", "http://h//a/publish/" },

  /* Hosts */
  { "http://[::1]:5561", "http://[::1]:5561", "http://[::1]:5561/publish/" },
  { "http://[::1]/a?key=k", "http://[::1]/a", "http://[::1]/a/publish/", NULL, "k" },
  { "http://[fe80::1%25eth0]:1/", "http://[fe80::1%25eth0]:1", "http://[fe80::1%25eth0]:1/publish/" },
  { "HTTP://Host:65535", "http://Host:65535", "http://Host:65535/publish/" },
  { "http://b\xc3\xbc" "cher.example/\xc3\xa4?\xc3\xb6",
    "http://xn--bcher-kva.example/%C3%A4?%C3%B6", "http://xn--bcher-kva.example/%C3%A4/publish/?%C3%B6" },
  { "http://h/a%20b%2f", "http://h/a%20b%2f", "http://h/a%20b%2f/publish/" },

  /* Transports of others */
  { "http+unix://%2Ftmp%2Fsock/a", "http+unix://%2Ftmp%2Fsock/a", "http+unix://%2Ftmp%2Fsock/a/publish/" },
  { "x-test:///file", "x-test:///file", "x-test:///file/publish/" },
  { "x-test://", "x-test://", "x-test:///publish/" },

  /* User and password are decoded, which js-grip forgets, and are no part of the control URI, as they are
   * in pygripcontrol. php-grip drops them. */
  { "http://user:pass@h", "http://h", "http://h/publish/", NULL, NULL, "user", "pass" },
  { "http://user%40:p%3A%40@h:1/a/", "http://h:1/a", "http://h:1/a/publish/", NULL, NULL, "user@", "p:@" },
  { "http://user:p:a@s+s@h", "http://h", "http://h/publish/", NULL, NULL, "user", "p:a@s+s" },
  { "http://user@h", "http://h", "http://h/publish/", NULL, NULL, "user", "" },
  { "http://:token@h", "http://h", "http://h/publish/", NULL, NULL, "", "token" },
  { "http://@h", "http://h", "http://h/publish/" },
  { "http://u%20v:%C3%A4@[::1]", "http://[::1]", "http://[::1]/publish/", NULL, NULL, "u v", "\xc3\xa4" },

  /* Keys that are text with a form of its own */
  { "https://api.fastly.com/service/s?key=apikey&verify-iss=fastly:s&verify-key=" JWK,
    "https://api.fastly.com/service/s", "https://api.fastly.com/service/s/publish/",
    NULL, "apikey", NULL, NULL, "fastly:s", JWK },
  { "http://h?verify-iss=i&verify-key=base64:eyJrdHkiOiJvY3QiLCJrIjoiWVEifQ==",
    "http://h", "http://h/publish/", NULL, NULL, NULL, NULL, "i", "{\"kty\":\"oct\",\"k\":\"YQ\"}" },
  { "http://h?verify-key=-----BEGIN%20PUBLIC%20KEY-----%0AMCowBQYDK2VwAyEA69zUkXQtBADfvu56IFvAmuVjv+OtxJ3tfGs2/bHR3+M=%0A-----END%20PUBLIC%20KEY-----%0A",
    "http://h", "http://h/publish/", NULL, NULL, NULL, NULL, NULL, PEM },
  { "http://h?verify-key=base64:LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0KTUNvd0JRWURLMlZ3QXlFQTY5elVrWFF0QkFEZnZ1NTZJRnZBbXVWanYrT3R4SjN0ZkdzMi9iSFIzK009Ci0tLS0tRU5EIFBVQkxJQyBLRVktLS0tLQo=",
    "http://h", "http://h/publish/", NULL, NULL, NULL, NULL, NULL, PEM },
  { "http://h?iss=i&key=base64", "http://h", "http://h/publish/", "i", "base64" },
  { "http://h?iss=i&key=%FF", "http://h", "http://h/publish/", "i", "\xff" },
};

static void
assert_key (GBytes     *key,
            const char *expected)
{
  if (expected == NULL)
    {
      g_assert_null (key);
      return;
    }
  g_assert_nonnull (key);
  g_assert_cmpmem (g_bytes_get_data (key, NULL), g_bytes_get_size (key), expected, strlen (expected));
}

static void
test_uri (gconstpointer data)
{
  const UriCase           *c = data;
  g_autoptr(GError)        error = NULL;
  g_autoptr(GripEndpoint)  endpoint = grip_endpoint_new_for_uri (c->uri, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (grip_endpoint_get_control_uri (endpoint), ==, c->control_uri);
  g_assert_cmpstr (grip_endpoint_get_publish_uri (endpoint), ==, c->publish_uri);
  g_assert_cmpstr (grip_endpoint_get_control_iss (endpoint), ==, c->iss);
  assert_key (grip_endpoint_get_key_data (endpoint), c->key);
  g_assert_cmpstr (grip_endpoint_get_user (endpoint), ==, c->user);
  g_assert_cmpstr (grip_endpoint_get_password (endpoint), ==, c->password);
  g_assert_cmpstr (grip_endpoint_get_verify_iss (endpoint), ==, c->verify_iss);
  assert_key (grip_endpoint_get_verify_key_data (endpoint), c->verify_key);
}

/* What is refused, and the words that tell where. Secrets in here are spelt s3cr3t: no error has them. */
typedef struct
{
  const char *text;
  const char *words;
} BadCase;

static const BadCase bad_uris[] = {
  { "", "scheme" },
  { "s3cr3t", "scheme" },
  { "localhost:5561", "scheme" },
  { "1http://h", "offset 0" },
  { "://h", "empty scheme" },
  { "http://", "no host" },
  { "http://:80", "no host" },
  { "http://u:s3cr3t@", "no host at offset 16" },
  { "http://u:s3cr3t", "port" },
  { "http://h:0", "port" },
  { "http://h:65536", "port" },
  { "http://h:", "port" },
  { "http://h:99999999999999999999", "port" },
  { "http://::1", "colon" },
  { "http://[::1", "]" },
  { "http://[::1]x", "neither a port nor a path" },
  { "http://[h]", "no IPv6 address" },
  { "http://[1.2.3.4]", "no IPv6 address" },
  { "http://[::1%25]", "empty zone" },
  { "http://[::1%25a%0db]", "a character in the zone" },
  { "http://h%0d%0aX: y", "offset 16" },
  { "http://h%0d%0aX", "control character in the host" },
  { "http://h%00", "control character in the host" },
  { "http://h%2fx", "that no host has" },
  { "http://h%20x", "a space or a control character in the host" },
  { "http://h\xef\xbc\x8fx", "that no host has" },
  { "http://g\\@h", "backslash" },
  { "http://h/a%0d%0ab", "control character in the path" },
  { "http://h/a\r\nb", "offset 10" },
  { "http://h/a b", "offset 10" },
  { "http://h/\x7f", "offset 9" },
  { "http://h/\xff", "UTF-8 at offset 9" },
  { "http://h/%zz", "offset 9" },
  { "http://h/?key=s3cr3t%", "offset 20" },
  { "http://h/#s3cr3t", "fragment" },
  { "http://u:s3cr3t%0a@h", "control character in the user or the password" },
  { "http://u%00v:s3cr3t@h", "control character in the user or the password" },
  { "http://u%3aa:s3cr3t@h", "colon" },
  { "http://u:s3cr3t%ff@h", "a password that is not UTF-8" },
  { "http://h?key=s3cr3t&key=s3cr3t", "twice" },
  { "http://h?key=", "'key' in the GRIP URI is empty" },
  { "http://h?key", "'key' in the GRIP URI is empty" },
  { "http://h?key=base64:", "'key' is empty" },
  { "http://h?key=base64:s3cr3", "base64 at offset 12" },
  { "http://h?key=base64:s3cr3t!s3cr3t", "base64 at offset 13" },
  { "http://h?key=base64:s3cr3t=====", "base64 at offset 13" },
  { "http://h?key=base64:s3cr=3t=", "base64 at offset 12" },
  { "http://h?iss=&key=s3cr3t", "'control_iss' in the GRIP URI is empty" },
  { "http://h?iss=i", "needs 'key'" },
  { "http://h?key=s3cr3t%0d%0aX:y", "bearer token, which has visible ASCII only; the byte at offset 6" },
  { "http://h?key=s3cr3t%20s3cr3t", "offset 6" },
  { "http://h?key=%00s3cr3t", "the byte at offset 0 is none" },
  { "http://h?verify-iss=%FF", "'verify_iss' in the GRIP URI is not UTF-8" },
};

static const BadCase bad_json[] = {
  { "", "offset 0" },
  { "1", "neither" },
  { "{\"key\":\"s3cr3t\"", "offset 15: expected a comma" },
  { "{}", "names no proxy" },
  { "{\"key\":\"s3cr3t\"}", "names no proxy" },
  { "{\"control_uri\":1}", "'control_uri' is an integer, not text" },
  { "{\"control_uri\":\"\"}", "'control_uri' is empty" },
  { "{\"uri\":\"http://h\",\"control_uri\":\"http://h\"}", "'control_uri' or 'uri' is given twice" },
  { "{\"control_url\":\"http://h\"}", "there are control_uri or uri, " },
  { "{\"uri\":\"http://h\",\"key\":5}", "'key' is an integer" },
  { "{\"uri\":\"http://h\",\"key\":[\"s3cr3t\"]}", "'key' is a list" },
  { "{\"uri\":\"http://h\",\"key\":\"s3cr3t\",\"require_tls\":\"yes\"}", "'require_tls' is text, not a boolean" },
  { "{\"uri\":\"http://h\",\"require_tls\":true}", "'require_tls' is true, and 'control_uri' is http" },
  { "{\"uri\":\"http://h\",\"token_lifetime\":0}", "'token_lifetime' is 0" },
  { "{\"uri\":\"http://h\",\"token_lifetime\":1.5}", "fraction" },
  { "{\"uri\":\"http://h\",\"grace_time\":-1}", "'grace_time' is -1" },
  { "{\"uri\":\"http://h\",\"pass\":\"s3cr3t\"}", "'pass' needs 'user'" },
  { "{\"uri\":\"http://h\",\"user\":\"a:b\"}", "'user' has a colon" },
  { "{\"uri\":\"http://h\",\"user\":\"a\",\"pass\":\"s3cr3t\\n\"}", "'pass' has a control" },
  { "{\"uri\":\"http://u:s3cr3t@h\",\"user\":\"v\"}", "'control_uri' has a user too" },
  { "{\"uri\":\"http://h\",\"publish_uri\":\"http://g/publish/\"}", "'publish_uri' is not what" },
  { "{\"zmq_uri\":\"inproc://x\"}", "tcp:// nor with ipc://" },
  { "{\"zmq_uri\":\"tcp://h\"}", "tcp://HOST:PORT" },
  { "{\"zmq_uri\":\"tcp://h:0\"}", "port" },
  { "{\"zmq_uri\":\"tcp://::1:5\"}", "brackets" },
  { "{\"zmq_uri\":\"tcp://u:s3cr3t@h:5\"}", "without brackets" },
  { "{\"zmq_uri\":\"ipc://\"}", "no path" },
  { "{\"zmq_uri\":\"ipc:///a b\"}", "offset 8" },
  { "{\"zmq_uri\":\"tcp://h:5\",\"control_zmq_mode\":\"pull\"}", "none of push, pub and command" },
  { "{\"zmq_push_uri\":\"tcp://h:5\",\"control_zmq_mode\":\"command\"}", "needs 'control_zmq_uri'" },
  { "{\"zmq_uri\":\"tcp://h:5\",\"control_zmq_secret_key\":\"s3cr3t\"}", "40 characters" },
};

static void
assert_refused (GripEndpoint *endpoint,
                GError       *error,
                const char   *words)
{
  g_assert_null (endpoint);
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
  if (strstr (error->message, words) == NULL || strstr (error->message, "s3cr3t") != NULL)
    g_error ("expected '%s' and no secret in: %s", words, error->message);
}

static void
test_bad_uri (gconstpointer data)
{
  const BadCase           *c = data;
  g_autoptr(GError)        error = NULL;
  g_autoptr(GripEndpoint)  endpoint = grip_endpoint_new_for_uri (c->text, &error);

  assert_refused (endpoint, error, c->words);
}

static void
test_bad_json (gconstpointer data)
{
  const BadCase           *c = data;
  g_autoptr(GError)        error = NULL;
  g_autoptr(GripEndpoint)  endpoint = grip_endpoint_new_from_json (c->text, &error);

  assert_refused (endpoint, error, c->words);
}

static void
test_secrets (void)
{
  const char *uri = "http://u:s3cr3t@h:1/p/?token=t0ken&t0ken&iss=i&key=s3cr3t&verify-key=s3cr3t";
  g_autoptr(GError)       error = NULL;
  g_autoptr(GripEndpoint) endpoint = grip_endpoint_new_for_uri (uri, &error);
  g_autoptr(GripEndpoint) again = NULL;
  g_autofree char        *name = NULL;
  g_autofree char        *masked = NULL;
  g_autofree char        *open = NULL;
  g_autofree char        *same = NULL;

  g_assert_no_error (error);
  name = grip_endpoint_to_string (endpoint);
  g_assert_cmpstr (name, ==, "http://h:1/p?token=***&***");

  /* What is written out keeps the query: only keys and passwords are masked there. */
  masked = grip_endpoint_to_json (endpoint, FALSE);
  g_assert_null (strstr (masked, "s3cr3t"));

  open = grip_endpoint_to_json (endpoint, TRUE);
  again = grip_endpoint_new_from_json (open, &error);
  g_assert_no_error (error);
  same = grip_endpoint_to_json (again, TRUE);
  g_assert_cmpstr (open, ==, same);
  assert_key (grip_endpoint_get_key_data (again), "s3cr3t");
}

static void
test_build_control_uri (void)
{
  g_autoptr(GripEndpoint) endpoint = grip_endpoint_new ("http://h/p/?x=1", NULL);
  g_autofree char        *uri = grip_endpoint_build_control_uri (endpoint, "subscriptions/items/?item=a");

  g_assert_cmpstr (uri, ==, "http://h/p/subscriptions/items/?item=a&x=1");
}

static void
test_list (void)
{
  g_autoptr(GError)    error = NULL;
  g_autoptr(GPtrArray) two = grip_endpoints_new_from_json ("[{\"uri\":\"http://a\"},{\"zmq_uri\":\"tcp://[::1]:5\","
                                                           "\"key\":null,\"require_subscribers\":true}]", &error);
  g_autoptr(GPtrArray) none = NULL;
  GripEndpoint        *zmq;

  g_assert_no_error (error);
  g_assert_cmpuint (two->len, ==, 2);
  zmq = g_ptr_array_index (two, 1);
  g_assert_cmpstr (grip_endpoint_get_scheme (zmq), ==, "zmq");
  g_assert_cmpstr (grip_endpoint_get_control_zmq_uri (zmq), ==, "tcp://[::1]:5");
  g_assert_true (grip_endpoint_get_require_subscribers (zmq));
  g_assert_null (grip_endpoint_get_publish_uri (zmq));

  none = grip_endpoints_new_from_json ("[{\"uri\":\"http://a\"},{\"uri\":7}]", &error);
  g_assert_null (none);
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
  g_assert_true (g_str_has_prefix (error->message, "endpoint 2 of the list: 'uri'"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (uri_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/uri/%u", i);

      g_test_add_data_func (path, &uri_cases[i], test_uri);
    }

  for (guint i = 0; i < G_N_ELEMENTS (bad_uris); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/bad-uri/%u", i);

      g_test_add_data_func (path, &bad_uris[i], test_bad_uri);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad_json); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/bad-json/%u", i);

      g_test_add_data_func (path, &bad_json[i], test_bad_json);
    }
  g_test_add_func ("/endpoint/secrets", test_secrets);
  g_test_add_func ("/endpoint/build-control-uri", test_build_control_uri);
  g_test_add_func ("/endpoint/list", test_list);

  return g_test_run ();
}
