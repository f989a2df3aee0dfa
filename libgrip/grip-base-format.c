/* grip-base-format.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-base-format-private.h"
#include "grip-enums.h"
#include "grip-error.h"
#include "grip-utf8-private.h"
#include "grip-variant-writer-private.h"

/**
 * GripBaseFormat:
 *
 * What the three formats of GRIP have in common: an action, the names of content filters and a
 * payload.
 *
 * A format can be changed until it is put into an item, which freezes it; changing it later is a
 * programming error. Formats may be used from any thread, by one thread at a time until they are
 * frozen.
 *
 * A format of an application's own implements [iface@Grip.Format]; it does not derive from this class.
 *
 * Since: 1.0
 */

enum
{
  PROP_0,
  PROP_ACTION,
  PROP_CONTENT,
  PROP_CONTENT_FILTERS,
  N_PROPS
};

static void format_iface_init (GripFormatInterface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GripBaseFormat, grip_base_format, G_TYPE_OBJECT,
                                  G_ADD_PRIVATE (GripBaseFormat)
                                  G_IMPLEMENT_INTERFACE (GRIP_TYPE_FORMAT, format_iface_init))

static GParamSpec *properties[N_PROPS];

static inline GripBaseFormatPrivate *
priv_of (GripBaseFormat *self)
{
  return grip_base_format_get_instance_private (self);
}

GripBaseFormatPrivate *
grip_base_format_get_private (GripBaseFormat *self)
{
  return priv_of (self);
}

static GVariant *
grip_base_format_to_variant (GripFormat *format)
{
  GripWriter writer;

  grip_writer_init_variant (&writer);
  grip_base_format_describe (GRIP_BASE_FORMAT (format), &writer);

  return grip_writer_steal_variant (&writer);
}

static const char *
grip_base_format_get_name (GripFormat *format)
{
  g_return_val_if_reached (NULL);
}

static void
format_iface_init (GripFormatInterface *iface)
{
  iface->get_name = grip_base_format_get_name;
  iface->to_variant = grip_base_format_to_variant;
}

static void
grip_base_format_finalize (GObject *object)
{
  GripBaseFormatPrivate *priv = priv_of (GRIP_BASE_FORMAT (object));

  g_clear_pointer (&priv->content, g_bytes_unref);
  g_clear_pointer (&priv->filters, g_strfreev);

  G_OBJECT_CLASS (grip_base_format_parent_class)->finalize (object);
}

static void
grip_base_format_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  GripBaseFormat *self = GRIP_BASE_FORMAT (object);

  switch (prop_id)
    {
    case PROP_ACTION:
      g_value_set_enum (value, grip_base_format_get_action (self));
      break;
    case PROP_CONTENT:
      g_value_set_boxed (value, grip_base_format_get_content (self));
      break;
    case PROP_CONTENT_FILTERS:
      g_value_set_boxed (value, grip_base_format_get_content_filters (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_base_format_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  GripBaseFormat *self = GRIP_BASE_FORMAT (object);

  switch (prop_id)
    {
    case PROP_ACTION:
      grip_base_format_set_action (self, g_value_get_enum (value));
      break;
    case PROP_CONTENT:
      grip_base_format_set_content (self, g_value_get_boxed (value));
      break;
    case PROP_CONTENT_FILTERS:
      grip_base_format_set_content_filters (self, g_value_get_boxed (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_base_format_class_init (GripBaseFormatClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = grip_base_format_finalize;
  object_class->get_property = grip_base_format_get_property;
  object_class->set_property = grip_base_format_set_property;

  /**
   * GripBaseFormat:action:
   *
   * What the proxy does with the format.
   *
   * Since: 1.0
   */
  properties[PROP_ACTION] =
    g_param_spec_enum ("action", NULL, NULL,
                       GRIP_TYPE_ACTION, GRIP_ACTION_SEND,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripBaseFormat:content:
   *
   * The payload: the body of a response, the piece of a stream, the content of a message.
   *
   * Since: 1.0
   */
  properties[PROP_CONTENT] =
    g_param_spec_boxed ("content", NULL, NULL,
                        G_TYPE_BYTES,
                        G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripBaseFormat:content-filters:
   *
   * The names of the filters that the proxy runs on the content.
   *
   * Since: 1.0
   */
  properties[PROP_CONTENT_FILTERS] =
    g_param_spec_boxed ("content-filters", NULL, NULL,
                        G_TYPE_STRV,
                        G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
grip_base_format_init (GripBaseFormat *self)
{
}

/* Whether a setter may go on: a frozen format is a programming error. */
gboolean
grip_base_format_may_change (GripBaseFormat *self)
{
  g_return_val_if_fail (!priv_of (self)->frozen, FALSE);

  return TRUE;
}

gboolean
grip_base_format_refuse (GripBaseFormat *self,
                         GError        **error,
                         const char     *problem,
                         ...)
{
  g_autofree char *text = NULL;
  va_list          args;

  va_start (args, problem);
  text = g_strdup_vprintf (problem, args);
  va_end (args);

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM,
               "%s: %s", grip_format_get_name (GRIP_FORMAT (self)), text);

  return FALSE;
}

static gboolean
check_filters (GripBaseFormat  *self,
               GError         **error)
{
  GripBaseFormatPrivate *priv = priv_of (self);

  for (guint i = 0; priv->filters != NULL && priv->filters[i] != NULL; i++)
    {
      const char *filter = priv->filters[i];

      if (*filter == '\0' || !g_utf8_validate (filter, -1, NULL))
        return grip_base_format_refuse (self, error,
                                        "element %u of 'content-filters' is empty or not UTF-8", i);
    }

  return TRUE;
}

/* Checks what a proxy would check, and makes the format immutable. */
gboolean
grip_base_format_freeze (GripBaseFormat  *self,
                         GError         **error)
{
  GripBaseFormatPrivate *priv = priv_of (self);

  if (priv->frozen)
    return TRUE;

  if (priv->content != NULL)
    {
      gsize         length;
      gconstpointer data = g_bytes_get_data (priv->content, &length);

      priv->is_text = grip_utf8_check (data, length, NULL);
    }

  if (!check_filters (self, error) ||
      !GRIP_BASE_FORMAT_GET_CLASS (self)->check (self, error))
    return FALSE;

  priv->frozen = TRUE;

  return TRUE;
}

void
grip_base_format_describe (GripBaseFormat *self,
                           GripWriter     *writer)
{
  static const char *const names[] = { NULL, "close", "hint", "refresh" };
  GripBaseFormatPrivate   *priv = priv_of (self);

  if (!priv->frozen && priv->content != NULL)
    priv->is_text = grip_utf8_check (g_bytes_get_data (priv->content, NULL),
                                     g_bytes_get_size (priv->content), NULL);

  grip_writer_begin_dict (writer);
  if (priv->action != GRIP_ACTION_SEND)
    grip_writer_member (writer, "action", names[priv->action]);
  GRIP_BASE_FORMAT_GET_CLASS (self)->describe (self, writer);
  grip_writer_end_dict (writer);
}

void
grip_base_format_write_filters (GripBaseFormat *self,
                                GripWriter     *writer)
{
  GripBaseFormatPrivate *priv = priv_of (self);

  if (priv->filters == NULL)
    return;

  grip_writer_key (writer, "content-filters");
  grip_writer_begin_list (writer);
  for (guint i = 0; priv->filters[i] != NULL; i++)
    grip_writer_string (writer, priv->filters[i]);
  grip_writer_end_list (writer);
}

void
grip_base_format_write_content (GripBaseFormat *self,
                                GripWriter     *writer,
                                const char     *key,
                                gboolean        as_text,
                                GripContentRule rule)
{
  GripBaseFormatPrivate *priv = priv_of (self);
  gsize                  length;
  gconstpointer          data = g_bytes_get_data (priv->content, &length);

  grip_writer_content (writer, key, data, length, as_text, rule);
}

/* For constructors: nobody can have connected to notify yet. */
void
grip_base_format_take_content (GripBaseFormat *self,
                               GBytes         *content)
{
  priv_of (self)->content = content;
}

/**
 * grip_base_format_get_action:
 * @self: a format
 *
 * Tells what the proxy does with the format.
 *
 * Returns: the action
 *
 * Since: 1.0
 */
GripAction
grip_base_format_get_action (GripBaseFormat *self)
{
  g_return_val_if_fail (GRIP_IS_BASE_FORMAT (self), GRIP_ACTION_SEND);

  return priv_of (self)->action;
}

/**
 * grip_base_format_set_action:
 * @self: a format that is in no item yet
 * @action: the action
 *
 * Sets what the proxy does with the format.
 *
 * Since: 1.0
 */
void
grip_base_format_set_action (GripBaseFormat *self,
                             GripAction      action)
{
  GripBaseFormatPrivate *priv;

  g_return_if_fail (GRIP_IS_BASE_FORMAT (self));
  g_return_if_fail (action <= GRIP_ACTION_REFRESH);

  priv = priv_of (self);
  if (priv->action == action || !grip_base_format_may_change (self))
    return;

  priv->action = action;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTION]);
}

/**
 * grip_base_format_get_content_filters:
 * @self: a format
 *
 * Tells which filters the proxy runs on the content.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): the names of the filters
 *
 * Since: 1.0
 */
const char * const *
grip_base_format_get_content_filters (GripBaseFormat *self)
{
  g_return_val_if_fail (GRIP_IS_BASE_FORMAT (self), NULL);

  return (const char *const *) priv_of (self)->filters;
}

/**
 * grip_base_format_set_content_filters:
 * @self: a format that is in no item yet
 * @filters: (nullable) (array zero-terminated=1): the names of the filters
 *
 * Sets which filters the proxy runs on the content, in this order (protocol 3.3).
 *
 * Since: 1.0
 */
void
grip_base_format_set_content_filters (GripBaseFormat     *self,
                                      const char * const *filters)
{
  GripBaseFormatPrivate *priv;
  char                 **copy;

  g_return_if_fail (GRIP_IS_BASE_FORMAT (self));

  priv = priv_of (self);
  if (!grip_base_format_may_change (self))
    return;

  copy = filters != NULL && filters[0] != NULL ? g_strdupv ((char **) filters) : NULL;
  g_strfreev (priv->filters);
  priv->filters = copy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONTENT_FILTERS]);
}

/**
 * grip_base_format_get_content:
 * @self: a format
 *
 * Gets the payload.
 *
 * Returns: (transfer none) (nullable): the payload
 *
 * Since: 1.0
 */
GBytes *
grip_base_format_get_content (GripBaseFormat *self)
{
  g_return_val_if_fail (GRIP_IS_BASE_FORMAT (self), NULL);

  return priv_of (self)->content;
}

/**
 * grip_base_format_set_content:
 * @self: a format that is in no item yet
 * @content: (nullable): the payload
 *
 * Sets the payload. What is valid UTF-8 goes out as text, anything else as bytes; a NUL is a
 * character like any other.
 *
 * Since: 1.0
 */
void
grip_base_format_set_content (GripBaseFormat *self,
                              GBytes         *content)
{
  GripBaseFormatPrivate *priv;

  g_return_if_fail (GRIP_IS_BASE_FORMAT (self));

  priv = priv_of (self);
  if (priv->content == content || !grip_base_format_may_change (self))
    return;

  g_clear_pointer (&priv->content, g_bytes_unref);
  priv->content = content != NULL ? g_bytes_ref (content) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONTENT]);
}
