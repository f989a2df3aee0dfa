/* grip-test-zmq-relay.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "grip-test-zmq-relay.h"

#include <zmq.h>

struct _GripTestZmqRelay
{
  void       *context;
  void       *in;               /* XSUB: it does not filter what it is sent */
  void       *out;              /* XPUB */
  char        in_address[128];
  char        out_address[128];
  GThread    *thread;
  GMutex      lock;
  GHashTable *counts;           /* of channels */
  GHashTable *subscriptions;    /* a set */
};

static void
note_item (GripTestZmqRelay *self,
           char             *channel)
{
  guint count;

  g_mutex_lock (&self->lock);
  count = GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, channel));
  g_hash_table_replace (self->counts, channel, GUINT_TO_POINTER (count + 1));
  g_mutex_unlock (&self->lock);
}

static void
note_subscription (GripTestZmqRelay *self,
                   const char       *frame,
                   gsize             length)
{
  g_autofree char *channel = g_strndup (frame + 1, length - 1);

  g_mutex_lock (&self->lock);
  if (frame[0] == 1)
    g_hash_table_add (self->subscriptions, g_steal_pointer (&channel));
  else
    g_hash_table_remove (self->subscriptions, channel);
  g_mutex_unlock (&self->lock);
}

/* Returns: whether the relay is to go on */
static gboolean
pass_message (GripTestZmqRelay *self,
              void             *from,
              void             *to)
{
  gboolean  is_first = TRUE;
  int       more = 1;
  zmq_msg_t frame;

  while (more)
    {
      zmq_msg_init (&frame);
      if (zmq_msg_recv (&frame, from, 0) < 0)
        return FALSE;
      more = zmq_msg_more (&frame);
      if (is_first && from == self->in)
        note_item (self, g_strndup (zmq_msg_data (&frame), zmq_msg_size (&frame)));
      else if (from == self->out && zmq_msg_size (&frame) > 0)
        note_subscription (self, zmq_msg_data (&frame), zmq_msg_size (&frame));
      is_first = FALSE;
      if (zmq_msg_send (&frame, to, more ? ZMQ_SNDMORE : 0) < 0)
        {
          zmq_msg_close (&frame);
          return FALSE;
        }
    }

  return TRUE;
}

static gpointer
relay_main (gpointer data)
{
  GripTestZmqRelay *self = data;
  zmq_pollitem_t    items[] = { { self->in, 0, ZMQ_POLLIN, 0 }, { self->out, 0, ZMQ_POLLIN, 0 } };
  gboolean          goes_on = TRUE;

  while (goes_on && zmq_poll (items, G_N_ELEMENTS (items), -1) >= 0)
    {
      if ((items[1].revents & ZMQ_POLLIN) != 0)
        goes_on = pass_message (self, self->out, self->in);
      if (goes_on && (items[0].revents & ZMQ_POLLIN) != 0)
        goes_on = pass_message (self, self->in, self->out);
    }
  zmq_close (self->in);
  zmq_close (self->out);

  return NULL;
}

static void *
open_socket (GripTestZmqRelay *self,
             int               type,
             char             *address,
             gsize             size)
{
  void *socket = zmq_socket (self->context, type);
  int   none = 0;

  g_assert_nonnull (socket);
  zmq_setsockopt (socket, ZMQ_LINGER, &none, sizeof none);
  zmq_setsockopt (socket, ZMQ_SNDHWM, &none, sizeof none);
  zmq_setsockopt (socket, ZMQ_RCVHWM, &none, sizeof none);
  g_assert_cmpint (zmq_bind (socket, "tcp://127.0.0.1:*"), ==, 0);
  g_assert_cmpint (zmq_getsockopt (socket, ZMQ_LAST_ENDPOINT, address, &size), ==, 0);

  return socket;
}

GripTestZmqRelay *
grip_test_zmq_relay_new (void)
{
  GripTestZmqRelay *self = g_new0 (GripTestZmqRelay, 1);

  g_mutex_init (&self->lock);
  self->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->subscriptions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->context = zmq_ctx_new ();
  self->in = open_socket (self, ZMQ_XSUB, self->in_address, sizeof self->in_address);
  self->out = open_socket (self, ZMQ_XPUB, self->out_address, sizeof self->out_address);
  self->thread = g_thread_new ("zmq-relay", relay_main, self);

  return self;
}

void
grip_test_zmq_relay_free (GripTestZmqRelay *self)
{
  zmq_ctx_shutdown (self->context);
  g_thread_join (self->thread);
  zmq_ctx_term (self->context);
  g_hash_table_unref (self->counts);
  g_hash_table_unref (self->subscriptions);
  g_mutex_clear (&self->lock);
  g_free (self);
}

const char *
grip_test_zmq_relay_get_in_address (GripTestZmqRelay *self)
{
  return self->in_address;
}

const char *
grip_test_zmq_relay_get_out_address (GripTestZmqRelay *self)
{
  return self->out_address;
}

guint
grip_test_zmq_relay_count (GripTestZmqRelay *self,
                           const char       *channel)
{
  guint count;

  g_mutex_lock (&self->lock);
  count = GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, channel));
  g_mutex_unlock (&self->lock);

  return count;
}

gboolean
grip_test_zmq_relay_is_subscribed (GripTestZmqRelay *self,
                                   const char       *channel)
{
  gboolean is_subscribed;

  g_mutex_lock (&self->lock);
  is_subscribed = g_hash_table_contains (self->subscriptions, channel);
  g_mutex_unlock (&self->lock);

  return is_subscribed;
}
