/* grip-endpoints.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-endpoint-private.h"
#include "grip-error.h"
#include "grip-json-private.h"
#include "grip-secret-private.h"

/* What endpoints are made from, and what they are written as. */

/* A list, a dictionary, a value, and a JWK in it with lists of its own. */
#define MAX_DEPTH 8

static GripEndpoint *
new_from_dictionary (GVariant  *variant,
                     GError   **error)
{
  GripConfig config;

  grip_config_init (&config);
  if (!grip_config_read (&config, variant, error))
    {
      grip_config_clear (&config);
      return NULL;
    }

  return grip_endpoint_new_take_config (&config, error);
}

static GVariant *
variant_from_json (const char  *json,
                   GError     **error)
{
  g_autoptr(GError)   json_error = NULL;
  g_autoptr(JsonNode) node = grip_json_parse (json, strlen (json), MAX_DEPTH, &json_error);
  GVariant           *variant = NULL;

  if (node != NULL && JSON_NODE_HOLDS_VALUE (node))
    g_set_error_literal (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
                         "the configuration is neither an object nor a list");
  else if (node == NULL || (variant = json_gvariant_deserialize (node, NULL, &json_error)) == NULL)
    g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "the configuration: %s",
                 json_error->message);

  return variant != NULL ? g_variant_ref_sink (variant) : NULL;
}

/**
 * grip_endpoint_new:
 * @control_uri: the base URI of the HTTP control API
 * @error: return location for an error
 *
 * Makes an endpoint from its control URI alone.
 *
 * A user and a password in the URI are for basic authorization. The query stays with the URI; use
 * [ctor@Grip.Endpoint.new_for_uri] for a URI that has keys in it. Errors:
 * `GRIP_ERROR_INVALID_CONFIG`, with the offset of what is wrong in the URI.
 *
 * Returns: (transfer full): a new endpoint
 *
 * Since: 1.0
 */
GripEndpoint *
grip_endpoint_new (const char  *control_uri,
                   GError     **error)
{
  GripConfig config;

  g_return_val_if_fail (control_uri != NULL, NULL);

  grip_config_init (&config);
  config.text[GRIP_OPTION_CONTROL_URI] = g_strdup (control_uri);
  config.is_set[GRIP_OPTION_CONTROL_URI] = TRUE;

  return grip_endpoint_new_take_config (&config, error);
}

/**
 * grip_endpoint_new_for_uri:
 * @grip_uri: a GRIP URI
 * @error: return location for an error
 *
 * Makes an endpoint from a GRIP URI, such as
 * `https://api.example.com/realm?iss=realm&key=base64:c2VjcmV0` (protocol 2.2).
 *
 * `iss`, `key`, `verify-iss` and `verify-key` are taken out of the query, the rest of it stays; a `+`
 * means a plus.
 *
 * `tcp://HOST:PORT` and `ipc://PATH` are the address of a ZMQ command socket, or with `socket=push` and
 * `socket=pub` that of the socket itself; other parameters are `bind`, `mode`, `require-subscribers`,
 * `grace-time`, `server-key`, `public-key`, `secret-key`, `verify-iss` and `verify-key`.
 *
 * Errors: `GRIP_ERROR_INVALID_CONFIG`, with the offset or the name of what is wrong and
 * never the text of it.
 *
 * Returns: (transfer full): a new endpoint
 *
 * Since: 1.0
 */
GripEndpoint *
grip_endpoint_new_for_uri (const char  *grip_uri,
                           GError     **error)
{
  g_autoptr(GVariant) variant = NULL;

  g_return_val_if_fail (grip_uri != NULL, NULL);

  variant = grip_config_parse_uri (grip_uri, FALSE, error);

  return variant != NULL ? new_from_dictionary (variant, error) : NULL;
}

/**
 * grip_endpoint_new_from_variant:
 * @config: a dictionary of type `a{sv}`
 * @error: return location for an error
 *
 * Makes an endpoint from a dictionary with the options of [class@Grip.Endpoint].
 *
 * Text is of type `s`, seconds are of any integer type, a key is of type `s`, `ay` (every byte counts)
 * or, as a JWK, `a{sv}`. Nothing (type `m`) is as if the option were not there. A floating @config is
 * consumed. Errors: `GRIP_ERROR_INVALID_CONFIG` with the option at fault.
 *
 * Returns: (transfer full): a new endpoint
 *
 * Since: 1.0
 */
GripEndpoint *
grip_endpoint_new_from_variant (GVariant  *config,
                                GError   **error)
{
  g_autoptr(GVariant) variant = NULL;

  g_return_val_if_fail (config != NULL, NULL);

  variant = g_variant_ref_sink (config);

  return new_from_dictionary (variant, error);
}

/**
 * grip_endpoint_new_from_json:
 * @json: a JSON object
 * @error: return location for an error
 *
 * Makes an endpoint from an object with the options of [class@Grip.Endpoint].
 *
 * An option that is null is as if it were not there. Errors: `GRIP_ERROR_INVALID_CONFIG` with the option
 * at fault, or the offset where the JSON is malformed.
 *
 * Returns: (transfer full): a new endpoint
 *
 * Since: 1.0
 */
GripEndpoint *
grip_endpoint_new_from_json (const char  *json,
                             GError     **error)
{
  g_autoptr(GVariant) variant = NULL;

  g_return_val_if_fail (json != NULL, NULL);

  variant = variant_from_json (json, error);

  return variant != NULL ? new_from_dictionary (variant, error) : NULL;
}

static gboolean
add_endpoint (GPtrArray  *endpoints,
              GVariant   *wrapped,
              gsize       index,
              GError    **error)
{
  g_autoptr(GVariant) variant = g_variant_is_of_type (wrapped, G_VARIANT_TYPE_VARIANT)
                                  ? g_variant_get_variant (wrapped) : g_variant_ref (wrapped);
  GripEndpoint       *endpoint = new_from_dictionary (variant, error);

  if (endpoint == NULL)
    {
      g_prefix_error (error, "endpoint %" G_GSIZE_FORMAT " of the list: ", index + 1);
      return FALSE;
    }
  g_ptr_array_add (endpoints, endpoint);

  return TRUE;
}

static GPtrArray *
new_list (GVariant  *variant,
          GError   **error)
{
  g_autoptr(GPtrArray) endpoints = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean             is_list = g_variant_is_of_type (variant, G_VARIANT_TYPE_ARRAY) &&
                                 !g_variant_is_of_type (variant, G_VARIANT_TYPE_DICTIONARY);
  gsize                n = is_list ? g_variant_n_children (variant) : 1;

  if (!is_list)
    {
      GripEndpoint *endpoint = new_from_dictionary (variant, error);

      if (endpoint == NULL)
        return NULL;
      g_ptr_array_add (endpoints, endpoint);
      return g_steal_pointer (&endpoints);
    }

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr(GVariant) child = g_variant_get_child_value (variant, i);

      if (!add_endpoint (endpoints, child, i, error))
        return NULL;
    }

  return g_steal_pointer (&endpoints);
}

/**
 * grip_endpoints_new_from_variant:
 * @config: a dictionary of type `a{sv}`, or a list of them (`aa{sv}` or `av`)
 * @error: return location for an error
 *
 * Makes the endpoints of a configuration, as [ctor@Grip.Endpoint.new_from_variant] makes one.
 *
 * An empty list gives none. A floating @config is consumed. Errors: `GRIP_ERROR_INVALID_CONFIG` with the
 * place in the list and the option at fault.
 *
 * Returns: (transfer container) (element-type GripEndpoint): the endpoints
 *
 * Since: 1.0
 */
GPtrArray *
grip_endpoints_new_from_variant (GVariant  *config,
                                 GError   **error)
{
  g_autoptr(GVariant) variant = NULL;

  g_return_val_if_fail (config != NULL, NULL);

  variant = g_variant_ref_sink (config);

  return new_list (variant, error);
}

/**
 * grip_endpoints_new_from_json:
 * @json: a JSON object or a list of them
 * @error: return location for an error
 *
 * Makes the endpoints of a configuration, as [ctor@Grip.Endpoint.new_from_json] makes one.
 *
 * An empty list gives none. Errors: `GRIP_ERROR_INVALID_CONFIG` with the place in the list and the
 * option at fault, or the offset where the JSON is malformed.
 *
 * Returns: (transfer container) (element-type GripEndpoint): the endpoints
 *
 * Since: 1.0
 */
GPtrArray *
grip_endpoints_new_from_json (const char  *json,
                              GError     **error)
{
  g_autoptr(GVariant) variant = NULL;

  g_return_val_if_fail (json != NULL, NULL);

  variant = variant_from_json (json, error);

  return variant != NULL ? new_list (variant, error) : NULL;
}

/**
 * grip_endpoint_build_control_uri:
 * @self: an endpoint
 * @path: what goes below the control URI, such as `subscriptions/stream/`
 *
 * Builds the URI of a call of the HTTP control API.
 *
 * The path goes before the query of the control URI. It must be percent-encoded, and may bring a query of
 * its own, which goes first.
 *
 * Returns: (transfer full) (nullable): the URI, %NULL when there is no control URI
 *
 * Since: 1.0
 */
char *
grip_endpoint_build_control_uri (GripEndpoint *self,
                                 const char   *path)
{
  g_autofree char  *below = NULL;
  const GripConfig *config;

  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);
  g_return_val_if_fail (path != NULL, NULL);

  config = grip_endpoint_get_config (self);
  if (config->uri.scheme == NULL)
    return NULL;
  below = g_strconcat (*path == '/' ? "" : "/", path, NULL);

  return grip_uri_build (&config->uri, below);
}

/**
 * grip_endpoint_to_string:
 * @self: an endpoint
 *
 * Names the endpoint for people, in errors and in logs.
 *
 * There is no secret in it: no user, no key, no value of the query.
 *
 * Returns: (transfer full): the control URI, or the first ZMQ address
 *
 * Since: 1.0
 */
char *
grip_endpoint_to_string (GripEndpoint *self)
{
  const GripConfig *config;

  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  config = grip_endpoint_get_config (self);
  if (config->uri.scheme != NULL)
    return grip_uri_build_masked (&config->uri, "");
  for (guint i = GRIP_OPTION_CONTROL_ZMQ_URI; i < GRIP_OPTION_CONTROL_ZMQ_PUB_URI; i++)
    if (config->text[i] != NULL)
      return g_strdup (config->text[i]);

  return g_strdup (config->text[GRIP_OPTION_CONTROL_ZMQ_PUB_URI]);
}

/**
 * grip_endpoint_to_variant:
 * @self: an endpoint
 * @with_secrets: whether to show secrets
 *
 * Writes what was set as a dictionary, with `publish_uri` where there is a control URI.
 *
 * Secrets are `***` unless they are wanted; then [ctor@Grip.Endpoint.new_from_variant] makes the same
 * endpoint of it. A key that is not text is written as `base64:…`.
 *
 * Returns: (transfer full): a `a{sv}`
 *
 * Since: 1.0
 */
GVariant *
grip_endpoint_to_variant (GripEndpoint *self,
                          gboolean      with_secrets)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  return grip_config_to_variant (grip_endpoint_get_config (self), with_secrets);
}

/**
 * grip_endpoint_to_json:
 * @self: an endpoint
 * @with_secrets: whether to show secrets
 *
 * Writes what [method@Grip.Endpoint.to_variant] does as a JSON object.
 *
 * Returns: (transfer full): JSON
 *
 * Since: 1.0
 */
char *
grip_endpoint_to_json (GripEndpoint *self,
                       gboolean      with_secrets)
{
  g_autoptr(GVariant) variant = NULL;

  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  variant = grip_endpoint_to_variant (self, with_secrets);

  return json_gvariant_serialize_data (variant, NULL);
}

/**
 * grip_parse_grip_uri:
 * @uri: a GRIP URI
 * @error: return location for an error
 *
 * Reads a GRIP URI into the options that an endpoint is made from (protocol 2.1).
 *
 * A key that was written as `base64:…`, or that no text can hold, is of type `ay`; everything else is of
 * type `s`. Whether the values make an endpoint is not checked. Errors: `GRIP_ERROR_INVALID_CONFIG`,
 * with the offset or the name of what is wrong.
 *
 * Returns: (transfer full): a `a{sv}`
 *
 * Since: 1.0
 */
GVariant *
grip_parse_grip_uri (const char  *uri,
                     GError     **error)
{
  g_return_val_if_fail (uri != NULL, NULL);

  return grip_config_parse_uri (uri, TRUE, error);
}
