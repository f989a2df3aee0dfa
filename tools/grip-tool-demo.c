/* grip-tool-demo.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-tool-demo.h"
#include "grip-tool-module.h"
#include "grip-tool.h"

static GripToolDemo demo;
static char        *port;

static int
run (int    argc,
     char **argv)
{
  g_autoptr(GError) error = NULL;
  GripToolDemoFunc  demo_in_module;

  if (argc > 1)
    return grip_tool_usage ("unexpected argument '%s'", argv[1]);
  if (port != NULL && !grip_tool_parse_int ("--port", port, 0, 65535, &demo.port))
    return GRIP_TOOL_USAGE;

  demo_in_module = (GripToolDemoFunc) grip_tool_find_in_module ("grip_tool_soup_demo", &error);
  if (demo_in_module == NULL)
    return grip_tool_fail (error);

  return demo_in_module (&demo);
}

static const GOptionEntry options[] = {
  { "proxy", 'p', 0, G_OPTION_ARG_NONE, &demo.proxy, "Put a Pushpin of its own in front", NULL },
  { "once", '1', 0, G_OPTION_ARG_NONE, &demo.once,
    "Publish to a client of each kind, tell what they got, and end", NULL },
  { "port", 'P', 0, G_OPTION_ARG_FILENAME, &port, "Port of the page (default any that is free)", "N" },
  { NULL }
};

const GripToolCommand grip_tool_demo = {
  .name = "demo",
  .run = run,
  .description = "Show a page that listens as a long poll, a stream and a WebSocket, and publish to it",
  .options = options,
  .details =
    "One program is the origin of the page and the publisher. It holds its clients itself; with --proxy\n"
    "the same program stands behind a Pushpin that is started for it, on loopback with a configuration\n"
    "of its own. Everything ends with Ctrl-C.",
  .examples =
    "# Open the page that it names in a browser, or in several\n"
    "grip-tool demo --proxy\n"
    "\n"
    "# Does it all work here?\n"
    "grip-tool demo --once",
};
