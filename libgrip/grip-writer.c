/* grip-writer.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-utf8-private.h"
#include "grip-variant-private.h"
#include "grip-writer-private.h"

/**
 * grip_writer_content:
 * @self: a writer
 * @key: the plain name of the field, `body` or `content`
 * @data: (array length=length): the payload
 * @length: its length
 * @as_text: whether the payload goes out as text; it must be valid UTF-8 then
 * @rule: what a tnetstring calls bytes
 *
 * Writes the payload of a format: text as it is, bytes under the `-bin` name where the encoding has
 * one (protocol 3.1).
 */
void
grip_writer_content (GripWriter      *self,
                     const char      *key,
                     const void      *data,
                     gsize            length,
                     gboolean         as_text,
                     GripContentRule  rule)
{
  char bin_key[16];

  if (as_text)
    {
      grip_writer_key (self, key);
      grip_writer_text (self, data, length);
      return;
    }

  if (self->lengths != NULL && rule == GRIP_CONTENT_HTTP)
    {
      grip_writer_key (self, key);
      grip_writer_bytes (self, data, length);
      return;
    }

  g_snprintf (bin_key, sizeof bin_key, "%s-bin", key);
  grip_writer_key (self, bin_key);
  grip_writer_bytes (self, data, length);
}

static void
write_member (GripWriter      *self,
              const char      *key,
              GVariant        *value,
              GripContentRule  rule)
{
  gboolean is_body = g_str_equal (key, "body") || g_str_equal (key, "body-bin");

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING) &&
      (is_body || g_str_equal (key, "content") || g_str_equal (key, "content-bin")))
    {
      gsize         length;
      gconstpointer data = g_variant_get_fixed_array (value, &length, 1);
      gboolean      forced = g_str_has_suffix (key, "-bin") && rule == GRIP_CONTENT_WEBSOCKET;
      gboolean      as_text = !forced && grip_utf8_check (data, length, NULL);

      grip_writer_content (self, is_body ? "body" : "content", data, length, as_text, rule);
      return;
    }

  grip_writer_key (self, key);
  grip_writer_variant (self, value, rule);
}

static void
write_dictionary (GripWriter      *self,
                  GVariant        *value,
                  GripContentRule  rule)
{
  GVariantIter iter;
  GVariant    *entry;

  grip_writer_begin_dict (self);

  g_variant_iter_init (&iter, value);
  while ((entry = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_autoptr(GVariant) key = g_variant_get_child_value (entry, 0);
      g_autoptr(GVariant) child = g_variant_get_child_value (entry, 1);
      g_autoptr(GVariant) inner = NULL;

      if (g_variant_is_of_type (child, G_VARIANT_TYPE_VARIANT))
        inner = g_variant_get_variant (child);

      write_member (self, g_variant_get_string (key, NULL), inner != NULL ? inner : child, rule);
      g_variant_unref (entry);
    }

  grip_writer_end_dict (self);
}

static void
write_list (GripWriter      *self,
            GVariant        *value,
            GripContentRule  rule)
{
  gsize n = g_variant_n_children (value);

  grip_writer_begin_list (self);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr(GVariant) child = g_variant_get_child_value (value, i);

      grip_writer_variant (self, child, rule);
    }

  grip_writer_end_list (self);
}

static void
write_maybe (GripWriter      *self,
             GVariant        *value,
             GripContentRule  rule)
{
  g_autoptr(GVariant) inner = g_variant_get_maybe (value);

  if (inner != NULL)
    grip_writer_variant (self, inner, rule);
  else
    grip_writer_null (self);
}

static void
write_array (GripWriter      *self,
             GVariant        *value,
             GripContentRule  rule)
{
  gsize length;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    {
      gconstpointer data = g_variant_get_fixed_array (value, &length, 1);

      grip_writer_bytes (self, data, length);
    }
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE ("a{s*}")))
    write_dictionary (self, value, rule);
  else
    write_list (self, value, rule);
}

/**
 * grip_writer_variant:
 * @self: a writer
 * @value: what to write: dictionaries with string keys, lists, strings, bytes, numbers, booleans
 * @rule: how payloads are named
 *
 * Writes a #GVariant: the description that a format of an application's own gives.
 */
void
grip_writer_variant (GripWriter      *self,
                     GVariant        *value,
                     GripContentRule  rule)
{
  g_autoptr(GVariant) inner = NULL;
  const char         *text;
  gsize               length;
  gint64              number;

  if (grip_variant_read_integer (value, &number))
    {
      grip_writer_integer (self, number);
      return;
    }

  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_BOOLEAN:
      grip_writer_boolean (self, g_variant_get_boolean (value));
      break;
    case G_VARIANT_CLASS_HANDLE:
      grip_writer_integer (self, g_variant_get_handle (value));
      break;
    case G_VARIANT_CLASS_DOUBLE:
      self->ops->number (self, g_variant_get_double (value));
      break;
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
      text = g_variant_get_string (value, &length);
      grip_writer_text (self, text, length);
      break;
    case G_VARIANT_CLASS_VARIANT:
      inner = g_variant_get_variant (value);
      grip_writer_variant (self, inner, rule);
      break;
    case G_VARIANT_CLASS_MAYBE:
      write_maybe (self, value, rule);
      break;
    case G_VARIANT_CLASS_ARRAY:
      write_array (self, value, rule);
      break;
    case G_VARIANT_CLASS_TUPLE:
    case G_VARIANT_CLASS_DICT_ENTRY:
    default:
      write_list (self, value, rule);
      break;
    }
}

void
grip_writer_clear (GripWriter *self)
{
  grip_buffer_clear (&self->buffer);
  if (self->lengths != self->inline_lengths)
    g_free (self->lengths);
  self->lengths = NULL;
}

GBytes *
grip_writer_steal_bytes (GripWriter *self)
{
  GBytes *bytes = grip_buffer_steal_bytes (&self->buffer);

  grip_writer_clear (self);

  return bytes;
}

char *
grip_writer_steal_string (GripWriter *self)
{
  char *text;

  grip_buffer_append_char (&self->buffer, '\0');
  text = g_steal_pointer (&self->buffer.data);
  grip_writer_clear (self);

  return text;
}
