/* grip-pub-control-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-base-transport-private.h"
#include "grip-batch-private.h"
#include "grip-failure-log-private.h"
#include "grip-lane-private.h"
#include "grip-monitors-private.h"
#include "grip-pub-events-private.h"
#include "grip-pub-control.h"
#include "grip-signature.h"

G_BEGIN_DECLS

typedef struct
{
  GMutex          lock;
  GPtrArray      *lanes;        /* never changed, only replaced */
  GripWorker     *worker;
  GripLimits      limits;
  GPtrArray      *retired;      /* lanes that were removed and still deliver */
  GripCounters    past;         /* of lanes that came to their end */
  GripFailureLog *failures;
  GripPubEvents  *events;
  GripMonitors   *monitors;
  GMainContext   *context;      /* of the maker: signals are emitted there */
  char           *prefix;
  guint           sig_leeway;   /* atomic */
  int             idempotent;   /* atomic */
  guint           fork_generation;
  gboolean        closed;
} GripPubControlPrivate;

/* What one call publishes: one item to each channel, or to each its own. */
typedef struct
{
  guint               n;
  const char * const *channels;
  GripItem           *item;
  GripItem * const   *items;    /* instead of @item */
  GripSimpleItem     *simple;   /* instead of @item, not checked yet */
  GripBatch          *batch;    /* nullable: gets the results */
} GripOrder;

gboolean               grip_pub_control_publish_order       (GripPubControl       *self,
                                                             const GripOrder      *order,
                                                             GCancellable         *cancellable,
                                                             GError              **error);
void                   grip_pub_control_publish_order_async (GripPubControl       *self,
                                                             const GripOrder      *order,
                                                             GCancellable         *cancellable,
                                                             GAsyncReadyCallback   callback,
                                                             gpointer              user_data,
                                                             gpointer              source_tag);
GripPubControlPrivate *grip_pub_control_get_private  (GripPubControl  *self);
gboolean               grip_pub_control_check_process (GripPubControl  *self,
                                                       GError         **error);
GPtrArray             *grip_pub_control_dup_lanes    (GripPubControl  *self,
                                                      char           **prefix,
                                                      GError         **error);
GPtrArray             *grip_pub_control_close_lanes  (GripPubControl  *self);
void                   grip_pub_control_retire_lane_locked (GripPubControlPrivate *priv,
                                                            GripLane              *lane);
void                   grip_pub_control_emit_failed       (GripPubControl *self,
                                                           GripTransport  *transport,
                                                           const char     *channel,
                                                           GripItem       *item,
                                                           GripFate        fate,
                                                           const GError   *error);
void                   grip_pub_control_emit_subscription (GripPubControl *self,
                                                           const char     *channel,
                                                           gboolean        subscribed);

G_END_DECLS
