/* grip-tool-js.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gio/gio.h>
#include <gjs/gjs.h>

#include "grip-tool-host.h"

/* Never freed: an object of the script may be alive as long as the process. */
static GjsContext *engine;

static GjsContext *
get_engine (void)
{
  if (engine == NULL)
    engine = gjs_context_new_with_search_path (NULL);

  return engine;
}

/* The engine has written what was thrown, and where, to stderr. */
gboolean
grip_tool_host_load (const char  *path,
                     GError     **error)
{
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autofree char *uri = g_file_get_uri (file);
  guint8           status = 0;

  return gjs_context_register_module (get_engine (), uri, uri, error) &&
         gjs_context_eval_module (get_engine (), uri, &status, error);
}
