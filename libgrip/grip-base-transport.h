/* grip-base-transport.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip-statistics.h>
#include <libgrip/grip-transport.h>

G_BEGIN_DECLS

#define GRIP_TYPE_BASE_TRANSPORT (grip_base_transport_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (GripBaseTransport, grip_base_transport, GRIP, BASE_TRANSPORT, GObject)

/**
 * GripBaseTransportClass:
 * @parent_class: the parent
 * @deliver: takes a batch of messages
 * @deliver_sync: takes a batch in the publisher's thread, and may block
 * @open: called once, before the first delivery
 * @close: called once, after the last delivery
 * @is_subscribed: tells whether anybody listens to a channel
 *
 * The class of transports. Only @deliver must be there.
 *
 * Since: 1.0
 */
struct _GripBaseTransportClass
{
  GObjectClass parent_class;

  /**
   * GripBaseTransportClass::deliver:
   * @self: a transport
   * @delivery: the messages
   *
   * Takes a batch of messages, to be answered now or later. Called in the transport's context.
   *
   * Since: 1.0
   */
  void     (*deliver)       (GripBaseTransport *self,
                             GripDelivery      *delivery);

  /**
   * GripBaseTransportClass::deliver_sync:
   * @self: a transport
   * @delivery: the messages
   *
   * Takes a batch in the thread of a synchronous publish, which waits for it; it must be answered when
   * the function returns. It may be called from any thread, while the transport's context does other
   * work, so it is for thread-safe transports only. Without it a synchronous publish goes
   * through the worker.
   *
   * Since: 1.0
   */
  void     (*deliver_sync)  (GripBaseTransport *self,
                             GripDelivery      *delivery);

  /**
   * GripBaseTransportClass::open:
   * @self: a transport
   *
   * Called in the transport's context once, before the first delivery.
   *
   * Since: 1.0
   */
  void     (*open)          (GripBaseTransport *self);

  /**
   * GripBaseTransportClass::close:
   * @self: a transport
   *
   * Called in the transport's context once, after the last delivery.
   *
   * Since: 1.0
   */
  void     (*close)         (GripBaseTransport *self);

  /**
   * GripBaseTransportClass::is_subscribed:
   * @self: a transport
   * @channel: a channel
   *
   * Tells whether anybody may listen to a channel. Called from any thread. Unknown is not nobody.
   *
   * Returns: false if certainly nobody does
   *
   * Since: 1.0
   */
  gboolean (*is_subscribed) (GripBaseTransport *self,
                             const char        *channel);

  /*< private >*/
  gpointer padding[8];
};

GRIP_AVAILABLE_IN_1_0
GripEncoding  grip_base_transport_get_encoding        (GripBaseTransport *self);
GRIP_AVAILABLE_IN_1_0
void          grip_base_transport_set_encoding        (GripBaseTransport *self,
                                                       GripEncoding       encoding);
GRIP_AVAILABLE_IN_1_0
gsize         grip_base_transport_get_max_batch_bytes (GripBaseTransport *self);
GRIP_AVAILABLE_IN_1_0
void          grip_base_transport_set_max_batch_bytes (GripBaseTransport *self,
                                                       gsize              bytes);
GRIP_AVAILABLE_IN_1_0
guint         grip_base_transport_get_max_batch_items (GripBaseTransport *self);
GRIP_AVAILABLE_IN_1_0
void          grip_base_transport_set_max_batch_items (GripBaseTransport *self,
                                                       guint              items);
GRIP_AVAILABLE_IN_1_0
void          grip_base_transport_set_opens_early     (GripBaseTransport *self,
                                                       gboolean           opens_early);
GRIP_AVAILABLE_IN_1_0
guint         grip_base_transport_get_max_in_flight   (GripBaseTransport *self);
GRIP_AVAILABLE_IN_1_0
void          grip_base_transport_set_max_in_flight   (GripBaseTransport *self,
                                                       guint              deliveries);
GRIP_AVAILABLE_IN_1_0
double        grip_base_transport_get_queue_timeout   (GripBaseTransport *self);
GRIP_AVAILABLE_IN_1_0
void          grip_base_transport_set_queue_timeout   (GripBaseTransport *self,
                                                       double             seconds);
GRIP_AVAILABLE_IN_1_0
gboolean      grip_base_transport_get_ready           (GripBaseTransport *self);
GRIP_AVAILABLE_IN_1_0
void          grip_base_transport_set_ready           (GripBaseTransport *self,
                                                       gboolean           ready);
GRIP_AVAILABLE_IN_1_0
GripStatistics *grip_base_transport_get_statistics    (GripBaseTransport *self);
GRIP_AVAILABLE_IN_1_0
GMainContext *grip_base_transport_get_main_context    (GripBaseTransport *self);
GRIP_AVAILABLE_IN_1_0
gboolean      grip_base_transport_is_subscribed       (GripBaseTransport *self,
                                                       const char        *channel);
GRIP_AVAILABLE_IN_1_0
void          grip_base_transport_channel_subscribed   (GripBaseTransport *self,
                                                       const char        *channel);
GRIP_AVAILABLE_IN_1_0
void          grip_base_transport_channel_unsubscribed (GripBaseTransport *self,
                                                       const char        *channel);

G_END_DECLS
