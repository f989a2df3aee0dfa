/* grip-authorization-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-endpoint.h"

G_BEGIN_DECLS

char *grip_endpoint_dup_authorization (GripEndpoint  *self,
                                       GError       **error);

G_END_DECLS
