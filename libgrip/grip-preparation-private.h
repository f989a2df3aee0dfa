/* grip-preparation-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-outcome-private.h"
#include "grip-pub-control-private.h"

G_BEGIN_DECLS

/* From what one call publishes to finished messages: it is checked as a whole, then each message is
 * encoded in the publisher's thread. */
typedef struct
{
  const GripOrder *order;
  GPtrArray       *lanes;       /* what is configured now, at least one */
  char            *prefix;
  gboolean         idempotent;
  GripItem        *item;        /* of the present channel; NULL: a simple one */
  GripSimpleItem   simple;
  char            *made_id;
} GripPreparation;

gboolean     grip_preparation_begin (GripPreparation  *self,
                                     GripPubControl   *control,
                                     const GripOrder  *order,
                                     GError          **error);
GripMessage *grip_preparation_make  (GripPreparation  *self,
                                     guint             index,
                                     GripOutcome      *outcome,
                                     GCancellable     *cancellable);
void         grip_preparation_clear (GripPreparation  *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GripPreparation, grip_preparation_clear)

G_END_DECLS
