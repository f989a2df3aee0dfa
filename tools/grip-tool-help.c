/* grip-tool-help.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-tool.h"

static gboolean rst;
static gboolean complete;

static char *
format_option (const GOptionEntry *option)
{
  g_autofree char *letter = NULL;

  if (option->short_name != 0)
    letter = g_strdup_printf ("-%c, ", option->short_name);

  return g_strconcat (letter != NULL ? letter : "", "--", option->long_name,
                      option->arg_description != NULL ? "=" : "",
                      option->arg_description, NULL);
}

static void
append_options (GString            *text,
                const GOptionEntry *options)
{
  for (gsize i = 0; options != NULL && options[i].long_name != NULL; i++)
    {
      g_autofree char *option = format_option (&options[i]);

      if (strlen (option) <= 30)
        g_string_append_printf (text, "  %-30s  %s\n", option, options[i].description);
      else
        g_string_append_printf (text, "  %s\n  %-30s  %s\n", option, "", options[i].description);
    }
}

static void
append_commands (GString               *text,
                 const GripToolCommand *command)
{
  g_string_append (text, "\nCommands:\n");
  for (gsize i = 0; command->commands[i] != NULL; i++)
    g_string_append_printf (text, "  %-12s  %s\n", command->commands[i]->name,
                            command->commands[i]->description);
}

/* An example is the lines up to the next empty one; `#` begins what it is for. */
char *
grip_tool_format_help (const GripToolCommand *command,
                       const char            *words)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "Usage: %s [OPTION...]%s%s\n\n%s.\n", words,
                          command->arguments != NULL ? " " : "",
                          command->arguments != NULL ? command->arguments : "",
                          command->description);
  if (command->commands != NULL)
    append_commands (text, command);

  g_string_append (text, "\nOptions:\n");
  append_options (text, command->options);
  append_options (text, grip_tool_common_options);

  if (command->details != NULL)
    g_string_append_printf (text, "\n%s\n", command->details);
  if (command->examples != NULL)
    {
      g_auto(GStrv) lines = g_strsplit (command->examples, "\n", -1);

      g_string_append (text, "\nExamples:\n");
      for (gsize i = 0; lines[i] != NULL; i++)
        g_string_append_printf (text, "%s%s\n", *lines[i] != '\0' ? "  " : "", lines[i]);
    }
  if (command->commands != NULL)
    g_string_append_printf (text, "\nTry '%s COMMAND --help'.\n", words);

  return g_string_free (text, FALSE);
}

/* What is markup in reStructuredText stands for itself. */
static char *
escape_rst (const char *text)
{
  GString *escaped = g_string_new (NULL);

  for (; *text != '\0'; text++)
    {
      if (strchr ("\\*`|_", *text) != NULL)
        g_string_append_c (escaped, '\\');
      g_string_append_c (escaped, *text);
    }

  return g_string_free (escaped, FALSE);
}

static void
append_rst_text (GString    *text,
                 const char *prefix,
                 const char *paragraphs)
{
  g_auto(GStrv) lines = g_strsplit (paragraphs, "\n", -1);

  for (gsize i = 0; lines[i] != NULL; i++)
    g_string_append_printf (text, "%s%s\n", *lines[i] != '\0' ? prefix : "", lines[i]);
  g_string_append_c (text, '\n');
}

static void
append_rst_options (GString            *text,
                    const GOptionEntry *options)
{
  for (gsize i = 0; options != NULL && options[i].long_name != NULL; i++)
    {
      g_autofree char *option = format_option (&options[i]);
      g_autofree char *description = escape_rst (options[i].description);

      g_string_append_printf (text, "``%s``\n  %s.\n\n", option, description);
    }
}

/* The part of the manual page that tells of each command. */
static void
append_rst (GString               *text,
            const GripToolCommand *command,
            const char            *words)
{
  g_autofree char *title = NULL;
  g_autofree char *line = NULL;

  if (command->commands == NULL)
    {
      g_autofree char *arguments = escape_rst (command->arguments != NULL ? command->arguments : "");

      title = g_strdup_printf ("``%s`` [OPTION...] %s", words, arguments);
      g_strchomp (title);
      line = g_strnfill (strlen (title), '-');
      g_string_append_printf (text, "%s\n%s\n\n%s.\n\n", title, line, command->description);
      append_rst_options (text, command->options);
      if (command->details != NULL)
        {
          g_autofree char *details = escape_rst (command->details);

          append_rst_text (text, "", details);
        }
      if (command->examples != NULL)
        {
          g_string_append (text, "Examples::\n\n");
          append_rst_text (text, "  ", command->examples);
        }
      return;
    }

  for (gsize i = 0; command->commands[i] != NULL; i++)
    {
      g_autofree char *sub = g_strconcat (words, " ", command->commands[i]->name, NULL);

      append_rst (text, command->commands[i], sub);
    }
}

/* The words that can come next on a command line, one a line: what bash completes with. */
static void
append_completion (GString  *text,
                   int       argc,
                   char    **argv)
{
  const GripToolCommand *command = &grip_tool;
  const GOptionEntry    *tables[] = { NULL, grip_tool_common_options };

  for (int i = 1; i < argc; i++)
    {
      const GripToolCommand *sub = grip_tool_find_command (command, argv[i]);

      if (sub != NULL)
        command = sub;
    }

  for (gsize i = 0; command->commands != NULL && command->commands[i] != NULL; i++)
    g_string_append_printf (text, "%s\n", command->commands[i]->name);

  tables[0] = command->options;
  for (gsize t = 0; t < G_N_ELEMENTS (tables); t++)
    for (gsize i = 0; tables[t] != NULL && tables[t][i].long_name != NULL; i++)
      g_string_append_printf (text, "--%s\n", tables[t][i].long_name);
}

static int
run (int    argc,
     char **argv)
{
  g_autoptr(GString)     text = g_string_new (NULL);
  g_autoptr(GString)     words = g_string_new ("grip-tool");
  g_autofree char       *help = NULL;
  const GripToolCommand *command = &grip_tool;

  if (rst)
    append_rst (text, command, words->str);
  else if (complete)
    append_completion (text, argc, argv);
  if (rst || complete)
    {
      grip_tool_write (text->str, text->len);
      return GRIP_TOOL_OK;
    }

  for (int i = 1; i < argc; i++)
    {
      const GripToolCommand *sub = grip_tool_find_command (command, argv[i]);

      if (sub == NULL && command->commands != NULL)
        return grip_tool_unknown (command, argv[i]);
      if (sub == NULL)
        return grip_tool_usage ("'%s' has no commands", words->str);
      command = sub;
      g_string_append_printf (words, " %s", sub->name);
    }

  help = grip_tool_format_help (command, words->str);
  grip_tool_write (help, strlen (help));

  return GRIP_TOOL_OK;
}

static const GOptionEntry options[] = {
  { "rst", 0, 0, G_OPTION_ARG_NONE, &rst, "Write the commands as reStructuredText, for the manual page", NULL },
  { "complete", 0, 0, G_OPTION_ARG_NONE, &complete, "Write what can follow the words, for the shell", NULL },
  { NULL }
};

const GripToolCommand grip_tool_help = {
  .name = "help",
  .run = run,
  .description = "Explain a command",
  .arguments = "[COMMAND...]",
  .options = options,
  .examples =
    "# What publish can do\n"
    "grip-tool help publish\n"
    "\n"
    "# The same\n"
    "grip-tool publish --help",
};
