/* scenario-http.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "scenario.h"

/* Long polls and streams. */

#define RESPONSE(text) grip_http_response_format_new_text (text)
#define STREAM(text)   grip_http_stream_format_new_text (text)

static void
poll_item (const char *base)
{
  g_autoptr(GripTestClient) client =
    scenario_get ("/poll", "hold=response&channels=@C&body=held&header=X-Held:yes");
  g_autoptr(GripTestClient) later = scenario_get ("/poll", "hold=response&channels=@C&later=1");
  GripHttpResponseFormat *format = RESPONSE ("item\n");

  grip_http_response_format_set_code (format, 201);
  grip_http_response_format_set_reason (format, "Made");
  grip_http_response_format_append_header (format, "X-Item", "a, b");
  scenario_wait_held (2);
  scenario_publish (format);

  scenario_expect_body (client, "item\n");
  scenario_expect_closed (client);
  g_assert_cmpuint (grip_test_client_get_status (client), ==, 201);
  scenario_expect_header (client, "X-Item", "a, b");
  scenario_expect_header (client, "X-Held", "yes");
  scenario_expect_header (client, "Grip-Hold", NULL);
  scenario_expect_body (later, "item\n");
}

static void
poll_timeout (const char *base)
{
  g_autoptr(GripTestClient) client =
    scenario_get ("/poll", "hold=response&channels=@C&timeout=5&body=nothing%0a&code=202");

  scenario_expect_closed (client);
  scenario_expect_body (client, "nothing\n");
  g_assert_cmpuint (grip_test_client_get_status (client), ==, 202);
}

static void
poll_timeout_status (const char *base)
{
  g_autoptr(GripTestClient) client =
    scenario_get ("/poll", "hold=response&channels=@C&timeout=1&code=304");

  scenario_expect_closed (client);
  g_assert_cmpuint (grip_test_client_get_status (client), ==, 304);
}

static void
poll_binary (const char *base)
{
  g_autoptr(GripTestClient) client = scenario_get ("/poll", "hold=response&channels=@C&json=1");
  g_autoptr(GBytes) content = g_bytes_new_static ("\xff\x00\r\n", 4);
  g_autoptr(GBytes) body = NULL;

  scenario_wait_held (1);
  scenario_publish (grip_http_response_format_new (content));
  scenario_expect_closed (client);
  body = grip_test_client_dup_body (client);
  g_assert_true (g_bytes_equal (body, content));
}

/* The held body with the item's patch: as the core applies it, or 502. */
static void
poll_patch (const char *base)
{
  static const struct { const char *body; const char *patch; } cases[] = {
    { "{\"n\":1,\"list\":[1,2]}\n", "[{\"op\":\"add\",\"path\":\"/list/-\",\"value\":3}]" },
    { "{\"b\": 1.50, \"a\": 1e2}\r\n", "[{\"op\":\"add\",\"path\":\"/c\",\"value\":\"\\u00e9\\n/\"}]" },
    { "[1,2,3]", "[{\"op\":\"add\",\"path\":\"/0\",\"value\":9},{\"op\":\"remove\",\"path\":\"/1\"}]" },
    { "{\"a\":{\"b\":1}}", "[{\"op\":\"move\",\"from\":\"/a/b\",\"path\":\"/c\"}]" },
    { "{\"a\":{\"b\":1}}", "[{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/a/b\"}]" },
    { "{\"a\":1}", "[{\"op\":\"replace\",\"path\":\"/\",\"value\":[null,true,1e21,-0.00001]}]" },
    { "{\"a/b\":1,\"~\":2}", "[{\"op\":\"remove\",\"path\":\"/a~1b\"},{\"op\":\"test\",\"path\":\"/~0\",\"value\":2}]" },
    { "{\"a\":1}", "[]" },
    { "{\"a\":1}", "[{\"op\":\"test\",\"path\":\"/a\",\"value\":2}]" },
    { "{\"a\":1}", "[{\"op\":\"remove\",\"path\":\"/b\"}]" },
    { "{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/\",\"value\":1}]" },
    { "not JSON", "[{\"op\":\"add\",\"path\":\"/a\",\"value\":1}]" },
    { "", "[]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *escaped = g_uri_escape_string (cases[i].body, NULL, FALSE);
      g_autofree char *query = g_strconcat ("hold=response&channels=@C&header=X-Held:yes&body=", escaped, NULL);
      g_autoptr(GripTestClient) client = scenario_get ("/poll", query);
      g_autoptr(GBytes) held = g_bytes_new (cases[i].body, strlen (cases[i].body));
      GripHttpResponseFormat *format = grip_http_response_format_new (NULL);
      g_autoptr(GBytes) expected = NULL;
      g_autoptr(GBytes) body = NULL;

      g_assert_true (grip_http_response_format_set_body_patch_json (format, cases[i].patch, NULL));
      expected = grip_apply_body_patch (held, grip_http_response_format_get_body_patch (format), NULL);
      scenario_wait_channel (scenario_channel (), i + 1);
      scenario_publish (format);

      scenario_expect_closed (client);
      g_assert_cmpuint (grip_test_client_get_status (client), ==, expected != NULL ? 200 : 502);
      if (expected == NULL)
        continue;
      body = grip_test_client_dup_body (client);
      g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body),
                       g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
      scenario_expect_header (client, "X-Held", "yes");
    }
}

/* Filters work on what the patch made. */
static void
poll_patch_filter (const char *base)
{
  g_autoptr(GripTestClient) client =
    scenario_get ("/poll", "hold=response&channels=@C&user=ann&filters=skip-self,var-subst&body=%7b%7d");
  GripHttpResponseFormat *own = grip_http_response_format_new (NULL);
  GripHttpResponseFormat *format = grip_http_response_format_new (NULL);

  scenario_wait_held (1);
  g_assert_true (grip_http_response_format_set_body_patch_json (own, "[{\"op\":\"remove\",\"path\":\"/a\"}]", NULL));
  g_assert_true (grip_http_response_format_set_body_patch_json (
    format, "[{\"op\":\"add\",\"path\":\"/a\",\"value\":\"for %(user)s\"}]", NULL));
  scenario_publish_full (scenario_channel (), own, NULL, NULL, "sender=ann");
  scenario_publish (format);
  scenario_expect_body (client, "{\"a\":\"for ann\"}");
}

static void
poll_hint (const char *base)
{
  g_autoptr(GripTestClient) client =
    scenario_get ("/poll", "hold=response&channels=@C&prev-id=7&recover=since%20@%0a");

  scenario_wait_held (1);
  scenario_publish (grip_http_response_format_new_hint ());
  scenario_expect_closed (client);
  scenario_expect_body (client, "since 7\n");
}

/* A hint that follows what the client has. */
static void
poll_hint_in_order (const char *base)
{
  g_autoptr(GripTestClient) client =
    scenario_get ("/poll", "hold=response&channels=@C&prev-id=7&recover=since%20@%0a");
  gboolean knows_hint = scenario_get_mode () == SCENARIO_PUSHPIN;

  /* Pushpin takes the id of the hint for one that the client has. */
  scenario_wait_held (1);
  scenario_publish_full (scenario_channel (), grip_http_response_format_new_hint (), "8", "7", NULL);
  scenario_expect_closed (client);
  scenario_expect_body (client, knows_hint ? "since 8\n" : "since 7\n");
}

static void
poll_recover (const char *base)
{
  g_autoptr(GripTestClient) client =
    scenario_get ("/poll", "hold=response&channels=@C&prev-id=1&recover=since%20@%0a");

  scenario_wait_held (1);
  scenario_publish_full (scenario_channel (), RESPONSE ("late"), "3", "2", NULL);
  scenario_expect_closed (client);
  scenario_expect_body (client, "since 1\n");
}

static void
poll_in_order (const char *base)
{
  g_autoptr(GripTestClient) client =
    scenario_get ("/poll", "hold=response&channels=@C&prev-id=1&recover=since%20@%0a");

  scenario_wait_held (1);
  scenario_publish_full (scenario_channel (), RESPONSE ("next"), "2", "1", NULL);
  scenario_expect_closed (client);
  scenario_expect_body (client, "next");
}

/* An item was missed between two polls. */
static void
poll_conflict (const char *base)
{
  g_autoptr(GripTestClient) first = scenario_get ("/poll", "hold=response&channels=@C");
  g_autoptr(GripTestClient) second = NULL;

  scenario_wait_held (1);
  scenario_publish_full (scenario_channel (), RESPONSE ("first"), "5", NULL, NULL);
  scenario_expect_body (first, "first");

  second = scenario_get ("/poll", "hold=response&channels=@C&prev-id=4&recover=since%20@%0a");
  scenario_expect_closed (second);
  scenario_expect_body (second, "since 4\n");
}

static void
poll_expose (const char *base)
{
  g_autoptr(GripTestClient) client =
    scenario_get ("/poll", "hold=response&channels=@C&timeout=1&header=X-Held:yes&expose=X-Held&status=203&body=x");

  scenario_expect_closed (client);
  g_assert_cmpuint (grip_test_client_get_status (client), ==, 203);
  scenario_expect_header (client, "X-Held", "yes");
  scenario_expect_header (client, "Content-Type", NULL);
  scenario_expect_header (client, "Grip-Expose-Headers", NULL);
}

static void
stream_items (const char *base)
{
  g_autoptr(GripTestClient) client = scenario_get ("/stream", "hold=stream&channels=@C&body=first%0a&code=203");
  g_autoptr(GBytes) binary = g_bytes_new_static ("\xff\r\n0\r\n\r\n", 8);
  g_autofree char *large = g_strnfill (100000, 'x');
  g_autofree char *all = g_strconcat ("first\none\n\xff\r\n0\r\n\r\n", large, NULL);

  scenario_wait_held (1);
  scenario_expect_body (client, "first\n");
  g_assert_cmpuint (grip_test_client_get_status (client), ==, 203);
  scenario_publish (STREAM ("one\n"));
  scenario_publish (grip_http_stream_format_new (binary));
  scenario_publish (STREAM (""));
  scenario_publish (STREAM (large));
  scenario_expect_body (client, all);
  scenario_publish (grip_http_stream_format_new_close ());
  scenario_expect_closed (client);
  scenario_expect_body (client, all);
}

static void
stream_events (const char *base)
{
  g_autoptr(GripTestClient) client =
    scenario_get ("/events", "hold=stream&channels=@C&type=text/event-stream&body=:ok%0a%0a&later=1");

  scenario_wait_held (1);
  scenario_publish (STREAM ("id: 1\ndata: hello\n\n"));
  scenario_expect_body (client, ":ok\n\nid: 1\ndata: hello\n\n");
  scenario_expect_header (client, "Content-Type", "text/event-stream");
}

static void
stream_keep_alive (const char *base)
{
  g_autoptr(GripTestClient) idle =
    scenario_get ("/stream", "hold=stream&channels=@C&keep-alive=k&keep-alive-timeout=1");
  g_autoptr(GripTestClient) interval =
    scenario_get ("/stream", "hold=stream&channels=@C&keep-alive=k&keep-alive-timeout=1&mode=interval");

  g_assert_true (grip_test_client_wait_bytes (idle, 3, GRIP_TEST_PATIENCE));
  g_assert_true (grip_test_client_wait_bytes (interval, 3, GRIP_TEST_PATIENCE));
}

static void
stream_channels (const char *base)
{
  g_autofree char *other = g_strconcat (scenario_channel (), "-b", NULL);
  g_autoptr(GripTestClient) client = scenario_get ("/stream", "hold=stream&channels=@C,@C-b");

  scenario_wait_held (1);
  scenario_wait_channel (other, 1);
  scenario_publish (STREAM ("a"));
  scenario_expect_body (client, "a");
  scenario_publish_full (other, STREAM ("b"), NULL, NULL, NULL);
  scenario_expect_body (client, "ab");
}

static void
stream_filters (const char *base)
{
  g_autoptr(GripTestClient) client =
    scenario_get ("/stream", "hold=stream&channels=@C&user=ann&filters=skip-self,skip-users,require-sub,var-subst");
  GripHttpStreamFormat *format = STREAM ("%(user)s %% done\n");
  g_autofree char *required = g_strconcat ("require_sub=pre-", scenario_channel (), NULL);
  const char *channel = scenario_channel ();

  scenario_wait_held (1);
  scenario_publish_full (channel, STREAM ("own\n"), NULL, NULL, "sender=ann");
  scenario_publish_full (channel, STREAM ("other\n"), NULL, NULL, "sender=bob");
  scenario_publish_full (channel, STREAM ("skipped\n"), NULL, NULL, "skip_users=bob, ann");
  scenario_publish_full (channel, STREAM ("not skipped\n"), NULL, NULL, "skip_users=bob");
  scenario_publish_full (channel, STREAM ("elsewhere\n"), NULL, NULL, "require_sub=elsewhere");
  scenario_publish_full (channel, STREAM ("here\n"), NULL, NULL, required);

  grip_base_format_set_content_filters (GRIP_BASE_FORMAT (format), (const char * const []) { "var-subst", NULL });
  scenario_publish (format);
  scenario_expect_body (client, "other\nnot skipped\nhere\nann % done\n");
}

static void
stream_order (const char *base)
{
  g_autoptr(GripTestClient) client = scenario_get ("/stream", "hold=stream&channels=@C");

  scenario_wait_held (1);
  scenario_publish_at_once ((ScenarioItem[]) {
    { STREAM ("1"), "1", NULL },
    { STREAM ("3"), "3", "2" },
    { STREAM ("4"), "4", "3" },
    { STREAM ("1"), "1", NULL },
    { STREAM ("2"), "2", "1" },
    { STREAM ("3"), "3", "2" },
    { STREAM ("."), NULL, NULL },
    { NULL },
  });
  scenario_expect_body (client, "1234.");
}

/* What waits for an item that never comes goes out after a time. */
static void
stream_order_gives_up (const char *base)
{
  g_autoptr(GripTestClient) client = scenario_get ("/stream", "hold=stream&channels=@C");
  const char *channel = scenario_channel ();

  scenario_wait_held (1);
  scenario_publish_full (channel, STREAM ("1"), "1", NULL, NULL);
  scenario_publish_full (channel, STREAM ("3"), "3", "2", NULL);
  scenario_expect_body (client, "13");
}

static void
stream_hint (const char *base)
{
  g_autoptr(GripTestClient) client =
    scenario_get ("/stream", "hold=stream&channels=@C&body=first%0a&next="
                             "/next%3fhold%3dstream%26channels%3d@C%26body%3dsecond%250a");

  scenario_wait_held (1);
  scenario_expect_body (client, "first\n");
  scenario_publish (grip_http_stream_format_new_hint ());
  scenario_expect_body (client, "first\nsecond\n");
  scenario_publish (STREAM ("third\n"));
  scenario_expect_body (client, "first\nsecond\nthird\n");
}

static void
stream_link_timeout (const char *base)
{
  g_autoptr(GripTestClient) client =
    scenario_get ("/stream", "hold=stream&channels=@C&body=first%0a&next-timeout=1&next="
                             "/next%3fhold%3dstream%26channels%3d@C%26body%3dsecond%250a");

  scenario_expect_body (client, "first\nsecond\n");
}

/* Pages without a hold, then a stream. */
static void
stream_pages (const char *base)
{
  g_autoptr(GripTestClient) client =
    scenario_get ("/stream", "hold=none&body=one%0a&next="
                             "/next%3fhold%3dnone%26body%3dtwo%250a%26next%3d"
                             "/last%253fhold%253dstream%2526channels%253d@C%2526body%253dthree%25250a");

  scenario_expect_body (client, "one\ntwo\nthree\n");
  scenario_wait_held (1);
  scenario_publish (STREAM ("four\n"));
  scenario_expect_body (client, "one\ntwo\nthree\nfour\n");
}

/* An item was missed: the next link is asked with the last id. */
static void
stream_recover (const char *base)
{
  g_autoptr(GripTestClient) client =
    scenario_get ("/stream", "hold=stream&channels=@C&prev-id=1&body=first%0a&next="
                             "/next%3fhold%3dstream%26channels%3d@C%26recover%3dsince%2520@%250a");

  scenario_wait_held (1);
  scenario_expect_body (client, "first\n");
  scenario_publish_full (scenario_channel (), STREAM ("two\n"), "2", "1", NULL);
  scenario_expect_body (client, "first\ntwo\n");
  scenario_publish_full (scenario_channel (), STREAM ("four\n"), NULL, NULL, NULL);
  scenario_expect_body (client, "first\ntwo\nsince 2\n");
  scenario_expect_closed (client);
}

/* What a header cannot carry, or must carry in another form. */
static void
odd_channel (const char *base)
{
  static const char * const names[] = { "a, b; c", "\"quoted\"", " edges ", "caf\xc3\xa9", "prev-id" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_strconcat (names[i], scenario_channel (), names[i], NULL);
      g_autofree char *escaped = g_uri_escape_string (name, NULL, FALSE);
      g_autofree char *query = g_strconcat ("hold=stream&channel=", escaped, NULL);
      g_autoptr(GripTestClient) client = scenario_get ("/stream", query);

      scenario_wait_channel (name, 1);
      scenario_publish_full (name, STREAM (names[i]), NULL, NULL, NULL);
      scenario_expect_body (client, names[i]);
    }
}

static void
odd_keep_alive (const char *base)
{
  static const char * const texts[] = { ";", " \r\n", "\\x\t", "a; mode=interval", "timeout", "\xc3\xa9", "\"" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *escaped = g_uri_escape_string (texts[i], NULL, FALSE);
      g_autofree char *query =
        g_strconcat ("hold=stream&channels=@C&keep-alive-timeout=1&keep-alive=", escaped, NULL);
      g_autoptr(GripTestClient) client = scenario_get ("/stream", query);
      g_autoptr(GBytes) body = NULL;

      g_assert_true (grip_test_client_wait_bytes (client, strlen (texts[i]), GRIP_TEST_PATIENCE));
      body = grip_test_client_dup_body (client);
      g_assert_cmpint (memcmp (g_bytes_get_data (body, NULL), texts[i], strlen (texts[i])), ==, 0);
    }
}

static void
odd_meta (const char *base)
{
  static const char * const values[] = { "a\"b", "a\\b", "a, b=c; d", " edges ", "caf\xc3\xa9" };
  g_autoptr(GPtrArray) clients = g_ptr_array_new_with_free_func ((GDestroyNotify) grip_test_client_free);

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *escaped = g_uri_escape_string (values[i], NULL, FALSE);
      g_autofree char *query = g_strconcat ("hold=stream&channels=@C&filters=var-subst&user=", escaped, NULL);
      GripTestClient *client = scenario_get ("/stream", query);

      g_ptr_array_add (clients, client);
      scenario_wait_held (i + 1);
      scenario_publish (STREAM ("%(user)s"));
      scenario_expect_body (client, values[i]);
    }
}

const Scenario scenarios_http[] =
{
  { "poll-item", poll_item },
  { "poll-timeout", poll_timeout },
  { "poll-timeout-status", poll_timeout_status },
  { "poll-binary", poll_binary },
  { "poll-patch", poll_patch },
  { "poll-patch-filter", poll_patch_filter },
  { "poll-hint", poll_hint },
  { "poll-hint-in-order", poll_hint_in_order },
  { "poll-recover", poll_recover },
  { "poll-in-order", poll_in_order },
  { "poll-conflict", poll_conflict },
  { "poll-expose", poll_expose },
  { "stream-items", stream_items },
  { "stream-events", stream_events },
  { "stream-keep-alive", stream_keep_alive },
  { "stream-channels", stream_channels },
  { "stream-filters", stream_filters },
  { "stream-order", stream_order },
  { "stream-order-gives-up", stream_order_gives_up },
  { "stream-hint", stream_hint },
  { "stream-link-timeout", stream_link_timeout },
  { "stream-pages", stream_pages },
  { "stream-recover", stream_recover },
  { "next-elsewhere", scenario_next_elsewhere },
  { "skip-self", scenario_skip_self },
  { "skip-users", scenario_skip_users },
  { "require-sub", scenario_require_sub },
  { "var-subst", scenario_var_subst },
  { "stream-close", scenario_stream_close },
  { "last-event-id", scenario_last_event_id },
  { "event-source", scenario_event_source },
  { "status-reason", scenario_status_reason },
  { "line-breaks", scenario_line_breaks },
  { "odd-channel", odd_channel },
  { "odd-keep-alive", odd_keep_alive },
  { "odd-meta", odd_meta },
  { NULL, NULL }
};

/* What a filter makes nothing of is left out, as newer Pushpins do: 1.36 ends the stream. */
static void
stream_filter_fails (const char *base)
{
  g_autoptr(GripTestClient) client =
    scenario_get ("/stream", "hold=stream&channels=@C&user=ann&filters=var-subst");
  GripHttpStreamFormat *format = STREAM ("for another filter\n");

  scenario_wait_held (1);
  grip_base_format_set_content_filters (GRIP_BASE_FORMAT (format), (const char * const []) { "build-id", NULL });
  scenario_publish (format);
  scenario_publish (STREAM ("%(nobody)s\n"));
  scenario_publish (STREAM ("%(user)d\n"));
  scenario_publish (STREAM ("%(user"));
  scenario_publish (STREAM ("%"));
  scenario_publish (STREAM ("%(us\\er)s%%\n"));
  scenario_expect_body (client, "ann%\n");
}

const Scenario scenarios_embedded[] =
{
  { "stream-filter-fails", stream_filter_fails },
  { NULL, NULL }
};
