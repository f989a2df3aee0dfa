/* grip-zmq-link.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-zmq-audience.h"
#include "grip-zmq-link.h"
#include "grip-zmq-monitor.h"
#include "grip-zmq-outlet.h"
#include "grip-zmq-subscriptions.h"

/* What libzmq holds for each proxy. More would be lost with a connection. */
#define HIGH_WATER_MARK  1000
/* And what the kernel holds, which is told as published and lost with the proxy: left to itself it takes megabytes.
 * Messages that wait there are also out of the processor's cache when their turn comes. Linux doubles it for what
 * it needs besides. */
#define SEND_BUFFER      (256 * 1024)
/* Beyond that the table would be what eats the memory. */
#define MAX_CHANNELS     (4 * 1000 * 1000)
/* libzmq keeps names in a tree as deep as they are long, and takes it down recursively. */
#define MAX_FRAME        (2 * GRIP_ZMQ_SUBSCRIPTIONS_MAX_NAME)
/* A proxy whose machine is gone sends no farewell. */
#define HEARTBEAT_MSEC   10000

struct _GripZmqLink
{
  GripBaseTransport    *transport;      /* the owner */
  GripZmqSocket        *socket;
  GripZmqMonitor       *monitor;
  GripZmqOutlet        *outlet;
  GripZmqSubscriptions *subscriptions;  /* NULL for PUSH */
  GripZmqAudience       audience;
  GMainContext         *context;
  GSource              *timer;
  char                 *addresses;
  GHashTable           *refused;        /* addresses of which that was told */
  gboolean              has_several;    /* or may have: what one proxy has told says nothing of others */
  gboolean              is_waiting;     /* a message wants to know more than is known */
  int                   is_known;       /* atomic */
  gboolean              in_message;     /* the next frame is another one of the same */
  GripZmqLinkFunc       away_func;
  gpointer              user_data;
};

/* Whether the core may hand over a delivery. */
static void
update (GripZmqLink *self)
{
  gint64   now = g_get_monotonic_time ();
  gboolean is_settled = grip_zmq_audience_is_settled (&self->audience, now);
  gboolean is_full;

  if (self->outlet == NULL)
    return;

  grip_zmq_audience_forget (&self->audience, now);
  is_full = grip_zmq_outlet_is_full (self->outlet);
  if (is_settled)
    self->is_waiting = FALSE;
  g_atomic_int_set (&self->is_known, is_settled && grip_zmq_audience_is_complete (&self->audience));

  if (self->subscriptions == NULL)
    grip_zmq_socket_set_events (self->socket, is_full ? ZMQ_POLLOUT : 0);
  else
    grip_zmq_socket_set_wants_work (self->socket, is_full);
  g_source_set_ready_time (self->timer, grip_zmq_audience_next_change (&self->audience, now));
  grip_base_transport_set_ready (self->transport,
                                 !is_full && !self->is_waiting &&
                                 grip_zmq_audience_is_present (&self->audience, now));
}

static gboolean
timer_cb (gpointer user_data)
{
  update (user_data);

  return G_SOURCE_CONTINUE;
}

static gboolean
timer_dispatch (GSource     *source,
                GSourceFunc  callback,
                gpointer     user_data)
{
  g_source_set_ready_time (source, -1);

  return callback (user_data);
}

static GSourceFuncs timer_funcs = { .dispatch = timer_dispatch };

/* What the outlet asks */

static GripZmqVerdict
judge_cb (const char *channel,
          gpointer    user_data)
{
  GripZmqLink *self = user_data;
  gboolean     is_known = grip_zmq_subscriptions_contains (self->subscriptions, channel);

  if (is_known && !self->has_several)
    return GRIP_ZMQ_VERDICT_SEND;

  if (!grip_zmq_audience_is_settled (&self->audience, g_get_monotonic_time ()))
    {
      self->is_waiting = TRUE;
      return GRIP_ZMQ_VERDICT_WAIT;
    }
  if (is_known)
    return GRIP_ZMQ_VERDICT_SEND;

  return grip_zmq_audience_is_complete (&self->audience) ? GRIP_ZMQ_VERDICT_SKIP : GRIP_ZMQ_VERDICT_FAIL;
}

static void
look_cb (gpointer user_data)
{
  GripZmqLink *self = user_data;

  grip_zmq_monitor_drain (self->monitor);
}

static GError *
complain_cb (gpointer user_data)
{
  GripZmqLink     *self = user_data;
  GripZmqAudience *audience = &self->audience;

  if (grip_zmq_audience_is_complete (audience))
    return NULL;

  return g_error_new (GRIP_ERROR, GRIP_ERROR_NOT_CONNECTED,
                      "%u of the %u proxies at %s are not connected, and may have subscribers",
                      audience->n_expected - audience->n_connected, audience->n_expected, self->addresses);
}

static void
answered_cb (gpointer user_data)
{
  update (user_data);
}

static const GripZmqOutletFuncs outlet_funcs = {
  .judge = judge_cb,
  .look = look_cb,
  .complain = complain_cb,
  .answered = answered_cb,
};

/* Connections */

static void
disconnected (GripZmqLink *self)
{
  gboolean is_last;

  grip_zmq_audience_disconnected (&self->audience, g_get_monotonic_time ());
  is_last = self->audience.n_connected == 0;

  /* libzmq drops the pipe now, and tells of the subscriptions that went with it. */
  grip_zmq_socket_get_events (self->socket);
  grip_zmq_outlet_lose (self->outlet, is_last);
  update (self);
  if (is_last)
    self->away_func (self->user_data);
}

static void
monitor_cb (GripZmqChange  change,
            const char    *address,
            gpointer       user_data)
{
  GripZmqLink *self = user_data;

  if (change == GRIP_ZMQ_REFUSED)
    {
      if (g_hash_table_add (self->refused, g_strdup (address)))
        g_message ("%s " GRIP_ZMQ_MONITOR_REFUSED, address);
      return;
    }
  if (change == GRIP_ZMQ_DISCONNECTED)
    {
      g_debug ("%s is disconnected", address);
      disconnected (self);
      return;
    }

  g_debug ("%s is connected", address);
  g_hash_table_remove (self->refused, address);
  grip_zmq_audience_connected (&self->audience, g_get_monotonic_time ());
  update (self);
}

static void
take_subscription (GripZmqLink *self,
                   zmq_msg_t   *message)
{
  g_autofree char *channel = NULL;

  switch (grip_zmq_subscriptions_take (self->subscriptions, zmq_msg_data (message),
                                       zmq_msg_size (message), &channel))
    {
    case GRIP_ZMQ_SUBSCRIPTION_FIRST:
      self->is_waiting = self->is_waiting && self->has_several;
      grip_base_transport_channel_subscribed (self->transport, channel);
      break;
    case GRIP_ZMQ_SUBSCRIPTION_LAST:
      grip_base_transport_channel_unsubscribed (self->transport, channel);
      break;
    case GRIP_ZMQ_SUBSCRIPTION_SAME:
    default:
      break;
    }
}

static void
take_subscriptions (GripZmqLink *self)
{
  zmq_msg_t message;

  for (guint i = 0; i < GRIP_ZMQ_SOCKET_BATCH && grip_zmq_socket_receive (self->socket, &message); i++)
    {
      gboolean more = zmq_msg_more (&message) != 0;

      /* A message of several frames is none, nor is any of them. */
      if (!self->in_message && !more)
        take_subscription (self, &message);
      self->in_message = more;
      zmq_msg_close (&message);
    }

  /* Those that went with a proxy tell of nobody: it is told before them that the proxy is gone. */
  grip_zmq_monitor_drain (self->monitor);
  grip_zmq_audience_heard (&self->audience, g_get_monotonic_time ());
  update (self);
}

static void
events_cb (GripZmqSocket *socket,
           short          events,
           gpointer       user_data)
{
  GripZmqLink *self = user_data;

  if ((events & ZMQ_POLLIN) != 0)
    take_subscriptions (self);
  if ((events & ZMQ_POLLOUT) == 0 && !grip_zmq_outlet_is_full (self->outlet))
    return;

  /* All of a delivery may be with libzmq now: then room is not waited for any more. */
  grip_zmq_outlet_resume (self->outlet);
  update (self);
}

static void
set_options (GripZmqLink *self)
{
  grip_zmq_socket_set_integer (self->socket, ZMQ_SNDHWM, HIGH_WATER_MARK);
  grip_zmq_socket_set_integer (self->socket, ZMQ_SNDBUF, SEND_BUFFER);
  grip_zmq_socket_set_integer (self->socket, ZMQ_IMMEDIATE, 1);
  grip_zmq_socket_set_integer (self->socket, ZMQ_HEARTBEAT_IVL, HEARTBEAT_MSEC);
  if (self->subscriptions == NULL)
    return;

  grip_zmq_socket_set_integer (self->socket, ZMQ_RCVHWM, 0);
  grip_zmq_socket_set_integer (self->socket, ZMQ_XPUB_NODROP, 1);
  grip_zmq_socket_set_integer (self->socket, ZMQ_XPUB_VERBOSER, 1);
  grip_zmq_socket_set_max_size (self->socket, MAX_FRAME);
}

static gboolean
set_curve (GripZmqLink   *self,
           GripEndpoint  *endpoint,
           GError       **error)
{
  if (grip_endpoint_get_control_zmq_bind (endpoint) && self->subscriptions != NULL)
    return grip_zmq_socket_set_curve_server (self->socket, grip_endpoint_get_control_zmq_secret_key (endpoint), error);

  return grip_zmq_socket_set_curve (self->socket, grip_endpoint_get_control_zmq_server_key (endpoint),
                                    grip_endpoint_get_control_zmq_public_key (endpoint),
                                    grip_endpoint_get_control_zmq_secret_key (endpoint), error);
}

static gboolean
open_addresses (GripZmqLink   *self,
                GripEndpoint  *endpoint,
                GError       **error)
{
  g_auto(GStrv) addresses = g_strsplit (self->addresses, ",", -1);
  gboolean      binds = self->subscriptions != NULL && grip_endpoint_get_control_zmq_bind (endpoint);
  gint64        grace = grip_endpoint_get_grace_time (endpoint) * (gint64) G_USEC_PER_SEC;

  self->has_several = binds || g_strv_length (addresses) > 1;
  grip_zmq_audience_init (&self->audience, binds ? 0 : g_strv_length (addresses), grace, g_get_monotonic_time ());
  /* Nothing is to be heard from a PULL socket. */
  if (self->subscriptions == NULL)
    self->audience.grace = 0;

  for (guint i = 0; addresses[i] != NULL; i++)
    if (binds ? !grip_zmq_socket_bind (self->socket, addresses[i], error)
              : !grip_zmq_socket_connect (self->socket, addresses[i], error))
      return FALSE;

  return TRUE;
}

static void
start (GripZmqLink *self)
{
  self->outlet = grip_zmq_outlet_new (self->socket, self->context, self->subscriptions != NULL, &outlet_funcs, self);
  self->timer = g_source_new (&timer_funcs, sizeof (GSource));
  g_source_set_static_name (self->timer, "ZMQ link");
  g_source_set_callback (self->timer, timer_cb, self, NULL);
  g_source_attach (self->timer, self->context);
  grip_zmq_socket_watch (self->socket, self->context, self->subscriptions != NULL ? ZMQ_POLLIN : 0,
                         events_cb, self);
}

/* @addresses has a comma between each two. To be called in the context of @transport, where everything
 * happens. */
GripZmqLink *
grip_zmq_link_new (GripBaseTransport  *transport,
                   gboolean            is_pub,
                   const char         *addresses,
                   GripZmqLinkFunc     away_func,
                   gpointer            user_data,
                   GError            **error)
{
  g_autoptr(GripZmqLink)  self = g_new0 (GripZmqLink, 1);
  GripEndpoint           *endpoint = grip_transport_get_endpoint (GRIP_TRANSPORT (transport));

  self->transport = transport;
  self->addresses = g_strdup (addresses);
  self->refused = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->away_func = away_func;
  self->user_data = user_data;
  self->context = g_main_context_ref (grip_base_transport_get_main_context (transport));
  self->socket = grip_zmq_socket_new (is_pub ? ZMQ_XPUB : ZMQ_PUSH, error);
  if (self->socket == NULL)
    return NULL;
  if (is_pub)
    self->subscriptions = grip_zmq_subscriptions_new (MAX_CHANNELS);

  set_options (self);
  start (self);
  self->monitor = grip_zmq_monitor_new (self->socket, self->context, monitor_cb, self, error);
  if (self->monitor == NULL || !set_curve (self, endpoint, error) || !open_addresses (self, endpoint, error))
    return NULL;
  update (self);

  return g_steal_pointer (&self);
}

static void
forget_subscriptions (GripZmqLink *self)
{
  g_autoptr(GPtrArray) channels = NULL;

  if (self->subscriptions == NULL)
    return;

  channels = grip_zmq_subscriptions_clear (self->subscriptions);
  for (guint i = 0; i < channels->len; i++)
    grip_base_transport_channel_unsubscribed (self->transport, g_ptr_array_index (channels, i));
}

/* Answers what is under way, and tells that the channels have no subscribers any more. */
void
grip_zmq_link_free (GripZmqLink *self)
{
  forget_subscriptions (self);
  g_clear_pointer (&self->outlet, grip_zmq_outlet_free);
  g_clear_pointer (&self->monitor, grip_zmq_monitor_free);
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  g_clear_pointer (&self->socket, grip_zmq_socket_free);
  g_clear_pointer (&self->subscriptions, grip_zmq_subscriptions_free);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->refused, g_hash_table_unref);
  g_free (self->addresses);
  g_free (self);
}

void
grip_zmq_link_deliver (GripZmqLink  *self,
                       GripDelivery *delivery)
{
  /* What the core had taken when things changed. */
  if (grip_zmq_outlet_is_busy (self->outlet) || !grip_base_transport_get_ready (self->transport))
    {
      grip_delivery_complete_first (delivery, 0);
      return;
    }

  grip_zmq_outlet_deliver (self->outlet, delivery);
  update (self);
}

/* Callable from any thread, as the next. */
gboolean
grip_zmq_link_is_known (GripZmqLink *self)
{
  return self->subscriptions != NULL && g_atomic_int_get (&self->is_known);
}

gboolean
grip_zmq_link_is_subscribed (GripZmqLink *self,
                             const char  *channel)
{
  return !grip_zmq_link_is_known (self) ||
         grip_zmq_subscriptions_contains (self->subscriptions, channel);
}
