/* test-websocket-context.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libgrip/grip.h>

static GVariant *
make_headers (const char *first_name,
              ...)
{
  GVariantBuilder builder;
  va_list args;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  va_start (args, first_name);
  for (const char *name = first_name; name != NULL; name = va_arg (args, const char *))
    {
      const char *value = va_arg (args, const char *);

      g_variant_builder_add (&builder, "(ss)", name, value);
    }
  va_end (args);

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static GripWebSocketContext *
make_context (const char *body)
{
  g_autoptr(GVariant) headers = make_headers ("connection-id", "abc", "Meta-User", "al ice",
                                              "meta-b", "1", "Content-Bytes-Replayed", "7", NULL);
  g_autoptr(GBytes) bytes = g_bytes_new (body, strlen (body));
  g_autoptr(GError) error = NULL;
  GripWebSocketContext *context = NULL;

  context = grip_websocket_context_new_for_request (headers, bytes, &error);
  g_assert_no_error (error);

  return context;
}

static void
assert_body (GripWebSocketContext *context,
             const char           *expected)
{
  g_autoptr(GripResponse) response = grip_websocket_context_to_response (context);
  GBytes *body = grip_response_get_body (response);

  g_assert_cmpint (grip_response_get_code (response), ==, 200);
  g_assert_cmpstr (grip_response_get_header (response, "Content-Type"), ==,
                   "application/websocket-events");
  g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), expected,
                   strlen (expected));
}

static void
test_is_request (void)
{
  g_autoptr(GVariant) good = make_headers ("content-type", "Application/WebSocket-Events; x=y",
                                           "Accept", "text/plain, application/websocket-events", NULL);
  g_autoptr(GVariant) plain = make_headers ("Content-Type", "text/plain", NULL);
  g_autoptr(GVariant) other = make_headers ("Content-Type", "application/websocket-events",
                                            "Accept", "text/html", NULL);

  g_assert_true (grip_websocket_context_is_request ("POST", good));
  g_assert_false (grip_websocket_context_is_request ("GET", good));
  g_assert_false (grip_websocket_context_is_request ("POST", plain));
  g_assert_false (grip_websocket_context_is_request ("POST", other));
}

static void
test_opening (void)
{
  g_autoptr(GripWebSocketContext) context = make_context ("OPEN\r\nPING 1\r\n.\r\nTEXT 2\r\nhi\r\n");
  g_autoptr(GripWebSocketEvent) event = NULL;
  g_autoptr(GripResponse) refused = NULL;
  g_autoptr(GripResponse) response = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (grip_websocket_context_is_opening (context));
  g_assert_false (grip_websocket_context_is_accepted (context));
  g_assert_cmpstr (grip_websocket_context_get_connection_id (context), ==, "abc");
  g_assert_cmpint (grip_websocket_context_get_content_bytes (context), ==, 3);
  g_assert_cmpint (grip_websocket_context_get_content_bytes_replayed (context), ==, 7);

  g_assert_false (grip_websocket_context_send_text (context, "early", &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_FAILED);
  g_clear_error (&error);
  refused = grip_websocket_context_to_response (context);
  g_assert_cmpint (grip_response_get_code (refused), ==, 403);

  grip_websocket_context_accept (context);
  grip_websocket_context_accept (context);
  event = grip_websocket_context_receive (context);
  g_assert_cmpstr (grip_websocket_event_get_event_type (event), ==, "TEXT");
  g_assert_null (grip_websocket_context_receive (context));
  g_assert_true (grip_websocket_context_send_text (context, "c:x", &error));
  g_assert_no_error (error);
  grip_websocket_context_set_keep_alive_interval (context, 30);
  grip_websocket_context_set_content_bytes_accepted (context, 100);

  response = grip_websocket_context_to_response (context);
  g_assert_cmpstr (grip_response_get_header (response, "Sec-WebSocket-Extensions"), ==,
                   "grip; message-prefix=\"m:\"");
  g_assert_cmpstr (grip_response_get_header (response, "Keep-Alive-Interval"), ==, "30");
  g_assert_cmpstr (grip_response_get_header (response, "Content-Bytes-Accepted"), ==, "3");
  g_assert_cmpmem (g_bytes_get_data (grip_response_get_body (response), NULL),
                   g_bytes_get_size (grip_response_get_body (response)),
                   "OPEN\r\nPONG 1\r\n.\r\nTEXT 5\r\nm:c:x\r\n", 32);
}

static void
test_nothing_accepted (void)
{
  g_autoptr(GripWebSocketContext) context = make_context ("TEXT 2\r\nhi\r\n");
  g_autoptr(GripResponse) response = NULL;

  grip_websocket_context_set_content_bytes_accepted (context, 0);
  response = grip_websocket_context_to_response (context);
  g_assert_cmpstr (grip_response_get_header (response, "Content-Bytes-Accepted"), ==, "0");
}

static void
test_messages (void)
{
  g_autoptr(GripWebSocketContext) context = make_context ("TEXT\r\nX-OTHER\r\nPONG\r\nBINARY 0\r\n\r\n");
  g_autoptr(GBytes) binary = g_bytes_new_static ("\xff", 1);
  g_autoptr(GBytes) ping = g_bytes_new_static ("p", 1);
  g_autoptr(GripWebSocketEvent) text = grip_websocket_context_receive (context);
  g_autoptr(GripWebSocketEvent) empty = grip_websocket_context_receive (context);

  g_assert_cmpstr (grip_websocket_event_get_event_type (text), ==, "TEXT");
  g_assert_cmpstr (grip_websocket_event_get_event_type (empty), ==, "BINARY");
  g_assert_null (grip_websocket_context_receive (context));

  g_assert_true (grip_websocket_context_send_binary (context, binary, NULL));
  g_assert_true (grip_websocket_context_send (context, GRIP_WEBSOCKET_MESSAGE_PING, ping, NULL));
  g_assert_true (grip_websocket_context_send_text (context, "", NULL));
  grip_websocket_context_close (context, 4000, "bye");
  grip_websocket_context_close (context, 4001, "again");

  assert_body (context, "BINARY 3\r\nm:\xff\r\nPING 1\r\np\r\nTEXT 2\r\nm:\r\n"
                        "CLOSE 5\r\n\x0f\xa0" "bye\r\n");
}

static void
test_control (void)
{
  static const char * const filters[] = { "skip-self", NULL };
  g_autoptr(GripWebSocketContext) context = make_context ("");
  g_autoptr(GBytes) text = g_bytes_new_static ("x", 1);
  g_autoptr(GBytes) binary = g_bytes_new_static ("\xff", 1);
  g_autoptr(GPtrArray) events = NULL;
  static const char * const expected[] = {
    "c:{\"type\":\"subscribe\",\"channel\":\"p-a\",\"filters\":[\"skip-self\"]}",
    "c:{\"type\":\"unsubscribe\",\"channel\":\"p-a\"}",
    "c:{\"type\":\"detach\"}",
    "c:{\"type\":\"keep-alive\",\"message-type\":\"ping\",\"content\":\"x\",\"timeout\":9,\"mode\":\"interval\"}",
    "c:{\"type\":\"keep-alive\"}",
    "c:{\"type\":\"send-delayed\",\"message-type\":\"binary\",\"content-bin\":\"/w==\"}",
    "c:{\"type\":\"flush-delayed\"}",
    "c:{\"type\":\"session\",\"id\":\"s\"}",
    "c:{\"type\":\"session\"}",
    "c:{\"type\":\"set-meta\",\"name\":\"user\",\"value\":\"a\"}",
    "c:{\"type\":\"set-meta\",\"name\":\"user\"}",
  };

  grip_websocket_context_set_channel_prefix (context, "p-");
  g_assert_true (grip_websocket_context_subscribe (context, "a", filters, NULL));
  g_assert_true (grip_websocket_context_unsubscribe (context, "a", NULL));
  g_assert_true (grip_websocket_context_detach (context, NULL));
  g_assert_true (grip_websocket_context_set_keep_alive (context, GRIP_WEBSOCKET_MESSAGE_PING, text, 9,
                                                        GRIP_KEEP_ALIVE_MODE_INTERVAL, NULL));
  g_assert_true (grip_websocket_context_set_keep_alive (context, GRIP_WEBSOCKET_MESSAGE_PING, NULL, 9,
                                                        GRIP_KEEP_ALIVE_MODE_IDLE, NULL));
  g_assert_true (grip_websocket_context_send_delayed (context, GRIP_WEBSOCKET_MESSAGE_BINARY, binary,
                                                      -1, NULL));
  g_assert_true (grip_websocket_context_flush_delayed (context, NULL));
  g_assert_true (grip_websocket_context_set_session_id (context, "s", NULL));
  g_assert_true (grip_websocket_context_set_session_id (context, NULL, NULL));
  g_assert_true (grip_websocket_context_set_subscription_meta (context, "user", "a", NULL));
  g_assert_true (grip_websocket_context_set_subscription_meta (context, "user", NULL, NULL));

  events = grip_websocket_context_take_events (context);
  g_assert_cmpuint (events->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < events->len; i++)
    {
      g_autofree char *content = grip_websocket_event_dup_text (g_ptr_array_index (events, i));

      g_assert_cmpstr (grip_websocket_event_get_event_type (g_ptr_array_index (events, i)), ==, "TEXT");
      g_assert_cmpstr (content, ==, expected[i]);
    }
}

static void
test_control_message (void)
{
  GVariantDict dict;
  g_autoptr(GError) error = NULL;
  g_autofree char *json = NULL;
  g_autofree char *plain = NULL;
  g_autofree char *twice = NULL;
  g_autofree char *long_name = g_strnfill (17000, 'x');
  g_autofree char *too_long = NULL;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "channel", "s", "a\"b");
  json = grip_websocket_control_message ("subscribe", g_variant_dict_end (&dict), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (json, ==, "{\"type\":\"subscribe\",\"channel\":\"a\\\"b\"}");

  plain = grip_websocket_control_message ("detach", NULL, &error);
  g_assert_cmpstr (plain, ==, "{\"type\":\"detach\"}");

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "type", "s", "x");
  twice = grip_websocket_control_message ("subscribe", g_variant_dict_end (&dict), &error);
  g_assert_null (twice);
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
  g_clear_error (&error);

  too_long = grip_websocket_control_subscribe (long_name, NULL, &error);
  g_assert_null (too_long);
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
}

static void
assert_invalid (gboolean   result,
                GError   **error)
{
  g_assert_false (result);
  g_assert_error (*error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
  g_clear_error (error);
}

static void
test_refused (void)
{
  static const char * const six[] = { "1", "2", "3", "4", "5", "6", NULL };
  g_autoptr(GripWebSocketContext) context = make_context ("");
  g_autoptr(GBytes) not_text = g_bytes_new_static ("\xff", 1);
  g_autofree char *many = g_strnfill (126, 'x');
  g_autoptr(GBytes) too_long = g_bytes_new (many, 126);
  g_autoptr(GPtrArray) events = NULL;
  g_autoptr(GError) error = NULL;

  assert_invalid (grip_websocket_context_send (context, GRIP_WEBSOCKET_MESSAGE_TEXT, not_text, &error),
                  &error);
  assert_invalid (grip_websocket_context_send (context, GRIP_WEBSOCKET_MESSAGE_PONG, too_long, &error),
                  &error);
  assert_invalid (grip_websocket_context_subscribe (context, "", NULL, &error), &error);
  assert_invalid (grip_websocket_context_subscribe (context, "a", six, &error), &error);
  assert_invalid (grip_websocket_context_set_meta (context, "a b", "x", &error), &error);
  assert_invalid (grip_websocket_context_set_meta (context, "a", "x\r\nSet-Meta-b: y", &error), &error);
  assert_invalid (grip_websocket_context_set_meta (context, "a", "", &error), &error);
  assert_invalid (grip_websocket_context_set_meta (context, "a", " x", &error), &error);

  /* What a user writes never becomes a control message. */
  grip_websocket_context_set_message_prefix (context, "");
  assert_invalid (grip_websocket_context_send_text (context, "c:{\"type\":\"detach\"}", &error), &error);
  g_assert_true (grip_websocket_context_send_text (context, "C:", &error));

  events = grip_websocket_context_take_events (context);
  g_assert_cmpuint (events->len, ==, 1);

  grip_websocket_context_close (context, 0, NULL);
  g_assert_true (grip_websocket_context_is_closed (context));
  g_assert_false (grip_websocket_context_send_text (context, "late", &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_CLOSED);
}

static void
test_meta (void)
{
  g_autoptr(GripWebSocketContext) context = make_context ("");
  g_autoptr(GripResponse) response = NULL;
  g_auto(GStrv) names = NULL;

  g_assert_cmpstr (grip_websocket_context_get_meta (context, "user"), ==, "al ice");
  g_assert_cmpstr (grip_websocket_context_get_meta (context, "USER"), ==, "al ice");
  g_assert_null (grip_websocket_context_get_meta (context, "other"));

  g_assert_true (grip_websocket_context_set_meta (context, "user", "al ice", NULL));
  g_assert_true (grip_websocket_context_set_meta (context, "New", "2", NULL));
  g_assert_true (grip_websocket_context_set_meta (context, "B", NULL, NULL));
  names = grip_websocket_context_get_meta_names (context);
  g_assert_cmpuint (g_strv_length (names), ==, 2);
  g_assert_cmpstr (names[0], ==, "new");

  response = grip_websocket_context_to_response (context);
  g_assert_null (grip_response_get_header (response, "Set-Meta-User"));
  g_assert_cmpstr (grip_response_get_header (response, "Set-Meta-New"), ==, "2");
  g_assert_cmpstr (grip_response_get_header (response, "Set-Meta-B"), ==, "");
  g_assert_null (grip_response_get_header (response, "Sec-WebSocket-Extensions"));
  g_assert_null (grip_response_get_header (response, "Keep-Alive-Interval"));
  g_assert_null (grip_response_get_header (response, "Content-Bytes-Accepted"));
}

static void
test_close (void)
{
  g_autoptr(GripWebSocketContext) coded = make_context ("CLOSE 5\r\n\x03\xe9" "bye\r\n");
  g_autoptr(GripWebSocketContext) plain = make_context ("PING 1\r\n.\r\nCLOSE\r\n");
  g_autoptr(GripWebSocketContext) gone = make_context ("DISCONNECT\r\n");
  g_autoptr(GripWebSocketContext) own = make_context ("CLOSE 2\r\n\x03\xe9\r\n");
  g_autoptr(GripWebSocketEvent) event = grip_websocket_context_receive (coded);
  g_autoptr(GripWebSocketEvent) gone_event = NULL;
  g_autoptr(GripWebSocketEvent) own_event = NULL;

  g_assert_cmpstr (grip_websocket_event_get_event_type (event), ==, "CLOSE");
  g_assert_cmpint (grip_websocket_context_get_close_code (coded), ==, 1001);
  g_assert_cmpstr (grip_websocket_context_get_close_reason (coded), ==, "bye");
  assert_body (coded, "CLOSE 2\r\n\x03\xe9\r\n");

  g_assert_cmpint (grip_websocket_context_get_close_code (plain), ==, -1);
  assert_body (plain, "PONG 1\r\n.\r\nCLOSE\r\n");

  gone_event = grip_websocket_context_receive (gone);
  g_assert_cmpstr (grip_websocket_event_get_event_type (gone_event), ==, "DISCONNECT");
  g_assert_true (grip_websocket_context_is_closed (gone));
  assert_body (gone, "");

  own_event = grip_websocket_context_receive (own);
  grip_websocket_context_close (own, 1008, NULL);
  assert_body (own, "CLOSE 2\r\n\x03\xf0\r\n");
}

static void
test_malformed (void)
{
  g_autoptr(GVariant) bare = make_headers ("X", "y", NULL);
  g_autoptr(GVariant) number = make_headers ("Connection-Id", "a", "Content-Bytes-Replayed", "-1", NULL);
  g_autoptr(GVariant) good = make_headers ("Connection-Id", "a", NULL);
  g_autoptr(GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr(GBytes) cut = g_bytes_new_static ("OPEN", 4);
  g_autoptr(GripWebSocketContext) context = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_null (grip_websocket_context_new_for_request (bare, empty, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_null (grip_websocket_context_new_for_request (number, empty, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_null (grip_websocket_context_new_for_request (good, cut, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
  g_clear_error (&error);
  context = grip_websocket_context_new_for_request (good, empty, &error);
  g_assert_no_error (error);
  g_assert_true (grip_websocket_context_is_accepted (context));
}

static void
count_cb (GripWebSocketContext *context,
          gpointer              user_data)
{
  *(guint *) user_data += 1;
}

/* The other way to use it: a WebSocket that the origin holds itself. */
static void
test_live (void)
{
  g_autoptr(GripWebSocketContext) context = NULL;
  g_autoptr(GPtrArray) first = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GripWebSocketEvent) message = grip_websocket_event_new_text ("TEXT", "x");
  g_autoptr(GripWebSocketEvent) ping = grip_websocket_event_new_text ("PING", "y");
  g_autoptr(GripWebSocketEvent) received = NULL;
  g_autoptr(GPtrArray) sent = NULL;
  guint n = 0;

  g_ptr_array_add (first, grip_websocket_event_new ("OPEN", NULL));
  context = grip_websocket_context_new (NULL, first);
  g_signal_connect (context, "event-queued", G_CALLBACK (count_cb), &n);

  g_assert_true (grip_websocket_context_is_opening (context));
  grip_websocket_context_accept (context);
  g_assert_cmpuint (n, ==, 1);

  grip_websocket_context_push_event (context, ping);
  grip_websocket_context_push_event (context, message);
  received = grip_websocket_context_receive (context);
  g_assert_true (received == message);
  g_assert_cmpuint (n, ==, 2);

  sent = grip_websocket_context_take_events (context);
  g_assert_cmpuint (sent->len, ==, 2);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/websocket-context/is-request", test_is_request);
  g_test_add_func ("/websocket-context/opening", test_opening);
  g_test_add_func ("/websocket-context/nothing-accepted", test_nothing_accepted);
  g_test_add_func ("/websocket-context/messages", test_messages);
  g_test_add_func ("/websocket-context/control", test_control);
  g_test_add_func ("/websocket-context/control-message", test_control_message);
  g_test_add_func ("/websocket-context/refused", test_refused);
  g_test_add_func ("/websocket-context/meta", test_meta);
  g_test_add_func ("/websocket-context/close", test_close);
  g_test_add_func ("/websocket-context/malformed", test_malformed);
  g_test_add_func ("/websocket-context/live", test_live);

  return g_test_run ();
}
