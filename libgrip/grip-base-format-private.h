/* grip-base-format-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-base-format.h"
#include "grip-writer-private.h"

G_BEGIN_DECLS

/* What all three formats hold. One object a message: so it lives in the instance, not in properties
 * that construction would have to set. */
typedef struct
{
  GBytes   *content;
  char    **filters;
  guint     action : 4;
  guint     is_text : 1;
  guint     frozen : 1;
} GripBaseFormatPrivate;

GripBaseFormatPrivate *grip_base_format_get_private     (GripBaseFormat *self);
void                   grip_base_format_take_content    (GripBaseFormat *self,
                                                         GBytes         *content);
gboolean               grip_base_format_may_change      (GripBaseFormat *self);
gboolean               grip_base_format_freeze          (GripBaseFormat *self,
                                                         GError        **error);
void                   grip_base_format_describe        (GripBaseFormat *self,
                                                         GripWriter     *writer);
void                   grip_base_format_write_filters   (GripBaseFormat *self,
                                                         GripWriter     *writer);
void                   grip_base_format_write_content   (GripBaseFormat *self,
                                                         GripWriter     *writer,
                                                         const char     *key,
                                                         gboolean        as_text,
                                                         GripContentRule rule);
gboolean               grip_base_format_refuse          (GripBaseFormat *self,
                                                         GError        **error,
                                                         const char     *problem,
                                                         ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
