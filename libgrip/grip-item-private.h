/* grip-item-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-buffer-private.h"
#include "grip-item.h"

G_BEGIN_DECLS

typedef struct
{
  GripFormat *format;
  const char *name;             /* interned: asking a script's format again would run its code */
  GVariant   *description;      /* of formats that are not libgrip's own */
} GripItemFormat;

struct _GripItem
{
  GObject         parent_instance;

  GripItemFormat  first;
  GripItemFormat *others;
  guint           n_formats;
  guint           no_seq : 1;
  char           *id;
  char           *prev_id;
  GVariant       *meta;
  gint64          size;
};

static inline GripItemFormat *
grip_item_nth_format (GripItem *self,
                      guint     i)
{
  return i == 0 ? &self->first : &self->others[i - 1];
}

GripItem *grip_item_dup_with_id     (GripItem      *self,
                                     char          *id);
gboolean  grip_check_channel        (const char    *channel,
                                     GError       **error);
void      grip_item_write           (GripItem      *self,
                                     const char    *channel,
                                     GripEncoding   encoding,
                                     GripBuffer    *buffer,
                                     gsize          head);
GBytes   *grip_item_encode_checked  (GripItem      *self,
                                     const char    *channel,
                                     GripEncoding   encoding);

G_END_DECLS
