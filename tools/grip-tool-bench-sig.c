/* grip-tool-bench-sig.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-tool-bench.h"
#include "grip-tool-key.h"
#include "grip-tool.h"

static gint64 n = 100000;
static char  *token;
static char  *key_argument;
static char  *pem_path;
static char  *algorithm;

/* @count: (inout): how many; less after Ctrl-C */
static gint64
validate_many (GripKey  *key,
               gint64   *count,
               GError  **error)
{
  gint64 errors = 0;
  gint64 i;

  for (i = 0; i < *count && grip_tool_bench_goes_on (); i++)
    {
      g_autoptr(GripSignature) signature = grip_validate_sig (token, key, NULL, *error == NULL ? error : NULL);

      if (signature == NULL)
        errors++;
    }
  *count = i;

  return errors;
}

static int
run (int    argc,
     char **argv)
{
  g_autoptr(GripKey) key = NULL;
  g_autoptr(GError)  error = NULL;
  g_autofree char   *argument = pem_path != NULL ? g_strconcat ("@", pem_path, NULL) : g_strdup (key_argument);
  g_autofree char   *name = NULL;
  GripToolTimer      timer;
  gint64             errors;
  gint64             warm_up = MIN (n, 100);
  int                exit_code;

  if (argc > 1)
    return grip_tool_usage ("unexpected argument '%s'", argv[1]);
  if (token == NULL || n < 1)
    return grip_tool_usage ("--token is needed, and --n takes at least 1");

  key = grip_tool_load_key (argument, &exit_code);
  if (key == NULL)
    return exit_code;
  if (algorithm != NULL && g_ascii_strcasecmp (algorithm, grip_key_get_algorithm (key)) != 0)
    return grip_tool_usage ("--alg %s does not fit the key", algorithm);

  errors = validate_many (key, &warm_up, &error);

  grip_tool_timer_start (&timer);
  errors += validate_many (key, &n, &error);
  grip_tool_timer_stop (&timer);

  name = g_strconcat ("libgrip-", grip_key_get_algorithm (key), NULL);
  grip_tool_bench_report (&timer, name, n, errors);

  if (!grip_tool_bench_goes_on ())
    return GRIP_TOOL_INTERRUPTED;

  return errors > 0 ? GRIP_TOOL_BAD_SIGNATURE : GRIP_TOOL_OK;
}

static const GOptionEntry options[] = {
  { "n", 'n', 0, G_OPTION_ARG_INT64, &n, "Number of validations (default 100000)", "N" },
  { "token", 't', 0, G_OPTION_ARG_FILENAME, &token, "The token", "TOKEN" },
  { "key", 'k', 0, G_OPTION_ARG_FILENAME, &key_argument, "The key", "KEY" },
  { "pem", 0, 0, G_OPTION_ARG_FILENAME, &pem_path, "A file with the key, in place of --key", "FILE" },
  { "alg", 0, 0, G_OPTION_ARG_FILENAME, &algorithm, "The algorithm that the key must be for", "NAME" },
  { NULL }
};

const GripToolCommand grip_tool_bench_sig = {
  .name = "sig",
  .run = run,
  .description = "Validate one token again and again",
  .options = options,
  .details = GRIP_TOOL_KEY_HELP,
  .examples = "grip-tool bench sig --token TOKEN --key changeme --n 1000000",
};
