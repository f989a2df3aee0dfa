/* grip-zmq-reply.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <libgrip/grip.h>

#include "grip-zmq-reply.h"
#include "grip-zmq-tnetstring.h"

/* So much of what a proxy says is shown. */
#define MAX_WORDS 200

static char *
dup_words (GVariant   *reply,
           const char *key)
{
  g_autofree char *text = grip_zmq_tnetstring_lookup_text (reply, key);
  char            *words;

  if (text == NULL)
    return NULL;

  words = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), MAX_WORDS));
  for (char *p = words; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = ' ';

  return words;
}

static void
refuse (GVariant  *reply,
        GError   **error)
{
  g_autofree char *condition = dup_words (reply, "condition");
  g_autofree char *value = dup_words (reply, "value");

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_REJECTED, "the proxy says: %s%s%s",
               condition != NULL ? condition : "no success",
               value != NULL ? ": " : "", value != NULL ? value : "");
}

/* All requests have the id "1": a REQ socket has one under way. A reply may leave it out. */
static gboolean
check_id (GVariant  *reply,
          GError   **error)
{
  g_autoptr(GVariant) value = grip_zmq_tnetstring_lookup (reply, "id");
  g_autofree char    *id = value != NULL ? grip_zmq_tnetstring_to_text (value) : NULL;

  if (value == NULL || g_strcmp0 (id, "1") == 0)
    return TRUE;

  g_set_error_literal (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "it answers another request");

  return FALSE;
}

/* Returns: (transfer full) (nullable): the `value` of the reply, an empty `mv` when there is none. %NULL with
 *   `GRIP_ERROR_REJECTED` when it tells of a failure, and `GRIP_ERROR_MALFORMED` when it is none */
GVariant *
grip_zmq_reply_read (const char  *data,
                     gsize        length,
                     GError     **error)
{
  g_autoptr(GVariant)  reply = grip_zmq_tnetstring_read (data, length, error);
  GVariant            *value;
  gboolean             success;

  if (reply == NULL || !check_id (reply, error))
    return NULL;
  if (!grip_zmq_tnetstring_lookup_boolean (reply, "success", &success))
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "it does not say whether it is a success");
      return NULL;
    }
  if (!success)
    {
      refuse (reply, error);
      return NULL;
    }

  value = grip_zmq_tnetstring_lookup (reply, "value");

  return value != NULL ? value : g_variant_ref_sink (g_variant_new_maybe (G_VARIANT_TYPE_VARIANT, NULL));
}
