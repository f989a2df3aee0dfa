/* grip-tool-transports.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <stdio.h>

#include "grip-tool.h"

/* The schemes and configuration keys that lead to a plugin; others are found by their own scheme. */
static const char *
get_schemes (const char *name)
{
  if (g_str_equal (name, "http"))
    return "http, https";
  if (g_str_equal (name, "zmq"))
    return "control_zmq_uri, control_zmq_push_uri, control_zmq_pub_uri";

  return name;
}

static void
print_json (const char   *name,
            const char   *path,
            const GError *error)
{
  g_autoptr(GripToolJson) json = grip_tool_json_new ();
  g_auto(GStrv)           schemes = g_strsplit (get_schemes (name), ", ", -1);

  grip_tool_json_begin_object (json, NULL);
  grip_tool_json_string (json, "name", name);
  grip_tool_json_string (json, "file", path);
  grip_tool_json_begin_list (json, "schemes");
  for (gsize i = 0; schemes[i] != NULL; i++)
    grip_tool_json_string (json, NULL, schemes[i]);
  grip_tool_json_end_list (json);
  grip_tool_json_boolean (json, "loads", error == NULL);
  if (error != NULL)
    grip_tool_json_string (json, "error", error->message);
  grip_tool_json_end_object (json);
  grip_tool_print_json (json);
}

static gboolean
show_plugin (const char *name)
{
  g_autoptr(GError) error = NULL;
  g_autofree char  *path = grip_transport_find_plugin (name, &error);

  if (error == NULL)
    grip_transport_load_plugin (name, &error);

  if (grip_tool_json)
    print_json (name, path, error);
  else
    {
      printf ("%-8s %s\n", name, error == NULL ? "ok" : "broken");
      printf ("  file     %s\n", path != NULL ? path : "none");
      printf ("  schemes  %s\n", get_schemes (name));
      if (error != NULL)
        printf ("  error    %s\n", error->message);
    }

  return error == NULL;
}

static int
run (int    argc,
     char **argv)
{
  g_auto(GStrv) names = NULL;
  gboolean      all_load = TRUE;

  names = argc > 1 ? g_strdupv (argv + 1) : grip_transport_list_plugins ();
  for (gsize i = 0; names[i] != NULL; i++)
    all_load &= show_plugin (names[i]);

  if (*names == NULL)
    {
      grip_tool_say ("no transport plugin found; is libgrip installed, or GRIP_TRANSPORT_PATH set?");
      return GRIP_TOOL_NO_PLUGIN;
    }

  return all_load ? GRIP_TOOL_OK : GRIP_TOOL_NO_PLUGIN;
}

const GripToolCommand grip_tool_transports = {
  .name = "transports",
  .run = run,
  .description = "List the transport plugins, and whether they load",
  .arguments = "[NAME...]",
  .details =
    "Plugins are looked for in the directories of GRIP_TRANSPORT_PATH, then where libgrip is installed.",
  .examples =
    "grip-tool transports\n"
    "\n"
    "# Is the ZMQ transport there?\n"
    "grip-tool transports zmq",
};
