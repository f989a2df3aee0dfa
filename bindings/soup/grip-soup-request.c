/* grip-soup-request.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-soup-websocket-private.h"

/**
 * GripSoupRequest:
 *
 * A request to an origin: one of a client, forwarded by a proxy, or events of a client's WebSocket.
 *
 * It is answered once: with a response, with an instruct, or (a WebSocket) by what was done with its
 * context. Of two answers the first counts, and the second is a critical warning. A handler may keep it
 * and answer later; a request that is dropped without an answer gets the code 500.
 *
 * Since: 1.0
 */
G_DEFINE_FINAL_TYPE (GripSoupRequest, grip_soup_request, G_TYPE_OBJECT)

static void
grip_soup_request_dispose (GObject *object)
{
  GripSoupRequest *self = GRIP_SOUP_REQUEST (object);

  if (self->uri != NULL && !self->answered && (!self->live || self->opening != NULL))
    {
      g_warning ("A request for '%s' was dropped without an answer", g_uri_get_path (self->uri));
      grip_soup_request_respond_text (self, 500, "text/plain", "The request was not answered.\n");
    }

  g_clear_pointer (&self->watch, grip_soup_watch_free);
  g_clear_pointer (&self->opening, grip_soup_websocket_unref);

  G_OBJECT_CLASS (grip_soup_request_parent_class)->dispose (object);
}

static void
grip_soup_request_finalize (GObject *object)
{
  GripSoupRequest *self = GRIP_SOUP_REQUEST (object);

  if (self->answer_destroy != NULL)
    self->answer_destroy (self->answer_data);
  g_clear_object (&self->message);
  g_clear_object (&self->context);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->handling, grip_soup_handling_unref);
  g_clear_pointer (&self->uri, g_uri_unref);
  g_clear_pointer (&self->method, g_free);
  g_clear_pointer (&self->last, g_ptr_array_unref);
  g_clear_pointer (&self->last_header, g_free);
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
  self->uri = g_uri_ref (soup_server_message_get_uri (message));
  self->method = g_strdup (soup_server_message_get_method (message));
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
  const char *prefix = grip_websocket_context_get_channel_prefix (context);
  GripSoupRequest *self = grip_soup_request_new (message, trust, prefix);

  self->context = g_object_ref (context);
  self->live = TRUE;

  return self;
}

GripSoupRequest *
grip_soup_request_new_opening (GripSoupWebSocket    *websocket,
                               SoupServerMessage    *message,
                               GripSoupTrust         trust,
                               GripWebSocketContext *context)
{
  GripSoupRequest *self = grip_soup_request_new_live (message, trust, context);

  self->opening = grip_soup_websocket_ref (websocket);

  return self;
}

void
grip_soup_request_set_handling (GripSoupRequest  *self,
                                GripSoupHandling *handling)
{
  self->handling = grip_soup_handling_ref (handling);
}

void
grip_soup_request_release (GripSoupRequest *self)
{
  self->answered = TRUE;
}

gboolean
grip_soup_request_is_deferred (GripSoupRequest *self)
{
  return self->deferred;
}

/* As Pushpin writes it. */
char *
grip_soup_request_write_last (GPtrArray *last)
{
  g_autoptr(GString) header = g_string_new (NULL);

  for (guint i = 0; i < last->len; i++)
    {
      GripChannel *channel = g_ptr_array_index (last, i);

      g_string_append_printf (header, "%s%s; last-id=%s", i > 0 ? ", " : "",
                              grip_channel_get_name (channel), grip_channel_get_prev_id (channel));
    }

  return g_string_free (g_steal_pointer (&header), FALSE);
}

static void
set_last (GripSoupRequest *self,
          GPtrArray       *last)
{
  self->last = g_ptr_array_ref (last);
  self->last_header = grip_soup_request_write_last (last);
}

void
grip_soup_request_run_again (SoupServerMessage *message,
                             GripSoupHandling  *handling,
                             GPtrArray         *last)
{
  GripSoupOrigin *origin = grip_soup_handling_get_origin (handling);
  g_autoptr(GripSoupRequest) self = NULL;

  if (origin == NULL)
    return;

  self = grip_soup_request_new (message, GRIP_SOUP_TRUST_INVALID, grip_soup_origin_get_prefix (origin));
  self->paused = TRUE;
  grip_soup_request_set_handling (self, handling);
  set_last (self, last);
  grip_soup_handling_run (handling, self);
  grip_soup_request_returned (self);
}

gboolean
grip_soup_request_fetch (GripSoupHandling   *handling,
                         const char         *method,
                         GUri               *uri,
                         GPtrArray          *last,
                         GripSoupAnswerFunc  func,
                         gpointer            user_data,
                         GDestroyNotify      destroy)
{
  GripSoupOrigin *origin = grip_soup_handling_get_origin (handling);
  GripSoupHandling *found = NULL;
  g_autoptr(GripSoupRequest) self = g_object_new (GRIP_SOUP_TYPE_REQUEST, NULL);

  self->uri = g_uri_ref (uri);
  self->method = g_strdup (method);
  self->trust = GRIP_SOUP_TRUST_INVALID;
  self->answer_func = func;
  self->answer_data = user_data;
  self->answer_destroy = destroy;

  if (origin != NULL)
    found = grip_soup_origin_find_handling (origin, g_uri_get_path (uri));
  if (found == NULL)
    {
      self->answered = TRUE;
      return FALSE;
    }

  self->channel_prefix = g_strdup (grip_soup_origin_get_prefix (origin));
  grip_soup_request_set_handling (self, found);
  if (last != NULL)
    set_last (self, last);
  grip_soup_handling_run (found, self);
  grip_soup_request_returned (self);

  return TRUE;
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
  if (!grip_websocket_context_is_request (self->method, headers))
    return TRUE;

  body = grip_soup_request_dup_body (self);
  self->context = grip_websocket_context_new_for_request (headers, body, error);
  if (self->context == NULL)
    return FALSE;

  grip_websocket_context_set_channel_prefix (self->context, self->channel_prefix);
  return TRUE;
}

static void
gone_cb (gpointer user_data)
{
  g_autoptr(GripSoupRequest) self = g_object_ref (user_data);

  /* What the handler answers later is for nobody. */
  self->answered = TRUE;
  self->gone = TRUE;
  g_clear_pointer (&self->watch, grip_soup_watch_free);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
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

  if (self->message == NULL)
    return;

  /* With a status libsoup asks no further handler. */
  if (!self->paused)
    {
      soup_server_message_set_status (self->message, 500, NULL);
      soup_server_message_pause (self->message);
      self->paused = TRUE;
    }
  self->watch = grip_soup_watch_new (self->message, NULL, gone_cb, self);
}

/**
 * grip_soup_request_get_message:
 * @self: a request
 *
 * Gets the message of the server. Use [method@GripSoup.Request.respond] to answer it.
 *
 * An origin that holds its clients itself fetches the next link of a stream from its own handlers:
 * such a request has no message.
 *
 * Returns: (transfer none) (nullable): the message, or %NULL when the request came from the origin
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
  g_return_val_if_fail (self->uri != NULL, NULL);

  return g_uri_get_path (self->uri);
}

/**
 * grip_soup_request_get_method:
 * @self: a request
 *
 * Gets the method, such as `GET`.
 *
 * Returns: (transfer none): the method
 *
 * Since: 1.0
 */
const char *
grip_soup_request_get_method (GripSoupRequest *self)
{
  g_return_val_if_fail (GRIP_SOUP_IS_REQUEST (self), NULL);

  return self->method;
}

/**
 * grip_soup_request_dup_query:
 * @self: a request
 * @name: the name of a parameter
 *
 * Gets a parameter of the query, decoded; the first one of several.
 *
 * Returns: (transfer full) (nullable): the value, or %NULL when there is no such parameter or it is
 *   not UTF-8
 *
 * Since: 1.0
 */
char *
grip_soup_request_dup_query (GripSoupRequest *self,
                             const char      *name)
{
  const char *query = NULL;
  g_auto(GStrv) pairs = NULL;

  g_return_val_if_fail (GRIP_SOUP_IS_REQUEST (self), NULL);
  g_return_val_if_fail (self->uri != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  query = g_uri_get_query (self->uri);
  pairs = g_strsplit (query != NULL ? query : "", "&", -1);
  for (guint i = 0; pairs[i] != NULL; i++)
    {
      char *equals = strchr (pairs[i], '=');
      g_autofree char *key = NULL;
      g_autofree char *value = NULL;

      if (equals != NULL)
        *equals = '\0';
      g_strdelimit (pairs[i], "+", ' ');
      if (equals != NULL)
        g_strdelimit (equals + 1, "+", ' ');
      key = g_uri_unescape_string (pairs[i], NULL);
      value = g_uri_unescape_string (equals != NULL ? equals + 1 : "", NULL);
      if (g_strcmp0 (key, name) == 0)
        return value != NULL && g_utf8_validate (value, -1, NULL) ? g_steal_pointer (&value) : NULL;
    }

  return NULL;
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

  if (self->last_header != NULL && g_ascii_strcasecmp (name, "Grip-Last") == 0)
    return *self->last_header != '\0' ? self->last_header : NULL;

  if (self->message == NULL)
    return NULL;

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

  if (self->message == NULL)
    return g_bytes_new (NULL, 0);

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
  if (self->last == NULL && value != NULL)
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
 * grip_soup_request_get_last_event_id:
 * @self: a request
 *
 * Gets the id of the event that an `EventSource` of a browser had last: it tells it when it connects
 * again, with and without a proxy.
 *
 * Returns: (transfer none) (nullable): the id, or %NULL
 *
 * Since: 1.0
 */
const char *
grip_soup_request_get_last_event_id (GripSoupRequest *self)
{
  return grip_soup_request_get_header (self, "Last-Event-ID");
}

/**
 * grip_soup_request_get_cancellable:
 * @self: a request
 *
 * Gets what is cancelled when the client, or the proxy, goes away before the request is answered: give
 * it to what the answer waits for. Nothing is sent then, whatever the handler still answers.
 *
 * Returns: (transfer none): a cancellable
 *
 * Since: 1.0
 */
GCancellable *
grip_soup_request_get_cancellable (GripSoupRequest *self)
{
  g_return_val_if_fail (GRIP_SOUP_IS_REQUEST (self), NULL);

  if (self->cancellable == NULL)
    self->cancellable = g_cancellable_new ();

  return self->cancellable;
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
