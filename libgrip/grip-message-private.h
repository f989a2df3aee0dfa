/* grip-message-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-error.h"
#include "grip-item-private.h"

G_BEGIN_DECLS

#define GRIP_N_ENCODINGS 3

typedef struct _GripOutcome GripOutcome;

/* One item on its way to one channel, shared by the lanes of all endpoints. It is encoded once for
 * each encoding that an endpoint needs, in the publisher's thread. */
typedef struct
{
  int           ref_count;
  guint         index;           /* in its publish */
  gint64        created;         /* monotonic, microseconds */
  GripItem     *item;
  GripOutcome  *outcome;         /* NULL when nobody asked for it */
  GCancellable *cancellable;     /* nullable */
  GBytes       *payloads[GRIP_N_ENCODINGS];
  char          channel[];
} GripMessage;

GripMessage *grip_message_new     (const char   *prefix,
                                   const char   *channel,
                                   GripItem     *item,
                                   GripOutcome  *outcome,
                                   GCancellable *cancellable);
GripMessage *grip_message_ref     (GripMessage  *self);
void         grip_message_unref   (GripMessage  *self);
void         grip_message_encode  (GripMessage  *self,
                                   GripEncoding  encoding);

static inline GBytes *
grip_message_get_payload (GripMessage  *self,
                          GripEncoding  encoding)
{
  return self->payloads[encoding];
}

static inline gboolean
grip_message_is_cancelled (GripMessage *self)
{
  return self->cancellable != NULL && g_cancellable_is_cancelled (self->cancellable);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripMessage, grip_message_unref)

G_END_DECLS
