/* grip-soup-stream.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-soup-stream-input-private.h"
#include "grip-soup-stream-private.h"

#define GRIP_SOUP_TYPE_STREAM_OUTPUT (grip_soup_stream_output_get_type ())
G_DECLARE_FINAL_TYPE (GripSoupStreamOutput, grip_soup_stream_output, GRIP_SOUP, STREAM_OUTPUT,
                      GOutputStream)

struct _GripSoupStreamOutput
{
  GOutputStream   parent_instance;

  GripSoupOutlet *outlet;
};

struct _GripSoupStream
{
  GIOStream       parent_instance;

  GripSoupOutlet *outlet;
  GInputStream   *input;
  GOutputStream  *output;
};

static void pollable_iface_init (GPollableOutputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GripSoupStreamOutput, grip_soup_stream_output, G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM, pollable_iface_init))
G_DEFINE_FINAL_TYPE (GripSoupStream, grip_soup_stream, G_TYPE_IO_STREAM)

static gssize
grip_soup_stream_output_write (GOutputStream  *stream,
                               const void     *buffer,
                               gsize           count,
                               GCancellable   *cancellable,
                               GError        **error)
{
  GripSoupStreamOutput *self = GRIP_SOUP_STREAM_OUTPUT (stream);
  g_autoptr(GBytes) piece = g_bytes_new (buffer, count);

  /* Pongs and the answer to a close: a client that sends pings and reads nothing is dropped. */
  if (grip_soup_outlet_push (self->outlet, piece) && grip_soup_outlet_flush (self->outlet))
    return count;

  grip_soup_outlet_cut (self->outlet);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE, "The client reads nothing");

  return -1;
}

static gboolean
grip_soup_stream_output_is_writable (GPollableOutputStream *stream)
{
  return TRUE;
}

static GSource *
grip_soup_stream_output_create_source (GPollableOutputStream *stream,
                                       GCancellable          *cancellable)
{
  g_autoptr(GSource) always = g_timeout_source_new (0);
  GSource *source = g_pollable_source_new_full (stream, always, cancellable);

  return source;
}

static gssize
grip_soup_stream_output_write_nonblocking (GPollableOutputStream  *stream,
                                           const void             *buffer,
                                           gsize                   count,
                                           GError                **error)
{
  return grip_soup_stream_output_write (G_OUTPUT_STREAM (stream), buffer, count, NULL, error);
}

static void
pollable_iface_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = grip_soup_stream_output_is_writable;
  iface->create_source = grip_soup_stream_output_create_source;
  iface->write_nonblocking = grip_soup_stream_output_write_nonblocking;
}

static void
grip_soup_stream_output_finalize (GObject *object)
{
  GripSoupStreamOutput *self = GRIP_SOUP_STREAM_OUTPUT (object);

  g_clear_pointer (&self->outlet, grip_soup_outlet_unref);

  G_OBJECT_CLASS (grip_soup_stream_output_parent_class)->finalize (object);
}

static void
grip_soup_stream_output_class_init (GripSoupStreamOutputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = grip_soup_stream_output_finalize;
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = grip_soup_stream_output_write;
}

static void
grip_soup_stream_output_init (GripSoupStreamOutput *self)
{
}

static GInputStream *
grip_soup_stream_get_input_stream (GIOStream *stream)
{
  return GRIP_SOUP_STREAM (stream)->input;
}

static GOutputStream *
grip_soup_stream_get_output_stream (GIOStream *stream)
{
  return GRIP_SOUP_STREAM (stream)->output;
}

static gboolean
grip_soup_stream_close (GIOStream     *stream,
                        GCancellable  *cancellable,
                        GError       **error)
{
  grip_soup_outlet_finish (GRIP_SOUP_STREAM (stream)->outlet);

  return TRUE;
}

/* Without this a thread would do it. */
static void
grip_soup_stream_close_async (GIOStream           *stream,
                              int                  io_priority,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (stream, cancellable, callback, user_data);

  grip_soup_stream_close (stream, cancellable, NULL);
  g_task_return_boolean (task, TRUE);
}

static gboolean
grip_soup_stream_close_finish (GIOStream     *stream,
                               GAsyncResult  *result,
                               GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
grip_soup_stream_finalize (GObject *object)
{
  GripSoupStream *self = GRIP_SOUP_STREAM (object);

  g_clear_object (&self->input);
  g_clear_object (&self->output);
  g_clear_pointer (&self->outlet, grip_soup_outlet_unref);

  G_OBJECT_CLASS (grip_soup_stream_parent_class)->finalize (object);
}

static void
grip_soup_stream_class_init (GripSoupStreamClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = grip_soup_stream_finalize;
  stream_class->get_input_stream = grip_soup_stream_get_input_stream;
  stream_class->get_output_stream = grip_soup_stream_get_output_stream;
  stream_class->close_fn = grip_soup_stream_close;
  stream_class->close_async = grip_soup_stream_close_async;
  stream_class->close_finish = grip_soup_stream_close_finish;
}

static void
grip_soup_stream_init (GripSoupStream *self)
{
}

GIOStream *
grip_soup_stream_new (GripSoupOutlet *outlet,
                      GSocket        *socket,
                      GripSoupPoller *poller)
{
  GInputStream *input = g_io_stream_get_input_stream (grip_soup_outlet_get_stream (outlet));
  GripSoupStream *self = g_object_new (GRIP_SOUP_TYPE_STREAM, NULL);
  GripSoupStreamOutput *output = g_object_new (GRIP_SOUP_TYPE_STREAM_OUTPUT, NULL);

  self->outlet = grip_soup_outlet_ref (outlet);
  output->outlet = grip_soup_outlet_ref (outlet);
  self->output = G_OUTPUT_STREAM (output);
  self->input = poller != NULL ? grip_soup_stream_input_new (input, socket, poller) : g_object_ref (input);

  return G_IO_STREAM (self);
}
