/* fuzz-json.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <libgrip/grip-error.h>
#include <libgrip/grip-json-private.h>

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

static void
member_cb (const GripJsonMember *member,
           gpointer              user_data)
{
  const char *input = user_data;
  g_autofree char *text = grip_json_member_string (member);

  g_assert_true (member->value >= input);
  g_assert_true ((text != NULL) == (member->kind == GRIP_JSON_STRING));
  g_assert_true (g_utf8_validate_len (member->name, member->name_length, NULL));
  if (member->kind == GRIP_JSON_INTEGER)
    grip_json_member_integer (member);
  if (member->kind == GRIP_JSON_INTEGER || member->kind == GRIP_JSON_DOUBLE)
    grip_json_member_double (member);
}

/* What the gate lets through, json-glib takes as well; what json-glib then writes, where a double does
 * not spoil it, is the same tree again. */
int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = NULL;
  gboolean good = grip_json_check ((const char *) data, size, 32, NULL);

  node = grip_json_parse ((const char *) data, size, 32, &error);
  if (good && node == NULL)
    g_error ("json-glib refused what the gate took: %s", error->message);
  g_assert_cmpint (good, ==, node != NULL);
  g_assert_cmpint (good, ==, error == NULL);
  if (!good)
    g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);

  if (grip_json_scan_object ((const char *) data, size, 32, member_cb, (gpointer) data, NULL))
    g_assert_true (JSON_NODE_HOLDS_OBJECT (node));
  return 0;
}
