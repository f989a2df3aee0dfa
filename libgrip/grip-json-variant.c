/* grip-json-variant.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-json-private.h"

static GVariant *
convert_array (JsonArray *array)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (guint i = 0; i < json_array_get_length (array); i++)
    g_variant_builder_add (&builder, "v", grip_json_to_variant (json_array_get_element (array, i)));

  return g_variant_builder_end (&builder);
}

static GVariant *
convert_object (JsonObject *object)
{
  GVariantBuilder builder;
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *node = NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    g_variant_builder_add (&builder, "{sv}", name, grip_json_to_variant (node));

  return g_variant_builder_end (&builder);
}

/* As json_gvariant_deserialize () without a signature, which takes the square of the time. Returns:
 * (transfer floating) */
GVariant *
grip_json_to_variant (JsonNode *node)
{
  if (JSON_NODE_HOLDS_ARRAY (node))
    return convert_array (json_node_get_array (node));
  if (JSON_NODE_HOLDS_OBJECT (node))
    return convert_object (json_node_get_object (node));
  if (JSON_NODE_HOLDS_NULL (node))
    return g_variant_new_maybe (G_VARIANT_TYPE_VARIANT, NULL);

  switch (json_node_get_value_type (node))
    {
    case G_TYPE_BOOLEAN:
      return g_variant_new_boolean (json_node_get_boolean (node));
    case G_TYPE_INT64:
      return g_variant_new_int64 (json_node_get_int (node));
    case G_TYPE_DOUBLE:
      return g_variant_new_double (json_node_get_double (node));
    default:
      return g_variant_new_string (json_node_get_string (node));
    }
}
