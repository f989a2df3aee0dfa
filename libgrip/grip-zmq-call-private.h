/* grip-zmq-call-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-zmq-call.h"

G_BEGIN_DECLS

GripZmqCall *grip_zmq_call_new (GTask       *task,
                                const char  *method,
                                GVariant    *args);

G_END_DECLS
