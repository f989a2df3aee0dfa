/* grip-soup-sequencer-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-soup-rendered-private.h"

G_BEGIN_DECLS

/* The order of items on a channel, and what was seen already (protocol 3.2). */
typedef struct _GripSoupSequencer GripSoupSequencer;

typedef void (*GripSoupReadyFunc) (const char       *channel,
                                   GripSoupRendered *rendered,
                                   gpointer          user_data);

GripSoupSequencer *grip_soup_sequencer_new         (GripSoupReadyFunc  ready,
                                                    gpointer           user_data);
void               grip_soup_sequencer_free        (GripSoupSequencer *self);

/* Calls the function for this item and for what waited for it; or later; or never. */
void               grip_soup_sequencer_add         (GripSoupSequencer *self,
                                                    const char        *channel,
                                                    GripSoupRendered  *rendered,
                                                    gboolean           in_order);

const char        *grip_soup_sequencer_get_last_id (GripSoupSequencer *self,
                                                    const char        *channel);
void               grip_soup_sequencer_forget      (GripSoupSequencer *self,
                                                    const char        *channel);

/* When the first item that waits has waited long enough, -1 for never. */
gint64             grip_soup_sequencer_get_due     (GripSoupSequencer *self);
void               grip_soup_sequencer_expire      (GripSoupSequencer *self,
                                                    gint64             now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripSoupSequencer, grip_soup_sequencer_free)

G_END_DECLS
