/* test-http-stalls.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <dlfcn.h>
#include <libgrip/grip.h>
#include <string.h>
#include <sys/socket.h>

#include "stalling-server.h"
#include "test-certificate.h"

/* A peer that does not read, over TLS: what is told of the body, and that nobody waits for that peer when the request
 * has ended. By itself libsoup would, for a minute. */

#define PATIENCE (40 * G_USEC_PER_SEC)
/* One record, as what is larger is not copied and has its own; and more than there is room for on both sides. */
#define BODY     7000
#define ROOM     2048

static TestCertificate certificate;

static GMutex mutex;
static GCond  cond;
static guint  n_tries;

/* In place of the system's: little room on this side, too. */
int
connect (int                     fd,
         const struct sockaddr  *address,
         socklen_t               length)
{
  int (*real) (int, const struct sockaddr *, socklen_t) =
    (int (*) (int, const struct sockaddr *, socklen_t)) dlsym (RTLD_NEXT, "connect");
  int room = ROOM;

  if (address->sa_family == AF_INET)
    setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);

  return real (fd, address, length);
}

static void
note_try (void)
{
  g_mutex_lock (&mutex);
  n_tries++;
  g_cond_broadcast (&cond);
  g_mutex_unlock (&mutex);
}

/* In place of GLib's: only bodies are written with these. */
gboolean
g_output_stream_writev (GOutputStream        *stream,
                        const GOutputVector  *vectors,
                        gsize                 n_vectors,
                        gsize                *bytes_written,
                        GCancellable         *cancellable,
                        GError              **error)
{
  gboolean (*real) (GOutputStream *, const GOutputVector *, gsize, gsize *, GCancellable *, GError **) =
    (gboolean (*) (GOutputStream *, const GOutputVector *, gsize, gsize *, GCancellable *, GError **))
    dlsym (RTLD_NEXT, "g_output_stream_writev");

  note_try ();

  return real (stream, vectors, n_vectors, bytes_written, cancellable, error);
}

GPollableReturn
g_pollable_output_stream_writev_nonblocking (GPollableOutputStream  *stream,
                                             const GOutputVector    *vectors,
                                             gsize                   n_vectors,
                                             gsize                  *bytes_written,
                                             GCancellable           *cancellable,
                                             GError                **error)
{
  GPollableReturn (*real) (GPollableOutputStream *, const GOutputVector *, gsize, gsize *, GCancellable *,
                           GError **) =
    (GPollableReturn (*) (GPollableOutputStream *, const GOutputVector *, gsize, gsize *, GCancellable *,
                          GError **)) dlsym (RTLD_NEXT, "g_pollable_output_stream_writev_nonblocking");

  note_try ();

  return real (stream, vectors, n_vectors, bytes_written, cancellable, error);
}

typedef struct
{
  StallingServer *server;
  GripPubControl *control;
  GripItem       *item;
  gboolean        is_async;
  GCancellable   *cancellable;
  GThread        *thread;
  GError         *error;
  gboolean        is_done;
} Fixture;

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
publish_async (Fixture *fixture)
{
  g_autoptr(GMainContext) context = g_main_context_new ();
  g_autoptr(GAsyncResult) result = NULL;

  g_main_context_push_thread_default (context);
  grip_pub_control_publish_async (fixture->control, "c", fixture->item, fixture->cancellable, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (context, TRUE);
  grip_pub_control_publish_finish (fixture->control, result, &fixture->error);
  g_main_context_pop_thread_default (context);
}

static gpointer
publish_thread (gpointer data)
{
  Fixture *fixture = data;

  if (fixture->is_async)
    publish_async (fixture);
  else
    grip_pub_control_publish (fixture->control, "c", fixture->item, fixture->cancellable, &fixture->error);

  g_mutex_lock (&mutex);
  fixture->is_done = TRUE;
  g_cond_broadcast (&cond);
  g_mutex_unlock (&mutex);

  return NULL;
}

static GripPubControl *
make_control (const char *uri)
{
  GripPubControl    *control = grip_pub_control_new ();
  g_autoptr(GError)  error = NULL;
  GVariantBuilder    builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "control_uri", g_variant_new_string (uri));
  g_variant_builder_add (&builder, "{sv}", "ca_file", g_variant_new_string (certificate.file));
  grip_pub_control_apply_config (control, g_variant_builder_end (&builder), &error);
  g_assert_no_error (error);
  grip_pub_control_set_retry_limit (control, 0);

  return control;
}

/* Publishes in a thread. */
static void
set_up (Fixture  *fixture,
        gboolean  is_async)
{
  g_autofree char                 *content = g_strnfill (BODY, 'x');
  g_autoptr(GripHttpStreamFormat)  format = grip_http_stream_format_new_text (content);
  g_autoptr(GError)                error = NULL;

  n_tries = 0;
  *fixture = (Fixture) {
    .server = stalling_server_new (certificate.certificate),
    .item = grip_item_new (GRIP_FORMAT (format), NULL, NULL, &error),
    .is_async = is_async,
    .cancellable = g_cancellable_new (),
  };
  g_assert_no_error (error);
  fixture->control = make_control (stalling_server_get_uri (fixture->server));
  fixture->thread = g_thread_new ("publish", publish_thread, fixture);
}

/* The server stalls still when the publish ends. */
static void
assert_ends (Fixture    *fixture,
             GQuark      domain,
             int         code,
             const char *fate)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;

  g_mutex_lock (&mutex);
  while (!fixture->is_done)
    g_assert_true (g_cond_wait_until (&cond, &mutex, end));
  g_mutex_unlock (&mutex);
  g_assert_error (fixture->error, domain, code);
  g_assert_nonnull (strstr (fixture->error->message, fate));
}

static void
tear_down (Fixture *fixture)
{
  stalling_server_free (fixture->server);
  g_thread_join (fixture->thread);
  g_object_unref (fixture->control);
  g_object_unref (fixture->item);
  g_object_unref (fixture->cancellable);
  g_clear_error (&fixture->error);
}

static void
wait_for_try (void)
{
  g_mutex_lock (&mutex);
  while (n_tries == 0)
    g_cond_wait (&cond, &mutex);
  g_mutex_unlock (&mutex);
}

/* A part of the record that the whole body is in is out, and GnuTLS has the rest. */
static void
test_record (gconstpointer data)
{
  Fixture fixture;

  set_up (&fixture, GPOINTER_TO_INT (data));
  wait_for_try ();
  g_cancellable_cancel (fixture.cancellable);
  assert_ends (&fixture, G_IO_ERROR, G_IO_ERROR_CANCELLED, ": unknown: ");
  tear_down (&fixture);
}

/* The hook of LeakSanitizer: gcc 12's crashes when it looks through the thread-local memory of GnuTLS. */
int __lsan_is_turned_off (void);

int
__lsan_is_turned_off (void)
{
  return 1;
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  test_certificate_make (&certificate, "IP:127.0.0.1");

  g_test_add_data_func ("/http-stalls/sync/record", GINT_TO_POINTER (FALSE), test_record);
  g_test_add_data_func ("/http-stalls/async/record", GINT_TO_POINTER (TRUE), test_record);

  status = g_test_run ();
  test_certificate_clear (&certificate);

  return status;
}
