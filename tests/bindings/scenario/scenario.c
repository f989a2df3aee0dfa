/* scenario.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The scenario that every language plays: see README.md beside this. */

#include <stdio.h>
#include <stdlib.h>

#include <libgrip-soup/grip-soup.h>

#include "scenario.h"

#define TOKEN_EXPIRES 4102444800

static void G_GNUC_PRINTF (2, 3)
show (const char *key,
      const char *format,
      ...)
{
  g_autofree char *value = NULL;
  va_list          arguments;

  va_start (arguments, format);
  value = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  printf ("%s\t%s\n", key, value);
}

static void
show_error (const char  *key,
            GError     **error)
{
  g_autoptr(GEnumClass)  codes = g_type_class_ref (GRIP_TYPE_ERROR);
  GEnumValue            *code;

  g_assert_nonnull (*error);
  g_assert_true ((*error)->domain == GRIP_ERROR);
  code = g_enum_get_value (codes, (*error)->code);
  show (key, "%s %s", code->value_nick, (*error)->message);
  g_clear_error (error);
}

static void
play_uri (void)
{
  g_autoptr(GripEndpoint)  endpoint = NULL;
  GError                  *error = NULL;

  endpoint = grip_endpoint_new_for_uri ("http://localhost:5561/base/?iss=me&key=base64:AP+A&"
                                        "verify-iss=pushpin&verify-key=changeme&x=1", &error);
  g_assert_no_error (error);
  show ("uri.control-uri", "%s", grip_endpoint_get_control_uri (endpoint));
  show ("uri.publish-uri", "%s", grip_endpoint_get_publish_uri (endpoint));
  show ("uri.iss", "%s", grip_endpoint_get_control_iss (endpoint));
  show ("uri.verify-iss", "%s", grip_endpoint_get_verify_iss (endpoint));
  show ("uri.shown", "%s", grip_endpoint_to_string (endpoint));

  g_assert_null (grip_endpoint_new_for_uri ("http://[", &error));
  show_error ("uri.bad", &error);
}

static void
play_signature (void)
{
  g_autoptr(GripKey)        key = NULL;
  g_autoptr(GripKey)        other = NULL;
  g_autoptr(GripSignature)  signature = NULL;
  g_autofree char          *token = NULL;
  GError                   *error = NULL;

  key = grip_key_new_from_string ("changeme", &error);
  g_assert_no_error (error);
  other = grip_key_new_from_string ("base64:b3RoZXI=", &error);
  g_assert_no_error (error);
  token = grip_key_sign (key, "pushpin", TOKEN_EXPIRES, &error);
  g_assert_no_error (error);
  signature = grip_validate_sig (token, key, "pushpin", &error);
  g_assert_no_error (error);
  show ("signature.token", "%s", token);
  show ("signature.issuer", "%s", grip_signature_get_issuer (signature));
  show ("signature.expires", "%" G_GINT64_FORMAT, grip_signature_get_expires (signature));

  g_assert_null (grip_validate_sig (token, other, "pushpin", &error));
  show_error ("signature.wrong-key", &error);
  g_assert_null (grip_validate_sig (token, key, "fastly", &error));
  show_error ("signature.wrong-issuer", &error);
}

static void
show_event (guint               index,
            GripWebSocketEvent *event)
{
  g_autofree char *key = g_strdup_printf ("events.%u", index);
  g_autofree char *text = grip_websocket_event_dup_text (event);
  const char      *kind = grip_websocket_event_get_event_type (event);
  GBytes          *content = grip_websocket_event_get_content (event);

  if (grip_websocket_event_get_close_code (event) > 0)
    show (key, "%s %d %s", kind, grip_websocket_event_get_close_code (event),
          grip_websocket_event_get_close_reason (event));
  else if (content == NULL)
    show (key, "%s", kind);
  else if (text != NULL)
    show (key, "%s %s", kind, text);
  else
    show (key, "%s of %" G_GSIZE_FORMAT " bytes", kind, g_bytes_get_size (content));
}

static void
play_events (void)
{
  static const char    body[] = "OPEN\r\nTEXT 6\r\nh\303\251llo\r\nBINARY 3\r\n\0\377\200\r\n"
                                "CLOSE 5\r\n\003\350bye\r\n";
  g_autoptr(GBytes)    bytes = g_bytes_new_static (body, sizeof body - 1);
  g_autoptr(GBytes)    again = NULL;
  g_autoptr(GBytes)    cut = g_bytes_new_from_bytes (bytes, 0, 12);
  g_autoptr(GPtrArray) events = NULL;
  GError              *error = NULL;

  events = grip_decode_websocket_events (bytes, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < events->len; i++)
    show_event (i, g_ptr_array_index (events, i));
  again = grip_encode_websocket_events (events);
  show ("events.encoded", "%s", g_bytes_equal (again, bytes) ? "the same" : "different");
  g_assert_null (grip_decode_websocket_events (cut, &error));
  show_error ("events.cut", &error);
}

static void
play_format (void)
{
  g_autoptr(GripFormat) note = g_object_new (note_format_get_type (), NULL);
  g_autoptr(GripItem)   item = NULL;
  g_autoptr(GBytes)     json = NULL;
  GripFormat           *twice[] = { note, note };
  GError               *error = NULL;

  item = grip_item_new (note, "2", "1", &error);
  g_assert_no_error (error);
  json = grip_item_encode (item, "news", GRIP_ENCODING_JSON, &error);
  g_assert_no_error (error);
  show ("format.json", "%.*s", (int) g_bytes_get_size (json),
        (const char *) g_bytes_get_data (json, NULL));
  g_assert_null (grip_item_new_full (twice, 2, NULL, NULL, NULL, FALSE, -1, &error));
  show_error ("format.twice", &error);
}

static GripTransport *
make_transport (void)
{
  g_autoptr(GError)       error = NULL;
  g_autoptr(GripEndpoint) endpoint = grip_endpoint_new_for_uri ("memory://here", &error);

  g_assert_no_error (error);

  return g_object_new (memory_transport_get_type (), "endpoint", endpoint, NULL);
}

static void
publish_to (GripPubControl *control,
            const char     *content)
{
  g_autoptr(GError) error = NULL;

  grip_pub_control_publish_http_stream (control, "news", content, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
play_transport (void)
{
  g_autoptr(GripPubControl)  control = grip_pub_control_new ();
  g_autoptr(GripTransport)   first = make_transport ();
  g_autoptr(GripTransport)   second = make_transport ();
  GError                    *error = NULL;

  grip_pub_control_add_transport (control, first);
  publish_to (control, "1");
  publish_to (control, "2");
  grip_pub_control_replace_transport (control, first, second);
  publish_to (control, "3");
  show ("transport.first", "%s", memory_transport_get_log (first));
  show ("transport.second", "%s", memory_transport_get_log (second));

  memory_transport_refuse (second, "not today");
  grip_pub_control_publish_http_stream (control, "news", "4", NULL, NULL, NULL, &error);
  show_error ("transport.refused", &error);
  grip_pub_control_close (control, NULL, NULL);
  grip_pub_control_publish_http_stream (control, "news", "5", NULL, NULL, NULL, &error);
  show_error ("transport.closed", &error);
}

static void
hold_cb (GripSoupOrigin  *origin,
         GripSoupRequest *request,
         gpointer         user_data)
{
  gboolean                 stream = g_str_has_suffix (grip_soup_request_get_path (request), "/stream");
  g_autoptr(GripResponse)  response = NULL;
  g_autoptr(GripInstruct)  instruct = NULL;
  g_autoptr(GError)        error = NULL;

  instruct = stream ? grip_instruct_new_hold_stream ("stream")
                    : grip_instruct_new_hold_response ("poll");
  response = grip_response_new_text (200, "text/plain", stream ? "open\n" : "");
  grip_instruct_set_response (instruct, response);
  show (stream ? "hold.stream.signed" : "hold.poll.signed", "%s",
        grip_soup_request_is_signed (request) ? "yes" : "no");
  grip_soup_request_hold (request, instruct, &error);
  g_assert_no_error (error);
}

static GripSoupOrigin *
make_origin (void)
{
  g_autoptr(GripSoupOrigin)  origin = grip_soup_origin_new (NULL);
  g_autoptr(GError)          error = NULL;
  g_autoptr(GripKey)         key = grip_key_new_from_string ("changeme", &error);

  g_assert_no_error (error);
  grip_soup_origin_set_verification (origin, GRIP_SOUP_SIGNATURE_POLICY_REQUIRED, key, "pushpin");
  grip_soup_origin_add_handler (origin, "/app", hold_cb, NULL, NULL);
  grip_soup_origin_listen (origin, atoi (g_getenv ("GRIP_TEST_APP_PORT")), &error);
  g_assert_no_error (error);

  return g_steal_pointer (&origin);
}

static void
published_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  grip_pub_control_publish_http_stream_finish (GRIP_PUB_CONTROL (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

/* The transport may live in this thread, so a synchronous call might not do. */
static void
publish_stream (GripPubControl *control,
                const char     *content,
                const char     *id)
{
  gboolean published = FALSE;

  grip_pub_control_publish_http_stream_async (control, "stream", content, id, NULL, NULL,
                                              published_cb, &published);
  while (!published)
    g_main_context_iteration (NULL, TRUE);
}

static void
swap_to_zmq (GripPubControl *control)
{
  g_autoptr(GripTransport)  http = g_list_model_get_item (G_LIST_MODEL (control), 0);
  g_autoptr(GripTransport)  zmq = NULL;
  g_autoptr(GripEndpoint)   endpoint = NULL;
  g_autoptr(GError)         error = NULL;
  g_autofree char          *json = g_strdup_printf ("{\"control_zmq_push_uri\":\"%s\"}",
                                                    g_getenv ("GRIP_TEST_PUSH"));

  endpoint = grip_endpoint_new_from_json (json, &error);
  g_assert_no_error (error);
  zmq = grip_transport_new_for_endpoint (endpoint, &error);
  g_assert_no_error (error);
  grip_pub_control_replace_transport (control, http, zmq);
}

static void
play_stream (GripPubControl *control)
{
  g_autoptr(Client) client = client_new ("/app/stream");
  g_autofree char  *first = client_read_line (client);
  g_autofree char  *second = NULL;
  g_autofree char  *third = NULL;

  show ("hold.stream.first", "%s", first);
  client_wait_subscribed ("stream");
  publish_stream (control, "by HTTP\n", "1");
  second = client_read_line (client);
  show ("hold.stream.http", "%s", second);
  swap_to_zmq (control);
  publish_stream (control, "by ZMQ\n", "2");
  third = client_read_line (client);
  show ("hold.stream.zmq", "%s", third);
}

static void
play_poll (GripPubControl *control)
{
  g_autoptr(Client)                  client = client_new ("/app/poll");
  g_autoptr(GripHttpResponseFormat)  format = grip_http_response_format_new_text ("late\n");
  g_autoptr(GripItem)                item = NULL;
  g_autofree char                   *line = NULL;
  g_autoptr(GError)                  error = NULL;

  client_wait_subscribed ("poll");
  grip_http_response_format_set_code (format, 203);
  item = grip_item_new (GRIP_FORMAT (format), NULL, NULL, &error);
  g_assert_no_error (error);
  grip_pub_control_publish (control, "poll", item, NULL, &error);
  g_assert_no_error (error);
  line = client_read_line (client);
  show ("hold.poll.http", "%u %s", client_get_status (client), line);
}

static void
play_hold (void)
{
  g_autoptr(GripSoupOrigin) origin = make_origin ();
  g_autoptr(GripPubControl) control = NULL;
  g_autoptr(GError)         error = NULL;

  control = grip_pub_control_new_for_uri (g_getenv ("GRIP_TEST_CONTROL"), &error);
  g_assert_no_error (error);
  play_poll (control);
  play_stream (control);
  grip_pub_control_close (control, NULL, &error);
  g_assert_no_error (error);
}

int
main (void)
{
  play_uri ();
  play_signature ();
  play_events ();
  play_format ();
  play_transport ();
  play_hold ();

  return 0;
}
