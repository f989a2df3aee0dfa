/* grip-http-body.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-http-body.h"

/* Written at once; a system takes 1024 at most. */
#define MAX_VECTORS 256

struct _GripHttpBody
{
  GInputStream         parent_instance;

  SoupMessage         *message;         /* which has this stream */
  GripHttpConnections *connections;
  GPtrArray           *parts;
  guint                part;            /* where it is: in which, and at what byte */
  gsize                offset;
  gsize                written;
  gboolean             is_begun;
  gboolean             is_tls;
  gboolean             is_doubtful;
  GOutputStream       *sink;            /* nullable: libsoup reads then */
  GError              *failure;
};

G_DEFINE_FINAL_TYPE (GripHttpBody, grip_http_body, G_TYPE_INPUT_STREAM)

/* @parts: (transfer full) (element-type GBytes)
 *
 * @message and @connections have to live longer than it is read. */
GripHttpBody *
grip_http_body_new (GPtrArray           *parts,
                    SoupMessage         *message,
                    GripHttpConnections *connections)
{
  GripHttpBody *self = g_object_new (GRIP_TYPE_HTTP_BODY, NULL);

  self->message = message;
  self->connections = connections;
  self->parts = parts;

  return self;
}

gsize
grip_http_body_get_length (GripHttpBody *self)
{
  gsize length = 0;

  for (guint i = 0; i < self->parts->len; i++)
    length += g_bytes_get_size (g_ptr_array_index (self->parts, i));

  return length;
}

/* How much has gone out, or to libsoup. */
gsize
grip_http_body_get_written (GripHttpBody *self)
{
  return self->written;
}

/* Returns: (nullable): what it broke off with */
const GError *
grip_http_body_get_failure (GripHttpBody *self)
{
  return self->failure;
}

/* Whether a byte of it may be with the peer, now or later. */
gboolean
grip_http_body_may_have_left (GripHttpBody *self)
{
  return self->written > 0 || self->is_doubtful;
}

static void
begin (GripHttpBody *self)
{
  g_autoptr(GIOStream) connection = NULL;

  if (self->is_begun)
    return;

  self->is_begun = TRUE;
  connection = grip_http_connections_dup (self->connections, soup_message_get_connection_id (self->message));
  if (connection == NULL)
    return;

  self->sink = g_object_ref (g_io_stream_get_output_stream (connection));
  self->is_tls = G_IS_TLS_CONNECTION (connection);
}

/* What could not be written is not out, except over TLS: that has made a record of it, which may have gone in part
 * or goes when the connection is closed. */
static void
note_try (GripHttpBody *self,
          GCancellable *cancellable)
{
  if (self->is_tls && !g_cancellable_is_cancelled (cancellable))
    self->is_doubtful = TRUE;
}

/* Returns: how many parts are not over, or as many as fit */
static gsize
get_rest (GripHttpBody  *self,
          GOutputVector *vectors,
          guint          max)
{
  guint n = self->failure == NULL ? MIN (self->parts->len - self->part, max) : 0;

  for (guint i = 0; i < n; i++)
    vectors[i].buffer = g_bytes_get_data (g_ptr_array_index (self->parts, self->part + i), &vectors[i].size);
  if (n > 0)
    {
      vectors[0].buffer = (const char *) vectors[0].buffer + self->offset;
      vectors[0].size -= self->offset;
    }

  return n;
}

static void
advance (GripHttpBody *self,
         gsize         count)
{
  gsize left;

  self->written += count;
  self->offset += count;
  while (self->part < self->parts->len)
    {
      left = g_bytes_get_size (g_ptr_array_index (self->parts, self->part));
      if (self->offset < left)
        return;
      self->offset -= left;
      self->part++;
    }
}

static gssize
copy_some (GripHttpBody *self,
           void         *buffer,
           gsize         count)
{
  GOutputVector rest;

  if (get_rest (self, &rest, 1) == 0)
    return 0;

  count = MIN (count, rest.size);
  memcpy (buffer, rest.buffer, count);
  advance (self, count);

  return count;
}

/* Who closes a connection in the middle of a request may have said why: libsoup reads that when it takes the body for
 * sent. (GnuTLS tells of it once, and then that it does not write any more.)
 *
 * @reason: (transfer full)
 * Returns: whether it has to */
static gboolean
take_failure (GripHttpBody  *self,
              GError        *reason,
              GError       **error)
{
  if (!g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED) && reason->domain != G_TLS_ERROR)
    {
      g_propagate_error (error, reason);
      return FALSE;
    }

  self->failure = reason;

  return TRUE;
}

static gssize
grip_http_body_read (GInputStream  *stream,
                     void          *buffer,
                     gsize          count,
                     GCancellable  *cancellable,
                     GError       **error)
{
  GripHttpBody  *self = GRIP_HTTP_BODY (stream);
  GOutputVector  vectors[MAX_VECTORS];
  gsize          n_vectors;
  gsize          written;

  begin (self);
  if (self->sink == NULL)
    return copy_some (self, buffer, count);

  while ((n_vectors = get_rest (self, vectors, G_N_ELEMENTS (vectors))) > 0)
    {
      GError *local_error = NULL;

      note_try (self, cancellable);
      if (g_output_stream_writev (self->sink, vectors, n_vectors, &written, cancellable, &local_error))
        advance (self, written);
      else if (!take_failure (self, local_error, error))
        return -1;
    }

  return 0;
}

static gboolean write_some (GTask *task);

static gboolean
writable_cb (GObject  *sink,
             gpointer  user_data)
{
  g_autoptr(GTask) task = g_object_ref (user_data);

  return write_some (task) ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Returns: whether there is more to write, when it can be written */
static gboolean
write_some (GTask *task)
{
  GripHttpBody          *self = g_task_get_source_object (task);
  GPollableOutputStream *sink = G_POLLABLE_OUTPUT_STREAM (self->sink);
  GError                *error = NULL;
  GOutputVector          vectors[MAX_VECTORS];
  gsize                  n_vectors;
  gsize                  written;

  while ((n_vectors = get_rest (self, vectors, G_N_ELEMENTS (vectors))) > 0)
    {
      GError *local_error = NULL;

      note_try (self, g_task_get_cancellable (task));
      switch (g_pollable_output_stream_writev_nonblocking (sink, vectors, n_vectors, &written,
                                                           g_task_get_cancellable (task), &local_error))
        {
        case G_POLLABLE_RETURN_WOULD_BLOCK:
          return TRUE;
        case G_POLLABLE_RETURN_OK:
          advance (self, written);
          break;
        default:
          if (take_failure (self, local_error, &error))
            break;
          g_task_return_error (task, error);
          return FALSE;
        }
    }

  g_task_return_int (task, 0);

  return FALSE;
}

static void
wait_for_room (GTask *task)
{
  GripHttpBody       *self = g_task_get_source_object (task);
  g_autoptr(GSource)  source = NULL;

  source = g_pollable_output_stream_create_source (G_POLLABLE_OUTPUT_STREAM (self->sink), g_task_get_cancellable (task));
  g_task_attach_source (task, source, G_SOURCE_FUNC (writable_cb));
}

static void
grip_http_body_read_async (GInputStream        *stream,
                           void                *buffer,
                           gsize                count,
                           int                  priority,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  GripHttpBody     *self = GRIP_HTTP_BODY (stream);
  g_autoptr(GTask)  task = g_task_new (stream, cancellable, callback, user_data);

  g_task_set_source_tag (task, grip_http_body_read_async);
  g_task_set_priority (task, priority);

  begin (self);
  if (self->sink == NULL)
    g_task_return_int (task, copy_some (self, buffer, count));
  else if (write_some (task))
    wait_for_room (task);
}

static gssize
grip_http_body_read_finish (GInputStream  *stream,
                            GAsyncResult  *result,
                            GError       **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

/* GLib would do this in another thread. */
static void
grip_http_body_close_async (GInputStream        *stream,
                            int                  priority,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (stream, NULL, callback, user_data);

  g_task_set_source_tag (task, grip_http_body_close_async);
  g_task_set_priority (task, priority);
  g_task_return_boolean (task, TRUE);
}

static gboolean
grip_http_body_close_finish (GInputStream  *stream,
                             GAsyncResult  *result,
                             GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
grip_http_body_finalize (GObject *object)
{
  GripHttpBody *self = GRIP_HTTP_BODY (object);

  g_clear_error (&self->failure);
  g_clear_object (&self->sink);
  g_clear_pointer (&self->parts, g_ptr_array_unref);

  G_OBJECT_CLASS (grip_http_body_parent_class)->finalize (object);
}

static void
grip_http_body_class_init (GripHttpBodyClass *klass)
{
  GObjectClass      *object_class = G_OBJECT_CLASS (klass);
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (klass);

  object_class->finalize = grip_http_body_finalize;

  stream_class->read_fn = grip_http_body_read;
  stream_class->read_async = grip_http_body_read_async;
  stream_class->read_finish = grip_http_body_read_finish;
  stream_class->close_async = grip_http_body_close_async;
  stream_class->close_finish = grip_http_body_close_finish;
}

static void
grip_http_body_init (GripHttpBody *self)
{
}
