/* grip-tool-demo-main.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <stdio.h>
#include <string.h>

#include <glib-unix.h>
#include <gmodule.h>

#include "../grip-tool-demo.h"
#include "grip-tool-demo-once.h"
#include "grip-tool-demo-origin.h"
#include "grip-tool-proxy.h"

/* A proxy's ports open before its parts have found each other. */
#define READY_MILLISECONDS 100
#define READY_SECONDS      60
#define READY_PATIENCE     5

typedef struct
{
  const GripToolDemo      *options;
  GMainLoop               *loop;
  GripToolDemoOrigin      *origin;
  GripToolProxy           *proxy;
  GripToolDemoOnce        *once;
  SoupSession             *session;
  SoupWebsocketConnection *socket;      /* while the proxy is tried */
  guint                    patience;
  gint64                   start_time;
  GError                  *error;
  gboolean                 good;
} Demo;

static void
announce (Demo       *self,
          const char *uri)
{
  g_autoptr(GripToolJson) json = NULL;
  const char             *control_uri = self->proxy != NULL ? grip_tool_proxy_get_control_uri (self->proxy) : NULL;
  g_autofree char        *text = NULL;

  if (grip_tool_json)
    {
      json = grip_tool_json_new ();
      grip_tool_json_begin_object (json, NULL);
      grip_tool_json_string (json, "uri", uri);
      grip_tool_json_string (json, "control_uri", control_uri);
      grip_tool_json_end_object (json);
      grip_tool_print_json (json);
      return;
    }

  text = g_strdup_printf ("The page is at %s/\n", uri);
  grip_tool_write (text, strlen (text));
  fflush (stdout);
  if (self->options->once)
    return;
  if (control_uri != NULL)
    grip_tool_say ("publish from elsewhere: grip-tool publish --uri %s demo hello", control_uri);
  grip_tool_say ("Ctrl-C ends it");
}

static void
once_cb (gboolean good,
         gpointer user_data)
{
  Demo *self = user_data;

  self->good = good;
  g_main_loop_quit (self->loop);
}

static void
start (Demo *self)
{
  g_autofree char *uri = NULL;

  if (self->proxy != NULL)
    uri = g_strdup (grip_tool_proxy_get_uri (self->proxy));
  else
    uri = g_strdup_printf ("http://127.0.0.1:%u", grip_tool_demo_origin_get_port (self->origin));

  announce (self, uri);
  if (self->options->once)
    self->once = grip_tool_demo_once_new (self->origin, uri, once_cb, self);
}

static void
give_up (Demo   *self,
         GError *error)
{
  self->error = error;
  g_main_loop_quit (self->loop);
}

static gboolean check_cb (gpointer user_data);

static void
check_later (Demo *self)
{
  g_timeout_add (READY_MILLISECONDS, check_cb, self);
}

static void
end_socket (Demo *self)
{
  g_clear_handle_id (&self->patience, g_source_remove);
  if (self->socket == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->socket, self);
  if (soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (self->socket, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  g_clear_object (&self->socket);
}

static void
message_cb (SoupWebsocketConnection *socket,
            SoupWebsocketDataType    type,
            GBytes                  *message,
            gpointer                 user_data)
{
  end_socket (user_data);
  start (user_data);
}

static void
closed_cb (SoupWebsocketConnection *socket,
           gpointer                 user_data)
{
  end_socket (user_data);
  check_later (user_data);
}

static gboolean
impatient_cb (gpointer user_data)
{
  Demo *self = user_data;

  self->patience = 0;
  end_socket (self);
  check_later (self);

  return G_SOURCE_REMOVE;
}

/* What a proxy loses at the start is a message, and no connection: so one has to go there and back. */
static void
connected_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Demo *self = user_data;

  self->socket = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, NULL);
  if (self->socket == NULL)
    {
      check_later (self);
      return;
    }

  g_signal_connect (self->socket, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (self->socket, "closed", G_CALLBACK (closed_cb), self);
  self->patience = g_timeout_add_seconds (READY_PATIENCE, impatient_cb, self);
  soup_websocket_connection_send_text (self->socket, "ready?");
}

static void
control_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Demo                  *self = user_data;
  g_autoptr(GBytes)      body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, NULL);
  g_autofree char       *uri = g_strconcat (grip_tool_proxy_get_uri (self->proxy), "/ready/socket", NULL);
  g_autoptr(SoupMessage) message = soup_message_new (SOUP_METHOD_GET, uri);

  if (body != NULL && g_bytes_get_size (body) > 0)
    soup_session_websocket_connect_async (self->session, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL, connected_cb,
                                          self);
  else
    check_later (self);
}

/* A client that is held has got a head: all of the proxy is there. */
static void
ready_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Demo                   *self = user_data;
  SoupSession            *session = SOUP_SESSION (source);
  SoupMessage            *asked = soup_session_get_async_result_message (session, result);
  gboolean                held = soup_message_get_status (asked) == SOUP_STATUS_OK;
  g_autoptr(GInputStream) body = soup_session_send_finish (session, result, NULL);
  g_autoptr(SoupMessage)  message = NULL;

  if (body == NULL || !held)
    {
      check_later (self);
      return;
    }

  message = soup_message_new (SOUP_METHOD_GET, grip_tool_proxy_get_control_uri (self->proxy));
  soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL, control_cb, self);
}

static gboolean
check_cb (gpointer user_data)
{
  Demo                  *self = user_data;
  g_autofree char       *uri = g_strconcat (grip_tool_proxy_get_uri (self->proxy), "/ready", NULL);
  g_autoptr(SoupMessage) message = soup_message_new (SOUP_METHOD_GET, uri);

  if (g_get_monotonic_time () - self->start_time > READY_SECONDS * G_USEC_PER_SEC)
    give_up (self, g_error_new (GRIP_ERROR, GRIP_ERROR_NOT_CONNECTED, "Pushpin was not ready in %d seconds",
                                READY_SECONDS));
  else
    soup_session_send_async (self->session, message, G_PRIORITY_DEFAULT, NULL, ready_cb, self);

  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  Demo *self = user_data;

  give_up (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "interrupted"));

  return G_SOURCE_REMOVE;
}

static gboolean
terminated_cb (gpointer user_data)
{
  g_main_loop_quit (((Demo *) user_data)->loop);

  return G_SOURCE_CONTINUE;
}

static gboolean
set_up (Demo    *self,
        GError **error)
{
  const GripToolDemo *options = self->options;

  self->origin = grip_tool_demo_origin_new ();
  if (!grip_tool_demo_origin_listen (self->origin, options->proxy ? 0 : options->port, error))
    return FALSE;
  if (!options->proxy)
    {
      start (self);
      return TRUE;
    }

  self->proxy = grip_tool_proxy_new (grip_tool_demo_origin_get_port (self->origin), options->port, error);
  if (self->proxy == NULL ||
      !grip_tool_demo_origin_add_proxy (self->origin, grip_tool_proxy_get_control_uri (self->proxy),
                                        grip_tool_proxy_get_stats_spec (self->proxy),
                                        grip_tool_proxy_get_key (self->proxy), error))
    return FALSE;

  self->session = soup_session_new_with_options ("timeout", READY_PATIENCE, NULL);
  check_cb (self);

  return TRUE;
}

static void
tear_down (Demo *self)
{
  g_clear_pointer (&self->once, grip_tool_demo_once_free);
  end_socket (self);
  g_clear_object (&self->session);
  g_clear_pointer (&self->origin, grip_tool_demo_origin_free);
  g_clear_pointer (&self->proxy, grip_tool_proxy_free);
  g_clear_pointer (&self->loop, g_main_loop_unref);
}

static int
finish (Demo *self)
{
  g_autoptr(GError) error = g_steal_pointer (&self->error);

  if (error == NULL && self->options->once && !self->good)
    return GRIP_TOOL_NOT_REACHABLE;
  if (error == NULL)
    return GRIP_TOOL_OK;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return GRIP_TOOL_INTERRUPTED;

  return grip_tool_fail (error);
}

G_MODULE_EXPORT int
grip_tool_soup_demo (const GripToolDemo *options)
{
  Demo     self = { .options = options };
  GSource *cancelled = g_cancellable_source_new (grip_tool_get_cancellable ());
  guint    terminated = g_unix_signal_add (SIGTERM, terminated_cb, &self);

  self.loop = g_main_loop_new (NULL, FALSE);
  self.start_time = g_get_monotonic_time ();
  g_source_set_callback (cancelled, G_SOURCE_FUNC (cancelled_cb), &self, NULL);
  g_source_attach (cancelled, NULL);

  if (set_up (&self, &self.error))
    g_main_loop_run (self.loop);

  tear_down (&self);
  g_source_destroy (cancelled);
  g_source_unref (cancelled);
  g_source_remove (terminated);

  return finish (&self);
}
