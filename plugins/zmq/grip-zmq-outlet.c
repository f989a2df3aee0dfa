/* grip-zmq-outlet.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-zmq-message.h"
#include "grip-zmq-outlet.h"

/* How long a delivery waits for room; then what is left of it goes back to the queue, which knows how
 * long it may wait in all. What was sent is waited for. */
#define PATIENCE    (G_USEC_PER_SEC / 4)

struct _GripZmqOutlet
{
  GripZmqSocket            *socket;
  GMainContext             *context;
  const GripZmqOutletFuncs *funcs;
  gpointer                  user_data;
  gboolean                  has_channels;

  GripDelivery             *delivery;
  guint                     n_messages;
  guint                     next;
  GripZmqTicket            *ticket;
  GripZmqBell              *bell;
  GError                   *complaint;
  gboolean                 *skipped;
  const char               *run;            /* nullable: the channel that was last judged */
  GripZmqVerdict            verdict;
  gulong                    cancel_id;
  gint64                    full_since;     /* 0 while there is room */
  GSource                  *timer;
  gboolean                  lost;
  gboolean                  tracked;        /* the last message that was sent */
  gboolean                  full;
};

typedef enum
{
  SENT,
  FULL,
  WAITING,
} Progress;

static void pump (GripZmqOutlet *self);

static void
stop_timer (GripZmqOutlet *self)
{
  if (self->timer == NULL)
    return;

  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static void
cancelled_cb (GCancellable *cancellable,
              gpointer      bell)
{
  grip_zmq_bell_ring (bell);
}

/* Answers what is under way. The messages that libzmq still has keep the old ticket alive, and mean
 * nothing any more. */
static void
answer (GripZmqOutlet *self,
        guint          n_taken)
{
  g_autoptr(GripDelivery)  delivery = g_steal_pointer (&self->delivery);
  g_autoptr(GripZmqTicket) ticket = g_steal_pointer (&self->ticket);

  g_cancellable_disconnect (grip_delivery_get_cancellable (delivery), self->cancel_id);
  self->cancel_id = 0;
  stop_timer (self);
  g_clear_error (&self->complaint);
  g_clear_pointer (&self->skipped, g_free);
  self->full_since = 0;
  self->funcs->answered (self->user_data);

  if (n_taken == self->n_messages)
    grip_delivery_complete (delivery);
  else
    grip_delivery_complete_first (delivery, n_taken);
}

static void
fail_sent (GripZmqOutlet *self,
           const char    *problem)
{
  g_autoptr(GError) error = g_error_new_literal (GRIP_ERROR, GRIP_ERROR_FAILED, problem);

  for (guint i = 0; i < self->next; i++)
    if (self->skipped == NULL || !self->skipped[i])
      grip_delivery_fail_message (self->delivery, i, error);
}

/* Nobody waits for it any longer. */
static void
give_up (GripZmqOutlet *self)
{
  g_autofree char   *problem = NULL;
  g_autoptr(GError)  error = NULL;

  problem = g_strdup_printf ("%u messages were given to libzmq, which may not have sent them", self->next);
  fail_sent (self, problem);
  error = g_error_new_literal (GRIP_ERROR, GRIP_ERROR_NOT_CONNECTED, "the proxy took no more messages");
  for (guint i = self->next; i < self->n_messages; i++)
    grip_delivery_fail_message (self->delivery, i, error);
  answer (self, self->n_messages);
}

static void
finish (GripZmqOutlet *self)
{
  self->funcs->look (self->user_data);
  if (self->delivery == NULL)
    return;

  if (self->lost)
    fail_sent (self, "the connection was lost while the message was on its way");
  else if (self->complaint != NULL)
    fail_sent (self, self->complaint->message);
  answer (self, self->n_messages);
}

/* Each pipe sends in order, and what goes to one channel goes through the same ones: so the last message of
 * a run tells of all of them. */
static gboolean
is_last_of_run (GripZmqOutlet *self,
                const char    *channel)
{
  if (self->next + 1 == self->n_messages)
    return TRUE;

  return self->has_channels &&
         !g_str_equal (channel, grip_delivery_get_channel (self->delivery, self->next + 1));
}

static gboolean
send_frames (GripZmqOutlet *self,
             const char    *channel)
{
  gboolean  tracked = is_last_of_run (self, channel);
  zmq_msg_t message;

  if (self->has_channels)
    {
      gsize length = strlen (channel);

      zmq_msg_init_size (&message, length);
      memcpy (zmq_msg_data (&message), channel, length);
      if (!grip_zmq_socket_send (self->socket, &message, TRUE))
        {
          zmq_msg_close (&message);
          return FALSE;
        }
    }

  /* Where a first frame had room, so has the second. */
  grip_zmq_message_init (&message, self->delivery, self->next, tracked ? self->ticket : NULL);
  if (!grip_zmq_socket_send (self->socket, &message, FALSE))
    {
      zmq_msg_close (&message);
      return FALSE;
    }
  self->tracked = tracked;

  return TRUE;
}

static void
skip (GripZmqOutlet *self)
{
  if (self->skipped == NULL)
    self->skipped = g_new0 (gboolean, self->n_messages);
  self->skipped[self->next] = TRUE;
  grip_delivery_skip_message (self->delivery, self->next);
}

/* Once for a run of messages to one channel: nothing new is heard of meanwhile. */
static GripZmqVerdict
judge (GripZmqOutlet *self,
       const char    *channel)
{
  if (self->run == NULL || !g_str_equal (self->run, channel))
    self->verdict = self->funcs->judge (channel, self->user_data);
  self->run = channel;

  return self->verdict;
}

static Progress
send_next (GripZmqOutlet *self)
{
  const char     *channel = NULL;
  GripZmqVerdict  verdict = GRIP_ZMQ_VERDICT_SEND;

  if (self->has_channels)
    {
      channel = grip_delivery_get_channel (self->delivery, self->next);
      verdict = judge (self, channel);
    }
  if (verdict == GRIP_ZMQ_VERDICT_WAIT)
    return WAITING;

  if (verdict == GRIP_ZMQ_VERDICT_SKIP)
    skip (self);
  else if (verdict == GRIP_ZMQ_VERDICT_FAIL && self->complaint != NULL)
    grip_delivery_fail_message (self->delivery, self->next, self->complaint);
  else if (!send_frames (self, channel))
    return FULL;
  self->next++;

  return SENT;
}

static gboolean
retry_cb (gpointer user_data)
{
  GripZmqOutlet *self = user_data;

  stop_timer (self);
  if (self->delivery != NULL)
    pump (self);
  else
    grip_zmq_outlet_resume (self);

  return G_SOURCE_REMOVE;
}

static void
start_timer (GripZmqOutlet *self,
             guint          milliseconds)
{
  stop_timer (self);
  self->timer = g_timeout_source_new (milliseconds);
  g_source_set_static_name (self->timer, "ZMQ outlet");
  g_source_set_callback (self->timer, retry_cb, self, NULL);
  g_source_attach (self->timer, self->context);
}

/* What will not be sent of this delivery goes back. */
static void
shrink (GripZmqOutlet *self,
        guint          n_messages)
{
  self->n_messages = n_messages;
  grip_delivery_keep_first (self->delivery, n_messages);
}

/* Nothing tells when the last message that had room is written, so the one that has none is kept to tell
 * it. */
static void
wait_for_room (GripZmqOutlet *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->full_since == 0)
    self->full_since = now;
  self->full = TRUE;

  if (now - self->full_since < PATIENCE)
    start_timer (self, PATIENCE / 1000);
  else if (self->next == 0)
    answer (self, 0);
  else
    shrink (self, self->next + 1);
}

/* More may never come of this delivery. */
static void
stop_sending (GripZmqOutlet *self)
{
  if (self->next == 0)
    {
      answer (self, 0);
      return;
    }

  /* Where there was no room for the next one to the same channel, and then its proxies were others. */
  self->lost |= !self->tracked;
  shrink (self, self->next);
}

/* Sends what can be sent. */
static void
pump (GripZmqOutlet *self)
{
  Progress progress = SENT;

  self->run = NULL;
  while (self->next < self->n_messages && progress == SENT)
    {
      progress = send_next (self);
      if (progress == SENT)
        self->full_since = 0;
    }

  if (progress == FULL)
    {
      wait_for_room (self);
      return;
    }
  if (progress == WAITING)
    stop_sending (self);
  if (self->delivery == NULL)
    return;

  self->full = FALSE;
  stop_timer (self);
  if (grip_zmq_ticket_is_settled (self->ticket))
    finish (self);
}

/* libzmq has let go of some messages, or the delivery was cancelled. */
static void
settled_cb (gpointer user_data)
{
  GripZmqOutlet *self = user_data;

  if (self->delivery == NULL)
    return;

  if (g_cancellable_is_cancelled (grip_delivery_get_cancellable (self->delivery)))
    give_up (self);
  else if (self->next == self->n_messages && grip_zmq_ticket_is_settled (self->ticket))
    finish (self);
}

/* The socket is the caller's, and must outlive the outlet. With @has_channels a message goes out as two
 * frames, and to several connections. */
GripZmqOutlet *
grip_zmq_outlet_new (GripZmqSocket            *socket,
                     GMainContext             *context,
                     gboolean                  has_channels,
                     const GripZmqOutletFuncs *funcs,
                     gpointer                  user_data)
{
  GripZmqOutlet *self = g_new0 (GripZmqOutlet, 1);

  self->socket = socket;
  self->context = g_main_context_ref (context);
  self->has_channels = has_channels;
  self->bell = grip_zmq_bell_new (context, settled_cb, self);
  self->funcs = funcs;
  self->user_data = user_data;

  return self;
}

void
grip_zmq_outlet_free (GripZmqOutlet *self)
{
  if (self->delivery != NULL)
    give_up (self);
  stop_timer (self);
  grip_zmq_bell_silence (self->bell);
  grip_zmq_bell_unref (self->bell);
  g_main_context_unref (self->context);
  g_free (self);
}

void
grip_zmq_outlet_deliver (GripZmqOutlet *self,
                         GripDelivery  *delivery)
{
  g_assert (self->delivery == NULL);

  self->delivery = g_object_ref (delivery);
  self->n_messages = grip_delivery_get_n_messages (delivery);
  self->next = 0;
  self->lost = FALSE;
  self->tracked = TRUE;
  self->ticket = grip_zmq_ticket_new (self->bell);
  self->complaint = self->funcs->complain != NULL ? self->funcs->complain (self->user_data) : NULL;
  self->cancel_id = g_cancellable_connect (grip_delivery_get_cancellable (delivery),
                                           G_CALLBACK (cancelled_cb), self->bell, NULL);

  pump (self);
}

gboolean
grip_zmq_outlet_is_busy (GripZmqOutlet *self)
{
  return self->delivery != NULL;
}

/* Whether the last message found no room. */
gboolean
grip_zmq_outlet_is_full (GripZmqOutlet *self)
{
  return self->full;
}

/* There may be room again, or more may be known. */
void
grip_zmq_outlet_resume (GripZmqOutlet *self)
{
  self->full = FALSE;
  if (self->delivery != NULL && self->next < self->n_messages)
    pump (self);
  else if (self->delivery == NULL)
    self->funcs->answered (self->user_data);
}

/* A connection was lost: what is under way may have been lost with it. With @is_last there is no other
 * connection that it could still go to. */
void
grip_zmq_outlet_lose (GripZmqOutlet *self,
                      gboolean       is_last)
{
  self->full = FALSE;
  if (self->delivery == NULL)
    return;

  self->lost = TRUE;
  if (!is_last)
    return;

  fail_sent (self, "the connection was lost while the message was on its way");
  answer (self, self->next);
}

