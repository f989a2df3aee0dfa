/* grip-failure-log.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-failure-log-private.h"

#define QUIET_TIME (60 * G_USEC_PER_SEC)

/* Causes are few (endpoints times error codes); a server that invents them must not fill memory. */
#define MAX_CAUSES 256

struct _GripFailureLog
{
  int         ref_count;
  GMutex      lock;
  guint64     count;
  char       *last;
  GHashTable *causes;           /* cause → when it was logged */
};

GripFailureLog *
grip_failure_log_new (void)
{
  GripFailureLog *self = g_new0 (GripFailureLog, 1);

  self->ref_count = 1;
  g_mutex_init (&self->lock);
  self->causes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  return self;
}

GripFailureLog *
grip_failure_log_ref (GripFailureLog *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

void
grip_failure_log_unref (GripFailureLog *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  g_hash_table_unref (self->causes);
  g_free (self->last);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static gboolean
is_due_locked (GripFailureLog *self,
               const char     *endpoint,
               const GError   *error)
{
  g_autofree char *cause = g_strdup_printf ("%s %s %d", endpoint, g_quark_to_string (error->domain), error->code);
  gint64          *when = g_hash_table_lookup (self->causes, cause);
  gint64           now = g_get_monotonic_time ();

  if (when != NULL && now - *when < QUIET_TIME)
    return FALSE;

  if (when == NULL)
    {
      if (g_hash_table_size (self->causes) >= MAX_CAUSES)
        g_hash_table_remove_all (self->causes);
      when = g_new (gint64, 1);
      g_hash_table_insert (self->causes, g_steal_pointer (&cause), when);
    }
  *when = now;

  return TRUE;
}

void
grip_failure_log_note (GripFailureLog *self,
                       const char     *endpoint,
                       const char     *channel,
                       GripFate        fate,
                       const GError   *error)
{
  g_autofree char *text = NULL;
  gboolean         due;

  text = g_strdup_printf ("channel '%s' at %s: %s: %s",
                          channel, endpoint, grip_fate_to_string (fate), error->message);

  g_mutex_lock (&self->lock);
  self->count++;
  due = is_due_locked (self, endpoint, error);
  g_free (self->last);
  self->last = g_strdup (text);
  g_mutex_unlock (&self->lock);

  if (due)
    g_warning ("An item that nobody waits for was not published: %s", text);
}

/* The failures since the last call. */
guint64
grip_failure_log_take_count (GripFailureLog  *self,
                             char           **last)
{
  guint64 count;

  g_mutex_lock (&self->lock);
  count = self->count;
  self->count = 0;
  *last = g_steal_pointer (&self->last);
  g_mutex_unlock (&self->lock);

  return count;
}
