/* grip-tool-demo-origin.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "../grip-tool-common.h"
#include "grip-tool-demo-origin.h"

#define CHANNEL        "demo"
#define STATUS_CHANNEL "demo-status"
#define PAGE           "/org/libgrip/grip-tool/demo.html"
#define MAX_TEXT       2000
#define MAX_KEPT       100
#define POLL_SECONDS   25

/* The page is all that it needs. */
#define POLICY "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; " \
               "connect-src 'self' ws: wss:; img-src data:"

typedef struct
{
  guint64  number;
  char    *json;
} Published;

struct _GripToolDemoOrigin
{
  GripSoupOrigin *origin;
  GripPubControl *control;
  GQueue          kept;        /* the last items, oldest first */
  guint64         n_items;
  GripStats      *stats;       /* of the proxy, or NULL */
  char           *status;      /* as it was told last */
  guint           status_source;
  gboolean        proxy;
};

/* A WebSocket's messages that wait for what they publish. */
typedef struct
{
  GripSoupRequest *request;
  guint            n_waiting;
} Answer;

static void
published_free (gpointer data)
{
  Published *item = data;

  g_free (item->json);
  g_free (item);
}

/* Whoever listens, here and at the proxy. -1 when the proxy does not tell. */
static gint64
count_listeners (GripToolDemoOrigin *self)
{
  if (self->proxy && self->stats == NULL)
    return -1;

  return grip_soup_origin_get_n_clients (self->origin) +
         (self->stats != NULL ? grip_stats_get_subscribers (self->stats, CHANNEL) : 0);
}

static char *
make_status (GripToolDemoOrigin *self)
{
  g_autoptr(GripToolJson) json = grip_tool_json_new ();

  grip_tool_json_begin_object (json, NULL);
  grip_tool_json_integer (json, "listeners", count_listeners (self));
  grip_tool_json_integer (json, "items", self->n_items);
  grip_tool_json_boolean (json, "proxy", self->proxy);
  grip_tool_json_end_object (json);

  return g_strdup_printf ("event: status\ndata: %s\n\n", json->text->str);
}

static gboolean
status_cb (gpointer user_data)
{
  GripToolDemoOrigin *self = user_data;
  g_autofree char    *status = make_status (self);

  if (g_strcmp0 (status, self->status) != 0)
    {
      grip_pub_control_publish_http_stream_async (self->control, STATUS_CHANNEL, status, NULL, NULL, NULL, NULL,
                                                  NULL);
      g_free (self->status);
      self->status = g_steal_pointer (&status);
    }

  return G_SOURCE_CONTINUE;
}

/* Each kind of client gets the item in its own format. */
static GripItem *
make_item (Published *published)
{
  g_autofree char                       *id = g_strdup_printf ("%" G_GUINT64_FORMAT, published->number);
  g_autofree char                       *prev_id = g_strdup_printf ("%" G_GUINT64_FORMAT, published->number - 1);
  g_autofree char                       *body = g_strdup_printf ("[%s]\n", published->json);
  g_autofree char                       *event = g_strdup_printf ("id: %s\ndata: %s\n\n", id, published->json);
  g_autoptr(GripHttpResponseFormat)      response = grip_http_response_format_new_text (body);
  g_autoptr(GripHttpStreamFormat)        stream = grip_http_stream_format_new_text (event);
  g_autoptr(GripWebSocketMessageFormat)  message = grip_websocket_message_format_new_text (published->json);
  GripFormat                            *formats[] = { GRIP_FORMAT (response), GRIP_FORMAT (stream),
                                                       GRIP_FORMAT (message) };

  grip_http_response_format_append_header (response, "Content-Type", "application/json");
  grip_http_response_format_append_header (response, "Cache-Control", "no-store");

  return grip_item_new_full (formats, G_N_ELEMENTS (formats), id, prev_id, NULL, FALSE, -1, NULL);
}

static Published *
keep_text (GripToolDemoOrigin *self,
           const char         *text)
{
  g_autoptr(GripToolJson) json = grip_tool_json_new ();
  Published              *published = g_new0 (Published, 1);

  published->number = ++self->n_items;
  grip_tool_json_begin_object (json, NULL);
  grip_tool_json_integer (json, "number", published->number);
  grip_tool_json_string (json, "text", text);
  grip_tool_json_seconds (json, "sent", g_get_real_time () * 1e-6);
  grip_tool_json_end_object (json);
  published->json = g_strdup (json->text->str);

  g_queue_push_tail (&self->kept, published);
  if (g_queue_get_length (&self->kept) > MAX_KEPT)
    published_free (g_queue_pop_head (&self->kept));

  return published;
}

/* @callback gets the result of grip_pub_control_publish_async (). */
void
grip_tool_demo_origin_publish (GripToolDemoOrigin  *self,
                               const char          *text,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr(GripItem) item = make_item (keep_text (self, text));

  grip_pub_control_publish_async (self->control, CHANNEL, item, NULL, callback, user_data);
}

static gboolean
is_text (const char *text,
         gsize       length)
{
  return length > 0 && length <= MAX_TEXT && g_utf8_validate_len (text, length, NULL);
}

/* Another site's page must not publish from here. */
static gboolean
is_foreign (GripSoupRequest *request)
{
  const char *origin = grip_soup_request_get_header (request, "Origin");
  const char *host = grip_soup_request_get_header (request, "Host");
  const char *slashes = origin != NULL ? strstr (origin, "://") : NULL;

  return origin != NULL && (slashes == NULL || g_strcmp0 (slashes + strlen ("://"), host) != 0);
}

/* Adds what came after item @last. */
static guint
append_missed (GripToolDemoOrigin *self,
               guint64             last,
               const char         *format,
               GString            *text)
{
  guint n = 0;

  for (GList *link = self->kept.head; link != NULL; link = link->next)
    {
      Published *published = link->data;

      if (published->number <= last)
        continue;
      if (g_str_equal (format, "json"))
        g_string_append_printf (text, "%s%s", n > 0 ? "," : "", published->json);
      else
        g_string_append_printf (text, "id: %" G_GUINT64_FORMAT "\ndata: %s\n\n", published->number, published->json);
      n++;
    }

  return n;
}

/* What the client has. One that says nothing, or comes from an earlier run, has all. A proxy that asks
 * again knows what went by since the client asked: an item that it held back, for one. */
static guint64
read_last (GripToolDemoOrigin *self,
           GripSoupRequest    *request,
           const char         *text)
{
  const char *grip_last = grip_soup_request_get_last_id (request, CHANNEL);
  guint64     last;

  if (grip_last != NULL && g_ascii_string_to_unsigned (grip_last, 10, 0, self->n_items, &last, NULL))
    return last;
  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, self->n_items, &last, NULL))
    return self->n_items;

  return last;
}

static void
page_cb (GripSoupOrigin  *origin,
         GripSoupRequest *request,
         gpointer         user_data)
{
  g_autoptr(GBytes)       page = g_resources_lookup_data (PAGE, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr(GripResponse) response = NULL;
  GVariantBuilder         headers;

  if (!g_str_equal (grip_soup_request_get_path (request), "/"))
    {
      grip_soup_request_respond_text (request, 404, "text/plain", "There is no such page.\n");
      return;
    }

  g_variant_builder_init (&headers, G_VARIANT_TYPE ("a(ss)"));
  g_variant_builder_add (&headers, "(ss)", "Content-Type", "text/html; charset=utf-8");
  g_variant_builder_add (&headers, "(ss)", "Content-Security-Policy", POLICY);
  g_variant_builder_add (&headers, "(ss)", "Cache-Control", "no-store");
  response = grip_response_new (200, NULL, g_variant_builder_end (&headers), page);
  grip_soup_request_respond (request, response);
}

static void
poll_cb (GripSoupOrigin  *origin,
         GripSoupRequest *request,
         gpointer         user_data)
{
  GripToolDemoOrigin      *self = user_data;
  g_autofree char         *query = grip_soup_request_dup_query (request, "last");
  g_autofree char         *prev_id = NULL;
  g_autoptr(GString)       missed = g_string_new ("[");
  g_autoptr(GripInstruct)  instruct = grip_instruct_new (GRIP_HOLD_MODE_RESPONSE);
  g_autoptr(GripChannel)   channel = NULL;
  g_autoptr(GripResponse)  nothing = grip_response_new_text (200, "application/json", "[]\n");

  if (append_missed (self, read_last (self, request, query), "json", missed) > 0)
    {
      g_string_append (missed, "]\n");
      grip_soup_request_respond_text (request, 200, "application/json", missed->str);
      return;
    }

  /* By the id an item that is published meanwhile is not missed: the proxy asks again. */
  prev_id = g_strdup_printf ("%" G_GUINT64_FORMAT, self->n_items);
  channel = grip_channel_new_full (CHANNEL, prev_id, NULL);
  grip_instruct_add_channel (instruct, channel);
  grip_instruct_set_timeout (instruct, POLL_SECONDS);
  grip_instruct_set_response (instruct, nothing);
  grip_soup_request_hold (request, instruct, NULL);
}

static void
stream_cb (GripSoupOrigin  *origin,
           GripSoupRequest *request,
           gpointer         user_data)
{
  GripToolDemoOrigin      *self = user_data;
  g_autofree char         *only = grip_soup_request_dup_query (request, "only");
  g_autofree char         *status = make_status (self);
  g_autoptr(GString)       first = g_string_new ("retry: 1000\n");
  g_autoptr(GripInstruct)  instruct = grip_instruct_new_hold_stream (CHANNEL);
  g_autoptr(GripChannel)   status_channel = grip_channel_new (STATUS_CHANNEL);
  g_autoptr(GripResponse)  response = NULL;

  if (only == NULL)
    {
      g_string_append (first, status);
      grip_instruct_add_channel (instruct, status_channel);
    }
  append_missed (self, read_last (self, request, grip_soup_request_get_last_event_id (request)), "events", first);
  response = grip_response_new_text (200, "text/event-stream", first->str);
  grip_instruct_set_response (instruct, response);
  grip_instruct_set_keep_alive_text (instruct, ":\n\n", 20, GRIP_KEEP_ALIVE_MODE_IDLE);
  grip_soup_request_hold (request, instruct, NULL);
}

static void
ready_cb (GripSoupOrigin  *origin,
          GripSoupRequest *request,
          gpointer         user_data)
{
  g_autoptr(GripInstruct)  instruct = grip_instruct_new_hold_stream ("ready");
  GripWebSocketContext    *context = grip_soup_request_get_websocket (request);
  GripWebSocketEvent      *event;

  if (context == NULL)
    {
      grip_soup_request_hold (request, instruct, NULL);
      return;
    }

  if (grip_websocket_context_is_opening (context))
    grip_websocket_context_accept (context);
  while ((event = grip_websocket_context_receive (context)) != NULL)
    {
      if (g_str_equal (grip_websocket_event_get_event_type (event), "TEXT"))
        grip_websocket_context_send_text (context, "ready", NULL);
      g_object_unref (event);
    }
}

static void
post_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GripSoupRequest) request = user_data;
  g_autoptr(GError)          error = NULL;

  if (grip_pub_control_publish_finish (GRIP_PUB_CONTROL (source), result, &error))
    grip_soup_request_respond_text (request, 200, "text/plain", "Published\n");
  else
    grip_soup_request_respond_text (request, 502, "text/plain", error->message);
}

static void
publish_cb (GripSoupOrigin  *origin,
            GripSoupRequest *request,
            gpointer         user_data)
{
  g_autoptr(GBytes) body = grip_soup_request_dup_body (request);
  gsize             length;
  const char       *data = g_bytes_get_data (body, &length);
  g_autofree char  *text = g_strndup (data, length);

  if (is_foreign (request) || !is_text (data, length))
    grip_soup_request_respond_text (request, 400, "text/plain", "This is not published.\n");
  else
    grip_tool_demo_origin_publish (user_data, text, post_cb, g_object_ref (request));
}

static void
answer_release (Answer *answer)
{
  if (--answer->n_waiting > 0)
    return;

  grip_soup_request_finish (answer->request);
  g_object_unref (answer->request);
  g_free (answer);
}

static void
said_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Answer                  *answer = user_data;
  GripWebSocketContext    *context = grip_soup_request_get_websocket (answer->request);
  g_autoptr(GripToolJson)  json = grip_tool_json_new ();
  g_autoptr(GError)        error = NULL;

  if (!grip_pub_control_publish_finish (GRIP_PUB_CONTROL (source), result, &error))
    {
      grip_tool_json_begin_object (json, NULL);
      grip_tool_json_string (json, "error", error->message);
      grip_tool_json_end_object (json);
      grip_websocket_context_send_text (context, json->text->str, NULL);
    }
  answer_release (answer);
}

static void
take_event (GripToolDemoOrigin *self,
            Answer             *answer,
            GripWebSocketEvent *event)
{
  g_autofree char *text = NULL;

  if (!g_str_equal (grip_websocket_event_get_event_type (event), "TEXT"))
    return;

  text = grip_websocket_event_dup_text (event);
  if (text == NULL || !g_str_has_prefix (text, "say ") || !is_text (text + 4, strlen (text + 4)))
    return;

  answer->n_waiting++;
  grip_tool_demo_origin_publish (self, text + 4, said_cb, answer);
}

static void
socket_cb (GripSoupOrigin  *origin,
           GripSoupRequest *request,
           gpointer         user_data)
{
  GripWebSocketContext *context = grip_soup_request_get_websocket (request);
  GripWebSocketEvent   *event;
  Answer               *answer;

  if (context == NULL || is_foreign (request))
    {
      grip_soup_request_respond_text (request, 400, "text/plain", "This is for a WebSocket.\n");
      return;
    }
  if (grip_websocket_context_is_opening (context))
    {
      grip_websocket_context_accept (context);
      grip_websocket_context_subscribe (context, CHANNEL, NULL, NULL);
    }

  answer = g_new0 (Answer, 1);
  answer->request = g_object_ref (request);
  answer->n_waiting = 1;
  grip_soup_request_defer (request);
  while ((event = grip_websocket_context_receive (context)) != NULL)
    {
      take_event (user_data, answer, event);
      g_object_unref (event);
    }
  answer_release (answer);
}

GripToolDemoOrigin *
grip_tool_demo_origin_new (void)
{
  GripToolDemoOrigin    *self = g_new0 (GripToolDemoOrigin, 1);
  g_autoptr(SoupServer)  server = soup_server_new ("server-header", "grip-tool ", NULL);

  self->origin = grip_soup_origin_new (server);
  self->control = grip_pub_control_new ();
  g_queue_init (&self->kept);

  grip_soup_origin_set_embedded (self->origin, TRUE);
  grip_pub_control_add_transport (self->control, GRIP_TRANSPORT (self->origin));
  grip_soup_origin_add_handler (self->origin, "/", page_cb, self, NULL);
  grip_soup_origin_add_handler (self->origin, "/poll", poll_cb, self, NULL);
  grip_soup_origin_add_handler (self->origin, "/stream", stream_cb, self, NULL);
  grip_soup_origin_add_handler (self->origin, "/socket", socket_cb, self, NULL);
  grip_soup_origin_add_handler (self->origin, "/publish", publish_cb, self, NULL);
  grip_soup_origin_add_handler (self->origin, "/ready", ready_cb, self, NULL);
  self->status_source = g_timeout_add (500, status_cb, self);

  return self;
}

void
grip_tool_demo_origin_free (GripToolDemoOrigin *self)
{
  g_source_remove (self->status_source);
  soup_server_disconnect (grip_soup_origin_get_server (self->origin));
  grip_pub_control_remove_all_transports (self->control);
  g_clear_object (&self->control);
  g_clear_object (&self->origin);
  g_clear_object (&self->stats);
  g_clear_pointer (&self->status, g_free);
  g_queue_clear_full (&self->kept, published_free);
  g_free (self);
}

gboolean
grip_tool_demo_origin_listen (GripToolDemoOrigin  *self,
                              guint                port,
                              GError             **error)
{
  return grip_soup_origin_listen (self->origin, port, error);
}

guint
grip_tool_demo_origin_get_port (GripToolDemoOrigin *self)
{
  return grip_soup_origin_get_port (self->origin);
}

/* Only the proxy knows who listens there. */
static void
open_stats (GripToolDemoOrigin *self,
            const char         *control_uri,
            const char         *spec)
{
  GVariantBuilder         config;
  g_autoptr(GripEndpoint) endpoint = NULL;
  g_autoptr(GripStats)    stats = NULL;
  g_autoptr(GError)       error = NULL;

  g_variant_builder_init (&config, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&config, "{sv}", "control_uri", g_variant_new_string (control_uri));
  g_variant_builder_add (&config, "{sv}", "control_zmq_stats_uri", g_variant_new_string (spec));
  endpoint = grip_endpoint_new_from_variant (g_variant_builder_end (&config), &error);
  if (endpoint != NULL)
    stats = grip_stats_new_for_endpoint (endpoint, &error);
  if (stats == NULL || !grip_stats_open (stats, &error))
    grip_tool_say ("nobody knows how many listen at the proxy: %s", error->message);
  else
    self->stats = g_steal_pointer (&stats);
}

/* Publishes to a proxy as well, and takes the requests that it signs for its. */
gboolean
grip_tool_demo_origin_add_proxy (GripToolDemoOrigin  *self,
                                 const char          *control_uri,
                                 const char          *stats_spec,
                                 const char          *key,
                                 GError             **error)
{
  g_autoptr(GripKey) verify_key = grip_key_new_from_string (key, error);

  if (verify_key == NULL || !grip_pub_control_apply_uri (self->control, control_uri, error))
    return FALSE;

  self->proxy = TRUE;
  open_stats (self, control_uri, stats_spec);
  grip_soup_origin_set_verification (self->origin, GRIP_SOUP_SIGNATURE_POLICY_ACCEPT, verify_key, "pushpin");

  return TRUE;
}
