/* fuzz-control.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdint.h>

#include <libgrip/grip.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

/* Control messages of a WebSocket. What is read can be written, and is the same then. */
int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autofree char *json = size > 0 ? g_strndup ((const char *) data, size) : g_strdup ("");
  g_autofree char *message_type = NULL;
  g_autofree char *written = NULL;
  g_autoptr(GVariant) args = NULL;
  g_autoptr(GVariant) again = NULL;
  g_autoptr(GError) error = NULL;
  GVariantDict rest;

  args = grip_websocket_control_parse (json, &error);
  if (args == NULL)
    {
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
      return 0;
    }

  g_variant_dict_init (&rest, args);
  g_assert_true (g_variant_dict_lookup (&rest, "type", "s", &message_type));
  g_variant_dict_remove (&rest, "type");
  written = grip_websocket_control_message (message_type, g_variant_dict_end (&rest), NULL);
  if (written == NULL)
    return 0;

  again = grip_websocket_control_parse (written, &error);
  g_assert_no_error (error);

  return 0;
}
