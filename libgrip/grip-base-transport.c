/* grip-base-transport.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-base-transport-private.h"
#include "grip-enums.h"

/**
 * GripBaseTransport:
 *
 * What transports derive from.
 *
 * Only `deliver` must be implemented: it takes a [class@Grip.Delivery] and answers it, now or later. A
 * transport that a program or a script makes lives in the main context that was thread-default when it was
 * constructed: `open`, `deliver` and `close` are called there and nowhere else. Those that the core
 * makes from an endpoint live in the worker's context of their [class@Grip.PubControl].
 *
 * Since: 1.0
 */

enum
{
  PROP_0,
  PROP_ENDPOINT,
  PROP_ENCODING,
  PROP_MAX_BATCH_BYTES,
  PROP_MAX_BATCH_ITEMS,
  PROP_MAX_IN_FLIGHT,
  PROP_QUEUE_TIMEOUT,
  PROP_READY,
  PROP_STATISTICS,
  N_PROPS
};

enum
{
  SIGNAL_CHANNEL_SUBSCRIBED,
  SIGNAL_CHANNEL_UNSUBSCRIBED,
  N_SIGNALS
};

static void transport_iface_init (GripTransportInterface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GripBaseTransport, grip_base_transport, G_TYPE_OBJECT,
                                  G_ADD_PRIVATE (GripBaseTransport)
                                  G_IMPLEMENT_INTERFACE (GRIP_TYPE_TRANSPORT, transport_iface_init))

static GParamSpec *properties[N_PROPS];
static guint       signals[N_SIGNALS];
static GPrivate    maker_context;

static inline GripBaseTransportPrivate *
priv_of (GripBaseTransport *self)
{
  return grip_base_transport_get_instance_private (self);
}

GripBaseTransportPrivate *
grip_base_transport_get_private (GripBaseTransport *self)
{
  return priv_of (self);
}

/* Between these, what is constructed in the calling thread lives in @context: pushing it as the
 * thread's default would take it from the worker that runs it. */
void
grip_base_transport_push_maker_context (GMainContext *context)
{
  g_private_set (&maker_context, context);
}

void
grip_base_transport_pop_maker_context (void)
{
  g_private_set (&maker_context, NULL);
}

static GripEndpoint *
grip_base_transport_get_endpoint (GripTransport *transport)
{
  return priv_of (GRIP_BASE_TRANSPORT (transport))->endpoint;
}

static void
grip_base_transport_send (GripTransport *transport,
                          GripDelivery  *delivery)
{
  GripBaseTransport *self = GRIP_BASE_TRANSPORT (transport);
  g_autoptr(GError)  error = NULL;

  if (GRIP_BASE_TRANSPORT_GET_CLASS (self)->deliver != NULL)
    {
      GRIP_BASE_TRANSPORT_GET_CLASS (self)->deliver (self, delivery);
      return;
    }

  error = g_error_new (GRIP_ERROR, GRIP_ERROR_NO_TRANSPORT,
                       "the transport %s implements no 'deliver'", G_OBJECT_TYPE_NAME (self));
  grip_delivery_fail (delivery, error);
}

static void
transport_iface_init (GripTransportInterface *iface)
{
  iface->get_endpoint = grip_base_transport_get_endpoint;
  iface->send = grip_base_transport_send;
}

static void
grip_base_transport_finalize (GObject *object)
{
  GripBaseTransportPrivate *priv = priv_of (GRIP_BASE_TRANSPORT (object));

  g_clear_object (&priv->endpoint);
  g_clear_pointer (&priv->context, g_main_context_unref);
  g_assert (priv->lane == NULL);
  g_clear_error (&priv->last_error);
  g_mutex_clear (&priv->lock);

  G_OBJECT_CLASS (grip_base_transport_parent_class)->finalize (object);
}

static void
grip_base_transport_get_property (GObject    *object,
                                  guint       prop_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  GripBaseTransportPrivate *priv = priv_of (GRIP_BASE_TRANSPORT (object));

  switch (prop_id)
    {
    case PROP_ENDPOINT:
      g_value_set_object (value, priv->endpoint);
      break;
    case PROP_ENCODING:
      g_value_set_enum (value, priv->encoding);
      break;
    case PROP_MAX_BATCH_BYTES:
      g_value_set_uint64 (value, priv->max_batch_bytes);
      break;
    case PROP_MAX_BATCH_ITEMS:
      g_value_set_uint (value, priv->max_batch_items);
      break;
    case PROP_MAX_IN_FLIGHT:
      g_value_set_uint (value, priv->max_in_flight);
      break;
    case PROP_QUEUE_TIMEOUT:
      g_value_set_double (value, grip_base_transport_get_queue_timeout (GRIP_BASE_TRANSPORT (object)));
      break;
    case PROP_STATISTICS:
      g_value_take_object (value, grip_base_transport_get_statistics (GRIP_BASE_TRANSPORT (object)));
      break;
    case PROP_READY:
      g_value_set_boolean (value, grip_base_transport_get_ready (GRIP_BASE_TRANSPORT (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_base_transport_set_property (GObject      *object,
                                  guint         prop_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  GripBaseTransport *self = GRIP_BASE_TRANSPORT (object);

  switch (prop_id)
    {
    case PROP_ENDPOINT:
      priv_of (self)->endpoint = g_value_dup_object (value);
      break;
    case PROP_ENCODING:
      grip_base_transport_set_encoding (self, g_value_get_enum (value));
      break;
    case PROP_MAX_BATCH_BYTES:
      grip_base_transport_set_max_batch_bytes (self, g_value_get_uint64 (value));
      break;
    case PROP_MAX_BATCH_ITEMS:
      grip_base_transport_set_max_batch_items (self, g_value_get_uint (value));
      break;
    case PROP_MAX_IN_FLIGHT:
      grip_base_transport_set_max_in_flight (self, g_value_get_uint (value));
      break;
    case PROP_QUEUE_TIMEOUT:
      grip_base_transport_set_queue_timeout (self, g_value_get_double (value));
      break;
    case PROP_READY:
      grip_base_transport_set_ready (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_base_transport_class_init (GripBaseTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = grip_base_transport_finalize;
  object_class->get_property = grip_base_transport_get_property;
  object_class->set_property = grip_base_transport_set_property;

  /**
   * GripBaseTransport:endpoint:
   *
   * The endpoint that the transport carries to; it may be %NULL for one that needs none.
   *
   * Since: 1.0
   */
  properties[PROP_ENDPOINT] =
    g_param_spec_object ("endpoint", NULL, NULL,
                         GRIP_TYPE_ENDPOINT,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * GripBaseTransport:encoding:
   *
   * The encoding of the payloads that the transport wants. It is for the transport to set, when it is
   * constructed.
   *
   * Since: 1.0
   */
  properties[PROP_ENCODING] =
    g_param_spec_enum ("encoding", NULL, NULL,
                       GRIP_TYPE_ENCODING, GRIP_ENCODING_JSON,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripBaseTransport:max-batch-bytes:
   *
   * How many bytes one delivery may have when it is sent, 0 for no limit. A larger item is refused
   * with `GRIP_ERROR_TOO_LARGE` before it is sent.
   *
   * Since: 1.0
   */
  properties[PROP_MAX_BATCH_BYTES] =
    g_param_spec_uint64 ("max-batch-bytes", NULL, NULL,
                         0, G_MAXSSIZE, 0,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripBaseTransport:max-batch-items:
   *
   * How many messages one delivery may have, 0 for no limit.
   *
   * Since: 1.0
   */
  properties[PROP_MAX_BATCH_ITEMS] =
    g_param_spec_uint ("max-batch-items", NULL, NULL,
                       0, G_MAXUINT, 0,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripBaseTransport:max-in-flight:
   *
   * How many deliveries the transport may have at the same time. A further one is handed over only when
   * a whole batch is waiting, and never has a channel that another one has: so the order of each
   * channel is kept, whichever is answered first.
   *
   * Since: 1.0
   */
  properties[PROP_MAX_IN_FLIGHT] =
    g_param_spec_uint ("max-in-flight", NULL, NULL,
                       1, 256, 1,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripBaseTransport:queue-timeout:
   *
   * How many seconds an item may wait for the transport before it is reported as not sent; 0 for the
   * publisher's [property@Grip.PubControl:timeout], which is the limit in any case.
   *
   * Since: 1.0
   */
  properties[PROP_QUEUE_TIMEOUT] =
    g_param_spec_double ("queue-timeout", NULL, NULL,
                         0, GRIP_MAX_TIMEOUT, 0,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripBaseTransport:ready:
   *
   * Whether the transport takes deliveries. While it does not, what is published waits, in order and
   * within the limits of the queue.
   *
   * Since: 1.0
   */
  properties[PROP_READY] =
    g_param_spec_boolean ("ready", NULL, NULL,
                          TRUE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripBaseTransport:statistics:
   *
   * What has become of the items for the transport's endpoint. It is notified in the transport's context,
   * once for many changes.
   *
   * Since: 1.0
   */
  properties[PROP_STATISTICS] =
    g_param_spec_object ("statistics", NULL, NULL,
                         GRIP_TYPE_STATISTICS,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * GripBaseTransport::channel-subscribed:
   * @self: a transport
   * @channel: the channel
   *
   * Somebody listens to @channel now. Emitted in the transport's context.
   *
   * Since: 1.0
   */
  signals[SIGNAL_CHANNEL_SUBSCRIBED] =
    g_signal_new ("channel-subscribed",
                  G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);

  /**
   * GripBaseTransport::channel-unsubscribed:
   * @self: a transport
   * @channel: the channel
   *
   * Nobody listens to @channel any more. Emitted in the transport's context.
   *
   * Since: 1.0
   */
  signals[SIGNAL_CHANNEL_UNSUBSCRIBED] =
    g_signal_new ("channel-unsubscribed",
                  G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
grip_base_transport_init (GripBaseTransport *self)
{
  GMainContext             *context = g_private_get (&maker_context);
  GripBaseTransportPrivate *priv = priv_of (self);

  g_mutex_init (&priv->lock);
  priv->ready = TRUE;
  priv->max_in_flight = 1;
  priv->context = context != NULL ? g_main_context_ref (context)
                                  : g_main_context_ref_thread_default ();
}

gboolean
grip_base_transport_has_sync (GripBaseTransport *self)
{
  return GRIP_BASE_TRANSPORT_GET_CLASS (self)->deliver_sync != NULL;
}

/* Whether there is something to open ahead of the first message. */
gboolean
grip_base_transport_has_open (GripBaseTransport *self)
{
  return GRIP_BASE_TRANSPORT_GET_CLASS (self)->open != NULL && !priv_of (self)->opens_late;
}

void
grip_base_transport_deliver_sync (GripBaseTransport *self,
                                  GripDelivery      *delivery)
{
  GRIP_BASE_TRANSPORT_GET_CLASS (self)->deliver_sync (self, delivery);
}

void
grip_base_transport_open (GripBaseTransport *self)
{
  if (GRIP_BASE_TRANSPORT_GET_CLASS (self)->open != NULL)
    GRIP_BASE_TRANSPORT_GET_CLASS (self)->open (self);
}

void
grip_base_transport_close (GripBaseTransport *self)
{
  if (GRIP_BASE_TRANSPORT_GET_CLASS (self)->close != NULL)
    GRIP_BASE_TRANSPORT_GET_CLASS (self)->close (self);
}

/**
 * grip_base_transport_set_opens_early:
 * @self: a transport that no publisher has yet
 * @opens_early: whether to be opened before there is anything to deliver
 *
 * For implementations: says when `open` is called. The default is as soon as a publisher has the
 * transport; one that has nothing to do before its first delivery saves the publisher a thread.
 *
 * Since: 1.0
 */
void
grip_base_transport_set_opens_early (GripBaseTransport *self,
                                     gboolean           opens_early)
{
  g_return_if_fail (GRIP_IS_BASE_TRANSPORT (self));

  priv_of (self)->opens_late = !opens_early;
}

/**
 * grip_base_transport_get_main_context:
 * @self: a transport
 *
 * Gets the context that the transport lives in.
 *
 * Returns: (transfer none): the context
 *
 * Since: 1.0
 */
GMainContext *
grip_base_transport_get_main_context (GripBaseTransport *self)
{
  g_return_val_if_fail (GRIP_IS_BASE_TRANSPORT (self), NULL);

  return priv_of (self)->context;
}

/**
 * grip_base_transport_is_subscribed:
 * @self: a transport
 * @channel: a channel
 *
 * Tells whether anybody may listen to a channel. A transport that cannot know says yes: unknown is
 * not nobody. Callable from any thread.
 *
 * Returns: false if certainly nobody does
 *
 * Since: 1.0
 */
gboolean
grip_base_transport_is_subscribed (GripBaseTransport *self,
                                   const char        *channel)
{
  GripBaseTransportClass *klass;

  g_return_val_if_fail (GRIP_IS_BASE_TRANSPORT (self), TRUE);
  g_return_val_if_fail (channel != NULL, TRUE);

  klass = GRIP_BASE_TRANSPORT_GET_CLASS (self);

  return klass->is_subscribed == NULL || klass->is_subscribed (self, channel);
}

/**
 * grip_base_transport_channel_subscribed:
 * @self: a transport
 * @channel: a channel
 *
 * For implementations: tells that somebody listens to a channel now.
 *
 * Since: 1.0
 */
void
grip_base_transport_channel_subscribed (GripBaseTransport *self,
                                        const char        *channel)
{
  g_return_if_fail (GRIP_IS_BASE_TRANSPORT (self));
  g_return_if_fail (channel != NULL);

  g_signal_emit (self, signals[SIGNAL_CHANNEL_SUBSCRIBED], 0, channel);
}

/**
 * grip_base_transport_channel_unsubscribed:
 * @self: a transport
 * @channel: a channel
 *
 * For implementations: tells that nobody listens to a channel any more.
 *
 * Since: 1.0
 */
void
grip_base_transport_channel_unsubscribed (GripBaseTransport *self,
                                          const char        *channel)
{
  g_return_if_fail (GRIP_IS_BASE_TRANSPORT (self));
  g_return_if_fail (channel != NULL);

  g_signal_emit (self, signals[SIGNAL_CHANNEL_UNSUBSCRIBED], 0, channel);
}
