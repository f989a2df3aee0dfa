/* grip-base-format.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include <libgrip/grip-format.h>

G_BEGIN_DECLS

#define GRIP_TYPE_BASE_FORMAT (grip_base_format_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (GripBaseFormat, grip_base_format, GRIP, BASE_FORMAT, GObject)

/**
 * GripBaseFormatClass:
 *
 * The class of the three formats; it is not for deriving outside libgrip.
 *
 * Since: 1.0
 */
struct _GripBaseFormatClass
{
  /*< private >*/
  GObjectClass parent_class;

  void     (*describe) (GripBaseFormat  *self,
                        gpointer         writer);
  gboolean (*check)    (GripBaseFormat  *self,
                        GError         **error);

  gpointer padding[6];
};

GRIP_AVAILABLE_IN_1_0
GripAction          grip_base_format_get_action          (GripBaseFormat     *self);
GRIP_AVAILABLE_IN_1_0
void                grip_base_format_set_action          (GripBaseFormat     *self,
                                                          GripAction          action);
GRIP_AVAILABLE_IN_1_0
const char * const *grip_base_format_get_content_filters (GripBaseFormat     *self);
GRIP_AVAILABLE_IN_1_0
void                grip_base_format_set_content_filters (GripBaseFormat     *self,
                                                          const char * const *filters);
GRIP_AVAILABLE_IN_1_0
GBytes             *grip_base_format_get_content         (GripBaseFormat     *self);
GRIP_AVAILABLE_IN_1_0
void                grip_base_format_set_content         (GripBaseFormat     *self,
                                                          GBytes             *content);

G_END_DECLS
