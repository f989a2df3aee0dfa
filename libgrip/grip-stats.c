/* grip-stats.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-error.h"
#include "grip-stats-channel-private.h"
#include "grip-stats-private.h"
#include "grip-transport.h"

/**
 * GripStats:
 *
 * What a proxy tells of itself (protocol 5.4): who listens to which channel, and how many are connected.
 *
 * It is a [iface@Gio.ListModel] of [class@Grip.StatsChannel], sorted by name: those channels that have
 * subscribers, over all proxies behind the address. What a proxy does not renew in time goes.
 *
 * ```c
 * g_autoptr(GripStats) stats = grip_stats_new_for_endpoint (endpoint, &error);
 *
 * g_signal_connect (stats, "channel-changed", G_CALLBACK (channel_changed_cb), NULL);
 * if (!grip_stats_open (stats, &error))
 *   …
 * ```
 *
 * It lives in the main context that was thread-default when it was made, and is to be used only there.
 * Nothing tells whether a proxy is there: a silent one looks like one without clients.
 *
 * Since: 1.0
 */

typedef struct
{
  GripEndpoint   *endpoint;
  GMainContext   *context;
  GripStatsTable *subscriptions;
  GripStatsTable *connections;
  GSequence      *channels;         /* of GripStatsChannel */
  GHashTable     *by_name;          /* of iterators */
  GVariant       *last_report;
  gboolean        is_open;
  gboolean        has_warned;
} GripStatsPrivate;

enum
{
  PROP_0,
  PROP_ENDPOINT,
  PROP_N_CONNECTIONS,
  PROP_LAST_REPORT,
  PROP_ITEM_TYPE,
  PROP_N_ITEMS,
  N_PROPS
};

enum
{
  SIGNAL_CHANNEL_CHANGED,
  SIGNAL_CONNECTED,
  SIGNAL_DISCONNECTED,
  SIGNAL_REPORT,
  N_SIGNALS
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_TYPE_WITH_CODE (GripStats, grip_stats, G_TYPE_OBJECT,
                         G_ADD_PRIVATE (GripStats)
                         G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static GParamSpec *properties[N_PROPS];
static guint       signals[N_SIGNALS];

static inline GripStatsPrivate *
priv_of (GripStats *self)
{
  return grip_stats_get_instance_private (self);
}

/* The list model */

static GType
grip_stats_get_item_type (GListModel *model)
{
  return GRIP_TYPE_STATS_CHANNEL;
}

static guint
grip_stats_get_n_items (GListModel *model)
{
  return g_sequence_get_length (priv_of (GRIP_STATS (model))->channels);
}

static gpointer
grip_stats_get_item (GListModel *model,
                     guint       position)
{
  GSequenceIter *iter = g_sequence_get_iter_at_pos (priv_of (GRIP_STATS (model))->channels, position);

  return g_sequence_iter_is_end (iter) ? NULL : g_object_ref (g_sequence_get (iter));
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = grip_stats_get_item_type;
  iface->get_n_items = grip_stats_get_n_items;
  iface->get_item = grip_stats_get_item;
}

static int
compare_channels (gconstpointer a,
                  gconstpointer b,
                  gpointer      unused)
{
  return strcmp (grip_stats_channel_get_name ((GripStatsChannel *) a),
                 grip_stats_channel_get_name ((GripStatsChannel *) b));
}

static void
tell_items_changed (GripStats *self,
                    guint      position,
                    guint      removed,
                    guint      added)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ITEMS]);
}

static void
add_channel (GripStats  *self,
             const char *name,
             guint64     subscribers)
{
  GripStatsPrivate            *priv = priv_of (self);
  g_autoptr(GripStatsChannel)  channel = grip_stats_channel_new (name);
  GSequenceIter               *iter;

  grip_stats_channel_set_subscribers (channel, subscribers);
  iter = g_sequence_insert_sorted (priv->channels, g_object_ref (channel), compare_channels, NULL);
  g_hash_table_insert (priv->by_name, (gpointer) grip_stats_channel_get_name (channel), iter);

  tell_items_changed (self, g_sequence_iter_get_position (iter), 0, 1);
  g_signal_emit (self, signals[SIGNAL_CHANNEL_CHANGED], 0, channel);
}

static void
remove_channel (GripStats        *self,
                GripStatsChannel *known)
{
  GripStatsPrivate            *priv = priv_of (self);
  g_autoptr(GripStatsChannel)  channel = g_object_ref (known);
  GSequenceIter               *iter;
  guint                        position;

  iter = g_hash_table_lookup (priv->by_name, grip_stats_channel_get_name (channel));
  position = g_sequence_iter_get_position (iter);
  g_hash_table_remove (priv->by_name, grip_stats_channel_get_name (channel));
  g_sequence_remove (iter);

  tell_items_changed (self, position, 1, 0);
  grip_stats_channel_set_subscribers (channel, 0);
  g_signal_emit (self, signals[SIGNAL_CHANNEL_CHANGED], 0, channel);
}

static GripStatsChannel *
find_channel (GripStats  *self,
              const char *name)
{
  GSequenceIter *iter = g_hash_table_lookup (priv_of (self)->by_name, name);

  return iter != NULL ? g_sequence_get (iter) : NULL;
}

/* The tables */

/* A channel has the subscribers of all its entries: each proxy tells of each kind of hold. */
static void
subscription_cb (const char *name,
                 guint64     old_count,
                 guint64     count,
                 GObject    *owner)
{
  GripStats        *self = GRIP_STATS (owner);
  GripStatsChannel *channel = find_channel (self, name);
  guint64           subscribers;

  if (channel == NULL)
    {
      add_channel (self, name, count);
      return;
    }

  subscribers = grip_stats_channel_get_subscribers (channel) - old_count + count;
  if (subscribers == 0)
    {
      remove_channel (self, channel);
      return;
    }

  g_object_ref (channel);
  grip_stats_channel_set_subscribers (channel, subscribers);
  g_signal_emit (self, signals[SIGNAL_CHANNEL_CHANGED], 0, channel);
  g_object_unref (channel);
}

static void
connection_cb (const char *name,
               guint64     old_count,
               guint64     count,
               GObject    *owner)
{
  g_signal_emit (owner, signals[count > 0 ? SIGNAL_CONNECTED : SIGNAL_DISCONNECTED], 0, name);
  g_object_notify_by_pspec (owner, properties[PROP_N_CONNECTIONS]);
}

static void
clear (GripStats *self)
{
  grip_stats_table_clear (priv_of (self)->subscriptions);
  grip_stats_table_clear (priv_of (self)->connections);
}

/* The object */

static void
grip_stats_dispose (GObject *object)
{
  grip_stats_close (GRIP_STATS (object));

  G_OBJECT_CLASS (grip_stats_parent_class)->dispose (object);
}

static void
grip_stats_finalize (GObject *object)
{
  GripStatsPrivate *priv = priv_of (GRIP_STATS (object));

  grip_stats_table_free (priv->subscriptions);
  grip_stats_table_free (priv->connections);
  g_hash_table_unref (priv->by_name);
  g_sequence_free (priv->channels);
  g_clear_pointer (&priv->last_report, g_variant_unref);
  g_clear_object (&priv->endpoint);
  g_main_context_unref (priv->context);

  G_OBJECT_CLASS (grip_stats_parent_class)->finalize (object);
}

static void
grip_stats_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  GripStats        *self = GRIP_STATS (object);
  GripStatsPrivate *priv = priv_of (self);

  switch (prop_id)
    {
    case PROP_ENDPOINT:
      g_value_set_object (value, priv->endpoint);
      break;
    case PROP_N_CONNECTIONS:
      g_value_set_uint (value, grip_stats_get_n_connections (self));
      break;
    case PROP_LAST_REPORT:
      g_value_set_variant (value, priv->last_report);
      break;
    case PROP_ITEM_TYPE:
      g_value_set_gtype (value, GRIP_TYPE_STATS_CHANNEL);
      break;
    case PROP_N_ITEMS:
      g_value_set_uint (value, g_list_model_get_n_items (G_LIST_MODEL (self)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_stats_set_property (GObject      *object,
                         guint         prop_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_ENDPOINT:
      priv_of (GRIP_STATS (object))->endpoint = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_stats_class_init (GripStatsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = grip_stats_dispose;
  object_class->finalize = grip_stats_finalize;
  object_class->get_property = grip_stats_get_property;
  object_class->set_property = grip_stats_set_property;

  /**
   * GripStats:endpoint:
   *
   * The endpoint of the proxy.
   *
   * Since: 1.0
   */
  properties[PROP_ENDPOINT] =
    g_param_spec_object ("endpoint", NULL, NULL,
                         GRIP_TYPE_ENDPOINT,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * GripStats:n-connections:
   *
   * How many clients are connected, as far as is known.
   *
   * Since: 1.0
   */
  properties[PROP_N_CONNECTIONS] =
    g_param_spec_uint ("n-connections", NULL, NULL,
                       0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripStats:last-report:
   *
   * The last `report` of a proxy, as `a{sv}`: what it did since the one before.
   *
   * Since: 1.0
   */
  properties[PROP_LAST_REPORT] =
    g_param_spec_variant ("last-report", NULL, NULL,
                          G_VARIANT_TYPE_VARDICT, NULL,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripStats:item-type:
   *
   * The type of the items of the list model: [class@Grip.StatsChannel].
   *
   * Since: 1.0
   */
  properties[PROP_ITEM_TYPE] =
    g_param_spec_gtype ("item-type", NULL, NULL,
                        G_TYPE_OBJECT,
                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripStats:n-items:
   *
   * The number of channels with subscribers.
   *
   * Since: 1.0
   */
  properties[PROP_N_ITEMS] =
    g_param_spec_uint ("n-items", NULL, NULL,
                       0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * GripStats::channel-changed:
   * @self: stats
   * @channel: the channel
   *
   * The number of subscribers of a channel has changed; it is 0 when there are none any more.
   *
   * Since: 1.0
   */
  signals[SIGNAL_CHANNEL_CHANGED] =
    g_signal_new ("channel-changed",
                  G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, GRIP_TYPE_STATS_CHANNEL);

  /**
   * GripStats::connected:
   * @self: stats
   * @id: what the proxy calls the connection
   *
   * A client has connected.
   *
   * Since: 1.0
   */
  signals[SIGNAL_CONNECTED] =
    g_signal_new ("connected",
                  G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);

  /**
   * GripStats::disconnected:
   * @self: stats
   * @id: what the proxy calls the connection
   *
   * A client has gone.
   *
   * Since: 1.0
   */
  signals[SIGNAL_DISCONNECTED] =
    g_signal_new ("disconnected",
                  G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);

  /**
   * GripStats::report:
   * @self: stats
   * @kind: `report`, `message`, `activity` or `counts`, which is the detail of the signal too
   * @values: what the proxy tells, as `a{sv}`
   *
   * A proxy has told of something else than a subscription or a connection.
   *
   * Since: 1.0
   */
  signals[SIGNAL_REPORT] =
    g_signal_new ("report",
                  G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED,
                  0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_VARIANT);
}

static void
grip_stats_init (GripStats *self)
{
  GripStatsPrivate *priv = priv_of (self);

  priv->context = g_main_context_ref_thread_default ();
  priv->channels = g_sequence_new (g_object_unref);
  priv->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  priv->subscriptions = grip_stats_table_new (priv->context, subscription_cb, G_OBJECT (self));
  priv->connections = grip_stats_table_new (priv->context, connection_cb, G_OBJECT (self));
}

/**
 * grip_stats_new_for_endpoint:
 * @endpoint: an endpoint with a `control_zmq_stats_uri`
 * @error: return location for an error
 *
 * Makes what listens to the stats of a proxy, loading the plugin that it needs.
 *
 * Errors: `GRIP_ERROR_INVALID_CONFIG` when the endpoint has no such address, `GRIP_ERROR_NO_TRANSPORT`
 * with the directories searched and what the loader said.
 *
 * Returns: (transfer full): new stats, not open yet
 *
 * Since: 1.0
 */
GripStats *
grip_stats_new_for_endpoint (GripEndpoint  *endpoint,
                             GError       **error)
{
  GIOExtensionPoint *point;
  GIOExtension      *extension;

  g_return_val_if_fail (GRIP_IS_ENDPOINT (endpoint), NULL);

  if (grip_endpoint_get_control_zmq_stats_uri (endpoint) == NULL)
    {
      g_set_error_literal (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
                           "the endpoint has no 'control_zmq_stats_uri'");
      return NULL;
    }

  point = g_io_extension_point_register (GRIP_STATS_EXTENSION_POINT_NAME);
  if (grip_transport_load_plugin ("zmq", error) == G_TYPE_INVALID)
    return NULL;

  extension = g_io_extension_point_get_extension_by_name (point, "zmq");
  if (extension == NULL)
    {
      g_set_error_literal (error, GRIP_ERROR, GRIP_ERROR_NO_TRANSPORT, "the plugin 'zmq' has no stats");
      return NULL;
    }

  return g_object_new (g_io_extension_get_type (extension), "endpoint", endpoint, NULL);
}

/**
 * grip_stats_get_endpoint:
 * @self: stats
 *
 * Gets the endpoint of the proxy.
 *
 * Returns: (transfer none) (nullable): the endpoint
 *
 * Since: 1.0
 */
GripEndpoint *
grip_stats_get_endpoint (GripStats *self)
{
  g_return_val_if_fail (GRIP_IS_STATS (self), NULL);

  return priv_of (self)->endpoint;
}

/**
 * grip_stats_open:
 * @self: stats
 * @error: return location for an error
 *
 * Begins to listen. It does not wait for the proxy, which may come and go.
 *
 * Errors: `GRIP_ERROR_INVALID_CONFIG`, `GRIP_ERROR_FAILED`.
 *
 * Returns: true on success, also when it is open already
 *
 * Since: 1.0
 */
gboolean
grip_stats_open (GripStats  *self,
                 GError    **error)
{
  GripStatsPrivate *priv;

  g_return_val_if_fail (GRIP_IS_STATS (self), FALSE);

  priv = priv_of (self);
  if (!priv->is_open)
    priv->is_open = GRIP_STATS_GET_CLASS (self)->open == NULL || GRIP_STATS_GET_CLASS (self)->open (self, error);

  return priv->is_open;
}

/**
 * grip_stats_close:
 * @self: stats
 *
 * Ends it, and forgets what was told.
 *
 * Since: 1.0
 */
void
grip_stats_close (GripStats *self)
{
  GripStatsPrivate *priv;

  g_return_if_fail (GRIP_IS_STATS (self));

  priv = priv_of (self);
  if (priv->is_open && GRIP_STATS_GET_CLASS (self)->close != NULL)
    GRIP_STATS_GET_CLASS (self)->close (self);
  priv->is_open = FALSE;
  clear (self);
}

/**
 * grip_stats_get_subscribers:
 * @self: stats
 * @channel: a channel
 *
 * Counts those who have subscribed to a channel.
 *
 * Returns: how many, as far as is known
 *
 * Since: 1.0
 */
guint64
grip_stats_get_subscribers (GripStats  *self,
                            const char *channel)
{
  GripStatsChannel *found;

  g_return_val_if_fail (GRIP_IS_STATS (self), 0);
  g_return_val_if_fail (channel != NULL, 0);

  found = find_channel (self, channel);

  return found != NULL ? grip_stats_channel_get_subscribers (found) : 0;
}

/**
 * grip_stats_get_n_connections:
 * @self: stats
 *
 * Counts the clients that are connected.
 *
 * Returns: how many, as far as is known
 *
 * Since: 1.0
 */
guint
grip_stats_get_n_connections (GripStats *self)
{
  g_return_val_if_fail (GRIP_IS_STATS (self), 0);

  return grip_stats_table_get_size (priv_of (self)->connections);
}

/**
 * grip_stats_get_last_report:
 * @self: stats
 *
 * Gets the last `report` of a proxy.
 *
 * Returns: (transfer none) (nullable): a `a{sv}`, %NULL when there was none
 *
 * Since: 1.0
 */
GVariant *
grip_stats_get_last_report (GripStats *self)
{
  g_return_val_if_fail (GRIP_IS_STATS (self), NULL);

  return priv_of (self)->last_report;
}

GripStatsTable *
grip_stats_get_subscriptions (GripStats *self)
{
  return priv_of (self)->subscriptions;
}

GripStatsTable *
grip_stats_get_connections (GripStats *self)
{
  return priv_of (self)->connections;
}

/* @kind is one of the few that are known: it becomes a quark. */
void
grip_stats_tell_report (GripStats  *self,
                        const char *kind,
                        GVariant   *record)
{
  GripStatsPrivate *priv = priv_of (self);

  if (g_str_equal (kind, "report"))
    {
      g_clear_pointer (&priv->last_report, g_variant_unref);
      priv->last_report = g_variant_ref (record);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LAST_REPORT]);
    }
  g_signal_emit (self, signals[SIGNAL_REPORT], g_quark_from_string (kind), kind, record);
}

void
grip_stats_warn_once (GripStats    *self,
                      const GError *error)
{
  if (!priv_of (self)->has_warned)
    g_warning ("%s; the others are not counted", error->message);
  priv_of (self)->has_warned = TRUE;
}
