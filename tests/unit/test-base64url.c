/* test-base64url.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <libgrip/grip-base64url-private.h>

#include <string.h>

#include <openssl/crypto.h>

static void
test_round_trip (void)
{
  g_autoptr(GRand) random = g_rand_new_with_seed (1);

  for (gsize length = 0; length < 400; length++)
    {
      g_autoptr(GString) text = g_string_new (NULL);
      g_autofree guint8 *data = g_malloc (length + 1);
      g_autofree guint8 *decoded = g_malloc (length + 8);
      g_autofree char *reference = NULL;
      gsize n;
      gsize bad_offset;

      for (gsize i = 0; i < length; i++)
        data[i] = (guint8) g_rand_int (random);
      grip_base64url_append (text, data, length);
      g_assert_cmpuint (text->len, <=, GRIP_BASE64URL_ENCODED (length));
      g_assert_cmpuint (GRIP_BASE64URL_DECODED (text->len), <=, length + 2);

      g_assert_true (grip_base64url_decode (text->str, text->len, decoded, &n, &bad_offset));
      g_assert_cmpmem (decoded, n, data, length);

      reference = g_base64_encode (data, length);
      g_strdelimit (reference, "+", '-');
      g_strdelimit (reference, "/", '_');
      reference[strcspn (reference, "=")] = '\0';
      g_assert_cmpstr (text->str, ==, reference);
    }
}

static void
test_strict (void)
{
  static const struct { const char *text; gsize length; gsize offset; } cases[] = {
    { "YQ==", 4, 2 }, { "YQ=", 3, 2 }, { "YWI=", 4, 3 }, { "Y", 1, 0 }, { "YWJjZ", 5, 4 },
    { "YR", 2, 1 }, { "YWJ", 3, 2 }, { "YW+j", 4, 2 }, { "YW/j", 4, 2 }, { " YWJj", 5, 0 },
    { "YWJj\n", 5, 4 }, { "YW\0j", 4, 2 }, { "YW.j", 4, 2 }, { "YW\x80j", 4, 2 }, { "\xffWJj", 4, 0 },
    { "====", 4, 0 }, { "YWJjYW!j", 8, 6 },
  };
  guint8 out[16];
  gsize n;
  gsize bad_offset;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_false (grip_base64url_decode (cases[i].text, cases[i].length, out, &n, &bad_offset));
      g_assert_cmpuint (bad_offset, ==, cases[i].offset);
    }
}

/* Every character in every place is taken exactly if it is in the alphabet. */
static void
test_alphabet (void)
{
  for (guint c = 0; c < 256; c++)
    for (guint place = 0; place < 4; place++)
      {
        char text[] = "AAAA";
        guint8 out[3];
        gsize n;
        gsize bad_offset;

        text[place] = (char) c;
        g_assert_cmpint (grip_base64url_decode (text, 4, out, &n, &bad_offset), ==,
                         g_ascii_isalnum ((char) c) || c == '-' || c == '_');
      }
}

static void
check_tolerant (const char *text,
                const char *expected)
{
  gsize n = 0;
  guint8 *decoded = grip_base64_decode_tolerant (text, strlen (text), &n);

  if (expected == NULL)
    g_assert_null (decoded);
  else
    g_assert_cmpmem (decoded, n, expected, strlen (expected));
  OPENSSL_clear_free (decoded, n);
}

static void
test_tolerant (void)
{
  check_tolerant ("YWI=", "ab");
  check_tolerant ("YWI", "ab");
  check_tolerant ("YQ==\r\n", "a");
  check_tolerant ("+/+/", "\xfb\xff\xbf");
  check_tolerant ("-_-_", "\xfb\xff\xbf");
  check_tolerant (" / /", "\xfb\xff\xbf");
  check_tolerant ("", NULL);
  check_tolerant ("=", NULL);
  check_tolerant ("====", NULL);
  check_tolerant ("@@@@", NULL);
  check_tolerant ("YQ=", NULL);
  check_tolerant ("YWJj=", NULL);
  check_tolerant ("YR==", NULL);
  check_tolerant ("YW\nI=", NULL);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base64url/round-trip", test_round_trip);
  g_test_add_func ("/base64url/strict", test_strict);
  g_test_add_func ("/base64url/alphabet", test_alphabet);
  g_test_add_func ("/base64url/tolerant", test_tolerant);

  return g_test_run ();
}
