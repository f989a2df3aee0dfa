/* grip-tool-sign.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-tool-key.h"
#include "grip-tool.h"

/* What Pushpin gives its own tokens. */
#define DEFAULT_TTL 3600

static char *key_argument;
static char *iss;
static char *exp_text;
static char *ttl_text;

static gboolean
parse_expiry (gint64 *exp)
{
  gint64 ttl = DEFAULT_TTL;

  if (exp_text != NULL)
    return grip_tool_parse_int ("--exp", exp_text, G_MININT64, G_MAXINT64, exp);
  if (ttl_text != NULL && !grip_tool_parse_int ("--ttl", ttl_text, 0, G_MAXINT32, &ttl))
    return FALSE;

  *exp = g_get_real_time () / G_USEC_PER_SEC + ttl;
  return TRUE;
}

static void
print_token (const char *token,
             gint64      exp)
{
  g_autoptr(GripToolJson) json = NULL;

  if (!grip_tool_json)
    {
      grip_tool_write (token, strlen (token));
      grip_tool_write ("\n", 1);
      return;
    }

  json = grip_tool_json_new ();
  grip_tool_json_begin_object (json, NULL);
  grip_tool_json_string (json, "token", token);
  grip_tool_json_integer (json, "exp", exp);
  grip_tool_json_end_object (json);
  grip_tool_print_json (json);
}

static int
run (int    argc,
     char **argv)
{
  g_autoptr(GError)  error = NULL;
  g_autoptr(GripKey) key = NULL;
  g_autofree char   *token = NULL;
  gint64             exp;
  int                exit_code;

  if (argc > 1)
    return grip_tool_usage ("unexpected argument '%s'", argv[1]);
  if (exp_text != NULL && ttl_text != NULL)
    return grip_tool_usage ("--exp and --ttl exclude each other");
  if (!parse_expiry (&exp))
    return GRIP_TOOL_USAGE;

  key = grip_tool_load_key (key_argument, &exit_code);
  if (key == NULL)
    return exit_code;

  token = grip_key_sign (key, iss, exp, &error);
  if (token == NULL)
    return grip_tool_fail (error);

  print_token (token, exp);
  return GRIP_TOOL_OK;
}

static const GOptionEntry options[] = {
  { "key", 'k', 0, G_OPTION_ARG_FILENAME, &key_argument, "The secret or private key", "KEY" },
  { "iss", 'i', 0, G_OPTION_ARG_FILENAME, &iss, "Who signs", "TEXT" },
  { "exp", 0, 0, G_OPTION_ARG_FILENAME, &exp_text, "When the token expires, in seconds since 1970", "TIME" },
  { "ttl", 0, 0, G_OPTION_ARG_FILENAME, &ttl_text, "How long from now (default 3600)", "SECONDS" },
  { NULL }
};

const GripToolCommand grip_tool_sign = {
  .name = "sign",
  .run = run,
  .description = "Make a token as a proxy makes it for Grip-Sig, or a publisher for its authorization",
  .options = options,
  .details = GRIP_TOOL_KEY_HELP,
  .examples =
    "grip-tool sign --key changeme --iss pushpin\n"
    "grip-tool sign --key @private.pem --iss me --ttl 60",
};
