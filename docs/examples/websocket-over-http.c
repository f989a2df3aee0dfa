/* websocket-over-http.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* An origin that never sees a WebSocket: the proxy turns what happens on the client's WebSocket into
 * events in plain HTTP requests. The route in Pushpin needs `over_http`.
 *
 *   websocket-over-http 8000 http://localhost:5561
 *   grip-tool listen ws://localhost:7999/                      (7999 is Pushpin)
 */

#include <stdlib.h>

#include <libgrip/grip.h>
#include <libsoup/soup.h>

/* Pushpin's own, until you change `sig_key` in its settings. */
#define KEY "changeme"

typedef struct
{
  GripKey        *key;
  GripPubControl *control;
} Origin;

static gboolean
publish_cb (gpointer user_data)
{
  Origin *self = user_data;

  grip_pub_control_publish_websocket_message_async (self->control, "test", "Test WebSocket publish!!", NULL,
                                                    NULL, NULL, NULL, NULL);

  return G_SOURCE_REMOVE;
}

/* Accepts the WebSocket and subscribes the client to a channel. */
static void
open_socket (GPtrArray *out)
{
  g_autofree char *subscribe = grip_websocket_control_subscribe ("test", NULL, NULL);
  g_autofree char *control_message = g_strconcat ("c:", subscribe, NULL);

  g_ptr_array_add (out, grip_websocket_event_new ("OPEN", NULL));
  g_ptr_array_add (out, grip_websocket_event_new_text ("TEXT", control_message));
}

static GPtrArray *
answer_events (Origin    *self,
               GPtrArray *in)
{
  GPtrArray *out = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < in->len; i++)
    {
      GripWebSocketEvent *event = g_ptr_array_index (in, i);
      const char         *type = grip_websocket_event_get_event_type (event);

      if (g_str_equal (type, "OPEN"))
        {
          open_socket (out);
          g_timeout_add_seconds (1, publish_cb, self);
        }
      /* An echo, and a farewell for a farewell. */
      else if (g_str_equal (type, "TEXT") || g_str_equal (type, "CLOSE"))
        g_ptr_array_add (out, g_object_ref (event));
    }

  return out;
}

static void
handle_cb (SoupServer        *server,
           SoupServerMessage *message,
           const char        *path,
           GHashTable        *query,
           gpointer           user_data)
{
  Origin                  *self = user_data;
  SoupMessageHeaders      *request = soup_server_message_get_request_headers (message);
  SoupMessageHeaders      *response = soup_server_message_get_response_headers (message);
  const char              *token = soup_message_headers_get_one (request, "Grip-Sig");
  g_autoptr(GripSignature) signature = grip_validate_sig (token, self->key, NULL, NULL);
  g_autoptr(GBytes)        body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  g_autoptr(GPtrArray)     in = NULL;
  g_autoptr(GPtrArray)     out = NULL;
  g_autoptr(GBytes)        answer = NULL;

  if (signature == NULL)
    {
      soup_server_message_set_status (message, SOUP_STATUS_NOT_IMPLEMENTED, NULL);
      return;
    }

  in = grip_decode_websocket_events (body, NULL);
  if (in == NULL)
    {
      soup_server_message_set_status (message, SOUP_STATUS_BAD_REQUEST, NULL);
      return;
    }

  out = answer_events (self, in);
  answer = grip_encode_websocket_events (out);

  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_message_headers_replace (response, "Sec-WebSocket-Extensions", "grip; message-prefix=\"\"");
  soup_message_headers_replace (response, "Content-Type", "application/websocket-events");
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), answer);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GError)         error = NULL;
  g_autoptr(GMainLoop)      loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(SoupServer)     server = soup_server_new (NULL, NULL);
  g_autoptr(GripKey)        key = grip_key_new_from_string (KEY, NULL);
  g_autoptr(GripPubControl) control = NULL;
  guint                     port = argc > 1 ? atoi (argv[1]) : 8000;
  Origin                    origin;

  control = grip_pub_control_new_for_uri (argc > 2 ? argv[2] : "http://localhost:5561", &error);
  origin = (Origin) { key, control };
  soup_server_add_handler (server, "/", handle_cb, &origin, NULL);
  if (control == NULL || !soup_server_listen_local (server, port, SOUP_SERVER_LISTEN_IPV4_ONLY, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  g_print ("listening on port %u\n", port);
  g_main_loop_run (loop);

  return 0;
}
