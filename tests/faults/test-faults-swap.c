/* test-faults-swap.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>

#include <libgrip-soup/grip-soup.h>

#include "faults.h"
#include "grip-test-client.h"
#include "grip-test-origin.h"
#include "grip-test-pushpin.h"

/* One transport takes the place of another while items are on their way, again and again, with real clients at
 * the other end: nothing is lost, nothing comes twice, and the order is kept. Each swap comes when half of a
 * chunk was published, so that some of it is in flight and some queued. */

#define N_CHUNKS 60
#define CHUNK    40      /* a Pushpin queues 100 items for one client, and drops the rest */
#define N_ITEMS  (N_CHUNKS * CHUNK)
#define TOKEN    8       /* bytes of "<000001>" */

typedef struct
{
  GripPubControl  *control;
  GripTestOrigin  *origin;
  GripTestPushpin *pushpin;
  GripTestClient  *held;           /* by Pushpin */
  GripTestClient  *embedded;       /* by the embedded origin; NULL without one */
  guint            n_published;
  guint            n_pending;
  gboolean         chained;        /* each item names the one before it */
} Run;

static void
set_up (Run           *run,
        gconstpointer  data)
{
  run->control = grip_pub_control_new ();
  run->origin = grip_test_origin_new ();
  run->pushpin = grip_test_pushpin_new (&(GripTestPushpinOptions) {
    .origin_port = grip_test_origin_get_port (run->origin),
  });
  run->held = grip_test_pushpin_hold (run->pushpin, "/stream?channel=c");
  g_assert_true (grip_test_pushpin_wait_subscribed (run->pushpin, "c", 1, PATIENCE));
}

static void
tear_down (Run           *run,
           gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (grip_pub_control_close (run->control, NULL, &error));
  g_assert_no_error (error);
  g_object_unref (run->control);
  grip_test_client_free (run->held);
  g_clear_pointer (&run->embedded, grip_test_client_free);
  grip_test_pushpin_free (run->pushpin);
  grip_test_origin_free (run->origin);
}

static void
published_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Run               *run = user_data;
  g_autoptr(GError)  error = NULL;

  grip_pub_control_publish_http_stream_finish (GRIP_PUB_CONTROL (source), result, &error);
  g_assert_no_error (error);
  run->n_pending--;
}

static void
publish (Run   *run,
         guint  n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *content = g_strdup_printf ("<%06u>", run->n_published);
      g_autofree char *previous = run->n_published > 0 ? g_strdup_printf ("<%06u>", run->n_published - 1) : NULL;

      grip_pub_control_publish_http_stream_async (run->control, "c", content, run->chained ? content : NULL,
                                                  run->chained ? previous : NULL, NULL, published_cb, run);
      run->n_published++;
      run->n_pending++;
    }
}

/* Pushpin's client has a word of greeting, too. */
static guint
count_read (GripTestClient *client)
{
  g_autoptr(GBytes) body = client != NULL ? grip_test_client_dup_body (client) : NULL;

  return body != NULL ? g_bytes_get_size (body) / TOKEN : 0;
}

/* The embedded origin lives in this thread. */
static void
wait_received (Run *run)
{
  while (run->n_pending > 0)
    g_main_context_iteration (NULL, TRUE);
  while (count_read (run->held) + count_read (run->embedded) < run->n_published)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (1000);
    }
}

static GripTransport *
make_transport (const char *field,
                const char *address)
{
  g_autofree char         *json = g_strdup_printf ("{\"%s\":\"%s\"}", field, address);
  g_autoptr(GError)        error = NULL;
  g_autoptr(GripEndpoint)  endpoint = grip_endpoint_new_from_json (json, &error);
  GripTransport           *transport;

  g_assert_no_error (error);
  transport = grip_transport_new_for_endpoint (endpoint, &error);
  g_assert_no_error (error);

  return transport;
}

static GripTransport *
make_http (Run *run)
{
  return make_transport ("control_uri", grip_test_pushpin_get_control_uri (run->pushpin));
}

static GripTransport *
make_push (Run *run)
{
  return make_transport ("control_zmq_push_uri", grip_test_pushpin_get_push_spec (run->pushpin));
}

static void
swap (Run           *run,
      GripTransport *fresh)
{
  g_autoptr(GripTransport) present = g_list_model_get_item (G_LIST_MODEL (run->control), 0);

  g_assert_true (grip_pub_control_replace_transport (run->control, present, fresh));
}

/* The numbers that a client has read rise; each is marked. */
static void
mark_read (GripTestClient *client,
           guint8         *times_read)
{
  g_autoptr(GBytes)  body = grip_test_client_dup_body (client);
  g_autofree char   *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  int                last = -1;

  for (const char *at = strchr (text, '<'); at != NULL; at = strchr (at + 1, '<'))
    {
      int number = atoi (at + 1);

      g_assert_cmpint (number, >, last);
      last = number;
      times_read[number]++;
    }
}

static void
judge (Run *run)
{
  guint8 times_read[N_ITEMS] = { 0 };

  mark_read (run->held, times_read);
  if (run->embedded != NULL)
    mark_read (run->embedded, times_read);
  for (guint i = 0; i < N_ITEMS; i++)
    g_assert_cmpuint (times_read[i], ==, 1);
}

/* HTTP to ZMQ and back. Pushpin reads both, so that the items say themselves which comes after which. */
static void
test_zmq (Run           *run,
          gconstpointer  data)
{
  g_autoptr(GripTransport) first = make_http (run);

  run->chained = TRUE;
  grip_pub_control_add_transport (run->control, first);
  for (guint i = 0; i < N_CHUNKS; i++)
    {
      g_autoptr(GripTransport) fresh = i % 2 == 0 ? make_push (run) : make_http (run);

      publish (run, CHUNK / 2);
      g_usleep (g_test_rand_int_range (0, 500));
      swap (run, fresh);
      publish (run, CHUNK / 2);
      wait_received (run);
    }
  judge (run);
}

static void
hold_cb (GripSoupOrigin  *origin,
         GripSoupRequest *request,
         gpointer         user_data)
{
  g_assert_true (grip_soup_request_hold_stream (request, "c", NULL));
}

static GripSoupOrigin *
make_origin (Run *run)
{
  g_autoptr(GripSoupOrigin) origin = grip_soup_origin_new (NULL);
  g_autoptr(GError)         error = NULL;
  g_autofree char          *uri = NULL;

  grip_soup_origin_set_embedded (origin, TRUE);
  grip_soup_origin_add_handler (origin, "/", hold_cb, NULL, NULL);
  grip_soup_origin_listen (origin, 0, &error);
  g_assert_no_error (error);
  uri = g_strdup_printf ("http://127.0.0.1:%u/", grip_soup_origin_get_port (origin));
  run->embedded = grip_test_client_new_get (uri);
  while (grip_soup_origin_get_n_clients (origin) < 1)
    g_main_context_iteration (NULL, TRUE);

  return g_steal_pointer (&origin);
}

/* Embedded to Pushpin and back: each item comes to the client of one of the two. */
static void
test_embedded (Run           *run,
               gconstpointer  data)
{
  g_autoptr(GripSoupOrigin) origin = make_origin (run);

  grip_pub_control_add_transport (run->control, GRIP_TRANSPORT (origin));
  for (guint i = 0; i < N_CHUNKS; i++)
    {
      g_autoptr(GripTransport) fresh = i % 2 == 0 ? make_http (run) : g_object_ref (GRIP_TRANSPORT (origin));

      publish (run, CHUNK / 2);
      for (guint k = i % 4; k > 0; k--)
        g_main_context_iteration (NULL, FALSE);
      swap (run, fresh);
      publish (run, CHUNK / 2);
      wait_received (run);
    }
  judge (run);
  g_assert_cmpuint (count_read (run->held), >=, N_ITEMS / 4);
  g_assert_cmpuint (count_read (run->embedded), >=, N_ITEMS / 4);
}

int
main (int   argc,
      char *argv[])
{
  faults_init (&argc, &argv, NULL, 0);

  g_test_add ("/faults/swap/http-and-zmq", Run, NULL, set_up, test_zmq, tear_down);
  g_test_add ("/faults/swap/embedded-and-pushpin", Run, NULL, set_up, test_embedded, tear_down);

  return g_test_run ();
}
