/* storm-transport.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>

G_BEGIN_DECLS

/* A transport that answers each delivery in another way: at once, later, with success, with each kind of
 * failure, or by dropping it. What it is to do comes round in turn. */
#define STORM_TYPE_TRANSPORT (storm_transport_get_type ())
G_DECLARE_FINAL_TYPE (StormTransport, storm_transport, STORM, TRANSPORT, GripBaseTransport)

/* A thread that iterates a main context, for the transports that live in it. */
typedef struct
{
  GMainContext *context;
  GMainLoop    *loop;
  GThread      *thread;
} StormDriver;

void           storm_driver_start  (StormDriver *self);
void           storm_driver_stop   (StormDriver *self);
/* Callable from any thread. */
GripTransport *storm_transport_new (StormDriver *driver);

G_END_DECLS
