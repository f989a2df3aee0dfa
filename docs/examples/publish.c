/* publish.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Publishes to the clients that a proxy holds, and waits or does not.
 *
 *   publish http://localhost:5561 test
 */

#include <libgrip/grip.h>

static void
published_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  GMainLoop        *loop = user_data;
  g_autoptr(GError) error = NULL;

  if (grip_pub_control_publish_http_stream_finish (GRIP_PUB_CONTROL (source), result, &error))
    g_print ("Publish successful\n");
  else
    g_printerr ("Publish failed with message: %s\n", error->message);

  g_main_loop_quit (loop);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GError)         error = NULL;
  g_autoptr(GMainLoop)      loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(GripPubControl) control = NULL;
  const char               *uri = argc > 1 ? argv[1] : "http://localhost:5561";
  const char               *channel = argc > 2 ? argv[2] : "test";

  /* A GRIP URI says where the proxy is, and with which key it is talked to:
   * "https://api.fanout.io/realm/REALM?iss=REALM&key=base64:KEY" */
  control = grip_pub_control_new_for_uri (uri, &error);
  if (control == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  /* To long polls, and wait until the proxy has it. */
  if (!grip_pub_control_publish_http_response (control, channel, "Test publish!\n", NULL, NULL, NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  /* To streams, without waiting: published_cb() is called from the main loop. */
  grip_pub_control_publish_http_stream_async (control, channel, "Test async publish!\n", NULL, NULL, NULL,
                                              published_cb, loop);
  g_main_loop_run (loop);

  /* Sends whatever is left, and says what could not be sent. */
  if (!grip_pub_control_close (control, NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  return 0;
}
