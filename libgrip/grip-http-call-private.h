/* grip-http-call-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-endpoint.h"
#include "grip-http-call.h"

G_BEGIN_DECLS

/* What a call ends with, as the result of its task. */
typedef struct
{
  guint   status;
  GBytes *reply;
} GripHttpReply;

void          grip_http_reply_free  (GripHttpReply  *reply);
GripHttpCall *grip_http_call_new    (GTask          *task,
                                     GripEndpoint   *endpoint,
                                     const char     *method,
                                     const char     *path,
                                     const char     *content_type,
                                     GBytes         *body,
                                     GError        **error);

G_END_DECLS
