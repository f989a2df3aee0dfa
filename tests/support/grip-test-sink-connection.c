/* grip-test-sink-connection.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "grip-test-sink-private.h"

/* Reads more into the buffer. FALSE at the end of the connection. */
static gboolean
read_more (GripTestConnection *self)
{
  guint8 chunk[65536];
  gssize n = recv (self->fd, chunk, sizeof chunk, 0);

  if (n <= 0)
    return FALSE;

  g_byte_array_append (self->buffer, chunk, n);

  return TRUE;
}

static gsize
find_head_end (GripTestConnection *self)
{
  const guint8 *end = memmem (self->buffer->data, self->buffer->len, "\r\n\r\n", 4);

  return end != NULL ? (gsize) (end - self->buffer->data) + 4 : 0;
}

static gsize
content_length (const char *head)
{
  g_auto(GStrv) lines = g_strsplit (head, "\r\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (g_ascii_strncasecmp (lines[i], "Content-Length:", 15) == 0)
        return g_ascii_strtoull (lines[i] + 15, NULL, 10);
    }

  return 0;
}

static GripTestRequest *
request_new (GripTestConnection *self,
             const char         *head)
{
  GripTestRequest *request = g_new0 (GripTestRequest, 1);
  g_auto(GStrv) lines = g_strsplit (head, "\r\n", 2);
  g_auto(GStrv) words = g_strsplit (lines[0] != NULL ? lines[0] : "", " ", 3);
  guint n = g_strv_length (words);

  request->connection = self->number;
  request->head = g_strdup (head);
  request->method = g_strdup (n > 0 ? words[0] : "");
  request->path = g_strdup (n > 1 ? words[1] : "");

  return request;
}

/* Reads one request, or its first @limit bytes, out of the connection. What follows stays in the
 * buffer. */
static GripTestRequest *
read_request (GripTestConnection *self,
              gsize               limit)
{
  gsize wanted = limit > 0 ? limit : G_MAXSIZE;
  g_autofree char *head = NULL;
  GripTestRequest *request;
  gsize head_end;
  gsize length;
  gsize taken;

  while ((head_end = find_head_end (self)) == 0 && self->buffer->len < wanted)
    {
      if (!read_more (self))
        break;
    }

  head = g_strndup ((const char *) self->buffer->data,
                    head_end > 0 ? head_end - 4 : self->buffer->len);
  length = content_length (head);
  while (head_end > 0 && self->buffer->len < MIN (head_end + length, wanted))
    {
      if (!read_more (self))
        break;
    }

  taken = head_end > 0 ? MIN (head_end + length, self->buffer->len) : self->buffer->len;
  request = request_new (self, head);
  request->complete = head_end > 0 && taken == head_end + length;
  request->body = head_end > 0 ? g_bytes_new (self->buffer->data + head_end, taken - head_end)
                               : g_bytes_new (NULL, 0);
  g_byte_array_remove_range (self->buffer, 0, taken);

  return request;
}

/* Sends within what is left of @budget. FALSE when the client is gone or the budget is spent. */
static gboolean
write_bytes (GripTestConnection   *self,
             const GripTestAnswer *told,
             const char           *data,
             gsize                 length,
             gsize                *budget)
{
  gsize allowed = MIN (length, *budget);

  for (gsize at = 0; at < allowed;)
    {
      gssize n = send (self->fd, data + at, told->byte_delay > 0 ? 1 : allowed - at, MSG_NOSIGNAL);

      if (n < 0)
        return FALSE;
      at += n;
      if (told->byte_delay > 0 && !grip_test_sink_pause (self->sink, told->byte_delay))
        return FALSE;
    }
  *budget -= allowed;

  return allowed == length;
}

static gboolean
is_stalled (GripTestSink *sink,
            guint         generation)
{
  gboolean stalled;

  g_mutex_lock (&sink->mutex);
  stalled = !sink->closing && sink->generation == generation;
  g_mutex_unlock (&sink->mutex);

  return stalled;
}

static void
stall (GripTestConnection *self)
{
  struct pollfd poller = { self->fd, POLLRDHUP, 0 };

  while (is_stalled (self->sink, self->generation) && poll (&poller, 1, 10) == 0)
    continue;
}

static void
write_answer (GripTestConnection *self,
              GripTestLine       *line)
{
  static const char informational[] = "HTTP/1.1 100 Continue\r\n\r\n";
  const GripTestAnswer *told = &line->told;
  gsize budget = told->cut > 0 ? told->cut : G_MAXSIZE;

  if (told->held)
    stall (self);
  if (told->delay > 0 && !grip_test_sink_pause (self->sink, told->delay))
    return;
  if (told->silent)
    return;

  for (guint i = 0; i < told->n_informational; i++)
    {
      if (!write_bytes (self, told, informational, strlen (informational), &budget))
        return;
    }
  if (!write_bytes (self, told, g_bytes_get_data (line->head, NULL), g_bytes_get_size (line->head),
                    &budget))
    return;
  if (told->body_delay > 0 && !grip_test_sink_pause (self->sink, told->body_delay))
    return;
  write_bytes (self, told, g_bytes_get_data (line->body, NULL), g_bytes_get_size (line->body),
               &budget);
}

static void
end_connection (GripTestConnection *self,
                GripTestEnd         end)
{
  struct linger at_once = { 1, 0 };

  if (end == GRIP_TEST_END_STALL)
    {
      if (self->sink->stall_func != NULL)
        self->sink->stall_func (self->sink->stall_data);
      stall (self);
    }
  else if (end == GRIP_TEST_END_RESET)
    setsockopt (self->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void
grip_test_connection_serve (GripTestConnection *self)
{
  g_autoptr(GripTestLine) line = grip_test_sink_take_line (self->sink, TRUE);

  if (line != NULL)
    {
      write_answer (self, line);
      end_connection (self, line->told.end);
      return;
    }

  while (self->buffer->len > 0 || read_more (self))
    {
      GripTestRequest *request;

      g_clear_pointer (&line, grip_test_line_unref);
      line = grip_test_sink_take_line (self->sink, FALSE);
      request = read_request (self, line->told.read);
      grip_test_sink_judge (self->sink, request, &line);
      self->generation = grip_test_sink_take_request (self->sink, request);
      write_answer (self, line);
      if (line->told.end != GRIP_TEST_END_KEEP)
        {
          end_connection (self, line->told.end);
          return;
        }
    }
}
