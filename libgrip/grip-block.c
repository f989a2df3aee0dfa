/* grip-block.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <sys/mman.h>

#include "grip-block-private.h"

#define BLOCK_SIZE (256 * 1024)
/* How many are kept for the next in need, with what is in the processor's cache of them. */
#define MAX_SPARE  8
/* What the filling thread holds, so that it need not count each part atomically. */
#define BIAS       (G_MAXINT / 2)
/* There each message has its own memory, so that what is used too late is found. */
#ifdef __SANITIZE_ADDRESS__
#define LENDS      FALSE
#else
#define LENDS      TRUE
#endif
#ifndef MAP_POPULATE
#define MAP_POPULATE 0
#endif
#define ALIGNED(n) (((n) + 15) & ~(gsize) 15)

struct _GripBlock
{
  int        ref_count;         /* atomic */
  int        n_parts;           /* handed out; the filling thread's */
  gsize      used;
  GripBlock *next;              /* while it is spare */
  char       data[] __attribute__ ((aligned (16)));
};

#define ROOM (BLOCK_SIZE - sizeof (GripBlock))

/* Never waited for: in a forked child it may be held for ever by a thread that is not there. */
static GMutex     spare_lock;
static GripBlock *spare;
static guint      n_spare;

/* Mapped, and not allocated: what a long queue has taken goes back to the system when it is empty. Who
 * has filled one will fill the next, and pages one at a time cost the double. */
static GripBlock *
block_new (gboolean is_first)
{
  int        flags = MAP_PRIVATE | MAP_ANONYMOUS | (is_first ? 0 : MAP_POPULATE);
  GripBlock *self = NULL;

  if (g_mutex_trylock (&spare_lock))
    {
      self = spare;
      if (self != NULL)
        {
          spare = self->next;
          n_spare--;
        }
      g_mutex_unlock (&spare_lock);
    }

  if (self == NULL)
    self = mmap (NULL, BLOCK_SIZE, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (self == MAP_FAILED)
    return NULL;

  self->ref_count = BIAS;
  self->n_parts = 0;
  self->used = 0;

  return self;
}

static void
block_free (GripBlock *self)
{
  gboolean is_kept = FALSE;

  if (g_mutex_trylock (&spare_lock))
    {
      is_kept = n_spare < MAX_SPARE;
      if (is_kept)
        {
          self->next = spare;
          spare = self;
          n_spare++;
        }
      g_mutex_unlock (&spare_lock);
    }

  if (!is_kept)
    munmap (self, BLOCK_SIZE);
}

/* Of the thread's last part: it fills the block no more. */
static void
let_go (gpointer data)
{
  GripBlock *self = data;
  int        n_parts = self->n_parts;

  if (g_atomic_int_add (&self->ref_count, n_parts - BIAS) == BIAS - n_parts)
    block_free (self);
}

static GPrivate current = G_PRIVATE_INIT (let_go);

void
grip_block_unref (GripBlock *self)
{
  if (g_atomic_int_dec_and_test (&self->ref_count))
    block_free (self);
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

  if (self == NULL || ROOM - self->used < size)
    {
      self = block_new (self == NULL);
      g_private_replace (&current, self);
      if (self == NULL)
        return NULL;
    }

  buffer->data = self->data + self->used;
  buffer->allocated = ROOM - self->used;
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

  self->used = MIN (ROOM, self->used + ALIGNED (buffer->length));
  self->n_parts++;

  return self;
}
