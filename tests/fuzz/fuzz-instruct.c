/* fuzz-instruct.c
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

/* Lines of `Name: value`, an empty line, the body. */
static GripResponse *
read_response (const char *data,
               gsize       size)
{
  const char *end = data + size;
  g_autoptr(GBytes) body = NULL;
  GVariantBuilder headers;

  g_variant_builder_init (&headers, G_VARIANT_TYPE ("a(ss)"));

  while (data < end)
    {
      const char *line_end = memchr (data, '\n', end - data);
      g_autofree char *line = NULL;
      char *colon = NULL;

      line_end = line_end != NULL ? line_end : end;
      line = g_strndup (data, line_end - data);
      data = line_end < end ? line_end + 1 : end;
      if (*line == '\0')
        break;

      colon = strchr (line, ':');
      if (colon == NULL || !g_utf8_validate (line, -1, NULL))
        continue;
      *colon = '\0';
      g_variant_builder_add (&headers, "(ss)", line, g_strstrip (colon + 1));
    }

  body = g_bytes_new (data, end - data);

  return grip_response_new (200, NULL, g_variant_builder_end (&headers), body);
}

static void
check_written (GripInstruct     *instruct,
               GripInstructForm  form)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GripResponse) response = grip_instruct_to_response (instruct, form, &error);
  g_autoptr(GripInstruct) again = NULL;
  g_autoptr(GPtrArray) channels = grip_instruct_get_channels (instruct);
  g_autoptr(GPtrArray) others = NULL;
  GVariantIter iter;
  const char *name = NULL;
  const char *value = NULL;

  if (response == NULL)
    {
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
      return;
    }

  g_variant_iter_init (&iter, grip_response_get_headers (response));
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &value))
    {
      g_assert_null (strpbrk (name, "\r\n"));
      g_assert_null (strpbrk (value, "\r\n"));
    }

  again = grip_instruct_parse (response, &error);
  g_assert_no_error (error);
  g_assert_cmpint (grip_instruct_get_hold_mode (again), ==, grip_instruct_get_hold_mode (instruct));

  others = grip_instruct_get_channels (again);
  g_assert_cmpuint (channels->len, ==, others->len);
  for (guint i = 0; i < channels->len; i++)
    g_assert_cmpstr (grip_channel_get_name (g_ptr_array_index (channels, i)), ==,
                     grip_channel_get_name (g_ptr_array_index (others, i)));

  if (grip_instruct_get_keep_alive (instruct) != NULL)
    g_assert_true (g_bytes_equal (grip_instruct_get_keep_alive (instruct),
                                  grip_instruct_get_keep_alive (again)));
}

/* What was read is either written in a form that reads the same, or refused. */
int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GripResponse) response = read_response ((const char *) data, size);
  g_autoptr(GError) error = NULL;
  g_autoptr(GripInstruct) instruct = grip_instruct_parse (response, &error);

  if (instruct == NULL)
    {
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
      return 0;
    }

  check_written (instruct, GRIP_INSTRUCT_FORM_HEADERS);
  check_written (instruct, GRIP_INSTRUCT_FORM_JSON);

  return 0;
}
