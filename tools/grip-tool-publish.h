/* grip-tool-publish.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-tool-common.h"
#include "grip-tool-item.h"

G_BEGIN_DECLS

/* What became of the items: the summary of a publish. */
typedef struct
{
  gint64     published;
  gint64     failed;
  gint64     unanswered;
  GError    *first_error;
  GPtrArray *endpoints;
  double     start_time;
} GripToolTally;

void     grip_tool_tally_add     (GripToolTally  *self,
                                  const GError   *error);
gboolean grip_tool_publish_lines (GripPubControl *control,
                                  const char     *channel,
                                  GripToolItem   *item,
                                  GripToolTally  *tally,
                                  GError        **error);

G_END_DECLS
