/* grip-soup-outlet.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-soup-outlet-private.h"

#define MAX_VECTORS 32

/* For how many seconds a client may take the rest. */
#define LINGER 10

struct _GripSoupOutlet
{
  GIOStream            *stream;
  GSocket              *socket;
  GPollableOutputStream *output;

  GQueue                pieces;
  gsize                 offset;     /* in the first of them */
  gsize                 backlog;
  gsize                 limit;

  GSource              *writable;
  GSource              *linger;
  GripSoupOutletFunc    broken_func;
  gpointer              user_data;
  guint                 broken : 1;
  guint                 finishing : 1;
};

static void
drop_source (GSource **source)
{
  if (*source == NULL)
    return;

  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
attach (GSource     **place,
        GSource      *source,
        GSourceFunc   callback,
        gpointer      data)
{
  g_source_set_callback (source, callback, data, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  *place = source;
}

GripSoupOutlet *
grip_soup_outlet_new (GIOStream          *stream,
                      GSocket            *socket,
                      gsize               limit,
                      GripSoupOutletFunc  broken,
                      gpointer            user_data)
{
  GripSoupOutlet *self = g_rc_box_new0 (GripSoupOutlet);

  self->stream = g_object_ref (stream);
  self->socket = socket != NULL ? g_object_ref (socket) : NULL;
  self->output = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream));
  self->limit = limit;
  self->broken_func = broken;
  self->user_data = user_data;
  g_queue_init (&self->pieces);

  return self;
}

GripSoupOutlet *
grip_soup_outlet_ref (GripSoupOutlet *self)
{
  return g_rc_box_acquire (self);
}

static void
clear_pieces (GripSoupOutlet *self)
{
  g_queue_clear_full (&self->pieces, (GDestroyNotify) g_bytes_unref);
  self->backlog = 0;
  self->offset = 0;
}

static void
outlet_clear (gpointer data)
{
  GripSoupOutlet *self = data;

  drop_source (&self->writable);
  drop_source (&self->linger);
  clear_pieces (self);
  g_clear_object (&self->stream);
  g_clear_object (&self->socket);
}

void
grip_soup_outlet_unref (GripSoupOutlet *self)
{
  g_rc_box_release_full (self, outlet_clear);
}

void
grip_soup_outlet_forget (GripSoupOutlet *self)
{
  self->broken_func = NULL;
}

GIOStream *
grip_soup_outlet_get_stream (GripSoupOutlet *self)
{
  return self->stream;
}

gsize
grip_soup_outlet_get_backlog (GripSoupOutlet *self)
{
  return self->backlog;
}

/* The reader of the stream sees its end then, whoever that is. */
void
grip_soup_outlet_cut (GripSoupOutlet *self)
{
  if (self->broken)
    return;

  self->broken = TRUE;
  drop_source (&self->writable);
  clear_pieces (self);
  if (self->socket != NULL)
    g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
  else
    g_io_stream_close_async (self->stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
}

gboolean
grip_soup_outlet_push (GripSoupOutlet *self,
                       GBytes         *piece)
{
  gsize length = g_bytes_get_size (piece);

  /* What is waiting in this turn of the loop is not the client's fault. */
  if (self->backlog + length > self->limit)
    grip_soup_outlet_flush (self);

  /* That it is broken is told by the flush. */
  if (self->broken || self->finishing || length == 0)
    return TRUE;
  if (self->backlog > 0 && self->backlog + length > self->limit)
    return FALSE;

  g_queue_push_tail (&self->pieces, g_bytes_ref (piece));
  self->backlog += length;

  return TRUE;
}

static guint
collect (GripSoupOutlet *self,
         GOutputVector  *vectors)
{
  guint n = 0;

  for (GList *l = self->pieces.head; l != NULL && n < MAX_VECTORS; l = l->next)
    {
      const char *data = g_bytes_get_data (l->data, &vectors[n].size);

      vectors[n].buffer = data;
      if (n == 0)
        {
          vectors[n].buffer = data + self->offset;
          vectors[n].size -= self->offset;
        }
      n++;
    }

  return n;
}

static void
take_written (GripSoupOutlet *self,
              gsize           written)
{
  self->backlog -= written;
  self->offset += written;

  while (!g_queue_is_empty (&self->pieces) &&
         self->offset >= g_bytes_get_size (g_queue_peek_head (&self->pieces)))
    {
      self->offset -= g_bytes_get_size (g_queue_peek_head (&self->pieces));
      g_bytes_unref (g_queue_pop_head (&self->pieces));
    }
}

static gboolean
writable_cb (GObject  *stream,
             gpointer  user_data)
{
  GripSoupOutlet *self = user_data;
  GripSoupOutletFunc func = self->broken_func;

  drop_source (&self->writable);
  if (!grip_soup_outlet_flush (self) && func != NULL)
    {
      self->broken_func = NULL;
      func (self->user_data);
    }

  return G_SOURCE_REMOVE;
}

static gboolean
end_cb (gpointer user_data)
{
  GripSoupOutlet *self = user_data;

  drop_source (&self->linger);
  drop_source (&self->writable);
  clear_pieces (self);
  self->broken = TRUE;
  g_io_stream_close_async (self->stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  grip_soup_outlet_unref (self);

  return G_SOURCE_REMOVE;
}

gboolean
grip_soup_outlet_flush (GripSoupOutlet *self)
{
  while (!self->broken && !g_queue_is_empty (&self->pieces))
    {
      GOutputVector vectors[MAX_VECTORS];
      guint n = collect (self, vectors);
      gsize written = 0;
      GPollableReturn result = g_pollable_output_stream_writev_nonblocking (self->output, vectors, n,
                                                                            &written, NULL, NULL);

      if (result == G_POLLABLE_RETURN_OK)
        {
          take_written (self, written);
          continue;
        }

      if (result == G_POLLABLE_RETURN_WOULD_BLOCK)
        {
          if (self->writable == NULL)
            attach (&self->writable, g_pollable_output_stream_create_source (self->output, NULL),
                    G_SOURCE_FUNC (writable_cb), self);
          return TRUE;
        }

      grip_soup_outlet_cut (self);
    }

  /* The end is near, one way or the other: from the loop, as the caller goes on with this. */
  if (self->finishing && self->linger != NULL)
    g_source_set_ready_time (self->linger, 0);

  return !self->broken;
}

void
grip_soup_outlet_finish (GripSoupOutlet *self)
{
  if (self->finishing)
    return;

  self->finishing = TRUE;
  self->broken_func = NULL;
  attach (&self->linger, g_timeout_source_new_seconds (LINGER), end_cb, grip_soup_outlet_ref (self));
  grip_soup_outlet_flush (self);
}
