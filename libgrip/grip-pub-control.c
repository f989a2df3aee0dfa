/* grip-pub-control.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <pthread.h>

#include "grip-enums.h"
#include "grip-error.h"
#include "grip-pub-control-private.h"

#define DEFAULT_MAX_BYTES   (64 * 1024 * 1024)
#define DEFAULT_MAX_ITEMS   100000
#define DEFAULT_TIMEOUT     30.0

/**
 * GripPubControl:
 *
 * Publishes items to every proxy that is configured.
 *
 * A publisher has one transport for each endpoint. An item goes to all of them at the same time, and a publish
 * ends when each has answered: with success when all proxies accepted the item, else with an error that names
 * each endpoint that did not, what is known of the item there ([enum@Grip.Fate]) and why.
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
 * Call [method@Grip.PubControl.close] at the end: what is still queued is delivered then. A publisher
 * that is dropped without it delivers what it can in the background and warns; so does exit(), which drops it.
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
  PROP_SIG_LEEWAY,
  PROP_IDEMPOTENT,
  PROP_STATISTICS,
  PROP_NETWORK_MONITOR,
  PROP_MEMORY_MONITOR,
  PROP_ITEM_TYPE,
  PROP_N_ITEMS,
  N_PROPS
};

enum
{
  SIGNAL_CHANNEL_SUBSCRIBED,
  SIGNAL_CHANNEL_UNSUBSCRIBED,
  SIGNAL_FAILED,
  SIGNAL_LOW_MEMORY,
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
      grip_monitors_close (priv->monitors);
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
      g_ptr_array_unref (priv->retired);
      grip_pub_events_unref (priv->events);
      grip_monitors_unref (priv->monitors);
      grip_worker_release (priv->worker);
      grip_worker_unref (priv->worker);
      grip_failure_log_unref (priv->failures);
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
    case PROP_SIG_LEEWAY:
      g_value_set_uint (value, grip_pub_control_get_sig_leeway (self));
      break;
    case PROP_IDEMPOTENT:
      g_value_set_boolean (value, grip_pub_control_get_idempotent (self));
      break;
    case PROP_NETWORK_MONITOR:
      g_value_set_object (value, grip_monitors_get_network (priv_of (self)->monitors));
      break;
    case PROP_MEMORY_MONITOR:
      g_value_set_object (value, grip_monitors_get_memory (priv_of (self)->monitors));
      break;
    case PROP_STATISTICS:
      g_value_take_object (value, grip_pub_control_get_statistics (self));
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
    case PROP_SIG_LEEWAY:
      grip_pub_control_set_sig_leeway (self, g_value_get_uint (value));
      break;
    case PROP_NETWORK_MONITOR:
      grip_monitors_set_network (priv_of (self)->monitors, g_value_get_object (value));
      break;
    case PROP_MEMORY_MONITOR:
      grip_monitors_set_memory (priv_of (self)->monitors, g_value_get_object (value));
      break;
    case PROP_IDEMPOTENT:
      grip_pub_control_set_idempotent (self, g_value_get_boolean (value));
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
                         0.001, GRIP_MAX_TIMEOUT, DEFAULT_TIMEOUT,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripPubControl:sig-leeway:
   *
   * How many seconds the clock of a proxy may differ from ours when
   * [method@Grip.PubControl.validate_sig] judges a token.
   *
   * Since: 1.0
   */
  properties[PROP_SIG_LEEWAY] =
    g_param_spec_uint ("sig-leeway", NULL, NULL,
                       0, GRIP_SIGNATURE_MAX_LEEWAY, 0,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripPubControl:idempotent:
   *
   * Whether items without an `id` get one, so that everything may be tried again: a proxy drops what it
   * has seen within a minute (protocol 3.2).
   *
   * An item of another publisher with a `prev-id` on the same channel would wait for it, so do not mix.
   *
   * Since: 1.0
   */
  properties[PROP_IDEMPOTENT] =
    g_param_spec_boolean ("idempotent", NULL, NULL,
                          FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripPubControl:statistics:
   *
   * What has become of the items that were published. It is notified in the main context that was
   * thread-default when the publisher was made, once for many changes.
   *
   * Since: 1.0
   */
  properties[PROP_STATISTICS] =
    g_param_spec_object ("statistics", NULL, NULL,
                         GRIP_TYPE_STATISTICS,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripPubControl:network-monitor:
   *
   * What tells whether there is a network. While there is none, and no way to the endpoint's host either,
   * what has failed is not tried again; it is at once when the network comes back. By default it is the
   * system's, as soon as something has failed. To be set in the thread that made the publisher.
   *
   * Since: 1.0
   */
  properties[PROP_NETWORK_MONITOR] =
    g_param_spec_object ("network-monitor", NULL, NULL,
                         G_TYPE_NETWORK_MONITOR,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);

  /**
   * GripPubControl:memory-monitor:
   *
   * What tells that memory is short, for [signal@Grip.PubControl::low-memory]. By default it is the
   * system's, as soon as something has failed, since that is when queues grow. To be set in the thread
   * that made the publisher.
   *
   * Since: 1.0
   */
  properties[PROP_MEMORY_MONITOR] =
    g_param_spec_object ("memory-monitor", NULL, NULL,
                         G_TYPE_MEMORY_MONITOR,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);

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

  /**
   * GripPubControl::failed:
   * @self: a publisher
   * @transport: (nullable): the transport to the endpoint, %NULL when there was none at all
   * @channel: the channel, with the prefix
   * @item: (nullable): the item, %NULL when a short form such as
   *   [method@Grip.PubControl.publish_http_stream_async] was given what no item can be made of
   * @fate: what is known of the item there
   * @error: why
   *
   * An item that nobody waits for, because it was published without a callback, did not get to an
   * endpoint. Emitted in the main context that was thread-default when the publisher was made.
   *
   * Since: 1.0
   */
  signals[SIGNAL_FAILED] =
    g_signal_new ("failed",
                  G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL,
                  G_TYPE_NONE, 5, GRIP_TYPE_TRANSPORT, G_TYPE_STRING, GRIP_TYPE_ITEM, GRIP_TYPE_FATE,
                  G_TYPE_ERROR);

  /**
   * GripPubControl::low-memory:
   * @self: a publisher
   * @level: how short it is
   *
   * Memory is short: an application may publish less, or set
   * [property@Grip.PubControl:max-queue-bytes] lower. Nothing is dropped. Emitted in the main context that
   * was thread-default when the publisher was made.
   *
   * Since: 1.0
   */
  signals[SIGNAL_LOW_MEMORY] =
    g_signal_new ("low-memory",
                  G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_MEMORY_MONITOR_WARNING_LEVEL);
}

static void
low_memory (GMemoryMonitorWarningLevel level,
            gpointer                   user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_LOW_MEMORY], 0, level);
}

static void
grip_pub_control_init (GripPubControl *self)
{
  GripPubControlPrivate *priv = priv_of (self);

  g_mutex_init (&priv->lock);
  priv->lanes = g_ptr_array_new_with_free_func ((GDestroyNotify) grip_lane_unref);
  priv->worker = grip_worker_new ();
  grip_worker_hold (priv->worker);
  priv->retired = g_ptr_array_new_with_free_func ((GDestroyNotify) grip_lane_unref);
  priv->failures = grip_failure_log_new ();
  priv->events = grip_pub_events_new (self, priv->failures);
  priv->monitors = grip_monitors_new (low_memory, self);
  priv->context = g_main_context_ref_thread_default ();
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
  g_autoptr(GripPubControl) self = NULL;

  g_return_val_if_fail (uri != NULL, NULL);

  if (grip_worker_check_descriptors (error))
    self = grip_pub_control_new ();
  if (self == NULL || !grip_pub_control_apply_uri (self, uri, error))
    return NULL;

  return g_steal_pointer (&self);
}

gboolean
grip_pub_control_check_process (GripPubControl  *self,
                                GError         **error)
{
  if (priv_of (self)->fork_generation == fork_generation)
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_FAILED,
               "this publisher belongs to the parent process; make a new one after fork()");

  return FALSE;
}

/* Returns: (transfer full) (nullable): the lanes, %NULL with an error when publishing is over */
GPtrArray *
grip_pub_control_dup_lanes (GripPubControl  *self,
                            char           **prefix,
                            GError         **error)
{
  GripPubControlPrivate *priv = priv_of (self);
  GPtrArray             *lanes;
  gboolean               closed;

  if (!grip_pub_control_check_process (self, error))
    return NULL;

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

/* In the maker's context. */
void
grip_pub_control_emit_failed (GripPubControl *self,
                              GripTransport  *transport,
                              const char     *channel,
                              GripItem       *item,
                              GripFate        fate,
                              const GError   *error)
{
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, transport, channel, item, fate, error);
}

/* In the maker's context. A channel has the name under which this publisher publishes to it; others are
 * none of its own. */
void
grip_pub_control_emit_subscription (GripPubControl *self,
                                    const char     *channel,
                                    gboolean        subscribed)
{
  const char *prefix = grip_pub_control_get_prefix (self);

  if (prefix != NULL && !g_str_has_prefix (channel, prefix))
    return;

  g_signal_emit (self, signals[subscribed ? SIGNAL_CHANNEL_SUBSCRIBED : SIGNAL_CHANNEL_UNSUBSCRIBED], 0,
                 prefix != NULL ? channel + strlen (prefix) : channel);
}
