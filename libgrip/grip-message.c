/* grip-message.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-message-private.h"
#include "grip-outcome-private.h"

GripMessage *
grip_message_new (const char   *prefix,
                  const char   *channel,
                  GripItem     *item,
                  GripOutcome  *outcome,
                  GCancellable *cancellable)
{
  gsize        prefix_length = prefix != NULL ? strlen (prefix) : 0;
  gsize        length = strlen (channel);
  GripMessage *self = g_malloc (sizeof *self + prefix_length + length + 1);

  memset (self, 0, sizeof *self);
  self->ref_count = 1;
  self->created = g_get_monotonic_time ();
  self->item = g_object_ref (item);
  self->outcome = outcome != NULL ? grip_outcome_ref (outcome) : NULL;
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  if (prefix_length > 0)
    memcpy (self->channel, prefix, prefix_length);
  memcpy (self->channel + prefix_length, channel, length + 1);

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

  for (guint i = 0; i < GRIP_N_ENCODINGS; i++)
    g_clear_pointer (&self->payloads[i], g_bytes_unref);
  g_clear_pointer (&self->outcome, grip_outcome_unref);
  g_clear_object (&self->cancellable);
  g_object_unref (self->item);
  g_free (self);
}

/* Callable from several lanes at the same time: whoever comes second throws its own away. */
void
grip_message_encode (GripMessage  *self,
                     GripEncoding  encoding)
{
  GBytes *payload;

  if (g_atomic_pointer_get (&self->payloads[encoding]) != NULL)
    return;

  payload = grip_item_encode_checked (self->item, self->channel, encoding);
  if (!g_atomic_pointer_compare_and_exchange (&self->payloads[encoding], NULL, payload))
    g_bytes_unref (payload);
}
