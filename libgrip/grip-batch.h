/* grip-batch.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip-error.h>
#include <libgrip/grip-item.h>

G_BEGIN_DECLS

#define GRIP_TYPE_BATCH (grip_batch_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripBatch, grip_batch, GRIP, BATCH, GObject)

GRIP_AVAILABLE_IN_1_0
GripBatch    *grip_batch_new         (void) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
gboolean      grip_batch_add         (GripBatch   *self,
                                      const char  *channel,
                                      GripItem    *item,
                                      GError     **error);
GRIP_AVAILABLE_IN_1_0
guint         grip_batch_get_n_items (GripBatch   *self);
GRIP_AVAILABLE_IN_1_0
const char   *grip_batch_get_channel (GripBatch   *self,
                                      guint        index);
GRIP_AVAILABLE_IN_1_0
GripItem     *grip_batch_get_item    (GripBatch   *self,
                                      guint        index);
GRIP_AVAILABLE_IN_1_0
GripFate      grip_batch_get_fate    (GripBatch   *self,
                                      guint        index);
GRIP_AVAILABLE_IN_1_0
const GError *grip_batch_get_error   (GripBatch   *self,
                                      guint        index);

G_END_DECLS
