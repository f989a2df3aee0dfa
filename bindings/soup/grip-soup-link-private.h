/* grip-soup-link-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-soup-request-private.h"

G_BEGIN_DECLS

/* The links of an instruct. One to the server that the client asked is for the origin's own handlers;
 * any other is asked over the network. */

/* @home is what the client asked for, @link what @base makes of it. @func is called once, with the code
 * 502 when there is no answer. FALSE when nobody could be asked: then it is not called, and @user_data is
 * freed already. */
gboolean grip_soup_link_follow (GripSoupHolder     *holder,
                                GripSoupHandling   *handling,
                                GUri               *home,
                                GUri               *base,
                                const char         *link,
                                GPtrArray          *last,
                                GripSoupAnswerFunc  func,
                                gpointer            user_data,
                                GDestroyNotify      destroy);

/* Tells that a client is gone, in a later turn of the loop. */
void     grip_soup_link_leave  (GripSoupHolder     *holder,
                                GripSoupHandling   *handling,
                                GUri               *home,
                                const char         *link);

G_END_DECLS
