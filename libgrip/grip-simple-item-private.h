/* grip-simple-item-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-item-private.h"

G_BEGIN_DECLS

typedef enum
{
  GRIP_SIMPLE_HTTP_RESPONSE,
  GRIP_SIMPLE_HTTP_STREAM,
  GRIP_SIMPLE_WEBSOCKET_TEXT,
  GRIP_SIMPLE_WEBSOCKET_BINARY,
} GripSimpleKind;

/* What the short forms publish: one format with one content. An object for the format and one for the
 * item cost more than the rest of a publish, and most transports want neither: so they are made only
 * for who asks. All pointers are borrowed. */
typedef struct
{
  GripSimpleKind  kind;
  gboolean        is_utf8;      /* set by the check */
  const char     *content;
  gsize           length;
  GBytes         *bytes;        /* nullable: what @content is in */
  const char     *id;
  const char     *prev_id;
} GripSimpleItem;

gboolean  grip_simple_item_check (GripSimpleItem        *self,
                                  GError               **error);
GripItem *grip_simple_item_make  (const GripSimpleItem  *self,
                                  GError               **error);
gsize     grip_simple_item_guess (const GripSimpleItem  *self,
                                  gsize                  channel_length);
gsize     grip_simple_item_write (const GripSimpleItem  *self,
                                  const char            *channel,
                                  gsize                  channel_length,
                                  GripEncoding           encoding,
                                  GripBuffer            *buffer,
                                  gsize                  head);

G_END_DECLS
