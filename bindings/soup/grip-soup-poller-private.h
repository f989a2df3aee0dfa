/* grip-soup-poller-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Waits for many sockets with one descriptor in the main loop, which looks at each of its own in every
 * turn: with thousands of held clients nothing else would get done. */
typedef struct _GripSoupPoller GripSoupPoller;
typedef struct _GripSoupPolled GripSoupPolled;

typedef void (*GripSoupPolledFunc) (gpointer user_data);

/* NULL where there is no such thing. */
GripSoupPoller *grip_soup_poller_new   (GMainContext       *context);
GripSoupPoller *grip_soup_poller_ref   (GripSoupPoller     *self);
void            grip_soup_poller_unref (GripSoupPoller     *self);

/* @func is called while there is something to read, or the end. It may free what this returns, which is
 * freed before the socket is closed. NULL when it cannot be watched. */
GripSoupPolled *grip_soup_poller_watch (GripSoupPoller     *self,
                                        GSocket            *socket,
                                        GripSoupPolledFunc  func,
                                        gpointer            user_data);
void            grip_soup_polled_free  (GripSoupPolled     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripSoupPoller, grip_soup_poller_unref)

G_END_DECLS
