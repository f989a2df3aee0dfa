/* test-zmq-stats.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libgrip/grip.h>
#include <zmq.h>

#include "grip-zmq-stats-frame.h"
#include "grip-zmq-stats.h"

/* The stats socket against a bare PUB socket, which says what no proxy would. */

#define PATIENCE (30 * G_USEC_PER_SEC)

typedef struct
{
  void      *context;
  void      *pub;
  char      *address;
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
open_stats (Fixture    *fixture,
            const char *server_key)
{
  g_autoptr(GripEndpoint)  endpoint = NULL;
  g_autoptr(GError)        error = NULL;
  g_autofree char         *json = NULL;

  json = g_strdup_printf ("{\"control_uri\":\"http://127.0.0.1:1\",\"control_zmq_stats_uri\":\"%s\"%s%s%s}",
                          fixture->address, server_key != NULL ? ",\"control_zmq_server_key\":\"" : "",
                          server_key != NULL ? server_key : "", server_key != NULL ? "\"" : "");
  endpoint = grip_endpoint_new_from_json (json, &error);
  g_assert_no_error (error);
  fixture->stats = g_object_new (GRIP_TYPE_ZMQ_STATS, "endpoint", endpoint, NULL);
  g_signal_connect (fixture->stats, "channel-changed", G_CALLBACK (channel_changed_cb), fixture);
  g_assert_true (grip_stats_open (fixture->stats, &error));
  g_assert_no_error (error);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  char  address[256];
  char  public_key[41];
  char  secret_key[41];
  int   on = 1;
  gsize size = sizeof address;

  fixture->log = g_string_new (NULL);
  fixture->context = zmq_ctx_new ();
  fixture->pub = zmq_socket (fixture->context, ZMQ_PUB);
  if (data != NULL)
    {
      zmq_curve_keypair (public_key, secret_key);
      zmq_setsockopt (fixture->pub, ZMQ_CURVE_SERVER, &on, sizeof on);
      zmq_setsockopt (fixture->pub, ZMQ_CURVE_SECRETKEY, secret_key, 41);
    }
  g_assert_cmpint (zmq_bind (fixture->pub, "tcp://127.0.0.1:*"), ==, 0);
  zmq_getsockopt (fixture->pub, ZMQ_LAST_ENDPOINT, address, &size);
  fixture->address = g_strdup (address);
  open_stats (fixture, data != NULL ? public_key : NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  int linger = 0;

  g_clear_object (&fixture->stats);
  zmq_setsockopt (fixture->pub, ZMQ_LINGER, &linger, sizeof linger);
  zmq_close (fixture->pub);
  zmq_ctx_term (fixture->context);
  g_string_free (fixture->log, TRUE);
  g_free (fixture->address);
}

static void
send_frame (Fixture    *fixture,
            const char *text,
            gssize      length)
{
  zmq_send (fixture->pub, text, length < 0 ? strlen (text) : (gsize) length, 0);
}

static gboolean
tick (gpointer unused)
{
  return G_SOURCE_CONTINUE;
}

/* A PUB socket drops what it says before the other side is there: so it says @frame again and again. */
static void
tell_until (Fixture    *fixture,
            const char *frame,
            const char *channel,
            guint       subscribers)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;
  guint  id = g_timeout_add (5, tick, NULL);

  while (grip_stats_get_subscribers (fixture->stats, channel) != subscribers && g_get_monotonic_time () < end)
    {
      send_frame (fixture, frame, -1);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (id);
  g_assert_cmpuint (grip_stats_get_subscribers (fixture->stats, channel), ==, subscribers);
}

static void
test_tnetstring (Fixture       *fixture,
                 gconstpointer  data)
{
  tell_until (fixture, "sub T44:7:channel,1:a,3:ttl,2:60#11:subscribers,1:2#}", "a", 2);
  tell_until (fixture, "sub T36:7:channel,1:a,11:unavailable,4:true!}", "a", 0);
  g_assert_cmpstr (fixture->log->str, ==, "a=2 a=0 ");
}

static void
test_json (Fixture       *fixture,
           gconstpointer  data)
{
  tell_until (fixture, "sub J{\"channel\":\"a\",\"ttl\":60,\"subscribers\":3}", "a", 3);
  tell_until (fixture, "sub J{\"channel\":\"a\",\"unavailable\":true}", "a", 0);
}

static void
report_cb (GripStats  *stats,
           const char *kind,
           GVariant   *values,
           GString    *log)
{
  g_string_append_printf (log, "%s ", kind);
}

/* There is one for each item: only who wants them gets them. */
static void
test_messages (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr(GripStats)  wants = NULL;
  g_autoptr(GString)    heard = g_string_new (NULL);
  g_autoptr(GString)    unheard = g_string_new (NULL);
  g_autoptr(GError)     error = NULL;
  gint64                end = g_get_monotonic_time () + PATIENCE;

  g_signal_connect (fixture->stats, "report", G_CALLBACK (report_cb), unheard);
  wants = g_object_new (GRIP_TYPE_ZMQ_STATS, "endpoint", grip_stats_get_endpoint (fixture->stats), NULL);
  g_signal_connect (wants, "report::message", G_CALLBACK (report_cb), heard);
  g_assert_true (grip_stats_open (wants, &error));
  g_assert_no_error (error);

  tell_until (fixture, "sub J{\"channel\":\"a\",\"ttl\":60,\"subscribers\":1}", "a", 1);
  while (heard->len == 0 && g_get_monotonic_time () < end)
    {
      send_frame (fixture, "message J{\"channel\":\"a\"}", -1);
      g_usleep (1000);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_true (g_str_has_prefix (heard->str, "message "));
  tell_until (fixture, "sub J{\"channel\":\"b\",\"ttl\":60,\"subscribers\":1}", "b", 1);
  g_assert_cmpstr (unheard->str, ==, "");
}

/* Without a renewal it goes. */
static void
test_expiry (Fixture       *fixture,
             gconstpointer  data)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;

  tell_until (fixture, "sub J{\"channel\":\"a\",\"ttl\":1,\"subscribers\":1}", "a", 1);
  while (grip_stats_get_subscribers (fixture->stats, "a") > 0 && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (grip_stats_get_subscribers (fixture->stats, "a"), ==, 0);
}

static const char *const hostile[] = {
  "", " ", "sub", "sub ", "sub X{}", "sub T", "sub J", "sub Tgarbage", "sub J{", "sub J[]", "sub J{}",
  "sub T99999999999:x,", "sub T3:abc}", "sub T0:}", "sub T5:3:abc,}", "sub J{\"channel\":7}",
  "sub J{\"channel\":\"\\u0000\",\"subscribers\":1}", "conn J{\"id\":null}", "report T1:x,",
  "sub J{\"channel\":\"x\",\"subscribers\":99999999999999999999}", "SUB J{\"channel\":\"x\",\"subscribers\":1}",
  "a-very-long-kind-of-record J{}",
};

static void
test_hostile (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *huge = g_strnfill (200000, 'x');
  g_autofree char *deep = NULL;
  const char      *first = "sub J{\"channel\":\"b\",\"subscribers\":1}";

  memcpy (huge, "sub J{\"a\":\"", 11);
  deep = g_strnfill (60000, '[');
  memcpy (deep, "sub J", 5);

  tell_until (fixture, "sub J{\"channel\":\"a\",\"subscribers\":1}", "a", 1);
  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++)
    send_frame (fixture, hostile[i], -1);
  send_frame (fixture, "sub J\xff\xfe", -1);
  send_frame (fixture, "sub T3:\0\0\0,", 11);
  send_frame (fixture, deep, 60000);
  zmq_send (fixture->pub, first, strlen (first), ZMQ_SNDMORE);
  send_frame (fixture, "sub J{\"channel\":\"not-this\",\"subscribers\":1}", -1);
  send_frame (fixture, huge, 200000);

  tell_until (fixture, "sub J{\"channel\":\"c\",\"subscribers\":1}", "c", 1);
  g_assert_cmpuint (grip_stats_get_subscribers (fixture->stats, "a"), ==, 1);
  g_assert_cmpuint (grip_stats_get_subscribers (fixture->stats, "b"), ==, 1);
  g_assert_cmpuint (grip_stats_get_subscribers (fixture->stats, "not-this"), ==, 0);
  g_assert_cmpuint (grip_stats_get_subscribers (fixture->stats, "x"), ==, 0);
}

/* One that is far too long ends the connection, which is made again. */
static void
test_far_too_long (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autofree char *frame = g_strnfill (5 * 1024 * 1024, 'x');

  tell_until (fixture, "sub J{\"channel\":\"a\",\"subscribers\":1}", "a", 1);
  memcpy (frame, "sub J", 5);
  send_frame (fixture, frame, 5 * 1024 * 1024);
  tell_until (fixture, "sub J{\"channel\":\"b\",\"subscribers\":1}", "b", 1);
}

/* Each of them alone: none is taken, and each has its error. */
static void
test_frames (void)
{
  g_autoptr(GripStats) stats = g_object_new (GRIP_TYPE_STATS, NULL);
  g_autoptr(GError)    error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_assert_false (grip_zmq_stats_frame_take (stats, hostile[i], strlen (hostile[i]), &error));
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
      g_clear_error (&error);
    }
  g_assert_true (grip_zmq_stats_frame_take (stats, "unheard T0:}", 12, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (stats)), ==, 0);
}

static void
close_cb (GripStats        *stats,
          GripStatsChannel *channel,
          Fixture          *fixture)
{
  grip_stats_close (stats);
}

static void
test_closed_by_handler (Fixture       *fixture,
                        gconstpointer  data)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;
  guint  id = g_timeout_add (5, tick, NULL);

  g_signal_connect (fixture->stats, "channel-changed", G_CALLBACK (close_cb), fixture);
  while (fixture->log->len == 0 && g_get_monotonic_time () < end)
    {
      send_frame (fixture, "sub J{\"channel\":\"a\",\"subscribers\":1}", -1);
      send_frame (fixture, "sub J{\"channel\":\"b\",\"subscribers\":1}", -1);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (id);
  g_assert_cmpstr (fixture->log->str, ==, "a=1 a=0 ");
}

#define ADD(name) g_test_add ("/zmq-stats/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD (tnetstring);
  ADD (json);
  g_test_add ("/zmq-stats/curve", Fixture, "curve", set_up, test_json, tear_down);
  ADD (messages);
  ADD (expiry);
  ADD (hostile);
  ADD (far_too_long);
  g_test_add_func ("/zmq-stats/frames", test_frames);
  ADD (closed_by_handler);

  return g_test_run ();
}
