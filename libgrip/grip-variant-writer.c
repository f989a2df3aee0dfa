/* grip-variant-writer.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-variant-writer-private.h"

/* Builds a GVariant from a description: dictionaries become a{sv}, lists av, text s, bytes ay. A text
 * with a NUL cannot be a GVariant string, so it becomes bytes too. */

typedef struct
{
  GVariantBuilder builders[GRIP_WRITER_MAX_DEPTH];
  char           *keys[GRIP_WRITER_MAX_DEPTH];
  gboolean        is_dict[GRIP_WRITER_MAX_DEPTH];
  guint           depth;
  GVariant       *result;
} GripVariantState;

static void
take_value (GripWriter *self,
            GVariant   *value)
{
  GripVariantState *state = self->variant_state;
  guint             top = state->depth - 1;

  if (state->depth == 0)
    {
      state->result = g_variant_ref_sink (value);
      return;
    }

  if (state->is_dict[top])
    g_variant_builder_add (&state->builders[top], "{sv}", state->keys[top], value);
  else
    g_variant_builder_add (&state->builders[top], "v", value);
  g_clear_pointer (&state->keys[top], g_free);
}

static void
variant_begin (GripWriter *self,
               gboolean    is_dict)
{
  GripVariantState *state = self->variant_state;

  g_assert (state->depth < GRIP_WRITER_MAX_DEPTH);

  g_variant_builder_init (&state->builders[state->depth],
                          is_dict ? G_VARIANT_TYPE_VARDICT : G_VARIANT_TYPE ("av"));
  state->is_dict[state->depth++] = is_dict;
}

static void
variant_end (GripWriter *self,
             gboolean    is_dict)
{
  GripVariantState *state = self->variant_state;

  state->depth--;
  take_value (self, g_variant_builder_end (&state->builders[state->depth]));
}

static void
variant_key (GripWriter *self,
             const char *key,
             gsize       length)
{
  GripVariantState *state = self->variant_state;

  state->keys[state->depth - 1] = g_strndup (key, length);
}

static void
variant_bytes (GripWriter *self,
               const void *data,
               gsize       length)
{
  take_value (self, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, length, 1));
}

static void
variant_text (GripWriter *self,
              const char *text,
              gsize       length)
{
  if (length > 0 && memchr (text, '\0', length) != NULL)
    variant_bytes (self, text, length);
  else
    take_value (self, g_variant_new_take_string (length > 0 ? g_strndup (text, length) : g_strdup ("")));
}

static void
variant_integer (GripWriter *self,
                 gint64      value)
{
  take_value (self, g_variant_new_int64 (value));
}

static void
variant_number (GripWriter *self,
                double      value)
{
  take_value (self, g_variant_new_double (value));
}

static void
variant_boolean (GripWriter *self,
                 gboolean    value)
{
  take_value (self, g_variant_new_boolean (value));
}

static void
variant_null (GripWriter *self)
{
  take_value (self, g_variant_new_maybe (G_VARIANT_TYPE_VARIANT, NULL));
}

static const GripWriterOps variant_ops = {
  .begin = variant_begin,
  .end = variant_end,
  .key = variant_key,
  .text = variant_text,
  .bytes = variant_bytes,
  .integer = variant_integer,
  .number = variant_number,
  .boolean = variant_boolean,
  .null = variant_null,
};

void
grip_writer_init_variant (GripWriter *self)
{
  self->ops = &variant_ops;
  self->buffer = (GripBuffer) GRIP_BUFFER_INIT;
  self->lengths = NULL;
  self->variant_state = g_new0 (GripVariantState, 1);
}

/**
 * grip_writer_steal_variant:
 * @self: a writer made by grip_writer_init_variant(), with one complete value described
 *
 * Returns: (transfer full): the value
 */
GVariant *
grip_writer_steal_variant (GripWriter *self)
{
  GripVariantState *state = self->variant_state;
  GVariant         *result = state->result;

  g_assert (state->depth == 0);
  g_clear_pointer (&self->variant_state, g_free);

  return result;
}
