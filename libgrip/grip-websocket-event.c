/* grip-websocket-event.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-websocket-event-private.h"

/* A close frame carries 125 bytes, two of which are the code. */
#define MAX_REASON 123

/**
 * GripWebSocketEvent:
 *
 * One event of a WebSocket that is carried over HTTP requests.
 *
 * The proxy posts the events of a client to the origin in a body of the media type
 * `application/websocket-events`, and the origin answers with events of its own in the same form.
 * See [func@Grip.decode_websocket_events] and [func@Grip.encode_websocket_events].
 *
 * The types are `OPEN`, `TEXT`, `BINARY`, `PING`, `PONG`, `CLOSE` (the content is a code of two bytes
 * and then a reason) and `DISCONNECT`. An event of another type is carried as it is; the proxy
 * ignores it. An event may have no content at all, which is not the same on the wire as an empty
 * content; to a reader of the event both mean nothing.
 *
 * An event never changes, so it may be used in any thread. One that was decoded is a part of the
 * body that it stood in, and keeps that body alive.
 *
 * Since: 1.0
 */
struct _GripWebSocketEvent
{
  GObject       parent_instance;

  const char   *event_type;
  GBytes       *body;
  const guint8 *data;
  gsize         length;

  /* Made when first asked for. */
  GBytes       *content;

  guint         type_length : 31;
  guint         owns_type : 1;
};

enum
{
  PROP_0,
  PROP_EVENT_TYPE,
  PROP_CONTENT,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (GripWebSocketEvent, grip_websocket_event, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];
static GQuark close_reason_quark;

static const char * const known_types[] = {
  "TEXT", "BINARY", "OPEN", "CLOSE", "PING", "PONG", "DISCONNECT",
};

static const char *
find_known_type (const char *event_type,
                 gsize       length)
{
  for (guint i = 0; i < G_N_ELEMENTS (known_types); i++)
    {
      if (known_types[i][0] == event_type[0] && strlen (known_types[i]) == length &&
          memcmp (known_types[i], event_type, length) == 0)
        return known_types[i];
    }

  return NULL;
}

/* Visible ASCII: what a type line can carry without a doubt about where the type ends. */
gboolean
grip_websocket_event_is_type (const char *event_type,
                              gsize       length)
{
  if (length == 0 || length > G_MAXINT32)
    return FALSE;

  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isgraph (event_type[i]))
        return FALSE;
    }

  return TRUE;
}

/* What the parent class does here g_object_unref() does once more right after. Events come in millions
 * and hold no other object, so once is enough: it is a third of the time that an event takes. */
static void
grip_websocket_event_dispose (GObject *object)
{
}

static void
grip_websocket_event_finalize (GObject *object)
{
  GripWebSocketEvent *self = (GripWebSocketEvent *) object;

  if (self->owns_type)
    g_free ((char *) self->event_type);
  g_clear_pointer (&self->content, g_bytes_unref);
  g_clear_pointer (&self->body, g_bytes_unref);

  G_OBJECT_CLASS (grip_websocket_event_parent_class)->finalize (object);
}

static void
grip_websocket_event_get_property (GObject    *object,
                                   guint       prop_id,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  GripWebSocketEvent *self = GRIP_WEBSOCKET_EVENT (object);

  switch (prop_id)
    {
    case PROP_EVENT_TYPE:
      g_value_set_string (value, grip_websocket_event_get_event_type (self));
      break;
    case PROP_CONTENT:
      g_value_set_boxed (value, grip_websocket_event_get_content (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_websocket_event_class_init (GripWebSocketEventClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = grip_websocket_event_dispose;
  object_class->finalize = grip_websocket_event_finalize;
  object_class->get_property = grip_websocket_event_get_property;

  /**
   * GripWebSocketEvent:event-type: (getter get_event_type)
   *
   * The type of the event: `TEXT`, `OPEN` and so on.
   *
   * Since: 1.0
   */
  properties[PROP_EVENT_TYPE] =
    g_param_spec_string ("event-type", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripWebSocketEvent:content: (getter get_content)
   *
   * The content of the event, or %NULL when it has none.
   *
   * Since: 1.0
   */
  properties[PROP_CONTENT] =
    g_param_spec_boxed ("content", NULL, NULL, G_TYPE_BYTES,
                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  close_reason_quark = g_quark_from_static_string ("grip-websocket-event-close-reason");
}

static void
grip_websocket_event_init (GripWebSocketEvent *self)
{
  self->event_type = "";
}

/* As g_object_unref(), of a reference that may be the last one. Nothing is attached to most events: no
 * data, so no weak reference, no toggle reference and no closure. For these a third of the work is left,
 * without the locks. */
void
grip_websocket_event_release (gpointer data)
{
  GObject *object = data;

  if (object->qdata != NULL || g_atomic_int_get ((int *) &object->ref_count) != 1)
    {
      g_object_unref (object);
      return;
    }

  g_signal_handlers_destroy (object);
  G_OBJECT_GET_CLASS (object)->finalize (object);
  g_type_free_instance ((GTypeInstance *) object);
}

/* @data is a part of @body, or NULL for an event with no content. */
GripWebSocketEvent *
grip_websocket_event_new_slice (GBytes       *body,
                                const char   *event_type,
                                gsize         type_length,
                                const guint8 *data,
                                gsize         length)
{
  GripWebSocketEvent *self = g_object_new (GRIP_TYPE_WEBSOCKET_EVENT, NULL);

  self->event_type = find_known_type (event_type, type_length);
  self->type_length = type_length;
  if (self->event_type == NULL)
    {
      self->event_type = g_strndup (event_type, type_length);
      self->owns_type = TRUE;
    }

  if (data != NULL)
    {
      self->body = g_bytes_ref (body);
      self->data = data;
      self->length = length;
    }

  return self;
}

/* What encoding needs in one call. */
void
grip_websocket_event_peek (GripWebSocketEvent  *self,
                           const char         **event_type,
                           gsize               *type_length,
                           const guint8       **data,
                           gsize               *length)
{
  *event_type = self->event_type;
  *type_length = self->type_length;
  *data = self->data;
  *length = self->length;
}

/**
 * grip_websocket_event_new:
 * @event_type: the type: `TEXT`, `OPEN` and so on
 * @content: (nullable): the content, of at most 2 147 483 647 bytes
 *
 * Creates an event.
 *
 * @event_type is one or more visible ASCII characters: no space, no control character. Without
 * @content the event is written as its type alone; with an empty one, its size of 0 is written too.
 *
 * Returns: (transfer full): a new event
 *
 * Since: 1.0
 */
GripWebSocketEvent *
grip_websocket_event_new (const char *event_type,
                          GBytes     *content)
{
  const guint8 *data = NULL;
  gsize length = 0;

  g_return_val_if_fail (event_type != NULL, NULL);
  g_return_val_if_fail (grip_websocket_event_is_type (event_type, strlen (event_type)), NULL);
  g_return_val_if_fail (content == NULL ||
                        g_bytes_get_size (content) <= GRIP_WEBSOCKET_EVENT_MAX_CONTENT, NULL);

  if (content != NULL)
    data = g_bytes_get_data (content, &length);

  /* An empty GBytes may have no data. */
  if (content != NULL && data == NULL)
    data = (const guint8 *) "";

  return grip_websocket_event_new_slice (content, event_type, strlen (event_type), data, length);
}

/**
 * grip_websocket_event_new_text:
 * @event_type: the type: `TEXT`, `OPEN` and so on
 * @text: (nullable): the content
 *
 * Creates an event from a string. It is [ctor@Grip.WebSocketEvent.new] for languages in which bytes
 * are less at hand.
 *
 * Returns: (transfer full): a new event
 *
 * Since: 1.0
 */
GripWebSocketEvent *
grip_websocket_event_new_text (const char *event_type,
                               const char *text)
{
  g_autoptr(GBytes) content = NULL;

  if (text != NULL)
    content = g_bytes_new (text, strlen (text));

  return grip_websocket_event_new (event_type, content);
}

/**
 * grip_websocket_event_new_close:
 * @code: the WebSocket close code, or 0 for none
 * @reason: (nullable): the reason, in UTF-8
 *
 * Creates a `CLOSE` event.
 *
 * A reason needs a code, so with a @code of 0 the event has no content at all. A @reason of more
 * than 123 bytes, which no WebSocket close frame can carry, is cut after the last whole character
 * that fits.
 *
 * Returns: (transfer full): a new event
 *
 * Since: 1.0
 */
GripWebSocketEvent *
grip_websocket_event_new_close (guint16     code,
                                const char *reason)
{
  g_autoptr(GBytes) content = NULL;
  guint8 frame[2 + MAX_REASON];
  gsize length;

  g_return_val_if_fail (code != 0 || reason == NULL || *reason == '\0', NULL);
  g_return_val_if_fail (reason == NULL || g_utf8_validate (reason, -1, NULL), NULL);

  if (code == 0)
    return grip_websocket_event_new ("CLOSE", NULL);

  length = reason != NULL ? strlen (reason) : 0;
  if (length > MAX_REASON)
    length = g_utf8_find_prev_char (reason, reason + MAX_REASON + 1) - reason;

  frame[0] = code >> 8;
  frame[1] = code & 0xff;
  if (length > 0)
    memcpy (frame + 2, reason, length);
  content = g_bytes_new (frame, 2 + length);

  return grip_websocket_event_new ("CLOSE", content);
}

/**
 * grip_websocket_event_get_event_type: (get-property event-type)
 * @self: an event
 *
 * Gets the type of the event. Types are compared exactly: `text` is not `TEXT`.
 *
 * Returns: (transfer none): the type
 *
 * Since: 1.0
 */
const char *
grip_websocket_event_get_event_type (GripWebSocketEvent *self)
{
  g_return_val_if_fail (GRIP_IS_WEBSOCKET_EVENT (self), NULL);

  return self->event_type;
}

/**
 * grip_websocket_event_get_content: (get-property content)
 * @self: an event
 *
 * Gets the content of the event.
 *
 * Returns: (transfer none) (nullable): the content, or %NULL when the event has none
 *
 * Since: 1.0
 */
GBytes *
grip_websocket_event_get_content (GripWebSocketEvent *self)
{
  GBytes *content = NULL;

  g_return_val_if_fail (GRIP_IS_WEBSOCKET_EVENT (self), NULL);

  if (self->data == NULL)
    return NULL;

  content = g_atomic_pointer_get (&self->content);
  if (content != NULL)
    return content;

  /* Most events are read once, so this slice is not made while decoding. */
  content = self->length == 0 ? g_bytes_new (NULL, 0)
                              : g_bytes_new_with_free_func (self->data, self->length,
                                                            (GDestroyNotify) g_bytes_unref,
                                                            g_bytes_ref (self->body));
  if (g_atomic_pointer_compare_and_exchange (&self->content, NULL, content))
    return content;

  /* Another thread was first. */
  g_bytes_unref (content);

  return g_atomic_pointer_get (&self->content);
}

/**
 * grip_websocket_event_get_data:
 * @self: an event
 * @length: (out): the number of bytes
 *
 * Gets the bytes of the content, without a [struct@GLib.Bytes] around them.
 *
 * They live as long as @self.
 *
 * Returns: (transfer none) (array length=length) (nullable): the bytes, or %NULL when the event has
 *   no content
 *
 * Since: 1.0
 */
const guint8 *
grip_websocket_event_get_data (GripWebSocketEvent *self,
                               gsize              *length)
{
  g_return_val_if_fail (GRIP_IS_WEBSOCKET_EVENT (self), NULL);
  g_return_val_if_fail (length != NULL, NULL);

  *length = self->length;

  return self->data;
}

/**
 * grip_websocket_event_dup_text:
 * @self: an event
 *
 * Gets the content as text: an absent content is the empty string.
 *
 * Returns: (transfer full) (nullable): the text, or %NULL when the content is not UTF-8 or holds
 *   a NUL
 *
 * Since: 1.0
 */
char *
grip_websocket_event_dup_text (GripWebSocketEvent *self)
{
  g_return_val_if_fail (GRIP_IS_WEBSOCKET_EVENT (self), NULL);

  if (self->length == 0)
    return g_strdup ("");

  if (!g_utf8_validate_len ((const char *) self->data, self->length, NULL))
    return NULL;

  return g_strndup ((const char *) self->data, self->length);
}

/**
 * grip_websocket_event_get_close_code:
 * @self: an event
 *
 * Gets the code of a `CLOSE` event: the first two bytes of its content, whatever follows them.
 *
 * Returns: the code, or -1 when the event is not a `CLOSE` or has no code
 *
 * Since: 1.0
 */
int
grip_websocket_event_get_close_code (GripWebSocketEvent *self)
{
  g_return_val_if_fail (GRIP_IS_WEBSOCKET_EVENT (self), -1);

  if (self->length < 2 || strcmp (self->event_type, "CLOSE") != 0)
    return -1;

  return self->data[0] << 8 | self->data[1];
}

/**
 * grip_websocket_event_get_close_reason:
 * @self: an event
 *
 * Gets the reason of a `CLOSE` event. Bytes that are not UTF-8 are replaced by U+FFFD.
 *
 * Returns: (transfer none) (nullable): the reason, or %NULL when the event is not a `CLOSE` or has
 *   no reason
 *
 * Since: 1.0
 */
const char *
grip_websocket_event_get_close_reason (GripWebSocketEvent *self)
{
  const char *reason = NULL;
  char *made = NULL;

  g_return_val_if_fail (GRIP_IS_WEBSOCKET_EVENT (self), NULL);

  if (self->length <= 2 || strcmp (self->event_type, "CLOSE") != 0)
    return NULL;

  reason = g_object_get_qdata (G_OBJECT (self), close_reason_quark);
  if (reason != NULL)
    return reason;

  made = g_utf8_make_valid ((const char *) self->data + 2, self->length - 2);
  if (!g_object_replace_qdata (G_OBJECT (self), close_reason_quark, NULL, made, g_free, NULL))
    g_free (made);

  return g_object_get_qdata (G_OBJECT (self), close_reason_quark);
}
