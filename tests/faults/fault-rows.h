/* fault-rows.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "faults.h"

G_BEGIN_DECLS

/* What a server may do wrong once, and how an item ends that it happens to. A fault happens once; after it
 * the server is well again. The expected numbers are the promises of design 4: nothing lost in silence,
 * nothing twice without an id, a retry where it is safe. */

typedef struct
{
  const char *fate;             /* NULL: accepted */
  guint       n_seen;
} End;

typedef struct
{
  const char     *name;
  GripTestAnswer  answer;
  End             without_id;
  End             with_id;
  End             in_batch;     /* without an id, beside others */
} Row;

extern const Row   fault_rows[];
extern const guint n_fault_rows;

/* A test of each row: /faults/GROUP/COLUMN/ROW. */
void            fault_rows_add     (const char    *group,
                                    const char    *column,
                                    GTestDataFunc  func);

/* A publisher with one endpoint and one request at a time, which gives up a stalled request early. @row is NULL
 * where nothing stalls. */
GripPubControl *fault_rows_control (const Row     *row,
                                    GripTestSink  *sink);

G_END_DECLS
