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

typedef struct
{
  const char *text;
  gsize       length;
} Literal;

/* A name in a tnetstring, which is put with what is behind it: a copy of constant size is no call. */
typedef struct
{
  char  text[24];
  gsize length;
} Name;

#define LITERAL(s) { s, sizeof (s) - 1 }

/* What stands around the content: in JSON, and the names in a tnetstring. */
typedef struct
{
  Literal json_text;
  Literal json_bytes;
  Name    format;
  Name    text;
  Name    bytes;
} Frame;

static const Frame frames[] = {
  [GRIP_SIMPLE_HTTP_RESPONSE] = {
    LITERAL ("\"formats\":{\"http-response\":{\"body\":"),
    LITERAL ("\"formats\":{\"http-response\":{\"body-bin\":"),
    LITERAL ("13:http-response,"), LITERAL ("4:body,"), LITERAL ("4:body,"),
  },
  [GRIP_SIMPLE_HTTP_STREAM] = {
    LITERAL ("\"formats\":{\"http-stream\":{\"content\":"),
    LITERAL ("\"formats\":{\"http-stream\":{\"content-bin\":"),
    LITERAL ("11:http-stream,"), LITERAL ("7:content,"), LITERAL ("7:content,"),
  },
  [GRIP_SIMPLE_WEBSOCKET_TEXT] = {
    LITERAL ("\"formats\":{\"ws-message\":{\"content\":"), { NULL, 0 },
    LITERAL ("10:ws-message,"), LITERAL ("7:content,"), LITERAL (""),
  },
  [GRIP_SIMPLE_WEBSOCKET_BINARY] = {
    { NULL, 0 }, LITERAL ("\"formats\":{\"ws-message\":{\"content-bin\":"),
    LITERAL ("10:ws-message,"), LITERAL (""), LITERAL ("11:content-bin,"),
  },
};

static const Literal channel_json = LITERAL ("\"channel\":");
static const Literal id_json = LITERAL ("\"id\":");
static const Literal prev_id_json = LITERAL ("\"prev-id\":");
static const Name channel_name = LITERAL ("7:channel,");
static const Name id_name = LITERAL ("2:id,");
static const Name prev_id_name = LITERAL ("7:prev-id,");
static const Name formats_name = LITERAL ("7:formats,");

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
append_member (GripBuffer    *buffer,
               const Literal *before,
               const char    *text)
{
  if (text == NULL)
    return;

  grip_buffer_append (buffer, before->text, before->length);
  grip_json_append_text (buffer, text, strlen (text));
  grip_buffer_append_char (buffer, ',');
}

/* What it takes in JSON, which is the longer one: well enough that the buffer seldom grows, and not so
 * much that a queue of small items wastes memory. */
gsize
grip_simple_item_guess (const GripSimpleItem *self,
                        gsize                 channel_length)
{
  gsize size = OVERHEAD + channel_length;

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
            gsize                 channel_length,
            GripBuffer           *buffer,
            gsize                 head)
{
  const Frame   *frame = &frames[self->kind];
  const Literal *before = is_text (self) ? &frame->json_text : &frame->json_bytes;
  gsize          start;
  gsize          end;

  grip_buffer_reserve (buffer, head + grip_simple_item_guess (self, channel_length));
  buffer->length = head;
  grip_buffer_append_char (buffer, '{');
  append_member (buffer, &channel_json, channel);
  append_member (buffer, &id_json, self->id);
  append_member (buffer, &prev_id_json, self->prev_id);
  grip_buffer_append (buffer, before->text, before->length);

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

/* A name, and a text that may not be there. */
typedef struct
{
  const Name *name;
  const char *text;
  gsize       length;
  guint       n_digits;
} Member;

static inline Member
measure_member (const Name *name,
                const char *text,
                gsize       length)
{
  return (Member) { name, text, length, grip_tnetstring_digits (length) };
}

static inline gsize
size_of (const Member *self)
{
  return self->name->length + self->n_digits + self->length + 2;
}

static inline char *
put_name (char       *to,
          const Name *name)
{
  memcpy (to, name->text, sizeof name->text);

  return to + name->length;
}

static inline char *
put_member (char         *to,
            const Member *member)
{
  to = grip_tnetstring_put_digits (put_name (to, member->name), member->length, member->n_digits);
  if (member->length > 0)
    memcpy (to, member->text, member->length);
  to[member->length] = ',';

  return to + member->length + 1;
}

/* Dictionaries, from the inside: each is the only or the last thing in the next. */
static gsize
print_tnetstring (const GripSimpleItem *self,
                  const char           *channel,
                  gsize                 channel_length,
                  GripBuffer           *buffer,
                  gsize                 head)
{
  const Frame *frame = &frames[self->kind];
  Member       content = measure_member (is_text (self) ? &frame->text : &frame->bytes, self->content, self->length);
  Member       format = measure_member (&frame->format, NULL, size_of (&content));
  Member       formats = measure_member (&formats_name, NULL, size_of (&format));
  Member       before[3];
  guint        n = 0;
  gsize        item = size_of (&formats);
  char        *to;

  if (channel != NULL)
    before[n++] = measure_member (&channel_name, channel, channel_length);
  if (self->id != NULL)
    before[n++] = measure_member (&id_name, self->id, strlen (self->id));
  if (self->prev_id != NULL)
    before[n++] = measure_member (&prev_id_name, self->prev_id, strlen (self->prev_id));
  for (guint i = 0; i < n; i++)
    item += size_of (&before[i]);
  grip_buffer_reserve (buffer, head + grip_tnetstring_framed (item) + sizeof content.name->text);

  to = grip_tnetstring_put_length (buffer->data + head, item);
  for (guint i = 0; i < n; i++)
    to = put_member (to, &before[i]);
  to = grip_tnetstring_put_digits (put_name (to, formats.name), formats.length, formats.n_digits);
  to = grip_tnetstring_put_digits (put_name (to, format.name), format.length, format.n_digits);
  to = put_member (to, &content);
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
                        gsize                 channel_length,
                        GripEncoding          encoding,
                        GripBuffer           *buffer,
                        gsize                 head)
{
  if (encoding == GRIP_ENCODING_JSON)
    return print_json (self, channel, channel_length, buffer, head);

  return print_tnetstring (self, encoding == GRIP_ENCODING_TNETSTRING_BARE ? NULL : channel, channel_length,
                           buffer, head);
}
