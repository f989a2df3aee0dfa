/* grip-tool.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <stdio.h>
#include <string.h>

#include "grip-tool-plugins.h"
#include "grip-tool.h"

/* To add a command NAME:
 *
 * 1. Write grip-tool-NAME.c with one `const GripToolCommand grip_tool_NAME`: its options as a GOption
 *    table on static variables, its texts, its `run`. Help, the manual page and the completion are made
 *    of that; --json and --help are added to it. An option that is text is a G_OPTION_ARG_FILENAME:
 *    G_OPTION_ARG_STRING would be refused outside ASCII in the C locale. Where the order of options
 *    counts, use G_OPTION_ARG_CALLBACK.
 * 2. Declare it in grip-tool.h, add it to the table here (or to the table of its parent, for a command
 *    like `bench http`) and to meson.build.
 * 3. `run` gets what is left of the command line: argv[0] is the command, then the arguments. It
 *    returns a GripToolExit: grip_tool_usage ("…") for a wrong call, grip_tool_fail (error) for an
 *    error. Data is written with grip_tool_write () or grip_tool_print_json (), talk with
 *    grip_tool_say (). Blocking calls take grip_tool_get_cancellable (), which is Ctrl-C.
 */
static const GripToolCommand * const commands[] = {
  &grip_tool_publish,
  &grip_tool_listen,
  &grip_tool_uri,
  &grip_tool_transports,
  &grip_tool_bench,
  &grip_tool_demo,
  &grip_tool_doctor,
  &grip_tool_events,
  &grip_tool_help,
  &grip_tool_instruct,
  &grip_tool_sign,
  &grip_tool_verify,
  &grip_tool_watch,
  NULL
};

static gboolean show_help;
static gboolean show_version;
static char   **plugins;

static const GOptionEntry main_options[] = {
  { "plugin", 'p', 0, G_OPTION_ARG_FILENAME_ARRAY, &plugins,
    "Run a script (.js, .py) that brings transports and formats; may be repeated", "FILE" },
  { "version", 0, 0, G_OPTION_ARG_NONE, &show_version, "Print the version", NULL },
  { NULL }
};

const GOptionEntry grip_tool_common_options[] = {
  { "json", 0, 0, G_OPTION_ARG_NONE, &grip_tool_json, "Write JSON, one object a line", NULL },
  { "help", 'h', 0, G_OPTION_ARG_NONE, &show_help, "Explain the command", NULL },
  { NULL }
};

const GripToolCommand grip_tool = {
  .name = "grip-tool",
  .description = "Publish through GRIP proxies (Pushpin, Fastly Fanout) and work with what they send",
  .arguments = "COMMAND [ARGUMENT...]",
  .options = main_options,
  .commands = commands,
  .details =
    "Data goes to standard output and talk to standard error. Ctrl-C stops what is under way; the\n"
    "summary is still written.\n"
    "\n"
    "Exit codes: 0 ok, 1 usage, 2 configuration or URI, 3 not reachable, 4 refused (authorization),\n"
    "5 rejected or malformed data, 6 signature not valid, 7 timed out, 8 plugin missing or broken,\n"
    "130 interrupted.",
};

const GripToolCommand *
grip_tool_find_command (const GripToolCommand *parent,
                        const char            *word)
{
  for (gsize i = 0; parent->commands != NULL && parent->commands[i] != NULL; i++)
    if (g_str_equal (parent->commands[i]->name, word))
      return parent->commands[i];

  return NULL;
}

int
grip_tool_unknown (const GripToolCommand *parent,
                   const char            *word)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new ();
  const char          *near;

  for (gsize i = 0; parent->commands[i] != NULL; i++)
    g_ptr_array_add (names, (gpointer) parent->commands[i]->name);
  g_ptr_array_add (names, NULL);

  near = grip_tool_near_match (word, (const char *const *) names->pdata);
  if (near != NULL)
    return grip_tool_usage ("unknown command '%s', did you mean '%s'?", word, near);

  return grip_tool_usage ("unknown command '%s'", word);
}

/* Whether the word after @word is its value. */
static gboolean
takes_next (const GripToolCommand *command,
            const char            *word)
{
  for (const GOptionEntry *option = command->options; option != NULL && option->long_name != NULL; option++)
    if (option->arg != G_OPTION_ARG_NONE &&
        (g_str_has_prefix (word, "--") ? g_str_equal (word + 2, option->long_name)
                                       : word[0] == '-' && word[1] == option->short_name && word[2] == '\0'))
      return TRUE;

  return FALSE;
}

/* Where options end: at `--` and, before a command, at the command. */
static int
find_end_of_options (const GripToolCommand  *command,
                     char                  **argv)
{
  int i = 1;

  while (argv[i] != NULL && !g_str_equal (argv[i], "--") &&
         (command->commands == NULL || *argv[i] == '-'))
    i += command->commands != NULL && argv[i + 1] != NULL && takes_next (command, argv[i]) ? 2 : 1;

  return i;
}

/* GOption sees only what stands before the end: it would take the rest for options in some orders. */
static gboolean
parse_options (const GripToolCommand  *command,
               int                    *argc,
               char                  **argv,
               GError                **error)
{
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  int                       end = find_end_of_options (command, argv);
  int                       n = end;
  char                     *held = argv[end];
  int                       rest;

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, grip_tool_common_options, NULL);
  if (command->options != NULL)
    g_option_context_add_main_entries (context, command->options, NULL);

  argv[end] = NULL;
  if (!g_option_context_parse (context, &n, &argv, error))
    return FALSE;

  argv[end] = held;
  rest = held != NULL && g_str_equal (held, "--") ? end + 1 : end;
  memmove (argv + n, argv + rest, (*argc - rest + 1) * sizeof *argv);
  *argc = n + *argc - rest;

  return TRUE;
}

static int
print_help (const GripToolCommand *command)
{
  g_autofree char *help = grip_tool_format_help (command, grip_tool_get_command ());

  grip_tool_write (help, strlen (help));

  return GRIP_TOOL_OK;
}

static int
print_version (void)
{
  g_autoptr(GripToolJson) json = NULL;

  if (!grip_tool_json)
    {
      puts ("grip-tool " GRIP_PACKAGE_VERSION);
      return GRIP_TOOL_OK;
    }

  json = grip_tool_json_new ();
  grip_tool_json_begin_object (json, NULL);
  grip_tool_json_string (json, "version", GRIP_PACKAGE_VERSION);
  grip_tool_json_end_object (json);
  grip_tool_print_json (json);

  return GRIP_TOOL_OK;
}

/* @words, the words so far, is taken. */
static int
run_command (const GripToolCommand *command,
             char                  *words,
             int                    argc,
             char                 **argv)
{
  g_autoptr(GError)      error = NULL;
  g_autofree char       *mine = words;
  const GripToolCommand *sub;

  grip_tool_set_command (mine);

  if (!parse_options (command, &argc, argv, &error))
    return grip_tool_usage ("%s", error->message);
  if (show_help)
    return print_help (command);
  if (show_version)
    return print_version ();

  if (command->commands == NULL)
    return grip_tool_plugins_load (plugins, &error) ? command->run (argc, argv) : grip_tool_fail (error);

  if (argc < 2)
    return grip_tool_usage ("no command given");
  sub = grip_tool_find_command (command, argv[1]);
  if (sub == NULL)
    return grip_tool_unknown (command, argv[1]);

  return run_command (sub, g_strconcat (mine, " ", sub->name, NULL), argc - 1, argv + 1);
}

int
main (int    argc,
      char **argv)
{
  int result;

  g_set_prgname ("grip-tool");
  result = run_command (&grip_tool, g_strdup ("grip-tool"), argc, argv);
  grip_tool_set_command ("grip-tool");

  if ((fflush (stdout) != 0 || ferror (stdout)) && result == GRIP_TOOL_OK)
    {
      grip_tool_say ("cannot write to standard output");
      return GRIP_TOOL_USAGE;
    }

  return result;
}
