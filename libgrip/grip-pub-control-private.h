/* grip-pub-control-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-base-transport-private.h"
#include "grip-failure-log-private.h"
#include "grip-lane-private.h"
#include "grip-pub-control.h"
#include "grip-signature.h"

G_BEGIN_DECLS

typedef struct
{
  GMutex          lock;
  GPtrArray      *lanes;        /* never changed, only replaced */
  GripWorker     *worker;
  GripLimits      limits;
  GripFailureLog *failures;
  GMainContext   *context;      /* of the maker: signals are emitted there */
  GHashTable     *subscribed;   /* channel → by how many transports */
  char           *prefix;
  guint           sig_leeway;   /* atomic */
  guint           fork_generation;
  gboolean        closed;
} GripPubControlPrivate;

GripPubControlPrivate *grip_pub_control_get_private  (GripPubControl  *self);
GPtrArray             *grip_pub_control_dup_lanes    (GripPubControl  *self,
                                                      char           **prefix,
                                                      GError         **error);
GPtrArray             *grip_pub_control_close_lanes  (GripPubControl  *self);
void                   grip_pub_control_emit_subscription (GripPubControl *self,
                                                           const char     *channel,
                                                           gboolean        subscribed);

G_END_DECLS
