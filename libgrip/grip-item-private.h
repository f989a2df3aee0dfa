/* grip-item-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-item.h"

G_BEGIN_DECLS

gboolean  grip_check_channel        (const char    *channel,
                                     GError       **error);
GBytes   *grip_item_encode_checked  (GripItem      *self,
                                     const char    *channel,
                                     GripEncoding   encoding);

G_END_DECLS
