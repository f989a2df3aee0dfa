/* grip-tool-listen-http.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include <libsoup/soup.h>

#include "grip-tool-listener.h"
#include "grip-tool-sse.h"

/* An answer that comes sooner was not held. */
#define HELD_USECS    (200 * 1000)
#define FIRST_PAUSE   100
#define LONGEST_PAUSE 3200
/* EventSource's choice is 3 s in most browsers. */
#define RECONNECT     3000
#define MIN_RECONNECT 100

typedef struct
{
  GripToolListener   *listener;
  SoupSession        *session;
  SoupMessage        *message;   /* the request under way, or the last one */
  GripToolListenMode  mode;
  GripToolSse         sse;
  gboolean            opened;
} Client;

static void
add_headers (Client      *self,
             SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  char              **lines = self->listener->options->headers;

  if (self->mode == GRIP_TOOL_LISTEN_SSE)
    soup_message_headers_replace (headers, "Accept", "text/event-stream");
  if (self->sse.last_id != NULL && *self->sse.last_id != '\0')
    soup_message_headers_replace (headers, "Last-Event-ID", self->sse.last_id);

  for (gsize i = 0; lines != NULL && lines[i] != NULL; i++)
    {
      const char      *colon = strchr (lines[i], ':');
      g_autofree char *name = g_strndup (lines[i], colon - lines[i]);
      g_autofree char *value = g_strstrip (g_strdup (colon + 1));

      soup_message_headers_append (headers, name, value);
    }
}

/* Asks, and waits for the head of the answer. */
static GInputStream *
ask (Client  *self,
     GError **error)
{
  g_autoptr(GInputStream) body = NULL;

  g_clear_object (&self->message);
  self->message = soup_message_new_from_uri (SOUP_METHOD_GET, self->listener->options->uri);
  add_headers (self, self->message);

  body = soup_session_send (self->session, self->message, self->listener->cancellable, error);
  if (body == NULL || !grip_tool_check_status (soup_message_get_status (self->message), error))
    return NULL;

  return g_steal_pointer (&body);
}

static GripToolListenMode
choose_mode (SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const char         *type = soup_message_headers_get_content_type (headers, NULL);
  guint               status = soup_message_get_status (message);

  if (type != NULL && g_ascii_strcasecmp (type, "text/event-stream") == 0)
    return GRIP_TOOL_LISTEN_SSE;
  if (status == SOUP_STATUS_NO_CONTENT || status == SOUP_STATUS_NOT_MODIFIED ||
      soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH)
    return GRIP_TOOL_LISTEN_POLL;

  return GRIP_TOOL_LISTEN_STREAM;
}

static GBytes *
read_answer (Client        *self,
             GInputStream  *body,
             GError       **error)
{
  g_autoptr(GByteArray) array = g_byte_array_new ();

  for (;;)
    {
      guint8 buffer[65536];
      gssize n = g_input_stream_read (body, buffer, sizeof buffer, self->listener->cancellable, error);

      if (n < 0)
        return NULL;
      if (n == 0)
        return g_byte_array_free_to_bytes (g_steal_pointer (&array));
      if (array->len + n > GRIP_TOOL_MAX_MESSAGE)
        {
          g_set_error (error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE,
                       "an answer has more than %d bytes", GRIP_TOOL_MAX_MESSAGE);
          return NULL;
        }
      g_byte_array_append (array, buffer, n);
    }
}

static gboolean
take_answer (Client        *self,
             GInputStream  *body,
             GError       **error)
{
  g_autoptr(GBytes) bytes = read_answer (self, body, error);
  GripToolHeard     heard = { .kind = "response", .code = soup_message_get_status (self->message) };

  if (bytes == NULL)
    return FALSE;

  /* Gives the connection back, for the next request. */
  g_input_stream_close (body, NULL, NULL);
  heard.data = g_bytes_get_data (bytes, &heard.length);
  if (heard.length > 0)
    grip_tool_listener_take (self->listener, &heard);

  return TRUE;
}

/* Again and again. A server that answers at once is not asked as fast as it can answer. */
static void
poll_on (Client        *self,
         GInputStream  *first,
         gint64         asked_at,
         GError       **error)
{
  g_autoptr(GInputStream) body = g_object_ref (first);
  guint                   pause = 0;

  while (take_answer (self, body, error) && !grip_tool_listener_is_done (self->listener))
    {
      gboolean held = g_get_monotonic_time () - asked_at >= HELD_USECS;

      pause = held ? 0 : CLAMP (pause * 2, FIRST_PAUSE, LONGEST_PAUSE);
      if (pause > 0 && !grip_tool_listener_pause (self->listener, pause))
        return;

      asked_at = g_get_monotonic_time ();
      g_clear_object (&body);
      body = ask (self, error);
      if (body == NULL)
        return;
    }
}

/* Pieces end at an end of line, and where a read ended: libsoup never reads over the end of a chunk,
 * which is mostly an item. */
static void
take_lines (Client     *self,
            const char *data,
            gsize       length)
{
  while (length > 0 && !grip_tool_listener_is_done (self->listener))
    {
      const char   *newline = memchr (data, '\n', length);
      gsize         n = newline != NULL ? (gsize) (newline + 1 - data) : length;
      GripToolHeard heard = { .kind = "stream", .data = data, .length = n, .exact = TRUE };

      grip_tool_listener_take (self->listener, &heard);
      data += n;
      length -= n;
    }
}

static gboolean
take_event (GripToolSse *sse,
            gpointer     user_data)
{
  Client       *self = user_data;
  GripToolHeard heard = {
    .kind = "event",
    .event = sse->event != NULL && *sse->event != '\0' ? sse->event : "message",
    .id = sse->last_id,
    .data = sse->data->str,
    .length = sse->data->len,
  };

  grip_tool_listener_take (self->listener, &heard);

  return !grip_tool_listener_is_done (self->listener);
}

/* Until the stream ends. */
static void
read_on (Client        *self,
         GInputStream  *body,
         GError       **error)
{
  char   buffer[65536];
  gssize n;

  while (!grip_tool_listener_is_done (self->listener))
    {
      n = g_input_stream_read (body, buffer, sizeof buffer, self->listener->cancellable, error);
      if (n <= 0)
        return;
      if (self->mode == GRIP_TOOL_LISTEN_STREAM)
        take_lines (self, buffer, n);
      else if (!grip_tool_sse_feed (&self->sse, buffer, n, take_event, self, error))
        return;
    }
}

static gboolean
is_network_error (const GError *error)
{
  return error == NULL || (error->domain != GRIP_ERROR &&
                           !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

/* As EventSource does: a connection that broke is made again, one that is refused is not. */
static void
read_events (Client        *self,
             GInputStream  *first,
             GError       **error)
{
  g_autoptr(GInputStream) body = g_object_ref (first);

  for (;;)
    {
      g_autoptr(GError) broken = NULL;
      guint             pause;

      read_on (self, body, &broken);
      if (grip_tool_listener_is_done (self->listener))
        return;
      if (!is_network_error (broken))
        {
          g_propagate_error (error, g_steal_pointer (&broken));
          return;
        }

      pause = self->sse.retry > 0 ? MAX (self->sse.retry, MIN_RECONNECT) : RECONNECT;
      grip_tool_sse_reset (&self->sse);
      g_clear_object (&body);
      if (!grip_tool_listener_pause (self->listener, pause))
        return;

      body = ask (self, error);
      if (body == NULL || soup_message_get_status (self->message) == SOUP_STATUS_NO_CONTENT)
        return;
    }
}

static void
listen (Client  *self,
        GError **error)
{
  gint64                  asked_at = g_get_monotonic_time ();
  g_autoptr(GInputStream) body = ask (self, error);
  guint                   status;

  if (body == NULL)
    return;
  if (self->mode == GRIP_TOOL_LISTEN_AUTO)
    self->mode = choose_mode (self->message);

  status = soup_message_get_status (self->message);
  switch (self->mode)
    {
    case GRIP_TOOL_LISTEN_STREAM:
      grip_tool_listener_opened (self->listener, "stream", status);
      read_on (self, body, error);
      break;
    case GRIP_TOOL_LISTEN_SSE:
      grip_tool_listener_opened (self->listener, "sse", status);
      read_events (self, body, error);
      break;
    case GRIP_TOOL_LISTEN_POLL:
    case GRIP_TOOL_LISTEN_AUTO:
    case GRIP_TOOL_LISTEN_WEBSOCKET:
    default:
      poll_on (self, body, asked_at, error);
      break;
    }
}

/* Not HTTP is data at fault, not a server that cannot be reached. */
static void
judge_parsing (GError **error)
{
  if (!g_error_matches (*error, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_PARSING) &&
      !g_error_matches (*error, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_ENCODING))
    return;

  (*error)->domain = GRIP_ERROR;
  (*error)->code = GRIP_ERROR_MALFORMED;
}

void
grip_tool_listen_http (GripToolListener  *listener,
                       GError           **error)
{
  g_autoptr(SoupSession) session = soup_session_new_with_options ("timeout", 0, NULL);
  g_autoptr(GError)      local_error = NULL;
  Client                 self = {
    .listener = listener,
    .session = session,
    .mode = listener->options->mode,
  };

  soup_session_set_user_agent (session, "grip-tool/" GRIP_PACKAGE_VERSION);
  grip_tool_sse_init (&self.sse, GRIP_TOOL_MAX_MESSAGE);
  listen (&self, &local_error);
  if (local_error != NULL)
    {
      judge_parsing (&local_error);
      g_propagate_error (error, g_steal_pointer (&local_error));
    }

  grip_tool_sse_clear (&self.sse);
  g_clear_object (&self.message);
}
