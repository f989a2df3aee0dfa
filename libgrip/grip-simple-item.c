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
#include "grip-utf8-private.h"
#include "grip-websocket-message-format.h"

static const struct
{
  const char      *format;
  const char      *field;
  GripContentRule  rule;
} kinds[] = {
  [GRIP_SIMPLE_HTTP_RESPONSE] = { "http-response", "body", GRIP_CONTENT_HTTP },
  [GRIP_SIMPLE_HTTP_STREAM] = { "http-stream", "content", GRIP_CONTENT_HTTP },
  [GRIP_SIMPLE_WEBSOCKET_TEXT] = { "ws-message", "content", GRIP_CONTENT_WEBSOCKET },
  [GRIP_SIMPLE_WEBSOCKET_BINARY] = { "ws-message", "content", GRIP_CONTENT_WEBSOCKET },
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

typedef struct
{
  const GripSimpleItem *item;
  gsize                 content;    /* where it stands as it is, 0 where it does not */
} Description;

/* Text in JSON, which is longer when something is escaped, and all that is in a tnetstring. */
static gsize
find_content (const GripSimpleItem *self,
              gsize                 written,
              gsize                 end,
              gboolean              is_json)
{
  gsize around = strlen (kinds[self->kind].field) + strlen ("\"\":\"");

  return is_json && written != around + self->length ? 0 : end - self->length;
}

static void
describe (gpointer    data,
          const char *channel,
          GripWriter *writer)
{
  Description          *description = data;
  const GripSimpleItem *self = description->item;
  gboolean              as_text = self->is_utf8 && self->kind != GRIP_SIMPLE_WEBSOCKET_BINARY;
  gsize                 start;
  gsize                 end;

  grip_item_begin (writer, channel, self->id, self->prev_id);
  grip_writer_key (writer, "formats");
  grip_writer_begin_dict (writer);
  grip_writer_key (writer, kinds[self->kind].format);
  grip_writer_begin_dict (writer);
  start = writer->buffer.length;
  grip_writer_content (writer, kinds[self->kind].field, self->content, self->length, as_text,
                       kinds[self->kind].rule);
  /* A quote or a comma stands behind it. */
  end = writer->buffer.length - 1;
  description->content = find_content (self, end - start, end, writer->lengths == NULL);
  grip_writer_end_dict (writer);
  grip_writer_end_dict (writer);
  grip_writer_end_dict (writer);
}

/* Writes what has been checked like grip_item_write().
 *
 * Returns: where the content stands in the buffer as it is, 0 when it does not */
gsize
grip_simple_item_write (const GripSimpleItem *self,
                        const char           *channel,
                        GripEncoding          encoding,
                        GripBuffer           *buffer,
                        gsize                 head)
{
  Description description = { .item = self };
  gsize       guess = GRIP_ITEM_OVERHEAD + strlen (channel) + self->length;

  if (self->id != NULL)
    guess += strlen (self->id);
  if (self->prev_id != NULL)
    guess += strlen (self->prev_id);
  grip_item_print (describe, &description, channel, encoding, guess, buffer, head);

  return description.content;
}
