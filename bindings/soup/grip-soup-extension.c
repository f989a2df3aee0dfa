/* grip-soup-extension.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-soup-extension.h"

/**
 * GripSoupExtension:
 *
 * The `grip` extension of WebSockets, with which a proxy takes control messages from the origin.
 *
 * [class@GripSoup.Origin] adds it to its server. For a server without one, give the type to
 * [method@Soup.Server.add_websocket_extension]; every message for the client then starts with `m:`,
 * and every control message with `c:`.
 *
 * Since: 1.0
 */
struct _GripSoupExtension
{
  SoupWebsocketExtension parent_instance;
};

G_DEFINE_FINAL_TYPE (GripSoupExtension, grip_soup_extension, SOUP_TYPE_WEBSOCKET_EXTENSION)

static gboolean
grip_soup_extension_configure (SoupWebsocketExtension      *extension,
                               SoupWebsocketConnectionType  connection_type,
                               GHashTable                  *params,
                               GError                     **error)
{
  return TRUE;
}

static char *
grip_soup_extension_get_response_params (SoupWebsocketExtension *extension)
{
  return g_strdup ("; message-prefix=\"m:\"");
}

static void
grip_soup_extension_class_init (GripSoupExtensionClass *klass)
{
  SoupWebsocketExtensionClass *extension_class = SOUP_WEBSOCKET_EXTENSION_CLASS (klass);

  extension_class->name = "grip";
  extension_class->configure = grip_soup_extension_configure;
  extension_class->get_response_params = grip_soup_extension_get_response_params;
}

static void
grip_soup_extension_init (GripSoupExtension *self)
{
}
