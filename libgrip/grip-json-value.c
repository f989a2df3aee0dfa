/* grip-json-value.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-json-private.h"

/* What stands in a document that the gate has let pass. */

/* The four digits at text, of which the caller knows that they are there. */
static gboolean
read_hex (const char *text,
          guint      *value)
{
  *value = 0;
  for (guint i = 0; i < 4; i++)
    {
      if (!g_ascii_isxdigit (text[i]))
        return FALSE;
      *value = *value << 4 | (guint) g_ascii_xdigit_value (text[i]);
    }
  return TRUE;
}

/* Reads XXXX or, for a surrogate, XXXX\uXXXX. Returns how many bytes that are, or 0. */
gsize
grip_json_read_unicode (const char *text,
                        const char *end,
                        gunichar   *c)
{
  guint high;
  guint low;

  if (end - text < 4 || !read_hex (text, &high) || high == 0)
    return 0;

  *c = high;
  if (high < 0xd800 || high > 0xdfff)
    return 4;

  if (high > 0xdbff || end - text < 10 || text[4] != '\\' || text[5] != 'u' ||
      !read_hex (text + 6, &low) || low < 0xdc00 || low > 0xdfff)
    return 0;

  *c = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
  return 10;
}

/* Of text that scan_string() has seen. */
char *
grip_json_decode_string (const char *text,
                         gsize       length,
                         gsize      *decoded_length)
{
  static const char names[] = "\"\\/bfnrt";
  static const char values[] = "\"\\/\b\f\n\r\t";
  const char *end = text + length;
  char *decoded = g_malloc (length + 1);
  char *out = decoded;

  while (text < end)
    {
      gunichar c;

      if (*text != '\\')
        {
          *out++ = *text++;
          continue;
        }

      text++;
      if (*text != 'u')
        {
          *out++ = values[strchr (names, *text) - names];
          text++;
          continue;
        }

      text++;
      text += grip_json_read_unicode (text, end, &c);
      out += g_unichar_to_utf8 (c, out);
    }

  *out = '\0';
  *decoded_length = (gsize) (out - decoded);
  return decoded;
}

double
grip_json_read_double (const char *text,
                       gsize       length)
{
  char few[64];
  g_autofree char *many = NULL;

  if (length >= sizeof few)
    {
      many = g_strndup (text, length);
      return g_ascii_strtod (many, NULL);
    }

  memcpy (few, text, length);
  few[length] = '\0';
  return g_ascii_strtod (few, NULL);
}

gboolean
grip_json_member_is (const GripJsonMember *member,
                     const char           *name)
{
  gsize length = strlen (name);

  return member->name_length == length && memcmp (member->name, name, length) == 0;
}

/* NULL when the member is not a string. The gate has let no NUL pass. */
char *
grip_json_member_string (const GripJsonMember *member)
{
  gsize length;

  if (member->kind != GRIP_JSON_STRING)
    return NULL;
  return grip_json_decode_string (member->value + 1, member->value_length - 2, &length);
}

/* Of a member of the kind GRIP_JSON_INTEGER, so it cannot overflow. */
gint64
grip_json_member_integer (const GripJsonMember *member)
{
  const char *text = member->value;
  const char *end = text + member->value_length;
  gboolean negative = *text == '-';
  guint64 value = 0;

  g_assert (member->kind == GRIP_JSON_INTEGER);

  for (text += negative; text < end; text++)
    value = value * 10 + (guint) (*text - '0');
  return negative ? (gint64) (0 - value) : (gint64) value;
}

/* Of a member that is a number of either kind. */
double
grip_json_member_double (const GripJsonMember *member)
{
  g_assert (member->kind == GRIP_JSON_INTEGER || member->kind == GRIP_JSON_DOUBLE);

  return grip_json_read_double (member->value, member->value_length);
}
