/* grip-http-response-format.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <json-glib/json-glib.h>

#include "grip-base-format-private.h"
#include "grip-error.h"
#include "grip-format-check-private.h"
#include "grip-http-response-format.h"
#include "grip-json-private.h"

#define MAX_PATCH_DEPTH 24

/**
 * GripHttpResponseFormat:
 *
 * The response for clients that are held in a long poll: the format `http-response` of protocol 3.1.
 *
 * The payload is the body of the response; [property@Grip.HttpResponseFormat:body-patch] may stand
 * in its place.
 *
 * Since: 1.0
 */

struct _GripHttpResponseFormat
{
  GripBaseFormat  parent_instance;

  char           *reason;
  GVariant       *headers;
  GVariant       *body_patch;
  int             code;
};

enum
{
  PROP_0,
  PROP_CODE,
  PROP_REASON,
  PROP_HEADERS,
  PROP_BODY_PATCH,
  N_PROPS
};

static void format_iface_init (GripFormatInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GripHttpResponseFormat, grip_http_response_format, GRIP_TYPE_BASE_FORMAT,
                               G_IMPLEMENT_INTERFACE (GRIP_TYPE_FORMAT, format_iface_init))

static GParamSpec *properties[N_PROPS];

static const char *
grip_http_response_format_get_name (GripFormat *format)
{
  return "http-response";
}

static void
format_iface_init (GripFormatInterface *iface)
{
  iface->get_name = grip_http_response_format_get_name;
}

static void
describe_headers (GripHttpResponseFormat *self,
                  GripWriter             *writer)
{
  GVariantIter iter;
  const char  *name;
  const char  *value;

  grip_writer_key (writer, "headers");
  grip_writer_begin_list (writer);

  g_variant_iter_init (&iter, self->headers);
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &value))
    {
      grip_writer_begin_list (writer);
      grip_writer_string (writer, name);
      grip_writer_string (writer, value);
      grip_writer_end_list (writer);
    }

  grip_writer_end_list (writer);
}

static void
grip_http_response_format_describe (GripBaseFormat *base,
                                    gpointer        writer)
{
  GripHttpResponseFormat *self = GRIP_HTTP_RESPONSE_FORMAT (base);
  GripBaseFormatPrivate  *priv = grip_base_format_get_private (base);

  if (priv->action != GRIP_ACTION_SEND)
    return;

  if (self->code >= 0)
    {
      grip_writer_key (writer, "code");
      grip_writer_integer (writer, self->code);
    }
  if (self->reason != NULL)
    grip_writer_member (writer, "reason", self->reason);
  if (self->headers != NULL)
    describe_headers (self, writer);

  grip_base_format_write_filters (base, writer);

  if (priv->content != NULL)
    grip_base_format_write_content (base, writer, "body", priv->is_text, GRIP_CONTENT_HTTP);
  else if (self->body_patch != NULL)
    {
      grip_writer_key (writer, "body-patch");
      grip_writer_variant (writer, self->body_patch, GRIP_CONTENT_HTTP);
    }
}

static gboolean
check_headers (GripHttpResponseFormat  *self,
               GError                 **error)
{
  GVariantIter iter;
  const char  *name;
  const char  *value;
  guint        i;

  if (self->headers == NULL)
    return TRUE;

  g_variant_iter_init (&iter, self->headers);
  for (i = 0; g_variant_iter_next (&iter, "(&s&s)", &name, &value); i++)
    {
      if (!grip_is_header_name (name))
        return grip_base_format_refuse (GRIP_BASE_FORMAT (self), error,
                                        "'headers' element %u: the name is no header name", i);
      if (!grip_is_header_value (value))
        return grip_base_format_refuse (GRIP_BASE_FORMAT (self), error,
                                        "'headers' element %u: the value of '%s' has a control character", i, name);
    }

  return TRUE;
}

static gboolean
check_body_patch (GripHttpResponseFormat  *self,
                  GError                 **error)
{
  g_autofree char *problem = NULL;

  if (self->body_patch == NULL || grip_check_body_patch (self->body_patch, &problem))
    return TRUE;

  return grip_base_format_refuse (GRIP_BASE_FORMAT (self), error, "'body-patch' %s", problem);
}

static gboolean
check_send (GripHttpResponseFormat  *self,
            GError                 **error)
{
  GripBaseFormat        *base = GRIP_BASE_FORMAT (self);
  GripBaseFormatPrivate *priv = grip_base_format_get_private (base);

  if (priv->content == NULL && self->body_patch == NULL)
    return grip_base_format_refuse (base, error, "'body' or 'body-patch' is missing");
  if (priv->content != NULL && self->body_patch != NULL)
    return grip_base_format_refuse (base, error, "'body' and 'body-patch' exclude each other");
  if (self->code > 999)
    return grip_base_format_refuse (base, error, "'code' %d is not in 0 to 999", self->code);
  if (self->reason != NULL && !grip_is_header_value (self->reason))
    return grip_base_format_refuse (base, error, "'reason' has a control character or is not UTF-8");

  return check_headers (self, error) && check_body_patch (self, error);
}

static gboolean
grip_http_response_format_check (GripBaseFormat  *base,
                                 GError         **error)
{
  GripBaseFormatPrivate *priv = grip_base_format_get_private (base);

  if (priv->action == GRIP_ACTION_SEND)
    return check_send (GRIP_HTTP_RESPONSE_FORMAT (base), error);
  if (priv->action == GRIP_ACTION_REFRESH)
    return grip_base_format_refuse (base, error, "'action' refresh is for ws-message only");
  if (priv->content != NULL)
    return grip_base_format_refuse (base, error, "'body' goes with 'action' send only");
  if (GRIP_HTTP_RESPONSE_FORMAT (base)->body_patch != NULL)
    return grip_base_format_refuse (base, error, "'body-patch' goes with 'action' send only");

  return TRUE;
}

static void
grip_http_response_format_finalize (GObject *object)
{
  GripHttpResponseFormat *self = GRIP_HTTP_RESPONSE_FORMAT (object);

  g_clear_pointer (&self->reason, g_free);
  g_clear_pointer (&self->headers, g_variant_unref);
  g_clear_pointer (&self->body_patch, g_variant_unref);

  G_OBJECT_CLASS (grip_http_response_format_parent_class)->finalize (object);
}

static void
grip_http_response_format_get_property (GObject    *object,
                                        guint       prop_id,
                                        GValue     *value,
                                        GParamSpec *pspec)
{
  GripHttpResponseFormat *self = GRIP_HTTP_RESPONSE_FORMAT (object);

  switch (prop_id)
    {
    case PROP_CODE:
      g_value_set_int (value, grip_http_response_format_get_code (self));
      break;
    case PROP_REASON:
      g_value_set_string (value, self->reason);
      break;
    case PROP_HEADERS:
      g_value_set_variant (value, self->headers);
      break;
    case PROP_BODY_PATCH:
      g_value_set_variant (value, self->body_patch);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_http_response_format_set_property (GObject      *object,
                                        guint         prop_id,
                                        const GValue *value,
                                        GParamSpec   *pspec)
{
  GripHttpResponseFormat *self = GRIP_HTTP_RESPONSE_FORMAT (object);

  switch (prop_id)
    {
    case PROP_CODE:
      grip_http_response_format_set_code (self, g_value_get_int (value));
      break;
    case PROP_REASON:
      grip_http_response_format_set_reason (self, g_value_get_string (value));
      break;
    case PROP_HEADERS:
      grip_http_response_format_set_headers (self, g_value_get_variant (value));
      break;
    case PROP_BODY_PATCH:
      grip_http_response_format_set_body_patch (self, g_value_get_variant (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_http_response_format_class_init (GripHttpResponseFormatClass *klass)
{
  GObjectClass        *object_class = G_OBJECT_CLASS (klass);
  GripBaseFormatClass *base_class = GRIP_BASE_FORMAT_CLASS (klass);

  object_class->finalize = grip_http_response_format_finalize;
  object_class->get_property = grip_http_response_format_get_property;
  object_class->set_property = grip_http_response_format_set_property;
  base_class->describe = grip_http_response_format_describe;
  base_class->check = grip_http_response_format_check;

  /**
   * GripHttpResponseFormat:code:
   *
   * The status code, 0 to 999; -1 leaves it to the proxy, which takes 200.
   *
   * Since: 1.0
   */
  properties[PROP_CODE] =
    g_param_spec_int ("code", NULL, NULL,
                      -1, 999, -1,
                      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripHttpResponseFormat:reason:
   *
   * The reason phrase; the proxy has one for each known code.
   *
   * Since: 1.0
   */
  properties[PROP_REASON] =
    g_param_spec_string ("reason", NULL, NULL,
                         NULL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripHttpResponseFormat:headers:
   *
   * The headers: pairs of name and value, in order, repeats allowed.
   *
   * Since: 1.0
   */
  properties[PROP_HEADERS] =
    g_param_spec_variant ("headers", NULL, NULL,
                          G_VARIANT_TYPE ("a(ss)"), NULL,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripHttpResponseFormat:body-patch:
   *
   * A list of JSON patch operations (RFC 6902) on the held response's body, in place of a body.
   *
   * Since: 1.0
   */
  properties[PROP_BODY_PATCH] =
    g_param_spec_variant ("body-patch", NULL, NULL,
                          G_VARIANT_TYPE_ARRAY, NULL,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
grip_http_response_format_init (GripHttpResponseFormat *self)
{
  self->code = -1;
}

static GripHttpResponseFormat *
take_body (GBytes *body)
{
  GripHttpResponseFormat *self = g_object_new (GRIP_TYPE_HTTP_RESPONSE_FORMAT, NULL);

  grip_base_format_take_content (GRIP_BASE_FORMAT (self), body);

  return self;
}

static GripHttpResponseFormat *
new_with_action (GripAction action)
{
  GripHttpResponseFormat *self = g_object_new (GRIP_TYPE_HTTP_RESPONSE_FORMAT, NULL);

  grip_base_format_set_action (GRIP_BASE_FORMAT (self), action);

  return self;
}

/**
 * grip_http_response_format_new:
 * @body: (nullable): the body, or %NULL when a patch will be set
 *
 * Makes a format that answers with bytes.
 *
 * Returns: (transfer full): a new format
 *
 * Since: 1.0
 */
GripHttpResponseFormat *
grip_http_response_format_new (GBytes *body)
{
  return take_body (body != NULL ? g_bytes_ref (body) : NULL);
}

/**
 * grip_http_response_format_new_text:
 * @body: the body
 *
 * Makes a format that answers with text.
 *
 * Returns: (transfer full): a new format
 *
 * Since: 1.0
 */
GripHttpResponseFormat *
grip_http_response_format_new_text (const char *body)
{
  g_return_val_if_fail (body != NULL, NULL);

  return take_body (g_bytes_new (body, strlen (body)));
}

/**
 * grip_http_response_format_new_close:
 *
 * Makes a format that closes the connection of each held client.
 *
 * Returns: (transfer full): a new format
 *
 * Since: 1.0
 */
GripHttpResponseFormat *
grip_http_response_format_new_close (void)
{
  return new_with_action (GRIP_ACTION_CLOSE);
}

/**
 * grip_http_response_format_new_hint:
 *
 * Makes a format that lets the proxy ask the origin again for each held client.
 *
 * Returns: (transfer full): a new format
 *
 * Since: 1.0
 */
GripHttpResponseFormat *
grip_http_response_format_new_hint (void)
{
  return new_with_action (GRIP_ACTION_HINT);
}

/**
 * grip_http_response_format_get_code:
 * @self: a format
 *
 * Tells the status code.
 *
 * Returns: the status code, -1 for the proxy's own
 *
 * Since: 1.0
 */
int
grip_http_response_format_get_code (GripHttpResponseFormat *self)
{
  g_return_val_if_fail (GRIP_IS_HTTP_RESPONSE_FORMAT (self), -1);

  return self->code;
}

/**
 * grip_http_response_format_set_code:
 * @self: a format that is in no item yet
 * @code: the status code, -1 for the proxy's own
 *
 * Sets the status code.
 *
 * Since: 1.0
 */
void
grip_http_response_format_set_code (GripHttpResponseFormat *self,
                                    int                     code)
{
  g_return_if_fail (GRIP_IS_HTTP_RESPONSE_FORMAT (self));

  code = MAX (code, -1);
  if (self->code == code || !grip_base_format_may_change (GRIP_BASE_FORMAT (self)))
    return;

  self->code = code;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CODE]);
}

/**
 * grip_http_response_format_get_reason:
 * @self: a format
 *
 * Tells the reason phrase.
 *
 * Returns: (nullable): the reason phrase
 *
 * Since: 1.0
 */
const char *
grip_http_response_format_get_reason (GripHttpResponseFormat *self)
{
  g_return_val_if_fail (GRIP_IS_HTTP_RESPONSE_FORMAT (self), NULL);

  return self->reason;
}

/**
 * grip_http_response_format_set_reason:
 * @self: a format that is in no item yet
 * @reason: (nullable): the reason phrase
 *
 * Sets the reason phrase.
 *
 * Since: 1.0
 */
void
grip_http_response_format_set_reason (GripHttpResponseFormat *self,
                                      const char             *reason)
{
  char *copy;

  g_return_if_fail (GRIP_IS_HTTP_RESPONSE_FORMAT (self));

  if (g_strcmp0 (self->reason, reason) == 0 || !grip_base_format_may_change (GRIP_BASE_FORMAT (self)))
    return;

  copy = g_strdup (reason);
  g_free (self->reason);
  self->reason = copy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REASON]);
}

/**
 * grip_http_response_format_get_headers:
 * @self: a format
 *
 * Gets the headers.
 *
 * Returns: (transfer none) (nullable): a `a(ss)`
 *
 * Since: 1.0
 */
GVariant *
grip_http_response_format_get_headers (GripHttpResponseFormat *self)
{
  g_return_val_if_fail (GRIP_IS_HTTP_RESPONSE_FORMAT (self), NULL);

  return self->headers;
}

/**
 * grip_http_response_format_set_headers:
 * @self: a format that is in no item yet
 * @headers: (nullable): a `a(ss)`
 *
 * Sets the headers: pairs of name and value, in order, repeats allowed.
 *
 * Since: 1.0
 */
void
grip_http_response_format_set_headers (GripHttpResponseFormat *self,
                                       GVariant               *headers)
{
  g_return_if_fail (GRIP_IS_HTTP_RESPONSE_FORMAT (self));
  g_return_if_fail (headers == NULL || g_variant_is_of_type (headers, G_VARIANT_TYPE ("a(ss)")));

  if (!grip_base_format_may_change (GRIP_BASE_FORMAT (self)))
    return;

  if (headers != NULL)
    g_variant_ref_sink (headers);
  g_clear_pointer (&self->headers, g_variant_unref);
  self->headers = headers;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HEADERS]);
}

/**
 * grip_http_response_format_append_header:
 * @self: a format that is in no item yet
 * @name: the name
 * @value: the value
 *
 * Appends a header. A name may stand more than once.
 *
 * Since: 1.0
 */
void
grip_http_response_format_append_header (GripHttpResponseFormat *self,
                                         const char             *name,
                                         const char             *value)
{
  GVariantBuilder builder;
  GVariantIter    iter;
  const char     *old_name;
  const char     *old_value;

  g_return_if_fail (GRIP_IS_HTTP_RESPONSE_FORMAT (self));
  g_return_if_fail (name != NULL && g_utf8_validate (name, -1, NULL));
  g_return_if_fail (value != NULL && g_utf8_validate (value, -1, NULL));

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  if (self->headers != NULL)
    {
      g_variant_iter_init (&iter, self->headers);
      while (g_variant_iter_next (&iter, "(&s&s)", &old_name, &old_value))
        g_variant_builder_add (&builder, "(ss)", old_name, old_value);
    }
  g_variant_builder_add (&builder, "(ss)", name, value);

  grip_http_response_format_set_headers (self, g_variant_builder_end (&builder));
}

/**
 * grip_http_response_format_get_body_patch:
 * @self: a format
 *
 * Gets the patch.
 *
 * Returns: (transfer none) (nullable): a list of operations
 *
 * Since: 1.0
 */
GVariant *
grip_http_response_format_get_body_patch (GripHttpResponseFormat *self)
{
  g_return_val_if_fail (GRIP_IS_HTTP_RESPONSE_FORMAT (self), NULL);

  return self->body_patch;
}

/**
 * grip_http_response_format_set_body_patch:
 * @self: a format that is in no item yet
 * @operations: (nullable): a list of dictionaries, such as `aa{sv}` or `av`
 *
 * Sets the patch that stands in place of a body.
 *
 * Since: 1.0
 */
void
grip_http_response_format_set_body_patch (GripHttpResponseFormat *self,
                                          GVariant               *operations)
{
  g_return_if_fail (GRIP_IS_HTTP_RESPONSE_FORMAT (self));
  g_return_if_fail (operations == NULL || g_variant_is_of_type (operations, G_VARIANT_TYPE_ARRAY));

  if (!grip_base_format_may_change (GRIP_BASE_FORMAT (self)))
    return;

  if (operations != NULL)
    g_variant_ref_sink (operations);
  g_clear_pointer (&self->body_patch, g_variant_unref);
  self->body_patch = operations;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BODY_PATCH]);
}

/**
 * grip_http_response_format_set_body_patch_json:
 * @self: a format that is in no item yet
 * @json: a JSON array of operations
 * @error: return location for an error
 *
 * Sets the patch from JSON.
 *
 * Returns: true on success, false with `GRIP_ERROR_MALFORMED` when @json is not a JSON array
 *
 * Since: 1.0
 */
gboolean
grip_http_response_format_set_body_patch_json (GripHttpResponseFormat  *self,
                                               const char              *json,
                                               GError                 **error)
{
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(GVariant) operations = NULL;

  g_return_val_if_fail (GRIP_IS_HTTP_RESPONSE_FORMAT (self), FALSE);
  g_return_val_if_fail (json != NULL, FALSE);

  node = grip_json_parse (json, strlen (json), MAX_PATCH_DEPTH, error);
  if (node == NULL)
    return FALSE;

  if (!JSON_NODE_HOLDS_ARRAY (node))
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "'body-patch' is not a JSON array");
      return FALSE;
    }

  operations = g_variant_ref_sink (grip_json_to_variant (node));
  grip_http_response_format_set_body_patch (self, operations);

  return TRUE;
}
