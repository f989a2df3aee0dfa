/* grip-test-pushpin.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <netinet/in.h>
#include <signal.h>
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

#define PROBE_PATH "/grip-test-ready"
#define START_SECONDS 10
#define START_TRIES 5

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

gboolean
grip_test_pushpin_is_installed (void)
{
  g_autofree char *program = g_find_program_in_path ("pushpin");

  return program != NULL;
}

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

/* The probe's origin comes first, and lives only while Pushpin starts. */
static void
write_routes (GripTestPushpin *self,
              guint            probe_port)
{
  g_autoptr(GString) text = g_string_new (NULL);
  guint origin = self->options.origin_port;

  g_string_append_printf (text, "*,path_beg=" PROBE_PATH ",replace_beg=/stream 127.0.0.1:%u\n",
                          probe_port);
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
    "{\"items\":[{\"channel\":\"grip-test-ready\",\"http-stream\":{\"content\":\"ready\"}}]}";
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketConnection) connection = NULL;
  g_autofree char *request = NULL;
  char reply[16] = { 0 };
  gsize n;

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, 1);
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

/* The parts of Pushpin find each other by ZMQ while they start: a request that comes too early
 * hangs, or is answered with an error, although every port is open. */
static gboolean
is_ready (GripTestPushpin *self)
{
  g_autofree char *uri = g_strconcat (self->uri, PROBE_PATH "?channel=grip-test-ready", NULL);
  g_autoptr(GripTestClient) client = NULL;

  if (!can_connect (self->ports[PORT_PUSH]) || !can_connect (self->ports[PORT_COMMAND])
      || (self->sub_connect == NULL && !can_connect (self->ports[PORT_SUB])))
    return FALSE;

  client = grip_test_client_new_get (uri);
  if (!grip_test_client_wait_bytes (client, strlen ("open\n"), 500)
      || grip_test_client_get_status (client) != 200)
    return FALSE;

  /* The first bytes come a little before the subscription. */
  for (guint i = 0; i < 5; i++)
    {
      if (publish_probe (self)
          && grip_test_client_wait_bytes (client, strlen ("open\nready"), 100))
        return TRUE;
    }

  return FALSE;
}

static gboolean
wait_until_ready (GripTestPushpin *self)
{
  gint64 end = g_get_monotonic_time () + START_SECONDS * G_TIME_SPAN_SECOND;

  while (g_get_monotonic_time () < end)
    {
      if (is_ready (self))
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
  g_autoptr(GripTestOrigin) probe = grip_test_origin_new ();
  gboolean ready;

  write_configuration (self);
  write_routes (self, grip_test_origin_get_port (probe));
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

  if (!grip_test_pushpin_is_installed ())
    g_error ("pushpin is not installed (apt-get install pushpin condure zurl)");

  if (options != NULL)
    self->options = *options;
  self->routes = g_strdupv ((char **) self->options.routes);
  self->sig_key = g_strdup (self->options.sig_key != NULL ? self->options.sig_key : "changeme");
  self->sig_iss = g_strdup (self->options.sig_iss != NULL ? self->options.sig_iss : "pushpin");
  self->sub_connect = g_strdup (self->options.sub_connect);
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

void
grip_test_pushpin_signal (GripTestPushpin *self,
                          const char      *service,
                          int              signum)
{
  g_autofree char *path = g_strdup_printf ("%s/run/%s.pid", self->dir, service);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  int pid;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  pid = atoi (text);
  g_assert_cmpint (pid, >, 1);
  g_assert_cmpint (kill (pid, signum), ==, 0);
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

static guint
count_subscribes (GripTestPushpin *self,
                  const char      *channel)
{
  g_autofree char *log = grip_test_pushpin_dup_log (self, "pushpin-handler");
  g_autofree char *end = g_strconcat (" channel=", channel, NULL);
  g_auto(GStrv) lines = g_strsplit (log, "\n", -1);
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (strstr (lines[i], " subscribe ") != NULL && g_str_has_suffix (lines[i], end))
        n++;
    }

  return n;
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
