/* grip-json-writer.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>

#include "grip-writer-private.h"

/* Why not json-glib: its C strings cannot carry NUL, its numbers are not always JSON, and it builds a
 * tree that it then prints, at ten times the cost. */

/* What an octet becomes inside a JSON string: 0 itself, 1 \u00XX, else backslash and this letter. */
static const char escapes[256] = {
  ['\0' ... '\a'] = 1, ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\v'] = 1, ['\f'] = 'f',
  ['\r'] = 'r', [0x0e ... 0x1f] = 1, ['"'] = '"', ['\\'] = '\\',
};

static inline void
separate (GripWriter *self)
{
  if (self->comma)
    grip_buffer_append_char (&self->buffer, ',');
}

/* Sixteen octets at once, on every processor that GCC and clang know. */
typedef guint8 Octets __attribute__ ((vector_size (16)));

/* Whether one of so many times 16 octets is a control character, a quote or a backslash. */
static inline gboolean
has_escape (const char *text,
            guint       n)
{
  Octets found = { 0 };
  guint64    halves[2];

  for (guint i = 0; i < n; i++)
    {
      Octets octets;

      memcpy (&octets, text + i * sizeof octets, sizeof octets);
      found |= (Octets) (octets < 0x20) | (Octets) (octets == '"') | (Octets) (octets == '\\');
    }
  memcpy (halves, &found, sizeof halves);

  return (halves[0] | halves[1]) != 0;
}

/* How many of the first octets go out as they are, at least. */
static inline gsize
skip_plain (const char *text,
            gsize       length)
{
  gsize i = 0;

  while (length - i >= 64 && !has_escape (text + i, 4))
    i += 64;
  while (length - i >= 16 && !has_escape (text + i, 1))
    i += 16;

  return i;
}

static void
append_escape (GripBuffer *buffer,
               guchar      c)
{
  static const char hex[] = "0123456789abcdef";
  char              escape = escapes[c];
  char              code[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

  if (escape == 1)
    {
      grip_buffer_append (buffer, code, sizeof code);
      return;
    }

  grip_buffer_append_char (buffer, '\\');
  grip_buffer_append_char (buffer, escape);
}

static void
append_escaped (GripBuffer *buffer,
                const char *text,
                gsize       length)
{
  gsize start = 0;
  gsize i = 0;

  while (i < length)
    {
      gsize end;

      i += skip_plain (text + i, length - i);
      for (end = MIN (length, i + 16); i < end; i++)
        if (G_UNLIKELY (escapes[(guchar) text[i]] != 0))
          {
            grip_buffer_append (buffer, text + start, i - start);
            append_escape (buffer, (guchar) text[i]);
            start = i + 1;
          }
    }

  grip_buffer_append (buffer, text + start, length - start);
}

void
grip_json_append_text (GripBuffer *buffer,
                       const char *text,
                       gsize       length)
{
  grip_buffer_reserve (buffer, length + 2);
  grip_buffer_append_char (buffer, '"');
  append_escaped (buffer, text, length);
  grip_buffer_append_char (buffer, '"');
}

static void
json_begin (GripWriter *self,
            gboolean    is_dict)
{
  separate (self);
  grip_buffer_append_char (&self->buffer, is_dict ? '{' : '[');
  self->comma = FALSE;
}

static void
json_end (GripWriter *self,
          gboolean    is_dict)
{
  grip_buffer_append_char (&self->buffer, is_dict ? '}' : ']');
  self->comma = TRUE;
}

static void
json_key (GripWriter *self,
          const char *key,
          gsize       length)
{
  separate (self);
  grip_json_append_text (&self->buffer, key, length);
  grip_buffer_append_char (&self->buffer, ':');
  self->comma = FALSE;
}

static void
json_text (GripWriter *self,
           const char *text,
           gsize       length)
{
  separate (self);
  grip_json_append_text (&self->buffer, text, length);
  self->comma = TRUE;
}

void
grip_json_append_bytes (GripBuffer *buffer,
                        const void *data,
                        gsize       length)
{
  gint state = 0;
  gint save = 0;

  grip_buffer_reserve (buffer, (length / 3 + 1) * 4 + 6);
  grip_buffer_append_char (buffer, '"');
  buffer->length += g_base64_encode_step (data, length, FALSE, buffer->data + buffer->length, &state, &save);
  buffer->length += g_base64_encode_close (FALSE, buffer->data + buffer->length, &state, &save);
  grip_buffer_append_char (buffer, '"');
}

static void
json_bytes (GripWriter *self,
            const void *data,
            gsize       length)
{
  separate (self);
  grip_json_append_bytes (&self->buffer, data, length);
  self->comma = TRUE;
}

static void
append_literal (GripWriter *self,
                const char *literal)
{
  separate (self);
  grip_buffer_append (&self->buffer, literal, strlen (literal));
  self->comma = TRUE;
}

static void
json_integer (GripWriter *self,
              gint64      value)
{
  char digits[24];

  g_snprintf (digits, sizeof digits, "%" G_GINT64_FORMAT, value);
  append_literal (self, digits);
}

static void
json_number (GripWriter *self,
             double      value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  /* JSON has no infinity; an item with one is refused when it is made. */
  append_literal (self, isfinite (value) ? g_ascii_dtostr (digits, sizeof digits, value) : "null");
}

static void
json_boolean (GripWriter *self,
              gboolean    value)
{
  append_literal (self, value ? "true" : "false");
}

static void
json_null (GripWriter *self)
{
  append_literal (self, "null");
}

static const GripWriterOps json_ops = {
  .begin = json_begin,
  .end = json_end,
  .key = json_key,
  .text = json_text,
  .bytes = json_bytes,
  .integer = json_integer,
  .number = json_number,
  .boolean = json_boolean,
  .null = json_null,
};

void
grip_writer_init_json (GripWriter *self,
                       gsize       size_hint)
{
  self->ops = &json_ops;
  self->buffer = (GripBuffer) GRIP_BUFFER_INIT;
  self->comma = FALSE;
  self->lengths = NULL;
  grip_buffer_reserve (&self->buffer, size_hint);
}
