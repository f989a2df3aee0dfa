/* grip-http-uri.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <libgrip/grip.h>
#include <libsoup/soup.h>

#include "grip-http-uri.h"

/* Only what goes into the request: no user and password, which libsoup would show to an HTTP proxy. */
GUri *
grip_http_uri_parse (const char  *text,
                     GError     **error)
{
  g_autoptr(GUri)  uri = NULL;
  const char      *host;

  if (text == NULL)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "the endpoint has no control_uri");
      return NULL;
    }

  uri = g_uri_parse (text, SOUP_HTTP_URI_FLAGS, error);
  if (uri == NULL)
    return NULL;

  host = g_uri_get_host (uri);
  if (host == NULL || *host == '\0')
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "the control_uri has no host");
      return NULL;
    }
  for (const char *p = host; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p) || *p == ' ')
      {
        g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
                     "the control_uri's host has a byte that cannot be in one, at %d", (int) (p - host));
        return NULL;
      }

  return g_uri_build (SOUP_HTTP_URI_FLAGS, g_uri_get_scheme (uri), NULL, host, g_uri_get_port (uri),
                      g_uri_get_path (uri), g_uri_get_query (uri), NULL);
}
