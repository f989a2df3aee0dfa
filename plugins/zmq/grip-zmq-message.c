/* grip-zmq-message.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-zmq-message.h"

/* Up to here a copy costs less than sharing the bytes between two threads. */
#define COPY_LIMIT 512

typedef struct
{
  gpointer       hold;          /* on the payload */
  GripZmqTicket *ticket;
} Tracked;

/* In libzmq's thread */

static void
bytes_free_cb (void *data,
               void *hint)
{
  g_bytes_unref (hint);
}

static void
hold_free_cb (void *data,
              void *hint)
{
  grip_delivery_release_payload (hint);
}

static void
tracked_free_cb (void *data,
                 void *hint)
{
  Tracked *tracked = hint;

  grip_delivery_release_payload (tracked->hold);
  grip_zmq_ticket_give_back (tracked->ticket);
  g_free (tracked);
}

static void
init_tracked (zmq_msg_t     *message,
              const guint8  *data,
              gsize          length,
              gpointer       hold,
              GripZmqTicket *ticket)
{
  Tracked *tracked = g_new (Tracked, 1);

  tracked->hold = hold;
  tracked->ticket = ticket;
  grip_zmq_ticket_take (ticket);
  zmq_msg_init_data (message, (gpointer) data, length, tracked_free_cb, tracked);
}

/* Makes a message of @payload without a copy. */
void
grip_zmq_message_init_bytes (zmq_msg_t *message,
                             GBytes    *payload)
{
  gsize         length;
  gconstpointer data = g_bytes_get_data (payload, &length);

  zmq_msg_init_data (message, (gpointer) data, length, bytes_free_cb, g_bytes_ref (payload));
}

/* Makes a message of one of a delivery's, without a copy where it is large. @ticket is for those whose way
 * is to be followed. */
void
grip_zmq_message_init (zmq_msg_t     *message,
                       GripDelivery  *delivery,
                       guint          index,
                       GripZmqTicket *ticket)
{
  gsize         length;
  const guint8 *data = grip_delivery_get_payload_data (delivery, index, &length);

  if (ticket != NULL)
    {
      init_tracked (message, data, length, grip_delivery_hold_payload (delivery, index), ticket);
    }
  else if (length > COPY_LIMIT)
    {
      zmq_msg_init_data (message, (gpointer) data, length, hold_free_cb,
                         grip_delivery_hold_payload (delivery, index));
    }
  else
    {
      zmq_msg_init_size (message, length);
      memcpy (zmq_msg_data (message), data, length);
    }
}
