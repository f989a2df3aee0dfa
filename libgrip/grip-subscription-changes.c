/* grip-subscription-changes.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-error.h"
#include "grip-json-private.h"
#include "grip-subscription-changes.h"

/* {"items":[{"channel":…}]}: nothing deeper is asked for. */
#define MAX_DEPTH 8

/**
 * GripSubscriptionChanges:
 *
 * What a subscription monitor tells (protocol 4.3): who has come and gone, in its order, and where in
 * the monitor's list of changes that is. Immutable.
 *
 * It is for transports: those that come with libgrip use it, and a plugin of another service can.
 *
 * Since: 1.0
 */

typedef struct
{
  char     *channel;
  gboolean  subscribed;
} Change;

struct _GripSubscriptionChanges
{
  GObject  parent_instance;

  GArray  *changes;
  char    *cursor;
  char    *previous_cursor;
};

G_DEFINE_FINAL_TYPE (GripSubscriptionChanges, grip_subscription_changes, G_TYPE_OBJECT)

static void
clear_change (gpointer data)
{
  g_free (((Change *) data)->channel);
}

static void
grip_subscription_changes_finalize (GObject *object)
{
  GripSubscriptionChanges *self = GRIP_SUBSCRIPTION_CHANGES (object);

  g_array_unref (self->changes);
  g_free (self->cursor);
  g_free (self->previous_cursor);

  G_OBJECT_CLASS (grip_subscription_changes_parent_class)->finalize (object);
}

static void
grip_subscription_changes_class_init (GripSubscriptionChangesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = grip_subscription_changes_finalize;
}

static void
grip_subscription_changes_init (GripSubscriptionChanges *self)
{
  self->changes = g_array_new (FALSE, FALSE, sizeof (Change));
  g_array_set_clear_func (self->changes, clear_change);
}

static gboolean
fail (const char  *problem,
      GError     **error)
{
  g_set_error_literal (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, problem);
  return FALSE;
}

static const char *
get_string (JsonObject *object,
            const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
         json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

/* A cursor that is not there is none; it may be null. */
static gboolean
take_cursor (JsonObject  *object,
             const char  *name,
             char       **cursor,
             GError     **error)
{
  JsonNode   *node = json_object_get_member (object, name);
  const char *text = get_string (object, name);

  if (text == NULL && node != NULL && !JSON_NODE_HOLDS_NULL (node))
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "'%s' is not a string", name);
      return FALSE;
    }

  *cursor = text != NULL && *text != '\0' ? g_strdup (text) : NULL;

  return TRUE;
}

static gboolean
take_change (GripSubscriptionChanges  *self,
             JsonNode                 *node,
             GError                  **error)
{
  JsonObject *object;
  const char *channel;
  const char *state;
  Change      change;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return fail ("a change of a subscription is not an object", error);

  object = json_node_get_object (node);
  channel = get_string (object, "channel");
  state = get_string (object, "state");
  if (channel == NULL)
    return fail ("a change of a subscription has no 'channel' that is a string", error);

  change.subscribed = g_strcmp0 (state, "subscribed") == 0;
  if (!change.subscribed && g_strcmp0 (state, "unsubscribed") != 0)
    return fail ("the 'state' of a subscription is neither 'subscribed' nor 'unsubscribed'", error);

  change.channel = g_strdup (channel);
  g_array_append_val (self->changes, change);

  return TRUE;
}

static gboolean
read_page (GripSubscriptionChanges  *self,
           JsonObject               *object,
           GError                  **error)
{
  JsonNode  *node = json_object_get_member (object, "items");
  JsonArray *items;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return fail ("a page of subscriptions has no 'items' that is a list", error);

  items = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (items); i++)
    if (!take_change (self, json_array_get_element (items, i), error))
      return FALSE;

  return take_cursor (object, "last_cursor", &self->cursor, error);
}

static gboolean
read_line (GripSubscriptionChanges  *self,
           JsonObject               *object,
           GError                  **error)
{
  return take_change (self, json_object_get_member (object, "item"), error) &&
         take_cursor (object, "cursor", &self->cursor, error) &&
         take_cursor (object, "prev_cursor", &self->previous_cursor, error) &&
         (self->cursor != NULL || fail ("a change of a subscription has no 'cursor'", error));
}

static GripSubscriptionChanges *
parse (GBytes    *json,
       gboolean (*read) (GripSubscriptionChanges  *self,
                         JsonObject               *object,
                         GError                  **error),
       GError   **error)
{
  g_autoptr(GripSubscriptionChanges)  self = NULL;
  g_autoptr(JsonNode)                 node = NULL;
  gsize                               length;
  const char                         *data = g_bytes_get_data (json, &length);

  node = grip_json_parse (data, length, MAX_DEPTH, error);
  if (node == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      fail ("what a subscription monitor sent is not an object", error);
      return NULL;
    }

  self = g_object_new (GRIP_TYPE_SUBSCRIPTION_CHANGES, NULL);
  if (!read (self, json_node_get_object (node), error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * grip_subscription_changes_new_for_page:
 * @json: `{"items":[{"channel":…,"state":…},…],"last_cursor":…}`
 * @error: return location for an error
 *
 * Reads a page of the history of a subscription monitor. Its size is for the caller to limit.
 *
 * Errors: `GRIP_ERROR_MALFORMED`, with what and where.
 *
 * Returns: (transfer full): the changes; none of them on the last page
 *
 * Since: 1.0
 */
GripSubscriptionChanges *
grip_subscription_changes_new_for_page (GBytes  *json,
                                        GError **error)
{
  g_return_val_if_fail (json != NULL, NULL);

  return parse (json, read_page, error);
}

/**
 * grip_subscription_changes_new_for_line:
 * @json: `{"item":{"channel":…,"state":…},"cursor":…,"prev_cursor":…}`
 * @error: return location for an error
 *
 * Reads a line of the stream of a subscription monitor. Its size is for the caller to limit.
 *
 * Errors: `GRIP_ERROR_MALFORMED`, with what and where.
 *
 * Returns: (transfer full): the one change
 *
 * Since: 1.0
 */
GripSubscriptionChanges *
grip_subscription_changes_new_for_line (GBytes  *json,
                                        GError **error)
{
  g_return_val_if_fail (json != NULL, NULL);

  return parse (json, read_line, error);
}

/**
 * grip_subscription_changes_get_n_changes:
 * @self: changes
 *
 * Counts the changes.
 *
 * Returns: the number of changes
 *
 * Since: 1.0
 */
guint
grip_subscription_changes_get_n_changes (GripSubscriptionChanges *self)
{
  g_return_val_if_fail (GRIP_IS_SUBSCRIPTION_CHANGES (self), 0);

  return self->changes->len;
}

/**
 * grip_subscription_changes_get_channel:
 * @self: changes
 * @index: which one
 *
 * Tells the channel of a change.
 *
 * Returns: (transfer none): the channel
 *
 * Since: 1.0
 */
const char *
grip_subscription_changes_get_channel (GripSubscriptionChanges *self,
                                       guint                    index)
{
  g_return_val_if_fail (GRIP_IS_SUBSCRIPTION_CHANGES (self), NULL);
  g_return_val_if_fail (index < self->changes->len, NULL);

  return g_array_index (self->changes, Change, index).channel;
}

/**
 * grip_subscription_changes_get_subscribed:
 * @self: changes
 * @index: which one
 *
 * Tells whether the channel has a subscriber now.
 *
 * Returns: false if it has none any more
 *
 * Since: 1.0
 */
gboolean
grip_subscription_changes_get_subscribed (GripSubscriptionChanges *self,
                                          guint                    index)
{
  g_return_val_if_fail (GRIP_IS_SUBSCRIPTION_CHANGES (self), FALSE);
  g_return_val_if_fail (index < self->changes->len, FALSE);

  return g_array_index (self->changes, Change, index).subscribed;
}

/**
 * grip_subscription_changes_get_cursor:
 * @self: changes
 *
 * Tells where in the monitor's list the last of the changes is.
 *
 * Returns: (transfer none) (nullable): the cursor, or %NULL when there is none
 *
 * Since: 1.0
 */
const char *
grip_subscription_changes_get_cursor (GripSubscriptionChanges *self)
{
  g_return_val_if_fail (GRIP_IS_SUBSCRIPTION_CHANGES (self), NULL);

  return self->cursor;
}

/**
 * grip_subscription_changes_get_previous_cursor:
 * @self: changes of a line
 *
 * Tells what stands before the change in the monitor's list. If that was not seen there is a gap.
 *
 * Returns: (transfer none) (nullable): the cursor, or %NULL when there is none
 *
 * Since: 1.0
 */
const char *
grip_subscription_changes_get_previous_cursor (GripSubscriptionChanges *self)
{
  g_return_val_if_fail (GRIP_IS_SUBSCRIPTION_CHANGES (self), NULL);

  return self->previous_cursor;
}
