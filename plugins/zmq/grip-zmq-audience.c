/* grip-zmq-audience.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-zmq-audience.h"

/* A proxy tells of its subscriptions right behind the handshake, and of many of them for longer. Nothing
 * marks the last one. */
#define SETTLE_TIME (G_USEC_PER_SEC / 2)
#define QUIET_TIME  (G_USEC_PER_SEC / 5)
/* Where they come and go all the time it is never quiet. */
#define LONGEST     (10 * G_USEC_PER_SEC)

/* @n_expected is 0 where others connect to us: one of them is enough then, and as many as there have been are
 * waited for. */
void
grip_zmq_audience_init (GripZmqAudience *self,
                        guint            n_expected,
                        gint64           grace,
                        gint64           now)
{
  self->n_expected = MAX (n_expected, 1);
  self->n_connected = 0;
  self->n_rest = 0;
  self->was_whole = FALSE;
  self->is_open = n_expected == 0;
  self->grace = grace;
  self->incomplete_since = now;
  self->connected_at = G_MAXINT64;
  self->settled_at = G_MAXINT64;
  self->rest_settled_at = G_MAXINT64;
}

static void
note_whole (GripZmqAudience *self,
            gint64           now)
{
  if (grip_zmq_audience_is_settled (self, now) && grip_zmq_audience_is_complete (self))
    self->was_whole = TRUE;
}

void
grip_zmq_audience_connected (GripZmqAudience *self,
                             gint64           now)
{
  note_whole (self, now);
  if (self->n_connected > self->n_rest)
    self->rest_settled_at = self->settled_at;
  self->n_rest = self->n_connected++;
  if (self->is_open)
    self->n_expected = MAX (self->n_expected, self->n_connected);
  self->connected_at = now;
  self->settled_at = now + SETTLE_TIME;
}

/* One that comes only to go again does not make the others wait anew. */
void
grip_zmq_audience_disconnected (GripZmqAudience *self,
                                gint64           now)
{
  note_whole (self, now);
  if (self->n_connected > 0)
    self->n_connected--;
  if (self->was_whole || self->n_connected == 0)
    self->incomplete_since = now;
  self->was_whole = FALSE;
}

/* One that had connected to us and has not come back in time may have been taken out of service. */
void
grip_zmq_audience_forget (GripZmqAudience *self,
                          gint64           now)
{
  if (self->is_open && self->n_connected > 0 && now >= self->incomplete_since + self->grace)
    self->n_expected = self->n_connected;
}

/* A subscription has come or gone. */
void
grip_zmq_audience_heard (GripZmqAudience *self,
                         gint64           now)
{
  if (now < self->settled_at && self->n_connected > 0)
    self->settled_at = MIN (MAX (self->settled_at, now + QUIET_TIME), self->connected_at + LONGEST);
}

gboolean
grip_zmq_audience_is_complete (GripZmqAudience *self)
{
  return self->n_connected >= self->n_expected;
}

/* Whether there is any point in sending: all are there, or those who are not have been waited for. */
gboolean
grip_zmq_audience_is_present (GripZmqAudience *self,
                              gint64           now)
{
  if (self->n_connected == 0)
    return FALSE;

  return grip_zmq_audience_is_complete (self) || now >= self->incomplete_since + self->grace;
}

/* Whether those who are connected have told of their subscriptions. When the one that came last seems to have gone
 * the rest had: that is enough as long as it is known that one is missing. */
gboolean
grip_zmq_audience_is_settled (GripZmqAudience *self,
                              gint64           now)
{
  if (self->n_connected == 0)
    return FALSE;

  return now >= self->settled_at ||
         (now >= self->rest_settled_at && self->n_connected <= self->n_rest &&
          !grip_zmq_audience_is_complete (self));
}

/* Returns: when one of the answers changes by itself; -1 for never */
gint64
grip_zmq_audience_next_change (GripZmqAudience *self,
                               gint64           now)
{
  gint64 next = G_MAXINT64;

  if (self->n_connected == 0)
    return -1;

  if (!grip_zmq_audience_is_settled (self, now))
    next = self->settled_at;
  if (!grip_zmq_audience_is_present (self, now))
    next = MIN (next, self->incomplete_since + self->grace);

  return next < G_MAXINT64 ? next : -1;
}
