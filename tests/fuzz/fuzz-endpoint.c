/* fuzz-endpoint.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdint.h>
#include <string.h>

#include <libgrip/grip.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

/* What an endpoint calls itself and what it posts to hold no control character, and it reads what it
 * writes. */
static void
check_endpoint (GripEndpoint *endpoint)
{
  g_autofree char         *name = grip_endpoint_to_string (endpoint);
  g_autofree char         *json = grip_endpoint_to_json (endpoint, TRUE);
  g_autoptr(GVariant)      config = grip_endpoint_to_variant (endpoint, TRUE);
  g_autoptr(GripEndpoint)  again = NULL;
  g_autoptr(GError)        error = NULL;
  const char              *uri = grip_endpoint_get_publish_uri (endpoint);

  g_assert_nonnull (json);
  for (const char *p = name; *p != '\0'; p++)
    g_assert_false (g_ascii_iscntrl (*p));
  for (const char *p = uri; p != NULL && *p != '\0'; p++)
    g_assert_false (g_ascii_iscntrl (*p) || *p == ' ');

  again = grip_endpoint_new_from_variant (config, &error);
  g_assert_no_error (error);
  g_assert_nonnull (again);
}

/* As a GRIP URI and as a JSON configuration. */
int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autofree char         *text = g_strndup (data != NULL ? (const char *) data : "", size);
  g_autoptr(GError)        error = NULL;
  g_autoptr(GripEndpoint)  endpoint = grip_endpoint_new_for_uri (text, &error);
  g_autoptr(GPtrArray)     endpoints = NULL;

  g_assert_cmpint (endpoint == NULL, ==, error != NULL);
  if (endpoint != NULL)
    check_endpoint (endpoint);
  g_clear_error (&error);

  endpoints = grip_endpoints_new_from_json (text, &error);
  g_assert_cmpint (endpoints == NULL, ==, error != NULL);
  for (guint i = 0; endpoints != NULL && i < endpoints->len; i++)
    check_endpoint (g_ptr_array_index (endpoints, i));

  return 0;
}
