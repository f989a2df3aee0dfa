/* grip-uri-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The parts of a URI of an endpoint. The authority has no userinfo; the path and the query stand as on
 * the wire, the user and the password are decoded. */
typedef struct
{
  char *scheme;
  char *authority;
  char *path;
  char *query;
  char *user;
  char *password;
} GripUri;

#define GRIP_URI_INIT { NULL, NULL, NULL, NULL, NULL, NULL }

gboolean  grip_uri_split        (const char     *text,
                                 const char     *what,
                                 GripUri        *self,
                                 GError        **error);
gboolean  grip_uri_take_options (GripUri        *self,
                                 GVariantDict   *options,
                                 GError        **error);
GVariant *grip_uri_read_option  (const char     *option,
                                 const char     *text,
                                 GError        **error);
void      grip_uri_drop_slashes (GripUri        *self);
char     *grip_uri_build        (const GripUri  *self,
                                 const char     *path);
char     *grip_uri_build_masked (const GripUri  *self,
                                 const char     *path);
void      grip_uri_clear        (GripUri        *self);
char     *grip_uri_unescape     (const char     *text,
                                 gsize           length,
                                 gsize          *out_length);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GripUri, grip_uri_clear)

gboolean grip_host_is_loopback (const char *host);

G_END_DECLS
