/* grip-simple-item.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-http-response-format.h"
#include "grip-http-stream-format.h"
#include "grip-simple-item-private.h"
#include "grip-tnetstring-private.h"
#include "grip-utf8-private.h"
#include "grip-websocket-message-format.h"
#include "grip-writer-private.h"

/* What an item takes beside its texts, without ids. */
#define OVERHEAD 64

/* What stands around the content: in JSON, and the names for a tnetstring. */
typedef struct
{
  const char *json_text;
  const char *json_bytes;
  const char *format;
  const char *text;
  const char *bytes;
} Frame;

static const Frame frames[] = {
  [GRIP_SIMPLE_HTTP_RESPONSE] = {
    "\"formats\":{\"http-response\":{\"body\":",
    "\"formats\":{\"http-response\":{\"body-bin\":",
    "http-response", "body", "body",
  },
  [GRIP_SIMPLE_HTTP_STREAM] = {
    "\"formats\":{\"http-stream\":{\"content\":",
    "\"formats\":{\"http-stream\":{\"content-bin\":",
    "http-stream", "content", "content",
  },
  [GRIP_SIMPLE_WEBSOCKET_TEXT] = {
    "\"formats\":{\"ws-message\":{\"content\":", NULL,
    "ws-message", "content", NULL,
  },
  [GRIP_SIMPLE_WEBSOCKET_BINARY] = {
    NULL, "\"formats\":{\"ws-message\":{\"content-bin\":",
    "ws-message", NULL, "content-bin",
  },
};

static GripFormat *
make_format (const GripSimpleItem *self)
{
  g_autoptr(GBytes)           content = NULL;
  GripWebSocketMessageFormat *message;

  content = self->bytes != NULL ? g_bytes_ref (self->bytes) : g_bytes_new (self->content, self->length);
  if (self->kind == GRIP_SIMPLE_HTTP_RESPONSE)
    return GRIP_FORMAT (grip_http_response_format_new (content));
  if (self->kind == GRIP_SIMPLE_HTTP_STREAM)
    return GRIP_FORMAT (grip_http_stream_format_new (content));

  message = grip_websocket_message_format_new (content);
  if (self->kind == GRIP_SIMPLE_WEBSOCKET_TEXT)
    grip_websocket_message_format_set_kind (message, GRIP_WEBSOCKET_MESSAGE_TEXT);

  return GRIP_FORMAT (message);
}

/* Returns: (transfer full): the object */
GripItem *
grip_simple_item_make (const GripSimpleItem  *self,
                       GError               **error)
{
  g_autoptr(GripFormat) format = make_format (self);

  return grip_item_new (format, self->id, self->prev_id, error);
}

static gboolean
check_id (const char **id)
{
  /* To a proxy an empty id is no id. */
  if (*id != NULL && **id == '\0')
    *id = NULL;

  return *id == NULL || grip_utf8_check (*id, strlen (*id), NULL);
}

/* What is wrong is said by the object, in its own words. */
gboolean
grip_simple_item_check (GripSimpleItem  *self,
                        GError         **error)
{
  g_autoptr(GripItem) item = NULL;

  self->is_utf8 = grip_utf8_check (self->content, self->length, NULL);
  if ((self->is_utf8 || self->kind != GRIP_SIMPLE_WEBSOCKET_TEXT) &&
      check_id (&self->id) && check_id (&self->prev_id))
    return TRUE;

  item = grip_simple_item_make (self, error);
  g_assert (item == NULL);

  return FALSE;
}

static gboolean
is_text (const GripSimpleItem *self)
{
  return self->is_utf8 && self->kind != GRIP_SIMPLE_WEBSOCKET_BINARY;
}

/* Both printers write what grip_item_write() writes for the object, without its general way: they are
 * the larger part of what a small publish costs. */

static void
append_member (GripBuffer *buffer,
               const char *before,
               const char *text)
{
  if (text == NULL)
    return;

  grip_buffer_append (buffer, before, strlen (before));
  grip_json_append_text (buffer, text, strlen (text));
  grip_buffer_append_char (buffer, ',');
}

/* Well enough that the buffer seldom grows, and not so much that a queue of small items wastes memory. */
static gsize
guess_json (const GripSimpleItem *self,
            const char           *channel)
{
  gsize size = OVERHEAD + strlen (channel);

  size += is_text (self) ? self->length : (self->length / 3 + 1) * 4;
  if (self->id != NULL)
    size += strlen (self->id) + strlen ("\"id\":\"\",");
  if (self->prev_id != NULL)
    size += strlen (self->prev_id) + strlen ("\"prev-id\":\"\",");

  return size;
}

static gsize
print_json (const GripSimpleItem *self,
            const char           *channel,
            GripBuffer           *buffer,
            gsize                 head)
{
  const char *frame = is_text (self) ? frames[self->kind].json_text : frames[self->kind].json_bytes;
  gsize       start;
  gsize       end;

  grip_buffer_reserve (buffer, head + guess_json (self, channel));
  buffer->length = head;
  grip_buffer_append_char (buffer, '{');
  append_member (buffer, "\"channel\":", channel);
  append_member (buffer, "\"id\":", self->id);
  append_member (buffer, "\"prev-id\":", self->prev_id);
  grip_buffer_append (buffer, frame, strlen (frame));

  start = buffer->length + 1;
  if (is_text (self))
    grip_json_append_text (buffer, self->content, self->length);
  else
    grip_json_append_bytes (buffer, self->content, self->length);
  end = buffer->length - 1;
  grip_buffer_append (buffer, "}}}", 3);

  /* It is as it was unless something was escaped. */
  return is_text (self) && end - start == self->length ? start : 0;
}

static gsize
measure_member (const char *name,
                const char *text)
{
  return text != NULL ? grip_tnetstring_framed (strlen (name)) + grip_tnetstring_framed (strlen (text)) : 0;
}

static inline char *
put_text (char       *to,
          const char *text)
{
  return grip_tnetstring_put (to, text, strlen (text), ',');
}

static char *
put_member (char       *to,
            const char *name,
            const char *text)
{
  if (text == NULL)
    return to;

  return put_text (put_text (to, name), text);
}

static gsize
print_tnetstring (const GripSimpleItem *self,
                  const char           *channel,
                  GripBuffer           *buffer,
                  gsize                 head)
{
  const Frame *frame = &frames[self->kind];
  const char  *field = is_text (self) ? frame->text : frame->bytes;
  gsize        format = grip_tnetstring_framed (strlen (field)) + grip_tnetstring_framed (self->length);
  gsize        formats = grip_tnetstring_framed (strlen (frame->format)) + grip_tnetstring_framed (format);
  gsize        item = grip_tnetstring_framed (strlen ("formats")) + grip_tnetstring_framed (formats);
  char        *to;

  item += measure_member ("channel", channel) + measure_member ("id", self->id) +
          measure_member ("prev-id", self->prev_id);
  grip_buffer_reserve (buffer, head + grip_tnetstring_framed (item));

  to = grip_tnetstring_put_length (buffer->data + head, item);
  to = put_member (to, "channel", channel);
  to = put_member (to, "id", self->id);
  to = put_member (to, "prev-id", self->prev_id);
  to = put_text (to, "formats");
  to = grip_tnetstring_put_length (to, formats);
  to = put_text (to, frame->format);
  to = grip_tnetstring_put_length (to, format);
  to = put_text (to, field);
  to = grip_tnetstring_put (to, self->content, self->length, ',');
  memcpy (to, "}}}", 3);
  buffer->length = to + 3 - buffer->data;

  return buffer->length - 4 - self->length;
}

/* Writes what has been checked for @channel into an empty buffer, @head bytes from its start.
 *
 * Returns: where in the buffer the content stands as it is, 0 when it does not */
gsize
grip_simple_item_write (const GripSimpleItem *self,
                        const char           *channel,
                        GripEncoding          encoding,
                        GripBuffer           *buffer,
                        gsize                 head)
{
  if (encoding == GRIP_ENCODING_JSON)
    return print_json (self, channel, buffer, head);

  return print_tnetstring (self, encoding == GRIP_ENCODING_TNETSTRING_BARE ? NULL : channel, buffer, head);
}
