/* grip-websocket-control.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-error.h"
#include "grip-utf8-private.h"
#include "grip-websocket-control.h"
#include "grip-writer-private.h"

/* A control message must fit into one frame. For WebSocket-over-HTTP Pushpin makes frames of this
 * size, and ignores a control message that is longer; two bytes are the `c:` before it. */
#define MAX_SIZE (16384 - 2)

#define MAX_FILTERS 5

static char *
fail (GError     **error,
      const char  *message)
{
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM, "control message: %s", message);
  return NULL;
}

static void
begin (GripWriter *writer,
       const char *message_type)
{
  grip_writer_init_json (writer, 128);
  grip_writer_begin_dict (writer);
  grip_writer_member (writer, "type", message_type);
}

static char *
end (GripWriter  *writer,
     GError     **error)
{
  g_autofree char *json = NULL;

  grip_writer_end_dict (writer);
  json = grip_writer_steal_string (writer);
  if (strlen (json) > MAX_SIZE)
    return fail (error, "longer than the 16 384 bytes of one frame");

  return g_steal_pointer (&json);
}

static gboolean
is_text (const char *text)
{
  return *text != '\0' && g_utf8_validate (text, -1, NULL);
}

static void
write_content (GripWriter               *writer,
               GripWebSocketMessageKind  kind,
               GBytes                   *content,
               int                       timeout)
{
  static const char * const kinds[] = { "text", "binary", "ping", "pong" };
  gsize length;
  const char *data = g_bytes_get_data (content, &length);

  grip_writer_member (writer, "message-type", kinds[kind]);
  grip_writer_content (writer, "content", length > 0 ? data : "", length,
                       length == 0 || g_utf8_validate_len (data, length, NULL),
                       GRIP_CONTENT_WEBSOCKET);
  if (timeout > 0)
    {
      grip_writer_key (writer, "timeout");
      grip_writer_integer (writer, timeout);
    }
}

static gboolean
check_content (GripWebSocketMessageKind   kind,
               GBytes                    *content,
               GError                   **error)
{
  gsize length;
  const char *data = g_bytes_get_data (content, &length);

  if (kind == GRIP_WEBSOCKET_MESSAGE_TEXT && !grip_utf8_check (data, length, NULL))
    return fail (error, "the content of a text message is not UTF-8") != NULL;

  if ((kind == GRIP_WEBSOCKET_MESSAGE_PING || kind == GRIP_WEBSOCKET_MESSAGE_PONG) && length > 125)
    return fail (error, "the content of a ping or pong has more than 125 bytes") != NULL;

  return TRUE;
}

static void
write_args (GripWriter *writer,
            GVariant   *args)
{
  GVariantIter iter;
  const char *name = NULL;
  GVariant *value = NULL;

  g_variant_iter_init (&iter, args);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    {
      gsize length;
      gconstpointer data = NULL;

      if (strcmp (name, "content") != 0 || !g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
        {
          grip_writer_key (writer, name);
          grip_writer_variant (writer, value, GRIP_CONTENT_WEBSOCKET);
          continue;
        }

      data = g_variant_get_fixed_array (value, &length, 1);
      grip_writer_content (writer, "content", length > 0 ? data : "", length,
                           length == 0 || g_utf8_validate_len (data, length, NULL),
                           GRIP_CONTENT_WEBSOCKET);
    }
}

/**
 * grip_websocket_control_message:
 * @message_type: the type of the message: `subscribe`, `detach` and so on
 * @args: (nullable): the other members, of the type `a{sv}`; a floating reference is taken
 * @error: return location for an error
 *
 * Writes a control message: what the origin tells the proxy within a WebSocket.
 *
 * It is sent as a text message with `c:` before it; [class@Grip.WebSocketContext] does all of that.
 * There is a function of its own for each known type. Fails with %GRIP_ERROR_INVALID_ITEM when the
 * message does not fit into one frame, since the proxy would ignore it.
 *
 * Returns: (transfer full): the JSON text, without the `c:`
 *
 * Since: 1.0
 */
char *
grip_websocket_control_message (const char  *message_type,
                                GVariant    *args,
                                GError     **error)
{
  g_autoptr(GVariant) sunk = args != NULL ? g_variant_ref_sink (args) : NULL;
  GripWriter writer;

  g_return_val_if_fail (message_type != NULL, NULL);
  g_return_val_if_fail (args == NULL || g_variant_is_of_type (args, G_VARIANT_TYPE_VARDICT), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!is_text (message_type))
    return fail (error, "the type is empty or not UTF-8");

  if (args != NULL && g_variant_lookup (args, "type", "*", NULL))
    return fail (error, "'type' stands among the other members");

  begin (&writer, message_type);
  if (args != NULL)
    write_args (&writer, args);

  return end (&writer, error);
}

/**
 * grip_websocket_control_subscribe:
 * @channel: the name of a channel
 * @filters: (nullable) (array zero-terminated=1): the names of filters
 * @error: return location for an error
 *
 * Writes a control message that subscribes the client to a channel. Fails with
 * %GRIP_ERROR_INVALID_ITEM.
 *
 * Returns: (transfer full): the JSON text
 *
 * Since: 1.0
 */
char *
grip_websocket_control_subscribe (const char          *channel,
                                  const char * const  *filters,
                                  GError             **error)
{
  guint n_filters = filters != NULL ? g_strv_length ((char **) filters) : 0;
  GripWriter writer;

  g_return_val_if_fail (channel != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!is_text (channel))
    return fail (error, "the name of the channel is empty or not UTF-8");
  if (n_filters > MAX_FILTERS)
    return fail (error, "a proxy takes at most 5 filters for a channel");
  for (guint i = 0; i < n_filters; i++)
    {
      if (!is_text (filters[i]))
        return fail (error, "the name of a filter is empty or not UTF-8");
    }

  begin (&writer, "subscribe");
  grip_writer_member (&writer, "channel", channel);
  if (n_filters > 0)
    {
      grip_writer_key (&writer, "filters");
      grip_writer_begin_list (&writer);
      for (guint i = 0; i < n_filters; i++)
        grip_writer_string (&writer, filters[i]);
      grip_writer_end_list (&writer);
    }

  return end (&writer, error);
}

/**
 * grip_websocket_control_unsubscribe:
 * @channel: the name of a channel
 * @error: return location for an error
 *
 * Writes a control message that ends the client's subscription to a channel. Fails with
 * %GRIP_ERROR_INVALID_ITEM.
 *
 * Returns: (transfer full): the JSON text
 *
 * Since: 1.0
 */
char *
grip_websocket_control_unsubscribe (const char  *channel,
                                    GError     **error)
{
  GripWriter writer;

  g_return_val_if_fail (channel != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!is_text (channel))
    return fail (error, "the name of the channel is empty or not UTF-8");

  begin (&writer, "unsubscribe");
  grip_writer_member (&writer, "channel", channel);

  return end (&writer, error);
}

/**
 * grip_websocket_control_detach:
 *
 * Writes a control message after which the proxy holds the client alone: the origin hears no more of
 * it, and items that are published still reach it.
 *
 * Returns: (transfer full): the JSON text
 *
 * Since: 1.0
 */
char *
grip_websocket_control_detach (void)
{
  return g_strdup ("{\"type\":\"detach\"}");
}

/**
 * grip_websocket_control_session:
 * @session_id: (nullable): the id, or %NULL for no session
 * @error: return location for an error
 *
 * Writes a control message that puts the client into a session. Fails with
 * %GRIP_ERROR_INVALID_ITEM.
 *
 * Returns: (transfer full): the JSON text
 *
 * Since: 1.0
 */
char *
grip_websocket_control_session (const char  *session_id,
                                GError     **error)
{
  GripWriter writer;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (session_id != NULL && !is_text (session_id))
    return fail (error, "the session id is empty or not UTF-8");

  begin (&writer, "session");
  if (session_id != NULL)
    grip_writer_member (&writer, "id", session_id);

  return end (&writer, error);
}

/**
 * grip_websocket_control_set_meta:
 * @name: a name
 * @value: (nullable): the value, or %NULL to take it out
 * @error: return location for an error
 *
 * Writes a control message that sets a value of the meta data of the client's subscriptions, which
 * filters look at. Fails with %GRIP_ERROR_INVALID_ITEM.
 *
 * Returns: (transfer full): the JSON text
 *
 * Since: 1.0
 */
char *
grip_websocket_control_set_meta (const char  *name,
                                 const char  *value,
                                 GError     **error)
{
  GripWriter writer;

  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!is_text (name))
    return fail (error, "the meta name is empty or not UTF-8");
  if (value != NULL && !g_utf8_validate (value, -1, NULL))
    return fail (error, "the meta value is not UTF-8");

  begin (&writer, "set-meta");
  grip_writer_member (&writer, "name", name);
  if (value != NULL)
    grip_writer_member (&writer, "value", value);

  return end (&writer, error);
}

/**
 * grip_websocket_control_keep_alive:
 * @kind: the kind of message that is sent
 * @content: (nullable): the content, or %NULL to end it
 * @timeout: the time in seconds, or -1 for the proxy's default
 * @mode: from when the time is counted
 * @error: return location for an error
 *
 * Writes a control message that makes the proxy send a message to the client from time to time. Fails
 * with %GRIP_ERROR_INVALID_ITEM.
 *
 * Returns: (transfer full): the JSON text
 *
 * Since: 1.0
 */
char *
grip_websocket_control_keep_alive (GripWebSocketMessageKind   kind,
                                   GBytes                    *content,
                                   int                        timeout,
                                   GripKeepAliveMode          mode,
                                   GError                   **error)
{
  GripWriter writer;

  g_return_val_if_fail (kind <= GRIP_WEBSOCKET_MESSAGE_PONG, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (content != NULL && !check_content (kind, content, error))
    return NULL;

  begin (&writer, "keep-alive");
  if (content != NULL)
    {
      write_content (&writer, kind, content, timeout);
      if (mode == GRIP_KEEP_ALIVE_MODE_INTERVAL)
        grip_writer_member (&writer, "mode", "interval");
    }

  return end (&writer, error);
}

/**
 * grip_websocket_control_send_delayed:
 * @kind: the kind of message that is sent
 * @content: the content
 * @timeout: the time in seconds, or -1 for the proxy's default
 * @error: return location for an error
 *
 * Writes a control message that makes the proxy send a message after a time. A later one of these
 * takes the place of the first. Fails with %GRIP_ERROR_INVALID_ITEM.
 *
 * Returns: (transfer full): the JSON text
 *
 * Since: 1.0
 */
char *
grip_websocket_control_send_delayed (GripWebSocketMessageKind   kind,
                                     GBytes                    *content,
                                     int                        timeout,
                                     GError                   **error)
{
  GripWriter writer;

  g_return_val_if_fail (kind <= GRIP_WEBSOCKET_MESSAGE_PONG, NULL);
  g_return_val_if_fail (content != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check_content (kind, content, error))
    return NULL;

  begin (&writer, "send-delayed");
  write_content (&writer, kind, content, timeout);

  return end (&writer, error);
}

/**
 * grip_websocket_control_flush_delayed:
 *
 * Writes a control message that makes the proxy send at once what it was to send later.
 *
 * Returns: (transfer full): the JSON text
 *
 * Since: 1.0
 */
char *
grip_websocket_control_flush_delayed (void)
{
  return g_strdup ("{\"type\":\"flush-delayed\"}");
}
