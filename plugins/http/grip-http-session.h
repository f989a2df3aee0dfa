/* grip-http-session.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "grip-http-connections.h"

G_BEGIN_DECLS

/* A SoupSession for one endpoint, and the rules of its use from several threads. */
typedef struct _GripHttpSession GripHttpSession;

GripHttpSession     *grip_http_session_new              (GUri             *uri,
                                                         const char       *ca_file,
                                                         GError          **error);
void                 grip_http_session_free             (GripHttpSession  *self);
SoupSession         *grip_http_session_begin            (GripHttpSession  *self);
void                 grip_http_session_end              (GripHttpSession  *self);
void                 grip_http_session_abort            (GripHttpSession  *self);
GripHttpConnections *grip_http_session_get_connections  (GripHttpSession  *self);
GCancellable        *grip_http_session_take_cancellable (GripHttpSession  *self,
                                                         GError          **error);
void                 grip_http_session_give_cancellable (GripHttpSession  *self,
                                                         GCancellable     *cancellable);
gboolean             grip_http_check_descriptors        (guint             n_pairs,
                                                         GError          **error);
GMainContext        *grip_http_session_push_context     (GripHttpSession  *self);
void                 grip_http_session_pop_context      (GripHttpSession  *self,
                                                         GMainContext     *context);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripHttpSession, grip_http_session_free)

G_END_DECLS
