/* bodies-fixture.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bodies-fixture.h"

#include <dlfcn.h>
#include <string.h>

#include "test-certificate.h"

#define OVERHEAD strlen ("{\"items\":[]}")

static gboolean         over_tls;
static TestCertificate  certificate;
static gsize            n_direct;

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

static char *
start_server (Fixture *fixture)
{
  if (!over_tls)
    {
      fixture->sink = grip_test_sink_new ();
      return g_strdup (grip_test_sink_get_uri (fixture->sink));
    }

  fixture->tls = tls_server_new (certificate.certificate);

  return g_strdup (tls_server_get_uri (fixture->tls));
}

void
bodies_set_up (Fixture *fixture)
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

void
bodies_tear_down (Fixture *fixture)
{
  g_clear_object (&fixture->control);
  g_clear_pointer (&fixture->sink, grip_test_sink_free);
  g_clear_pointer (&fixture->tls, tls_server_free);
  g_ptr_array_unref (fixture->sent);
  g_mutex_clear (&fixture->mutex);
}

GripBaseTransport *
bodies_get_transport (Fixture *fixture)
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
GripItem *
bodies_make_sized_item (const char *channel,
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

void
bodies_result_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

void
bodies_wait_for (guint *pending)
{
  while (*pending > 0)
    g_main_context_iteration (NULL, TRUE);
}

void
bodies_publish_sized (Fixture    *fixture,
                      const char *channel,
                      gsize       size,
                      guint      *pending)
{
  g_autoptr(GripItem) item = bodies_make_sized_item (channel, size);
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

void
bodies_publish_all (Fixture     *fixture,
                    gboolean     is_async,
                    const gsize *sizes,
                    guint        n_sizes)
{
  static const char *channels[] = { "one", "two", "three", "four", "five" };
  guint              pending = 0;

  for (guint i = 0; i < n_sizes; i++)
    bodies_publish_sized (fixture, channels[i % G_N_ELEMENTS (channels)], sizes[i], is_async ? &pending : NULL);
  bodies_wait_for (&pending);
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
  return over_tls ? tls_server_dup_bodies (fixture->tls) : grip_test_sink_dup_bodies (fixture->sink);
}

/* Every item once, and besides them nothing but what a list of them needs. */
void
bodies_assert_arrived (Fixture *fixture)
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

  g_assert_cmpuint (bodies_get_n_direct (), ==, total);
}

gsize
bodies_get_n_direct (void)
{
  return GPOINTER_TO_SIZE (g_atomic_pointer_get (&n_direct));
}

void
bodies_begin (gboolean tls)
{
  over_tls = tls;
  if (!over_tls)
    return;

  test_certificate_make (&certificate, "IP:127.0.0.1");
  g_setenv ("SOUP_SERVER_HTTP2", "1", TRUE);
}

void
bodies_end (void)
{
  if (over_tls)
    test_certificate_clear (&certificate);
}
