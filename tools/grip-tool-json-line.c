/* grip-tool-json-line.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include <libgrip/grip.h>

#include "grip-tool-json-line.h"

typedef struct
{
  const char *start;
  const char *p;
  const char *end;
} Reader;

static void
free_member (gpointer data)
{
  GripToolMember *member = data;

  g_free (member->name);
  g_string_free (member->value, TRUE);
  g_free (member);
}

static gboolean
fail (const Reader  *reader,
      const char    *what,
      GError       **error)
{
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "%s at byte %" G_GSIZE_FORMAT, what,
               (gsize) (reader->p - reader->start));
  return FALSE;
}

static void
skip_space (Reader *reader)
{
  while (reader->p < reader->end && strchr (" \t\r\n", *reader->p) != NULL && *reader->p != '\0')
    reader->p++;
}

static gboolean
take (Reader *reader,
      char    c)
{
  skip_space (reader);
  if (reader->p == reader->end || *reader->p != c)
    return FALSE;

  reader->p++;
  return TRUE;
}

static gboolean
read_hex (Reader    *reader,
          gunichar  *value,
          GError   **error)
{
  *value = 0;

  for (guint i = 0; i < 4; i++, reader->p++)
    {
      if (reader->p == reader->end || !g_ascii_isxdigit (*reader->p))
        return fail (reader, "a \\u escape is not four hexadecimal digits", error);
      *value = *value << 4 | (gunichar) g_ascii_xdigit_value (*reader->p);
    }

  return TRUE;
}

static gboolean
read_unicode (Reader   *reader,
              GString  *text,
              GError  **error)
{
  gunichar high;
  gunichar low;

  if (!read_hex (reader, &high, error))
    return FALSE;

  if (high >= 0xdc00 && high < 0xe000)
    return fail (reader, "half of a surrogate pair is missing", error);

  if (high >= 0xd800 && high < 0xdc00)
    {
      if (reader->end - reader->p < 2 || reader->p[0] != '\\' || reader->p[1] != 'u')
        return fail (reader, "half of a surrogate pair is missing", error);
      reader->p += 2;
      if (!read_hex (reader, &low, error))
        return FALSE;
      if (low < 0xdc00 || low >= 0xe000)
        return fail (reader, "half of a surrogate pair is missing", error);
      high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    }

  if (high == 0)
    g_string_append_c (text, '\0');
  else
    g_string_append_unichar (text, high);

  return TRUE;
}

static gboolean
read_escape (Reader   *reader,
             GString  *text,
             GError  **error)
{
  static const char letters[] = "\"\\/bfnrt";
  static const char values[] = "\"\\/\b\f\n\r\t";
  const char *letter = NULL;

  if (reader->p == reader->end || *reader->p == '\0')
    return fail (reader, "an escape is cut short", error);

  if (*reader->p == 'u')
    {
      reader->p++;
      return read_unicode (reader, text, error);
    }

  letter = strchr (letters, *reader->p);
  if (letter == NULL)
    return fail (reader, "an escape is unknown", error);

  g_string_append_c (text, values[letter - letters]);
  reader->p++;
  return TRUE;
}

static gboolean
read_string (Reader   *reader,
             GString  *text,
             GError  **error)
{
  if (!take (reader, '"'))
    return fail (reader, "a string is expected", error);

  while (reader->p < reader->end && *reader->p != '"')
    {
      if ((guchar) *reader->p < 0x20)
        return fail (reader, "a control character stands in a string", error);

      if (*reader->p != '\\')
        {
          g_string_append_c (text, *reader->p++);
          continue;
        }

      reader->p++;
      if (!read_escape (reader, text, error))
        return FALSE;
    }

  return take (reader, '"') ? TRUE : fail (reader, "a string has no end", error);
}

static gboolean
read_member (Reader     *reader,
             GPtrArray  *members,
             GError    **error)
{
  g_autoptr(GString) name = g_string_new (NULL);
  GripToolMember *member = NULL;

  if (!read_string (reader, name, error))
    return FALSE;
  if (!take (reader, ':'))
    return fail (reader, "a colon is expected", error);

  member = g_new0 (GripToolMember, 1);
  member->name = g_string_free (g_steal_pointer (&name), FALSE);
  member->value = g_string_new (NULL);
  g_ptr_array_add (members, member);

  return read_string (reader, member->value, error);
}

/* Strict JSON, of the one shape that the tool reads: an object of strings. */
GPtrArray *
grip_tool_parse_json_line (const char  *line,
                           gsize        length,
                           GError     **error)
{
  g_autoptr(GPtrArray) members = g_ptr_array_new_with_free_func (free_member);
  Reader reader = { line, line, line + length };

  if (!g_utf8_validate_len (line, length, &reader.p))
    {
      fail (&reader, "the line is not UTF-8", error);
      return NULL;
    }

  reader.p = line;
  if (!take (&reader, '{'))
    {
      fail (&reader, "an object is expected", error);
      return NULL;
    }

  if (!take (&reader, '}'))
    {
      do
        {
          if (!read_member (&reader, members, error))
            return NULL;
        }
      while (take (&reader, ','));

      if (!take (&reader, '}'))
        {
          fail (&reader, "a comma or the end of the object is expected", error);
          return NULL;
        }
    }

  skip_space (&reader);
  if (reader.p != reader.end)
    {
      fail (&reader, "something stands behind the object", error);
      return NULL;
    }

  return g_steal_pointer (&members);
}
