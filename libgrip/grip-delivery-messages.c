/* grip-delivery-messages.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-buffer-private.h"
#include "grip-delivery-private.h"

/* From this size on a copy costs more than a part of its own. */
#define LARGE (8 * 1024)

static const char body_head[] = "{\"items\":[";
static const char body_tail[] = "]}";

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

/* What is at least so @large becomes one of the @parts; the last is what is left in @buffer. */
static void
append_items (GripDelivery *self,
              gsize         large,
              GripBuffer   *buffer,
              GPtrArray    *parts)
{
  const char *separator = body_head;

  for (guint i = 0; i < self->n_entries; i++)
    {
      gsize       length;
      const char *data;

      if (self->entries[i] == NULL || (self->skipped != NULL && self->skipped[i]))
        continue;
      data = grip_message_peek (self->entries[i]->message, GRIP_ENCODING_JSON, &length);
      grip_buffer_append (buffer, separator, strlen (separator));
      separator = ",";
      if (length < large)
        {
          grip_buffer_append (buffer, data, length);
          continue;
        }
      g_ptr_array_add (parts, grip_buffer_steal_bytes (buffer));
      g_ptr_array_add (parts, grip_message_dup_payload (self->entries[i]->message, GRIP_ENCODING_JSON));
    }
  if (separator == body_head)
    grip_buffer_append (buffer, body_head, strlen (body_head));
  grip_buffer_append (buffer, body_tail, strlen (body_tail));
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
  GripBuffer buffer = GRIP_BUFFER_INIT;

  g_return_val_if_fail (GRIP_IS_DELIVERY (self), NULL);
  g_return_val_if_fail (self->encoding == GRIP_ENCODING_JSON, NULL);

  grip_buffer_reserve (&buffer, self->bytes + self->n_entries + sizeof body_head + sizeof body_tail);
  append_items (self, G_MAXSIZE, &buffer, NULL);

  return grip_buffer_steal_bytes (&buffer);
}

/**
 * grip_delivery_dup_body_parts: (skip)
 * @self: a delivery of a transport whose encoding is JSON
 *
 * Makes the body as [method@Grip.Delivery.dup_body] does, in parts to be sent one after the other: large
 * messages are not copied, but are parts of their own, and stay as long as the part is held.
 *
 * Returns: (transfer full) (element-type GBytes): the parts, none of them empty
 *
 * Since: 1.0
 */
GPtrArray *
grip_delivery_dup_body_parts (GripDelivery *self)
{
  GripBuffer  buffer = GRIP_BUFFER_INIT;
  GPtrArray  *parts;

  g_return_val_if_fail (GRIP_IS_DELIVERY (self), NULL);
  g_return_val_if_fail (self->encoding == GRIP_ENCODING_JSON, NULL);

  parts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  if (self->bytes < (gsize) LARGE * self->n_entries)
    grip_buffer_reserve (&buffer, self->bytes + self->n_entries + sizeof body_head + sizeof body_tail);
  append_items (self, LARGE, &buffer, parts);
  g_ptr_array_add (parts, grip_buffer_steal_bytes (&buffer));

  return parts;
}
