/* grip-tool-listen.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-tool-listen.h"
#include "grip-tool-module.h"
#include "grip-tool.h"

/* In the order of GripToolListenMode. */
static const char * const mode_names[] = { "auto", "stream", "sse", "poll", "websocket", NULL };

static char  *mode;
static char  *count;
static char  *timeout;
static char **headers;

static gboolean
is_token (const char *text,
          gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && strchr ("!#$%&'*+-.^_`|~", text[i]) == NULL)
      return FALSE;

  return length > 0;
}

/* The value may be a secret, so it is not shown. */
static gboolean
check_headers (void)
{
  for (gsize i = 0; headers != NULL && headers[i] != NULL; i++)
    {
      const char *colon = strchr (headers[i], ':');

      if (colon != NULL && is_token (headers[i], colon - headers[i]) && strpbrk (colon, "\r\n") == NULL)
        continue;
      grip_tool_usage ("--header takes 'NAME: VALUE' on one line");
      return FALSE;
    }

  return TRUE;
}

static gboolean
read_mode (GripToolListenMode *value)
{
  const char *near;

  for (gsize i = 0; mode_names[i] != NULL; i++)
    if (mode == NULL || g_str_equal (mode, mode_names[i]))
      {
        *value = (GripToolListenMode) i;
        return TRUE;
      }

  near = grip_tool_near_match (mode, mode_names);
  grip_tool_usage ("--mode takes auto, stream, sse, poll or websocket, not '%s'%s%s", mode,
                   near != NULL ? "; did you mean " : "", near != NULL ? near : "");

  return FALSE;
}

/* The URI is not shown: its query may hold a token. */
static GUri *
parse_uri (const char  *text,
           GError     **error)
{
  const GUriFlags  flags = G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_PATH |
                               G_URI_FLAGS_ENCODED_QUERY | G_URI_FLAGS_ENCODED_FRAGMENT |
                               G_URI_FLAGS_SCHEME_NORMALIZE;
  g_autoptr(GUri)  uri = g_uri_parse (text, flags, NULL);
  const char      *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";
  gboolean         known = g_str_equal (scheme, "http") || g_str_equal (scheme, "https") ||
                           g_str_equal (scheme, "ws") || g_str_equal (scheme, "wss");

  for (const char *p = text; *p != '\0'; p++)
    known = known && g_ascii_isgraph (*p);
  if (known && g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0')
    return g_steal_pointer (&uri);

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
               "not an http, https, ws or wss URI with a host");

  return NULL;
}

static gboolean
check_scheme (GripToolListen  *options,
              GError         **error)
{
  gboolean is_socket = g_str_has_prefix (g_uri_get_scheme (options->uri), "ws");

  if (is_socket && options->mode == GRIP_TOOL_LISTEN_AUTO)
    options->mode = GRIP_TOOL_LISTEN_WEBSOCKET;
  if (!is_socket || options->mode == GRIP_TOOL_LISTEN_WEBSOCKET)
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
               "a ws or wss URI is for a WebSocket, not for --mode %s", mode_names[options->mode]);

  return FALSE;
}

static int
run (int    argc,
     char **argv)
{
  g_autoptr(GError)  error = NULL;
  g_autoptr(GUri)    uri = NULL;
  GripToolListen     options = { .headers = headers };
  GripToolListenFunc listen_in_module;

  if (argc != 2)
    return grip_tool_usage (argc < 2 ? "no URL given" : "more than one URL given");
  if (!read_mode (&options.mode) || !check_headers ())
    return GRIP_TOOL_USAGE;
  if (count != NULL && !grip_tool_parse_int ("--count", count, 1, G_MAXINT64, &options.count))
    return GRIP_TOOL_USAGE;
  if (timeout != NULL && !grip_tool_parse_seconds ("--timeout", timeout, &options.seconds))
    return GRIP_TOOL_USAGE;

  uri = options.uri = parse_uri (argv[1], &error);
  if (uri == NULL || !check_scheme (&options, &error))
    return grip_tool_fail (error);

  listen_in_module = (GripToolListenFunc) grip_tool_find_in_module ("grip_tool_soup_listen", &error);
  if (listen_in_module == NULL)
    return grip_tool_fail (error);

  return listen_in_module (&options);
}

static const GOptionEntry options[] = {
  { "mode", 'm', 0, G_OPTION_ARG_FILENAME, &mode,
    "What to be: stream, sse, poll, websocket, or auto (default)", "MODE" },
  { "count", 'c', 0, G_OPTION_ARG_FILENAME, &count, "End after so many items", "N" },
  { "timeout", 't', 0, G_OPTION_ARG_FILENAME, &timeout, "End after so many seconds", "SECONDS" },
  { "header", 'H', 0, G_OPTION_ARG_FILENAME_ARRAY, &headers,
    "Header of the request; may be repeated", "'NAME: VALUE'" },
  { NULL }
};

const GripToolCommand grip_tool_listen = {
  .name = "listen",
  .run = run,
  .description = "Be a client that a proxy holds, and write what arrives",
  .arguments = "URL",
  .options = options,
  .details =
    "By itself it is what the server makes of it: a WebSocket for ws and wss, Server-Sent Events for\n"
    "text/event-stream, a long poll for an answer whose length is told, a stream for any other.\n"
    "\n"
    "A long poll is made again and again; an answer without a body is not counted. Server-Sent Events\n"
    "are taken up again where they ended. Of a stream an item is a line, or what arrived without an end\n"
    "of line. Anything over 16 MiB is refused.\n"
    "\n"
    "With --count it is an error when fewer items came: code 7 after --timeout, 3 when the server ended.\n"
    "Without, --timeout is code 7 only when nothing came.",
  .examples =
    "# What subscribers of a Pushpin on this machine see\n"
    "grip-tool listen http://localhost:7999/stream\n"
    "\n"
    "# Wait for one message, as JSON, with a cookie\n"
    "grip-tool listen --json --count 1 --header 'Cookie: session=1' wss://example.com/socket",
};
