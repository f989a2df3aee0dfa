/* grip-soup-body-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* For a message of which only the head has come: a body of more bytes is answered with 413, and not
 * kept. */
void grip_soup_limit_body (SoupServerMessage *message,
                           gsize              limit);

G_END_DECLS
