/* grip-instruct-json-parser.c
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

#define MAX_DEPTH 16

gboolean
grip_instruct_malformed (GError     **error,
                         const char  *format,
                         ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "instruct: %s", text);
  return FALSE;
}

gboolean
grip_instruct_parse_number (const char  *text,
                            int          maximum,
                            const char  *what,
                            int         *number,
                            GError     **error)
{
  guint64 value;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, maximum, &value, NULL))
    return grip_instruct_malformed (error, "%s is not a number from 0 to %d", what, maximum);

  *number = value;
  return TRUE;
}

GBytes *
grip_instruct_decode_base64 (const char  *text,
                             const char  *what,
                             GError     **error)
{
  gsize length = strlen (text);
  gsize n_digits = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  gsize n_padding = length - n_digits;
  guchar *data = NULL;
  gsize size;

  if (length % 4 != 0 || n_padding > 2 || strspn (text + n_digits, "=") != n_padding)
    {
      grip_instruct_malformed (error, "%s is not base64", what);
      return NULL;
    }

  data = g_base64_decode (text, &size);

  return g_bytes_new_take (data, size);
}

gboolean
grip_instruct_read_hold (GripInstruct  *self,
                         const char    *mode,
                         GError       **error)
{
  if (strcmp (mode, "response") == 0)
    self->hold_mode = GRIP_HOLD_MODE_RESPONSE;
  else if (strcmp (mode, "stream") == 0)
    self->hold_mode = GRIP_HOLD_MODE_STREAM;
  else
    return grip_instruct_malformed (error, "the hold is neither 'response' nor 'stream'");

  return TRUE;
}

static JsonNode *
get_member (JsonObject    *object,
            const char    *name,
            JsonNodeType   node_type,
            gboolean       required,
            const char    *what,
            GError       **error)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL)
    {
      if (required)
        grip_instruct_malformed (error, "%s has no '%s'", what, name);
      return NULL;
    }

  if (json_node_get_node_type (node) != node_type ||
      (node_type == JSON_NODE_VALUE && json_node_get_value_type (node) != G_TYPE_STRING))
    {
      grip_instruct_malformed (error, "%s has '%s' with a wrong type", what, name);
      return NULL;
    }

  return node;
}

static const char *
get_string (JsonObject  *object,
            const char  *name,
            gboolean     required,
            const char  *what,
            GError     **error)
{
  JsonNode *node = get_member (object, name, JSON_NODE_VALUE, required, what, error);

  return node != NULL ? json_node_get_string (node) : NULL;
}

/* A number, or a string of digits. @number keeps its value when there is none. */
static gboolean
get_number (JsonObject  *object,
            const char  *name,
            int          maximum,
            const char  *what,
            int         *number,
            GError     **error)
{
  JsonNode *node = json_object_get_member (object, name);
  g_autofree char *label = NULL;
  gint64 value;

  if (node == NULL)
    return TRUE;

  label = g_strdup_printf ("'%s' of %s", name, what);
  if (!JSON_NODE_HOLDS_VALUE (node))
    return grip_instruct_malformed (error, "%s is not a number from 0 to %d", label, maximum);

  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return grip_instruct_parse_number (json_node_get_string (node), maximum, label, number, error);

  value = json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : -1;
  if (value < 0 || value > maximum)
    return grip_instruct_malformed (error, "%s is not a number from 0 to %d", label, maximum);

  *number = value;
  return TRUE;
}

/* `content` or `content-bin`, `body` or `body-bin`. NULL without an error when there is neither. */
static GBytes *
get_content (JsonObject  *object,
             const char  *name,
             const char  *what,
             GError     **error)
{
  g_autofree char *bin_name = g_strconcat (name, "-bin", NULL);
  const char *text = NULL;

  if (json_object_has_member (object, bin_name))
    {
      text = get_string (object, bin_name, TRUE, what, error);
      return text != NULL ? grip_instruct_decode_base64 (text, bin_name, error) : NULL;
    }

  text = get_string (object, name, FALSE, what, error);

  return text != NULL ? g_bytes_new (text, strlen (text)) : NULL;
}

static gboolean
get_filters (JsonObject    *object,
             GStrvBuilder  *filters,
             GError       **error)
{
  JsonArray *array = NULL;
  JsonNode *node = NULL;
  g_autoptr(GError) local = NULL;

  node = get_member (object, "filters", JSON_NODE_ARRAY, FALSE, "a channel", &local);
  if (node == NULL)
    {
      if (local == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (element) || json_node_get_value_type (element) != G_TYPE_STRING)
        return grip_instruct_malformed (error, "a filter is not a string");
      g_strv_builder_add (filters, json_node_get_string (element));
    }

  return TRUE;
}

static gboolean
read_json_channel (GripInstruct  *self,
                   JsonNode      *node,
                   GError       **error)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr(GripChannel) channel = NULL;
  g_autoptr(GError) local = NULL;
  g_auto(GStrv) filters = NULL;
  const char *name = NULL;
  const char *prev_id = NULL;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return grip_instruct_malformed (error, "a channel is not an object");

  name = get_string (json_node_get_object (node), "name", TRUE, "a channel", error);
  if (name == NULL)
    return FALSE;
  if (*name == '\0')
    return grip_instruct_malformed (error, "the name of a channel is empty");

  prev_id = get_string (json_node_get_object (node), "prev-id", FALSE, "a channel", &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  if (!get_filters (json_node_get_object (node), builder, error))
    return FALSE;

  filters = g_strv_builder_end (builder);
  channel = grip_channel_new_full (name, prev_id, (const char * const *) filters);
  grip_instruct_add_channel (self, channel);

  return TRUE;
}

static gboolean
read_json_keep_alive (GripInstruct  *self,
                      JsonObject    *hold,
                      GError       **error)
{
  JsonNode *node = json_object_get_member (hold, "keep-alive");
  g_autoptr(GBytes) content = NULL;
  g_autoptr(GError) local = NULL;
  int timeout = -1;

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return grip_instruct_malformed (error, "'keep-alive' is not an object");

  content = get_content (json_node_get_object (node), "content", "the keep-alive", &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  if (!get_number (json_node_get_object (node), "timeout", G_MAXINT, "the keep-alive", &timeout, error))
    return FALSE;

  /* Without the mode of a header, content does not start the time again. */
  grip_instruct_set_keep_alive (self, content != NULL ? content : self->keep_alive, timeout,
                                self->keep_alive != NULL ? self->keep_alive_mode
                                                         : GRIP_KEEP_ALIVE_MODE_INTERVAL);
  return TRUE;
}

static gboolean
read_json_meta (GripInstruct  *self,
                JsonObject    *hold,
                GError       **error)
{
  JsonNode *node = json_object_get_member (hold, "meta");
  JsonObjectIter iter;
  const char *name = NULL;

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return grip_instruct_malformed (error, "'meta' is not an object");

  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &name, &node))
    {
      if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
        return grip_instruct_malformed (error, "a value of 'meta' is not a string");
      if (*name == '\0')
        return grip_instruct_malformed (error, "'meta' has an empty name");
      grip_instruct_set_meta (self, name, json_node_get_string (node));
    }

  return TRUE;
}

static gboolean
read_json_hold (GripInstruct  *self,
                JsonObject    *hold,
                GError       **error)
{
  g_autoptr(GError) local = NULL;
  const char *mode = get_string (hold, "mode", FALSE, "the hold", &local);
  JsonNode *node = NULL;
  JsonArray *channels = NULL;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  if (!grip_instruct_read_hold (self, mode != NULL ? mode : "response", error))
    return FALSE;

  node = get_member (hold, "channels", JSON_NODE_ARRAY, TRUE, "the hold", error);
  if (node == NULL)
    return FALSE;

  channels = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (channels); i++)
    {
      if (!read_json_channel (self, json_array_get_element (channels, i), error))
        return FALSE;
    }

  return get_number (hold, "timeout", G_MAXINT, "the hold", &self->timeout, error) &&
         read_json_keep_alive (self, hold, error) &&
         read_json_meta (self, hold, error);
}

static gboolean
add_json_header (GVariantBuilder  *headers,
                 const char       *name,
                 JsonNode         *value,
                 GError          **error)
{
  if (!JSON_NODE_HOLDS_VALUE (value) || json_node_get_value_type (value) != G_TYPE_STRING)
    return grip_instruct_malformed (error, "the value of a header is not a string");

  g_variant_builder_add (headers, "(ss)", name, json_node_get_string (value));
  return TRUE;
}

static gboolean
read_json_header_list (JsonArray        *list,
                       GVariantBuilder  *headers,
                       GError          **error)
{
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);
      JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
      JsonNode *name = NULL;

      if (pair == NULL || json_array_get_length (pair) != 2)
        return grip_instruct_malformed (error, "a header is not a pair");

      name = json_array_get_element (pair, 0);
      if (!JSON_NODE_HOLDS_VALUE (name) || json_node_get_value_type (name) != G_TYPE_STRING)
        return grip_instruct_malformed (error, "the name of a header is not a string");

      if (!add_json_header (headers, json_node_get_string (name), json_array_get_element (pair, 1),
                            error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
read_json_headers (JsonObject       *response,
                   GVariantBuilder  *headers,
                   GError          **error)
{
  JsonNode *node = json_object_get_member (response, "headers");
  JsonObjectIter iter;
  const char *name = NULL;

  if (node == NULL)
    return TRUE;
  if (JSON_NODE_HOLDS_ARRAY (node))
    return read_json_header_list (json_node_get_array (node), headers, error);
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return grip_instruct_malformed (error, "'headers' is neither a list nor an object");

  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      if (!add_json_header (headers, name, node, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
read_json_response (GripInstruct  *self,
                    JsonObject    *object,
                    GError       **error)
{
  g_auto(GVariantBuilder) headers = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ss)"));
  g_autoptr(GBytes) body = NULL;
  g_autoptr(GError) local = NULL;
  const char *reason = NULL;
  int code = -1;

  if (!get_number (object, "code", 999, "the response", &code, error) ||
      !read_json_headers (object, &headers, error))
    return FALSE;

  reason = get_string (object, "reason", FALSE, "the response", &local);
  if (local == NULL)
    body = get_content (object, "body", "the response", &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  if (code >= 0)
    grip_instruct_set_status (self, -1, NULL);

  g_clear_object (&self->response);
  self->response = grip_response_new (code >= 0 ? code : 200, reason,
                                      g_variant_builder_end (&headers), body);
  return TRUE;
}

gboolean
grip_instruct_read_json (GripInstruct  *self,
                         GBytes        *body,
                         GError       **error)
{
  g_autoptr(JsonNode) root = NULL;
  JsonNode *node = NULL;
  const char *data = NULL;
  gsize length = 0;

  if (body != NULL)
    data = g_bytes_get_data (body, &length);

  root = grip_json_parse (data != NULL ? data : "", length, MAX_DEPTH, error);
  if (root == NULL)
    {
      g_prefix_error (error, "instruct: ");
      return FALSE;
    }

  if (!JSON_NODE_HOLDS_OBJECT (root))
    return grip_instruct_malformed (error, "the body is not an object");

  node = json_object_get_member (json_node_get_object (root), "hold");
  if (node != NULL && !JSON_NODE_HOLDS_OBJECT (node))
    return grip_instruct_malformed (error, "'hold' is not an object");
  if (node != NULL && !read_json_hold (self, json_node_get_object (node), error))
    return FALSE;

  node = json_object_get_member (json_node_get_object (root), "response");
  if (node != NULL && !JSON_NODE_HOLDS_OBJECT (node))
    return grip_instruct_malformed (error, "'response' is not an object");

  return node == NULL || read_json_response (self, json_node_get_object (node), error);
}
