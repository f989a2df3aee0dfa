/* grip-test-world.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include <libsoup/soup.h>

#include "grip-test-client.h"
#include "grip-test-origin.h"
#include "grip-test-port.h"
#include "grip-test-pushpin.h"

/* grip-test-world [--warm=CHANNEL]... PROGRAM ARGUMENT...
 *
 * Runs a program, in whatever language, with a real Pushpin beside it, and ends with its exit status.
 * Channels of long polls are to be warm: see grip_test_pushpin_warm().
 * The program finds in its environment:
 *
 *   GRIP_TEST_PROXY       http://… for clients
 *   GRIP_TEST_CONTROL     http://… the HTTP control API
 *   GRIP_TEST_PUSH        tcp://… the ZMQ PULL socket
 *   GRIP_TEST_SUB         tcp://… the ZMQ SUB socket
 *   GRIP_TEST_COMMAND     tcp://… the ZMQ command socket
 *   GRIP_TEST_APP_PORT    a port that it may listen on: all that begins with /app, /live or /websocket
 *                         goes there, and /app/ws as WebSocket-over-HTTP; the rest to the origin of
 *                         the tests
 *   GRIP_TEST_SUBSCRIBED  http://…?channel=C&clients=N answers when so many are subscribed
 */
typedef struct
{
  GripTestOrigin  *origin;
  GripTestPushpin *pushpin;
  GMainLoop       *loop;
  SoupServer      *server;
  GSocket         *reserved;
  guint            app_port;
  int              status;
} World;

static void
start_pushpin (World *self)
{
  g_autofree char *socket = g_strdup_printf ("*,path_beg=/app/ws 127.0.0.1:%u,over_http",
                                             self->app_port);
  g_autofree char *http = g_strdup_printf ("*,path_beg=/app 127.0.0.1:%u", self->app_port);
  g_autofree char *direct = g_strdup_printf ("*,path_beg=/websocket 127.0.0.1:%u", self->app_port);
  g_autofree char *live = g_strdup_printf ("*,path_beg=/live 127.0.0.1:%u", self->app_port);
  const char      *routes[] = { socket, http, direct, live, NULL };

  self->pushpin = grip_test_pushpin_new (&(GripTestPushpinOptions) {
    .origin_port = grip_test_origin_get_port (self->origin),
    .routes = routes,
  });
}

/* Returns: the arguments after those for the world */
static char **
warm_channels (World  *self,
               char  **arguments)
{
  g_autoptr(GPtrArray) channels = g_ptr_array_new ();

  for (; *arguments != NULL && g_str_has_prefix (*arguments, "--warm="); arguments++)
    g_ptr_array_add (channels, *arguments + strlen ("--warm="));
  if (channels->len > 0)
    {
      g_ptr_array_add (channels, NULL);
      grip_test_pushpin_warm (self->pushpin, (const char * const *) channels->pdata);
    }

  return arguments;
}

static void
subscribed_cb (SoupServer        *server,
               SoupServerMessage *message,
               const char        *path,
               GHashTable        *query,
               gpointer           user_data)
{
  World      *self = user_data;
  const char *channel = query != NULL ? g_hash_table_lookup (query, "channel") : NULL;
  const char *clients = query != NULL ? g_hash_table_lookup (query, "clients") : NULL;
  guint       n_clients = clients != NULL ? g_ascii_strtoull (clients, NULL, 10) : 1;
  gboolean    subscribed = channel != NULL &&
                           grip_test_pushpin_wait_subscribed (self->pushpin, channel, n_clients,
                                                              GRIP_TEST_PATIENCE);

  soup_server_message_set_status (message, subscribed ? 200 : 504, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, "", 0);
}

static char *
serve (World *self)
{
  g_autoptr(GError)  error = NULL;
  g_autofree char   *address = NULL;
  GSList            *uris;

  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, NULL, subscribed_cb, self, NULL);
  soup_server_listen_local (self->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  address = g_uri_to_string (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  return g_strconcat (address, "subscribed", NULL);
}

static GSubprocessLauncher *
make_launcher (World *self)
{
  g_autoptr(GSubprocessLauncher)  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_INHERIT);
  g_autofree char                *subscribed = serve (self);
  g_autofree char                *port = g_strdup_printf ("%u", self->app_port);
  const char                     *variables[][2] = {
    { "GRIP_TEST_PROXY", grip_test_pushpin_get_uri (self->pushpin) },
    { "GRIP_TEST_CONTROL", grip_test_pushpin_get_control_uri (self->pushpin) },
    { "GRIP_TEST_PUSH", grip_test_pushpin_get_push_spec (self->pushpin) },
    { "GRIP_TEST_SUB", grip_test_pushpin_get_sub_spec (self->pushpin) },
    { "GRIP_TEST_COMMAND", grip_test_pushpin_get_command_spec (self->pushpin) },
    { "GRIP_TEST_APP_PORT", port },
    { "GRIP_TEST_SUBSCRIBED", subscribed },
  };

  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    g_subprocess_launcher_setenv (launcher, variables[i][0], variables[i][1], TRUE);

  return g_steal_pointer (&launcher);
}

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  World       *self = user_data;
  GSubprocess *process = G_SUBPROCESS (source);

  g_subprocess_wait_finish (process, result, NULL);
  self->status = g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process) : 1;
  g_main_loop_quit (self->loop);
}

int
main (int   argc,
      char *argv[])
{
  World                           self = { .status = 1 };
  g_autoptr(GSubprocessLauncher)  launcher = NULL;
  g_autoptr(GSubprocess)          process = NULL;
  g_autoptr(GError)               error = NULL;
  char                          **program;

  if (argc < 2)
    g_error ("usage: grip-test-world [--warm=CHANNEL]... PROGRAM ARGUMENT...");

  self.loop = g_main_loop_new (NULL, FALSE);
  self.origin = grip_test_origin_new ();
  self.reserved = grip_test_port_reserve (&self.app_port);
  start_pushpin (&self);
  program = warm_channels (&self, argv + 1);
  launcher = make_launcher (&self);
  process = g_subprocess_launcher_spawnv (launcher, (const char * const *) program, &error);
  if (process == NULL)
    g_error ("%s", error->message);
  g_subprocess_wait_async (process, NULL, ended_cb, &self);
  g_main_loop_run (self.loop);

  g_object_unref (self.server);
  grip_test_pushpin_free (self.pushpin);
  grip_test_origin_free (self.origin);
  g_object_unref (self.reserved);
  g_main_loop_unref (self.loop);

  return self.status;
}
