/* grip-tool-plugins.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-tool-module.h"
#include "grip-tool-plugins.h"
#include "scripts/grip-tool-host.h"

/* Scripts that bring transports and formats. Each language has a host, a module that is opened when it is needed:
 * without a script no engine is mapped. */

static gboolean
load_script (const char  *path,
             GError     **error)
{
  g_autoptr(GError) local_error = NULL;
  const char       *dot = strrchr (path, '.');
  g_autofree char  *host = NULL;
  GripToolHostLoad  load;

  if (dot == NULL || (!g_str_equal (dot, ".js") && !g_str_equal (dot, ".py")))
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_NO_TRANSPORT,
                   "the plugin '%s' is no '.js' and no '.py' file", path);
      return FALSE;
    }

  /* The symbols of the engine are for all: the modules of Python are not linked to it. */
  host = g_strconcat ("grip-tool-", dot + 1, NULL);
  load = (GripToolHostLoad) grip_tool_find_symbol (host, 0, GRIP_TOOL_HOST_LOAD, error);
  if (load == NULL)
    return FALSE;
  if (load (path, &local_error))
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_NO_TRANSPORT,
               "the plugin '%s' cannot be used: %s", path, local_error->message);

  return FALSE;
}

/* Loads what --plugin named. */
gboolean
grip_tool_plugins_load (char   **paths,
                        GError **error)
{
  if (paths == NULL)
    return TRUE;

  /* Before an engine starts its threads. */
  grip_tool_get_cancellable ();
  for (gsize i = 0; paths[i] != NULL; i++)
    if (!load_script (paths[i], error))
      return FALSE;

  return TRUE;
}
