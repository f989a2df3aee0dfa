/* test-pushpin-several.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <libgrip/grip.h>

#include "grip-test-client.h"
#include "grip-test-origin.h"
#include "grip-test-pushpin.h"
#include "grip-test-zmq-relay.h"

/* Two and three real proxies on one XPUB socket, with clients at some of them. Before each stands a relay
 * that counts what is sent there: an item goes only to proxies that have a subscriber.
 *
 * What has not come cannot be waited for. But one connection keeps the order: when a later item is counted
 * at a proxy, an earlier one that was meant for it has been, too. */

#define MOST 3

typedef struct
{
  guint             n;
  GripTestOrigin   *origin;
  GripTestZmqRelay *relays[MOST];
  GripTestPushpin  *proxies[MOST];
  GripPubControl   *pub;
  GPtrArray        *clients;
} Fixture;

static GripPubControl *
make_control (Fixture *fixture)
{
  GripPubControl         *control = grip_pub_control_new ();
  g_autoptr(GString)      json = g_string_new ("{\"require_subscribers\":true,\"grace_time\":60,"
                                                         "\"control_zmq_pub_uri\":[");
  g_autoptr(GripEndpoint) endpoint = NULL;
  g_autoptr(GError)       error = NULL;

  for (guint i = 0; i < fixture->n; i++)
    g_string_append_printf (json, "%s\"%s\"", i > 0 ? "," : "",
                            grip_test_zmq_relay_get_in_address (fixture->relays[i]));
  g_string_append (json, "]}");
  endpoint = grip_endpoint_new_from_json (json->str, &error);
  g_assert_no_error (error);
  grip_pub_control_add_endpoint (control, endpoint, &error);
  g_assert_no_error (error);
  grip_pub_control_set_timeout (control, GRIP_TEST_PATIENCE / 1000.0);

  return control;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  n)
{
  fixture->n = GPOINTER_TO_UINT (n);
  fixture->origin = grip_test_origin_new ();
  fixture->clients = g_ptr_array_new_with_free_func ((GDestroyNotify) grip_test_client_free);
  for (guint i = 0; i < fixture->n; i++)
    {
      fixture->relays[i] = grip_test_zmq_relay_new ();
      fixture->proxies[i] = grip_test_pushpin_new (&(GripTestPushpinOptions) {
        .origin_port = grip_test_origin_get_port (fixture->origin),
        .sub_connect = grip_test_zmq_relay_get_out_address (fixture->relays[i]),
      });
    }
  fixture->pub = make_control (fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  n)
{
  g_autoptr(GError) error = NULL;

  grip_pub_control_close (fixture->pub, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (fixture->pub);
  g_ptr_array_unref (fixture->clients);
  for (guint i = 0; i < fixture->n; i++)
    {
      grip_test_pushpin_free (fixture->proxies[i]);
      grip_test_zmq_relay_free (fixture->relays[i]);
    }
  grip_test_origin_free (fixture->origin);
}

static void
publish (Fixture    *fixture,
         const char *channel,
         const char *content)
{
  g_autoptr(GError) error = NULL;

  grip_pub_control_publish_http_stream (fixture->pub, channel, content, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* Returns when an item to @channel reaches that proxy: the publisher knows of the subscription. */
static GripTestClient *
hold (Fixture    *fixture,
      guint       proxy,
      const char *channel)
{
  g_autofree char *path = g_strconcat ("/stream?channel=", channel, NULL);
  GripTestClient  *client = grip_test_pushpin_hold (fixture->proxies[proxy], path);

  g_ptr_array_add (fixture->clients, client);
  grip_test_pushpin_wait_held (fixture->proxies[proxy], channel, 1);
  while (grip_test_zmq_relay_count (fixture->relays[proxy], channel) == 0)
    {
      publish (fixture, channel, "-");
      g_usleep (10000);
    }

  return client;
}

static void
wait_for_text (GripTestClient *client,
               const char     *text)
{
  for (guint i = 0; i < GRIP_TEST_PATIENCE / 5; i++)
    {
      g_autoptr(GBytes)  body = grip_test_client_dup_body (client);
      gsize              length = g_bytes_get_size (body);

      if (length > 0 && g_strstr_len (g_bytes_get_data (body, NULL), length, text) != NULL)
        return;
      g_usleep (5000);
    }

  g_error ("'%s' did not come", text);
}

static guint
count_text (GripTestClient *client,
            const char     *text)
{
  g_autoptr(GBytes)  body = grip_test_client_dup_body (client);
  g_autofree char   *copy = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  g_auto(GStrv)      parts = g_strsplit (copy, text, -1);

  return g_strv_length (parts) - 1;
}

typedef struct
{
  guint counts[MOST];
} Counts;

static Counts
count (Fixture    *fixture,
       const char *channel)
{
  Counts counts = { { 0 } };

  for (guint i = 0; i < fixture->n; i++)
    counts.counts[i] = grip_test_zmq_relay_count (fixture->relays[i], channel);

  return counts;
}

/* Returns when all proxies have got what was published until now. */
static void
publish_end (Fixture *fixture)
{
  Counts before = count (fixture, "end");

  publish (fixture, "end", "<end>");
  for (guint i = 0; i < fixture->n; i++)
    while (grip_test_zmq_relay_count (fixture->relays[i], "end") == before.counts[i])
      g_usleep (5000);
}

static void
check_counts (Fixture    *fixture,
              const char *channel,
              Counts      before,
              Counts      more)
{
  for (guint i = 0; i < fixture->n; i++)
    g_assert_cmpuint (grip_test_zmq_relay_count (fixture->relays[i], channel), ==,
                      before.counts[i] + more.counts[i]);
}

/* Also the warm-up of others has sent nothing to those who had not subscribed. */
static void
test_counted (Fixture       *fixture,
              gconstpointer  n)
{
  GripTestClient *own = hold (fixture, 0, "own");
  GripTestClient *both_a = hold (fixture, 0, "both");
  GripTestClient *both_b = hold (fixture, 1, "both");
  Counts          own_before;
  Counts          both_before;

  for (guint i = 0; i < fixture->n; i++)
    hold (fixture, i, "end");
  publish_end (fixture);
  own_before = count (fixture, "own");
  both_before = count (fixture, "both");
  g_assert_cmpuint (own_before.counts[1] + own_before.counts[2] + both_before.counts[2], ==, 0);

  for (guint i = 0; i < 10; i++)
    {
      publish (fixture, "own", "<own>");
      publish (fixture, "both", "<both>");
      publish (fixture, "nobody", "<nobody>");
      publish (fixture, "bot", "<a name that begins another>");
      publish (fixture, "both-and-more", "<a name that begins with another>");
    }
  publish (fixture, "own", "<last>");
  publish (fixture, "both", "<last>");
  publish_end (fixture);

  check_counts (fixture, "own", own_before, (Counts) { { 11 } });
  check_counts (fixture, "both", both_before, (Counts) { { 11, 11 } });
  check_counts (fixture, "nobody", (Counts) { { 0 } }, (Counts) { { 0 } });
  check_counts (fixture, "bot", (Counts) { { 0 } }, (Counts) { { 0 } });
  check_counts (fixture, "both-and-more", (Counts) { { 0 } }, (Counts) { { 0 } });
  wait_for_text (own, "<last>");
  wait_for_text (both_a, "<last>");
  wait_for_text (both_b, "<last>");
  g_assert_cmpuint (count_text (own, "<own>"), ==, 10);
  g_assert_cmpuint (count_text (both_a, "<both>"), ==, 10);
  g_assert_cmpuint (count_text (both_b, "<both>"), ==, 10);
}

/* The client of one proxy goes: what it had subscribed to is no longer sent there, and still to the other. */
static void
test_leaves (Fixture       *fixture,
             gconstpointer  n)
{
  GripTestClient *stays = hold (fixture, 0, "both");
  GripTestClient *goes = hold (fixture, 1, "both");
  Counts          before;

  for (guint i = 0; i < fixture->n; i++)
    hold (fixture, i, "end");
  g_ptr_array_remove (fixture->clients, goes);
  while (grip_test_zmq_relay_is_subscribed (fixture->relays[1], "both"))
    g_usleep (5000);
  /* It comes behind the unsubscription. */
  hold (fixture, 1, "later");
  publish_end (fixture);
  before = count (fixture, "both");

  publish (fixture, "both", "<after>");
  publish_end (fixture);
  check_counts (fixture, "both", before, (Counts) { { 1 } });
  wait_for_text (stays, "<after>");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint n = 2; n <= MOST; n++)
    {
      g_autofree char *counted = g_strdup_printf ("/pushpin/several/%u/counted", n);
      g_autofree char *leaves = g_strdup_printf ("/pushpin/several/%u/leaves", n);

      g_test_add (counted, Fixture, GUINT_TO_POINTER (n), set_up, test_counted, tear_down);
      g_test_add (leaves, Fixture, GUINT_TO_POINTER (n), set_up, test_leaves, tear_down);
    }

  return g_test_run ();
}
