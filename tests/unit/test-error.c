/* test-error.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <libgrip/grip.h>

static void
test_fates (void)
{
  g_assert_cmpstr (grip_fate_to_string (GRIP_FATE_ACCEPTED), ==, "accepted");
  g_assert_cmpstr (grip_fate_to_string (GRIP_FATE_REFUSED), ==, "refused");
  g_assert_cmpstr (grip_fate_to_string (GRIP_FATE_NOT_SENT), ==, "not sent");
  g_assert_cmpstr (grip_fate_to_string (GRIP_FATE_UNKNOWN), ==, "unknown");
  g_assert_cmpstr (grip_fate_to_string ((GripFate) 99), ==, "unknown");
}

static void
test_quark (void)
{
  g_assert_cmpstr (g_quark_to_string (GRIP_ERROR), ==, "grip-error-quark");
}

static void
test_version (void)
{
  g_assert_true (GRIP_CHECK_VERSION (GRIP_MAJOR_VERSION, GRIP_MINOR_VERSION, GRIP_MICRO_VERSION));
  g_assert_false (GRIP_CHECK_VERSION (GRIP_MAJOR_VERSION + 1, 0, 0));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/error/fates", test_fates);
  g_test_add_func ("/error/quark", test_quark);
  g_test_add_func ("/error/version", test_version);

  return g_test_run ();
}
