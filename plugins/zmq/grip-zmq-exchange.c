/* grip-zmq-exchange.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-zmq-command.h"
#include "grip-zmq-exchange.h"

typedef struct
{
  GripZmqCall    *call;
  GripZmqCommand *command;
  GSource        *cancel;
} Exchange;

static void
exchange_free (Exchange *self)
{
  if (self->cancel != NULL)
    g_source_destroy (self->cancel);
  g_clear_pointer (&self->cancel, g_source_unref);
  g_clear_pointer (&self->command, grip_zmq_command_free);
  g_object_unref (self->call);
  g_free (self);
}

static void
done_cb (GripZmqCommand *command,
         GVariant       *value,
         GripFate        fate,
         const GError   *error,
         gpointer        user_data)
{
  Exchange *self = user_data;

  if (error != NULL)
    grip_zmq_call_fail (self->call, error);
  else
    grip_zmq_call_respond (self->call, value);
  exchange_free (self);
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  Exchange          *self = user_data;
  g_autoptr(GError)  error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "the call was cancelled");

  grip_zmq_call_fail (self->call, error);
  exchange_free (self);

  return G_SOURCE_REMOVE;
}

static void
watch_cancellable (Exchange     *self,
                   GMainContext *context)
{
  GCancellable *cancellable = grip_zmq_call_get_cancellable (self->call);

  if (cancellable == NULL)
    return;

  self->cancel = g_cancellable_source_new (cancellable);
  g_source_set_static_name (self->cancel, "ZMQ call");
  g_source_set_callback (self->cancel, G_SOURCE_FUNC (cancelled_cb), self, NULL);
  g_source_attach (self->cancel, context);
}

/* Answers @call later, in the calling thread's default context. */
void
grip_zmq_exchange_start (GripZmqCall  *call,
                         GripEndpoint *endpoint,
                         gint64        time_limit)
{
  g_autoptr(GMainContext)  context = g_main_context_ref_thread_default ();
  g_autoptr(GError)        error = NULL;
  GripZmqCommand          *command = NULL;
  Exchange                *self;

  if (grip_endpoint_get_control_zmq_uri (endpoint) == NULL)
    g_set_error (&error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "the endpoint has no 'control_zmq_uri'");
  else
    command = grip_zmq_command_new (endpoint, context, &error);
  if (command == NULL)
    {
      grip_zmq_call_fail (call, error);
      return;
    }

  self = g_new0 (Exchange, 1);
  self->call = g_object_ref (call);
  self->command = command;
  watch_cancellable (self, context);
  grip_zmq_command_send (command, grip_zmq_call_get_request (call), time_limit, done_cb, self);
}
