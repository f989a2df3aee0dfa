/* grip-message.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <time.h>

#include "grip-buffer-private.h"
#include "grip-message-private.h"
#include "grip-outcome-private.h"

#define HEAD  (offsetof (GripMessage, channel))
/* What is worth giving back. */
#define SLACK 64

/* What has waited a few milliseconds more or less does not matter, and reading the precise clock is a
 * good part of what a small message costs. */
static gint64
coarse_time (void)
{
  struct timespec now;

  if (clock_gettime (CLOCK_MONOTONIC_COARSE, &now) != 0)
    return g_get_monotonic_time ();

  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* Ends what the encoder has appended to. */
static GripMessage *
take_buffer (GripBuffer   *buffer,
             GripBlock    *block,
             GripEncoding  encoding,
             GripOutcome  *outcome,
             GCancellable *cancellable)
{
  GripMessage *self;

  if (!buffer->is_lent && buffer->allocated - buffer->length >= SLACK)
    buffer->data = g_realloc (buffer->data, buffer->length);
  self = (gpointer) buffer->data;
  memset (self, 0, HEAD);

  self->ref_count = 1;
  self->block = grip_block_keep (block, buffer);
  self->created = coarse_time ();
  self->outcome = outcome != NULL ? grip_outcome_ref (outcome) : NULL;
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->encoding = encoding;

  return self;
}

GripMessage *
grip_message_new (const char   *prefix,
                  const char   *channel,
                  GripItem     *item,
                  GripEncoding  encoding,
                  GripOutcome  *outcome,
                  GCancellable *cancellable)
{
  g_autofree char *full = NULL;
  GripBuffer       buffer = GRIP_BUFFER_INIT;
  gsize            offset;
  GripMessage     *self;

  if (prefix != NULL && *prefix != '\0')
    channel = full = g_strconcat (prefix, channel, NULL);
  offset = strlen (channel) + 1;

  grip_item_write (item, channel, encoding, &buffer, HEAD + offset);
  self = take_buffer (&buffer, NULL, encoding, outcome, cancellable);
  memcpy (self->channel, channel, offset);

  self->item = g_object_ref (item);
  self->has_id = grip_item_get_id (item) != NULL;
  self->offset = offset;
  self->length = buffer.length - HEAD - offset;

  return self;
}

static char *
put_text (char       *to,
          const char *text,
          gsize       size)
{
  if (size > 0)
    memcpy (to, text, size);

  return to + size;
}

/* An object may be made of it later. Mostly the encoded bytes have it; else bytes are shared and text is
 * copied. Returns: where it is, from the start of the channel; 0 when it is shared */
static gsize
keep_content (GripBuffer           *buffer,
              const GripSimpleItem *item,
              gsize                 at)
{
  if (at > 0)
    return at - HEAD;
  if (item->bytes != NULL)
    return 0;

  at = buffer->length;
  grip_buffer_append (buffer, item->content, item->length);

  return at - HEAD;
}

/* @item has been checked. */
GripMessage *
grip_message_new_simple (const char           *prefix,
                         const char           *channel,
                         const GripSimpleItem *item,
                         GripEncoding          encoding,
                         GripOutcome          *outcome,
                         GCancellable         *cancellable)
{
  g_autofree char *full = NULL;
  GripBuffer       buffer = GRIP_BUFFER_INIT;
  gsize            id_size = item->id != NULL ? strlen (item->id) + 1 : 0;
  gsize            prev_id_size = item->prev_id != NULL ? strlen (item->prev_id) + 1 : 0;
  gsize            channel_size;
  gsize            offset;
  gsize            length;
  gsize            content;
  GripBlock       *block;
  GripMessage     *self;

  if (prefix != NULL && *prefix != '\0')
    channel = full = g_strconcat (prefix, channel, NULL);
  channel_size = strlen (channel) + 1;
  offset = channel_size + id_size + prev_id_size;

  block = grip_block_lend (&buffer, HEAD + offset + grip_simple_item_guess (item, channel_size - 1));
  content = grip_simple_item_write (item, channel, channel_size - 1, encoding, &buffer, HEAD + offset);
  length = buffer.length - HEAD - offset;
  content = keep_content (&buffer, item, content);
  self = take_buffer (&buffer, block, encoding, outcome, cancellable);
  put_text (put_text (put_text (self->channel, channel, channel_size), item->id, id_size),
            item->prev_id, prev_id_size);

  self->kind = item->kind;
  self->is_utf8 = item->is_utf8;
  self->has_id = item->id != NULL;
  self->has_prev_id = item->prev_id != NULL;
  self->bytes = content == 0 ? g_bytes_ref (item->bytes) : NULL;
  self->content = content;
  self->content_length = item->length;
  self->offset = offset;
  self->length = length;

  return self;
}

static GripSimpleItem
describe_simple (GripMessage *self)
{
  const char    *next = self->channel + strlen (self->channel) + 1;
  GripSimpleItem item = {
    .kind = self->kind,
    .is_utf8 = self->is_utf8,
    .content = self->bytes != NULL ? g_bytes_get_data (self->bytes, NULL) : self->channel + self->content,
    .length = self->content_length,
    .bytes = self->bytes,
  };

  if (self->has_id)
    {
      item.id = next;
      next += strlen (next) + 1;
    }
  if (self->has_prev_id)
    item.prev_id = next;

  return item;
}

/* The item as an object, which is the message's. Callable from any thread: whoever comes second throws
 * its own away. */
GripItem *
grip_message_get_item (GripMessage *self)
{
  GripSimpleItem  description;
  GripItem       *item = g_atomic_pointer_get (&self->item);

  if (item != NULL)
    return item;

  description = describe_simple (self);
  item = grip_simple_item_make (&description, NULL);
  if (g_atomic_pointer_compare_and_exchange (&self->item, NULL, item))
    return item;

  g_object_unref (item);

  return g_atomic_pointer_get (&self->item);
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
  g_clear_object (&self->item);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  if (self->block != NULL)
    grip_block_unref (self->block);
  else
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

  payload = grip_item_encode_checked (grip_message_get_item (self), self->channel, encoding);
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
