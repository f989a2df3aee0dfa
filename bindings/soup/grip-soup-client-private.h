/* grip-soup-client-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-soup-rendered-private.h"

G_BEGIN_DECLS

typedef struct _GripSoupHolder GripSoupHolder;

/* A client that the origin holds itself. It is held until it leaves; what happens to it comes from
 * the origin's main loop only. */
#define GRIP_SOUP_TYPE_CLIENT (grip_soup_client_get_type ())

G_DECLARE_DERIVABLE_TYPE (GripSoupClient, grip_soup_client, GRIP_SOUP, CLIENT, GObject)

typedef struct
{
  char  *name;             /* with the prefix */
  char  *prev_id;
  char **filters;
} GripSoupSubscription;

struct _GripSoupClientClass
{
  GObjectClass parent_class;

  GripSoupPart *(*get_part) (GripSoupClient   *self,
                             GripSoupRendered *rendered);
  /* What filters get: that of the part, unless the client makes it. */
  GBytes       *(*dup_content) (GripSoupClient *self,
                                GripSoupPart   *part);
  /* @content is what filters left; NULL when there was none. */
  void          (*send)     (GripSoupClient   *self,
                             GripSoupPart     *part,
                             GBytes           *content);
  void          (*act)      (GripSoupClient   *self,
                             GripSoupPart     *part);
  /* Something was missed: the origin is asked again. */
  void          (*recover)  (GripSoupClient   *self);
  /* TRUE when the client is busy with another thing, and kept the item for later. */
  gboolean      (*keep)     (GripSoupClient   *self,
                             const char       *channel,
                             GripSoupRendered *rendered);
  void          (*expire)   (GripSoupClient   *self,
                             gint64            now);
  void          (*flush)    (GripSoupClient   *self);
  /* It is no longer held, for whatever reason. */
  void          (*left)     (GripSoupClient   *self,
                             GripSoupHolder   *holder);
  /* The holder goes away. */
  void          (*cut)      (GripSoupClient   *self);
};

void            grip_soup_client_hold           (GripSoupClient      *self,
                                                 GripSoupHolder      *holder);
void            grip_soup_client_leave          (GripSoupClient      *self);
GripSoupHolder *grip_soup_client_get_holder     (GripSoupClient      *self);

/* Before or while it is held. */
void            grip_soup_client_subscribe      (GripSoupClient      *self,
                                                 const char          *name,
                                                 const char          *prev_id,
                                                 const char * const  *filters);
void            grip_soup_client_unsubscribe    (GripSoupClient      *self,
                                                 const char          *name);
void            grip_soup_client_set_channels   (GripSoupClient      *self,
                                                 GripInstruct        *instruct);
GPtrArray      *grip_soup_client_get_subscriptions (GripSoupClient   *self);
void            grip_soup_client_set_meta       (GripSoupClient      *self,
                                                 const char          *name,
                                                 const char          *value);
void            grip_soup_client_copy_meta      (GripSoupClient      *self,
                                                 GripInstruct        *instruct);

/* The channels of which the client had something, as Grip-Last tells them: GripChannel with the
 * channel's own name, and the last id as its prev-id. */
GPtrArray      *grip_soup_client_dup_last       (GripSoupClient      *self);
/* Whether items were published that the client did not have; they are looked for once. */
gboolean        grip_soup_client_find_conflict  (GripSoupClient      *self);

void            grip_soup_client_deliver        (GripSoupClient      *self,
                                                 const char          *channel,
                                                 GripSoupRendered    *rendered);

/* When `expire` is to be called, -1 for never. */
gint64          grip_soup_client_get_due        (GripSoupClient      *self);
void            grip_soup_client_set_due        (GripSoupClient      *self,
                                                 gint64               due);
/* `flush` is called at the end of this turn. */
void            grip_soup_client_mark           (GripSoupClient      *self);
gboolean        grip_soup_client_take_mark      (GripSoupClient      *self);

G_END_DECLS
