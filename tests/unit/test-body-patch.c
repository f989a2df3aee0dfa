/* test-body-patch.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <json-glib/json-glib.h>
#include <libgrip/grip.h>

static GVariant *
operations_of (const char *json)
{
  g_autoptr(GripHttpResponseFormat) format = grip_http_response_format_new (NULL);

  if (!grip_http_response_format_set_body_patch_json (format, json, NULL))
    return NULL;

  return g_variant_ref (grip_http_response_format_get_body_patch (format));
}

static GBytes *
apply (const char  *body,
       gsize        length,
       const char  *json,
       GError     **error)
{
  g_autoptr(GBytes) bytes = g_bytes_new (body, length);
  g_autoptr(GVariant) operations = operations_of (json);

  g_assert_nonnull (operations);

  return grip_apply_body_patch (bytes, operations, error);
}

static void
check_case (const char *body,
            const char *json,
            const char *expected)
{
  g_autoptr(GVariant) operations = operations_of (json);
  g_autoptr(GBytes) bytes = g_bytes_new (body, strlen (body));
  g_autoptr(GBytes) result = NULL;
  g_autoptr(GError) error = NULL;

  g_test_message ("%s %s", body, json);
  g_assert_nonnull (operations);
  result = grip_apply_body_patch (bytes, operations, &error);
  if (expected == NULL)
    {
      g_assert_null (result);
      g_assert_true (g_error_matches (error, GRIP_ERROR, GRIP_ERROR_MALFORMED) ||
                     g_error_matches (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM));
      return;
    }

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (result, NULL), g_bytes_get_size (result), expected, strlen (expected));
}

/* What a Pushpin 1.36 answered, byte for byte; null is a 502. */
static void
test_pushpin (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "unit", "data", "body-patch.json", NULL);
  g_autoptr(JsonParser) parser = json_parser_new ();
  JsonArray *cases = NULL;
  g_autoptr(GError) error = NULL;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  cases = json_node_get_array (json_parser_get_root (parser));
  g_assert_cmpuint (json_array_get_length (cases), >, 600);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonArray *one = json_array_get_array_element (cases, i);
      JsonNode *expected = json_array_get_element (one, 2);

      check_case (json_array_get_string_element (one, 0), json_array_get_string_element (one, 1),
                  JSON_NODE_HOLDS_NULL (expected) ? NULL : json_node_get_string (expected));
    }
}

/* Where Pushpin is not as strict. */
static void
test_strict (void)
{
  static const char * const bodies[] = {
    "{\"a\":1,\"a\":2}", "{\"a\":\"\\u0000\"}", "{\"a\":\"\\ud800\"}", "{\"a\":.5}", "{\"a\":1.}", "[\"\n\"]",
    "\xef\xbb\xbf{}", "{\"a\":18446744073709551615}", "[\"\\x\"]", "[\"\xff\"]",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) result = apply (bodies[i], strlen (bodies[i]), "[]", &error);

      g_assert_null (result);
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
    }
}

static void
test_errors (void)
{
  static const struct { const char *json; const char *words; } cases[] = {
    { "[{'op':'test','path':'/a','value':[1]},{'op':'add','path':'b','value':1}]",
      "'body-patch' element 1: a pointer does not begin with '/'" },
    { "[{'op':'add','path':'/','value':1}]", "'body-patch' leaves neither an object nor an array" },
    { "[{'op':'what','path':'/'}]", "element 0: there is no such operation" },
    { "[{'op':'remove','path':'/'}]", "the root cannot be removed" },
    { "[{'op':'copy','path':'/b'}]", "there is no 'from'" },
    { "[{'op':'add','path':'/a/1','value':1}]", "an index is out of range" },
    { "[{'op':'test','path':'/a/0','value':2}]", "the values are not equal" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *json = g_strdelimit (g_strdup (cases[i].json), "'", '"');
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) result = apply ("{\"a\":[1]}", 9, json, &error);

      g_assert_null (result);
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, cases[i].words));
    }
}

static void
test_no_list (void)
{
  g_autoptr(GBytes) body = g_bytes_new_static ("{}", 2);
  g_autoptr(GVariant) text = g_variant_ref_sink (g_variant_new_string ("x"));
  g_autoptr(GVariant) numbers = g_variant_ref_sink (g_variant_new_parsed ("[1, 2]"));
  g_autoptr(GVariant) bytes =
    g_variant_ref_sink (g_variant_new_parsed ("[{'op': <'add'>, 'path': <'/a'>, 'value': <b'raw'>}]"));
  g_autoptr(GBytes) result = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_null (grip_apply_body_patch (body, text, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
  g_clear_error (&error);
  g_assert_null (grip_apply_body_patch (body, numbers, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
  g_clear_error (&error);

  /* As they go out in JSON. */
  result = grip_apply_body_patch (body, bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (result, NULL), g_bytes_get_size (result), "{\"a\":\"cmF3AA==\"}", 16);
}

static void
check_too_large (const char *body,
                 gsize       length,
                 const char *json)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) result = apply (body, length, json, &error);

  g_assert_null (result);
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE);
}

/* The same operation again and again. */
static char *
repeat (const char *operation,
        guint       n)
{
  g_autoptr(GString) json = g_string_new ("[");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (json, "%s%s", i > 0 ? "," : "", operation);
  g_string_append_c (json, ']');

  return g_string_free (g_steal_pointer (&json), FALSE);
}

static void
test_limits (void)
{
  g_autofree char *doubling = repeat ("{\"op\":\"copy\",\"from\":\"/\",\"path\":\"/a\"}", 60);
  g_autofree char *deeper = repeat ("{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/b\"},"
                                    "{\"op\":\"add\",\"path\":\"/a\",\"value\":{}},"
                                    "{\"op\":\"move\",\"from\":\"/b\",\"path\":\"/a/b\"}", 200);
  g_autofree char *shifting = repeat ("{\"op\":\"remove\",\"path\":\"/0\"}", 50000);
  g_autofree char *huge = g_malloc (17 * 1024 * 1024);
  g_autofree char *list = repeat ("1", 100000);

  check_too_large ("{\"x\":[1,2,3]}", 13, doubling);
  check_too_large ("{\"a\":1}", 7, deeper);
  check_too_large (list, strlen (list), shifting);

  memset (huge, ' ', 17 * 1024 * 1024);
  check_too_large (huge, 17 * 1024 * 1024, "[]");
}

/* Each operation of many is done. */
static void
test_many (void)
{
  g_autoptr(GString) json = g_string_new ("[");
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) result = NULL;

  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (json, "%s{\"op\":\"add\",\"path\":\"/-\",\"value\":%u}", i > 0 ? "," : "", i % 10);
  g_string_append_c (json, ']');
  result = apply ("[]", 2, json->str, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (result), ==, 2 * 20000 + 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/body-patch/pushpin", test_pushpin);
  g_test_add_func ("/body-patch/strict", test_strict);
  g_test_add_func ("/body-patch/errors", test_errors);
  g_test_add_func ("/body-patch/no-list", test_no_list);
  g_test_add_func ("/body-patch/limits", test_limits);
  g_test_add_func ("/body-patch/many", test_many);

  return g_test_run ();
}
