/* grip-tool-watch.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-tool-endpoints.h"
#include "grip-tool-watch-view.h"
#include "grip-tool.h"

static GripToolEndpoints   endpoint_options;
static char              **stats_specs;
static char               *count;
static char               *timeout;

/* What is watched: the stats of some endpoints, the subscriptions of the others. */
typedef struct
{
  GMainLoop         *loop;
  GripToolWatchView *view;
  GPtrArray         *stats;
  GPtrArray         *controls;
  gint64             count;
  guint              n_given_up;
  GError            *error;
  gboolean           interrupted;
} Watch;

/* One endpoint's subscriptions. A transport lives in its publisher's thread, so it only leaves a note. */
typedef struct
{
  Watch          *watch;
  GripPubControl *control;
  char           *name;
  gboolean        was_known;
  gboolean        has_given_up;
} Audience;

static void
audience_free (gpointer data)
{
  Audience *audience = data;

  g_object_unref (audience->control);
  g_free (audience->name);
  g_free (audience);
}

static void
note_change (Watch      *watch,
             const char *endpoint,
             const char *channel,
             gint64      subscribers)
{
  if (watch->count > 0 && grip_tool_watch_view_get_n_changes (watch->view) >= (guint64) watch->count)
    return;

  grip_tool_watch_view_change (watch->view, endpoint, channel, subscribers);
  if (watch->count > 0 && grip_tool_watch_view_get_n_changes (watch->view) >= (guint64) watch->count)
    g_main_loop_quit (watch->loop);
}

/* The stats socket */

static void
channel_changed_cb (GripStats        *stats,
                    GripStatsChannel *channel,
                    Watch            *watch)
{
  note_change (watch, grip_endpoint_get_control_zmq_stats_uri (grip_stats_get_endpoint (stats)),
               grip_stats_channel_get_name (channel), grip_stats_channel_get_subscribers (channel));
}

static void
connections_cb (GripStats  *stats,
                GParamSpec *pspec,
                Watch      *watch)
{
  guint n = 0;

  for (guint i = 0; i < watch->stats->len; i++)
    n += grip_stats_get_n_connections (g_ptr_array_index (watch->stats, i));
  grip_tool_watch_view_set_connections (watch->view, n);
}

static gboolean
add_stats (Watch         *watch,
           GripEndpoint  *endpoint,
           GError       **error)
{
  g_autoptr(GripStats) stats = grip_stats_new_for_endpoint (endpoint, error);

  if (stats == NULL)
    return FALSE;

  g_signal_connect (stats, "channel-changed", G_CALLBACK (channel_changed_cb), watch);
  g_signal_connect (stats, "notify::n-connections", G_CALLBACK (connections_cb), watch);
  if (!grip_stats_open (stats, error))
    return FALSE;
  g_ptr_array_add (watch->stats, g_steal_pointer (&stats));

  return TRUE;
}

/* Subscriptions */

static void
subscribed_cb (GripPubControl *control,
               const char     *channel,
               Audience       *audience)
{
  note_change (audience->watch, audience->name, channel, -1);
}

static void
unsubscribed_cb (GripPubControl *control,
                 const char     *channel,
                 Audience       *audience)
{
  note_change (audience->watch, audience->name, channel, 0);
}

static void
fail (Watch    *watch,
      Audience *audience,
      GError   *error)
{
  g_autoptr(GError) owned = error;

  g_prefix_error (&owned, "%s: ", audience->name);
  if (watch->error == NULL)
    watch->error = g_steal_pointer (&owned);
}

static gboolean
has_property (GObject    *transport,
              const char *name)
{
  return g_object_class_find_property (G_OBJECT_GET_CLASS (transport), name) != NULL;
}

/* With nobody left to tell anything there is nothing to wait for. */
static void
look_at_transport (Audience *audience)
{
  g_autoptr(GObject) transport = g_list_model_get_item (G_LIST_MODEL (audience->control), 0);
  g_autoptr(GError)  error = NULL;
  Watch             *watch = audience->watch;
  gboolean           is_known = TRUE;
  gboolean           given_up = FALSE;

  if (has_property (transport, "subscriptions-known"))
    g_object_get (transport, "subscriptions-known", &is_known, NULL);
  audience->was_known |= is_known;
  if (audience->has_given_up || !has_property (transport, "subscriptions-given-up"))
    return;

  g_object_get (transport, "subscriptions-given-up", &given_up, "subscriptions-error", &error, NULL);
  if (!given_up)
    return;

  audience->has_given_up = TRUE;
  fail (watch, audience, g_steal_pointer (&error));
  if (++watch->n_given_up == watch->controls->len && watch->stats->len == 0)
    g_main_loop_quit (watch->loop);
}

/* Unknown is not nobody. */
static void
judge_silence (Audience *audience)
{
  g_autoptr(GObject) transport = g_list_model_get_item (G_LIST_MODEL (audience->control), 0);
  g_autoptr(GError)  error = NULL;

  look_at_transport (audience);
  if (audience->was_known || audience->has_given_up)
    return;

  if (has_property (transport, "subscriptions-error"))
    g_object_get (transport, "subscriptions-error", &error, NULL);
  if (error == NULL)
    error = g_error_new_literal (GRIP_ERROR, GRIP_ERROR_NOT_CONNECTED,
                                 "nothing is known of its subscribers: it cannot be reached, or has not told yet");
  fail (audience->watch, audience, g_steal_pointer (&error));
}

/* The subscriptions themselves, where a proxy has both: a plain Pushpin has no monitor. Items may go another way. */
static GripEndpoint *
require_subscribers (GripEndpoint  *endpoint,
                     GError       **error)
{
  static const char *const others[] = { "control_uri", "control_iss", "key", "user", "pass", "publish_uri",
                                        "require_tls", "ca_file", "token_lifetime" };
  g_autoptr(GVariant) config = grip_endpoint_to_variant (endpoint, TRUE);
  g_autoptr(GVariant) required = NULL;
  gboolean            has_zmq = grip_endpoint_get_control_zmq_uri (endpoint) != NULL ||
                                grip_endpoint_get_control_zmq_pub_uri (endpoint) != NULL;
  GVariantDict        dict;

  g_variant_dict_init (&dict, config);
  for (guint i = 0; has_zmq && i < G_N_ELEMENTS (others); i++)
    g_variant_dict_remove (&dict, others[i]);
  if (has_zmq || grip_endpoint_get_control_uri (endpoint) == NULL)
    g_variant_dict_insert (&dict, "control_zmq_mode", "s", "pub");
  g_variant_dict_insert (&dict, "require_subscribers", "b", TRUE);
  required = g_variant_ref_sink (g_variant_dict_end (&dict));

  return grip_endpoint_new_from_variant (required, error);
}

static gboolean
add_audience (Watch         *watch,
              GripEndpoint  *endpoint,
              GError       **error)
{
  g_autoptr(GripEndpoint)    required = require_subscribers (endpoint, error);
  g_autoptr(GripPubControl)  control = NULL;
  Audience                  *audience;

  if (required == NULL)
    return FALSE;

  audience = g_new0 (Audience, 1);
  audience->watch = watch;
  audience->control = grip_pub_control_new ();
  audience->name = grip_endpoint_to_string (endpoint);
  g_ptr_array_add (watch->controls, audience);

  g_signal_connect (audience->control, "channel-subscribed", G_CALLBACK (subscribed_cb), audience);
  g_signal_connect (audience->control, "channel-unsubscribed", G_CALLBACK (unsubscribed_cb), audience);

  return grip_pub_control_add_endpoint (audience->control, required, error);
}

/* The command */

static gboolean
look_cb (gpointer user_data)
{
  Watch *watch = user_data;

  for (guint i = 0; i < watch->controls->len; i++)
    look_at_transport (g_ptr_array_index (watch->controls, i));
  if (g_cancellable_is_cancelled (grip_tool_get_cancellable ()))
    {
      watch->interrupted = TRUE;
      g_main_loop_quit (watch->loop);
    }

  return G_SOURCE_CONTINUE;
}

static gboolean
timeout_cb (gpointer user_data)
{
  g_main_loop_quit (((Watch *) user_data)->loop);

  return G_SOURCE_REMOVE;
}

/* An address of stats alone is no endpoint: nothing can be published there. */
static gboolean
add_spec (GPtrArray   *endpoints,
          const char  *spec,
          GError     **error)
{
  GVariantBuilder  builder;
  GripEndpoint    *endpoint;

  if (!g_utf8_validate (spec, -1, NULL))
    {
      g_set_error_literal (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "--stats is not UTF-8");
      return FALSE;
    }

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "control_uri", g_variant_new_string (GRIP_TOOL_DEFAULT_URI));
  g_variant_builder_add (&builder, "{sv}", "control_zmq_stats_uri", g_variant_new_string (spec));
  endpoint = grip_endpoint_new_from_variant (g_variant_builder_end (&builder), error);
  if (endpoint == NULL)
    return FALSE;

  g_ptr_array_add (endpoints, endpoint);

  return TRUE;
}

static GPtrArray *
load_endpoints (GError **error)
{
  g_autoptr(GPtrArray) endpoints = NULL;
  gboolean             has_others = endpoint_options.uris != NULL || endpoint_options.config != NULL ||
                                    endpoint_options.zmq != NULL || endpoint_options.zmq_pub != NULL ||
                                    endpoint_options.zmq_push != NULL;

  if (stats_specs == NULL || has_others)
    endpoints = grip_tool_endpoints_load (&endpoint_options, error);
  else
    endpoints = g_ptr_array_new_with_free_func (g_object_unref);
  if (endpoints == NULL)
    return NULL;

  for (gsize i = 0; stats_specs != NULL && stats_specs[i] != NULL; i++)
    if (!add_spec (endpoints, stats_specs[i], error))
      return NULL;

  return g_steal_pointer (&endpoints);
}

static gboolean
begin (Watch   *watch,
       GError **error)
{
  g_autoptr(GPtrArray) endpoints = load_endpoints (error);

  if (endpoints == NULL)
    return FALSE;

  for (guint i = 0; i < endpoints->len; i++)
    {
      GripEndpoint *endpoint = g_ptr_array_index (endpoints, i);

      if (grip_endpoint_get_control_zmq_stats_uri (endpoint) != NULL ? !add_stats (watch, endpoint, error)
                                                                     : !add_audience (watch, endpoint, error))
        return FALSE;
    }

  return TRUE;
}

static void
end (Watch *watch)
{
  for (guint i = 0; i < watch->stats->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (watch->stats, i), watch);
  for (guint i = 0; i < watch->controls->len; i++)
    {
      Audience *audience = g_ptr_array_index (watch->controls, i);

      g_signal_handlers_disconnect_by_data (audience->control, audience);
      grip_pub_control_close (audience->control, NULL, NULL);
    }
  g_ptr_array_unref (watch->stats);
  g_ptr_array_unref (watch->controls);
  grip_tool_watch_view_free (watch->view);
  g_main_loop_unref (watch->loop);
  g_clear_error (&watch->error);
}

static int
watch_for (Watch  *watch,
           double  seconds)
{
  g_autoptr(GError) error = NULL;
  guint             look_id;
  guint             timeout_id = 0;

  if (!begin (watch, &error))
    return grip_tool_fail (error);

  look_id = g_timeout_add (50, look_cb, watch);
  if (seconds > 0)
    timeout_id = g_timeout_add (seconds * 1000, timeout_cb, watch);
  g_main_loop_run (watch->loop);
  g_source_remove (look_id);
  if (timeout_id != 0 && g_main_context_find_source_by_id (NULL, timeout_id) != NULL)
    g_source_remove (timeout_id);

  for (guint i = 0; i < watch->controls->len; i++)
    judge_silence (g_ptr_array_index (watch->controls, i));
  grip_tool_watch_view_summarize (watch->view);
  if (watch->interrupted && watch->error != NULL)
    grip_tool_say ("%s", watch->error->message);
  if (watch->interrupted)
    return GRIP_TOOL_INTERRUPTED;

  return watch->error != NULL ? grip_tool_fail (watch->error) : GRIP_TOOL_OK;
}

static int
run (int    argc,
     char **argv)
{
  Watch  watch = { 0 };
  double seconds = 0;
  int    result;

  if (argc > 1)
    return grip_tool_usage ("takes no argument");
  if ((count != NULL && !grip_tool_parse_int ("--count", count, 1, G_MAXINT64, &watch.count)) ||
      (timeout != NULL && !grip_tool_parse_seconds ("--timeout", timeout, &seconds)))
    return GRIP_TOOL_USAGE;

  grip_tool_get_cancellable ();
  watch.loop = g_main_loop_new (NULL, FALSE);
  watch.view = grip_tool_watch_view_new ();
  watch.stats = g_ptr_array_new_with_free_func (g_object_unref);
  watch.controls = g_ptr_array_new_with_free_func (audience_free);
  result = watch_for (&watch, seconds);
  end (&watch);

  return result;
}

static const GOptionEntry options[] = {
  GRIP_TOOL_ENDPOINT_OPTIONS (endpoint_options),
  { "stats", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &stats_specs,
    "ZMQ address of the stats of a proxy (control_zmq_stats_uri); may be repeated", "SPEC" },
  { "count", 'n', 0, G_OPTION_ARG_FILENAME, &count, "End after so many changes", "N" },
  { "timeout", 't', 0, G_OPTION_ARG_FILENAME, &timeout, "End after so many seconds", "SECONDS" },
  { NULL }
};

const GripToolCommand grip_tool_watch = {
  .name = "watch",
  .run = run,
  .description = "Show which channels have subscribers, live",
  .options = options,
  .details =
    "Where an endpoint has a stats address, each channel is shown with its number of subscribers. Else it is\n"
    "known only whether there are some: from the ZMQ subscriptions of the proxy (--zmq, --zmq-pub), or from\n"
    "its subscription monitor over HTTP (--uri), which Fanout Cloud has and a plain Pushpin has not. Where\n"
    "nothing was known until the end, the exit code tells.\n"
    "\n"
    "Pushpin's stats address is `stats_spec` in its configuration; it tells of those who are there already\n"
    "within about a minute.\n"
    "\n"
    "On a terminal the list is drawn anew; elsewhere there is a line for each change: the number (0 when the\n"
    "last has gone, `some` when it is not known), a tab, the channel. With --json it is an object, and the\n"
    "summary is one too.",
  .examples =
    "# Who listens at the Pushpin of this machine, with numbers\n"
    "grip-tool watch --stats ipc:///var/run/pushpin/pushpin-stats\n"
    "\n"
    "# The next ten changes, for a script\n"
    "grip-tool watch --zmq tcp://127.0.0.1:5563 --count 10 --json",
};
