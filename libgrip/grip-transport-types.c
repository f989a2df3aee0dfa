/* grip-transport-types.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-base-transport-private.h"
#include "grip-error.h"
#include "grip-transport-loader-private.h"
#include "grip-type-table-private.h"

static GripTypeTable types;

static gboolean
check_type (GType    type,
            GError **error)
{
  if (g_type_is_a (type, GRIP_TYPE_BASE_TRANSPORT) && !G_TYPE_IS_ABSTRACT (type))
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_NO_TRANSPORT,
               "the type '%s' cannot be a transport: it is no class derived from GripBaseTransport",
               g_type_name (type) != NULL ? g_type_name (type) : "invalid");

  return FALSE;
}

/* A plugin's scheme stays the plugin's, whether it is installed or not. */
static gboolean
check_scheme (const char  *scheme,
              GError     **error)
{
  g_autofree char *file = NULL;

  if (!grip_transport_check_name (scheme, error))
    return FALSE;

  file = grip_transport_find_plugin (scheme, NULL);
  if (file == NULL && !g_str_equal (scheme, "http") && !g_str_equal (scheme, "https") &&
      !g_str_equal (scheme, "zmq"))
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_NO_TRANSPORT,
               "the scheme '%s' is that of a plugin: no other type can have it", scheme);

  return FALSE;
}

/**
 * grip_transport_register_type:
 * @scheme: the scheme of the URIs, such as `myproxy`
 * @type: a class derived from [class@Grip.BaseTransport]
 * @error: return location for an error
 *
 * Registers a type of transport, so that it is opened by the URIs of a scheme of its own.
 *
 * It is for programs and scripts; a plugin does not need it. From then on
 * [method@Grip.PubControl.apply_uri], [method@Grip.PubControl.apply_config] and
 * [func@Grip.Transport.new_for_endpoint] make a transport of @type for an endpoint whose
 * scheme is @scheme. They must be called in the thread that registered it, and the transport
 * lives in the context that was thread-default when it was registered. A type stays registered until the
 * process ends. Callable from any thread.
 *
 * Errors: `GRIP_ERROR_NO_TRANSPORT` when @scheme cannot be a scheme, belongs to a plugin or is
 * registered already, or when @type is no class that can be made.
 *
 * Returns: true on success
 *
 * Since: 1.0
 */
gboolean
grip_transport_register_type (const char  *scheme,
                              GType        type,
                              GError     **error)
{
  g_return_val_if_fail (scheme != NULL, FALSE);

  if (!check_scheme (scheme, error) || !check_type (type, error))
    return FALSE;
  if (grip_type_table_add (&types, scheme, type))
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_NO_TRANSPORT,
               "a transport for the scheme '%s' is registered already", scheme);

  return FALSE;
}

/**
 * grip_transport_list_registered:
 *
 * Lists the schemes for which a type was registered with [func@Grip.Transport.register_type].
 *
 * Returns: (transfer full) (array zero-terminated=1): the schemes, sorted
 *
 * Since: 1.0
 */
char **
grip_transport_list_registered (void)
{
  return grip_type_table_list (&types);
}

/**
 * grip_transport_new_registered:
 * @endpoint: an endpoint
 * @transport: (out) (nullable): the new transport, %NULL when no type is registered for it
 * @error: return location for an error
 *
 * Makes a transport of the type that is registered for an endpoint's scheme.
 *
 * Returns: false when there is such a type and it cannot be made here
 */
gboolean
grip_transport_new_registered (GripEndpoint   *endpoint,
                               GripTransport **transport,
                               GError        **error)
{
  GripRegisteredType entry;
  const char        *scheme = grip_endpoint_get_scheme (endpoint);

  *transport = NULL;
  if (!grip_type_table_find (&types, scheme, &entry))
    return TRUE;

  if (entry.thread != g_thread_self ())
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_NO_TRANSPORT,
                   "the transport for the scheme '%s' was registered by another thread: only that one can make it",
                   scheme);
      return FALSE;
    }

  grip_base_transport_push_maker_context (entry.context);
  *transport = g_object_new (entry.type, "endpoint", endpoint, NULL);
  grip_base_transport_pop_maker_context ();

  return TRUE;
}
