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
  { "http://h//", "http://h/", "http://h//publish/" },
  { "http://h/a//", "http://h/a/", "http://h/a//publish/" },
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

  return g_test_run ();
}
