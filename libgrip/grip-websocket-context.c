/* grip-websocket-context.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-format-check-private.h"
#include "grip-websocket-context-private.h"

#define DEFAULT_MESSAGE_PREFIX "m:"

/**
 * GripWebSocketContext:
 *
 * The origin's end of a WebSocket that a proxy holds.
 *
 * With WebSocket-over-HTTP the proxy posts what a client sent, and the origin answers in the response:
 * make a context of the request, use it, and send the response that it makes.
 *
 * ```c
 * context = grip_websocket_context_new_for_request (headers, body, &error);
 *
 * if (grip_websocket_context_is_opening (context))
 *   {
 *     grip_websocket_context_accept (context);
 *     grip_websocket_context_subscribe (context, "room", NULL, &error);
 *   }
 *
 * while ((event = grip_websocket_context_receive (context)) != NULL)
 *   {
 *     ...
 *     g_object_unref (event);
 *   }
 *
 * response = grip_websocket_context_to_response (context);
 * ```
 *
 * The connection outlives the request. What has to be known again at the next one can be kept in the
 * meta data, which the proxy sends along; and the message prefix must be the same at every request.
 *
 * With a WebSocket that the origin holds itself, put events in with
 * [method@Grip.WebSocketContext.push_event], and take what is to be sent with
 * [method@Grip.WebSocketContext.take_events] whenever
 * [signal@Grip.WebSocketContext::event-queued] tells.
 *
 * A context is for one thread at a time.
 *
 * Since: 1.0
 */

enum
{
  PROP_0,
  PROP_CONNECTION_ID,
  PROP_OPENING,
  PROP_MESSAGE_PREFIX,
  PROP_CHANNEL_PREFIX,
  PROP_KEEP_ALIVE_INTERVAL,
  N_PROPS
};

enum
{
  EVENT_QUEUED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (GripWebSocketContext, grip_websocket_context, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
grip_websocket_context_finalize (GObject *object)
{
  GripWebSocketContext *self = GRIP_WEBSOCKET_CONTEXT (object);

  g_clear_pointer (&self->connection_id, g_free);
  g_clear_pointer (&self->message_prefix, g_free);
  g_clear_pointer (&self->channel_prefix, g_free);
  g_clear_pointer (&self->close_reason, g_free);
  g_queue_clear_full (&self->incoming, g_object_unref);
  g_clear_pointer (&self->outgoing, g_ptr_array_unref);
  g_clear_pointer (&self->old_meta, g_hash_table_unref);
  g_clear_pointer (&self->meta, g_hash_table_unref);

  G_OBJECT_CLASS (grip_websocket_context_parent_class)->finalize (object);
}

static void
grip_websocket_context_get_property (GObject    *object,
                                     guint       prop_id,
                                     GValue     *value,
                                     GParamSpec *pspec)
{
  GripWebSocketContext *self = GRIP_WEBSOCKET_CONTEXT (object);

  switch (prop_id)
    {
    case PROP_CONNECTION_ID:
      g_value_set_string (value, grip_websocket_context_get_connection_id (self));
      break;
    case PROP_OPENING:
      g_value_set_boolean (value, grip_websocket_context_is_opening (self));
      break;
    case PROP_MESSAGE_PREFIX:
      g_value_set_string (value, grip_websocket_context_get_message_prefix (self));
      break;
    case PROP_CHANNEL_PREFIX:
      g_value_set_string (value, grip_websocket_context_get_channel_prefix (self));
      break;
    case PROP_KEEP_ALIVE_INTERVAL:
      g_value_set_int (value, grip_websocket_context_get_keep_alive_interval (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_websocket_context_set_property (GObject      *object,
                                     guint         prop_id,
                                     const GValue *value,
                                     GParamSpec   *pspec)
{
  GripWebSocketContext *self = GRIP_WEBSOCKET_CONTEXT (object);

  switch (prop_id)
    {
    case PROP_MESSAGE_PREFIX:
      grip_websocket_context_set_message_prefix (self, g_value_get_string (value));
      break;
    case PROP_CHANNEL_PREFIX:
      grip_websocket_context_set_channel_prefix (self, g_value_get_string (value));
      break;
    case PROP_KEEP_ALIVE_INTERVAL:
      grip_websocket_context_set_keep_alive_interval (self, g_value_get_int (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_websocket_context_class_init (GripWebSocketContextClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = grip_websocket_context_finalize;
  object_class->get_property = grip_websocket_context_get_property;
  object_class->set_property = grip_websocket_context_set_property;

  /**
   * GripWebSocketContext:connection-id: (getter get_connection_id)
   *
   * The proxy's name for the connection, the same at every request of it, or %NULL.
   *
   * Since: 1.0
   */
  properties[PROP_CONNECTION_ID] =
    g_param_spec_string ("connection-id", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripWebSocketContext:opening: (getter is_opening)
   *
   * Whether this is the first request of the connection, which is to be accepted.
   *
   * Since: 1.0
   */
  properties[PROP_OPENING] =
    g_param_spec_boolean ("opening", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripWebSocketContext:message-prefix: (getter get_message_prefix) (setter set_message_prefix)
   *
   * What tells messages for the client from control messages for the proxy.
   *
   * It must be the same at every request of a connection. With an empty prefix a text that starts
   * with `c:` cannot be sent.
   *
   * Since: 1.0
   */
  properties[PROP_MESSAGE_PREFIX] =
    g_param_spec_string ("message-prefix", NULL, NULL, DEFAULT_MESSAGE_PREFIX,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripWebSocketContext:channel-prefix: (getter get_channel_prefix) (setter set_channel_prefix)
   *
   * What is put before the name of every channel, or %NULL. Give the same prefix to the publisher.
   *
   * Since: 1.0
   */
  properties[PROP_CHANNEL_PREFIX] =
    g_param_spec_string ("channel-prefix", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripWebSocketContext:keep-alive-interval: (getter get_keep_alive_interval) (setter set_keep_alive_interval)
   *
   * After how many seconds the proxy posts a request though the client sent nothing, 0 for never
   * again, or -1 to leave it as it is. Pushpin takes at least 20.
   *
   * Since: 1.0
   */
  properties[PROP_KEEP_ALIVE_INTERVAL] =
    g_param_spec_int ("keep-alive-interval", NULL, NULL, -1, G_MAXINT, -1,
                      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * GripWebSocketContext::event-queued:
   * @self: a context
   *
   * There is something to send.
   *
   * Since: 1.0
   */
  signals[EVENT_QUEUED] =
    g_signal_new ("event-queued", GRIP_TYPE_WEBSOCKET_CONTEXT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 0);
}

static void
grip_websocket_context_init (GripWebSocketContext *self)
{
  self->message_prefix = g_strdup (DEFAULT_MESSAGE_PREFIX);
  self->outgoing = g_ptr_array_new_with_free_func (g_object_unref);
  self->old_meta = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->meta = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->content_bytes_accepted = -1;
  self->keep_alive_interval = -1;
  self->close_code = -1;
  g_queue_init (&self->incoming);
}

/**
 * grip_websocket_context_new:
 * @connection_id: (nullable): a name for the connection
 * @events: (nullable) (element-type GripWebSocketEvent): what the client sent
 *
 * Creates a context from events. The connection is opening when the first of them is an `OPEN`.
 *
 * Returns: (transfer full): a new context
 *
 * Since: 1.0
 */
GripWebSocketContext *
grip_websocket_context_new (const char *connection_id,
                            GPtrArray  *events)
{
  GripWebSocketContext *self = g_object_new (GRIP_TYPE_WEBSOCKET_CONTEXT, NULL);

  self->connection_id = g_strdup (connection_id);

  for (guint i = 0; events != NULL && i < events->len; i++)
    grip_websocket_context_push_event (self, g_ptr_array_index (events, i));

  if (!self->opening)
    self->accepted = TRUE;

  return self;
}

/**
 * grip_websocket_context_push_event:
 * @self: a context
 * @event: what the client sent
 *
 * Adds an event to those that [method@Grip.WebSocketContext.receive] gives.
 *
 * Since: 1.0
 */
void
grip_websocket_context_push_event (GripWebSocketContext *self,
                                   GripWebSocketEvent   *event)
{
  const char *event_type = NULL;
  gsize length = 0;

  g_return_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self));
  g_return_if_fail (GRIP_IS_WEBSOCKET_EVENT (event));

  event_type = grip_websocket_event_get_event_type (event);
  if (strcmp (event_type, "OPEN") == 0)
    {
      self->opening = !self->accepted;
      return;
    }

  (void) grip_websocket_event_get_data (event, &length);
  self->content_bytes += length;
  g_queue_push_tail (&self->incoming, g_object_ref (event));
}

/* The event is taken. */
void
grip_websocket_context_queue (GripWebSocketContext *self,
                              GripWebSocketEvent   *event)
{
  g_ptr_array_add (self->outgoing, event);
  g_signal_emit (self, signals[EVENT_QUEUED], 0);
}

/**
 * grip_websocket_context_take_events:
 * @self: a context
 *
 * Takes the events that are to be sent to the proxy, prefixes and control messages included.
 *
 * Returns: (transfer container) (element-type GripWebSocketEvent): the events, which may be none
 *
 * Since: 1.0
 */
GPtrArray *
grip_websocket_context_take_events (GripWebSocketContext *self)
{
  GPtrArray *events = NULL;

  g_return_val_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self), NULL);

  /* The OPEN is among them: what comes next is another request. */
  if (self->accepted)
    self->opening = FALSE;

  events = self->outgoing;
  self->outgoing = g_ptr_array_new_with_free_func (g_object_unref);

  return events;
}

/**
 * grip_websocket_context_get_connection_id: (get-property connection-id)
 * @self: a context
 *
 * Gets the proxy's name for the connection.
 *
 * Returns: (transfer none) (nullable): the id, or %NULL
 *
 * Since: 1.0
 */
const char *
grip_websocket_context_get_connection_id (GripWebSocketContext *self)
{
  g_return_val_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self), NULL);

  return self->connection_id;
}

/**
 * grip_websocket_context_is_opening: (get-property opening)
 * @self: a context
 *
 * Tells whether this is the first request of the connection.
 *
 * Returns: %TRUE if the connection is to be accepted
 *
 * Since: 1.0
 */
gboolean
grip_websocket_context_is_opening (GripWebSocketContext *self)
{
  g_return_val_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self), FALSE);

  return self->opening;
}

/**
 * grip_websocket_context_get_message_prefix: (get-property message-prefix)
 * @self: a context
 *
 * Gets what tells messages for the client from control messages.
 *
 * Returns: (transfer none): the prefix
 *
 * Since: 1.0
 */
const char *
grip_websocket_context_get_message_prefix (GripWebSocketContext *self)
{
  g_return_val_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self), NULL);

  return self->message_prefix;
}

/**
 * grip_websocket_context_set_message_prefix: (set-property message-prefix)
 * @self: a context
 * @message_prefix: the prefix: visible ASCII without quotes and backslashes, and not `c:` at its
 *   start
 *
 * Sets what tells messages for the client from control messages. The default is `m:`.
 *
 * Since: 1.0
 */
void
grip_websocket_context_set_message_prefix (GripWebSocketContext *self,
                                           const char           *message_prefix)
{
  g_return_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self));
  g_return_if_fail (message_prefix != NULL && g_str_is_ascii (message_prefix));
  g_return_if_fail (grip_is_header_value (message_prefix) && strpbrk (message_prefix, "\"\\,; ") == NULL);
  g_return_if_fail (!g_str_has_prefix (message_prefix, "c:"));

  if (strcmp (self->message_prefix, message_prefix) == 0)
    return;

  g_free (self->message_prefix);
  self->message_prefix = g_strdup (message_prefix);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MESSAGE_PREFIX]);
}

/**
 * grip_websocket_context_get_channel_prefix: (get-property channel-prefix)
 * @self: a context
 *
 * Gets what is put before the name of every channel.
 *
 * Returns: (transfer none) (nullable): the prefix, or %NULL
 *
 * Since: 1.0
 */
const char *
grip_websocket_context_get_channel_prefix (GripWebSocketContext *self)
{
  g_return_val_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self), NULL);

  return self->channel_prefix;
}

/**
 * grip_websocket_context_set_channel_prefix: (set-property channel-prefix)
 * @self: a context
 * @channel_prefix: (nullable): the prefix, or %NULL
 *
 * Sets what is put before the name of every channel.
 *
 * Since: 1.0
 */
void
grip_websocket_context_set_channel_prefix (GripWebSocketContext *self,
                                           const char           *channel_prefix)
{
  char *copy = NULL;

  g_return_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self));

  if (g_strcmp0 (self->channel_prefix, channel_prefix) == 0)
    return;

  copy = g_strdup (channel_prefix);
  g_free (self->channel_prefix);
  self->channel_prefix = copy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHANNEL_PREFIX]);
}

/**
 * grip_websocket_context_get_keep_alive_interval: (get-property keep-alive-interval)
 * @self: a context
 *
 * Gets after how long the proxy posts a request though the client sent nothing.
 *
 * Returns: the time in seconds, 0 for never again, or -1 for what it was
 *
 * Since: 1.0
 */
int
grip_websocket_context_get_keep_alive_interval (GripWebSocketContext *self)
{
  g_return_val_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self), -1);

  return self->keep_alive_interval;
}

/**
 * grip_websocket_context_set_keep_alive_interval: (set-property keep-alive-interval)
 * @self: a context
 * @seconds: the time, 0 for never again, or -1 for what it was
 *
 * Sets after how long the proxy posts a request though the client sent nothing. Pushpin takes at
 * least 20 seconds.
 *
 * Since: 1.0
 */
void
grip_websocket_context_set_keep_alive_interval (GripWebSocketContext *self,
                                                int                   seconds)
{
  g_return_if_fail (GRIP_IS_WEBSOCKET_CONTEXT (self));
  g_return_if_fail (seconds >= -1);

  if (self->keep_alive_interval == seconds)
    return;

  self->keep_alive_interval = seconds;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KEEP_ALIVE_INTERVAL]);
}
