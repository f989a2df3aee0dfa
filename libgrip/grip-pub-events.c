/* grip-pub-events.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-pub-control-private.h"
#include "grip-pub-events-private.h"
#include "grip-statistics-private.h"

/* Failures wait here for the publisher's context to run. One that never does must not fill memory: what
 * is beyond this is counted and logged all the same. */
#define MAX_WAITING 10000

typedef struct
{
  GripTransport *transport;     /* nullable */
  GripItem      *item;          /* nullable */
  char          *channel;
  GripFate       fate;
  GError        *error;
} GripFailure;

typedef struct
{
  gboolean subscribed;
  char     channel[];
} GripSubscription;

struct _GripPubEvents
{
  int             ref_count;
  GWeakRef        control;
  GMainContext   *context;
  GripFailureLog *log;

  GMutex          lock;
  GQueue          failures;
  GQueue          subscriptions;
  GHashTable     *subscribed;     /* channel → by how many transports */
  gboolean        changed;
  gboolean        scheduled;
};

static void
failure_free (GripFailure *failure)
{
  g_clear_object (&failure->transport);
  g_clear_object (&failure->item);
  g_free (failure->channel);
  g_error_free (failure->error);
  g_free (failure);
}

GripPubEvents *
grip_pub_events_new (GripPubControl *control,
                     GripFailureLog *log)
{
  GripPubEvents *self = g_new0 (GripPubEvents, 1);

  self->ref_count = 1;
  g_weak_ref_init (&self->control, control);
  self->context = g_main_context_ref_thread_default ();
  self->log = grip_failure_log_ref (log);
  g_mutex_init (&self->lock);
  g_queue_init (&self->failures);
  g_queue_init (&self->subscriptions);
  self->subscribed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  return self;
}

GripPubEvents *
grip_pub_events_ref (GripPubEvents *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

void
grip_pub_events_unref (GripPubEvents *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  g_queue_clear_full (&self->failures, (GDestroyNotify) failure_free);
  g_queue_clear_full (&self->subscriptions, g_free);
  g_hash_table_unref (self->subscribed);
  g_weak_ref_clear (&self->control);
  grip_failure_log_unref (self->log);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static void
emit_failures (GripPubControl *control,
               GQueue         *failures)
{
  GripFailure *failure;

  while ((failure = g_queue_pop_head (failures)) != NULL)
    {
      if (control != NULL)
        grip_pub_control_emit_failed (control, failure->transport, failure->channel, failure->item,
                                      failure->fate, failure->error);
      failure_free (failure);
    }
}

static void
emit_subscriptions (GripPubControl *control,
                    GQueue         *subscriptions)
{
  GripSubscription *subscription;

  while ((subscription = g_queue_pop_head (subscriptions)) != NULL)
    {
      if (control != NULL)
        grip_pub_control_emit_subscription (control, subscription->channel, subscription->subscribed);
      g_free (subscription);
    }
}

static gboolean
emit_cb (gpointer user_data)
{
  GripPubEvents            *self = user_data;
  g_autoptr(GripPubControl) control = g_weak_ref_get (&self->control);
  GQueue                    failures;
  GQueue                    subscriptions;
  gboolean                  changed;

  g_mutex_lock (&self->lock);
  failures = self->failures;
  g_queue_init (&self->failures);
  subscriptions = self->subscriptions;
  g_queue_init (&self->subscriptions);
  changed = self->changed;
  self->changed = FALSE;
  self->scheduled = FALSE;
  g_mutex_unlock (&self->lock);

  emit_subscriptions (control, &subscriptions);
  emit_failures (control, &failures);
  if (changed && control != NULL)
    g_object_notify (G_OBJECT (control), "statistics");

  return G_SOURCE_REMOVE;
}

/* One source for whatever has come together when the context runs. */
static void
schedule (GripPubEvents *self)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "GripPubControl events");
  g_source_set_callback (source, emit_cb, grip_pub_events_ref (self), (GDestroyNotify) grip_pub_events_unref);
  g_source_attach (source, self->context);
}

static void
unlock_and_schedule (GripPubEvents *self)
{
  gboolean due;

  due = !self->scheduled;
  self->scheduled = TRUE;
  g_mutex_unlock (&self->lock);

  if (due)
    schedule (self);
}

/* Takes over @failure. */
static void
tell_failure (GripPubEvents *self,
              GripFailure   *failure)
{
  g_mutex_lock (&self->lock);
  if (self->failures.length < MAX_WAITING)
    g_queue_push_tail (&self->failures, g_steal_pointer (&failure));
  unlock_and_schedule (self);

  if (failure != NULL)
    failure_free (failure);
}

/* A proxy may have a million subscriptions: one queue, and one source for all that has come together. */
static void
queue_subscription_locked (GripPubEvents *self,
                           const char    *channel,
                           gboolean       subscribed)
{
  gsize             length = strlen (channel) + 1;
  GripSubscription *subscription = g_malloc (sizeof *subscription + length);

  subscription->subscribed = subscribed;
  memcpy (subscription->channel, channel, length);
  g_queue_push_tail (&self->subscriptions, subscription);
}

/* The signals of all transports, in their threads: the publisher may be on its way out meanwhile, so it
 * is not touched here. */
static void
channel_subscribed_cb (GripBaseTransport *transport,
                       const char        *channel,
                       GripPubEvents     *self)
{
  guint count;

  g_mutex_lock (&self->lock);
  count = GPOINTER_TO_UINT (g_hash_table_lookup (self->subscribed, channel)) + 1;
  g_hash_table_insert (self->subscribed, g_strdup (channel), GUINT_TO_POINTER (count));
  if (count == 1)
    queue_subscription_locked (self, channel, TRUE);
  unlock_and_schedule (self);
}

static void
channel_unsubscribed_cb (GripBaseTransport *transport,
                         const char        *channel,
                         GripPubEvents     *self)
{
  guint count;

  g_mutex_lock (&self->lock);
  count = GPOINTER_TO_UINT (g_hash_table_lookup (self->subscribed, channel));
  if (count > 1)
    g_hash_table_insert (self->subscribed, g_strdup (channel), GUINT_TO_POINTER (count - 1));
  else
    g_hash_table_remove (self->subscribed, channel);
  if (count == 1)
    queue_subscription_locked (self, channel, FALSE);
  unlock_and_schedule (self);
}

static void
unref_closure_data (gpointer  data,
                    GClosure *closure)
{
  grip_pub_events_unref (data);
}

/* One that comes back after it was removed may still be connected: until it is closed it tells of its
 * channels. */
void
grip_pub_events_watch (GripPubEvents     *self,
                       GripBaseTransport *transport)
{
  if (g_signal_handler_find (transport, G_SIGNAL_MATCH_FUNC | G_SIGNAL_MATCH_DATA, 0, 0, NULL,
                             channel_subscribed_cb, self) != 0)
    return;

  g_signal_connect_data (transport, "channel-subscribed", G_CALLBACK (channel_subscribed_cb),
                         grip_pub_events_ref (self), unref_closure_data, 0);
  g_signal_connect_data (transport, "channel-unsubscribed", G_CALLBACK (channel_unsubscribed_cb),
                         grip_pub_events_ref (self), unref_closure_data, 0);
}

/* Logs and counts. Returns: whether anybody wants the signal */
static gboolean
note (GripPubEvents *self,
      const char    *endpoint,
      const char    *channel,
      GripFate       fate,
      const GError  *error)
{
  g_autoptr(GripPubControl) control = g_weak_ref_get (&self->control);

  grip_failure_log_note (self->log, endpoint, channel, fate, error);

  return control != NULL &&
         g_signal_has_handler_pending (control, g_signal_lookup ("failed", GRIP_TYPE_PUB_CONTROL), 0, FALSE);
}

static void
tell (GripPubEvents *self,
      GripTransport *transport,
      const char    *channel,
      GripItem      *item,
      GripFate       fate,
      const GError  *error)
{
  GripFailure *failure = g_new0 (GripFailure, 1);

  failure->transport = transport != NULL ? g_object_ref (transport) : NULL;
  failure->item = item != NULL ? g_object_ref (item) : NULL;
  failure->channel = g_strdup (channel);
  failure->fate = fate;
  failure->error = g_error_copy (error);
  tell_failure (self, failure);
}

static void
lane_failed_cb (GripLane     *lane,
                GripMessage  *message,
                GripFate      fate,
                const GError *error,
                gpointer      user_data)
{
  if (note (user_data, grip_lane_get_name (lane), message->channel, fate, error))
    tell (user_data, grip_lane_get_transport (lane), message->channel, grip_message_get_item (message),
          fate, error);
}

static void
lane_changed_cb (gpointer user_data)
{
  GripPubEvents            *self = user_data;
  g_autoptr(GripPubControl) control = g_weak_ref_get (&self->control);

  if (control == NULL || !grip_statistics_are_watched (G_OBJECT (control)))
    return;

  g_mutex_lock (&self->lock);
  self->changed = TRUE;
  unlock_and_schedule (self);
}

void
grip_pub_events_observe (GripPubEvents *self,
                         GripLane      *lane)
{
  static const GripLaneObserver observer = {
    .failed = lane_failed_cb,
    .changed = lane_changed_cb,
  };

  grip_lane_set_observer (lane, &observer, grip_pub_events_ref (self), (GDestroyNotify) grip_pub_events_unref);
}

/* A publish that came to no lane; @item is NULL when there could not be one. */
void
grip_pub_events_fail (GripPubEvents *self,
                      const char    *channel,
                      GripItem      *item,
                      const GError  *error)
{
  if (note (self, "all endpoints", channel, GRIP_FATE_NOT_SENT, error))
    tell (self, NULL, channel, item, GRIP_FATE_NOT_SENT, error);
}
