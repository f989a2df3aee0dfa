/* grip-zmq-control.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>

#include "grip-error.h"
#include "grip-zmq-call-private.h"
#include "grip-zmq-control.h"

/* Of lists and dictionaries: more than any method takes. And of the wraps around them. */
#define MAX_ARGS_DEPTH  8
#define MAX_ARGS_LEVELS 32

/**
 * GripZmqControl:
 *
 * The command socket of a proxy beside publishing (protocol 5.1). The transport for ZMQ endpoints
 * implements it; the endpoint needs a `control_zmq_uri`.
 *
 * ```c
 * g_autoptr(GripTransport) transport = g_list_model_get_item (G_LIST_MODEL (control), 0);
 *
 * if (GRIP_IS_ZMQ_CONTROL (transport))
 *   grip_zmq_control_refresh_async (GRIP_ZMQ_CONTROL (transport), connection, NULL, …);
 * ```
 *
 * Each call is driven in the calling thread's default main context, which must run, over a connection of
 * its own. It is not tried again.
 *
 * Since: 1.0
 */

G_DEFINE_INTERFACE (GripZmqControl, grip_zmq_control, G_TYPE_OBJECT)

static void
grip_zmq_control_default_init (GripZmqControlInterface *iface)
{
}

/* What the writer of tnetstrings takes. */
static gboolean
is_writable (GVariant *value,
             guint     depth,
             guint     levels)
{
  gboolean is_wrap = g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT) ||
                     g_variant_is_of_type (value, G_VARIANT_TYPE_DICT_ENTRY);
  gsize    n;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
    return isfinite (g_variant_get_double (value));
  if (!g_variant_is_container (value) || g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return TRUE;
  if (depth == 0 || levels == 0)
    return FALSE;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_DICTIONARY) &&
      !g_variant_is_of_type (value, G_VARIANT_TYPE ("a{s*}")))
    return FALSE;

  n = g_variant_n_children (value);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr(GVariant) child = g_variant_get_child_value (value, i);

      if (!is_writable (child, is_wrap ? depth : depth - 1, levels - 1))
        return FALSE;
    }

  return TRUE;
}

/**
 * grip_zmq_control_call_async:
 * @self: a transport
 * @method: the method, such as `conncheck`
 * @args: (nullable): a dictionary of type `a{sv}` with its arguments
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called when the reply is there
 * @user_data: data for @callback
 *
 * Makes a request to the command socket.
 *
 * Text in @args is of type `s`, bytes are of type `ay`; it may be nested 8 levels deep. A floating @args
 * is consumed.
 *
 * Since: 1.0
 */
void
grip_zmq_control_call_async (GripZmqControl      *self,
                             const char          *method,
                             GVariant            *args,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr(GTask)        task = NULL;
  g_autoptr(GVariant)     owned = NULL;
  g_autoptr(GripZmqCall)  call = NULL;

  g_return_if_fail (GRIP_IS_ZMQ_CONTROL (self));
  g_return_if_fail (method != NULL && *method != '\0');
  g_return_if_fail (args == NULL || g_variant_is_of_type (args, G_VARIANT_TYPE_VARDICT));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  owned = args != NULL ? g_variant_ref_sink (args) : NULL;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, grip_zmq_control_call_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (owned != NULL && !is_writable (owned, MAX_ARGS_DEPTH, MAX_ARGS_LEVELS))
    {
      g_task_return_new_error (task, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
                               "the arguments of '%s' are nested too deeply, or cannot be written", method);
      return;
    }

  call = grip_zmq_call_new (task, method, owned);
  GRIP_ZMQ_CONTROL_GET_IFACE (self)->send_call (self, call);
}

/**
 * grip_zmq_control_call_finish:
 * @self: a transport
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Ends [method@Grip.ZmqControl.call_async].
 *
 * In the value text is bytes (`ay`), as ZMQ has it; integers are of type `x`, lists of type `av` and
 * dictionaries of type `a{sv}`. A reply is read up to 64 KiB and 16 levels.
 *
 * Errors: `GRIP_ERROR_REJECTED` with what the proxy said, `GRIP_ERROR_NOT_CONNECTED`,
 * `GRIP_ERROR_TIMED_OUT`, `GRIP_ERROR_MALFORMED` when the reply makes no sense,
 * `GRIP_ERROR_INVALID_CONFIG`, `GRIP_ERROR_CLOSED`, `G_IO_ERROR_CANCELLED`.
 *
 * Returns: (transfer full): the value of the reply, an empty `mv` when it has none
 *
 * Since: 1.0
 */
GVariant *
grip_zmq_control_call_finish (GripZmqControl  *self,
                              GAsyncResult    *result,
                              GError         **error)
{
  g_return_val_if_fail (GRIP_IS_ZMQ_CONTROL (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The calls that a proxy knows: what the value is made into is theirs to say. */
typedef gboolean (*GripZmqReader) (GTask    *task,
                                   GVariant *value);

static void
called_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask)     task = user_data;
  GripZmqReader        reader = g_task_get_task_data (task);
  GError              *error = NULL;
  g_autoptr(GVariant)  value = grip_zmq_control_call_finish (GRIP_ZMQ_CONTROL (object), result, &error);

  if (value == NULL)
    g_task_return_error (task, error);
  else if (!reader (task, value))
    g_task_return_new_error (task, GRIP_ERROR, GRIP_ERROR_MALFORMED,
                             "the reply of the command socket makes no sense: its value is of a wrong type");
}

static void
call (GripZmqControl      *self,
      const char          *method,
      GVariant            *args,
      GripZmqReader        reader,
      gpointer             source_tag,
      GCancellable        *cancellable,
      GAsyncReadyCallback  callback,
      gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, source_tag);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, reader, NULL);
  grip_zmq_control_call_async (self, method, args, cancellable, called_cb, task);
}

static char *
dup_text (GVariant *wrapped)
{
  g_autoptr(GVariant) value = g_variant_get_variant (wrapped);
  gsize               length;
  const char         *text;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return NULL;
  text = g_variant_get_fixed_array (value, &length, 1);
  if (length == 0)
    return g_strdup ("");

  return g_utf8_validate (text, length, NULL) ? g_strndup (text, length) : NULL;
}

static gboolean
read_uris (GTask    *task,
           GVariant *value)
{
  GVariantBuilder builder;
  gsize           n;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
    return FALSE;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  n = g_variant_n_children (value);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr(GVariant) entry = g_variant_get_child_value (value, i);
      g_autoptr(GVariant) name = g_variant_get_child_value (entry, 0);
      g_autoptr(GVariant) wrapped = g_variant_get_child_value (entry, 1);
      g_autofree char    *text = dup_text (wrapped);

      if (text != NULL)
        g_variant_builder_add (&builder, "{ss}", g_variant_get_string (name, NULL), text);
    }
  g_task_return_pointer (task, g_variant_ref_sink (g_variant_builder_end (&builder)),
                         (GDestroyNotify) g_variant_unref);

  return TRUE;
}

static gboolean
read_strings (GTask    *task,
              GVariant *value)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  gsize                   n;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE ("av")))
    return FALSE;

  n = g_variant_n_children (value);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr(GVariant) child = g_variant_get_child_value (value, i);
      g_autofree char    *text = dup_text (child);

      if (text != NULL)
        g_strv_builder_add (builder, text);
    }
  g_task_return_pointer (task, g_strv_builder_end (builder), (GDestroyNotify) g_strfreev);

  return TRUE;
}

static gboolean
read_nothing (GTask    *task,
              GVariant *value)
{
  g_task_return_boolean (task, TRUE);

  return TRUE;
}

/**
 * grip_zmq_control_get_uris_async:
 * @self: a transport
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called when the result is there
 * @user_data: data for @callback
 *
 * Asks for the addresses of the proxy's sockets (`get-zmq-uris`).
 *
 * Since: 1.0
 */
void
grip_zmq_control_get_uris_async (GripZmqControl      *self,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_return_if_fail (GRIP_IS_ZMQ_CONTROL (self));

  call (self, "get-zmq-uris", NULL, read_uris, grip_zmq_control_get_uris_async, cancellable, callback, user_data);
}

/**
 * grip_zmq_control_get_uris_finish:
 * @self: a transport
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Ends [method@Grip.ZmqControl.get_uris_async].
 *
 * Errors: those of [method@Grip.ZmqControl.call_finish].
 *
 * Returns: (transfer full): a `a{ss}` with `command`, `publish-pull` and `publish-sub` where they are
 *   there, as the proxy has them: a `*` is its word for any interface
 *
 * Since: 1.0
 */
GVariant *
grip_zmq_control_get_uris_finish (GripZmqControl  *self,
                                  GAsyncResult    *result,
                                  GError         **error)
{
  g_return_val_if_fail (GRIP_IS_ZMQ_CONTROL (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * grip_zmq_control_check_connections_async:
 * @self: a transport
 * @ids: (array zero-terminated=1): the ids of connections, as the proxy tells them to the origin
 *   (`Connection-Id`)
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called when the result is there
 * @user_data: data for @callback
 *
 * Asks which of some connections the proxy still has (`conncheck`).
 *
 * Since: 1.0
 */
void
grip_zmq_control_check_connections_async (GripZmqControl      *self,
                                          const char * const  *ids,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data)
{
  g_return_if_fail (GRIP_IS_ZMQ_CONTROL (self));
  g_return_if_fail (ids != NULL);

  call (self, "conncheck", g_variant_new_parsed ("{'ids': <%^as>}", ids), read_strings,
        grip_zmq_control_check_connections_async, cancellable, callback, user_data);
}

/**
 * grip_zmq_control_check_connections_finish:
 * @self: a transport
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Ends [method@Grip.ZmqControl.check_connections_async].
 *
 * Errors: those of [method@Grip.ZmqControl.call_finish].
 *
 * Returns: (transfer full) (array zero-terminated=1): the ids of the connections that are there
 *
 * Since: 1.0
 */
char **
grip_zmq_control_check_connections_finish (GripZmqControl  *self,
                                           GAsyncResult    *result,
                                           GError         **error)
{
  g_return_val_if_fail (GRIP_IS_ZMQ_CONTROL (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * grip_zmq_control_refresh_async:
 * @self: a transport
 * @connection: the id of a connection
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called when the result is there
 * @user_data: data for @callback
 *
 * Lets the proxy ask the origin about a WebSocket-over-HTTP connection now (`refresh`).
 *
 * Since: 1.0
 */
void
grip_zmq_control_refresh_async (GripZmqControl      *self,
                                const char          *connection,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_return_if_fail (GRIP_IS_ZMQ_CONTROL (self));
  g_return_if_fail (connection != NULL);

  call (self, "refresh", g_variant_new_parsed ("{'cid': <%s>}", connection), read_nothing,
        grip_zmq_control_refresh_async, cancellable, callback, user_data);
}

/**
 * grip_zmq_control_refresh_finish:
 * @self: a transport
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Ends [method@Grip.ZmqControl.refresh_async].
 *
 * Errors: those of [method@Grip.ZmqControl.call_finish].
 *
 * Returns: true when the proxy did it
 *
 * Since: 1.0
 */
gboolean
grip_zmq_control_refresh_finish (GripZmqControl  *self,
                                 GAsyncResult    *result,
                                 GError         **error)
{
  g_return_val_if_fail (GRIP_IS_ZMQ_CONTROL (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * grip_zmq_control_recover_async:
 * @self: a transport
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called when the result is there
 * @user_data: data for @callback
 *
 * Lets the proxy catch up with the origin for all clients that have a next link (`recover`).
 *
 * Since: 1.0
 */
void
grip_zmq_control_recover_async (GripZmqControl      *self,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_return_if_fail (GRIP_IS_ZMQ_CONTROL (self));

  call (self, "recover", NULL, read_nothing, grip_zmq_control_recover_async, cancellable, callback, user_data);
}

/**
 * grip_zmq_control_recover_finish:
 * @self: a transport
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Ends [method@Grip.ZmqControl.recover_async].
 *
 * Errors: those of [method@Grip.ZmqControl.call_finish].
 *
 * Returns: true when the proxy did it
 *
 * Since: 1.0
 */
gboolean
grip_zmq_control_recover_finish (GripZmqControl  *self,
                                 GAsyncResult    *result,
                                 GError         **error)
{
  g_return_val_if_fail (GRIP_IS_ZMQ_CONTROL (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
