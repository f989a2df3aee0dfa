/* grip-tool.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-tool-common.h"

G_BEGIN_DECLS

extern const GripToolCommand grip_tool_bench;
extern const GripToolCommand grip_tool_bench_encode;
extern const GripToolCommand grip_tool_bench_events;
extern const GripToolCommand grip_tool_bench_sig;
extern const GripToolCommand grip_tool_bench_wsev;
extern const GripToolCommand grip_tool_bench_zmq;
extern const GripToolCommand grip_tool_demo;
extern const GripToolCommand grip_tool_doctor;
extern const GripToolCommand grip_tool_events;
extern const GripToolCommand grip_tool_help;
extern const GripToolCommand grip_tool_instruct;
extern const GripToolCommand grip_tool_listen;
extern const GripToolCommand grip_tool_sign;
extern const GripToolCommand grip_tool_verify;
extern const GripToolCommand grip_tool_bench_http;
extern const GripToolCommand grip_tool_publish;
extern const GripToolCommand grip_tool_transports;
extern const GripToolCommand grip_tool_uri;
extern const GripToolCommand grip_tool_watch;

/* The whole tool as a command: its commands are the table in grip-tool.c. */
extern const GripToolCommand grip_tool;
/* What every command takes: --json and --help. */
extern const GOptionEntry    grip_tool_common_options[];

const GripToolCommand *grip_tool_find_command (const GripToolCommand *parent,
                                               const char            *word);
int                    grip_tool_unknown      (const GripToolCommand *parent,
                                               const char            *word);
char                  *grip_tool_format_help  (const GripToolCommand *command,
                                               const char            *words);

G_END_DECLS
