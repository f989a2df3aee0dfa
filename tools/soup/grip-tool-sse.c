/* grip-tool-sse.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include <libgrip/grip.h>

#include "grip-tool-sse.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define MAX_RETRY       60000

void
grip_tool_sse_init (GripToolSse *self,
                    gsize        max_size)
{
  *self = (GripToolSse) { .max_size = max_size };
  self->line = g_string_new (NULL);
  self->data = g_string_new (NULL);
}

void
grip_tool_sse_clear (GripToolSse *self)
{
  g_string_free (self->line, TRUE);
  g_string_free (self->data, TRUE);
  g_free (self->event);
  g_free (self->last_id);
}

static void
forget_event (GripToolSse *self)
{
  g_string_truncate (self->data, 0);
  g_clear_pointer (&self->event, g_free);
  self->n_data = 0;
}

/* A new connection: what was half read is dropped, the id of the last event is kept. */
void
grip_tool_sse_reset (GripToolSse *self)
{
  forget_event (self);
  g_string_truncate (self->line, 0);
  self->after_cr = FALSE;
  self->started = FALSE;
}

static void
read_retry (GripToolSse *self,
            const char  *value,
            gsize        length)
{
  guint retry = 0;

  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isdigit (value[i]))
        return;
      retry = MIN (retry * 10 + g_ascii_digit_value (value[i]), MAX_RETRY);
    }

  if (length > 0)
    self->retry = retry;
}

static gboolean
is_field (const char *line,
          gsize       length,
          const char *name)
{
  return length == strlen (name) && memcmp (line, name, length) == 0;
}

static void
read_field (GripToolSse *self,
            const char  *line,
            gsize        length)
{
  const char *colon = memchr (line, ':', length);
  gsize       name_length = colon != NULL ? (gsize) (colon - line) : length;
  const char *value = colon != NULL ? colon + 1 : line + length;

  if (value < line + length && *value == ' ')
    value++;
  length -= value - line;

  if (is_field (line, name_length, "data"))
    {
      if (self->n_data++ > 0)
        g_string_append_c (self->data, '\n');
      g_string_append_len (self->data, value, length);
    }
  else if (is_field (line, name_length, "event"))
    {
      g_free (self->event);
      self->event = g_strndup (value, length);
    }
  else if (is_field (line, name_length, "id") && memchr (value, '\0', length) == NULL)
    {
      g_free (self->last_id);
      self->last_id = g_strndup (value, length);
    }
  else if (is_field (line, name_length, "retry"))
    read_retry (self, value, length);
}

/* An empty line ends an event; one without data is none. */
static gboolean
take_line (GripToolSse     *self,
           GripToolSseFunc  func,
           gpointer         user_data)
{
  const char *line = self->line->str;
  gsize       length = self->line->len;
  gboolean    more = TRUE;

  if (!self->started && length >= strlen (BYTE_ORDER_MARK) &&
      memcmp (line, BYTE_ORDER_MARK, strlen (BYTE_ORDER_MARK)) == 0)
    {
      line += strlen (BYTE_ORDER_MARK);
      length -= strlen (BYTE_ORDER_MARK);
    }
  self->started = TRUE;

  if (length > 0)
    read_field (self, line, length);
  else
    {
      if (self->n_data > 0)
        more = func (self, user_data);
      forget_event (self);
    }
  g_string_truncate (self->line, 0);

  return more;
}

/* The bytes before the next end of line. Not by memchr (): that would be done twice, over the whole
 * rest at each line. */
static gsize
find_end (const char *bytes,
          gsize       length)
{
  gsize n = 0;

  while (n < length && bytes[n] != '\n' && bytes[n] != '\r')
    n++;

  return n;
}

/* Reads on. @func is called for each event that is whole. */
gboolean
grip_tool_sse_feed (GripToolSse      *self,
                    const char       *bytes,
                    gsize             length,
                    GripToolSseFunc   func,
                    gpointer          user_data,
                    GError          **error)
{
  while (length > 0)
    {
      gsize    n;
      gboolean ends;

      /* The second half of CR LF. */
      if (self->after_cr && *bytes == '\n')
        {
          bytes++;
          length--;
        }
      self->after_cr = FALSE;

      n = find_end (bytes, length);
      ends = n < length;
      if (self->line->len + self->data->len + n > self->max_size)
        {
          g_set_error (error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE,
                       "an event has more than %" G_GSIZE_FORMAT " bytes", self->max_size);
          return FALSE;
        }

      g_string_append_len (self->line, bytes, n);
      if (!ends)
        return TRUE;
      self->after_cr = bytes[n] == '\r';
      bytes += n + 1;
      length -= n + 1;
      if (!take_line (self, func, user_data))
        return TRUE;
    }

  return TRUE;
}
