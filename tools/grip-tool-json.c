/* grip-tool-json.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-tool-json.h"

/* Not json-glib: its strings cannot carry NUL, and a tree is more than one line needs. */

GripToolJson *
grip_tool_json_new (void)
{
  GripToolJson *self = g_new0 (GripToolJson, 1);

  self->text = g_string_new (NULL);

  return self;
}

void
grip_tool_json_free (GripToolJson *self)
{
  g_string_free (self->text, TRUE);
  g_free (self);
}

/* @value is UTF-8. */
static void
append_string (GripToolJson *self,
               const char   *value,
               gsize         length)
{
  g_string_append_c (self->text, '"');
  for (gsize i = 0; i < length; i++)
    switch (value[i])
      {
      case '"':
        g_string_append (self->text, "\\\"");
        break;
      case '\\':
        g_string_append (self->text, "\\\\");
        break;
      case '\n':
        g_string_append (self->text, "\\n");
        break;
      case '\r':
        g_string_append (self->text, "\\r");
        break;
      case '\t':
        g_string_append (self->text, "\\t");
        break;
      default:
        /* DEL too: it would act on a terminal. */
        if ((guchar) value[i] < 0x20 || value[i] == 0x7f)
          g_string_append_printf (self->text, "\\u%04x", (guchar) value[i]);
        else
          g_string_append_c (self->text, value[i]);
      }
  g_string_append_c (self->text, '"');
}

static void
begin_value (GripToolJson *self,
             const char   *name)
{
  if (self->comma)
    g_string_append_c (self->text, ',');
  if (name != NULL)
    {
      append_string (self, name, strlen (name));
      g_string_append_c (self->text, ':');
    }
  self->comma = TRUE;
}

static void
open_with (GripToolJson *self,
           const char   *name,
           char          bracket)
{
  begin_value (self, name);
  g_string_append_c (self->text, bracket);
  self->comma = FALSE;
}

static void
close_with (GripToolJson *self,
            char          bracket)
{
  g_string_append_c (self->text, bracket);
  self->comma = TRUE;
}

void
grip_tool_json_begin_object (GripToolJson *self,
                             const char   *name)
{
  open_with (self, name, '{');
}

void
grip_tool_json_end_object (GripToolJson *self)
{
  close_with (self, '}');
}

void
grip_tool_json_begin_list (GripToolJson *self,
                           const char   *name)
{
  open_with (self, name, '[');
}

void
grip_tool_json_end_list (GripToolJson *self)
{
  close_with (self, ']');
}

/* A %NULL value leaves the member out. */
void
grip_tool_json_string (GripToolJson *self,
                       const char   *name,
                       const char   *value)
{
  g_autofree char *valid = NULL;

  if (value == NULL)
    return;

  valid = g_utf8_make_valid (value, -1);
  begin_value (self, name);
  append_string (self, valid, strlen (valid));
}

static gboolean
is_utf8 (const char *data,
         gsize       length)
{
  const char *end = data + length;

  /* g_utf8_validate_len () stops at NUL, which is a legal character of JSON text. */
  while (data < end && !g_utf8_validate_len (data, end - data, &data))
    {
      if (*data != '\0')
        return FALSE;
      data++;
    }

  return TRUE;
}

/* As `NAME` when it is UTF-8, else as base64 in `NAME-bin`. */
void
grip_tool_json_content (GripToolJson *self,
                        const char   *name,
                        GBytes       *value)
{
  g_autofree char *base64 = NULL;
  g_autofree char *bin_name = NULL;
  const char      *data;
  gsize            length;

  data = g_bytes_get_data (value, &length);
  if (is_utf8 (data, length))
    {
      begin_value (self, name);
      append_string (self, data, length);
      return;
    }

  base64 = g_base64_encode ((const guchar *) data, length);
  bin_name = g_strconcat (name, "-bin", NULL);
  grip_tool_json_string (self, bin_name, base64);
}

void
grip_tool_json_integer (GripToolJson *self,
                        const char   *name,
                        gint64        value)
{
  begin_value (self, name);
  g_string_append_printf (self->text, "%" G_GINT64_FORMAT, value);
}

void
grip_tool_json_seconds (GripToolJson *self,
                        const char   *name,
                        double        value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  begin_value (self, name);
  g_string_append (self->text, g_ascii_formatd (digits, sizeof digits, "%.6f", value));
}

void
grip_tool_json_boolean (GripToolJson *self,
                        const char   *name,
                        gboolean      value)
{
  begin_value (self, name);
  g_string_append (self->text, value ? "true" : "false");
}

/* @json is a finished JSON value. */
void
grip_tool_json_raw (GripToolJson *self,
                    const char   *name,
                    const char   *json)
{
  begin_value (self, name);
  g_string_append (self->text, json);
}
