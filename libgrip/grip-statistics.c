/* grip-statistics.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-statistics-private.h"

/**
 * GripStatistics:
 *
 * What has become of the items of a publisher or of one of its transports, at one moment.
 *
 * Each item counts once for each endpoint that it goes to, except that
 * [property@Grip.Statistics:n-retried] counts tries. It never changes: get a new one to see what has
 * changed, when `notify::statistics` tells that something has.
 *
 * Since: 1.0
 */

struct _GripStatistics
{
  GObject       parent_instance;

  GripCounters  counters;
  GError       *last_error;
};

enum
{
  PROP_0,
  PROP_N_QUEUED,
  PROP_N_IN_FLIGHT,
  PROP_N_SENT,
  PROP_N_FAILED,
  PROP_N_RETRIED,
  PROP_BYTES_SENT,
  PROP_LAST_ERROR,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (GripStatistics, grip_statistics, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];

static void
grip_statistics_finalize (GObject *object)
{
  g_clear_error (&GRIP_STATISTICS (object)->last_error);

  G_OBJECT_CLASS (grip_statistics_parent_class)->finalize (object);
}

static void
grip_statistics_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  GripStatistics *self = GRIP_STATISTICS (object);

  switch (prop_id)
    {
    case PROP_N_QUEUED:
      g_value_set_uint64 (value, grip_statistics_get_n_queued (self));
      break;
    case PROP_N_IN_FLIGHT:
      g_value_set_uint64 (value, grip_statistics_get_n_in_flight (self));
      break;
    case PROP_N_SENT:
      g_value_set_uint64 (value, grip_statistics_get_n_sent (self));
      break;
    case PROP_N_FAILED:
      g_value_set_uint64 (value, grip_statistics_get_n_failed (self));
      break;
    case PROP_N_RETRIED:
      g_value_set_uint64 (value, grip_statistics_get_n_retried (self));
      break;
    case PROP_BYTES_SENT:
      g_value_set_uint64 (value, grip_statistics_get_bytes_sent (self));
      break;
    case PROP_LAST_ERROR:
      g_value_set_boxed (value, self->last_error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_statistics_class_init (GripStatisticsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = grip_statistics_finalize;
  object_class->get_property = grip_statistics_get_property;

  /**
   * GripStatistics:n-queued:
   *
   * Items that wait to be handed to a transport.
   *
   * Since: 1.0
   */
  properties[PROP_N_QUEUED] =
    g_param_spec_uint64 ("n-queued", NULL, NULL,
                         0, G_MAXUINT64, 0,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripStatistics:n-in-flight:
   *
   * Items that a transport has and has not answered for.
   *
   * Since: 1.0
   */
  properties[PROP_N_IN_FLIGHT] =
    g_param_spec_uint64 ("n-in-flight", NULL, NULL,
                         0, G_MAXUINT64, 0,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripStatistics:n-sent:
   *
   * Items that an endpoint accepted.
   *
   * Since: 1.0
   */
  properties[PROP_N_SENT] =
    g_param_spec_uint64 ("n-sent", NULL, NULL,
                         0, G_MAXUINT64, 0,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripStatistics:n-failed:
   *
   * Items that an endpoint did not get, or may not have got.
   *
   * Since: 1.0
   */
  properties[PROP_N_FAILED] =
    g_param_spec_uint64 ("n-failed", NULL, NULL,
                         0, G_MAXUINT64, 0,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripStatistics:n-retried:
   *
   * How many times an item was tried again.
   *
   * Since: 1.0
   */
  properties[PROP_N_RETRIED] =
    g_param_spec_uint64 ("n-retried", NULL, NULL,
                         0, G_MAXUINT64, 0,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripStatistics:bytes-sent:
   *
   * Encoded bytes of the items that were accepted.
   *
   * Since: 1.0
   */
  properties[PROP_BYTES_SENT] =
    g_param_spec_uint64 ("bytes-sent", NULL, NULL,
                         0, G_MAXUINT64, 0,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripStatistics:last-error:
   *
   * Why an item was tried again or failed, the last time; %NULL when there was no failure.
   *
   * Since: 1.0
   */
  properties[PROP_LAST_ERROR] =
    g_param_spec_boxed ("last-error", NULL, NULL,
                        G_TYPE_ERROR,
                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
grip_statistics_init (GripStatistics *self)
{
}

/* Whether it is worth telling that they have changed: it happens with every delivery. */
gboolean
grip_statistics_are_watched (GObject *owner)
{
  guint notify = g_signal_lookup ("notify", G_TYPE_OBJECT);

  return g_signal_has_handler_pending (owner, notify, g_quark_from_static_string ("statistics"), FALSE) ||
         g_signal_has_handler_pending (owner, notify, 0, FALSE);
}

/* Takes over @last_error. */
GripStatistics *
grip_statistics_new (const GripCounters *counters,
                     GError             *last_error)
{
  GripStatistics *self = g_object_new (GRIP_TYPE_STATISTICS, NULL);

  self->counters = *counters;
  self->last_error = last_error;

  return self;
}

/**
 * grip_statistics_get_n_queued:
 * @self: statistics
 *
 * Counts the items that wait to be handed to a transport.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint64
grip_statistics_get_n_queued (GripStatistics *self)
{
  g_return_val_if_fail (GRIP_IS_STATISTICS (self), 0);

  return self->counters.n_queued;
}

/**
 * grip_statistics_get_n_in_flight:
 * @self: statistics
 *
 * Counts the items that a transport has and has not answered for.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint64
grip_statistics_get_n_in_flight (GripStatistics *self)
{
  g_return_val_if_fail (GRIP_IS_STATISTICS (self), 0);

  return self->counters.n_in_flight;
}

/**
 * grip_statistics_get_n_sent:
 * @self: statistics
 *
 * Counts the items that an endpoint accepted.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint64
grip_statistics_get_n_sent (GripStatistics *self)
{
  g_return_val_if_fail (GRIP_IS_STATISTICS (self), 0);

  return self->counters.n_sent;
}

/**
 * grip_statistics_get_n_failed:
 * @self: statistics
 *
 * Counts the items that an endpoint did not get, or may not have got.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint64
grip_statistics_get_n_failed (GripStatistics *self)
{
  g_return_val_if_fail (GRIP_IS_STATISTICS (self), 0);

  return self->counters.n_failed;
}

/**
 * grip_statistics_get_n_retried:
 * @self: statistics
 *
 * Counts how many times an item was tried again.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint64
grip_statistics_get_n_retried (GripStatistics *self)
{
  g_return_val_if_fail (GRIP_IS_STATISTICS (self), 0);

  return self->counters.n_retried;
}

/**
 * grip_statistics_get_bytes_sent:
 * @self: statistics
 *
 * Counts the encoded bytes of the items that were accepted.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint64
grip_statistics_get_bytes_sent (GripStatistics *self)
{
  g_return_val_if_fail (GRIP_IS_STATISTICS (self), 0);

  return self->counters.n_bytes_sent;
}

/**
 * grip_statistics_get_last_error:
 * @self: statistics
 *
 * Tells why an item was tried again or failed, the last time.
 *
 * Returns: (nullable) (transfer none): the error, %NULL when there was no failure
 *
 * Since: 1.0
 */
const GError *
grip_statistics_get_last_error (GripStatistics *self)
{
  g_return_val_if_fail (GRIP_IS_STATISTICS (self), NULL);

  return self->last_error;
}
