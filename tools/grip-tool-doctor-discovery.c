/* grip-tool-doctor-discovery.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-tool-doctor.h"

typedef struct
{
  gboolean  done;
  GVariant *uris;
  GError   *error;
} Call;

static void
called_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  Call *call = user_data;

  call->uris = grip_zmq_control_get_uris_finish (GRIP_ZMQ_CONTROL (object), result, &call->error);
  call->done = TRUE;
}

GripEndpoint *
grip_tool_endpoint_at (GripEndpoint  *endpoint,
                       const char    *key,
                       const char    *address,
                       GError       **error)
{
  static const char *const  keys[] = { "control_zmq_server_key", "control_zmq_public_key", "control_zmq_secret_key" };
  g_autoptr(GVariant)       config = grip_endpoint_to_variant (endpoint, TRUE);
  GVariantDict              dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, key, "s", address);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr(GVariant) value = g_variant_lookup_value (config, keys[i], NULL);

      if (value != NULL)
        g_variant_dict_insert_value (&dict, keys[i], value);
    }

  return grip_endpoint_new_from_variant (g_variant_dict_end (&dict), error);
}

/* An endpoint that is HTTP too has another transport: this one is for the command socket alone. */
static GripTransport *
make_transport (GripEndpoint  *endpoint,
                GError       **error)
{
  const char              *command = grip_endpoint_get_control_zmq_uri (endpoint);
  g_autoptr(GripEndpoint)  alone = grip_tool_endpoint_at (endpoint, "control_zmq_uri", command, error);

  return alone != NULL ? grip_transport_new_for_endpoint (alone, error) : NULL;
}

/* It is shown on terminals as it is. */
static gboolean
is_address (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p))
      return FALSE;

  return g_str_has_prefix (text, "tcp://") || g_str_has_prefix (text, "ipc://");
}

/* A star for the host means that of the command socket (protocol 5.1). Returns: (nullable) */
static char *
dup_reachable (GVariant   *uris,
               const char *name,
               const char *command)
{
  const char      *address = NULL;
  const char      *colon = strrchr (command, ':');
  g_autofree char *host = NULL;

  if (!g_variant_lookup (uris, name, "&s", &address) || !is_address (address))
    return NULL;
  if (!g_str_has_prefix (address, "tcp://*:"))
    return g_strdup (address);

  host = g_str_has_prefix (command, "tcp://") ? g_strndup (command, colon - command) : g_strdup ("tcp://localhost");

  return g_strconcat (host, ":", address + strlen ("tcp://*:"), NULL);
}

gboolean
grip_tool_check_discovery (GripToolReport  *self,
                           GripEndpoint    *endpoint,
                           double           seconds,
                           char           **push,
                           char           **pub)
{
  g_autoptr(GripTransport)  transport = NULL;
  g_autoptr(GVariant)       uris = NULL;
  g_autoptr(GError)         error = NULL;
  Call                      call = { 0 };
  const char               *command = grip_endpoint_get_control_zmq_uri (endpoint);

  transport = make_transport (endpoint, &error);
  if (transport == NULL)
    {
      grip_tool_report_skip (self, "discovery", "not tried");
      return FALSE;
    }

  g_object_set (transport, "request-timeout", seconds, NULL);
  grip_zmq_control_get_uris_async (GRIP_ZMQ_CONTROL (transport), grip_tool_get_cancellable (), called_cb, &call);
  while (!call.done)
    g_main_context_iteration (NULL, TRUE);
  uris = call.uris;
  error = call.error;
  if (uris == NULL)
    {
      grip_tool_report_fail (self, "discovery", error, "%s%s",
                             "Is this command_spec of a Pushpin? Else name the sockets: 'control_zmq_push_uri'.",
                             grip_endpoint_get_control_zmq_server_key (endpoint) == NULL ? "" :
                             " And is 'control_zmq_server_key' the public key of that socket, and does it know ours?");
      return FALSE;
    }

  *push = dup_reachable (uris, "publish-pull", command);
  *pub = dup_reachable (uris, "publish-sub", command);
  grip_tool_report_ok (self, "discovery", "%s, %s", *push != NULL ? *push : "no PULL socket",
                       *pub != NULL ? *pub : "no SUB socket");

  return TRUE;
}
