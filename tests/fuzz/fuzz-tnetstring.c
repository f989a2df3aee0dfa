/* fuzz-tnetstring.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <libgrip/grip.h>

#include <stdint.h>
#include <string.h>

#include "grip-zmq-reply.h"
#include "grip-zmq-tnetstring.h"

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

/* As the reply of a command socket: what it says in place of a value can be shown. */
static void
read_reply (const char *data,
            size_t      size)
{
  g_autoptr(GError)   error = NULL;
  g_autoptr(GVariant) value = grip_zmq_reply_read (data, size, &error);

  if (value != NULL)
    g_assert_no_error (error);
  else
    g_assert_true (g_utf8_validate (error->message, -1, NULL) && strchr (error->message, '\n') == NULL);
}

/* What was read is a variant in normal form, and an error says where. */
int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GError)    error = NULL;
  g_autoptr(GVariant)  value = grip_zmq_tnetstring_read ((const char *) data, size, &error);
  g_autofree char     *text = NULL;
  g_autofree char     *printed = NULL;

  read_reply ((const char *) data, size);
  if (value == NULL)
    {
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
      return 0;
    }

  g_assert_no_error (error);
  g_assert_true (g_variant_is_normal_form (value));
  printed = g_variant_print (value, TRUE);
  g_assert_nonnull (printed);
  text = grip_zmq_tnetstring_lookup_text (value, "channel");

  return 0;
}
