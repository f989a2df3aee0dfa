/* grip-websocket-control-parser.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-error.h"
#include "grip-instruct-private.h"
#include "grip-json-private.h"
#include "grip-utf8-private.h"
#include "grip-websocket-control.h"

#define MAX_DEPTH   16
#define MAX_FILTERS 5

static gboolean
malformed (GError     **error,
           const char  *name,
           const char  *what)
{
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "control message: '%s' %s", name, what);
  return FALSE;
}

static gboolean
read_string (JsonObject       *object,
             const char       *name,
             gboolean          required,
             GVariantBuilder  *args,
             GError          **error)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return !required || malformed (error, name, "is missing");

  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return malformed (error, name, "is not a string");

  if (required && *json_node_get_string (node) == '\0')
    return malformed (error, name, "is empty");

  g_variant_builder_add (args, "{sv}", name, g_variant_new_string (json_node_get_string (node)));

  return TRUE;
}

static gboolean
read_filters (JsonObject       *object,
              GVariantBuilder  *args,
              GError          **error)
{
  JsonNode *node = json_object_get_member (object, "filters");
  g_auto(GVariantBuilder) filters = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_STRING_ARRAY);
  JsonArray *array = NULL;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return malformed (error, "filters", "is not a list");

  array = json_node_get_array (node);
  if (json_array_get_length (array) > MAX_FILTERS)
    return malformed (error, "filters", "has more than 5 elements");
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (element) || json_node_get_value_type (element) != G_TYPE_STRING)
        return malformed (error, "filters", "has an element that is not a string");
      g_variant_builder_add (&filters, "s", json_node_get_string (element));
    }

  g_variant_builder_add (args, "{sv}", "filters", g_variant_builder_end (&filters));

  return TRUE;
}

/* @content is NULL when there is none. */
static gboolean
get_content (JsonObject  *object,
             GBytes     **content,
             GError     **error)
{
  const char *name = json_object_has_member (object, "content-bin") ? "content-bin" : "content";
  JsonNode *node = json_object_get_member (object, name);
  const char *text = NULL;

  *content = NULL;
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return malformed (error, name, "is not a string");

  text = json_node_get_string (node);
  if (strcmp (name, "content") == 0)
    *content = g_bytes_new (text, strlen (text));
  else
    *content = grip_instruct_decode_base64 (text, name, NULL);

  return *content != NULL || malformed (error, name, "is not base64");
}

static gboolean
check_kind (JsonObject  *object,
            GBytes      *content,
            GError     **error)
{
  const char *kind = json_object_get_string_member_with_default (object, "message-type", "text");
  gsize length = g_bytes_get_size (content);

  if (!g_strv_contains ((const char * const []) { "text", "binary", "ping", "pong", NULL }, kind))
    return malformed (error, "message-type", "is not known");
  if (*kind == 'p' && length > 125)
    return malformed (error, "content", "has more than the 125 bytes of a ping or pong");
  if (*kind == 't' && !grip_utf8_check (g_bytes_get_data (content, NULL), length, NULL))
    return malformed (error, "content", "is not UTF-8, and the message is a text");

  return TRUE;
}

static gboolean
read_timeout (JsonObject       *object,
              GVariantBuilder  *args,
              GError          **error)
{
  JsonNode *node = json_object_get_member (object, "timeout");
  gint64 timeout;

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return malformed (error, "timeout", "is not a whole number");

  timeout = json_node_get_int (node);
  if (timeout < 0 || timeout > G_MAXINT)
    return malformed (error, "timeout", "is out of range");

  g_variant_builder_add (args, "{sv}", "timeout", g_variant_new_int32 (timeout));

  return TRUE;
}

static gboolean
read_message (JsonObject       *object,
              GVariantBuilder  *args,
              GError          **error)
{
  g_autoptr(GBytes) content = NULL;

  if (!read_string (object, "message-type", FALSE, args, error) || !get_content (object, &content, error))
    return FALSE;
  if (content == NULL)
    return TRUE;
  if (!check_kind (object, content, error) || !read_timeout (object, args, error))
    return FALSE;

  g_variant_builder_add (args, "{sv}", "content",
                         g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, content, TRUE));

  return read_string (object, "mode", FALSE, args, error);
}

static gboolean
read_args (JsonObject       *object,
           const char       *message_type,
           GVariantBuilder  *args,
           GError          **error)
{
  if (strcmp (message_type, "subscribe") == 0)
    return read_string (object, "channel", TRUE, args, error) && read_filters (object, args, error);
  if (strcmp (message_type, "unsubscribe") == 0)
    return read_string (object, "channel", TRUE, args, error);
  if (strcmp (message_type, "session") == 0)
    return read_string (object, "id", FALSE, args, error);
  if (strcmp (message_type, "set-meta") == 0)
    return read_string (object, "name", TRUE, args, error) &&
           read_string (object, "value", FALSE, args, error);
  if (strcmp (message_type, "keep-alive") == 0 || strcmp (message_type, "send-delayed") == 0)
    return read_message (object, args, error);
  if (strcmp (message_type, "detach") == 0 || strcmp (message_type, "flush-delayed") == 0)
    return TRUE;

  return malformed (error, "type", "is not known");
}

/**
 * grip_websocket_control_parse:
 * @json: a control message, without the `c:`
 * @error: return location for an error
 *
 * Reads a control message as a proxy does: the reverse of [func@Grip.websocket_control_message].
 *
 * The members come as strings, `filters` as a list of them, `timeout` as a number, and the content of
 * a message, however it was written, as bytes under `content`. Members that the message's type does
 * not have are left out.
 *
 * Fails with %GRIP_ERROR_MALFORMED when @json is no such message, or of a type that is not known: a
 * proxy ignores it then. Callable from any thread.
 *
 * Returns: (transfer full): a dictionary of the type `a{sv}`, with the message's type as `type`
 *
 * Since: 1.0
 */
GVariant *
grip_websocket_control_parse (const char  *json,
                              GError     **error)
{
  g_autoptr(JsonNode) root = NULL;
  g_auto(GVariantBuilder) args = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  JsonObject *object = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  root = grip_json_parse (json, strlen (json), MAX_DEPTH, error);
  if (root == NULL)
    {
      g_prefix_error (error, "control message: ");
      return NULL;
    }

  if (!JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "control message: not an object");
      return NULL;
    }

  object = json_node_get_object (root);
  if (!read_string (object, "type", TRUE, &args, error) ||
      !read_args (object, json_object_get_string_member (object, "type"), &args, error))
    return NULL;

  return g_variant_ref_sink (g_variant_builder_end (&args));
}
