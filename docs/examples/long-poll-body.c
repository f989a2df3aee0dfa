/* long-poll-body.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* An origin that tells the proxy by the body of its response to hold the client until something is
 * published. A body can carry everything, and passes web servers that drop headers which they do not
 * know.
 *
 *   long-poll-body 8000
 *   curl http://localhost:7999/                                (7999 is Pushpin)
 *   grip-tool publish test $'hello\n'
 */

#include <stdlib.h>
#include <string.h>

#include <libgrip/grip.h>
#include <libsoup/soup.h>

/* Pushpin's own, until you change `sig_key` in its settings. */
#define KEY "changeme"

static void
handle_cb (SoupServer        *server,
           SoupServerMessage *message,
           const char        *path,
           GHashTable        *query,
           gpointer           user_data)
{
  GripKey                 *key = user_data;
  SoupMessageHeaders      *request = soup_server_message_get_request_headers (message);
  const char              *token = soup_message_headers_get_one (request, "Grip-Sig");
  g_autoptr(GripSignature) signature = grip_validate_sig (token, key, NULL, NULL);
  g_autoptr(GPtrArray)     channels = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GripResponse)  too_late = NULL;
  g_autofree char         *instruct = NULL;

  /* Who did not come through the proxy cannot be held. */
  if (signature == NULL)
    {
      soup_server_message_set_status (message, SOUP_STATUS_NOT_IMPLEMENTED, NULL);
      return;
    }

  /* What the client gets when 60 seconds have passed. */
  too_late = grip_response_new_text (200, "text/plain", "nothing new\n");
  g_ptr_array_add (channels, grip_channel_new ("test"));
  instruct = grip_create_hold_response (channels, too_late, 60, NULL);

  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/grip-instruct", SOUP_MEMORY_COPY,
                                    instruct, strlen (instruct));
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GError)     error = NULL;
  g_autoptr(GMainLoop)  loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr(GripKey)    key = grip_key_new_from_string (KEY, NULL);
  guint                 port = argc > 1 ? atoi (argv[1]) : 8000;

  soup_server_add_handler (server, "/", handle_cb, key, NULL);
  if (!soup_server_listen_local (server, port, SOUP_SERVER_LISTEN_IPV4_ONLY, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  g_print ("listening on port %u\n", port);
  g_main_loop_run (loop);

  return 0;
}
