/* grip-http-control.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-error.h"
#include "grip-http-call-private.h"
#include "grip-http-control.h"
#include "grip-transport.h"

#define MAX_REPLY_LINE 200

/**
 * GripHttpControl:
 *
 * The HTTP control API of a proxy beside publishing (protocol 4.2), with the authorization of the
 * endpoint. The transport for HTTP endpoints implements it:
 *
 * ```c
 * g_autoptr(GripTransport) transport = g_list_model_get_item (G_LIST_MODEL (control), 0);
 *
 * if (GRIP_IS_HTTP_CONTROL (transport))
 *   grip_http_control_call_async (GRIP_HTTP_CONTROL (transport), "GET", "", NULL, NULL, …);
 * ```
 *
 * Since: 1.0
 */

G_DEFINE_INTERFACE (GripHttpControl, grip_http_control, G_TYPE_OBJECT)

static void
grip_http_control_default_init (GripHttpControlInterface *iface)
{
}

static gboolean
check_path (const char  *path,
            GError     **error)
{
  for (const char *p = path; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p) || *p == '?' || *p == '#' || (*p == '/' && p == path))
      {
        g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
                     "the path has a byte that cannot be in it, at %d", (int) (p - path));
        return FALSE;
      }

  return TRUE;
}

/**
 * grip_http_control_call_async:
 * @self: a transport
 * @method: the method, such as `GET` or `POST`
 * @path: the path behind that of the control URI, without a slash at its beginning
 * @content_type: (nullable): the type of the body
 * @body: (nullable): the body
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called when the reply is there
 * @user_data: data for @callback
 *
 * Makes a request to the control API.
 *
 * It is driven in the calling thread's default main context, which must run. It is not tried again.
 *
 * Since: 1.0
 */
void
grip_http_control_call_async (GripHttpControl     *self,
                              const char          *method,
                              const char          *path,
                              const char          *content_type,
                              GBytes              *body,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_autoptr(GTask)         task = NULL;
  g_autoptr(GripHttpCall)  call = NULL;
  GError                  *error = NULL;

  g_return_if_fail (GRIP_IS_HTTP_CONTROL (self));
  g_return_if_fail (method != NULL && *method != '\0');
  g_return_if_fail (path != NULL);
  g_return_if_fail (body == NULL || content_type != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, grip_http_control_call_async);
  if (check_path (path, &error))
    call = grip_http_call_new (task, grip_transport_get_endpoint (GRIP_TRANSPORT (self)),
                               method, path, content_type, body, &error);

  if (call != NULL)
    GRIP_HTTP_CONTROL_GET_IFACE (self)->send_call (self, call);
  else
    g_task_return_error (task, error);
}

/**
 * grip_http_control_call_finish:
 * @self: a transport
 * @result: the result that the callback got
 * @status: (out) (optional): the status of the reply
 * @error: return location for an error
 *
 * Ends [method@Grip.HttpControl.call_async].
 *
 * Errors: `GRIP_ERROR_NOT_CONNECTED`, `GRIP_ERROR_TIMED_OUT`, `GRIP_ERROR_INVALID_CONFIG`,
 * `GRIP_ERROR_FAILED`, `G_IO_ERROR_CANCELLED`. A status is no error.
 *
 * Returns: (transfer full): the body of the reply, 64 KiB of it at most
 *
 * Since: 1.0
 */
GBytes *
grip_http_control_call_finish (GripHttpControl  *self,
                               GAsyncResult     *result,
                               guint            *status,
                               GError          **error)
{
  GripHttpReply *reply;
  GBytes        *bytes;

  g_return_val_if_fail (GRIP_IS_HTTP_CONTROL (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  reply = g_task_propagate_pointer (G_TASK (result), error);
  if (reply == NULL)
    return NULL;

  if (status != NULL)
    *status = reply->status;
  bytes = g_bytes_ref (reply->reply);
  grip_http_reply_free (reply);

  return bytes;
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* application/x-www-form-urlencoded */
static GBytes *
encode_form (GHashTable *fields)
{
  GString                *form = g_string_new (NULL);
  g_autofree const char **names = NULL;
  guint                   n;

  names = (const char **) g_hash_table_get_keys_as_array (fields, &n);
  qsort (names, n, sizeof *names, compare_names);
  for (guint i = 0; i < n; i++)
    {
      const char *value = g_hash_table_lookup (fields, names[i]);

      if (i > 0)
        g_string_append_c (form, '&');
      g_string_append_uri_escaped (form, names[i], NULL, FALSE);
      g_string_append_c (form, '=');
      g_string_append_uri_escaped (form, value != NULL ? value : "", NULL, FALSE);
    }

  return g_string_free_to_bytes (form);
}

static void
origin_set_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(GTask)   task = user_data;
  g_autoptr(GBytes)  reply = NULL;
  GError            *error = NULL;
  guint              status;

  reply = grip_http_control_call_finish (GRIP_HTTP_CONTROL (object), result, &status, &error);
  if (reply == NULL)
    g_task_return_error (task, error);
  else if (status >= 200 && status < 300)
    g_task_return_boolean (task, TRUE);
  else
    {
      g_autofree char *line = g_strndup (g_bytes_get_data (reply, NULL),
                                         MIN (g_bytes_get_size (reply), MAX_REPLY_LINE));
      g_autofree char *valid = g_utf8_make_valid (g_strdelimit (g_strchomp (line), "\r\n\t\x1b", ' '), -1);

      g_task_return_new_error (task, GRIP_ERROR,
                               status == 401 || status == 403 ? GRIP_ERROR_UNAUTHORIZED : GRIP_ERROR_REJECTED,
                               "the proxy refused the origin with status %u: %s", status, valid);
    }
}

/**
 * grip_http_control_set_origin_async:
 * @self: a transport
 * @domain: (nullable): the domain, %NULL for `default`
 * @fields: (element-type utf8 utf8): the fields to set: `host`, `port`, `ssl_host`, `ssl_port`,
 *   `rewrite_host`, `over_http`
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called when the result is there
 * @user_data: data for @callback
 *
 * Tells Fanout Cloud or Fastly which origin a domain has (protocol 4.2). A plain Pushpin has its
 * routes in a file.
 *
 * Since: 1.0
 */
void
grip_http_control_set_origin_async (GripHttpControl     *self,
                                    const char          *domain,
                                    GHashTable          *fields,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_autoptr(GBytes)  form = NULL;
  g_autofree char   *escaped = NULL;
  g_autofree char   *path = NULL;
  GTask             *task;

  g_return_if_fail (GRIP_IS_HTTP_CONTROL (self));
  g_return_if_fail (fields != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, grip_http_control_set_origin_async);
  g_task_set_check_cancellable (task, FALSE);

  form = encode_form (fields);
  escaped = g_uri_escape_string (domain != NULL ? domain : "default", NULL, FALSE);
  path = g_strconcat ("http/", escaped, "/", NULL);
  grip_http_control_call_async (self, "POST", path, "application/x-www-form-urlencoded", form,
                                cancellable, origin_set_cb, task);
}

/**
 * grip_http_control_set_origin_finish:
 * @self: a transport
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Ends [method@Grip.HttpControl.set_origin_async].
 *
 * Errors: those of [method@Grip.HttpControl.call_finish], `GRIP_ERROR_UNAUTHORIZED` and
 * `GRIP_ERROR_REJECTED` with what the proxy said.
 *
 * Returns: true when the proxy took it
 *
 * Since: 1.0
 */
gboolean
grip_http_control_set_origin_finish (GripHttpControl  *self,
                                     GAsyncResult     *result,
                                     GError          **error)
{
  g_return_val_if_fail (GRIP_IS_HTTP_CONTROL (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
