/* fuzz-body-patch.c
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
check_again (GBytes *result)
{
  g_autoptr(GVariant) nothing = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARDICT, NULL, 0));
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) again = grip_apply_body_patch (result, nothing, &error);

  /* A large number is written without an exponent, and is an integer of too many digits then. */
  if (again == NULL)
    g_assert_nonnull (strstr (error->message, "an integer of at most 64 bits"));
  else
    g_assert_true (g_bytes_equal (again, result));
}

/* A line with the patch, and the body. */
int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GripHttpResponseFormat) format = grip_http_response_format_new (NULL);
  const uint8_t *end = size > 0 ? memchr (data, '\n', size) : NULL;
  g_autofree char *json = NULL;
  g_autoptr(GBytes) body = NULL;
  g_autoptr(GBytes) result = NULL;
  g_autoptr(GError) error = NULL;

  if (end == NULL)
    return 0;

  json = g_strndup ((const char *) data, end - data);
  if (!grip_http_response_format_set_body_patch_json (format, json, NULL))
    return 0;

  body = g_bytes_new (end + 1, data + size - end - 1);
  result = grip_apply_body_patch (body, grip_http_response_format_get_body_patch (format), &error);
  if (result != NULL)
    check_again (result);
  else
    g_assert_true (error->domain == GRIP_ERROR);

  return 0;
}
