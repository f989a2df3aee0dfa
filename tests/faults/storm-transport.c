/* storm-transport.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "storm-transport.h"

struct _StormTransport
{
  GripBaseTransport parent_instance;
  guint             turn;
};

G_DEFINE_FINAL_TYPE (StormTransport, storm_transport, GRIP_TYPE_BASE_TRANSPORT)

static gboolean
complete_later_cb (gpointer delivery)
{
  grip_delivery_complete (delivery);

  return G_SOURCE_REMOVE;
}

static void
complete_later (GripDelivery *delivery,
                guint         milliseconds)
{
  g_autoptr(GSource) source = g_timeout_source_new (milliseconds);

  g_source_set_callback (source, complete_later_cb, g_object_ref (delivery), g_object_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
}

static void
storm_transport_deliver (GripBaseTransport *base,
                         GripDelivery      *delivery)
{
  StormTransport    *self = STORM_TRANSPORT (base);
  g_autoptr(GError)  lost = g_error_new (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, "storm: lost");
  g_autoptr(GError)  away = g_error_new (G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, "storm: nobody there");
  g_autoptr(GError)  no = g_error_new (GRIP_ERROR, GRIP_ERROR_REJECTED, "storm: no");

  switch (self->turn++ % 16)
    {
    case 3:
      grip_delivery_fail (delivery, lost);
      break;
    case 5:
      grip_delivery_fail (delivery, away);
      break;
    case 7:
      grip_delivery_defer (delivery, 0.001, no);
      break;
    case 9:
      grip_delivery_refuse (delivery, no);
      break;
    case 11:
      /* Dropped: the core answers. */
      break;
    case 1:
    case 13:
      complete_later (delivery, self->turn % 5);
      break;
    default:
      grip_delivery_complete (delivery);
    }
}

static void
storm_transport_class_init (StormTransportClass *klass)
{
  GRIP_BASE_TRANSPORT_CLASS (klass)->deliver = storm_transport_deliver;
}

static void
storm_transport_init (StormTransport *self)
{
}

static gpointer
driver_thread (gpointer data)
{
  StormDriver *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);

  return NULL;
}

void
storm_driver_start (StormDriver *self)
{
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new ("storm", driver_thread, self);
}

static gboolean
quit_cb (gpointer loop)
{
  g_main_loop_quit (loop);

  return G_SOURCE_REMOVE;
}

static void
run_in_driver (StormDriver *self,
               GSourceFunc  func,
               gpointer     data)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, self->context);
}

void
storm_driver_stop (StormDriver *self)
{
  run_in_driver (self, quit_cb, self->loop);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
}

typedef struct
{
  GMutex         mutex;
  GCond          cond;
  GripTransport *transport;
} Making;

static gboolean
make_cb (gpointer data)
{
  static int              number;
  Making                 *making = data;
  g_autofree char        *uri = g_strdup_printf ("storm://%d", g_atomic_int_add (&number, 1));
  g_autoptr(GripEndpoint) endpoint = grip_endpoint_new (uri, NULL);

  g_mutex_lock (&making->mutex);
  making->transport = g_object_new (STORM_TYPE_TRANSPORT, "endpoint", endpoint, NULL);
  g_cond_signal (&making->cond);
  g_mutex_unlock (&making->mutex);

  return G_SOURCE_REMOVE;
}

GripTransport *
storm_transport_new (StormDriver *driver)
{
  Making making = { .transport = NULL };

  g_mutex_init (&making.mutex);
  g_cond_init (&making.cond);
  g_mutex_lock (&making.mutex);
  run_in_driver (driver, make_cb, &making);
  while (making.transport == NULL)
    g_cond_wait (&making.cond, &making.mutex);
  g_mutex_unlock (&making.mutex);
  g_mutex_clear (&making.mutex);
  g_cond_clear (&making.cond);

  return making.transport;
}
