/* grip-tool-lines.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <libgrip/grip.h>

#include "grip-tool-lines.h"

/* No proxy takes an item near this: it is there so that input without newlines ends. */
#define MAX_LINE (64 * 1024 * 1024)

void
grip_tool_lines_init (GripToolLines *self)
{
  memset (self, 0, sizeof *self);
  self->pending = g_byte_array_new ();
}

void
grip_tool_lines_clear (GripToolLines *self)
{
  g_clear_pointer (&self->pending, g_byte_array_unref);
}

/* One read, which may block. */
gboolean
grip_tool_lines_read (GripToolLines  *self,
                      GError        **error)
{
  guint8 buffer[65536];
  gssize n;

  if (self->start > 0)
    {
      g_byte_array_remove_range (self->pending, 0, self->start);
      self->searched -= self->start;
      self->start = 0;
    }

  n = read (STDIN_FILENO, buffer, sizeof buffer);
  if (n < 0 && (errno == EINTR || errno == EAGAIN))
    return TRUE;
  if (n < 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                   "cannot read standard input: %s", g_strerror (errno));
      return FALSE;
    }

  self->at_end = n == 0;
  g_byte_array_append (self->pending, buffer, n);
  if (self->pending->len > MAX_LINE)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE,
                   "line %" G_GINT64_FORMAT " has more than %d bytes", self->number + 1, MAX_LINE);
      return FALSE;
    }

  return TRUE;
}

/* The next line, or %NULL when more must be read or, at the end, when there is none. A last line needs
 * no newline. */
GBytes *
grip_tool_lines_take (GripToolLines *self)
{
  const guint8 *data = self->pending->data;
  const guint8 *newline = NULL;
  GBytes       *line;
  gsize         end;

  if (self->searched < self->pending->len)
    newline = memchr (data + self->searched, '\n', self->pending->len - self->searched);
  if (newline == NULL)
    {
      self->searched = self->pending->len;
      if (!self->at_end || self->start == self->pending->len)
        return NULL;
    }

  end = newline != NULL ? (gsize) (newline - data) : self->pending->len;
  line = g_bytes_new (data + self->start, end - self->start);
  self->start = self->searched = MIN (end + 1, self->pending->len);
  self->number++;

  return line;
}
