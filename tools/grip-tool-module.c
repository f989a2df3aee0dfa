/* grip-tool-module.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-tool-module.h"

/* In a build directory the modules stand beside the program. */
static char *
dup_path (const char *name)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *file = g_strconcat (name, "." G_MODULE_SUFFIX, NULL);
  g_autofree char *dir = NULL;
  g_autofree char *path = NULL;

  if (program != NULL)
    {
      dir = g_path_get_dirname (program);
      path = g_build_filename (dir, file, NULL);
      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }

  return g_build_filename (GRIP_TOOL_DIR, file, NULL);
}

/* What the module @name calls @symbol. The module stays loaded. */
gpointer
grip_tool_find_symbol (const char    *name,
                       GModuleFlags   flags,
                       const char    *symbol,
                       GError       **error)
{
  g_autofree char *path = dup_path (name);
  GModule         *module = g_module_open (path, flags);
  gpointer         address = NULL;

  if (module != NULL && g_module_symbol (module, symbol, &address) && address != NULL)
    {
      g_module_make_resident (module);
      return address;
    }

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_NO_TRANSPORT,
               "cannot load a part of grip-tool, '%s': %s", name, g_module_error ());

  return NULL;
}

gpointer
grip_tool_find_in_module (const char  *symbol,
                          GError     **error)
{
  return grip_tool_find_symbol ("grip-tool-soup", G_MODULE_BIND_LOCAL, symbol, error);
}
