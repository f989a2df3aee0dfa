/* grip-delivery.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include <libgrip/grip-error.h>
#include <libgrip/grip-item.h>

G_BEGIN_DECLS

#define GRIP_TYPE_DELIVERY (grip_delivery_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripDelivery, grip_delivery, GRIP, DELIVERY, GObject)

GRIP_AVAILABLE_IN_1_0
guint         grip_delivery_get_n_messages    (GripDelivery *self);
GRIP_AVAILABLE_IN_1_0
const char   *grip_delivery_get_channel       (GripDelivery *self,
                                               guint         index);
GRIP_AVAILABLE_IN_1_0
GBytes       *grip_delivery_get_payload       (GripDelivery *self,
                                               guint         index);
GRIP_AVAILABLE_IN_1_0
const guint8 *grip_delivery_get_payload_data  (GripDelivery *self,
                                               guint         index,
                                               gsize        *length);
GRIP_AVAILABLE_IN_1_0
gpointer      grip_delivery_hold_payload      (GripDelivery *self,
                                               guint         index);
GRIP_AVAILABLE_IN_1_0
void          grip_delivery_release_payload   (gpointer      hold);
GRIP_AVAILABLE_IN_1_0
GripItem     *grip_delivery_get_item          (GripDelivery *self,
                                               guint         index);
GRIP_AVAILABLE_IN_1_0
GBytes       *grip_delivery_dup_body          (GripDelivery *self) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GPtrArray    *grip_delivery_dup_body_parts    (GripDelivery *self) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
const char   *grip_delivery_get_authorization (GripDelivery *self);
GRIP_AVAILABLE_IN_1_0
GCancellable *grip_delivery_get_cancellable   (GripDelivery *self);

GRIP_AVAILABLE_IN_1_0
void          grip_delivery_complete          (GripDelivery *self);
GRIP_AVAILABLE_IN_1_0
void          grip_delivery_complete_first    (GripDelivery *self,
                                               guint         n_messages);
GRIP_AVAILABLE_IN_1_0
void          grip_delivery_keep_first        (GripDelivery *self,
                                               guint         n_messages);
GRIP_AVAILABLE_IN_1_0
void          grip_delivery_fail              (GripDelivery *self,
                                               const GError *error);
GRIP_AVAILABLE_IN_1_0
void          grip_delivery_fail_literal      (GripDelivery *self,
                                               GripError     code,
                                               const char   *message);
GRIP_AVAILABLE_IN_1_0
void          grip_delivery_fail_with_fate    (GripDelivery *self,
                                               GripFate      fate,
                                               const GError *error);
GRIP_AVAILABLE_IN_1_0
void          grip_delivery_fail_message      (GripDelivery *self,
                                               guint         index,
                                               const GError *error);
GRIP_AVAILABLE_IN_1_0
void          grip_delivery_skip_message      (GripDelivery *self,
                                               guint         index);
GRIP_AVAILABLE_IN_1_0
void          grip_delivery_refuse            (GripDelivery *self,
                                               const GError *error);
GRIP_AVAILABLE_IN_1_0
void          grip_delivery_defer             (GripDelivery *self,
                                               double        seconds,
                                               const GError *error);

G_END_DECLS
