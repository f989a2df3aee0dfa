/* grip-zmq-module.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-zmq-stats.h"
#include "grip-zmq-transport.h"

/* What the loader looks up by name: all that the plugin exports. */

G_MODULE_EXPORT void   g_io_grip_zmq_load   (GIOModule *module);
G_MODULE_EXPORT void   g_io_grip_zmq_unload (GIOModule *module);
G_MODULE_EXPORT char **g_io_grip_zmq_query  (void);

void
g_io_grip_zmq_load (GIOModule *module)
{
  g_io_extension_point_implement (GRIP_TRANSPORT_EXTENSION_POINT_NAME,
                                  GRIP_TYPE_ZMQ_TRANSPORT, "zmq", 0);
  /* A program that only publishes has not asked for stats, and not registered this. */
  g_io_extension_point_register (GRIP_STATS_EXTENSION_POINT_NAME);
  g_io_extension_point_implement (GRIP_STATS_EXTENSION_POINT_NAME,
                                  GRIP_TYPE_ZMQ_STATS, "zmq", 0);
}

/* The plugin is resident: it is not called. */
void
g_io_grip_zmq_unload (GIOModule *module)
{
}

char **
g_io_grip_zmq_query (void)
{
  const char *points[] = { GRIP_TRANSPORT_EXTENSION_POINT_NAME, GRIP_STATS_EXTENSION_POINT_NAME, NULL };

  return g_strdupv ((char **) points);
}
