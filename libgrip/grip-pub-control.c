/* grip-pub-control.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <pthread.h>

#include "grip-base-transport.h"
#include "grip-error.h"
#include "grip-pub-control-private.h"
#include "grip-transport-loader-private.h"

#define DEFAULT_MAX_BYTES   (64 * 1024 * 1024)
#define DEFAULT_MAX_ITEMS   100000
#define DEFAULT_TIMEOUT     30.0
#define MAX_TIMEOUT         86400.0

/**
 * GripPubControl:
 *
 * Publishes items to every proxy that is configured.
 *
 * A publisher has one transport for each endpoint. An item goes to all of them at the same time, and a
 * publish ends when each has answered: with success when all proxies accepted the item, else with an
 * error that names each endpoint that did not, what is known of the item there
 * ([enum@Grip.Fate]) and why.
 *
 * ```c
 * g_autoptr(GError) error = NULL;
 * g_autoptr(GripPubControl) control = grip_pub_control_new_for_uri ("http://localhost:5561", &error);
 *
 * if (control == NULL ||
 *     !grip_pub_control_publish_http_stream (control, "news", "hello\n", NULL, NULL, NULL, &error))
 *   g_printerr ("%s\n", error->message);
 * ```
 *
 * Items of one channel leave for one endpoint in the order in which they were published. What can be
 * tried again safely is, until [property@Grip.PubControl:timeout]; queues are bounded.
 *
 * Publishing, flushing and closing is possible from any thread; asynchronous results arrive in the
 * main context that was thread-default at the call. Transports are added and removed in the thread that made
 * the publisher, in which it also is a [iface@Gio.ListModel] of its transports.
 *
 * Call [method@Grip.PubControl.close] at the end: what is still queued is delivered then. A
 * publisher that is dropped without it delivers what it can in the background and warns.
 *
 * Since: 1.0
 */

enum
{
  PROP_0,
  PROP_PREFIX,
  PROP_MAX_QUEUE_BYTES,
  PROP_MAX_QUEUE_ITEMS,
  PROP_RETRY_LIMIT,
  PROP_TIMEOUT,
  PROP_ITEM_TYPE,
  PROP_N_ITEMS,
  N_PROPS
};

enum
{
  SIGNAL_CHANNEL_SUBSCRIBED,
  SIGNAL_CHANNEL_UNSUBSCRIBED,
  N_SIGNALS
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_TYPE_WITH_CODE (GripPubControl, grip_pub_control, G_TYPE_OBJECT,
                         G_ADD_PRIVATE (GripPubControl)
                         G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static GParamSpec *properties[N_PROPS];
static guint       signals[N_SIGNALS];
static guint       fork_generation;

static inline GripPubControlPrivate *
priv_of (GripPubControl *self)
{
  return grip_pub_control_get_instance_private (self);
}

GripPubControlPrivate *
grip_pub_control_get_private (GripPubControl *self)
{
  return priv_of (self);
}

/* The child of a fork has no worker thread, and locks that nobody will open. */
static void
note_fork (void)
{
  fork_generation++;
}

/* The list model */

static GType
grip_pub_control_get_item_type (GListModel *model)
{
  return GRIP_TYPE_TRANSPORT;
}

static guint
grip_pub_control_get_n_items (GListModel *model)
{
  GripPubControlPrivate *priv = priv_of (GRIP_PUB_CONTROL (model));
  guint                  n;

  g_mutex_lock (&priv->lock);
  n = priv->lanes->len;
  g_mutex_unlock (&priv->lock);

  return n;
}

static gpointer
grip_pub_control_get_item (GListModel *model,
                           guint       position)
{
  GripPubControlPrivate *priv = priv_of (GRIP_PUB_CONTROL (model));
  gpointer               transport = NULL;

  g_mutex_lock (&priv->lock);
  if (position < priv->lanes->len)
    transport = g_object_ref (grip_lane_get_transport (g_ptr_array_index (priv->lanes, position)));
  g_mutex_unlock (&priv->lock);

  return transport;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = grip_pub_control_get_item_type;
  iface->get_n_items = grip_pub_control_get_n_items;
  iface->get_item = grip_pub_control_get_item;
}

/* Subscriptions, over all transports */

typedef struct
{
  GWeakRef  control;
  char     *channel;
  guint     signal;
} GripSubscriptionChange;

static void
subscription_change_free (GripSubscriptionChange *change)
{
  g_weak_ref_clear (&change->control);
  g_free (change->channel);
  g_free (change);
}

static gboolean
emit_subscription_change (gpointer data)
{
  GripSubscriptionChange   *change = data;
  g_autoptr(GripPubControl) self = g_weak_ref_get (&change->control);

  if (self != NULL)
    g_signal_emit (self, signals[change->signal], 0, change->channel);

  return G_SOURCE_REMOVE;
}

static void
tell_subscription_change (GripPubControl *self,
                          const char     *channel,
                          guint           signal)
{
  GripSubscriptionChange *change = g_new0 (GripSubscriptionChange, 1);

  g_weak_ref_init (&change->control, self);
  change->channel = g_strdup (channel);
  change->signal = signal;
  g_main_context_invoke_full (priv_of (self)->context, G_PRIORITY_DEFAULT, emit_subscription_change,
                              change, (GDestroyNotify) subscription_change_free);
}

static void
channel_subscribed_cb (GripBaseTransport *transport,
                       const char        *channel,
                       GripPubControl    *self)
{
  GripPubControlPrivate *priv = priv_of (self);
  guint                  count;

  g_mutex_lock (&priv->lock);
  count = GPOINTER_TO_UINT (g_hash_table_lookup (priv->subscribed, channel)) + 1;
  g_hash_table_insert (priv->subscribed, g_strdup (channel), GUINT_TO_POINTER (count));
  g_mutex_unlock (&priv->lock);

  if (count == 1)
    tell_subscription_change (self, channel, SIGNAL_CHANNEL_SUBSCRIBED);
}

static void
channel_unsubscribed_cb (GripBaseTransport *transport,
                         const char        *channel,
                         GripPubControl    *self)
{
  GripPubControlPrivate *priv = priv_of (self);
  guint                  count;

  g_mutex_lock (&priv->lock);
  count = GPOINTER_TO_UINT (g_hash_table_lookup (priv->subscribed, channel));
  if (count > 1)
    g_hash_table_insert (priv->subscribed, g_strdup (channel), GUINT_TO_POINTER (count - 1));
  else
    g_hash_table_remove (priv->subscribed, channel);
  g_mutex_unlock (&priv->lock);

  if (count == 1)
    tell_subscription_change (self, channel, SIGNAL_CHANNEL_UNSUBSCRIBED);
}

/* The object */

static void
warn_of_pending (GPtrArray *lanes)
{
  guint pending = 0;

  for (guint i = 0; i < lanes->len; i++)
    pending += grip_lane_count (g_ptr_array_index (lanes, i));

  if (pending > 0)
    g_warning ("A GripPubControl was dropped without close() with %u items that are not delivered yet; "
               "they are delivered in the background as long as the process runs", pending);
}

static void
grip_pub_control_dispose (GObject *object)
{
  GripPubControl        *self = GRIP_PUB_CONTROL (object);
  GripPubControlPrivate *priv = priv_of (self);
  g_autoptr(GPtrArray)   lanes = NULL;

  if (priv->fork_generation == fork_generation)
    {
      lanes = grip_pub_control_close_lanes (self);
      if (lanes != NULL)
        warn_of_pending (lanes);
      for (guint i = 0; lanes != NULL && i < lanes->len; i++)
        grip_lane_close_input (g_ptr_array_index (lanes, i), NULL);
    }

  G_OBJECT_CLASS (grip_pub_control_parent_class)->dispose (object);
}

static void
grip_pub_control_finalize (GObject *object)
{
  GripPubControlPrivate *priv = priv_of (GRIP_PUB_CONTROL (object));

  /* In the child of a fork nothing of the parent's may be touched. */
  if (priv->fork_generation == fork_generation)
    {
      g_ptr_array_unref (priv->lanes);
      grip_worker_release (priv->worker);
      grip_worker_unref (priv->worker);
      grip_failure_log_unref (priv->failures);
      g_hash_table_unref (priv->subscribed);
      g_main_context_unref (priv->context);
      g_mutex_clear (&priv->lock);
    }
  g_free (priv->prefix);

  G_OBJECT_CLASS (grip_pub_control_parent_class)->finalize (object);
}

static void
grip_pub_control_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  GripPubControl *self = GRIP_PUB_CONTROL (object);

  switch (prop_id)
    {
    case PROP_PREFIX:
      g_value_set_string (value, grip_pub_control_get_prefix (self));
      break;
    case PROP_MAX_QUEUE_BYTES:
      g_value_set_uint64 (value, grip_pub_control_get_max_queue_bytes (self));
      break;
    case PROP_MAX_QUEUE_ITEMS:
      g_value_set_uint (value, grip_pub_control_get_max_queue_items (self));
      break;
    case PROP_RETRY_LIMIT:
      g_value_set_uint (value, grip_pub_control_get_retry_limit (self));
      break;
    case PROP_TIMEOUT:
      g_value_set_double (value, grip_pub_control_get_timeout (self));
      break;
    case PROP_ITEM_TYPE:
      g_value_set_gtype (value, GRIP_TYPE_TRANSPORT);
      break;
    case PROP_N_ITEMS:
      g_value_set_uint (value, g_list_model_get_n_items (G_LIST_MODEL (self)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_pub_control_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  GripPubControl *self = GRIP_PUB_CONTROL (object);

  switch (prop_id)
    {
    case PROP_PREFIX:
      grip_pub_control_set_prefix (self, g_value_get_string (value));
      break;
    case PROP_MAX_QUEUE_BYTES:
      grip_pub_control_set_max_queue_bytes (self, g_value_get_uint64 (value));
      break;
    case PROP_MAX_QUEUE_ITEMS:
      grip_pub_control_set_max_queue_items (self, g_value_get_uint (value));
      break;
    case PROP_RETRY_LIMIT:
      grip_pub_control_set_retry_limit (self, g_value_get_uint (value));
      break;
    case PROP_TIMEOUT:
      grip_pub_control_set_timeout (self, g_value_get_double (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_pub_control_class_init (GripPubControlClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  pthread_atfork (NULL, NULL, note_fork);

  object_class->dispose = grip_pub_control_dispose;
  object_class->finalize = grip_pub_control_finalize;
  object_class->get_property = grip_pub_control_get_property;
  object_class->set_property = grip_pub_control_set_property;

  /**
   * GripPubControl:prefix:
   *
   * What is put in front of the name of each channel.
   *
   * Since: 1.0
   */
  properties[PROP_PREFIX] =
    g_param_spec_string ("prefix", NULL, NULL,
                         NULL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripPubControl:max-queue-bytes:
   *
   * How many bytes of encoded items may wait for one endpoint.
   *
   * Since: 1.0
   */
  properties[PROP_MAX_QUEUE_BYTES] =
    g_param_spec_uint64 ("max-queue-bytes", NULL, NULL,
                         0, G_MAXSSIZE, DEFAULT_MAX_BYTES,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripPubControl:max-queue-items:
   *
   * How many items may wait for one endpoint.
   *
   * Since: 1.0
   */
  properties[PROP_MAX_QUEUE_ITEMS] =
    g_param_spec_uint ("max-queue-items", NULL, NULL,
                       1, G_MAXUINT, DEFAULT_MAX_ITEMS,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripPubControl:retry-limit:
   *
   * How many times an item is tried again at one endpoint; 0 is one try. Only what is safe is tried
   * again: what certainly was not published, and what has an id.
   *
   * Since: 1.0
   */
  properties[PROP_RETRY_LIMIT] =
    g_param_spec_uint ("retry-limit", NULL, NULL,
                       0, G_MAXUINT, G_MAXUINT,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripPubControl:timeout:
   *
   * How many seconds a publish may take, tries again included, and how long
   * [method@Grip.PubControl.close] waits.
   *
   * Since: 1.0
   */
  properties[PROP_TIMEOUT] =
    g_param_spec_double ("timeout", NULL, NULL,
                         0.001, MAX_TIMEOUT, DEFAULT_TIMEOUT,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripPubControl:item-type:
   *
   * The type of the items of the list model: [iface@Grip.Transport].
   *
   * Since: 1.0
   */
  properties[PROP_ITEM_TYPE] =
    g_param_spec_gtype ("item-type", NULL, NULL,
                        G_TYPE_OBJECT,
                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripPubControl:n-items:
   *
   * The number of transports.
   *
   * Since: 1.0
   */
  properties[PROP_N_ITEMS] =
    g_param_spec_uint ("n-items", NULL, NULL,
                       0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * GripPubControl::channel-subscribed:
   * @self: a publisher
   * @channel: the channel
   *
   * Somebody listens to @channel now, at one of the endpoints that tell (`require_subscribers`). Emitted
   * in the main context that was thread-default when the publisher was made.
   *
   * Since: 1.0
   */
  signals[SIGNAL_CHANNEL_SUBSCRIBED] =
    g_signal_new ("channel-subscribed",
                  G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);

  /**
   * GripPubControl::channel-unsubscribed:
   * @self: a publisher
   * @channel: the channel
   *
   * Nobody listens to @channel any more, at any of the endpoints that tell.
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
grip_pub_control_init (GripPubControl *self)
{
  GripPubControlPrivate *priv = priv_of (self);

  g_mutex_init (&priv->lock);
  priv->lanes = g_ptr_array_new_with_free_func ((GDestroyNotify) grip_lane_unref);
  priv->worker = grip_worker_new ();
  grip_worker_hold (priv->worker);
  priv->failures = grip_failure_log_new ();
  priv->context = g_main_context_ref_thread_default ();
  priv->subscribed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  priv->fork_generation = fork_generation;
  priv->limits = (GripLimits) {
    .max_bytes = DEFAULT_MAX_BYTES,
    .max_items = DEFAULT_MAX_ITEMS,
    .retry_limit = G_MAXUINT,
    .timeout = (gint64) (DEFAULT_TIMEOUT * G_USEC_PER_SEC),
  };
}

/**
 * grip_pub_control_new:
 *
 * Makes a publisher without endpoints.
 *
 * Returns: (transfer full): a new publisher
 *
 * Since: 1.0
 */
GripPubControl *
grip_pub_control_new (void)
{
  return g_object_new (GRIP_TYPE_PUB_CONTROL, NULL);
}

/**
 * grip_pub_control_new_for_uri:
 * @uri: a GRIP URI
 * @error: return location for an error
 *
 * Makes a publisher for one endpoint.
 *
 * Errors: those of [method@Grip.PubControl.apply_uri].
 *
 * Returns: (transfer full): a new publisher
 *
 * Since: 1.0
 */
GripPubControl *
grip_pub_control_new_for_uri (const char  *uri,
                              GError     **error)
{
  g_autoptr(GripPubControl) self = grip_pub_control_new ();

  g_return_val_if_fail (uri != NULL, NULL);

  if (!grip_pub_control_apply_uri (self, uri, error))
    return NULL;

  return g_steal_pointer (&self);
}

/* Endpoints and transports */

/* Returns: (transfer full) (nullable): the lanes, %NULL with an error when publishing is over */
GPtrArray *
grip_pub_control_dup_lanes (GripPubControl  *self,
                            char           **prefix,
                            GError         **error)
{
  GripPubControlPrivate *priv = priv_of (self);
  GPtrArray             *lanes;
  gboolean               closed;

  if (priv->fork_generation != fork_generation)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_FAILED,
                   "this publisher belongs to the parent process; make a new one after fork()");
      return NULL;
    }

  g_mutex_lock (&priv->lock);
  lanes = g_ptr_array_ref (priv->lanes);
  closed = priv->closed;
  if (prefix != NULL)
    *prefix = g_strdup (priv->prefix);
  g_mutex_unlock (&priv->lock);

  if (!closed)
    return lanes;

  g_ptr_array_unref (lanes);
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_CLOSED, "the publisher was closed");

  return NULL;
}

/* Returns: (transfer full) (nullable): the lanes, %NULL when it was closed before */
GPtrArray *
grip_pub_control_close_lanes (GripPubControl *self)
{
  GripPubControlPrivate *priv = priv_of (self);
  GPtrArray             *lanes = NULL;

  g_mutex_lock (&priv->lock);
  if (!priv->closed)
    lanes = g_ptr_array_ref (priv->lanes);
  priv->closed = TRUE;
  g_mutex_unlock (&priv->lock);

  return lanes;
}

static GPtrArray *
copy_lanes_locked (GripPubControlPrivate *priv)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) grip_lane_unref);

  for (guint i = 0; i < priv->lanes->len; i++)
    g_ptr_array_add (copy, grip_lane_ref (g_ptr_array_index (priv->lanes, i)));

  return copy;
}

static void
replace_lanes_locked (GripPubControlPrivate *priv,
                      GPtrArray             *lanes)
{
  g_ptr_array_unref (priv->lanes);
  priv->lanes = lanes;
}

static GripLane *
make_lane (GripPubControl *self,
           GripTransport  *transport)
{
  GripPubControlPrivate *priv = priv_of (self);
  GMainContext          *context = NULL;
  GripWorker            *worker = NULL;
  GripLane              *lane;

  if (GRIP_IS_BASE_TRANSPORT (transport))
    {
      context = grip_base_transport_get_main_context (GRIP_BASE_TRANSPORT (transport));
      g_signal_connect_object (transport, "channel-subscribed", G_CALLBACK (channel_subscribed_cb), self, 0);
      g_signal_connect_object (transport, "channel-unsubscribed", G_CALLBACK (channel_unsubscribed_cb), self, 0);
    }
  if (context == grip_worker_get_context (priv->worker))
    worker = priv->worker;

  lane = grip_lane_new (transport, worker, &priv->limits);
  grip_lane_set_failure_func (lane, grip_failure_log_note, grip_failure_log_ref (priv->failures),
                              (GDestroyNotify) grip_failure_log_unref);

  return lane;
}

static GripTransport *
make_transport (GripPubControl  *self,
                GripEndpoint    *endpoint,
                GError         **error)
{
  return grip_transport_new_in_context (endpoint, grip_worker_get_context (priv_of (self)->worker), error);
}

static gboolean
add_endpoints (GripPubControl  *self,
               GPtrArray       *endpoints,
               GError         **error)
{
  g_autoptr(GPtrArray) transports = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < endpoints->len; i++)
    {
      GripTransport *transport = make_transport (self, g_ptr_array_index (endpoints, i), error);

      if (transport == NULL)
        return FALSE;
      g_ptr_array_add (transports, transport);
    }

  for (guint i = 0; i < transports->len; i++)
    grip_pub_control_add_transport (self, g_ptr_array_index (transports, i));

  return TRUE;
}

/**
 * grip_pub_control_apply_config:
 * @self: a publisher
 * @config: a `a{sv}` for one endpoint, or a list of them for several
 * @error: return location for an error
 *
 * Adds endpoints from a configuration (protocol 2.1): all of them, or none when there is an error.
 *
 * Errors: `GRIP_ERROR_INVALID_CONFIG`, `GRIP_ERROR_NO_TRANSPORT`.
 *
 * Returns: true on success
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_apply_config (GripPubControl  *self,
                               GVariant        *config,
                               GError         **error)
{
  g_autoptr(GPtrArray) endpoints = NULL;

  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (config != NULL, FALSE);

  endpoints = grip_endpoints_new_from_variant (config, error);

  return endpoints != NULL && add_endpoints (self, endpoints, error);
}

/**
 * grip_pub_control_apply_uri:
 * @self: a publisher
 * @uri: a GRIP URI
 * @error: return location for an error
 *
 * Adds the endpoint of a GRIP URI (protocol 2.2).
 *
 * Errors: `GRIP_ERROR_INVALID_CONFIG`, `GRIP_ERROR_NO_TRANSPORT`.
 *
 * Returns: true on success
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_apply_uri (GripPubControl  *self,
                            const char      *uri,
                            GError         **error)
{
  g_autoptr(GripEndpoint) endpoint = NULL;

  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (uri != NULL, FALSE);

  endpoint = grip_endpoint_new_for_uri (uri, error);

  return endpoint != NULL && grip_pub_control_add_endpoint (self, endpoint, error);
}

/**
 * grip_pub_control_apply_environment:
 * @self: a publisher
 * @error: return location for an error
 *
 * Adds the endpoint of the GRIP URI in the environment variable `GRIP_URL`.
 *
 * Errors: `GRIP_ERROR_INVALID_CONFIG`, also when the variable is not set; `GRIP_ERROR_NO_TRANSPORT`.
 *
 * Returns: true on success
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_apply_environment (GripPubControl  *self,
                                    GError         **error)
{
  const char *uri = g_getenv ("GRIP_URL");

  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);

  if (uri != NULL && *uri != '\0')
    return grip_pub_control_apply_uri (self, uri, error);

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "the environment variable GRIP_URL is not set");

  return FALSE;
}

/**
 * grip_pub_control_add_endpoint:
 * @self: a publisher
 * @endpoint: an endpoint
 * @error: return location for an error
 *
 * Adds an endpoint, with the transport that it needs.
 *
 * Errors: `GRIP_ERROR_NO_TRANSPORT`.
 *
 * Returns: true on success
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_add_endpoint (GripPubControl  *self,
                               GripEndpoint    *endpoint,
                               GError         **error)
{
  g_autoptr(GripTransport) transport = NULL;

  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (GRIP_IS_ENDPOINT (endpoint), FALSE);

  transport = make_transport (self, endpoint, error);
  if (transport == NULL)
    return FALSE;

  grip_pub_control_add_transport (self, transport);

  return TRUE;
}

/**
 * grip_pub_control_add_transport:
 * @self: a publisher that is not closed
 * @transport: a transport that no publisher has
 *
 * Adds a transport.
 *
 * Since: 1.0
 */
void
grip_pub_control_add_transport (GripPubControl *self,
                                GripTransport  *transport)
{
  GripPubControlPrivate *priv;
  GPtrArray             *lanes;
  GripLane              *lane;
  guint                  position;

  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));
  g_return_if_fail (GRIP_IS_TRANSPORT (transport));

  priv = priv_of (self);
  lane = make_lane (self, transport);

  g_mutex_lock (&priv->lock);
  lanes = copy_lanes_locked (priv);
  position = lanes->len;
  g_ptr_array_add (lanes, grip_lane_ref (lane));
  replace_lanes_locked (priv, lanes);
  g_mutex_unlock (&priv->lock);

  grip_lane_start (lane);
  grip_lane_unref (lane);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ITEMS]);
}

static GripLane *
dup_lane_of_locked (GripPubControlPrivate *priv,
                    GripTransport         *transport,
                    guint                 *position)
{
  for (guint i = 0; i < priv->lanes->len; i++)
    {
      GripLane *lane = g_ptr_array_index (priv->lanes, i);

      if (grip_lane_get_transport (lane) == transport)
        {
          *position = i;
          return grip_lane_ref (lane);
        }
    }

  return NULL;
}

static void
drop_lane (GripPubControl *self,
           GripLane       *lane,
           GripLane       *successor)
{
  g_signal_handlers_disconnect_by_data (grip_lane_get_transport (lane), self);
  grip_lane_close_input (lane, successor);
}

/**
 * grip_pub_control_remove_transport:
 * @self: a publisher
 * @transport: one of its transports
 *
 * Removes a transport. What is queued for it is still delivered, in the background.
 *
 * Returns: false if the publisher does not have it
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_remove_transport (GripPubControl *self,
                                   GripTransport  *transport)
{
  GripPubControlPrivate *priv;
  g_autoptr(GripLane)    lane = NULL;
  GPtrArray             *lanes;
  guint                  position = 0;

  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (GRIP_IS_TRANSPORT (transport), FALSE);

  priv = priv_of (self);

  g_mutex_lock (&priv->lock);
  lane = dup_lane_of_locked (priv, transport, &position);
  if (lane != NULL)
    {
      lanes = copy_lanes_locked (priv);
      g_ptr_array_remove_index (lanes, position);
      replace_lanes_locked (priv, lanes);
    }
  g_mutex_unlock (&priv->lock);

  if (lane == NULL)
    return FALSE;

  drop_lane (self, lane, NULL);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ITEMS]);

  return TRUE;
}

/**
 * grip_pub_control_replace_transport:
 * @self: a publisher
 * @old_transport: one of its transports
 * @new_transport: a transport that no publisher has
 *
 * Puts a transport in the place of another one, while items are published.
 *
 * What is queued goes to the new one; what is in flight ends on the old one first. Nothing is lost, and
 * items of one channel keep their order.
 *
 * Returns: false if the publisher does not have @old_transport
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_replace_transport (GripPubControl *self,
                                    GripTransport  *old_transport,
                                    GripTransport  *new_transport)
{
  GripPubControlPrivate *priv;
  g_autoptr(GripLane)    old_lane = NULL;
  g_autoptr(GripLane)    new_lane = NULL;
  GPtrArray             *lanes;
  guint                  position = 0;

  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (GRIP_IS_TRANSPORT (old_transport), FALSE);
  g_return_val_if_fail (GRIP_IS_TRANSPORT (new_transport), FALSE);

  priv = priv_of (self);
  new_lane = make_lane (self, new_transport);
  grip_lane_block (new_lane);

  g_mutex_lock (&priv->lock);
  old_lane = dup_lane_of_locked (priv, old_transport, &position);
  if (old_lane != NULL)
    {
      lanes = copy_lanes_locked (priv);
      grip_lane_unref (g_ptr_array_index (lanes, position));
      g_ptr_array_index (lanes, position) = grip_lane_ref (new_lane);
      replace_lanes_locked (priv, lanes);
    }
  g_mutex_unlock (&priv->lock);

  if (old_lane == NULL)
    {
      drop_lane (self, new_lane, NULL);
      return FALSE;
    }

  drop_lane (self, old_lane, new_lane);
  grip_lane_start (new_lane);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 1);

  return TRUE;
}

/**
 * grip_pub_control_remove_all_transports:
 * @self: a publisher
 *
 * Removes all transports. What is queued for them is still delivered, in the background.
 *
 * Since: 1.0
 */
void
grip_pub_control_remove_all_transports (GripPubControl *self)
{
  GripPubControlPrivate *priv;
  GPtrArray             *lanes;

  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));

  priv = priv_of (self);

  g_mutex_lock (&priv->lock);
  lanes = g_steal_pointer (&priv->lanes);
  priv->lanes = g_ptr_array_new_with_free_func ((GDestroyNotify) grip_lane_unref);
  g_mutex_unlock (&priv->lock);

  for (guint i = 0; i < lanes->len; i++)
    drop_lane (self, g_ptr_array_index (lanes, i), NULL);
  if (lanes->len > 0)
    {
      g_list_model_items_changed (G_LIST_MODEL (self), 0, lanes->len, 0);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ITEMS]);
    }
  g_ptr_array_unref (lanes);
}

/**
 * grip_pub_control_is_subscribed:
 * @self: a publisher
 * @channel: a channel
 *
 * Tells whether anybody may listen to a channel, at any endpoint. Endpoints that do not tell count as
 * somebody: unknown is not nobody.
 *
 * Returns: false if certainly nobody does
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_is_subscribed (GripPubControl *self,
                                const char     *channel)
{
  g_autoptr(GPtrArray) lanes = NULL;
  g_autofree char     *prefix = NULL;
  g_autofree char     *full = NULL;

  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (channel != NULL, FALSE);

  lanes = grip_pub_control_dup_lanes (self, &prefix, NULL);
  full = g_strconcat (prefix != NULL ? prefix : "", channel, NULL);
  for (guint i = 0; lanes != NULL && i < lanes->len; i++)
    {
      GripTransport *transport = grip_lane_get_transport (g_ptr_array_index (lanes, i));

      if (!GRIP_IS_BASE_TRANSPORT (transport) ||
          grip_base_transport_is_subscribed (GRIP_BASE_TRANSPORT (transport), full))
        return TRUE;
    }

  return FALSE;
}

/* Properties */

static void
share_limits_locked (GripPubControlPrivate *priv)
{
  for (guint i = 0; i < priv->lanes->len; i++)
    grip_lane_set_limits (g_ptr_array_index (priv->lanes, i), &priv->limits);
}

/**
 * grip_pub_control_get_prefix:
 * @self: a publisher
 *
 * Gets what is put in front of the name of each channel.
 *
 * Returns: (nullable): the prefix
 *
 * Since: 1.0
 */
const char *
grip_pub_control_get_prefix (GripPubControl *self)
{
  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), NULL);

  return priv_of (self)->prefix;
}

/**
 * grip_pub_control_set_prefix:
 * @self: a publisher
 * @prefix: (nullable): the prefix, UTF-8
 *
 * Sets what is put in front of the name of each channel that is published to from now on.
 *
 * Since: 1.0
 */
void
grip_pub_control_set_prefix (GripPubControl *self,
                             const char     *prefix)
{
  GripPubControlPrivate *priv;
  char                  *old;

  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));
  g_return_if_fail (prefix == NULL || g_utf8_validate (prefix, -1, NULL));

  priv = priv_of (self);
  if (g_strcmp0 (priv->prefix, prefix) == 0)
    return;

  g_mutex_lock (&priv->lock);
  old = priv->prefix;
  priv->prefix = g_strdup (prefix);
  g_mutex_unlock (&priv->lock);

  g_free (old);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PREFIX]);
}

/**
 * grip_pub_control_get_max_queue_bytes:
 * @self: a publisher
 *
 * Tells how many bytes may wait for one endpoint.
 *
 * Returns: the limit
 *
 * Since: 1.0
 */
guint64
grip_pub_control_get_max_queue_bytes (GripPubControl *self)
{
  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), 0);

  return priv_of (self)->limits.max_bytes;
}

/**
 * grip_pub_control_set_max_queue_bytes:
 * @self: a publisher
 * @bytes: the limit
 *
 * Sets how many bytes of encoded items may wait for one endpoint. One item always may.
 *
 * Since: 1.0
 */
void
grip_pub_control_set_max_queue_bytes (GripPubControl *self,
                                      guint64         bytes)
{
  GripPubControlPrivate *priv;

  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));

  priv = priv_of (self);
  if (priv->limits.max_bytes == bytes)
    return;

  g_mutex_lock (&priv->lock);
  priv->limits.max_bytes = bytes;
  share_limits_locked (priv);
  g_mutex_unlock (&priv->lock);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAX_QUEUE_BYTES]);
}

/**
 * grip_pub_control_get_max_queue_items:
 * @self: a publisher
 *
 * Tells how many items may wait for one endpoint.
 *
 * Returns: the limit
 *
 * Since: 1.0
 */
guint
grip_pub_control_get_max_queue_items (GripPubControl *self)
{
  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), 0);

  return priv_of (self)->limits.max_items;
}

/**
 * grip_pub_control_set_max_queue_items:
 * @self: a publisher
 * @items: the limit, at least 1
 *
 * Sets how many items may wait for one endpoint.
 *
 * Since: 1.0
 */
void
grip_pub_control_set_max_queue_items (GripPubControl *self,
                                      guint           items)
{
  GripPubControlPrivate *priv;

  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));
  g_return_if_fail (items > 0);

  priv = priv_of (self);
  if (priv->limits.max_items == items)
    return;

  g_mutex_lock (&priv->lock);
  priv->limits.max_items = items;
  share_limits_locked (priv);
  g_mutex_unlock (&priv->lock);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAX_QUEUE_ITEMS]);
}

/**
 * grip_pub_control_get_retry_limit:
 * @self: a publisher
 *
 * Tells how many times an item is tried again at one endpoint.
 *
 * Returns: the limit
 *
 * Since: 1.0
 */
guint
grip_pub_control_get_retry_limit (GripPubControl *self)
{
  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), 0);

  return priv_of (self)->limits.retry_limit;
}

/**
 * grip_pub_control_set_retry_limit:
 * @self: a publisher
 * @limit: the limit; 0 is one try
 *
 * Sets how many times an item is tried again at one endpoint.
 *
 * Since: 1.0
 */
void
grip_pub_control_set_retry_limit (GripPubControl *self,
                                  guint           limit)
{
  GripPubControlPrivate *priv;

  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));

  priv = priv_of (self);
  if (priv->limits.retry_limit == limit)
    return;

  g_mutex_lock (&priv->lock);
  priv->limits.retry_limit = limit;
  share_limits_locked (priv);
  g_mutex_unlock (&priv->lock);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RETRY_LIMIT]);
}

/**
 * grip_pub_control_get_timeout:
 * @self: a publisher
 *
 * Tells how long a publish may take.
 *
 * Returns: seconds
 *
 * Since: 1.0
 */
double
grip_pub_control_get_timeout (GripPubControl *self)
{
  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), 0.0);

  return priv_of (self)->limits.timeout / (double) G_USEC_PER_SEC;
}

/**
 * grip_pub_control_set_timeout:
 * @self: a publisher
 * @seconds: the limit, a thousandth of a second to a day
 *
 * Sets how long a publish may take, tries again included.
 *
 * Since: 1.0
 */
void
grip_pub_control_set_timeout (GripPubControl *self,
                              double          seconds)
{
  GripPubControlPrivate *priv;

  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));
  g_return_if_fail (seconds >= 0.001 && seconds <= MAX_TIMEOUT);

  priv = priv_of (self);
  if (priv->limits.timeout == (gint64) (seconds * G_USEC_PER_SEC))
    return;

  g_mutex_lock (&priv->lock);
  priv->limits.timeout = (gint64) (seconds * G_USEC_PER_SEC);
  share_limits_locked (priv);
  g_mutex_unlock (&priv->lock);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TIMEOUT]);
}
