/* fuzz-channel.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <libgrip/grip.h>

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

static void
check_header (const char *name,
              const char *prev_id,
              const char *filter)
{
  const char * const filters[] = { filter, NULL };
  g_autoptr(GPtrArray) channels = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GPtrArray) again = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *header = NULL;

  g_ptr_array_add (channels, grip_channel_new_full (name, prev_id, filters));
  g_ptr_array_add (channels, grip_channel_new ("second"));
  header = grip_create_grip_channel_header (channels, &error);
  if (header == NULL)
    {
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
      return;
    }

  g_assert_null (strpbrk (header, "\r\n"));
  again = grip_parse_grip_channel_header (header, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      GripChannel *a = g_ptr_array_index (channels, i);
      GripChannel *b = g_ptr_array_index (again, i);

      g_assert_cmpstr (grip_channel_get_name (a), ==, grip_channel_get_name (b));
      g_assert_cmpstr (grip_channel_get_prev_id (a), ==, grip_channel_get_prev_id (b));
      g_assert_true (g_strv_equal (grip_channel_get_filters (a), grip_channel_get_filters (b)));
    }
}

static void
check_keep_alive (const uint8_t *data,
                  size_t         size)
{
  g_autoptr(GripInstruct) instruct = grip_instruct_new_hold_stream ("a");
  g_autoptr(GBytes) content = g_bytes_new (data, size);
  g_autoptr(GripResponse) response = NULL;
  g_autoptr(GripInstruct) again = NULL;
  g_autoptr(GError) error = NULL;

  grip_instruct_set_keep_alive (instruct, content, 5, GRIP_KEEP_ALIVE_MODE_IDLE);
  response = grip_instruct_to_response (instruct, GRIP_INSTRUCT_FORM_HEADERS, &error);
  if (response == NULL)
    {
      g_assert_true (size == 0 || size > 16384);
      return;
    }

  again = grip_instruct_parse (response, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (grip_instruct_get_keep_alive (again), content));
  g_assert_cmpint (grip_instruct_get_keep_alive_timeout (again), ==, 5);
}

/* A header that was written reads as what it was written from; and any header can be read. */
int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autofree char *text = g_strndup (size > 0 ? (const char *) data : "", size);
  g_auto(GStrv) fields = g_strsplit (text, "|", 3);
  guint n = g_strv_length (fields);
  g_autoptr(GPtrArray) channels = NULL;
  g_autoptr(GPtrArray) last = NULL;
  g_auto(GStrv) features = NULL;

  check_header (n > 0 ? fields[0] : "", n > 1 ? fields[1] : NULL, n > 2 ? fields[2] : NULL);
  check_keep_alive (data, size);

  channels = grip_parse_grip_channel_header (text, NULL);
  last = grip_parse_grip_last (text, NULL);
  features = grip_parse_grip_feature (text);
  g_assert_nonnull (features);

  return 0;
}
