/* grip-tool-verify.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-tool-key.h"
#include "grip-tool.h"

static char *key_argument;
static char *iss;
static char *at_text;

static void
print_result (GripSignature *signature,
              const char    *reason)
{
  g_autoptr(GripToolJson) json = NULL;
  const char             *claims = signature != NULL ? grip_signature_get_json (signature) : NULL;

  if (!grip_tool_json)
    {
      if (claims == NULL)
        {
          grip_tool_say ("%s", reason);
          return;
        }
      grip_tool_write (claims, strlen (claims));
      grip_tool_write ("\n", 1);
      return;
    }

  json = grip_tool_json_new ();
  grip_tool_json_begin_object (json, NULL);
  grip_tool_json_boolean (json, "valid", signature != NULL);
  if (reason != NULL)
    grip_tool_json_string (json, "reason", reason);
  else
    grip_tool_json_raw (json, "reason", "null");
  grip_tool_json_raw (json, "claims", claims != NULL ? claims : "null");
  grip_tool_json_end_object (json);
  grip_tool_print_json (json);
}

static int
run (int    argc,
     char **argv)
{
  g_autoptr(GripSignature) signature = NULL;
  g_autoptr(GripKey)       key = NULL;
  g_autoptr(GError)        error = NULL;
  gint64                   at = -1;
  int                      exit_code;

  if (argc != 2)
    return grip_tool_usage (argc < 2 ? "a token is needed" : "one token only");
  if (at_text != NULL && !grip_tool_parse_int ("--at", at_text, 0, G_MAXINT64, &at))
    return GRIP_TOOL_USAGE;

  key = grip_tool_load_key (key_argument, &exit_code);
  if (key == NULL)
    return exit_code;

  signature = grip_validate_sig_full (argv[1], -1, key, iss, at, 0, &error);
  print_result (signature, error != NULL ? error->message : NULL);

  return signature != NULL ? GRIP_TOOL_OK : GRIP_TOOL_BAD_SIGNATURE;
}

static const GOptionEntry options[] = {
  { "key", 'k', 0, G_OPTION_ARG_FILENAME, &key_argument, "The secret, public or private key", "KEY" },
  { "iss", 'i', 0, G_OPTION_ARG_FILENAME, &iss, "The issuer that is expected (default any)", "TEXT" },
  { "at", 0, 0, G_OPTION_ARG_FILENAME, &at_text, "Judge at this time, in seconds since 1970", "TIME" },
  { NULL }
};

const GripToolCommand grip_tool_verify = {
  .name = "verify",
  .run = run,
  .description = "Tell whether the token of a Grip-Sig header is valid, and why not",
  .arguments = "TOKEN",
  .options = options,
  .details = "Writes the claims of a valid token. Exits with 6 when it is not valid.\n\n" GRIP_TOOL_KEY_HELP,
  .examples =
    "grip-tool verify --key changeme --iss pushpin TOKEN\n"
    "grip-tool verify --json --key @public.pem --at 1700000000 TOKEN",
};
