/* grip-http-failure.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

/* What libsoup's errors mean for somebody who publishes. */

GError *grip_http_failure_new   (const GError *error,
                                 SoupMessage  *message,
                                 GripFate     *fate);
/* Whether the connection went away under the request. */
gboolean grip_http_error_is_cut (const GError *error);

G_END_DECLS
