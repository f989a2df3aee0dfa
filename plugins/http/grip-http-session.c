/* grip-http-session.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "grip-http-session.h"

/* A thread that waits for a connection inside libsoup cannot be cancelled: so there are always more
 * connections than requests under way. */
#define MAX_CONNECTIONS 256

/* A connection that was idle for longer may have been forgotten by a firewall on the way, which is
 * noticed only after a publish was written to it. */
#define MAX_IDLE (30 * G_USEC_PER_SEC)

struct _GripHttpSession
{
  SoupSession         *soup;
  GMainContext        *context;
  GripHttpConnections *connections;
  GMutex               mutex;
  GCancellable        *spare;          /* nullable */
  guint                n_active;
  gint64               idle_since;
};

static gboolean
is_loopback (const char *host)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string (host);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);

  return g_ascii_strcasecmp (host, "localhost") == 0
         || (strlen (host) > 10 && g_ascii_strcasecmp (host + strlen (host) - 10, ".localhost") == 0);
}

/* libsoup attaches sources to the context in which a session was made, and wakes it up at every
 * request. This one is never iterated, so that nobody is woken up: idle connections are dropped
 * by grip_http_session_begin() instead. */
static SoupSession *
make_soup (GMainContext *context,
           gboolean      proxied,
           GTlsDatabase *database)
{
  SoupSession *soup;

  g_main_context_push_thread_default (context);
  soup = soup_session_new_with_options ("max-conns", MAX_CONNECTIONS,
                                        "max-conns-per-host", MAX_CONNECTIONS,
                                        "timeout", 60,
                                        "idle-timeout", 0,
                                        "user-agent", "libgrip/" GRIP_PACKAGE_VERSION,
                                        NULL);
  soup_session_remove_feature_by_type (soup, SOUP_TYPE_CONTENT_DECODER);
  if (!proxied)
    soup_session_set_proxy_resolver (soup, NULL);
  if (database != NULL)
    soup_session_set_tls_database (soup, database);
  g_main_context_pop_thread_default (context);

  return soup;
}

/* @ca_file: (nullable): replaces the system's trust store */
GripHttpSession *
grip_http_session_new (GUri        *uri,
                       const char  *ca_file,
                       GError     **error)
{
  g_autoptr(GTlsDatabase)  database = NULL;
  GripHttpSession         *self;

  if (ca_file != NULL)
    {
      database = g_tls_file_database_new (ca_file, error);
      if (database == NULL)
        return NULL;
    }

  self = g_new0 (GripHttpSession, 1);
  g_mutex_init (&self->mutex);
  self->context = g_main_context_new ();
  self->connections = grip_http_connections_new ();
  self->soup = make_soup (self->context, !is_loopback (g_uri_get_host (uri)), database);

  return self;
}

void
grip_http_session_free (GripHttpSession *self)
{
  GMainContext *context = grip_http_session_push_context (self);

  soup_session_abort (self->soup);
  g_object_unref (self->soup);
  grip_http_session_pop_context (self, context);
  g_main_context_unref (self->context);
  grip_http_connections_free (self->connections);
  g_clear_object (&self->spare);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* Every request stands between this and grip_http_session_end(). */
SoupSession *
grip_http_session_begin (GripHttpSession *self)
{
  g_mutex_lock (&self->mutex);
  if (self->n_active++ == 0 && self->idle_since > 0
      && g_get_monotonic_time () - self->idle_since > MAX_IDLE)
    soup_session_abort (self->soup);
  g_mutex_unlock (&self->mutex);

  return self->soup;
}

void
grip_http_session_end (GripHttpSession *self)
{
  g_mutex_lock (&self->mutex);
  self->n_active--;
  self->idle_since = g_get_monotonic_time ();
  g_mutex_unlock (&self->mutex);
}

GripHttpConnections *
grip_http_session_get_connections (GripHttpSession *self)
{
  return self->connections;
}

void
grip_http_session_abort (GripHttpSession *self)
{
  soup_session_abort (self->soup);
}

/* GLib ends the process where it cannot have the descriptors that it takes for granted.
 *
 * Returns: whether there are so many pairs of them */
gboolean
grip_http_check_descriptors (guint    n_pairs,
                             GError **error)
{
  int      ends[2];
  gboolean ok;

  if (pipe (ends) < 0)
    {
      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (errno), g_strerror (errno));
      return FALSE;
    }

  ok = n_pairs == 1 || grip_http_check_descriptors (n_pairs - 1, error);
  close (ends[0]);
  close (ends[1]);

  return ok;
}

/* A cancellable has a descriptor of its own while a thread waits with it. The one for requests that block
 * keeps it from one to the next: so the process is not ended when there is none left, and none is opened and
 * closed for each.
 *
 * Returns: (transfer full) (nullable): %NULL when there is no descriptor */
GCancellable *
grip_http_session_take_cancellable (GripHttpSession  *self,
                                    GError          **error)
{
  GCancellable *cancellable;
  GPollFD       unused;

  g_mutex_lock (&self->mutex);
  cancellable = g_steal_pointer (&self->spare);
  g_mutex_unlock (&self->mutex);
  if (cancellable != NULL)
    return cancellable;
  if (!grip_http_check_descriptors (1, error))
    return NULL;

  cancellable = g_cancellable_new ();
  g_cancellable_make_pollfd (cancellable, &unused);

  return cancellable;
}

/* @cancellable: (transfer full): nobody else has it any more, unless it was cancelled */
void
grip_http_session_give_cancellable (GripHttpSession *self,
                                    GCancellable    *cancellable)
{
  gboolean is_fresh = !g_cancellable_is_cancelled (cancellable) &&
                      g_atomic_int_get (&G_OBJECT (cancellable)->ref_count) == 1;

  g_mutex_lock (&self->mutex);
  if (is_fresh && self->spare == NULL)
    self->spare = g_steal_pointer (&cancellable);
  g_mutex_unlock (&self->mutex);

  g_clear_object (&cancellable);
}

/* A blocking request too makes sources for the thread's default context. The application's is none of
 * libsoup's business: it may run in another thread, which would be woken up by every request. */
GMainContext *
grip_http_session_push_context (GripHttpSession *self)
{
  GMainContext *context;

  if (g_main_context_acquire (self->context))
    {
      context = g_main_context_ref (self->context);
      g_main_context_push_thread_default (context);
      g_main_context_release (context);
    }
  else
    {
      context = g_main_context_new ();
      g_main_context_push_thread_default (context);
    }

  return context;
}

void
grip_http_session_pop_context (GripHttpSession *self,
                               GMainContext    *context)
{
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
}
