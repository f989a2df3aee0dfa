/* websocket.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* An origin to which the proxy opens a WebSocket for each WebSocket of a client. A control message
 * subscribes the client to a channel; from then on it gets what is published there.
 *
 *   websocket 8000 http://localhost:5561
 *   grip-tool listen ws://localhost:7999/                      (7999 is Pushpin)
 */

#include <stdlib.h>

#include <libgrip-soup/grip-soup.h>

static gboolean
publish_cb (gpointer user_data)
{
  GripPubControl *control = user_data;

  grip_pub_control_publish_websocket_message_async (control, "test", "Test WebSocket publish!!", NULL, NULL,
                                                    NULL, NULL, NULL);

  return G_SOURCE_REMOVE;
}

static void
opened_cb (SoupServer              *server,
           SoupServerMessage       *message,
           const char              *path,
           SoupWebsocketConnection *connection,
           gpointer                 user_data)
{
  g_autofree char *subscribe = grip_websocket_control_subscribe ("test", NULL, NULL);
  g_autofree char *control_message = g_strconcat ("c:", subscribe, NULL);

  /* What begins with "c:" is for the proxy, with "m:" for the client, which gets it without. */
  soup_websocket_connection_send_text (connection, control_message);
  soup_websocket_connection_send_text (connection, "m:welcome");

  /* The server lets go of the connection here. */
  g_signal_connect (connection, "closed", G_CALLBACK (g_object_unref), NULL);
  g_object_ref (connection);

  g_timeout_add_seconds (1, publish_cb, user_data);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GError)         error = NULL;
  g_autoptr(GMainLoop)      loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(SoupServer)     server = soup_server_new (NULL, NULL);
  g_autoptr(GripPubControl) control = NULL;
  guint                     port = argc > 1 ? atoi (argv[1]) : 8000;

  control = grip_pub_control_new_for_uri (argc > 2 ? argv[2] : "http://localhost:5561", &error);
  if (control != NULL)
    {
      /* Answers the handshake with "Sec-WebSocket-Extensions: grip; message-prefix=\"m:\"", by which
       * the proxy knows that we speak to it too. */
      soup_server_add_websocket_extension (server, GRIP_SOUP_TYPE_EXTENSION);
      soup_server_add_websocket_handler (server, "/", NULL, NULL, opened_cb, control, NULL);
    }
  if (control == NULL || !soup_server_listen_local (server, port, SOUP_SERVER_LISTEN_IPV4_ONLY, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  g_print ("listening on port %u\n", port);
  g_main_loop_run (loop);

  return 0;
}
