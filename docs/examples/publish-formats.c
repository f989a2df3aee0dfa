/* publish-formats.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Publishes one item in several formats: each client gets the one for the way in which it is held.
 *
 *   publish-formats http://localhost:5561 test
 */

#include <libgrip/grip.h>

static GripItem *
make_item (GError **error)
{
  g_autoptr(GripHttpResponseFormat)     response = NULL;
  g_autoptr(GripHttpStreamFormat)       stream = NULL;
  g_autoptr(GripWebSocketMessageFormat) message = NULL;
  GripFormat                           *formats[3];

  /* A long poll is answered with a whole response. */
  response = grip_http_response_format_new_text ("{\"text\":\"hello\"}\n");
  grip_http_response_format_append_header (response, "Content-Type", "application/json");

  /* A stream gets a piece of its body: here for a browser's EventSource. */
  stream = grip_http_stream_format_new_text ("event: message\ndata: hello\n\n");

  /* A WebSocket gets a message. */
  message = grip_websocket_message_format_new_text ("hello");

  formats[0] = GRIP_FORMAT (response);
  formats[1] = GRIP_FORMAT (stream);
  formats[2] = GRIP_FORMAT (message);

  /* With an id the proxy drops what it has seen before, so that a publish may safely be tried again. */
  return grip_item_new_full (formats, G_N_ELEMENTS (formats), "item-1", NULL, NULL, FALSE, -1, error);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GError)         error = NULL;
  g_autoptr(GripItem)       item = make_item (&error);
  g_autoptr(GripPubControl) control = NULL;
  const char               *uri = argc > 1 ? argv[1] : "http://localhost:5561";
  const char               *channel = argc > 2 ? argv[2] : "test";

  if (item != NULL)
    control = grip_pub_control_new_for_uri (uri, &error);
  if (control == NULL || !grip_pub_control_publish (control, channel, item, NULL, &error) ||
      !grip_pub_control_close (control, NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  return 0;
}
