/* grip-soup-held-stream-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-soup-request-private.h"

G_BEGIN_DECLS

/* A client that gets every item as a part of one response. */
#define GRIP_SOUP_TYPE_HELD_STREAM (grip_soup_held_stream_get_type ())

G_DECLARE_FINAL_TYPE (GripSoupHeldStream, grip_soup_held_stream, GRIP_SOUP, HELD_STREAM, GripSoupClient)

void grip_soup_held_stream_hold (GripSoupHolder    *holder,
                                 SoupServerMessage *message,
                                 GripInstruct      *instruct,
                                 GripSoupHandling  *handling);

G_END_DECLS
