/* grip-zmq-stats.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-zmq-monitor.h"
#include "grip-zmq-stats-frame.h"
#include "grip-zmq-stats.h"

/* So many frames wait for the main context: a proxy with many clients tells of all of them at once. */
#define HIGH_WATER_MARK 10000
#define LONGEST_FRAME   (4 * 1024 * 1024)

/* A SUB socket that is connected to the PUB socket of the proxies' stats. */
struct _GripZmqStats
{
  GripStats       parent_instance;

  GripZmqSocket  *socket;
  GripZmqMonitor *monitor;
};

G_DEFINE_FINAL_TYPE (GripZmqStats, grip_zmq_stats, GRIP_TYPE_STATS)

/* The other frames of a message are of no known use. */
static void
take_message (GripZmqStats *self,
              zmq_msg_t    *message,
              gboolean     *in_message)
{
  g_autoptr(GError) error = NULL;

  if (!*in_message &&
      !grip_zmq_stats_frame_take (GRIP_STATS (self), zmq_msg_data (message), zmq_msg_size (message), &error))
    g_debug ("%s", error->message);
  *in_message = zmq_msg_more (message);
}

/* A handler of what is told may close it, or let go of it. */
static void
readable_cb (GripZmqSocket *socket,
             short          events,
             gpointer       user_data)
{
  g_autoptr(GripZmqStats) self = g_object_ref (user_data);
  gboolean                in_message = FALSE;
  zmq_msg_t               message;

  for (guint i = 0; (i < GRIP_ZMQ_SOCKET_BATCH || in_message) && self->socket != NULL &&
                    grip_zmq_socket_receive (self->socket, &message); i++)
    {
      take_message (self, &message, &in_message);
      zmq_msg_close (&message);
    }
}

/* There is a `message` for each item to each channel: those are only for who wants them. */
static gboolean
subscribe (GripZmqStats   *self,
           GripZmqSocket  *socket,
           GError        **error)
{
  static const char *const kinds[] = { "sub ", "conn ", "report ", "counts ", "activity " };
  guint                    signal_id = g_signal_lookup ("report", GRIP_TYPE_STATS);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (!grip_zmq_socket_subscribe (socket, kinds[i], error))
      return FALSE;

  return !g_signal_has_handler_pending (self, signal_id, g_quark_from_static_string ("message"), TRUE) ||
         grip_zmq_socket_subscribe (socket, "message ", error);
}

/* A frame that is too long is read and not taken; one that is far too long ends the connection. */
static void
set_limits (GripZmqSocket *socket)
{
  gint64 longest = LONGEST_FRAME;

  grip_zmq_socket_set_integer (socket, ZMQ_RCVHWM, HIGH_WATER_MARK);
  zmq_setsockopt (grip_zmq_socket_get_handle (socket), ZMQ_MAXMSGSIZE, &longest, sizeof longest);
}

/* Nobody asks. */
static void
changed_cb (GripZmqChange  change,
            const char    *address,
            gpointer       user_data)
{
}

static gboolean
grip_zmq_stats_open (GripStats  *stats,
                     GError    **error)
{
  GripZmqStats              *self = GRIP_ZMQ_STATS (stats);
  GripEndpoint              *endpoint = grip_stats_get_endpoint (stats);
  GMainContext              *context = g_main_context_get_thread_default ();
  g_autoptr(GripZmqSocket)   socket = grip_zmq_socket_new (ZMQ_SUB, error);
  g_autoptr(GripZmqMonitor)  monitor = NULL;

  if (socket != NULL)
    {
      set_limits (socket);
      monitor = grip_zmq_monitor_new (socket, context, changed_cb, NULL, error);
    }
  if (monitor == NULL ||
      !grip_zmq_socket_set_curve (socket, grip_endpoint_get_control_zmq_server_key (endpoint),
                                  grip_endpoint_get_control_zmq_public_key (endpoint),
                                  grip_endpoint_get_control_zmq_secret_key (endpoint), error) ||
      !subscribe (self, socket, error) ||
      !grip_zmq_socket_connect (socket, grip_endpoint_get_control_zmq_stats_uri (endpoint), error))
    return FALSE;

  self->socket = g_steal_pointer (&socket);
  self->monitor = g_steal_pointer (&monitor);
  grip_zmq_socket_watch (self->socket, context, ZMQ_POLLIN, readable_cb, self);

  return TRUE;
}

static void
grip_zmq_stats_close (GripStats *stats)
{
  GripZmqStats *self = GRIP_ZMQ_STATS (stats);

  g_clear_pointer (&self->monitor, grip_zmq_monitor_free);
  g_clear_pointer (&self->socket, grip_zmq_socket_free);
}

static void
grip_zmq_stats_class_init (GripZmqStatsClass *klass)
{
  GripStatsClass *stats_class = GRIP_STATS_CLASS (klass);

  stats_class->open = grip_zmq_stats_open;
  stats_class->close = grip_zmq_stats_close;
}

static void
grip_zmq_stats_init (GripZmqStats *self)
{
}
