/* test-utf8.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "libgrip/grip-utf8-private.h"

/* The slow way, by the table of RFC 3629: the bytes of one character, 0 for none. */
static gsize
slow_character (const guchar *s,
                gsize         length)
{
  guint32 value;
  gsize   n;

  if (s[0] < 0x80)
    return 1;
  if (s[0] >= 0xc0 && s[0] < 0xe0)
    n = 2;
  else if (s[0] >= 0xe0 && s[0] < 0xf0)
    n = 3;
  else if (s[0] >= 0xf0 && s[0] < 0xf8)
    n = 4;
  else
    return 0;

  if (n > length)
    return 0;
  value = s[0] & (0xff >> (n + 1));
  for (gsize i = 1; i < n; i++)
    {
      if ((s[i] & 0xc0) != 0x80)
        return 0;
      value = value << 6 | (s[i] & 0x3f);
    }

  /* Overlong, surrogates, too large. */
  if (value < (n == 2 ? 0x80u : n == 3 ? 0x800u : 0x10000u) || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
    return 0;

  return n;
}

static gsize
slow_valid_length (const guchar *s,
                   gsize         length)
{
  gsize i = 0;

  while (i < length)
    {
      gsize n = slow_character (s + i, length - i);

      if (n == 0)
        break;
      i += n;
    }

  return i;
}

static void
assert_agrees (const void *data,
               gsize       length)
{
  gsize    expected = slow_valid_length (data, length);
  gsize    valid = G_MAXSIZE;
  gboolean result;

  /* A copy of exactly this size: a read behind the end is seen by a sanitizer. */
  g_autofree guchar *copy = length > 0 ? g_memdup2 (data, length) : NULL;

  result = grip_utf8_check (copy, length, &valid);
  g_assert_cmpuint (valid, ==, expected);
  g_assert_cmpint (result, ==, expected == length);
  g_assert_cmpint (grip_utf8_check (copy, length, NULL), ==, result);
}

static void
test_named (void)
{
  static const struct { const char *bytes; gsize length; gsize valid; } cases[] = {
    { "", 0, 0 },
    { "\0", 1, 1 },
    { "a\0\0b", 4, 4 },
    { "12345678\0", 9, 9 },
    { "1234567\xc3\xa4", 9, 9 },
    { "\xf4\x8f\xbf\xbf", 4, 4 },             /* U+10FFFF */
    { "\xf4\x90\x80\x80", 4, 0 },             /* U+110000 */
    { "\xf8\x88\x80\x80\x80", 5, 0 },
    { "\xff", 1, 0 },
    { "\xfe", 1, 0 },
    { "\xc0\x80", 2, 0 },                     /* NUL as Java writes it */
    { "\xc1\xbf", 2, 0 },
    { "\xe0\x9f\xbf", 3, 0 },
    { "\xf0\x8f\xbf\xbf", 4, 0 },
    { "\xed\x9f\xbf", 3, 3 },
    { "\xed\xa0\x80", 3, 0 },                 /* U+D800 */
    { "\xed\xbf\xbf", 3, 0 },                 /* U+DFFF */
    { "\xee\x80\x80", 3, 3 },
    { "\xef\xbf\xbf", 3, 3 },
    { "\x80", 1, 0 },
    { "a\xc3", 2, 1 },
    { "a\xe2\x82", 3, 1 },
    { "a\xf0\x9f\x98", 4, 1 },
    { "\0\0\xff", 3, 2 },
    { "12345678\0\xc3\xa4\0\xc3", 13, 12 },
    { "\xc3\0\xa4", 3, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize valid = G_MAXSIZE;

      g_test_message ("case %u", i);
      g_assert_cmpint (grip_utf8_check (cases[i].bytes, cases[i].length, &valid), ==,
                       cases[i].valid == cases[i].length);
      g_assert_cmpuint (valid, ==, cases[i].valid);
      assert_agrees (cases[i].bytes, cases[i].length);
    }
}

/* Every sequence of three bytes that begins a character, at the seam of the blocks of eight too. */
static void
test_sequences (void)
{
  guchar bytes[12] = "abcdefg";

  for (guint first = 0x80; first <= 0xff; first++)
    for (guint second = 0; second <= 0xff; second += 0x0f)
      for (guint third = 0x70; third <= 0xcf; third += 0x0f)
        {
          bytes[7] = first;
          bytes[8] = second;
          bytes[9] = third;
          bytes[10] = 0xbf;
          for (guint length = 8; length <= 11; length++)
            {
              assert_agrees (bytes, length);
              assert_agrees (bytes + 7, length - 7);
            }
        }
}

static void
test_random (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (20260728);

  for (guint round = 0; round < 100000; round++)
    {
      guchar bytes[48];
      gsize  length = g_rand_int_range (rand, 0, sizeof bytes + 1);
      gsize  i = 0;

      /* Characters, with some bytes spoilt. */
      while (i < length)
        {
          gunichar c = g_rand_int_range (rand, 0, 4) == 0 ? g_rand_int_range (rand, 0, 0x10ffff)
                                                          : g_rand_int_range (rand, 0, 0x100);
          char     text[6];
          gsize    n = g_unichar_to_utf8 (c, text);

          n = MIN (n, length - i);
          memcpy (bytes + i, text, n);
          i += n;
        }
      if (length > 0 && g_rand_boolean (rand))
        bytes[g_rand_int_range (rand, 0, length)] = g_rand_int_range (rand, 0, 256);

      assert_agrees (bytes, length);
    }
}

/* Wherever it stands, before, in and after the octets that are looked at together. */
static void
test_every_place (void)
{
  char  text[200];
  gsize valid;

  for (gsize length = 1; length <= sizeof text; length++)
    for (gsize i = 0; i < length; i++)
      {
        memset (text, 'a', sizeof text);
        text[i] = (char) 0xff;
        g_assert_false (grip_utf8_check (text, length, &valid));
        g_assert_cmpuint (valid, ==, i);
      }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/utf8/named", test_named);
  g_test_add_func ("/utf8/every-place", test_every_place);
  g_test_add_func ("/utf8/sequences", test_sequences);
  g_test_add_func ("/utf8/random", test_random);

  return g_test_run ();
}
