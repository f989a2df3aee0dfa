/* grip-tool-listener.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "../grip-tool-listen.h"

G_BEGIN_DECLS

/* A server may be hostile: nothing that it sends is kept beyond this. */
#define GRIP_TOOL_MAX_MESSAGE (16 * 1024 * 1024)

typedef struct
{
  const GripToolListen *options;
  GCancellable         *cancellable;   /* Ctrl-C, the time limit */
  GCancellable         *interrupt;
  gulong                interrupt_id;
  gint64                start_time;
  gint64                n_items;
  gint64                n_bytes;

  GThread              *timer;
  GMutex                mutex;
  GCond                 cond;

  /* Under the mutex. */
  gboolean              stopped;
  gboolean              timed_out;
} GripToolListener;

/* One item. Only what it has is set. */
typedef struct
{
  const char *kind;
  const char *event;
  const char *id;
  guint       code;
  const void *data;
  gsize       length;
  gboolean    exact;     /* no newline is added where there is none */
} GripToolHeard;

void     grip_tool_listener_opened    (GripToolListener     *self,
                                       const char           *kind,
                                       guint                 code);
void     grip_tool_listener_closed    (GripToolListener     *self,
                                       guint                 code,
                                       const char           *reason);
void     grip_tool_listener_take      (GripToolListener     *self,
                                       const GripToolHeard  *heard);
gboolean grip_tool_listener_is_done   (GripToolListener     *self);
gboolean grip_tool_listener_pause     (GripToolListener     *self,
                                       guint                 milliseconds);

gboolean grip_tool_check_status       (guint                 status,
                                       GError              **error);

/* Each listens until the listener is done, and sets an error for any other end but that of a server
 * which had no more to say. */
void     grip_tool_listen_http        (GripToolListener     *self,
                                       GError              **error);
void     grip_tool_listen_websocket   (GripToolListener     *self,
                                       GError              **error);

G_END_DECLS
