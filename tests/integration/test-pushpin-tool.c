/* test-pushpin-tool.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libgrip/grip.h>

#include "grip-test-client.h"
#include "grip-test-origin.h"
#include "grip-test-pushpin.h"

/* `grip-tool publish` in each mode of ZMQ, and `grip-tool doctor`, with a real Pushpin and without it. */

static GripTestOrigin  *origin;
static GripTestPushpin *pushpin;

/* Returns: what it wrote, to both streams */
static char *
run_tool (const char *const *arguments,
          int                expected)
{
  g_autoptr(GSubprocess)  tool = NULL;
  g_autoptr(GError)       error = NULL;
  char                   *out = NULL;

  tool = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (tool, NULL, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (tool));
  if (g_subprocess_get_exit_status (tool) != expected)
    g_error ("exit %d, not %d: %s", g_subprocess_get_exit_status (tool), expected, out);

  return out;
}

/* @config is JSON with ' for ". Returns: (transfer full): the name of a file with it */
static char *
write_config (char *config)
{
  char              *path = g_build_filename (grip_test_pushpin_get_dir (pushpin), "tool.json", NULL);
  g_autoptr(GError)  error = NULL;

  g_strdelimit (config, "'", '"');
  g_file_set_contents (path, config, -1, &error);
  g_assert_no_error (error);
  g_free (config);

  return path;
}

static char *
config_for (const char *mode)
{
  return write_config (g_strdup_printf ("{'control_zmq_uri':'%s','control_zmq_mode':'%s'}",
                                        grip_test_pushpin_get_command_spec (pushpin), mode));
}

static GripTestClient *
hold_stream (const char *channel)
{
  g_autofree char *path = g_strconcat ("/stream?channel=", channel, NULL);
  GripTestClient  *client = grip_test_pushpin_hold (pushpin, path);

  grip_test_pushpin_wait_held (pushpin, channel, 1);

  return client;
}

static void
test_publish (gconstpointer mode)
{
  g_autofree char           *path = config_for (mode);
  g_autofree char           *channel = g_strconcat ("tool-", mode, NULL);
  g_autofree char           *out = NULL;
  g_autoptr(GripTestClient)  client = NULL;
  static const char          text[] = "open\nhello from the tool";
  const char                *arguments[] = { GRIP_TOOL, "publish", "--json", "--timeout", "60", "--config", path,
                                             channel, text + 5, NULL };

  client = hold_stream (channel);
  out = run_tool (arguments, 0);
  g_assert_nonnull (strstr (out, "\"published\":1,\"failed\":0"));
  grip_test_client_assert_body (client, text, -1);
}

/* Many at once, by lines of its standard input, in order. */
static void
test_lines (gconstpointer mode)
{
  g_autofree char           *path = config_for (mode);
  g_autofree char           *channel = g_strconcat ("lines-", mode, NULL);
  g_autofree char           *out = NULL;
  g_autoptr(GString)         text = g_string_new (NULL);
  g_autoptr(GString)         expected = g_string_new ("open\n");
  g_autoptr(GripTestClient)  client = NULL;
  g_autoptr(GSubprocess)     tool = NULL;
  g_autoptr(GError)          error = NULL;

  /* A Pushpin queues 100 items for one client. */
  for (guint i = 0; i < 50; i++)
    {
      g_string_append_printf (text, "line %u\n", i);
      g_string_append_printf (expected, "line %u", i);
    }
  client = hold_stream (channel);
  tool = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, GRIP_TOOL, "publish",
                           "--json", "--lines", "--format", "http-stream", "--timeout", "60", "--config", path, channel, NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (tool, text->str, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (tool));
  g_assert_nonnull (strstr (out, "\"published\":50,\"failed\":0"));
  grip_test_client_assert_body (client, expected->str, expected->len);
}

static void
assert_check (const char *out,
              const char *check,
              const char *result)
{
  g_autofree char *words = g_strdup_printf ("\"check\":\"%s\",\"result\":\"%s\"", check, result);

  if (strstr (out, words) == NULL)
    g_error ("no %s in: %s", words, out);
}

static char *
run_doctor (char *config,
            int   expected)
{
  g_autofree char *path = write_config (config);
  const char      *arguments[] = { GRIP_TOOL, "doctor", "--json", "--timeout", "60", "--config", path, NULL };

  return run_tool (arguments, expected);
}

/* Each of the sockets, at the address of another. */
static void
test_doctor_mixed_up (void)
{
  g_autofree char *out = NULL;

  out = run_doctor (g_strdup_printf ("{'control_zmq_uri':'%s','control_zmq_push_uri':'%s','control_zmq_pub_uri':'%s'}",
                                     grip_test_pushpin_get_push_spec (pushpin), grip_test_pushpin_get_sub_spec (pushpin),
                                     grip_test_pushpin_get_command_spec (pushpin)), 2);
  assert_check (out, "command", "failed");
  assert_check (out, "push", "failed");
  assert_check (out, "pub", "failed");
  g_assert_nonnull (strstr (out, "is a PULL socket, not REP or ROUTER"));
  g_assert_nonnull (strstr (out, "is a SUB socket, not PULL"));
  g_assert_nonnull (strstr (out, "not SUB or XSUB"));
  g_assert_nonnull (strstr (out, "push_in_spec (5560)"));
}

/* The last of all: then there is no proxy any more. */
static void
test_away (void)
{
  static const char *const modes[] = { "push", "pub", "command" };
  g_autofree char         *out = NULL;

  grip_test_pushpin_kill (pushpin);
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autofree char *path = config_for (modes[i]);
      g_autofree char *told = NULL;
      const char      *arguments[] = { GRIP_TOOL, "publish", "--json", "--timeout", "1", "--config", path, "c", "x", NULL };

      told = run_tool (arguments, 7);
      g_assert_nonnull (strstr (told, grip_test_pushpin_get_command_spec (pushpin)));
    }

  out = run_doctor (g_strdup_printf ("{'control_uri':'%s','control_zmq_uri':'%s','control_zmq_push_uri':'%s'}",
                                     grip_test_pushpin_get_control_uri (pushpin),
                                     grip_test_pushpin_get_command_spec (pushpin),
                                     grip_test_pushpin_get_push_spec (pushpin)), 3);
  assert_check (out, "connect", "failed");
  assert_check (out, "http", "skipped");
  assert_check (out, "command", "skipped");
  assert_check (out, "push", "skipped");
  g_assert_nonnull (strstr (out, "Nothing listens on port"));
}

int
main (int   argc,
      char *argv[])
{
  static const char *const modes[] = { "push", "pub", "command" };
  int                      result;

  g_test_init (&argc, &argv, NULL);

  origin = grip_test_origin_new ();
  pushpin = grip_test_pushpin_new (&(GripTestPushpinOptions) { .origin_port = grip_test_origin_get_port (origin) });
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autofree char *publish = g_strdup_printf ("/pushpin/tool/publish-%s", modes[i]);
      g_autofree char *lines = g_strdup_printf ("/pushpin/tool/lines-%s", modes[i]);

      g_test_add_data_func (publish, modes[i], test_publish);
      g_test_add_data_func (lines, modes[i], test_lines);
    }
  g_test_add_func ("/pushpin/tool/doctor-mixed-up", test_doctor_mixed_up);
  g_test_add_func ("/pushpin/tool/away", test_away);
  result = g_test_run ();
  grip_test_pushpin_free (pushpin);
  grip_test_origin_free (origin);

  return result;
}
