/* grip-block-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-buffer-private.h"

G_BEGIN_DECLS

/* Memory that many small messages share. A message is made in one thread and freed in another, which is
 * the worst that can happen to malloc(); a block is allocated and freed once for hundreds of them.
 *
 * Each thread fills a block of its own, without a lock. A block is freed with the last of its messages. */
typedef struct _GripBlock GripBlock;

/* What is larger has memory of its own. */
#define GRIP_BLOCK_MAX_PART (16 * 1024)

GripBlock *grip_block_lend  (GripBuffer *buffer,
                             gsize       size);
GripBlock *grip_block_keep  (GripBlock  *self,
                             GripBuffer *buffer);
void       grip_block_unref (GripBlock  *self);

G_END_DECLS
