/* grip-websocket-context-meta.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "grip-error.h"
#include "grip-format-check-private.h"
#include "grip-websocket-context-private.h"

/* The meta data of a connection, which the proxy keeps from request to request. */

static gboolean
fail (GError      **error,
      const char   *message)
{
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM, "WebSocket: %s", message);
  return FALSE;
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

/**
 * grip_websocket_context_get_meta_names:
 * @self: a context
 *
 * Gets the names of the connection's meta data, in lower case and in the order of the alphabet.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names
 *
 * Since: 1.0
 */
char **
grip_websocket_context_get_meta_names (GripWebSocketContext *self)
{
  g_autofree gpointer *keys = NULL;
  char **names = NULL;
  guint n;

  g_return_val_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self), NULL);

  keys = g_hash_table_get_keys_as_array (self->meta, &n);
  names = g_strdupv ((char **) keys);
  qsort (names, n, sizeof *names, compare_names);

  return names;
}

/**
 * grip_websocket_context_get_meta:
 * @self: a context
 * @name: a name, in any case
 *
 * Gets a value of the connection's meta data, which the proxy sends along with every request.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 1.0
 */
const char *
grip_websocket_context_get_meta (GripWebSocketContext *self,
                                 const char           *name)
{
  g_autofree char *key = NULL;

  g_return_val_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  key = g_ascii_strdown (name, -1);

  return g_hash_table_lookup (self->meta, key);
}

/**
 * grip_websocket_context_set_meta:
 * @self: a context
 * @name: a name, in any case
 * @value: (nullable): the value, or %NULL to take it out
 * @error: return location for an error
 *
 * Sets a value of the connection's meta data. The proxy hears only of what has changed.
 *
 * Meta data travels in headers: fails with %GRIP_ERROR_INVALID_ITEM when @name is not of their
 * characters, or @value has control characters, spaces at its ends, or nothing in it.
 *
 * Returns: %TRUE if the value was set
 *
 * Since: 1.0
 */
gboolean
grip_websocket_context_set_meta (GripWebSocketContext  *self,
                                 const char            *name,
                                 const char            *value,
                                 GError               **error)
{
  g_autofree char *key = NULL;

  g_return_val_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!grip_is_header_name (name))
    return fail (error, "no header can carry the meta name");

  key = g_ascii_strdown (name, -1);
  if (value == NULL)
    {
      g_hash_table_remove (self->meta, key);
      return TRUE;
    }

  if (!grip_is_header_value (value) || *value == '\0' || g_ascii_isspace (*value) ||
      g_ascii_isspace (value[strlen (value) - 1]))
    return fail (error, "no header can carry the meta value");

  g_hash_table_replace (self->meta, g_steal_pointer (&key), g_strdup (value));

  return TRUE;
}
