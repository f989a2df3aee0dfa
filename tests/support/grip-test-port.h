/* grip-test-port.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A port for a program that takes one as an argument. The socket is bound and never listens: while it is
 * there nobody else is given the port, and who asks for it by its number (with SO_REUSEADDR, as every server
 * does) may listen on it. Until then connections are refused. */
GSocket *grip_test_port_reserve (guint *port);

G_END_DECLS
