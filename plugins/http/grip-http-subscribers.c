/* grip-http-subscribers.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>
#include <unistd.h>

#include "grip-http-subscribers.h"

struct _GripHttpSubscribers
{
  pid_t              pid;

  /* Only in the transport's context. */
  GripBaseTransport *transport;
  gsize              bytes;

  GMutex             lock;
  GHashTable        *channels;
  GError            *error;
  gboolean           known;
  gboolean           given_up;
};

GripHttpSubscribers *
grip_http_subscribers_new (void)
{
  GripHttpSubscribers *self = g_new0 (GripHttpSubscribers, 1);

  self->pid = getpid ();
  self->channels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_mutex_init (&self->lock);

  return self;
}

void
grip_http_subscribers_free (GripHttpSubscribers *self)
{
  g_clear_object (&self->transport);
  g_hash_table_unref (self->channels);
  g_clear_error (&self->error);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* @transport: (nullable): whom to tell */
void
grip_http_subscribers_set_transport (GripHttpSubscribers *self,
                                     GripBaseTransport   *transport)
{
  g_set_object (&self->transport, transport);
}

static void
notify (GripHttpSubscribers *self,
        const char          *property)
{
  if (self->transport != NULL)
    g_object_notify (G_OBJECT (self->transport), property);
}

void
grip_http_subscribers_set_known (GripHttpSubscribers *self,
                                 gboolean             known)
{
  gboolean changed;

  g_mutex_lock (&self->lock);
  changed = self->known != known;
  self->known = known;
  g_mutex_unlock (&self->lock);

  if (changed)
    notify (self, "subscriptions-known");
}

/* @error: (nullable): why it is not known. @given_up: it never will be */
void
grip_http_subscribers_set_error (GripHttpSubscribers *self,
                                 const GError        *error,
                                 gboolean             given_up)
{
  gboolean changed;

  g_mutex_lock (&self->lock);
  changed = g_strcmp0 (self->error != NULL ? self->error->message : NULL,
                       error != NULL ? error->message : NULL) != 0 || self->given_up != given_up;
  if (changed)
    {
      g_clear_error (&self->error);
      self->error = error != NULL ? g_error_copy (error) : NULL;
      self->given_up = given_up;
    }
  g_mutex_unlock (&self->lock);

  if (changed)
    notify (self, "subscriptions-error");
}

/* No lock is held while a handler runs. */
void
grip_http_subscribers_change (GripHttpSubscribers *self,
                              const char          *channel,
                              gboolean             subscribed)
{
  gboolean changed;

  g_mutex_lock (&self->lock);
  changed = subscribed ? g_hash_table_add (self->channels, g_strdup (channel))
                       : g_hash_table_remove (self->channels, channel);
  g_mutex_unlock (&self->lock);

  if (!changed)
    return;

  if (subscribed)
    {
      self->bytes += strlen (channel);
      grip_base_transport_channel_subscribed (self->transport, channel);
    }
  else
    {
      self->bytes -= strlen (channel);
      grip_base_transport_channel_unsubscribed (self->transport, channel);
    }
}

/* Tells of each channel that it has no subscriber any more, and knows nothing then. */
void
grip_http_subscribers_forget (GripHttpSubscribers *self)
{
  g_autoptr(GripBaseTransport)  transport = NULL;
  g_autoptr(GHashTable)         channels = NULL;
  GHashTableIter                iter;
  gpointer                      channel;

  if (self->transport == NULL)
    return;

  transport = g_object_ref (self->transport);
  grip_http_subscribers_set_known (self, FALSE);
  self->bytes = 0;

  g_mutex_lock (&self->lock);
  channels = self->channels;
  self->channels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_mutex_unlock (&self->lock);

  g_hash_table_iter_init (&iter, channels);
  while (g_hash_table_iter_next (&iter, &channel, NULL))
    grip_base_transport_channel_unsubscribed (transport, channel);
}

/* How long the names of the channels are together. */
gsize
grip_http_subscribers_get_bytes (GripHttpSubscribers *self)
{
  return self->bytes;
}

gboolean
grip_http_subscribers_is_known (GripHttpSubscribers *self)
{
  gboolean known;

  g_mutex_lock (&self->lock);
  known = self->known;
  g_mutex_unlock (&self->lock);

  return known;
}

/* Returns: (nullable): why it is not known */
GError *
grip_http_subscribers_dup_error (GripHttpSubscribers *self)
{
  GError *error;

  g_mutex_lock (&self->lock);
  error = self->error != NULL ? g_error_copy (self->error) : NULL;
  g_mutex_unlock (&self->lock);

  return error;
}

gboolean
grip_http_subscribers_is_given_up (GripHttpSubscribers *self)
{
  gboolean given_up;

  g_mutex_lock (&self->lock);
  given_up = self->given_up;
  g_mutex_unlock (&self->lock);

  return given_up;
}

/* Unknown is not nobody. In a forked child nothing is known, and the lock may be held by a thread that
 * is not there. */
gboolean
grip_http_subscribers_may_have (GripHttpSubscribers *self,
                                const char          *channel)
{
  gboolean may;

  if (self->pid != getpid ())
    return TRUE;

  g_mutex_lock (&self->lock);
  may = !self->known || g_hash_table_contains (self->channels, channel);
  g_mutex_unlock (&self->lock);

  return may;
}
