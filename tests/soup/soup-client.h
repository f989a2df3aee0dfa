/* soup-client.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip-soup/grip-soup.h>

/* What the tests of an origin ask it with, in the same main context, and how they hear of its warnings. */

SoupMessage *soup_client_message        (GripSoupOrigin *origin,
                                         const char     *method,
                                         const char     *path);
char        *soup_client_send           (SoupSession    *session,
                                         SoupMessage    *message);
void         soup_client_count_warnings (void);

/* How many there were since they are counted. */
extern guint soup_client_warnings;
