/* grip-soup-poll-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-soup-request-private.h"

G_BEGIN_DECLS

/* A client that waits for one item. */
#define GRIP_SOUP_TYPE_POLL (grip_soup_poll_get_type ())

G_DECLARE_FINAL_TYPE (GripSoupPoll, grip_soup_poll, GRIP_SOUP, POLL, GripSoupClient)

void grip_soup_poll_hold (GripSoupHolder    *holder,
                          SoupServerMessage *message,
                          GripInstruct      *instruct,
                          GripSoupHandling  *handling);

G_END_DECLS
