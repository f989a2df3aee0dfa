/* faults.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <string.h>

#include <libgrip/grip.h>

#include "grip-test-sink.h"

G_BEGIN_DECLS

/* What the fault tests share. Each is named after its row in the table of faults: F1 to F42. Where the
 * row promises less or other than the design (retries up to the publisher's timeout, fates, the limits
 * of a queue), the design is what is tested. */

/* Long enough for a busy machine. */
#define PATIENCE 60000

#define NOT_SENT ": not sent: "
#define UNKNOWN  ": unknown: "
#define REFUSED  ": refused: "

/* How one publish ended. */
typedef struct
{
  guint   n_callbacks;
  GError *error;
} Fate;

/* @uri may be NULL; @timeout and @request_timeout are in seconds, 0 leaves the default. */
GripPubControl *faults_control_new         (const char     *uri,
                                            double          timeout,
                                            double          request_timeout);
void            faults_add                 (GripPubControl *control,
                                            const char     *uri,
                                            double          request_timeout);

/* Publishes @content (a stream's) to "c", without blocking; @id may be NULL. */
void            faults_publish             (GripPubControl *control,
                                            const char     *content,
                                            const char     *id,
                                            GCancellable   *cancellable,
                                            Fate           *fate);
void            faults_wait                (Fate           *fates,
                                            guint           n_fates);
/* Publishes and waits. */
GError         *faults_try                 (GripPubControl *control,
                                            const char     *content,
                                            const char     *id);
/* Success when @fate is NULL; else an error that says it, and clears it. Exactly one callback. */
void            faults_assert              (Fate           *result,
                                            const char     *fate);
void            faults_assert_error        (GError         *error,
                                            int             code,
                                            const char     *fate);
/* Closes, and takes whatever that says. */
void            faults_drop                (GripPubControl *control);

/* Iterates the main context until @count is met: the sink has seen so many requests. */
void            faults_wait_requests       (GripTestSink   *sink,
                                            guint           count);

/* Runs this program again with --child MODE ARGUMENT and the given "NAME=VALUE" in its environment. */
typedef struct
{
  int    status;                /* as of waitpid() */
  char  *output;                /* stdout, then stderr */
} Child;

Child          *faults_run_child           (const char        *mode,
                                            const char        *argument,
                                            const char *const *environment);
void            faults_child_free          (Child             *child);
void            faults_child_assert_ok     (Child             *child);

/* Writes what became of an item, for the output of a child. */
void            faults_say_error           (const GError      *error);

/* Called by main() before g_test_init(): runs the mode and ends when this is a child. */
typedef int   (*ChildFunc) (const char *argument);
typedef struct
{
  const char *mode;
  ChildFunc   func;
} ChildMode;

void            faults_init                (int               *argc,
                                            char            ***argv,
                                            const ChildMode   *modes,
                                            guint              n_modes);

/* How many descriptors the process may have; 0 for as many as the system lets it. */
void            faults_limit_descriptors   (guint              n);

/* ASan and valgrind change what memory a process takes. */
gboolean        faults_is_instrumented     (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Child, faults_child_free)

G_END_DECLS
