/* test-writer.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <math.h>
#include <stdlib.h>

#include "libgrip/grip-tnetstring-private.h"
#include "libgrip/grip-writer-private.h"

typedef void (*Describe) (GripWriter    *writer,
                          gconstpointer  data);

static GBytes *
print_json (Describe      describe,
            gconstpointer data)
{
  GripWriter writer;

  grip_writer_init_json (&writer, 0);
  describe (&writer, data);

  return grip_writer_steal_bytes (&writer);
}

/* Measured well: the second pass fills what the first reserved, to the byte. */
static GBytes *
print_tnetstring (Describe      describe,
                  gconstpointer data)
{
  GripWriter writer;

  grip_writer_init_measure (&writer);
  describe (&writer, data);
  grip_writer_start_tnetstring (&writer);
  describe (&writer, data);
  g_assert_cmpuint (writer.buffer.length, ==, writer.measured);

  return grip_writer_steal_bytes (&writer);
}

static void
assert_bytes (GBytes     *bytes,
              const char *expected)
{
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, strlen (expected));
  g_bytes_unref (bytes);
}

/* A reader of tnetstrings that shares nothing with the writer: aborts at what is not one, counts the
 * containers, returns what is left. */
static const char *
read_tnetstring (const char *text,
                 const char *end,
                 guint      *containers)
{
  char       *colon;
  gsize       length = strtoul (text, &colon, 10);
  const char *payload = colon + 1;
  char        kind;

  g_assert_cmpint (*colon, ==, ':');
  g_assert_true (*text != '0' || colon == text + 1);
  g_assert_cmpuint (length, <, (gsize) (end - payload));
  kind = payload[length];
  g_assert_nonnull (strchr (",#^!~}]", kind));

  if (kind == '}' || kind == ']')
    {
      const char *next = payload;
      guint       n;

      (*containers)++;
      for (n = 0; next < payload + length; n++)
        next = read_tnetstring (next, payload + length, containers);
      g_assert_true (next == payload + length);
      g_assert_true (kind == ']' || n % 2 == 0);
    }

  return payload + length + 1;
}

static guint
count_containers (GBytes *bytes)
{
  gsize       length;
  const char *text = g_bytes_get_data (bytes, &length);
  guint       containers = 0;

  g_assert_true (read_tnetstring (text, text + length, &containers) == text + length);

  return containers;
}

/* A list of n dictionaries of growing content. */
static void
describe_many (GripWriter    *writer,
               gconstpointer  data)
{
  guint n = GPOINTER_TO_UINT (data);

  grip_writer_begin_list (writer);
  for (guint i = 0; i < n; i++)
    {
      grip_writer_begin_dict (writer);
      for (guint k = 0; k < i % 5; k++)
        {
          grip_writer_key (writer, "number");
          grip_writer_integer (writer, (gint64) i * 1000 + k);
        }
      grip_writer_end_dict (writer);
    }
  grip_writer_end_list (writer);
}

static void
test_many_containers (void)
{
  static const guint counts[] = { 0, 1, 14, 15, 16, 17, 30, 31, 32, 33, 62, 63, 64, 65, 127, 128, 129, 5000 };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr(GBytes) bytes = print_tnetstring (describe_many, GUINT_TO_POINTER (counts[i]));

      g_assert_cmpuint (count_containers (bytes), ==, counts[i] + 1);
    }
}

static void
describe_deep (GripWriter    *writer,
               gconstpointer  data)
{
  for (guint i = 0; i < GRIP_WRITER_MAX_DEPTH; i++)
    {
      if (i % 2 == 0)
        grip_writer_begin_list (writer);
      else
        {
          grip_writer_begin_dict (writer);
          grip_writer_key (writer, "k");
        }
    }
  grip_writer_null (writer);
  for (guint i = GRIP_WRITER_MAX_DEPTH; i-- > 0;)
    if (i % 2 == 0)
      grip_writer_end_list (writer);
    else
      grip_writer_end_dict (writer);
}

static void
test_deep (void)
{
  g_autoptr(GBytes) bytes = print_tnetstring (describe_deep, NULL);

  g_assert_cmpuint (count_containers (bytes), ==, GRIP_WRITER_MAX_DEPTH);
  g_bytes_unref (print_json (describe_deep, NULL));
}

static void
describe_values (GripWriter    *writer,
                 gconstpointer  data)
{
  grip_writer_begin_dict (writer);
  grip_writer_key (writer, "i");
  grip_writer_begin_list (writer);
  grip_writer_integer (writer, 0);
  grip_writer_integer (writer, -1);
  grip_writer_integer (writer, G_MAXINT64);
  grip_writer_integer (writer, G_MININT64);
  grip_writer_end_list (writer);
  grip_writer_key (writer, "b");
  grip_writer_begin_list (writer);
  grip_writer_boolean (writer, TRUE);
  grip_writer_boolean (writer, FALSE);
  grip_writer_null (writer);
  grip_writer_end_list (writer);
  grip_writer_key (writer, "e");
  grip_writer_begin_dict (writer);
  grip_writer_end_dict (writer);
  grip_writer_member (writer, "", "");
  grip_writer_end_dict (writer);
}

static void
test_values (void)
{
  assert_bytes (print_json (describe_values, NULL),
                "{\"i\":[0,-1,9223372036854775807,-9223372036854775808],"
                "\"b\":[true,false,null],\"e\":{},\"\":\"\"}");
  assert_bytes (print_tnetstring (describe_values, NULL),
                "103:1:i,56:1:0#2:-1#19:9223372036854775807#20:-9223372036854775808#]"
                "1:b,18:4:true!5:false!0:~]1:e,0:}0:,0:,}");
}

static void
describe_variant (GripWriter    *writer,
                  gconstpointer  data)
{
  grip_writer_variant (writer, (GVariant *) data, GRIP_CONTENT_HTTP);
}

/* JSON and tnetstring of a GVariant in its text form. */
static void
test_variants (void)
{
  static const struct { const char *variant; const char *json; const char *tnetstring; } cases[] = {
    { "byte 0xff", "255", "3:255#" },
    { "int16 -32768", "-32768", "6:-32768#" },
    { "uint16 65535", "65535", "5:65535#" },
    { "int32 -1", "-1", "2:-1#" },
    { "handle 7", "7", "1:7#" },
    { "uint32 4294967295", "4294967295", "10:4294967295#" },
    { "int64 -9223372036854775808", "-9223372036854775808", "20:-9223372036854775808#" },
    { "uint64 9223372036854775807", "9223372036854775807", "19:9223372036854775807#" },
    { "1.5", "1.5", "3:1.5^" },
    { "-0.25", "-0.25", "5:-0.25^" },
    { "1e300", "1.0000000000000001e+300", "23:1.0000000000000001e+300^" },
    { "true", "true", "4:true!" },
    { "'x'", "\"x\"", "1:x," },
    { "objectpath '/a'", "\"/a\"", "2:/a," },
    { "signature 'a{sv}'", "\"a{sv}\"", "5:a{sv}," },
    { "<<'x'>>", "\"x\"", "1:x," },
    { "@ms nothing", "null", "0:~" },
    { "@ms 'x'", "\"x\"", "1:x," },
    { "b'ab'", "\"YWIA\"", "3:ab" },          /* its NUL is compared below */
    { "[1, 2]", "[1,2]", "8:1:1#1:2#]" },
    { "@as []", "[]", "0:]" },
    { "@a{sv} {}", "{}", "0:}" },
    { "(1, 'x')", "[1,\"x\"]", "8:1:1#1:x,]" },
    { "{'b': <1>, 'a': <[<'x'>]>}", "{\"b\":1,\"a\":[\"x\"]}", "19:1:b,1:1#1:a,4:1:x,]}" },
    { "{1: 2}", "[[1,2]]", "11:8:1:1#1:2#]]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError)   error = NULL;
      g_autoptr(GVariant) value = g_variant_parse (NULL, cases[i].variant, NULL, NULL, &error);
      g_autoptr(GBytes)   tnetstring = NULL;

      g_test_message ("%s", cases[i].variant);
      g_assert_no_error (error);
      assert_bytes (print_json (describe_variant, value), cases[i].json);
      tnetstring = print_tnetstring (describe_variant, value);
      g_assert_cmpint (strncmp (g_bytes_get_data (tnetstring, NULL), cases[i].tnetstring,
                                strlen (cases[i].tnetstring)), ==, 0);
      count_containers (tnetstring);
    }
}

/* Doubles come back as they were. */
static void
test_doubles (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (20260728);

  for (guint i = 0; i < 2000; i++)
    {
      union { guint64 bits; double number; } value = {
        .bits = (guint64) g_rand_int (rand) << 32 | g_rand_int (rand)
      };
      g_autoptr(GVariant) variant = NULL;
      g_autoptr(GBytes)   bytes = NULL;
      g_autofree char    *text = NULL;

      if (!isfinite (value.number))
        continue;
      variant = g_variant_ref_sink (g_variant_new_double (value.number));
      bytes = print_json (describe_variant, variant);
      text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      g_assert_true (g_ascii_strtod (text, NULL) == value.number);
    }
}

typedef struct
{
  const char *text;
  gsize       length;
} Text;

static void
describe_text (GripWriter    *writer,
               gconstpointer  data)
{
  const Text *text = data;

  grip_writer_text (writer, text->text, text->length);
}

static void
describe_bytes (GripWriter    *writer,
                gconstpointer  data)
{
  const Text *text = data;

  grip_writer_bytes (writer, text->text, text->length);
}

/* The slow way. */
static char *
escape_slowly (const char *text,
               gsize       length)
{
  GString *json = g_string_new ("\"");

  for (gsize i = 0; i < length; i++)
    {
      guchar      c = text[i];
      const char *at = c != '\0' ? strchr ("\"\"\\\\\bb\ff\nn\rr\tt", c) : NULL;

      if (c == '"' || c == '\\')
        g_string_append_printf (json, "\\%c", c);
      else if (c < 0x20 && at != NULL)
        g_string_append_printf (json, "\\%c", at[1]);
      else if (c < 0x20)
        g_string_append_printf (json, "\\u%04x", c);
      else
        g_string_append_c (json, c);
    }
  g_string_append_c (json, '"');

  return g_string_free (json, FALSE);
}

/* Each octet at each place of a block of eight, among others that need no escape. */
static void
test_escapes (void)
{
  for (guint octet = 0; octet < 0x80; octet++)
    for (guint place = 0; place < 19; place++)
      {
        char             text[20] = "aZ ~09!#[]^_{}|ghij";
        Text             all = { text, 19 };
        g_autofree char *expected = NULL;

        text[place] = octet;
        expected = escape_slowly (text, 19);
        assert_bytes (print_json (describe_text, &all), expected);
      }
}

static void
test_escape_runs (void)
{
  char             text[256];
  Text             all = { text, sizeof text };
  g_autofree char *expected = NULL;

  for (guint i = 0; i < sizeof text; i++)
    text[i] = i % 32;
  expected = escape_slowly (text, sizeof text);
  assert_bytes (print_json (describe_text, &all), expected);

  assert_bytes (print_json (describe_text, &(Text) { "\0\x01\x1f\"\\/\x7f", 7 }), "\"\\u0000\\u0001\\u001f\\\"\\\\/\x7f\"");
}

static void
test_high_octets (void)
{
  assert_bytes (print_json (describe_text, &(Text) { "\xc2\xa0\xc3\xbc\xe2\x80\xa8\xf0\x9f\x98\x80", 11 }),
                "\"\xc2\xa0\xc3\xbc\xe2\x80\xa8\xf0\x9f\x98\x80\"");
}

static void
test_large (void)
{
  g_autofree char   *text = g_malloc (65536);
  Text               all = { text, 65536 };
  g_autofree char   *expected = NULL;
  g_autofree guchar *decoded = NULL;
  g_autofree char   *quoted = NULL;
  g_autoptr(GBytes)  tnetstring = NULL;
  g_autoptr(GBytes)  base64 = NULL;
  gsize              length;

  for (guint i = 0; i < 65536; i++)
    text[i] = i * 31 % 127;
  expected = escape_slowly (text, 65536);
  assert_bytes (print_json (describe_text, &all), expected);

  tnetstring = print_tnetstring (describe_bytes, &all);
  g_assert_cmpuint (g_bytes_get_size (tnetstring), ==, 6 + 65536 + 1);
  g_assert_cmpmem (g_bytes_get_data (tnetstring, NULL), 6, "65536:", 6);
  g_assert_cmpmem ((const char *) g_bytes_get_data (tnetstring, NULL) + 6, 65536, text, 65536);

  base64 = print_json (describe_bytes, &all);
  quoted = g_strndup (g_bytes_get_data (base64, NULL), g_bytes_get_size (base64));
  g_assert_cmpint (quoted[0], ==, '"');
  g_assert_cmpint (quoted[g_bytes_get_size (base64) - 1], ==, '"');
  decoded = g_base64_decode (quoted + 1, &length);
  g_assert_cmpmem (decoded, length, text, 65536);
}

/* Every length modulo three, without a line break anywhere. */
static void
test_base64 (void)
{
  char text[200];

  memset (text, 0xa5, sizeof text);
  for (gsize length = 0; length <= sizeof text; length++)
    {
      g_autofree char *base64 = g_base64_encode ((const guchar *) text, length);
      g_autofree char *expected = g_strconcat ("\"", base64, "\"", NULL);

      assert_bytes (print_json (describe_bytes, &(Text) { text, length }), expected);
    }
}

static void
describe_content (GripWriter    *writer,
                  gconstpointer  data)
{
  grip_writer_begin_dict (writer);
  grip_writer_content (writer, "body", "\xff", 1, FALSE, GRIP_CONTENT_HTTP);
  grip_writer_content (writer, "content", "\xff", 1, FALSE, GRIP_CONTENT_WEBSOCKET);
  grip_writer_content (writer, "body", "t", 1, TRUE, GRIP_CONTENT_HTTP);
  grip_writer_content (writer, "content", "t", 1, TRUE, GRIP_CONTENT_WEBSOCKET);
  grip_writer_end_dict (writer);
}

static void
test_content (void)
{
  assert_bytes (print_json (describe_content, NULL),
                "{\"body-bin\":\"/w==\",\"content-bin\":\"/w==\",\"body\":\"t\",\"content\":\"t\"}");
  assert_bytes (print_tnetstring (describe_content, NULL),
                "55:4:body,1:\xff,11:content-bin,1:\xff,4:body,1:t,7:content,1:t,}");
}

static void
test_string (void)
{
  g_autofree char *text = NULL;
  GripWriter       writer;

  grip_writer_init_json (&writer, 2);
  grip_writer_begin_list (&writer);
  grip_writer_string (&writer, "x");
  grip_writer_end_list (&writer);
  text = grip_writer_steal_string (&writer);
  g_assert_cmpstr (text, ==, "[\"x\"]");

  /* Given up half way. */
  grip_writer_init_measure (&writer);
  describe_many (&writer, GUINT_TO_POINTER (100));
  grip_writer_clear (&writer);
}

static void
assert_length (gsize length)
{
  char             buffer[32];
  g_autofree char *expected = g_strdup_printf ("%" G_GSIZE_FORMAT ":", length);
  char            *end = grip_tnetstring_put_length (buffer, length);

  g_assert_cmpmem (buffer, end - buffer, expected, strlen (expected));
  g_assert_cmpuint (grip_tnetstring_framed (length), ==, strlen (expected) + length + 1);
}

static void
test_tnetstring_lengths (void)
{
  for (gsize length = 0; length < 20000; length++)
    assert_length (length);
  for (gsize length = 1; length < G_MAXSIZE / 20; length *= 10)
    {
      assert_length (length - 1);
      assert_length (length);
      assert_length (length + length / 7);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/writer/tnetstring-lengths", test_tnetstring_lengths);
  g_test_add_func ("/writer/many-containers", test_many_containers);
  g_test_add_func ("/writer/deep", test_deep);
  g_test_add_func ("/writer/values", test_values);
  g_test_add_func ("/writer/variants", test_variants);
  g_test_add_func ("/writer/doubles", test_doubles);
  g_test_add_func ("/writer/escapes", test_escapes);
  g_test_add_func ("/writer/escape-runs", test_escape_runs);
  g_test_add_func ("/writer/high-octets", test_high_octets);
  g_test_add_func ("/writer/large", test_large);
  g_test_add_func ("/writer/base64", test_base64);
  g_test_add_func ("/writer/content", test_content);
  g_test_add_func ("/writer/string", test_string);

  return g_test_run ();
}
