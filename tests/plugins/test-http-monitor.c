/* test-http-monitor.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "monitor-fixture.h"

/* The subscription monitor of the HTTP transport (protocol 4.3), with a server that has one. */

/* What goes into a stream that nobody reads any more is how its server sees that. */
static void
wait_for_end_of_streams (Fixture *fixture)
{
  WAIT_FOR ((monitor_server_write (fixture->server, "\n", 1),
             monitor_server_get_n_streams (fixture->server) == 0));
}

static void
test_history (Fixture       *fixture,
              gconstpointer  data)
{
  const char *channels[] = { "a", "b", "c", "d" };

  for (guint i = 0; i < G_N_ELEMENTS (channels); i++)
    monitor_server_change (fixture->server, channels[i], TRUE, FALSE);
  monitor_server_change (fixture->server, "b", FALSE, FALSE);
  monitor_server_set_page_size (fixture->server, 2);
  monitor_begin (fixture, NULL);
  g_assert_true (grip_pub_control_is_subscribed (fixture->control, "nobody's"));

  WAIT_FOR (monitor_is_known (fixture));
  monitor_assert_asked (fixture, "stream items items?since=cursor:0%3A2 items?since=cursor:0%3A4 items?since=cursor:0%3A5");
  WAIT_FOR (monitor_heard (fixture, "+a+b+c+d-b"));
  g_assert_true (grip_pub_control_is_subscribed (fixture->control, "a"));
  g_assert_true (grip_pub_control_is_subscribed (fixture->control, "d"));
  g_assert_false (grip_pub_control_is_subscribed (fixture->control, "b"));
  g_assert_false (grip_pub_control_is_subscribed (fixture->control, "nobody's"));
}

static void
test_stream (Fixture       *fixture,
             gconstpointer  data)
{
  monitor_begin (fixture, NULL);
  WAIT_FOR (monitor_is_known (fixture));

  monitor_server_change (fixture->server, "a", TRUE, TRUE);
  monitor_server_change (fixture->server, "a", TRUE, TRUE);
  monitor_server_change (fixture->server, "b", TRUE, TRUE);
  WAIT_FOR (monitor_heard (fixture, "+a+b"));
  monitor_server_change (fixture->server, "a", FALSE, TRUE);
  WAIT_FOR (monitor_heard (fixture, "+a+b-a"));
  g_assert_false (grip_pub_control_is_subscribed (fixture->control, "a"));
  g_assert_true (grip_pub_control_is_subscribed (fixture->control, "b"));
  monitor_assert_asked (fixture, "stream items");
}

/* A line may come in pieces, and many at once. */
static void
test_pieces (Fixture       *fixture,
             gconstpointer  data)
{
  const char *line = "{\"item\":{\"channel\":\"\\u00e4\",\"state\":\"subscribed\"},\"cursor\":\"x\"}\r\n\r\n";

  monitor_begin (fixture, NULL);
  WAIT_FOR (monitor_is_known (fixture));

  for (const char *p = line; *p != '\0'; p++)
    {
      monitor_server_write (fixture->server, p, 1);
      g_main_context_iteration (NULL, FALSE);
    }
  monitor_server_write (fixture->server,
                        "{\"item\":{\"channel\":\"b\",\"state\":\"subscribed\"},\"cursor\":\"y\",\"prev_cursor\":\"x\"}\n"
                        "{\"item\":{\"channel\":\"c\",\"state\":\"subscribed\"},\"cursor\":\"z\",\"prev_cursor\":\"y\"}\n", -1);
  WAIT_FOR (monitor_heard (fixture, "+ä+b+c"));
  g_assert_true (monitor_is_known (fixture));
}

static void
test_publish (Fixture       *fixture,
              gconstpointer  data)
{
  monitor_server_change (fixture->server, "yes", TRUE, FALSE);
  monitor_begin (fixture, NULL);
  WAIT_FOR (monitor_is_known (fixture));

  monitor_publish (fixture, "no");
  monitor_assert_posted (fixture, "no", FALSE);
  monitor_publish (fixture, "yes");
  monitor_assert_posted (fixture, "yes", TRUE);
  g_assert_cmpstr (fixture->results->str, ==, "++");
  g_assert_false (grip_pub_control_is_subscribed (fixture->control, "no"));
}

/* Those that nobody wants are left out of a batch, and are accepted whatever becomes of the others. */
static void
test_batch (Fixture       *fixture,
            gconstpointer  data)
{
  guint n_refused = 0;

  monitor_server_change (fixture->server, "yes", TRUE, FALSE);
  monitor_begin (fixture, NULL);
  WAIT_FOR (monitor_is_known (fixture));

  monitor_server_fail_publish (fixture->server, 403);
  for (guint i = 0; i < 20; i++)
    monitor_publish (fixture, i % 2 == 0 ? "yes" : "no");
  monitor_assert_posted (fixture, "no", FALSE);
  monitor_assert_posted (fixture, "yes", TRUE);
  for (const char *p = strstr (fixture->results->str, "status 403"); p != NULL; p = strstr (p + 1, "status 403"))
    n_refused++;
  g_assert_cmpuint (n_refused, ==, 10);
}

static void
test_prefix (Fixture       *fixture,
             gconstpointer  data)
{
  monitor_server_change (fixture->server, "p-yes", TRUE, FALSE);
  grip_pub_control_set_prefix (fixture->control, "p-");
  monitor_begin (fixture, NULL);
  WAIT_FOR (monitor_is_known (fixture));

  g_assert_true (grip_pub_control_is_subscribed (fixture->control, "yes"));
  g_assert_false (grip_pub_control_is_subscribed (fixture->control, "p-yes"));
  monitor_publish (fixture, "yes");
  monitor_assert_posted (fixture, "p-yes", TRUE);
}

/* Unknown is not nobody: before the history is there, everything is sent. */
static void
test_unknown (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  monitor_server_fail_stream (fixture->server, 503);
  monitor_begin (fixture, NULL);
  WAIT_FOR (monitor_has_problem (fixture, "503"));
  g_assert_false (monitor_is_known (fixture));
  monitor_publish (fixture, "who");
  monitor_assert_posted (fixture, "who", TRUE);

  monitor_server_fail_stream (fixture->server, 0);
  monitor_server_fail_history (fixture->server, 500, NULL);
  WAIT_FOR (monitor_has_problem (fixture, "500"));
  monitor_publish (fixture, "what");
  monitor_assert_posted (fixture, "what", TRUE);

  monitor_server_fail_history (fixture->server, 0, NULL);
  WAIT_FOR (monitor_is_known (fixture));
  g_object_get (fixture->transport, "subscriptions-error", &error, NULL);
  g_assert_no_error (error);
  monitor_publish (fixture, "when");
  monitor_assert_posted (fixture, "when", FALSE);
}

static void
test_gap (Fixture       *fixture,
          gconstpointer  data)
{
  monitor_server_change (fixture->server, "a", TRUE, FALSE);
  monitor_begin (fixture, NULL);
  WAIT_FOR (monitor_is_known (fixture));

  monitor_server_change (fixture->server, "b", TRUE, FALSE);
  monitor_server_change (fixture->server, "a", FALSE, FALSE);
  monitor_server_change (fixture->server, "c", TRUE, TRUE);
  WAIT_FOR (monitor_heard (fixture, "+a+b-a+c"));
  WAIT_FOR (monitor_is_known (fixture));
  monitor_assert_asked (fixture, "stream items items?since=cursor:0%3A1 items?since=cursor:0%3A1 items?since=cursor:0%3A4");

  monitor_server_change (fixture->server, "d", TRUE, TRUE);
  WAIT_FOR (monitor_heard (fixture, "+a+b-a+c+d"));
  g_assert_cmpuint (monitor_server_get_n_opened (fixture->server), ==, 1);
}

/* What the stream tells again, because the history had it first, is no gap once the stream is there. */
static void
test_overlap (Fixture       *fixture,
              gconstpointer  data)
{
  for (guint i = 0; i < 5; i++)
    monitor_server_change (fixture->server, "a", i % 2 == 0, FALSE);
  monitor_server_set_replay (fixture->server, 3);
  monitor_begin (fixture, NULL);
  WAIT_FOR (monitor_is_known (fixture));
  monitor_server_change (fixture->server, "b", TRUE, TRUE);
  WAIT_FOR (strstr (fixture->heard->str, "+b") != NULL);
  WAIT_FOR (monitor_is_known (fixture));
  g_assert_true (monitor_heard (fixture, "+a-a+a-a+a+b"));
}

static void
test_fanout_cursors (Fixture       *fixture,
                     gconstpointer  data)
{
  monitor_server_set_fanout (fixture->server);
  monitor_server_change (fixture->server, "a", TRUE, FALSE);
  monitor_begin (fixture, NULL);
  WAIT_FOR (monitor_is_known (fixture));

  monitor_server_change (fixture->server, "b", TRUE, TRUE);
  monitor_server_change (fixture->server, "c", TRUE, TRUE);
  WAIT_FOR (monitor_heard (fixture, "+a+b+c"));
  g_assert_true (monitor_is_known (fixture));
  g_assert_cmpuint (monitor_server_get_n_history (fixture->server), ==, 2);
}

static void
test_reconnect (Fixture       *fixture,
                gconstpointer  data)
{
  monitor_server_change (fixture->server, "a", TRUE, FALSE);
  monitor_server_change (fixture->server, "b", TRUE, FALSE);
  monitor_begin (fixture, NULL);
  WAIT_FOR (monitor_is_known (fixture));

  monitor_server_fail_stream (fixture->server, 503);
  monitor_server_drop_streams (fixture->server);
  WAIT_FOR (!monitor_is_known (fixture));
  g_assert_true (grip_pub_control_is_subscribed (fixture->control, "nobody's"));
  monitor_publish (fixture, "nobody's");
  monitor_assert_posted (fixture, "nobody's", TRUE);
  monitor_server_change (fixture->server, "a", FALSE, FALSE);

  monitor_server_fail_stream (fixture->server, 0);
  WAIT_FOR (monitor_is_known (fixture));
  WAIT_FOR (monitor_heard (fixture, "+a+b-a"));
  monitor_server_change (fixture->server, "c", TRUE, TRUE);
  WAIT_FOR (monitor_heard (fixture, "+a+b-a+c"));
}

static gboolean is_unlucky;

/* In place of GLib's: the pauses are as long as they may be. */
double
g_random_double (void)
{
  return is_unlucky ? 1 : g_random_double_range (0, 1);
}

/* A proxy that is in trouble is asked ever less often: three pauses, of 0.25 s and each twice as long as the
 * one before, are 1.75 s. A busy machine only takes longer. */
static void
test_backs_off (Fixture       *fixture,
                gconstpointer  data)
{
  gint64 start = g_get_monotonic_time ();

  is_unlucky = TRUE;
  monitor_expected_warning = "are not known yet";
  monitor_server_fail_history (fixture->server, 503, NULL);
  monitor_begin (fixture, NULL);
  WAIT_FOR (monitor_server_get_n_history (fixture->server) >= 4);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 17 * (G_USEC_PER_SEC / 10));
  WAIT_FOR (g_atomic_int_get (&monitor_warnings) == 1);

  monitor_server_fail_history (fixture->server, 0, NULL);
  WAIT_FOR (monitor_is_known (fixture));
  is_unlucky = FALSE;
}

/* The server's 429 asks for two seconds, which are longer than the first pause may be. */
static void
test_retry_after (Fixture       *fixture,
                  gconstpointer  data)
{
  gint64 start = g_get_monotonic_time ();

  monitor_server_fail_stream (fixture->server, 429);
  monitor_begin (fixture, NULL);
  WAIT_FOR (monitor_server_get_n_opened (fixture->server) >= 2);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 2 * G_USEC_PER_SEC);

  monitor_server_fail_stream (fixture->server, 0);
  WAIT_FOR (monitor_is_known (fixture));
}

/* The proxy has another list now: what was known is forgotten. */
static void
test_history_gone (Fixture       *fixture,
                   gconstpointer  data)
{
  monitor_server_change (fixture->server, "a", TRUE, FALSE);
  monitor_begin (fixture, NULL);
  WAIT_FOR (monitor_is_known (fixture));

  monitor_server_restart (fixture->server);
  monitor_server_change (fixture->server, "b", TRUE, FALSE);
  monitor_server_drop_streams (fixture->server);
  WAIT_FOR (monitor_heard (fixture, "+a-a+b"));
  WAIT_FOR (monitor_is_known (fixture));
  g_assert_false (grip_pub_control_is_subscribed (fixture->control, "a"));
}

/* A plain Pushpin has no history: nothing is known, and it is asked again later. */
static void
test_no_history (Fixture       *fixture,
                 gconstpointer  data)
{
  monitor_server_fail_history (fixture->server, 404, NULL);
  monitor_begin (fixture, NULL);
  WAIT_FOR (monitor_server_get_n_history (fixture->server) >= 2);
  g_assert_false (monitor_is_known (fixture));
  g_assert_true (monitor_has_problem (fixture, "no history"));
  g_assert_true (grip_pub_control_is_subscribed (fixture->control, "a"));
}

static void
test_give_up (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  gboolean          given_up = FALSE;
  gboolean          is_501 = g_strcmp0 (data, "stream-501") == 0;
  guint             n_asked;

  monitor_expected_warning = is_501
    ? "the subscriptions cannot be known: the subscription monitor answers with status 501"
    : "the subscriptions cannot be known: the subscription monitor answers with status 403";
  monitor_server_change (fixture->server, "a", TRUE, FALSE);
  monitor_begin (fixture, NULL);
  WAIT_FOR (monitor_is_known (fixture));

  if (data != NULL)
    monitor_server_fail_stream (fixture->server, is_501 ? 501 : 403);
  else
    monitor_server_fail_history (fixture->server, 403, NULL);
  monitor_server_drop_streams (fixture->server);
  WAIT_FOR (g_atomic_int_get (&monitor_warnings) == 1);
  WAIT_FOR (monitor_heard (fixture, "+a-a"));
  g_assert_false (monitor_is_known (fixture));
  g_object_get (fixture->transport, "subscriptions-error", &error, "subscriptions-given-up", &given_up, NULL);
  if (is_501)
    g_assert_error (error, GRIP_ERROR, GRIP_ERROR_REJECTED);
  else
    g_assert_error (error, GRIP_ERROR, GRIP_ERROR_UNAUTHORIZED);
  g_assert_true (given_up);
  n_asked = monitor_server_get_n_opened (fixture->server);

  monitor_publish (fixture, "who");
  monitor_assert_posted (fixture, "who", TRUE);
  wait_for_end_of_streams (fixture);
  g_assert_cmpuint (monitor_server_get_n_opened (fixture->server), ==, n_asked);
  g_assert_cmpuint (monitor_warnings, ==, 1);
}

/* What the stream says instead of a line, or the history instead of a page. */
static const struct
{
  const char *name;
  const char *line;
  const char *page;
  const char *words;
} garbage[] = {
  { "no json", "hello\n", "hello", "malformed JSON" },
  { "no object", "[]\n", "[]", "not an object" },
  { "binary", "\xff\xfe\n", "\xff\xfe", "malformed JSON" },
  { "deep", "{\"item\":[[[[[[[[[[]]]]]]]]]]}\n", "{\"items\":[[[[[[[[[]]]]]]]]]}", "less nesting" },
  { "twice", "{\"cursor\":\"a\",\"cursor\":\"b\"}\n", "{\"items\":[],\"items\":[]}", "malformed JSON" },
  { "endless", NULL, "{\"items\":[{\"channel\":\"a\",\"state\":\"subscribed\"}],\"last_cursor\":\"e\"}", "does not end" },
  { "long", NULL, NULL, "has more than" },
};

static void
write_garbage (Fixture *fixture,
               guint    i,
               gboolean in_stream)
{
  g_autofree char *large = g_strnfill (in_stream ? 100000 : 5 * 1024 * 1024, ' ');

  if (in_stream)
    monitor_server_write (fixture->server, garbage[i].line != NULL ? garbage[i].line : large, -1);
  else
    {
      monitor_server_fail_history (fixture->server, 200, garbage[i].page != NULL ? garbage[i].page : large);
      monitor_server_drop_streams (fixture->server);
    }
}

static void
test_garbage (Fixture       *fixture,
              gconstpointer  data)
{
  monitor_expected_warning = "are not known yet";
  monitor_begin (fixture, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (garbage); i++)
    for (guint in_stream = 0; in_stream < 2; in_stream++)
      {
        if (in_stream == 1 && garbage[i].line == NULL && garbage[i].page != NULL)
          continue;
        g_test_message ("%s in the %s", garbage[i].name, in_stream == 1 ? "stream" : "history");
        WAIT_FOR (monitor_is_known (fixture));
        write_garbage (fixture, i, in_stream == 1);
        WAIT_FOR (monitor_has_problem (fixture, garbage[i].words));
        WAIT_FOR (in_stream == 1 || !monitor_is_known (fixture));
        monitor_server_fail_history (fixture->server, 0, NULL);
        /* Its end is a problem of the client's own choice, and the wait grows with each. */
        monitor_close_control (fixture);
        g_clear_object (&fixture->transport);
        g_clear_object (&fixture->control);
        fixture->control = grip_pub_control_new ();
        monitor_begin (fixture, NULL);
      }
}

/* A page that comes again and again. */
static void
test_endless (Fixture       *fixture,
              gconstpointer  data)
{
  monitor_expected_warning = "are not known yet";
  monitor_server_fail_history (fixture->server, 200,
                               "{\"items\":[{\"channel\":\"a\",\"state\":\"subscribed\"}],\"last_cursor\":\"x\"}");
  monitor_begin (fixture, NULL);
  WAIT_FOR (monitor_has_problem (fixture, "does not end"));
  g_assert_false (monitor_is_known (fixture));
}

/* A silent stream may be a dead one. */
static void
test_quiet (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GripEndpoint)  endpoint = NULL;
  g_autoptr(GError)        error = NULL;
  g_autofree char         *json = NULL;

  json = g_strdup_printf ("{\"control_uri\":\"%s\",\"require_subscribers\":true}",
                          monitor_server_get_uri (fixture->server));
  endpoint = grip_endpoint_new_from_json (json, &error);
  g_assert_no_error (error);
  monitor_add_transport (fixture, grip_transport_new_for_endpoint (endpoint, &error));
  g_assert_no_error (error);
  g_object_set (fixture->transport, "stream-timeout", 0.2, NULL);
  grip_pub_control_add_transport (fixture->control, GRIP_TRANSPORT (fixture->transport));

  WAIT_FOR (monitor_server_get_n_opened (fixture->server) >= 3);
  WAIT_FOR (monitor_is_known (fixture));
  WAIT_FOR (monitor_has_problem (fixture, "quiet"));
}

static void
test_authorization (Fixture       *fixture,
                    gconstpointer  data)
{
  const char        *kind = data;
  const char        *value;
  g_autoptr(GError)  error = NULL;

  if (g_str_equal (kind, "none"))
    monitor_begin (fixture, NULL);
  else if (g_str_equal (kind, "bearer"))
    monitor_begin (fixture, "key", "sesame", NULL);
  else if (g_str_equal (kind, "basic"))
    monitor_begin (fixture, "user", "u", "pass", "p", NULL);
  else
    monitor_begin (fixture, "control_iss", "me", "key", "sesame", NULL);

  WAIT_FOR (monitor_is_known (fixture));
  value = monitor_server_get_authorization (fixture->server);
  if (g_str_equal (kind, "none"))
    g_assert_null (value);
  else if (g_str_equal (kind, "bearer"))
    g_assert_cmpstr (value, ==, "Bearer sesame");
  else if (g_str_equal (kind, "basic"))
    g_assert_cmpstr (value, ==, "Basic dTpw");
  else
    {
      g_autoptr(GripKey)       key = grip_key_new_from_string ("sesame", &error);
      g_autoptr(GripSignature) signature = NULL;

      g_assert_true (g_str_has_prefix (value, "Bearer "));
      signature = grip_validate_sig (value + strlen ("Bearer "), key, "me", &error);
      g_assert_no_error (error);
      g_assert_nonnull (signature);
    }
}

static void
test_close (Fixture       *fixture,
            gconstpointer  data)
{
  monitor_server_change (fixture->server, "a", TRUE, FALSE);
  monitor_begin (fixture, NULL);
  WAIT_FOR (monitor_is_known (fixture));
  WAIT_FOR (monitor_heard (fixture, "+a"));

  grip_pub_control_remove_transport (fixture->control, GRIP_TRANSPORT (fixture->transport));
  WAIT_FOR (!monitor_is_known (fixture));
  wait_for_end_of_streams (fixture);
  g_assert_cmpuint (monitor_server_get_n_opened (fixture->server), ==, 1);
}

static void
test_fork (Fixture       *fixture,
           gconstpointer  data)
{
  int status = 0;

  monitor_begin (fixture, NULL);
  WAIT_FOR (monitor_is_known (fixture));
  g_assert_false (grip_base_transport_is_subscribed (GRIP_BASE_TRANSPORT (fixture->transport), "a"));

  /* A fork may catch the worker while it has a lock, which nobody opens in the child: that one hangs, and another
   * child is made. */
  for (guint tries = 0; tries == 0 || (tries < 10 && WIFSIGNALED (status) && WTERMSIG (status) == SIGALRM); tries++)
    {
      pid_t child = fork ();

      if (child == 0)
        {
          alarm (10);
          _exit (grip_base_transport_is_subscribed (GRIP_BASE_TRANSPORT (fixture->transport), "a") ? 7 : 8);
        }
      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
    }
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 7);
}

#define ADD(name) g_test_add ("/http-monitor/" #name, Fixture, NULL, monitor_set_up, test_##name, monitor_tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (monitor_log_writer, NULL, NULL);

  /* The one that uses OpenSSL first: its thread must be gone at the end, for LeakSanitizer's sake. */
  g_test_add ("/http-monitor/authorization-jwt", Fixture, "jwt", monitor_set_up, test_authorization, monitor_tear_down);
  g_test_add ("/http-monitor/authorization-none", Fixture, "none", monitor_set_up, test_authorization, monitor_tear_down);
  g_test_add ("/http-monitor/authorization-bearer", Fixture, "bearer", monitor_set_up, test_authorization, monitor_tear_down);
  g_test_add ("/http-monitor/authorization-basic", Fixture, "basic", monitor_set_up, test_authorization, monitor_tear_down);
  ADD (history);
  ADD (stream);
  ADD (pieces);
  ADD (publish);
  ADD (batch);
  ADD (prefix);
  ADD (unknown);
  ADD (gap);
  ADD (overlap);
  ADD (fanout_cursors);
  ADD (reconnect);
  ADD (backs_off);
  ADD (retry_after);
  ADD (history_gone);
  ADD (no_history);
  g_test_add ("/http-monitor/give-up-history", Fixture, NULL, monitor_set_up, test_give_up, monitor_tear_down);
  g_test_add ("/http-monitor/give-up-stream", Fixture, "stream", monitor_set_up, test_give_up, monitor_tear_down);
  g_test_add ("/http-monitor/give-up-501", Fixture, "stream-501", monitor_set_up, test_give_up, monitor_tear_down);
  ADD (endless);
  ADD (garbage);
  ADD (quiet);
  ADD (close);
  ADD (fork);

  return g_test_run ();
}
