/* grip-soup-outlet-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The way out to one held client: what it has not taken yet, up to a limit. Pieces are shared with
 * other clients. Nothing here blocks. */
typedef struct _GripSoupOutlet GripSoupOutlet;

/* The connection is broken. Called from the main loop, and at most once. */
typedef void (*GripSoupOutletFunc) (gpointer user_data);

GripSoupOutlet *grip_soup_outlet_new          (GIOStream          *stream,
                                               GSocket            *socket,
                                               gsize               limit,
                                               GripSoupOutletFunc  broken,
                                               gpointer            user_data);
GripSoupOutlet *grip_soup_outlet_ref          (GripSoupOutlet     *self);
void            grip_soup_outlet_unref        (GripSoupOutlet     *self);

/* Nobody is told any more. */
void            grip_soup_outlet_forget       (GripSoupOutlet     *self);

GIOStream      *grip_soup_outlet_get_stream   (GripSoupOutlet     *self);
gsize           grip_soup_outlet_get_backlog  (GripSoupOutlet     *self);

/* FALSE when the client is too slow for it. */
gboolean        grip_soup_outlet_push         (GripSoupOutlet     *self,
                                               GBytes             *piece);
/* FALSE when the connection is broken. */
gboolean        grip_soup_outlet_flush        (GripSoupOutlet     *self);

/* Closes the connection when all of it is written, or after a time; or at once. */
void            grip_soup_outlet_finish       (GripSoupOutlet     *self);
void            grip_soup_outlet_cut          (GripSoupOutlet     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripSoupOutlet, grip_soup_outlet_unref)

G_END_DECLS
