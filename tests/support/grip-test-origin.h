/* grip-test-origin.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An origin that holds its clients by instruct, on a SoupServer in a thread of its own. It writes
 * every byte by itself and uses nothing of libgrip, so that both can be compared.
 *
 *   /poll?channel=C[&timeout=S]    Grip-Hold: response
 *   /stream?channel=C              Grip-Hold: stream, first bytes "open\n"
 *   /ws?channel=C                  WebSocket-over-HTTP: accepts, subscribes to C, echoes
 *   /socket                        a WebSocket that knows nothing of GRIP: echoes
 *   /sig                           the Grip-Sig header that the proxy sent, or nothing
 *   anything else                  200 "ok\n"
 *
 * `channel` may stand several times.
 */
typedef struct _GripTestOrigin GripTestOrigin;

GripTestOrigin *grip_test_origin_new             (void);
void            grip_test_origin_free            (GripTestOrigin *self);
guint           grip_test_origin_get_port        (GripTestOrigin *self);
guint           grip_test_origin_get_n_requests  (GripTestOrigin *self);
/* Of those, the ones for /poll. */
guint           grip_test_origin_get_n_polls     (GripTestOrigin *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripTestOrigin, grip_test_origin_free)

G_END_DECLS
