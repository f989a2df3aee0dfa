/* grip-zmq-context.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The one context of the process, with the one thread that does libzmq's work. Callable from any
 * thread. */
void     *grip_zmq_context_get         (GError   **error);
void      grip_zmq_context_hold        (void);
void      grip_zmq_context_release     (void);
/* Whether the process was forked after @pid was its id. */
gboolean  grip_zmq_context_is_foreign  (int        pid);

G_END_DECLS
