/* grip-zmq-discovery.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-zmq-addresses.h"
#include "grip-zmq-command.h"
#include "grip-zmq-discovery.h"
#include "grip-zmq-request.h"

#define FIRST_PAUSE  100      /* ms */
#define LONGEST_PAUSE 5000

struct _GripZmqDiscovery
{
  GripEndpoint         *endpoint;
  char                 *name;
  GMainContext         *context;
  GripZmqCommand       *command;
  GSource              *timer;
  guint                 pause;
  gboolean              has_told;       /* why items wait */
  GripZmqDiscoveryFunc  func;
  gpointer              user_data;
};

static void ask (GripZmqDiscovery *self);

static void
stop_timer (GripZmqDiscovery *self)
{
  if (self->timer == NULL)
    return;

  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static gboolean
again_cb (gpointer user_data)
{
  GripZmqDiscovery *self = user_data;

  stop_timer (self);
  ask (self);

  return G_SOURCE_REMOVE;
}

/* Several publishers that lost the same proxy do not all come back at once. */
static void
ask_later (GripZmqDiscovery *self)
{
  guint pause = (guint) (self->pause * g_random_double_range (0.7, 1.3));

  stop_timer (self);
  self->timer = g_timeout_source_new (pause);
  g_source_set_static_name (self->timer, "ZMQ discovery");
  g_source_set_callback (self->timer, again_cb, self, NULL);
  g_source_attach (self->timer, self->context);
  self->pause = MIN (self->pause * 2, LONGEST_PAUSE);
}

static void
failed (GripZmqDiscovery *self,
        const GError     *error)
{
  gboolean is_final = !g_error_matches (error, GRIP_ERROR, GRIP_ERROR_NOT_CONNECTED) &&
                      !g_error_matches (error, GRIP_ERROR, GRIP_ERROR_TIMED_OUT);

  if (!is_final && !self->has_told)
    g_message ("%s; it is asked again, and items wait", error->message);
  self->has_told |= !is_final;
  ask_later (self);
  self->func (NULL, error, is_final, self->user_data);
}

static void
answered_cb (GripZmqCommand *command,
             GVariant       *value,
             GripFate        fate,
             const GError   *error,
             gpointer        user_data)
{
  GripZmqDiscovery  *self = user_data;
  g_autoptr(GError)  problem = error != NULL ? g_error_copy (error) : NULL;
  g_autofree char   *address = NULL;

  if (problem == NULL)
    address = grip_zmq_addresses_pick (value, self->name, grip_endpoint_get_control_zmq_uri (self->endpoint),
                                       &problem);
  g_clear_pointer (&self->command, grip_zmq_command_free);

  if (address == NULL)
    {
      failed (self, problem);
      return;
    }

  self->pause = FIRST_PAUSE;
  self->has_told = FALSE;
  self->func (address, NULL, FALSE, self->user_data);
}

static void
ask (GripZmqDiscovery *self)
{
  g_autoptr(GBytes) request = NULL;
  g_autoptr(GError) error = NULL;

  self->command = grip_zmq_command_new (self->endpoint, self->context, &error);
  if (self->command == NULL)
    {
      failed (self, error);
      return;
    }

  request = grip_zmq_request_new_uris ();
  grip_zmq_command_send (self->command, request, GRIP_ZMQ_COMMAND_TIME_LIMIT, answered_cb, self);
}

/* @name is that of the address in the proxy's answer. */
GripZmqDiscovery *
grip_zmq_discovery_new (GripEndpoint         *endpoint,
                        const char           *name,
                        GMainContext         *context,
                        GripZmqDiscoveryFunc  func,
                        gpointer              user_data)
{
  GripZmqDiscovery *self = g_new0 (GripZmqDiscovery, 1);

  self->endpoint = g_object_ref (endpoint);
  self->name = g_strdup (name);
  self->context = g_main_context_ref (context);
  self->pause = FIRST_PAUSE;
  self->func = func;
  self->user_data = user_data;

  return self;
}

void
grip_zmq_discovery_free (GripZmqDiscovery *self)
{
  grip_zmq_discovery_stop (self);
  g_object_unref (self->endpoint);
  g_main_context_unref (self->context);
  g_free (self->name);
  g_free (self);
}

/* Asks until there is an answer, unless that is being done. */
void
grip_zmq_discovery_start (GripZmqDiscovery *self)
{
  if (self->command == NULL && self->timer == NULL)
    ask (self);
}

void
grip_zmq_discovery_stop (GripZmqDiscovery *self)
{
  stop_timer (self);
  g_clear_pointer (&self->command, grip_zmq_command_free);
  self->pause = FIRST_PAUSE;
}
