/* grip-monitors.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-monitors-private.h"

struct _GripMonitors
{
  int                ref_count;
  int                offline;         /* atomic */
  int                wanted;          /* atomic: the defaults are on their way */
  int                closed;          /* atomic */
  GMainContext      *context;

  /* In the context only */
  GNetworkMonitor   *network;
  GMemoryMonitor    *memory;
  GPtrArray         *waiting;         /* lanes that the network has to come back for */
  GripLowMemoryFunc  low_memory;
  gpointer           user_data;
};

/* In the context that is thread-default here. */
GripMonitors *
grip_monitors_new (GripLowMemoryFunc low_memory,
                   gpointer          user_data)
{
  GripMonitors *self = g_new0 (GripMonitors, 1);

  self->ref_count = 1;
  self->context = g_main_context_ref_thread_default ();
  self->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify) grip_lane_unref);
  self->low_memory = low_memory;
  self->user_data = user_data;

  return self;
}

GripMonitors *
grip_monitors_ref (GripMonitors *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

void
grip_monitors_unref (GripMonitors *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  g_ptr_array_unref (self->waiting);
  g_clear_object (&self->network);
  g_clear_object (&self->memory);
  g_main_context_unref (self->context);
  g_free (self);
}

static void
network_changed_cb (GNetworkMonitor *network,
                    gboolean         available,
                    GripMonitors    *self)
{
  g_autoptr(GPtrArray) waiting = NULL;

  g_atomic_int_set (&self->offline, !available);
  if (!available)
    return;

  waiting = g_steal_pointer (&self->waiting);
  self->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify) grip_lane_unref);
  for (guint i = 0; i < waiting->len; i++)
    grip_lane_wake (g_ptr_array_index (waiting, i));
}

static void
low_memory_cb (GMemoryMonitor             *memory,
               GMemoryMonitorWarningLevel  level,
               GripMonitors               *self)
{
  self->low_memory (level, self->user_data);
}

/* Whoever makes the publisher may have a monitor of its own, or a fake one. */
void
grip_monitors_set_network (GripMonitors    *self,
                           GNetworkMonitor *network)
{
  if (self->network != NULL)
    g_signal_handlers_disconnect_by_data (self->network, self);
  g_set_object (&self->network, network);
  if (network == NULL)
    return;

  g_signal_connect (network, "network-changed", G_CALLBACK (network_changed_cb), self);
  network_changed_cb (network, g_network_monitor_get_network_available (network), self);
}

void
grip_monitors_set_memory (GripMonitors   *self,
                          GMemoryMonitor *memory)
{
  if (self->memory != NULL)
    g_signal_handlers_disconnect_by_data (self->memory, self);
  g_set_object (&self->memory, memory);
  if (memory != NULL)
    g_signal_connect (memory, "low-memory-warning", G_CALLBACK (low_memory_cb), self);
}

GNetworkMonitor *
grip_monitors_get_network (GripMonitors *self)
{
  return self->network;
}

GMemoryMonitor *
grip_monitors_get_memory (GripMonitors *self)
{
  return self->memory;
}

/* Nothing is told from now on: what still waits is tried as if there were a network. */
void
grip_monitors_close (GripMonitors *self)
{
  g_atomic_int_set (&self->closed, TRUE);
  g_atomic_int_set (&self->offline, FALSE);
  for (guint i = 0; i < self->waiting->len; i++)
    grip_lane_resume (g_ptr_array_index (self->waiting, i));
  g_ptr_array_set_size (self->waiting, 0);
  grip_monitors_set_network (self, NULL);
  grip_monitors_set_memory (self, NULL);
}

static gboolean
make_defaults_cb (gpointer user_data)
{
  GripMonitors              *self = user_data;
  g_autoptr(GMemoryMonitor)  memory = NULL;

  if (g_atomic_int_get (&self->closed))
    return G_SOURCE_REMOVE;
  if (!grip_worker_check_descriptors (NULL))
    {
      /* With the next setback. */
      g_atomic_int_set (&self->wanted, FALSE);
      return G_SOURCE_REMOVE;
    }

  if (self->network == NULL)
    grip_monitors_set_network (self, g_network_monitor_get_default ());
  if (self->memory == NULL)
    {
      memory = g_memory_monitor_dup_default ();
      grip_monitors_set_memory (self, memory);
    }

  return G_SOURCE_REMOVE;
}

typedef struct
{
  GripMonitors *monitors;
  GripLane     *lane;
} GripPause;

static void
pause_free (GripPause *pause)
{
  grip_monitors_unref (pause->monitors);
  grip_lane_unref (pause->lane);
  g_free (pause);
}

static void
reached_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  GripPause *pause = user_data;

  if (!g_network_monitor_can_reach_finish (G_NETWORK_MONITOR (object), result, NULL) &&
      g_atomic_int_get (&pause->monitors->offline))
    g_ptr_array_add (pause->monitors->waiting, grip_lane_ref (pause->lane));
  else
    grip_lane_resume (pause->lane);
  pause_free (pause);
}

/* Without a default route there is no network to GIO, but there may be a way to a proxy next door. */
static gboolean
check_cb (gpointer user_data)
{
  GripPause *pause = user_data;

  if (pause->monitors->network == NULL || !g_atomic_int_get (&pause->monitors->offline))
    {
      grip_lane_resume (pause->lane);
      pause_free (pause);
    }
  else
    g_network_monitor_can_reach_async (pause->monitors->network, grip_lane_get_address (pause->lane), NULL,
                                       reached_cb, pause);

  return G_SOURCE_REMOVE;
}

static void
run_in_context (GripMonitors   *self,
                GSourceFunc     func,
                gpointer        user_data,
                GDestroyNotify  destroy)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "GripMonitors");
  g_source_set_callback (source, func, user_data, destroy);
  g_source_attach (source, self->context);
}

gboolean
grip_monitors_are_offline (GripMonitors *self)
{
  return g_atomic_int_get (&self->offline);
}

/* From any thread, when something failed at @lane that may be tried again. With @paused the lane waits for
 * grip_lane_wake() or grip_lane_resume(). */
void
grip_monitors_note_setback (GripMonitors *self,
                            GripLane     *lane,
                            gboolean      paused)
{
  GripPause *pause;

  if (g_atomic_int_compare_and_exchange (&self->wanted, FALSE, TRUE))
    run_in_context (self, make_defaults_cb, grip_monitors_ref (self), (GDestroyNotify) grip_monitors_unref);
  if (!paused)
    return;

  pause = g_new0 (GripPause, 1);
  pause->monitors = grip_monitors_ref (self);
  pause->lane = grip_lane_ref (lane);
  run_in_context (self, check_cb, pause, NULL);
}
