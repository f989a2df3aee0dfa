/* grip-soup-verifier.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-soup-verifier-private.h"

void
grip_soup_verifier_clear (GripSoupVerifier *self)
{
  g_clear_object (&self->key);
  g_clear_object (&self->control);
  g_clear_pointer (&self->iss, g_free);
}

void
grip_soup_verifier_set_key (GripSoupVerifier        *self,
                            GripSoupSignaturePolicy  policy,
                            GripKey                 *key,
                            const char              *iss)
{
  char *copy = g_strdup (iss);

  if (key != NULL)
    g_object_ref (key);
  grip_soup_verifier_clear (self);
  self->policy = policy;
  self->key = key;
  self->iss = copy;
}

void
grip_soup_verifier_set_control (GripSoupVerifier        *self,
                                GripSoupSignaturePolicy  policy,
                                GripPubControl          *control)
{
  g_object_ref (control);
  grip_soup_verifier_clear (self);
  self->policy = policy;
  self->control = control;
}

static GripSoupTrust
judge_by_key (GripSoupVerifier *self,
              const char       *token)
{
  g_autoptr(GripSignature) signature = NULL;

  if (token != NULL)
    signature = grip_validate_sig (token, self->key, self->iss, NULL);

  return signature != NULL ? GRIP_SOUP_TRUST_VALID : GRIP_SOUP_TRUST_INVALID;
}

static GripSoupTrust
judge_by_control (GripSoupVerifier *self,
                  const char       *token)
{
  g_autoptr(GripSigResult) result = grip_pub_control_validate_sig (self->control, token);

  if (grip_sig_result_is_signed (result))
    return GRIP_SOUP_TRUST_VALID;

  /* No endpoint has a key. */
  if (!grip_sig_result_needs_signed (result) && self->policy == GRIP_SOUP_SIGNATURE_POLICY_ACCEPT)
    return GRIP_SOUP_TRUST_UNCHECKED;

  return GRIP_SOUP_TRUST_INVALID;
}

GripSoupTrust
grip_soup_verifier_judge (GripSoupVerifier  *self,
                          SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char         *token = soup_message_headers_get_one (headers, "Grip-Sig");

  if (self->policy == GRIP_SOUP_SIGNATURE_POLICY_NONE || (self->key == NULL && self->control == NULL))
    return GRIP_SOUP_TRUST_UNCHECKED;

  return self->key != NULL ? judge_by_key (self, token) : judge_by_control (self, token);
}
