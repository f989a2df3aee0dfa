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

/* What a script of --plugin registered, a transport for a scheme or a format: there is no file to find. */
static void
show_registered (const char *name,
                 gboolean    is_format)
{
  g_autoptr(GripToolJson) json = NULL;

  if (!grip_tool_json)
    {
      printf ("%-8s ok\n", name);
      printf ("  file     none, registered by a script\n");
      if (is_format)
        printf ("  format   for publish --format %s\n", name);
      else
        printf ("  schemes  %s\n", name);
      return;
    }

  json = grip_tool_json_new ();
  grip_tool_json_begin_object (json, NULL);
  grip_tool_json_string (json, "name", name);
  if (is_format)
    grip_tool_json_boolean (json, "format", TRUE);
  grip_tool_json_begin_list (json, "schemes");
  if (!is_format)
    grip_tool_json_string (json, NULL, name);
  grip_tool_json_end_list (json);
  grip_tool_json_boolean (json, "loads", TRUE);
  grip_tool_json_end_object (json);
  grip_tool_print_json (json);
}

/* All, or those that are among @names. */
static void
show_all_registered (char     **registered,
                     gboolean   is_format,
                     char     **names)
{
  for (gsize i = 0; registered[i] != NULL; i++)
    if (names == NULL || g_strv_contains ((const char * const *) names, registered[i]))
      show_registered (registered[i], is_format);
}

static int
run (int    argc,
     char **argv)
{
  g_auto(GStrv) registered = grip_transport_list_registered ();
  g_auto(GStrv) formats = grip_format_list_registered ();
  g_auto(GStrv) names = argc > 1 ? g_strdupv (argv + 1) : grip_transport_list_plugins ();
  gboolean      all_load = TRUE;

  show_all_registered (registered, FALSE, argc > 1 ? names : NULL);
  for (gsize i = 0; names[i] != NULL; i++)
    if (!g_strv_contains ((const char * const *) registered, names[i]) &&
        !g_strv_contains ((const char * const *) formats, names[i]))
      all_load &= show_plugin (names[i]);
  show_all_registered (formats, TRUE, argc > 1 ? names : NULL);

  if (*names == NULL && *registered == NULL)
    {
      grip_tool_say ("no transport plugin found; is libgrip installed, or GRIP_TRANSPORT_PATH set?");
      return GRIP_TOOL_NO_PLUGIN;
    }

  return all_load ? GRIP_TOOL_OK : GRIP_TOOL_NO_PLUGIN;
}

const GripToolCommand grip_tool_transports = {
  .name = "transports",
  .run = run,
  .description = "List the transports, whether they load, and the formats of scripts",
  .arguments = "[NAME...]",
  .details =
    "Plugins are looked for in the directories of GRIP_TRANSPORT_PATH, then where libgrip is installed. What\n"
    "a script of --plugin registered, transports and formats, is listed too.",
  .examples =
    "grip-tool transports\n"
    "\n"
    "# Is the ZMQ transport there?\n"
    "grip-tool transports zmq",
};
