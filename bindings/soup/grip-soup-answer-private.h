/* grip-soup-answer-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>
#include <libsoup/soup.h>

#include "grip-soup-rendered-private.h"

G_BEGIN_DECLS

/* Responses, as a server's message takes them and as a client without a proxy gets them. */

void          grip_soup_write_response     (SoupServerMessage *message,
                                            GripResponse      *response);

/* The response of an instruct as a proxy passes it on: with the status that the instruct tells, and
 * without what is the proxy's. */
GripResponse *grip_soup_make_first         (GripInstruct      *instruct);
/* An item in answer to a long poll: with the headers of the held response that it does not have. */
GripResponse *grip_soup_make_answer        (GripInstruct      *instruct,
                                            GripSoupPart      *part,
                                            GBytes            *body);
/* The head of a response without a length. */
GBytes       *grip_soup_make_head          (GripResponse      *response,
                                            gboolean           chunked);

/* Whether a response is an instruct in either form. */
gboolean      grip_soup_is_instruct        (GripResponse      *response);

G_END_DECLS
