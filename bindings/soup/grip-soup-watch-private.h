/* grip-soup-watch-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "grip-soup-poller-private.h"

G_BEGIN_DECLS

/* Sees the client of a paused message go away, which a SoupServer does not. */
typedef struct _GripSoupWatch GripSoupWatch;

/* The message is done with: it must neither be written to nor unpaused. */
typedef void (*GripSoupGoneFunc) (gpointer user_data);

/* @poller may be NULL: a message that is to wait for long has one. */
GripSoupWatch *grip_soup_watch_new  (SoupServerMessage *message,
                                     GripSoupPoller    *poller,
                                     GripSoupGoneFunc   gone,
                                     gpointer           user_data);
void           grip_soup_watch_free (GripSoupWatch     *self);

/* Closes the connection of a message at once. */
void           grip_soup_abandon    (SoupServerMessage *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripSoupWatch, grip_soup_watch_free)

G_END_DECLS
