/* test-stats.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libgrip/grip.h>

/* What records do; where they come from is the plugin's business. */

#define MOCK_TYPE_STATS (mock_stats_get_type ())
G_DECLARE_FINAL_TYPE (MockStats, mock_stats, MOCK, STATS, GripStats)

struct _MockStats
{
  GripStats parent_instance;
  guint     n_opened;
  guint     n_closed;
};

G_DEFINE_FINAL_TYPE (MockStats, mock_stats, GRIP_TYPE_STATS)

static gboolean
mock_stats_open (GripStats  *stats,
                 GError    **error)
{
  MOCK_STATS (stats)->n_opened++;

  return TRUE;
}

static void
mock_stats_close (GripStats *stats)
{
  MOCK_STATS (stats)->n_closed++;
}

static void
mock_stats_class_init (MockStatsClass *klass)
{
  GRIP_STATS_CLASS (klass)->open = mock_stats_open;
  GRIP_STATS_CLASS (klass)->close = mock_stats_close;
}

static void
mock_stats_init (MockStats *self)
{
}

typedef struct
{
  GripStats *stats;
  GString   *log;
} Fixture;

static void
channel_changed_cb (GripStats        *stats,
                    GripStatsChannel *channel,
                    Fixture          *fixture)
{
  g_string_append_printf (fixture->log, "%s=%u ", grip_stats_channel_get_name (channel),
                          (guint) grip_stats_channel_get_subscribers (channel));
}

static void
connected_cb (GripStats  *stats,
              const char *id,
              Fixture    *fixture)
{
  g_string_append_printf (fixture->log, "+%s ", id);
}

static void
disconnected_cb (GripStats  *stats,
                 const char *id,
                 Fixture    *fixture)
{
  g_string_append_printf (fixture->log, "-%s ", id);
}

static void
items_changed_cb (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  Fixture    *fixture)
{
  g_string_append_printf (fixture->log, "@%u-%u+%u ", position, removed, added);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->log = g_string_new (NULL);
  fixture->stats = g_object_new (MOCK_TYPE_STATS, NULL);
  g_signal_connect (fixture->stats, "channel-changed", G_CALLBACK (channel_changed_cb), fixture);
  g_signal_connect (fixture->stats, "connected", G_CALLBACK (connected_cb), fixture);
  g_signal_connect (fixture->stats, "disconnected", G_CALLBACK (disconnected_cb), fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_object_unref (fixture->stats);
  g_string_free (fixture->log, TRUE);
}

static void
take (Fixture    *fixture,
      const char *kind,
      const char *json)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static (json, strlen (json));
  g_autoptr(GError) error = NULL;

  g_assert_true (grip_stats_take_json_record (fixture->stats, kind, bytes, &error));
  g_assert_no_error (error);
}

static void
assert_log (Fixture    *fixture,
            const char *expected)
{
  g_assert_cmpstr (fixture->log->str, ==, expected);
  g_string_truncate (fixture->log, 0);
}

static void
test_subscriptions (Fixture       *fixture,
                    gconstpointer  data)
{
  take (fixture, "sub", "{\"from\":\"p\",\"mode\":\"stream\",\"channel\":\"b\",\"ttl\":60,\"subscribers\":2}");
  take (fixture, "sub", "{\"from\":\"p\",\"mode\":\"response\",\"channel\":\"b\",\"ttl\":60,\"subscribers\":1}");
  take (fixture, "sub", "{\"from\":\"q\",\"mode\":\"stream\",\"channel\":\"b\",\"ttl\":60,\"subscribers\":5}");
  assert_log (fixture, "b=2 b=3 b=8 ");
  take (fixture, "sub", "{\"from\":\"q\",\"mode\":\"stream\",\"channel\":\"b\",\"ttl\":60,\"subscribers\":5,\"unavailable\":false}");
  assert_log (fixture, "");
  g_assert_cmpuint (grip_stats_get_subscribers (fixture->stats, "b"), ==, 8);
  g_assert_cmpuint (grip_stats_get_subscribers (fixture->stats, "a"), ==, 0);

  take (fixture, "sub", "{\"from\":\"p\",\"mode\":\"stream\",\"channel\":\"b\",\"unavailable\":true}");
  take (fixture, "sub", "{\"from\":\"q\",\"mode\":\"stream\",\"channel\":\"b\",\"subscribers\":0}");
  take (fixture, "sub", "{\"from\":\"p\",\"mode\":\"response\",\"channel\":\"b\",\"unavailable\":true}");
  take (fixture, "sub", "{\"from\":\"p\",\"mode\":\"response\",\"channel\":\"b\",\"unavailable\":true}");
  assert_log (fixture, "b=6 b=1 b=0 ");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->stats)), ==, 0);
}

static void
test_list (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(GripStatsChannel) channel = NULL;
  g_autoptr(GripStatsChannel) none = NULL;

  g_signal_handlers_disconnect_by_func (fixture->stats, channel_changed_cb, fixture);
  g_signal_connect (fixture->stats, "items-changed", G_CALLBACK (items_changed_cb), fixture);
  take (fixture, "sub", "{\"channel\":\"b\",\"subscribers\":1}");
  take (fixture, "sub", "{\"channel\":\"c\",\"subscribers\":1}");
  take (fixture, "sub", "{\"channel\":\"a\",\"subscribers\":1}");
  take (fixture, "sub", "{\"channel\":\"b\",\"subscribers\":2}");
  assert_log (fixture, "@0-0+1 @1-0+1 @0-0+1 ");

  channel = g_list_model_get_item (G_LIST_MODEL (fixture->stats), 1);
  none = g_list_model_get_item (G_LIST_MODEL (fixture->stats), 3);
  g_assert_cmpstr (grip_stats_channel_get_name (channel), ==, "b");
  g_assert_cmpuint (grip_stats_channel_get_subscribers (channel), ==, 2);
  g_assert_null (none);

  take (fixture, "sub", "{\"channel\":\"b\",\"unavailable\":true}");
  assert_log (fixture, "@1-1+0 ");
  g_assert_cmpuint (grip_stats_channel_get_subscribers (channel), ==, 0);
}

static void
test_connections (Fixture       *fixture,
                  gconstpointer  data)
{
  take (fixture, "conn", "{\"from\":\"p\",\"id\":\"1\",\"type\":\"http\",\"ttl\":120}");
  take (fixture, "conn", "{\"from\":\"p\",\"id\":\"1\",\"type\":\"http\",\"ttl\":120}");
  take (fixture, "conn", "{\"from\":\"q\",\"id\":\"1\",\"type\":\"ws\",\"ttl\":120}");
  g_assert_cmpuint (grip_stats_get_n_connections (fixture->stats), ==, 2);
  take (fixture, "conn", "{\"from\":\"p\",\"id\":\"1\",\"unavailable\":true}");
  g_assert_cmpuint (grip_stats_get_n_connections (fixture->stats), ==, 1);
  assert_log (fixture, "+1 +1 -1 ");
}

static void
report_cb (GripStats  *stats,
           const char *kind,
           GVariant   *values,
           Fixture    *fixture)
{
  g_autofree char *text = g_variant_print (values, FALSE);

  g_string_append_printf (fixture->log, "%s %s ", kind, text);
}

static void
test_reports (Fixture       *fixture,
              gconstpointer  data)
{
  gint64 connections = 0;

  g_signal_connect (fixture->stats, "report::report", G_CALLBACK (report_cb), fixture);
  g_assert_null (grip_stats_get_last_report (fixture->stats));
  take (fixture, "report", "{\"connections\":3,\"more\":{\"a\":1},\"list\":[1],\"null\":null}");
  take (fixture, "counts", "{\"requests-received\":3}");
  take (fixture, "unheard-of", "{}");
  assert_log (fixture, "report {'connections': <int64 3>} ");
  g_assert_true (g_variant_lookup (grip_stats_get_last_report (fixture->stats), "connections", "x", &connections));
  g_assert_cmpint (connections, ==, 3);
}

/* As the plugin makes them of tnetstrings: text is bytes. */
static void
test_values (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(GVariant) values = NULL;
  g_autoptr(GVariant) bad = NULL;
  g_autoptr(GVariant) text = NULL;
  g_autoptr(GError)   error = NULL;

  values = g_variant_ref_sink (g_variant_new_parsed ("{'channel': <[byte 0xc3, 0xa4]>, 'subscribers': <int64 4>}"));
  g_assert_true (grip_stats_take_record (fixture->stats, "sub", values, &error));
  g_assert_no_error (error);
  assert_log (fixture, "ä=4 ");

  bad = g_variant_ref_sink (g_variant_new_parsed ("{'channel': <[byte 0xff]>, 'subscribers': <int64 4>}"));
  g_assert_false (grip_stats_take_record (fixture->stats, "sub", bad, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
  g_clear_error (&error);

  text = g_variant_ref_sink (g_variant_new_string ("no dictionary"));
  g_assert_false (grip_stats_take_record (fixture->stats, "sub", text, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
}

static void
test_malformed (Fixture       *fixture,
                gconstpointer  data)
{
  static const struct { const char *kind; const char *json; } bad[] = {
    { "sub", "" }, { "sub", "[]" }, { "sub", "{}" }, { "sub", "{\"channel\":1}" }, { "conn", "{\"id\":[]}" },
    { "sub", "{\"channel\":\"a\",\"channel\":\"b\"}" }, { "report", "{\"a\":\"\xff\"}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GBytes) bytes = g_bytes_new_static (bad[i].json, strlen (bad[i].json));
      g_autoptr(GError) error = NULL;

      g_assert_false (grip_stats_take_json_record (fixture->stats, bad[i].kind, bytes, &error));
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
    }
  take (fixture, "sub", "{\"channel\":\"a\",\"subscribers\":-3}");
  take (fixture, "sub", "{\"channel\":\"a\",\"subscribers\":\"many\"}");
  assert_log (fixture, "");
}

/* What is not told again goes, in the order of its time to live; what is stays. */
static void
test_expiry (Fixture       *fixture,
             gconstpointer  data)
{
  gint64 end = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  take (fixture, "sub", "{\"channel\":\"long\",\"subscribers\":1,\"ttl\":9000}");
  take (fixture, "sub", "{\"channel\":\"renewed\",\"subscribers\":1,\"ttl\":1}");
  take (fixture, "sub", "{\"channel\":\"two\",\"subscribers\":1,\"ttl\":2}");
  take (fixture, "conn", "{\"id\":\"one\",\"ttl\":-5}");
  take (fixture, "sub", "{\"channel\":\"renewed\",\"subscribers\":1,\"ttl\":9000}");
  assert_log (fixture, "long=1 renewed=1 two=1 +one ");

  while (grip_stats_get_subscribers (fixture->stats, "two") > 0 && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  assert_log (fixture, "-one two=0 ");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->stats)), ==, 2);
}

static void
test_close (Fixture       *fixture,
            gconstpointer  data)
{
  MockStats         *mock = MOCK_STATS (fixture->stats);
  g_autoptr(GError)  error = NULL;

  g_assert_true (grip_stats_open (fixture->stats, &error));
  g_assert_true (grip_stats_open (fixture->stats, &error));
  take (fixture, "sub", "{\"channel\":\"a\",\"subscribers\":1}");
  take (fixture, "conn", "{\"id\":\"1\"}");
  grip_stats_close (fixture->stats);
  grip_stats_close (fixture->stats);
  assert_log (fixture, "a=1 +1 a=0 -1 ");
  g_assert_cmpuint (mock->n_opened, ==, 1);
  g_assert_cmpuint (mock->n_closed, ==, 1);
}

/* A handler may let go of the last reference. */
static void
drop_cb (GripStats        *stats,
         GripStatsChannel *channel,
         Fixture          *fixture)
{
  g_signal_handlers_disconnect_by_data (stats, fixture);
  g_clear_object (&fixture->stats);
}

static void
test_dropped (Fixture       *fixture,
              gconstpointer  data)
{
  gint64 end = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  take (fixture, "sub", "{\"channel\":\"a\",\"subscribers\":1,\"ttl\":1}");
  take (fixture, "sub", "{\"channel\":\"b\",\"subscribers\":1,\"ttl\":1}");
  g_signal_connect (fixture->stats, "channel-changed", G_CALLBACK (drop_cb), fixture);
  while (fixture->stats != NULL && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (fixture->stats);
  fixture->stats = g_object_new (MOCK_TYPE_STATS, NULL);
}

static void
test_no_address (void)
{
  g_autoptr(GError)        error = NULL;
  g_autoptr(GripEndpoint)  endpoint = grip_endpoint_new ("http://localhost", &error);
  g_autoptr(GripStats)     stats = NULL;

  g_assert_no_error (error);
  stats = grip_stats_new_for_endpoint (endpoint, &error);
  g_assert_null (stats);
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
}

static void
test_address (void)
{
  g_autoptr(GError)        error = NULL;
  g_autoptr(GripEndpoint)  endpoint = NULL;
  g_autoptr(GripEndpoint)  bad = NULL;

  endpoint = grip_endpoint_new_from_json ("{\"control_uri\":\"http://h\",\"control_zmq_stats_uri\":\"tcp://h:5564\"}",
                                          &error);
  g_assert_no_error (error);
  g_assert_cmpstr (grip_endpoint_get_control_zmq_stats_uri (endpoint), ==, "tcp://h:5564");
  g_assert_cmpstr (grip_endpoint_get_scheme (endpoint), ==, "http");

  bad = grip_endpoint_new_from_json ("{\"control_uri\":\"http://h\",\"control_zmq_stats_uri\":\"udp://h:5564\"}",
                                     &error);
  g_assert_null (bad);
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
}

#define ADD(name) g_test_add ("/stats/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD (subscriptions);
  ADD (list);
  ADD (connections);
  ADD (reports);
  ADD (values);
  ADD (malformed);
  ADD (expiry);
  ADD (close);
  ADD (dropped);
  g_test_add_func ("/stats/no_address", test_no_address);
  g_test_add_func ("/stats/address", test_address);

  return g_test_run ();
}
