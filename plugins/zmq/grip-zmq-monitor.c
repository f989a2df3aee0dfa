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

#define FAILURES (ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | \
                  ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
#define EVENTS   (ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CONNECT_RETRIED | FAILURES)

struct _GripZmqMonitor
{
  GripZmqSocket      *socket;
  GripZmqSocket      *pair;
  GripZmqFamily      *family;
  GripZmqMonitorFunc  func;
  gpointer            user_data;
  gboolean            refused;
  gboolean            draining;
  pid_t               pid;
};

/* After a failed handshake libzmq also tells of the disconnection of what was never connected. Its one
 * thread tells of both in one go. */
static void
report (GripZmqMonitor *self,
        guint16         event,
        const char     *address)
{
  if (event == ZMQ_EVENT_CONNECT_RETRIED)
    {
      grip_zmq_family_failed (self->family, address);
    }
  else if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED)
    {
      self->refused = FALSE;
      grip_zmq_family_connected (self->family);
      self->func (GRIP_ZMQ_CONNECTED, address, self->user_data);
    }
  else if (event == ZMQ_EVENT_DISCONNECTED)
    {
      grip_zmq_family_disconnected (self->family, address);
      if (!self->refused)
        self->func (GRIP_ZMQ_DISCONNECTED, address, self->user_data);
      self->refused = FALSE;
    }
  else if ((event & FAILURES) != 0)
    {
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

  if (!grip_zmq_socket_receive (self->pair, &first))
    return FALSE;
  if (zmq_msg_size (&first) >= sizeof event)
    memcpy (&event, zmq_msg_data (&first), sizeof event);
  zmq_msg_close (&first);

  if (!grip_zmq_socket_receive (self->pair, &second))
    return FALSE;
  address = g_strndup (zmq_msg_data (&second), zmq_msg_size (&second));
  zmq_msg_close (&second);

  report (self, event, address);

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
  self->func = func;
  self->user_data = user_data;
  self->pid = getpid ();
  grip_zmq_socket_watch (pair, context, ZMQ_POLLIN, events_cb, self);

  return self;
}

void
grip_zmq_monitor_free (GripZmqMonitor *self)
{
  if (!grip_zmq_context_is_foreign (self->pid))
    zmq_socket_monitor (grip_zmq_socket_get_handle (self->socket), NULL, 0);
  grip_zmq_family_free (self->family);
  grip_zmq_socket_free (self->pair);
  g_free (self);
}
