/* grip-test-pushpin.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-test-client.h"

G_BEGIN_DECLS

/* A real Pushpin of its own: ports, run directory, zurl, all on loopback, in a temporary directory.
 * Several may run side by side. It is stopped when it is freed, and also when the process that
 * started it dies in whatever way. */
typedef struct _GripTestPushpin GripTestPushpin;

/* All zeros is a good choice: only what is to differ need be written. */
typedef struct
{
  guint              origin_port;  /* "* 127.0.0.1:PORT", and "/ws" with over_http */
  const char *const *routes;       /* more lines of the routes file, before those */
  const char        *sig_key;      /* NULL: "changeme" */
  const char        *sig_iss;      /* NULL: "pushpin" */
  const char        *sub_connect;  /* the SUB socket connects to this address, does not bind */
  guint              message_rate; /* 0: no limit (Debian's default, 2500, starves subscribers) */
  guint              message_hwm;  /* 0: no limit */
  gsize              max_body;     /* 0: the default of 1000000 */
  gboolean           quiet;        /* no log of each publish and subscribe, for tests of speed */
} GripTestPushpinOptions;

/* Aborts where the program is not installed. Returns when items that were published reached held clients,
 * and WebSockets carried messages. */
GripTestPushpin *grip_test_pushpin_new               (const GripTestPushpinOptions *options);
void             grip_test_pushpin_free              (GripTestPushpin              *self);

const char      *grip_test_pushpin_get_uri           (GripTestPushpin              *self);
const char      *grip_test_pushpin_get_control_uri   (GripTestPushpin              *self);
const char      *grip_test_pushpin_get_push_spec     (GripTestPushpin              *self);
const char      *grip_test_pushpin_get_sub_spec      (GripTestPushpin              *self);
const char      *grip_test_pushpin_get_command_spec  (GripTestPushpin              *self);
const char      *grip_test_pushpin_get_stats_spec    (GripTestPushpin              *self);
const char      *grip_test_pushpin_get_dir           (GripTestPushpin              *self);

/* Stop in order, or SIGKILL all of it; start again with the same ports. */
void             grip_test_pushpin_stop              (GripTestPushpin              *self);
void             grip_test_pushpin_kill              (GripTestPushpin              *self);
void             grip_test_pushpin_start             (GripTestPushpin              *self);

/* What one of "condure", "zurl", "pushpin-proxy", "pushpin-handler" logged since the last start. */
char            *grip_test_pushpin_dup_log           (GripTestPushpin              *self,
                                                      const char                   *service);

/* A client of the proxy: a WebSocket when @path begins with "/ws" or "/socket", else a GET. */
GripTestClient  *grip_test_pushpin_hold              (GripTestPushpin              *self,
                                                      const char                   *path);

/* Waits until so many clients have been subscribed to a channel since the last start; FALSE when
 * they were not in time. Not with `quiet`. A client's first bytes come a little too early. */
gboolean         grip_test_pushpin_wait_subscribed   (GripTestPushpin              *self,
                                                      const char                   *channel,
                                                      guint                         n_clients,
                                                      guint                         milliseconds);

/* The same, which must come true. */
void             grip_test_pushpin_wait_held         (GripTestPushpin              *self,
                                                      const char                   *channel,
                                                      guint                         n_clients);

/* A second after a channel got its first subscriber, Pushpin asks the origin again for each long poll and
 * each stream with a next link: what is published meanwhile is missed. This holds a stream of its own on
 * the channels (a NULL-terminated list) until that second is over; it ends with this run of Pushpin, and is
 * not among the clients of grip_test_pushpin_wait_subscribed(). */
void             grip_test_pushpin_warm              (GripTestPushpin              *self,
                                                      const char *const            *channels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripTestPushpin, grip_test_pushpin_free)

G_END_DECLS
