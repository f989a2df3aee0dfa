/* grip-tool-bench-zmq.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-tool-bench.h"
#include "grip-tool.h"

#define CONNECT_PATIENCE (10 * G_USEC_PER_SEC)

static char    *type;
static char    *spec;
static gint64   n = 100000;
static gint64   size = 100;
static gboolean objects;

static GripPubControl *
open_control (GError **error)
{
  g_autoptr(GripPubControl) control = grip_pub_control_new ();
  g_autoptr(GripEndpoint)   endpoint = NULL;
  GVariantDict              dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, g_strcmp0 (type, "xpub") == 0 ? "control_zmq_pub_uri" : "control_zmq_push_uri",
                         "s", spec);
  endpoint = grip_endpoint_new_from_variant (g_variant_dict_end (&dict), error);
  if (endpoint == NULL || !grip_pub_control_add_endpoint (control, endpoint, error))
    return NULL;

  grip_pub_control_set_max_queue_items (control, MIN (n + 1000, G_MAXUINT));
  grip_pub_control_set_max_queue_bytes (control, G_GUINT64_CONSTANT (4) << 30);

  return g_steal_pointer (&control);
}

/* The connection is not what is measured. */
static gboolean
wait_connected (GripPubControl *control)
{
  g_autoptr(GripBaseTransport) transport = g_list_model_get_item (G_LIST_MODEL (control), 0);
  gint64                       until = g_get_monotonic_time () + CONNECT_PATIENCE;

  while (!grip_base_transport_get_ready (transport) && g_get_monotonic_time () < until && grip_tool_bench_goes_on ())
    g_usleep (1000);

  return grip_base_transport_get_ready (transport);
}

/* A sink that leaves as soon as it has everything may do so before libzmq has told of the last messages,
 * whose fate is then unknown: that is its business to count. */
static void
failed_cb (GripPubControl *control,
           GripTransport  *transport,
           const char     *channel,
           GripItem       *item,
           GripFate        fate,
           const GError   *error,
           gint64         *errors)
{
  if (fate != GRIP_FATE_UNKNOWN)
    (*errors)++;
}

static gint64
publish_all (GripPubControl  *control,
             GBytes          *payload,
             GError         **error)
{
  for (gint64 i = 0; i < n && grip_tool_bench_goes_on (); i++)
    grip_tool_bench_publish (control, payload, objects, NULL, NULL);
  grip_pub_control_flush (control, grip_tool_get_cancellable (), error);

  return grip_tool_bench_goes_on () ? n : grip_tool_bench_count (control);
}

static int
run (int    argc,
     char **argv)
{
  g_autoptr(GError)         error = NULL;
  g_autoptr(GError)         failure = NULL;
  g_autoptr(GripPubControl) control = NULL;
  g_autoptr(GBytes)         payload = NULL;
  g_autofree char          *name = NULL;
  GripToolTimer             timer;
  gint64                    errors = 0;
  gint64                    done;

  if (argc > 1)
    return grip_tool_usage ("unexpected argument '%s'", argv[1]);
  if (type != NULL && !g_str_equal (type, "push") && !g_str_equal (type, "xpub"))
    return grip_tool_usage ("--type takes push or xpub");
  if (spec == NULL)
    return grip_tool_usage ("--connect says where to");
  if (n < 1 || n > 100000000 || size < 0 || size > 10000000)
    return grip_tool_usage ("--n takes 1 to 100000000, --size 0 to 10000000");

  grip_tool_get_cancellable ();
  control = open_control (&error);
  if (control == NULL)
    return grip_tool_fail (error);
  if (!wait_connected (control) && grip_tool_bench_goes_on ())
    {
      error = g_error_new (GRIP_ERROR, GRIP_ERROR_NOT_CONNECTED, "nobody is at %s", spec);
      return grip_tool_fail (error);
    }

  g_signal_connect (control, "failed", G_CALLBACK (failed_cb), &errors);
  payload = grip_tool_bench_payload (size);
  grip_tool_timer_start (&timer);
  done = publish_all (control, payload, &failure);
  grip_tool_timer_stop (&timer);

  name = g_strdup_printf ("libgrip-%s", type != NULL ? type : "push");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  grip_tool_bench_report (&timer, name, done, errors);
  grip_pub_control_close (control, grip_tool_get_cancellable (), NULL);

  return grip_tool_bench_exit (errors, failure);
}

static const GOptionEntry options[] = {
  { "type", 't', 0, G_OPTION_ARG_STRING, &type, "push (the default) or xpub", "TYPE" },
  { "connect", 'c', 0, G_OPTION_ARG_STRING, &spec, "Address of the PULL or SUB socket", "ADDRESS" },
  { "n", 'n', 0, G_OPTION_ARG_INT64, &n, "Number of items (default 100000)", "N" },
  { "size", 's', 0, G_OPTION_ARG_INT64, &size, "Bytes of content (default 100)", "BYTES" },
  { "objects", 0, 0, G_OPTION_ARG_NONE, &objects, "Make an object for each item and format", NULL },
  { NULL }
};

const GripToolCommand grip_tool_bench_zmq = {
  .name = "zmq",
  .run = run,
  .description = "Publish items over ZMQ, each made and encoded anew, until all are written",
  .options = options,
  .examples =
    "# To the PULL socket of a Pushpin\n"
    "grip-tool bench zmq --type push --connect tcp://127.0.0.1:5560 --n 1000000 --size 100",
};
