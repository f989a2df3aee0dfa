/* monitor-server.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>
#include <string.h>

#include <libsoup/soup.h>

#include "monitor-server.h"

typedef struct
{
  char     *channel;
  gboolean  subscribed;
} Change;

struct _MonitorServer
{
  SoupServer *server;
  char       *uri;
  GPtrArray  *streams;
  GArray     *changes;
  GString    *log;
  GString    *posted;
  char       *authorization;
  guint       epoch;
  guint       page_size;
  guint       replay;
  guint       n_opened;
  guint       n_history;
  gboolean    fanout;
  guint       history_status;
  char       *history_body;
  guint       stream_status;
  guint       publish_status;
};

static void
clear_change (gpointer data)
{
  g_free (((Change *) data)->channel);
}

/* After the first @n changes; none before them. */
static char *
dup_cursor (MonitorServer *self,
            guint          n,
            const char    *where)
{
  g_autofree char *text = NULL;

  if (n == 0)
    return g_strdup ("null");
  if (!self->fanout)
    return g_strdup_printf ("\"%u:%u\"", self->epoch, n);

  text = g_strdup_printf ("%s_%u.%u", where, self->epoch, n);
  {
    g_autofree char *base64 = g_base64_encode ((const guchar *) text, strlen (text));

    return g_strdup_printf ("\"%s\"", base64);
  }
}

/* Returns: after how many changes @since is, -1 when it is not of this list. */
static int
find_cursor (MonitorServer *self,
             const char    *since)
{
  for (guint n = 1; n <= self->changes->len; n++)
    {
      g_autofree char *cursor = dup_cursor (self, n, "history");
      g_autofree char *other = dup_cursor (self, n, "stream");

      if (strncmp (cursor + 1, since, strlen (cursor) - 2) == 0 ||
          strncmp (other + 1, since, strlen (other) - 2) == 0)
        return n;
    }

  return -1;
}

static void
answer (SoupServerMessage *message,
        guint              status,
        const char        *text)
{
  soup_server_message_set_status (message, status, NULL);
  if (status == 429)
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Retry-After", "2");
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, text, strlen (text));
}

static void
append_change (GString      *text,
               const Change *change)
{
  g_string_append_printf (text, "{\"channel\":\"%s\",\"state\":\"%s\"}", change->channel,
                          change->subscribed ? "subscribed" : "unsubscribed");
}

static void
answer_page (MonitorServer     *self,
             SoupServerMessage *message,
             guint              first)
{
  g_autoptr(GString)  text = g_string_new ("{\"items\":[");
  guint               end = MIN (self->changes->len, first + self->page_size);
  g_autofree char    *cursor = dup_cursor (self, end, "history");

  for (guint i = first; i < end; i++)
    {
      if (i > first)
        g_string_append_c (text, ',');
      append_change (text, &g_array_index (self->changes, Change, i));
    }
  g_string_append_printf (text, "],\"last_cursor\":%s}", cursor);
  answer (message, 200, text->str);
}

static void
note_request (MonitorServer     *self,
              SoupServerMessage *message,
              const char        *what)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char         *query = g_uri_get_query (soup_server_message_get_uri (message));

  g_string_append_printf (self->log, "%s%s%s%s", self->log->len > 0 ? " " : "", what,
                          query != NULL ? "?" : "", query != NULL ? query : "");
  g_free (self->authorization);
  self->authorization = g_strdup (soup_message_headers_get_one (headers, "Authorization"));
}

static void
history_cb (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  MonitorServer *self = user_data;
  const char    *since = query != NULL ? g_hash_table_lookup (query, "since") : NULL;
  int            first = 0;

  note_request (self, message, "items");
  self->n_history++;
  if (since != NULL)
    first = g_str_has_prefix (since, "cursor:") ? find_cursor (self, since + strlen ("cursor:")) : -1;

  if (self->history_status != 0)
    answer (message, self->history_status, self->history_body != NULL ? self->history_body : "no\n");
  else if (first < 0)
    answer (message, 404, "no such cursor\n");
  else
    answer_page (self, message, first);
}

static void
write_to (SoupServerMessage *message,
          const char        *text,
          gsize              length)
{
  soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_COPY, text, length);
  soup_server_message_unpause (message);
}

static char *
dup_line (MonitorServer *self,
          guint          n)
{
  g_autoptr(GString)  text = g_string_new ("{\"item\":");
  g_autofree char    *cursor = dup_cursor (self, n, "stream");
  g_autofree char    *previous = dup_cursor (self, n - 1, "stream");

  append_change (text, &g_array_index (self->changes, Change, n - 1));
  g_string_append_printf (text, ",\"cursor\":%s,\"prev_cursor\":%s}\n", cursor, previous);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
stream_finished_cb (SoupServerMessage *message,
                    MonitorServer     *self)
{
  g_ptr_array_remove (self->streams, message);
}

static void
stream_cb (SoupServer        *server,
           SoupServerMessage *message,
           const char        *path,
           GHashTable        *query,
           gpointer           user_data)
{
  MonitorServer *self = user_data;

  note_request (self, message, "stream");
  self->n_opened++;
  if (self->stream_status != 0)
    {
      answer (message, self->stream_status, "no\n");
      return;
    }

  soup_server_message_set_status (message, 200, NULL);
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (message),
                                     SOUP_ENCODING_CHUNKED);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
  g_ptr_array_add (self->streams, g_object_ref (message));
  g_signal_connect (message, "finished", G_CALLBACK (stream_finished_cb), self);
  write_to (message, "\n", 1);
  for (guint i = self->replay; i > 0; i--)
    {
      g_autofree char *line = dup_line (self, self->changes->len + 1 - i);

      write_to (message, line, strlen (line));
    }
}

static void
publish_cb (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  MonitorServer     *self = user_data;
  g_autoptr(GBytes)  body = soup_message_body_flatten (soup_server_message_get_request_body (message));

  g_string_append_len (self->posted, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  g_string_append_c (self->posted, '\n');
  answer (message, self->publish_status != 0 ? self->publish_status : 200, "Published\n");
}

MonitorServer *
monitor_server_new (void)
{
  MonitorServer       *self = g_new0 (MonitorServer, 1);
  g_autoptr(GError)    error = NULL;
  GSList              *uris;

  self->server = g_object_new (SOUP_TYPE_SERVER, NULL);
  self->streams = g_ptr_array_new_with_free_func (g_object_unref);
  self->changes = g_array_new (FALSE, FALSE, sizeof (Change));
  g_array_set_clear_func (self->changes, clear_change);
  self->log = g_string_new (NULL);
  self->posted = g_string_new (NULL);
  self->page_size = 1000;

  soup_server_add_handler (self->server, "/sub/subscriptions/items/", history_cb, self, NULL);
  soup_server_add_handler (self->server, "/sub/subscriptions/stream/", stream_cb, self, NULL);
  soup_server_add_handler (self->server, "/sub/publish/", publish_cb, self, NULL);
  soup_server_listen_local (self->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);

  uris = soup_server_get_uris (self->server);
  self->uri = g_strdup_printf ("http://127.0.0.1:%d/sub", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  return self;
}

void
monitor_server_free (MonitorServer *self)
{
  for (guint i = 0; i < self->streams->len; i++)
    g_signal_handlers_disconnect_by_data (self->streams->pdata[i], self);
  g_ptr_array_unref (self->streams);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_array_unref (self->changes);
  g_string_free (self->log, TRUE);
  g_string_free (self->posted, TRUE);
  g_free (self->history_body);
  g_free (self->authorization);
  g_free (self->uri);
  g_free (self);
}

const char *
monitor_server_get_uri (MonitorServer *self)
{
  return self->uri;
}

void
monitor_server_write (MonitorServer *self,
                      const char    *text,
                      gssize         length)
{
  for (guint i = 0; i < self->streams->len; i++)
    write_to (self->streams->pdata[i], text, length < 0 ? strlen (text) : (gsize) length);
}

void
monitor_server_change (MonitorServer *self,
                       const char    *channel,
                       gboolean       subscribed,
                       gboolean       tell)
{
  Change           change = { g_strdup (channel), subscribed };
  g_autofree char *line = NULL;

  g_array_append_val (self->changes, change);
  line = dup_line (self, self->changes->len);
  if (tell)
    monitor_server_write (self, line, -1);
}

void
monitor_server_set_fanout (MonitorServer *self)
{
  self->fanout = TRUE;
}

void
monitor_server_set_page_size (MonitorServer *self,
                              guint          page_size)
{
  self->page_size = page_size;
}

void
monitor_server_restart (MonitorServer *self)
{
  g_array_set_size (self->changes, 0);
  self->epoch++;
}

void
monitor_server_drop_streams (MonitorServer *self)
{
  g_autoptr(GPtrArray) streams = g_ptr_array_copy (self->streams, (GCopyFunc) g_object_ref, NULL);

  g_ptr_array_set_free_func (streams, g_object_unref);
  for (guint i = 0; i < streams->len; i++)
    {
      soup_message_body_complete (soup_server_message_get_response_body (streams->pdata[i]));
      soup_server_message_unpause (streams->pdata[i]);
    }
}

void
monitor_server_set_replay (MonitorServer *self,
                           guint          n)
{
  self->replay = n;
}

void
monitor_server_fail_history (MonitorServer *self,
                             guint          status,
                             const char    *body)
{
  self->history_status = status;
  g_free (self->history_body);
  self->history_body = g_strdup (body);
}

void
monitor_server_fail_stream (MonitorServer *self,
                            guint          status)
{
  self->stream_status = status;
}

void
monitor_server_fail_publish (MonitorServer *self,
                             guint          status)
{
  self->publish_status = status;
}

guint
monitor_server_get_n_streams (MonitorServer *self)
{
  return self->streams->len;
}

guint
monitor_server_get_n_opened (MonitorServer *self)
{
  return self->n_opened;
}

guint
monitor_server_get_n_history (MonitorServer *self)
{
  return self->n_history;
}

char *
monitor_server_dup_log (MonitorServer *self)
{
  return g_strdup (self->log->str);
}

char *
monitor_server_dup_posted (MonitorServer *self)
{
  return g_strdup (self->posted->str);
}

const char *
monitor_server_get_authorization (MonitorServer *self)
{
  return self->authorization;
}
