/* grip-test-zmq-wire.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "grip-test-zmq-wire-private.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER 4096

struct _GripTestZmqWire
{
  GripTestWireType  type;
  int               listener;
  char             *address;
  const char       *channel;
  GThread          *thread;

  GMutex            mutex;
  GCond             cond;

  /* Under the mutex. */
  GQueue            script;
  GPtrArray        *messages;
  GPtrArray        *threads;
  GArray           *open;           /* descriptors; -1 where it is closed */
  guint             n_stalled;
  gboolean          released;
  gboolean          closing;
};

typedef struct
{
  GripTestWireConnection connection;
  guint                  index;
} Served;

static void
close_connection (GripTestZmqWire *self,
                  guint            index)
{
  int *fd;

  g_mutex_lock (&self->mutex);
  fd = &g_array_index (self->open, int, index);
  close (*fd);
  *fd = -1;
  g_mutex_unlock (&self->mutex);
}

static gpointer
serve_main (gpointer data)
{
  g_autofree Served *served = data;

  grip_test_wire_connection_serve (&served->connection);
  close_connection (served->connection.wire, served->index);

  return NULL;
}

static gboolean
accepted (GripTestZmqWire *self,
          int              fd)
{
  g_autofree GripTestWireFault *fault = NULL;
  Served                       *served = g_new0 (Served, 1);
  gboolean                      goes_on;

  g_mutex_lock (&self->mutex);
  fault = g_queue_pop_head (&self->script);
  served->connection = (GripTestWireConnection) { self, self->type, { 0 }, self->channel, fd };
  if (fault != NULL)
    served->connection.fault = *fault;
  served->index = self->open->len;
  g_array_append_val (self->open, fd);
  g_ptr_array_add (self->threads, g_thread_new ("zmq-wire", serve_main, served));
  goes_on = !self->closing;
  g_mutex_unlock (&self->mutex);

  return goes_on;
}

static gpointer
accept_main (gpointer data)
{
  GripTestZmqWire *self = data;
  int              fd;

  do
    fd = accept (self->listener, NULL, NULL);
  while (fd >= 0 && accepted (self, fd));

  return NULL;
}

GripTestZmqWire *
grip_test_zmq_wire_new_refusing (GripTestWireType type)
{
  GripTestZmqWire    *self = g_new0 (GripTestZmqWire, 1);
  struct sockaddr_in  name = { AF_INET, 0, { htonl (INADDR_LOOPBACK) }, { 0 } };
  socklen_t           length = sizeof name;
  int                 buffer = BUFFER;

  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  g_queue_init (&self->script);
  self->type = type;
  self->channel = "c";
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->threads = g_ptr_array_new ();
  self->open = g_array_new (FALSE, FALSE, sizeof (int));
  self->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt (self->listener, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  g_assert_cmpint (bind (self->listener, (struct sockaddr *) &name, length), ==, 0);
  g_assert_cmpint (getsockname (self->listener, (struct sockaddr *) &name, &length), ==, 0);
  self->address = g_strdup_printf ("tcp://127.0.0.1:%u", ntohs (name.sin_port));

  return self;
}

void
grip_test_zmq_wire_listen (GripTestZmqWire *self)
{
  g_assert_cmpint (listen (self->listener, 16), ==, 0);
  self->thread = g_thread_new ("zmq-wire-accept", accept_main, self);
}

GripTestZmqWire *
grip_test_zmq_wire_new (GripTestWireType type)
{
  GripTestZmqWire *self = grip_test_zmq_wire_new_refusing (type);

  grip_test_zmq_wire_listen (self);

  return self;
}

void
grip_test_zmq_wire_drop (GripTestZmqWire *self)
{
  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->open->len; i++)
    if (g_array_index (self->open, int, i) >= 0)
      shutdown (g_array_index (self->open, int, i), SHUT_RDWR);
  g_mutex_unlock (&self->mutex);
}

/* A connection of its own ends the wait for one. */
static void
stop_accepting (GripTestZmqWire *self)
{
  struct sockaddr_in name = { 0 };
  socklen_t          length = sizeof name;
  int                fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  getsockname (self->listener, (struct sockaddr *) &name, &length);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &name, length), ==, 0);
  g_thread_join (self->thread);
  close (fd);
}

void
grip_test_zmq_wire_free (GripTestZmqWire *self)
{
  g_mutex_lock (&self->mutex);
  self->closing = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
  if (self->thread != NULL)
    stop_accepting (self);
  close (self->listener);
  grip_test_zmq_wire_drop (self);
  for (guint i = 0; i < self->threads->len; i++)
    g_thread_join (g_ptr_array_index (self->threads, i));

  g_queue_clear_full (&self->script, g_free);
  g_ptr_array_unref (self->threads);
  g_ptr_array_unref (self->messages);
  g_array_unref (self->open);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self->address);
  g_free (self);
}

const char *
grip_test_zmq_wire_get_address (GripTestZmqWire *self)
{
  return self->address;
}

void
grip_test_zmq_wire_set_channel (GripTestZmqWire *self,
                                const char      *channel)
{
  self->channel = channel;
}

void
grip_test_zmq_wire_push (GripTestZmqWire         *self,
                         const GripTestWireFault *fault)
{
  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->script, g_memdup2 (fault, sizeof *fault));
  g_mutex_unlock (&self->mutex);
}

void
grip_test_zmq_wire_release (GripTestZmqWire *self)
{
  g_mutex_lock (&self->mutex);
  self->released = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
}

gboolean
grip_test_zmq_wire_stall (GripTestZmqWire *self)
{
  gboolean released;

  g_mutex_lock (&self->mutex);
  self->n_stalled++;
  while (!self->released && !self->closing)
    g_cond_wait (&self->cond, &self->mutex);
  released = self->released && !self->closing;
  g_mutex_unlock (&self->mutex);

  return released;
}

void
grip_test_zmq_wire_record (GripTestZmqWire *self,
                           GBytes          *message)
{
  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->messages, message);
  g_mutex_unlock (&self->mutex);
}

guint
grip_test_zmq_wire_get_n_connections (GripTestZmqWire *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->open->len;
  g_mutex_unlock (&self->mutex);

  return n;
}

guint
grip_test_zmq_wire_get_n_stalled (GripTestZmqWire *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->n_stalled;
  g_mutex_unlock (&self->mutex);

  return n;
}

guint
grip_test_zmq_wire_get_n_messages (GripTestZmqWire *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->messages->len;
  g_mutex_unlock (&self->mutex);

  return n;
}

GBytes *
grip_test_zmq_wire_dup_message (GripTestZmqWire *self,
                                guint            index)
{
  GBytes *message;

  g_mutex_lock (&self->mutex);
  message = g_bytes_ref (g_ptr_array_index (self->messages, index));
  g_mutex_unlock (&self->mutex);

  return message;
}

guint
grip_test_zmq_wire_count (GripTestZmqWire *self,
                          const char      *text)
{
  guint n = 0;

  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->messages->len; i++)
    {
      gsize       length;
      const char *data = g_bytes_get_data (g_ptr_array_index (self->messages, i), &length);

      n += length > 0 && memmem (data, length, text, strlen (text)) != NULL;
    }
  g_mutex_unlock (&self->mutex);

  return n;
}
