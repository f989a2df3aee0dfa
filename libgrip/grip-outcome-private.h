/* grip-outcome-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "grip-batch-private.h"
#include "grip-message-private.h"

G_BEGIN_DECLS

/* What becomes of a publish: it waits for one answer for each message and endpoint, keeps what failed,
 * and ends exactly once, as a GTask or for the thread that waits. */

GripOutcome *grip_outcome_new          (GTask         *task);
GripOutcome *grip_outcome_ref          (GripOutcome   *self);
void         grip_outcome_unref        (GripOutcome   *self);
void         grip_outcome_set_batch    (GripOutcome   *self,
                                        GripBatch     *batch);
void         grip_outcome_expect       (GripOutcome   *self,
                                        guint          answers);
void         grip_outcome_answer       (GripOutcome   *self);
void         grip_outcome_answer_error (GripOutcome   *self,
                                        const char    *endpoint,
                                        GripMessage   *message,
                                        GripFate       fate,
                                        const GError  *error);
gboolean     grip_outcome_is_done      (GripOutcome   *self);
gboolean     grip_outcome_wait         (GripOutcome   *self,
                                        gint64         end_time);
void         grip_outcome_interrupt    (GripOutcome   *self);
void         grip_outcome_set_watch    (GripOutcome   *self,
                                        GCancellable  *cancellable,
                                        gulong         handler);
gboolean     grip_outcome_propagate    (GripOutcome   *self,
                                        GError       **error);
/* Between TRUE and FALSE, in the calling thread, callbacks wait for the next round of their context. */
void         grip_outcome_defer_callbacks (gboolean    defer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripOutcome, grip_outcome_unref)

G_END_DECLS
