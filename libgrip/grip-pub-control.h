/* grip-pub-control.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip-batch.h>
#include <libgrip/grip-item.h>
#include <libgrip/grip-statistics.h>
#include <libgrip/grip-transport.h>

G_BEGIN_DECLS

#define GRIP_TYPE_PUB_CONTROL (grip_pub_control_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (GripPubControl, grip_pub_control, GRIP, PUB_CONTROL, GObject)

/**
 * GripPubControlClass:
 * @parent_class: the parent
 *
 * The class of publishers.
 *
 * Since: 1.0
 */
struct _GripPubControlClass
{
  GObjectClass parent_class;

  /*< private >*/
  gpointer padding[8];
};

GRIP_AVAILABLE_IN_1_0
GripPubControl *grip_pub_control_new                   (void) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripPubControl *grip_pub_control_new_for_uri           (const char           *uri,
                                                        GError              **error) G_GNUC_WARN_UNUSED_RESULT;

GRIP_AVAILABLE_IN_1_0
gboolean        grip_pub_control_apply_config          (GripPubControl       *self,
                                                        GVariant             *config,
                                                        GError              **error);
GRIP_AVAILABLE_IN_1_0
gboolean        grip_pub_control_apply_uri             (GripPubControl       *self,
                                                        const char           *uri,
                                                        GError              **error);
GRIP_AVAILABLE_IN_1_0
gboolean        grip_pub_control_apply_environment     (GripPubControl       *self,
                                                        GError              **error);
GRIP_AVAILABLE_IN_1_0
gboolean        grip_pub_control_add_endpoint          (GripPubControl       *self,
                                                        GripEndpoint         *endpoint,
                                                        GError              **error);
GRIP_AVAILABLE_IN_1_0
void            grip_pub_control_add_transport         (GripPubControl       *self,
                                                        GripTransport        *transport);
GRIP_AVAILABLE_IN_1_0
gboolean        grip_pub_control_remove_transport      (GripPubControl       *self,
                                                        GripTransport        *transport);
GRIP_AVAILABLE_IN_1_0
gboolean        grip_pub_control_replace_transport     (GripPubControl       *self,
                                                        GripTransport        *old_transport,
                                                        GripTransport        *new_transport);
GRIP_AVAILABLE_IN_1_0
void            grip_pub_control_remove_all_transports (GripPubControl       *self);

GRIP_AVAILABLE_IN_1_0
const char     *grip_pub_control_get_prefix            (GripPubControl       *self);
GRIP_AVAILABLE_IN_1_0
void            grip_pub_control_set_prefix            (GripPubControl       *self,
                                                        const char           *prefix);
GRIP_AVAILABLE_IN_1_0
guint64         grip_pub_control_get_max_queue_bytes   (GripPubControl       *self);
GRIP_AVAILABLE_IN_1_0
void            grip_pub_control_set_max_queue_bytes   (GripPubControl       *self,
                                                        guint64               bytes);
GRIP_AVAILABLE_IN_1_0
guint           grip_pub_control_get_max_queue_items   (GripPubControl       *self);
GRIP_AVAILABLE_IN_1_0
void            grip_pub_control_set_max_queue_items   (GripPubControl       *self,
                                                        guint                 items);
GRIP_AVAILABLE_IN_1_0
guint           grip_pub_control_get_retry_limit       (GripPubControl       *self);
GRIP_AVAILABLE_IN_1_0
void            grip_pub_control_set_retry_limit       (GripPubControl       *self,
                                                        guint                 limit);
GRIP_AVAILABLE_IN_1_0
double          grip_pub_control_get_timeout           (GripPubControl       *self);
GRIP_AVAILABLE_IN_1_0
void            grip_pub_control_set_timeout           (GripPubControl       *self,
                                                        double                seconds);

GRIP_AVAILABLE_IN_1_0
guint           grip_pub_control_get_sig_leeway        (GripPubControl       *self);
GRIP_AVAILABLE_IN_1_0
void            grip_pub_control_set_sig_leeway        (GripPubControl       *self,
                                                        guint                 seconds);
GRIP_AVAILABLE_IN_1_0
gboolean        grip_pub_control_get_idempotent        (GripPubControl       *self);
GRIP_AVAILABLE_IN_1_0
void            grip_pub_control_set_idempotent        (GripPubControl       *self,
                                                        gboolean              idempotent);
GRIP_AVAILABLE_IN_1_0
GripStatistics *grip_pub_control_get_statistics        (GripPubControl       *self);

GRIP_AVAILABLE_IN_1_0
gboolean        grip_pub_control_publish               (GripPubControl       *self,
                                                        const char           *channel,
                                                        GripItem             *item,
                                                        GCancellable         *cancellable,
                                                        GError              **error);
GRIP_AVAILABLE_IN_1_0
void            grip_pub_control_publish_async         (GripPubControl       *self,
                                                        const char           *channel,
                                                        GripItem             *item,
                                                        GCancellable         *cancellable,
                                                        GAsyncReadyCallback   callback,
                                                        gpointer              user_data);
GRIP_AVAILABLE_IN_1_0
gboolean        grip_pub_control_publish_finish        (GripPubControl       *self,
                                                        GAsyncResult         *result,
                                                        GError              **error);

GRIP_AVAILABLE_IN_1_0
gboolean        grip_pub_control_publish_to_channels        (GripPubControl       *self,
                                                             const char * const   *channels,
                                                             GripItem             *item,
                                                             GCancellable         *cancellable,
                                                             GError              **error);
GRIP_AVAILABLE_IN_1_0
void            grip_pub_control_publish_to_channels_async  (GripPubControl       *self,
                                                             const char * const   *channels,
                                                             GripItem             *item,
                                                             GCancellable         *cancellable,
                                                             GAsyncReadyCallback   callback,
                                                             gpointer              user_data);
GRIP_AVAILABLE_IN_1_0
gboolean        grip_pub_control_publish_to_channels_finish (GripPubControl       *self,
                                                             GAsyncResult         *result,
                                                             GError              **error);

GRIP_AVAILABLE_IN_1_0
gboolean        grip_pub_control_publish_batch         (GripPubControl       *self,
                                                        GripBatch            *batch,
                                                        GCancellable         *cancellable,
                                                        GError              **error);
GRIP_AVAILABLE_IN_1_0
void            grip_pub_control_publish_batch_async   (GripPubControl       *self,
                                                        GripBatch            *batch,
                                                        GCancellable         *cancellable,
                                                        GAsyncReadyCallback   callback,
                                                        gpointer              user_data);
GRIP_AVAILABLE_IN_1_0
gboolean        grip_pub_control_publish_batch_finish  (GripPubControl       *self,
                                                        GAsyncResult         *result,
                                                        GError              **error);

GRIP_AVAILABLE_IN_1_0
gboolean        grip_pub_control_flush                 (GripPubControl       *self,
                                                        GCancellable         *cancellable,
                                                        GError              **error);
GRIP_AVAILABLE_IN_1_0
void            grip_pub_control_flush_async           (GripPubControl       *self,
                                                        GCancellable         *cancellable,
                                                        GAsyncReadyCallback   callback,
                                                        gpointer              user_data);
GRIP_AVAILABLE_IN_1_0
gboolean        grip_pub_control_flush_finish          (GripPubControl       *self,
                                                        GAsyncResult         *result,
                                                        GError              **error);
GRIP_AVAILABLE_IN_1_0
gboolean        grip_pub_control_close                 (GripPubControl       *self,
                                                        GCancellable         *cancellable,
                                                        GError              **error);
GRIP_AVAILABLE_IN_1_0
void            grip_pub_control_close_async           (GripPubControl       *self,
                                                        GCancellable         *cancellable,
                                                        GAsyncReadyCallback   callback,
                                                        gpointer              user_data);
GRIP_AVAILABLE_IN_1_0
gboolean        grip_pub_control_close_finish          (GripPubControl       *self,
                                                        GAsyncResult         *result,
                                                        GError              **error);
GRIP_AVAILABLE_IN_1_0
gboolean        grip_pub_control_is_subscribed         (GripPubControl       *self,
                                                        const char           *channel);

GRIP_AVAILABLE_IN_1_0
gboolean grip_pub_control_publish_http_response                   (GripPubControl       *self,
                                                                   const char           *channel,
                                                                   const char           *body,
                                                                   const char           *id,
                                                                   const char           *prev_id,
                                                                   GCancellable         *cancellable,
                                                                   GError              **error);
GRIP_AVAILABLE_IN_1_0
void     grip_pub_control_publish_http_response_async             (GripPubControl       *self,
                                                                   const char           *channel,
                                                                   const char           *body,
                                                                   const char           *id,
                                                                   const char           *prev_id,
                                                                   GCancellable         *cancellable,
                                                                   GAsyncReadyCallback   callback,
                                                                   gpointer              user_data);
GRIP_AVAILABLE_IN_1_0
gboolean grip_pub_control_publish_http_response_finish            (GripPubControl       *self,
                                                                   GAsyncResult         *result,
                                                                   GError              **error);
GRIP_AVAILABLE_IN_1_0
gboolean grip_pub_control_publish_http_response_bytes             (GripPubControl       *self,
                                                                   const char           *channel,
                                                                   GBytes               *body,
                                                                   const char           *id,
                                                                   const char           *prev_id,
                                                                   GCancellable         *cancellable,
                                                                   GError              **error);
GRIP_AVAILABLE_IN_1_0
void     grip_pub_control_publish_http_response_bytes_async       (GripPubControl       *self,
                                                                   const char           *channel,
                                                                   GBytes               *body,
                                                                   const char           *id,
                                                                   const char           *prev_id,
                                                                   GCancellable         *cancellable,
                                                                   GAsyncReadyCallback   callback,
                                                                   gpointer              user_data);
GRIP_AVAILABLE_IN_1_0
gboolean grip_pub_control_publish_http_response_bytes_finish      (GripPubControl       *self,
                                                                   GAsyncResult         *result,
                                                                   GError              **error);
GRIP_AVAILABLE_IN_1_0
gboolean grip_pub_control_publish_http_stream                     (GripPubControl       *self,
                                                                   const char           *channel,
                                                                   const char           *content,
                                                                   const char           *id,
                                                                   const char           *prev_id,
                                                                   GCancellable         *cancellable,
                                                                   GError              **error);
GRIP_AVAILABLE_IN_1_0
void     grip_pub_control_publish_http_stream_async               (GripPubControl       *self,
                                                                   const char           *channel,
                                                                   const char           *content,
                                                                   const char           *id,
                                                                   const char           *prev_id,
                                                                   GCancellable         *cancellable,
                                                                   GAsyncReadyCallback   callback,
                                                                   gpointer              user_data);
GRIP_AVAILABLE_IN_1_0
gboolean grip_pub_control_publish_http_stream_finish              (GripPubControl       *self,
                                                                   GAsyncResult         *result,
                                                                   GError              **error);
GRIP_AVAILABLE_IN_1_0
gboolean grip_pub_control_publish_http_stream_bytes               (GripPubControl       *self,
                                                                   const char           *channel,
                                                                   GBytes               *content,
                                                                   const char           *id,
                                                                   const char           *prev_id,
                                                                   GCancellable         *cancellable,
                                                                   GError              **error);
GRIP_AVAILABLE_IN_1_0
void     grip_pub_control_publish_http_stream_bytes_async         (GripPubControl       *self,
                                                                   const char           *channel,
                                                                   GBytes               *content,
                                                                   const char           *id,
                                                                   const char           *prev_id,
                                                                   GCancellable         *cancellable,
                                                                   GAsyncReadyCallback   callback,
                                                                   gpointer              user_data);
GRIP_AVAILABLE_IN_1_0
gboolean grip_pub_control_publish_http_stream_bytes_finish        (GripPubControl       *self,
                                                                   GAsyncResult         *result,
                                                                   GError              **error);
GRIP_AVAILABLE_IN_1_0
gboolean grip_pub_control_publish_websocket_message               (GripPubControl       *self,
                                                                   const char           *channel,
                                                                   const char           *content,
                                                                   const char           *id,
                                                                   const char           *prev_id,
                                                                   GCancellable         *cancellable,
                                                                   GError              **error);
GRIP_AVAILABLE_IN_1_0
void     grip_pub_control_publish_websocket_message_async         (GripPubControl       *self,
                                                                   const char           *channel,
                                                                   const char           *content,
                                                                   const char           *id,
                                                                   const char           *prev_id,
                                                                   GCancellable         *cancellable,
                                                                   GAsyncReadyCallback   callback,
                                                                   gpointer              user_data);
GRIP_AVAILABLE_IN_1_0
gboolean grip_pub_control_publish_websocket_message_finish        (GripPubControl       *self,
                                                                   GAsyncResult         *result,
                                                                   GError              **error);
GRIP_AVAILABLE_IN_1_0
gboolean grip_pub_control_publish_websocket_message_bytes         (GripPubControl       *self,
                                                                   const char           *channel,
                                                                   GBytes               *content,
                                                                   const char           *id,
                                                                   const char           *prev_id,
                                                                   GCancellable         *cancellable,
                                                                   GError              **error);
GRIP_AVAILABLE_IN_1_0
void     grip_pub_control_publish_websocket_message_bytes_async   (GripPubControl       *self,
                                                                   const char           *channel,
                                                                   GBytes               *content,
                                                                   const char           *id,
                                                                   const char           *prev_id,
                                                                   GCancellable         *cancellable,
                                                                   GAsyncReadyCallback   callback,
                                                                   gpointer              user_data);
GRIP_AVAILABLE_IN_1_0
gboolean grip_pub_control_publish_websocket_message_bytes_finish  (GripPubControl       *self,
                                                                   GAsyncResult         *result,
                                                                   GError              **error);

G_END_DECLS
