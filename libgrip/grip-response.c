/* grip-response.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-response.h"

/**
 * GripResponse:
 *
 * An HTTP response as a value: a code, a reason, headers in their order, and a body.
 *
 * It is what a client gets at once, before it is held, or (for a long poll) when the time is over;
 * and it is what [method@Grip.Instruct.to_response] makes for the HTTP server to send.
 *
 * Headers are a [struct@GLib.Variant] of the type `a(ss)`: pairs of a name and a value.
 *
 * A response never changes, so it may be used in any thread.
 *
 * Since: 1.0
 */
struct _GripResponse
{
  GObject   parent_instance;

  char     *reason;
  GVariant *headers;
  GBytes   *body;
  int       code;
};

enum
{
  PROP_0,
  PROP_CODE,
  PROP_REASON,
  PROP_HEADERS,
  PROP_BODY,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (GripResponse, grip_response, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];

static void
grip_response_finalize (GObject *object)
{
  GripResponse *self = GRIP_RESPONSE (object);

  g_clear_pointer (&self->reason, g_free);
  g_clear_pointer (&self->headers, g_variant_unref);
  g_clear_pointer (&self->body, g_bytes_unref);

  G_OBJECT_CLASS (grip_response_parent_class)->finalize (object);
}

static void
grip_response_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  GripResponse *self = GRIP_RESPONSE (object);

  switch (prop_id)
    {
    case PROP_CODE:
      g_value_set_int (value, grip_response_get_code (self));
      break;
    case PROP_REASON:
      g_value_set_string (value, grip_response_get_reason (self));
      break;
    case PROP_HEADERS:
      g_value_set_variant (value, grip_response_get_headers (self));
      break;
    case PROP_BODY:
      g_value_set_boxed (value, grip_response_get_body (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_response_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  GripResponse *self = GRIP_RESPONSE (object);

  switch (prop_id)
    {
    case PROP_CODE:
      self->code = g_value_get_int (value);
      break;
    case PROP_REASON:
      self->reason = g_value_dup_string (value);
      break;
    case PROP_HEADERS:
      self->headers = g_value_dup_variant (value);
      break;
    case PROP_BODY:
      self->body = g_value_dup_boxed (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_response_constructed (GObject *object)
{
  GripResponse *self = GRIP_RESPONSE (object);

  G_OBJECT_CLASS (grip_response_parent_class)->constructed (object);

  if (self->headers == NULL)
    self->headers = g_variant_ref_sink (g_variant_new ("a(ss)", NULL));
}

static void
grip_response_class_init (GripResponseClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = grip_response_constructed;
  object_class->finalize = grip_response_finalize;
  object_class->get_property = grip_response_get_property;
  object_class->set_property = grip_response_set_property;

  /**
   * GripResponse:code: (getter get_code)
   *
   * The status code.
   *
   * Since: 1.0
   */
  properties[PROP_CODE] =
    g_param_spec_int ("code", NULL, NULL, 0, 999, 200,
                      G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * GripResponse:reason: (getter get_reason)
   *
   * The reason phrase, or %NULL for the usual one of the code.
   *
   * Since: 1.0
   */
  properties[PROP_REASON] =
    g_param_spec_string ("reason", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * GripResponse:headers: (getter get_headers)
   *
   * The headers, in their order.
   *
   * Since: 1.0
   */
  properties[PROP_HEADERS] =
    g_param_spec_variant ("headers", NULL, NULL, G_VARIANT_TYPE ("a(ss)"), NULL,
                          G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * GripResponse:body: (getter get_body)
   *
   * The body, or %NULL for none.
   *
   * Since: 1.0
   */
  properties[PROP_BODY] =
    g_param_spec_boxed ("body", NULL, NULL, G_TYPE_BYTES,
                        G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
grip_response_init (GripResponse *self)
{
}

/**
 * grip_response_new:
 * @code: the status code, 0 to 999
 * @reason: (nullable): the reason phrase, or %NULL for the usual one
 * @headers: (nullable): the headers, of the type `a(ss)`; a floating reference is taken
 * @body: (nullable): the body
 *
 * Creates a response.
 *
 * Names and values are checked when the response is written into an instruct.
 *
 * Returns: (transfer full): a new response
 *
 * Since: 1.0
 */
GripResponse *
grip_response_new (int         code,
                   const char *reason,
                   GVariant   *headers,
                   GBytes     *body)
{
  g_return_val_if_fail (code >= 0 && code <= 999, NULL);
  g_return_val_if_fail (headers == NULL ||
                        g_variant_is_of_type (headers, G_VARIANT_TYPE ("a(ss)")), NULL);

  return g_object_new (GRIP_TYPE_RESPONSE,
                       "code", code,
                       "reason", reason,
                       "headers", headers,
                       "body", body,
                       NULL);
}

/**
 * grip_response_new_text:
 * @code: the status code, 0 to 999
 * @content_type: (nullable): the media type, such as `text/plain`
 * @body: (nullable): the body
 *
 * Creates a response with text as its body and, when @content_type is given, one header.
 *
 * Returns: (transfer full): a new response
 *
 * Since: 1.0
 */
GripResponse *
grip_response_new_text (int         code,
                        const char *content_type,
                        const char *body)
{
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GVariant) headers = NULL;

  if (body != NULL)
    bytes = g_bytes_new (body, strlen (body));

  if (content_type != NULL)
    {
      GVariantBuilder builder;

      g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
      g_variant_builder_add (&builder, "(ss)", "Content-Type", content_type);
      headers = g_variant_ref_sink (g_variant_builder_end (&builder));
    }

  return grip_response_new (code, NULL, headers, bytes);
}

/**
 * grip_response_get_code: (get-property code)
 * @self: a response
 *
 * Gets the status code.
 *
 * Returns: the code
 *
 * Since: 1.0
 */
int
grip_response_get_code (GripResponse *self)
{
  g_return_val_if_fail (GRIP_IS_RESPONSE (self), 0);

  return self->code;
}

/**
 * grip_response_get_reason: (get-property reason)
 * @self: a response
 *
 * Gets the reason phrase.
 *
 * Returns: (transfer none) (nullable): the reason, or %NULL for the usual one of the code
 *
 * Since: 1.0
 */
const char *
grip_response_get_reason (GripResponse *self)
{
  g_return_val_if_fail (GRIP_IS_RESPONSE (self), NULL);

  return self->reason;
}

/**
 * grip_response_get_headers: (get-property headers)
 * @self: a response
 *
 * Gets the headers in their order.
 *
 * Returns: (transfer none): the headers, of the type `a(ss)`
 *
 * Since: 1.0
 */
GVariant *
grip_response_get_headers (GripResponse *self)
{
  g_return_val_if_fail (GRIP_IS_RESPONSE (self), NULL);

  return self->headers;
}

/**
 * grip_response_get_header:
 * @self: a response
 * @name: the name of a header, in any case
 *
 * Gets the value of the first header of a name.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 1.0
 */
const char *
grip_response_get_header (GripResponse *self,
                          const char   *name)
{
  GVariantIter iter;
  const char *key = NULL;
  const char *value = NULL;

  g_return_val_if_fail (GRIP_IS_RESPONSE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  g_variant_iter_init (&iter, self->headers);
  while (g_variant_iter_next (&iter, "(&s&s)", &key, &value))
    {
      if (g_ascii_strcasecmp (key, name) == 0)
        return value;
    }

  return NULL;
}

/**
 * grip_response_get_body: (get-property body)
 * @self: a response
 *
 * Gets the body.
 *
 * Returns: (transfer none) (nullable): the body, or %NULL for none
 *
 * Since: 1.0
 */
GBytes *
grip_response_get_body (GripResponse *self)
{
  g_return_val_if_fail (GRIP_IS_RESPONSE (self), NULL);

  return self->body;
}
