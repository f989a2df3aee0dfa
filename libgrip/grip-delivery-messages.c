/* grip-delivery-messages.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-buffer-private.h"
#include "grip-delivery-private.h"

/* What is in a delivery: its messages, one by one or as a body. */

/**
 * grip_delivery_get_n_messages:
 * @self: a delivery
 *
 * Counts the messages.
 *
 * Returns: the number of messages, at least 1
 *
 * Since: 1.0
 */
guint
grip_delivery_get_n_messages (GripDelivery *self)
{
  g_return_val_if_fail (GRIP_IS_DELIVERY (self), 0);

  return self->n_entries;
}

static GripMessage *
nth_message (GripDelivery *self,
             guint         index)
{
  g_return_val_if_fail (GRIP_IS_DELIVERY (self), NULL);
  g_return_val_if_fail (index < self->n_entries, NULL);

  return self->entries[index] != NULL ? self->entries[index]->message : NULL;
}

/**
 * grip_delivery_get_channel:
 * @self: a delivery
 * @index: which message
 *
 * Tells the channel that a message goes to.
 *
 * Returns: (transfer none) (nullable): the channel; %NULL when there are not so many messages, or
 *   when the delivery has been answered
 *
 * Since: 1.0
 */
const char *
grip_delivery_get_channel (GripDelivery *self,
                           guint         index)
{
  GripMessage *message = nth_message (self, index);

  return message != NULL ? message->channel : NULL;
}

/**
 * grip_delivery_get_payload:
 * @self: a delivery
 * @index: which message
 *
 * Gets the finished bytes of a message, in the transport's encoding. Only in the thread that was given the
 * delivery.
 *
 * Returns: (transfer none) (nullable): the bytes; %NULL when there are not so many messages, or when
 *   the delivery has been answered
 *
 * Since: 1.0
 */
GBytes *
grip_delivery_get_payload (GripDelivery *self,
                           guint         index)
{
  GripMessage *message = nth_message (self, index);

  if (message == NULL)
    return NULL;

  if (self->payloads == NULL)
    self->payloads = g_new0 (GBytes *, self->n_entries);
  if (self->payloads[index] == NULL)
    self->payloads[index] = grip_message_dup_payload (message, self->encoding);

  return self->payloads[index];
}

/**
 * grip_delivery_get_payload_data:
 * @self: a delivery
 * @index: which message
 * @length: (out): how many bytes there are
 *
 * Gets the finished bytes of a message without an object around them: for many small ones it is faster than
 * [method@Grip.Delivery.get_payload]. They are there until the delivery is answered.
 *
 * Returns: (transfer none) (nullable) (array length=length) (element-type guint8): the bytes; %NULL when
 *   there are not so many messages, or when the delivery has been answered
 *
 * Since: 1.0
 */
const guint8 *
grip_delivery_get_payload_data (GripDelivery *self,
                                guint         index,
                                gsize        *length)
{
  GripMessage *message = nth_message (self, index);

  g_return_val_if_fail (length != NULL, NULL);

  *length = 0;
  if (message == NULL)
    return NULL;

  return (const guint8 *) grip_message_peek (message, self->encoding, length);
}

/**
 * grip_delivery_hold_payload: (skip)
 * @self: a delivery
 * @index: which message
 *
 * Keeps the bytes that [method@Grip.Delivery.get_payload_data] has given beyond the answer, for a transport
 * that hands them to somebody else, without an object around them.
 *
 * Returns: (transfer full) (nullable): what [func@Grip.Delivery.release_payload] takes; %NULL when there
 *   are not so many messages, or when the delivery has been answered
 *
 * Since: 1.0
 */
gpointer
grip_delivery_hold_payload (GripDelivery *self,
                            guint         index)
{
  GripMessage *message = nth_message (self, index);

  return message != NULL ? grip_message_ref (message) : NULL;
}

/**
 * grip_delivery_release_payload: (skip)
 * @hold: (transfer full): what [method@Grip.Delivery.hold_payload] has returned
 *
 * Lets go of the bytes. Callable from any thread.
 *
 * Since: 1.0
 */
void
grip_delivery_release_payload (gpointer hold)
{
  g_return_if_fail (hold != NULL);

  grip_message_unref (hold);
}

/**
 * grip_delivery_get_item:
 * @self: a delivery
 * @index: which message
 *
 * Gets the item of a message, for a transport that does not send bytes.
 *
 * Returns: (transfer none) (nullable): the item; %NULL when there are not so many messages, or when
 *   the delivery has been answered
 *
 * Since: 1.0
 */
GripItem *
grip_delivery_get_item (GripDelivery *self,
                        guint         index)
{
  GripMessage *message = nth_message (self, index);

  return message != NULL ? grip_message_get_item (message) : NULL;
}

/**
 * grip_delivery_dup_body:
 * @self: a delivery of a transport whose encoding is JSON
 *
 * Makes the body of a publish request with all messages (protocol 4.1) but those that are skipped; when
 * the delivery has been answered it may be without some.
 *
 * Returns: (transfer full): `{"items":[…]}`
 *
 * Since: 1.0
 */
GBytes *
grip_delivery_dup_body (GripDelivery *self)
{
  static const char head[] = "{\"items\":[";
  static const char tail[] = "]}";
  GripBuffer        buffer = GRIP_BUFFER_INIT;

  g_return_val_if_fail (GRIP_IS_DELIVERY (self), NULL);
  g_return_val_if_fail (self->encoding == GRIP_ENCODING_JSON, NULL);

  grip_buffer_reserve (&buffer, self->bytes + self->n_entries + sizeof head + sizeof tail);
  grip_buffer_append (&buffer, head, strlen (head));
  for (guint i = 0; i < self->n_entries; i++)
    {
      gsize       length;
      const char *data;

      if (self->entries[i] == NULL || (self->skipped != NULL && self->skipped[i]))
        continue;
      data = grip_message_peek (self->entries[i]->message, GRIP_ENCODING_JSON, &length);
      if (buffer.length > strlen (head))
        grip_buffer_append_char (&buffer, ',');
      grip_buffer_append (&buffer, data, length);
    }
  grip_buffer_append (&buffer, tail, strlen (tail));

  return grip_buffer_steal_bytes (&buffer);
}
