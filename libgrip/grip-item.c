/* grip-item.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-base-format-private.h"
#include "grip-error.h"
#include "grip-format-check-private.h"
#include "grip-item-private.h"
#include "grip-utf8-private.h"

/**
 * GripItem:
 *
 * One message to publish: one or more formats, and what orders and filters it.
 *
 * An item has one [iface@Grip.Format] for each kind of held client that shall get it: a long poll
 * gets the `http-response` of it, a stream the `http-stream`, a WebSocket the `ws-message`.
 *
 * It is checked when it is made: what a proxy would refuse is refused at once, with
 * `GRIP_ERROR_INVALID_ITEM` and a message that names the field. An item is immutable and may be used
 * from any thread; one item can be published to many channels, many times.
 *
 * With an `id`, a proxy drops what it has seen within a minute, so that a publish may be tried
 * again. With a `prev-id` that is not the last one on the channel the item waits some seconds for its
 * predecessor, unless `no-seq` is set (protocol 3.2).
 *
 * Since: 1.0
 */

enum
{
  PROP_0,
  PROP_ID,
  PROP_PREV_ID,
  PROP_META,
  PROP_NO_SEQ,
  PROP_SIZE,
  PROP_N_FORMATS,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (GripItem, grip_item, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];

static void
grip_item_finalize (GObject *object)
{
  GripItem *self = GRIP_ITEM (object);

  for (guint i = 0; i < self->n_formats; i++)
    {
      GripItemFormat *entry = grip_item_nth_format (self, i);

      g_object_unref (entry->format);
      g_clear_pointer (&entry->description, g_variant_unref);
    }
  g_free (self->others);
  g_free (self->id);
  g_free (self->prev_id);
  g_clear_pointer (&self->meta, g_variant_unref);

  G_OBJECT_CLASS (grip_item_parent_class)->finalize (object);
}

static void
grip_item_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  GripItem *self = GRIP_ITEM (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_PREV_ID:
      g_value_set_string (value, self->prev_id);
      break;
    case PROP_META:
      g_value_set_variant (value, self->meta);
      break;
    case PROP_NO_SEQ:
      g_value_set_boolean (value, self->no_seq);
      break;
    case PROP_SIZE:
      g_value_set_int64 (value, self->size);
      break;
    case PROP_N_FORMATS:
      g_value_set_uint (value, self->n_formats);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_item_class_init (GripItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = grip_item_finalize;
  object_class->get_property = grip_item_get_property;

  /**
   * GripItem:id:
   *
   * The id on the channel.
   *
   * Since: 1.0
   */
  properties[PROP_ID] =
    g_param_spec_string ("id", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripItem:prev-id:
   *
   * The id of the item before this one on the channel.
   *
   * Since: 1.0
   */
  properties[PROP_PREV_ID] =
    g_param_spec_string ("prev-id", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripItem:meta:
   *
   * What filters read: a dictionary of strings, sorted by name.
   *
   * Since: 1.0
   */
  properties[PROP_META] =
    g_param_spec_variant ("meta", NULL, NULL, G_VARIANT_TYPE ("a{ss}"), NULL,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripItem:no-seq:
   *
   * Whether the proxy delivers at once, whatever `prev-id` says.
   *
   * Since: 1.0
   */
  properties[PROP_NO_SEQ] =
    g_param_spec_boolean ("no-seq", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripItem:size:
   *
   * The size that the proxy counts for the item, -1 for its own count.
   *
   * Since: 1.0
   */
  properties[PROP_SIZE] =
    g_param_spec_int64 ("size", NULL, NULL, -1, G_MAXINT32, -1, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripItem:n-formats:
   *
   * The number of formats.
   *
   * Since: 1.0
   */
  properties[PROP_N_FORMATS] =
    g_param_spec_uint ("n-formats", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
grip_item_init (GripItem *self)
{
  self->size = -1;
}

static gboolean
refuse_text (const char  *field,
             const char  *text,
             GError     **error)
{
  gsize offset;

  if (text == NULL || grip_utf8_check (text, strlen (text), &offset))
    return FALSE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM,
               "'%s' is not UTF-8 at byte %" G_GSIZE_FORMAT, field, offset);

  return TRUE;
}

gboolean
grip_check_channel (const char  *channel,
                    GError     **error)
{
  if (refuse_text ("channel", channel, error))
    return FALSE;

  if (*channel == '\0')
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM, "'channel' is empty");
      return FALSE;
    }

  return TRUE;
}

static gboolean
has_format (GripItem   *self,
            const char *name)
{
  for (guint i = 0; i < self->n_formats; i++)
    if (g_str_equal (grip_item_nth_format (self, i)->name, name))
      return TRUE;

  return FALSE;
}

static gboolean
add_format (GripItem    *self,
            GripFormat  *format,
            GError     **error)
{
  g_autoptr(GVariant) description = NULL;
  GripItemFormat     *entry;

  if (GRIP_IS_BASE_FORMAT (format))
    {
      if (!grip_base_format_freeze (GRIP_BASE_FORMAT (format), error))
        return FALSE;
    }
  else
    {
      description = grip_format_dup_checked (format, error);
      if (description == NULL)
        return FALSE;
    }

  if (self->n_formats > 0 && has_format (self, grip_format_get_name (format)))
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM,
                   "two formats are named '%s'", grip_format_get_name (format));
      return FALSE;
    }

  entry = grip_item_nth_format (self, self->n_formats++);
  entry->format = g_object_ref (format);
  entry->name = grip_format_get_name (format);
  if (!GRIP_IS_BASE_FORMAT (format))
    entry->name = g_intern_string (entry->name);
  entry->description = g_steal_pointer (&description);

  return TRUE;
}

/* The same item with an id, which it takes over. */
GripItem *
grip_item_dup_with_id (GripItem *self,
                       char     *id)
{
  GripItem *copy = g_object_new (GRIP_TYPE_ITEM, NULL);

  if (self->n_formats > 1)
    copy->others = g_new0 (GripItemFormat, self->n_formats - 1);
  copy->n_formats = self->n_formats;
  for (guint i = 0; i < self->n_formats; i++)
    {
      GripItemFormat *from = grip_item_nth_format (self, i);
      GripItemFormat *to = grip_item_nth_format (copy, i);

      *to = *from;
      g_object_ref (to->format);
      if (to->description != NULL)
        g_variant_ref (to->description);
    }
  copy->no_seq = self->no_seq;
  copy->id = id;
  copy->prev_id = g_strdup (self->prev_id);
  copy->meta = self->meta != NULL ? g_variant_ref (self->meta) : NULL;
  copy->size = self->size;

  return copy;
}

static gboolean
set_ids (GripItem    *self,
         const char  *id,
         const char  *prev_id,
         GError     **error)
{
  if (refuse_text ("id", id, error) || refuse_text ("prev-id", prev_id, error))
    return FALSE;

  /* To a proxy an empty id is no id. */
  if (id != NULL && *id != '\0')
    self->id = g_strdup (id);
  if (prev_id != NULL && *prev_id != '\0')
    self->prev_id = g_strdup (prev_id);

  return TRUE;
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
set_meta (GripItem    *self,
          GHashTable  *meta,
          GError     **error)
{
  g_autofree const char **names = NULL;
  GVariantBuilder         builder;
  guint                   n;

  if (meta == NULL || g_hash_table_size (meta) == 0)
    return TRUE;

  /* Sorted: the same item has the same bytes each time. */
  names = (const char **) g_hash_table_get_keys_as_array (meta, &n);
  qsort (names, n, sizeof *names, compare_names);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  for (guint i = 0; i < n; i++)
    {
      const char *value = g_hash_table_lookup (meta, names[i]);

      if (value == NULL || refuse_text ("meta", names[i], error) || refuse_text ("meta", value, error))
        {
          g_variant_builder_clear (&builder);
          if (value == NULL)
            g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM, "'meta' has no value for '%s'", names[i]);
          return FALSE;
        }
      g_variant_builder_add (&builder, "{ss}", names[i], value);
    }
  self->meta = g_variant_ref_sink (g_variant_builder_end (&builder));

  return TRUE;
}

static gboolean
set_size (GripItem  *self,
          gint64     size,
          GError   **error)
{
  if (size < -1 || size > G_MAXINT32)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM,
                   "'size' %" G_GINT64_FORMAT " is not in 0 to %d", size, G_MAXINT32);
      return FALSE;
    }

  self->size = size;

  return TRUE;
}

/**
 * grip_item_new:
 * @format: the format
 * @id: (nullable): the id on the channel
 * @prev_id: (nullable): the id of the item before it on the channel
 * @error: return location for an error
 *
 * Makes an item with one format.
 *
 * The format is frozen by it. Errors: `GRIP_ERROR_INVALID_ITEM` with the field that a proxy would
 * refuse.
 *
 * Returns: (transfer full): a new item
 *
 * Since: 1.0
 */
GripItem *
grip_item_new (GripFormat  *format,
               const char  *id,
               const char  *prev_id,
               GError     **error)
{
  g_autoptr(GripItem) self = NULL;

  g_return_val_if_fail (GRIP_IS_FORMAT (format), NULL);

  self = g_object_new (GRIP_TYPE_ITEM, NULL);
  if (!add_format (self, format, error) || !set_ids (self, id, prev_id, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * grip_item_new_full:
 * @formats: (array length=n_formats): one format for each kind of held client
 * @n_formats: the number of formats
 * @id: (nullable): the id on the channel
 * @prev_id: (nullable): the id of the item before it on the channel
 * @meta: (nullable) (element-type utf8 utf8): what filters read
 * @no_seq: whether to deliver at once, whatever @prev_id says
 * @size: the size that the proxy counts for the item, -1 for its own count
 * @error: return location for an error
 *
 * Makes an item with everything that an item can have (protocol 3).
 *
 * The formats are frozen by it; @meta is copied. Errors: `GRIP_ERROR_INVALID_ITEM` with the field
 * that a proxy would refuse, also for two formats of one name and for none.
 *
 * Returns: (transfer full): a new item
 *
 * Since: 1.0
 */
GripItem *
grip_item_new_full (GripFormat  **formats,
                    gsize         n_formats,
                    const char   *id,
                    const char   *prev_id,
                    GHashTable   *meta,
                    gboolean      no_seq,
                    gint64        size,
                    GError      **error)
{
  g_autoptr(GripItem) self = g_object_new (GRIP_TYPE_ITEM, NULL);

  g_return_val_if_fail (formats != NULL || n_formats == 0, NULL);

  if (n_formats == 0)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM, "the item has no format");
      return NULL;
    }

  if (n_formats > 1)
    self->others = g_new0 (GripItemFormat, n_formats - 1);
  for (gsize i = 0; i < n_formats; i++)
    {
      g_return_val_if_fail (GRIP_IS_FORMAT (formats[i]), NULL);
      if (!add_format (self, formats[i], error))
        return NULL;
    }

  self->no_seq = !!no_seq;
  if (!set_ids (self, id, prev_id, error) ||
      !set_meta (self, meta, error) ||
      !set_size (self, size, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * grip_item_get_id:
 * @self: an item
 *
 * Gets the id on the channel.
 *
 * Returns: (nullable): the id
 *
 * Since: 1.0
 */
const char *
grip_item_get_id (GripItem *self)
{
  g_return_val_if_fail (GRIP_IS_ITEM (self), NULL);

  return self->id;
}

/**
 * grip_item_get_prev_id:
 * @self: an item
 *
 * Gets the id of the item before it on the channel.
 *
 * Returns: (nullable): the id
 *
 * Since: 1.0
 */
const char *
grip_item_get_prev_id (GripItem *self)
{
  g_return_val_if_fail (GRIP_IS_ITEM (self), NULL);

  return self->prev_id;
}

/**
 * grip_item_get_meta:
 * @self: an item
 *
 * Gets what filters read.
 *
 * Returns: (transfer none) (nullable): a `a{ss}`
 *
 * Since: 1.0
 */
GVariant *
grip_item_get_meta (GripItem *self)
{
  g_return_val_if_fail (GRIP_IS_ITEM (self), NULL);

  return self->meta;
}

/**
 * grip_item_get_no_seq:
 * @self: an item
 *
 * Tells whether the proxy delivers at once, whatever the `prev-id` says.
 *
 * Returns: true if it does
 *
 * Since: 1.0
 */
gboolean
grip_item_get_no_seq (GripItem *self)
{
  g_return_val_if_fail (GRIP_IS_ITEM (self), FALSE);

  return self->no_seq;
}

/**
 * grip_item_get_size:
 * @self: an item
 *
 * Gets the size that the proxy counts for the item.
 *
 * Returns: the size, -1 for the proxy's own count
 *
 * Since: 1.0
 */
gint64
grip_item_get_size (GripItem *self)
{
  g_return_val_if_fail (GRIP_IS_ITEM (self), -1);

  return self->size;
}

/**
 * grip_item_get_n_formats:
 * @self: an item
 *
 * Counts the formats.
 *
 * Returns: the number of formats
 *
 * Since: 1.0
 */
guint
grip_item_get_n_formats (GripItem *self)
{
  g_return_val_if_fail (GRIP_IS_ITEM (self), 0);

  return self->n_formats;
}

/**
 * grip_item_get_format:
 * @self: an item
 * @index: which format
 *
 * Gets a format.
 *
 * Returns: (transfer none) (nullable): the format, %NULL when there are not so many
 *
 * Since: 1.0
 */
GripFormat *
grip_item_get_format (GripItem *self,
                      guint     index)
{
  g_return_val_if_fail (GRIP_IS_ITEM (self), NULL);

  return index < self->n_formats ? grip_item_nth_format (self, index)->format : NULL;
}

/**
 * grip_item_describe:
 * @self: an item
 * @format_name: the name of a format, such as `http-stream`
 *
 * Gets what the format of a name says, as it was when the item was made. It is for transports that do
 * not send a payload but act on the item themselves. Callable from any thread: no code of a format
 * that a script brought runs.
 *
 * Returns: (transfer full) (nullable): a dictionary of the type `a{sv}`, or %NULL when the item has no
 *   such format
 *
 * Since: 1.0
 */
GVariant *
grip_item_describe (GripItem   *self,
                    const char *format_name)
{
  g_return_val_if_fail (GRIP_IS_ITEM (self), NULL);
  g_return_val_if_fail (format_name != NULL, NULL);

  for (guint i = 0; i < self->n_formats; i++)
    {
      GripItemFormat *entry = grip_item_nth_format (self, i);

      if (strcmp (entry->name, format_name) != 0)
        continue;

      return entry->description != NULL ? g_variant_ref (entry->description)
                                        : g_variant_take_ref (grip_format_to_variant (entry->format));
    }

  return NULL;
}
