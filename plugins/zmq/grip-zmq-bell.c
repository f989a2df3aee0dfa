/* grip-zmq-bell.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-zmq-bell.h"

struct _GripZmqBell
{
  int           ref_count;      /* atomic */
  GMainContext *context;
  GSource      *source;
};

typedef struct
{
  GSource          parent;
  GripZmqBellFunc  func;
  gpointer         user_data;
  int              has_rung;    /* atomic */
} BellSource;

static gboolean
bell_prepare (GSource *source,
              int     *timeout)
{
  *timeout = -1;

  return g_atomic_int_get (&((BellSource *) source)->has_rung);
}

static gboolean
bell_check (GSource *source)
{
  return g_atomic_int_get (&((BellSource *) source)->has_rung);
}

static gboolean
bell_dispatch (GSource     *source,
               GSourceFunc  callback,
               gpointer     user_data)
{
  BellSource *self = (BellSource *) source;

  g_atomic_int_set (&self->has_rung, FALSE);
  self->func (self->user_data);

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs bell_funcs = {
  .prepare = bell_prepare,
  .check = bell_check,
  .dispatch = bell_dispatch,
};

GripZmqBell *
grip_zmq_bell_new (GMainContext    *context,
                   GripZmqBellFunc  func,
                   gpointer         user_data)
{
  GripZmqBell *self = g_new0 (GripZmqBell, 1);
  BellSource  *source;

  self->ref_count = 1;
  self->context = g_main_context_ref (context);
  self->source = g_source_new (&bell_funcs, sizeof (BellSource));
  source = (BellSource *) self->source;
  source->func = func;
  source->user_data = user_data;
  g_source_set_static_name (self->source, "ZMQ bell");
  g_source_attach (self->source, context);

  return self;
}

GripZmqBell *
grip_zmq_bell_ref (GripZmqBell *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

void
grip_zmq_bell_unref (GripZmqBell *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  /* In this order: the source locks its context while it goes. */
  g_source_unref (self->source);
  g_main_context_unref (self->context);
  g_free (self);
}

/* Whoever still has the bell may ring: nobody hears it any more. In the thread of the context. */
void
grip_zmq_bell_silence (GripZmqBell *self)
{
  g_source_destroy (self->source);
}

/* Callable from any thread. g_source_set_ready_time() would do, but wakes the context up while it holds its
 * lock: on a shared processor the thread that wakes up runs into it, and has to be woken up once more. */
void
grip_zmq_bell_ring (GripZmqBell *self)
{
  if (g_atomic_int_compare_and_exchange (&((BellSource *) self->source)->has_rung, FALSE, TRUE))
    g_main_context_wakeup (self->context);
}
