/* grip-variant-writer-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-writer-private.h"

G_BEGIN_DECLS

void      grip_writer_init_variant  (GripWriter *self);
GVariant *grip_writer_steal_variant (GripWriter *self);

G_END_DECLS
