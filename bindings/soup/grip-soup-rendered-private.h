/* grip-soup-rendered-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>

G_BEGIN_DECLS

typedef enum
{
  GRIP_SOUP_ACTION_NONE,   /* the item has no such format */
  GRIP_SOUP_ACTION_SEND,
  GRIP_SOUP_ACTION_CLOSE,
  GRIP_SOUP_ACTION_HINT,
  GRIP_SOUP_ACTION_REFRESH,
} GripSoupAction;

/* What one format of an item says. */
typedef struct
{
  GripSoupAction   action;
  GBytes          *content;           /* of a send, never NULL then but for a patch */
  char           **content_filters;   /* NULL when the item names none */
  int              code;              /* of a response, or of a close; -1 for none */
  char            *reason;

  GVariant        *headers;           /* http-response: a(ss), or NULL */
  GVariant        *body_patch;        /* http-response: in place of a content, or NULL */
  GripWebSocketMessageKind kind;      /* ws-message */

  GBytes          *wire;              /* the content as it goes out when no filter changes it */
} GripSoupPart;

/* An item as held clients get it: made once, however many there are. */
typedef struct
{
  char         *id;
  char         *prev_id;
  GVariant     *meta;
  gboolean      no_seq;

  GripSoupPart  response;
  GripSoupPart  stream;
  GripSoupPart  message;
} GripSoupRendered;

GripSoupRendered *grip_soup_rendered_new       (GripItem                  *item);
GripSoupRendered *grip_soup_rendered_ref       (GripSoupRendered          *self);
void              grip_soup_rendered_unref     (GripSoupRendered          *self);
const char       *grip_soup_rendered_get_meta  (GripSoupRendered          *self,
                                                const char                *name);

/* A piece of a chunked body; a frame of a server's WebSocket. */
GBytes           *grip_soup_make_chunk         (GBytes                    *content);
GBytes           *grip_soup_make_frame         (GripWebSocketMessageKind   kind,
                                                GBytes                    *content);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripSoupRendered, grip_soup_rendered_unref)

G_END_DECLS
