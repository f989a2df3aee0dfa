/* grip-tool-websocket-guard.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <libgrip/grip.h>

#include "grip-tool-websocket-guard.h"

/* A proxy pings every few seconds. */
#define MAX_CONTROL_FRAMES_A_SECOND 1000

struct _GripToolWebsocketGuard
{
  SoupWebsocketExtension parent_instance;

  gsize                  max_message;
  gsize                  size;
  gint64                 second;
  guint                  n_control;
};

G_DEFINE_FINAL_TYPE (GripToolWebsocketGuard, grip_tool_websocket_guard, SOUP_TYPE_WEBSOCKET_EXTENSION)

static gboolean
allow_control (GripToolWebsocketGuard  *self,
               GError                 **error)
{
  gint64 second = g_get_monotonic_time () / G_USEC_PER_SEC;

  if (second != self->second)
    {
      self->second = second;
      self->n_control = 0;
    }
  if (++self->n_control <= MAX_CONTROL_FRAMES_A_SECOND)
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE, "more than %d control frames in a second",
               MAX_CONTROL_FRAMES_A_SECOND);

  return FALSE;
}

static gboolean
allow_data (GripToolWebsocketGuard  *self,
            guint8                   head,
            gsize                    length,
            GError                 **error)
{
  gboolean continues = (head & 0x0f) == 0;

  self->size = (continues ? self->size : 0) + length;
  if (self->size <= self->max_message)
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE,
               "a message has more than %" G_GSIZE_FORMAT " bytes", self->max_message);

  return FALSE;
}

static GBytes *
grip_tool_websocket_guard_process_incoming_message (SoupWebsocketExtension  *extension,
                                                    guint8                  *header,
                                                    GBytes                  *payload,
                                                    GError                 **error)
{
  GripToolWebsocketGuard *self = GRIP_TOOL_WEBSOCKET_GUARD (extension);
  g_autoptr(GBytes)       taken = payload;
  gboolean                allowed;

  if ((*header & 0x08) != 0)
    allowed = allow_control (self, error);
  else
    allowed = allow_data (self, *header, g_bytes_get_size (payload), error);

  return allowed ? g_steal_pointer (&taken) : NULL;
}

static void
grip_tool_websocket_guard_class_init (GripToolWebsocketGuardClass *klass)
{
  SoupWebsocketExtensionClass *extension_class = SOUP_WEBSOCKET_EXTENSION_CLASS (klass);

  extension_class->name = "guard";
  extension_class->process_incoming_message = grip_tool_websocket_guard_process_incoming_message;
}

static void
grip_tool_websocket_guard_init (GripToolWebsocketGuard *self)
{
}

SoupWebsocketExtension *
grip_tool_websocket_guard_new (gsize max_message)
{
  GripToolWebsocketGuard *self = g_object_new (GRIP_TOOL_TYPE_WEBSOCKET_GUARD, NULL);

  self->max_message = max_message;

  return SOUP_WEBSOCKET_EXTENSION (self);
}
