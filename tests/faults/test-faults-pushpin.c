/* test-faults-pushpin.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>

#include "faults.h"
#include "grip-test-client.h"
#include "grip-test-origin.h"
#include "grip-test-pushpin.h"

/* F2: a real Pushpin is killed in mid-stream, again and again, and a client reads along.
 *
 *   GRIP_FAULTS_ITEMS=100000 GRIP_FAULTS_KILLS=20 meson test -C BUILD faults-pushpin --verbose
 *
 * is the full size; without the variables it is a small one. What Pushpin has accepted and not yet
 * passed on dies with it, and what it accepts before the client has come back has no client: so an item
 * may be accepted and not received, but only when it was in flight at a kill or was published while no
 * proxy ran, and those are named and counted. What a client reads from one proxy has no gap, and nothing
 * twice.
 *
 * A proxy that was killed has forgotten the ids that it had seen, so an item whose answer was lost may be
 * read from the old one and from the new one. The reader applies the proxy's rule in its place: it
 * drops an id that it has seen, and counts. Items without ids are never sent again, so none may come
 * twice, wherever it was read. */

#define CHUNK 50        /* a Pushpin queues 100 items for one client, and drops the rest */
#define TOKEN 8         /* bytes of "<000001>" */

typedef enum
{
  IN_PEACE,
  BEFORE_KILL,
  WITHOUT_PROXY,
} When;

typedef struct
{
  GripTestOrigin  *origin;
  GripTestPushpin *pushpin;
  GripTestClient  *client;
  GripPubControl  *control;
  gboolean         with_id;

  guint            n_items;
  guint            n_published;
  guint            n_read;              /* tokens of the present client that are accounted for */
  guint            n_markers;
  guint8          *accepted;
  guint8          *times_read;
  guint8          *when;
  guint            n_doubles;
  guint            n_unknown;
  guint            n_lost[3];           /* by When */
  Fate             fates[CHUNK];
} Run;

static guint
number_from (const char *variable,
             guint       fallback)
{
  const char *value = g_getenv (variable);

  return value != NULL ? strtoul (value, NULL, 10) : fallback;
}

static void
hold_client (Run *run)
{
  run->client = grip_test_pushpin_hold (run->pushpin, "/stream?channel=c");
  g_assert_true (grip_test_pushpin_wait_subscribed (run->pushpin, "c", 1, PATIENCE));
  run->n_read = 0;
}

/* The items of the present chunk from @first on. */
static void
publish_chunk (Run   *run,
               guint  first,
               guint  end,
               When   when)
{
  for (guint i = first; i < end; i++)
    {
      g_autofree char *content = g_strdup_printf ("<%06u>", run->n_published + i);

      run->when[run->n_published + i] = when;
      faults_publish (run->control, content, run->with_id ? content : NULL, NULL, &run->fates[i]);
    }
}

static void
take_fates (Run   *run,
            guint  n)
{
  faults_wait (run->fates, n);
  for (guint i = 0; i < n; i++)
    {
      Fate *fate = &run->fates[i];

      g_assert_cmpuint (fate->n_callbacks, ==, 1);
      run->accepted[run->n_published + i] = fate->error == NULL;
      if (fate->error != NULL)
        {
          /* With an id it is tried until it is accepted. */
          g_assert_false (run->with_id);
          g_assert_nonnull (strstr (fate->error->message, UNKNOWN));
          run->n_unknown++;
        }
      g_clear_error (&fate->error);
    }
  run->n_published += n;
}

/* The tokens of one client: in order, none twice, and no gap but where an item was not accepted. */
static void
read_client (Run *run)
{
  g_autoptr(GBytes)  body = grip_test_client_dup_body (run->client);
  g_autofree char   *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  int                last = -1;

  for (const char *at = strchr (text, '<'); at != NULL; at = strchr (at + 1, '<'))
    {
      int number;

      if (strlen (at) < TOKEN)
        break;
      number = strtol (at + 1, NULL, 10);
      g_assert_cmpint (number, >, last);
      for (int i = last + 1; last >= 0 && i < number; i++)
        g_assert_false (run->accepted[i]);
      last = number;
      if (run->times_read[number]++ > 0)
        run->n_doubles++;
    }
}

static void
wait_for_marker (Run *run)
{
  g_autofree char *marker = g_strdup_printf ("[%06u]", run->n_markers++);

  g_assert_no_error (faults_try (run->control, marker, marker));
  for (guint i = 0; i < PATIENCE / 5; i++)
    {
      g_autoptr(GBytes) body = grip_test_client_dup_body (run->client);
      gsize             length = g_bytes_get_size (body);

      if (length > 0 && g_strstr_len (g_bytes_get_data (body, NULL), length, marker) != NULL)
        {
          run->n_read = (length - strlen ("open\n")) / TOKEN;
          return;
        }
      g_usleep (5000);
    }
  g_error ("the marker %s did not come", marker);
}

/* What there is to see when something did not come. */
static void
show_loss (Run *run)
{
  g_autoptr(GBytes)  body = grip_test_client_dup_body (run->client);
  g_autofree char   *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  g_autofree char   *log = grip_test_pushpin_dup_log (run->pushpin, "pushpin-handler");
  gsize              tail = MIN (strlen (text), (CHUNK + 1) * TOKEN);

  g_error ("of %u items only %" G_GSIZE_FORMAT " bytes were read, which end with %s\n%s", run->n_read, strlen (text),
           text + strlen (text) - tail, log + strlen (log) - MIN (strlen (log), 20000));
}

/* In peace: what is accepted is received. */
static void
chunk_in_peace (Run   *run,
                guint  n)
{
  publish_chunk (run, 0, n, IN_PEACE);
  take_fates (run, n);
  run->n_read += n;
  if (!grip_test_client_wait_bytes (run->client, strlen ("open\n") + run->n_read * TOKEN, PATIENCE))
    show_loss (run);
}

static void
chunk_with_kill (Run   *run,
                 guint  n)
{
  GripTestClient *old = run->client;

  publish_chunk (run, 0, n / 2, BEFORE_KILL);
  g_usleep (g_test_rand_int_range (0, 2000));
  grip_test_pushpin_kill (run->pushpin);
  publish_chunk (run, n / 2, n, WITHOUT_PROXY);
  g_assert_true (grip_test_client_wait_closed (old, PATIENCE));
  grip_test_pushpin_start (run->pushpin);
  hold_client (run);
  take_fates (run, n);
  wait_for_marker (run);

  /* Only now: whether a gap is one of the engine's is known from the fates. */
  {
    GripTestClient *fresh = run->client;

    run->client = old;
    read_client (run);
    run->client = fresh;
    grip_test_client_free (old);
  }
}

static void
run_items (Run   *run,
           guint  n_kills)
{
  guint n_chunks = run->n_items / CHUNK;
  guint every = n_chunks / (n_kills + 1);

  for (guint i = 0; i < n_chunks; i++)
    if (i > 0 && i % every == 0 && i / every <= n_kills)
      chunk_with_kill (run, CHUNK);
    else
      chunk_in_peace (run, CHUNK);
  wait_for_marker (run);
  read_client (run);
}

/* Which were accepted and read by nobody. */
static void
name_lost (Run *run)
{
  static const char *const places[] = { "in peace", "in flight at a kill", "published while no proxy ran" };
  guint                    end;

  for (guint i = 0; i < run->n_published; i = end)
    {
      end = i + 1;
      if (!run->accepted[i] || run->times_read[i] > 0)
        continue;
      while (end < run->n_published && run->when[end] == run->when[i] && run->accepted[end] && run->times_read[end] == 0)
        end++;
      run->n_lost[run->when[i]] += end - i;
      g_test_message ("accepted and read by nobody, %s: %u to %u", places[run->when[i]], i, end - 1);
    }
}

static void
judge (Run   *run,
       guint  n_kills)
{
  name_lost (run);
  g_test_message ("%u items, %u kills: read by nobody: %u that were in flight at a kill, %u that were published while no "
                  "proxy ran; %u unknown; %u read from two proxies", run->n_published, n_kills,
                  run->n_lost[BEFORE_KILL], run->n_lost[WITHOUT_PROXY], run->n_unknown, run->n_doubles);
  g_assert_cmpuint (run->n_lost[IN_PEACE], ==, 0);
  if (!run->with_id)
    g_assert_cmpuint (run->n_doubles, ==, 0);
  else
    g_assert_cmpuint (run->n_unknown, ==, 0);
}

static void
test_kill (gconstpointer data)
{
  gboolean          with_id = GPOINTER_TO_INT (data);
  guint             n_kills = number_from ("GRIP_FAULTS_KILLS", 3);
  g_autoptr(GError) error = NULL;
  Run               run = { .with_id = with_id };

  run.n_items = number_from ("GRIP_FAULTS_ITEMS", 3000) / (with_id ? 1 : 4);
  run.accepted = g_new0 (guint8, run.n_items);
  run.times_read = g_new0 (guint8, run.n_items);
  run.when = g_new0 (guint8, run.n_items);
  run.origin = grip_test_origin_new ();
  run.pushpin = grip_test_pushpin_new (&(GripTestPushpinOptions) {
    .origin_port = grip_test_origin_get_port (run.origin),
  });
  run.control = faults_control_new (grip_test_pushpin_get_control_uri (run.pushpin), 120, 0);
  grip_pub_control_set_retry_limit (run.control, 100000);
  hold_client (&run);

  run_items (&run, n_kills);
  judge (&run, n_kills);

  g_assert_true (grip_pub_control_close (run.control, NULL, &error));
  g_object_unref (run.control);
  grip_test_client_free (run.client);
  grip_test_pushpin_free (run.pushpin);
  grip_test_origin_free (run.origin);
  g_free (run.accepted);
  g_free (run.times_read);
  g_free (run.when);
}

int
main (int   argc,
      char *argv[])
{
  faults_init (&argc, &argv, NULL, 0);

  g_test_add_data_func ("/faults/F02-killed-proxy/with-id", GINT_TO_POINTER (TRUE), test_kill);
  g_test_add_data_func ("/faults/F02-killed-proxy/without-id", GINT_TO_POINTER (FALSE), test_kill);

  return g_test_run ();
}
