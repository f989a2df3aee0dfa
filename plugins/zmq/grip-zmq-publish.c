/* grip-zmq-publish.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-zmq-command.h"
#include "grip-zmq-publish.h"
#include "grip-zmq-request.h"

struct _GripZmqPublish
{
  GripEndpoint   *endpoint;
  GMainContext   *context;
  GripZmqCommand *command;      /* kept for the next delivery as long as it works */
  GripDelivery   *delivery;
  GSource        *cancel;
};

static GripDelivery *
take_delivery (GripZmqPublish *self)
{
  if (self->cancel != NULL)
    g_source_destroy (self->cancel);
  g_clear_pointer (&self->cancel, g_source_unref);

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

  if (!grip_zmq_command_is_idle (command))
    g_clear_pointer (&self->command, grip_zmq_command_free);

  if (kept == NULL)
    grip_delivery_complete (delivery);
  else if (fate == GRIP_FATE_REFUSED)
    grip_delivery_refuse (delivery, kept);
  else
    grip_delivery_fail_with_fate (delivery, fate, kept);
}

/* Whether it has left is not known: without its connection a REQ socket is of no use. */
static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  GripZmqPublish          *self = user_data;
  g_autoptr(GripDelivery)  delivery = take_delivery (self);
  g_autoptr(GError)        error = NULL;

  g_clear_pointer (&self->command, grip_zmq_command_free);
  error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "the publish was cancelled");
  grip_delivery_fail_with_fate (delivery, GRIP_FATE_UNKNOWN, error);

  return G_SOURCE_REMOVE;
}

GripZmqPublish *
grip_zmq_publish_new (GripEndpoint *endpoint,
                      GMainContext *context)
{
  GripZmqPublish *self = g_new0 (GripZmqPublish, 1);

  self->endpoint = g_object_ref (endpoint);
  self->context = g_main_context_ref (context);

  return self;
}

void
grip_zmq_publish_free (GripZmqPublish *self)
{
  g_autoptr(GripDelivery) delivery = take_delivery (self);

  /* Dropping it unanswered answers it: it may have left. */
  g_clear_pointer (&self->command, grip_zmq_command_free);
  g_object_unref (self->endpoint);
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
    self->command = grip_zmq_command_new (self->endpoint, self->context, &error);
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

  request = grip_zmq_request_new_publish (delivery);
  grip_zmq_command_send (self->command, request, time_limit, done_cb, self);
}
