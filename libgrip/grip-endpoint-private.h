/* grip-endpoint-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-config-private.h"
#include "grip-endpoint.h"

G_BEGIN_DECLS

GripEndpoint     *grip_endpoint_new_take_config (GripConfig    *config,
                                                 GError       **error);
const GripConfig *grip_endpoint_get_config      (GripEndpoint  *self);

G_END_DECLS
