/* test-http-body.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <libsoup/soup.h>

#include "grip-http-body.h"
#include "narrow-stream.h"

/* A message that libsoup never had has this connection. */
#define CONNECTION_ID 0

typedef enum
{
  BLOCKING,
  ASYNC,
  N_WAYS,
} Way;

static const char *way_names[N_WAYS] = { "blocking", "async" };

typedef struct
{
  GripHttpConnections *connections;
  SoupMessage         *message;
  GByteArray          *expected;
  GripHttpBody        *body;
} Fixture;

static void
append_part (Fixture   *fixture,
             GPtrArray *parts,
             gsize      size)
{
  guint8 *data = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    data[i] = g_test_rand_int ();
  g_byte_array_append (fixture->expected, data, size);
  g_ptr_array_add (parts, g_bytes_new_take (data, size));
}

static void
set_up (Fixture      *fixture,
        NarrowStream *connection,
        guint         n_parts,
        gsize         max_size)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  fixture->connections = grip_http_connections_new ();
  if (connection != NULL)
    grip_http_connections_add (fixture->connections, CONNECTION_ID, G_IO_STREAM (connection));
  fixture->message = soup_message_new (SOUP_METHOD_POST, "http://127.0.0.1/");
  fixture->expected = g_byte_array_new ();
  for (guint i = 0; i < n_parts; i++)
    append_part (fixture, parts, 1 + g_test_rand_int_range (0, max_size));
  fixture->body = grip_http_body_new (parts, fixture->message, fixture->connections);
  g_assert_cmpuint (grip_http_body_get_length (fixture->body), ==, fixture->expected->len);
}

static void
tear_down (Fixture *fixture)
{
  g_assert_finalize_object (fixture->body);
  g_byte_array_unref (fixture->expected);
  g_object_unref (fixture->message);
  grip_http_connections_free (fixture->connections);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gssize
read_some (Fixture       *fixture,
           Way            way,
           void          *buffer,
           gsize          size,
           GCancellable  *cancellable,
           GError       **error)
{
  GInputStream            *stream = G_INPUT_STREAM (fixture->body);
  g_autoptr(GAsyncResult)  result = NULL;

  if (way == BLOCKING)
    return g_input_stream_read (stream, buffer, size, cancellable, error);

  g_input_stream_read_async (stream, buffer, size, G_PRIORITY_DEFAULT, cancellable, done_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return g_input_stream_read_finish (stream, result, error);
}

static void
assert_taken (Fixture      *fixture,
              NarrowStream *connection,
              gsize         length)
{
  g_autoptr(GBytes) taken = narrow_stream_dup_taken (connection);

  g_assert_cmpmem (g_bytes_get_data (taken, NULL), g_bytes_get_size (taken), fixture->expected->data, length);
  g_assert_cmpuint (grip_http_body_get_written (fixture->body), ==, length);
}

/* Without a connection it is a stream like others. */
static void
check_read (Way   way,
            gsize size)
{
  g_autofree guint8     *buffer = g_malloc (size);
  g_autoptr(GByteArray)  whole = g_byte_array_new ();
  g_autoptr(GError)      error = NULL;
  Fixture                fixture;
  gssize                 count;

  set_up (&fixture, NULL, 20, 300);
  while ((count = read_some (&fixture, way, buffer, size, NULL, &error)) > 0)
    g_byte_array_append (whole, buffer, count);
  g_assert_no_error (error);
  g_assert_cmpmem (whole->data, whole->len, fixture.expected->data, fixture.expected->len);
  g_assert_cmpint (read_some (&fixture, way, buffer, size, NULL, &error), ==, 0);
  g_assert_cmpuint (grip_http_body_get_written (fixture.body), ==, fixture.expected->len);
  tear_down (&fixture);
}

static void
test_read (gconstpointer data)
{
  static const gsize sizes[] = { 1, 2, 7, 299, 8192, 100000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    check_read (GPOINTER_TO_INT (data), sizes[i]);
}

/* The first read writes all of it, and there is nothing left to read. */
static void
check_write (Way                way,
             const NarrowRules *rules,
             guint              n_parts,
             gsize              max_size)
{
  g_autoptr(NarrowStream) connection = narrow_stream_new (rules);
  g_autoptr(GError)       error = NULL;
  Fixture                 fixture;
  char                    byte = 'x';

  set_up (&fixture, connection, n_parts, max_size);
  g_assert_cmpint (read_some (&fixture, way, &byte, 1, NULL, &error), ==, 0);
  g_assert_no_error (error);
  assert_taken (&fixture, connection, fixture.expected->len);
  if (way == ASYNC && rules->blocks)
    g_assert_cmpuint (narrow_stream_get_n_waits (connection), >=, fixture.expected->len / rules->takes / 2);

  g_assert_cmpint (read_some (&fixture, way, &byte, 1, NULL, &error), ==, 0);
  g_assert_no_error (error);
  g_assert_cmpint (byte, ==, 'x');
  assert_taken (&fixture, connection, fixture.expected->len);
  tear_down (&fixture);
}

static void
test_write (gconstpointer data)
{
  Way               way = GPOINTER_TO_INT (data);
  const NarrowRules rules[] = {
    { .takes = 1 },
    { .takes = 7 },
    { .takes = 8191 },
    { .takes = G_MAXSIZE },
    { .takes = 1, .blocks = TRUE },
    { .takes = 7, .blocks = TRUE },
    { .takes = 8191, .blocks = TRUE },
    { .takes = G_MAXSIZE, .blocks = TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      check_write (way, &rules[i], 1, 1);
      check_write (way, &rules[i], 3, 20);
      check_write (way, &rules[i], 5, 5000);
      /* More parts than are written at once. */
      check_write (way, &rules[i], 256, 1);
      check_write (way, &rules[i], 1000, 9);
    }
}

/* What went out before the connection broke is told, to the byte; and libsoup may read what the peer had to say. */
static void
check_broken (Way                way,
              const NarrowRules *rules)
{
  g_autoptr(NarrowStream) connection = narrow_stream_new (rules);
  g_autoptr(GError)       error = NULL;
  Fixture                 fixture;
  char                    byte;

  set_up (&fixture, connection, 40000, 1);
  for (guint again = 0; again < 2; again++)
    {
      g_assert_cmpint (read_some (&fixture, way, &byte, 1, NULL, &error), ==, 0);
      g_assert_no_error (error);
      g_assert_true (grip_http_body_get_failure (fixture.body)->domain == rules->breaks);
      assert_taken (&fixture, connection, rules->limit);
    }
  tear_down (&fixture);
}

static void
test_broken (gconstpointer data)
{
  static const gsize limits[] = { 1, 9, 4096, 39999 };

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    for (guint blocks = 0; blocks < 2; blocks++)
      {
        NarrowRules rules = { .takes = 700, .blocks = blocks, .limit = limits[i], .breaks = G_IO_ERROR };

        check_broken (GPOINTER_TO_INT (data), &rules);
        rules.breaks = G_TLS_ERROR;
        check_broken (GPOINTER_TO_INT (data), &rules);
      }
}

/* In mid-body, and after its last byte: the request has to know that it went out. */
static void
test_cancelled (gconstpointer data)
{
  static const gsize limits[] = { 1, 4096, 9999, 10000 };
  Way                way = GPOINTER_TO_INT (data);

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_autoptr(GCancellable) cancellable = g_cancellable_new ();
      const NarrowRules       rules = { .takes = 700, .limit = limits[i], .cancels = cancellable };
      g_autoptr(NarrowStream) connection = narrow_stream_new (&rules);
      g_autoptr(GError)       error = NULL;
      Fixture                 fixture;
      char                    byte;
      gssize                  count;

      set_up (&fixture, connection, 10000, 1);
      count = read_some (&fixture, way, &byte, 1, cancellable, &error);
      if (way == BLOCKING && limits[i] == 10000)
        g_assert_cmpint (count, ==, 0);
      else
        {
          g_assert_cmpint (count, ==, -1);
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        }
      assert_taken (&fixture, connection, limits[i]);
      tear_down (&fixture);
    }
}

static gboolean
cancel_cb (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);

  return G_SOURCE_REMOVE;
}

/* Nobody reads any more, until somebody cancels. */
static void
test_cancelled_while_it_waits (void)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  const NarrowRules       rules = { .takes = 700, .limit = 5000 };
  g_autoptr(NarrowStream) connection = narrow_stream_new (&rules);
  g_autoptr(GError)       error = NULL;
  Fixture                 fixture;
  char                    byte;

  set_up (&fixture, connection, 10000, 1);
  g_idle_add (cancel_cb, cancellable);
  g_assert_cmpint (read_some (&fixture, ASYNC, &byte, 1, cancellable, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_taken (&fixture, connection, 5000);
  tear_down (&fixture);
}

static void
test_cancelled_before (gconstpointer data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(NarrowStream) connection = narrow_stream_new (&(NarrowRules) { .takes = 700 });
  g_autoptr(GError)       error = NULL;
  Fixture                 fixture;
  char                    byte;

  set_up (&fixture, connection, 10, 100);
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (read_some (&fixture, GPOINTER_TO_INT (data), &byte, 1, cancellable, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_taken (&fixture, connection, 0);
  tear_down (&fixture);
}

/* As libsoup does it. */
static gssize
splice (GOutputStream  *to,
        GripHttpBody   *body,
        Way             way,
        GError        **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  if (way == BLOCKING)
    return g_output_stream_splice (to, G_INPUT_STREAM (body), G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE, NULL, error);

  g_output_stream_splice_async (to, G_INPUT_STREAM (body), G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE,
                                G_PRIORITY_DEFAULT, NULL, done_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return g_output_stream_splice_finish (to, result, error);
}

static void
test_splice (gconstpointer data)
{
  for (guint is_known = 0; is_known < 2; is_known++)
    {
      const NarrowRules        rules = { .takes = 8000, .blocks = TRUE };
      g_autoptr(NarrowStream)  connection = narrow_stream_new (&rules);
      g_autoptr(GOutputStream) to = g_memory_output_stream_new_resizable ();
      g_autoptr(GBytes)        taken = NULL;
      g_autoptr(GError)        error = NULL;
      Fixture                  fixture;
      gsize                    spliced;

      set_up (&fixture, is_known ? connection : NULL, 20, 10000);
      spliced = is_known ? 0 : fixture.expected->len;
      g_assert_cmpint (splice (to, fixture.body, GPOINTER_TO_INT (data), &error), ==, spliced);
      g_assert_no_error (error);
      g_assert_true (g_input_stream_is_closed (G_INPUT_STREAM (fixture.body)));
      g_assert_cmpmem (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (to)),
                       g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (to)),
                       fixture.expected->data, spliced);
      g_assert_cmpuint (grip_http_body_get_written (fixture.body), ==, fixture.expected->len);
      taken = narrow_stream_dup_taken (connection);
      g_assert_cmpuint (g_bytes_get_size (taken), ==, fixture.expected->len - spliced);
      tear_down (&fixture);
    }
}

/* What it was given up with does not matter: it does not keep the connection either. */
static void
test_connection_goes (void)
{
  NarrowStream      *connection = narrow_stream_new (&(NarrowRules) { .takes = 700 });
  g_autoptr(GError)  error = NULL;
  Fixture            fixture;
  char               byte;

  set_up (&fixture, connection, 10, 100);
  g_assert_cmpint (read_some (&fixture, BLOCKING, &byte, 1, NULL, &error), ==, 0);
  g_assert_no_error (error);
  g_assert_finalize_object (connection);
  g_assert_cmpuint (grip_http_body_get_written (fixture.body), ==, fixture.expected->len);
  tear_down (&fixture);
}

static void
add_both (const char    *name,
          GTestDataFunc  func)
{
  for (guint way = 0; way < N_WAYS; way++)
    {
      g_autofree char *path = g_strdup_printf ("/http-body/%s/%s", way_names[way], name);

      g_test_add_data_func (path, GINT_TO_POINTER (way), func);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_both ("read", test_read);
  add_both ("write", test_write);
  add_both ("broken", test_broken);
  add_both ("cancelled", test_cancelled);
  add_both ("cancelled-before", test_cancelled_before);
  add_both ("splice", test_splice);
  g_test_add_func ("/http-body/cancelled-while-it-waits", test_cancelled_while_it_waits);
  g_test_add_func ("/http-body/connection-goes", test_connection_goes);

  return g_test_run ();
}
