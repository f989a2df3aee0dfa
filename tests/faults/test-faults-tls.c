/* test-faults-tls.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <unistd.h>

#include "faults.h"
#include "grip-test-port.h"

/* F11: a TLS peer that is not to be believed gets neither the item nor the token. */

typedef struct
{
  char *dir;
} Fixture;

static char *
in_dir (Fixture    *fixture,
        const char *name)
{
  return g_build_filename (fixture->dir, name, NULL);
}

static void
openssl (Fixture    *fixture,
         const char *line)
{
  g_autofree char  *command = g_strconcat ("openssl ", line, NULL);
  g_auto(GStrv)     argv = NULL;
  g_autofree char  *err = NULL;
  g_autoptr(GError) error = NULL;
  int               status;

  g_assert_true (g_shell_parse_argv (command, NULL, &argv, &error));
  g_spawn_sync (fixture->dir, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &err,
                &status, &error);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("%s: %s", command, err);
}

/* NAME.pem: a certificate for @alt_name, of the authority "ca" or of itself. */
static void
make_certificate (Fixture    *fixture,
                  const char *name,
                  const char *alt_name,
                  gboolean    self_signed,
                  const char *validity)
{
  g_autofree char *extension = g_strdup_printf ("%s.ext", name);
  g_autofree char *path = in_dir (fixture, extension);
  g_autofree char *text = g_strdup_printf ("subjectAltName=%s\n", alt_name);
  g_autofree char *request = NULL;
  g_autofree char *sign = NULL;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  request = g_strdup_printf ("req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=%s -keyout %s.key -out %s.csr", name, name, name);
  openssl (fixture, request);
  sign = self_signed
           ? g_strdup_printf ("x509 -req -in %s.csr -signkey %s.key -days %s -extfile %s.ext -out %s.pem", name,
                              name, validity, name, name)
           : g_strdup_printf ("x509 -req -in %s.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days %s -extfile %s.ext "
                              "-out %s.pem", name, validity, name, name);
  openssl (fixture, sign);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->dir = g_dir_make_tmp ("grip-XXXXXX", NULL);
  openssl (fixture, "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem");
  openssl (fixture, "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=another -keyout other.key -out other.pem");
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(GDir) dir = g_dir_open (fixture->dir, 0, NULL);

  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *path = in_dir (fixture, name);

      g_unlink (path);
    }
  g_rmdir (fixture->dir);
  g_free (fixture->dir);
}

/* openssl s_server: it has every version of TLS, and tells what it was sent. */
typedef struct
{
  GSubprocess *process;
  GSocket     *reserved;
  guint        port;
  char        *output;          /* a file */
} Server;

static gboolean
is_listening (guint port)
{
  g_autoptr(GSocketClient)     client = g_socket_client_new ();
  g_autofree char             *host = g_strdup_printf ("127.0.0.1:%u", port);
  g_autoptr(GSocketConnection) connection = g_socket_client_connect_to_host (client, host, port, NULL, NULL);

  return connection != NULL;
}

static void
server_start (Server     *self,
              Fixture    *fixture,
              const char *name,
              const char *options)
{
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE
                                                                       | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autofree char               *command = NULL;
  g_auto(GStrv)                  argv = NULL;
  g_autoptr(GError)              error = NULL;

  self->reserved = grip_test_port_reserve (&self->port);
  self->output = in_dir (fixture, "server.out");
  g_subprocess_launcher_set_cwd (launcher, fixture->dir);
  g_subprocess_launcher_set_stdout_file_path (launcher, self->output);
  command = g_strdup_printf ("openssl s_server -accept 127.0.0.1:%u -cert %s.pem -key %s.key %s", self->port, name,
                             name, options);
  g_assert_true (g_shell_parse_argv (command, NULL, &argv, &error));
  self->process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < PATIENCE / 10 && !is_listening (self->port); i++)
    g_usleep (10000);
}

/* Returns: what it was sent in clear text */
static char *
server_stop (Server *self)
{
  char *text = NULL;

  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  g_file_get_contents (self->output, &text, NULL, NULL);
  g_object_unref (self->process);
  g_object_unref (self->reserved);
  g_free (self->output);

  return text;
}

static void
check (Fixture    *fixture,
       const char *certificate,
       const char *options,
       const char *ca,
       const char *words)
{
  GripPubControl          *control = faults_control_new (NULL, 60, 0);
  Server                   server;
  g_autofree char         *ca_file = in_dir (fixture, ca);
  g_autofree char         *json = NULL;
  g_autofree char         *sent = NULL;
  g_autoptr(GripEndpoint)  endpoint = NULL;
  g_autoptr(GError)        error = NULL;

  server_start (&server, fixture, certificate, options);
  json = g_strdup_printf ("{\"control_uri\":\"https://127.0.0.1:%u\",\"key\":\"hush-token\",\"ca_file\":\"%s\"}",
                          server.port, ca_file);
  endpoint = grip_endpoint_new_from_json (json, &error);
  g_assert_no_error (error);
  grip_pub_control_add_endpoint (control, endpoint, &error);
  g_assert_no_error (error);
  error = faults_try (control, "<item>", "id");
  sent = server_stop (&server);
  g_test_message ("%s: %s", certificate, error != NULL ? error->message : "accepted");
  faults_assert_error (error, GRIP_ERROR_NOT_CONNECTED, REFUSED);
  if (words != NULL)
    g_assert_nonnull (strstr (error->message, words));
  g_assert_null (strstr (sent, "hush"));
  g_assert_null (strstr (sent, "item"));
  g_assert_null (strstr (sent, "POST"));
  faults_drop (control);
}

static void
test_wrong_host (Fixture       *fixture,
                 gconstpointer  data)
{
  make_certificate (fixture, "host", "DNS:other.example", FALSE, "2");
  check (fixture, "host", "", "ca.pem", "it is for another host");
}

static void
test_expired (Fixture       *fixture,
              gconstpointer  data)
{
  make_certificate (fixture, "old", "IP:127.0.0.1", FALSE, "-1");
  check (fixture, "old", "", "ca.pem", "it has expired");
}

static void
test_self_signed (Fixture       *fixture,
                  gconstpointer  data)
{
  make_certificate (fixture, "self", "IP:127.0.0.1", TRUE, "2");
  check (fixture, "self", "", "ca.pem", "not signed by a trusted authority");
}

/* A root that was taken out of the store: another authority's certificate. */
static void
test_untrusted_root (Fixture       *fixture,
                     gconstpointer  data)
{
  make_certificate (fixture, "good", "IP:127.0.0.1", FALSE, "2");
  check (fixture, "good", "", "other.pem", "not signed by a trusted authority");
}

static void
test_old_version (Fixture       *fixture,
                  gconstpointer  data)
{
  make_certificate (fixture, "good", "IP:127.0.0.1", FALSE, "2");
  check (fixture, "good", "-tls1 -cipher ALL:@SECLEVEL=0", "ca.pem", "TLS");
  check (fixture, "good", "-tls1_1 -cipher ALL:@SECLEVEL=0", "ca.pem", "TLS");
}

/* That the server of these tests is one that would do, were its certificate good. */
static void
test_good (Fixture       *fixture,
           gconstpointer  data)
{
  GripPubControl          *control = faults_control_new (NULL, 60, 0);
  Server                   server;
  g_autofree char         *ca_file = in_dir (fixture, "ca.pem");
  g_autofree char         *json = NULL;
  g_autofree char         *sent = NULL;
  g_autoptr(GripEndpoint)  endpoint = NULL;
  g_autoptr(GError)        error = NULL;

  make_certificate (fixture, "good", "IP:127.0.0.1", FALSE, "2");
  server_start (&server, fixture, "good", "-www");
  json = g_strdup_printf ("{\"control_uri\":\"https://127.0.0.1:%u\",\"key\":\"token\",\"ca_file\":\"%s\"}", server.port,
                          ca_file);
  endpoint = grip_endpoint_new_from_json (json, &error);
  g_assert_no_error (error);
  grip_pub_control_add_endpoint (control, endpoint, &error);
  g_assert_no_error (error);
  error = faults_try (control, "<item>", NULL);
  sent = server_stop (&server);
  /* -www answers a POST with nothing. */
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, UNKNOWN));
  faults_drop (control);
}

static GError *
try_with (GripPubControl *control,
          gboolean        blocks)
{
  g_autoptr(GripHttpStreamFormat)  format = grip_http_stream_format_new_text ("<item>");
  g_autoptr(GripItem)              item = grip_item_new (GRIP_FORMAT (format), NULL, NULL, NULL);
  GError                          *error = NULL;

  if (!blocks)
    return faults_try (control, "<item>", NULL);

  grip_pub_control_publish (control, "c", item, NULL, &error);

  return error;
}

/* F35: a few descriptors are left, and not all that a handshake takes: GLib would end the process. (Nobody shakes
 * hands at that port.) */
static void
test_descriptors (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr(GSocketListener) listener = g_socket_listener_new ();
  g_autoptr(GError)          no_port = NULL;
  guint                      port = g_socket_listener_add_any_inet_port (listener, NULL, &no_port);
  g_autofree char           *uri = g_strdup_printf ("https://127.0.0.1:%u", port);

  g_assert_no_error (no_port);
  for (guint i = 0; i < 2 * 8; i++)
    {
      GripPubControl    *control = faults_control_new (uri, 60, 0.3);
      g_autoptr(GError)  error = NULL;
      int                next = dup (0);

      close (next);
      grip_pub_control_set_retry_limit (control, 0);
      faults_limit_descriptors (next + i / 2);
      error = try_with (control, i % 2 == 0);
      faults_limit_descriptors (0);
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, NOT_SENT));
      faults_drop (control);
    }
}

/* There is nothing to switch the checks off with. */
static void
test_no_switch (Fixture       *fixture,
                gconstpointer  data)
{
  GripPubControl        *control = faults_control_new ("https://127.0.0.1:1", 1, 0);
  g_autoptr(GObject)     transport = g_list_model_get_item (G_LIST_MODEL (control), 0);
  g_autofree GParamSpec **specs = NULL;
  guint                  n;

  specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (transport), &n);
  for (guint i = 0; i < n; i++)
    {
      g_assert_null (strstr (specs[i]->name, "tls"));
      g_assert_null (strstr (specs[i]->name, "verify"));
      g_assert_null (strstr (specs[i]->name, "strict"));
    }
  faults_drop (control);
}

int
main (int   argc,
      char *argv[])
{
  faults_init (&argc, &argv, NULL, 0);

#define ADD(path, function) g_test_add ("/faults/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("F11-wrong-host", test_wrong_host);
  ADD ("F11-expired", test_expired);
  ADD ("F11-self-signed", test_self_signed);
  ADD ("F11-untrusted-root", test_untrusted_root);
  ADD ("F11-old-version", test_old_version);
  ADD ("F11-good", test_good);
  ADD ("F11-no-switch", test_no_switch);
  ADD ("F35-tls-descriptors", test_descriptors);
#undef ADD

  return g_test_run ();
}
