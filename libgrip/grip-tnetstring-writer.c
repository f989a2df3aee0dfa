/* grip-tnetstring-writer.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-tnetstring-private.h"
#include "grip-writer-private.h"

/* The measuring pass */

static guint
note_container (GripWriter *self)
{
  guint slot = self->n_lengths++;

  if (slot >= G_N_ELEMENTS (self->inline_lengths))
    {
      /* Grow at powers of two; the slot's number tells when. */
      if (slot == G_N_ELEMENTS (self->inline_lengths))
        self->lengths = g_memdup2 (self->lengths, sizeof (gsize) * slot);
      if ((slot & (slot - 1)) == 0)
        self->lengths = g_renew (gsize, self->lengths, slot * 2);
    }

  return slot;
}

static void
measure_begin (GripWriter *self,
               gboolean    is_dict)
{
  g_assert (self->depth < GRIP_WRITER_MAX_DEPTH);

  self->slots[self->depth] = note_container (self);
  self->starts[self->depth++] = self->measured;
  self->measured = 0;
}

static void
measure_end (GripWriter *self,
             gboolean    is_dict)
{
  gsize length = self->measured;

  self->lengths[self->slots[--self->depth]] = length;
  self->measured = self->starts[self->depth] + grip_tnetstring_framed (length);
}

static void
measure_text (GripWriter *self,
              const char *text,
              gsize       length)
{
  self->measured += grip_tnetstring_framed (length);
}

static void
measure_bytes (GripWriter *self,
               const void *data,
               gsize       length)
{
  self->measured += grip_tnetstring_framed (length);
}

static gsize
print_integer (char   digits[24],
               gint64 value)
{
  return g_snprintf (digits, 24, "%" G_GINT64_FORMAT, value);
}

static void
measure_integer (GripWriter *self,
                 gint64      value)
{
  char digits[24];

  self->measured += grip_tnetstring_framed (print_integer (digits, value));
}

static void
measure_number (GripWriter *self,
                double      value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  self->measured += grip_tnetstring_framed (strlen (g_ascii_dtostr (digits, sizeof digits, value)));
}

static void
measure_boolean (GripWriter *self,
                 gboolean    value)
{
  self->measured += grip_tnetstring_framed (value ? 4 : 5);
}

static void
measure_null (GripWriter *self)
{
  self->measured += grip_tnetstring_framed (0);
}

static const GripWriterOps measure_ops = {
  .begin = measure_begin,
  .end = measure_end,
  .key = measure_text,
  .text = measure_text,
  .bytes = measure_bytes,
  .integer = measure_integer,
  .number = measure_number,
  .boolean = measure_boolean,
  .null = measure_null,
};

/* The writing pass */

static void
put_value (GripWriter *self,
           const void *data,
           gsize       length,
           char        kind)
{
  char *end;

  grip_buffer_reserve (&self->buffer, grip_tnetstring_framed (length));
  end = grip_tnetstring_put (self->buffer.data + self->buffer.length, data, length, kind);
  self->buffer.length = end - self->buffer.data;
}

static void
write_begin (GripWriter *self,
             gboolean    is_dict)
{
  gsize length = self->lengths[self->next_length++];
  char *end;

  grip_buffer_reserve (&self->buffer, grip_tnetstring_framed (length));
  end = grip_tnetstring_put_length (self->buffer.data + self->buffer.length, length);
  self->buffer.length = end - self->buffer.data;
}

static void
write_end (GripWriter *self,
           gboolean    is_dict)
{
  grip_buffer_append_char (&self->buffer, is_dict ? '}' : ']');
}

static void
write_text (GripWriter *self,
            const char *text,
            gsize       length)
{
  put_value (self, text, length, ',');
}

static void
write_bytes (GripWriter *self,
             const void *data,
             gsize       length)
{
  put_value (self, data, length, ',');
}

static void
write_integer (GripWriter *self,
               gint64      value)
{
  char digits[24];

  put_value (self, digits, print_integer (digits, value), '#');
}

static void
write_number (GripWriter *self,
              double      value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_dtostr (digits, sizeof digits, value);
  put_value (self, digits, strlen (digits), '^');
}

static void
write_boolean (GripWriter *self,
               gboolean    value)
{
  put_value (self, value ? "true" : "false", value ? 4 : 5, '!');
}

static void
write_null (GripWriter *self)
{
  put_value (self, NULL, 0, '~');
}

static const GripWriterOps write_ops = {
  .begin = write_begin,
  .end = write_end,
  .key = write_text,
  .text = write_text,
  .bytes = write_bytes,
  .integer = write_integer,
  .number = write_number,
  .boolean = write_boolean,
  .null = write_null,
};

/**
 * grip_writer_init_measure:
 * @self: (out caller-allocates): a writer
 *
 * Makes a writer that measures a tnetstring. Describe the value, call
 * grip_writer_start_tnetstring(), describe it again.
 */
void
grip_writer_init_measure (GripWriter *self)
{
  self->ops = &measure_ops;
  self->buffer = (GripBuffer) GRIP_BUFFER_INIT;
  self->lengths = self->inline_lengths;
  self->n_lengths = 0;
  self->next_length = 0;
  self->measured = 0;
  self->depth = 0;
}

void
grip_writer_start_tnetstring (GripWriter *self)
{
  self->ops = &write_ops;
  grip_buffer_reserve (&self->buffer, self->measured);
}
