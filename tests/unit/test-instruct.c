/* test-instruct.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libgrip/grip.h>

static char *
print_headers (GVariant *headers)
{
  GString *text = g_string_new (NULL);
  GVariantIter iter;
  const char *name = NULL;
  const char *value = NULL;

  g_variant_iter_init (&iter, headers);
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &value))
    g_string_append_printf (text, "%s: %s\n", name, value);

  return g_string_free (text, FALSE);
}

static void
assert_headers (GripInstruct *instruct,
                const char   *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) headers = grip_instruct_to_headers (instruct, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = print_headers (headers);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_json (GripInstruct *instruct,
             const char   *expected)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *json = grip_instruct_to_json (instruct, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (json, ==, expected);
}

static void
assert_refused (GripInstruct     *instruct,
                GripInstructForm  form,
                const char       *what)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GripResponse) response = grip_instruct_to_response (instruct, form, &error);

  g_assert_null (response);
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, what));
}

/* Every field that there is. */
static GripInstruct *
make_full (void)
{
  static const char * const filters[] = { "skip-self", "var-subst", NULL };
  static const char * const exposed[] = { "X-A", "Content-Type", NULL };
  g_autoptr(GripInstruct) instruct = grip_instruct_new_hold_stream ("plain");
  g_autoptr(GripChannel) channel = grip_channel_new_full ("other one", "id \"1\",2", filters);
  g_autoptr(GripResponse) response = grip_response_new_text (201, "text/plain", "hi\n");

  grip_instruct_add_channel (instruct, channel);
  grip_instruct_set_channel_prefix (instruct, "p-");
  grip_instruct_set_timeout (instruct, 30);
  grip_instruct_set_keep_alive_text (instruct, "ping\n", 20, GRIP_KEEP_ALIVE_MODE_INTERVAL);
  grip_instruct_set_status (instruct, 299, "Quite so");
  grip_instruct_set_meta (instruct, "user", "al\"ice\\");
  grip_instruct_set_meta (instruct, "a", "");
  grip_instruct_set_next_link (instruct, "/more?a=1,2;b=\"3\"", 60);
  grip_instruct_set_gone_link (instruct, "http://h/gone");
  grip_instruct_set_expose_headers (instruct, exposed);
  grip_instruct_set_session_id (instruct, "sess-1");
  grip_instruct_set_session_detect (instruct, "/x", "/id", "body");
  grip_instruct_set_response (instruct, response);

  return g_steal_pointer (&instruct);
}

static void
test_headers (void)
{
  g_autoptr(GripInstruct) instruct = make_full ();
  g_autoptr(GripInstruct) small = grip_instruct_new_hold_response ("a");

  assert_headers (small, "Grip-Hold: response\nGrip-Channel: a\n");
  assert_headers (instruct,
                  "Grip-Hold: stream\n"
                  "Grip-Channel: p-plain, p-other one; prev-id=\"id \\\"1\\\",2\"; "
                  "filter=skip-self; filter=var-subst\n"
                  "Grip-Timeout: 30\n"
                  "Grip-Set-Meta: a=\"\", user=\"al\\\"ice\\\\\"\n"
                  "Grip-Expose-Headers: X-A, Content-Type\n"
                  "Grip-Keep-Alive: ping\\n; format=cstring; timeout=20; mode=interval\n"
                  "Grip-Status: 299 Quite so\n"
                  "Grip-Link: </more?a=1%2C2%3Bb=%223%22>; rel=next; timeout=60, "
                  "<http://h/gone>; rel=gone\n"
                  "Grip-Session-Id: sess-1\n"
                  "Grip-Session-Detect: path-prefix=\"/x\"; sid-ptr=\"/id\"; json-param=\"body\"\n");
}

static void
test_json (void)
{
  g_autoptr(GripInstruct) instruct = make_full ();
  g_autoptr(GripInstruct) small = grip_instruct_new_hold_response ("a");

  assert_json (small, "{\"hold\":{\"mode\":\"response\",\"channels\":[{\"name\":\"a\"}]}}");
  grip_instruct_set_meta (small, "a", "b");
  assert_json (small, "{\"hold\":{\"mode\":\"response\",\"channels\":[{\"name\":\"a\"}],\"meta\":{\"a\":\"b\"}}}");
  assert_json (instruct,
               "{\"hold\":{\"mode\":\"stream\",\"channels\":[{\"name\":\"p-plain\"},"
               "{\"name\":\"p-other one\",\"prev-id\":\"id \\\"1\\\",2\","
               "\"filters\":[\"skip-self\",\"var-subst\"]}],\"timeout\":30,"
               "\"keep-alive\":{\"content\":\"ping\\n\",\"timeout\":20},"
               "\"meta\":{\"a\":\"\",\"user\":\"al\\\"ice\\\\\"}},"
               "\"response\":{\"code\":299,\"reason\":\"Quite so\","
               "\"headers\":[[\"Content-Type\",\"text/plain\"]],\"body\":\"hi\\n\"}}");
}

/* What was read is written again as it was. */
static void
assert_round_trip (GripInstruct     *instruct,
                   GripInstructForm  form)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GripResponse) response = NULL;
  g_autoptr(GripResponse) again = NULL;
  g_autoptr(GripInstruct) parsed = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  response = grip_instruct_to_response (instruct, form, &error);
  g_assert_no_error (error);
  parsed = grip_instruct_parse (response, &error);
  g_assert_no_error (error);
  again = grip_instruct_to_response (parsed, form, &error);
  g_assert_no_error (error);

  before = print_headers (grip_response_get_headers (response));
  after = print_headers (grip_response_get_headers (again));
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpint (grip_response_get_code (response), ==, grip_response_get_code (again));
  g_assert_true ((grip_response_get_body (response) == NULL) ==
                 (grip_response_get_body (again) == NULL));
  if (grip_response_get_body (response) != NULL)
    g_assert_true (g_bytes_equal (grip_response_get_body (response),
                                  grip_response_get_body (again)));
}

static void
test_round_trip (void)
{
  g_autoptr(GripInstruct) instruct = make_full ();
  g_autoptr(GBytes) binary = g_bytes_new_static ("\0\xff;\\", 4);
  g_autoptr(GripResponse) response = grip_response_new (200, "Fine", NULL, binary);

  assert_round_trip (instruct, GRIP_INSTRUCT_FORM_HEADERS);

  /* A prefix is only written, and a status is that of the response in JSON. */
  grip_instruct_set_expose_headers (instruct, NULL);
  assert_round_trip (instruct, GRIP_INSTRUCT_FORM_JSON);

  grip_instruct_set_keep_alive (instruct, binary, -1, GRIP_KEEP_ALIVE_MODE_IDLE);
  grip_instruct_set_response (instruct, response);
  assert_round_trip (instruct, GRIP_INSTRUCT_FORM_HEADERS);
  assert_round_trip (instruct, GRIP_INSTRUCT_FORM_JSON);
}

static void
test_parsed (void)
{
  g_autoptr(GripInstruct) instruct = make_full ();
  g_autoptr(GripResponse) response = NULL;
  g_autoptr(GripInstruct) parsed = NULL;
  g_autoptr(GPtrArray) channels = NULL;
  g_auto(GStrv) names = NULL;
  GripChannel *channel = NULL;

  response = grip_instruct_to_response (instruct, GRIP_INSTRUCT_FORM_HEADERS, NULL);
  parsed = grip_instruct_parse (response, NULL);
  channels = grip_instruct_get_channels (parsed);

  g_assert_cmpint (grip_instruct_get_hold_mode (parsed), ==, GRIP_HOLD_MODE_STREAM);
  g_assert_cmpuint (channels->len, ==, 2);
  channel = g_ptr_array_index (channels, 1);
  g_assert_cmpstr (grip_channel_get_name (channel), ==, "p-other one");
  g_assert_cmpstr (grip_channel_get_prev_id (channel), ==, "id \"1\",2");
  g_assert_cmpuint (g_strv_length ((char **) grip_channel_get_filters (channel)), ==, 2);
  g_assert_cmpint (grip_instruct_get_timeout (parsed), ==, 30);
  g_assert_cmpmem (g_bytes_get_data (grip_instruct_get_keep_alive (parsed), NULL),
                   g_bytes_get_size (grip_instruct_get_keep_alive (parsed)), "ping\n", 5);
  g_assert_cmpint (grip_instruct_get_keep_alive_timeout (parsed), ==, 20);
  g_assert_cmpint (grip_instruct_get_keep_alive_mode (parsed), ==, GRIP_KEEP_ALIVE_MODE_INTERVAL);
  g_assert_cmpint (grip_instruct_get_status (parsed), ==, 299);
  g_assert_cmpstr (grip_instruct_get_status_reason (parsed), ==, "Quite so");
  g_assert_cmpstr (grip_instruct_get_meta (parsed, "user"), ==, "al\"ice\\");
  names = grip_instruct_get_meta_names (parsed);
  g_assert_cmpuint (g_strv_length (names), ==, 2);
  g_assert_cmpstr (names[0], ==, "a");
  g_assert_cmpstr (grip_instruct_get_next_link (parsed), ==, "/more?a=1%2C2%3Bb=%223%22");
  g_assert_cmpint (grip_instruct_get_next_link_timeout (parsed), ==, 60);
  g_assert_cmpstr (grip_instruct_get_gone_link (parsed), ==, "http://h/gone");
  g_assert_cmpstr (grip_instruct_get_session_id (parsed), ==, "sess-1");
  g_assert_cmpint (grip_response_get_code (grip_instruct_get_response (parsed)), ==, 201);
}

static void
assert_keep_alive (const char *data,
                   gsize       length,
                   const char *expected)
{
  g_autoptr(GripInstruct) instruct = grip_instruct_new_hold_stream ("a");
  g_autoptr(GBytes) content = g_bytes_new (data, length);
  g_autoptr(GripResponse) response = NULL;
  g_autoptr(GripInstruct) parsed = NULL;
  g_autoptr(GError) error = NULL;

  grip_instruct_set_keep_alive (instruct, content, -1, GRIP_KEEP_ALIVE_MODE_IDLE);
  response = grip_instruct_to_response (instruct, GRIP_INSTRUCT_FORM_HEADERS, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (grip_response_get_header (response, "Grip-Keep-Alive"), ==, expected);

  parsed = grip_instruct_parse (response, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (grip_instruct_get_keep_alive (parsed), content));
}

/* Other libraries get each of these wrong. */
static void
test_keep_alive (void)
{
  assert_keep_alive ("ping", 4, "ping; format=raw");
  assert_keep_alive ("a, \"b\"=c\\", 9, "a, \"b\"=c\\; format=raw");
  assert_keep_alive ("\n", 1, "\\n; format=cstring");
  assert_keep_alive ("a;b", 3, "a\\x3bb; format=cstring");
  assert_keep_alive ("event: a\tb\r\n\r\n", 14, "event: a\\x09b\\r\\n\\r\\n; format=cstring");
  assert_keep_alive (" edge ", 6, "\\x20edge\\x20; format=cstring");
  assert_keep_alive ("\xc3\xa9", 2, "\\xc3\\xa9; format=cstring");
  assert_keep_alive ("a\\b\nc", 5, "a\\\\b\\nc; format=cstring");
  assert_keep_alive ("\0\xff\xfe", 3, "AP/+; format=base64");

  /* Pushpin takes these for parameters. */
  assert_keep_alive ("timeout", 7, "\\x74imeout; format=cstring");
  assert_keep_alive ("Mode", 4, "\\x4dode; format=cstring");
  assert_keep_alive ("format", 6, "\\x66ormat; format=cstring");
  assert_keep_alive ("\x9a\x87\x5e", 3, "\\x9a\\x87^; format=cstring");
}

static void
test_channel_names (void)
{
  static const char * const odd[] = {
    "a,b", "a;b", " a", "a ", "a\"b", "a\tb", "a\nb", "a\r\nGrip-Hold: stream", "\x01", "\t",
  };

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_autoptr(GripInstruct) instruct = grip_instruct_new_hold_response (odd[i]);
      g_autoptr(GripResponse) response = NULL;
      g_autoptr(GripInstruct) parsed = NULL;
      g_autoptr(GPtrArray) channels = NULL;
      g_autoptr(GError) error = NULL;

      assert_refused (instruct, GRIP_INSTRUCT_FORM_HEADERS, "no header can carry the name");

      /* JSON can. */
      response = grip_instruct_to_response (instruct, GRIP_INSTRUCT_FORM_AUTO, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (grip_response_get_header (response, "Content-Type"), ==,
                       "application/grip-instruct");
      g_assert_null (grip_response_get_header (response, "Grip-Hold"));
      parsed = grip_instruct_parse (response, &error);
      g_assert_no_error (error);
      channels = grip_instruct_get_channels (parsed);
      g_assert_cmpstr (grip_channel_get_name (g_ptr_array_index (channels, 0)), ==, odd[i]);
    }
}

static void
test_refused (void)
{
  static const char * const six[] = { "a", "b", "c", "d", "e", "f", NULL };
  g_autoptr(GripInstruct) instruct = grip_instruct_new_hold_stream ("a");
  g_autoptr(GripInstruct) empty = grip_instruct_new_hold_stream ("");
  g_autoptr(GripInstruct) filtered = grip_instruct_new (GRIP_HOLD_MODE_STREAM);
  g_autoptr(GripInstruct) reliable = grip_instruct_new (GRIP_HOLD_MODE_STREAM);
  g_autoptr(GripInstruct) unheld = grip_instruct_new (GRIP_HOLD_MODE_NONE);
  g_autoptr(GripChannel) many = grip_channel_new_full ("a", NULL, six);
  g_autoptr(GripChannel) five = grip_channel_new_full ("a", NULL, six + 1);
  g_autoptr(GripChannel) prev = grip_channel_new_full ("a", "1", NULL);
  g_autoptr(GripChannel) invalid = grip_channel_new ("\xff");
  g_autoptr(GripInstruct) not_utf8 = grip_instruct_new (GRIP_HOLD_MODE_STREAM);

  grip_instruct_set_meta (instruct, "a=b", "c");
  assert_refused (instruct, GRIP_INSTRUCT_FORM_HEADERS, "meta name");
  grip_instruct_set_meta (instruct, "a=b", NULL);
  grip_instruct_set_meta (instruct, "a", "b\nc");
  assert_refused (instruct, GRIP_INSTRUCT_FORM_HEADERS, "meta value of 'a'");
  grip_instruct_set_meta (instruct, "a", NULL);

  grip_instruct_set_keep_alive_text (instruct, "", 1, GRIP_KEEP_ALIVE_MODE_IDLE);
  assert_refused (instruct, GRIP_INSTRUCT_FORM_AUTO, "keep-alive content is empty");
  grip_instruct_set_keep_alive_text (instruct, NULL, 1, GRIP_KEEP_ALIVE_MODE_IDLE);

  grip_instruct_set_next_link (instruct, "/a\r\nX: y", -1);
  assert_refused (instruct, GRIP_INSTRUCT_FORM_AUTO, "next link");
  grip_instruct_set_next_link (instruct, NULL, -1);

  grip_instruct_set_session_id (instruct, "a\nb");
  assert_refused (instruct, GRIP_INSTRUCT_FORM_AUTO, "session id");
  grip_instruct_set_session_id (instruct, NULL);

  grip_instruct_set_status (instruct, 200, "a\nb");
  assert_refused (instruct, GRIP_INSTRUCT_FORM_AUTO, "reason of the status");
  grip_instruct_set_status (instruct, -1, NULL);

  assert_refused (empty, GRIP_INSTRUCT_FORM_AUTO, "name of a channel is empty");

  grip_instruct_add_channel (filtered, five);
  assert_headers (filtered, "Grip-Hold: stream\n"
                            "Grip-Channel: a; filter=b; filter=c; filter=d; filter=e; filter=f\n");
  grip_instruct_add_channel (filtered, many);
  assert_refused (filtered, GRIP_INSTRUCT_FORM_AUTO, "at most 5 filters");

  grip_instruct_add_channel (reliable, prev);
  assert_refused (reliable, GRIP_INSTRUCT_FORM_AUTO, "next link");
  grip_instruct_set_next_link (reliable, "/more", -1);
  assert_headers (reliable, "Grip-Hold: stream\nGrip-Channel: a; prev-id=1\n"
                            "Grip-Link: </more>; rel=next\n");

  grip_instruct_add_channel (unheld, many);
  assert_refused (unheld, GRIP_INSTRUCT_FORM_JSON, "at most 5 filters");
  grip_instruct_add_channel (not_utf8, invalid);
  assert_refused (not_utf8, GRIP_INSTRUCT_FORM_AUTO, "not UTF-8");
}

static void
test_response_headers (void)
{
  static const char * const bad[][2] = {
    { "X-A", "a\r\nGrip-Hold: stream" },
    { "X-A", "a\nb" },
    { "X-A\r\nY", "a" },
    { "", "a" },
    { "X A", "a" },
    { "grip-channel", "b" },
    { "Content-Type", "Application/Grip-Instruct; charset=utf-8" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      GVariantBuilder builder;
      g_autoptr(GripInstruct) instruct = grip_instruct_new_hold_response ("a");
      g_autoptr(GripResponse) response = NULL;

      g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
      g_variant_builder_add (&builder, "(ss)", bad[i][0], bad[i][1]);
      response = grip_response_new (200, NULL, g_variant_builder_end (&builder), NULL);
      grip_instruct_set_response (instruct, response);

      assert_refused (instruct, GRIP_INSTRUCT_FORM_HEADERS, "header");
      assert_refused (instruct, GRIP_INSTRUCT_FORM_JSON, "header");
    }
}

/* Headers of a 304 do not get through an HTTP server. */
static void
test_not_modified (void)
{
  g_autoptr(GripInstruct) instruct = grip_instruct_new_hold_response ("a");
  g_autoptr(GripResponse) not_modified = grip_response_new (304, NULL, NULL, NULL);
  g_autoptr(GripResponse) response = NULL;

  grip_instruct_set_response (instruct, not_modified);
  response = grip_instruct_to_response (instruct, GRIP_INSTRUCT_FORM_AUTO, NULL);
  g_assert_cmpint (grip_response_get_code (response), ==, 200);
  g_assert_cmpstr (grip_response_get_header (response, "grip-status"), ==, "304");
}

static void
test_short_forms (void)
{
  static const char * const filters[] = { "f", NULL };
  g_autoptr(GPtrArray) channels = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GripResponse) response = grip_response_new_text (200, NULL, "nothing\n");
  g_autoptr(GError) error = NULL;
  g_autofree char *header = NULL;
  g_autofree char *poll = NULL;
  g_autofree char *stream = NULL;

  g_ptr_array_add (channels, grip_channel_new_full ("a", NULL, filters));
  header = grip_create_grip_channel_header (channels, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (header, ==, "a; filter=f");

  poll = grip_create_hold_response (channels, response, 20, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (poll, ==, "{\"hold\":{\"mode\":\"response\",\"channels\":[{\"name\":\"a\","
                             "\"filters\":[\"f\"]}],\"timeout\":20},"
                             "\"response\":{\"code\":200,\"body\":\"nothing\\n\"}}");

  stream = grip_create_hold_stream (channels, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (stream, ==, "{\"hold\":{\"mode\":\"stream\",\"channels\":[{\"name\":\"a\","
                               "\"filters\":[\"f\"]}]}}");
}

static void
test_request_headers (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) last = grip_parse_grip_last ("a; last-id=5, b ;last-id=\"x,y\"", &error);
  g_autoptr(GPtrArray) bad = NULL;
  g_auto(GStrv) features = grip_parse_grip_feature ("status, session,link:next ,, filter:skip-self");

  g_assert_no_error (error);
  g_assert_cmpuint (last->len, ==, 2);
  g_assert_cmpstr (grip_channel_get_name (g_ptr_array_index (last, 0)), ==, "a");
  g_assert_cmpstr (grip_channel_get_prev_id (g_ptr_array_index (last, 0)), ==, "5");
  g_assert_cmpstr (grip_channel_get_name (g_ptr_array_index (last, 1)), ==, "b");
  g_assert_cmpstr (grip_channel_get_prev_id (g_ptr_array_index (last, 1)), ==, "x,y");

  bad = grip_parse_grip_last ("a; last-id=\"5", &error);
  g_assert_null (bad);
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);

  g_assert_cmpuint (g_strv_length (features), ==, 4);
  g_assert_cmpstr (features[2], ==, "link:next");
  g_assert_cmpstr (features[3], ==, "filter:skip-self");
}

static void
test_properties (void)
{
  static const char * const filters[] = { "f", "g", NULL };
  g_autoptr(GripChannel) channel = grip_channel_new_full ("a", "", filters);
  g_autoptr(GripInstruct) instruct = grip_instruct_new (GRIP_HOLD_MODE_NONE);
  g_autoptr(GripResponse) response = grip_response_new (404, "No", NULL, NULL);
  g_autoptr(GripResponse) got = NULL;
  g_autofree char *name = NULL;
  g_autofree char *prev_id = NULL;
  g_autofree char *prefix = NULL;
  g_auto(GStrv) copy = NULL;
  GripHoldMode mode;
  int timeout;
  int code;

  g_object_get (channel, "name", &name, "prev-id", &prev_id, "filters", &copy, NULL);
  g_assert_cmpstr (name, ==, "a");
  g_assert_null (prev_id);
  g_assert_cmpuint (g_strv_length (copy), ==, 2);

  g_object_set (instruct, "hold-mode", GRIP_HOLD_MODE_STREAM, "channel-prefix", "p-", "timeout", 9,
                "response", response, NULL);
  g_object_get (instruct, "hold-mode", &mode, "channel-prefix", &prefix, "timeout", &timeout,
                "response", &got, NULL);
  g_assert_cmpint (mode, ==, GRIP_HOLD_MODE_STREAM);
  g_assert_cmpstr (prefix, ==, "p-");
  g_assert_cmpint (timeout, ==, 9);
  g_assert_true (got == response);

  g_object_get (response, "code", &code, NULL);
  g_assert_cmpint (code, ==, 404);
  g_assert_cmpstr (grip_response_get_reason (response), ==, "No");
  g_assert_cmpuint (g_variant_n_children (grip_response_get_headers (response)), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/instruct/headers", test_headers);
  g_test_add_func ("/instruct/json", test_json);
  g_test_add_func ("/instruct/round-trip", test_round_trip);
  g_test_add_func ("/instruct/parsed", test_parsed);
  g_test_add_func ("/instruct/keep-alive", test_keep_alive);
  g_test_add_func ("/instruct/channel-names", test_channel_names);
  g_test_add_func ("/instruct/refused", test_refused);
  g_test_add_func ("/instruct/response-headers", test_response_headers);
  g_test_add_func ("/instruct/not-modified", test_not_modified);
  g_test_add_func ("/instruct/short-forms", test_short_forms);
  g_test_add_func ("/instruct/request-headers", test_request_headers);
  g_test_add_func ("/instruct/properties", test_properties);

  return g_test_run ();
}
