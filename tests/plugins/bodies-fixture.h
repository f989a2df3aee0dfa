/* bodies-fixture.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>

#include "grip-test-sink.h"
#include "tls-server.h"

G_BEGIN_DECLS

/* A publisher, a server that keeps the bodies that it gets, and what was sent to it. */
typedef struct
{
  GripTestSink   *sink;         /* one of these two */
  TlsServer      *tls;
  GripPubControl *control;
  GPtrArray      *sent;         /* of GBytes: each item as it has to arrive */
  gsize           sent_bytes;
  GMutex          mutex;
} Fixture;

/* Around all of them. Over TLS the server offers HTTP/2, too. */
void               bodies_begin           (gboolean      tls);
void               bodies_end             (void);

void               bodies_set_up          (Fixture      *fixture);
void               bodies_tear_down       (Fixture      *fixture);
GripBaseTransport *bodies_get_transport   (Fixture      *fixture);
GripItem          *bodies_make_sized_item (const char   *channel,
                                           gsize         size);
/* Blocks when @pending is NULL, else counts it up, and down when it is done. */
void               bodies_publish_sized   (Fixture      *fixture,
                                           const char   *channel,
                                           gsize         size,
                                           guint        *pending);
void               bodies_publish_all     (Fixture      *fixture,
                                           gboolean      is_async,
                                           const gsize  *sizes,
                                           guint         n_sizes);
void               bodies_wait_for        (guint        *pending);
/* A GAsyncReadyCallback that keeps the result. */
void               bodies_result_cb       (GObject      *source,
                                           GAsyncResult *result,
                                           gpointer      user_data);
/* What was sent, all of it and once, and the way that it should have gone. */
void               bodies_assert_arrived  (Fixture      *fixture);
/* How many bytes the transport has written itself since the fixture was set up. */
gsize              bodies_get_n_direct    (void);

G_END_DECLS
