/* tls-server.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "tls-server.h"

struct _TlsServer
{
  GMainContext *context;
  GMainLoop    *loop;
  GThread      *thread;
  SoupServer   *server;
  char         *uri;

  GMutex        mutex;
  GPtrArray    *bodies;
};

static void
handler_cb (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  TlsServer         *self = user_data;
  g_autoptr(GBytes)  body = soup_message_body_flatten (soup_server_message_get_request_body (message));

  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->bodies, g_steal_pointer (&body));
  g_mutex_unlock (&self->mutex);

  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, "Published\n", 10);
  soup_server_message_set_status (message, 200, NULL);
}

static gpointer
serve_thread (gpointer data)
{
  TlsServer *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);

  return NULL;
}

static void
listen_for (TlsServer       *self,
            GTlsCertificate *certificate)
{
  g_autoptr(GError)  error = NULL;
  GSList            *uris;

  g_main_context_push_thread_default (self->context);
  self->server = soup_server_new ("tls-certificate", certificate, NULL);
  soup_server_add_handler (self->server, NULL, handler_cb, self, NULL);
  soup_server_listen_local (self->server, 0, SOUP_SERVER_LISTEN_HTTPS | SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  self->uri = g_strdup_printf ("https://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  g_main_context_pop_thread_default (self->context);
}

TlsServer *
tls_server_new (GTlsCertificate *certificate)
{
  TlsServer *self = g_new0 (TlsServer, 1);

  g_mutex_init (&self->mutex);
  self->bodies = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  listen_for (self, certificate);
  self->thread = g_thread_new ("tls", serve_thread, self);

  return self;
}

static gboolean
quit_cb (gpointer loop)
{
  g_main_loop_quit (loop);

  return G_SOURCE_REMOVE;
}

void
tls_server_free (TlsServer *self)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_callback (source, quit_cb, self->loop, NULL);
  g_source_attach (source, self->context);
  g_thread_join (self->thread);
  g_main_context_push_thread_default (self->context);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_main_context_pop_thread_default (self->context);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);

  g_ptr_array_unref (self->bodies);
  g_mutex_clear (&self->mutex);
  g_free (self->uri);
  g_free (self);
}

const char *
tls_server_get_uri (TlsServer *self)
{
  return self->uri;
}

guint
tls_server_get_n_requests (TlsServer *self)
{
  g_autoptr(GPtrArray) bodies = tls_server_dup_bodies (self);

  return bodies->len;
}

GPtrArray *
tls_server_dup_bodies (TlsServer *self)
{
  GPtrArray *bodies = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->bodies->len; i++)
    g_ptr_array_add (bodies, g_bytes_ref (g_ptr_array_index (self->bodies, i)));
  g_mutex_unlock (&self->mutex);

  return bodies;
}
