/* grip-http-lines.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include <libgrip/grip.h>

#include "grip-http-lines.h"

#define READ_SIZE 16384

/* Not a GDataInputStream: that would hold a line of any length. */
struct _GripHttpLines
{
  GInputStream      *stream;
  GByteArray        *held;        /* the beginning of a line */
  gsize              n_searched;  /* so much of it has no end of a line */
  GCancellable      *cancellable;
  GripHttpLinesFunc  func;
  gpointer           user_data;
  gboolean           is_reading;
  gboolean           is_freed;
};

GripHttpLines *
grip_http_lines_new (GInputStream *stream)
{
  GripHttpLines *self = g_new0 (GripHttpLines, 1);

  self->stream = g_object_ref (stream);
  self->held = g_byte_array_new ();

  return self;
}

static void
really_free (GripHttpLines *self)
{
  g_object_unref (self->stream);
  g_byte_array_unref (self->held);
  g_clear_object (&self->cancellable);
  g_free (self);
}

/* While it reads, the one who reads must cancel; the function is called all the same. */
void
grip_http_lines_free (GripHttpLines *self)
{
  self->is_freed = TRUE;
  if (!self->is_reading)
    really_free (self);
}

/* Returns: (transfer full): the whole lines that are there, which may be none */
static GPtrArray *
take_lines (GripHttpLines *self)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  guint8    *data = self->held->data;
  gsize      start = 0;
  guint8    *end;

  while (self->n_searched < self->held->len &&
         (end = memchr (data + self->n_searched, '\n', self->held->len - self->n_searched)) != NULL)
    {
      gsize length = end - data - start;

      if (length > 0 && data[start + length - 1] == '\r')
        length--;
      g_ptr_array_add (lines, g_bytes_new (data + start, length));
      start = self->n_searched = end - data + 1;
    }

  if (start > 0)
    g_byte_array_remove_range (self->held, 0, start);
  self->n_searched = self->held->len;

  return lines;
}

static void
answer (GripHttpLines *self,
        GPtrArray     *lines,
        const GError  *error)
{
  g_clear_object (&self->cancellable);
  self->is_reading = FALSE;
  self->func (lines, error, self->user_data);
}

static void read_more (GripHttpLines *self);

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  GripHttpLines        *self = user_data;
  g_autoptr(GPtrArray)  lines = NULL;
  g_autoptr(GError)     error = NULL;
  gssize                count = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);
  gboolean              is_freed = self->is_freed;

  if (count == 0)
    g_set_error_literal (&error, GRIP_ERROR, GRIP_ERROR_NOT_CONNECTED, "the stream has ended");
  g_byte_array_set_size (self->held, self->held->len - READ_SIZE + MAX (count, 0));

  lines = take_lines (self);
  if (error == NULL && lines->len == 0 && self->held->len <= GRIP_HTTP_MAX_LINE && !is_freed)
    {
      read_more (self);
      return;
    }
  if (self->held->len > GRIP_HTTP_MAX_LINE && error == NULL)
    g_set_error (&error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "a line has more than %d bytes",
                 GRIP_HTTP_MAX_LINE);

  if (is_freed)
    {
      self->func (NULL, error, self->user_data);
      really_free (self);
    }
  else
    answer (self, error == NULL ? lines : NULL, error);
}

static void
read_more (GripHttpLines *self)
{
  guint length = self->held->len;

  g_byte_array_set_size (self->held, length + READ_SIZE);
  g_input_stream_read_async (self->stream, self->held->data + length, READ_SIZE, G_PRIORITY_DEFAULT,
                             self->cancellable, read_cb, self);
}

/* Calls @func once, later: with at least one line, or with an error. */
void
grip_http_lines_read (GripHttpLines     *self,
                      GCancellable      *cancellable,
                      GripHttpLinesFunc  func,
                      gpointer           user_data)
{
  g_assert (!self->is_reading);

  self->is_reading = TRUE;
  self->cancellable = g_object_ref (cancellable);
  self->func = func;
  self->user_data = user_data;
  read_more (self);
}
