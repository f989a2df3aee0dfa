/* grip-tool-bench-http.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-tool-bench.h"
#include "grip-tool-endpoints.h"
#include "grip-tool.h"

static GripToolEndpoints where;
static gint64            n = 10000;
static gint64            size = 100;
static int               concurrency;
static int               batch;
static gboolean          objects;

/* Publishes with so many in flight; the last one ends the loop. */
typedef struct
{
  GripPubControl *control;
  GBytes         *payload;
  gint64          left;
  gint64          errors;
  guint           in_flight;
  GError         *first_error;
} Flight;

static void publish_next (Flight *flight);

static void
count_error (Flight *flight,
             GError *error)
{
  g_autoptr(GError) owned = error;

  /* Ctrl-C is no failure of what is measured. */
  if (!grip_tool_bench_goes_on ())
    return;

  flight->errors++;
  if (flight->first_error == NULL)
    flight->first_error = g_steal_pointer (&owned);
}

static void
publish_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  Flight *flight = user_data;
  GError *error = NULL;

  if (!grip_pub_control_publish_finish (GRIP_PUB_CONTROL (object), result, &error))
    count_error (flight, error);
  flight->in_flight--;
  publish_next (flight);
}

static void
publish_next (Flight *flight)
{
  if (flight->left == 0)
    return;

  flight->left--;
  flight->in_flight++;
  grip_tool_bench_publish (flight->control, flight->payload, objects, publish_cb, flight);
}

static gboolean
interrupted_cb (GCancellable *cancellable,
                gpointer      user_data)
{
  return G_SOURCE_REMOVE;
}

/* What is in flight after Ctrl-C is not waited for: the context is not iterated any more. */
static gint64
publish_concurrently (Flight *flight,
                      gint64  count,
                      guint   width)
{
  g_autoptr(GSource) wake_up = g_cancellable_source_new (grip_tool_get_cancellable ());

  if (!grip_tool_bench_goes_on ())
    return 0;

  g_source_set_callback (wake_up, G_SOURCE_FUNC (interrupted_cb), NULL, NULL);
  g_source_attach (wake_up, NULL);

  flight->left = count;
  for (guint i = 0; i < width; i++)
    publish_next (flight);
  while (flight->in_flight > 0 && grip_tool_bench_goes_on ())
    g_main_context_iteration (NULL, TRUE);
  g_source_destroy (wake_up);

  return count - flight->left - flight->in_flight;
}

static gint64
publish_in_turn (Flight *flight,
                 gint64  count)
{
  gint64 done;

  for (done = 0; done < count; done++)
    {
      GError *error = NULL;

      if (!grip_pub_control_publish_http_stream_bytes (flight->control, "test", flight->payload, NULL, NULL,
                                                       grip_tool_get_cancellable (), &error))
        count_error (flight, error);
      if (!grip_tool_bench_goes_on ())
        break;
    }

  return done;
}

/* Nobody waits for a single one: the queue makes the batches, flush tells what failed. */
static gint64
publish_and_flush (Flight *flight,
                   gint64  count)
{
  gint64  before = grip_tool_bench_count (flight->control);
  GError *error = NULL;

  for (gint64 i = 0; i < count && grip_tool_bench_goes_on (); i++)
    grip_tool_bench_publish (flight->control, flight->payload, objects, NULL, NULL);
  if (!grip_pub_control_flush (flight->control, grip_tool_get_cancellable (), &error))
    count_error (flight, error);

  return grip_tool_bench_goes_on () ? count : grip_tool_bench_count (flight->control) - before;
}

static gint64
publish_many (Flight *flight,
              gint64  count)
{
  if (batch > 0)
    return publish_and_flush (flight, count);

  return concurrency > 0 ? publish_concurrently (flight, count, concurrency) : publish_in_turn (flight, count);
}

static GripPubControl *
open_control (GError **error)
{
  g_autoptr(GPtrArray) endpoints = grip_tool_endpoints_load (&where, error);
  GripPubControl      *control = NULL;

  if (endpoints != NULL)
    control = grip_tool_endpoints_open (endpoints, error);
  if (control == NULL)
    return NULL;

  grip_pub_control_set_retry_limit (control, 0);
  grip_pub_control_set_max_queue_items (control, MIN (n + 1000, G_MAXUINT));
  grip_pub_control_set_max_queue_bytes (control, G_GUINT64_CONSTANT (4) << 30);
  if (batch > 0)
    for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (control)); i++)
      {
        g_autoptr(GObject) transport = g_list_model_get_item (G_LIST_MODEL (control), i);

        if (GRIP_IS_BASE_TRANSPORT (transport))
          grip_base_transport_set_max_batch_items (GRIP_BASE_TRANSPORT (transport), batch);
      }

  return control;
}

static int
run (int    argc,
     char **argv)
{
  g_autoptr(GError)         error = NULL;
  g_autoptr(GripPubControl) control = NULL;
  g_autoptr(GBytes)         payload = NULL;
  g_autofree char          *name = NULL;
  Flight                    flight = { NULL };
  GripToolTimer             timer;
  gint64                    done;
  int                       result;

  if (argc > 1)
    return grip_tool_usage ("unexpected argument '%s'", argv[1]);
  if (n < 1 || n > 100000000 || size < 0 || size > 900000)
    return grip_tool_usage ("--n takes 1 to 100000000, --size 0 to 900000");
  if (concurrency < 0 || concurrency > 10000 || batch < 0 || batch > 10000)
    return grip_tool_usage ("--conc and --batch take 0 to 10000");

  grip_tool_get_cancellable ();
  control = open_control (&error);
  if (control == NULL)
    return grip_tool_fail (error);

  payload = grip_tool_bench_payload (size);
  flight.control = control;
  flight.payload = payload;
  publish_many (&flight, MIN (n, 100));

  grip_tool_timer_start (&timer);
  done = publish_many (&flight, n);
  grip_tool_timer_stop (&timer);

  name = batch > 0 ? g_strdup_printf ("libgrip-batch-%d", batch) :
         concurrency > 0 ? g_strdup_printf ("libgrip-async-%d", concurrency) : g_strdup ("libgrip");
  grip_tool_bench_report (&timer, name, done, flight.errors);
  result = grip_tool_bench_exit (flight.errors, flight.first_error);
  g_clear_error (&flight.first_error);
  grip_pub_control_close (control, grip_tool_get_cancellable (), NULL);

  return result;
}

static const GOptionEntry options[] = {
  GRIP_TOOL_ENDPOINT_OPTIONS (where),
  { "n", 'n', 0, G_OPTION_ARG_INT64, &n, "Number of items (default 10000)", "N" },
  { "size", 's', 0, G_OPTION_ARG_INT64, &size, "Bytes of content (default 100)", "BYTES" },
  { "objects", 0, 0, G_OPTION_ARG_NONE, &objects, "Make an object for each item and format (asynchronous ones)", NULL },
  { "conc", 0, 0, G_OPTION_ARG_INT, &concurrency, "Publish with so many in flight, not one by one", "N" },
  { "batch", 0, 0, G_OPTION_ARG_INT, &batch, "Queue all, in requests of up to so many items", "N" },
  { NULL }
};

const GripToolCommand grip_tool_bench_http = {
  .name = "http",
  .run = run,
  .description = "Publish items with an http-stream format",
  .options = options,
  .examples =
    "# One after the other\n"
    "grip-tool bench http --url http://127.0.0.1:5561 --n 10000 --size 100\n"
    "\n"
    "# 32 in flight\n"
    "grip-tool bench http --url http://127.0.0.1:5561 --n 100000 --conc 32",
};
