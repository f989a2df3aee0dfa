/* grip-outcome.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-outcome-private.h"

/* How many failures a message spells out; the rest is counted. */
#define MAX_NAMED 8

struct _GripOutcome
{
  int           ref_count;
  guint         pending;
  guint         n_answers;
  guint         n_failures;
  GMutex        lock;
  GCond         cond;
  GTask        *task;
  GripBatch    *batch;        /* nullable: wants the fate of each item */
  GError       *first_error;
  GString      *failures;
  gboolean      cancelled;
  gboolean      interrupted;
  GCancellable *watched;      /* the task's, with a handler until the outcome is there */
  gulong        handler;
};

static GPrivate callbacks_deferred;

static void finish (GripOutcome *self);

/* A new outcome expects one answer: that of the publisher, when it has handed out all messages. */
GripOutcome *
grip_outcome_new (GTask *task)
{
  GripOutcome *self = g_new0 (GripOutcome, 1);

  self->ref_count = 1;
  self->pending = 1;
  self->task = task != NULL ? g_object_ref (task) : NULL;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);

  return self;
}

GripOutcome *
grip_outcome_ref (GripOutcome *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

void
grip_outcome_unref (GripOutcome *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  g_clear_object (&self->task);
  g_clear_object (&self->batch);
  g_clear_error (&self->first_error);
  g_clear_object (&self->watched);
  if (self->failures != NULL)
    g_string_free (self->failures, TRUE);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}

/* Before the first answer. */
void
grip_outcome_set_batch (GripOutcome *self,
                        GripBatch   *batch)
{
  self->batch = g_object_ref (batch);
}

void
grip_outcome_expect (GripOutcome *self,
                     guint        answers)
{
  g_mutex_lock (&self->lock);
  self->pending += answers;
  self->n_answers += answers;
  g_mutex_unlock (&self->lock);
}

/* The code that a program can act on. */
static int
code_for (const GError *error,
          GripFate      fate)
{
  if (error->domain == GRIP_ERROR)
    return error->code;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return GRIP_ERROR_TIMED_OUT;
  if (fate == GRIP_FATE_NOT_SENT)
    return GRIP_ERROR_NOT_CONNECTED;
  if (fate == GRIP_FATE_REFUSED)
    return GRIP_ERROR_REJECTED;

  return GRIP_ERROR_FAILED;
}

static void
note_failure (GripOutcome  *self,
              const char   *endpoint,
              GripMessage  *message,
              GripFate      fate,
              const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    self->cancelled = TRUE;
  if (self->first_error == NULL)
    self->first_error = g_error_new_literal (GRIP_ERROR, code_for (error, fate), error->message);

  if (self->batch != NULL)
    grip_batch_note (self->batch, message->index, endpoint, fate, error);

  self->n_failures++;
  if (self->n_failures > MAX_NAMED)
    return;

  if (self->failures == NULL)
    self->failures = g_string_new (NULL);
  else
    g_string_append (self->failures, "; ");
  g_string_append_printf (self->failures, "channel '%s' at %s: %s: %s",
                          message->channel, endpoint, grip_fate_to_string (fate), error->message);
}

/* A transport that drops a delivery may do so while its language collects garbage. GJS lets no callback
 * run then, so nobody would ever hear of the result. */
void
grip_outcome_defer_callbacks (gboolean defer)
{
  g_private_set (&callbacks_deferred, GINT_TO_POINTER (defer));
}

static gboolean
finish_cb (gpointer user_data)
{
  finish (user_data);

  return G_SOURCE_REMOVE;
}

static void
finish_later (GripOutcome *self)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_priority (source, g_task_get_priority (self->task));
  g_source_set_callback (source, finish_cb, grip_outcome_ref (self), (GDestroyNotify) grip_outcome_unref);
  g_source_set_static_name (source, "GripOutcome finish");
  g_source_attach (source, g_task_get_context (self->task));
}

/* The task's callback may run inside: so never under the lock. */
static void
finish (GripOutcome *self)
{
  GError *error = NULL;

  if (self->task == NULL)
    return;
  if (g_private_get (&callbacks_deferred) != NULL)
    {
      finish_later (self);
      return;
    }

  if (self->watched != NULL)
    g_signal_handler_disconnect (self->watched, self->handler);

  if (grip_outcome_propagate (self, &error))
    g_task_return_boolean (self->task, TRUE);
  else
    g_task_return_error (self->task, error);
}

static void
take_answer (GripOutcome  *self,
             const char   *endpoint,
             GripMessage  *message,
             GripFate      fate,
             const GError *error)
{
  gboolean done;

  g_mutex_lock (&self->lock);
  g_assert (self->pending > 0);
  if (error != NULL)
    note_failure (self, endpoint, message, fate, error);
  done = --self->pending == 0;
  if (done && self->batch != NULL)
    grip_batch_end (self->batch, NULL);
  if (done)
    g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);

  if (done)
    finish (self);
}

void
grip_outcome_answer (GripOutcome *self)
{
  take_answer (self, NULL, NULL, GRIP_FATE_ACCEPTED, NULL);
}

void
grip_outcome_answer_error (GripOutcome  *self,
                           const char   *endpoint,
                           GripMessage  *message,
                           GripFate      fate,
                           const GError *error)
{
  g_assert (error != NULL);

  take_answer (self, endpoint, message, fate, error);
}

gboolean
grip_outcome_is_done (GripOutcome *self)
{
  gboolean done;

  g_mutex_lock (&self->lock);
  done = self->pending == 0;
  g_mutex_unlock (&self->lock);

  return done;
}

/* Drops @handler when the outcome is there. Before the publisher's answer. */
void
grip_outcome_set_watch (GripOutcome  *self,
                        GCancellable *cancellable,
                        gulong        handler)
{
  self->watched = g_object_ref (cancellable);
  self->handler = handler;
}

/* Lets the thread that waits go on. */
void
grip_outcome_interrupt (GripOutcome *self)
{
  g_mutex_lock (&self->lock);
  self->interrupted = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

/* Returns: false when @end_time came first, or an interruption */
gboolean
grip_outcome_wait (GripOutcome *self,
                   gint64       end_time)
{
  gboolean done = TRUE;

  g_mutex_lock (&self->lock);
  while (self->pending > 0 && done && !self->interrupted)
    done = g_cond_wait_until (&self->cond, &self->lock, end_time);
  done = self->pending == 0;
  g_mutex_unlock (&self->lock);

  return done;
}

/* Returns: true when everything was accepted; else the error names each endpoint that failed */
gboolean
grip_outcome_propagate (GripOutcome  *self,
                        GError      **error)
{
  g_autoptr(GString) text = NULL;

  if (self->n_failures == 0)
    return TRUE;

  text = g_string_new (self->failures->str);
  if (self->n_failures > MAX_NAMED)
    g_string_append_printf (text, "; and %u more", self->n_failures - MAX_NAMED);
  if (self->n_answers > 1)
    {
      g_autofree char *head = g_strdup_printf ("%u of %u failed: ", self->n_failures, self->n_answers);

      g_string_prepend (text, head);
    }

  if (self->cancelled)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, text->str);
  else
    g_set_error_literal (error, GRIP_ERROR, self->first_error->code, text->str);

  return FALSE;
}
