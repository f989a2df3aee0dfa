/* test-pushpin-killed.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <libgrip/grip.h>

#include "grip-test-client.h"
#include "grip-test-origin.h"
#include "grip-test-pushpin.h"

/* A real Pushpin is killed and started again while a thread publishes, in each mode of ZMQ; what becomes of
 * every single publish is accounted for. (HTTP has this in tests/faults.) No item has an id, so none may be
 * read twice.
 *
 * What Pushpin has accepted and not yet passed on dies with it: of what was published before a kill, the
 * accepted items behind the last one that the client has read may be lost. Nothing else may. */

#define MOST_ITEMS  200000
#define KILLS       2
#define TOKEN       8       /* bytes of "<000001>" */
#define OPEN        5       /* "open\n" */
/* Unanswered at once, and ahead of the client: Pushpin queues 100 items for one, and drops the rest. */
#define OUTSTANDING 30
#define AHEAD       40
#define IN_PEACE    100

typedef enum
{
  NO_ANSWER,
  ACCEPTED,
  UNKNOWN,
  OTHER,
} Outcome;

typedef struct
{
  GripTestOrigin  *origin;
  GripTestPushpin *pushpin;
  GripTestClient  *client;
  GripPubControl  *control;

  guint            n_published;
  guint            n_answered;
  guint            n_unknown;
  guint8          *outcomes;
  guint8          *times_read;

  /* Of the thread that publishes */
  int              is_away;         /* atomic: there is no client to wait for */
  int              is_back;         /* atomic: the proxy was started again */
  int              n_recovered;     /* atomic: so many of those that were published since were accepted */
  int              quit;            /* atomic */
} Run;

typedef struct
{
  Run      *run;
  guint     number;
  gboolean  is_late;
} Publish;

static void
published_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autofree Publish *publish = user_data;
  Run                *run = publish->run;
  g_autoptr(GError)   error = NULL;
  Outcome             outcome = ACCEPTED;

  if (!grip_pub_control_publish_http_stream_finish (GRIP_PUB_CONTROL (object), result, &error))
    outcome = strstr (error->message, ": unknown: ") != NULL ? UNKNOWN : OTHER;
  if (outcome == OTHER)
    g_error ("item %u: %s", publish->number, error->message);

  g_assert_cmpuint (run->outcomes[publish->number], ==, NO_ANSWER);
  run->outcomes[publish->number] = outcome;
  run->n_answered++;
  run->n_unknown += outcome == UNKNOWN;
  if (publish->is_late && outcome == ACCEPTED)
    g_atomic_int_inc (&run->n_recovered);
}

static void
publish_next (Run *run)
{
  g_autofree char *content = NULL;
  Publish         *publish = g_new (Publish, 1);

  g_assert_cmpuint (run->n_published, <, MOST_ITEMS);
  publish->run = run;
  publish->number = run->n_published++;
  publish->is_late = g_atomic_int_get (&run->is_back);
  content = g_strdup_printf ("<%06u>", publish->number);
  grip_pub_control_publish_http_stream_async (run->control, "c", content, NULL, NULL, NULL, published_cb, publish);
}

static void
wait_for_answers (Run          *run,
                  GMainContext *context,
                  guint         n_left)
{
  while (run->n_published - run->n_answered > n_left)
    g_main_context_iteration (context, TRUE);
}

static gsize
read_so_far (Run *run)
{
  g_autoptr(GBytes) body = grip_test_client_dup_body (run->client);

  return g_bytes_get_size (body);
}

/* The client is held, and what is published reaches it: an XPUB socket may know of it a little later. */
static void
hold (Run *run)
{
  gsize length = OPEN;

  run->client = grip_test_pushpin_hold (run->pushpin, "/stream?channel=c");
  grip_test_pushpin_wait_held (run->pushpin, "c", 1);
  while (length <= OPEN)
    {
      publish_next (run);
      wait_for_answers (run, NULL, 0);
      grip_test_client_wait_bytes (run->client, OPEN + TOKEN, 50);
      length = read_so_far (run);
    }
}

/* The last item that was published has been read, and so have all before it. */
static void
wait_until_read (Run *run)
{
  g_autofree char *token = g_strdup_printf ("<%06u>", run->n_published - 1);

  for (guint i = 0; i < GRIP_TEST_PATIENCE / 5; i++)
    {
      g_autoptr(GBytes)  body = grip_test_client_dup_body (run->client);
      gsize              length = g_bytes_get_size (body);

      if (length > 0 && g_strstr_len (g_bytes_get_data (body, NULL), length, token) != NULL)
        return;
      g_usleep (5000);
    }

  g_error ("%s was not read", token);
}

static void
publish_in_peace (Run *run)
{
  for (guint i = 0; i < IN_PEACE; i++)
    {
      publish_next (run);
      wait_for_answers (run, NULL, 0);
      g_assert_cmpuint (run->outcomes[run->n_published - 1], ==, ACCEPTED);
      if (i % AHEAD == AHEAD - 1 || i == IN_PEACE - 1)
        wait_until_read (run);
    }
}

/* The client is not left too far behind; where there is none the thread only takes its time. */
static void
wait_for_client (Run   *run,
                 gsize  n_bytes)
{
  if (g_atomic_int_get (&run->is_away))
    g_usleep (1000);
  while (!g_atomic_int_get (&run->is_away) && !grip_test_client_wait_bytes (run->client, n_bytes, 10))
    g_usleep (1000);
}

static gpointer
load_main (gpointer data)
{
  Run                     *run = data;
  g_autoptr(GMainContext)  context = g_main_context_new ();
  gsize                    bytes = read_so_far (run);
  guint                    first = run->n_published;

  g_main_context_push_thread_default (context);
  while (!g_atomic_int_get (&run->quit))
    {
      publish_next (run);
      wait_for_answers (run, context, OUTSTANDING);
      wait_for_client (run, bytes + (MAX (run->n_published - first, AHEAD) - AHEAD) * TOKEN);
    }
  wait_for_answers (run, context, 0);
  g_main_context_pop_thread_default (context);

  return NULL;
}

/* The tokens of one client: in order, none that was read before, and no gap but where an item was not
 * accepted. */
static void
account_for_client (Run *run)
{
  g_autoptr(GBytes)  body = grip_test_client_dup_body (run->client);
  g_autofree char   *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  guint              next = G_MAXUINT;

  for (const char *at = strchr (text, '<'); at != NULL && strlen (at) >= TOKEN; at = strchr (at + 1, '<'))
    {
      guint number = strtoul (at + 1, NULL, 10);

      g_assert_cmpuint (number, <, run->n_published);
      for (; next < number; next++)
        g_assert_cmpuint (run->outcomes[next], ==, UNKNOWN);
      g_assert_true (next == number || next == G_MAXUINT);
      g_assert_cmpuint (run->times_read[number]++, ==, 0);
      next = number + 1;
    }
  g_assert_cmpuint (next, !=, G_MAXUINT);
}

static void
kill_under_load (Run *run)
{
  gsize           before = read_so_far (run);
  guint           first = run->n_published;
  guint           n_unknown = run->n_unknown;
  GThread        *thread;
  GripTestClient *client = run->client;

  run->is_away = run->is_back = run->n_recovered = run->quit = 0;
  thread = g_thread_new ("load", load_main, run);
  g_assert_true (grip_test_client_wait_bytes (client, before + 200 * TOKEN, GRIP_TEST_PATIENCE));
  grip_test_pushpin_kill (run->pushpin);
  g_atomic_int_set (&run->is_away, TRUE);
  grip_test_pushpin_start (run->pushpin);
  g_atomic_int_set (&run->is_back, TRUE);
  while (g_atomic_int_get (&run->n_recovered) < 20)
    g_usleep (1000);
  g_atomic_int_set (&run->quit, TRUE);
  g_thread_join (thread);

  g_assert_cmpuint (run->n_answered, ==, run->n_published);
  g_assert_cmpuint (run->n_unknown - n_unknown, <=, OUTSTANDING + 1);
  g_test_message ("%u published, %u unknown", run->n_published - first, run->n_unknown - n_unknown);
  g_assert_true (grip_test_client_wait_closed (client, GRIP_TEST_PATIENCE));
  account_for_client (run);
  g_clear_pointer (&run->client, grip_test_client_free);
}

static GripPubControl *
make_control (const char *address,
              const char *mode)
{
  GripPubControl         *control = grip_pub_control_new ();
  g_autoptr(GripEndpoint) endpoint = NULL;
  g_autoptr(GError)       error = NULL;
  g_autofree char        *json = NULL;

  json = g_strdup_printf ("{\"control_zmq_uri\":\"%s\",\"control_zmq_mode\":\"%s\",\"grace_time\":120}", address, mode);
  endpoint = grip_endpoint_new_from_json (json, &error);
  g_assert_no_error (error);
  grip_pub_control_add_endpoint (control, endpoint, &error);
  g_assert_no_error (error);
  grip_pub_control_set_timeout (control, 120);
  grip_pub_control_set_retry_limit (control, 100000);

  return control;
}

static void
test_killed (gconstpointer mode)
{
  Run               run = { NULL };
  g_autoptr(GError) error = NULL;

  run.outcomes = g_new0 (guint8, MOST_ITEMS);
  run.times_read = g_new0 (guint8, MOST_ITEMS);
  run.origin = grip_test_origin_new ();
  run.pushpin = grip_test_pushpin_new (&(GripTestPushpinOptions) {
    .origin_port = grip_test_origin_get_port (run.origin),
  });
  run.control = make_control (grip_test_pushpin_get_command_spec (run.pushpin), mode);

  for (guint i = 0; i < KILLS; i++)
    {
      hold (&run);
      publish_in_peace (&run);
      kill_under_load (&run);
    }
  hold (&run);
  publish_in_peace (&run);
  account_for_client (&run);
  for (guint i = run.n_published - IN_PEACE; i < run.n_published; i++)
    g_assert_cmpuint (run.times_read[i], ==, 1);

  grip_pub_control_close (run.control, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (run.control);
  grip_test_client_free (run.client);
  grip_test_pushpin_free (run.pushpin);
  grip_test_origin_free (run.origin);
  g_free (run.outcomes);
  g_free (run.times_read);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/pushpin/killed/push", "push", test_killed);
  g_test_add_data_func ("/pushpin/killed/pub", "pub", test_killed);
  g_test_add_data_func ("/pushpin/killed/command", "command", test_killed);

  return g_test_run ();
}
