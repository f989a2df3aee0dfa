/* grip-soup-holder-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

/* The clients that the origin holds itself: those of long polls and streams. */
typedef struct _GripSoupHolder GripSoupHolder;

GripSoupHolder *grip_soup_holder_new     (void);
void            grip_soup_holder_free    (GripSoupHolder     *self);
void            grip_soup_holder_hold    (GripSoupHolder     *self,
                                          SoupServerMessage  *message,
                                          GripInstruct       *instruct);
void            grip_soup_holder_deliver (GripSoupHolder     *self,
                                          const char         *channel,
                                          GripItem           *item);
guint           grip_soup_holder_count   (GripSoupHolder     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripSoupHolder, grip_soup_holder_free)

G_END_DECLS
