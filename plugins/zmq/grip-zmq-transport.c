/* grip-zmq-transport.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <unistd.h>

#include "grip-zmq-discovery.h"
#include "grip-zmq-exchange.h"
#include "grip-zmq-link.h"
#include "grip-zmq-publish.h"
#include "grip-zmq-transport.h"

#define DEFAULT_REQUEST_TIMEOUT 10.0
/* What is under way is in doubt when a connection breaks: so it is not more than this, and enough that the
 * way from one delivery to the next does not count. */
#define MAX_BATCH               4000
/* A request on the command socket: of the size that HTTP has, so that one proxy knows one limit. */
#define MAX_REQUEST             1000000

typedef enum
{
  MODE_PUSH,
  MODE_PUB,
  MODE_COMMAND,
} Mode;

/* Sends items to the sockets of a proxy (protocol 5). */
struct _GripZmqTransport
{
  GripBaseTransport  parent_instance;

  Mode               mode;
  GripZmqPublish    *publish;
  GripZmqDiscovery  *discovery;
  GMutex             lock;        /* for link, which others ask for subscriptions */
  GripZmqLink       *link;
  char              *address;
  GError            *broken;
  double             request_timeout;
  pid_t              pid;
};

enum
{
  PROP_0,
  PROP_REQUEST_TIMEOUT,
  PROP_SUBSCRIPTIONS_KNOWN,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void control_iface_init (GripZmqControlInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GripZmqTransport, grip_zmq_transport, GRIP_TYPE_BASE_TRANSPORT,
                               G_IMPLEMENT_INTERFACE (GRIP_TYPE_ZMQ_CONTROL, control_iface_init))

static Mode
choose_mode (GripEndpoint *endpoint)
{
  const char *mode = grip_endpoint_get_control_zmq_mode (endpoint);

  if (mode != NULL)
    return g_str_equal (mode, "command") ? MODE_COMMAND : g_str_equal (mode, "pub") ? MODE_PUB : MODE_PUSH;
  if (grip_endpoint_get_require_subscribers (endpoint))
    return MODE_PUB;

  /* With one address the mode is that of the address. */
  return grip_endpoint_get_control_zmq_pub_uri (endpoint) != NULL &&
         grip_endpoint_get_control_zmq_push_uri (endpoint) == NULL &&
         grip_endpoint_get_control_zmq_uri (endpoint) == NULL ? MODE_PUB : MODE_PUSH;
}

static GripEndpoint *
get_endpoint (GripZmqTransport *self)
{
  return grip_transport_get_endpoint (GRIP_TRANSPORT (self));
}

static const char *
get_configured_address (GripZmqTransport *self)
{
  return self->mode == MODE_PUB ? grip_endpoint_get_control_zmq_pub_uri (get_endpoint (self))
                                : grip_endpoint_get_control_zmq_push_uri (get_endpoint (self));
}

/* A transport that cannot work says so at every delivery; one that waits lets deliveries wait. */
static void
set_broken (GripZmqTransport *self,
            const GError     *error)
{
  g_clear_error (&self->broken);
  if (error != NULL)
    self->broken = g_error_copy (error);
  grip_base_transport_set_ready (GRIP_BASE_TRANSPORT (self), error != NULL);
}

static void
set_link (GripZmqTransport *self,
          GripZmqLink      *link)
{
  GripZmqLink *old;

  g_mutex_lock (&self->lock);
  old = g_steal_pointer (&self->link);
  self->link = link;
  g_mutex_unlock (&self->lock);

  g_clear_pointer (&old, grip_zmq_link_free);
}

/* The proxy may come back at other addresses. */
static void
away_cb (gpointer user_data)
{
  GripZmqTransport *self = user_data;

  if (self->discovery != NULL)
    grip_zmq_discovery_start (self->discovery);
}

static void
open_link (GripZmqTransport *self,
           const char       *address)
{
  g_autoptr(GError)  error = NULL;
  GripZmqLink       *link;

  set_link (self, NULL);
  g_clear_error (&self->broken);
  g_free (self->address);
  self->address = g_strdup (address);

  link = grip_zmq_link_new (GRIP_BASE_TRANSPORT (self), self->mode == MODE_PUB, address, away_cb, self, &error);
  if (link != NULL)
    set_link (self, link);
  else
    set_broken (self, error);
}

/* What was not possible may be possible now: a descriptor, or an address that was in use. */
static gboolean
is_passing (GripZmqTransport *self)
{
  return g_error_matches (self->broken, GRIP_ERROR, GRIP_ERROR_FAILED) ||
         g_error_matches (self->broken, GRIP_ERROR, GRIP_ERROR_NOT_CONNECTED);
}

static void
open_again (GripZmqTransport *self)
{
  g_autofree char *address = g_strdup (self->address);

  if (self->link == NULL && address != NULL && is_passing (self))
    open_link (self, address);
}

static void
discovered_cb (const char   *address,
               const GError *error,
               gboolean      is_final,
               gpointer      user_data)
{
  GripZmqTransport *self = user_data;

  if (address == NULL)
    {
      if (self->link == NULL)
        set_broken (self, is_final ? error : NULL);
      return;
    }

  if (self->link == NULL || g_strcmp0 (address, self->address) != 0)
    open_link (self, address);
}

static void
start_discovery (GripZmqTransport *self)
{
  self->discovery = grip_zmq_discovery_new (get_endpoint (self),
                                            self->mode == MODE_PUB ? "publish-sub" : "publish-pull",
                                            grip_base_transport_get_main_context (GRIP_BASE_TRANSPORT (self)),
                                            discovered_cb, self);
  grip_zmq_discovery_start (self->discovery);
}

static void
fail_no_address (GripZmqTransport *self)
{
  g_autoptr(GError) error = NULL;

  error = g_error_new (GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "the endpoint has neither 'control_zmq_uri' nor '%s'",
                       self->mode == MODE_PUB ? "control_zmq_pub_uri" : "control_zmq_push_uri");
  set_broken (self, error);
}

static void
grip_zmq_transport_open (GripBaseTransport *base)
{
  GripZmqTransport *self = GRIP_ZMQ_TRANSPORT (base);
  const char       *address;

  if (self->broken != NULL || self->pid != getpid ())
    return;

  address = get_configured_address (self);
  if (self->mode == MODE_COMMAND)
    self->publish = grip_zmq_publish_new (base);
  else if (address != NULL)
    open_link (self, address);
  else if (grip_endpoint_get_control_zmq_uri (get_endpoint (self)) != NULL)
    start_discovery (self);
  else
    fail_no_address (self);
}

static void
grip_zmq_transport_close (GripBaseTransport *base)
{
  GripZmqTransport *self = GRIP_ZMQ_TRANSPORT (base);

  /* What a forked child has inherited is not to be touched. */
  if (self->pid != getpid ())
    return;

  g_clear_pointer (&self->discovery, grip_zmq_discovery_free);
  set_link (self, NULL);
  g_clear_pointer (&self->publish, grip_zmq_publish_free);
}

static void
grip_zmq_transport_deliver (GripBaseTransport *base,
                            GripDelivery      *delivery)
{
  GripZmqTransport  *self = GRIP_ZMQ_TRANSPORT (base);
  g_autoptr(GError)  error = NULL;

  if (self->pid != getpid ())
    {
      error = g_error_new_literal (GRIP_ERROR, GRIP_ERROR_CLOSED,
                                   "the process was forked: its transports must be made anew");
      grip_delivery_fail_with_fate (delivery, GRIP_FATE_REFUSED, error);
      return;
    }

  open_again (self);
  if (self->broken != NULL)
    grip_delivery_fail_with_fate (delivery, is_passing (self) ? GRIP_FATE_NOT_SENT : GRIP_FATE_REFUSED, self->broken);
  else if (self->publish != NULL)
    grip_zmq_publish_deliver (self->publish, delivery, (gint64) (self->request_timeout * G_USEC_PER_SEC));
  else if (self->link != NULL)
    grip_zmq_link_deliver (self->link, delivery);
  else
    grip_delivery_complete_first (delivery, 0);
}

static gboolean
grip_zmq_transport_is_subscribed (GripBaseTransport *base,
                                  const char        *channel)
{
  GripZmqTransport *self = GRIP_ZMQ_TRANSPORT (base);
  gboolean          may_be;

  g_mutex_lock (&self->lock);
  may_be = self->link == NULL || grip_zmq_link_is_subscribed (self->link, channel);
  g_mutex_unlock (&self->lock);

  return may_be;
}

static gboolean
are_subscriptions_known (GripZmqTransport *self)
{
  gboolean are_known;

  g_mutex_lock (&self->lock);
  are_known = self->link != NULL && grip_zmq_link_is_known (self->link);
  g_mutex_unlock (&self->lock);

  return are_known;
}

static void
grip_zmq_transport_send_call (GripZmqControl *control,
                              GripZmqCall    *call)
{
  GripZmqTransport  *self = GRIP_ZMQ_TRANSPORT (control);
  g_autoptr(GError)  error = NULL;

  if (self->pid == getpid ())
    {
      grip_zmq_exchange_start (call, get_endpoint (self), (gint64) (self->request_timeout * G_USEC_PER_SEC));
      return;
    }

  error = g_error_new_literal (GRIP_ERROR, GRIP_ERROR_CLOSED,
                               "the process was forked: its transports must be made anew");
  grip_zmq_call_fail (call, error);
}

static void
control_iface_init (GripZmqControlInterface *iface)
{
  iface->send_call = grip_zmq_transport_send_call;
}

static void
set_limits (GripZmqTransport *self)
{
  GripBaseTransport *base = GRIP_BASE_TRANSPORT (self);
  guint              grace = grip_endpoint_get_grace_time (get_endpoint (self));

  grip_base_transport_set_encoding (base, self->mode == MODE_PUB ? GRIP_ENCODING_TNETSTRING_BARE
                                                                 : GRIP_ENCODING_TNETSTRING);
  if (self->mode == MODE_COMMAND)
    {
      grip_base_transport_set_max_batch_bytes (base, MAX_REQUEST);
      grip_base_transport_set_opens_early (base, FALSE);
      return;
    }

  grip_base_transport_set_ready (base, FALSE);
  grip_base_transport_set_max_batch_items (base, MAX_BATCH);
  if (self->mode == MODE_PUB)
    grip_base_transport_set_queue_timeout (base, MAX (grace, 0.001));
}

static void
grip_zmq_transport_constructed (GObject *object)
{
  GripZmqTransport *self = GRIP_ZMQ_TRANSPORT (object);

  G_OBJECT_CLASS (grip_zmq_transport_parent_class)->constructed (object);

  if (get_endpoint (self) == NULL)
    {
      self->broken = g_error_new_literal (GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "there is no endpoint");
      return;
    }

  self->mode = choose_mode (get_endpoint (self));
  set_limits (self);
}

static void
grip_zmq_transport_finalize (GObject *object)
{
  GripZmqTransport *self = GRIP_ZMQ_TRANSPORT (object);

  grip_zmq_transport_close (GRIP_BASE_TRANSPORT (self));
  g_free (self->address);
  g_clear_error (&self->broken);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (grip_zmq_transport_parent_class)->finalize (object);
}

static void
grip_zmq_transport_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  GripZmqTransport *self = GRIP_ZMQ_TRANSPORT (object);

  switch (prop_id)
    {
    case PROP_REQUEST_TIMEOUT:
      g_value_set_double (value, self->request_timeout);
      break;
    case PROP_SUBSCRIPTIONS_KNOWN:
      g_value_set_boolean (value, are_subscriptions_known (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_zmq_transport_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  GripZmqTransport *self = GRIP_ZMQ_TRANSPORT (object);

  switch (prop_id)
    {
    case PROP_REQUEST_TIMEOUT:
      if (self->request_timeout != g_value_get_double (value))
        {
          self->request_timeout = g_value_get_double (value);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_zmq_transport_class_init (GripZmqTransportClass *klass)
{
  GObjectClass           *object_class = G_OBJECT_CLASS (klass);
  GripBaseTransportClass *transport_class = GRIP_BASE_TRANSPORT_CLASS (klass);

  object_class->constructed = grip_zmq_transport_constructed;
  object_class->finalize = grip_zmq_transport_finalize;
  object_class->get_property = grip_zmq_transport_get_property;
  object_class->set_property = grip_zmq_transport_set_property;

  transport_class->open = grip_zmq_transport_open;
  transport_class->close = grip_zmq_transport_close;
  transport_class->deliver = grip_zmq_transport_deliver;
  transport_class->is_subscribed = grip_zmq_transport_is_subscribed;

  /**
   * GripZmqTransport:request-timeout:
   *
   * How many seconds a request to the command socket may take, other than that for the addresses.
   *
   * Set it before the first publish.
   */
  properties[PROP_REQUEST_TIMEOUT] =
    g_param_spec_double ("request-timeout", NULL, NULL,
                         0.001, 86400, DEFAULT_REQUEST_TIMEOUT,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripZmqTransport:subscriptions-known:
   *
   * Whether it is known which channels have subscribers. Changes are not notified.
   */
  properties[PROP_SUBSCRIPTIONS_KNOWN] =
    g_param_spec_boolean ("subscriptions-known", NULL, NULL,
                          FALSE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
grip_zmq_transport_init (GripZmqTransport *self)
{
  g_mutex_init (&self->lock);
  self->request_timeout = DEFAULT_REQUEST_TIMEOUT;
  self->pid = getpid ();
}
