/* grip-tool-doctor.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-tool-doctor.h"
#include "grip-tool-endpoints.h"
#include "grip-tool.h"

#define DEFAULT_SECONDS 5

static GripToolEndpoints  endpoint_options;
static char              *timeout;

static gboolean
is_interrupted (void)
{
  return g_cancellable_is_cancelled (grip_tool_get_cancellable ());
}

static void
check_plugin (GripToolReport *report,
              const char     *name)
{
  g_autoptr(GError) error = NULL;

  if (grip_transport_load_plugin (name, &error) != G_TYPE_INVALID)
    grip_tool_report_ok (report, "plugin", "the plugin '%s' loads", name);
  else
    grip_tool_report_fail (report, "plugin", error, "Install the plugin, or name its directory in GRIP_TRANSPORT_PATH.");
}

static void
check_socket (GripToolReport *report,
              GripEndpoint   *endpoint,
              const char     *check,
              const char     *address,
              const char     *expected,
              double          seconds)
{
  if (address != NULL && !is_interrupted ())
    grip_tool_check_zmq (report, endpoint, check, address, expected, seconds);
}

/* One socket may have several addresses; and one to bind to is ours, so there is nothing to ask. */
static void
check_pub (GripToolReport *report,
           GripEndpoint   *endpoint,
           const char     *found,
           double          seconds)
{
  const char    *given = grip_endpoint_get_control_zmq_pub_uri (endpoint);
  g_auto(GStrv)  addresses = NULL;

  if (grip_endpoint_get_control_zmq_bind (endpoint))
    {
      grip_tool_report_skip (report, "pub", "proxies connect to it (control_zmq_bind)");
      return;
    }
  if (given == NULL && found == NULL)
    return;

  addresses = g_strsplit (given != NULL ? given : found, ",", -1);
  for (guint i = 0; addresses[i] != NULL; i++)
    check_socket (report, endpoint, "pub", addresses[i], "SUB or XSUB", seconds);
}

static void
check_zmq (GripToolReport *report,
           GripEndpoint   *endpoint,
           double          seconds)
{
  const char      *command = grip_endpoint_get_control_zmq_uri (endpoint);
  const char      *push = grip_endpoint_get_control_zmq_push_uri (endpoint);
  const char      *stats = grip_endpoint_get_control_zmq_stats_uri (endpoint);
  g_autofree char *found_push = NULL;
  g_autofree char *found_pub = NULL;

  if (command == NULL && push == NULL && stats == NULL && grip_endpoint_get_control_zmq_pub_uri (endpoint) == NULL)
    return;

  check_plugin (report, "zmq");
  if (command != NULL && !is_interrupted () &&
      grip_tool_check_zmq (report, endpoint, "command", command, "REP or ROUTER", seconds))
    grip_tool_check_discovery (report, endpoint, seconds, &found_push, &found_pub);
  check_socket (report, endpoint, "push", push != NULL ? push : found_push, "PULL", seconds);
  check_pub (report, endpoint, found_pub, seconds);
  check_socket (report, endpoint, "stats", stats, "PUB or XPUB", seconds);
}

static void
check_endpoint (GripToolReport *report,
                GripEndpoint   *endpoint,
                double          seconds)
{
  g_autofree char *name = grip_endpoint_to_string (endpoint);
  const char      *scheme = grip_endpoint_get_scheme (endpoint);

  grip_tool_report_begin (report, name);
  if (g_str_equal (scheme, "http") || g_str_equal (scheme, "https"))
    {
      check_plugin (report, "http");
      grip_tool_check_http (report, endpoint, seconds);
    }
  else if (!g_str_equal (scheme, "zmq"))
    check_plugin (report, scheme);
  if (!is_interrupted ())
    check_zmq (report, endpoint, seconds);
}

static int
run (int    argc,
     char **argv)
{
  g_autoptr(GPtrArray) endpoints = NULL;
  g_autoptr(GError)    error = NULL;
  GripToolReport       report = { .exit_code = GRIP_TOOL_OK };
  double               seconds = DEFAULT_SECONDS;

  if (argc > 1)
    return grip_tool_usage ("takes no argument");
  if (timeout != NULL && !grip_tool_parse_seconds ("--timeout", timeout, &seconds))
    return GRIP_TOOL_USAGE;

  grip_tool_get_cancellable ();
  endpoints = grip_tool_endpoints_load (&endpoint_options, &error);
  if (endpoints == NULL)
    return grip_tool_fail (error);

  for (guint i = 0; i < endpoints->len && !is_interrupted (); i++)
    check_endpoint (&report, g_ptr_array_index (endpoints, i), seconds);
  grip_tool_report_end (&report);

  return is_interrupted () ? GRIP_TOOL_INTERRUPTED : report.exit_code;
}

static const GOptionEntry options[] = {
  GRIP_TOOL_ENDPOINT_OPTIONS (endpoint_options),
  { "timeout", 't', 0, G_OPTION_ARG_FILENAME, &timeout, "Seconds for each check (default 5)", "SECONDS" },
  { NULL }
};

const GripToolCommand grip_tool_doctor = {
  .name = "doctor",
  .run = run,
  .description = "Find out why a proxy cannot be published to",
  .options = options,
  .details =
    "It goes from the bottom to the top and says where it ends: is the plugin there, has the host an\n"
    "address, does its port take connections, is the certificate trusted, does the control API answer, does\n"
    "it take items from us; for ZMQ, what kind of socket each address has. After a failure comes a hint\n"
    "what to do. Nothing is published.\n"
    "\n"
    "With --json there is an object for each check (`result` is `ok`, `failed` or `skipped`) and one for the\n"
    "summary. The exit code is that of the first failure.",
  .examples =
    "# The Pushpin of this machine\n"
    "grip-tool doctor\n"
    "\n"
    "# All proxies of an application's configuration\n"
    "grip-tool doctor --config endpoints.json\n"
    "\n"
    "# The ZMQ sockets of a Pushpin\n"
    "grip-tool doctor --zmq tcp://127.0.0.1:5563 --zmq-push tcp://127.0.0.1:5560",
};
