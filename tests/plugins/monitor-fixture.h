/* monitor-fixture.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>

#include "monitor-server.h"

G_BEGIN_DECLS

/* A publisher beside a proxy that has a subscription monitor. */

#define MONITOR_PATIENCE (30 * G_USEC_PER_SEC)

typedef struct
{
  MonitorServer  *server;
  GripPubControl *control;
  GObject        *transport;
  GString        *heard;      /* "+channel" and "-channel" */
  GMutex          lock;
  GString        *problems;   /* all that the transport has told of */
  GString        *results;    /* a "+" or the error of each publish */
  guint           n_pending;
} Fixture;

/* A warning with these words is expected, and counted. */
extern guint       monitor_warnings;
extern const char *monitor_expected_warning;

GLogWriterOutput monitor_log_writer    (GLogLevelFlags   level,
                                        const GLogField *fields,
                                        gsize            n_fields,
                                        gpointer         user_data);
void             monitor_set_up        (Fixture         *fixture,
                                        gconstpointer    data);
void             monitor_tear_down     (Fixture         *fixture,
                                        gconstpointer    data);
/* Adds the endpoint, with more keys of its configuration and their values. */
void             monitor_begin         (Fixture         *fixture,
                                        const char      *first_key,
                                        ...);
void             monitor_add_transport (Fixture         *fixture,
                                        GripTransport   *transport);
void             monitor_close_control (Fixture         *fixture);
gboolean         monitor_is_known      (Fixture         *fixture);
gboolean         monitor_has_problem   (Fixture         *fixture,
                                        const char      *words);
gboolean         monitor_heard         (Fixture         *fixture,
                                        const char      *expected);
void             monitor_publish       (Fixture         *fixture,
                                        const char      *channel);
void             monitor_assert_posted (Fixture         *fixture,
                                        const char      *channel,
                                        gboolean         posted);
void             monitor_assert_asked  (Fixture         *fixture,
                                        const char      *expected);
gboolean         monitor_tick          (gpointer         unused);

/* Runs the server until @condition holds. The monitor lives in another thread, so it is looked at often. */
#define WAIT_FOR(condition)                                     \
  G_STMT_START                                                  \
  {                                                             \
    gint64   wait_end = g_get_monotonic_time () + MONITOR_PATIENCE; \
    guint    wait_id = g_timeout_add (2, monitor_tick, NULL);   \
    gboolean wait_met;                                          \
    while (!(wait_met = (condition)) && g_get_monotonic_time () < wait_end) \
      g_main_context_iteration (NULL, TRUE);                    \
    g_source_remove (wait_id);                                  \
    /* Once met is enough: another thread may be on already. */ \
    g_assert_true (wait_met);                                   \
  }                                                             \
  G_STMT_END

G_END_DECLS
