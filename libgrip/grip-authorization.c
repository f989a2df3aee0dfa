/* grip-authorization.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-authorization-private.h"
#include "grip-error.h"

/* The value of the Authorization header that a publish carries (protocol 4.4). */

static char *
basic (const char *user,
       const char *password)
{
  g_autofree char *pair = g_strconcat (user, ":", password != NULL ? password : "", NULL);
  g_autofree char *encoded = g_base64_encode ((const guchar *) pair, strlen (pair));

  return g_strconcat ("Basic ", encoded, NULL);
}

static char *
bearer (GBytes  *token,
        GError **error)
{
  gsize       length;
  const char *text = g_bytes_get_data (token, &length);

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isgraph (text[i]))
      {
        g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
                     "'key' cannot be a bearer token: byte %" G_GSIZE_FORMAT " is not printable", i);
        return NULL;
      }

  return g_strdup_printf ("Bearer %.*s", (int) length, text);
}

/* Returns: (nullable): the value; %NULL without an error when the endpoint has no credentials */
char *
grip_endpoint_dup_authorization (GripEndpoint  *self,
                                 GError       **error)
{
  GBytes *key = grip_endpoint_get_key_data (self);

  if (key != NULL && grip_endpoint_get_control_iss (self) == NULL)
    return bearer (key, error);
  if (grip_endpoint_get_user (self) != NULL)
    return basic (grip_endpoint_get_user (self), grip_endpoint_get_password (self));

  return NULL;
}
