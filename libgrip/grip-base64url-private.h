/* grip-base64url-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How many bytes so many characters decode to, or encode to. */
#define GRIP_BASE64URL_DECODED(length) ((length) / 4 * 3 + (length) % 4)
#define GRIP_BASE64URL_ENCODED(length) ((length) / 3 * 4 + 4)

gboolean grip_base64url_decode        (const char    *text,
                                       gsize          length,
                                       guint8        *out,
                                       gsize         *out_length,
                                       gsize         *bad_offset);
void     grip_base64url_append        (GString       *string,
                                       const guint8  *data,
                                       gsize          length);
guint8  *grip_base64_decode_tolerant  (const char    *text,
                                       gsize          length,
                                       gsize         *out_length);

G_END_DECLS
