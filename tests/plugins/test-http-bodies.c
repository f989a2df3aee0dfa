/* test-http-bodies.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <dlfcn.h>
#include <string.h>

#include <libgrip/grip.h>

#include "grip-test-sink.h"
#include "http2-server.h"
#include "test-certificate.h"
#include "tls-server.h"

/* Bodies of all sizes, byte for byte, and whether they were written straight into their connection. Without
 * an argument over HTTP/1 in plain; with "tls" or "http2" over those. */

#define OVERHEAD strlen ("{\"items\":[]}")
/* More than the buffers of a connection take while nobody reads. */
#define ENDLESS  (16 * 1024 * 1024)

typedef struct
{
  GripTestSink   *sink;         /* one of these three */
  TlsServer      *tls;
  Http2Server    *http2;
  GripPubControl *control;
  GPtrArray      *sent;         /* of GBytes: each item as it has to arrive */
  gsize           sent_bytes;
  GMutex          mutex;
} Fixture;

static gboolean    is_async;
static const char *protocol;
static gsize       n_direct;

/* In place of GLib's: libsoup writes with others. */
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
  gboolean ok = real (stream, vectors, n_vectors, bytes_written, cancellable, error);

  g_atomic_pointer_add (&n_direct, ok ? *bytes_written : 0);

  return ok;
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
  GPollableReturn result = real (stream, vectors, n_vectors, bytes_written, cancellable, error);

  g_atomic_pointer_add (&n_direct, result == G_POLLABLE_RETURN_OK ? *bytes_written : 0);

  return result;
}

static TestCertificate certificate;

static char *
start_server (Fixture *fixture)
{
  if (protocol == NULL)
    fixture->sink = grip_test_sink_new ();
  else if (g_str_equal (protocol, "tls"))
    fixture->tls = tls_server_new (certificate.certificate);
  else
    fixture->http2 = http2_server_new (certificate.certificate);

  if (fixture->sink != NULL)
    return g_strdup (grip_test_sink_get_uri (fixture->sink));
  if (fixture->tls != NULL)
    return g_strdup (tls_server_get_uri (fixture->tls));

  return g_strdup_printf ("https://127.0.0.1:%u", http2_server_get_port (fixture->http2));
}

static void
set_up (Fixture *fixture)
{
  g_autofree char   *uri = NULL;
  g_autoptr(GError)  error = NULL;
  GVariantBuilder    builder;

  *fixture = (Fixture) { 0 };
  uri = start_server (fixture);
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "control_uri", g_variant_new_string (uri));
  if (certificate.file != NULL)
    g_variant_builder_add (&builder, "{sv}", "ca_file", g_variant_new_string (certificate.file));

  fixture->control = grip_pub_control_new ();
  grip_pub_control_apply_config (fixture->control, g_variant_builder_end (&builder), &error);
  g_assert_no_error (error);
  grip_pub_control_set_retry_limit (fixture->control, 0);
  fixture->sent = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_mutex_init (&fixture->mutex);
  g_atomic_pointer_set (&n_direct, 0);
}

/* libsoup 3.2 warns when a session goes before an HTTP/2 connection of it has noticed that nobody uses it any
 * more: there it is kept until the end. */
static GSList *kept_controls;

static void
tear_down (Fixture *fixture)
{
  if (fixture->http2 != NULL)
    kept_controls = g_slist_prepend (kept_controls, g_steal_pointer (&fixture->control));
  g_clear_object (&fixture->control);
  g_clear_pointer (&fixture->sink, grip_test_sink_free);
  g_clear_pointer (&fixture->tls, tls_server_free);
  g_clear_pointer (&fixture->http2, http2_server_free);
  g_ptr_array_unref (fixture->sent);
  g_mutex_clear (&fixture->mutex);
}

static GripBaseTransport *
get_transport (Fixture *fixture)
{
  g_autoptr(GripBaseTransport) transport = g_list_model_get_item (G_LIST_MODEL (fixture->control), 0);

  return transport;
}

static GripItem *
make_item (const char *id,
           const char *content)
{
  g_autoptr(GripHttpStreamFormat)  format = grip_http_stream_format_new_text (content);
  g_autoptr(GError)                error = NULL;
  GripItem                        *item = grip_item_new (GRIP_FORMAT (format), id, NULL, &error);

  g_assert_no_error (error);

  return item;
}

static GBytes *
encode (GripItem   *item,
        const char *channel)
{
  g_autoptr(GError)  error = NULL;
  GBytes            *bytes = grip_item_encode (item, channel, GRIP_ENCODING_JSON, &error);

  g_assert_no_error (error);

  return bytes;
}

/* One whose JSON has so many bytes, if it can have so few. */
static GripItem *
make_sized_item (const char *channel,
                 gsize       size)
{
  static int           last_id;
  g_autofree char     *id = g_strdup_printf ("%09d", g_atomic_int_add (&last_id, 1));
  g_autoptr(GripItem)  empty = make_item (id, "");
  g_autoptr(GBytes)    least = encode (empty, channel);
  gsize                length = MAX (size, g_bytes_get_size (least)) - g_bytes_get_size (least);
  g_autofree char     *content = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    content[i] = 'a' + (i + length) % 26;
  content[length] = '\0';

  return make_item (id, content);
}

static void
note_sent (Fixture    *fixture,
           GripItem   *item,
           const char *channel)
{
  GBytes *bytes = encode (item, channel);

  g_mutex_lock (&fixture->mutex);
  g_ptr_array_add (fixture->sent, bytes);
  fixture->sent_bytes += g_bytes_get_size (bytes);
  g_mutex_unlock (&fixture->mutex);
}

static void
published_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  guint             *pending = user_data;
  g_autoptr(GError)  error = NULL;

  grip_pub_control_publish_finish (GRIP_PUB_CONTROL (source), result, &error);
  g_assert_no_error (error);
  (*pending)--;
}

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
wait_for (guint *pending)
{
  while (*pending > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
publish_sized (Fixture    *fixture,
               const char *channel,
               gsize       size,
               guint      *pending)
{
  g_autoptr(GripItem) item = make_sized_item (channel, size);
  g_autoptr(GError)   error = NULL;

  note_sent (fixture, item, channel);
  if (pending != NULL)
    {
      (*pending)++;
      grip_pub_control_publish_async (fixture->control, channel, item, NULL, published_cb, pending);
      return;
    }

  grip_pub_control_publish (fixture->control, channel, item, NULL, &error);
  g_assert_no_error (error);
}

static void
publish_all (Fixture     *fixture,
             const gsize *sizes,
             guint        n_sizes)
{
  static const char *channels[] = { "one", "two", "three", "four", "five" };
  guint              pending = 0;

  for (guint i = 0; i < n_sizes; i++)
    publish_sized (fixture, channels[i % G_N_ELEMENTS (channels)], sizes[i], is_async ? &pending : NULL);
  wait_for (&pending);
}

static guint
count (GPtrArray *bodies,
       GBytes    *item)
{
  guint n = 0;

  for (guint i = 0; i < bodies->len; i++)
    {
      const char *data = g_bytes_get_data (g_ptr_array_index (bodies, i), NULL);
      gsize       left = g_bytes_get_size (g_ptr_array_index (bodies, i));
      const char *found;

      while ((found = memmem (data, left, g_bytes_get_data (item, NULL), g_bytes_get_size (item))) != NULL)
        {
          n++;
          left -= found + 1 - data;
          data = found + 1;
        }
    }

  return n;
}

static GPtrArray *
dup_bodies (Fixture *fixture)
{
  if (fixture->sink != NULL)
    return grip_test_sink_dup_bodies (fixture->sink);

  return fixture->tls != NULL ? tls_server_dup_bodies (fixture->tls) : http2_server_dup_bodies (fixture->http2);
}

/* Every item once, and besides them nothing but what a list of them needs. */
static void
assert_arrived (Fixture *fixture)
{
  g_autoptr(GPtrArray) bodies = dup_bodies (fixture);
  gsize                total = 0;

  for (guint i = 0; i < bodies->len; i++)
    {
      gsize       length;
      const char *data = g_bytes_get_data (g_ptr_array_index (bodies, i), &length);

      g_assert_cmpuint (length, >, OVERHEAD);
      g_assert_cmpmem (data, 10, "{\"items\":[", 10);
      g_assert_cmpmem (data + length - 2, 2, "]}", 2);
      total += length;
    }
  for (guint i = 0; i < fixture->sent->len; i++)
    g_assert_cmpuint (count (bodies, g_ptr_array_index (fixture->sent, i)), ==, 1);
  g_assert_cmpuint (total, ==, fixture->sent_bytes + bodies->len * OVERHEAD + (fixture->sent->len - bodies->len));

  g_assert_cmpuint (GPOINTER_TO_SIZE (g_atomic_pointer_get (&n_direct)), ==, fixture->http2 != NULL ? 0 : total);
}

static void
check_sizes (const gsize *sizes,
             guint        n_sizes)
{
  Fixture fixture;

  set_up (&fixture);
  publish_all (&fixture, sizes, n_sizes);
  assert_arrived (&fixture);
  tear_down (&fixture);
}

static void
test_one (void)
{
  static const gsize sizes[] = { 0, 8191, 8192, 8193, 64 * 1024, 64 * 1024 + 1, 999988 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    check_sizes (&sizes[i], 1);
}

/* Around the size from which on a message is a part of its own. */
static void
test_around_large (void)
{
  gsize sizes[40];

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    sizes[i] = 8192 - 20 + i;
  check_sizes (sizes, G_N_ELEMENTS (sizes));
}

static void
test_mixture (void)
{
  gsize sizes[150];
  guint n_sizes = is_async ? G_N_ELEMENTS (sizes) : 20;

  for (guint i = 0; i < n_sizes; i++)
    sizes[i] = g_test_rand_bit () ? g_test_rand_int_range (0, 500) : g_test_rand_int_range (6000, 90000);
  check_sizes (sizes, n_sizes);
}

/* More parts than are written at once. */
static void
test_many_parts (void)
{
  Fixture fixture;
  gsize   sizes[400];

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    sizes[i] = i % 2 == 0 ? 100 : 8192;
  set_up (&fixture);
  grip_base_transport_set_max_batch_bytes (get_transport (&fixture), 0);
  publish_all (&fixture, sizes, G_N_ELEMENTS (sizes));
  assert_arrived (&fixture);
  tear_down (&fixture);
}

/* One connection is used again and again. */
static void
test_kept (void)
{
  static const gsize sizes[] = { 100, 100000, 100, 8192, 500000, 0 };
  Fixture            fixture;

  set_up (&fixture);
  for (guint i = 0; i < 4 * G_N_ELEMENTS (sizes); i++)
    publish_all (&fixture, &sizes[i % G_N_ELEMENTS (sizes)], 1);
  assert_arrived (&fixture);
  if (fixture.sink != NULL)
    g_assert_cmpuint (grip_test_sink_get_n_connections (fixture.sink), ==, 1);
  tear_down (&fixture);
}

/* Another call has opened the connection. */
static void
test_after_a_call (void)
{
  static const gsize       sizes[] = { 100000 };
  g_autoptr(GAsyncResult)  result = NULL;
  g_autoptr(GBytes)        reply = NULL;
  g_autoptr(GError)        error = NULL;
  Fixture                  fixture;

  set_up (&fixture);
  grip_http_control_call_async (GRIP_HTTP_CONTROL (get_transport (&fixture)), "GET", "", NULL, NULL, NULL,
                                result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  reply = grip_http_control_call_finish (GRIP_HTTP_CONTROL (get_transport (&fixture)), result, NULL, &error);
  g_assert_no_error (error);
  grip_test_sink_forget (fixture.sink);

  publish_all (&fixture, sizes, 1);
  assert_arrived (&fixture);
  tear_down (&fixture);
}

#define N_THREADS 4

static gpointer
publish_thread (gpointer data)
{
  g_autofree char *channel = g_strdup_printf ("thread %p", (void *) g_thread_self ());

  for (guint i = 0; i < 10; i++)
    publish_sized (data, channel, i % 3 == 0 ? 70000 : 100, NULL);

  return NULL;
}

/* Calls that block, in several threads, beside the worker: all with one session. */
static void
test_threads (void)
{
  Fixture  fixture;
  GThread *threads[N_THREADS];
  guint    pending = 0;

  set_up (&fixture);
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("publish", publish_thread, &fixture);
  for (guint i = 0; i < 100; i++)
    publish_sized (&fixture, i % 2 == 0 ? "one" : "two", i % 3 == 0 ? 70000 : 100, &pending);
  wait_for (&pending);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  assert_arrived (&fixture);
  tear_down (&fixture);
}

/* The server has read a part of the body, and what it does then. */

static GError *
publish_large (Fixture      *fixture,
               gsize         size,
               GCancellable *cancellable)
{
  g_autoptr(GripItem)      item = make_sized_item ("c", size);
  g_autoptr(GAsyncResult)  result = NULL;
  GError                  *error = NULL;

  if (!is_async)
    {
      grip_pub_control_publish (fixture->control, "c", item, cancellable, &error);
      return error;
    }

  grip_pub_control_publish_async (fixture->control, "c", item, cancellable, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  grip_pub_control_publish_finish (fixture->control, result, &error);

  return error;
}

static void
assert_fate (GError     *error,
             GQuark      domain,
             int         code,
             const char *fate)
{
  g_assert_error (error, domain, code);
  g_assert_nonnull (strstr (error->message, fate));
}

/* It goes away, with more to read. */
static void
test_broken_off (void)
{
  static const GripTestEnd ends[] = { GRIP_TEST_END_DROP, GRIP_TEST_END_RESET };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      const GripTestAnswer answer = { .read = 20000, .silent = TRUE, .end = ends[i] };
      g_autoptr(GError)    error = NULL;
      Fixture              fixture;

      set_up (&fixture);
      grip_test_sink_push (fixture.sink, &answer);
      error = publish_large (&fixture, 900000, NULL);
      assert_fate (error, GRIP_ERROR, GRIP_ERROR_NOT_CONNECTED, ": unknown: ");
      tear_down (&fixture);
    }
}

/* It says no before it has seen all, and then reads the rest. */
static void
test_refused_early (void)
{
  g_autoptr(GError) error = NULL;
  Fixture           fixture;

  set_up (&fixture);
  grip_test_sink_push (fixture.sink, &(GripTestAnswer) { .read = 20000, .status = 413 });
  error = publish_large (&fixture, 900000, NULL);
  assert_fate (error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE, ": refused: ");
  tear_down (&fixture);
}

/* FALSE when the time was over before a byte of the body was sent, as may be on a busy machine. */
static gboolean
times_out (double seconds)
{
  g_autoptr(GError) error = NULL;
  Fixture           fixture;
  gboolean          was_sent;

  set_up (&fixture);
  grip_base_transport_set_max_batch_bytes (get_transport (&fixture), 0);
  g_object_set (get_transport (&fixture), "request-timeout", seconds, NULL);
  grip_test_sink_push (fixture.sink, &(GripTestAnswer) { .read = 20000, .silent = TRUE, .end = GRIP_TEST_END_STALL });
  error = publish_large (&fixture, ENDLESS, NULL);
  was_sent = GPOINTER_TO_SIZE (g_atomic_pointer_get (&n_direct)) > 0;
  assert_fate (error, GRIP_ERROR, GRIP_ERROR_TIMED_OUT, was_sent ? ": unknown: " : ": not sent: ");
  tear_down (&fixture);

  return was_sent;
}

static void
test_time_limit (void)
{
  for (double seconds = 0.3; !times_out (seconds); seconds *= 2)
    g_assert_cmpfloat (seconds, <, 60);
}

static gpointer
cancel_thread (gpointer data)
{
  gpointer *pair = data;

  g_assert_true (grip_test_sink_wait_requests (pair[0], 1, 60000));
  g_cancellable_cancel (pair[1]);

  return NULL;
}

static void
test_cancelled (void)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError)       error = NULL;
  g_autoptr(GError)       next = NULL;
  Fixture                 fixture;
  gpointer                pair[2];
  GThread                *thread;

  set_up (&fixture);
  grip_base_transport_set_max_batch_bytes (get_transport (&fixture), 0);
  grip_test_sink_push (fixture.sink, &(GripTestAnswer) { .read = 20000, .silent = TRUE, .end = GRIP_TEST_END_STALL });
  pair[0] = fixture.sink;
  pair[1] = cancellable;
  thread = g_thread_new ("cancel", cancel_thread, pair);
  error = publish_large (&fixture, ENDLESS, cancellable);
  g_thread_join (thread);
  assert_fate (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, ": unknown: ");

  /* What is left of it stands in nobody's way. */
  next = publish_large (&fixture, 100000, NULL);
  g_assert_no_error (next);
  tear_down (&fixture);
}

/* A batch over the limit of the proxy, which says so by going away: it is split, and its messages are good. What
 * has not gone out whole cannot have been published. */
static void
test_batch_too_large (void)
{
  Fixture fixture;
  guint   pending = 0;

  set_up (&fixture);
  grip_base_transport_set_max_batch_bytes (get_transport (&fixture), 0);
  grip_base_transport_set_max_in_flight (get_transport (&fixture), 1);
  grip_test_sink_push (fixture.sink, &(GripTestAnswer) { .held = TRUE });
  grip_test_sink_push (fixture.sink, &(GripTestAnswer) { .read = 20000, .silent = TRUE, .end = GRIP_TEST_END_RESET });
  publish_sized (&fixture, "c", 100, &pending);
  g_assert_true (grip_test_sink_wait_requests (fixture.sink, 1, 60000));
  for (guint i = 0; i < 30; i++)
    publish_sized (&fixture, "c", 600000, &pending);
  grip_test_sink_release (fixture.sink);
  wait_for (&pending);
  tear_down (&fixture);
}

typedef enum
{
  ANYWHERE,
  OVER_HTTP_1,
  WITHOUT_TLS,
} Where;

typedef struct
{
  const char *name;
  void      (*func) (void);
  gboolean    is_async;         /* only so */
  Where       where;
} Case;

static const Case cases[] = {
  { "one", test_one },
  { "around-large", test_around_large },
  { "mixture", test_mixture },
  { "many-parts", test_many_parts, TRUE },
  { "kept", test_kept },
  { "threads", test_threads, TRUE, OVER_HTTP_1 },
  { "after-a-call", test_after_a_call, TRUE, WITHOUT_TLS },
  { "broken-off", test_broken_off, FALSE, WITHOUT_TLS },
  { "refused-early", test_refused_early, FALSE, WITHOUT_TLS },
  { "batch-too-large", test_batch_too_large, TRUE, WITHOUT_TLS },
  { "time-limit", test_time_limit, FALSE, WITHOUT_TLS },
  { "cancelled", test_cancelled, FALSE, WITHOUT_TLS },
};

static void
run_sync (gconstpointer data)
{
  is_async = FALSE;
  ((const Case *) data)->func ();
}

static void
run_async (gconstpointer data)
{
  is_async = TRUE;
  ((const Case *) data)->func ();
}

/* The hook of LeakSanitizer: gcc 12's crashes when it looks through the thread-local memory of GnuTLS. */
int __lsan_is_turned_off (void);

int
__lsan_is_turned_off (void)
{
  return protocol != NULL;
}

static gboolean
is_for_protocol (Where where)
{
  if (where == WITHOUT_TLS)
    return protocol == NULL;

  return where == ANYWHERE || g_strcmp0 (protocol, "http2") != 0;
}

int
main (int    argc,
      char **argv)
{
  int status;

  if (argc > 1 && (g_str_equal (argv[argc - 1], "tls") || g_str_equal (argv[argc - 1], "http2")))
    {
      protocol = argv[argc - 1];
      argv[--argc] = NULL;
    }
  g_test_init (&argc, &argv, NULL);
  if (protocol != NULL)
    test_certificate_make (&certificate, "IP:127.0.0.1");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *sync = g_strconcat ("/http-bodies/sync/", cases[i].name, NULL);
      g_autofree char *async = g_strconcat ("/http-bodies/async/", cases[i].name, NULL);

      if (!is_for_protocol (cases[i].where))
        continue;
      if (!cases[i].is_async)
        g_test_add_data_func (sync, &cases[i], run_sync);
      g_test_add_data_func (async, &cases[i], run_async);
    }

  status = g_test_run ();
  if (protocol != NULL)
    test_certificate_clear (&certificate);

  return status;
}
