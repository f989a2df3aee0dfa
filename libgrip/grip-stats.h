/* grip-stats.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip-endpoint.h>
#include <libgrip/grip-stats-channel.h>

G_BEGIN_DECLS

/**
 * GRIP_STATS_EXTENSION_POINT_NAME:
 *
 * The extension point that plugins with a [class@Grip.Stats] implement, beside that for transports.
 *
 * Since: 1.0
 */
#define GRIP_STATS_EXTENSION_POINT_NAME "grip-stats"

#define GRIP_TYPE_STATS (grip_stats_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (GripStats, grip_stats, GRIP, STATS, GObject)

/**
 * GripStatsClass:
 * @parent_class: the parent
 * @open: begins to listen to the proxy
 * @close: ends it
 *
 * The class of what listens to the stats of a proxy.
 *
 * Since: 1.0
 */
struct _GripStatsClass
{
  GObjectClass parent_class;

  /**
   * GripStatsClass::open:
   * @self: stats
   * @error: return location for an error
   *
   * Begins to listen, in the calling thread's default main context.
   *
   * Returns: true on success
   *
   * Since: 1.0
   */
  gboolean (*open)  (GripStats  *self,
                     GError    **error);

  /**
   * GripStatsClass::close:
   * @self: stats
   *
   * Ends it. Called once, after a successful `open`.
   *
   * Since: 1.0
   */
  void     (*close) (GripStats  *self);

  /*< private >*/
  gpointer padding[8];
};

GRIP_AVAILABLE_IN_1_0
GripStats    *grip_stats_new_for_endpoint  (GripEndpoint  *endpoint,
                                            GError       **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripEndpoint *grip_stats_get_endpoint      (GripStats     *self);
GRIP_AVAILABLE_IN_1_0
gboolean      grip_stats_open              (GripStats     *self,
                                            GError       **error);
GRIP_AVAILABLE_IN_1_0
void          grip_stats_close             (GripStats     *self);
GRIP_AVAILABLE_IN_1_0
guint64       grip_stats_get_subscribers   (GripStats     *self,
                                            const char    *channel);
GRIP_AVAILABLE_IN_1_0
guint         grip_stats_get_n_connections (GripStats     *self);
GRIP_AVAILABLE_IN_1_0
GVariant     *grip_stats_get_last_report   (GripStats     *self);
GRIP_AVAILABLE_IN_1_0
gboolean      grip_stats_take_record       (GripStats     *self,
                                            const char    *kind,
                                            GVariant      *values,
                                            GError       **error);
GRIP_AVAILABLE_IN_1_0
gboolean      grip_stats_take_json_record  (GripStats     *self,
                                            const char    *kind,
                                            GBytes        *json,
                                            GError       **error);

G_END_DECLS
