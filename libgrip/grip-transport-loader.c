/* grip-transport-loader.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <gmodule.h>
#include <string.h>
#include <sys/auxv.h>

#include "grip-error.h"
#include "grip-transport-loader-private.h"

/* Plugins are opened by name, one when it is needed: a process that only uses ZMQ never maps libsoup,
 * which aborts beside libsoup 2. GIO's own scan would open all of them, and tells of a broken one on
 * stderr only. */

#define PLUGIN_PREFIX "libgrip-"
#define PLUGIN_SUFFIX "." G_MODULE_SUFFIX
#define MAX_NAME      64

static GMutex      loader_lock;
static GHashTable *loaded;      /* name → GType, for ever: a plugin is never unloaded */

const char *
grip_transport_plugin_for_scheme (const char *scheme)
{
  return g_str_equal (scheme, "https") ? "http" : scheme;
}

/* The directories in which plugins are looked for, first to last. */
static char **
dup_directories (void)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  const char             *path = g_getenv ("GRIP_TRANSPORT_PATH");

  /* In a setuid program the environment is not the owner's. */
  if (path != NULL && getauxval (AT_SECURE) == 0)
    {
      g_auto(GStrv) directories = g_strsplit (path, G_SEARCHPATH_SEPARATOR_S, -1);

      for (guint i = 0; directories[i] != NULL; i++)
        if (g_path_is_absolute (directories[i]))
          g_strv_builder_add (builder, directories[i]);
    }
  g_strv_builder_add (builder, GRIP_TRANSPORT_DIR);

  return g_strv_builder_end (builder);
}

/* A name becomes part of a file name and of a symbol. */
gboolean
grip_transport_check_name (const char  *name,
                           GError     **error)
{
  g_autofree char *shown = NULL;
  gsize            length = strlen (name);
  gsize            i;

  for (i = 0; i < length && i < MAX_NAME; i++)
    if (!g_ascii_islower (name[i]) && !g_ascii_isdigit (name[i]) && (i == 0 || strchr ("+.-", name[i]) == NULL))
      break;
  if (length > 0 && i == length && strstr (name, "..") == NULL)
    return TRUE;

  shown = g_utf8_make_valid (name, MIN (length, MAX_NAME));
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_NO_TRANSPORT, "'%s' cannot be the name of a transport", shown);

  return FALSE;
}

/**
 * grip_transport_find_plugin:
 * @name: the name of a plugin, such as `http`
 * @error: return location for an error
 *
 * Looks for the file of a plugin: in the directories of `GRIP_TRANSPORT_PATH` (ignored in setuid
 * programs), then where libgrip is installed.
 *
 * Errors: `GRIP_ERROR_NO_TRANSPORT` with the directories searched.
 *
 * Returns: (transfer full) (type filename): the path
 *
 * Since: 1.0
 */
char *
grip_transport_find_plugin (const char  *name,
                            GError     **error)
{
  g_auto(GStrv)    directories = NULL;
  g_autofree char *file = NULL;
  g_autofree char *searched = NULL;
  g_autofree char *shown = NULL;

  g_return_val_if_fail (name != NULL, NULL);

  if (!grip_transport_check_name (name, error))
    return NULL;

  directories = dup_directories ();
  file = g_strconcat (PLUGIN_PREFIX, name, PLUGIN_SUFFIX, NULL);
  for (guint i = 0; directories[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (directories[i], file, NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }

  searched = g_strjoinv (", ", directories);
  shown = g_filename_display_name (searched);
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_NO_TRANSPORT,
               "no transport plugin '%s' (%s) in %s", name, file, shown);

  return NULL;
}

static int
compare_strings (gconstpointer a,
                 gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
list_directory (const char *directory,
                GHashTable *names)
{
  g_autoptr(GDir) dir = g_dir_open (directory, 0, NULL);
  const char     *file;

  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (file, PLUGIN_PREFIX) && g_str_has_suffix (file, PLUGIN_SUFFIX))
      {
        gsize length = strlen (file) - strlen (PLUGIN_PREFIX) - strlen (PLUGIN_SUFFIX);

        g_hash_table_add (names, g_strndup (file + strlen (PLUGIN_PREFIX), length));
      }
}

/**
 * grip_transport_list_plugins:
 *
 * Lists the plugins that can be found, without opening them.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names, sorted
 *
 * Since: 1.0
 */
char **
grip_transport_list_plugins (void)
{
  g_autoptr(GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto(GStrv)         directories = dup_directories ();
  char                **list;
  guint                 n;

  for (guint i = 0; directories[i] != NULL; i++)
    list_directory (directories[i], names);

  list = (char **) g_hash_table_get_keys_as_array (names, &n);
  g_hash_table_steal_all (names);
  qsort (list, n, sizeof *list, compare_strings);

  return list;
}

static GIOExtensionPoint *
get_extension_point (void)
{
  GIOExtensionPoint *point = g_io_extension_point_lookup (GRIP_TRANSPORT_EXTENSION_POINT_NAME);

  if (point == NULL)
    {
      point = g_io_extension_point_register (GRIP_TRANSPORT_EXTENSION_POINT_NAME);
      g_io_extension_point_set_required_type (point, GRIP_TYPE_TRANSPORT);
    }

  return point;
}

static gboolean
refuse_plugin (const char  *path,
               GError     **error,
               const char  *problem)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autofree char *words = g_utf8_make_valid (problem, -1);

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_NO_TRANSPORT,
               "the transport plugin %s cannot be used: %s", shown, words);

  return FALSE;
}

/* GIOModule tells of a failure on stderr only, so the file is opened here first. */
static gboolean
probe (const char  *path,
       const char  *symbol,
       GError     **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autofree char  *problem = NULL;
  GModule          *module;
  gpointer          address;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return refuse_plugin (path, error, "it is not a regular file");

  module = g_module_open_full (path, G_MODULE_BIND_LOCAL, &local_error);
  if (module == NULL)
    return refuse_plugin (path, error, local_error->message);

  g_module_make_resident (module);
  if (g_module_symbol (module, symbol, &address))
    return TRUE;

  problem = g_strdup_printf ("it has no symbol %s", symbol);

  return refuse_plugin (path, error, problem);
}

static char *
symbol_for (const char *name)
{
  return g_strdelimit (g_strdup_printf ("g_io_grip_%s_load", name), "-+.", '_');
}

static GType
load_locked (const char  *name,
             GError     **error)
{
  g_autofree char   *path = grip_transport_find_plugin (name, error);
  g_autofree char   *symbol = symbol_for (name);
  GIOExtensionPoint *point = get_extension_point ();
  GIOExtension      *extension;
  GIOModule         *module;

  if (path == NULL || !probe (path, symbol, error))
    return G_TYPE_INVALID;

  module = g_io_module_new (path);
  if (!g_type_module_use (G_TYPE_MODULE (module)))
    {
      refuse_plugin (path, error, "it could not be initialised");
      return G_TYPE_INVALID;
    }

  extension = g_io_extension_point_get_extension_by_name (point, name);
  if (extension == NULL)
    {
      refuse_plugin (path, error, "it did not register a transport of its name");
      return G_TYPE_INVALID;
    }

  return g_io_extension_get_type (extension);
}

/**
 * grip_transport_load_plugin:
 * @name: the name of a plugin, such as `http`
 * @error: return location for an error
 *
 * Loads a plugin, unless it is loaded. It is never unloaded. Callable from any thread.
 *
 * Errors: `GRIP_ERROR_NO_TRANSPORT` with the directories searched, or with the file and what is wrong
 * with it.
 *
 * Returns: the type of the transport, `G_TYPE_INVALID` on error
 *
 * Since: 1.0
 */
GType
grip_transport_load_plugin (const char  *name,
                            GError     **error)
{
  gpointer type;

  g_return_val_if_fail (name != NULL, G_TYPE_INVALID);

  g_mutex_lock (&loader_lock);
  if (loaded == NULL)
    loaded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  type = g_hash_table_lookup (loaded, name);
  if (type == NULL)
    {
      type = GSIZE_TO_POINTER (load_locked (name, error));
      if (type != NULL)
        g_hash_table_insert (loaded, g_strdup (name), type);
    }
  g_mutex_unlock (&loader_lock);

  return GPOINTER_TO_SIZE (type);
}
