/* grip-soup-extension.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

#define GRIP_SOUP_TYPE_EXTENSION (grip_soup_extension_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripSoupExtension, grip_soup_extension, GRIP_SOUP, EXTENSION, SoupWebsocketExtension)

G_END_DECLS
