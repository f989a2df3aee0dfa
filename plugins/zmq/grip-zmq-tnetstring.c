/* grip-zmq-tnetstring.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include <libgrip/grip.h>

#include "grip-zmq-tnetstring.h"

/* MAX_BYTES has so many digits. */
#define MAX_DIGITS 5

typedef struct
{
  const char  *start;
  const char  *at;
  const char  *end;
  guint        depth;
  GError     **error;
} Reader;

/* One LENGTH:PAYLOADtype. */
typedef struct
{
  const char *payload;
  gsize       length;
  char        kind;
} Frame;

static GVariant *read_value (Reader *reader);

static gboolean
fail (Reader     *reader,
      const char *place,
      const char *problem)
{
  g_set_error (reader->error, GRIP_ERROR, GRIP_ERROR_MALFORMED,
               "the tnetstring %s at offset %" G_GSIZE_FORMAT, problem, (gsize) (place - reader->start));
  return FALSE;
}

static GVariant *
fail_value (Reader     *reader,
            const char *place,
            const char *problem)
{
  fail (reader, place, problem);

  return NULL;
}

static gboolean
read_length (Reader *reader,
             gsize  *length)
{
  const char *start = reader->at;
  gsize       value = 0;

  while (reader->at < reader->end && g_ascii_isdigit (*reader->at))
    {
      if (reader->at - start == MAX_DIGITS)
        return fail (reader, start, "has a length of too many digits");
      value = value * 10 + (gsize) (*reader->at++ - '0');
    }

  if (reader->at == reader->end)
    return fail (reader, start, "is cut in a length");
  if (reader->at == start || *reader->at != ':')
    return fail (reader, reader->at, "has no length");
  if (*start == '0' && reader->at - start > 1)
    return fail (reader, start, "has a length that begins with 0");
  reader->at++;
  *length = value;

  return TRUE;
}

static gboolean
read_frame (Reader *reader,
            Frame  *frame)
{
  const char *start = reader->at;

  if (!read_length (reader, &frame->length))
    return FALSE;
  if (frame->length >= (gsize) (reader->end - reader->at))
    return fail (reader, start, "is cut in a value");

  frame->payload = reader->at;
  frame->kind = reader->at[frame->length];
  reader->at += frame->length + 1;

  return TRUE;
}

static GVariant *
new_bytes (const Frame *frame)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, frame->payload, frame->length, 1);
}

static GVariant *
read_number (Reader      *reader,
             const Frame *frame)
{
  char   text[64];
  char  *end;
  gint64 integer;
  double number;

  if (frame->length == 0 || frame->length >= sizeof text || g_ascii_isspace (*frame->payload))
    return fail_value (reader, frame->payload, "has a number of a wrong size");

  memcpy (text, frame->payload, frame->length);
  text[frame->length] = '\0';

  if (frame->kind == '#')
    {
      if (g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &integer, NULL))
        return g_variant_new_int64 (integer);
      return fail_value (reader, frame->payload, "has an integer that is none");
    }

  number = g_ascii_strtod (text, &end);
  if (end != text + frame->length)
    return fail_value (reader, frame->payload, "has a number that is none");

  return g_variant_new_double (number);
}

static GVariant *
read_boolean (Reader      *reader,
              const Frame *frame)
{
  if (frame->length == 4 && memcmp (frame->payload, "true", 4) == 0)
    return g_variant_new_boolean (TRUE);
  if (frame->length == 5 && memcmp (frame->payload, "false", 5) == 0)
    return g_variant_new_boolean (FALSE);

  return fail_value (reader, frame->payload, "has a boolean that is neither true nor false");
}

static gboolean
read_entry (Reader          *reader,
            GVariantBuilder *builder)
{
  Frame             frame;
  const char       *start = reader->at;
  g_autofree char  *key = NULL;
  GVariant         *value;

  if (!read_frame (reader, &frame))
    return FALSE;
  if (frame.kind != ',' || !g_utf8_validate (frame.payload, frame.length, NULL))
    return fail (reader, start, "has a key that is no text");

  value = read_value (reader);
  if (value == NULL)
    return FALSE;

  key = g_strndup (frame.payload, frame.length);
  g_variant_builder_add (builder, "{sv}", key, value);

  return TRUE;
}

static gboolean
read_element (Reader          *reader,
              GVariantBuilder *builder)
{
  GVariant *value = read_value (reader);

  if (value == NULL)
    return FALSE;

  g_variant_builder_add (builder, "v", value);

  return TRUE;
}

static GVariant *
read_container (Reader      *reader,
                const Frame *frame)
{
  g_auto(GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (frame->kind == '}' ? G_VARIANT_TYPE_VARDICT
                                                                               : G_VARIANT_TYPE ("av"));
  Reader inner = { reader->start, frame->payload, frame->payload + frame->length,
                   reader->depth + 1, reader->error };

  if (inner.depth > GRIP_ZMQ_TNETSTRING_MAX_DEPTH)
    return fail_value (reader, frame->payload, "is nested too deeply");

  while (inner.at < inner.end)
    if (frame->kind == '}' ? !read_entry (&inner, &builder) : !read_element (&inner, &builder))
      return NULL;

  return g_variant_builder_end (&builder);
}

/* Returns: (nullable): a floating variant; %NULL with the reader's error */
static GVariant *
read_value (Reader *reader)
{
  const char *start = reader->at;
  Frame       frame;

  if (!read_frame (reader, &frame))
    return NULL;

  switch (frame.kind)
    {
    case ',':
      return new_bytes (&frame);
    case '#':
    case '^':
      return read_number (reader, &frame);
    case '!':
      return read_boolean (reader, &frame);
    case '~':
      if (frame.length == 0)
        return g_variant_new_maybe (G_VARIANT_TYPE_VARIANT, NULL);
      return fail_value (reader, start, "has a null with a content");
    case '}':
    case ']':
      return read_container (reader, &frame);
    default:
      return fail_value (reader, start, "has a value of an unknown type");
    }
}

/* Reads one value: bytes become `ay`, integers `x`, other numbers `d`, null an empty `mv`, lists `av`
 * and dictionaries `a{sv}`. A key that is there twice stays there twice. */
GVariant *
grip_zmq_tnetstring_read (const char  *data,
                          gsize        length,
                          GError     **error)
{
  Reader               reader = { data, data, data + length, 0, error };
  g_autoptr(GVariant)  value = NULL;

  if (length > GRIP_ZMQ_TNETSTRING_MAX_BYTES)
    return fail_value (&reader, data, "is longer than 64 KiB; it is not read");

  value = read_value (&reader);
  if (value == NULL)
    return NULL;

  g_variant_ref_sink (value);
  if (reader.at != reader.end)
    return fail_value (&reader, reader.at, "has something behind its end");

  return g_steal_pointer (&value);
}

/* Returns: (nullable): %NULL when @value is not text: other than bytes, not UTF-8, or with a NUL */
char *
grip_zmq_tnetstring_to_text (GVariant *value)
{
  gsize       length;
  const char *data;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return NULL;

  data = g_variant_get_fixed_array (value, &length, 1);
  if (length == 0)
    return g_strdup ("");

  return g_utf8_validate (data, length, NULL) ? g_strndup (data, length) : NULL;
}

GVariant *
grip_zmq_tnetstring_lookup (GVariant   *dict,
                            const char *key)
{
  if (!g_variant_is_of_type (dict, G_VARIANT_TYPE_VARDICT))
    return NULL;

  return g_variant_lookup_value (dict, key, NULL);
}

char *
grip_zmq_tnetstring_lookup_text (GVariant   *dict,
                                 const char *key)
{
  g_autoptr(GVariant) value = grip_zmq_tnetstring_lookup (dict, key);

  return value != NULL ? grip_zmq_tnetstring_to_text (value) : NULL;
}

gboolean
grip_zmq_tnetstring_lookup_integer (GVariant   *dict,
                                    const char *key,
                                    gint64     *integer)
{
  g_autoptr(GVariant) value = grip_zmq_tnetstring_lookup (dict, key);

  if (value == NULL || !g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    return FALSE;

  *integer = g_variant_get_int64 (value);

  return TRUE;
}

gboolean
grip_zmq_tnetstring_lookup_boolean (GVariant   *dict,
                                    const char *key,
                                    gboolean   *boolean)
{
  g_autoptr(GVariant) value = grip_zmq_tnetstring_lookup (dict, key);

  if (value == NULL || !g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return FALSE;

  *boolean = g_variant_get_boolean (value);

  return TRUE;
}

GVariant *
grip_zmq_tnetstring_lookup_dict (GVariant   *dict,
                                 const char *key)
{
  g_autoptr(GVariant) value = grip_zmq_tnetstring_lookup (dict, key);

  if (value == NULL || !g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
    return NULL;

  return g_steal_pointer (&value);
}
