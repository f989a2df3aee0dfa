/* grip-channel.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-channel.h"

/**
 * GripChannel:
 *
 * A channel that a client is subscribed to: a name, the id of the item that the client had last, and
 * the filters that items pass on their way to this client.
 *
 * A channel never changes, so it may be used in any thread. Names, ids and filters are UTF-8 without
 * any limit but those of the proxy; see [class@Grip.Instruct] for what becomes of a name that no HTTP
 * header can carry.
 *
 * Since: 1.0
 */
struct _GripChannel
{
  GObject   parent_instance;

  char     *name;
  char     *prev_id;
  char    **filters;
};

enum
{
  PROP_0,
  PROP_NAME,
  PROP_PREV_ID,
  PROP_FILTERS,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (GripChannel, grip_channel, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];

static void
grip_channel_finalize (GObject *object)
{
  GripChannel *self = GRIP_CHANNEL (object);

  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->prev_id, g_free);
  g_clear_pointer (&self->filters, g_strfreev);

  G_OBJECT_CLASS (grip_channel_parent_class)->finalize (object);
}

static void
grip_channel_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  GripChannel *self = GRIP_CHANNEL (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, grip_channel_get_name (self));
      break;
    case PROP_PREV_ID:
      g_value_set_string (value, grip_channel_get_prev_id (self));
      break;
    case PROP_FILTERS:
      g_value_set_boxed (value, grip_channel_get_filters (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_channel_set_property (GObject      *object,
                           guint         prop_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  GripChannel *self = GRIP_CHANNEL (object);

  switch (prop_id)
    {
    case PROP_NAME:
      self->name = g_value_dup_string (value);
      break;
    case PROP_PREV_ID:
      self->prev_id = g_value_dup_string (value);
      break;
    case PROP_FILTERS:
      self->filters = g_value_dup_boxed (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_channel_constructed (GObject *object)
{
  GripChannel *self = GRIP_CHANNEL (object);

  G_OBJECT_CLASS (grip_channel_parent_class)->constructed (object);

  if (self->name == NULL)
    self->name = g_strdup ("");

  /* To a proxy an empty id is no id. */
  if (self->prev_id != NULL && *self->prev_id == '\0')
    g_clear_pointer (&self->prev_id, g_free);

  if (self->filters == NULL)
    self->filters = g_new0 (char *, 1);
}

static void
grip_channel_class_init (GripChannelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = grip_channel_constructed;
  object_class->finalize = grip_channel_finalize;
  object_class->get_property = grip_channel_get_property;
  object_class->set_property = grip_channel_set_property;

  /**
   * GripChannel:name: (getter get_name)
   *
   * The name of the channel.
   *
   * Since: 1.0
   */
  properties[PROP_NAME] =
    g_param_spec_string ("name", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * GripChannel:prev-id: (getter get_prev_id)
   *
   * The id of the last item that the client has, or %NULL.
   *
   * Since: 1.0
   */
  properties[PROP_PREV_ID] =
    g_param_spec_string ("prev-id", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * GripChannel:filters: (getter get_filters)
   *
   * The names of the filters, in the order in which they run.
   *
   * Since: 1.0
   */
  properties[PROP_FILTERS] =
    g_param_spec_boxed ("filters", NULL, NULL, G_TYPE_STRV,
                        G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
grip_channel_init (GripChannel *self)
{
}

/**
 * grip_channel_new:
 * @name: the name of the channel
 *
 * Creates a channel without a previous id or filters.
 *
 * Returns: (transfer full): a new channel
 *
 * Since: 1.0
 */
GripChannel *
grip_channel_new (const char *name)
{
  return grip_channel_new_full (name, NULL, NULL);
}

/**
 * grip_channel_new_full:
 * @name: the name of the channel
 * @prev_id: (nullable): the id of the last item that the client has
 * @filters: (nullable) (array zero-terminated=1): the names of filters
 *
 * Creates a channel.
 *
 * Returns: (transfer full): a new channel
 *
 * Since: 1.0
 */
GripChannel *
grip_channel_new_full (const char         *name,
                       const char         *prev_id,
                       const char * const *filters)
{
  g_return_val_if_fail (name != NULL, NULL);

  return g_object_new (GRIP_TYPE_CHANNEL,
                       "name", name,
                       "prev-id", prev_id,
                       "filters", filters,
                       NULL);
}

/**
 * grip_channel_get_name: (get-property name)
 * @self: a channel
 *
 * Gets the name of the channel.
 *
 * Returns: (transfer none): the name
 *
 * Since: 1.0
 */
const char *
grip_channel_get_name (GripChannel *self)
{
  g_return_val_if_fail (GRIP_IS_CHANNEL (self), NULL);

  return self->name;
}

/**
 * grip_channel_get_prev_id: (get-property prev-id)
 * @self: a channel
 *
 * Gets the id of the last item that the client has.
 *
 * Returns: (transfer none) (nullable): the id, or %NULL
 *
 * Since: 1.0
 */
const char *
grip_channel_get_prev_id (GripChannel *self)
{
  g_return_val_if_fail (GRIP_IS_CHANNEL (self), NULL);

  return self->prev_id;
}

/**
 * grip_channel_get_filters: (get-property filters)
 * @self: a channel
 *
 * Gets the names of the filters that items pass on their way to the client.
 *
 * Returns: (transfer none) (array zero-terminated=1): the filters, which may be none
 *
 * Since: 1.0
 */
const char * const *
grip_channel_get_filters (GripChannel *self)
{
  g_return_val_if_fail (GRIP_IS_CHANNEL (self), NULL);

  return (const char * const *) self->filters;
}
