/* grip-soup-holder-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "grip-soup-client-private.h"
#include "grip-soup-poller-private.h"

G_BEGIN_DECLS

/* The clients that the origin holds itself, by channel. */

typedef void (*GripSoupChannelFunc) (const char *channel,
                                     gboolean    subscribed,
                                     gpointer    user_data);
typedef void (*GripSoupLaterFunc)   (gpointer    user_data);

GripSoupHolder *grip_soup_holder_new            (GMainContext        *context,
                                                 GripSoupChannelFunc  changed,
                                                 gpointer             user_data);
/* Every client is cut off. */
void            grip_soup_holder_free           (GripSoupHolder      *self);

guint           grip_soup_holder_get_n_clients  (GripSoupHolder      *self);
gsize           grip_soup_holder_get_limit      (GripSoupHolder      *self);
void            grip_soup_holder_set_limit      (GripSoupHolder      *self,
                                                 gsize                limit);

void            grip_soup_holder_publish        (GripSoupHolder      *self,
                                                 const char          *channel,
                                                 GripSoupRendered    *rendered);
/* After the last of several. */
void            grip_soup_holder_flush          (GripSoupHolder      *self);

/* From any thread. */
gboolean        grip_soup_holder_is_subscribed  (GripSoupHolder      *self,
                                                 const char          *channel);

/* For clients. */
void            grip_soup_holder_add            (GripSoupHolder      *self,
                                                 GripSoupClient      *client);
void            grip_soup_holder_remove         (GripSoupHolder      *self,
                                                 GripSoupClient      *client);
void            grip_soup_holder_subscribe      (GripSoupHolder      *self,
                                                 GripSoupClient      *client,
                                                 const char          *channel);
void            grip_soup_holder_unsubscribe    (GripSoupHolder      *self,
                                                 GripSoupClient      *client,
                                                 const char          *channel);
/* TRUE, and the last id is forgotten, when there is one that is not @prev_id. */
gboolean        grip_soup_holder_forget_last_id (GripSoupHolder      *self,
                                                 const char          *channel,
                                                 const char          *prev_id);
void            grip_soup_holder_wake           (GripSoupHolder      *self,
                                                 gint64               due);
void            grip_soup_holder_mark           (GripSoupHolder      *self,
                                                 GripSoupClient      *client);
/* In a later turn of the loop. */
void            grip_soup_holder_later          (GripSoupHolder      *self,
                                                 GripSoupLaterFunc    func,
                                                 gpointer             user_data,
                                                 GDestroyNotify       destroy);
/* For the socket of a message; NULL when it must be watched in another way. */
GripSoupPoller *grip_soup_holder_get_poller     (GripSoupHolder      *self,
                                                 SoupServerMessage   *message);
/* With which links to other servers are followed. */
SoupSession    *grip_soup_holder_get_session    (GripSoupHolder      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripSoupHolder, grip_soup_holder_free)

G_END_DECLS
