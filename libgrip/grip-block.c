/* grip-block.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-block-private.h"

#define BLOCK_SIZE (64 * 1024 - 64)
/* What the filling thread holds, so that it need not count each part atomically. */
#define BIAS       (G_MAXINT / 2)
/* There each message has its own memory, so that what is used too late is found. */
#ifdef __SANITIZE_ADDRESS__
#define LENDS      FALSE
#else
#define LENDS      TRUE
#endif
#define ALIGNED(n) (((n) + 15) & ~(gsize) 15)

struct _GripBlock
{
  int   ref_count;      /* atomic */
  int   n_parts;        /* handed out; the filling thread's */
  gsize used;
  char  data[] __attribute__ ((aligned (16)));
};

/* Of the thread's last part: it fills the block no more. */
static void
let_go (gpointer data)
{
  GripBlock *self = data;
  int        n_parts = self->n_parts;

  if (g_atomic_int_add (&self->ref_count, n_parts - BIAS) == BIAS - n_parts)
    g_free (self);
}

static GPrivate current = G_PRIVATE_INIT (let_go);

void
grip_block_unref (GripBlock *self)
{
  if (g_atomic_int_dec_and_test (&self->ref_count))
    g_free (self);
}

/* Lets @buffer, which is empty, write into the thread's block, where there is room for @size.
 *
 * Returns: (nullable): the block, for grip_block_keep(); %NULL when it needs memory of its own */
GripBlock *
grip_block_lend (GripBuffer *buffer,
                 gsize       size)
{
  GripBlock *self = g_private_get (&current);

  if (!LENDS || size > GRIP_BLOCK_MAX_PART)
    return NULL;

  if (self == NULL || BLOCK_SIZE - self->used < size)
    {
      self = g_malloc (sizeof *self + BLOCK_SIZE);
      self->ref_count = BIAS;
      self->n_parts = 0;
      self->used = 0;
      g_private_replace (&current, self);
    }

  buffer->data = self->data + self->used;
  buffer->allocated = BLOCK_SIZE - self->used;
  buffer->is_lent = TRUE;

  return self;
}

/* Takes what was written.
 *
 * Returns: (transfer full) (nullable): the block that it is in; %NULL when it had to move out */
GripBlock *
grip_block_keep (GripBlock  *self,
                 GripBuffer *buffer)
{
  if (!buffer->is_lent)
    return NULL;

  self->used = MIN (BLOCK_SIZE, self->used + ALIGNED (buffer->length));
  self->n_parts++;

  return self;
}
