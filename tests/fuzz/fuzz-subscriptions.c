/* fuzz-subscriptions.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdint.h>

#include <libgrip/grip.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

static void
check_changes (GripSubscriptionChanges *changes,
               const GError            *error,
               gboolean                 is_line)
{
  guint n;

  g_assert_cmpint (changes == NULL, ==, error != NULL);
  if (changes == NULL)
    {
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
      return;
    }

  n = grip_subscription_changes_get_n_changes (changes);
  for (guint i = 0; i < n; i++)
    g_assert_true (g_utf8_validate (grip_subscription_changes_get_channel (changes, i), -1, NULL));
  if (is_line)
    {
      g_assert_cmpuint (n, ==, 1);
      g_assert_nonnull (grip_subscription_changes_get_cursor (changes));
    }
}

/* As a page of the history and as a line of the stream. */
int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GBytes)                   json = g_bytes_new (data, size);
  g_autoptr(GError)                   page_error = NULL;
  g_autoptr(GError)                   line_error = NULL;
  g_autoptr(GripSubscriptionChanges)  page = grip_subscription_changes_new_for_page (json, &page_error);
  g_autoptr(GripSubscriptionChanges)  line = grip_subscription_changes_new_for_line (json, &line_error);

  check_changes (page, page_error, FALSE);
  check_changes (line, line_error, TRUE);

  return 0;
}
