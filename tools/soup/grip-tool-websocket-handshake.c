/* grip-tool-websocket-handshake.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include <libsoup/soup.h>

#include "grip-tool-websocket-handshake.h"

/* By hand: what libsoup's own handshake gives back takes no guard, see grip-tool-websocket-guard.h. */

#define MAX_HEAD          (64 * 1024)
#define HANDSHAKE_SECONDS 30
#define WEBSOCKET_GUID    "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

static char *
make_key (void)
{
  guint32 random[4];

  for (gsize i = 0; i < G_N_ELEMENTS (random); i++)
    random[i] = g_random_int ();

  return g_base64_encode ((const guchar *) random, sizeof random);
}

static char *
make_accept (const char *key)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8               digest[20];
  gsize                length = sizeof digest;

  g_checksum_update (checksum, (const guchar *) key, -1);
  g_checksum_update (checksum, (const guchar *) WEBSOCKET_GUID, -1);
  g_checksum_get_digest (checksum, digest, &length);

  return g_base64_encode (digest, length);
}

static gboolean
is_secure (GUri *uri)
{
  return g_str_equal (g_uri_get_scheme (uri), "wss") || g_str_equal (g_uri_get_scheme (uri), "https");
}

static GSocketConnection *
connect_to (GripToolListener  *listener,
            GError           **error)
{
  GUri                         *uri = listener->options->uri;
  g_autoptr(GSocketClient)      client = g_socket_client_new ();
  g_autoptr(GSocketConnectable) address = NULL;
  int                           port = g_uri_get_port (uri);

  if (port <= 0)
    port = is_secure (uri) ? 443 : 80;
  address = g_network_address_new (g_uri_get_host (uri), port);
  g_socket_client_set_tls (client, is_secure (uri));
  g_socket_client_set_timeout (client, HANDSHAKE_SECONDS);

  return g_socket_client_connect (client, address, listener->cancellable, error);
}

static char *
make_request (GripToolListener *listener,
              const char       *key)
{
  GUri       *uri = listener->options->uri;
  char      **headers = listener->options->headers;
  const char *path = g_uri_get_path (uri);
  const char *query = g_uri_get_query (uri);
  gboolean    is_ipv6 = strchr (g_uri_get_host (uri), ':') != NULL;
  GString    *text = g_string_new ("GET ");

  g_string_append (text, *path != '\0' ? path : "/");
  if (query != NULL)
    g_string_append_printf (text, "?%s", query);
  g_string_append_printf (text, " HTTP/1.1\r\nHost: %s%s%s", is_ipv6 ? "[" : "", g_uri_get_host (uri),
                          is_ipv6 ? "]" : "");
  if (g_uri_get_port (uri) > 0)
    g_string_append_printf (text, ":%d", g_uri_get_port (uri));
  g_string_append_printf (text, "\r\nUser-Agent: grip-tool/" GRIP_PACKAGE_VERSION
                          "\r\nUpgrade: websocket\r\nConnection: Upgrade"
                          "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n", key);
  for (gsize i = 0; headers != NULL && headers[i] != NULL; i++)
    g_string_append_printf (text, "%s\r\n", headers[i]);
  g_string_append (text, "\r\n");

  return g_string_free (text, FALSE);
}

/* Byte by byte, so that no frame is read with it. */
static GString *
read_head (GripToolListener  *listener,
           GInputStream      *input,
           GError           **error)
{
  g_autoptr(GString) head = g_string_new (NULL);

  while (head->len < MAX_HEAD)
    {
      char   byte;
      gssize n = g_input_stream_read (input, &byte, 1, listener->cancellable, error);

      if (n < 0)
        return NULL;
      if (n == 0)
        {
          g_set_error (error, GRIP_ERROR, GRIP_ERROR_CLOSED, "the server closed during the handshake");
          return NULL;
        }
      g_string_append_c (head, byte);
      if (g_str_has_suffix (head->str + MAX (head->len, 4) - 4, "\r\n\r\n"))
        return g_steal_pointer (&head);
    }

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE,
               "the head of the answer has more than %d bytes", MAX_HEAD);

  return NULL;
}

static gboolean
check_head (GripToolListener  *listener,
            const GString     *head,
            const char        *key,
            GError           **error)
{
  SoupMessageHeaders *headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
  g_autofree char    *accept = make_accept (key);
  guint               status = 0;
  gboolean            is_http;
  gboolean            agrees;

  is_http = soup_headers_parse_response (head->str, head->len - strlen ("\r\n"), headers, NULL, &status, NULL);
  agrees = is_http && status == SOUP_STATUS_SWITCHING_PROTOCOLS &&
           g_strcmp0 (soup_message_headers_get_one (headers, "Sec-WebSocket-Accept"), accept) == 0 &&
           soup_message_headers_header_contains (headers, "Connection", "Upgrade") &&
           soup_message_headers_header_equals (headers, "Upgrade", "websocket") &&
           soup_message_headers_get_list (headers, "Sec-WebSocket-Extensions") == NULL &&
           soup_message_headers_get_list (headers, "Sec-WebSocket-Protocol") == NULL;
  soup_message_headers_unref (headers);

  if (is_http && !grip_tool_check_status (status, error))
    return FALSE;
  if (!agrees)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED,
                   is_http ? "the server does not speak WebSocket: it answered with status %u"
                           : "the server does not speak HTTP", status);
      return FALSE;
    }

  grip_tool_listener_opened (listener, "websocket", status);

  return TRUE;
}

/* Connects and shakes hands. What follows on the stream are frames. */
GIOStream *
grip_tool_websocket_connect (GripToolListener  *listener,
                             GError           **error)
{
  g_autoptr(GSocketConnection) connection = connect_to (listener, error);
  g_autofree char             *key = make_key ();
  g_autofree char             *request = make_request (listener, key);
  g_autoptr(GString)           head = NULL;
  GIOStream                   *stream = G_IO_STREAM (connection);

  if (connection == NULL ||
      !g_output_stream_write_all (g_io_stream_get_output_stream (stream), request, strlen (request), NULL,
                                  listener->cancellable, error))
    return NULL;

  head = read_head (listener, g_io_stream_get_input_stream (stream), error);
  if (head == NULL || !check_head (listener, head, key, error))
    return NULL;

  /* From now on silence is no fault. */
  g_socket_set_timeout (g_socket_connection_get_socket (connection), 0);

  return G_IO_STREAM (g_steal_pointer (&connection));
}
