/* grip-websocket-message-format.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-base-format-private.h"
#include "grip-enums.h"
#include "grip-utf8-private.h"
#include "grip-websocket-message-format.h"

/* RFC 6455, 5.5: a control frame carries 125 bytes at most, two of a close frame are its code. */
#define MAX_CONTROL_CONTENT 125
#define MAX_CLOSE_REASON    123

/**
 * GripWebSocketMessageFormat:
 *
 * A message, a ping, a pong or the close of a WebSocket: the format `ws-message` of protocol 3.1.
 *
 * Since: 1.0
 */

struct _GripWebSocketMessageFormat
{
  GripBaseFormat            parent_instance;

  char                     *reason;
  GripWebSocketMessageKind  kind;
  int                       code;
};

enum
{
  PROP_0,
  PROP_KIND,
  PROP_CODE,
  PROP_REASON,
  N_PROPS
};

static void format_iface_init (GripFormatInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GripWebSocketMessageFormat, grip_websocket_message_format, GRIP_TYPE_BASE_FORMAT,
                               G_IMPLEMENT_INTERFACE (GRIP_TYPE_FORMAT, format_iface_init))

static GParamSpec *properties[N_PROPS];

static const char *
grip_websocket_message_format_get_name (GripFormat *format)
{
  return "ws-message";
}

static void
format_iface_init (GripFormatInterface *iface)
{
  iface->get_name = grip_websocket_message_format_get_name;
}

static void
describe_send (GripWebSocketMessageFormat *self,
               GripBaseFormatPrivate      *priv,
               GripWriter                 *writer)
{
  GripBaseFormat *base = GRIP_BASE_FORMAT (self);
  gboolean        as_text = priv->is_text && self->kind != GRIP_WEBSOCKET_MESSAGE_BINARY;

  if (self->kind == GRIP_WEBSOCKET_MESSAGE_PING || self->kind == GRIP_WEBSOCKET_MESSAGE_PONG)
    grip_writer_member (writer, "type", self->kind == GRIP_WEBSOCKET_MESSAGE_PING ? "ping" : "pong");

  grip_base_format_write_filters (base, writer);
  /* Pushpin takes a ping without content, and never sends it. */
  if (priv->content != NULL)
    grip_base_format_write_content (base, writer, "content", as_text, GRIP_CONTENT_WEBSOCKET);
  else if (self->kind >= GRIP_WEBSOCKET_MESSAGE_PING)
    grip_writer_member (writer, "content", "");
}

static void
describe_close (GripWebSocketMessageFormat *self,
                GripWriter                 *writer)
{
  if (self->code != 0)
    {
      grip_writer_key (writer, "code");
      grip_writer_integer (writer, self->code);
    }
  if (self->reason != NULL)
    grip_writer_member (writer, "reason", self->reason);
}

static void
grip_websocket_message_format_describe (GripBaseFormat *base,
                                        gpointer        writer)
{
  GripWebSocketMessageFormat *self = GRIP_WEBSOCKET_MESSAGE_FORMAT (base);
  GripBaseFormatPrivate      *priv = grip_base_format_get_private (base);

  if (priv->action == GRIP_ACTION_SEND)
    describe_send (self, priv, writer);
  else if (priv->action == GRIP_ACTION_CLOSE)
    describe_close (self, writer);
}

static gboolean
check_send (GripWebSocketMessageFormat  *self,
            GripBaseFormatPrivate       *priv,
            GError                     **error)
{
  GripBaseFormat *base = GRIP_BASE_FORMAT (self);
  gboolean        is_control = self->kind >= GRIP_WEBSOCKET_MESSAGE_PING;
  gsize           offset;

  if (priv->content == NULL)
    return is_control || grip_base_format_refuse (base, error, "'content' is missing");

  if (is_control && g_bytes_get_size (priv->content) > MAX_CONTROL_CONTENT)
    return grip_base_format_refuse (base, error, "'content' of a %s has %" G_GSIZE_FORMAT " bytes; %d is the limit",
                                    self->kind == GRIP_WEBSOCKET_MESSAGE_PING ? "ping" : "pong",
                                    g_bytes_get_size (priv->content), MAX_CONTROL_CONTENT);

  if (self->kind == GRIP_WEBSOCKET_MESSAGE_TEXT && !priv->is_text)
    {
      grip_utf8_check (g_bytes_get_data (priv->content, NULL),
                       g_bytes_get_size (priv->content), &offset);
      return grip_base_format_refuse (base, error,
                                      "'content' of a text message is not UTF-8 at byte %" G_GSIZE_FORMAT, offset);
    }

  return TRUE;
}

/* RFC 6455, 7.4: 1004 to 1006 and 1015 never go over the wire. */
static gboolean
is_close_code (int code)
{
  return (code >= 1000 && code <= 1014 && !(code >= 1004 && code <= 1006)) ||
         (code >= 3000 && code <= 4999);
}

static gboolean
check_close (GripWebSocketMessageFormat  *self,
             GError                     **error)
{
  GripBaseFormat *base = GRIP_BASE_FORMAT (self);

  if (self->reason != NULL && self->code == 0)
    return grip_base_format_refuse (base, error, "'reason' needs a 'code'");
  if (self->code != 0 && !is_close_code (self->code))
    return grip_base_format_refuse (base, error, "'code' %d is no close code", self->code);
  if (self->reason != NULL && !g_utf8_validate (self->reason, -1, NULL))
    return grip_base_format_refuse (base, error, "'reason' is not UTF-8");
  if (self->reason != NULL && strlen (self->reason) > MAX_CLOSE_REASON)
    return grip_base_format_refuse (base, error, "'reason' has %" G_GSIZE_FORMAT " bytes; %d is the limit",
                                    strlen (self->reason), MAX_CLOSE_REASON);

  return TRUE;
}

static gboolean
grip_websocket_message_format_check (GripBaseFormat  *base,
                                     GError         **error)
{
  GripWebSocketMessageFormat *self = GRIP_WEBSOCKET_MESSAGE_FORMAT (base);
  GripBaseFormatPrivate      *priv = grip_base_format_get_private (base);

  if (priv->action == GRIP_ACTION_SEND)
    return check_send (self, priv, error);
  if (priv->content != NULL)
    return grip_base_format_refuse (base, error, "'content' goes with 'action' send only");
  if (priv->action == GRIP_ACTION_CLOSE)
    return check_close (self, error);

  return TRUE;
}

static void
grip_websocket_message_format_finalize (GObject *object)
{
  GripWebSocketMessageFormat *self = GRIP_WEBSOCKET_MESSAGE_FORMAT (object);

  g_free (self->reason);

  G_OBJECT_CLASS (grip_websocket_message_format_parent_class)->finalize (object);
}

static void
grip_websocket_message_format_get_property (GObject    *object,
                                            guint       prop_id,
                                            GValue     *value,
                                            GParamSpec *pspec)
{
  GripWebSocketMessageFormat *self = GRIP_WEBSOCKET_MESSAGE_FORMAT (object);

  switch (prop_id)
    {
    case PROP_KIND:
      g_value_set_enum (value, self->kind);
      break;
    case PROP_CODE:
      g_value_set_int (value, self->code);
      break;
    case PROP_REASON:
      g_value_set_string (value, self->reason);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_websocket_message_format_set_property (GObject      *object,
                                            guint         prop_id,
                                            const GValue *value,
                                            GParamSpec   *pspec)
{
  GripWebSocketMessageFormat *self = GRIP_WEBSOCKET_MESSAGE_FORMAT (object);

  switch (prop_id)
    {
    case PROP_KIND:
      grip_websocket_message_format_set_kind (self, g_value_get_enum (value));
      break;
    case PROP_CODE:
      grip_websocket_message_format_set_code (self, g_value_get_int (value));
      break;
    case PROP_REASON:
      grip_websocket_message_format_set_reason (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_websocket_message_format_class_init (GripWebSocketMessageFormatClass *klass)
{
  GObjectClass        *object_class = G_OBJECT_CLASS (klass);
  GripBaseFormatClass *base_class = GRIP_BASE_FORMAT_CLASS (klass);

  object_class->finalize = grip_websocket_message_format_finalize;
  object_class->get_property = grip_websocket_message_format_get_property;
  object_class->set_property = grip_websocket_message_format_set_property;
  base_class->describe = grip_websocket_message_format_describe;
  base_class->check = grip_websocket_message_format_check;

  /**
   * GripWebSocketMessageFormat:kind:
   *
   * The kind of message.
   *
   * Since: 1.0
   */
  properties[PROP_KIND] =
    g_param_spec_enum ("kind", NULL, NULL,
                       GRIP_TYPE_WEBSOCKET_MESSAGE_KIND, GRIP_WEBSOCKET_MESSAGE_TEXT,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripWebSocketMessageFormat:code:
   *
   * The close code, for [enum@Grip.Action.CLOSE]; 0 for none.
   *
   * Since: 1.0
   */
  properties[PROP_CODE] =
    g_param_spec_int ("code", NULL, NULL,
                      0, 65535, 0,
                      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripWebSocketMessageFormat:reason:
   *
   * The reason that goes with the close code, 123 bytes at most.
   *
   * Since: 1.0
   */
  properties[PROP_REASON] =
    g_param_spec_string ("reason", NULL, NULL,
                         NULL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
grip_websocket_message_format_init (GripWebSocketMessageFormat *self)
{
}

static GripWebSocketMessageFormat *
take_content (GripWebSocketMessageKind kind,
              GBytes                  *content)
{
  GripWebSocketMessageFormat *self = g_object_new (GRIP_TYPE_WEBSOCKET_MESSAGE_FORMAT, NULL);

  self->kind = kind;
  grip_base_format_take_content (GRIP_BASE_FORMAT (self), content);

  return self;
}

static GripWebSocketMessageFormat *
new_with_action (GripAction action)
{
  GripWebSocketMessageFormat *self = g_object_new (GRIP_TYPE_WEBSOCKET_MESSAGE_FORMAT, NULL);

  grip_base_format_set_action (GRIP_BASE_FORMAT (self), action);

  return self;
}

/**
 * grip_websocket_message_format_new:
 * @content: the content of the message
 *
 * Makes a format that sends a binary message.
 *
 * Returns: (transfer full): a new format
 *
 * Since: 1.0
 */
GripWebSocketMessageFormat *
grip_websocket_message_format_new (GBytes *content)
{
  g_return_val_if_fail (content != NULL, NULL);

  return take_content (GRIP_WEBSOCKET_MESSAGE_BINARY, g_bytes_ref (content));
}

/**
 * grip_websocket_message_format_new_text:
 * @content: the content of the message
 *
 * Makes a format that sends a text message.
 *
 * Returns: (transfer full): a new format
 *
 * Since: 1.0
 */
GripWebSocketMessageFormat *
grip_websocket_message_format_new_text (const char *content)
{
  g_return_val_if_fail (content != NULL, NULL);

  return take_content (GRIP_WEBSOCKET_MESSAGE_TEXT, g_bytes_new (content, strlen (content)));
}

/**
 * grip_websocket_message_format_new_ping:
 * @content: (nullable): the content, 125 bytes at most
 *
 * Makes a format that sends a ping.
 *
 * Returns: (transfer full): a new format
 *
 * Since: 1.0
 */
GripWebSocketMessageFormat *
grip_websocket_message_format_new_ping (GBytes *content)
{
  return take_content (GRIP_WEBSOCKET_MESSAGE_PING, content != NULL ? g_bytes_ref (content) : NULL);
}

/**
 * grip_websocket_message_format_new_pong:
 * @content: (nullable): the content, 125 bytes at most
 *
 * Makes a format that sends a pong.
 *
 * Returns: (transfer full): a new format
 *
 * Since: 1.0
 */
GripWebSocketMessageFormat *
grip_websocket_message_format_new_pong (GBytes *content)
{
  return take_content (GRIP_WEBSOCKET_MESSAGE_PONG, content != NULL ? g_bytes_ref (content) : NULL);
}

/**
 * grip_websocket_message_format_new_close:
 * @code: a close code of RFC 6455, or 0 for none
 * @reason: (nullable): the reason, 123 bytes at most; needs a code
 *
 * Makes a format that closes the WebSocket of each held client.
 *
 * Returns: (transfer full): a new format
 *
 * Since: 1.0
 */
GripWebSocketMessageFormat *
grip_websocket_message_format_new_close (int         code,
                                         const char *reason)
{
  GripWebSocketMessageFormat *self = new_with_action (GRIP_ACTION_CLOSE);

  self->code = code;
  self->reason = g_strdup (reason);

  return self;
}

/**
 * grip_websocket_message_format_new_hint:
 *
 * Makes a format that tells the proxy to fetch again.
 *
 * Returns: (transfer full): a new format
 *
 * Since: 1.0
 */
GripWebSocketMessageFormat *
grip_websocket_message_format_new_hint (void)
{
  return new_with_action (GRIP_ACTION_HINT);
}

/**
 * grip_websocket_message_format_new_refresh:
 *
 * Makes a format that lets the proxy make a WebSocket-over-HTTP request for each held client, from
 * Pushpin 1.38 on.
 *
 * Returns: (transfer full): a new format
 *
 * Since: 1.0
 */
GripWebSocketMessageFormat *
grip_websocket_message_format_new_refresh (void)
{
  return new_with_action (GRIP_ACTION_REFRESH);
}

/**
 * grip_websocket_message_format_get_kind:
 * @self: a format
 *
 * Tells the kind of message.
 *
 * Returns: the kind
 *
 * Since: 1.0
 */
GripWebSocketMessageKind
grip_websocket_message_format_get_kind (GripWebSocketMessageFormat *self)
{
  g_return_val_if_fail (GRIP_IS_WEBSOCKET_MESSAGE_FORMAT (self), GRIP_WEBSOCKET_MESSAGE_TEXT);

  return self->kind;
}

/**
 * grip_websocket_message_format_set_kind:
 * @self: a format that is in no item yet
 * @kind: the kind
 *
 * Sets the kind of message.
 *
 * Since: 1.0
 */
void
grip_websocket_message_format_set_kind (GripWebSocketMessageFormat *self,
                                        GripWebSocketMessageKind    kind)
{
  g_return_if_fail (GRIP_IS_WEBSOCKET_MESSAGE_FORMAT (self));
  g_return_if_fail (kind <= GRIP_WEBSOCKET_MESSAGE_PONG);

  if (self->kind == kind || !grip_base_format_may_change (GRIP_BASE_FORMAT (self)))
    return;

  self->kind = kind;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KIND]);
}

/**
 * grip_websocket_message_format_get_code:
 * @self: a format
 *
 * Tells the close code.
 *
 * Returns: the close code, 0 for none
 *
 * Since: 1.0
 */
int
grip_websocket_message_format_get_code (GripWebSocketMessageFormat *self)
{
  g_return_val_if_fail (GRIP_IS_WEBSOCKET_MESSAGE_FORMAT (self), 0);

  return self->code;
}

/**
 * grip_websocket_message_format_set_code:
 * @self: a format that is in no item yet
 * @code: the close code, 0 for none
 *
 * Sets the close code.
 *
 * Since: 1.0
 */
void
grip_websocket_message_format_set_code (GripWebSocketMessageFormat *self,
                                        int                         code)
{
  g_return_if_fail (GRIP_IS_WEBSOCKET_MESSAGE_FORMAT (self));

  if (self->code == code || !grip_base_format_may_change (GRIP_BASE_FORMAT (self)))
    return;

  self->code = code;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CODE]);
}

/**
 * grip_websocket_message_format_get_reason:
 * @self: a format
 *
 * Tells the reason of a close.
 *
 * Returns: (nullable): the reason
 *
 * Since: 1.0
 */
const char *
grip_websocket_message_format_get_reason (GripWebSocketMessageFormat *self)
{
  g_return_val_if_fail (GRIP_IS_WEBSOCKET_MESSAGE_FORMAT (self), NULL);

  return self->reason;
}

/**
 * grip_websocket_message_format_set_reason:
 * @self: a format that is in no item yet
 * @reason: (nullable): the reason
 *
 * Sets the reason of a close.
 *
 * Since: 1.0
 */
void
grip_websocket_message_format_set_reason (GripWebSocketMessageFormat *self,
                                          const char                 *reason)
{
  char *copy;

  g_return_if_fail (GRIP_IS_WEBSOCKET_MESSAGE_FORMAT (self));

  if (g_strcmp0 (self->reason, reason) == 0 || !grip_base_format_may_change (GRIP_BASE_FORMAT (self)))
    return;

  copy = g_strdup (reason);
  g_free (self->reason);
  self->reason = copy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REASON]);
}
