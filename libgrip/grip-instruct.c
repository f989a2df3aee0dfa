/* grip-instruct.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-enums.h"
#include "grip-instruct-private.h"

/**
 * GripInstruct:
 *
 * What the origin tells the proxy to do with a client: hold it, subscribe it to channels, keep its
 * connection alive, send it a first response.
 *
 * An instruct travels in the response to the request that the proxy forwarded, in one of two forms.
 * As *headers* (`Grip-Hold`, `Grip-Channel` and so on) it leaves the response as it is; as *JSON* it
 * is the body, and the response for the client is a part of it.
 * [method@Grip.Instruct.to_response] makes all that the HTTP server sends in either form:
 *
 * ```c
 * g_autoptr(GripInstruct) instruct = grip_instruct_new_hold_stream ("news");
 * g_autoptr(GripResponse) response = NULL;
 *
 * grip_instruct_set_keep_alive_text (instruct, "\n", 20, GRIP_KEEP_ALIVE_MODE_IDLE);
 * response = grip_instruct_to_response (instruct, GRIP_INSTRUCT_FORM_AUTO, &error);
 * ```
 *
 * Values are checked when the instruct is written. What a header cannot carry (a channel name with a
 * comma or a semicolon, an unusual name in the meta data) is carried by the JSON form, and an error in
 * the header form; keep-alive content is written in an encoding that the proxy reads back as it was.
 * CR, LF and NUL never get into a header.
 *
 * An instruct is for one thread at a time.
 *
 * Since: 1.0
 */

enum
{
  PROP_0,
  PROP_HOLD_MODE,
  PROP_CHANNEL_PREFIX,
  PROP_TIMEOUT,
  PROP_SESSION_ID,
  PROP_RESPONSE,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (GripInstruct, grip_instruct, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];

static void
grip_instruct_finalize (GObject *object)
{
  GripInstruct *self = GRIP_INSTRUCT (object);

  g_clear_pointer (&self->channels, g_ptr_array_unref);
  g_clear_pointer (&self->channel_prefix, g_free);
  g_clear_pointer (&self->meta, g_hash_table_unref);
  g_clear_pointer (&self->keep_alive, g_bytes_unref);
  g_clear_pointer (&self->status_reason, g_free);
  g_clear_pointer (&self->next_link, g_free);
  g_clear_pointer (&self->gone_link, g_free);
  g_clear_pointer (&self->expose_headers, g_strfreev);
  g_clear_pointer (&self->session_id, g_free);
  g_clear_pointer (&self->session_path_prefix, g_free);
  g_clear_pointer (&self->session_pointer, g_free);
  g_clear_pointer (&self->session_json_param, g_free);
  g_clear_object (&self->response);

  G_OBJECT_CLASS (grip_instruct_parent_class)->finalize (object);
}

static void
grip_instruct_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  GripInstruct *self = GRIP_INSTRUCT (object);

  switch (prop_id)
    {
    case PROP_HOLD_MODE:
      g_value_set_enum (value, grip_instruct_get_hold_mode (self));
      break;
    case PROP_CHANNEL_PREFIX:
      g_value_set_string (value, grip_instruct_get_channel_prefix (self));
      break;
    case PROP_TIMEOUT:
      g_value_set_int (value, grip_instruct_get_timeout (self));
      break;
    case PROP_SESSION_ID:
      g_value_set_string (value, grip_instruct_get_session_id (self));
      break;
    case PROP_RESPONSE:
      g_value_set_object (value, grip_instruct_get_response (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_instruct_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  GripInstruct *self = GRIP_INSTRUCT (object);

  switch (prop_id)
    {
    case PROP_HOLD_MODE:
      grip_instruct_set_hold_mode (self, g_value_get_enum (value));
      break;
    case PROP_CHANNEL_PREFIX:
      grip_instruct_set_channel_prefix (self, g_value_get_string (value));
      break;
    case PROP_TIMEOUT:
      grip_instruct_set_timeout (self, g_value_get_int (value));
      break;
    case PROP_SESSION_ID:
      grip_instruct_set_session_id (self, g_value_get_string (value));
      break;
    case PROP_RESPONSE:
      grip_instruct_set_response (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_instruct_class_init (GripInstructClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = grip_instruct_finalize;
  object_class->get_property = grip_instruct_get_property;
  object_class->set_property = grip_instruct_set_property;

  /**
   * GripInstruct:hold-mode: (getter get_hold_mode) (setter set_hold_mode)
   *
   * How the client is held.
   *
   * Since: 1.0
   */
  properties[PROP_HOLD_MODE] =
    g_param_spec_enum ("hold-mode", NULL, NULL, GRIP_TYPE_HOLD_MODE, GRIP_HOLD_MODE_NONE,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripInstruct:channel-prefix: (getter get_channel_prefix) (setter set_channel_prefix)
   *
   * What is put before the name of every channel when the instruct is written, or %NULL.
   *
   * Give the same prefix to the publisher.
   *
   * Since: 1.0
   */
  properties[PROP_CHANNEL_PREFIX] =
    g_param_spec_string ("channel-prefix", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripInstruct:timeout: (getter get_timeout) (setter set_timeout)
   *
   * For how many seconds a client waits in a long poll before it gets the first response, or -1 for
   * the proxy's default.
   *
   * Since: 1.0
   */
  properties[PROP_TIMEOUT] =
    g_param_spec_int ("timeout", NULL, NULL, -1, G_MAXINT, -1,
                      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripInstruct:session-id: (getter get_session_id) (setter set_session_id)
   *
   * The id of the session that the client belongs to, or %NULL.
   *
   * Since: 1.0
   */
  properties[PROP_SESSION_ID] =
    g_param_spec_string ("session-id", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripInstruct:response: (getter get_response) (setter set_response)
   *
   * What the client gets first, or (in a long poll) when the time is over. %NULL stands for an empty
   * response with the code 200.
   *
   * Since: 1.0
   */
  properties[PROP_RESPONSE] =
    g_param_spec_object ("response", NULL, NULL, GRIP_TYPE_RESPONSE,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
grip_instruct_init (GripInstruct *self)
{
  self->channels = g_ptr_array_new_with_free_func (g_object_unref);
  self->meta = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->expose_headers = g_new0 (char *, 1);
  self->timeout = -1;
  self->keep_alive_timeout = -1;
  self->next_link_timeout = -1;
  self->status = -1;
}

/**
 * grip_instruct_new:
 * @hold_mode: how the client is held
 *
 * Creates an instruct without any channel.
 *
 * Returns: (transfer full): a new instruct
 *
 * Since: 1.0
 */
GripInstruct *
grip_instruct_new (GripHoldMode hold_mode)
{
  return g_object_new (GRIP_TYPE_INSTRUCT,
                       "hold-mode", hold_mode,
                       NULL);
}

static GripInstruct *
new_for_channel (GripHoldMode  hold_mode,
                 const char   *name)
{
  g_autoptr(GripChannel) channel = grip_channel_new (name);
  GripInstruct *self = grip_instruct_new (hold_mode);

  grip_instruct_add_channel (self, channel);

  return self;
}

/**
 * grip_instruct_new_hold_response:
 * @channel: the name of a channel
 *
 * Creates an instruct for a long poll on one channel; more can be added.
 *
 * Returns: (transfer full): a new instruct
 *
 * Since: 1.0
 */
GripInstruct *
grip_instruct_new_hold_response (const char *channel)
{
  g_return_val_if_fail (channel != NULL, NULL);

  return new_for_channel (GRIP_HOLD_MODE_RESPONSE, channel);
}

/**
 * grip_instruct_new_hold_stream:
 * @channel: the name of a channel
 *
 * Creates an instruct for a stream of one channel; more can be added.
 *
 * Returns: (transfer full): a new instruct
 *
 * Since: 1.0
 */
GripInstruct *
grip_instruct_new_hold_stream (const char *channel)
{
  g_return_val_if_fail (channel != NULL, NULL);

  return new_for_channel (GRIP_HOLD_MODE_STREAM, channel);
}

/**
 * grip_instruct_get_hold_mode: (get-property hold-mode)
 * @self: an instruct
 *
 * Gets how the client is held.
 *
 * Returns: the mode
 *
 * Since: 1.0
 */
GripHoldMode
grip_instruct_get_hold_mode (GripInstruct *self)
{
  g_return_val_if_fail (GRIP_IS_INSTRUCT (self), GRIP_HOLD_MODE_NONE);

  return self->hold_mode;
}

/**
 * grip_instruct_set_hold_mode: (set-property hold-mode)
 * @self: an instruct
 * @hold_mode: the mode
 *
 * Sets how the client is held.
 *
 * Since: 1.0
 */
void
grip_instruct_set_hold_mode (GripInstruct *self,
                             GripHoldMode  hold_mode)
{
  g_return_if_fail (GRIP_IS_INSTRUCT (self));

  if (self->hold_mode == hold_mode)
    return;

  self->hold_mode = hold_mode;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HOLD_MODE]);
}

/**
 * grip_instruct_get_channels:
 * @self: an instruct
 *
 * Gets the channels, without the prefix.
 *
 * Returns: (transfer container) (element-type GripChannel): the channels
 *
 * Since: 1.0
 */
GPtrArray *
grip_instruct_get_channels (GripInstruct *self)
{
  g_return_val_if_fail (GRIP_IS_INSTRUCT (self), NULL);

  return g_ptr_array_copy (self->channels, (GCopyFunc) g_object_ref, NULL);
}

/**
 * grip_instruct_add_channel:
 * @self: an instruct
 * @channel: a channel
 *
 * Adds a channel that the client is subscribed to.
 *
 * Since: 1.0
 */
void
grip_instruct_add_channel (GripInstruct *self,
                           GripChannel  *channel)
{
  g_return_if_fail (GRIP_IS_INSTRUCT (self));
  g_return_if_fail (GRIP_IS_CHANNEL (channel));

  g_ptr_array_add (self->channels, g_object_ref (channel));
}

/**
 * grip_instruct_get_channel_prefix: (get-property channel-prefix)
 * @self: an instruct
 *
 * Gets what is put before the name of every channel.
 *
 * Returns: (transfer none) (nullable): the prefix, or %NULL
 *
 * Since: 1.0
 */
const char *
grip_instruct_get_channel_prefix (GripInstruct *self)
{
  g_return_val_if_fail (GRIP_IS_INSTRUCT (self), NULL);

  return self->channel_prefix;
}

/**
 * grip_instruct_set_channel_prefix: (set-property channel-prefix)
 * @self: an instruct
 * @channel_prefix: (nullable): the prefix, or %NULL
 *
 * Sets what is put before the name of every channel when the instruct is written.
 *
 * Since: 1.0
 */
void
grip_instruct_set_channel_prefix (GripInstruct *self,
                                  const char   *channel_prefix)
{
  g_return_if_fail (GRIP_IS_INSTRUCT (self));

  if (grip_instruct_replace_string (&self->channel_prefix, channel_prefix))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHANNEL_PREFIX]);
}

/**
 * grip_instruct_get_timeout: (get-property timeout)
 * @self: an instruct
 *
 * Gets how long a client waits in a long poll.
 *
 * Returns: the time in seconds, or -1 for the proxy's default
 *
 * Since: 1.0
 */
int
grip_instruct_get_timeout (GripInstruct *self)
{
  g_return_val_if_fail (GRIP_IS_INSTRUCT (self), -1);

  return self->timeout;
}

/**
 * grip_instruct_set_timeout: (set-property timeout)
 * @self: an instruct
 * @timeout: the time in seconds, or -1 for the proxy's default
 *
 * Sets how long a client waits in a long poll. Pushpin's default is 55 seconds, and it waits 5 at
 * least.
 *
 * Since: 1.0
 */
void
grip_instruct_set_timeout (GripInstruct *self,
                           int           timeout)
{
  g_return_if_fail (GRIP_IS_INSTRUCT (self));
  g_return_if_fail (timeout >= -1);

  if (self->timeout == timeout)
    return;

  self->timeout = timeout;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TIMEOUT]);
}

/**
 * grip_instruct_get_session_id: (get-property session-id)
 * @self: an instruct
 *
 * Gets the id of the session that the client belongs to.
 *
 * Returns: (transfer none) (nullable): the id, or %NULL
 *
 * Since: 1.0
 */
const char *
grip_instruct_get_session_id (GripInstruct *self)
{
  g_return_val_if_fail (GRIP_IS_INSTRUCT (self), NULL);

  return self->session_id;
}

/**
 * grip_instruct_set_session_id: (set-property session-id)
 * @self: an instruct
 * @session_id: (nullable): the id, or %NULL
 *
 * Sets the id of the session that the client belongs to. The proxy puts it into the client's further
 * requests.
 *
 * Since: 1.0
 */
void
grip_instruct_set_session_id (GripInstruct *self,
                              const char   *session_id)
{
  g_return_if_fail (GRIP_IS_INSTRUCT (self));

  if (grip_instruct_replace_string (&self->session_id, session_id))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SESSION_ID]);
}

/**
 * grip_instruct_get_response: (get-property response)
 * @self: an instruct
 *
 * Gets what the client gets first.
 *
 * Returns: (transfer none) (nullable): the response, or %NULL for an empty one
 *
 * Since: 1.0
 */
GripResponse *
grip_instruct_get_response (GripInstruct *self)
{
  g_return_val_if_fail (GRIP_IS_INSTRUCT (self), NULL);

  return self->response;
}

/**
 * grip_instruct_set_response: (set-property response)
 * @self: an instruct
 * @response: (nullable): the response, or %NULL for an empty one
 *
 * Sets what the client gets first, or (in a long poll) when the time is over.
 *
 * Since: 1.0
 */
void
grip_instruct_set_response (GripInstruct *self,
                            GripResponse *response)
{
  g_return_if_fail (GRIP_IS_INSTRUCT (self));
  g_return_if_fail (response == NULL || GRIP_IS_RESPONSE (response));

  if (g_set_object (&self->response, response))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RESPONSE]);
}
