/* driver.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Stands in for libFuzzer: runs a target over every file of the folders and files that are named, whole,
 * cut at each of some places, and with single bytes damaged. The damage is the same in every run. */

#include <glib.h>
#include <stdint.h>
#include <string.h>

#define DAMAGES 400

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

/* A copy of exactly size bytes, so that a read past the end is one that a sanitizer sees. */
static void
run (const char *data,
     gsize       size)
{
  g_autofree uint8_t *copy = g_memdup2 (data, size);

  LLVMFuzzerTestOneInput (copy, size);
}

static void
run_damaged (const char *data,
             gsize       size,
             GRand      *random)
{
  g_autofree char *copy = g_malloc (size);

  if (size == 0)
    return;

  for (guint i = 0; i < DAMAGES; i++)
    {
      guint n = 1 + g_rand_int (random) % 3;

      memcpy (copy, data, size);
      while (n-- > 0)
        copy[g_rand_int (random) % size] = (char) g_rand_int (random);
      run (copy, size);
    }
}

static void
run_file (const char *path,
          GRand      *random)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *data = NULL;
  gsize size;

  if (!g_file_get_contents (path, &data, &size, &error))
    g_error ("%s", error->message);

  run (data, size);
  for (gsize i = 0; i < size; i += 1 + size / DAMAGES)
    run (data, i);
  run_damaged (data, size, random);
}

static guint
run_path (const char *path,
          GRand      *random)
{
  g_autoptr(GDir) dir = NULL;
  const char *name;
  guint n = 0;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      run_file (path, random);
      return 1;
    }

  dir = g_dir_open (path, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      n += run_path (child, random);
    }
  return n;
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GRand) random = g_rand_new_with_seed (1);
  guint n = 0;

  run ("", 0);
  for (int i = 1; i < argc; i++)
    n += run_path (argv[i], random);

  /* A corpus that is not found would be a test that cannot fail. */
  if (n == 0)
    g_error ("no input found");
  g_print ("%u inputs\n", n);
  return 0;
}
