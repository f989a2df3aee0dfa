/* test-instruct-parser.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libgrip/grip.h>

/* Instructs as others write them. Those of our own are read again in test-instruct.c. */

static void
test_both_forms (void)
{
  static const char json[] =
    "{\"hold\":{\"channels\":[{\"name\":\"b\"}]},\"response\":{\"code\":\"201\","
    "\"headers\":{\"X-B\":\"2\",\"X-A\":\"1\"},\"body-bin\":\"AP8=\"}}";
  g_autoptr(GBytes) body = g_bytes_new_static (json, sizeof json - 1);
  g_autoptr(GripResponse) response = NULL;
  g_autoptr(GripInstruct) instruct = NULL;
  g_autoptr(GPtrArray) channels = NULL;
  g_autoptr(GError) error = NULL;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  g_variant_builder_add (&builder, "(ss)", "Content-Type", "application/grip-instruct; x=y");
  g_variant_builder_add (&builder, "(ss)", "GRIP-HOLD", "stream");
  g_variant_builder_add (&builder, "(ss)", "Grip-Channel", "a");
  g_variant_builder_add (&builder, "(ss)", "Grip-Keep-Alive", "x; timeout=7");
  g_variant_builder_add (&builder, "(ss)", "Grip-Link", "</n>; rel=next");
  g_variant_builder_add (&builder, "(ss)", "Grip-Status", "404 Gone by");
  response = grip_response_new (200, NULL, g_variant_builder_end (&builder), body);

  instruct = grip_instruct_parse (response, &error);
  g_assert_no_error (error);
  g_assert_cmpint (grip_instruct_get_hold_mode (instruct), ==, GRIP_HOLD_MODE_RESPONSE);
  channels = grip_instruct_get_channels (instruct);
  g_assert_cmpuint (channels->len, ==, 2);
  g_assert_cmpint (grip_instruct_get_keep_alive_timeout (instruct), ==, 7);
  g_assert_cmpstr (grip_instruct_get_next_link (instruct), ==, "/n");
  g_assert_cmpint (grip_instruct_get_status (instruct), ==, -1);
  g_assert_cmpint (grip_response_get_code (grip_instruct_get_response (instruct)), ==, 201);
  g_assert_cmpstr (grip_response_get_header (grip_instruct_get_response (instruct), "x-a"), ==, "1");
  g_assert_cmpmem (g_bytes_get_data (grip_response_get_body (grip_instruct_get_response (instruct)),
                                     NULL), 2, "\0\xff", 2);
}

static void
test_malformed_headers (void)
{
  static const struct { const char *name; const char *value; const char *words; } bad[] = {
    { "Grip-Hold", "Response", "hold is neither" },
    { "Grip-Hold", "", "hold is neither" },
    { "Grip-Channel", "a,,b", "has no name" },
    { "Grip-Channel", "a; prev-id=\"x", "Grip-Channel: a quoted value has no end" },
    { "Grip-Channel", "a; filter=1; filter=2; filter=3; filter=4; filter=5; filter=6",
      "more than 5 filters" },
    { "Grip-Timeout", "-1", "Grip-Timeout is not a number" },
    { "Grip-Timeout", "5s", "Grip-Timeout is not a number" },
    { "Grip-Timeout", "2147483648", "Grip-Timeout is not a number" },
    { "Grip-Keep-Alive", "", "is empty" },
    { "Grip-Keep-Alive", "; timeout=5", "is empty" },
    { "Grip-Keep-Alive", "x; timeout=", "the timeout of Grip-Keep-Alive" },
    { "Grip-Keep-Alive", "timeout", "the timeout of Grip-Keep-Alive" },
    { "Grip-Keep-Alive", "x; mode=often", "unknown mode" },
    { "Grip-Keep-Alive", "x; format=hex", "unknown format" },
    { "Grip-Keep-Alive", "x; mode=\"idle", "Grip-Keep-Alive: a quoted value has no end" },
    { "Grip-Keep-Alive", "a\\tb; format=cstring", "unknown escape" },
    { "Grip-Keep-Alive", "a\\x4; format=cstring", "unknown escape" },
    { "Grip-Keep-Alive", "a\\; format=cstring", "unknown escape" },
    { "Grip-Keep-Alive", "YQ=; format=base64", "not base64" },
    { "Grip-Keep-Alive", "Y===; format=base64", "not base64" },
    { "Grip-Keep-Alive", "Y!==; format=base64", "not base64" },
    { "Grip-Keep-Alive", "YQ!=; format=base64", "not base64" },
    { "Grip-Set-Meta", "=\"a\"", "without a name" },
    { "Grip-Set-Meta", "a=\"b", "Grip-Set-Meta: a quoted value has no end" },
    { "Grip-Status", "x", "Grip-Status is not a number" },
    { "Grip-Status", "1000", "Grip-Status is not a number" },
    { "Grip-Link", "/a; rel=next", "angle brackets" },
    { "Grip-Link", "/a>; rel=next", "angle brackets" },
    { "Grip-Link", "</a; rel=next", "angle brackets" },
    { "Grip-Link", "<>; rel=next", "angle brackets" },
    { "Grip-Link", "</a>; rel=next; timeout=-1", "the timeout of Grip-Link" },
    { "Grip-Link", "</a>; rel=\"next", "Grip-Link: a quoted value has no end" },
    { "Grip-Session-Detect", "path-prefix=\"/a", "Grip-Session-Detect: a quoted value has no end" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GripResponse) response = NULL;
      g_autoptr(GripInstruct) instruct = NULL;
      g_autoptr(GError) error = NULL;
      GVariantBuilder builder;

      g_test_message ("%s: %s", bad[i].name, bad[i].value);
      g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
      g_variant_builder_add (&builder, "(ss)", bad[i].name, bad[i].value);
      response = grip_response_new (200, NULL, g_variant_builder_end (&builder), NULL);
      instruct = grip_instruct_parse (response, &error);
      g_assert_null (instruct);
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
      g_assert_nonnull (strstr (error->message, bad[i].words));
    }
}

static GripInstruct *
parse_json (const char  *json,
            int          code,
            GError     **error)
{
  g_autoptr(GBytes) body = g_bytes_new (json, strlen (json));
  g_autoptr(GripResponse) response = NULL;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  g_variant_builder_add (&builder, "(ss)", "content-type", "application/grip-instruct");
  response = grip_response_new (code, NULL, g_variant_builder_end (&builder), body);

  return grip_instruct_parse (response, error);
}

static void
test_malformed_json (void)
{
  static const struct { const char *json; const char *words; } bad[] = {
    { "", "offset 0: expected a value" },
    { "[]", "the body is not an object" },
    { "{", "expected a member name" },
    { "{\"hold\":1}", "'hold' is not an object" },
    { "{\"hold\":{}}", "the hold has no 'channels'" },
    { "{\"hold\":{\"mode\":1,\"channels\":[]}}", "'mode' with a wrong type" },
    { "{\"hold\":{\"mode\":\"x\",\"channels\":[]}}", "the hold is neither" },
    { "{\"hold\":{\"channels\":{}}}", "'channels' with a wrong type" },
    { "{\"hold\":{\"channels\":[\"a\"]}}", "a channel is not an object" },
    { "{\"hold\":{\"channels\":[{}]}}", "a channel has no 'name'" },
    { "{\"hold\":{\"channels\":[{\"name\":1}]}}", "'name' with a wrong type" },
    { "{\"hold\":{\"channels\":[{\"name\":\"\"}]}}", "the name of a channel is empty" },
    { "{\"hold\":{\"channels\":[{\"name\":\"a\",\"prev-id\":1}]}}", "'prev-id' with a wrong type" },
    { "{\"hold\":{\"channels\":[{\"name\":\"a\",\"filters\":\"x\"}]}}", "'filters' with a wrong type" },
    { "{\"hold\":{\"channels\":[{\"name\":\"a\",\"filters\":[1]}]}}", "a filter is not a string" },
    { "{\"hold\":{\"channels\":[],\"timeout\":-1}}", "'timeout' of the hold" },
    { "{\"hold\":{\"channels\":[],\"timeout\":true}}", "'timeout' of the hold" },
    { "{\"hold\":{\"channels\":[],\"timeout\":2147483648}}", "'timeout' of the hold" },
    { "{\"hold\":{\"channels\":[],\"keep-alive\":\"x\"}}", "'keep-alive' is not an object" },
    { "{\"hold\":{\"channels\":[],\"keep-alive\":{\"content\":1}}}", "'content' with a wrong type" },
    { "{\"hold\":{\"channels\":[],\"keep-alive\":{\"content-bin\":\"x\"}}}", "content-bin is not base64" },
    { "{\"hold\":{\"channels\":[],\"keep-alive\":{\"content\":\"x\",\"timeout\":\"y\"}}}", "'timeout' of the keep-alive" },
    { "{\"hold\":{\"channels\":[],\"meta\":[]}}", "'meta' is not an object" },
    { "{\"hold\":{\"channels\":[],\"meta\":{\"a\":1}}}", "a value of 'meta'" },
    { "{\"response\":[]}", "'response' is not an object" },
    { "{\"response\":{\"code\":1000}}", "'code' of the response" },
    { "{\"response\":{\"reason\":1}}", "'reason' with a wrong type" },
    { "{\"response\":{\"headers\":1}}", "'headers' is neither" },
    { "{\"response\":{\"headers\":[[\"a\"]]}}", "a header is not a pair" },
    { "{\"response\":{\"headers\":[[1,\"a\"]]}}", "the name of a header" },
    { "{\"response\":{\"headers\":{\"a\":1}}}", "the value of a header" },
    { "{\"response\":{\"body\":1}}", "'body' with a wrong type" },
    { "{\"response\":{\"body-bin\":\"=\"}}", "body-bin is not base64" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GripInstruct) instruct = parse_json (bad[i].json, 200, &error);

      g_test_message ("%s", bad[i].json);
      g_assert_null (instruct);
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
      g_assert_nonnull (strstr (error->message, bad[i].words));
    }

  {
    g_autoptr(GError) error = NULL;
    g_autoptr(GripInstruct) good = parse_json ("{}", 200, &error);
    g_autoptr(GripInstruct) instruct = NULL;

    g_assert_no_error (error);
    g_assert_nonnull (good);
    instruct = parse_json ("{}", 201, &error);
    g_assert_null (instruct);
    g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
  }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/instruct/both-forms", test_both_forms);
  g_test_add_func ("/instruct/malformed-headers", test_malformed_headers);
  g_test_add_func ("/instruct/malformed-json", test_malformed_json);

  return g_test_run ();
}
