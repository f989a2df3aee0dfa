/* test-certificate.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A certificate that nobody has signed, made by openssl in a directory that goes with it. */
typedef struct
{
  GTlsCertificate *certificate;
  char            *file;
  char            *key_file;
  char            *directory;
} TestCertificate;

/* @name: whom it is for: a subjectAltName of openssl */
void test_certificate_make  (TestCertificate *self,
                             const char      *name);
void test_certificate_clear (TestCertificate *self);

G_END_DECLS
