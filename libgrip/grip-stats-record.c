/* grip-stats-record.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-error.h"
#include "grip-json-private.h"
#include "grip-stats-record-private.h"

#define MAX_DEPTH 8

/* Bytes that are text become that. Returns: (nullable): a floating variant */
static GVariant *
clean_value (GVariant *value)
{
  gsize       length;
  const char *data;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) ||
      g_variant_is_of_type (value, G_VARIANT_TYPE_INT64) ||
      g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE) ||
      g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return value;
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return NULL;

  data = g_variant_get_fixed_array (value, &length, 1);

  return g_utf8_validate (data, length, NULL) ? g_variant_new_take_string (g_strndup (data, length)) : NULL;
}

GVariant *
grip_stats_record_from_values (GVariant  *values,
                               GError   **error)
{
  GVariantDict  dict = G_VARIANT_DICT_INIT (NULL);
  GVariantIter  iter;
  const char   *key;
  GVariant     *value;

  if (!g_variant_is_of_type (values, G_VARIANT_TYPE_VARDICT))
    {
      g_set_error_literal (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "a record of the stats is no dictionary");
      return NULL;
    }

  g_variant_iter_init (&iter, values);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      GVariant *clean = clean_value (value);

      if (clean != NULL)
        g_variant_dict_insert_value (&dict, key, clean);
    }

  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
take_member (const GripJsonMember *member,
             gpointer              user_data)
{
  GVariantDict    *dict = user_data;
  g_autofree char *name = g_strndup (member->name, member->name_length);

  switch (member->kind)
    {
    case GRIP_JSON_STRING:
      g_variant_dict_insert_value (dict, name, g_variant_new_take_string (grip_json_member_string (member)));
      break;
    case GRIP_JSON_INTEGER:
      g_variant_dict_insert (dict, name, "x", grip_json_member_integer (member));
      break;
    case GRIP_JSON_DOUBLE:
      g_variant_dict_insert (dict, name, "d", grip_json_member_double (member));
      break;
    case GRIP_JSON_BOOLEAN:
      g_variant_dict_insert (dict, name, "b", *member->value == 't');
      break;
    case GRIP_JSON_OBJECT:
    case GRIP_JSON_ARRAY:
    case GRIP_JSON_NULL:
    default:
      break;
    }
}

GVariant *
grip_stats_record_from_json (const char  *data,
                             gsize        length,
                             GError     **error)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  if (!grip_json_scan_object (data, length, MAX_DEPTH, take_member, &dict, error))
    {
      g_variant_dict_clear (&dict);
      return NULL;
    }

  return g_variant_ref_sink (g_variant_dict_end (&dict));
}
