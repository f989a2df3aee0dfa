/* grip-tool-demo-once.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "../grip-tool-common.h"
#include "grip-tool-demo-once.h"

#define TEXT            "Hello from libgrip"
#define PATIENCE        "60"
/* Nobody can see from outside that a long poll is held: publish until all have got something. */
#define PUBLISH_SECONDS 1

typedef struct
{
  GripToolDemoOnce *once;
  const char       *name;
  const char       *path;
  const char       *mode;
  GSubprocess      *process;
  gboolean          ended;
  gboolean          good;
} Listener;

struct _GripToolDemoOnce
{
  GripToolDemoOrigin   *origin;
  Listener              listeners[3];
  GCancellable         *cancellable;
  guint                 source;
  guint                 n_published;
  GripToolDemoOnceFunc  func;
  gpointer              user_data;
};

static void
published_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!grip_pub_control_publish_finish (GRIP_PUB_CONTROL (source), result, &error))
    grip_tool_say_error (error);
}

static void
report (Listener   *self,
        const char *output)
{
  g_autoptr(GripToolJson) json = NULL;
  g_autofree char        *words = NULL;

  if (!grip_tool_json)
    {
      words = g_strdup_printf ("%-10s %s%s%s", self->name, self->good ? "got " : "DID NOT GET the item",
                               self->good ? output : "", self->good ? "" : "\n");
      grip_tool_write (words, strlen (words));
      return;
    }

  json = grip_tool_json_new ();
  grip_tool_json_begin_object (json, NULL);
  grip_tool_json_string (json, "client", self->name);
  grip_tool_json_boolean (json, "good", self->good);
  grip_tool_json_string (json, "content", self->good ? output : NULL);
  grip_tool_json_end_object (json);
  grip_tool_print_json (json);
}

static void
check_end (GripToolDemoOnce *self)
{
  gboolean good = TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (self->listeners); i++)
    {
      if (!self->listeners[i].ended)
        return;
      good = good && self->listeners[i].good;
    }

  g_clear_handle_id (&self->source, g_source_remove);
  self->func (good, self->user_data);
}

static gboolean
publish_cb (gpointer user_data)
{
  GripToolDemoOnce *self = user_data;
  g_autofree char  *text = g_strdup_printf (TEXT ", number %u", ++self->n_published);

  grip_tool_demo_origin_publish (self->origin, text, published_cb, NULL);
  /* No client could be started. */
  check_end (self);

  return G_SOURCE_CONTINUE;
}

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char  *output = NULL;
  Listener         *self = user_data;

  g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, &output, NULL, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self->ended = TRUE;
  self->good = output != NULL && strstr (output, TEXT) != NULL &&
               g_subprocess_get_if_exited (G_SUBPROCESS (source)) &&
               g_subprocess_get_exit_status (G_SUBPROCESS (source)) == 0;
  report (self, output);
  check_end (self->once);
}

static void
start (Listener   *self,
       const char *uri)
{
  g_autoptr(GError) error = NULL;
  g_autofree char  *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char  *url = g_strconcat (uri, self->path, NULL);
  const char       *arguments[] = { program != NULL ? program : "grip-tool", "listen", "--count", "1", "--timeout",
                                    PATIENCE, "--mode", self->mode, url, NULL };

  self->process = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                                     &error);
  if (self->process == NULL)
    {
      grip_tool_say_error (error);
      self->ended = TRUE;
      return;
    }

  g_subprocess_communicate_utf8_async (self->process, NULL, self->once->cancellable, ended_cb, self);
}

GripToolDemoOnce *
grip_tool_demo_once_new (GripToolDemoOrigin   *origin,
                         const char           *uri,
                         GripToolDemoOnceFunc  func,
                         gpointer              user_data)
{
  GripToolDemoOnce *self = g_new0 (GripToolDemoOnce, 1);

  self->origin = origin;
  self->func = func;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->listeners[0] = (Listener) { self, "long poll", "/poll", "poll" };
  self->listeners[1] = (Listener) { self, "stream", "/stream?only=items", "sse" };
  self->listeners[2] = (Listener) { self, "WebSocket", "/socket", "websocket" };
  for (gsize i = 0; i < G_N_ELEMENTS (self->listeners); i++)
    start (&self->listeners[i], uri);
  self->source = g_timeout_add_seconds (PUBLISH_SECONDS, publish_cb, self);

  return self;
}

void
grip_tool_demo_once_free (GripToolDemoOnce *self)
{
  g_cancellable_cancel (self->cancellable);
  for (gsize i = 0; i < G_N_ELEMENTS (self->listeners); i++)
    {
      if (self->listeners[i].process == NULL)
        continue;
      if (!self->listeners[i].ended)
        g_subprocess_force_exit (self->listeners[i].process);
      g_subprocess_wait (self->listeners[i].process, NULL, NULL);
      g_object_unref (self->listeners[i].process);
    }

  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_object (&self->cancellable);
  g_free (self);
}
