/* grip-worker.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* For SCHED_BATCH. */
#define _GNU_SOURCE

#include "config.h"

#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include <gio/gio.h>

#include "grip-error.h"
#include "grip-worker-private.h"

struct _GripWorker
{
  int           ref_count;
  int           started;        /* atomic */
  int           quit;           /* atomic */
  int           holds;          /* atomic */
  GThread      *thread;         /* atomic; NULL before it runs */
  GMutex        lock;
  GMainContext *context;
};

/* GLib ends the process where a main context cannot have its descriptors. So whoever is about to have some
 * made, and can fail, asks before. */
gboolean
grip_worker_check_descriptors (GError **error)
{
  int ends[2];

  if (pipe (ends) < 0)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_FAILED, "no descriptors are left: %s", g_strerror (errno));
      return FALSE;
    }

  close (ends[0]);
  close (ends[1]);

  return TRUE;
}

/* GLib 2.74 stops for ever when one thread registers a type with interfaces while another is in the
 * class_init of something that mentions it, as libsoup's connections mention GTask: so those that a
 * first publish needs are there before there is a second thread. */
static void
ensure_types (void)
{
  g_type_ensure (G_TYPE_TASK);
  g_type_ensure (G_TYPE_SOCKET);
  g_type_ensure (G_TYPE_INET_SOCKET_ADDRESS);
  g_type_ensure (G_TYPE_PROXY_ADDRESS);
  g_type_ensure (G_TYPE_NETWORK_ADDRESS);
  g_type_ensure (G_TYPE_MEMORY_INPUT_STREAM);
}

GripWorker *
grip_worker_new (void)
{
  GripWorker *self = g_new0 (GripWorker, 1);

  ensure_types ();

  self->ref_count = 1;
  self->context = g_main_context_new ();
  g_mutex_init (&self->lock);

  return self;
}

GripWorker *
grip_worker_ref (GripWorker *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

void
grip_worker_unref (GripWorker *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_free (self);
}

GMainContext *
grip_worker_get_context (GripWorker *self)
{
  return self->context;
}

static gpointer
worker_main (gpointer data)
{
  g_autoptr(GripWorker) self = data;

  g_atomic_pointer_set (&self->thread, g_thread_self ());
  /* Who closes a lane before the thread runs has the context for a moment. */
  while (!g_main_context_acquire (self->context))
    g_usleep (100);
  g_main_context_push_thread_default (self->context);
  while (!g_atomic_int_get (&self->quit))
    g_main_context_iteration (self->context, TRUE);

  /* What the last round has set free may have left idle sources behind. */
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  g_main_context_release (self->context);

  return NULL;
}

/* Starts the thread unless it runs. Callable from any thread. */
gboolean
grip_worker_start (GripWorker  *self,
                   GError     **error)
{
  g_autoptr(GError) local_error = NULL;
  GThread          *thread = NULL;

  if (G_LIKELY (g_atomic_int_get (&self->started)))
    return TRUE;

  g_mutex_lock (&self->lock);
  if (!self->started)
    {
      thread = g_thread_try_new ("grip-worker", worker_main, grip_worker_ref (self), &local_error);
      if (thread != NULL)
        g_atomic_int_set (&self->started, TRUE);
      else
        grip_worker_unref (self);
    }
  g_mutex_unlock (&self->lock);

  if (thread != NULL)
    g_thread_unref (thread);
  if (local_error == NULL)
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_FAILED,
               "cannot start the worker thread: %s", local_error->message);

  return FALSE;
}

gboolean
grip_worker_is_started (GripWorker *self)
{
  return g_atomic_int_get (&self->started);
}

/* Where the thread shares a processor with one that publishes it does not take that away at each message any more:
 * the other goes on, and a batch is there when the worker has its turn. Where a processor is free it starts at
 * once all the same. Does nothing in another thread. */
void
grip_worker_be_patient (GripWorker *self)
{
#ifdef SCHED_BATCH
  const struct sched_param parameters = { 0 };

  if (g_atomic_pointer_get (&self->thread) == g_thread_self () && sched_getscheduler (0) == SCHED_OTHER)
    sched_setscheduler (0, SCHED_BATCH, &parameters);
#endif
}

/* The thread runs as long as somebody holds it. */
void
grip_worker_hold (GripWorker *self)
{
  g_atomic_int_inc (&self->holds);
}

/* The last release lets the thread end after its present round. It is never joined: that may happen
 * in the thread itself. */
void
grip_worker_release (GripWorker *self)
{
  if (!g_atomic_int_dec_and_test (&self->holds))
    return;

  g_atomic_int_set (&self->quit, TRUE);
  g_main_context_wakeup (self->context);
}
