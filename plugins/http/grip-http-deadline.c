/* grip-http-deadline.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <pthread.h>

#include "grip-http-deadline.h"

/* The plugin is never unloaded, so neither is the code of the thread. */
static struct
{
  GMutex   mutex;
  GCond    cond;
  GQueue   queue;               /* of links, the earliest first */
  gint64   wake_time;
  gboolean running;
} watch;

/* A forked child has no such thread, whatever the copy says; and its requests are the parent's. */
static void
forget_in_child (void)
{
  g_mutex_init (&watch.mutex);
  g_cond_init (&watch.cond);
  g_queue_init (&watch.queue);
  watch.running = FALSE;
}

static GCancellable *
take_expired (GMainContext **context)
{
  GripHttpDeadline *head = g_queue_peek_head (&watch.queue);

  if (head == NULL || head->time > g_get_monotonic_time ())
    return NULL;

  g_queue_unlink (&watch.queue, &head->link);
  head->pending = FALSE;
  head->struck = TRUE;
  *context = head->context != NULL ? g_main_context_ref (head->context) : NULL;

  return g_object_ref (head->cancellable);
}

static gboolean
cancel_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);

  return G_SOURCE_REMOVE;
}

/* Cancels in the thread where the request's sources live: GLib 2.74 leaks a GCancellableSource that
 * one thread drops while another one is still inside g_cancellable_cancel().
 *
 * @context: (nullable): for a request that blocks, and has no sources */
void
grip_http_cancel_in (GMainContext *context,
                     GCancellable *cancellable)
{
  if (context == NULL)
    g_cancellable_cancel (cancellable);
  else
    g_main_context_invoke_full (context, G_PRIORITY_HIGH, cancel_cb, g_object_ref (cancellable),
                                g_object_unref);
}

/* Sleeps until the earliest time that it knows of. A request that ends leaves that as it is, so the
 * thread may wake up for nothing: once in a time limit, and then it ends. */
static gpointer
watch_thread (gpointer unused)
{
  g_mutex_lock (&watch.mutex);
  while (!g_queue_is_empty (&watch.queue))
    {
      g_autoptr(GMainContext)  context = NULL;
      g_autoptr(GCancellable)  expired = take_expired (&context);
      GripHttpDeadline        *head = g_queue_peek_head (&watch.queue);

      if (expired != NULL)
        {
          g_mutex_unlock (&watch.mutex);
          grip_http_cancel_in (context, expired);
          g_mutex_lock (&watch.mutex);
        }
      else
        {
          watch.wake_time = head->time;
          while (g_cond_wait_until (&watch.cond, &watch.mutex, watch.wake_time))
            continue;
        }
    }
  watch.running = FALSE;
  g_mutex_unlock (&watch.mutex);

  return NULL;
}

/* Nearly always at the end: the limits of one process hardly differ. */
static void
insert (GripHttpDeadline *self)
{
  GList *before = watch.queue.tail;

  while (before != NULL && ((GripHttpDeadline *) before->data)->time > self->time)
    before = before->prev;

  self->link.data = self;
  if (before == NULL)
    g_queue_push_head_link (&watch.queue, &self->link);
  else
    g_queue_insert_after_link (&watch.queue, before, &self->link);
}

static gboolean
start_thread (GError **error)
{
  static gboolean  prepared = FALSE;
  GThread         *thread;

  if (!prepared)
    pthread_atfork (NULL, NULL, forget_in_child);
  prepared = TRUE;

  thread = g_thread_try_new ("grip-http-limit", watch_thread, NULL, error);
  if (thread == NULL)
    return FALSE;

  g_thread_unref (thread);
  watch.running = TRUE;

  return TRUE;
}

/* @self must stay where it is until it is stopped.
 *
 * @context: (nullable): where to cancel, as for grip_http_cancel_in()
 * Returns: false when there can be no thread */
gboolean
grip_http_deadline_start (GripHttpDeadline  *self,
                          gint64             microseconds,
                          GCancellable      *cancellable,
                          GMainContext      *context,
                          GError           **error)
{
  gboolean ok = TRUE;

  *self = (GripHttpDeadline) {
    .time = g_get_monotonic_time () + microseconds,
    .cancellable = cancellable,
    .context = context,
    .pending = TRUE,
  };

  g_mutex_lock (&watch.mutex);
  insert (self);
  if (!watch.running)
    ok = start_thread (error);
  else if (self->time < watch.wake_time)
    {
      watch.wake_time = self->time;
      g_cond_signal (&watch.cond);
    }
  if (!ok)
    {
      g_queue_unlink (&watch.queue, &self->link);
      self->pending = FALSE;
    }
  g_mutex_unlock (&watch.mutex);

  return ok;
}

/* Returns: whether the time limit had passed; then the cancellable is cancelled, or about to be */
gboolean
grip_http_deadline_stop (GripHttpDeadline *self)
{
  gboolean struck;

  g_mutex_lock (&watch.mutex);
  if (self->pending)
    g_queue_unlink (&watch.queue, &self->link);
  self->pending = FALSE;
  struck = self->struck;
  g_mutex_unlock (&watch.mutex);

  return struck;
}
