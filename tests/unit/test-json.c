/* test-json.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <libgrip/grip.h>
#include <libgrip/grip-json-private.h>

#include <string.h>

#define S(text) text, sizeof text - 1

typedef struct
{
  const char *text;
  gsize length;
  int offset;
  const char *expected;
} BadCase;

static const BadCase bad_cases[] = {
  { S (""), 0, "a value" },
  { S (" \n"), 2, "a value" },
  { S ("{"), 1, "a member name" },
  { S ("["), 1, "a value" },
  { S ("[1,]"), 3, "a value" },
  { S ("[,1]"), 1, "a value" },
  { S ("[1 2]"), 3, "a comma or ]" },
  { S ("[1}"), 2, "a comma or ]" },
  { S ("{\"a\":1]"), 6, "a comma or }" },
  { S ("{\"a\":1,}"), 7, "a member name" },
  { S ("{\"a\" 1}"), 5, "a colon" },
  { S ("{\"a\":}"), 5, "a value" },
  { S ("{a:1}"), 1, "a member name" },
  { S ("{'a':1}"), 1, "a member name" },
  { S ("{1:1}"), 1, "a member name" },
  { S ("/* c */ {}"), 0, "a value" },
  { S ("{} // c"), 3, "the end of the text" },
  { S ("var a = {}"), 0, "a value" },
  { S ("{\"a\":1}{\"b\":2}"), 7, "the end of the text" },
  { S ("1 2"), 2, "the end of the text" },
  { S ("\xef\xbb\xbf{}"), 0, "a value" },
  { S ("{}\0"), 2, "valid UTF-8 and no NUL" },
  { S ("\"a\0z\""), 2, "valid UTF-8 and no NUL" },
  { S ("\"\xff\""), 1, "valid UTF-8 and no NUL" },
  { S ("\"\xc0\x80\""), 1, "valid UTF-8 and no NUL" },
  { S ("\"\xed\xa0\x80\""), 1, "valid UTF-8 and no NUL" },
  { S ("\"\xe2\x82"), 1, "valid UTF-8 and no NUL" },
  { S ("\"abc"), 4, "the end of a string" },
  { S ("\"a\nb\""), 2, "no control character in a string" },
  { S ("\"a\tb\""), 2, "no control character in a string" },
  { S ("\"\\"), 2, "an escaped character" },
  { S ("\"\\x41\""), 2, "one of" },
  { S ("\"\\'\""), 2, "one of" },
  { S ("\"\\u12\""), 3, "four hexadecimal digits" },
  { S ("\"\\u12g4\""), 3, "four hexadecimal digits" },
  { S ("\"\\u"), 3, "four hexadecimal digits" },
  { S ("\"a\\u0000z\""), 4, "four hexadecimal digits" },
  { S ("\"\\ud800\""), 3, "four hexadecimal digits" },
  { S ("\"\\ud800\\u0041\""), 3, "four hexadecimal digits" },
  { S ("\"\\ud800\\ud800\""), 3, "four hexadecimal digits" },
  { S ("\"\\udc00\""), 3, "four hexadecimal digits" },
  { S ("\"\\udc00\\ud800\""), 3, "four hexadecimal digits" },
  { S ("{\"\\u0000\":1}"), 4, "four hexadecimal digits" },
  { S ("01"), 1, "the end of the text" },
  { S ("-"), 1, "a digit" },
  { S ("+1"), 0, "a value" },
  { S (".5"), 0, "a value" },
  { S ("1."), 2, "a digit" },
  { S ("1.e5"), 2, "a digit" },
  { S ("1e"), 2, "a digit" },
  { S ("1e+"), 3, "a digit" },
  { S ("0x10"), 1, "the end of the text" },
  { S ("NaN"), 0, "a value" },
  { S ("Infinity"), 0, "a value" },
  { S ("-Infinity"), 1, "a digit" },
  { S ("[1e400]"), 1, "a finite number" },
  { S ("[-1e400]"), 1, "a finite number" },
  { S ("9223372036854775808"), 0, "an integer of at most 64 bits" },
  { S ("-9223372036854775809"), 0, "an integer of at most 64 bits" },
  { S ("12345678901234567890"), 0, "an integer of at most 64 bits" },
  { S ("18446744073709551616"), 0, "an integer of at most 64 bits" },
  { S ("100000000000000000000000000000000000000000"), 0, "an integer of at most 64 bits" },
  { S ("tru"), 0, "a value" },
  { S ("True"), 0, "a value" },
  { S ("truex"), 4, "the end of the text" },
  { S ("nul"), 0, "a value" },
  { S ("{\"a\":1,\"a\":2}"), 8, "a member name that the object does not have yet" },
  { S ("{\"a\":1,\"\\u0061\":2}"), 8, "a member name that the object does not have yet" },
  { S ("{\"\":1,\"\":2}"), 7, "a member name that the object does not have yet" },
  { S ("[{\"x\":{\"a\":1,\"b\":{\"a\":3},\"a\":2}}]"), 26, "a member name that the object does not have" },
};

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad_cases); i++)
    {
      const BadCase *c = &bad_cases[i];
      g_autofree char *place = g_strdup_printf ("malformed JSON at offset %d: expected %s", c->offset,
                                                c->expected);
      g_autoptr(GError) error = NULL;
      /* No NUL after it: length is all that counts. */
      g_autofree char *copy = g_memdup2 (c->text, c->length);

      g_test_message ("case %" G_GSIZE_FORMAT ", offset %d", i, c->offset);
      g_assert_null (grip_json_parse (copy, c->length, 8, &error));
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
      if (!g_str_has_prefix (error->message, place))
        g_assert_cmpstr (error->message, ==, place);
      g_assert_false (grip_json_check (copy, c->length, 8, NULL));
    }
}

static const char *const good_cases[] = {
  "null", "true", " false ", "0", "-0", "\"\"", "[]", "{}", "\t\r\n [ ] ",
  "9223372036854775807", "-9223372036854775808", "0.5", "-0.5", "1e5", "1E+5", "0e1", "12.5e-3", "1e-400",
  "[[],{},[{}]]", "{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}",
  "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\ude00\"", "\"\x7f\"", "{\"\":1}", "[1,2.5,\"x\",null,true]",
};

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good_cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(JsonNode) node = NULL;

      node = grip_json_parse (good_cases[i], strlen (good_cases[i]), 8, &error);
      g_assert_no_error (error);
      g_assert_nonnull (node);
    }
}

static JsonNode *
parse (const char *text)
{
  g_autoptr(GError) error = NULL;
  JsonNode *node = grip_json_parse (text, strlen (text), 8, &error);

  g_assert_no_error (error);
  return node;
}

/* What the gate let pass must mean the same to json-glib. */
static void
test_values (void)
{
  static const struct { const char *text; gint64 value; } integers[] = {
    { "0", 0 }, { "-0", 0 }, { "7", 7 }, { "-7", -7 }, { "2147483648", 2147483648 },
    { "9223372036854775807", G_MAXINT64 }, { "-9223372036854775808", G_MININT64 },
    { "-9223372036854775807", -G_MAXINT64 },
  };
  static const struct { const char *text; double value; } doubles[] = {
    { "0.5", 0.5 }, { "-0.5", -0.5 }, { "1e5", 1e5 }, { "1E+5", 1e5 }, { "0e1", 0 }, { "12.5e-3", 0.0125 },
    { "1e21", 1e21 }, { "-1.5e2", -150 }, { "0.1", 0.1 }, { "1.7976931348623157e308", 1.7976931348623157e308 },
  };
  g_autoptr(JsonNode) node = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (integers); i++)
    {
      g_autoptr(JsonNode) integer = parse (integers[i].text);

      g_assert_true (json_node_get_value_type (integer) == G_TYPE_INT64);
      g_assert_cmpint (json_node_get_int (integer), ==, integers[i].value);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (doubles); i++)
    {
      g_autoptr(JsonNode) number = parse (doubles[i].text);

      g_assert_true (json_node_get_value_type (number) == G_TYPE_DOUBLE);
      g_assert_cmpfloat (json_node_get_double (number), ==, doubles[i].value);
    }

  node = parse ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\ude00\x7f\"");
  g_assert_cmpstr (json_node_get_string (node), ==,
                   "\"\\/\b\f\n\r\t\xc3\xa9\xf0\x9f\x98\x80\x7f");
}

static void
test_depth (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = NULL;
  g_autofree char *deep = g_strnfill (1000000, '[');

  node = grip_json_parse ("[[[{}]]]", 8, 4, &error);
  g_assert_no_error (error);
  g_assert_nonnull (node);
  g_assert_false (grip_json_check ("[[[{}]]]", 8, 3, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
  g_assert_nonnull (strstr (error->message, "at offset 3: expected less nesting"));
  g_clear_error (&error);

  g_assert_false (grip_json_check ("[]", 2, 0, NULL));
  g_assert_true (grip_json_check ("1", 1, 0, NULL));

  /* Whatever is asked for, the limit holds. */
  g_assert_false (grip_json_check (deep, 1000000, G_MAXUINT, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
}

/* More members than are compared one with each. */
static void
test_many_members (void)
{
  for (guint twin = 0; twin < 2; twin++)
    {
      g_autoptr(GString) text = g_string_new ("{\"o\":{\"m7\":0},");

      for (guint i = 0; i < 1000; i++)
        g_string_append_printf (text, "\"m\\u00%02x%u\":%u,", 'a' + i % 26, i, i);
      g_string_append (text, twin ? "\"mc2\":1}" : "\"mc3\":1}");
      g_assert_cmpint (grip_json_check (text->str, text->len, 8, NULL), ==, !twin);
    }
}

static void
member_cb (const GripJsonMember *member,
           gpointer              user_data)
{
  g_autofree char *text = grip_json_member_string (member);

  if (member->kind == GRIP_JSON_INTEGER)
    text = g_strdup_printf ("%" G_GINT64_FORMAT, grip_json_member_integer (member));
  if (member->kind == GRIP_JSON_DOUBLE)
    text = g_strdup_printf ("%g", grip_json_member_double (member));
  g_string_append_printf (user_data, "%.*s|%.*s|%d|%s\n", (int) member->name_length, member->name,
                          (int) member->value_length, member->value, member->kind,
                          text != NULL ? text : "-");
}

static void
test_members (void)
{
  static const char text[] = " {\"exp\" : -9223372036854775808 ,\"\\u0069ss\":\"a\\n\\u00e9\", \"o\":{\"exp\":[1]},"
                             "\"l\":[{\"x\":1}] ,\"d\":2.5,\"t\":true,\"n\":null}";
  g_autoptr(GString) seen = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  GripJsonMember member = { "exp", 3, "1", 1, GRIP_JSON_INTEGER };

  g_assert_true (grip_json_scan_object (S (text), 4, member_cb, seen, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (seen->str, ==,
                   "exp|-9223372036854775808|3|-9223372036854775808\n"
                   "iss|\"a\\n\\u00e9\"|2|a\n\xc3\xa9\n"
                   "o|{\"exp\":[1]}|0|-\n"
                   "l|[{\"x\":1}]|1|-\n"
                   "d|2.5|4|2.5\n"
                   "t|true|5|-\n"
                   "n|null|6|-\n");

  g_assert_false (grip_json_scan_object (S ("[]"), 4, member_cb, seen, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
  g_assert_cmpstr (error->message, ==, "malformed JSON at offset 0: expected an object");

  g_assert_true (grip_json_member_is (&member, "exp"));
  g_assert_false (grip_json_member_is (&member, "ex"));
  g_assert_false (grip_json_member_is (&member, "expo"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json/bad", test_bad);
  g_test_add_func ("/json/good", test_good);
  g_test_add_func ("/json/values", test_values);
  g_test_add_func ("/json/depth", test_depth);
  g_test_add_func ("/json/many-members", test_many_members);
  g_test_add_func ("/json/members", test_members);

  return g_test_run ();
}
