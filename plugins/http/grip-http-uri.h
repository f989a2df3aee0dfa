/* grip-http-uri.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

GUri *grip_http_uri_parse (const char  *text,
                           GError     **error);

G_END_DECLS
