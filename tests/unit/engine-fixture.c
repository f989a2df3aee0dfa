/* engine-fixture.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "engine-fixture.h"

guint engine_warnings;

void
engine_set_up (Fixture       *fixture,
               gconstpointer  data)
{
  fixture->control = grip_pub_control_new ();
  fixture->mock = mock_transport_new ("mock://one");
  grip_pub_control_add_transport (fixture->control, GRIP_TRANSPORT (fixture->mock));
}

void
iterate (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* The worker may hold the last reference for a moment, after a cancellation. */
static void
assert_finalized (gpointer object)
{
  gpointer weak = object;

  g_object_add_weak_pointer (object, &weak);
  g_object_unref (object);
  for (guint i = 0; i < 5000 && g_atomic_pointer_get (&weak) != NULL; i++)
    {
      iterate ();
      g_usleep (1000);
    }
  g_assert_null (weak);
}

void
engine_tear_down (Fixture       *fixture,
                  gconstpointer  data)
{
  if (fixture->control != NULL)
    assert_finalized (fixture->control);
  assert_finalized (fixture->mock);
}

GripItem *
engine_make_item (const char *id)
{
  g_autoptr(GripHttpStreamFormat) format = grip_http_stream_format_new_text ("hello");
  g_autoptr(GError)               error = NULL;
  GripItem                       *item = grip_item_new (GRIP_FORMAT (format), id, NULL, &error);

  g_assert_no_error (error);

  return item;
}

void
engine_published_cb (GObject      *object,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  Results *results = user_data;

  g_clear_error (&results->last);
  if (grip_pub_control_publish_finish (GRIP_PUB_CONTROL (object), result, &results->last))
    results->succeeded++;
  else
    results->failed++;
  results->pending--;
}

void
engine_publish (Fixture    *fixture,
                const char *channel,
                const char *id,
                Results    *results)
{
  g_autoptr(GripItem) item = engine_make_item (id);

  results->pending++;
  grip_pub_control_publish_async (fixture->control, channel, item, NULL, engine_published_cb, results);
}

void
engine_wait_for (Results *results)
{
  while (results->pending > 0)
    g_main_context_iteration (NULL, TRUE);
}

void
engine_assert_log (MockTransport *mock,
                   const char    *expected)
{
  g_autofree char *log = mock_transport_dup_log (mock);

  g_assert_cmpstr (log, ==, expected);
}

static GLogWriterOutput
quiet_writer (GLogLevelFlags   level,
              const GLogField *fields,
              gsize            n_fields,
              gpointer         user_data)
{
  if ((level & G_LOG_LEVEL_WARNING) != 0)
    {
      engine_warnings++;
      return G_LOG_WRITER_HANDLED;
    }

  return g_log_writer_default (level, fields, n_fields, NULL);
}

void
engine_init (int    *argc,
             char ***argv)
{
  g_test_init (argc, argv, NULL);
  g_log_set_writer_func (quiet_writer, NULL, NULL);
}
