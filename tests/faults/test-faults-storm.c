/* test-faults-storm.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "faults.h"
#include "storm-transport.h"

/* F17: everything at once, from many threads: publishes of each kind, cancellations, flushes, limits, and
 * endpoints that come and go; then close from two threads. Every call ends, once. Made for
 * ThreadSanitizer:
 *
 *   tests/support/tsan.sh faults-storm
 */

#define N_PUBLISHERS 5

static guint n_rounds = 200;

typedef struct
{
  GripPubControl *control;
  GripTestSink   *sink;
  StormDriver     driver;
  int             stop;         /* atomic */
} Storm;

typedef struct
{
  guint n_pending;
  guint n_done;
} Count;

static void
published_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Count *count = user_data;

  grip_pub_control_publish_finish (GRIP_PUB_CONTROL (source), result, NULL);
  count->n_pending--;
  count->n_done++;
}

static void
flushed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Count *count = user_data;

  grip_pub_control_flush_finish (GRIP_PUB_CONTROL (source), result, NULL);
  count->n_pending--;
}

static GripItem *
make_item (guint number)
{
  g_autofree char      *content = g_strdup_printf ("<%u>", number);
  g_autofree char      *id = g_uuid_string_random ();
  g_autoptr(GripFormat) format = GRIP_FORMAT (grip_http_stream_format_new_text (content));

  return grip_item_new (format, number % 2 == 0 ? id : NULL, NULL, NULL);
}

static void
publish_one (Storm *storm,
             guint  number,
             Count *count)
{
  static const char *const  channels[] = { "a", "b", "c", NULL };
  g_autoptr(GripItem)       item = make_item (number);
  g_autoptr(GCancellable)   cancellable = g_cancellable_new ();

  switch (number % 8)
    {
    case 0:
      grip_pub_control_publish (storm->control, "c", item, NULL, NULL);
      count->n_done++;
      break;
    case 1:
      count->n_pending++;
      grip_pub_control_publish_async (storm->control, "c", item, cancellable, published_cb, count);
      g_cancellable_cancel (cancellable);
      break;
    case 2:
      grip_pub_control_publish_to_channels (storm->control, channels, item, NULL, NULL);
      count->n_done++;
      break;
    case 3:
      grip_pub_control_publish_async (storm->control, "c", item, NULL, NULL, NULL);
      count->n_done++;
      break;
    default:
      count->n_pending++;
      grip_pub_control_publish_async (storm->control, number % 8 == 4 ? "d" : "c", item, NULL, published_cb, count);
    }
}

static gpointer
publisher_thread (gpointer data)
{
  Storm                   *storm = data;
  g_autoptr(GMainContext)  context = g_main_context_new ();
  Count                    count = { 0 };

  g_main_context_push_thread_default (context);
  for (guint i = 0; i < n_rounds; i++)
    {
      publish_one (storm, i, &count);
      while (g_main_context_iteration (context, FALSE))
        continue;
    }
  while (count.n_pending > 0)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);

  return GUINT_TO_POINTER (count.n_done);
}

/* Endpoints come, are replaced, and go. */
static gpointer
changer_thread (gpointer data)
{
  Storm                    *storm = data;
  g_autoptr(GripTransport)  present = NULL;

  for (guint i = 0; !g_atomic_int_get (&storm->stop); i++)
    {
      g_autoptr(GripTransport) fresh = storm_transport_new (&storm->driver);

      if (present == NULL)
        grip_pub_control_add_transport (storm->control, fresh);
      else if (i % 3 == 2)
        grip_pub_control_remove_transport (storm->control, present);
      else
        grip_pub_control_replace_transport (storm->control, present, fresh);
      g_clear_object (&present);
      if (i % 3 != 2)
        present = g_object_ref (fresh);
      g_usleep (1000);
    }

  return NULL;
}

static gpointer
flusher_thread (gpointer data)
{
  Storm                   *storm = data;
  g_autoptr(GMainContext)  context = g_main_context_new ();
  Count                    count = { 0 };

  g_main_context_push_thread_default (context);
  while (!g_atomic_int_get (&storm->stop))
    {
      g_autoptr(GCancellable) cancellable = g_cancellable_new ();

      grip_pub_control_flush (storm->control, NULL, NULL);
      count.n_pending++;
      grip_pub_control_flush_async (storm->control, cancellable, flushed_cb, &count);
      g_cancellable_cancel (cancellable);
      while (count.n_pending > 0)
        g_main_context_iteration (context, TRUE);
    }
  g_main_context_pop_thread_default (context);

  return NULL;
}

/* Everything else that may be called from any thread. */
static gpointer
asker_thread (gpointer data)
{
  Storm *storm = data;

  for (guint i = 0; !g_atomic_int_get (&storm->stop); i++)
    {
      g_autoptr(GObject) transport = g_list_model_get_item (G_LIST_MODEL (storm->control), i % 4);
      g_autofree char   *prefix = NULL;

      grip_pub_control_set_max_queue_items (storm->control, 1000 + i % 7);
      grip_pub_control_set_max_queue_bytes (storm->control, 1000000 + i % 7);
      grip_pub_control_set_retry_limit (storm->control, 5 + i % 7);
      grip_pub_control_set_timeout (storm->control, 20 + i % 7);
      grip_pub_control_is_subscribed (storm->control, "c");
      g_list_model_get_n_items (G_LIST_MODEL (storm->control));
      if (transport != NULL)
        g_object_get (transport, "max-batch-items", &(guint) { 0 }, NULL);
      g_usleep (500);
    }

  return NULL;
}

static gpointer
closer_thread (gpointer data)
{
  Storm *storm = data;

  grip_pub_control_close (storm->control, NULL, NULL);

  return NULL;
}

static void
test_storm (void)
{
  Storm                    storm = { .sink = grip_test_sink_new () };
  g_autoptr(GripTransport) lasting = NULL;
  GThread                 *publishers[N_PUBLISHERS];
  GThread                 *others[3];
  GThread                 *closers[2];

  storm.control = faults_control_new (grip_test_sink_get_uri (storm.sink), 20, 0);
  storm_driver_start (&storm.driver);
  lasting = storm_transport_new (&storm.driver);
  grip_pub_control_add_transport (storm.control, lasting);

  for (guint i = 0; i < N_PUBLISHERS; i++)
    publishers[i] = g_thread_new ("publisher", publisher_thread, &storm);
  others[0] = g_thread_new ("changer", changer_thread, &storm);
  others[1] = g_thread_new ("flusher", flusher_thread, &storm);
  others[2] = g_thread_new ("asker", asker_thread, &storm);
  for (guint i = 0; i < N_PUBLISHERS; i++)
    g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (publishers[i])), ==, n_rounds);
  g_atomic_int_set (&storm.stop, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_thread_join (others[i]);
  for (guint i = 0; i < G_N_ELEMENTS (closers); i++)
    closers[i] = g_thread_new ("closer", closer_thread, &storm);
  for (guint i = 0; i < G_N_ELEMENTS (closers); i++)
    g_thread_join (closers[i]);

  /* "list changes" of the other threads, which the main thread's context has got. */
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_object_unref (storm.control);
  g_clear_object (&lasting);
  storm_driver_stop (&storm.driver);
  grip_test_sink_free (storm.sink);
}

int
main (int   argc,
      char *argv[])
{
  faults_init (&argc, &argv, NULL, 0);
  if (g_getenv ("GRIP_FAULTS_FULL") != NULL)
    n_rounds = 5000;

  g_test_add_func ("/faults/F17-storm", test_storm);

  return g_test_run ();
}
