/* grip-batch.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-batch-private.h"
#include "grip-item-private.h"

/**
 * GripBatch:
 *
 * Many different items that are published with one call, and what became of each.
 *
 * Fill it with [method@Grip.Batch.add], publish it once with [method@Grip.PubControl.publish_batch], and
 * then ask it for the fate of each item. A batch belongs to one thread until it is published; when the
 * publish has ended it does not change any more and may be read from any thread.
 *
 * ```c
 * g_autoptr(GripBatch) batch = grip_batch_new ();
 *
 * grip_batch_add (batch, "news", item, NULL);
 * grip_batch_add (batch, "weather", other_item, NULL);
 * if (!grip_pub_control_publish_batch (control, batch, NULL, &error))
 *   for (guint i = 0; i < grip_batch_get_n_items (batch); i++)
 *     if (grip_batch_get_error (batch, i) != NULL)
 *       g_printerr ("%s\n", grip_batch_get_error (batch, i)->message);
 * ```
 *
 * Since: 1.0
 */

typedef enum
{
  STATE_OPEN,
  STATE_UNDER_WAY,
  STATE_ENDED,
} GripBatchState;

typedef struct
{
  GripFate  fate;
  GError   *error;
} GripItemResult;

struct _GripBatch
{
  GObject         parent_instance;

  GPtrArray      *channels;
  GPtrArray      *items;
  GripItemResult *results;
  int             state;        /* atomic */
};

G_DEFINE_FINAL_TYPE (GripBatch, grip_batch, G_TYPE_OBJECT)

static void
grip_batch_finalize (GObject *object)
{
  GripBatch *self = GRIP_BATCH (object);

  for (guint i = 0; self->results != NULL && i < self->items->len; i++)
    g_clear_error (&self->results[i].error);
  g_free (self->results);
  g_ptr_array_unref (self->channels);
  g_ptr_array_unref (self->items);

  G_OBJECT_CLASS (grip_batch_parent_class)->finalize (object);
}

static void
grip_batch_class_init (GripBatchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = grip_batch_finalize;
}

static void
grip_batch_init (GripBatch *self)
{
  self->channels = g_ptr_array_new_with_free_func (g_free);
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * grip_batch_new:
 *
 * Makes an empty batch.
 *
 * Returns: (transfer full): a new batch
 *
 * Since: 1.0
 */
GripBatch *
grip_batch_new (void)
{
  return g_object_new (GRIP_TYPE_BATCH, NULL);
}

/**
 * grip_batch_add:
 * @self: a batch that is not published yet
 * @channel: the channel
 * @item: the item
 * @error: return location for an error
 *
 * Adds an item.
 *
 * Errors: `GRIP_ERROR_INVALID_ITEM` when @channel is empty or not UTF-8.
 *
 * Returns: true on success
 *
 * Since: 1.0
 */
gboolean
grip_batch_add (GripBatch   *self,
                const char  *channel,
                GripItem    *item,
                GError     **error)
{
  g_return_val_if_fail (GRIP_IS_BATCH (self), FALSE);
  g_return_val_if_fail (channel != NULL, FALSE);
  g_return_val_if_fail (GRIP_IS_ITEM (item), FALSE);
  g_return_val_if_fail (g_atomic_int_get (&self->state) == STATE_OPEN, FALSE);

  if (!grip_check_channel (channel, error))
    return FALSE;

  g_ptr_array_add (self->channels, g_strdup (channel));
  g_ptr_array_add (self->items, g_object_ref (item));

  return TRUE;
}

/**
 * grip_batch_get_n_items:
 * @self: a batch
 *
 * Counts the items.
 *
 * Returns: the number of items
 *
 * Since: 1.0
 */
guint
grip_batch_get_n_items (GripBatch *self)
{
  g_return_val_if_fail (GRIP_IS_BATCH (self), 0);

  return self->items->len;
}

/**
 * grip_batch_get_channel:
 * @self: a batch
 * @index: which item
 *
 * Gets the channel that an item goes to.
 *
 * Returns: (transfer none) (nullable): the channel, %NULL when there are not so many items
 *
 * Since: 1.0
 */
const char *
grip_batch_get_channel (GripBatch *self,
                        guint      index)
{
  g_return_val_if_fail (GRIP_IS_BATCH (self), NULL);
  g_return_val_if_fail (index < self->items->len, NULL);

  return g_ptr_array_index (self->channels, index);
}

/**
 * grip_batch_get_item:
 * @self: a batch
 * @index: which item
 *
 * Gets an item.
 *
 * Returns: (transfer none) (nullable): the item, %NULL when there are not so many
 *
 * Since: 1.0
 */
GripItem *
grip_batch_get_item (GripBatch *self,
                     guint      index)
{
  g_return_val_if_fail (GRIP_IS_BATCH (self), NULL);
  g_return_val_if_fail (index < self->items->len, NULL);

  return g_ptr_array_index (self->items, index);
}

/**
 * grip_batch_get_fate:
 * @self: a batch
 * @index: which item
 *
 * Tells what became of an item. With several endpoints it is the fate at the one where least is known of
 * it; [method@Grip.Batch.get_error] names them all.
 *
 * Returns: the fate; [enum@Grip.Fate.UNKNOWN] until the publish has ended
 *
 * Since: 1.0
 */
GripFate
grip_batch_get_fate (GripBatch *self,
                     guint      index)
{
  g_return_val_if_fail (GRIP_IS_BATCH (self), GRIP_FATE_UNKNOWN);
  g_return_val_if_fail (index < self->items->len, GRIP_FATE_UNKNOWN);

  if (g_atomic_int_get (&self->state) != STATE_ENDED)
    return GRIP_FATE_UNKNOWN;

  return self->results[index].fate;
}

/**
 * grip_batch_get_error:
 * @self: a batch
 * @index: which item
 *
 * Tells why an item was not accepted, with the names of the endpoints.
 *
 * Returns: (transfer none) (nullable): the error, %NULL when every endpoint accepted the item or the
 *   publish has not ended
 *
 * Since: 1.0
 */
const GError *
grip_batch_get_error (GripBatch *self,
                      guint      index)
{
  g_return_val_if_fail (GRIP_IS_BATCH (self), NULL);
  g_return_val_if_fail (index < self->items->len, NULL);

  if (g_atomic_int_get (&self->state) != STATE_ENDED)
    return NULL;

  return self->results[index].error;
}

/* For the publisher */

gboolean
grip_batch_begin (GripBatch  *self,
                  GError    **error)
{
  if (!g_atomic_int_compare_and_exchange (&self->state, STATE_OPEN, STATE_UNDER_WAY))
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM, "the batch was published before");
      return FALSE;
    }

  self->results = g_new0 (GripItemResult, MAX (1, self->items->len));
  for (guint i = 0; i < self->items->len; i++)
    self->results[i].fate = GRIP_FATE_ACCEPTED;
  if (self->items->len > 0)
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM, "the batch has no item");

  return FALSE;
}

const char * const *
grip_batch_get_channels (GripBatch *self)
{
  return (const char * const *) self->channels->pdata;
}

GripItem * const *
grip_batch_get_items (GripBatch *self)
{
  return (GripItem * const *) self->items->pdata;
}

/* Notes what an endpoint did not accept. The caller sees to it that only one thread does so. */
void
grip_batch_note (GripBatch    *self,
                 guint         index,
                 const char   *endpoint,
                 GripFate      fate,
                 const GError *error)
{
  GripItemResult *result = &self->results[index];

  result->fate = MAX (result->fate, fate);
  if (result->error == NULL)
    {
      result->error = g_error_copy (error);
      g_prefix_error (&result->error, "channel '%s' at %s: %s: ",
                      grip_batch_get_channel (self, index), endpoint, grip_fate_to_string (fate));
      return;
    }

  g_prefix_error (&result->error, "%s: %s: %s; ", endpoint, grip_fate_to_string (fate), error->message);
}

gboolean
grip_batch_has_ended (GripBatch *self)
{
  return g_atomic_int_get (&self->state) == STATE_ENDED;
}

/* @error: (nullable): why nothing was published at all */
void
grip_batch_end (GripBatch    *self,
                const GError *error)
{
  for (guint i = 0; error != NULL && i < self->items->len; i++)
    {
      self->results[i].fate = GRIP_FATE_NOT_SENT;
      self->results[i].error = g_error_copy (error);
    }

  g_atomic_int_set (&self->state, STATE_ENDED);
}
