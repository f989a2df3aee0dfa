/* test-pushpin-stats.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <signal.h>
#include <string.h>

#include <libgrip/grip.h>

#include "grip-test-client.h"
#include "grip-test-origin.h"
#include "grip-test-pushpin.h"

/* What a real Pushpin tells of its clients, as they come and go; and what grip-tool makes of it. */

#define PATIENCE (60 * G_USEC_PER_SEC)

static GripTestOrigin  *origin;
static GripTestPushpin *pushpin;

static GripStats *
open_stats (const char *spec)
{
  g_autoptr(GripEndpoint)  endpoint = NULL;
  g_autoptr(GError)        error = NULL;
  g_autofree char         *json = NULL;
  GripStats               *stats;

  json = g_strdup_printf ("{\"control_uri\":\"%s\",\"control_zmq_stats_uri\":\"%s\"}",
                          grip_test_pushpin_get_control_uri (pushpin), spec);
  endpoint = grip_endpoint_new_from_json (json, &error);
  g_assert_no_error (error);
  stats = grip_stats_new_for_endpoint (endpoint, &error);
  g_assert_no_error (error);
  g_assert_true (grip_stats_open (stats, &error));
  g_assert_no_error (error);

  return stats;
}

static gboolean
tick (gpointer unused)
{
  return G_SOURCE_CONTINUE;
}

#define WAIT_FOR(condition)                                     \
  G_STMT_START                                                  \
  {                                                             \
    gint64 wait_end = g_get_monotonic_time () + PATIENCE;       \
    guint  wait_id = g_timeout_add (20, tick, NULL);            \
    while (!(condition) && g_get_monotonic_time () < wait_end)  \
      g_main_context_iteration (NULL, TRUE);                    \
    g_source_remove (wait_id);                                  \
    g_assert_true (condition);                                  \
  }                                                             \
  G_STMT_END

/* A SUB socket misses what is said before it is there: so the first client is asked for until one of
 * them is told of. Returns: the clients that it took */
static GPtrArray *
wait_until_told (GripStats *stats)
{
  GPtrArray *clients = g_ptr_array_new_with_free_func ((GDestroyNotify) grip_test_client_free);
  gint64     end = g_get_monotonic_time () + PATIENCE;

  while (grip_stats_get_subscribers (stats, "first") == 0 && g_get_monotonic_time () < end)
    {
      gint64 next = g_get_monotonic_time () + G_USEC_PER_SEC;

      g_ptr_array_add (clients, grip_test_pushpin_hold (pushpin, "/stream?channel=first"));
      while (grip_stats_get_subscribers (stats, "first") == 0 && g_get_monotonic_time () < next)
        {
          g_main_context_iteration (NULL, FALSE);
          g_usleep (5000);
        }
    }
  g_assert_cmpuint (grip_stats_get_subscribers (stats, "first"), >, 0);

  return clients;
}

static void
count_cb (GripStats  *stats,
          const char *id,
          guint      *count)
{
  (*count)++;
}

static void
test_come_and_go (void)
{
  g_autoptr(GripStats)      stats = open_stats (grip_test_pushpin_get_stats_spec (pushpin));
  g_autoptr(GPtrArray)      first = wait_until_told (stats);
  g_autoptr(GripTestClient) stream = grip_test_pushpin_hold (pushpin, "/stream?channel=a&channel=b");
  GripTestClient           *poll = grip_test_pushpin_hold (pushpin, "/poll?channel=a");
  GripTestClient           *other = grip_test_pushpin_hold (pushpin, "/stream?channel=a");
  guint                     n_connected = 0;
  guint                     n_disconnected = 0;

  g_signal_connect (stats, "connected", G_CALLBACK (count_cb), &n_connected);
  g_signal_connect (stats, "disconnected", G_CALLBACK (count_cb), &n_disconnected);
  WAIT_FOR (grip_stats_get_subscribers (stats, "a") == 3);
  WAIT_FOR (grip_stats_get_subscribers (stats, "b") == 1);
  WAIT_FOR (n_connected >= 3);
  g_assert_cmpuint (grip_stats_get_n_connections (stats), >=, 3);

  grip_test_client_free (other);
  WAIT_FOR (grip_stats_get_subscribers (stats, "a") == 2);
  g_clear_pointer (&stream, grip_test_client_free);
  WAIT_FOR (grip_stats_get_subscribers (stats, "a") == 1);
  WAIT_FOR (grip_stats_get_subscribers (stats, "b") == 0);
  WAIT_FOR (n_disconnected >= 2);

  /* A long poll counts for a minute after its end, as the client is expected to come back. */
  grip_test_client_free (poll);
}

/* Every ten seconds, as the test's Pushpin is configured. */
static void
test_report (void)
{
  g_autoptr(GripStats) stats = open_stats (grip_test_pushpin_get_stats_spec (pushpin));
  gint64               connections = -1;
  const char          *from = NULL;

  WAIT_FOR (grip_stats_get_last_report (stats) != NULL);
  g_assert_true (g_variant_lookup (grip_stats_get_last_report (stats), "connections", "x", &connections));
  g_assert_cmpint (connections, >=, 0);
  g_assert_true (g_variant_lookup (grip_stats_get_last_report (stats), "from", "&s", &from));
  g_assert_true (g_str_has_prefix (from, "pushpin-handler"));
}

static char *
run_tool (const char *const *arguments,
          int                expected)
{
  g_autoptr(GSubprocessLauncher)  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr(GSubprocess)          tool = NULL;
  g_autoptr(GError)               error = NULL;
  char                           *out = NULL;

  tool = g_subprocess_launcher_spawnv (launcher, arguments, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (tool, NULL, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (tool));
  if (g_subprocess_get_exit_status (tool) != expected)
    g_error ("exit %d, not %d: %s", g_subprocess_get_exit_status (tool), expected, out);

  return out;
}

/* Its first changes are of clients that come again and again, until it is there. */
static gpointer
keep_connecting (gpointer user_data)
{
  int *over = user_data;

  while (!g_atomic_int_get (over))
    {
      g_autoptr(GripTestClient) client = grip_test_pushpin_hold (pushpin, "/stream?channel=watched");

      g_usleep (G_USEC_PER_SEC / 2);
    }

  return NULL;
}

/* Other channels change as well, so it is left running until the one that is meant does. */
static gboolean
tells (GSubprocess *tool,
       const char  *words)
{
  g_autoptr(GDataInputStream) lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (tool));
  gboolean                    told = FALSE;

  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (lines), FALSE);
  while (!told)
    {
      g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);

      if (line == NULL)
        return FALSE;
      told = strstr (line, words) != NULL;
    }

  return TRUE;
}

/* An endpoint to which items go another way: its ZMQ subscriptions are what tells. */
static char *
write_config (void)
{
  g_autofree char   *config = NULL;
  g_autoptr(GError)  error = NULL;
  char              *path = g_build_filename (grip_test_pushpin_get_dir (pushpin), "watch.json", NULL);

  config = g_strdup_printf ("[{\"control_uri\":\"%s\",\"control_iss\":\"me\",\"key\":\"secret\","
                            "\"control_zmq_uri\":\"%s\",\"control_zmq_mode\":\"command\"}]",
                            grip_test_pushpin_get_control_uri (pushpin),
                            grip_test_pushpin_get_command_spec (pushpin));
  g_file_set_contents (path, config, -1, &error);
  g_assert_no_error (error);

  return path;
}

static void
test_watch (gconstpointer data)
{
  gboolean               by_stats = g_str_equal (data, "stats");
  g_autofree char       *path = write_config ();
  int                    over = FALSE;
  GThread               *thread = g_thread_new ("clients", keep_connecting, &over);
  const char            *stats[] = { GRIP_TOOL, "watch", "--json", "--stats",
                                     grip_test_pushpin_get_stats_spec (pushpin), NULL };
  const char            *xpub[] = { GRIP_TOOL, "watch", "--json", "--zmq",
                                    grip_test_pushpin_get_command_spec (pushpin), NULL };
  const char            *config[] = { GRIP_TOOL, "watch", "--json", "--config", path, NULL };
  g_autoptr(GSubprocess) tool = NULL;
  g_autoptr(GError)      error = NULL;
  g_autofree char       *rest = NULL;

  tool = g_subprocess_newv (by_stats ? stats : g_str_equal (data, "xpub") ? xpub : config, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_assert_true (tells (tool, by_stats ? "{\"channel\":\"watched\",\"subscribed\":true,\"subscribers\":1,"
                                       : "{\"channel\":\"watched\",\"subscribed\":true,\"endpoint\""));
  g_atomic_int_set (&over, TRUE);
  g_thread_join (thread);

  g_subprocess_send_signal (tool, SIGINT);
  g_subprocess_communicate_utf8 (tool, NULL, NULL, &rest, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (tool));
  g_assert_cmpint (g_subprocess_get_exit_status (tool), ==, 130);
}

static void
test_doctor (void)
{
  g_autofree char   *out = NULL;
  g_autofree char   *config = NULL;
  g_autofree char   *path = g_build_filename (grip_test_pushpin_get_dir (pushpin), "doctor.json", NULL);
  g_autoptr(GError)  error = NULL;
  const char        *arguments[] = { GRIP_TOOL, "doctor", "--json", "--timeout", "60", "--config", path, NULL };
  const char *const  checks[] = { "http", "publish", "command", "discovery", "push", "pub", "stats" };

  config = g_strdup_printf ("{\"control_uri\":\"%s\",\"control_zmq_uri\":\"%s\",\"control_zmq_stats_uri\":\"%s\"}",
                            grip_test_pushpin_get_control_uri (pushpin),
                            grip_test_pushpin_get_command_spec (pushpin),
                            grip_test_pushpin_get_stats_spec (pushpin));
  g_file_set_contents (path, config, -1, &error);
  g_assert_no_error (error);
  out = run_tool (arguments, 0);
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    {
      g_autofree char *words = g_strdup_printf ("\"check\":\"%s\",\"result\":\"ok\"", checks[i]);

      if (strstr (out, words) == NULL)
        g_error ("no %s in %s", words, out);
    }
}

int
main (int   argc,
      char *argv[])
{
  GripTestPushpinOptions options = { 0 };
  int                    result;

  g_test_init (&argc, &argv, NULL);

  origin = grip_test_origin_new ();
  options.origin_port = grip_test_origin_get_port (origin);
  pushpin = grip_test_pushpin_new (&options);

  g_test_add_func ("/pushpin-stats/come-and-go", test_come_and_go);
  g_test_add_func ("/pushpin-stats/report", test_report);
  g_test_add_data_func ("/pushpin-stats/watch-stats", "stats", test_watch);
  g_test_add_data_func ("/pushpin-stats/watch-xpub", "xpub", test_watch);
  g_test_add_data_func ("/pushpin-stats/watch-config", "config", test_watch);
  g_test_add_func ("/pushpin-stats/doctor", test_doctor);
  result = g_test_run ();

  grip_test_pushpin_free (pushpin);
  grip_test_origin_free (origin);

  return result;
}
