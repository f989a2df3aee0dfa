/* grip-soup-stream-input.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-soup-stream-input-private.h"

struct _GripSoupStreamInput
{
  GInputStream    parent_instance;

  GInputStream   *base;
  GSocket        *socket;
  GripSoupPoller *poller;
};

static void pollable_iface_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GripSoupStreamInput, grip_soup_stream_input, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, pollable_iface_init))

/* It has no descriptor of its own: the poller makes it ready. */
typedef struct
{
  GSource               source;
  GPollableInputStream *stream;
  GripSoupPolled       *polled;
} InputSource;

static gboolean
input_source_dispatch (GSource     *source,
                       GSourceFunc  callback,
                       gpointer     user_data)
{
  GPollableSourceFunc func = (GPollableSourceFunc) callback;

  g_source_set_ready_time (source, -1);

  return func (G_OBJECT (((InputSource *) source)->stream), user_data);
}

static void
input_source_finalize (GSource *source)
{
  InputSource *self = (InputSource *) source;

  g_clear_pointer (&self->polled, grip_soup_polled_free);
  g_clear_object (&self->stream);
}

static GSourceFuncs input_source_funcs = {
  .dispatch = input_source_dispatch,
  .finalize = input_source_finalize,
};

static void
readable_cb (gpointer user_data)
{
  g_source_set_ready_time (user_data, 0);
}

static GSource *
grip_soup_stream_input_create_source (GPollableInputStream *stream,
                                      GCancellable         *cancellable)
{
  GripSoupStreamInput *self = GRIP_SOUP_STREAM_INPUT (stream);
  GPollableInputStream *base = G_POLLABLE_INPUT_STREAM (self->base);
  GSource *source = g_source_new (&input_source_funcs, sizeof (InputSource));
  InputSource *input_source = (InputSource *) source;

  g_source_set_static_name (source, "GripSoupStreamInput");
  input_source->stream = g_object_ref (stream);
  input_source->polled = grip_soup_poller_watch (self->poller, self->socket, readable_cb, source);
  if (input_source->polled == NULL)
    {
      g_autoptr(GSource) base_source = g_pollable_input_stream_create_source (base, NULL);

      g_source_unref (source);
      return g_pollable_source_new_full (stream, base_source, cancellable);
    }

  if (cancellable != NULL)
    {
      g_autoptr(GSource) cancelled = g_cancellable_source_new (cancellable);

      g_source_set_dummy_callback (cancelled);
      g_source_add_child_source (source, cancelled);
    }

  /* What came with the request is in no socket. */
  if (g_pollable_input_stream_is_readable (base))
    g_source_set_ready_time (source, 0);

  return source;
}

static gboolean
grip_soup_stream_input_is_readable (GPollableInputStream *stream)
{
  return g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (GRIP_SOUP_STREAM_INPUT (stream)->base));
}

static gssize
grip_soup_stream_input_read_nonblocking (GPollableInputStream  *stream,
                                         void                  *buffer,
                                         gsize                  count,
                                         GError               **error)
{
  GPollableInputStream *base = G_POLLABLE_INPUT_STREAM (GRIP_SOUP_STREAM_INPUT (stream)->base);

  return g_pollable_input_stream_read_nonblocking (base, buffer, count, NULL, error);
}

static void
pollable_iface_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = grip_soup_stream_input_is_readable;
  iface->create_source = grip_soup_stream_input_create_source;
  iface->read_nonblocking = grip_soup_stream_input_read_nonblocking;
}

static gssize
grip_soup_stream_input_read (GInputStream  *stream,
                             void          *buffer,
                             gsize          count,
                             GCancellable  *cancellable,
                             GError       **error)
{
  return g_input_stream_read (GRIP_SOUP_STREAM_INPUT (stream)->base, buffer, count, cancellable, error);
}

static void
grip_soup_stream_input_finalize (GObject *object)
{
  GripSoupStreamInput *self = GRIP_SOUP_STREAM_INPUT (object);

  g_clear_object (&self->base);
  g_clear_object (&self->socket);
  g_clear_pointer (&self->poller, grip_soup_poller_unref);

  G_OBJECT_CLASS (grip_soup_stream_input_parent_class)->finalize (object);
}

static void
grip_soup_stream_input_class_init (GripSoupStreamInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = grip_soup_stream_input_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = grip_soup_stream_input_read;
}

static void
grip_soup_stream_input_init (GripSoupStreamInput *self)
{
}

GInputStream *
grip_soup_stream_input_new (GInputStream   *base,
                            GSocket        *socket,
                            GripSoupPoller *poller)
{
  GripSoupStreamInput *self = g_object_new (GRIP_SOUP_TYPE_STREAM_INPUT, NULL);

  self->base = g_object_ref (base);
  self->socket = g_object_ref (socket);
  self->poller = grip_soup_poller_ref (poller);

  return G_INPUT_STREAM (self);
}
