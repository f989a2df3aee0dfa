/* grip-sig-result.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-sig-result.h"
#include "grip-transport.h"

/**
 * GripSigResult:
 *
 * What the `Grip-Sig` of a request tells, by all endpoints of a publisher: whether the request came
 * through a proxy, and, which is another thing, whether that is proved.
 *
 * It cannot change, and any thread may use it.
 *
 * Since: 1.0
 */
struct _GripSigResult
{
  GObject parent_instance;

  GripSignature *signature;
  GripEndpoint *endpoint;
  GString *reason;
  gboolean has_token;
  gboolean has_endpoint;
  gboolean needs_signed;
};

G_DEFINE_FINAL_TYPE (GripSigResult, grip_sig_result, G_TYPE_OBJECT)

static void
grip_sig_result_finalize (GObject *object)
{
  GripSigResult *self = GRIP_SIG_RESULT (object);

  g_clear_object (&self->signature);
  g_clear_object (&self->endpoint);
  g_string_free (self->reason, TRUE);

  G_OBJECT_CLASS (grip_sig_result_parent_class)->finalize (object);
}

static void
grip_sig_result_class_init (GripSigResultClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = grip_sig_result_finalize;
}

static void
grip_sig_result_init (GripSigResult *self)
{
  self->reason = g_string_new (NULL);
}

static void
try_endpoint (GripSigResult *self,
              GripEndpoint  *endpoint,
              const char    *token,
              guint          leeway)
{
  GripKey *key = grip_endpoint_get_verify_key (endpoint);
  g_autofree char *name = NULL;
  g_autoptr(GError) error = NULL;

  self->has_endpoint = TRUE;
  if (key == NULL)
    return;

  self->needs_signed = TRUE;
  self->signature = grip_validate_sig_full (token, -1, key, grip_endpoint_get_verify_iss (endpoint), -1, leeway, &error);
  if (self->signature != NULL)
    {
      self->endpoint = g_object_ref (endpoint);
      return;
    }

  if (self->reason->len > 0)
    g_string_append (self->reason, "; ");
  name = grip_endpoint_to_string (endpoint);
  g_string_append_printf (self->reason, "%s: %s", name, error->message);
}

/**
 * grip_pub_control_validate_sig:
 * @self: a publisher
 * @token: (nullable): the value of the request's `Grip-Sig`, or %NULL if it has none
 *
 * Judges a request's `Grip-Sig` by the verify keys of all endpoints.
 *
 * What is signed by any of them is signed. An endpoint without a verify key adds no trust: where any
 * other has one, only what is signed counts as proxied. Where none has, whatever has a `Grip-Sig` counts
 * as proxied, since nobody asked for proof, and nothing as signed.
 *
 * It can be called from any thread, also while endpoints come and go.
 *
 * Returns: (transfer full): what the token tells
 *
 * Since: 1.0
 */
GripSigResult *
grip_pub_control_validate_sig (GripPubControl *self,
                               const char     *token)
{
  GripSigResult *result;

  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), NULL);

  result = g_object_new (GRIP_TYPE_SIG_RESULT, NULL);
  result->has_token = token != NULL;
  for (guint i = 0; result->signature == NULL; i++)
    {
      g_autoptr(GripTransport) transport = g_list_model_get_item (G_LIST_MODEL (self), i);
      GripEndpoint *endpoint;

      if (transport == NULL)
        break;
      endpoint = grip_transport_get_endpoint (transport);
      if (endpoint != NULL)
        try_endpoint (result, endpoint, token, grip_pub_control_get_sig_leeway (self));
    }

  if (result->signature != NULL)
    g_string_truncate (result->reason, 0);
  else if (!result->needs_signed)
    g_string_assign (result->reason, "no endpoint has a key to verify with");
  return result;
}

/**
 * grip_sig_result_is_proxied:
 * @self: a result
 *
 * Whether the request is to be treated as one that came through a proxy, which can hold it: it is
 * signed, or has a `Grip-Sig` and no endpoint has a key to verify it with. In the second case
 * anybody could have sent it.
 *
 * Returns: true if it is
 *
 * Since: 1.0
 */
gboolean
grip_sig_result_is_proxied (GripSigResult *self)
{
  g_return_val_if_fail (GRIP_IS_SIG_RESULT (self), FALSE);

  if (self->signature != NULL)
    return TRUE;
  return self->has_token && self->has_endpoint && !self->needs_signed;
}

/**
 * grip_sig_result_is_signed:
 * @self: a result
 *
 * Whether it is proved that the request came through the proxy.
 *
 * Returns: true if the token is valid
 *
 * Since: 1.0
 */
gboolean
grip_sig_result_is_signed (GripSigResult *self)
{
  g_return_val_if_fail (GRIP_IS_SIG_RESULT (self), FALSE);

  return self->signature != NULL;
}

/**
 * grip_sig_result_needs_signed:
 * @self: a result
 *
 * Whether any endpoint has a key to verify with, so that only what is signed counts.
 *
 * Returns: true if one has
 *
 * Since: 1.0
 */
gboolean
grip_sig_result_needs_signed (GripSigResult *self)
{
  g_return_val_if_fail (GRIP_IS_SIG_RESULT (self), FALSE);

  return self->needs_signed;
}

/**
 * grip_sig_result_get_signature:
 * @self: a result
 *
 * What the token says, if it is valid.
 *
 * Returns: (transfer none) (nullable): the signature
 *
 * Since: 1.0
 */
GripSignature *
grip_sig_result_get_signature (GripSigResult *self)
{
  g_return_val_if_fail (GRIP_IS_SIG_RESULT (self), NULL);

  return self->signature;
}

/**
 * grip_sig_result_get_endpoint:
 * @self: a result
 *
 * The endpoint whose key the token is signed with, if it is valid.
 *
 * Returns: (transfer none) (nullable): the endpoint
 *
 * Since: 1.0
 */
GripEndpoint *
grip_sig_result_get_endpoint (GripSigResult *self)
{
  g_return_val_if_fail (GRIP_IS_SIG_RESULT (self), NULL);

  return self->endpoint;
}

/**
 * grip_sig_result_get_reason:
 * @self: a result
 *
 * Why the request is not signed, by each endpoint. It is for a log, and holds no secret.
 *
 * Returns: (nullable): the reason, or %NULL if it is signed
 *
 * Since: 1.0
 */
const char *
grip_sig_result_get_reason (GripSigResult *self)
{
  g_return_val_if_fail (GRIP_IS_SIG_RESULT (self), NULL);

  return self->signature == NULL ? self->reason->str : NULL;
}
