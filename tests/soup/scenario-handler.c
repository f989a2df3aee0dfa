/* scenario-handler.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>
#include <string.h>

#include "scenario.h"

/* The origin does what the query says, so that each scenario stands in one place.
 *
 *   hold=response|stream|none   channels=C1,C2   channel=NAME   prev-id=ID   filters=F1,F2   user=NAME   timeout=S
 *   body=TEXT   code=N   type=MEDIA   header=NAME:VALUE   expose=NAME   status=N   json=1
 *   keep-alive=TEXT   keep-alive-timeout=S   mode=interval
 *   next=URI   next-timeout=S   recover=TEXT   later=1   reason=TEXT   gone=URI
 *   asked=1: a WebSocket of which nothing came is told that the handler was asked
 *   lenient=1: a hold that is refused is answered with 400
 *   short=1: the short form of a stream   last-event=1: events after the one that the client had last
 *
 * With `recover` a request that tells a last id is answered with that text, "%s" being the id.
 */
static int
get_number (GripSoupRequest *request,
            const char      *name)
{
  g_autofree char *text = grip_soup_request_dup_query (request, name);

  return text != NULL ? atoi (text) : -1;
}

/* The other server says that it is another one. */
static char *
dup_text (GripSoupRequest *request,
          const char      *text)
{
  const char *prefix = g_object_get_data (G_OBJECT (request), "elsewhere");

  return text != NULL ? g_strconcat (prefix != NULL ? prefix : "", text, NULL) : NULL;
}

static GripResponse *
make_response (GripSoupRequest *request)
{
  g_autofree char *text = grip_soup_request_dup_query (request, "body");
  g_autofree char *body = dup_text (request, text);
  g_autofree char *media_type = grip_soup_request_dup_query (request, "type");
  g_autofree char *header = grip_soup_request_dup_query (request, "header");
  g_autoptr(GBytes) content = NULL;
  int code = get_number (request, "code");
  GVariantBuilder headers;

  g_variant_builder_init (&headers, G_VARIANT_TYPE ("a(ss)"));
  g_variant_builder_add (&headers, "(ss)", "Content-Type", media_type != NULL ? media_type : "text/plain");
  if (header != NULL)
    {
      char *colon = strchr (header, ':');

      *colon = '\0';
      g_variant_builder_add (&headers, "(ss)", header, colon + 1);
    }

  if (body != NULL)
    content = g_bytes_new (body, strlen (body));

  return grip_response_new (code >= 0 ? code : 200, NULL, g_variant_builder_end (&headers), content);
}

static void
add_channels (GripSoupRequest *request,
              GripInstruct    *instruct)
{
  g_autofree char *name = grip_soup_request_dup_query (request, "channel");
  g_autofree char *channels = grip_soup_request_dup_query (request, "channels");
  g_autofree char *prev_id = grip_soup_request_dup_query (request, "prev-id");
  g_autofree char *filters = grip_soup_request_dup_query (request, "filters");
  g_auto(GStrv) names = g_strsplit (channels != NULL ? channels : "", ",", -1);
  g_auto(GStrv) filter_names = g_strsplit (filters != NULL ? filters : "", ",", -1);

  /* One channel whose name may have a comma. */
  if (name != NULL)
    {
      g_autoptr(GripChannel) channel = grip_channel_new_full (name, NULL, (const char * const *) filter_names);

      grip_instruct_add_channel (instruct, channel);
    }

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr(GripChannel) channel =
        grip_channel_new_full (names[i], prev_id, (const char * const *) filter_names);

      grip_instruct_add_channel (instruct, channel);
    }
}

static void
add_rest (GripSoupRequest *request,
          GripInstruct    *instruct)
{
  g_autofree char *user = grip_soup_request_dup_query (request, "user");
  g_autofree char *keep_alive = grip_soup_request_dup_query (request, "keep-alive");
  g_autofree char *mode = grip_soup_request_dup_query (request, "mode");
  g_autofree char *next = grip_soup_request_dup_query (request, "next");
  g_autofree char *expose = grip_soup_request_dup_query (request, "expose");
  g_autofree char *reason = grip_soup_request_dup_query (request, "reason");
  g_autofree char *gone = grip_soup_request_dup_query (request, "gone");

  if (user != NULL)
    grip_instruct_set_meta (instruct, "user", user);
  if (keep_alive != NULL)
    grip_instruct_set_keep_alive_text (instruct, keep_alive, get_number (request, "keep-alive-timeout"),
                                       mode != NULL ? GRIP_KEEP_ALIVE_MODE_INTERVAL
                                                    : GRIP_KEEP_ALIVE_MODE_IDLE);
  if (next != NULL)
    grip_instruct_set_next_link (instruct, next, get_number (request, "next-timeout"));
  if (expose != NULL)
    grip_instruct_set_expose_headers (instruct, (const char * const []) { expose, NULL });
  if (get_number (request, "status") >= 0)
    grip_instruct_set_status (instruct, get_number (request, "status"), reason);
  if (gone != NULL)
    grip_instruct_set_gone_link (instruct, gone);
  grip_instruct_set_timeout (instruct, get_number (request, "timeout"));
}

static void
hold (GripSoupRequest *request)
{
  g_autofree char *mode = grip_soup_request_dup_query (request, "hold");
  g_autoptr(GripInstruct) instruct = grip_instruct_new (GRIP_HOLD_MODE_NONE);
  g_autoptr(GripResponse) response = make_response (request);
  g_autoptr(GError) error = NULL;

  if (g_strcmp0 (mode, "response") == 0)
    grip_instruct_set_hold_mode (instruct, GRIP_HOLD_MODE_RESPONSE);
  else if (g_strcmp0 (mode, "stream") == 0)
    grip_instruct_set_hold_mode (instruct, GRIP_HOLD_MODE_STREAM);

  grip_instruct_set_response (instruct, response);
  grip_instruct_set_channel_prefix (instruct, "pre-");
  if (g_strcmp0 (mode, "none") != 0)
    add_channels (request, instruct);
  add_rest (request, instruct);

  if (get_number (request, "json") > 0)
    {
      g_autoptr(GripResponse) json = grip_instruct_to_response (instruct, GRIP_INSTRUCT_FORM_JSON, &error);

      g_assert_no_error (error);
      grip_soup_request_respond (request, json);
      return;
    }

  if (!grip_soup_request_hold (request, instruct, &error) && get_number (request, "lenient") > 0)
    {
      grip_soup_request_respond_text (request, 400, "text/plain", "refused\n");
      return;
    }
  g_assert_no_error (error);
}

static void
hold_short (GripSoupRequest *request)
{
  g_autofree char *channels = grip_soup_request_dup_query (request, "channels");
  g_autoptr(GError) error = NULL;

  grip_soup_request_hold_stream (request, channels, &error);
  g_assert_no_error (error);
}

static void
hold_events (GripSoupRequest *request)
{
  g_autofree char *channels = grip_soup_request_dup_query (request, "channels");
  const char *last = grip_soup_request_get_last_event_id (request);
  g_autofree char *body = g_strdup_printf ("id: %d\ndata: after %s\n\n", atoi (last) + 1, last);
  g_autoptr(GripResponse) response = grip_response_new_text (200, "text/event-stream", body);
  g_autoptr(GripInstruct) instruct = grip_instruct_new_hold_stream (channels);
  g_autoptr(GError) error = NULL;

  grip_instruct_set_response (instruct, response);
  grip_soup_request_hold (request, instruct, &error);
  g_assert_no_error (error);
}

static gint n_gone;

guint
scenario_get_n_gone (void)
{
  return g_atomic_int_get (&n_gone);
}

static void
note_gone (GripSoupRequest *request)
{
  g_assert_cmpstr (grip_soup_request_get_method (request), ==, "POST");
  g_atomic_int_inc (&n_gone);
  grip_soup_request_respond_text (request, 200, NULL, NULL);
}

static gboolean
later_cb (gpointer user_data)
{
  hold (user_data);

  return G_SOURCE_REMOVE;
}

static void
hold_later (GripSoupRequest *request)
{
  g_autoptr(GSource) source = g_timeout_source_new (20);

  g_source_set_callback (source, later_cb, g_object_ref (request), g_object_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
}

static gboolean
recover (GripSoupRequest *request)
{
  g_autofree char *query = grip_soup_request_dup_query (request, "recover");
  g_autofree char *text = dup_text (request, query);
  g_autofree char *channels = grip_soup_request_dup_query (request, "channels");
  g_auto(GStrv) parts = NULL;
  g_autofree char *body = NULL;
  const char *last_id = channels != NULL ? grip_soup_request_get_last_id (request, channels) : NULL;

  if (text == NULL || last_id == NULL)
    return FALSE;

  parts = g_strsplit (text, "@", -1);
  body = g_strjoinv (last_id, parts);
  grip_soup_request_respond_text (request, 200, "text/plain", body);

  return TRUE;
}

static void
open_websocket (GripSoupRequest      *request,
                GripWebSocketContext *context)
{
  g_autofree char *channels = grip_soup_request_dup_query (request, "channels");
  g_autofree char *filters = grip_soup_request_dup_query (request, "filters");
  g_autofree char *user = grip_soup_request_dup_query (request, "user");
  g_auto(GStrv) filter_names = g_strsplit (filters != NULL ? filters : "", ",", -1);

  if (channels == NULL)
    return;

  grip_websocket_context_accept (context);
  if (user != NULL)
    g_assert_true (grip_websocket_context_set_subscription_meta (context, "user", user, NULL));
  g_assert_true (grip_websocket_context_subscribe (context, channels,
                                                   (const char * const *) filter_names, NULL));
}

static GBytes *
bytes_of (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static void
count (GripWebSocketContext *context)
{
  const char *before = grip_websocket_context_get_meta (context, "count");
  g_autofree char *now = g_strdup_printf ("%d", before != NULL ? atoi (before) + 1 : 1);

  g_assert_true (grip_websocket_context_set_meta (context, "count", now, NULL));
  g_assert_true (grip_websocket_context_send_text (context, now, NULL));
}

/* A text of the client is a command, or is sent back. */
static void
obey (GripSoupRequest      *request,
      GripWebSocketContext *context,
      const char           *text)
{
  g_autofree char *channels = grip_soup_request_dup_query (request, "channels");
  g_autoptr(GBytes) content = bytes_of ("from the proxy");
  gboolean ok = TRUE;

  if (g_str_equal (text, "close"))
    grip_websocket_context_close (context, 4001, "bye");
  else if (g_str_equal (text, "disconnect"))
    grip_websocket_context_disconnect (context);
  else if (g_str_equal (text, "unsubscribe"))
    ok = grip_websocket_context_unsubscribe (context, channels, NULL) &&
         grip_websocket_context_send_text (context, "unsubscribed", NULL);
  else if (g_str_equal (text, "detach"))
    ok = grip_websocket_context_send_text (context, "detached", NULL) &&
         grip_websocket_context_detach (context, NULL);
  else if (g_str_equal (text, "count"))
    count (context);
  else if (g_str_equal (text, "delay"))
    ok = grip_websocket_context_send_delayed (context, GRIP_WEBSOCKET_MESSAGE_TEXT, content, 1, NULL);
  else if (g_str_equal (text, "delay-long"))
    ok = grip_websocket_context_send_delayed (context, GRIP_WEBSOCKET_MESSAGE_BINARY, content, 300, NULL);
  else if (g_str_equal (text, "flush"))
    ok = grip_websocket_context_flush_delayed (context, NULL);
  else if (g_str_equal (text, "keep-alive"))
    ok = grip_websocket_context_set_keep_alive (context, GRIP_WEBSOCKET_MESSAGE_TEXT, content, 1,
                                                GRIP_KEEP_ALIVE_MODE_IDLE, NULL);
  else if (g_str_equal (text, "interval"))
    grip_websocket_context_set_keep_alive_interval (context, 20);
  else if (g_str_equal (text, "session"))
    ok = grip_websocket_context_set_session_id (context, "s", NULL) &&
         grip_websocket_context_send_text (context, "session", NULL);
  else
    ok = grip_websocket_context_send_text (context, text, NULL);

  g_assert_true (ok);
}

static void
handle_websocket (GripSoupRequest      *request,
                  GripWebSocketContext *context)
{
  GripWebSocketEvent *event = NULL;
  gboolean has_events = grip_websocket_context_is_opening (context);

  if (grip_websocket_context_is_opening (context))
    open_websocket (request, context);

  while ((event = grip_websocket_context_receive (context)) != NULL)
    {
      const char *event_type = grip_websocket_event_get_event_type (event);
      g_autofree char *text = grip_websocket_event_dup_text (event);

      has_events = TRUE;
      if (g_str_equal (event_type, "TEXT"))
        obey (request, context, text);
      else if (g_str_equal (event_type, "BINARY"))
        {
          g_autoptr(GBytes) none = g_bytes_new (NULL, 0);
          GBytes *content = grip_websocket_event_get_content (event);

          g_assert_true (grip_websocket_context_send_binary (context, content != NULL ? content : none, NULL));
        }
      g_object_unref (event);
    }

  /* Nothing came: it is asked for another reason. A ping is answered without it. */
  if (!has_events && get_number (request, "asked") > 0)
    g_assert_true (grip_websocket_context_send_text (context, "asked", NULL));
}

void
scenario_handle (GripSoupOrigin  *origin,
                 GripSoupRequest *request,
                 gpointer         user_data)
{
  /* What a proxy asks of another server it does not sign. */
  if (scenario_get_mode () == SCENARIO_PUSHPIN && user_data == NULL)
    g_assert_true (grip_soup_request_is_signed (request));

  if (user_data != NULL)
    g_object_set_data (G_OBJECT (request), "elsewhere", (char *) "elsewhere: ");

  if (grip_soup_request_get_websocket (request) != NULL)
    handle_websocket (request, grip_soup_request_get_websocket (request));
  else if (g_str_equal (grip_soup_request_get_path (request), "/gone"))
    note_gone (request);
  else if (recover (request))
    return;
  else if (get_number (request, "short") > 0)
    hold_short (request);
  else if (get_number (request, "last-event") > 0)
    hold_events (request);
  else if (get_number (request, "later") > 0)
    hold_later (request);
  else
    hold (request);
}
