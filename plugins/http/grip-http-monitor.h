/* grip-http-monitor.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-http-subscribers.h"

G_BEGIN_DECLS

/* Learns who listens at one endpoint (protocol 4.3): from a history of changes, fetched page by page,
 * and a stream of those that follow. It works in the context that the transport lives in. */
typedef struct _GripHttpMonitor GripHttpMonitor;

GripHttpMonitor     *grip_http_monitor_new             (void);
void                 grip_http_monitor_unref           (GripHttpMonitor    *self);
GripHttpSubscribers *grip_http_monitor_get_subscribers (GripHttpMonitor    *self);
void                 grip_http_monitor_start           (GripHttpMonitor    *self,
                                                        GripBaseTransport  *transport,
                                                        double              request_timeout,
                                                        double              stream_timeout);
void                 grip_http_monitor_stop            (GripHttpMonitor    *self);

G_END_DECLS
