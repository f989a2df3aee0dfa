/* grip-zmq-subscriptions.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-zmq-subscriptions.h"

/* One small block of memory for each channel: there may be millions. */
typedef struct
{
  guint count;
  char  name[];
} Channel;

struct _GripZmqSubscriptions
{
  GMutex      lock;
  GHashTable *channels;     /* a set of Channel */
  guint       max_channels;
  guint64     n_untold;     /* subscriptions for which there was no room */
};

static guint
channel_hash (gconstpointer channel)
{
  return g_str_hash (((const Channel *) channel)->name);
}

static gboolean
channel_equal (gconstpointer a,
               gconstpointer b)
{
  return strcmp (((const Channel *) a)->name, ((const Channel *) b)->name) == 0;
}

static Channel *
channel_new (const char *name,
             gsize       length)
{
  Channel *channel = g_malloc (sizeof (Channel) + length + 1);

  channel->count = 0;
  memcpy (channel->name, name, length);
  channel->name[length] = '\0';

  return channel;
}

GripZmqSubscriptions *
grip_zmq_subscriptions_new (guint max_channels)
{
  GripZmqSubscriptions *self = g_new0 (GripZmqSubscriptions, 1);

  g_mutex_init (&self->lock);
  self->channels = g_hash_table_new_full (channel_hash, channel_equal, g_free, NULL);
  self->max_channels = max_channels;

  return self;
}

void
grip_zmq_subscriptions_free (GripZmqSubscriptions *self)
{
  g_hash_table_unref (self->channels);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static GripZmqSubscriptionChange
add_locked (GripZmqSubscriptions *self,
            Channel              *wanted)
{
  Channel *channel = g_hash_table_lookup (self->channels, wanted);

  if (channel != NULL)
    {
      channel->count++;
      return GRIP_ZMQ_SUBSCRIPTION_SAME;
    }
  if (g_hash_table_size (self->channels) >= self->max_channels)
    {
      self->n_untold++;
      return GRIP_ZMQ_SUBSCRIPTION_SAME;
    }

  channel = channel_new (wanted->name, strlen (wanted->name));
  channel->count = 1;
  g_hash_table_add (self->channels, channel);

  return GRIP_ZMQ_SUBSCRIPTION_FIRST;
}

static GripZmqSubscriptionChange
remove_locked (GripZmqSubscriptions *self,
               Channel              *wanted)
{
  Channel *channel = g_hash_table_lookup (self->channels, wanted);

  if (channel == NULL)
    {
      if (self->n_untold > 0)
        self->n_untold--;
      return GRIP_ZMQ_SUBSCRIPTION_SAME;
    }
  if (--channel->count > 0)
    return GRIP_ZMQ_SUBSCRIPTION_SAME;

  g_hash_table_remove (self->channels, channel);

  return GRIP_ZMQ_SUBSCRIPTION_LAST;
}

/* Takes one frame that an XPUB socket has received (protocol 5.3); what is none is ignored.
 *
 * Returns: what became of @channel, which is set (transfer full) unless it is the same */
GripZmqSubscriptionChange
grip_zmq_subscriptions_take (GripZmqSubscriptions  *self,
                             const char            *frame,
                             gsize                  length,
                             char                 **channel)
{
  GripZmqSubscriptionChange  change;
  g_autofree Channel        *wanted = NULL;

  if (length < 2 || frame[0] > 1 || frame[0] < 0 || length - 1 > GRIP_ZMQ_SUBSCRIPTIONS_MAX_NAME ||
      !g_utf8_validate (frame + 1, length - 1, NULL))
    {
      g_debug ("a frame of %" G_GSIZE_FORMAT " bytes is no subscription to a channel", length);
      return GRIP_ZMQ_SUBSCRIPTION_SAME;
    }

  wanted = channel_new (frame + 1, length - 1);
  g_mutex_lock (&self->lock);
  change = frame[0] == 1 ? add_locked (self, wanted) : remove_locked (self, wanted);
  g_mutex_unlock (&self->lock);

  if (change != GRIP_ZMQ_SUBSCRIPTION_SAME)
    *channel = g_strdup (wanted->name);

  return change;
}

/* Whether anybody may have subscribed: what was not kept counts as subscribed. */
gboolean
grip_zmq_subscriptions_contains (GripZmqSubscriptions *self,
                                 const char           *channel)
{
  gsize               length = strlen (channel);
  g_autofree Channel *wanted = NULL;
  gboolean            found;

  if (length > GRIP_ZMQ_SUBSCRIPTIONS_MAX_NAME)
    return TRUE;

  wanted = channel_new (channel, length);
  g_mutex_lock (&self->lock);
  found = self->n_untold > 0 || g_hash_table_contains (self->channels, wanted);
  g_mutex_unlock (&self->lock);

  return found;
}

/* Forgets everything.
 *
 * Returns: (transfer full) (element-type utf8): the channels that there were */
GPtrArray *
grip_zmq_subscriptions_clear (GripZmqSubscriptions *self)
{
  GPtrArray      *names = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter  iter;
  gpointer        channel;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, &channel, NULL))
    g_ptr_array_add (names, g_strdup (((Channel *) channel)->name));
  g_hash_table_remove_all (self->channels);
  self->n_untold = 0;
  g_mutex_unlock (&self->lock);

  return names;
}
