/* test-certificate.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "test-certificate.h"

#include <glib/gstdio.h>

static void
run_openssl (TestCertificate *self,
             const char      *name)
{
  g_autofree char   *san = g_strdup_printf ("subjectAltName=%s", name);
  const char        *argv[] = { "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
                                "2", "-subj", "/CN=test", "-addext", san, "-keyout", self->key_file,
                                "-out", self->file, NULL };
  g_autoptr(GError)  error = NULL;
  int                status;

  g_spawn_sync (NULL, (char **) argv, NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

void
test_certificate_make (TestCertificate *self,
                       const char      *name)
{
  g_autoptr(GError) error = NULL;

  self->directory = g_dir_make_tmp ("grip-XXXXXX", NULL);
  self->file = g_build_filename (self->directory, "cert.pem", NULL);
  self->key_file = g_build_filename (self->directory, "key.pem", NULL);
  run_openssl (self, name);
  self->certificate = g_tls_certificate_new_from_files (self->file, self->key_file, &error);
  g_assert_no_error (error);
}

void
test_certificate_clear (TestCertificate *self)
{
  g_clear_object (&self->certificate);
  g_unlink (self->file);
  g_unlink (self->key_file);
  g_rmdir (self->directory);
  g_free (self->file);
  g_free (self->key_file);
  g_free (self->directory);
}
