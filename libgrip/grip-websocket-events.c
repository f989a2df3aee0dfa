/* grip-websocket-events.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-error.h"
#include "grip-websocket-event-private.h"
#include "grip-websocket-events.h"

/* What is judged as Pushpin's decoder does: types that are not known, absent contents, upper-case
 * hexadecimal, leading zeros, a limit of 2^31 - 1. What is refused though Pushpin takes it, since
 * in each case the framing is in doubt and what follows could be read as something else: an empty
 * type, a type with characters that are not visible ASCII, a size with a sign, spaces or `0x`,
 * a content that is cut short, a content without its CRLF. No writer of events makes these. */

typedef struct
{
  GBytes       *body;
  const guint8 *start;
  const guint8 *p;
  const guint8 *end;
} Reader;

static gboolean
fail (const Reader  *reader,
      const guint8  *at,
      const char    *what,
      GError       **error)
{
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED,
               "WebSocket events: %s at byte %" G_GSIZE_FORMAT, what,
               (gsize) (at - reader->start));
  return FALSE;
}

static gboolean
read_size (const Reader  *reader,
           const guint8  *text,
           const guint8  *end,
           gsize         *size,
           GError       **error)
{
  gsize value = 0;

  if (text == end)
    return fail (reader, text, "a size is missing", error);

  for (const guint8 *p = text; p < end; p++)
    {
      int digit = g_ascii_xdigit_value (*p);

      if (digit < 0)
        return fail (reader, p, "a size is not hexadecimal", error);

      value = value << 4 | (gsize) digit;
      if (value > GRIP_WEBSOCKET_EVENT_MAX_CONTENT)
        return fail (reader, text, "a size is too large", error);
    }

  *size = value;
  return TRUE;
}

static gboolean
read_content (Reader        *reader,
              const guint8  *size_text,
              const guint8  *size_end,
              const guint8 **data,
              gsize         *length,
              GError       **error)
{
  gsize left = reader->end - reader->p;

  if (!read_size (reader, size_text, size_end, length, error))
    return FALSE;

  if (left < *length)
    return fail (reader, reader->p, "a content is cut short", error);

  if (left - *length < 2 || reader->p[*length] != '\r' || reader->p[*length + 1] != '\n')
    return fail (reader, reader->p + *length, "a content does not end in CRLF", error);

  *data = reader->p;
  reader->p += *length + 2;
  return TRUE;
}

static GripWebSocketEvent *
read_event (Reader  *reader,
            GError **error)
{
  const guint8 *line = reader->p;
  const guint8 *type_end = line;
  const guint8 *line_end = NULL;
  const guint8 *data = NULL;
  gsize length = 0;

  while (type_end < reader->end && g_ascii_isgraph (*type_end))
    type_end++;

  line_end = type_end;
  while (line_end < reader->end && *line_end != '\r')
    line_end++;

  if (reader->end - line_end < 2 || line_end[1] != '\n')
    {
      fail (reader, line_end, "a type line does not end in CRLF", error);
      return NULL;
    }

  if (type_end == line || (type_end != line_end && *type_end != ' ') ||
      !grip_websocket_event_is_type ((const char *) line, type_end - line))
    {
      fail (reader, type_end, "an event has no valid type", error);
      return NULL;
    }

  reader->p = line_end + 2;
  if (type_end != line_end &&
      !read_content (reader, type_end + 1, line_end, &data, &length, error))
    return NULL;

  return grip_websocket_event_new_slice (reader->body, (const char *) line, type_end - line, data,
                                         length);
}

/**
 * grip_decode_websocket_events:
 * @body: a body of the media type `application/websocket-events`
 * @error: return location for an error
 *
 * Reads the events of a WebSocket-over-HTTP request or response.
 *
 * Contents are not copied: each event is a part of @body. The time is linear in the size of @body.
 * Limit that size where you read the body from the network; here only the size of one content is
 * limited, to 2 147 483 647 bytes.
 *
 * Fails with %GRIP_ERROR_MALFORMED, and the offset of what is wrong, when @body is not a sequence of
 * whole events. Events of a type that is not known are not an error.
 *
 * Returns: (transfer container) (element-type GripWebSocketEvent): the events, which may be none
 *
 * Since: 1.0
 */
GPtrArray *
grip_decode_websocket_events (GBytes  *body,
                              GError **error)
{
  g_autoptr(GPtrArray) events = NULL;
  Reader reader = { body };
  gsize size;

  g_return_val_if_fail (body != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  reader.start = g_bytes_get_data (body, &size);
  /* Of an empty body the address is NULL, which may not be added to. */
  if (size == 0)
    return g_ptr_array_new_with_free_func (grip_websocket_event_release);

  reader.p = reader.start;
  reader.end = reader.start + size;
  events = g_ptr_array_new_with_free_func (grip_websocket_event_release);

  while (reader.p < reader.end)
    {
      GripWebSocketEvent *event = read_event (&reader, error);

      if (event == NULL)
        return NULL;

      g_ptr_array_add (events, event);
    }

  return g_steal_pointer (&events);
}

static guint
count_hex_digits (gsize value)
{
  guint n = 1;

  while (value >>= 4)
    n++;

  return n;
}

static gsize
measure_event (GripWebSocketEvent *event)
{
  const char *event_type = NULL;
  const guint8 *data = NULL;
  gsize type_length;
  gsize length;

  grip_websocket_event_peek (event, &event_type, &type_length, &data, &length);

  return data == NULL ? type_length + 2
                      : type_length + 1 + count_hex_digits (length) + 2 + length + 2;
}

static guint8 *
write_event (guint8             *p,
             GripWebSocketEvent *event)
{
  const char *event_type = NULL;
  const guint8 *data = NULL;
  gsize type_length;
  gsize length;

  grip_websocket_event_peek (event, &event_type, &type_length, &data, &length);
  memcpy (p, event_type, type_length);
  p += type_length;

  if (data != NULL)
    {
      guint n_digits = count_hex_digits (length);

      *p++ = ' ';
      for (guint i = n_digits; i > 0; i--)
        *p++ = "0123456789abcdef"[length >> 4 * (i - 1) & 15];
      *p++ = '\r';
      *p++ = '\n';
      memcpy (p, data, length);
      p += length;
    }

  *p++ = '\r';
  *p++ = '\n';

  return p;
}

/**
 * grip_encode_websocket_events:
 * @events: (element-type GripWebSocketEvent): the events
 *
 * Writes events as a body of the media type `application/websocket-events`.
 *
 * Every event can be written, so this does not fail.
 *
 * Returns: (transfer full): the body
 *
 * Since: 1.0
 */
GBytes *
grip_encode_websocket_events (GPtrArray *events)
{
  guint8 *body = NULL;
  guint8 *p = NULL;
  gsize size = 0;

  g_return_val_if_fail (events != NULL, NULL);

  for (guint i = 0; i < events->len; i++)
    {
      g_return_val_if_fail (GRIP_IS_WEBSOCKET_EVENT (g_ptr_array_index (events, i)), NULL);
      size += measure_event (g_ptr_array_index (events, i));
    }

  p = body = g_malloc (size);
  for (guint i = 0; i < events->len; i++)
    p = write_event (p, g_ptr_array_index (events, i));

  g_assert ((gsize) (p - body) == size);

  return g_bytes_new_take (body, size);
}
