/* test-zmq-tnetstring.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libgrip/grip.h>

#include "grip-zmq-tnetstring.h"

static GVariant *
read_text (const char *text)
{
  g_autoptr(GError)  error = NULL;
  GVariant          *value = grip_zmq_tnetstring_read (text, strlen (text), &error);

  g_assert_no_error (error);

  return value;
}

static void
assert_reads (const char *text,
              const char *expected)
{
  g_autoptr(GVariant)  value = read_text (text);
  g_autofree char     *printed = g_variant_print (value, TRUE);

  g_assert_cmpstr (printed, ==, expected);
}

static void
test_kinds (void)
{
  assert_reads ("3:abc,", "[byte 0x61, 0x62, 0x63]");
  assert_reads ("0:,", "@ay []");
  assert_reads ("2:-5#", "int64 -5");
  assert_reads ("19:9223372036854775807#", "int64 9223372036854775807");
  assert_reads ("3:1.5^", "1.5");
  assert_reads ("4:true!", "true");
  assert_reads ("5:false!", "false");
  assert_reads ("0:~", "@mv nothing");
  assert_reads ("0:}", "@a{sv} {}");
  assert_reads ("8:1:1#1:2#]", "[<int64 1>, <int64 2>]");
  assert_reads ("8:1:k,1:2#}", "{'k': <int64 2>}");
}

static void
test_lookups (void)
{
  g_autoptr(GVariant)  dict = read_text ("70:1:t,2:hi,1:b,4:true!1:n,2:42#1:d,15:1:e,0:,1:k,1:2#}3:nul,2:a\xff,1:x,0:~}");
  g_autoptr(GVariant)  inner = grip_zmq_tnetstring_lookup_dict (dict, "d");
  g_autofree char     *text = grip_zmq_tnetstring_lookup_text (dict, "t");
  g_autofree char     *empty = NULL;
  gboolean             boolean = FALSE;
  gint64               integer = 0;

  g_assert_cmpstr (text, ==, "hi");
  empty = grip_zmq_tnetstring_lookup_text (inner, "e");
  g_assert_cmpstr (empty, ==, "");
  g_assert_nonnull (inner);
  g_assert_true (grip_zmq_tnetstring_lookup_boolean (dict, "b", &boolean));
  g_assert_true (boolean);
  g_assert_true (grip_zmq_tnetstring_lookup_integer (dict, "n", &integer));
  g_assert_cmpint (integer, ==, 42);

  g_assert_null (grip_zmq_tnetstring_lookup_text (dict, "nul"));
  g_assert_null (grip_zmq_tnetstring_lookup_text (dict, "n"));
  g_assert_null (grip_zmq_tnetstring_lookup_text (dict, "missing"));
  g_assert_null (grip_zmq_tnetstring_lookup_text (inner, "t"));
  g_assert_false (grip_zmq_tnetstring_lookup_integer (dict, "t", &integer));
  g_assert_false (grip_zmq_tnetstring_lookup_boolean (dict, "n", &boolean));
  g_assert_null (grip_zmq_tnetstring_lookup_dict (dict, "t"));
}

static void
assert_refused (const char *data,
                gsize       length,
                const char *words)
{
  g_autoptr(GError)    error = NULL;
  g_autoptr(GVariant)  value = grip_zmq_tnetstring_read (data, length, &error);

  g_assert_null (value);
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    const char *words;
  } cases[] = {
    { "", "is cut in a length at offset 0" },
    { "12", "is cut in a length" },
    { ":,", "has no length at offset 0" },
    { "-1:,", "has no length" },
    { "03:abc,", "begins with 0" },
    { "123456:a,", "too many digits" },
    { "3:ab,", "is cut in a value" },
    { "3:abc", "is cut in a value" },
    { "3:abc,x", "behind its end at offset 6" },
    { "3:abcX", "unknown type" },
    { "0:#", "wrong size" },
    { "2: 5#", "wrong size" },
    { "3:1.5#", "integer that is none" },
    { "19:9223372036854775808#", "integer that is none" },
    { "3:1x5^", "number that is none" },
    { "4:True!", "neither true nor false" },
    { "1:x~", "null with a content" },
    { "8:1:1#1:2#}", "key that is no text at offset 2" },
    { "8:1:\xff,1:2#}", "key that is no text" },
    { "4:1:k,}", "is cut in a length" },
    { "5:9:a,b}", "is cut in a value at offset 2" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_refused (cases[i].text, strlen (cases[i].text), cases[i].words);

  assert_refused ("3:a\0b~", 6, "null with a content");
  assert_refused ("9:1:\0,2:ab,}", 12, "key that is no text");
}

static char *
nest (guint depth)
{
  char *text = g_strdup ("0:]");

  for (guint i = 1; i < depth; i++)
    {
      g_autofree char *inner = text;

      text = g_strdup_printf ("%u:%s]", (guint) strlen (inner), inner);
    }

  return text;
}

static void
test_depth (void)
{
  g_autofree char     *allowed = nest (GRIP_ZMQ_TNETSTRING_MAX_DEPTH);
  g_autofree char     *refused = nest (GRIP_ZMQ_TNETSTRING_MAX_DEPTH + 1);
  g_autoptr(GVariant)  value = read_text (allowed);

  g_assert_nonnull (value);
  assert_refused (refused, strlen (refused), "nested too deeply");
}

static void
test_length (void)
{
  g_autoptr(GString)   text = g_string_new ("65527:");
  g_autoptr(GVariant)  value = NULL;

  while (text->len < 6 + 65527)
    g_string_append_c (text, 'a');
  g_string_append_c (text, ',');
  value = read_text (text->str);
  g_assert_cmpuint (g_variant_get_size (value), ==, 65527);

  g_string_append (text, "abc");
  assert_refused (text->str, text->len, "longer than 64 KiB");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/zmq/tnetstring/kinds", test_kinds);
  g_test_add_func ("/zmq/tnetstring/lookups", test_lookups);
  g_test_add_func ("/zmq/tnetstring/refused", test_refused);
  g_test_add_func ("/zmq/tnetstring/depth", test_depth);
  g_test_add_func ("/zmq/tnetstring/length", test_length);

  return g_test_run ();
}
