/* origin.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The short way to an origin: one handler, and every kind of client. It holds the clients that come
 * without a proxy itself, so it can be tried with nothing else.
 *
 *   origin 8000
 *   grip-tool listen http://localhost:8000/stream              (without a proxy)
 *   grip-tool listen http://localhost:7999/stream              (through Pushpin)
 */

#include <stdlib.h>

#include <libgrip-soup/grip-soup.h>

static void
handle_cb (GripSoupOrigin  *origin,
           GripSoupRequest *request,
           gpointer         user_data)
{
  g_autoptr(GripInstruct) instruct = NULL;

  if (g_str_equal (grip_soup_request_get_path (request), "/stream"))
    instruct = grip_instruct_new_hold_stream ("test");
  else
    instruct = grip_instruct_new_hold_response ("test");

  grip_soup_request_hold (request, instruct, NULL);
}

static gboolean
publish_cb (gpointer user_data)
{
  grip_pub_control_publish_http_stream_async (user_data, "test", "tick\n", NULL, NULL, NULL, NULL, NULL);

  return G_SOURCE_CONTINUE;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GError)         error = NULL;
  g_autoptr(GMainLoop)      loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(SoupServer)     server = soup_server_new (NULL, NULL);
  g_autoptr(GripSoupOrigin) origin = grip_soup_origin_new (server);
  g_autoptr(GripPubControl) control = grip_pub_control_new ();

  /* The origin is a transport: what is published to it goes to the clients that it holds. With a
   * Pushpin in front, apply its URI too: grip_pub_control_apply_uri(). */
  grip_soup_origin_set_embedded (origin, TRUE);
  grip_pub_control_add_transport (control, GRIP_TRANSPORT (origin));
  grip_soup_origin_add_handler (origin, "/", handle_cb, NULL, NULL);
  if ((argc > 2 && !grip_pub_control_apply_uri (control, argv[2], &error)) ||
      !grip_soup_origin_listen (origin, argc > 1 ? atoi (argv[1]) : 8000, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  g_print ("listening on port %u\n", grip_soup_origin_get_port (origin));
  g_timeout_add_seconds (1, publish_cb, control);
  g_main_loop_run (loop);

  return 0;
}
