/* grip-tool-wait.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-tool-wait.h"

/* Calls that wait in the main loop: a transport that a script brought lives in this thread, and can
 * answer only while the loop runs. Ctrl-C cancels; a transport that does not answer even then is not
 * waited for. */

typedef struct
{
  GAsyncResult *result;
  guint         grace;
  gboolean      given_up;
} Wait;

static void
wait_clear (gpointer data)
{
  Wait *self = data;

  g_clear_object (&self->result);
}

static void
wait_unref (Wait *self)
{
  g_rc_box_release_full (self, wait_clear);
}

static void
result_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  Wait *self = user_data;

  self->result = g_object_ref (result);
  wait_unref (self);
}

static gboolean
grace_cb (gpointer user_data)
{
  Wait *self = user_data;

  self->grace = 0;
  self->given_up = TRUE;

  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  Wait *self = user_data;

  self->grace = g_timeout_add (GRIP_TOOL_INTERRUPT_GRACE, grace_cb, self);

  return G_SOURCE_REMOVE;
}

/* Iterates until the callback came. Returns: false when it did not come in time after Ctrl-C. */
static gboolean
wait_run (Wait    *self,
          GError **error)
{
  g_autoptr(GSource) watch = g_cancellable_source_new (grip_tool_get_cancellable ());

  g_source_set_callback (watch, G_SOURCE_FUNC (cancelled_cb), self, NULL);
  g_source_attach (watch, NULL);

  while (self->result == NULL && !self->given_up)
    g_main_context_iteration (NULL, TRUE);

  g_source_destroy (watch);
  g_clear_handle_id (&self->grace, g_source_remove);
  if (self->result != NULL)
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                       "interrupted; a transport has not answered, what it holds may be published");

  return FALSE;
}

gboolean
grip_tool_wait_publish (GripPubControl  *control,
                        const char      *channel,
                        GripItem        *item,
                        GError         **error)
{
  Wait     *wait = g_rc_box_new0 (Wait);
  gboolean  published;

  grip_pub_control_publish_async (control, channel, item, grip_tool_get_cancellable (), result_cb,
                                  g_rc_box_acquire (wait));
  published = wait_run (wait, error) && grip_pub_control_publish_finish (control, wait->result, error);
  wait_unref (wait);

  return published;
}

gboolean
grip_tool_wait_close (GripPubControl  *control,
                      GError         **error)
{
  Wait     *wait = g_rc_box_new0 (Wait);
  gboolean  closed;

  grip_pub_control_close_async (control, NULL, result_cb, g_rc_box_acquire (wait));
  closed = wait_run (wait, error) && grip_pub_control_close_finish (control, wait->result, error);
  wait_unref (wait);

  return closed;
}
