/* grip-zmq-ticket.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-zmq-ticket.h"

struct _GripZmqTicket
{
  int                ref_count;     /* atomic: one of the owner, one of each message */
  int                n_messages;    /* atomic */
  GSource           *source;
  GripZmqTicketFunc  func;
  gpointer           user_data;
};

static gboolean
source_dispatch (GSource     *source,
                 GSourceFunc  callback,
                 gpointer     user_data)
{
  g_source_set_ready_time (source, -1);

  return callback (user_data);
}

static GSourceFuncs source_funcs = { .dispatch = source_dispatch };

static gboolean
called_cb (gpointer user_data)
{
  GripZmqTicket *self = user_data;

  self->func (self->user_data);

  return G_SOURCE_CONTINUE;
}

static void
unref (GripZmqTicket *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  g_source_unref (self->source);
  g_free (self);
}

/* @func is called in @context when libzmq has let go of the last message, and now and then before. */
GripZmqTicket *
grip_zmq_ticket_new (GMainContext      *context,
                     GripZmqTicketFunc  func,
                     gpointer           user_data)
{
  GripZmqTicket *self = g_new0 (GripZmqTicket, 1);

  self->ref_count = 1;
  self->func = func;
  self->user_data = user_data;
  self->source = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "ZMQ messages");
  g_source_set_callback (self->source, called_cb, self, NULL);
  g_source_attach (self->source, context);

  return self;
}

/* The messages that are out keep what they need. */
void
grip_zmq_ticket_free (GripZmqTicket *self)
{
  g_source_destroy (self->source);
  unref (self);
}

void
grip_zmq_ticket_take (GripZmqTicket *self)
{
  g_atomic_int_inc (&self->ref_count);
  g_atomic_int_inc (&self->n_messages);
}

/* Callable from any thread. */
void
grip_zmq_ticket_give_back (GripZmqTicket *self)
{
  if (g_atomic_int_dec_and_test (&self->n_messages))
    g_source_set_ready_time (self->source, 0);
  unref (self);
}

/* Lets the function be called. Callable from any thread. */
void
grip_zmq_ticket_wake (GripZmqTicket *self)
{
  g_source_set_ready_time (self->source, 0);
}

gboolean
grip_zmq_ticket_is_settled (GripZmqTicket *self)
{
  return g_atomic_int_get (&self->n_messages) == 0;
}
