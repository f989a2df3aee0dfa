/* grip-http-monitor.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>
#include <unistd.h>

#include "grip-http-answer.h"
#include "grip-http-cursor.h"
#include "grip-http-lines.h"
#include "grip-http-monitor.h"
#include "grip-http-session.h"
#include "grip-http-uri.h"

#define MAX_PAGE         (4 * 1024 * 1024)
#define MAX_PAGES        100000
#define MAX_NAMES        (256 * 1024 * 1024)
#define FIRST_BACKOFF    (G_USEC_PER_SEC / 4)
#define MAX_BACKOFF      (64 * G_USEC_PER_SEC)
#define WARN_AFTER       5
#define MAX_RETRY_AFTER  300.0
/* A stream that lived so long was a good one: what comes after it is a new fault. */
#define GOOD_STREAM      (10 * G_USEC_PER_SEC)

struct _GripHttpMonitor
{
  int                  ref_count;
  pid_t                pid;

  /* Only in the transport's context. There is a transport while it runs. */
  GripBaseTransport   *transport;
  GripHttpSession     *session;
  gint64               time_limit;
  gint64               quiet_limit;
  GCancellable        *connection;
  GripHttpRequest     *stream;
  GripHttpLines       *lines;
  GSource             *timer;
  char                *cursor;
  gint64               opened_at;
  guint                n_pages;
  guint                gaps;
  guint                setbacks;

  GripHttpSubscribers *subscribers;
};

/* What is asked of the proxy for one connection: when that is over the answer is of no use. */
typedef struct
{
  GripHttpMonitor *monitor;
  GCancellable    *connection;
} Step;

static void connect_now (GripHttpMonitor *self);
static void ask_history (GripHttpMonitor *self);
static void read_lines  (GripHttpMonitor *self);

GripHttpMonitor *
grip_http_monitor_new (void)
{
  GripHttpMonitor *self = g_new0 (GripHttpMonitor, 1);

  self->ref_count = 1;
  self->pid = getpid ();
  self->subscribers = grip_http_subscribers_new ();

  return self;
}

void
grip_http_monitor_unref (GripHttpMonitor *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  /* Closing what a forked child has inherited would speak into the parent's connections. */
  if (self->pid == getpid ())
    g_clear_pointer (&self->session, grip_http_session_free);
  grip_http_subscribers_free (self->subscribers);
  g_free (self->cursor);
  g_free (self);
}

static GripHttpMonitor *
monitor_ref (GripHttpMonitor *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

static Step *
step_new (GripHttpMonitor *self)
{
  Step *step = g_new (Step, 1);

  step->monitor = monitor_ref (self);
  step->connection = g_object_ref (self->connection);

  return step;
}

/* Returns: (nullable): the monitor, if the step still counts; it is borrowed until step_free() */
static GripHttpMonitor *
step_get (Step *step)
{
  return step->monitor->connection == step->connection ? step->monitor : NULL;
}

static void
step_free (Step *step)
{
  g_object_unref (step->connection);
  grip_http_monitor_unref (step->monitor);
  g_free (step);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Step, step_free)

/* Waiting */

static void
stop_timer (GripHttpMonitor *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static void
start_timer (GripHttpMonitor *self,
             gint64           microseconds,
             GSourceFunc      func)
{
  stop_timer (self);
  self->timer = g_timeout_source_new (microseconds / 1000);
  g_source_set_callback (self->timer, func, monitor_ref (self), (GDestroyNotify) grip_http_monitor_unref);
  g_source_attach (self->timer, grip_base_transport_get_main_context (self->transport));
}

/* Full jitter: many publishers that lost the same proxy shall not come back in the same moment. */
static gint64
get_backoff (guint n)
{
  return g_random_double () * MIN (MAX_BACKOFF, (gint64) FIRST_BACKOFF << MIN (n, 10));
}

/* What is known */

/* Handlers of what it tells may close the transport, here and wherever it is told. */
static void
apply_changes (GripHttpMonitor         *self,
               GripSubscriptionChanges *changes)
{
  guint n = grip_subscription_changes_get_n_changes (changes);

  for (guint i = 0; i < n && self->transport != NULL; i++)
    grip_http_subscribers_change (self->subscribers, grip_subscription_changes_get_channel (changes, i),
                                  grip_subscription_changes_get_subscribed (changes, i));

  g_free (self->cursor);
  self->cursor = g_strdup (grip_subscription_changes_get_cursor (changes));
}

static void
forget_all (GripHttpMonitor *self)
{
  g_clear_pointer (&self->cursor, g_free);
  grip_http_subscribers_forget (self->subscribers);
}

/* The end of a connection */

static void
disconnect (GripHttpMonitor *self)
{
  g_autoptr(GCancellable) connection = g_steal_pointer (&self->connection);

  stop_timer (self);
  g_clear_pointer (&self->lines, grip_http_lines_free);
  g_clear_pointer (&self->stream, grip_http_request_free);
  if (connection != NULL)
    g_cancellable_cancel (connection);
}

static gboolean
connect_cb (gpointer user_data)
{
  connect_now (user_data);

  return G_SOURCE_REMOVE;
}

static void
warn (GripHttpMonitor *self,
      const char      *what,
      const GError    *error)
{
  GripEndpoint    *endpoint = grip_transport_get_endpoint (GRIP_TRANSPORT (self->transport));
  g_autofree char *name = grip_endpoint_to_string (endpoint);

  g_warning ("%s: the subscriptions %s: %s; every item is sent, as without require_subscribers",
             name, what, error->message);
}

/* What is known stays, for the next history to go on from; but it does not count now. */
static void
set_back (GripHttpMonitor *self,
          const GError    *error,
          double           retry_after)
{
  gint64 wait;

  if (self->transport == NULL)
    return;

  if (self->opened_at > 0 && g_get_monotonic_time () - self->opened_at > GOOD_STREAM)
    self->setbacks = 0;
  self->opened_at = 0;

  wait = get_backoff (self->setbacks++);
  if (retry_after > 0)
    wait = MAX (wait, (gint64) (MIN (retry_after, MAX_RETRY_AFTER) * G_USEC_PER_SEC));

  if (self->setbacks == WARN_AFTER)
    warn (self, "are not known yet", error);
  disconnect (self);
  start_timer (self, wait, connect_cb);
  grip_http_subscribers_set_error (self->subscribers, error, FALSE);
  grip_http_subscribers_set_known (self->subscribers, FALSE);
}

static void
give_up (GripHttpMonitor *self,
         const GError    *error)
{
  if (self->transport == NULL)
    return;

  warn (self, "cannot be known", error);
  disconnect (self);
  grip_http_subscribers_set_error (self->subscribers, error, TRUE);
  forget_all (self);
}

static void
judge_status (GripHttpMonitor *self,
              GripHttpRequest *request)
{
  guint              status = grip_http_request_get_status (request);
  g_autofree char   *line = grip_http_request_dup_line (request);
  g_autoptr(GError)  error = NULL;

  error = g_error_new (GRIP_ERROR, status == 401 || status == 403 ? GRIP_ERROR_UNAUTHORIZED : GRIP_ERROR_REJECTED,
                       "the subscription monitor answers with status %u%s%s", status,
                       line != NULL ? ": " : "", line != NULL ? line : "");
  if (grip_http_status_is_passing (status) && status != SOUP_STATUS_NOT_IMPLEMENTED)
    set_back (self, error, grip_http_get_retry_after (request));
  else
    give_up (self, error);
}

/* Requests */

static GripHttpRequest *
make_request (GripHttpMonitor  *self,
              const char       *path,
              const char       *cursor,
              GError          **error)
{
  GripEndpoint               *endpoint = grip_transport_get_endpoint (GRIP_TRANSPORT (self->transport));
  g_autoptr(GripHttpRequest)  request = NULL;
  g_autoptr(GError)           local_error = NULL;
  g_autoptr(GUri)             uri = NULL;
  g_autofree char            *text = grip_endpoint_build_control_uri (endpoint, path);
  g_autofree char            *authorization = NULL;

  if (cursor != NULL)
    {
      g_autofree char *escaped = g_uri_escape_string (cursor, NULL, FALSE);
      g_autofree char *without = g_steal_pointer (&text);

      text = g_strconcat (without, strchr (without, '?') != NULL ? "&" : "?", "since=cursor:", escaped, NULL);
    }

  uri = grip_http_uri_parse (text, error);
  if (uri == NULL)
    return NULL;

  authorization = grip_endpoint_dup_authorization (endpoint, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  request = grip_http_request_new (uri, SOUP_METHOD_GET);
  grip_http_request_set_accept (request, "application/json");
  if (!grip_http_request_set_authorization (request, authorization, error))
    return NULL;

  return g_steal_pointer (&request);
}

/* The history */

static void
take_page (GripHttpMonitor  *self,
           GripHttpRequest  *request,
           GError          **error)
{
  g_autoptr(GripSubscriptionChanges)  page = NULL;
  g_autoptr(GBytes)                   reply = grip_http_request_dup_reply (request);

  if (g_bytes_get_size (reply) >= MAX_PAGE)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE,
                   "a page of subscriptions has more than %d bytes", MAX_PAGE);
      return;
    }

  page = grip_subscription_changes_new_for_page (reply, error);
  if (page == NULL)
    return;

  if (grip_subscription_changes_get_n_changes (page) == 0)
    {
      if (grip_subscription_changes_get_cursor (page) != NULL)
        apply_changes (self, page);
      self->n_pages = 0;
      grip_http_subscribers_set_error (self->subscribers, NULL, FALSE);
      grip_http_subscribers_set_known (self->subscribers, TRUE);
      return;
    }

  if (++self->n_pages > MAX_PAGES || grip_subscription_changes_get_cursor (page) == NULL ||
      g_strcmp0 (grip_subscription_changes_get_cursor (page), self->cursor) == 0)
    g_set_error_literal (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "the history of subscriptions does not end");
  else
    apply_changes (self, page);
}

/* A list of which the proxy does not know the end of ours any more is another list. */
static void
history_is_gone (GripHttpMonitor *self)
{
  gboolean          had_cursor = self->cursor != NULL;
  g_autoptr(GError) error = NULL;

  forget_all (self);
  if (had_cursor)
    {
      ask_history (self);
      return;
    }

  error = g_error_new_literal (GRIP_ERROR, GRIP_ERROR_REJECTED, "the proxy has no history of subscriptions");
  set_back (self, error, -1);
}

static void
go_on_after_page (GripHttpMonitor *self)
{
  g_autoptr(GError) error = NULL;

  if (grip_http_subscribers_get_bytes (self->subscribers) > MAX_NAMES)
    {
      error = g_error_new (GRIP_ERROR, GRIP_ERROR_TOO_LARGE,
                           "the channels with subscribers have more than %d bytes", MAX_NAMES);
      give_up (self, error);
    }
  else if (grip_http_subscribers_is_known (self->subscribers))
    read_lines (self);
  else
    ask_history (self);
}

static void
page_cb (GripHttpRequest *request,
         const GError    *error,
         gpointer         user_data)
{
  g_autoptr(Step)            step = user_data;
  g_autoptr(GripHttpRequest) owned = request;
  g_autoptr(GError)          malformed = NULL;
  GripHttpMonitor           *self = step_get (step);
  guint                      status = grip_http_request_get_status (request);

  grip_http_session_end (step->monitor->session);
  if (self == NULL)
    return;

  if (error != NULL)
    set_back (self, error, -1);
  else if (status == SOUP_STATUS_NOT_FOUND)
    history_is_gone (self);
  else if (!SOUP_STATUS_IS_SUCCESSFUL (status))
    judge_status (self, request);
  else
    {
      take_page (self, request, &malformed);
      if (malformed != NULL)
        set_back (self, malformed, -1);
      else
        go_on_after_page (self);
    }
}

static void
ask_history (GripHttpMonitor *self)
{
  g_autoptr(GError)  error = NULL;
  GripHttpRequest   *request;

  if (self->connection == NULL)
    return;

  request = make_request (self, "subscriptions/items/", self->cursor, &error);
  if (request == NULL)
    {
      give_up (self, error);
      return;
    }

  grip_http_request_set_max_reply (request, MAX_PAGE);
  grip_http_request_send_async (request, grip_http_session_begin (self->session), self->time_limit,
                                self->connection, page_cb, step_new (self));
}

static gboolean
ask_history_cb (gpointer user_data)
{
  ask_history (user_data);

  return G_SOURCE_REMOVE;
}

/* The stream */

/* Returns: whether it follows what is known. One that is in the history already does not, but the
 * next may. */
static gboolean
take_line (GripHttpMonitor         *self,
           GripSubscriptionChanges *line)
{
  if (grip_http_cursor_equal (grip_subscription_changes_get_cursor (line), self->cursor))
    return TRUE;
  if (!grip_http_cursor_equal (grip_subscription_changes_get_previous_cursor (line), self->cursor))
    return FALSE;

  apply_changes (self, line);
  self->gaps = 0;

  return TRUE;
}

/* Takes all lines that are there before it asks for the history: whatever they tell is in it. */
static gboolean
take_lines (GripHttpMonitor  *self,
            GPtrArray        *lines,
            GError          **error)
{
  gboolean follows = TRUE;

  for (guint i = 0; i < lines->len; i++)
    {
      GBytes                             *bytes = g_ptr_array_index (lines, i);
      g_autoptr(GripSubscriptionChanges)  line = NULL;

      if (g_bytes_get_size (bytes) == 0)
        continue;
      line = grip_subscription_changes_new_for_line (bytes, error);
      if (line == NULL)
        return FALSE;
      follows = take_line (self, line);
    }

  return follows;
}

static void
lines_cb (GPtrArray    *lines,
          const GError *error,
          gpointer      user_data)
{
  g_autoptr(Step)    step = user_data;
  g_autoptr(GError)  malformed = NULL;
  GripHttpMonitor   *self = step_get (step);

  if (self == NULL)
    return;

  stop_timer (self);
  if (error != NULL)
    set_back (self, error, -1);
  else if (take_lines (self, lines, &malformed))
    go_on_after_page (self);
  else if (malformed != NULL)
    set_back (self, malformed, -1);
  else
    {
      start_timer (self, self->gaps > 0 ? get_backoff (self->gaps) : 0, ask_history_cb);
      self->gaps++;
      grip_http_subscribers_set_known (self->subscribers, FALSE);
    }
}

static gboolean
quiet_cb (gpointer user_data)
{
  GripHttpMonitor   *self = user_data;
  g_autoptr(GError)  error = NULL;

  error = g_error_new_literal (GRIP_ERROR, GRIP_ERROR_TIMED_OUT, "the stream of subscriptions is quiet");
  set_back (self, error, -1);

  return G_SOURCE_REMOVE;
}

static void
read_lines (GripHttpMonitor *self)
{
  if (self->connection == NULL)
    return;

  start_timer (self, self->quiet_limit, quiet_cb);
  grip_http_lines_read (self->lines, self->connection, lines_cb, step_new (self));
}

static void
opened_cb (GripHttpRequest *request,
           const GError    *error,
           gpointer         user_data)
{
  g_autoptr(Step)            step = user_data;
  g_autoptr(GripHttpRequest) owned = request;
  GripHttpMonitor           *self = step_get (step);

  grip_http_session_end (step->monitor->session);
  if (self == NULL)
    return;

  if (error != NULL)
    set_back (self, error, -1);
  else if (!SOUP_STATUS_IS_SUCCESSFUL (grip_http_request_get_status (request)))
    judge_status (self, request);
  else
    {
      self->stream = g_steal_pointer (&owned);
      self->lines = grip_http_lines_new (grip_http_request_get_stream (self->stream));
      self->opened_at = g_get_monotonic_time ();
      self->n_pages = 0;
      self->gaps = 0;
      ask_history (self);
    }
}

/* The stream first, so that nothing is missed between it and the history. */
static void
connect_now (GripHttpMonitor *self)
{
  g_autoptr(GError)  error = NULL;
  GripHttpRequest   *request = make_request (self, "subscriptions/stream/", NULL, &error);

  stop_timer (self);
  if (request == NULL)
    {
      give_up (self, error);
      return;
    }

  self->connection = g_cancellable_new ();
  grip_http_request_open_async (request, grip_http_session_begin (self->session), self->time_limit,
                                self->connection, opened_cb, step_new (self));
}

/* It has a session of its own: the transport's drops connections when no request is under way, and here
 * there is always one. */
void
grip_http_monitor_start (GripHttpMonitor   *self,
                         GripBaseTransport *transport,
                         double             request_timeout,
                         double             stream_timeout)
{
  GripEndpoint      *endpoint = grip_transport_get_endpoint (GRIP_TRANSPORT (transport));
  g_autoptr(GUri)    uri = grip_http_uri_parse (grip_endpoint_get_control_uri (endpoint), NULL);
  g_autoptr(GError)  error = NULL;

  self->transport = g_object_ref (transport);
  grip_http_subscribers_set_transport (self->subscribers, transport);
  self->time_limit = request_timeout * G_USEC_PER_SEC;
  self->quiet_limit = stream_timeout * G_USEC_PER_SEC;
  self->session = grip_http_session_new (uri, grip_endpoint_get_ca_file (endpoint), &error);
  if (self->session != NULL)
    connect_now (self);
  else
    give_up (self, error);
}

/* Tells that nobody listens any more: nobody is asked. */
void
grip_http_monitor_stop (GripHttpMonitor *self)
{
  if (self->transport == NULL)
    return;

  disconnect (self);
  forget_all (self);
  grip_http_subscribers_set_transport (self->subscribers, NULL);
  g_clear_object (&self->transport);
}

GripHttpSubscribers *
grip_http_monitor_get_subscribers (GripHttpMonitor *self)
{
  return self->subscribers;
}
