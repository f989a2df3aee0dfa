/* grip-test-client-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "grip-test-client.h"

G_BEGIN_DECLS

typedef struct
{
  GripTestFrameKind  kind;
  GBytes            *payload;
} GripTestFrame;

struct _GripTestClient
{
  char          *uri;
  char          *header;
  GCancellable  *cancellable;
  GThread       *thread;

  GMutex         mutex;
  GCond          cond;

  /* Under the mutex. */
  GHashTable    *headers;
  GByteArray    *body;
  GPtrArray     *frames;
  GOutputStream *output;
  guint          status;
  guint          open : 1;
  guint          closed : 1;
};

void grip_test_client_take_head   (GripTestClient    *self,
                                   guint              status,
                                   GHashTable        *headers);
void grip_test_client_take_frame  (GripTestClient    *self,
                                   GripTestFrameKind  kind,
                                   GBytes            *payload);
void grip_test_client_run_websocket (GripTestClient  *self);

G_END_DECLS
