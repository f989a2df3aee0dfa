/* grip-tool-proxy.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <errno.h>
#include <unistd.h>

#include <libgrip/grip.h>

#include "grip-tool-proxy.h"

#define RESOURCES "/org/libgrip/grip-tool/"

struct _GripToolProxy
{
  GSubprocess *guard;
  GSocket     *reserved[2];
  char        *dir;
  char        *uri;
  char        *control_uri;
  char        *stats_spec;
  char        *key;
};

static char *
make_key (void)
{
  return g_strdup_printf ("%08x%08x%08x%08x", g_random_int (), g_random_int (), g_random_int (), g_random_int ());
}

/* A port that nobody else is given while the socket is there, which never listens: Pushpin, that takes no
 * socket which is open, may. */
static guint
reserve_port (GSocket **socket,
              GError  **error)
{
  g_autoptr(GInetAddress)   loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr(GSocketAddress) address = NULL;

  *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (*socket == NULL || !g_socket_bind (*socket, any, TRUE, error))
    return 0;
  address = g_socket_get_local_address (*socket, error);

  return address != NULL ? g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)) : 0;
}

static void
replace (GString    *text,
         const char *name,
         const char *value)
{
  g_autofree char *placeholder = g_strdup_printf ("@%s@", name);

  g_string_replace (text, placeholder, value, 0);
}

static void
replace_number (GString    *text,
                const char *name,
                guint       value)
{
  g_autofree char *digits = g_strdup_printf ("%u", value);

  replace (text, name, digits);
}

/* A socket in the directory, where a port is not needed. */
static char *
make_spec (GripToolProxy *self,
           const char    *name)
{
  return g_strdup_printf ("ipc://%s/run/%s", self->dir, name);
}

static void
replace_spec (GripToolProxy *self,
              GString       *text,
              const char    *name)
{
  g_autofree char *spec = make_spec (self, name);

  replace (text, name, spec);
}

static GString *
load (const char *name)
{
  g_autofree char  *path = g_strconcat (RESOURCES, name, NULL);
  g_autoptr(GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  g_assert (bytes != NULL);

  return g_string_new_len (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static gboolean
write_file (GripToolProxy  *self,
            const char     *name,
            const char     *text,
            GError        **error)
{
  g_autofree char *path = g_build_filename (self->dir, name, NULL);

  return g_file_set_contents (path, text, -1, error);
}

static gboolean
write_files (GripToolProxy  *self,
             guint           origin_port,
             guint           port,
             guint           control_port,
             GError        **error)
{
  g_autoptr(GString) config = load ("pushpin.conf.in");
  g_autoptr(GString) guard = load ("guard.sh");
  g_autofree char   *routes = NULL;

  replace (config, "dir", self->dir);
  replace_number (config, "http_port", port);
  replace_number (config, "control_port", control_port);
  replace_number (config, "handler_log_level", 1);
  replace_spec (self, config, "push_spec");
  replace_spec (self, config, "sub_spec");
  replace_spec (self, config, "command_spec");
  replace_spec (self, config, "stats_spec");
  replace (config, "sub_connect", "false");
  replace (config, "sig_iss", "pushpin");
  replace (config, "sig_key", self->key);
  replace_number (config, "max_body", 1000000);
  replace_number (config, "message_rate", 0);
  replace_number (config, "message_hwm", 0);

  routes = g_strdup_printf ("*,path_beg=/socket 127.0.0.1:%1$u,over_http\n"
                            "*,path_beg=/ready/socket 127.0.0.1:%1$u,over_http\n"
                            "* 127.0.0.1:%1$u\n", origin_port);

  return write_file (self, "pushpin.conf", config->str, error) &&
         write_file (self, "routes", routes, error) &&
         write_file (self, "guard.sh", guard->str, error);
}

static void
setup_cb (gpointer user_data)
{
  /* A Ctrl-C at the terminal is for us. */
  setsid ();
}

static gboolean
start (GripToolProxy  *self,
       GError        **error)
{
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE);
  g_autofree char               *script = g_build_filename (self->dir, "guard.sh", NULL);

  g_subprocess_launcher_set_child_setup (launcher, setup_cb, NULL, NULL);
  self->guard = g_subprocess_launcher_spawn (launcher, error, "sh", script, self->dir, NULL);

  return self->guard != NULL;
}

/* @port may be 0, for any. Returns before Pushpin is ready. */
GripToolProxy *
grip_tool_proxy_new (guint    origin_port,
                     guint    port,
                     GError **error)
{
  g_autoptr(GripToolProxy) self = g_new0 (GripToolProxy, 1);
  g_autofree char         *program = g_find_program_in_path ("pushpin");
  guint                    control_port = reserve_port (&self->reserved[0], error);

  if (control_port == 0)
    return NULL;
  if (port == 0)
    port = reserve_port (&self->reserved[1], error);
  if (port == 0)
    return NULL;
  if (program == NULL)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_NO_TRANSPORT, "Pushpin is not installed");
      return NULL;
    }

  self->key = make_key ();
  self->uri = g_strdup_printf ("http://127.0.0.1:%u", port);
  self->control_uri = g_strdup_printf ("http://127.0.0.1:%u", control_port);
  /* Not in $TMPDIR: the path of a socket must be short. */
  self->dir = g_mkdtemp (g_strdup ("/tmp/grip-demo-XXXXXX"));
  if (self->dir == NULL)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "no directory in /tmp");
      return NULL;
    }
  self->stats_spec = make_spec (self, "stats_spec");
  if (!write_files (self, origin_port, port, control_port, error) || !start (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/* Waits until all of it has ended. The guard removes the directory. */
void
grip_tool_proxy_free (GripToolProxy *self)
{
  if (self->guard != NULL)
    {
      g_output_stream_close (g_subprocess_get_stdin_pipe (self->guard), NULL, NULL);
      g_subprocess_wait (self->guard, NULL, NULL);
    }

  g_clear_object (&self->guard);
  g_clear_object (&self->reserved[0]);
  g_clear_object (&self->reserved[1]);
  g_free (self->dir);
  g_free (self->uri);
  g_free (self->control_uri);
  g_free (self->stats_spec);
  g_free (self->key);
  g_free (self);
}

const char *
grip_tool_proxy_get_uri (GripToolProxy *self)
{
  return self->uri;
}

const char *
grip_tool_proxy_get_control_uri (GripToolProxy *self)
{
  return self->control_uri;
}

const char *
grip_tool_proxy_get_stats_spec (GripToolProxy *self)
{
  return self->stats_spec;
}

const char *
grip_tool_proxy_get_key (GripToolProxy *self)
{
  return self->key;
}
