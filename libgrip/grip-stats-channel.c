/* grip-stats-channel.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-stats-channel-private.h"

/**
 * GripStatsChannel:
 *
 * A channel and how many have subscribed to it, in a [class@Grip.Stats].
 *
 * Since: 1.0
 */

struct _GripStatsChannel
{
  GObject  parent_instance;

  char    *name;
  guint64  subscribers;
};

enum
{
  PROP_0,
  PROP_NAME,
  PROP_SUBSCRIBERS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (GripStatsChannel, grip_stats_channel, G_TYPE_OBJECT)

static void
grip_stats_channel_finalize (GObject *object)
{
  g_free (GRIP_STATS_CHANNEL (object)->name);

  G_OBJECT_CLASS (grip_stats_channel_parent_class)->finalize (object);
}

static void
grip_stats_channel_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  GripStatsChannel *self = GRIP_STATS_CHANNEL (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_SUBSCRIBERS:
      g_value_set_uint64 (value, self->subscribers);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_stats_channel_class_init (GripStatsChannelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = grip_stats_channel_finalize;
  object_class->get_property = grip_stats_channel_get_property;

  /**
   * GripStatsChannel:name:
   *
   * The name of the channel.
   *
   * Since: 1.0
   */
  properties[PROP_NAME] =
    g_param_spec_string ("name", NULL, NULL,
                         NULL,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripStatsChannel:subscribers:
   *
   * How many have subscribed to it, as far as is known; 0 when it is not in the list any more.
   *
   * Since: 1.0
   */
  properties[PROP_SUBSCRIBERS] =
    g_param_spec_uint64 ("subscribers", NULL, NULL,
                         0, G_MAXUINT64, 0,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
grip_stats_channel_init (GripStatsChannel *self)
{
}

GripStatsChannel *
grip_stats_channel_new (const char *name)
{
  GripStatsChannel *self = g_object_new (GRIP_TYPE_STATS_CHANNEL, NULL);

  self->name = g_strdup (name);

  return self;
}

void
grip_stats_channel_set_subscribers (GripStatsChannel *self,
                                    guint64           subscribers)
{
  if (self->subscribers == subscribers)
    return;

  self->subscribers = subscribers;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBSCRIBERS]);
}

/**
 * grip_stats_channel_get_name:
 * @self: a channel
 *
 * Tells the name of the channel.
 *
 * Returns: (transfer none): the name
 *
 * Since: 1.0
 */
const char *
grip_stats_channel_get_name (GripStatsChannel *self)
{
  g_return_val_if_fail (GRIP_IS_STATS_CHANNEL (self), NULL);

  return self->name;
}

/**
 * grip_stats_channel_get_subscribers:
 * @self: a channel
 *
 * Counts those who have subscribed to it.
 *
 * Returns: how many, 0 when it is not in the list any more
 *
 * Since: 1.0
 */
guint64
grip_stats_channel_get_subscribers (GripStatsChannel *self)
{
  g_return_val_if_fail (GRIP_IS_STATS_CHANNEL (self), 0);

  return self->subscribers;
}
