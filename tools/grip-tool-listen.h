/* grip-tool-listen.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-tool-common.h"

G_BEGIN_DECLS

typedef enum
{
  GRIP_TOOL_LISTEN_AUTO,
  GRIP_TOOL_LISTEN_STREAM,
  GRIP_TOOL_LISTEN_SSE,
  GRIP_TOOL_LISTEN_POLL,
  GRIP_TOOL_LISTEN_WEBSOCKET,
} GripToolListenMode;

/* What the module is told. */
typedef struct
{
  GUri                *uri;
  char               **headers;   /* 'NAME: VALUE', checked */
  GripToolListenMode   mode;
  gint64               count;     /* 0: no limit */
  double               seconds;   /* 0: no limit */
} GripToolListen;

typedef int (*GripToolListenFunc) (const GripToolListen *options);

/* The module has it. */
int grip_tool_soup_listen (const GripToolListen *options);

G_END_DECLS
