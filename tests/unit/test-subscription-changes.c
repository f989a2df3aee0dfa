/* test-subscription-changes.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libgrip/grip.h>

static GripSubscriptionChanges *
parse (const char  *json,
       gboolean     is_line,
       GError     **error)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static (json, strlen (json));

  return is_line ? grip_subscription_changes_new_for_line (bytes, error)
                 : grip_subscription_changes_new_for_page (bytes, error);
}

static void
test_page (void)
{
  g_autoptr(GError)                   error = NULL;
  g_autoptr(GripSubscriptionChanges)  changes =
    parse (" {\"items\":[{\"channel\":\"a\",\"state\":\"subscribed\",\"more\":[1]},"
           "{\"state\":\"unsubscribed\",\"channel\":\"\\u00e4\"}],\"last_cursor\":\"c2\"}\n", FALSE, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (grip_subscription_changes_get_n_changes (changes), ==, 2);
  g_assert_cmpstr (grip_subscription_changes_get_channel (changes, 0), ==, "a");
  g_assert_true (grip_subscription_changes_get_subscribed (changes, 0));
  g_assert_cmpstr (grip_subscription_changes_get_channel (changes, 1), ==, "ä");
  g_assert_false (grip_subscription_changes_get_subscribed (changes, 1));
  g_assert_cmpstr (grip_subscription_changes_get_cursor (changes), ==, "c2");
  g_assert_null (grip_subscription_changes_get_previous_cursor (changes));
}

static void
test_last_page (void)
{
  static const char *const pages[] = {
    "{\"items\":[]}", "{\"items\":[],\"last_cursor\":null}", "{\"last_cursor\":\"\",\"items\":[]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autoptr(GError)                   error = NULL;
      g_autoptr(GripSubscriptionChanges)  changes = parse (pages[i], FALSE, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (grip_subscription_changes_get_n_changes (changes), ==, 0);
      g_assert_null (grip_subscription_changes_get_cursor (changes));
    }
}

static void
test_line (void)
{
  g_autoptr(GError)                   error = NULL;
  g_autoptr(GripSubscriptionChanges)  changes =
    parse ("{\"item\":{\"channel\":\"a\",\"state\":\"subscribed\"},\"cursor\":\"2\",\"prev_cursor\":\"1\"}",
           TRUE, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (grip_subscription_changes_get_n_changes (changes), ==, 1);
  g_assert_cmpstr (grip_subscription_changes_get_cursor (changes), ==, "2");
  g_assert_cmpstr (grip_subscription_changes_get_previous_cursor (changes), ==, "1");
}

static const struct
{
  const char *json;
  gboolean    is_line;
  const char *words;
} bad[] = {
  { "", FALSE, "malformed JSON at offset 0" },
  { "[]", FALSE, "not an object" },
  { "{}", FALSE, "'items'" },
  { "{\"items\":{}}", FALSE, "'items'" },
  { "{\"items\":[1]}", FALSE, "not an object" },
  { "{\"items\":[{\"state\":\"subscribed\"}]}", FALSE, "'channel'" },
  { "{\"items\":[{\"channel\":1,\"state\":\"subscribed\"}]}", FALSE, "'channel'" },
  { "{\"items\":[{\"channel\":\"a\"}]}", FALSE, "'state'" },
  { "{\"items\":[{\"channel\":\"a\",\"state\":\"gone\"}]}", FALSE, "'state'" },
  { "{\"items\":[],\"last_cursor\":7}", FALSE, "'last_cursor'" },
  { "{\"items\":[],\"items\":[]}", FALSE, "malformed JSON" },
  { "{\"items\":[[[[[[[[]]]]]]]]}", FALSE, "less nesting" },
  { "{\"item\":null,\"cursor\":\"1\"}", TRUE, "not an object" },
  { "{\"item\":{\"channel\":\"a\",\"state\":\"subscribed\"}}", TRUE, "'cursor'" },
  { "{\"item\":{\"channel\":\"a\",\"state\":\"subscribed\"},\"cursor\":\"1\",\"prev_cursor\":{}}", TRUE,
    "'prev_cursor'" },
  { "{\"item\":{\"channel\":\"a\",\"state\":\"subscribed\"},\"cursor\":\"1\"} {}", TRUE, "malformed JSON" },
};

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError)                   error = NULL;
      g_autoptr(GripSubscriptionChanges)  changes = parse (bad[i].json, bad[i].is_line, &error);

      g_assert_null (changes);
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
      g_assert_nonnull (strstr (error->message, bad[i].words));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/subscription-changes/page", test_page);
  g_test_add_func ("/subscription-changes/last-page", test_last_page);
  g_test_add_func ("/subscription-changes/line", test_line);
  g_test_add_func ("/subscription-changes/bad", test_bad);

  return g_test_run ();
}
