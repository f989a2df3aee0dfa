/* grip-http-subscribers.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>

G_BEGIN_DECLS

/* Which channels of one endpoint have subscribers, and whether that is known at all. It is changed in
 * the transport's context, which is told, and asked from any thread. */
typedef struct _GripHttpSubscribers GripHttpSubscribers;

GripHttpSubscribers *grip_http_subscribers_new           (void);
void                 grip_http_subscribers_free          (GripHttpSubscribers *self);
void                 grip_http_subscribers_set_transport (GripHttpSubscribers *self,
                                                          GripBaseTransport   *transport);
void                 grip_http_subscribers_set_known     (GripHttpSubscribers *self,
                                                          gboolean             known);
void                 grip_http_subscribers_set_error     (GripHttpSubscribers *self,
                                                          const GError        *error,
                                                          gboolean             given_up);
void                 grip_http_subscribers_change        (GripHttpSubscribers *self,
                                                          const char          *channel,
                                                          gboolean             subscribed);
void                 grip_http_subscribers_forget        (GripHttpSubscribers *self);
gsize                grip_http_subscribers_get_bytes     (GripHttpSubscribers *self);
gboolean             grip_http_subscribers_is_known      (GripHttpSubscribers *self);
GError              *grip_http_subscribers_dup_error     (GripHttpSubscribers *self);
gboolean             grip_http_subscribers_is_given_up   (GripHttpSubscribers *self);
gboolean             grip_http_subscribers_may_have      (GripHttpSubscribers *self,
                                                          const char          *channel);

G_END_DECLS
