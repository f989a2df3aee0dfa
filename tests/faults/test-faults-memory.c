/* test-faults-memory.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <openssl/crypto.h>
#include <stdlib.h>

#include "faults.h"

/* F36: no memory for OpenSSL. GLib ends the process where it has none, as its callers expect. */

static guint allocations_left = G_MAXUINT;

static gboolean
may_allocate (void)
{
  if (allocations_left == 0)
    return FALSE;
  if (allocations_left < G_MAXUINT)
    allocations_left--;

  return TRUE;
}

static void *
fail_malloc (size_t      size,
             const char *file,
             int         line)
{
  return may_allocate () ? malloc (size) : NULL;
}

static void *
fail_realloc (void       *data,
              size_t      size,
              const char *file,
              int         line)
{
  return may_allocate () ? realloc (data, size) : NULL;
}

static void
plain_free (void       *data,
            const char *file,
            int         line)
{
  free (data);
}

/* The n-th allocation of OpenSSL and all after it fail, for each n (every 37th after the first ones, unless
 * GRIP_FAULTS_FULL is set): a GError, and never a signature that is believed by mistake. */
static gboolean
survive (const char *text,
         guint       n)
{
  g_autoptr(GripKey)       key = NULL;
  g_autoptr(GripSignature) signature = NULL;
  g_autoptr(GError)        error = NULL;
  g_autofree char         *token = NULL;

  allocations_left = n;
  key = grip_key_new_from_string (text, &error);
  if (key != NULL)
    token = grip_key_sign (key, "me", 4000000000, &error);
  if (token != NULL)
    signature = grip_validate_sig (token, key, "me", &error);
  allocations_left = G_MAXUINT;
  g_assert_true ((signature != NULL) == (error == NULL));

  return signature != NULL;
}

static int
child_memory (const char *directory)
{
  static const char *const names[] = { "ec-pkcs8.pem", "rsa-pkcs8.pem", "ec-private.jwk", "rsa-private.jwk",
                                       "ed25519-pkcs8.pem" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char   *path = g_build_filename (directory, names[i], NULL);
      g_autofree char   *text = NULL;
      g_autoptr(GError)  error = NULL;
      gboolean           is_full = g_getenv ("GRIP_FAULTS_FULL") != NULL;
      guint              n = 0;

      g_file_get_contents (path, &text, NULL, &error);
      g_assert_no_error (error);
      /* Once in peace: what OpenSSL sets up for good is not the matter here. */
      g_assert_true (survive (text, G_MAXUINT));
      while (n < 20000 && !survive (text, n))
        n += n < 150 || is_full ? 1 : 37;
      g_print ("%s: %u allocations\n", names[i], n);
      g_assert_cmpuint (n, >, 10);
      g_assert_cmpuint (n, <, 20000);
    }

  return 0;
}

static void
test_memory (void)
{
  g_autofree char  *keys = g_test_build_filename (G_TEST_DIST, "unit", "data", "keys", NULL);
  g_autoptr(Child)  child = faults_run_child ("memory", keys, NULL);

  faults_child_assert_ok (child);
}

static const ChildMode modes[] = {
  { "memory", child_memory },
};

int
main (int   argc,
      char *argv[])
{
  /* Before its first allocation, or OpenSSL does not take them. */
  g_assert_true (CRYPTO_set_mem_functions (fail_malloc, fail_realloc, plain_free));
  faults_init (&argc, &argv, modes, G_N_ELEMENTS (modes));

  g_test_add_func ("/faults/F36-memory", test_memory);

  return g_test_run ();
}
