/* grip-tool-demo.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-tool-common.h"

G_BEGIN_DECLS

/* What the module is told. */
typedef struct
{
  gint64   port;      /* of the page; 0: any */
  gboolean proxy;
  gboolean once;
} GripToolDemo;

typedef int (*GripToolDemoFunc) (const GripToolDemo *options);

/* The module has it. */
int grip_tool_soup_demo (const GripToolDemo *options);

G_END_DECLS
