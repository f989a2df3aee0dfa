/* test-loader.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <glib/gstdio.h>

#include <libgrip/grip.h>

/* Plugins that others wrote, and files that only look like one. PLUGIN_DIR has libgrip-test.so, -mute,
 * -bare and -torn; the fixture has what is no shared object. */

/* Longer than the header of a shared object. */
#define TEXT_FILE "This is a text that somebody named like a plugin. A loader that reads the first bytes of it sees that " \
                  "they are not those of a shared object, and says so.\n"

typedef struct
{
  char *dir;
  char *log;
} Fixture;

static void
add_file (Fixture    *fixture,
          const char *name,
          const char *content)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

  g_assert_true (g_file_set_contents (path, content, -1, NULL));
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char  *path = NULL;
  g_autofree char  *directory = NULL;

  fixture->dir = g_dir_make_tmp ("grip-loader-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->log = g_build_filename (fixture->dir, "log", NULL);
  add_file (fixture, "libgrip-text.so", TEXT_FILE);
  add_file (fixture, "libgrip-empty.so", "");
  add_file (fixture, "other-name.so", "");
  add_file (fixture, "libgrip-note.txt", "");
  directory = g_build_filename (fixture->dir, "libgrip-dir.so", NULL);
  g_assert_cmpint (g_mkdir (directory, 0700), ==, 0);

  path = g_strconcat (fixture->dir, ":" PLUGIN_DIR ":/nonexistent/directory", NULL);
  g_setenv ("GRIP_TRANSPORT_PATH", path, TRUE);
  g_setenv ("GRIP_TEST_LOG", fixture->log, TRUE);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  static const char * const names[] = {
    "log", "libgrip-text.so", "libgrip-empty.so", "other-name.so", "libgrip-note.txt", "libgrip-dir.so",
    "libgrip-test.so"
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->dir, names[i], NULL);

      g_remove (path);
    }
  g_assert_cmpint (g_rmdir (fixture->dir), ==, 0);
  g_free (fixture->dir);
  g_free (fixture->log);
}

static void
test_publish (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(GError)         error = NULL;
  g_autoptr(GripPubControl) control = grip_pub_control_new_for_uri ("test://x/y?key=k", &error);
  g_autoptr(GripFormat)     format = GRIP_FORMAT (grip_http_stream_format_new_text ("hello"));
  g_autoptr(GripItem)       item = NULL;
  g_autofree char          *log = NULL;

  g_assert_no_error (error);
  item = grip_item_new (format, "1", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (grip_pub_control_publish (control, "c", item, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (grip_pub_control_publish (control, "d", item, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (grip_pub_control_close (control, NULL, &error));
  g_assert_no_error (error);

  g_assert_true (g_file_get_contents (fixture->log, &log, NULL, &error));
  g_assert_cmpstr (log, ==,
                   "test://x/y c {\"channel\":\"c\",\"id\":\"1\",\"formats\":{\"http-stream\":{\"content\":\"hello\"}}}\n"
                   "test://x/y d {\"channel\":\"d\",\"id\":\"1\",\"formats\":{\"http-stream\":{\"content\":\"hello\"}}}\n");
}

static void
test_load (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(GError)        error = NULL;
  g_autoptr(GripEndpoint)  endpoint = grip_endpoint_new ("test://x", &error);
  g_autoptr(GripTransport) transport = NULL;
  GType                    type;

  g_assert_no_error (error);
  type = grip_transport_load_plugin ("test", &error);
  g_assert_no_error (error);
  g_assert_true (g_type_is_a (type, GRIP_TYPE_BASE_TRANSPORT));
  g_assert_cmpstr (g_type_name (type), ==, "TestTransport");
  g_assert_true (grip_transport_load_plugin ("test", &error) == type);

  transport = grip_transport_new_for_endpoint (endpoint, &error);
  g_assert_no_error (error);
  g_assert_true (G_OBJECT_TYPE (transport) == type);
  g_assert_true (grip_transport_get_endpoint (transport) == endpoint);

  /* It stays, whatever becomes of the path. */
  g_setenv ("GRIP_TRANSPORT_PATH", "", TRUE);
  g_assert_true (grip_transport_load_plugin ("test", &error) == type);
}

static void
assert_refused (const char *name,
                const char *message,
                const char *file)
{
  /* As often as one asks: a failure is not kept, and does no harm. */
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_cmpuint (grip_transport_load_plugin (name, &error), ==, G_TYPE_INVALID);
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_NO_TRANSPORT);
      g_test_message ("%s", error->message);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_nonnull (strstr (error->message, message));
      if (file != NULL)
        g_assert_nonnull (strstr (error->message, file));
    }
}

static void
test_broken (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *text = g_build_filename (fixture->dir, "libgrip-text.so", NULL);
  g_autofree char *empty = g_build_filename (fixture->dir, "libgrip-empty.so", NULL);
  g_autofree char *directory = g_build_filename (fixture->dir, "libgrip-dir.so", NULL);

  assert_refused ("text", "cannot be used: ", text);
  assert_refused ("text", "invalid ELF header", text);
  assert_refused ("empty", "file too short", empty);
  assert_refused ("dir", "it is not a regular file", directory);
  assert_refused ("bare", "it has no symbol g_io_grip_bare_load", PLUGIN_DIR "/libgrip-bare.so");
  assert_refused ("mute", "it did not register a transport of its name", PLUGIN_DIR "/libgrip-mute.so");
  assert_refused ("torn", "grip_test_nobody_has_this", PLUGIN_DIR "/libgrip-torn.so");
}

static void
test_missing (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(GError)         error = NULL;
  g_autoptr(GripPubControl) control = NULL;

  assert_refused ("missing", "no transport plugin 'missing' (libgrip-missing.so) in ", fixture->dir);
  assert_refused ("missing", "/nonexistent/directory", PLUGIN_DIR);
  assert_refused ("missing", "/libgrip-1.0/transports", NULL);

  /* A program that publishes is told the same. */
  control = grip_pub_control_new_for_uri ("missing://x", &error);
  if (control != NULL)
    {
      g_autoptr(GripFormat) format = GRIP_FORMAT (grip_http_stream_format_new_text ("x"));
      g_autoptr(GripItem)   item = grip_item_new (format, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_false (grip_pub_control_publish (control, "c", item, NULL, &error));
    }
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_NO_TRANSPORT);
  g_assert_nonnull (strstr (error->message, PLUGIN_DIR));
}

static void
test_names (Fixture       *fixture,
            gconstpointer  data)
{
  static const char * const names[] = { "", "../test", "a/b", "Test", ".test", "-test", "a..b", "a b", "\xff" };
  g_autofree char          *long_name = g_strnfill (65, 'a');

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    assert_refused (names[i], "cannot be the name of a transport", NULL);
  assert_refused (long_name, "cannot be the name of a transport", NULL);
}

/* What is relative depends on where the program was started: another user may have written there. */
static void
test_relative (Fixture       *fixture,
               gconstpointer  data)
{
  static const char * const paths[] = { ".", "", "libgrip", ":.:", "./" };
  g_autofree char          *before = g_get_current_dir ();

  g_assert_cmpint (g_chdir (fixture->dir), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_auto(GStrv)     plugins = NULL;
      g_autoptr(GError) error = NULL;
      g_autofree char  *file = NULL;

      g_setenv ("GRIP_TRANSPORT_PATH", paths[i], TRUE);
      file = grip_transport_find_plugin ("text", &error);
      g_assert_null (file);
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_NO_TRANSPORT);
      plugins = grip_transport_list_plugins ();
      g_assert_false (g_strv_contains ((const char *const *) plugins, "text"));
    }
  g_assert_cmpint (g_chdir (before), ==, 0);
}

/* The first directory wins. */
static void
test_order (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char  *path = NULL;
  g_autofree char  *first = NULL;
  g_autofree char  *expected = g_build_filename (fixture->dir, "libgrip-text.so", NULL);
  g_autofree char  *reversed = g_strconcat (PLUGIN_DIR ":", fixture->dir, NULL);

  path = grip_transport_find_plugin ("text", &error);
  g_assert_cmpstr (path, ==, expected);
  first = grip_transport_find_plugin ("test", &error);
  g_assert_cmpstr (first, ==, PLUGIN_DIR "/libgrip-test.so");
  g_assert_no_error (error);

  add_file (fixture, "libgrip-test.so", "");
  g_free (g_steal_pointer (&path));
  path = grip_transport_find_plugin ("test", &error);
  g_assert_false (g_str_has_prefix (path, PLUGIN_DIR));
  g_setenv ("GRIP_TRANSPORT_PATH", reversed, TRUE);
  g_free (g_steal_pointer (&path));
  path = grip_transport_find_plugin ("test", &error);
  g_assert_cmpstr (path, ==, PLUGIN_DIR "/libgrip-test.so");
}

static void
test_list (Fixture       *fixture,
           gconstpointer  data)
{
  g_auto(GStrv)     plugins = grip_transport_list_plugins ();
  const char *const expected[] = { "bare", "dir", "empty", "mute", "test", "text", "torn", NULL };

  /* An installed libgrip may add its own. */
  for (guint i = 0; expected[i] != NULL; i++)
    g_assert_true (g_strv_contains ((const char *const *) plugins, expected[i]));
  g_assert_false (g_strv_contains ((const char *const *) plugins, "note"));
  for (guint i = 1; i < g_strv_length (plugins); i++)
    g_assert_cmpint (strcmp (plugins[i - 1], plugins[i]), <, 0);
}

static gpointer
load_in_thread (gpointer data)
{
  return GSIZE_TO_POINTER (grip_transport_load_plugin ("test", NULL));
}

static void
test_threads (Fixture       *fixture,
              gconstpointer  data)
{
  GThread *threads[8];
  GType    type = G_TYPE_INVALID;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("loader", load_in_thread, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      GType got = GPOINTER_TO_SIZE (g_thread_join (threads[i]));

      g_assert_cmpuint (got, !=, G_TYPE_INVALID);
      g_assert_true (type == G_TYPE_INVALID || got == type);
      type = got;
    }
}

static void
add (const char *path,
     void      (*function) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, function, tear_down);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("/loader/threads", test_threads);
  add ("/loader/publish", test_publish);
  add ("/loader/load", test_load);
  add ("/loader/broken", test_broken);
  add ("/loader/missing", test_missing);
  add ("/loader/names", test_names);
  add ("/loader/relative", test_relative);
  add ("/loader/order", test_order);
  add ("/loader/list", test_list);

  return g_test_run ();
}
