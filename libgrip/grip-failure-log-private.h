/* grip-failure-log-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-error.h"

G_BEGIN_DECLS

/* Failures of publishes that nobody waits for: they are counted, and logged once per cause and minute. */
typedef struct _GripFailureLog GripFailureLog;

GripFailureLog *grip_failure_log_new        (void);
GripFailureLog *grip_failure_log_ref        (GripFailureLog *self);
void            grip_failure_log_unref      (GripFailureLog *self);
void            grip_failure_log_note       (GripFailureLog *self,
                                             const char     *endpoint,
                                             const char     *channel,
                                             GripFate        fate,
                                             const GError   *error);
guint64         grip_failure_log_take_count (GripFailureLog *self,
                                             char          **last);

G_END_DECLS
