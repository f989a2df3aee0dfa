/* grip-zmq-audience.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How far it is known who listens at the proxies of an XPUB socket. Unknown is not nobody: a proxy that
 * is away may have subscribers, and one that has just come tells of them one by one and of no end.
 * All times are monotonic, in microseconds. */
typedef struct
{
  guint    n_expected;
  guint    n_connected;
  guint    n_rest;              /* of those, before the one that came last */
  gboolean is_open;             /* nothing tells how many there will be */
  gboolean was_whole;           /* all were there, and had told, since one has gone */
  gint64   grace;
  gint64   incomplete_since;
  gint64   connected_at;
  gint64   settled_at;
  gint64   rest_settled_at;
} GripZmqAudience;

void     grip_zmq_audience_init           (GripZmqAudience *self,
                                           guint            n_expected,
                                           gint64           grace,
                                           gint64           now);
void     grip_zmq_audience_forget         (GripZmqAudience *self,
                                           gint64           now);
void     grip_zmq_audience_connected      (GripZmqAudience *self,
                                           gint64           now);
void     grip_zmq_audience_disconnected   (GripZmqAudience *self,
                                           gint64           now);
void     grip_zmq_audience_heard          (GripZmqAudience *self,
                                           gint64           now);
gboolean grip_zmq_audience_is_present     (GripZmqAudience *self,
                                           gint64           now);
gboolean grip_zmq_audience_is_complete    (GripZmqAudience *self);
gboolean grip_zmq_audience_is_settled     (GripZmqAudience *self,
                                           gint64           now);
gint64   grip_zmq_audience_next_change    (GripZmqAudience *self,
                                           gint64           now);

G_END_DECLS
