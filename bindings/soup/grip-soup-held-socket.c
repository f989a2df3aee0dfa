/* grip-soup-held-socket.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-soup-held-socket-private.h"

/* As Pushpin has them. */
#define DEFAULT_KEEP_ALIVE 55
#define DEFAULT_DELAY      1
#define MINIMUM_INTERVAL   20

struct _GripSoupHeldSocket
{
  GripSoupClient     parent_instance;

  GripSoupWebSocket *websocket;        /* until it is closed */

  GBytes            *keep_alive;       /* as frames */
  GBytes            *delayed;
  int                keep_alive_timeout;
  gint64             keep_alive_due;
  gint64             delayed_due;
  gint64             interval_due;     /* when the handler is asked though nothing came */
  guint              by_interval : 1;
  guint              detached : 1;
};

G_DEFINE_FINAL_TYPE (GripSoupHeldSocket, grip_soup_held_socket, GRIP_SOUP_TYPE_CLIENT)

static gint64
earlier (gint64 a,
         gint64 b)
{
  if (a < 0)
    return b;

  return b < 0 ? a : MIN (a, b);
}

static void
update_due (GripSoupHeldSocket *self)
{
  gint64 due = earlier (self->keep_alive_due, earlier (self->delayed_due, self->interval_due));

  grip_soup_client_set_due (GRIP_SOUP_CLIENT (self), due);
}

static gint64
after (int seconds)
{
  return g_get_monotonic_time () + seconds * G_USEC_PER_SEC;
}

static GripSoupPart *
grip_soup_held_socket_get_part (GripSoupClient   *client,
                                GripSoupRendered *rendered)
{
  return &rendered->message;
}

static void
grip_soup_held_socket_send (GripSoupClient *client,
                            GripSoupPart   *part,
                            GBytes         *content)
{
  GripSoupHeldSocket *self = GRIP_SOUP_HELD_SOCKET (client);
  g_autoptr(GBytes) wire = NULL;

  if (self->websocket == NULL)
    return;

  wire = content == part->content ? g_bytes_ref (part->wire)
                                  : grip_soup_make_frame (part->kind, content);
  grip_soup_websocket_write (self->websocket, wire);
  grip_soup_client_mark (client);
}

static void
grip_soup_held_socket_act (GripSoupClient *client,
                           GripSoupPart   *part)
{
  GripSoupHeldSocket *self = GRIP_SOUP_HELD_SOCKET (client);

  if (self->websocket == NULL)
    return;

  if (part->action == GRIP_SOUP_ACTION_CLOSE)
    grip_soup_websocket_close (self->websocket, part->code, part->reason);
  else if (part->action == GRIP_SOUP_ACTION_REFRESH && !self->detached)
    grip_soup_websocket_run (self->websocket);
}

static void
send_delayed (GripSoupHeldSocket *self)
{
  g_autoptr(GBytes) delayed = g_steal_pointer (&self->delayed);

  self->delayed_due = -1;
  if (delayed != NULL && self->websocket != NULL)
    grip_soup_websocket_write (self->websocket, delayed);
}

static void
grip_soup_held_socket_expire (GripSoupClient *client,
                              gint64          now)
{
  g_autoptr(GripSoupHeldSocket) self = g_object_ref (GRIP_SOUP_HELD_SOCKET (client));

  if (self->keep_alive_due >= 0 && self->keep_alive_due <= now)
    {
      self->keep_alive_due = after (self->keep_alive_timeout);
      if (self->websocket != NULL)
        grip_soup_websocket_write (self->websocket, self->keep_alive);
    }

  if (self->delayed_due >= 0 && self->delayed_due <= now)
    send_delayed (self);

  if (self->interval_due >= 0 && self->interval_due <= now)
    {
      self->interval_due = -1;
      if (self->websocket != NULL)
        grip_soup_websocket_run (self->websocket);
    }

  if (self->websocket != NULL)
    grip_soup_websocket_flush (self->websocket);
  update_due (self);
}

static void
grip_soup_held_socket_flush (GripSoupClient *client)
{
  GripSoupHeldSocket *self = GRIP_SOUP_HELD_SOCKET (client);

  if (self->websocket != NULL)
    grip_soup_websocket_flush (self->websocket);
}

static void
grip_soup_held_socket_cut (GripSoupClient *client)
{
  GripSoupHeldSocket *self = GRIP_SOUP_HELD_SOCKET (client);

  if (self->websocket != NULL)
    grip_soup_websocket_cut (self->websocket);
}

static void
grip_soup_held_socket_finalize (GObject *object)
{
  GripSoupHeldSocket *self = GRIP_SOUP_HELD_SOCKET (object);

  g_clear_pointer (&self->keep_alive, g_bytes_unref);
  g_clear_pointer (&self->delayed, g_bytes_unref);

  G_OBJECT_CLASS (grip_soup_held_socket_parent_class)->finalize (object);
}

static void
grip_soup_held_socket_class_init (GripSoupHeldSocketClass *klass)
{
  GripSoupClientClass *client_class = GRIP_SOUP_CLIENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = grip_soup_held_socket_finalize;
  client_class->get_part = grip_soup_held_socket_get_part;
  client_class->send = grip_soup_held_socket_send;
  client_class->act = grip_soup_held_socket_act;
  client_class->expire = grip_soup_held_socket_expire;
  client_class->flush = grip_soup_held_socket_flush;
  client_class->cut = grip_soup_held_socket_cut;
}

static void
grip_soup_held_socket_init (GripSoupHeldSocket *self)
{
  self->keep_alive_due = -1;
  self->delayed_due = -1;
  self->interval_due = -1;
}

GripSoupHeldSocket *
grip_soup_held_socket_new (GripSoupWebSocket *websocket)
{
  GripSoupHeldSocket *self = g_object_new (GRIP_SOUP_TYPE_HELD_SOCKET, NULL);

  self->websocket = websocket;

  return self;
}

void
grip_soup_held_socket_end (GripSoupHeldSocket *self)
{
  self->websocket = NULL;
  grip_soup_client_leave (GRIP_SOUP_CLIENT (self));
}

gboolean
grip_soup_held_socket_is_detached (GripSoupHeldSocket *self)
{
  return self->detached;
}

void
grip_soup_held_socket_wrote (GripSoupHeldSocket *self)
{
  if (self->keep_alive == NULL || self->by_interval)
    return;

  self->keep_alive_due = after (self->keep_alive_timeout);
  update_due (self);
}

void
grip_soup_held_socket_heard (GripSoupHeldSocket *self)
{
  int interval;

  if (self->websocket == NULL)
    return;

  interval = grip_websocket_context_get_keep_alive_interval (grip_soup_websocket_get_context (self->websocket));
  if (self->detached || interval <= 0)
    self->interval_due = -1;
  else
    self->interval_due = after (MAX (interval, MINIMUM_INTERVAL));
  update_due (self);
}

static GBytes *
make_frame (GVariant *args)
{
  g_autoptr(GVariant) value = g_variant_lookup_value (args, "content", G_VARIANT_TYPE_BYTESTRING);
  g_autoptr(GBytes) content = NULL;
  const char *kind = "text";
  GripWebSocketMessageKind message_kind = GRIP_WEBSOCKET_MESSAGE_TEXT;

  if (value == NULL)
    return NULL;

  g_variant_lookup (args, "message-type", "&s", &kind);
  if (strcmp (kind, "binary") == 0)
    message_kind = GRIP_WEBSOCKET_MESSAGE_BINARY;
  else if (strcmp (kind, "ping") == 0)
    message_kind = GRIP_WEBSOCKET_MESSAGE_PING;
  else if (strcmp (kind, "pong") == 0)
    message_kind = GRIP_WEBSOCKET_MESSAGE_PONG;

  content = g_variant_get_data_as_bytes (value);

  return grip_soup_make_frame (message_kind, content);
}

static int
get_timeout (GVariant *args,
             int       fallback)
{
  int timeout = 0;

  g_variant_lookup (args, "timeout", "i", &timeout);

  return timeout > 0 ? timeout : fallback;
}

static void
set_keep_alive (GripSoupHeldSocket *self,
                GVariant           *args)
{
  const char *mode = "idle";

  g_clear_pointer (&self->keep_alive, g_bytes_unref);
  self->keep_alive = make_frame (args);
  self->keep_alive_timeout = get_timeout (args, DEFAULT_KEEP_ALIVE);
  self->keep_alive_due = self->keep_alive != NULL ? after (self->keep_alive_timeout) : -1;
  g_variant_lookup (args, "mode", "&s", &mode);
  self->by_interval = strcmp (mode, "interval") == 0;
}

static void
set_delayed (GripSoupHeldSocket *self,
             GVariant           *args)
{
  g_autoptr(GBytes) frame = make_frame (args);

  /* There is room for one: the one before goes out now. */
  send_delayed (self);
  if (frame == NULL)
    return;

  self->delayed = g_steal_pointer (&frame);
  self->delayed_due = after (get_timeout (args, DEFAULT_DELAY));
}

static void
apply (GripSoupHeldSocket *self,
       const char         *message_type,
       GVariant           *args)
{
  GripSoupClient *client = GRIP_SOUP_CLIENT (self);
  const char *channel = NULL;
  const char *name = NULL;
  const char *value = NULL;
  g_autofree const char **filters = NULL;

  g_variant_lookup (args, "channel", "&s", &channel);
  g_variant_lookup (args, "filters", "^a&s", &filters);
  g_variant_lookup (args, "name", "&s", &name);
  g_variant_lookup (args, "value", "&s", &value);

  if (strcmp (message_type, "subscribe") == 0)
    grip_soup_client_subscribe (client, channel, NULL, filters);
  else if (strcmp (message_type, "unsubscribe") == 0)
    grip_soup_client_unsubscribe (client, channel);
  else if (strcmp (message_type, "set-meta") == 0)
    grip_soup_client_set_meta (client, name, value);
  else if (strcmp (message_type, "keep-alive") == 0)
    set_keep_alive (self, args);
  else if (strcmp (message_type, "send-delayed") == 0)
    set_delayed (self, args);
  else if (strcmp (message_type, "flush-delayed") == 0)
    send_delayed (self);
  else if (strcmp (message_type, "detach") == 0)
    self->detached = TRUE;
}

void
grip_soup_held_socket_control (GripSoupHeldSocket *self,
                               const char         *json)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) args = grip_websocket_control_parse (json, &error);
  const char *message_type = NULL;

  if (args == NULL)
    {
      g_message ("A control message was ignored: %s", error->message);
      return;
    }

  g_variant_lookup (args, "type", "&s", &message_type);
  apply (self, message_type, args);
  update_due (self);
}
