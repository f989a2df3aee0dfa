/* grip-test-client-websocket.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-test-client-private.h"

/* RFC 6455 by hand, because libsoup answers a ping without showing it. */

#define MAX_FRAME (64 * 1024 * 1024)

static gboolean
write_frame (GOutputStream     *output,
             GripTestFrameKind  kind,
             const guint8      *data,
             gsize              length)
{
  /* A mask of zeros is a mask, and leaves the payload readable in a dump. */
  const guint8 mask[4] = { 0 };
  g_autoptr(GByteArray) frame = g_byte_array_new ();
  guint8 head[2] = { 0x80 | kind, 0x80 };

  if (length < 126)
    {
      head[1] |= length;
      g_byte_array_append (frame, head, 2);
    }
  else if (length < 65536)
    {
      guint16 size = GUINT16_TO_BE ((guint16) length);

      head[1] |= 126;
      g_byte_array_append (frame, head, 2);
      g_byte_array_append (frame, (const guint8 *) &size, sizeof size);
    }
  else
    {
      guint64 size = GUINT64_TO_BE ((guint64) length);

      head[1] |= 127;
      g_byte_array_append (frame, head, 2);
      g_byte_array_append (frame, (const guint8 *) &size, sizeof size);
    }
  g_byte_array_append (frame, mask, sizeof mask);
  g_byte_array_append (frame, data, length);

  return g_output_stream_write_all (output, frame->data, frame->len, NULL, NULL, NULL);
}

static gboolean
read_exactly (GripTestClient *self,
              GInputStream   *input,
              void           *buffer,
              gsize           length)
{
  gsize n = 0;

  return length == 0
         || (g_input_stream_read_all (input, buffer, length, &n, self->cancellable, NULL)
             && n == length);
}

static gboolean
read_length (GripTestClient *self,
             GInputStream   *input,
             guint8          field,
             gsize          *length)
{
  guint64 large = 0;
  guint16 medium = 0;

  if (field == 127)
    {
      if (!read_exactly (self, input, &large, sizeof large))
        return FALSE;
      large = GUINT64_FROM_BE (large);
    }
  else if (field == 126)
    {
      if (!read_exactly (self, input, &medium, sizeof medium))
        return FALSE;
      large = GUINT16_FROM_BE (medium);
    }
  else
    large = field;

  *length = large;

  return large <= MAX_FRAME;
}

/* Appends one frame's payload to @message. */
static gboolean
read_frame (GripTestClient *self,
            GInputStream   *input,
            guint8          head[2],
            GByteArray     *message)
{
  gsize length;
  guint at = message->len;

  if (!read_length (self, input, head[1] & 0x7f, &length))
    return FALSE;

  g_byte_array_set_size (message, at + length);

  return read_exactly (self, input, message->data + at, length);
}

static void
read_frames (GripTestClient *self,
             GInputStream   *input,
             GOutputStream  *output)
{
  g_autoptr(GByteArray) message = g_byte_array_new ();
  GripTestFrameKind kind = GRIP_TEST_FRAME_TEXT;
  guint8 head[2];

  while (read_exactly (self, input, head, sizeof head))
    {
      guint8 opcode = head[0] & 0x0f;

      if (opcode >= 8)
        {
          g_autoptr(GByteArray) control = g_byte_array_new ();
          g_autoptr(GBytes) payload = NULL;

          if (!read_frame (self, input, head, control))
            return;
          payload = g_bytes_new (control->data, control->len);
          grip_test_client_take_frame (self, opcode, payload);
          if (opcode == GRIP_TEST_FRAME_PING)
            write_frame (output, GRIP_TEST_FRAME_PONG, control->data, control->len);
          if (opcode == GRIP_TEST_FRAME_CLOSE)
            {
              write_frame (output, GRIP_TEST_FRAME_CLOSE, control->data, control->len);
              return;
            }
          continue;
        }

      if (opcode != 0)
        kind = opcode;
      if (!read_frame (self, input, head, message))
        return;
      if ((head[0] & 0x80) != 0)
        {
          g_autoptr(GBytes) payload = g_bytes_new (message->data, message->len);

          grip_test_client_take_frame (self, kind, payload);
          g_byte_array_set_size (message, 0);
        }
    }
}

static gboolean
write_handshake (GripTestClient *self,
                 GUri           *uri,
                 GOutputStream  *output)
{
  const char *query = g_uri_get_query (uri);
  g_autofree char *request = NULL;

  request = g_strdup_printf ("GET %s%s%s HTTP/1.1\r\n"
                             "Host: %s:%d\r\n"
                             "Upgrade: websocket\r\n"
                             "Connection: Upgrade\r\n"
                             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                             "Sec-WebSocket-Version: 13\r\n\r\n",
                             g_uri_get_path (uri), query != NULL ? "?" : "",
                             query != NULL ? query : "", g_uri_get_host (uri),
                             g_uri_get_port (uri));

  return g_output_stream_write_all (output, request, strlen (request), NULL, self->cancellable,
                                    NULL);
}

static gboolean
read_head (GripTestClient   *self,
           GDataInputStream *input)
{
  g_autoptr(GHashTable) headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  guint status = 0;
  char *line;

  while ((line = g_data_input_stream_read_line (input, NULL, self->cancellable, NULL)) != NULL)
    {
      g_autofree char *owned = line;
      char *colon = strchr (line, ':');

      if (*line == '\0')
        break;
      if (status == 0 && g_str_has_prefix (line, "HTTP/1.1 "))
        status = g_ascii_strtoull (line + strlen ("HTTP/1.1 "), NULL, 10);
      else if (colon != NULL)
        g_hash_table_insert (headers, g_ascii_strdown (line, colon - line),
                             g_strdup (g_strstrip (colon + 1)));
    }
  if (status == 0)
    return FALSE;

  grip_test_client_take_head (self, status, headers);

  return status == 101;
}

void
grip_test_client_run_websocket (GripTestClient *self)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketConnection) connection = NULL;
  g_autoptr(GDataInputStream) input = NULL;
  g_autoptr(GUri) uri = g_uri_parse (self->uri, G_URI_FLAGS_ENCODED, NULL);
  GOutputStream *output;

  g_assert_nonnull (uri);
  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (client, g_uri_get_host (uri), g_uri_get_port (uri),
                                                self->cancellable, NULL);
  if (connection == NULL)
    return;

  output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  input = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  g_data_input_stream_set_newline_type (input, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);

  g_mutex_lock (&self->mutex);
  self->output = g_object_ref (output);
  g_mutex_unlock (&self->mutex);

  if (write_handshake (self, uri, output) && read_head (self, input))
    read_frames (self, G_INPUT_STREAM (input), output);

  g_mutex_lock (&self->mutex);
  g_clear_object (&self->output);
  g_mutex_unlock (&self->mutex);
}

gboolean
grip_test_client_send_frame (GripTestClient    *self,
                             GripTestFrameKind  kind,
                             const char        *data,
                             gsize              length)
{
  g_autoptr(GOutputStream) output = NULL;

  g_mutex_lock (&self->mutex);
  if (self->output != NULL)
    output = g_object_ref (self->output);
  g_mutex_unlock (&self->mutex);

  return output != NULL && write_frame (output, kind, (const guint8 *) data, length);
}
