/* grip-websocket-context-http.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-error.h"
#include "grip-websocket-context-private.h"
#include "grip-websocket-events.h"

/* Contexts of WebSocket-over-HTTP requests. */

static const char *
find_header (GVariant   *headers,
             const char *name)
{
  GVariantIter iter;
  const char *key = NULL;
  const char *value = NULL;

  g_variant_iter_init (&iter, headers);
  while (g_variant_iter_next (&iter, "(&s&s)", &key, &value))
    {
      if (g_ascii_strcasecmp (key, name) == 0)
        return value;
    }

  return NULL;
}

static gboolean
has_media_type (GVariant   *headers,
                const char *header)
{
  const char *value = find_header (headers, header);
  g_auto(GStrv) types = value != NULL ? g_strsplit (value, ",", -1) : NULL;

  for (guint i = 0; types != NULL && types[i] != NULL; i++)
    {
      types[i][strcspn (types[i], ";")] = '\0';
      if (g_ascii_strcasecmp (g_strstrip (types[i]), "application/websocket-events") == 0)
        return TRUE;
    }

  return FALSE;
}

/**
 * grip_websocket_context_is_request:
 * @method: the method of a request
 * @headers: the headers of the request, of the type `a(ss)`
 *
 * Tells whether a request carries events of a WebSocket.
 *
 * Returns: %TRUE if [ctor@Grip.WebSocketContext.new_for_request] is to be called
 *
 * Since: 1.0
 */
gboolean
grip_websocket_context_is_request (const char *method,
                                   GVariant   *headers)
{
  g_return_val_if_fail (method != NULL, FALSE);
  g_return_val_if_fail (headers != NULL && g_variant_is_of_type (headers, G_VARIANT_TYPE ("a(ss)")),
                        FALSE);

  return strcmp (method, "POST") == 0 && has_media_type (headers, "Content-Type") &&
         (find_header (headers, "Accept") == NULL || has_media_type (headers, "Accept"));
}

static void
read_meta (GripWebSocketContext *self,
           GVariant             *headers)
{
  GVariantIter iter;
  const char *name = NULL;
  const char *value = NULL;

  g_variant_iter_init (&iter, headers);
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &value))
    {
      if (g_ascii_strncasecmp (name, "Meta-", 5) != 0 || name[5] == '\0')
        continue;

      g_hash_table_replace (self->old_meta, g_ascii_strdown (name + 5, -1), g_strdup (value));
      g_hash_table_replace (self->meta, g_ascii_strdown (name + 5, -1), g_strdup (value));
    }
}

/**
 * grip_websocket_context_new_for_request:
 * @headers: the headers of the request, of the type `a(ss)`
 * @body: the body of the request
 * @error: return location for an error
 *
 * Creates a context from a WebSocket-over-HTTP request.
 *
 * Fails with %GRIP_ERROR_MALFORMED when @body is not a sequence of whole events, or a header is
 * missing or makes no sense; answer with the code 400 then.
 *
 * Returns: (transfer full): a new context
 *
 * Since: 1.0
 */
GripWebSocketContext *
grip_websocket_context_new_for_request (GVariant  *headers,
                                        GBytes    *body,
                                        GError   **error)
{
  g_autoptr(GPtrArray) events = NULL;
  GripWebSocketContext *self = NULL;
  const char *connection_id = NULL;
  const char *replayed_text = NULL;
  guint64 replayed = 0;

  g_return_val_if_fail (headers != NULL && g_variant_is_of_type (headers, G_VARIANT_TYPE ("a(ss)")),
                        NULL);
  g_return_val_if_fail (body != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  connection_id = find_header (headers, "Connection-Id");
  if (connection_id == NULL || *connection_id == '\0')
    {
      g_set_error_literal (error, GRIP_ERROR, GRIP_ERROR_MALFORMED,
                           "WebSocket request: there is no Connection-Id");
      return NULL;
    }

  replayed_text = find_header (headers, "Content-Bytes-Replayed");
  if (replayed_text != NULL &&
      !g_ascii_string_to_unsigned (replayed_text, 10, 0, G_MAXINT64, &replayed, NULL))
    {
      g_set_error_literal (error, GRIP_ERROR, GRIP_ERROR_MALFORMED,
                           "WebSocket request: Content-Bytes-Replayed is not a number");
      return NULL;
    }

  events = grip_decode_websocket_events (body, error);
  if (events == NULL)
    return NULL;

  self = grip_websocket_context_new (connection_id, events);
  self->content_bytes_replayed = replayed;
  read_meta (self, headers);

  return self;
}

static void
add_extension (GripWebSocketContext *self,
               GVariantBuilder      *headers)
{
  g_autofree char *value = g_strdup_printf ("grip; message-prefix=\"%s\"", self->message_prefix);

  g_variant_builder_add (headers, "(ss)", "Sec-WebSocket-Extensions", value);
}

static void
add_meta (GripWebSocketContext *self,
          GVariantBuilder      *headers)
{
  GHashTableIter iter;
  gpointer name = NULL;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->meta);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      g_autofree char *header = NULL;

      if (g_strcmp0 (value, g_hash_table_lookup (self->old_meta, name)) == 0)
        continue;

      header = g_strconcat ("Set-Meta-", name, NULL);
      g_variant_builder_add (headers, "(ss)", header, value);
    }

  g_hash_table_iter_init (&iter, self->old_meta);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      g_autofree char *header = NULL;

      if (g_hash_table_contains (self->meta, name))
        continue;

      header = g_strconcat ("Set-Meta-", name, NULL);
      g_variant_builder_add (headers, "(ss)", header, "");
    }
}

static void
add_number (GVariantBuilder *headers,
            const char      *name,
            gint64           value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);

  g_variant_builder_add (headers, "(ss)", name, text);
}

/**
 * grip_websocket_context_to_response:
 * @self: a context
 *
 * Makes the response to a WebSocket-over-HTTP request.
 *
 * An opening connection that was not accepted is refused with the code 403; answer yourself to refuse
 * it otherwise. Pings that were not received yet are answered, and so is a close.
 *
 * Returns: (transfer full): the response to send
 *
 * Since: 1.0
 */
GripResponse *
grip_websocket_context_to_response (GripWebSocketContext *self)
{
  g_autoptr(GPtrArray) events = NULL;
  g_autoptr(GBytes) body = NULL;
  GVariantBuilder headers;
  gboolean opening;

  g_return_val_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self), NULL);

  if (!self->accepted)
    return grip_response_new_text (403, "text/plain", "The WebSocket is not accepted.\n");

  opening = self->opening;
  grip_websocket_context_answer (self);
  events = grip_websocket_context_take_events (self);
  body = grip_encode_websocket_events (events);

  g_variant_builder_init (&headers, G_VARIANT_TYPE ("a(ss)"));
  g_variant_builder_add (&headers, "(ss)", "Content-Type", "application/websocket-events");
  if (opening)
    add_extension (self, &headers);
  if (self->keep_alive_interval >= 0)
    add_number (&headers, "Keep-Alive-Interval", self->keep_alive_interval);
  if (self->content_bytes_accepted >= 0)
    add_number (&headers, "Content-Bytes-Accepted",
                MIN (self->content_bytes_accepted, self->content_bytes));
  add_meta (self, &headers);

  return grip_response_new (200, NULL, g_variant_builder_end (&headers), body);
}
