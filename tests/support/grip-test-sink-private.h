/* grip-test-sink-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-test-sink.h"

G_BEGIN_DECLS

/* An answer of the script, with everything rendered and owned. */
typedef struct
{
  GripTestAnswer  told;
  GBytes         *head;
  GBytes         *body;
} GripTestLine;

struct _GripTestSink
{
  GThread          *thread;
  char             *uri;
  guint             port;
  int               listener;
  int               wake;

  /* Since before the first request. */
  GripTestSinkFunc  stall_func;
  gpointer          stall_data;
  GDestroyNotify    stall_notify;

  GMutex            mutex;
  GCond             cond;

  /* Under the mutex. */
  GQueue            script;
  GripTestLine     *fallback;
  GripTestLine     *refusal;
  char             *poison;
  GPtrArray        *requests;
  GHashTable       *open;
  guint             n_connections;
  guint             generation;
  guint             listening : 1;
  guint             accepting : 1;
  guint             closing : 1;
};

typedef struct
{
  GripTestSink *sink;
  guint         number;
  int           fd;
  GByteArray   *buffer;
  guint         generation;     /* of the sink, when the present request was recorded */
} GripTestConnection;

GripTestLine *grip_test_line_new           (const GripTestAnswer *answer);
GripTestLine *grip_test_line_ref           (GripTestLine         *line);
void          grip_test_line_unref         (GripTestLine         *line);

/* Runs one connection to its end, in its thread. */
void          grip_test_connection_serve   (GripTestConnection   *self);

/* The next answer; NULL with @at_accept when the next one is not of that kind. */
GripTestLine *grip_test_sink_take_line     (GripTestSink         *self,
                                            gboolean              at_accept);
/* Changes @line, and puts it back into the script, when the request is one to refuse. */
void          grip_test_sink_judge         (GripTestSink         *self,
                                            GripTestRequest      *request,
                                            GripTestLine        **line);
/* Returns: the generation: grip_test_sink_release() begins the next one */
guint         grip_test_sink_take_request  (GripTestSink         *self,
                                            GripTestRequest      *request);
/* Waits. FALSE when the sink is being freed. */
gboolean      grip_test_sink_pause         (GripTestSink         *self,
                                            guint                 milliseconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripTestLine, grip_test_line_unref)

G_END_DECLS
