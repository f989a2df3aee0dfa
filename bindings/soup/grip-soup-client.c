/* grip-soup-client.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-soup-client-private.h"
#include "grip-soup-filter-private.h"
#include "grip-soup-holder-private.h"

/* As Pushpin has it. */
#define MAX_SUBSCRIPTIONS 20

typedef struct
{
  GripSoupHolder *holder;          /* while it is held */
  GPtrArray      *subscriptions;
  GHashTable     *meta;            /* NULL for none */
  gint64          due;
  guint           marked : 1;
} GripSoupClientPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (GripSoupClient, grip_soup_client, G_TYPE_OBJECT)

static inline GripSoupClientPrivate *
priv_of (GripSoupClient *self)
{
  return grip_soup_client_get_instance_private (self);
}

static void
subscription_free (gpointer data)
{
  GripSoupSubscription *self = data;

  g_free (self->name);
  g_free (self->prev_id);
  g_strfreev (self->filters);
  g_free (self);
}

static void
grip_soup_client_finalize (GObject *object)
{
  GripSoupClientPrivate *priv = priv_of (GRIP_SOUP_CLIENT (object));

  g_clear_pointer (&priv->subscriptions, g_ptr_array_unref);
  g_clear_pointer (&priv->meta, g_hash_table_unref);

  G_OBJECT_CLASS (grip_soup_client_parent_class)->finalize (object);
}

static gboolean
grip_soup_client_keep (GripSoupClient   *self,
                       const char       *channel,
                       GripSoupRendered *rendered)
{
  return FALSE;
}

static GBytes *
grip_soup_client_dup_content (GripSoupClient *self,
                              GripSoupPart   *part)
{
  return part->content != NULL ? g_bytes_ref (part->content) : NULL;
}

static void
grip_soup_client_nothing (GripSoupClient *self)
{
}

static void
grip_soup_client_left (GripSoupClient *self,
                       GripSoupHolder *holder)
{
}

static void
grip_soup_client_class_init (GripSoupClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = grip_soup_client_finalize;
  klass->keep = grip_soup_client_keep;
  klass->dup_content = grip_soup_client_dup_content;
  klass->recover = grip_soup_client_nothing;
  klass->flush = grip_soup_client_nothing;
  klass->left = grip_soup_client_left;
}

static void
grip_soup_client_init (GripSoupClient *self)
{
  priv_of (self)->subscriptions = g_ptr_array_new_with_free_func (subscription_free);
  priv_of (self)->due = -1;
}

static GripSoupSubscription *
find (GripSoupClient *self,
      const char     *name,
      guint          *index)
{
  GPtrArray *subscriptions = priv_of (self)->subscriptions;

  for (guint i = 0; i < subscriptions->len; i++)
    {
      GripSoupSubscription *subscription = g_ptr_array_index (subscriptions, i);

      if (strcmp (subscription->name, name) != 0)
        continue;
      if (index != NULL)
        *index = i;
      return subscription;
    }

  return NULL;
}

GripSoupHolder *
grip_soup_client_get_holder (GripSoupClient *self)
{
  return priv_of (self)->holder;
}

GPtrArray *
grip_soup_client_get_subscriptions (GripSoupClient *self)
{
  return priv_of (self)->subscriptions;
}

void
grip_soup_client_hold (GripSoupClient *self,
                       GripSoupHolder *holder)
{
  priv_of (self)->holder = holder;
  grip_soup_holder_add (holder, self);
}

void
grip_soup_client_leave (GripSoupClient *self)
{
  GripSoupHolder *holder = g_steal_pointer (&priv_of (self)->holder);

  if (holder == NULL)
    return;

  GRIP_SOUP_CLIENT_GET_CLASS (self)->left (self, holder);
  grip_soup_holder_remove (holder, self);
}

void
grip_soup_client_subscribe (GripSoupClient     *self,
                            const char         *name,
                            const char         *prev_id,
                            const char * const *filters)
{
  GripSoupClientPrivate *priv = priv_of (self);
  GripSoupSubscription *subscription = find (self, name, NULL);

  if (subscription == NULL && priv->subscriptions->len >= MAX_SUBSCRIPTIONS)
    {
      g_message ("A held client has %d channels, more are left out", MAX_SUBSCRIPTIONS);
      return;
    }

  if (subscription == NULL)
    {
      subscription = g_new0 (GripSoupSubscription, 1);
      subscription->name = g_strdup (name);
      g_ptr_array_add (priv->subscriptions, subscription);
      if (priv->holder != NULL)
        grip_soup_holder_subscribe (priv->holder, self, name);
    }

  g_free (subscription->prev_id);
  subscription->prev_id = g_strdup (prev_id);
  g_strfreev (subscription->filters);
  subscription->filters = filters != NULL && filters[0] != NULL ? g_strdupv ((char **) filters) : NULL;
}

void
grip_soup_client_unsubscribe (GripSoupClient *self,
                              const char     *name)
{
  GripSoupClientPrivate *priv = priv_of (self);
  guint index;

  if (find (self, name, &index) == NULL)
    return;

  if (priv->holder != NULL)
    grip_soup_holder_unsubscribe (priv->holder, self, name);
  g_ptr_array_remove_index (priv->subscriptions, index);
}

/* With the prefix; what follows is the channel's own. */
static GPtrArray *
list_channels (GripInstruct *instruct)
{
  const char *prefix = grip_instruct_get_channel_prefix (instruct);
  g_autoptr(GPtrArray) channels = grip_instruct_get_channels (instruct);
  GPtrArray *named = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < channels->len; i++)
    {
      GripChannel *channel = g_ptr_array_index (channels, i);
      g_autofree char *name = g_strconcat (prefix != NULL ? prefix : "", grip_channel_get_name (channel), NULL);

      g_ptr_array_add (named, grip_channel_new_full (name, grip_channel_get_prev_id (channel),
                                                     grip_channel_get_filters (channel)));
    }

  return named;
}

static gboolean
has_channel (GPtrArray  *channels,
             const char *name)
{
  for (guint i = 0; i < channels->len; i++)
    {
      if (strcmp (grip_channel_get_name (g_ptr_array_index (channels, i)), name) == 0)
        return TRUE;
    }

  return FALSE;
}

void
grip_soup_client_set_channels (GripSoupClient *self,
                               GripInstruct   *instruct)
{
  GripSoupClientPrivate *priv = priv_of (self);
  g_autoptr(GPtrArray) channels = list_channels (instruct);

  for (guint i = priv->subscriptions->len; i > 0; i--)
    {
      GripSoupSubscription *subscription = g_ptr_array_index (priv->subscriptions, i - 1);

      if (!has_channel (channels, subscription->name))
        grip_soup_client_unsubscribe (self, subscription->name);
    }

  for (guint i = 0; i < channels->len; i++)
    {
      GripChannel *channel = g_ptr_array_index (channels, i);

      grip_soup_client_subscribe (self, grip_channel_get_name (channel), grip_channel_get_prev_id (channel),
                                  grip_channel_get_filters (channel));
    }
}

void
grip_soup_client_set_meta (GripSoupClient *self,
                           const char     *name,
                           const char     *value)
{
  GripSoupClientPrivate *priv = priv_of (self);

  if (priv->meta == NULL)
    priv->meta = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  if (value != NULL)
    g_hash_table_replace (priv->meta, g_strdup (name), g_strdup (value));
  else
    g_hash_table_remove (priv->meta, name);
}

void
grip_soup_client_copy_meta (GripSoupClient *self,
                            GripInstruct   *instruct)
{
  g_auto(GStrv) names = grip_instruct_get_meta_names (instruct);

  g_clear_pointer (&priv_of (self)->meta, g_hash_table_unref);
  for (guint i = 0; names[i] != NULL; i++)
    grip_soup_client_set_meta (self, names[i], grip_instruct_get_meta (instruct, names[i]));
}

GPtrArray *
grip_soup_client_dup_last (GripSoupClient *self)
{
  GPtrArray *subscriptions = priv_of (self)->subscriptions;
  GPtrArray *last = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < subscriptions->len; i++)
    {
      GripSoupSubscription *subscription = g_ptr_array_index (subscriptions, i);

      if (subscription->prev_id != NULL)
        g_ptr_array_add (last, grip_channel_new_full (subscription->name, subscription->prev_id, NULL));
    }

  return last;
}

gboolean
grip_soup_client_find_conflict (GripSoupClient *self)
{
  GripSoupClientPrivate *priv = priv_of (self);
  gboolean found = FALSE;

  for (guint i = 0; i < priv->subscriptions->len; i++)
    {
      GripSoupSubscription *subscription = g_ptr_array_index (priv->subscriptions, i);

      /* All of them: each is looked for only once. */
      if (subscription->prev_id != NULL &&
          grip_soup_holder_forget_last_id (priv->holder, subscription->name, subscription->prev_id))
        found = TRUE;
    }

  return found;
}

static GPtrArray *
list_names (GripSoupClient *self)
{
  GPtrArray *subscriptions = priv_of (self)->subscriptions;
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < subscriptions->len; i++)
    {
      GripSoupSubscription *subscription = g_ptr_array_index (subscriptions, i);

      g_ptr_array_add (names, subscription->name);
    }

  return names;
}

static gboolean
filter (GripSoupClient        *self,
        GripSoupSubscription  *subscription,
        GripSoupRendered      *rendered,
        GBytes                *content,
        GBytes               **result)
{
  g_autoptr(GPtrArray) names = NULL;

  if (subscription->filters == NULL)
    {
      *result = content != NULL ? g_bytes_ref (content) : NULL;
      return TRUE;
    }

  names = list_names (self);

  return grip_soup_filter_run ((const char * const *) subscription->filters, priv_of (self)->meta, names,
                               rendered, content, result);
}

static void
take_prev_id (GripSoupSubscription *subscription,
              GripSoupRendered     *rendered)
{
  if (subscription->prev_id == NULL)
    return;

  g_free (subscription->prev_id);
  subscription->prev_id = g_strdup (rendered->id);
}

void
grip_soup_client_deliver (GripSoupClient   *self,
                          const char       *channel,
                          GripSoupRendered *rendered)
{
  GripSoupClientClass *klass = GRIP_SOUP_CLIENT_GET_CLASS (self);
  GripSoupClientPrivate *priv = priv_of (self);
  GripSoupPart *part = klass->get_part (self, rendered);
  GripSoupSubscription *subscription = NULL;
  g_autoptr(GBytes) original = NULL;
  g_autoptr(GBytes) content = NULL;

  if (part->action == GRIP_SOUP_ACTION_NONE || priv->holder == NULL ||
      klass->keep (self, channel, rendered))
    return;

  subscription = find (self, channel, NULL);
  if (subscription == NULL)
    return;

  if (subscription->prev_id != NULL && g_strcmp0 (subscription->prev_id, rendered->prev_id) != 0)
    {
      grip_soup_holder_forget_last_id (priv->holder, channel, NULL);
      klass->recover (self);
      return;
    }

  if (part->content_filters != NULL &&
      !grip_soup_filter_match ((const char * const *) subscription->filters,
                               (const char * const *) part->content_filters))
    return;

  /* After a hint the origin is asked for what it hints at. */
  if (part->action == GRIP_SOUP_ACTION_SEND)
    take_prev_id (subscription, rendered);
  original = klass->dup_content (self, part);
  if (!filter (self, subscription, rendered, original, &content))
    return;

  if (part->action == GRIP_SOUP_ACTION_SEND)
    klass->send (self, part, content);
  else
    klass->act (self, part);
}

gint64
grip_soup_client_get_due (GripSoupClient *self)
{
  return priv_of (self)->due;
}

void
grip_soup_client_set_due (GripSoupClient *self,
                          gint64          due)
{
  GripSoupClientPrivate *priv = priv_of (self);

  priv->due = due;
  if (due >= 0 && priv->holder != NULL)
    grip_soup_holder_wake (priv->holder, due);
}

void
grip_soup_client_mark (GripSoupClient *self)
{
  GripSoupClientPrivate *priv = priv_of (self);

  if (priv->marked || priv->holder == NULL)
    return;

  priv->marked = TRUE;
  grip_soup_holder_mark (priv->holder, self);
}

gboolean
grip_soup_client_take_mark (GripSoupClient *self)
{
  GripSoupClientPrivate *priv = priv_of (self);
  gboolean marked = priv->marked;

  priv->marked = FALSE;

  return marked && priv->holder != NULL;
}
