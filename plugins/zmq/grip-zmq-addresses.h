/* grip-zmq-addresses.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a proxy tells of its sockets (protocol 5.1). */

char *grip_zmq_addresses_pick (GVariant    *reply,
                               const char  *name,
                               const char  *command_address,
                               GError     **error);

G_END_DECLS
