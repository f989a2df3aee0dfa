/* scenario.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "grip-test-pushpin.h"
#include "scenario.h"

static struct
{
  ScenarioMode     mode;
  GThread         *thread;
  GMainContext    *context;
  GMainLoop       *loop;
  GripSoupOrigin  *origin;       /* of the thread */
  GripSoupOrigin  *other;        /* another server, which holds nobody */
  GripPubControl  *control;
  GripTestPushpin *pushpin;
  GMutex           mutex;
  GCond            cond;
  guint            port;
  guint            other_port;
  guint            n_scenarios;
  char            *channel;
} world;

ScenarioMode
scenario_get_mode (void)
{
  return world.mode;
}

static gpointer
origin_thread (gpointer data)
{
  g_autoptr(GripKey) key = grip_key_new_from_string ("changeme", NULL);
  g_autoptr(GError) error = NULL;

  g_main_context_push_thread_default (world.context);
  world.origin = grip_soup_origin_new (NULL);
  if (world.mode == SCENARIO_PUSHPIN)
    grip_soup_origin_set_verification (world.origin, GRIP_SOUP_SIGNATURE_POLICY_REQUIRED, key, "pushpin");
  else
    grip_soup_origin_set_embedded (world.origin, TRUE);
  grip_soup_origin_set_channel_prefix (world.origin, "pre-");
  grip_soup_origin_add_handler (world.origin, "/", scenario_handle, NULL, NULL);
  grip_soup_origin_listen (world.origin, 0, &error);
  g_assert_no_error (error);
  world.other = grip_soup_origin_new (NULL);
  grip_soup_origin_set_channel_prefix (world.other, "pre-");
  grip_soup_origin_add_handler (world.other, "/", scenario_handle, &world, NULL);
  grip_soup_origin_listen (world.other, 0, &error);
  g_assert_no_error (error);

  g_mutex_lock (&world.mutex);
  world.port = grip_soup_origin_get_port (world.origin);
  world.other_port = grip_soup_origin_get_port (world.other);
  g_cond_signal (&world.cond);
  g_mutex_unlock (&world.mutex);

  g_main_loop_run (world.loop);
  g_clear_object (&world.origin);
  g_clear_object (&world.other);
  while (g_main_context_iteration (world.context, FALSE))
    ;
  g_main_context_pop_thread_default (world.context);

  return NULL;
}

static char *
name_channel (guint number)
{
  return g_strdup_printf ("room-%u", number);
}

/* Those of long polls and streams: a WebSocket is not asked for again. They run first. */
static void
warm_channels (void)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) channels = NULL;

  for (guint i = 0; scenarios_http[i].name != NULL; i++)
    {
      g_autofree char *name = name_channel (i);
      g_autofree char *full = g_strconcat ("pre-", name, NULL);

      g_strv_builder_add (builder, full);
    }
  channels = g_strv_builder_end (builder);
  grip_test_pushpin_warm (world.pushpin, (const char *const *) channels);
}

static void
start_pushpin (void)
{
  GripTestPushpinOptions options = { 0 };
  g_autoptr(GError) error = NULL;

  options.origin_port = world.port;
  world.pushpin = grip_test_pushpin_new (&options);
  warm_channels ();
  grip_pub_control_apply_uri (world.control, grip_test_pushpin_get_control_uri (world.pushpin), &error);
  g_assert_no_error (error);
}

static void
start (ScenarioMode mode)
{
  world.mode = mode;
  world.port = 0;
  world.context = g_main_context_new ();
  world.loop = g_main_loop_new (world.context, FALSE);
  world.thread = g_thread_new ("origin", origin_thread, NULL);
  g_mutex_lock (&world.mutex);
  while (world.port == 0)
    g_cond_wait (&world.cond, &world.mutex);
  g_mutex_unlock (&world.mutex);

  world.control = grip_pub_control_new ();
  grip_pub_control_set_prefix (world.control, "pre-");
  if (mode == SCENARIO_PUSHPIN)
    start_pushpin ();
  else
    grip_pub_control_add_transport (world.control, GRIP_TRANSPORT (world.origin));
}

static void
stop (void)
{
  g_autoptr(GError) error = NULL;

  grip_pub_control_close (world.control, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&world.control);
  g_clear_pointer (&world.pushpin, grip_test_pushpin_free);
  g_main_loop_quit (world.loop);
  g_thread_join (world.thread);
  g_clear_pointer (&world.loop, g_main_loop_unref);
  g_clear_pointer (&world.context, g_main_context_unref);
  g_clear_pointer (&world.channel, g_free);
}

const char *
scenario_channel (void)
{
  return world.channel;
}

static char *
make_uri (const char *path,
          const char *query)
{
  g_autofree char *base = NULL;
  g_auto(GStrv) parts = g_strsplit (query, "@C", -1);
  g_autofree char *with_channel = g_strjoinv (world.channel, parts);
  g_autofree char *other = g_strdup_printf ("http://127.0.0.1:%u", world.other_port);
  g_auto(GStrv) other_parts = g_strsplit (with_channel, "@O", -1);
  g_autofree char *filled = g_strjoinv (other, other_parts);

  if (world.mode == SCENARIO_PUSHPIN)
    base = g_strdup (grip_test_pushpin_get_uri (world.pushpin));
  else
    base = g_strdup_printf ("http://127.0.0.1:%u", world.port);

  return g_strconcat (base, path, "?", filled, NULL);
}

GripTestClient *
scenario_get (const char *path,
              const char *query)
{
  g_autofree char *uri = make_uri (path, query);

  return grip_test_client_new_get (uri);
}

GripTestClient *
scenario_get_with (const char *path,
                   const char *query,
                   const char *header)
{
  g_autofree char *uri = make_uri (path, query);

  return grip_test_client_new_get_with (uri, header);
}

GripTestClient *
scenario_connect (const char *path,
                  const char *query)
{
  g_autofree char *uri = make_uri (path, query);

  return grip_test_client_new_websocket (uri);
}

typedef struct
{
  guint    n;
  gboolean done;
} Count;

static gboolean
count_cb (gpointer user_data)
{
  Count *count = user_data;

  g_mutex_lock (&world.mutex);
  count->n = grip_soup_origin_get_n_clients (world.origin);
  count->done = TRUE;
  g_cond_broadcast (&world.cond);
  g_mutex_unlock (&world.mutex);

  return G_SOURCE_REMOVE;
}

static guint
count_clients (void)
{
  Count count = { 0 };

  g_main_context_invoke (world.context, count_cb, &count);
  g_mutex_lock (&world.mutex);
  while (!count.done)
    g_cond_wait (&world.cond, &world.mutex);
  g_mutex_unlock (&world.mutex);

  return count.n;
}

void
scenario_wait_channel (const char *channel,
                       guint       n)
{
  g_autofree char *full = g_strconcat ("pre-", channel, NULL);
  gint64 end = g_get_monotonic_time () + GRIP_TEST_PATIENCE * 1000;

  if (world.mode == SCENARIO_PUSHPIN)
    {
      grip_test_pushpin_wait_held (world.pushpin, full, n);
      return;
    }

  while ((!grip_pub_control_is_subscribed (world.control, channel) || count_clients () == 0) &&
         g_get_monotonic_time () < end)
    g_usleep (5000);
  g_assert_true (grip_pub_control_is_subscribed (world.control, channel));
}

void
scenario_wait_held (guint n)
{
  gint64 end = g_get_monotonic_time () + GRIP_TEST_PATIENCE * 1000;

  scenario_wait_channel (world.channel, n);
  if (world.mode == SCENARIO_EMBEDDED && n > 1)
    {
      while (count_clients () < n && g_get_monotonic_time () < end)
        g_usleep (5000);
    }
}

void
scenario_wait_gone (guint n)
{
  gint64 end = g_get_monotonic_time () + GRIP_TEST_PATIENCE * 1000;

  while (scenario_get_n_gone () < n && g_get_monotonic_time () < end)
    g_usleep (1000);
  g_assert_cmpuint (scenario_get_n_gone (), ==, n);
}

static GripItem *
make_item (gpointer    format,
           const char *id,
           const char *prev_id,
           const char *meta)
{
  g_autoptr(GHashTable) table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GripFormat) taken = format;
  g_autoptr(GError) error = NULL;
  GripItem *item;

  if (meta != NULL)
    {
      const char *equals = strchr (meta, '=');

      g_hash_table_insert (table, g_strndup (meta, equals - meta), g_strdup (equals + 1));
    }

  item = grip_item_new_full (&taken, 1, id, prev_id, table, FALSE, -1, &error);
  g_assert_no_error (error);

  return item;
}

void
scenario_publish_full (const char *channel,
                       gpointer    format,
                       const char *id,
                       const char *prev_id,
                       const char *meta)
{
  g_autoptr(GripItem) item = make_item (format, id, prev_id, meta);
  g_autoptr(GError) error = NULL;

  grip_pub_control_publish (world.control, channel, item, NULL, &error);
  g_assert_no_error (error);
}

void
scenario_publish (gpointer format)
{
  scenario_publish_full (world.channel, format, NULL, NULL, NULL);
}

void
scenario_publish_at_once (const ScenarioItem *items)
{
  g_autoptr(GripBatch) batch = grip_batch_new ();
  g_autoptr(GError) error = NULL;

  for (; items->format != NULL; items++)
    {
      g_autoptr(GripItem) item = make_item (items->format, items->id, items->prev_id, NULL);

      grip_batch_add (batch, world.channel, item, &error);
      g_assert_no_error (error);
    }
  grip_pub_control_publish_batch (world.control, batch, NULL, &error);
  g_assert_no_error (error);
}

void
scenario_expect_body (GripTestClient *client,
                      const char     *expected)
{
  grip_test_client_assert_body (client, expected, -1);
}

void
scenario_expect_closed (GripTestClient *client)
{
  g_assert_true (grip_test_client_wait_closed (client, GRIP_TEST_PATIENCE));
}

void
scenario_expect_header (GripTestClient *client,
                        const char     *name,
                        const char     *expected)
{
  g_autofree char *value = grip_test_client_dup_header (client, name);

  g_assert_cmpstr (value, ==, expected);
}

void
scenario_expect_frame (GripTestClient    *client,
                       guint              index,
                       GripTestFrameKind  kind,
                       const char        *expected)
{
  grip_test_client_assert_frame (client, index, kind, expected, -1);
}

void
scenario_expect_close (GripTestClient *client,
                       guint           index,
                       guint           code,
                       const char     *reason)
{
  g_autoptr(GBytes) content = NULL;
  const guint8 *data = NULL;
  gsize length;

  g_assert_true (grip_test_client_wait_frames (client, index + 1, GRIP_TEST_PATIENCE));
  g_assert_cmpint (grip_test_client_get_frame_kind (client, index), ==, GRIP_TEST_FRAME_CLOSE);
  content = grip_test_client_dup_frame (client, index);
  data = g_bytes_get_data (content, &length);
  g_assert_cmpuint (length, >=, 2);
  g_assert_cmpuint (data[0] << 8 | data[1], ==, code);
  if (reason != NULL)
    g_assert_cmpmem (data + 2, length - 2, reason, strlen (reason));
}

void
scenario_say (GripTestClient *client,
              const char     *text)
{
  g_assert_true (grip_test_client_send_frame (client, GRIP_TEST_FRAME_TEXT, text, strlen (text)));
}

/* Who was held in the scenario before may not be gone yet, and would be counted in this one. */
static void
wait_nobody (void)
{
  gint64 end = g_get_monotonic_time () + GRIP_TEST_PATIENCE * 1000;

  while (count_clients () > 0 && g_get_monotonic_time () < end)
    g_usleep (1000);
  g_assert_cmpuint (count_clients (), ==, 0);
}

static void
run_with (const Scenario *scenario,
          const char     *base)
{
  g_free (world.channel);
  world.channel = name_channel (world.n_scenarios++);
  if (world.mode == SCENARIO_EMBEDDED)
    wait_nobody ();
  scenario->run (base);
}

static void
run (gconstpointer data)
{
  run_with (data, "");
}

static void
run_ws (gconstpointer data)
{
  run_with (data, "/ws");
}

static void
run_live (gconstpointer data)
{
  run_with (data, "/live");
}

static void
add (const char     *prefix,
     const Scenario *scenarios,
     GTestDataFunc   func)
{
  for (; scenarios->name != NULL; scenarios++)
    {
      g_autofree char *path = g_strconcat (prefix, scenarios->name, NULL);

      g_test_add_data_func (path, scenarios, func);
    }
}

int
main (int   argc,
      char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  start (argc > 1 && g_str_equal (argv[1], "pushpin") ? SCENARIO_PUSHPIN : SCENARIO_EMBEDDED);

  if (world.mode == SCENARIO_PUSHPIN)
    {
      add ("/pushpin/", scenarios_http, run);
      add ("/pushpin/over-http/", scenarios_websocket, run_ws);
      add ("/pushpin/over-http/", scenarios_over_http, run_ws);
      add ("/pushpin/websocket/", scenarios_websocket, run_live);
    }
  else
    {
      add ("/embedded/", scenarios_http, run);
      add ("/embedded/", scenarios_embedded, run);
      add ("/embedded/", scenarios_links, run);
      add ("/embedded/websocket/", scenarios_websocket, run_live);
      add ("/embedded/websocket/", scenarios_over_http, run_live);
      add ("/embedded/websocket/", scenarios_refresh, run_live);
    }

  result = g_test_run ();
  stop ();

  return result;
}
