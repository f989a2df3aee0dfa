/* grip-http-request.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>
#include <libsoup/soup.h>

#include "grip-http-connections.h"
#include "grip-http-deadline.h"

G_BEGIN_DECLS

/* So much of a reply is read, unless another limit is set. What comes after it is nobody's business, and the connection is closed. */
#define GRIP_HTTP_MAX_REPLY (64 * 1024)

/* One POST or GET, sent once and never again by itself, and what came of it. */
typedef struct _GripHttpRequest GripHttpRequest;

/* Called when the request has ended, with @error when there is no whole reply. */
typedef void (*GripHttpRequestFunc) (GripHttpRequest *self,
                                     const GError    *error,
                                     gpointer         user_data);

GripHttpRequest *grip_http_request_new               (GUri                 *uri,
                                                      const char           *method);
void             grip_http_request_free              (GripHttpRequest      *self);
gboolean         grip_http_request_set_authorization (GripHttpRequest      *self,
                                                      const char           *value,
                                                      GError              **error);
void             grip_http_request_set_accept        (GripHttpRequest      *self,
                                                      const char           *types);
void             grip_http_request_set_max_reply     (GripHttpRequest      *self,
                                                      gsize                 max_reply);
void             grip_http_request_set_body          (GripHttpRequest      *self,
                                                      const char           *content_type,
                                                      GBytes               *body);
void             grip_http_request_set_connections   (GripHttpRequest      *self,
                                                      GripHttpConnections  *connections);
void             grip_http_request_set_body_parts    (GripHttpRequest      *self,
                                                      const char           *content_type,
                                                      GPtrArray            *parts);

gboolean         grip_http_request_send              (GripHttpRequest      *self,
                                                      SoupSession          *session,
                                                      gint64                time_limit,
                                                      GCancellable         *own,
                                                      GCancellable         *cancellable,
                                                      GError              **error);
void             grip_http_request_send_async        (GripHttpRequest      *self,
                                                      SoupSession          *session,
                                                      gint64                time_limit,
                                                      GCancellable         *cancellable,
                                                      GripHttpRequestFunc   func,
                                                      gpointer              user_data);
void             grip_http_request_open_async        (GripHttpRequest      *self,
                                                      SoupSession          *session,
                                                      gint64                time_limit,
                                                      GCancellable         *cancellable,
                                                      GripHttpRequestFunc   func,
                                                      gpointer              user_data);
GInputStream    *grip_http_request_get_stream        (GripHttpRequest      *self);

/* When there is a whole reply. */
guint            grip_http_request_get_status        (GripHttpRequest      *self);
const char      *grip_http_request_get_header        (GripHttpRequest      *self,
                                                      const char           *name);
GBytes          *grip_http_request_dup_reply         (GripHttpRequest      *self);
char            *grip_http_request_dup_line          (GripHttpRequest      *self);

/* When there is none: what is known about the body that was to be sent. */
GripFate         grip_http_request_get_fate          (GripHttpRequest      *self);
gsize            grip_http_request_get_body_length   (GripHttpRequest      *self);
gsize            grip_http_request_get_body_written  (GripHttpRequest      *self);
gboolean         grip_http_request_was_cut           (GripHttpRequest      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripHttpRequest, grip_http_request_free)

G_END_DECLS
