/* grip-instruct-fields.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-instruct-private.h"

/* What an instruct says beside its properties. */

/* Whether @place has changed. */
gboolean
grip_instruct_replace_string (char       **place,
                              const char  *value)
{
  char *copy = NULL;

  if (g_strcmp0 (*place, value) == 0)
    return FALSE;

  copy = g_strdup (value);
  g_free (*place);
  *place = copy;

  return TRUE;
}

/**
 * grip_instruct_get_keep_alive:
 * @self: an instruct
 *
 * Gets the content that keeps a stream alive.
 *
 * Returns: (transfer none) (nullable): the content, or %NULL for none
 *
 * Since: 1.0
 */
GBytes *
grip_instruct_get_keep_alive (GripInstruct *self)
{
  g_return_val_if_fail (GRIP_IS_INSTRUCT (self), NULL);

  return self->keep_alive;
}

/**
 * grip_instruct_get_keep_alive_timeout:
 * @self: an instruct
 *
 * Gets when keep-alive content is sent.
 *
 * Returns: the time in seconds, or -1 for the proxy's default
 *
 * Since: 1.0
 */
int
grip_instruct_get_keep_alive_timeout (GripInstruct *self)
{
  g_return_val_if_fail (GRIP_IS_INSTRUCT (self), -1);

  return self->keep_alive_timeout;
}

/**
 * grip_instruct_get_keep_alive_mode:
 * @self: an instruct
 *
 * Gets from when the time of the keep-alive content is counted.
 *
 * Returns: the mode
 *
 * Since: 1.0
 */
GripKeepAliveMode
grip_instruct_get_keep_alive_mode (GripInstruct *self)
{
  g_return_val_if_fail (GRIP_IS_INSTRUCT (self), GRIP_KEEP_ALIVE_MODE_IDLE);

  return self->keep_alive_mode;
}

/**
 * grip_instruct_set_keep_alive:
 * @self: an instruct
 * @content: (nullable): the content, or %NULL for none
 * @timeout: the time in seconds, or -1 for the proxy's default
 * @mode: from when the time is counted
 *
 * Sets the content that the proxy sends to a stream from time to time, so that neither the client nor
 * what is between gives the connection up. Pushpin's default is 55 seconds.
 *
 * Since: 1.0
 */
void
grip_instruct_set_keep_alive (GripInstruct      *self,
                              GBytes            *content,
                              int                timeout,
                              GripKeepAliveMode  mode)
{
  GBytes *old = NULL;

  g_return_if_fail (GRIP_IS_INSTRUCT (self));
  g_return_if_fail (timeout >= -1);

  old = self->keep_alive;
  self->keep_alive = content != NULL ? g_bytes_ref (content) : NULL;
  self->keep_alive_timeout = timeout;
  self->keep_alive_mode = mode;
  g_clear_pointer (&old, g_bytes_unref);
}

/**
 * grip_instruct_set_keep_alive_text:
 * @self: an instruct
 * @text: (nullable): the content, or %NULL for none
 * @timeout: the time in seconds, or -1 for the proxy's default
 * @mode: from when the time is counted
 *
 * Sets the content that keeps a stream alive, from a string.
 *
 * Since: 1.0
 */
void
grip_instruct_set_keep_alive_text (GripInstruct      *self,
                                   const char        *text,
                                   int                timeout,
                                   GripKeepAliveMode  mode)
{
  g_autoptr(GBytes) content = NULL;

  if (text != NULL)
    content = g_bytes_new (text, strlen (text));

  grip_instruct_set_keep_alive (self, content, timeout, mode);
}

/**
 * grip_instruct_get_status:
 * @self: an instruct
 *
 * Gets the status that the client sees in place of the response's own.
 *
 * Returns: the code, or -1 for none
 *
 * Since: 1.0
 */
int
grip_instruct_get_status (GripInstruct *self)
{
  g_return_val_if_fail (GRIP_IS_INSTRUCT (self), -1);

  return self->status;
}

/**
 * grip_instruct_get_status_reason:
 * @self: an instruct
 *
 * Gets the reason of the status that the client sees in place of the response's own.
 *
 * Returns: (transfer none) (nullable): the reason, or %NULL for the usual one
 *
 * Since: 1.0
 */
const char *
grip_instruct_get_status_reason (GripInstruct *self)
{
  g_return_val_if_fail (GRIP_IS_INSTRUCT (self), NULL);

  return self->status_reason;
}

/**
 * grip_instruct_set_status:
 * @self: an instruct
 * @code: the code, 0 to 999, or -1 for none
 * @reason: (nullable): the reason, or %NULL for the usual one
 *
 * Sets the status that the client sees in place of the response's own: for codes such as 304 that an
 * HTTP server or a cache on the way would act upon.
 *
 * Since: 1.0
 */
void
grip_instruct_set_status (GripInstruct *self,
                          int           code,
                          const char   *reason)
{
  g_return_if_fail (GRIP_IS_INSTRUCT (self));
  g_return_if_fail (code >= -1 && code <= 999);

  self->status = code;
  grip_instruct_replace_string (&self->status_reason, code >= 0 ? reason : NULL);
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

/**
 * grip_instruct_get_meta_names:
 * @self: an instruct
 *
 * Gets the names of the meta data, in the order of the alphabet.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names
 *
 * Since: 1.0
 */
char **
grip_instruct_get_meta_names (GripInstruct *self)
{
  g_autofree gpointer *keys = NULL;
  char **names = NULL;
  guint n;

  g_return_val_if_fail (GRIP_IS_INSTRUCT (self), NULL);

  keys = g_hash_table_get_keys_as_array (self->meta, &n);
  names = g_strdupv ((char **) keys);
  qsort (names, n, sizeof *names, compare_names);

  return names;
}

/**
 * grip_instruct_get_meta:
 * @self: an instruct
 * @name: a name
 *
 * Gets a value of the meta data.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 1.0
 */
const char *
grip_instruct_get_meta (GripInstruct *self,
                        const char   *name)
{
  g_return_val_if_fail (GRIP_IS_INSTRUCT (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return g_hash_table_lookup (self->meta, name);
}

/**
 * grip_instruct_set_meta:
 * @self: an instruct
 * @name: a name
 * @value: (nullable): the value, or %NULL to take it out
 *
 * Sets a value of the meta data of the subscription, which filters look at: `user` for `skip-self`
 * and `skip-users`.
 *
 * Since: 1.0
 */
void
grip_instruct_set_meta (GripInstruct *self,
                        const char   *name,
                        const char   *value)
{
  g_return_if_fail (GRIP_IS_INSTRUCT (self));
  g_return_if_fail (name != NULL && *name != '\0');

  if (value != NULL)
    g_hash_table_replace (self->meta, g_strdup (name), g_strdup (value));
  else
    g_hash_table_remove (self->meta, name);
}

/**
 * grip_instruct_get_next_link:
 * @self: an instruct
 *
 * Gets the URI that the proxy asks for more.
 *
 * Returns: (transfer none) (nullable): the URI, or %NULL
 *
 * Since: 1.0
 */
const char *
grip_instruct_get_next_link (GripInstruct *self)
{
  g_return_val_if_fail (GRIP_IS_INSTRUCT (self), NULL);

  return self->next_link;
}

/**
 * grip_instruct_get_next_link_timeout:
 * @self: an instruct
 *
 * Gets after how long the proxy asks for more though no item was missed.
 *
 * Returns: the time in seconds, or -1 for the proxy's default
 *
 * Since: 1.0
 */
int
grip_instruct_get_next_link_timeout (GripInstruct *self)
{
  g_return_val_if_fail (GRIP_IS_INSTRUCT (self), -1);

  return self->next_link_timeout;
}

/**
 * grip_instruct_set_next_link:
 * @self: an instruct
 * @uri: (nullable): the URI, relative to the request's or absolute, or %NULL for none
 * @timeout: the time in seconds, or -1 for the proxy's default
 *
 * Sets the URI that the proxy asks for more: when a stream's response ends without a hold, when an
 * item was missed, and after @timeout. Pushpin's default is 120 seconds; 0 is never.
 *
 * A comma, a semicolon or another character that the header has no place for is written
 * percent-encoded.
 *
 * Since: 1.0
 */
void
grip_instruct_set_next_link (GripInstruct *self,
                             const char   *uri,
                             int           timeout)
{
  g_return_if_fail (GRIP_IS_INSTRUCT (self));
  g_return_if_fail (timeout >= -1);

  grip_instruct_replace_string (&self->next_link, uri);
  self->next_link_timeout = uri != NULL ? timeout : -1;
}

/**
 * grip_instruct_get_gone_link:
 * @self: an instruct
 *
 * Gets the URI that the proxy asks when the client has gone.
 *
 * Returns: (transfer none) (nullable): the URI, or %NULL
 *
 * Since: 1.0
 */
const char *
grip_instruct_get_gone_link (GripInstruct *self)
{
  g_return_val_if_fail (GRIP_IS_INSTRUCT (self), NULL);

  return self->gone_link;
}

/**
 * grip_instruct_set_gone_link:
 * @self: an instruct
 * @uri: (nullable): the URI, relative to the request's or absolute, or %NULL for none
 *
 * Sets the URI that the proxy asks when the client has gone. Pushpin does so from 1.41.
 *
 * Since: 1.0
 */
void
grip_instruct_set_gone_link (GripInstruct *self,
                             const char   *uri)
{
  g_return_if_fail (GRIP_IS_INSTRUCT (self));

  grip_instruct_replace_string (&self->gone_link, uri);
}

/**
 * grip_instruct_get_expose_headers:
 * @self: an instruct
 *
 * Gets the names of the response's headers that the client may see.
 *
 * Returns: (transfer none) (array zero-terminated=1): the names; none stands for all
 *
 * Since: 1.0
 */
const char * const *
grip_instruct_get_expose_headers (GripInstruct *self)
{
  g_return_val_if_fail (GRIP_IS_INSTRUCT (self), NULL);

  return (const char * const *) self->expose_headers;
}

/**
 * grip_instruct_set_expose_headers:
 * @self: an instruct
 * @names: (nullable) (array zero-terminated=1): the names; none stands for all
 *
 * Sets the names of the response's headers that the client may see.
 *
 * Since: 1.0
 */
void
grip_instruct_set_expose_headers (GripInstruct       *self,
                                  const char * const *names)
{
  char **copy = NULL;

  g_return_if_fail (GRIP_IS_INSTRUCT (self));

  copy = names != NULL ? g_strdupv ((char **) names) : g_new0 (char *, 1);
  g_strfreev (self->expose_headers);
  self->expose_headers = copy;
}

/**
 * grip_instruct_set_session_detect:
 * @self: an instruct
 * @path_prefix: (nullable): of which requests the proxy detects the session, or %NULL for none
 * @sid_pointer: (nullable): a JSON pointer to the id of the session in the request
 * @json_param: (nullable): the name of the query parameter or form field that the JSON is in
 *
 * Sets a rule by which the proxy detects the session of later requests.
 *
 * Since: 1.0
 */
void
grip_instruct_set_session_detect (GripInstruct *self,
                                  const char   *path_prefix,
                                  const char   *sid_pointer,
                                  const char   *json_param)
{
  g_return_if_fail (GRIP_IS_INSTRUCT (self));
  g_return_if_fail (path_prefix == NULL || sid_pointer != NULL);

  grip_instruct_replace_string (&self->session_path_prefix, path_prefix);
  grip_instruct_replace_string (&self->session_pointer, sid_pointer);
  grip_instruct_replace_string (&self->session_json_param, json_param);
}
