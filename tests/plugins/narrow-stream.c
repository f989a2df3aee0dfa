/* narrow-stream.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "narrow-stream.h"

#define NARROW_TYPE_SINK (narrow_sink_get_type ())
G_DECLARE_FINAL_TYPE (NarrowSink, narrow_sink, NARROW, SINK, GOutputStream)

struct _NarrowSink
{
  GOutputStream  parent_instance;

  NarrowRules    rules;
  GByteArray    *taken;
  gboolean       has_room;
  guint          n_waits;
};

struct _NarrowStream
{
  GIOStream       parent_instance;

  GInputStream   *source;       /* which has nothing */
  GOutputStream  *sink;
  GDestroyNotify  gone_func;
  gpointer        gone_data;
};

static void pollable_iface_init (GPollableOutputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (NarrowSink, narrow_sink, G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM, pollable_iface_init))
G_DEFINE_FINAL_TYPE (NarrowStream, narrow_stream, G_TYPE_IO_STREAM)

static gboolean
is_at_limit (NarrowSink *self)
{
  return self->rules.limit > 0 && self->taken->len >= self->rules.limit;
}

static gssize
narrow_sink_write (GOutputStream  *stream,
                   const void     *buffer,
                   gsize           count,
                   GCancellable   *cancellable,
                   GError        **error)
{
  NarrowSink *self = NARROW_SINK (stream);

  if (is_at_limit (self) && self->rules.breaks)
    {
      g_set_error_literal (error, self->rules.breaks,
                           self->rules.breaks == G_IO_ERROR ? (int) G_IO_ERROR_CONNECTION_CLOSED : (int) G_TLS_ERROR_MISC,
                           "broken");
      return -1;
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;

  count = MIN (count, self->rules.takes);
  if (self->rules.limit > 0 && !is_at_limit (self))
    count = MIN (count, self->rules.limit - self->taken->len);
  g_byte_array_append (self->taken, buffer, count);
  self->has_room = FALSE;
  if (is_at_limit (self) && self->rules.cancels != NULL)
    g_cancellable_cancel (self->rules.cancels);

  return count;
}

static gboolean
narrow_sink_is_writable (GPollableOutputStream *stream)
{
  NarrowSink *self = NARROW_SINK (stream);
  gboolean    had_room = self->has_room || !self->rules.blocks;

  if (is_at_limit (self))
    return self->rules.breaks;

  self->n_waits += had_room ? 0 : 1;
  self->has_room = TRUE;

  return had_room;
}

/* Ready at once, but at the limit never. */
static GSource *
narrow_sink_create_source (GPollableOutputStream *stream,
                           GCancellable          *cancellable)
{
  NarrowSink         *self = NARROW_SINK (stream);
  g_autoptr(GSource)  ready = is_at_limit (self) ? NULL : g_timeout_source_new (0);

  return g_pollable_source_new_full (stream, ready, cancellable);
}

static void
narrow_sink_finalize (GObject *object)
{
  g_byte_array_unref (NARROW_SINK (object)->taken);

  G_OBJECT_CLASS (narrow_sink_parent_class)->finalize (object);
}

static void
narrow_sink_class_init (NarrowSinkClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = narrow_sink_finalize;
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = narrow_sink_write;
}

static void
pollable_iface_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = narrow_sink_is_writable;
  iface->create_source = narrow_sink_create_source;
}

static void
narrow_sink_init (NarrowSink *self)
{
  self->taken = g_byte_array_new ();
  self->has_room = TRUE;
}

static GInputStream *
narrow_stream_get_input_stream (GIOStream *stream)
{
  return NARROW_STREAM (stream)->source;
}

static GOutputStream *
narrow_stream_get_output_stream (GIOStream *stream)
{
  return NARROW_STREAM (stream)->sink;
}

static void
narrow_stream_finalize (GObject *object)
{
  NarrowStream *self = NARROW_STREAM (object);

  if (self->gone_func != NULL)
    self->gone_func (self->gone_data);
  g_object_unref (self->source);
  g_object_unref (self->sink);

  G_OBJECT_CLASS (narrow_stream_parent_class)->finalize (object);
}

static void
narrow_stream_class_init (NarrowStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = narrow_stream_finalize;
  G_IO_STREAM_CLASS (klass)->get_input_stream = narrow_stream_get_input_stream;
  G_IO_STREAM_CLASS (klass)->get_output_stream = narrow_stream_get_output_stream;
}

static void
narrow_stream_init (NarrowStream *self)
{
  self->source = g_memory_input_stream_new ();
  self->sink = g_object_new (NARROW_TYPE_SINK, NULL);
}

NarrowStream *
narrow_stream_new (const NarrowRules *rules)
{
  NarrowStream *self = g_object_new (NARROW_TYPE_STREAM, NULL);

  NARROW_SINK (self->sink)->rules = *rules;

  return self;
}

GBytes *
narrow_stream_dup_taken (NarrowStream *self)
{
  GByteArray *taken = NARROW_SINK (self->sink)->taken;

  return g_bytes_new (taken->data, taken->len);
}

guint
narrow_stream_get_n_waits (NarrowStream *self)
{
  return NARROW_SINK (self->sink)->n_waits;
}

void
narrow_stream_set_gone_func (NarrowStream   *self,
                             GDestroyNotify  func,
                             gpointer        data)
{
  self->gone_func = func;
  self->gone_data = data;
}
