/* grip-batch-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-batch.h"

G_BEGIN_DECLS

gboolean             grip_batch_begin        (GripBatch    *self,
                                              GError      **error);
const char * const  *grip_batch_get_channels (GripBatch    *self);
GripItem * const    *grip_batch_get_items    (GripBatch    *self);
void                 grip_batch_note         (GripBatch    *self,
                                              guint         index,
                                              const char   *endpoint,
                                              GripFate      fate,
                                              const GError *error);
gboolean             grip_batch_has_ended    (GripBatch    *self);
void                 grip_batch_end          (GripBatch    *self,
                                              const GError *error);

G_END_DECLS
