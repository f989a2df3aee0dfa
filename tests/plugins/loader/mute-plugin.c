/* mute-plugin.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gio/gio.h>

/* Has the symbols of a plugin and registers nothing. */

G_MODULE_EXPORT void g_io_grip_mute_load   (GIOModule *module);
G_MODULE_EXPORT void g_io_grip_mute_unload (GIOModule *module);

void
g_io_grip_mute_load (GIOModule *module)
{
}

void
g_io_grip_mute_unload (GIOModule *module)
{
}
