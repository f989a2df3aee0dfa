/* monitor-server.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A proxy with a subscription monitor (protocol 4.3), in the test's own main context: it answers while
 * the test iterates that. */
typedef struct _MonitorServer MonitorServer;

MonitorServer *monitor_server_new             (void);
void           monitor_server_free            (MonitorServer *self);
const char    *monitor_server_get_uri         (MonitorServer *self);

/* A change: it gets the next cursor and is in the history from now on; with @tell in the streams too. */
void           monitor_server_change          (MonitorServer *self,
                                               const char    *channel,
                                               gboolean       subscribed,
                                               gboolean       tell);
/* Cursors as Fanout Cloud makes them, which differ between the history and the stream. */
void           monitor_server_set_fanout      (MonitorServer *self);
void           monitor_server_set_page_size   (MonitorServer *self,
                                               guint          page_size);
/* All changes are forgotten; the next cursor is another one. */
void           monitor_server_restart         (MonitorServer *self);

/* Bytes into the streams as they are; the end of all streams. */
void           monitor_server_write           (MonitorServer *self,
                                               const char    *text,
                                               gssize         length);
void           monitor_server_drop_streams    (MonitorServer *self);
/* The next streams begin with the last @n changes. */
void           monitor_server_set_replay      (MonitorServer *self,
                                               guint          n);

/* What the history, the streams and publishes are answered with instead; 0: as usual. */
void           monitor_server_fail_history    (MonitorServer *self,
                                               guint          status,
                                               const char    *body);
void           monitor_server_fail_stream     (MonitorServer *self,
                                               guint          status);
void           monitor_server_fail_publish    (MonitorServer *self,
                                               guint          status);

guint          monitor_server_get_n_streams   (MonitorServer *self);
guint          monitor_server_get_n_opened    (MonitorServer *self);
guint          monitor_server_get_n_history   (MonitorServer *self);
/* What was asked for: "items", "items?since=…", "stream"; the bodies that were posted, a line each. */
char          *monitor_server_dup_log         (MonitorServer *self);
char          *monitor_server_dup_posted      (MonitorServer *self);
/* The Authorization of the last request, NULL when it had none. */
const char    *monitor_server_get_authorization (MonitorServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonitorServer, monitor_server_free)

G_END_DECLS
