/* grip-tool-common.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>

#include "grip-tool-json.h"

G_BEGIN_DECLS

/* The exit codes are a contract with scripts: they are in the manual page and never change. */
typedef enum
{
  GRIP_TOOL_OK            = 0,
  GRIP_TOOL_USAGE         = 1,
  GRIP_TOOL_CONFIG        = 2,
  GRIP_TOOL_NOT_REACHABLE = 3,
  GRIP_TOOL_UNAUTHORIZED  = 4,
  GRIP_TOOL_REJECTED      = 5,
  GRIP_TOOL_BAD_SIGNATURE = 6,
  GRIP_TOOL_TIMED_OUT     = 7,
  GRIP_TOOL_NO_PLUGIN     = 8,
  GRIP_TOOL_INTERRUPTED   = 130,
} GripToolExit;

typedef struct _GripToolCommand GripToolCommand;

/* Help, the manual page and the shell completion are all made of this. See grip-tool.c for how to add
 * a command. */
struct _GripToolCommand
{
  const char                    *name;
  int                          (*run) (int    argc,
                                       char **argv);
  const char                    *description;
  const char                    *arguments;
  const GOptionEntry            *options;
  const GripToolCommand * const *commands;
  const char                    *details;
  const char                    *examples;
};

/* What --json set: one JSON object a line on stdout instead of words. */
extern gboolean grip_tool_json;

void          grip_tool_set_command     (const char    *words);
const char   *grip_tool_get_command     (void);
void          grip_tool_say             (const char    *format,
                                         ...) G_GNUC_PRINTF (1, 2);
int           grip_tool_usage           (const char    *format,
                                         ...) G_GNUC_PRINTF (1, 2);
int           grip_tool_fail            (const GError  *error);
void          grip_tool_say_error       (const GError  *error);
void          grip_tool_json_error      (GripToolJson  *json,
                                         const GError  *error);
GripToolExit  grip_tool_exit_for_error  (const GError  *error);
gboolean      grip_tool_use_colour      (int            fd);
void          grip_tool_write           (const void    *data,
                                         gsize          length);
void          grip_tool_print_json      (GripToolJson  *json);

GCancellable *grip_tool_get_cancellable (void);

GBytes       *grip_tool_read_stdin      (GError       **error);
GBytes       *grip_tool_read_file       (const char    *path,
                                         GError       **error);
GBytes       *grip_tool_read_argument   (const char    *argument,
                                         GError       **error);
GBytes       *grip_tool_read_key        (const char    *argument,
                                         GError       **error);
gboolean      grip_tool_parse_int       (const char    *option,
                                         const char    *text,
                                         gint64         minimum,
                                         gint64         maximum,
                                         gint64        *value);
gboolean      grip_tool_parse_seconds   (const char    *option,
                                         const char    *text,
                                         double        *seconds);
const char   *grip_tool_near_match      (const char    *word,
                                         const char * const *candidates);

G_END_DECLS
