/* grip-zmq-context.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <stdlib.h>
#include <unistd.h>

#include <zmq.h>

#include <libgrip/grip.h>

#include "grip-zmq-context.h"

#define MAX_SOCKETS    16384
/* A socket whose transport is just being closed in another thread. */
#define EXIT_PATIENCE  (200 * 1000)
#define EXIT_STEP      1000

typedef struct
{
  void  *context;
  pid_t  pid;
  int    n_sockets;     /* atomic */
} Shared;

static Shared *shared;  /* atomic */

static gboolean
is_ours (const Shared *of)
{
  return of != NULL && of->pid == getpid ();
}

/* libzmq's thread ends with the process, and with it what it has taken but not yet written. Ending the
 * context waits for it, as long as the sockets' linger lets it; they must have been closed before. */
static void
finish_at_exit (void)
{
  Shared *mine = g_atomic_pointer_get (&shared);

  if (!is_ours (mine))
    return;

  for (guint waited = 0; waited < EXIT_PATIENCE && g_atomic_int_get (&mine->n_sockets) > 0;
       waited += EXIT_STEP)
    g_usleep (EXIT_STEP);
  if (g_atomic_int_get (&mine->n_sockets) == 0)
    zmq_ctx_term (mine->context);
}

static Shared *
make (GError **error)
{
  static gsize  registered;
  Shared       *made;
  void         *context = zmq_ctx_new ();

  if (context == NULL)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_FAILED,
                   "cannot start libzmq: %s", zmq_strerror (zmq_errno ()));
      return NULL;
    }

  zmq_ctx_set (context, ZMQ_MAX_SOCKETS, MAX_SOCKETS);
  made = g_new0 (Shared, 1);
  made->context = context;
  made->pid = getpid ();
  if (g_once_init_enter (&registered))
    {
      atexit (finish_at_exit);
      g_once_init_leave (&registered, 1);
    }

  return made;
}

/* A forked child gets a context of its own: its parent's has no thread there. */
void *
grip_zmq_context_get (GError **error)
{
  Shared *old = g_atomic_pointer_get (&shared);
  Shared *made;

  if (is_ours (old))
    return old->context;

  made = make (error);
  if (made == NULL)
    return NULL;
  if (g_atomic_pointer_compare_and_exchange (&shared, old, made))
    return made->context;

  zmq_ctx_term (made->context);
  g_free (made);

  return ((Shared *) g_atomic_pointer_get (&shared))->context;
}

/* Counts the open sockets. */
void
grip_zmq_context_hold (void)
{
  g_atomic_int_inc (&((Shared *) g_atomic_pointer_get (&shared))->n_sockets);
}

void
grip_zmq_context_release (void)
{
  g_atomic_int_add (&((Shared *) g_atomic_pointer_get (&shared))->n_sockets, -1);
}

gboolean
grip_zmq_context_is_foreign (int pid)
{
  return pid != getpid ();
}
