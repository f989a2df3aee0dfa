/* test-soup-scripts.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libgrip/grip.h>

#include "grip-test-client.h"
#include "grip-test-port.h"
#include "grip-test-pushpin.h"

/* The origins of docs/examples that hold a stream in ten lines: each is started, with a Pushpin before
 * it, and a client gets an item. Each argument is a command line: NAME PROGRAM ARGUMENT... */
typedef struct
{
  char         *name;
  const char   *command;
  GSubprocess  *process;
  GSocket      *reserved;
  guint         port;
} Script;

static GPtrArray *scripts;
static GripTestPushpin *pushpin;
static GripPubControl *control;
static guint n_held;

static void
wait_port (Script *script)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (g_get_monotonic_time () < end)
    {
      g_autoptr(GSocketConnection) connection =
        g_socket_client_connect_to_host (client, "127.0.0.1", script->port, NULL, NULL);

      if (connection != NULL)
        return;
      g_usleep (50 * 1000);
    }

  g_error ("%s does not listen", script->name);
}

static void
start (Script *script)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *command = NULL;
  g_auto(GStrv) argv = NULL;

  script->reserved = grip_test_port_reserve (&script->port);
  command = g_strdup_printf ("%s %u", script->command, script->port);
  g_shell_parse_argv (command, NULL, &argv, &error);
  g_assert_no_error (error);
  script->process = g_subprocess_newv ((const char * const *) argv, G_SUBPROCESS_FLAGS_NONE, &error);
  g_assert_no_error (error);
}

static void
start_pushpin (void)
{
  GripTestPushpinOptions options = { 0 };
  g_autoptr(GStrvBuilder) routes = g_strv_builder_new ();
  g_auto(GStrv) lines = NULL;
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < scripts->len; i++)
    {
      Script *script = g_ptr_array_index (scripts, i);
      g_autofree char *line = g_strdup_printf ("*,path_beg=/%s 127.0.0.1:%u", script->name, script->port);

      wait_port (script);
      g_strv_builder_add (routes, line);
    }

  lines = g_strv_builder_end (routes);
  options.routes = (const char * const *) lines;
  pushpin = grip_test_pushpin_new (&options);
  control = grip_pub_control_new_for_uri (grip_test_pushpin_get_control_uri (pushpin), &error);
  g_assert_no_error (error);
}

static void
test_stream (gconstpointer data)
{
  const Script *script = data;
  g_autofree char *path = g_strconcat ("/", script->name, NULL);
  g_autoptr(GripTestClient) client = grip_test_pushpin_hold (pushpin, path);
  g_autoptr(GripItem) item = NULL;
  g_autoptr(GripFormat) format = GRIP_FORMAT (grip_http_stream_format_new_text ("item\n"));
  g_autoptr(GError) error = NULL;

  grip_test_pushpin_wait_held (pushpin, "news", ++n_held);
  item = grip_item_new (format, NULL, NULL, &error);
  g_assert_no_error (error);
  grip_pub_control_publish (control, "news", item, NULL, &error);
  g_assert_no_error (error);

  grip_test_client_assert_body (client, "item\n", -1);
}

/* At most ten lines, whatever stands in them. */
static void
test_length (gconstpointer data)
{
  const char *path = data;
  g_autofree char *text = NULL;
  guint n_lines = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  for (const char *p = text; *p != '\0'; p++)
    n_lines += *p == '\n';
  g_assert_cmpuint (n_lines, <=, 10);
}

static void
script_free (gpointer data)
{
  Script *script = data;

  g_subprocess_force_exit (script->process);
  g_subprocess_wait (script->process, NULL, NULL);
  g_object_unref (script->process);
  g_object_unref (script->reserved);
  g_free (script->name);
  g_free (script);
}

static void
add_script (const char *line)
{
  Script *script = g_new0 (Script, 1);
  const char *space = strchr (line, ' ');

  g_assert_nonnull (space);
  script->name = g_strndup (line, space - line);
  script->command = space + 1;
  g_ptr_array_add (scripts, script);
}

int
main (int   argc,
      char *argv[])
{
  static const char * const files[] = { "origin-stream.js", "origin-stream.py", "origin-stream.vala" };
  int result;

  g_test_init (&argc, &argv, NULL);
  scripts = g_ptr_array_new_with_free_func (script_free);
  for (int i = 1; i < argc; i++)
    add_script (argv[i]);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *name = g_strconcat ("/soup-scripts/length/", files[i], NULL);

      g_test_add_data_func_full (name, g_build_filename (EXAMPLES_SOURCE_DIR, files[i], NULL), test_length, g_free);
    }
  for (guint i = 0; i < scripts->len; i++)
    {
      Script *script = g_ptr_array_index (scripts, i);
      g_autofree char *name = g_strconcat ("/soup-scripts/stream/", script->name, NULL);

      start (script);
      g_test_add_data_func (name, script, test_stream);
    }

  start_pushpin ();
  result = g_test_run ();
  g_clear_object (&control);
  grip_test_pushpin_free (pushpin);
  g_ptr_array_unref (scripts);

  return result;
}
