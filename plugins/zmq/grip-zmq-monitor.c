/* grip-zmq-monitor.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>
#include <unistd.h>

#include <libgrip/grip.h>

#include "grip-zmq-context.h"
#include "grip-zmq-family.h"
#include "grip-zmq-monitor.h"
#include "grip-zmq-peers.h"

#define FAILURES (ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | \
                  ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
#define EVENTS   (ZMQ_EVENT_CONNECTED | ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED | \
                  ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CONNECT_RETRIED | FAILURES)

/* What libzmq makes again it says at once. */
#define GIVEN_UP_MSEC 1000

struct _GripZmqMonitor
{
  GripZmqSocket      *socket;
  GripZmqSocket      *pair;
  GripZmqFamily      *family;
  GripZmqPeers       *peers;
  GMainContext       *context;
  GSource            *timer;
  GripZmqMonitorFunc  func;
  gpointer            user_data;
  gboolean            refused;
  gboolean            draining;
  pid_t               pid;
};

static void
stop_timer (GripZmqMonitor *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static gboolean
given_up_cb (gpointer user_data)
{
  GripZmqMonitor *self = user_data;

  stop_timer (self);
  if (grip_zmq_context_is_foreign (self->pid))
    return G_SOURCE_REMOVE;

  grip_zmq_monitor_drain (self);
  grip_zmq_family_revive (self->family);

  return G_SOURCE_REMOVE;
}

/* One that libzmq does not make again by itself is to be made again. */
static void
expect_again (GripZmqMonitor *self,
              const char     *address)
{
  grip_zmq_family_disconnected (self->family, address);
  if (self->timer != NULL)
    return;

  self->timer = g_timeout_source_new (GIVEN_UP_MSEC);
  g_source_set_static_name (self->timer, "ZMQ given up");
  g_source_set_callback (self->timer, given_up_cb, self, NULL);
  g_source_attach (self->timer, self->context);
}

/* After a failed handshake libzmq also tells of the disconnection of what was never connected; after one with
 * another kind of socket of that alone. Its one thread tells of both in one go. */
static void
disconnected (GripZmqMonitor *self,
              int             fd,
              const char     *address)
{
  gboolean has_failed = self->refused;
  gboolean is_ours;
  gboolean was_connected = grip_zmq_peers_closed (self->peers, fd, has_failed, &is_ours);

  self->refused = FALSE;
  if (is_ours)
    expect_again (self, address);
  if (was_connected)
    self->func (GRIP_ZMQ_DISCONNECTED, address, self->user_data);
  else if (!has_failed)
    self->func (GRIP_ZMQ_REFUSED, address, self->user_data);
}

static void
report (GripZmqMonitor *self,
        guint16         event,
        int             value,
        const char     *address)
{
  switch (event)
    {
    case ZMQ_EVENT_CONNECT_RETRIED:
      grip_zmq_family_failed (self->family, address);
      break;
    case ZMQ_EVENT_CONNECTED:
    case ZMQ_EVENT_ACCEPTED:
      grip_zmq_peers_opened (self->peers, value, address, event == ZMQ_EVENT_CONNECTED);
      break;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
      self->refused = FALSE;
      grip_zmq_peers_greeted (self->peers, address);
      grip_zmq_family_connected (self->family, address);
      self->func (GRIP_ZMQ_CONNECTED, address, self->user_data);
      break;
    case ZMQ_EVENT_DISCONNECTED:
      disconnected (self, value, address);
      break;
    default:
      self->refused = TRUE;
      self->func (GRIP_ZMQ_REFUSED, address, self->user_data);
    }
}

static gboolean
receive_event (GripZmqMonitor *self)
{
  zmq_msg_t        first;
  zmq_msg_t        second;
  g_autofree char *address = NULL;
  guint16          event = 0;
  gint32           value = 0;

  if (!grip_zmq_socket_receive (self->pair, &first))
    return FALSE;
  if (zmq_msg_size (&first) >= sizeof event + sizeof value)
    {
      memcpy (&event, zmq_msg_data (&first), sizeof event);
      memcpy (&value, (const char *) zmq_msg_data (&first) + sizeof event, sizeof value);
    }
  zmq_msg_close (&first);

  if (!grip_zmq_socket_receive (self->pair, &second))
    return FALSE;
  address = g_strndup (zmq_msg_data (&second), zmq_msg_size (&second));
  zmq_msg_close (&second);

  report (self, event, value, address);

  return TRUE;
}

/* Reports all that has happened until now. */
void
grip_zmq_monitor_drain (GripZmqMonitor *self)
{
  if (self->draining)
    return;

  self->draining = TRUE;
  while (receive_event (self))
    ;
  self->draining = FALSE;
}

static void
events_cb (GripZmqSocket *socket,
           short          events,
           gpointer       user_data)
{
  grip_zmq_monitor_drain (user_data);
}

/* @func must not free the monitor. */
GripZmqMonitor *
grip_zmq_monitor_new (GripZmqSocket       *socket,
                      GMainContext        *context,
                      GripZmqMonitorFunc   func,
                      gpointer             user_data,
                      GError             **error)
{
  static int       counter;
  g_autofree char *address = g_strdup_printf ("inproc://grip-monitor-%d", g_atomic_int_add (&counter, 1));
  GripZmqMonitor  *self;
  GripZmqSocket   *pair = grip_zmq_socket_new (ZMQ_PAIR, error);

  if (pair == NULL)
    return NULL;

  if (zmq_socket_monitor (grip_zmq_socket_get_handle (socket), address, EVENTS) != 0)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_FAILED,
                   "cannot watch a ZMQ socket: %s", zmq_strerror (zmq_errno ()));
      grip_zmq_socket_free (pair);
      return NULL;
    }
  if (!grip_zmq_socket_connect (pair, address, error))
    {
      zmq_socket_monitor (grip_zmq_socket_get_handle (socket), NULL, 0);
      grip_zmq_socket_free (pair);
      return NULL;
    }

  self = g_new0 (GripZmqMonitor, 1);
  self->socket = socket;
  self->pair = pair;
  self->family = grip_zmq_family_new (socket);
  self->peers = grip_zmq_peers_new ();
  self->context = context != NULL ? g_main_context_ref (context) : NULL;
  self->func = func;
  self->user_data = user_data;
  self->pid = getpid ();
  grip_zmq_socket_watch (pair, context, ZMQ_POLLIN, events_cb, self);

  return self;
}

void
grip_zmq_monitor_free (GripZmqMonitor *self)
{
  stop_timer (self);
  if (!grip_zmq_context_is_foreign (self->pid))
    zmq_socket_monitor (grip_zmq_socket_get_handle (self->socket), NULL, 0);
  grip_zmq_family_free (self->family);
  grip_zmq_peers_free (self->peers);
  g_clear_pointer (&self->context, g_main_context_unref);
  grip_zmq_socket_free (self->pair);
  g_free (self);
}
