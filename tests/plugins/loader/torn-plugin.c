/* torn-plugin.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gio/gio.h>

/* A plugin that needs a symbol nobody has, as one that was built against another library does. */

G_MODULE_EXPORT void g_io_grip_torn_load (GIOModule *module);

void grip_test_nobody_has_this (void);

void
g_io_grip_torn_load (GIOModule *module)
{
  grip_test_nobody_has_this ();
}
