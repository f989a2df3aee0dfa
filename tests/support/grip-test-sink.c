/* grip-test-sink.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "grip-test-sink-private.h"

#define BACKLOG 1024

static GBytes *
render_head (const GripTestAnswer *answer,
             gsize                 body_length)
{
  GString *head = g_string_new (NULL);
  gsize length = answer->content_length > 0 ? (gsize) answer->content_length : body_length;

  g_string_append_printf (head, "HTTP/1.1 %u %s\r\n", answer->status > 0 ? answer->status : 200,
                          answer->reason != NULL ? answer->reason : "Told");
  if (answer->headers == NULL || strcasestr (answer->headers, "content-type:") == NULL)
    g_string_append (head, "Content-Type: text/plain\r\n");
  g_string_append_printf (head, "Content-Length: %" G_GSIZE_FORMAT "\r\n", length);
  if (answer->end == GRIP_TEST_END_CLOSE)
    g_string_append (head, "Connection: close\r\n");
  if (answer->headers != NULL)
    g_string_append (head, answer->headers);
  g_string_append (head, "\r\n");

  return g_string_free_to_bytes (head);
}

static GBytes *
copy_bytes (const char *data,
            gsize       length)
{
  return g_bytes_new (data, length > 0 ? length : strlen (data));
}

GripTestLine *
grip_test_line_new (const GripTestAnswer *answer)
{
  GripTestLine *self = g_atomic_rc_box_new0 (GripTestLine);

  self->told = *answer;
  if (answer->raw != NULL)
    {
      self->head = copy_bytes (answer->raw, answer->raw_length);
      self->body = g_bytes_new (NULL, 0);
    }
  else
    {
      self->body = copy_bytes (answer->body != NULL ? answer->body : "Published\n",
                               answer->body_length);
      self->head = render_head (answer, g_bytes_get_size (self->body));
    }

  return self;
}

GripTestLine *
grip_test_line_ref (GripTestLine *line)
{
  return g_atomic_rc_box_acquire (line);
}

static void
line_clear (gpointer data)
{
  GripTestLine *self = data;

  g_bytes_unref (self->head);
  g_bytes_unref (self->body);
}

void
grip_test_line_unref (GripTestLine *line)
{
  g_atomic_rc_box_release_full (line, line_clear);
}

GripTestLine *
grip_test_sink_take_line (GripTestSink *self,
                          gboolean      at_accept)
{
  GripTestLine *line = NULL;
  GripTestLine *next;

  g_mutex_lock (&self->mutex);
  next = g_queue_peek_head (&self->script);
  if (next == NULL)
    next = self->fallback;
  if (!at_accept || next->told.at_accept)
    {
      line = grip_test_line_ref (next);
      if (next != self->fallback)
        grip_test_line_unref (g_queue_pop_head (&self->script));
    }
  g_mutex_unlock (&self->mutex);

  return line;
}

void
grip_test_sink_judge (GripTestSink     *self,
                      GripTestRequest  *request,
                      GripTestLine    **line)
{
  g_mutex_lock (&self->mutex);
  if (self->poison != NULL && request->complete
      && memmem (g_bytes_get_data (request->body, NULL), g_bytes_get_size (request->body),
                 self->poison, strlen (self->poison)) != NULL)
    {
      if (*line == self->fallback)
        grip_test_line_unref (*line);
      else
        g_queue_push_head (&self->script, *line);
      *line = grip_test_line_ref (self->refusal);
    }
  g_mutex_unlock (&self->mutex);
}

guint
grip_test_sink_take_request (GripTestSink    *self,
                             GripTestRequest *request)
{
  guint generation;

  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->requests, request);
  generation = self->generation;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);

  return generation;
}

gboolean
grip_test_sink_pause (GripTestSink *self,
                      guint         milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * G_TIME_SPAN_MILLISECOND;
  gboolean go_on;

  g_mutex_lock (&self->mutex);
  while (!self->closing && g_cond_wait_until (&self->cond, &self->mutex, end))
    continue;
  go_on = !self->closing;
  g_mutex_unlock (&self->mutex);

  return go_on;
}

static gpointer
connection_thread (gpointer data)
{
  GripTestConnection *self = data;
  GripTestSink *sink = self->sink;

  grip_test_connection_serve (self);

  /* The number may be used again as soon as it is closed, so it leaves the set before. */
  g_mutex_lock (&sink->mutex);
  g_hash_table_remove (sink->open, GINT_TO_POINTER (self->fd));
  close (self->fd);
  g_cond_broadcast (&sink->cond);
  g_mutex_unlock (&sink->mutex);

  g_byte_array_unref (self->buffer);
  g_free (self);

  return NULL;
}

/* Under the mutex, so that no connection comes in after it was said that none does.
 * Returns: NULL when there is none to take */
static GripTestConnection *
take_connection (GripTestSink *self)
{
  gboolean accepting = self->listening && self->accepting && !self->closing;
  int fd = accepting ? accept4 (self->listener, NULL, NULL, SOCK_CLOEXEC) : -1;
  GripTestConnection *connection;

  if (fd < 0)
    return NULL;

  connection = g_new0 (GripTestConnection, 1);
  connection->sink = self;
  connection->fd = fd;
  connection->buffer = g_byte_array_new ();
  connection->number = ++self->n_connections;
  g_hash_table_add (self->open, GINT_TO_POINTER (fd));

  return connection;
}

static void
accept_one (GripTestSink *self)
{
  GripTestConnection *connection;

  g_mutex_lock (&self->mutex);
  connection = take_connection (self);
  g_mutex_unlock (&self->mutex);
  if (connection == NULL)
    return;

  g_thread_unref (g_thread_new ("grip-test-sink-connection", connection_thread, connection));
}

static gpointer
sink_thread (gpointer data)
{
  GripTestSink *self = data;
  struct pollfd pollers[2] = { { self->wake, POLLIN, 0 }, { self->listener, POLLIN, 0 } };

  for (;;)
    {
      gboolean accepting;
      gboolean closing;
      guint64 count;

      g_mutex_lock (&self->mutex);
      closing = self->closing;
      accepting = self->listening && self->accepting;
      g_mutex_unlock (&self->mutex);

      if (closing)
        return NULL;
      if (poll (pollers, accepting ? 2 : 1, -1) < 0)
        continue;
      if (pollers[0].revents != 0 && read (self->wake, &count, sizeof count) < 0)
        continue;
      if (accepting && (pollers[1].revents & POLLIN) != 0)
        accept_one (self);
    }
}

static void
wake_up (GripTestSink *self)
{
  guint64 one = 1;
  gssize n = write (self->wake, &one, sizeof one);

  g_assert_cmpint (n, ==, sizeof one);
}

/* Returns -1 when the port is taken. */
static int
bind_to_loopback (guint  port,
                  guint *bound)
{
  struct sockaddr_in address = { AF_INET, htons (port), { htonl (INADDR_LOOPBACK) }, { 0 } };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (bind (fd, (struct sockaddr *) &address, sizeof address) == 0
      && getsockname (fd, (struct sockaddr *) &address, &length) == 0)
    {
      *bound = ntohs (address.sin_port);
      return fd;
    }
  close (fd);

  return -1;
}

/* A port that was given by its number stays ours when the socket is shut down; one that the kernel
 * chose does not. So let it choose, and then ask for that one. */
static int
bind_to_kept_port (guint *port)
{
  int fd = -1;

  while (fd < 0)
    {
      int chosen = bind_to_loopback (0, port);

      g_assert_cmpint (chosen, >=, 0);
      close (chosen);
      fd = bind_to_loopback (*port, port);
    }
  /* After it was bound: nobody else may share the port, but connections that have not ended yet may when it is
   * to listen again. */
  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &(int) { 1 }, sizeof (int)), ==, 0);

  return fd;
}

GripTestSink *
grip_test_sink_new (void)
{
  GripTestSink *self = g_new0 (GripTestSink, 1);
  GripTestAnswer published = { 0 };
  GripTestAnswer refused = { .status = 400, .body = "Bad format: poison\n" };

  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  g_queue_init (&self->script);
  self->fallback = grip_test_line_new (&published);
  self->refusal = grip_test_line_new (&refused);
  self->requests = g_ptr_array_new_with_free_func ((GDestroyNotify) grip_test_request_free);
  self->open = g_hash_table_new (NULL, NULL);
  self->accepting = TRUE;
  self->wake = eventfd (0, EFD_CLOEXEC);
  self->listener = bind_to_kept_port (&self->port);
  self->uri = g_strdup_printf ("http://127.0.0.1:%u", self->port);
  grip_test_sink_set_listening (self, TRUE);
  self->thread = g_thread_new ("grip-test-sink", sink_thread, self);

  return self;
}

/* Under the mutex. */
static void
shut_connections (GripTestSink *self)
{
  GHashTableIter iter;
  gpointer fd;

  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, &fd, NULL))
    shutdown (GPOINTER_TO_INT (fd), SHUT_RDWR);
}

void
grip_test_sink_free (GripTestSink *self)
{
  g_mutex_lock (&self->mutex);
  self->closing = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
  wake_up (self);
  g_thread_join (self->thread);

  g_mutex_lock (&self->mutex);
  shut_connections (self);
  while (g_hash_table_size (self->open) > 0)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);

  if (self->stall_notify != NULL)
    self->stall_notify (self->stall_data);
  close (self->listener);
  close (self->wake);
  g_queue_clear_full (&self->script, (GDestroyNotify) grip_test_line_unref);
  grip_test_line_unref (self->fallback);
  grip_test_line_unref (self->refusal);
  g_free (self->poison);
  g_ptr_array_unref (self->requests);
  g_hash_table_unref (self->open);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self->uri);
  g_free (self);
}

const char *
grip_test_sink_get_uri (GripTestSink *self)
{
  return self->uri;
}

guint
grip_test_sink_get_port (GripTestSink *self)
{
  return self->port;
}

void
grip_test_sink_set_default (GripTestSink         *self,
                            const GripTestAnswer *answer)
{
  GripTestLine *line = grip_test_line_new (answer);

  g_mutex_lock (&self->mutex);
  grip_test_line_unref (self->fallback);
  self->fallback = line;
  g_mutex_unlock (&self->mutex);
}

void
grip_test_sink_push (GripTestSink         *self,
                     const GripTestAnswer *answer)
{
  GripTestLine *line = grip_test_line_new (answer);

  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->script, line);
  g_mutex_unlock (&self->mutex);
}

guint
grip_test_sink_get_n_pushed (GripTestSink *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = g_queue_get_length (&self->script);
  g_mutex_unlock (&self->mutex);

  return n;
}

void
grip_test_sink_set_poison (GripTestSink *self,
                           const char   *word)
{
  g_mutex_lock (&self->mutex);
  g_free (self->poison);
  self->poison = g_strdup (word);
  g_mutex_unlock (&self->mutex);
}

void
grip_test_sink_release (GripTestSink *self)
{
  g_mutex_lock (&self->mutex);
  self->generation++;
  g_mutex_unlock (&self->mutex);
}

void
grip_test_sink_set_stall_func (GripTestSink     *self,
                               GripTestSinkFunc  func,
                               gpointer          data,
                               GDestroyNotify    notify)
{
  self->stall_func = func;
  self->stall_data = data;
  self->stall_notify = notify;
}

/* On Linux a listening socket that is shut down keeps its port and refuses connections, and may
 * listen again. */
void
grip_test_sink_set_listening (GripTestSink *self,
                              gboolean      listening)
{
  g_mutex_lock (&self->mutex);
  if (listening)
    g_assert_cmpint (listen (self->listener, self->accepting ? BACKLOG : 0), ==, 0);
  else
    {
      shutdown (self->listener, SHUT_RDWR);
      shut_connections (self);
    }
  self->listening = listening;
  g_mutex_unlock (&self->mutex);
  wake_up (self);
}

void
grip_test_sink_set_accepting (GripTestSink *self,
                              gboolean      accepting)
{
  g_mutex_lock (&self->mutex);
  self->accepting = accepting;
  if (self->listening)
    listen (self->listener, accepting ? BACKLOG : 0);
  g_mutex_unlock (&self->mutex);
  wake_up (self);
}
