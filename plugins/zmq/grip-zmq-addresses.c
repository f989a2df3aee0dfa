/* grip-zmq-addresses.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include <libgrip/grip.h>

#include "grip-zmq-addresses.h"
#include "grip-zmq-tnetstring.h"

#define MAX_ADDRESS 500
#define ANY_HOST    "tcp://*:"

/* The host of the command address stands for "any", localhost where that has none. */
static char *
replace_any (const char *address,
             const char *command_address)
{
  const char *port = address + strlen (ANY_HOST);
  const char *host = command_address + strlen ("tcp://");
  const char *colon = strrchr (command_address, ':');

  if (!g_str_has_prefix (command_address, "tcp://") || colon <= host)
    return g_strconcat ("tcp://127.0.0.1:", port, NULL);

  return g_strdup_printf ("tcp://%.*s:%s", (int) (colon - host), host, port);
}

/* A proxy must not lead us to anything but a socket of its own kind. Whether the rest is an address is
 * for the rules of the configuration to say. */
static gboolean
check (const char  *address,
       GError     **error)
{
  g_autoptr(GVariant)     config = NULL;
  g_autoptr(GripEndpoint) endpoint = NULL;
  g_autoptr(GError)       local_error = NULL;
  GVariantDict            dict;

  if (strlen (address) > MAX_ADDRESS)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "it is longer than %d bytes", MAX_ADDRESS);
      return FALSE;
    }

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "control_zmq_push_uri", "s", address);
  config = g_variant_ref_sink (g_variant_dict_end (&dict));
  endpoint = grip_endpoint_new_from_variant (config, &local_error);
  if (endpoint != NULL)
    return TRUE;

  g_set_error_literal (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, local_error->message);

  return FALSE;
}

/* Returns: (transfer full) (nullable): the address that @reply has for @name, which can be connected to;
 *   %NULL with an error */
char *
grip_zmq_addresses_pick (GVariant    *reply,
                         const char  *name,
                         const char  *command_address,
                         GError     **error)
{
  g_autoptr(GVariant)  value = grip_zmq_tnetstring_lookup (reply, name);
  g_autofree char     *text = NULL;
  g_autofree char     *address = NULL;
  g_autofree char     *shown = NULL;

  if (value == NULL)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
                   "the proxy at %s has no socket '%s'", command_address, name);
      return NULL;
    }

  text = grip_zmq_tnetstring_to_text (value);
  if (text == NULL)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED,
                   "the address that %s gives for '%s' is no text", command_address, name);
      return NULL;
    }

  address = g_str_has_prefix (text, ANY_HOST) ? replace_any (text, command_address) : g_strdup (text);
  if (check (address, error))
    return g_steal_pointer (&address);

  g_strcanon (address, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:/.*[]-_%", '?');
  shown = g_strndup (address, 60);
  g_prefix_error (error, "the address '%s' that %s gives for '%s' cannot be used: ",
                  shown, command_address, name);

  return NULL;
}
