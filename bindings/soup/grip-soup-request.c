/* grip-soup-request.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-soup-request-private.h"

/**
 * GripSoupRequest:
 *
 * A request to an origin: one of a client, forwarded by a proxy, or events of a client's WebSocket.
 *
 * It is answered once: with a response, with an instruct, or (a WebSocket) by what was done with its
 * context. A handler may keep it and answer later; a request that is dropped without an answer gets
 * the code 500.
 *
 * Since: 1.0
 */
struct _GripSoupRequest
{
  GObject               parent_instance;

  SoupServerMessage    *message;
  GripWebSocketContext *context;
  GPtrArray            *last;
  char                 *channel_prefix;
  GripSoupTrust         trust;
  GripSoupHolder       *holder;

  guint                 live : 1;
  guint                 deferred : 1;
  guint                 paused : 1;
  guint                 answered : 1;
};

G_DEFINE_FINAL_TYPE (GripSoupRequest, grip_soup_request, G_TYPE_OBJECT)

static void
grip_soup_request_dispose (GObject *object)
{
  GripSoupRequest *self = GRIP_SOUP_REQUEST (object);

  if (self->message != NULL && !self->live && !self->answered)
    grip_soup_request_respond_text (self, 500, "text/plain", "The request was not answered.\n");

  G_OBJECT_CLASS (grip_soup_request_parent_class)->dispose (object);
}

static void
grip_soup_request_finalize (GObject *object)
{
  GripSoupRequest *self = GRIP_SOUP_REQUEST (object);

  g_clear_object (&self->message);
  g_clear_object (&self->context);
  g_clear_pointer (&self->last, g_ptr_array_unref);
  g_clear_pointer (&self->channel_prefix, g_free);

  G_OBJECT_CLASS (grip_soup_request_parent_class)->finalize (object);
}

static void
grip_soup_request_class_init (GripSoupRequestClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = grip_soup_request_dispose;
  object_class->finalize = grip_soup_request_finalize;
}

static void
grip_soup_request_init (GripSoupRequest *self)
{
}

GripSoupRequest *
grip_soup_request_new (SoupServerMessage *message,
                       GripSoupTrust      trust,
                       const char        *channel_prefix)
{
  GripSoupRequest *self = g_object_new (GRIP_SOUP_TYPE_REQUEST, NULL);

  self->message = g_object_ref (message);
  self->trust = trust;
  self->channel_prefix = g_strdup (channel_prefix);

  return self;
}

/* For events of a WebSocket that is held by this process: there is no response. */
GripSoupRequest *
grip_soup_request_new_live (SoupServerMessage    *message,
                            GripSoupTrust         trust,
                            GripWebSocketContext *context)
{
  GripSoupRequest *self = grip_soup_request_new (message, trust, NULL);

  self->context = g_object_ref (context);
  self->live = TRUE;

  return self;
}

/* For a request that came through no proxy: its client is held by @holder, which outlives it. */
void
grip_soup_request_set_holder (GripSoupRequest *self,
                              GripSoupHolder  *holder)
{
  self->holder = holder;
}

static GVariant *
collect_headers (SoupMessageHeaders *headers)
{
  GVariantBuilder builder;
  SoupMessageHeadersIter iter;
  const char *name = NULL;
  const char *value = NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  soup_message_headers_iter_init (&iter, headers);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    {
      if (g_utf8_validate (name, -1, NULL) && g_utf8_validate (value, -1, NULL))
        g_variant_builder_add (&builder, "(ss)", name, value);
    }

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* Makes the context of a WebSocket-over-HTTP request; nothing for another one. */
gboolean
grip_soup_request_open_websocket (GripSoupRequest  *self,
                                  GError          **error)
{
  g_autoptr(GVariant) headers = NULL;
  g_autoptr(GBytes) body = NULL;

  headers = collect_headers (soup_server_message_get_request_headers (self->message));
  if (!grip_websocket_context_is_request (soup_server_message_get_method (self->message), headers))
    return TRUE;

  body = grip_soup_request_dup_body (self);
  self->context = grip_websocket_context_new_for_request (headers, body, error);
  if (self->context == NULL)
    return FALSE;

  grip_websocket_context_set_channel_prefix (self->context, self->channel_prefix);
  return TRUE;
}

/* The handler has returned: a WebSocket is answered, unless that was put off; another request waits
 * for its answer. */
void
grip_soup_request_returned (GripSoupRequest *self)
{
  if (self->live || self->answered)
    return;

  if (self->context != NULL && !self->deferred)
    {
      grip_soup_request_finish (self);
      return;
    }

  /* With a status libsoup asks no further handler. */
  soup_server_message_set_status (self->message, 500, NULL);
  soup_server_message_pause (self->message);
  self->paused = TRUE;
}

/**
 * grip_soup_request_get_message:
 * @self: a request
 *
 * Gets the message of the server. Use [method@GripSoup.Request.respond] to answer it.
 *
 * Returns: (transfer none): the message
 *
 * Since: 1.0
 */
SoupServerMessage *
grip_soup_request_get_message (GripSoupRequest *self)
{
  g_return_val_if_fail (GRIP_SOUP_IS_REQUEST (self), NULL);

  return self->message;
}

/**
 * grip_soup_request_get_path:
 * @self: a request
 *
 * Gets the path that was asked for.
 *
 * Returns: (transfer none): the path
 *
 * Since: 1.0
 */
const char *
grip_soup_request_get_path (GripSoupRequest *self)
{
  g_return_val_if_fail (GRIP_SOUP_IS_REQUEST (self), NULL);

  return g_uri_get_path (soup_server_message_get_uri (self->message));
}

/**
 * grip_soup_request_get_header:
 * @self: a request
 * @name: the name of a header
 *
 * Gets the value of a header; of several, the values with commas between.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 1.0
 */
const char *
grip_soup_request_get_header (GripSoupRequest *self,
                              const char      *name)
{
  g_return_val_if_fail (GRIP_SOUP_IS_REQUEST (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return soup_message_headers_get_list (soup_server_message_get_request_headers (self->message), name);
}

/**
 * grip_soup_request_dup_body:
 * @self: a request
 *
 * Gets the body of the request.
 *
 * Returns: (transfer full): the body, which may be empty
 *
 * Since: 1.0
 */
GBytes *
grip_soup_request_dup_body (GripSoupRequest *self)
{
  g_return_val_if_fail (GRIP_SOUP_IS_REQUEST (self), NULL);

  return soup_message_body_flatten (soup_server_message_get_request_body (self->message));
}

/**
 * grip_soup_request_is_proxied:
 * @self: a request
 *
 * Tells whether the request came through a proxy.
 *
 * When the origin has a key, only a valid signature counts. Without one, every request with a
 * `Grip-Sig` header does, which any client can write.
 *
 * Returns: %TRUE if the request came through a proxy
 *
 * Since: 1.0
 */
gboolean
grip_soup_request_is_proxied (GripSoupRequest *self)
{
  g_return_val_if_fail (GRIP_SOUP_IS_REQUEST (self), FALSE);

  if (self->trust == GRIP_SOUP_TRUST_UNCHECKED)
    return grip_soup_request_get_header (self, "Grip-Sig") != NULL;

  return self->trust == GRIP_SOUP_TRUST_VALID;
}

/**
 * grip_soup_request_is_signed:
 * @self: a request
 *
 * Tells whether the request has a signature that was checked and is valid.
 *
 * Returns: %TRUE if the signature is valid
 *
 * Since: 1.0
 */
gboolean
grip_soup_request_is_signed (GripSoupRequest *self)
{
  g_return_val_if_fail (GRIP_SOUP_IS_REQUEST (self), FALSE);

  return self->trust == GRIP_SOUP_TRUST_VALID;
}

/**
 * grip_soup_request_has_feature:
 * @self: a request
 * @feature: the name of a feature, such as `link:next`
 *
 * Tells whether the proxy has a feature.
 *
 * Returns: %TRUE if the proxy says so
 *
 * Since: 1.0
 */
gboolean
grip_soup_request_has_feature (GripSoupRequest *self,
                               const char      *feature)
{
  g_auto(GStrv) features = NULL;
  const char *value = NULL;

  g_return_val_if_fail (GRIP_SOUP_IS_REQUEST (self), FALSE);
  g_return_val_if_fail (feature != NULL, FALSE);

  value = grip_soup_request_get_header (self, "Grip-Feature");
  if (value == NULL)
    return FALSE;

  features = grip_parse_grip_feature (value);

  return g_strv_contains ((const char * const *) features, feature);
}

/**
 * grip_soup_request_get_last_id:
 * @self: a request
 * @channel: the name of a channel, without the origin's prefix
 *
 * Gets the id of the item that the client had last of a channel, when the proxy asks for what may be
 * missing.
 *
 * Returns: (transfer none) (nullable): the id, or %NULL
 *
 * Since: 1.0
 */
const char *
grip_soup_request_get_last_id (GripSoupRequest *self,
                               const char      *channel)
{
  g_autofree char *name = NULL;
  const char *value = NULL;

  g_return_val_if_fail (GRIP_SOUP_IS_REQUEST (self), NULL);
  g_return_val_if_fail (channel != NULL, NULL);

  value = grip_soup_request_get_header (self, "Grip-Last");
  if (value == NULL)
    return NULL;
  if (self->last == NULL)
    self->last = grip_parse_grip_last (value, NULL);

  name = g_strconcat (self->channel_prefix != NULL ? self->channel_prefix : "", channel, NULL);
  for (guint i = 0; self->last != NULL && i < self->last->len; i++)
    {
      GripChannel *last = g_ptr_array_index (self->last, i);

      if (strcmp (grip_channel_get_name (last), name) == 0)
        return grip_channel_get_prev_id (last);
    }

  return NULL;
}

/**
 * grip_soup_request_get_websocket:
 * @self: a request
 *
 * Gets the context of a WebSocket.
 *
 * Returns: (transfer none) (nullable): the context, or %NULL for another request
 *
 * Since: 1.0
 */
GripWebSocketContext *
grip_soup_request_get_websocket (GripSoupRequest *self)
{
  g_return_val_if_fail (GRIP_SOUP_IS_REQUEST (self), NULL);

  return self->context;
}

/**
 * grip_soup_request_is_answered:
 * @self: a request
 *
 * Tells whether the request was answered.
 *
 * Returns: %TRUE if there is nothing more to do
 *
 * Since: 1.0
 */
gboolean
grip_soup_request_is_answered (GripSoupRequest *self)
{
  g_return_val_if_fail (GRIP_SOUP_IS_REQUEST (self), TRUE);

  return self->answered;
}

/**
 * grip_soup_request_defer:
 * @self: a request
 *
 * Puts off the answer to a WebSocket's events, which is else given when the handler returns: call
 * [method@GripSoup.Request.finish] later. Other requests may be answered later without this.
 *
 * Since: 1.0
 */
void
grip_soup_request_defer (GripSoupRequest *self)
{
  g_return_if_fail (GRIP_SOUP_IS_REQUEST (self));

  self->deferred = TRUE;
}

static void
write_response (GripSoupRequest *self,
                GripResponse    *response)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (self->message);
  SoupMessageBody *body = soup_server_message_get_response_body (self->message);
  GVariantIter iter;
  const char *name = NULL;
  const char *value = NULL;

  soup_message_headers_clear (headers);
  soup_message_body_truncate (body);

  g_variant_iter_init (&iter, grip_response_get_headers (response));
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &value))
    {
      if (strpbrk (name, "\r\n: ") == NULL && strpbrk (value, "\r\n") == NULL)
        soup_message_headers_append (headers, name, value);
      else
        g_warning ("A header of a response was left out: it is not valid");
    }

  /* libsoup takes an empty piece for a mistake; a WebSocket-over-HTTP reply without events is one. */
  if (grip_response_get_body (response) != NULL && g_bytes_get_size (grip_response_get_body (response)) > 0)
    soup_message_body_append_bytes (body, grip_response_get_body (response));

  soup_server_message_set_status (self->message, MAX (grip_response_get_code (response), 100),
                                  grip_response_get_reason (response));
}

/**
 * grip_soup_request_respond:
 * @self: a request
 * @response: the response
 *
 * Answers the request.
 *
 * Since: 1.0
 */
void
grip_soup_request_respond (GripSoupRequest *self,
                           GripResponse    *response)
{
  g_return_if_fail (GRIP_SOUP_IS_REQUEST (self));
  g_return_if_fail (GRIP_IS_RESPONSE (response));
  g_return_if_fail (!self->answered);

  if (self->live)
    return;

  self->answered = TRUE;
  write_response (self, response);
  if (self->paused)
    soup_server_message_unpause (self->message);
}

/**
 * grip_soup_request_respond_text:
 * @self: a request
 * @code: the status code
 * @content_type: (nullable): the media type
 * @body: (nullable): the body
 *
 * Answers the request with text.
 *
 * Since: 1.0
 */
void
grip_soup_request_respond_text (GripSoupRequest *self,
                                int              code,
                                const char      *content_type,
                                const char      *body)
{
  g_autoptr(GripResponse) response = grip_response_new_text (code, content_type, body);

  grip_soup_request_respond (self, response);
}

static gboolean
hold_here (GripSoupRequest  *self,
           GripInstruct     *instruct,
           GError          **error)
{
  g_autoptr(GripResponse) checked = NULL;

  if (grip_instruct_get_channel_prefix (instruct) == NULL)
    grip_instruct_set_channel_prefix (instruct, self->channel_prefix);

  /* What a proxy would refuse is refused here as well. */
  checked = grip_instruct_to_response (instruct, GRIP_INSTRUCT_FORM_AUTO, error);
  if (checked == NULL)
    return FALSE;

  if (grip_instruct_get_hold_mode (instruct) == GRIP_HOLD_MODE_NONE)
    {
      GripResponse *response = grip_instruct_get_response (instruct);

      if (response != NULL)
        grip_soup_request_respond (self, response);
      else
        grip_soup_request_respond_text (self, 200, NULL, NULL);
      return TRUE;
    }

  self->answered = TRUE;
  grip_soup_holder_hold (self->holder, self->message, instruct);
  return TRUE;
}

/**
 * grip_soup_request_hold:
 * @self: a request
 * @instruct: what the proxy is to do with the client
 * @error: return location for an error
 *
 * Answers the request with an instruct.
 *
 * When the request is known not to have come through a proxy, it is answered with the code 501, as
 * nobody would hold the client. Fails as [method@Grip.Instruct.to_response] does, and the request is
 * not answered then.
 *
 * Returns: %TRUE if the request is answered
 *
 * Since: 1.0
 */
gboolean
grip_soup_request_hold (GripSoupRequest  *self,
                        GripInstruct     *instruct,
                        GError          **error)
{
  g_autoptr(GripResponse) response = NULL;

  g_return_val_if_fail (GRIP_SOUP_IS_REQUEST (self), FALSE);
  g_return_val_if_fail (GRIP_IS_INSTRUCT (instruct), FALSE);
  g_return_val_if_fail (!self->answered, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (self->holder != NULL)
    return hold_here (self, instruct, error);

  if (self->trust == GRIP_SOUP_TRUST_INVALID)
    {
      grip_soup_request_respond_text (self, 501, "text/plain", "This needs a GRIP proxy.\n");
      return TRUE;
    }

  if (grip_instruct_get_channel_prefix (instruct) == NULL)
    grip_instruct_set_channel_prefix (instruct, self->channel_prefix);

  response = grip_instruct_to_response (instruct, GRIP_INSTRUCT_FORM_AUTO, error);
  if (response == NULL)
    return FALSE;

  grip_soup_request_respond (self, response);
  return TRUE;
}

/**
 * grip_soup_request_finish:
 * @self: a request with a WebSocket context
 *
 * Answers a WebSocket's events with what was done with its context. It is done by itself when the
 * handler returns, unless [method@GripSoup.Request.defer] was called.
 *
 * Since: 1.0
 */
void
grip_soup_request_finish (GripSoupRequest *self)
{
  g_autoptr(GripResponse) response = NULL;

  g_return_if_fail (GRIP_SOUP_IS_REQUEST (self));
  g_return_if_fail (self->context != NULL);

  if (self->live || self->answered)
    return;

  response = grip_websocket_context_to_response (self->context);
  grip_soup_request_respond (self, response);
}
