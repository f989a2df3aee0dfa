/* grip-soup-holder.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-soup-holder-private.h"

/* As Pushpin has them. */
#define DEFAULT_TIMEOUT 55
#define MINIMUM_TIMEOUT 5

/* What a client may be behind before it is dropped. */
#define MAX_BACKLOG (1024 * 1024)

struct _GripSoupHolder
{
  GHashTable *channels;   /* name -> set of Client */
  GHashTable *clients;    /* set of Client, owned */
};

typedef struct
{
  GripSoupHolder    *holder;
  SoupServerMessage *message;
  GripInstruct      *instruct;
  GPtrArray         *channels;
  GSource           *timer;
  gint64             last_sent;
  gsize              backlog;
} Client;

static void
client_free (gpointer data)
{
  Client *self = data;

  if (self->timer != NULL)
    {
      g_source_destroy (self->timer);
      g_source_unref (self->timer);
    }
  g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_object (&self->message);
  g_clear_object (&self->instruct);
  g_clear_pointer (&self->channels, g_ptr_array_unref);
  g_free (self);
}

/* The client is freed. Its response goes on by itself when it is complete. */
static void
client_leave (Client *self)
{
  GripSoupHolder *holder = self->holder;

  for (guint i = 0; i < self->channels->len; i++)
    {
      const char *name = grip_channel_get_name (g_ptr_array_index (self->channels, i));
      GHashTable *set = g_hash_table_lookup (holder->channels, name);

      if (set != NULL && g_hash_table_remove (set, self) && g_hash_table_size (set) == 0)
        g_hash_table_remove (holder->channels, name);
    }

  g_hash_table_remove (holder->clients, self);
}

GripSoupHolder *
grip_soup_holder_new (void)
{
  GripSoupHolder *self = g_new0 (GripSoupHolder, 1);

  self->channels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify) g_hash_table_unref);
  self->clients = g_hash_table_new_full (NULL, NULL, client_free, NULL);

  return self;
}

void
grip_soup_holder_free (GripSoupHolder *self)
{
  g_hash_table_unref (self->channels);
  g_hash_table_unref (self->clients);
  g_free (self);
}

guint
grip_soup_holder_count (GripSoupHolder *self)
{
  return g_hash_table_size (self->clients);
}

static void
append_headers (SoupMessageHeaders *to,
                GVariant           *headers)
{
  GVariantIter iter;
  const char *name = NULL;
  const char *value = NULL;

  g_variant_iter_init (&iter, headers);
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &value))
    {
      if (strpbrk (name, "\r\n: ") == NULL && strpbrk (value, "\r\n") == NULL)
        soup_message_headers_append (to, name, value);
    }
}

static void
write_response (Client       *self,
                int           code,
                const char   *reason,
                GVariant     *headers,
                GBytes       *body)
{
  SoupMessageBody *to = soup_server_message_get_response_body (self->message);

  soup_message_headers_clear (soup_server_message_get_response_headers (self->message));
  if (headers != NULL)
    append_headers (soup_server_message_get_response_headers (self->message), headers);
  if (body != NULL && g_bytes_get_size (body) > 0)
    {
      soup_message_body_append_bytes (to, body);
      self->backlog += g_bytes_get_size (body);
    }
  soup_server_message_set_status (self->message, code, reason);
}

static void
write_first (Client *self)
{
  GripResponse *response = grip_instruct_get_response (self->instruct);
  int status = grip_instruct_get_status (self->instruct);

  if (response == NULL)
    write_response (self, status >= 200 ? status : 200, NULL, NULL, NULL);
  else
    write_response (self, status >= 200 ? status : grip_response_get_code (response),
                    grip_response_get_reason (response), grip_response_get_headers (response),
                    grip_response_get_body (response));
}

/* The connection is closed at once: there is no end of the response. */
static void
client_drop (Client *self)
{
  g_autoptr(GIOStream) stream = NULL;
  g_autoptr(SoupServerMessage) message = g_object_ref (self->message);

  g_warning ("A held client that reads too slowly was dropped");
  client_leave (self);
  stream = soup_server_message_steal_connection (message);
  if (stream != NULL)
    g_io_stream_close (stream, NULL, NULL);
}

static void
client_append (Client *self,
               GBytes *content)
{
  if (self->backlog + g_bytes_get_size (content) > MAX_BACKLOG)
    {
      client_drop (self);
      return;
    }

  if (g_bytes_get_size (content) == 0)
    return;

  self->backlog += g_bytes_get_size (content);
  self->last_sent = g_get_monotonic_time ();
  soup_message_body_append_bytes (soup_server_message_get_response_body (self->message), content);
  soup_server_message_unpause (self->message);
}

/* Ends the response, and the hold with it. */
static void
client_complete (Client *self)
{
  g_autoptr(SoupServerMessage) message = g_object_ref (self->message);

  client_leave (self);
  soup_message_body_complete (soup_server_message_get_response_body (message));
  soup_server_message_unpause (message);
}

static gboolean
timeout_cb (gpointer user_data)
{
  Client *self = user_data;

  write_first (self);
  client_complete (self);

  return G_SOURCE_REMOVE;
}

static gboolean
keep_alive_cb (gpointer user_data)
{
  Client *self = user_data;
  gint64 now = g_get_monotonic_time ();
  int timeout = grip_instruct_get_keep_alive_timeout (self->instruct);
  gint64 due = self->last_sent + (timeout > 0 ? timeout : DEFAULT_TIMEOUT) * G_USEC_PER_SEC;

  if (grip_instruct_get_keep_alive_mode (self->instruct) == GRIP_KEEP_ALIVE_MODE_IDLE && now < due)
    {
      g_source_set_ready_time (self->timer, due);
      return G_SOURCE_CONTINUE;
    }

  g_source_set_ready_time (self->timer,
                           now + (timeout > 0 ? timeout : DEFAULT_TIMEOUT) * G_USEC_PER_SEC);
  client_append (self, grip_instruct_get_keep_alive (self->instruct));

  return G_SOURCE_CONTINUE;
}

static void
set_timer (Client      *self,
           int          seconds,
           GSourceFunc  callback)
{
  self->timer = g_timeout_source_new (seconds * 1000);
  g_source_set_callback (self->timer, callback, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

static void
gone_cb (SoupServerMessage *message,
         Client            *self)
{
  client_leave (self);
}

static void
wrote_cb (SoupServerMessage *message,
          guint              n_bytes,
          Client            *self)
{
  self->backlog -= MIN (self->backlog, n_bytes);
}

static void
start_stream (Client *self)
{
  int timeout = grip_instruct_get_keep_alive_timeout (self->instruct);

  write_first (self);
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (self->message),
                                     SOUP_ENCODING_CHUNKED);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (self->message), FALSE);
  self->last_sent = g_get_monotonic_time ();
  if (grip_instruct_get_keep_alive (self->instruct) != NULL)
    set_timer (self, timeout > 0 ? timeout : DEFAULT_TIMEOUT, keep_alive_cb);
  soup_server_message_unpause (self->message);
}

static void
start_poll (Client *self)
{
  int timeout = grip_instruct_get_timeout (self->instruct);

  soup_server_message_set_status (self->message, 200, NULL);
  soup_server_message_pause (self->message);
  set_timer (self, MAX (timeout >= 0 ? timeout : DEFAULT_TIMEOUT, MINIMUM_TIMEOUT), timeout_cb);
}

static void
subscribe (Client     *self,
           const char *name)
{
  GHashTable *set = g_hash_table_lookup (self->holder->channels, name);

  if (set == NULL)
    {
      set = g_hash_table_new (NULL, NULL);
      g_hash_table_insert (self->holder->channels, g_strdup (name), set);
    }
  g_hash_table_add (set, self);
}

void
grip_soup_holder_hold (GripSoupHolder    *self,
                       SoupServerMessage *message,
                       GripInstruct      *instruct)
{
  const char *prefix = grip_instruct_get_channel_prefix (instruct);
  Client *client = g_new0 (Client, 1);
  g_autoptr(GPtrArray) channels = grip_instruct_get_channels (instruct);

  client->holder = self;
  client->message = g_object_ref (message);
  client->instruct = g_object_ref (instruct);
  client->channels = g_ptr_array_new_with_free_func (g_object_unref);
  g_hash_table_add (self->clients, client);

  for (guint i = 0; i < channels->len; i++)
    {
      g_autofree char *name = g_strconcat (prefix != NULL ? prefix : "",
                                           grip_channel_get_name (g_ptr_array_index (channels, i)), NULL);

      g_ptr_array_add (client->channels, grip_channel_new (name));
      subscribe (client, name);
    }

  g_signal_connect (message, "finished", G_CALLBACK (gone_cb), client);
  g_signal_connect (message, "wrote-body-data", G_CALLBACK (wrote_cb), client);

  if (grip_instruct_get_hold_mode (instruct) == GRIP_HOLD_MODE_STREAM)
    start_stream (client);
  else
    start_poll (client);
}

static GVariant *
dup_format (GripItem   *item,
            const char *name)
{
  for (guint i = 0; i < grip_item_get_n_formats (item); i++)
    {
      GripFormat *format = grip_item_get_format (item, i);

      if (strcmp (grip_format_get_name (format), name) == 0)
        return g_variant_take_ref (grip_format_to_variant (format));
    }

  return NULL;
}

static GBytes *
dup_payload (GVariant   *format,
             const char *key)
{
  g_autofree char *bin_key = g_strconcat (key, "-bin", NULL);
  g_autoptr(GVariant) value = g_variant_lookup_value (format, key, NULL);
  const char *text = NULL;
  gsize length;

  if (value == NULL)
    value = g_variant_lookup_value (format, bin_key, G_VARIANT_TYPE_BYTESTRING);
  if (value == NULL)
    return NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return g_variant_get_data_as_bytes (value);
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return NULL;

  text = g_variant_get_string (value, &length);

  return g_bytes_new (text, length);
}

static gboolean
has_action (GVariant   *format,
            const char *action)
{
  const char *value = "send";

  g_variant_lookup (format, "action", "&s", &value);

  return strcmp (value, action) == 0;
}

static void
deliver_to_stream (Client   *client,
                   GVariant *format)
{
  g_autoptr(GBytes) content = dup_payload (format, "content");

  if (has_action (format, "close"))
    client_complete (client);
  else if (has_action (format, "send") && content != NULL)
    client_append (client, content);
}

static void
deliver_to_poll (Client   *client,
                 GVariant *format)
{
  g_autoptr(GBytes) body = dup_payload (format, "body");
  g_autoptr(GVariant) headers = g_variant_lookup_value (format, "headers", G_VARIANT_TYPE ("a(ss)"));
  const char *reason = NULL;
  int code = 200;

  if (has_action (format, "close"))
    {
      write_first (client);
      client_complete (client);
      return;
    }

  if (!has_action (format, "send") || body == NULL)
    return;

  g_variant_lookup (format, "code", "i", &code);
  g_variant_lookup (format, "reason", "&s", &reason);
  write_response (client, code, reason, headers, body);
  client_complete (client);
}

void
grip_soup_holder_deliver (GripSoupHolder *self,
                          const char     *channel,
                          GripItem       *item)
{
  GHashTable *set = g_hash_table_lookup (self->channels, channel);
  g_autoptr(GVariant) stream = NULL;
  g_autoptr(GVariant) poll = NULL;
  g_autofree gpointer *clients = NULL;
  guint n;

  if (set == NULL)
    return;

  stream = dup_format (item, "http-stream");
  poll = dup_format (item, "http-response");
  clients = g_hash_table_get_keys_as_array (set, &n);

  for (guint i = 0; i < n; i++)
    {
      Client *client = clients[i];
      gboolean is_stream = grip_instruct_get_hold_mode (client->instruct) == GRIP_HOLD_MODE_STREAM;

      if (is_stream && stream != NULL)
        deliver_to_stream (client, stream);
      else if (!is_stream && poll != NULL)
        deliver_to_poll (client, poll);
    }
}
