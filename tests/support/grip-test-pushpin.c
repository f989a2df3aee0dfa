/* grip-test-pushpin.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include <gio/gio.h>

#include "grip-test-client.h"
#include "grip-test-origin.h"
#include "grip-test-pushpin.h"

#define PROBE_PATH "/grip-test-probe"
#define PROBE_CHANNEL "grip-test-probe"
#define START_SECONDS 20
#define START_TRIES 5
/* Pushpin lets no connection have more. */
#define MAX_CHANNELS 20

enum
{
  PORT_HTTP,
  PORT_CONTROL,
  PORT_PUSH,
  PORT_SUB,
  PORT_COMMAND,
  N_PORTS
};

struct _GripTestPushpin
{
  GSubprocess           *guard;
  GripTestOrigin        *probe;        /* while Pushpin runs */
  GPtrArray             *warm_clients;
  GHashTable            *warm_channels;
  char                  *dir;
  char                  *uri;
  char                  *control_uri;
  char                  *push_spec;
  char                  *sub_spec;
  char                  *command_spec;
  char                  *stats_spec;

  GripTestPushpinOptions options;
  char                 **routes;
  char                  *sig_key;
  char                  *sig_iss;
  char                  *sub_connect;

  guint                  ports[N_PORTS];
  int                    locks[N_PORTS];
};

/* A name in the abstract namespace keeps other tests of the same machine from taking the port while
 * nobody listens on it: it is gone when this process is. */
static int
lock_port (guint port)
{
  struct sockaddr_un name = { AF_UNIX, "" };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int length = g_snprintf (name.sun_path + 1, sizeof name.sun_path - 1, "grip-test-port-%u", port);

  if (bind (fd, (struct sockaddr *) &name, offsetof (struct sockaddr_un, sun_path) + 1 + length) == 0)
    return fd;

  close (fd);

  return -1;
}

static gboolean
is_port_free (guint port)
{
  struct sockaddr_in address = { AF_INET, htons (port), { htonl (INADDR_LOOPBACK) }, { 0 } };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gboolean available = bind (fd, (struct sockaddr *) &address, sizeof address) == 0;

  close (fd);

  return available;
}

/* Below the kernel's range for outgoing connections: one of those could take a port while Pushpin
 * is down, and a client that tries such a port again and again may even connect to itself. */
static void
take_ports (GripTestPushpin *self)
{
  for (guint i = 0; i < N_PORTS;)
    {
      guint port = g_random_int_range (11000, 32000);
      int lock = lock_port (port);

      if (lock < 0)
        continue;
      if (is_port_free (port))
        {
          self->ports[i] = port;
          self->locks[i] = lock;
          i++;
        }
      else
        close (lock);
    }
}

static void
drop_ports (GripTestPushpin *self)
{
  for (guint i = 0; i < N_PORTS; i++)
    close (self->locks[i]);
}

static void
set_string (char **place,
            char  *owned)
{
  g_free (*place);
  *place = owned;
}

static void
name_addresses (GripTestPushpin *self)
{
  const guint *ports = self->ports;

  set_string (&self->uri, g_strdup_printf ("http://127.0.0.1:%u", ports[PORT_HTTP]));
  set_string (&self->control_uri, g_strdup_printf ("http://127.0.0.1:%u", ports[PORT_CONTROL]));
  set_string (&self->push_spec, g_strdup_printf ("tcp://127.0.0.1:%u", ports[PORT_PUSH]));
  set_string (&self->sub_spec, g_strdup_printf ("tcp://127.0.0.1:%u", ports[PORT_SUB]));
  set_string (&self->command_spec, g_strdup_printf ("tcp://127.0.0.1:%u", ports[PORT_COMMAND]));
  set_string (&self->stats_spec, g_strdup_printf ("ipc://%s/run/pp-stats", self->dir));
}

static void
write_file (GripTestPushpin *self,
            const char      *name,
            const char      *text)
{
  g_autofree char *path = g_build_filename (self->dir, name, NULL);
  g_autoptr(GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
fill_in (GString    *text,
         const char *name,
         const char *value)
{
  g_autofree char *place = g_strdup_printf ("@%s@", name);

  g_assert_cmpuint (g_string_replace (text, place, value, 0), >, 0);
}

static void
fill_in_number (GString    *text,
                const char *name,
                gsize       value)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GSIZE_FORMAT, value);

  fill_in (text, name, digits);
}

static void
write_configuration (GripTestPushpin *self)
{
  const GripTestPushpinOptions *options = &self->options;
  const char *connect = self->sub_connect;
  g_autoptr(GString) text = NULL;
  g_autofree char *template = NULL;
  g_autoptr(GError) error = NULL;

  g_file_get_contents (PUSHPIN_DIR "/pushpin.conf.in", &template, NULL, &error);
  g_assert_no_error (error);

  text = g_string_new (template);
  fill_in (text, "dir", self->dir);
  fill_in_number (text, "http_port", self->ports[PORT_HTTP]);
  fill_in_number (text, "control_port", self->ports[PORT_CONTROL]);
  fill_in (text, "push_spec", self->push_spec);
  fill_in (text, "sub_spec", connect != NULL ? connect : self->sub_spec);
  fill_in (text, "sub_connect", connect != NULL ? "true" : "false");
  fill_in (text, "command_spec", self->command_spec);
  fill_in (text, "stats_spec", self->stats_spec);
  fill_in (text, "sig_iss", self->sig_iss);
  fill_in (text, "sig_key", self->sig_key);
  fill_in_number (text, "max_body", options->max_body > 0 ? options->max_body : 1000000);
  fill_in_number (text, "message_rate", options->message_rate);
  fill_in_number (text, "message_hwm", options->message_hwm);
  fill_in_number (text, "handler_log_level", options->quiet ? 1 : 2);
  write_file (self, "pushpin.conf", text->str);
}

static void
write_routes (GripTestPushpin *self)
{
  g_autoptr(GString) text = g_string_new (NULL);
  guint origin = self->options.origin_port;

  g_string_append_printf (text, "*,path_beg=" PROBE_PATH "/ws,replace_beg=/ws 127.0.0.1:%1$u,over_http\n"
                                "*,path_beg=" PROBE_PATH "/,replace_beg=/ 127.0.0.1:%1$u\n",
                          grip_test_origin_get_port (self->probe));
  for (guint i = 0; self->routes != NULL && self->routes[i] != NULL; i++)
    g_string_append_printf (text, "%s\n", self->routes[i]);
  if (origin > 0)
    g_string_append_printf (text, "*,path_beg=/ws 127.0.0.1:%1$u,over_http\n* 127.0.0.1:%1$u\n",
                            origin);
  write_file (self, "routes", text->str);
}

/* Posts an item by hand: nothing of libgrip is in the way. */
static gboolean
publish_probe (GripTestPushpin *self)
{
  static const char body[] =
    "{\"items\":[{\"channel\":\"" PROBE_CHANNEL "\","
    "\"http-stream\":{\"content\":\"ready\"},\"ws-message\":{\"content\":\"ready\"}}]}";
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketConnection) connection = NULL;
  g_autofree char *request = NULL;
  char reply[16] = { 0 };
  gsize n;

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, 5);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", self->ports[PORT_CONTROL],
                                                NULL, NULL);
  if (connection == NULL)
    return FALSE;

  request = g_strdup_printf ("POST /publish/ HTTP/1.1\r\nHost: localhost\r\n"
                             "Content-Type: application/json\r\n"
                             "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s", strlen (body), body);

  return g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)),
                                    request, strlen (request), NULL, NULL, NULL)
         && g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (connection)),
                                     reply, 12, &n, NULL, NULL)
         && strcmp (reply, "HTTP/1.1 200") == 0;
}

static gboolean
can_connect (guint port)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketConnection) connection = NULL;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, NULL);

  return connection != NULL;
}

static GripTestClient *
open_probe (GripTestPushpin *self,
            const char      *path)
{
  g_autofree char *uri = g_strconcat (self->uri, PROBE_PATH, path, NULL);

  return g_str_has_prefix (path, "/stream") || g_str_has_prefix (path, "/poll")
         ? grip_test_client_new_get (uri) : grip_test_client_new_websocket (uri);
}

/* There and back again: the first message is what zurl loses while it is not connected for those. */
static gboolean
echoes (GripTestClient *client,
        guint           patience)
{
  return grip_test_client_wait_open (client, patience)
         && grip_test_client_get_status (client) == 101
         && grip_test_client_send_frame (client, GRIP_TEST_FRAME_TEXT, "echo", 4)
         && grip_test_client_wait_frames (client, 1, patience);
}

/* The parts of Pushpin find each other by ZMQ while they start: a request that comes too early
 * hangs, or is answered with an error, although every port is open. So every way through it is tried:
 * a stream, a WebSocket of the origin, WebSocket-over-HTTP, and an item for both that can hold. */
static gboolean
is_ready (GripTestPushpin *self,
          guint            patience)
{
  g_autoptr(GripTestClient) stream = NULL;
  g_autoptr(GripTestClient) socket = NULL;
  g_autoptr(GripTestClient) over_http = NULL;

  if (!can_connect (self->ports[PORT_PUSH]) || !can_connect (self->ports[PORT_COMMAND])
      || (self->sub_connect == NULL && !can_connect (self->ports[PORT_SUB])))
    return FALSE;

  stream = open_probe (self, "/stream?channel=" PROBE_CHANNEL);
  if (!grip_test_client_wait_bytes (stream, strlen ("open\n"), patience)
      || grip_test_client_get_status (stream) != 200)
    return FALSE;
  socket = open_probe (self, "/socket");
  over_http = open_probe (self, "/ws?channel=" PROBE_CHANNEL);
  if (!echoes (socket, patience) || !echoes (over_http, patience))
    return FALSE;

  /* The first bytes come a little before the subscription. */
  for (guint i = 0; i < 5; i++)
    {
      if (publish_probe (self)
          && grip_test_client_wait_bytes (stream, strlen ("open\nready"), patience / 5)
          && grip_test_client_wait_frames (over_http, 2, patience / 5))
        return TRUE;
    }

  return FALSE;
}

/* What came too early never comes, and what is slow comes when there is more patience with it. */
static gboolean
wait_until_ready (GripTestPushpin *self)
{
  gint64 end = g_get_monotonic_time () + START_SECONDS * G_TIME_SPAN_SECOND;

  for (guint patience = 500; g_get_monotonic_time () < end; patience += 250)
    {
      if (is_ready (self, patience))
        return TRUE;
      g_usleep (20000);
    }

  return FALSE;
}

/* Its end of a pipe tells the guard when this process is gone. */
static void
spawn_guard (GripTestPushpin *self)
{
  g_autoptr(GError) error = NULL;

  self->guard = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE
                                  | G_SUBPROCESS_FLAGS_STDOUT_SILENCE
                                  | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                                  &error, "setsid", "sh", PUSHPIN_DIR "/guard.sh", self->dir, NULL);
  g_assert_no_error (error);
}

/* @word: how to end, NULL to leave nothing behind. */
static void
end_guard (GripTestPushpin *self,
           const char      *word)
{
  GOutputStream *input;

  g_ptr_array_set_size (self->warm_clients, 0);
  g_hash_table_remove_all (self->warm_channels);
  g_clear_pointer (&self->probe, grip_test_origin_free);
  if (self->guard == NULL)
    return;

  input = g_subprocess_get_stdin_pipe (self->guard);
  if (word != NULL)
    g_output_stream_write_all (input, word, strlen (word), NULL, NULL, NULL);
  g_output_stream_close (input, NULL, NULL);
  g_subprocess_wait (self->guard, NULL, NULL);
  g_clear_object (&self->guard);
}

static gboolean
try_to_start (GripTestPushpin *self)
{
  gboolean ready;

  self->probe = grip_test_origin_new ();
  write_configuration (self);
  write_routes (self);
  spawn_guard (self);
  ready = wait_until_ready (self);
  if (!ready)
    end_guard (self, "kill\n");

  return ready;
}

GripTestPushpin *
grip_test_pushpin_new (const GripTestPushpinOptions *options)
{
  GripTestPushpin *self = g_new0 (GripTestPushpin, 1);
  g_autofree char *program = g_find_program_in_path ("pushpin");

  if (program == NULL)
    g_error ("pushpin is not installed (apt-get install pushpin condure zurl)");

  if (options != NULL)
    self->options = *options;
  self->routes = g_strdupv ((char **) self->options.routes);
  self->sig_key = g_strdup (self->options.sig_key != NULL ? self->options.sig_key : "changeme");
  self->sig_iss = g_strdup (self->options.sig_iss != NULL ? self->options.sig_iss : "pushpin");
  self->sub_connect = g_strdup (self->options.sub_connect);
  self->warm_clients = g_ptr_array_new_with_free_func ((GDestroyNotify) grip_test_client_free);
  self->warm_channels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  /* Names of Unix sockets are limited to 107 bytes, so not below a long TMPDIR. */
  self->dir = g_strdup ("/tmp/gp-XXXXXX");
  g_assert_nonnull (g_mkdtemp (self->dir));

  /* Pushpin does not notice when its publish port is taken; the probe does. */
  for (guint i = 0; i < START_TRIES; i++)
    {
      take_ports (self);
      name_addresses (self);
      if (try_to_start (self))
        return self;
      drop_ports (self);
    }

  g_error ("pushpin did not start, see %s", self->dir);
}

void
grip_test_pushpin_start (GripTestPushpin *self)
{
  g_assert_null (self->guard);

  if (!try_to_start (self))
    g_error ("pushpin did not start again, see %s", self->dir);
}

void
grip_test_pushpin_stop (GripTestPushpin *self)
{
  end_guard (self, "stop\n");
}

void
grip_test_pushpin_kill (GripTestPushpin *self)
{
  end_guard (self, "kill\n");
}

void
grip_test_pushpin_free (GripTestPushpin *self)
{
  const char *remove[] = { "rm", "-rf", self->dir, NULL };

  end_guard (self, NULL);
  g_spawn_sync (NULL, (char **) remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                NULL);

  drop_ports (self);
  g_ptr_array_unref (self->warm_clients);
  g_hash_table_unref (self->warm_channels);
  g_strfreev (self->routes);
  g_free (self->sig_key);
  g_free (self->sig_iss);
  g_free (self->sub_connect);
  g_free (self->uri);
  g_free (self->control_uri);
  g_free (self->push_spec);
  g_free (self->sub_spec);
  g_free (self->command_spec);
  g_free (self->stats_spec);
  g_free (self->dir);
  g_free (self);
}

char *
grip_test_pushpin_dup_log (GripTestPushpin *self,
                           const char      *service)
{
  g_autofree char *path = g_strdup_printf ("%s/log/%s.log", self->dir, service);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);

  return text != NULL ? text : g_strdup ("");
}

/* The subscriptions of warm channels' own clients are not counted. */
static guint
count_subscribes (GripTestPushpin *self,
                  const char      *channel)
{
  g_autofree char *log = grip_test_pushpin_dup_log (self, "pushpin-handler");
  g_autofree char *end = g_strconcat (" channel=", channel, NULL);
  g_auto(GStrv) lines = g_strsplit (log, "\n", -1);
  guint n_warm = g_hash_table_contains (self->warm_channels, channel) ? 1 : 0;
  guint n = 0;

  /* After the last end of a line there may be half a line. */
  for (guint i = 0; lines[i] != NULL && lines[i + 1] != NULL; i++)
    {
      if (strstr (lines[i], " subscribe ") != NULL && g_str_has_suffix (lines[i], end))
        n++;
    }

  return n > n_warm ? n - n_warm : 0;
}

/* Why a client is not held, only the proxy knows. */
static void
show_logs (GripTestPushpin *self)
{
  static const char * const names[] = { "pushpin", "pushpin-proxy", "pushpin-handler", "zurl" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *log = grip_test_pushpin_dup_log (self, names[i]);

      g_printerr ("--- %s\n%s\n", names[i], log);
    }
}

gboolean
grip_test_pushpin_wait_subscribed (GripTestPushpin *self,
                                   const char      *channel,
                                   guint            n_clients,
                                   guint            milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * G_TIME_SPAN_MILLISECOND;

  g_assert_false (self->options.quiet);

  while (count_subscribes (self, channel) < n_clients)
    {
      if (g_get_monotonic_time () > end)
        {
          show_logs (self);
          return FALSE;
        }
      g_usleep (5000);
    }

  return TRUE;
}

void
grip_test_pushpin_wait_held (GripTestPushpin *self,
                             const char      *channel,
                             guint            n_clients)
{
  g_assert_true (grip_test_pushpin_wait_subscribed (self, channel, n_clients, GRIP_TEST_PATIENCE));
}

GripTestClient *
grip_test_pushpin_hold (GripTestPushpin *self,
                        const char      *path)
{
  g_autofree char *uri = g_strconcat (self->uri, path, NULL);
  gboolean         is_websocket = g_str_has_prefix (path, "/ws") || g_str_has_prefix (path, "/socket");

  return is_websocket ? grip_test_client_new_websocket (uri) : grip_test_client_new_get (uri);
}

static void
warm_some (GripTestPushpin    *self,
           const char *const  *channels,
           guint               n_channels)
{
  g_autoptr(GString) path = g_string_new ("/stream?");
  GripTestClient *client;

  for (guint i = 0; i < n_channels; i++)
    {
      g_autofree char *escaped = g_uri_escape_string (channels[i], NULL, FALSE);

      g_string_append_printf (path, "channel=%s&", escaped);
    }
  client = open_probe (self, path->str);
  g_ptr_array_add (self->warm_clients, client);
  for (guint i = 0; i < n_channels; i++)
    {
      grip_test_pushpin_wait_held (self, channels[i], 1);
      g_hash_table_add (self->warm_channels, g_strdup (channels[i]));
    }
}

void
grip_test_pushpin_warm (GripTestPushpin   *self,
                        const char *const *channels)
{
  guint n_channels = g_strv_length ((char **) channels);
  guint n_polls = grip_test_origin_get_n_polls (self->probe);
  gint64 end = g_get_monotonic_time () + GRIP_TEST_PATIENCE * G_TIME_SPAN_MILLISECOND;
  g_autofree char *path = g_strdup_printf ("/poll?channel=" PROBE_CHANNEL "-%u", n_polls);
  g_autoptr(GripTestClient) last = NULL;

  for (guint i = 0; i < n_channels; i += MAX_CHANNELS)
    warm_some (self, channels + i, MIN (n_channels - i, MAX_CHANNELS));

  /* When it asks for the last one again, it has done so for those before. */
  last = open_probe (self, path);
  while (grip_test_origin_get_n_polls (self->probe) < n_polls + 2 && g_get_monotonic_time () < end)
    g_usleep (5000);
  g_assert_cmpuint (grip_test_origin_get_n_polls (self->probe), >=, n_polls + 2);
}

const char *
grip_test_pushpin_get_uri (GripTestPushpin *self)
{
  return self->uri;
}

const char *
grip_test_pushpin_get_control_uri (GripTestPushpin *self)
{
  return self->control_uri;
}

const char *
grip_test_pushpin_get_push_spec (GripTestPushpin *self)
{
  return self->push_spec;
}

const char *
grip_test_pushpin_get_sub_spec (GripTestPushpin *self)
{
  return self->sub_spec;
}

const char *
grip_test_pushpin_get_command_spec (GripTestPushpin *self)
{
  return self->command_spec;
}

const char *
grip_test_pushpin_get_stats_spec (GripTestPushpin *self)
{
  return self->stats_spec;
}

const char *
grip_test_pushpin_get_dir (GripTestPushpin *self)
{
  return self->dir;
}
