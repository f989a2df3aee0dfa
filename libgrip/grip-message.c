/* grip-message.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-buffer-private.h"
#include "grip-message-private.h"
#include "grip-outcome-private.h"

#define HEAD  (offsetof (GripMessage, channel))
/* What is worth giving back. */
#define SLACK 16

/* The encoder appends to the block that the message is in. */
GripMessage *
grip_message_new (const char   *prefix,
                  const char   *channel,
                  GripItem     *item,
                  GripEncoding  encoding,
                  GripOutcome  *outcome,
                  GCancellable *cancellable)
{
  g_autofree char *full = NULL;
  GripBuffer       block = GRIP_BUFFER_INIT;
  gsize            offset;
  GripMessage     *self;

  if (prefix != NULL && *prefix != '\0')
    channel = full = g_strconcat (prefix, channel, NULL);
  offset = strlen (channel) + 1;

  grip_item_write (item, channel, encoding, &block, HEAD + offset);
  if (block.allocated - block.length >= SLACK)
    block.data = g_realloc (block.data, block.length);
  self = (GripMessage *) block.data;
  memset (self, 0, HEAD);
  memcpy (self->channel, channel, offset);

  self->ref_count = 1;
  self->created = g_get_monotonic_time ();
  self->item = g_object_ref (item);
  self->outcome = outcome != NULL ? grip_outcome_ref (outcome) : NULL;
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->encoding = encoding;
  self->offset = (guint) offset;
  self->length = block.length - HEAD - offset;

  return self;
}

GripMessage *
grip_message_ref (GripMessage *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

void
grip_message_unref (GripMessage *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  for (guint i = 0; self->others != NULL && i < GRIP_N_ENCODINGS; i++)
    g_clear_pointer (&self->others[i], g_bytes_unref);
  g_free (self->others);
  g_clear_pointer (&self->outcome, grip_outcome_unref);
  g_clear_object (&self->cancellable);
  g_object_unref (self->item);
  g_free (self);
}

static GBytes **
get_others (GripMessage *self)
{
  GBytes **others = g_atomic_pointer_get (&self->others);

  if (others != NULL)
    return others;

  others = g_new0 (GBytes *, GRIP_N_ENCODINGS);
  if (g_atomic_pointer_compare_and_exchange (&self->others, NULL, others))
    return others;

  g_free (others);

  return g_atomic_pointer_get (&self->others);
}

/* Callable from several lanes at the same time: whoever comes second throws its own away. */
void
grip_message_encode (GripMessage  *self,
                     GripEncoding  encoding)
{
  GBytes **others;
  GBytes  *payload;

  if (encoding == self->encoding)
    return;

  others = get_others (self);
  if (g_atomic_pointer_get (&others[encoding]) != NULL)
    return;

  payload = grip_item_encode_checked (self->item, self->channel, encoding);
  if (!g_atomic_pointer_compare_and_exchange (&others[encoding], NULL, payload))
    g_bytes_unref (payload);
}

/* The bytes for whoever wants to keep them: they keep the message. */
GBytes *
grip_message_dup_payload (GripMessage  *self,
                          GripEncoding  encoding)
{
  if (encoding != self->encoding)
    return g_bytes_ref (self->others[encoding]);

  return g_bytes_new_with_free_func (self->channel + self->offset, self->length,
                                     (GDestroyNotify) grip_message_unref, grip_message_ref (self));
}
