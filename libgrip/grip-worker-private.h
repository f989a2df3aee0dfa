/* grip-worker-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A thread with a GMainContext of its own, which drives the transports that the core made. It is
 * started when something must be driven: who only publishes synchronously over HTTP never has it. */
typedef struct _GripWorker GripWorker;

GripWorker   *grip_worker_new         (void);
GripWorker   *grip_worker_ref         (GripWorker  *self);
void          grip_worker_unref       (GripWorker  *self);
GMainContext *grip_worker_get_context (GripWorker  *self);
gboolean      grip_worker_start       (GripWorker  *self,
                                       GError     **error);
gboolean      grip_worker_is_started  (GripWorker  *self);
void          grip_worker_hold        (GripWorker  *self);
void          grip_worker_release     (GripWorker  *self);
void          grip_worker_be_patient  (GripWorker  *self);
gboolean      grip_worker_check_descriptors (GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripWorker, grip_worker_unref)

G_END_DECLS
