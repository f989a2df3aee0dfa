/* bare-plugin.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gmodule.h>

/* A shared object that is no plugin at all. */

G_MODULE_EXPORT int grip_test_bare (void);

int
grip_test_bare (void)
{
  return 1;
}
