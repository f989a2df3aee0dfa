/* grip-tool-module.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-tool-module.h"

#define MODULE_NAME "grip-tool-soup." G_MODULE_SUFFIX

/* In a build directory the module stands beside the program. */
static char *
dup_path (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *dir = NULL;
  g_autofree char *path = NULL;

  if (program != NULL)
    {
      dir = g_path_get_dirname (program);
      path = g_build_filename (dir, MODULE_NAME, NULL);
      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }

  return g_build_filename (GRIP_TOOL_DIR, MODULE_NAME, NULL);
}

/* What the module calls @symbol. It stays loaded. */
gpointer
grip_tool_find_in_module (const char  *symbol,
                          GError     **error)
{
  g_autofree char *path = dup_path ();
  GModule         *module = g_module_open (path, G_MODULE_BIND_LOCAL);
  gpointer         address = NULL;

  if (module != NULL && g_module_symbol (module, symbol, &address) && address != NULL)
    {
      g_module_make_resident (module);
      return address;
    }

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_NO_TRANSPORT,
               "cannot load the part of grip-tool that needs libsoup: %s", g_module_error ());

  return NULL;
}
