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
  int          ref_count;       /* atomic: one of the owner, one of each message */
  int          n_messages;      /* atomic */
  GripZmqBell *bell;
};

static void
unref (GripZmqTicket *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  grip_zmq_bell_unref (self->bell);
  g_free (self);
}

/* @bell is rung when libzmq has let go of the last message, and now and then before. */
GripZmqTicket *
grip_zmq_ticket_new (GripZmqBell *bell)
{
  GripZmqTicket *self = g_new0 (GripZmqTicket, 1);

  self->ref_count = 1;
  self->bell = grip_zmq_bell_ref (bell);

  return self;
}

/* The messages that are out keep what they need. */
void
grip_zmq_ticket_free (GripZmqTicket *self)
{
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
    grip_zmq_bell_ring (self->bell);
  unref (self);
}

gboolean
grip_zmq_ticket_is_settled (GripZmqTicket *self)
{
  return g_atomic_int_get (&self->n_messages) == 0;
}
