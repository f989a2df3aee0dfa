/* grip-preparation.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <unistd.h>

#include "grip-error.h"
#include "grip-preparation-private.h"

static gboolean
check_order (const GripOrder  *order,
             GError          **error)
{
  if (order->n == 0)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM, "no channel was given");
      return FALSE;
    }

  if (order->simple != NULL && !grip_simple_item_check (order->simple, error))
    return FALSE;

  /* Those of a batch were checked when they were added. */
  for (guint i = 0; order->batch == NULL && i < order->n; i++)
    if (!grip_check_channel (order->channels[i], error))
      return FALSE;

  return TRUE;
}

/* One that no other publisher in the world has used. */
static char *
make_id (void)
{
  static guint64  base;
  static gsize    is_set;
  static int      count;

  if (g_once_init_enter (&is_set))
    {
      base = (guint64) g_random_int () << 32 | g_random_int ();
      g_once_init_leave (&is_set, 1);
    }

  return g_strdup_printf ("%" G_GINT64_MODIFIER "x-%x-%x", base, (guint) getpid (),
                          (guint) g_atomic_int_add (&count, 1));
}

/* Returns: whether all is in order and there is somebody to publish to */
gboolean
grip_preparation_begin (GripPreparation  *self,
                        GripPubControl   *control,
                        const GripOrder  *order,
                        GError          **error)
{
  if (!check_order (order, error))
    return FALSE;

  self->order = order;
  self->lanes = grip_pub_control_dup_lanes (control, &self->prefix, error);
  if (self->lanes == NULL)
    return FALSE;

  self->idempotent = grip_pub_control_get_idempotent (control);
  if (self->lanes->len > 0)
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_NO_ENDPOINT,
               "no endpoint is configured: nobody would get the item");

  return FALSE;
}

void
grip_preparation_clear (GripPreparation *self)
{
  g_clear_pointer (&self->lanes, g_ptr_array_unref);
  g_clear_pointer (&self->prefix, g_free);
  g_clear_object (&self->item);
  g_clear_pointer (&self->made_id, g_free);
}

/* The same item for all channels, or each its own. */
static void
choose_item (GripPreparation *self,
             guint            index)
{
  const GripOrder *order = self->order;
  GripItem        *item = order->items != NULL ? order->items[index] : order->item;

  if (index > 0 && order->items == NULL)
    return;

  g_clear_object (&self->item);
  if (item == NULL)
    {
      self->simple = *order->simple;
      if (self->idempotent && self->simple.id == NULL)
        self->simple.id = self->made_id = make_id ();
    }
  else if (self->idempotent && grip_item_get_id (item) == NULL)
    self->item = grip_item_dup_with_id (item, make_id ());
  else
    self->item = g_object_ref (item);
}

/* Makes the message for the channel of that number: in their order, each once. */
GripMessage *
grip_preparation_make (GripPreparation *self,
                       guint            index,
                       GripOutcome     *outcome,
                       GCancellable    *cancellable)
{
  GripEncoding  first = grip_lane_get_encoding (g_ptr_array_index (self->lanes, 0));
  const char   *channel = self->order->channels[index];
  GripMessage  *message;

  choose_item (self, index);
  if (self->item != NULL)
    message = grip_message_new (self->prefix, channel, self->item, first, outcome, cancellable);
  else
    message = grip_message_new_simple (self->prefix, channel, &self->simple, first, outcome, cancellable);

  message->index = index;
  for (guint k = 1; k < self->lanes->len; k++)
    grip_message_encode (message, grip_lane_get_encoding (g_ptr_array_index (self->lanes, k)));

  return message;
}
