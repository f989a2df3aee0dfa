/* scenario-details.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "scenario.h"

/* One thing that an instruct or an item can say in each. */

#define STREAM(text) grip_http_stream_format_new_text (text)

void
scenario_skip_self (const char *base)
{
  g_autoptr(GripTestClient) client = scenario_get ("/stream", "hold=stream&channels=@C&user=ann&filters=skip-self");
  const char *channel = scenario_channel ();

  scenario_wait_held (1);
  scenario_publish_full (channel, STREAM ("own\n"), NULL, NULL, "sender=ann");
  scenario_publish_full (channel, STREAM ("other\n"), NULL, NULL, "sender=bob");
  scenario_expect_body (client, "other\n");
}

void
scenario_skip_users (const char *base)
{
  g_autoptr(GripTestClient) client = scenario_get ("/stream", "hold=stream&channels=@C&user=ann&filters=skip-users");
  const char *channel = scenario_channel ();

  scenario_wait_held (1);
  scenario_publish_full (channel, STREAM ("skipped\n"), NULL, NULL, "skip_users=bob,ann");
  scenario_publish_full (channel, STREAM ("not skipped\n"), NULL, NULL, "skip_users=bob,anna");
  scenario_expect_body (client, "not skipped\n");
}

void
scenario_require_sub (const char *base)
{
  g_autoptr(GripTestClient) client = scenario_get ("/stream", "hold=stream&channels=@C,@C-b&filters=require-sub");
  g_autofree char *other = g_strconcat (scenario_channel (), "-b", NULL);
  g_autofree char *required = g_strconcat ("require_sub=pre-", other, NULL);
  const char *channel = scenario_channel ();

  scenario_wait_held (1);
  scenario_wait_channel (other, 1);
  scenario_publish_full (channel, STREAM ("elsewhere\n"), NULL, NULL, "require_sub=elsewhere");
  scenario_publish_full (channel, STREAM ("here\n"), NULL, NULL, required);
  scenario_expect_body (client, "here\n");
}

void
scenario_var_subst (const char *base)
{
  g_autoptr(GripTestClient) client = scenario_get ("/stream", "hold=stream&channels=@C&user=ann&filters=var-subst");

  scenario_wait_held (1);
  scenario_publish (STREAM ("%(user)s and %(user)s: 100%%\n"));
  scenario_expect_body (client, "ann and ann: 100%\n");
}

void
scenario_stream_close (const char *base)
{
  g_autoptr(GripTestClient) client = scenario_get ("/stream", "hold=stream&channels=@C&body=first%0a");
  g_autoptr(GripTestClient) other = scenario_get ("/stream", "hold=stream&channels=@C-b");
  g_autofree char *other_channel = g_strconcat (scenario_channel (), "-b", NULL);

  scenario_wait_held (1);
  scenario_wait_channel (other_channel, 1);
  scenario_publish (grip_http_stream_format_new_close ());
  scenario_expect_closed (client);
  scenario_expect_body (client, "first\n");

  /* Only who has the channel. */
  scenario_publish_full (other_channel, STREAM ("still there"), NULL, NULL, NULL);
  scenario_expect_body (other, "still there");
}

/* An EventSource that connects again says what it had last. */
void
scenario_last_event_id (const char *base)
{
  g_autoptr(GripTestClient) client =
    scenario_get_with ("/events", "last-event=1&channels=@C", "Last-Event-ID: 41");

  scenario_wait_held (1);
  scenario_publish (STREAM ("id: 43\ndata: c\n\n"));
  scenario_expect_body (client, "id: 42\ndata: after 41\n\nid: 43\ndata: c\n\n");
  scenario_expect_header (client, "Content-Type", "text/event-stream");
}

/* The short form looks at what the client takes. */
void
scenario_event_source (const char *base)
{
  g_autoptr(GripTestClient) source = scenario_get_with ("/events", "short=1&channels=@C", "Accept: text/event-stream");
  g_autoptr(GripTestClient) other = scenario_get_with ("/events", "short=1&channels=@C", "Accept: */*");

  scenario_wait_held (2);
  scenario_publish (STREAM ("data: x\n\n"));
  scenario_expect_body (source, "data: x\n\n");
  scenario_expect_body (other, "data: x\n\n");
  scenario_expect_header (source, "Content-Type", "text/event-stream");
  scenario_expect_header (other, "Content-Type", "text/plain");
}

void
scenario_status_reason (const char *base)
{
  g_autoptr(GripTestClient) client =
    scenario_get ("/stream", "hold=stream&channels=@C&status=299&reason=Quite%20special&body=x");

  scenario_expect_body (client, "x");
  g_assert_cmpuint (grip_test_client_get_status (client), ==, 299);
  scenario_expect_header (client, ":reason", "Quite special");
  scenario_expect_header (client, "Grip-Status", NULL);
}

/* What would be another header is an error before anybody is held; where JSON can carry it, it is no
 * header. */
void
scenario_line_breaks (const char *base)
{
  static const char * const queries[] = {
    "hold=stream&channels=@C&status=200&reason=a%0d%0aX-Evil:%20yes", "hold=response&channels=@C&code=200&header=X:a%0ab",
    "hold=stream&channels=@C&next=/a%0d%0aX-Evil:%20yes", "hold=stream&channels=@C&gone=/a%0db",
  };
  g_autoptr(GripTestClient) held =
    scenario_get ("/stream", "hold=stream&channel=a%0d%0aX-Evil:%20yes&user=b%0d%0aX-Evil:%20yes&body=x");

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autofree char *query = g_strconcat ("lenient=1&", queries[i], NULL);
      g_autoptr(GripTestClient) client = scenario_get ("/stream", query);

      g_test_message ("%s", query);
      scenario_expect_closed (client);
      scenario_expect_body (client, "refused\n");
      g_assert_cmpuint (grip_test_client_get_status (client), ==, 400);
      scenario_expect_header (client, "X-Evil", NULL);
    }

  scenario_expect_body (held, "x");
  scenario_expect_header (held, "X-Evil", NULL);
}

/* The next page is another server's. */
void
scenario_next_elsewhere (const char *base)
{
  g_autoptr(GripTestClient) client =
    scenario_get ("/stream", "hold=stream&channels=@C&prev-id=1&body=first%0a&next="
                             "@O/next%3fhold%3dstream%26channels%3d@C%26recover%3dsince%2520@%250a");
  g_autoptr(GripTestClient) pages =
    scenario_get ("/stream", "hold=none&body=one%0a&next="
                             "@O/next%3fhold%3dstream%26channels%3d@C-b%26body%3dtwo%250a");
  g_autofree char *other_channel = g_strconcat (scenario_channel (), "-b", NULL);

  scenario_wait_held (1);
  scenario_expect_body (client, "first\n");
  scenario_publish_full (scenario_channel (), STREAM ("four\n"), "4", "3", NULL);
  scenario_expect_body (client, "first\nelsewhere: since 1\n");
  scenario_expect_closed (client);

  scenario_expect_body (pages, "one\nelsewhere: two\n");
  scenario_wait_channel (other_channel, 1);
  scenario_publish_full (other_channel, STREAM ("three\n"), NULL, NULL, NULL);
  scenario_expect_body (pages, "one\nelsewhere: two\nthree\n");
}

/* Pushpin 1.36 asks the first server for what is relative to the second. */
static void
next_pages_elsewhere (const char *base)
{
  g_autoptr(GripTestClient) client =
    scenario_get ("/stream", "hold=none&body=one%0a&next="
                             "@O/next%3fhold%3dnone%26body%3dtwo%250a%26next%3d"
                             "/last%253fhold%253dstream%2526channels%253d@C%2526body%253dthree%25250a");

  scenario_expect_body (client, "one\nelsewhere: two\nelsewhere: three\n");
  scenario_wait_held (1);
  scenario_publish (STREAM ("four\n"));
  scenario_expect_body (client, "one\nelsewhere: two\nelsewhere: three\nfour\n");
}

static void
next_nowhere (const char *base)
{
  g_autoptr(GripTestClient) client =
    scenario_get ("/stream", "hold=none&body=one%0a&next=http://127.0.0.1:1/");
  g_autoptr(GripTestClient) other = scenario_get ("/stream", "hold=none&body=two%0a&next=ftp://127.0.0.1/");

  scenario_expect_closed (client);
  scenario_expect_body (client, "one\n");
  scenario_expect_closed (other);
  scenario_expect_body (other, "two\n");
}

static void
gone_stream (const char *base)
{
  guint n = scenario_get_n_gone ();
  GripTestClient *client = scenario_get ("/stream", "hold=stream&channels=@C&gone=/gone%3fx%3d1");

  scenario_wait_held (1);
  g_assert_cmpuint (scenario_get_n_gone (), ==, n);
  grip_test_client_free (client);
  scenario_wait_gone (n + 1);
}

static void
gone_poll (const char *base)
{
  guint n = scenario_get_n_gone ();
  g_autoptr(GripTestClient) client = scenario_get ("/poll", "hold=response&channels=@C&gone=@O/gone");

  scenario_wait_held (1);
  scenario_publish (grip_http_response_format_new_text ("item"));
  scenario_expect_body (client, "item");
  scenario_wait_gone (n + 1);
}

/* Pushpin has gone links from 1.41, and ends a stream whose link leads nowhere as it likes. */
const Scenario scenarios_links[] =
{
  { "gone-stream", gone_stream },
  { "gone-poll", gone_poll },
  { "next-pages-elsewhere", next_pages_elsewhere },
  { "next-nowhere", next_nowhere },
  { NULL, NULL }
};
