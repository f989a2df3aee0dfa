/* grip-buffer-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <string.h>

#include <glib.h>

G_BEGIN_DECLS

/* A growing byte buffer for the encoders. GString ends each append with a NUL and a call; here both
 * are on the path of every message. */
typedef struct
{
  char     *data;
  gsize     length;
  gsize     allocated;
  gboolean  is_lent;      /* the memory is somebody else's: what does not fit moves out */
} GripBuffer;

#define GRIP_BUFFER_INIT { NULL, 0, 0, FALSE }

static inline void
grip_buffer_reserve (GripBuffer *self,
                     gsize       extra)
{
  gsize wanted;

  if (G_LIKELY (self->allocated - self->length >= extra))
    return;

  wanted = MAX (self->length + extra, self->allocated + self->allocated / 2);
  if (self->is_lent)
    self->data = memcpy (g_malloc (wanted), self->data, self->length);
  else
    self->data = g_realloc (self->data, wanted);
  self->allocated = wanted;
  self->is_lent = FALSE;
}

static inline void
grip_buffer_append (GripBuffer *self,
                    const void *data,
                    gsize       length)
{
  if (length == 0)
    return;

  grip_buffer_reserve (self, length);
  memcpy (self->data + self->length, data, length);
  self->length += length;
}

static inline void
grip_buffer_append_char (GripBuffer *self,
                         char        c)
{
  grip_buffer_reserve (self, 1);
  self->data[self->length++] = c;
}

static inline void
grip_buffer_clear (GripBuffer *self)
{
  g_clear_pointer (&self->data, g_free);
  self->length = self->allocated = 0;
}

/* Gives the memory away; what was reserved and not used goes along, so reserve with a measure. */
static inline GBytes *
grip_buffer_steal_bytes (GripBuffer *self)
{
  GBytes *bytes = g_bytes_new_take (g_steal_pointer (&self->data), self->length);

  self->length = self->allocated = 0;

  return bytes;
}

G_END_DECLS
