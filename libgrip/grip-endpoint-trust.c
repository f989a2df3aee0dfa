/* grip-endpoint-trust.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-endpoint-private.h"
#include "grip-error.h"
#include "grip-key-private.h"

/* The keys of an endpoint: what a publish is authorized with, and what Grip-Sig is checked with. */

static GripKey *
load_key (const GripConfig  *config,
          GripOption         option,
          const char        *name,
          GError           **error)
{
  GripKey *key = grip_key_new_from_bytes (config->key[option], error);

  if (key == NULL)
    g_prefix_error (error, "'%s': ", name);
  return key;
}

static gboolean
init_key (GripEndpointTrust  *self,
          const GripConfig   *config,
          GError            **error)
{
  const char *iss = config->text[GRIP_OPTION_CONTROL_ISS];

  if (config->key[GRIP_OPTION_KEY] == NULL)
    return TRUE;

  if (iss == NULL)
    {
      self->credentials = grip_credentials_new_for_bearer (config->key[GRIP_OPTION_KEY], error);
      return self->credentials != NULL;
    }

  self->key = load_key (config, GRIP_OPTION_KEY, "key", error);
  if (self->key == NULL)
    return FALSE;
  if (!self->key->can_sign)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "'key' is %s, which cannot sign",
                   grip_key_describe (self->key));
      return FALSE;
    }
  self->credentials =
    grip_credentials_new_for_token (self->key, iss, config->number[GRIP_OPTION_TOKEN_LIFETIME]);
  return TRUE;
}

static gboolean
init_verify_key (GripEndpointTrust  *self,
                 const GripConfig   *config,
                 GError            **error)
{
  if (config->key[GRIP_OPTION_VERIFY_KEY] != NULL)
    {
      self->verify_key = load_key (config, GRIP_OPTION_VERIFY_KEY, "verify_key", error);
      return self->verify_key != NULL;
    }

  /* As users of other libraries expect: a secret that is shared with the proxy serves both ways. */
  if (self->key != NULL && grip_key_get_kind (self->key) == GRIP_KEY_KIND_SECRET && self->key->can_verify)
    self->verify_key = g_object_ref (self->key);
  return TRUE;
}

gboolean
grip_endpoint_trust_init (GripEndpointTrust  *self,
                          const GripConfig   *config,
                          GError            **error)
{
  const char *uri = config->text[GRIP_OPTION_CONTROL_URI];
  const char *user = config->text[GRIP_OPTION_USER];

  self->is_safe = uri == NULL || grip_credentials_is_safe_to_send (uri);
  if (!init_key (self, config, error) || !init_verify_key (self, config, error))
    return FALSE;

  if (self->credentials == NULL && user != NULL)
    {
      self->credentials = grip_credentials_new_for_basic (user, config->text[GRIP_OPTION_PASS], error);
      return self->credentials != NULL;
    }
  return TRUE;
}

void
grip_endpoint_trust_clear (GripEndpointTrust *self)
{
  g_clear_pointer (&self->credentials, grip_credentials_free);
  g_clear_object (&self->verify_key);
  g_clear_object (&self->key);
}

/**
 * grip_endpoint_dup_authorization:
 * @self: an endpoint
 * @error: return location for an error
 *
 * Makes the value of the Authorization header for a request to the endpoint (protocol 4.4): for
 * transports that make requests of their own. A delivery and a call have it already.
 *
 * It is a secret: it must not be logged. A token is signed anew before it expires, so ask again for
 * each request. Callable from any thread.
 *
 * Errors: `GRIP_ERROR_INVALID_CONFIG` or `GRIP_ERROR_FAILED` when the key cannot sign.
 *
 * Returns: (transfer full) (nullable): the value; %NULL without an error when the endpoint has no
 *   credentials
 *
 * Since: 1.0
 */
char *
grip_endpoint_dup_authorization (GripEndpoint  *self,
                                 GError       **error)
{
  GripEndpointTrust *trust;

  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  trust = grip_endpoint_get_trust (self);
  if (trust->credentials == NULL)
    return NULL;

  if (!trust->is_safe && g_atomic_int_compare_and_exchange (&trust->has_warned, 0, 1))
    {
      g_autofree char *name = grip_endpoint_to_string (self);

      g_warning ("%s: credentials are sent in the clear: use https, or set require_tls", name);
    }
  return grip_credentials_dup_value (trust->credentials, error);
}

/**
 * grip_endpoint_get_key:
 * @self: an endpoint
 *
 * Gets the key that signs what is published: that of `key`, when there is a `control_iss`.
 *
 * Returns: (transfer none) (nullable): the key, or %NULL when publishes are not signed
 *
 * Since: 1.0
 */
GripKey *
grip_endpoint_get_key (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  return grip_endpoint_get_trust (self)->key;
}

/**
 * grip_endpoint_get_verify_key:
 * @self: an endpoint
 *
 * Gets the key that requests through this proxy must be signed with: that of `verify_key`, or else
 * that of [method@Grip.Endpoint.get_key] if it is a secret. It goes with `verify_iss`:
 * see [func@Grip.validate_sig].
 *
 * Returns: (transfer none) (nullable): the key, or %NULL when nothing can be verified
 *
 * Since: 1.0
 */
GripKey *
grip_endpoint_get_verify_key (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  return grip_endpoint_get_trust (self)->verify_key;
}

/**
 * grip_endpoint_new_for_fanout:
 * @service_id: the id of a Fastly service
 * @api_token: an API token that may publish
 * @error: return location for an error
 *
 * Makes an endpoint for Fastly Fanout, with Fastly's public key to verify by and the service as the
 * issuer: with this key Fastly signs for all its customers.
 *
 * Errors: `GRIP_ERROR_INVALID_CONFIG` with the option at fault.
 *
 * Returns: (transfer full): a new endpoint
 *
 * Since: 1.0
 */
GripEndpoint *
grip_endpoint_new_for_fanout (const char  *service_id,
                              const char  *api_token,
                              GError     **error)
{
  g_autofree char *uri = NULL;
  g_autofree char *iss = NULL;
  GVariantBuilder builder;

  g_return_val_if_fail (service_id != NULL, NULL);
  g_return_val_if_fail (api_token != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  for (const char *c = service_id; *c != '\0' || c == service_id; c++)
    if (!g_ascii_isalnum (*c))
      {
        g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
                     "'%s' is no id of a Fastly service: letters and digits only", service_id);
        return NULL;
      }

  uri = g_strconcat ("https://api.fastly.com/service/", service_id, NULL);
  iss = g_strconcat ("fastly:", service_id, NULL);
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "control_uri", g_variant_new_string (uri));
  g_variant_builder_add (&builder, "{sv}", "key",
                         g_variant_new_from_data (G_VARIANT_TYPE ("ay"), api_token, strlen (api_token),
                                                  TRUE, NULL, NULL));
  g_variant_builder_add (&builder, "{sv}", "verify_iss", g_variant_new_string (iss));
  g_variant_builder_add (&builder, "{sv}", "verify_key", g_variant_new_string (GRIP_KEY_FANOUT_JWK));
  return grip_endpoint_new_from_variant (g_variant_builder_end (&builder), error);
}
