/* test-credentials.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <libgrip/grip.h>
#include <libgrip/grip-credentials-private.h>

#include <string.h>

#define NOW 1700000000

static GripCredentials *
new_token (guint lifetime)
{
  g_autoptr(GripKey) key = grip_key_new_from_string ("changeme", NULL);

  return grip_credentials_new_for_token (key, "me", lifetime);
}

/* Asks by both clocks, checks the token, and returns when it expires. */
static gint64
ask (GripCredentials *self,
     gint64           now,
     gint64           monotonic)
{
  g_autoptr(GripKey) key = grip_key_new_from_string ("changeme", NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *value = grip_credentials_dup_value_at (self, now, monotonic, &error);
  g_autoptr(GripSignature) signature = NULL;

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (value, "Bearer "));
  signature = grip_validate_sig_full (value + 7, -1, key, "me", 0, 0, &error);
  g_assert_no_error (error);
  return grip_signature_get_expires (signature);
}

static void
test_cached (void)
{
  g_autoptr(GripCredentials) self = new_token (600);
  g_autoptr(GripCredentials) brief = new_token (1);

  g_assert_cmpint (ask (self, NOW, 5), ==, NOW + 600);
  g_assert_cmpint (ask (self, NOW + 1, 6), ==, NOW + 600);
  g_assert_cmpint (ask (self, NOW + 539, 544), ==, NOW + 600);
  /* A minute before the end there is a new one. */
  g_assert_cmpint (ask (self, NOW + 540, 545), ==, NOW + 1140);
  g_assert_cmpint (ask (self, NOW + 541, 546), ==, NOW + 1140);

  g_assert_cmpint (ask (brief, NOW, 5), ==, NOW + 1);
  g_assert_cmpint (ask (brief, NOW + 1, 6), ==, NOW + 2);
}

static void
test_clocks (void)
{
  g_autoptr(GripCredentials) self = new_token (600);

  g_assert_cmpint (ask (self, NOW, 100), ==, NOW + 600);
  /* Set back: a token from the future is not trusted to be fresh. */
  g_assert_cmpint (ask (self, NOW - 3600, 101), ==, NOW - 3000);
  g_assert_cmpint (ask (self, NOW - 3599, 102), ==, NOW - 3000);
  /* Set back a little again and again: time goes on by the other clock. */
  g_assert_cmpint (ask (self, NOW - 3598, 700), ==, NOW - 2998);
  /* Set forward, or slept. */
  g_assert_cmpint (ask (self, NOW, 701), ==, NOW + 600);
}

static void
test_literal (void)
{
  g_autoptr(GBytes) token = g_bytes_new_static ("abc.DEF", 7);
  g_autoptr(GBytes) evil = g_bytes_new_static ("abc\r\nX: y", 9);
  g_autoptr(GError) error = NULL;
  g_autoptr(GripCredentials) bearer = grip_credentials_new_for_bearer (token, &error);
  g_autoptr(GripCredentials) basic = grip_credentials_new_for_basic ("user", "p:\xc3\xa9", &error);
  g_autoptr(GripCredentials) open = grip_credentials_new_for_basic ("user", NULL, &error);
  g_autofree char *bearer_value = grip_credentials_dup_value (bearer, &error);
  g_autofree char *basic_value = grip_credentials_dup_value (basic, &error);
  g_autofree char *open_value = grip_credentials_dup_value (open, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (bearer_value, ==, "Bearer abc.DEF");
  g_assert_cmpstr (basic_value, ==, "Basic dXNlcjpwOsOp");
  g_assert_cmpstr (open_value, ==, "Basic dXNlcjo=");

  g_assert_null (grip_credentials_new_for_bearer (evil, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
  g_clear_error (&error);
  g_assert_null (grip_credentials_new_for_basic ("a:b", "c", &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
}

static gpointer
ask_thread (gpointer data)
{
  for (gint64 i = 0; i < 2000; i++)
    g_assert_cmpint (ask (data, NOW + i, i), >, NOW + i);
  return NULL;
}

/* However many ask, and whoever renews: nobody gets a token that has expired. */
static void
test_threads (void)
{
  g_autoptr(GripCredentials) self = new_token (600);
  GThread *threads[4];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("ask", ask_thread, self);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
test_cannot_sign (void)
{
  g_autoptr(GripKey) key =
    grip_key_new_from_string ("{\"kty\":\"oct\",\"k\":\"YQ\",\"key_ops\":[\"verify\"]}", NULL);
  g_autoptr(GripCredentials) self = grip_credentials_new_for_token (key, "me", 600);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (grip_credentials_dup_value (self, &error));
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
    }
}

static void
test_safe (void)
{
  static const struct { const char *uri; gboolean safe; } cases[] = {
    { "https://example.com", TRUE }, { "http://127.0.0.1:5561", TRUE }, { "http://127.9.9.9", TRUE },
    { "http://[::1]:5561/", TRUE }, { "http://localhost:5561", TRUE }, { "HTTP://LOCALHOST", TRUE },
    { "http://example.com", FALSE }, { "HTTP://example.com", FALSE }, { "http://10.0.0.1", FALSE },
    { "http://localhost.example.com", FALSE }, { "http://127.0.0.1.example.com", FALSE },
    { "http://127.0.0.1@example.com", FALSE }, { "http://[::]", FALSE }, { "http://0.0.0.0", FALSE },
    { "not a uri", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (grip_credentials_is_safe_to_send (cases[i].uri), ==, cases[i].safe);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/credentials/cached", test_cached);
  g_test_add_func ("/credentials/clocks", test_clocks);
  g_test_add_func ("/credentials/literal", test_literal);
  g_test_add_func ("/credentials/threads", test_threads);
  g_test_add_func ("/credentials/cannot-sign", test_cannot_sign);
  g_test_add_func ("/credentials/safe", test_safe);

  return g_test_run ();
}
