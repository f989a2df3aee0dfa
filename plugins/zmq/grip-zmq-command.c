/* grip-zmq-command.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-zmq-command.h"
#include "grip-zmq-message.h"
#include "grip-zmq-monitor.h"
#include "grip-zmq-reply.h"
#include "grip-zmq-tnetstring.h"

typedef enum
{
  STATE_IDLE,
  STATE_CONNECTING,
  STATE_WAITING,
  STATE_BROKEN,
} State;

struct _GripZmqCommand
{
  GripZmqSocket      *socket;
  GripZmqMonitor     *monitor;
  GMainContext       *context;
  GSource            *timer;
  char               *address;
  State               state;
  GBytes             *request;
  GripZmqCommandFunc  func;
  gpointer            user_data;
  gboolean            connected;    /* with the handshake of both sides done */
  gboolean            refused;
  gboolean            lost;
};

static void
stop_timer (GripZmqCommand *self)
{
  if (self->timer == NULL)
    return;

  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

/* The last thing to be done: it may free the command. */
static void
finish (GripZmqCommand *self,
        GVariant       *value,
        GripFate        fate,
        const GError   *error)
{
  GripZmqCommandFunc func = self->func;

  stop_timer (self);
  g_clear_pointer (&self->request, g_bytes_unref);
  grip_zmq_socket_set_events (self->socket, 0);
  self->state = error == NULL || fate == GRIP_FATE_REFUSED ? STATE_IDLE : STATE_BROKEN;
  self->func = NULL;
  func (self, value, fate, error, self->user_data);
}

static void
finish_with_error (GripZmqCommand *self,
                   GripFate        fate,
                   GError         *error)
{
  g_autoptr(GError) owned = error;

  finish (self, NULL, fate, owned);
}

static GripFate
fate_so_far (GripZmqCommand *self)
{
  return self->state == STATE_WAITING ? GRIP_FATE_UNKNOWN : GRIP_FATE_NOT_SENT;
}

static const char *
describe_failure (GripZmqCommand *self)
{
  if (self->lost)
    return "closed the connection without an answer";
  if (self->state == STATE_WAITING)
    return "did not answer in time";
  if (self->refused)
    return GRIP_ZMQ_MONITOR_REFUSED;

  return "cannot be reached";
}

static gboolean
timeout_cb (gpointer user_data)
{
  GripZmqCommand *self = user_data;
  gboolean        is_late = self->state == STATE_WAITING && !self->lost;

  finish_with_error (self, fate_so_far (self),
                     g_error_new (GRIP_ERROR, is_late ? GRIP_ERROR_TIMED_OUT : GRIP_ERROR_NOT_CONNECTED,
                                  "the command socket %s %s", self->address, describe_failure (self)));

  return G_SOURCE_REMOVE;
}

/* A reply has one frame; the rest of a longer one is looked at as little as that of a wrong one. */
static void
receive (GripZmqCommand *self)
{
  g_autoptr(GVariant) value = NULL;
  g_autoptr(GError)   error = NULL;
  GripFate            fate = GRIP_FATE_ACCEPTED;
  zmq_msg_t           message;

  if (!grip_zmq_socket_receive (self->socket, &message))
    return;

  if (zmq_msg_more (&message))
    g_set_error (&error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "it has several frames");
  else
    value = grip_zmq_reply_read (zmq_msg_data (&message), zmq_msg_size (&message), &error);
  zmq_msg_close (&message);

  if (error != NULL)
    {
      fate = error->code == GRIP_ERROR_MALFORMED ? GRIP_FATE_UNKNOWN : GRIP_FATE_REFUSED;
      if (fate == GRIP_FATE_UNKNOWN)
        g_prefix_error (&error, "the reply of %s makes no sense: ", self->address);
    }
  finish (self, value, fate, error);
}

/* What answers in another protocol is a very old peer to libzmq, which would have the request before it is
 * known to be none. */
static void
try_send (GripZmqCommand *self)
{
  zmq_msg_t message;

  if (!self->connected)
    {
      grip_zmq_socket_set_events (self->socket, 0);
      return;
    }

  grip_zmq_socket_set_events (self->socket, ZMQ_POLLOUT);
  grip_zmq_message_init_bytes (&message, self->request);
  if (!grip_zmq_socket_send (self->socket, &message, FALSE))
    {
      zmq_msg_close (&message);
      return;
    }

  self->state = STATE_WAITING;
  grip_zmq_socket_set_events (self->socket, ZMQ_POLLIN);
}

static void
monitor_cb (GripZmqChange  change,
            const char    *address,
            gpointer       user_data)
{
  GripZmqCommand *self = user_data;

  self->connected = change == GRIP_ZMQ_CONNECTED;
  if (change == GRIP_ZMQ_REFUSED)
    self->refused = TRUE;
  if (self->state == STATE_CONNECTING)
    try_send (self);
  /* The monitor is not to be freed here, so the end of the connection is told by the timer. */
  if (change != GRIP_ZMQ_DISCONNECTED || self->state != STATE_WAITING)
    return;

  self->lost = TRUE;
  g_source_set_ready_time (self->timer, 0);
}

static void
events_cb (GripZmqSocket *socket,
           short          events,
           gpointer       user_data)
{
  GripZmqCommand *self = user_data;

  if (self->state == STATE_CONNECTING)
    try_send (self);
  else if (self->state == STATE_WAITING)
    receive (self);
}

/* Does not connect yet in the sense of waiting for it. */
GripZmqCommand *
grip_zmq_command_new (GripEndpoint  *endpoint,
                      GMainContext  *context,
                      GError       **error)
{
  g_autoptr(GripZmqCommand)  self = g_new0 (GripZmqCommand, 1);
  GripZmqSocket             *socket = grip_zmq_socket_new (ZMQ_REQ, error);

  if (socket == NULL)
    return NULL;

  self->socket = socket;
  self->context = g_main_context_ref (context);
  self->address = g_strdup (grip_endpoint_get_control_zmq_uri (endpoint));

  grip_zmq_socket_set_integer (socket, ZMQ_IMMEDIATE, 1);
  grip_zmq_socket_set_integer (socket, ZMQ_LINGER, 0);
  grip_zmq_socket_set_max_size (socket, GRIP_ZMQ_TNETSTRING_MAX_BYTES);
  self->monitor = grip_zmq_monitor_new (socket, context, monitor_cb, self, error);
  if (self->monitor == NULL ||
      !grip_zmq_socket_set_curve (socket, grip_endpoint_get_control_zmq_server_key (endpoint),
                                  grip_endpoint_get_control_zmq_public_key (endpoint),
                                  grip_endpoint_get_control_zmq_secret_key (endpoint), error) ||
      !grip_zmq_socket_connect (socket, self->address, error))
    return NULL;

  grip_zmq_socket_watch (socket, context, 0, events_cb, self);

  return g_steal_pointer (&self);
}

void
grip_zmq_command_free (GripZmqCommand *self)
{
  stop_timer (self);
  g_clear_pointer (&self->monitor, grip_zmq_monitor_free);
  g_clear_pointer (&self->socket, grip_zmq_socket_free);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->request, g_bytes_unref);
  g_free (self->address);
  g_free (self);
}

/* Whether another request may be sent. */
gboolean
grip_zmq_command_is_idle (GripZmqCommand *self)
{
  return self->state == STATE_IDLE;
}

/* Whether a request would leave at once. */
gboolean
grip_zmq_command_is_connected (GripZmqCommand *self)
{
  return self->connected;
}

/* Whether what has the address does not speak with us. */
gboolean
grip_zmq_command_is_refused (GripZmqCommand *self)
{
  return self->refused && !self->connected;
}

/* Returns: false when the request may have left; else nothing will come of it, and the command is idle */
gboolean
grip_zmq_command_take_back (GripZmqCommand *self)
{
  if (self->state != STATE_CONNECTING)
    return FALSE;

  stop_timer (self);
  g_clear_pointer (&self->request, g_bytes_unref);
  grip_zmq_socket_set_events (self->socket, 0);
  self->state = STATE_IDLE;
  self->func = NULL;

  return TRUE;
}

/* Calls @func once, later, in the context; freeing the command before that leaves it out. */
void
grip_zmq_command_send (GripZmqCommand      *self,
                       GBytes              *request,
                       gint64               time_limit,
                       GripZmqCommandFunc   func,
                       gpointer             user_data)
{
  g_assert (self->state == STATE_IDLE);

  self->request = g_bytes_ref (request);
  self->func = func;
  self->user_data = user_data;
  self->state = STATE_CONNECTING;

  self->timer = g_timeout_source_new ((guint) (time_limit / 1000));
  g_source_set_static_name (self->timer, "ZMQ command");
  g_source_set_callback (self->timer, timeout_cb, self, NULL);
  g_source_attach (self->timer, self->context);

  try_send (self);
}
