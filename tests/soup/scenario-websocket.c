/* scenario-websocket.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "scenario.h"

/* WebSockets: one handler for WebSocket-over-HTTP, for a real WebSocket of the proxy, and for one of a
 * client. */

#define TEXT(content) grip_websocket_message_format_new_text (content)

static GripTestClient *
connect_client (const char *base,
                const char *query)
{
  GripTestClient *client = scenario_connect (base, query);

  g_assert_true (grip_test_client_wait_open (client, GRIP_TEST_PATIENCE));
  scenario_wait_held (1);

  return client;
}

static void
text (const char *base)
{
  g_autoptr(GripTestClient) client = connect_client (base, "channels=@C");

  scenario_say (client, "c:hello");
  scenario_expect_frame (client, 0, GRIP_TEST_FRAME_TEXT, "c:hello");
  scenario_say (client, "m:\xc3\xa9");
  scenario_expect_frame (client, 1, GRIP_TEST_FRAME_TEXT, "m:\xc3\xa9");
  scenario_publish (TEXT ("item"));
  scenario_expect_frame (client, 2, GRIP_TEST_FRAME_TEXT, "item");
  scenario_publish (TEXT ("c:item"));
  scenario_expect_frame (client, 3, GRIP_TEST_FRAME_TEXT, "c:item");
}

static void
binary (const char *base)
{
  g_autoptr(GripTestClient) client = connect_client (base, "channels=@C");
  g_autoptr(GBytes) content = g_bytes_new_static ("\xff\x01", 2);

  g_assert_true (grip_test_client_send_frame (client, GRIP_TEST_FRAME_BINARY, "\xfe\x02", 2));
  scenario_expect_frame (client, 0, GRIP_TEST_FRAME_BINARY, "\xfe\x02");
  scenario_publish (grip_websocket_message_format_new (content));
  scenario_expect_frame (client, 1, GRIP_TEST_FRAME_BINARY, "\xff\x01");
}

static void
large (const char *base)
{
  g_autoptr(GripTestClient) client = connect_client (base, "channels=@C");
  g_autofree char *medium = g_strnfill (300, 'm');
  g_autofree char *big = g_strnfill (70000, 'b');

  scenario_publish (TEXT (medium));
  scenario_expect_frame (client, 0, GRIP_TEST_FRAME_TEXT, medium);
  scenario_publish (TEXT (big));
  scenario_expect_frame (client, 1, GRIP_TEST_FRAME_TEXT, big);
}

static void
ping (const char *base)
{
  g_autoptr(GripTestClient) client = connect_client (base, "channels=@C");
  g_autoptr(GBytes) content = g_bytes_new_static ("are you there", 13);
  gboolean has_content = scenario_get_mode () == SCENARIO_EMBEDDED || g_str_equal (base, "/ws");

  /* Pushpin 1.36 loses the content of a ping on its way to a WebSocket of the origin. */
  g_assert_true (grip_test_client_send_frame (client, GRIP_TEST_FRAME_PING, "here", 4));
  scenario_expect_frame (client, 0, GRIP_TEST_FRAME_PONG, has_content ? "here" : "");
  scenario_publish (grip_websocket_message_format_new_ping (content));
  scenario_expect_frame (client, 1, GRIP_TEST_FRAME_PING, "are you there");
}

static void
close_by_item (const char *base)
{
  g_autoptr(GripTestClient) client = connect_client (base, "channels=@C");

  scenario_publish (TEXT ("last"));
  scenario_expect_frame (client, 0, GRIP_TEST_FRAME_TEXT, "last");
  scenario_publish (grip_websocket_message_format_new_close (4007, "enough"));
  scenario_expect_close (client, 1, 4007, "enough");
  scenario_expect_closed (client);
}

static void
close_by_origin (const char *base)
{
  g_autoptr(GripTestClient) client = connect_client (base, "channels=@C");

  scenario_say (client, "close");
  scenario_expect_close (client, 0, 4001, "bye");
  scenario_expect_closed (client);
}

static void
close_by_client (const char *base)
{
  g_autoptr(GripTestClient) client = connect_client (base, "channels=@C");

  g_assert_true (grip_test_client_send_frame (client, GRIP_TEST_FRAME_CLOSE, "\x0f\xa2" "over", 6));
  scenario_expect_close (client, 0, 4002, NULL);
  scenario_expect_closed (client);
}

static void
refused (const char *base)
{
  g_autoptr(GripTestClient) client = scenario_connect (base, "");

  scenario_expect_closed (client);
  g_assert_cmpuint (grip_test_client_get_status (client), ==, 403);
}

static void
filters (const char *base)
{
  g_autoptr(GripTestClient) client = connect_client (base, "channels=@C&user=ann&filters=skip-self,var-subst");
  const char *channel = scenario_channel ();

  scenario_publish_full (channel, TEXT ("own"), NULL, NULL, "sender=ann");
  scenario_publish_full (channel, TEXT ("for %(user)s"), NULL, NULL, "sender=bob");
  scenario_expect_frame (client, 0, GRIP_TEST_FRAME_TEXT, "for ann");
}

/* A proxy does what the origin wants of it a little after it has given the client what came with that, so it
 * is tried again there. Embedded, it is done at once. */
static guint
get_n_tries (void)
{
  return scenario_get_mode () == SCENARIO_EMBEDDED ? 1 : 100;
}

static char *
dup_text (GripTestClient *client,
          guint           index)
{
  g_autoptr(GBytes) content = NULL;
  gsize length;
  const char *data = NULL;

  g_assert_true (grip_test_client_wait_frames (client, index + 1, GRIP_TEST_PATIENCE));
  g_assert_cmpint (grip_test_client_get_frame_kind (client, index), ==, GRIP_TEST_FRAME_TEXT);
  content = grip_test_client_dup_frame (client, index);
  data = g_bytes_get_data (content, &length);

  return g_strndup (data, length);
}

/* Whether a text is the next that comes. Texts that are passed are those in @before; @at is moved on. */
static gboolean
comes_next (GripTestClient *client,
            guint          *at,
            const char     *text,
            const char     *before)
{
  gboolean first = TRUE;

  for (;;)
    {
      g_autofree char *got = dup_text (client, (*at)++);

      if (g_str_equal (got, text))
        return first;
      g_assert_true (g_str_has_prefix (got, before));
      first = FALSE;
    }
}

static void
unsubscribe (const char *base)
{
  g_autoptr(GripTestClient) client = connect_client (base, "channels=@C");
  gboolean unsubscribed = FALSE;
  guint at = 1;

  scenario_say (client, "unsubscribe");
  scenario_expect_frame (client, 0, GRIP_TEST_FRAME_TEXT, "unsubscribed");
  for (guint i = 0; i < get_n_tries () && !unsubscribed; i++)
    {
      g_autofree char *still_there = g_strdup_printf ("still there %u", i);

      scenario_publish (TEXT ("item"));
      scenario_say (client, still_there);
      unsubscribed = comes_next (client, &at, still_there, "item");
    }
  g_assert_true (unsubscribed);
}

static void
meta (const char *base)
{
  g_autoptr(GripTestClient) client = connect_client (base, "channels=@C");

  scenario_say (client, "count");
  scenario_expect_frame (client, 0, GRIP_TEST_FRAME_TEXT, "1");
  scenario_say (client, "count");
  scenario_expect_frame (client, 1, GRIP_TEST_FRAME_TEXT, "2");
  scenario_say (client, "count");
  scenario_expect_frame (client, 2, GRIP_TEST_FRAME_TEXT, "3");
}

static void
delayed (const char *base)
{
  g_autoptr(GripTestClient) client = connect_client (base, "channels=@C");

  scenario_say (client, "delay");
  scenario_expect_frame (client, 0, GRIP_TEST_FRAME_TEXT, "from the proxy");
  scenario_say (client, "delay-long");
  scenario_say (client, "flush");
  scenario_expect_frame (client, 1, GRIP_TEST_FRAME_BINARY, "from the proxy");
}

static void
keep_alive (const char *base)
{
  g_autoptr(GripTestClient) client = connect_client (base, "channels=@C");

  scenario_say (client, "keep-alive");
  scenario_expect_frame (client, 0, GRIP_TEST_FRAME_TEXT, "from the proxy");
  scenario_expect_frame (client, 1, GRIP_TEST_FRAME_TEXT, "from the proxy");
}

static void
detach (const char *base)
{
  g_autoptr(GripTestClient) client = connect_client (base, "channels=@C");
  gboolean detached = FALSE;
  guint at = 2;

  scenario_say (client, "session");
  scenario_expect_frame (client, 0, GRIP_TEST_FRAME_TEXT, "session");
  scenario_say (client, "detach");
  scenario_expect_frame (client, 1, GRIP_TEST_FRAME_TEXT, "detached");
  for (guint i = 0; i < get_n_tries () && !detached; i++)
    {
      g_autofree char *item = g_strdup_printf ("item %u", i);

      scenario_say (client, "nobody hears this");
      scenario_publish (TEXT (item));
      detached = comes_next (client, &at, item, "nobody hears this");
    }
  g_assert_true (detached);
}

static void
order (const char *base)
{
  g_autoptr(GripTestClient) client = connect_client (base, "channels=@C");

  scenario_publish_at_once ((ScenarioItem[]) {
    { TEXT ("1"), "1", NULL },
    { TEXT ("3"), "3", "2" },
    { TEXT ("1"), "1", NULL },
    { TEXT ("2"), "2", "1" },
    { NULL },
  });
  for (guint i = 0; i < 3; i++)
    {
      char expected[] = { '1' + i, '\0' };

      scenario_expect_frame (client, i, GRIP_TEST_FRAME_TEXT, expected);
    }
}

static void
disconnect (const char *base)
{
  g_autoptr(GripTestClient) client = connect_client (base, "channels=@C");

  scenario_say (client, "disconnect");
  scenario_expect_closed (client);
  g_assert_cmpuint (grip_test_client_get_n_frames (client), ==, 0);
}

/* The handler is asked though nothing came; Pushpin waits for no less than this. */
static void
keep_alive_interval (const char *base)
{
  g_autoptr(GripTestClient) client = connect_client (base, "channels=@C&asked=1");

  scenario_say (client, "interval");
  scenario_expect_frame (client, 0, GRIP_TEST_FRAME_TEXT, "asked");
}

const Scenario scenarios_over_http[] =
{
  { "keep-alive-interval", keep_alive_interval },
  { NULL, NULL }
};

static void
refresh (const char *base)
{
  g_autoptr(GripTestClient) client = connect_client (base, "channels=@C&asked=1");

  scenario_publish (grip_websocket_message_format_new_refresh ());
  scenario_expect_frame (client, 0, GRIP_TEST_FRAME_TEXT, "asked");
  scenario_publish (grip_websocket_message_format_new_refresh ());
  scenario_expect_frame (client, 1, GRIP_TEST_FRAME_TEXT, "asked");
}

/* Pushpin 1.36 has none. */
const Scenario scenarios_refresh[] =
{
  { "refresh", refresh },
  { NULL, NULL }
};

const Scenario scenarios_websocket[] =
{
  { "text", text },
  { "binary", binary },
  { "large", large },
  { "ping", ping },
  { "close-by-item", close_by_item },
  { "close-by-origin", close_by_origin },
  { "close-by-client", close_by_client },
  { "refused", refused },
  { "filters", filters },
  { "unsubscribe", unsubscribe },
  { "meta", meta },
  { "delayed", delayed },
  { "keep-alive", keep_alive },
  { "detach", detach },
  { "order", order },
  { "disconnect", disconnect },
  { NULL, NULL }
};
