/* grip-message-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-block-private.h"
#include "grip-error.h"
#include "grip-simple-item-private.h"

G_BEGIN_DECLS

#define GRIP_N_ENCODINGS 3

typedef struct _GripOutcome GripOutcome;
typedef struct _GripMessage GripMessage;
typedef struct _GripEntry   GripEntry;

/* Why a delivery has to be tried again, shared by its messages. */
typedef struct
{
  GError *error;
} GripSetback;

/* A message's place on one lane. */
struct _GripEntry
{
  GripEntry   *next;
  GripMessage *message;
  guint64      serial;
  gint64       first_sent;
  GripSetback *setback;          /* nullable: why it was not taken the last time */
  guint        attempts;
  guint        batch_limit : 29;
  guint        answered : 1;
  guint        maybe_sent : 1;    /* an earlier try ended as unknown */
  guint        owns_bucket : 1;   /* its channel is in flight, on its account */
};

/* One item on its way to one channel, shared by the lanes of all endpoints. It is encoded once for
 * each encoding that an endpoint needs, in the publisher's thread.
 *
 * A queue may hold a million of them: so the channel, the ids and the content of a simple item, the
 * bytes of the first encoding and the place on the first lane are in one block of memory. */
struct _GripMessage
{
  int           ref_count;
  guint         index;           /* in its publish */
  gint64        created;         /* monotonic, microseconds */
  GripItem     *item;            /* atomic; of a simple item NULL until somebody asks */
  GripOutcome  *outcome;         /* NULL when nobody asked for it */
  GCancellable *cancellable;     /* nullable */
  GBytes      **others;          /* nullable, atomic: the other encodings */
  GripBlock    *block;           /* nullable: where it is, unless its memory is its own */
  GBytes       *bytes;           /* nullable: the content of a simple item, if the block has it not */
  gsize         content;         /* of a simple item, from the start of the channel */
  gsize         content_length;
  gsize         offset;          /* of the bytes, from the start of the channel */
  gsize         length;
  guint8        encoding;
  guint8        kind;            /* of a simple item */
  guint8        is_utf8;
  guint8        has_id;
  guint8        has_prev_id;
  guint8        entry_used;      /* the publisher's thread only: so no bit of something that others read */
  GripEntry     entry;
  char          channel[];
};

GripMessage *grip_message_new         (const char   *prefix,
                                       const char   *channel,
                                       GripItem     *item,
                                       GripEncoding  encoding,
                                       GripOutcome  *outcome,
                                       GCancellable *cancellable);
GripMessage *grip_message_new_simple  (const char           *prefix,
                                       const char           *channel,
                                       const GripSimpleItem *item,
                                       GripEncoding          encoding,
                                       GripOutcome          *outcome,
                                       GCancellable         *cancellable);
GripItem    *grip_message_get_item    (GripMessage  *self);
GripMessage *grip_message_ref         (GripMessage  *self);
void         grip_message_unref       (GripMessage  *self);
void         grip_message_encode      (GripMessage  *self,
                                       GripEncoding  encoding);
GBytes      *grip_message_dup_payload (GripMessage  *self,
                                       GripEncoding  encoding);

/* The bytes for an encoding that it was encoded for. */
static inline const char *
grip_message_peek (GripMessage  *self,
                   GripEncoding  encoding,
                   gsize        *length)
{
  if (G_LIKELY (encoding == self->encoding))
    {
      *length = self->length;
      return self->channel + self->offset;
    }

  return g_bytes_get_data (self->others[encoding], length);
}

/* Whether the proxy can tell that it had it before. */
static inline gboolean
grip_message_has_id (GripMessage *self)
{
  return self->has_id;
}

static inline gboolean
grip_message_is_cancelled (GripMessage *self)
{
  return self->cancellable != NULL && g_cancellable_is_cancelled (self->cancellable);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripMessage, grip_message_unref)

G_END_DECLS
