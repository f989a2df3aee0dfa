/* grip-tool-listener.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gmodule.h>

#include "grip-tool-listener.h"

static void
interrupt_cb (GCancellable *interrupt,
              gpointer      user_data)
{
  g_cancellable_cancel (user_data);
}

/* A thread, as blocking calls have no main loop to see the time pass. */
static gpointer
run_timer (gpointer data)
{
  GripToolListener *self = data;
  gint64            end = self->start_time + (gint64) (self->options->seconds * G_USEC_PER_SEC);

  g_mutex_lock (&self->mutex);
  while (!self->stopped && !self->timed_out)
    if (!g_cond_wait_until (&self->cond, &self->mutex, end))
      self->timed_out = !self->stopped;
  g_mutex_unlock (&self->mutex);

  g_cancellable_cancel (self->cancellable);

  return NULL;
}

static void
listener_init (GripToolListener     *self,
               const GripToolListen *options)
{
  *self = (GripToolListener) { .options = options };
  self->cancellable = g_cancellable_new ();
  self->interrupt = grip_tool_get_cancellable ();
  self->interrupt_id = g_cancellable_connect (self->interrupt, G_CALLBACK (interrupt_cb),
                                              g_object_ref (self->cancellable), g_object_unref);
  self->start_time = g_get_monotonic_time ();
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  if (options->seconds > 0)
    self->timer = g_thread_new ("timer", run_timer, self);
}

/* Whether it was the time limit that ended it. */
static gboolean
stop_timer (GripToolListener *self)
{
  g_cancellable_disconnect (self->interrupt, self->interrupt_id);
  if (self->timer == NULL)
    return FALSE;

  g_mutex_lock (&self->mutex);
  self->stopped = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->timer);

  return self->timed_out;
}

/* The client is connected: from now on nothing is missed. */
void
grip_tool_listener_opened (GripToolListener *self,
                           const char       *kind,
                           guint             code)
{
  g_autoptr(GripToolJson) json = NULL;

  if (!grip_tool_json)
    {
      if (isatty (STDERR_FILENO))
        grip_tool_say ("connected: %s", kind);
      return;
    }

  json = grip_tool_json_new ();
  grip_tool_json_begin_object (json, NULL);
  grip_tool_json_string (json, "type", "open");
  grip_tool_json_string (json, "mode", kind);
  grip_tool_json_integer (json, "code", code);
  grip_tool_json_end_object (json);
  grip_tool_print_json (json);
}

void
grip_tool_listener_closed (GripToolListener *self,
                           guint             code,
                           const char       *reason)
{
  g_autoptr(GripToolJson) json = NULL;

  if (!grip_tool_json)
    return;

  json = grip_tool_json_new ();
  grip_tool_json_begin_object (json, NULL);
  grip_tool_json_string (json, "type", "close");
  grip_tool_json_integer (json, "code", code);
  grip_tool_json_string (json, "reason", reason);
  grip_tool_json_end_object (json);
  grip_tool_print_json (json);
}

static void
print_json (const GripToolHeard *heard)
{
  g_autoptr(GripToolJson) json = grip_tool_json_new ();
  g_autoptr(GBytes)       content = g_bytes_new_static (heard->data, heard->length);

  grip_tool_json_begin_object (json, NULL);
  grip_tool_json_string (json, "type", heard->kind);
  grip_tool_json_string (json, "event", heard->event);
  grip_tool_json_string (json, "id", heard->id);
  if (heard->code != 0)
    grip_tool_json_integer (json, "code", heard->code);
  grip_tool_json_content (json, "content", content);
  grip_tool_json_end_object (json);
  grip_tool_print_json (json);
}

/* A stranger's escape sequences are not for the user's terminal. */
static void
print_on_terminal (const char *data,
                   gsize       length)
{
  for (gsize i = 0; i < length; i++)
    {
      gboolean acts = ((guchar) data[i] < 0x20 && strchr ("\n\t", data[i]) == NULL) || data[i] == 0x7f;

      putchar (acts || data[i] == '\0' ? '?' : data[i]);
    }
}

static void
print_text (const GripToolHeard *heard)
{
  const char *data = heard->data;

  if (isatty (STDOUT_FILENO))
    print_on_terminal (data, heard->length);
  else
    grip_tool_write (data, heard->length);
  if (!heard->exact && (heard->length == 0 || data[heard->length - 1] != '\n'))
    putchar ('\n');
  fflush (stdout);
}

void
grip_tool_listener_take (GripToolListener    *self,
                         const GripToolHeard *heard)
{
  self->n_items++;
  self->n_bytes += heard->length;

  if (grip_tool_json)
    print_json (heard);
  else
    print_text (heard);
}

gboolean
grip_tool_listener_is_done (GripToolListener *self)
{
  return self->options->count > 0 && self->n_items >= self->options->count;
}

/* False when the wait was cut short. */
gboolean
grip_tool_listener_pause (GripToolListener *self,
                          guint             milliseconds)
{
  GPollFD fd;

  if (!g_cancellable_make_pollfd (self->cancellable, &fd))
    return FALSE;
  g_poll (&fd, 1, milliseconds);
  g_cancellable_release_fd (self->cancellable);

  return !g_cancellable_is_cancelled (self->cancellable);
}

/* What the end means. @error is that of the connection, or NULL when the server ended it. */
static GError *
judge (GripToolListener *self,
       gboolean          timed_out,
       const GError     *error)
{
  gint64 missing = self->options->count - self->n_items;

  if (grip_tool_listener_is_done (self))
    return NULL;
  if (g_cancellable_is_cancelled (self->interrupt))
    return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "interrupted");
  if (timed_out && (missing > 0 || self->n_items == 0))
    return g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "%" G_GINT64_FORMAT " items came in %g seconds",
                        self->n_items, self->options->seconds);
  if (timed_out)
    return NULL;
  if (error != NULL)
    return g_error_copy (error);
  if (missing > 0)
    return g_error_new (GRIP_ERROR, GRIP_ERROR_CLOSED,
                        "the server ended after %" G_GINT64_FORMAT " items", self->n_items);

  return NULL;
}

static void
sum_up_as_json (GripToolListener *self,
                double            seconds,
                const GError     *error)
{
  g_autoptr(GripToolJson) json = grip_tool_json_new ();

  grip_tool_json_begin_object (json, NULL);
  grip_tool_json_string (json, "type", "end");
  grip_tool_json_integer (json, "items", self->n_items);
  grip_tool_json_integer (json, "bytes", self->n_bytes);
  grip_tool_json_seconds (json, "secs", seconds);
  if (error != NULL)
    grip_tool_json_error (json, error);
  grip_tool_json_end_object (json);
  grip_tool_print_json (json);
}

/* Sums up, frees what @self holds, and returns the exit code. */
static int
listener_finish (GripToolListener *self,
                 GError           *error)
{
  double            seconds = (g_get_monotonic_time () - self->start_time) * 1e-6;
  gboolean          timed_out = stop_timer (self);
  g_autoptr(GError) end = judge (self, timed_out, error);

  if (end != NULL && !g_error_matches (end, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    grip_tool_say_error (end);
  if (grip_tool_json)
    sum_up_as_json (self, seconds, end);
  else
    grip_tool_say ("%" G_GINT64_FORMAT " items, %" G_GINT64_FORMAT " bytes in %.1f s",
                   self->n_items, self->n_bytes, seconds);

  g_clear_object (&self->cancellable);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);

  return end != NULL ? (int) grip_tool_exit_for_error (end) : GRIP_TOOL_OK;
}

gboolean
grip_tool_check_status (guint    status,
                        GError **error)
{
  int code = GRIP_ERROR_REJECTED;

  if (status < 400)
    return TRUE;

  if (status == 401 || status == 403 || status == 407)
    code = GRIP_ERROR_UNAUTHORIZED;
  else if (status >= 500)
    code = GRIP_ERROR_FAILED;
  g_set_error (error, GRIP_ERROR, code, "the server answered with status %u", status);

  return FALSE;
}

G_MODULE_EXPORT int
grip_tool_soup_listen (const GripToolListen *options)
{
  g_autoptr(GError) error = NULL;
  GripToolListener  listener;

  listener_init (&listener, options);
  if (options->mode == GRIP_TOOL_LISTEN_WEBSOCKET)
    grip_tool_listen_websocket (&listener, &error);
  else
    grip_tool_listen_http (&listener, &error);

  return listener_finish (&listener, error);
}
