/* grip-zmq-publish.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-zmq-command.h"
#include "grip-zmq-monitor.h"
#include "grip-zmq-publish.h"
#include "grip-zmq-request.h"

/* How long a delivery waits for a connection; then it goes back to the queue, which knows how long it may wait
 * in all, and comes at once again. What comes later is another. */
#define PATIENCE_MSEC 250
#define AT_ONCE       G_USEC_PER_SEC

struct _GripZmqPublish
{
  GripBaseTransport *transport;
  GMainContext      *context;
  GripZmqCommand    *command;       /* kept for the next delivery as long as it works */
  GripDelivery      *delivery;
  GSource           *cancel;
  GSource           *timer;
  gboolean           has_told;      /* why there is no connection */
  gint64             waits_since;
  gint64             gave_back_at;
};

static void
stop (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static GripDelivery *
take_delivery (GripZmqPublish *self)
{
  stop (&self->cancel);
  stop (&self->timer);

  return g_steal_pointer (&self->delivery);
}

static void
done_cb (GripZmqCommand *command,
         GVariant       *value,
         GripFate        fate,
         const GError   *error,
         gpointer        user_data)
{
  GripZmqPublish          *self = user_data;
  g_autoptr(GripDelivery)  delivery = take_delivery (self);
  g_autoptr(GError)        kept = error != NULL ? g_error_copy (error) : NULL;

  self->gave_back_at = 0;
  self->has_told = self->has_told && error != NULL;
  if (!grip_zmq_command_is_idle (command))
    g_clear_pointer (&self->command, grip_zmq_command_free);

  if (kept == NULL)
    grip_delivery_complete (delivery);
  else if (fate == GRIP_FATE_REFUSED)
    grip_delivery_refuse (delivery, kept);
  else
    grip_delivery_fail_with_fate (delivery, fate, kept);
}

/* Whether what has left will be read is not known; and a REQ socket is of no use then. */
static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  GripZmqPublish          *self = user_data;
  g_autoptr(GripDelivery)  delivery = take_delivery (self);
  g_autoptr(GError)        error = NULL;
  gboolean                 is_unsent = grip_zmq_command_take_back (self->command);

  if (!is_unsent)
    g_clear_pointer (&self->command, grip_zmq_command_free);
  error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "the publish was cancelled");
  grip_delivery_fail_with_fate (delivery, is_unsent ? GRIP_FATE_NOT_SENT : GRIP_FATE_UNKNOWN, error);

  return G_SOURCE_REMOVE;
}

/* The item waits, and the error that it ends with does not say so. */
static void
tell_refusal (GripZmqPublish *self)
{
  GripEndpoint *endpoint = grip_transport_get_endpoint (GRIP_TRANSPORT (self->transport));

  if (self->has_told || !grip_zmq_command_is_refused (self->command))
    return;

  self->has_told = TRUE;
  g_message ("%s " GRIP_ZMQ_MONITOR_REFUSED, grip_endpoint_get_control_zmq_uri (endpoint));
}

static gboolean
give_back_cb (gpointer user_data)
{
  GripZmqPublish          *self = user_data;
  g_autoptr(GripDelivery)  delivery = NULL;

  if (!grip_zmq_command_take_back (self->command))
    return G_SOURCE_REMOVE;

  delivery = take_delivery (self);
  tell_refusal (self);
  self->gave_back_at = g_get_monotonic_time ();
  grip_base_transport_set_ready (self->transport, FALSE);
  grip_delivery_complete_first (delivery, 0);
  grip_base_transport_set_ready (self->transport, TRUE);

  return G_SOURCE_REMOVE;
}

/* Returns: how much is left of @time_limit */
static gint64
wait_for_connection (GripZmqPublish *self,
                     gint64          time_limit)
{
  gint64 now = g_get_monotonic_time ();

  if (now > self->gave_back_at + AT_ONCE)
    self->waits_since = now;
  self->timer = g_timeout_source_new (PATIENCE_MSEC);
  g_source_set_static_name (self->timer, "ZMQ connection");
  /* Ahead of the queue, which would give the delivery up. */
  g_source_set_priority (self->timer, G_PRIORITY_HIGH);
  g_source_set_callback (self->timer, give_back_cb, self, NULL);
  g_source_attach (self->timer, self->context);

  return MAX (self->waits_since + time_limit - now, 0);
}

GripZmqPublish *
grip_zmq_publish_new (GripBaseTransport *transport)
{
  GripZmqPublish *self = g_new0 (GripZmqPublish, 1);

  self->transport = transport;
  self->context = g_main_context_ref (grip_base_transport_get_main_context (transport));

  return self;
}

void
grip_zmq_publish_free (GripZmqPublish *self)
{
  g_autoptr(GripDelivery) delivery = take_delivery (self);

  /* Dropping it unanswered answers it: it may have left. */
  g_clear_pointer (&self->command, grip_zmq_command_free);
  g_main_context_unref (self->context);
  g_free (self);
}

void
grip_zmq_publish_deliver (GripZmqPublish *self,
                          GripDelivery   *delivery,
                          gint64          time_limit)
{
  g_autoptr(GBytes) request = NULL;
  g_autoptr(GError) error = NULL;

  if (self->command == NULL)
    self->command = grip_zmq_command_new (grip_transport_get_endpoint (GRIP_TRANSPORT (self->transport)),
                                          self->context, &error);
  if (self->command == NULL)
    {
      grip_delivery_fail_with_fate (delivery, GRIP_FATE_NOT_SENT, error);
      return;
    }

  self->delivery = g_object_ref (delivery);
  self->cancel = g_cancellable_source_new (grip_delivery_get_cancellable (delivery));
  g_source_set_static_name (self->cancel, "ZMQ publish");
  g_source_set_callback (self->cancel, G_SOURCE_FUNC (cancelled_cb), self, NULL);
  g_source_attach (self->cancel, self->context);

  if (!grip_zmq_command_is_connected (self->command))
    time_limit = wait_for_connection (self, time_limit);
  request = grip_zmq_request_new_publish (delivery);
  grip_zmq_command_send (self->command, request, time_limit, done_cb, self);
}
