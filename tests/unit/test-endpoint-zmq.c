/* test-endpoint-zmq.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libgrip/grip.h>

#define PATH_53  "01234567890123456789012345678901234567890123456789012"
/* As long as the path of a socket may be, with a slash in front. */
#define PATH_106 PATH_53 PATH_53
#define Z85_KEY "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"

static const struct
{
  const char *json;
  const char *words;
} bad_json[] = {
  { "{\"zmq_uri\":\"tcp://*:5\"}", "only to bind to" },
  { "{\"zmq_pub_uri\":\"tcp://*:5\"}", "only to bind to" },
  { "{\"zmq_pub_uri\":[\"tcp://h:5\",\"udp://h:6\"]}", "tcp:// nor with ipc://" },
  { "{\"zmq_pub_uri\":[\"tcp://h:5\",\"tcp://h:5\"]}", "an address twice" },
  { "{\"zmq_pub_uri\":[\"tcp://h:5\",7]}", "a list of text" },
  { "{\"zmq_pub_uri\":[\"tcp://h:5\",\"\"]}", "is empty" },
  { "{\"zmq_pub_uri\":[]}", "a list of text" },
  { "{\"zmq_pub_uri\":{\"a\":\"b\"}}", "a list of text" },
  { "{\"zmq_pub_uri\":\"\"}", "is empty" },
  { "{\"zmq_push_uri\":[\"tcp://h:5\"]}", "not text" },
  { "{\"zmq_uri\":\"tcp://h:5\",\"control_zmq_bind\":true}", "needs 'control_zmq_pub_uri'" },
  { "{\"zmq_pub_uri\":\"tcp://h:5\",\"control_zmq_bind\":1}", "not a boolean" },
  { "{\"zmq_uri\":\"tcp://h:5\",\"control_zmq_public_key\":\"" Z85_KEY "\"}", "needs 'control_zmq_secret_key'" },
  { "{\"zmq_uri\":\"tcp://h:5\",\"control_zmq_secret_key\":\"" Z85_KEY "\"}", "needs 'control_zmq_public_key'" },
  { "{\"zmq_uri\":\"tcp://h:5\",\"control_zmq_secret_key\":\"" Z85_KEY "\","
    "\"control_zmq_public_key\":\"" Z85_KEY "\"}", "needs 'control_zmq_server_key'" },
  { "{\"zmq_push_uri\":\"tcp://h:5\",\"control_zmq_mode\":\"pub\"}", "pub needs" },
  { "{\"zmq_pub_uri\":\"tcp://h:5\",\"control_zmq_mode\":\"push\"}", "push needs" },
};

static const struct
{
  const char *uri;
  const char *json;
} uris[] = {
  { "tcp://h:5", "{\"control_zmq_uri\":\"tcp://h:5\"}" },
  { "ipc:///run/x?mode=command", "{\"control_zmq_uri\":\"ipc:///run/x\",\"control_zmq_mode\":\"command\"}" },
  { "ipc:///" PATH_106, "{\"control_zmq_uri\":\"ipc:///" PATH_106 "\"}" },
  { "tcp://[::1]:5?socket=push&grace-time=3", "{\"control_zmq_push_uri\":\"tcp://[::1]:5\",\"grace_time\":3}" },
  { "tcp://a:1,tcp://b:2?socket=pub&require-subscribers=true",
    "{\"control_zmq_pub_uri\":[\"tcp://a:1\",\"tcp://b:2\"],\"require_subscribers\":true}" },
  { "tcp://*:1?socket=pub&bind=true", "{\"control_zmq_pub_uri\":\"tcp://*:1\",\"control_zmq_bind\":true}" },
  { "tcp://h:5?server-key=rq%3ArM%3E%7DU?%40Lns47E1%25kR.o%40n%25FcmmsL/%40%7BH8%5Dyf7",
    "{\"control_zmq_uri\":\"tcp://h:5\",\"control_zmq_server_key\":\"" Z85_KEY "\"}" },
  { "tcp://h:5?verify-iss=i&verify-key=base64:c2VjcmV0",
    "{\"control_zmq_uri\":\"tcp://h:5\",\"verify_iss\":\"i\",\"verify_key\":\"secret\"}" },
};

static const struct
{
  const char *uri;
  const char *words;
} bad_uris[] = {
  { "tcp://h", "tcp://HOST:PORT" },
  { "tcp://h:5?socket=pull", "none of command, push and pub" },
  { "tcp://h:5?key=s3cr3t", "does not have; there are bind, grace-time, mode," },
  { "tcp://h:5?mode=push&mode=pub", "'mode' in the GRIP URI is there twice" },
  { "tcp://h:5?bind=yes", "neither true nor false" },
  { "tcp://h:5?grace-time=-1", "no number of seconds" },
  { "tcp://h:5?secret-key=s3cr3t", "40 characters" },
  { "tcp://h:5?mode=", "'control_zmq_mode' in the GRIP URI is empty" },
  { "tcp://a:1,tcp://b:2", "'control_zmq_uri'" },
  { "ipc://@", "has no path" },
  { "ipc:///" PATH_106 "x", "is longer than 107 bytes" },
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
test_bad_json (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_json); i++)
    {
      g_autoptr(GError)        error = NULL;
      g_autoptr(GripEndpoint)  endpoint = grip_endpoint_new_from_json (bad_json[i].json, &error);

      assert_refused (endpoint, error, bad_json[i].words);
    }
}

static void
test_bad_uri (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_uris); i++)
    {
      g_autoptr(GError)        error = NULL;
      g_autoptr(GripEndpoint)  endpoint = grip_endpoint_new_for_uri (bad_uris[i].uri, &error);

      assert_refused (endpoint, error, bad_uris[i].words);
    }
}

/* A URI says the same as a dictionary. */
static void
test_uri (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr(GError)        error = NULL;
      g_autoptr(GripEndpoint)  from_uri = grip_endpoint_new_for_uri (uris[i].uri, &error);
      g_autoptr(GripEndpoint)  from_json = NULL;
      g_autoptr(GVariant)      a = NULL;
      g_autoptr(GVariant)      b = NULL;

      g_assert_no_error (error);
      from_json = grip_endpoint_new_from_json (uris[i].json, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (grip_endpoint_get_scheme (from_uri), ==, "zmq");
      a = grip_endpoint_to_variant (from_uri, TRUE);
      b = grip_endpoint_to_variant (from_json, TRUE);
      g_assert_cmpvariant (a, b);
    }
}

/* What is written says all that was read. */
static void
test_written (void)
{
  static const char *const texts[] = {
    "{'control_uri': <'https://h'>, 'control_iss': <'i'>, 'key': <'k'>, 'control_zmq_uri': <'tcp://h:5'>, "
    "'control_zmq_mode': <'pub'>, 'control_zmq_server_key': <'" Z85_KEY "'>, 'control_zmq_public_key': <'" Z85_KEY
    "'>, 'control_zmq_secret_key': <'" Z85_KEY "'>, 'control_zmq_stats_uri': <'tcp://h:6'>, "
    "'require_subscribers': <true>, 'require_tls': <true>, 'ca_file': <'/ca'>, 'token_lifetime': <int64 7>, "
    "'grace_time': <int64 8>, 'publish_uri': <'https://h/publish/'>}",
    "{'control_zmq_uri': <'tcp://h:5'>, 'control_zmq_mode': <'push'>, 'require_subscribers': <false>}",
    "{'control_zmq_pub_uri': <'tcp://*:5'>, 'control_zmq_bind': <true>, 'control_zmq_mode': <'pub'>}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GVariant)      config = g_variant_ref_sink (g_variant_new_parsed (texts[i]));
      g_autoptr(GError)        error = NULL;
      g_autoptr(GripEndpoint)  endpoint = grip_endpoint_new_from_variant (config, &error);
      g_autoptr(GVariant)      written = NULL;
      g_autofree char         *text = NULL;

      g_assert_no_error (error);
      written = grip_endpoint_to_variant (endpoint, TRUE);
      text = g_variant_print (written, TRUE);
      g_assert_cmpstr (text, ==, texts[i]);
    }
}

static void
assert_several (GVariant *config)
{
  g_autoptr(GError)        error = NULL;
  g_autoptr(GripEndpoint)  endpoint = grip_endpoint_new_from_variant (config, &error);
  g_autoptr(GripEndpoint)  again = NULL;
  g_autoptr(GVariant)      written = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (grip_endpoint_get_control_zmq_pub_uri (endpoint), ==, "tcp://a:1,ipc:///b");
  written = grip_endpoint_to_variant (endpoint, TRUE);
  again = grip_endpoint_new_from_variant (written, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (grip_endpoint_get_control_zmq_pub_uri (again), ==, "tcp://a:1,ipc:///b");
  g_assert_false (grip_endpoint_get_control_zmq_bind (again));
}

static void
test_several (void)
{
  assert_several (g_variant_new_parsed ("{'control_zmq_pub_uri': <['tcp://a:1', 'ipc:///b']>}"));
  assert_several (g_variant_new_parsed ("{'zmq_pub_uri': <[<'tcp://a:1'>, <'ipc:///b'>]>}"));
  assert_several (g_variant_new_parsed ("{'zmq_pub_uri': <'tcp://a:1,ipc:///b'>}"));
}

static void
test_bind (void)
{
  g_autoptr(GError)        error = NULL;
  g_autoptr(GripEndpoint)  endpoint = NULL;
  gboolean                 binds = FALSE;

  endpoint = grip_endpoint_new_from_json ("{\"zmq_pub_uri\":\"tcp://*:5562\",\"control_zmq_bind\":true}", &error);
  g_assert_no_error (error);
  g_object_get (endpoint, "control-zmq-bind", &binds, NULL);
  g_assert_true (binds);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/endpoint/zmq/bad-json", test_bad_json);
  g_test_add_func ("/endpoint/zmq/bad-uri", test_bad_uri);
  g_test_add_func ("/endpoint/zmq/uri", test_uri);
  g_test_add_func ("/endpoint/zmq/written", test_written);
  g_test_add_func ("/endpoint/zmq/several", test_several);
  g_test_add_func ("/endpoint/zmq/bind", test_bind);

  return g_test_run ();
}
