/* grip-zmq-reply.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the command socket of a proxy answers (protocol 5.1). */

GVariant *grip_zmq_reply_read (const char  *data,
                               gsize        length,
                               GError     **error);

G_END_DECLS
