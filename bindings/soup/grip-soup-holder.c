/* grip-soup-holder.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-soup-holder-private.h"
#include "grip-soup-sequencer-private.h"

/* As Pushpin: the last id of a channel is known for so long after its last client has gone, so that a
 * long poll that comes again is told what it missed. */
#define CHANNEL_LINGER (60 * G_USEC_PER_SEC)

/* Many clients are due at about the same time: they are looked through once for all of them. */
#define CLOCK_STEP (50 * 1000)

#define DEFAULT_LIMIT (1024 * 1024)

/* Seconds for another server to say something. */
#define FETCH_TIMEOUT 60

typedef struct
{
  GHashTable *clients;   /* set */
  gint64      gone;      /* when the last one has left, -1 while there are some */
} Channel;

struct _GripSoupHolder
{
  GMainContext        *context;
  GSource             *clock;
  GripSoupPoller      *poller;     /* or NULL */
  SoupSession         *session;    /* NULL until it is needed */
  GripSoupSequencer   *sequencer;
  GHashTable          *clients;    /* set, owned */
  GPtrArray           *marked;     /* owned */
  gsize                limit;
  GripSoupChannelFunc  changed;
  gpointer             user_data;

  /* The names are looked at from other threads. */
  GMutex               mutex;
  GHashTable          *channels;   /* name -> Channel */
};

static void
channel_free (gpointer data)
{
  Channel *self = data;

  g_hash_table_unref (self->clients);
  g_free (self);
}

static void hand_out     (const char       *name,
                          GripSoupRendered *rendered,
                          gpointer          user_data);
static gboolean clock_cb (gpointer          user_data);

static gboolean
dispatch_clock (GSource     *source,
                GSourceFunc  callback,
                gpointer     user_data)
{
  return callback (user_data);
}

static GSourceFuncs clock_funcs = { .dispatch = dispatch_clock };

GripSoupHolder *
grip_soup_holder_new (GMainContext        *context,
                      GripSoupChannelFunc  changed,
                      gpointer             user_data)
{
  GripSoupHolder *self = g_new0 (GripSoupHolder, 1);

  self->context = g_main_context_ref (context);
  self->poller = grip_soup_poller_new (context);
  self->sequencer = grip_soup_sequencer_new (hand_out, self);
  self->clients = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->channels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, channel_free);
  self->marked = g_ptr_array_new_with_free_func (g_object_unref);
  self->limit = DEFAULT_LIMIT;
  self->changed = changed;
  self->user_data = user_data;
  g_mutex_init (&self->mutex);

  self->clock = g_source_new (&clock_funcs, sizeof (GSource));
  g_source_set_static_name (self->clock, "GripSoupHolder");
  g_source_set_callback (self->clock, clock_cb, self, NULL);
  g_source_attach (self->clock, context);

  return self;
}

static gpointer *
list_clients (GHashTable *set,
              guint      *n)
{
  gpointer *clients = g_hash_table_get_keys_as_array (set, n);

  for (guint i = 0; i < *n; i++)
    g_object_ref (clients[i]);

  return clients;
}

void
grip_soup_holder_free (GripSoupHolder *self)
{
  guint n;
  g_autofree gpointer *clients = list_clients (self->clients, &n);

  self->changed = NULL;
  for (guint i = 0; i < n; i++)
    {
      GRIP_SOUP_CLIENT_GET_CLASS (clients[i])->cut (clients[i]);
      grip_soup_client_leave (clients[i]);
      g_object_unref (clients[i]);
    }

  g_source_destroy (self->clock);
  g_source_unref (self->clock);
  g_clear_pointer (&self->poller, grip_soup_poller_unref);
  if (self->session != NULL)
    soup_session_abort (self->session);
  g_clear_object (&self->session);
  g_ptr_array_unref (self->marked);
  g_hash_table_unref (self->clients);
  g_hash_table_unref (self->channels);
  grip_soup_sequencer_free (self->sequencer);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

guint
grip_soup_holder_get_n_clients (GripSoupHolder *self)
{
  return g_hash_table_size (self->clients);
}

gsize
grip_soup_holder_get_limit (GripSoupHolder *self)
{
  return self->limit;
}

void
grip_soup_holder_set_limit (GripSoupHolder *self,
                            gsize           limit)
{
  self->limit = limit;
}

void
grip_soup_holder_add (GripSoupHolder *self,
                      GripSoupClient *client)
{
  GPtrArray *subscriptions = grip_soup_client_get_subscriptions (client);

  g_hash_table_add (self->clients, g_object_ref (client));
  for (guint i = 0; i < subscriptions->len; i++)
    {
      GripSoupSubscription *subscription = g_ptr_array_index (subscriptions, i);

      grip_soup_holder_subscribe (self, client, subscription->name);
    }

  if (grip_soup_client_get_due (client) >= 0)
    grip_soup_holder_wake (self, grip_soup_client_get_due (client));
}

void
grip_soup_holder_remove (GripSoupHolder *self,
                         GripSoupClient *client)
{
  GPtrArray *subscriptions = grip_soup_client_get_subscriptions (client);

  for (guint i = 0; i < subscriptions->len; i++)
    {
      GripSoupSubscription *subscription = g_ptr_array_index (subscriptions, i);

      grip_soup_holder_unsubscribe (self, client, subscription->name);
    }

  g_hash_table_remove (self->clients, client);
}

void
grip_soup_holder_subscribe (GripSoupHolder *self,
                            GripSoupClient *client,
                            const char     *name)
{
  Channel *channel = g_hash_table_lookup (self->channels, name);
  gboolean is_new = channel == NULL;

  if (is_new)
    {
      channel = g_new0 (Channel, 1);
      channel->clients = g_hash_table_new (NULL, NULL);
      g_mutex_lock (&self->mutex);
      g_hash_table_insert (self->channels, g_strdup (name), channel);
      g_mutex_unlock (&self->mutex);
    }

  channel->gone = -1;
  g_hash_table_add (channel->clients, client);
  if (is_new && self->changed != NULL)
    self->changed (name, TRUE, self->user_data);
}

void
grip_soup_holder_unsubscribe (GripSoupHolder *self,
                              GripSoupClient *client,
                              const char     *name)
{
  Channel *channel = g_hash_table_lookup (self->channels, name);

  if (channel == NULL || !g_hash_table_remove (channel->clients, client) ||
      g_hash_table_size (channel->clients) > 0)
    return;

  channel->gone = g_get_monotonic_time ();
  grip_soup_holder_wake (self, channel->gone + CHANNEL_LINGER);
}

gboolean
grip_soup_holder_is_subscribed (GripSoupHolder *self,
                                const char     *name)
{
  gboolean subscribed;

  g_mutex_lock (&self->mutex);
  subscribed = g_hash_table_contains (self->channels, name);
  g_mutex_unlock (&self->mutex);

  return subscribed;
}

gboolean
grip_soup_holder_forget_last_id (GripSoupHolder *self,
                                 const char     *channel,
                                 const char     *prev_id)
{
  const char *last_id = grip_soup_sequencer_get_last_id (self->sequencer, channel);

  if (last_id == NULL || g_strcmp0 (last_id, prev_id) == 0)
    return FALSE;

  grip_soup_sequencer_forget (self->sequencer, channel);
  return TRUE;
}

static void
hand_out (const char       *name,
          GripSoupRendered *rendered,
          gpointer          user_data)
{
  GripSoupHolder *self = user_data;
  Channel *channel = g_hash_table_lookup (self->channels, name);
  g_autofree gpointer *clients = NULL;
  guint n;

  if (channel == NULL)
    return;

  /* A client may leave, and others with it, while it gets the item. */
  clients = list_clients (channel->clients, &n);
  for (guint i = 0; i < n; i++)
    {
      grip_soup_client_deliver (clients[i], name, rendered);
      g_object_unref (clients[i]);
    }
}

void
grip_soup_holder_publish (GripSoupHolder   *self,
                          const char       *channel,
                          GripSoupRendered *rendered)
{
  gboolean in_order = !rendered->no_seq && g_hash_table_contains (self->channels, channel);
  gint64 due;

  grip_soup_sequencer_add (self->sequencer, channel, rendered, in_order);
  due = grip_soup_sequencer_get_due (self->sequencer);
  if (due >= 0)
    grip_soup_holder_wake (self, due);
}

void
grip_soup_holder_mark (GripSoupHolder *self,
                       GripSoupClient *client)
{
  g_ptr_array_add (self->marked, g_object_ref (client));
}

void
grip_soup_holder_flush (GripSoupHolder *self)
{
  g_autoptr(GPtrArray) marked = NULL;

  if (self->marked->len == 0)
    return;

  marked = g_steal_pointer (&self->marked);
  self->marked = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < marked->len; i++)
    {
      GripSoupClient *client = g_ptr_array_index (marked, i);

      if (grip_soup_client_take_mark (client))
        GRIP_SOUP_CLIENT_GET_CLASS (client)->flush (client);
    }
}

void
grip_soup_holder_wake (GripSoupHolder *self,
                       gint64          due)
{
  gint64 ready = g_source_get_ready_time (self->clock);

  if (ready < 0 || due < ready)
    g_source_set_ready_time (self->clock, due);
}

static gint64
expire_channels (GripSoupHolder *self,
                 gint64          now)
{
  GHashTableIter iter;
  gpointer name = NULL;
  gpointer value = NULL;
  gint64 next = -1;
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      Channel *channel = value;

      if (channel->gone < 0)
        continue;
      if (channel->gone + CHANNEL_LINGER <= now)
        g_ptr_array_add (names, g_strdup (name));
      else if (next < 0 || channel->gone + CHANNEL_LINGER < next)
        next = channel->gone + CHANNEL_LINGER;
    }

  for (guint i = 0; i < names->len; i++)
    {
      const char *gone = g_ptr_array_index (names, i);

      grip_soup_sequencer_forget (self->sequencer, gone);
      g_mutex_lock (&self->mutex);
      g_hash_table_remove (self->channels, gone);
      g_mutex_unlock (&self->mutex);
      if (self->changed != NULL)
        self->changed (gone, FALSE, self->user_data);
    }

  return next;
}

static void
expire_clients (GripSoupHolder *self,
                gint64          now)
{
  g_autoptr(GPtrArray) due = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer client = NULL;

  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, &client, NULL))
    {
      gint64 at = grip_soup_client_get_due (client);

      if (at >= 0 && at <= now)
        g_ptr_array_add (due, g_object_ref (client));
    }

  for (guint i = 0; i < due->len; i++)
    {
      GripSoupClient *expired = g_ptr_array_index (due, i);

      grip_soup_client_set_due (expired, -1);
      if (grip_soup_client_get_holder (expired) != NULL)
        GRIP_SOUP_CLIENT_GET_CLASS (expired)->expire (expired, now);
    }
}

static gint64
find_next (GripSoupHolder *self,
           gint64          next)
{
  GHashTableIter iter;
  gpointer client = NULL;
  gint64 due = grip_soup_sequencer_get_due (self->sequencer);

  if (due >= 0 && (next < 0 || due < next))
    next = due;

  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, &client, NULL))
    {
      due = grip_soup_client_get_due (client);
      if (due >= 0 && (next < 0 || due < next))
        next = due;
    }

  return next;
}

static gboolean
clock_cb (gpointer user_data)
{
  GripSoupHolder *self = user_data;
  gint64 now = g_get_monotonic_time ();
  gint64 next;

  g_source_set_ready_time (self->clock, -1);
  grip_soup_sequencer_expire (self->sequencer, now);
  expire_clients (self, now);
  next = find_next (self, expire_channels (self, now));
  grip_soup_holder_flush (self);
  if (next >= 0)
    grip_soup_holder_wake (self, MAX (next, now + CLOCK_STEP));

  return G_SOURCE_CONTINUE;
}

typedef struct
{
  GripSoupLaterFunc func;
  gpointer          user_data;
  GDestroyNotify    destroy;
} Later;

static gboolean
later_cb (gpointer user_data)
{
  Later *later = user_data;

  later->func (later->user_data);

  return G_SOURCE_REMOVE;
}

static void
later_free (gpointer data)
{
  Later *later = data;

  later->destroy (later->user_data);
  g_free (later);
}

void
grip_soup_holder_later (GripSoupHolder    *self,
                        GripSoupLaterFunc  func,
                        gpointer           user_data,
                        GDestroyNotify     destroy)
{
  g_autoptr(GSource) source = g_idle_source_new ();
  Later *later = g_new0 (Later, 1);

  later->func = func;
  later->user_data = user_data;
  later->destroy = destroy;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, later_cb, later, later_free);
  g_source_attach (source, self->context);
}

SoupSession *
grip_soup_holder_get_session (GripSoupHolder *self)
{
  if (self->session == NULL)
    self->session = soup_session_new_with_options ("timeout", FETCH_TIMEOUT, NULL);

  return self->session;
}

GripSoupPoller *
grip_soup_holder_get_poller (GripSoupHolder    *self,
                             SoupServerMessage *message)
{
  const char *scheme = g_uri_get_scheme (soup_server_message_get_uri (message));

  /* With TLS bytes may wait where the socket knows nothing of them. */
  if (soup_server_message_get_socket (message) == NULL || strcmp (scheme, "http") != 0)
    return NULL;

  return self->poller;
}
