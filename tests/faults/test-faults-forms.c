/* test-faults-forms.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdio.h>

#include "faults.h"

/* F30 to F34 and F42: what is written, whatever stands in it, and what is read from a hostile client. */

static GripItem *
make_item (GripFormat *format,
           const char *id,
           const char *prev_id)
{
  g_autoptr(GError)  error = NULL;
  GripItem          *item = grip_item_new (format, id, prev_id, &error);

  g_assert_no_error (error);

  return item;
}

static char *
encode (GripItem     *item,
        const char   *channel,
        GripEncoding  encoding)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = grip_item_encode (item, channel, encoding, &error);
  gsize             length;
  const char       *data;

  g_assert_no_error (error);
  data = g_bytes_get_data (bytes, &length);

  return g_strndup (data, length);
}

static void
assert_has (const char *text,
            const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("'%s' is not in '%s'", part, text);
}

/* In JSON escaped, in a tnetstring counted: no byte of a value ends it. */
static void
test_controls_in_items (void)
{
  g_autoptr(GripFormat) format = GRIP_FORMAT (grip_http_stream_format_new_text ("a\r\nb"));
  g_autoptr(GripItem)   item = make_item (format, "1\r\n", "0\n");
  g_autofree char      *json = encode (item, "c\r\nX: y", GRIP_ENCODING_JSON);
  g_autofree char      *tnet = encode (item, "c\r\nX: y", GRIP_ENCODING_TNETSTRING);

  for (const char *p = json; *p != '\0'; p++)
    g_assert_false (g_ascii_iscntrl (*p));
  assert_has (json, "\"channel\":\"c\\r\\nX: y\"");
  assert_has (json, "\"id\":\"1\\r\\n\"");
  assert_has (tnet, "7:channel,7:c\r\nX: y,");
  assert_has (tnet, "2:id,3:1\r\n,");
}

/* NUL in a value that may be any bytes: whole, in both encodings. */
static void
test_nul (void)
{
  g_autoptr(GBytes)     content = g_bytes_new_static ("a\0b", 3);
  g_autoptr(GripFormat) format = GRIP_FORMAT (grip_http_stream_format_new (content));
  g_autoptr(GripItem)   item = make_item (format, NULL, NULL);
  g_autofree char      *json = encode (item, "c", GRIP_ENCODING_JSON);
  g_autoptr(GBytes)     tnet = grip_item_encode (item, "c", GRIP_ENCODING_TNETSTRING, NULL);

  assert_has (json, "a\\u0000b");
  g_assert_nonnull (memmem (g_bytes_get_data (tnet, NULL), g_bytes_get_size (tnet), "3:a\0b,", 6));
}

static void
assert_no_headers (GripInstruct *instruct)
{
  g_autoptr(GError)   error = NULL;
  g_autoptr(GVariant) headers = grip_instruct_to_headers (instruct, &error);

  g_assert_null (headers);
  g_assert_nonnull (error);
}

/* A header is refused before anything is written. */
static void
test_controls_in_headers (void)
{
  static const char *const bad[] = { "a\rb", "a\nb", "a\r\nX: y", "\n" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      const char *const         filters[] = { bad[i], NULL };
      g_autoptr(GripInstruct)   name = grip_instruct_new_hold_response (bad[i]);
      g_autoptr(GripInstruct)   prev = grip_instruct_new (GRIP_HOLD_MODE_RESPONSE);
      g_autoptr(GripInstruct)   filtered = grip_instruct_new (GRIP_HOLD_MODE_RESPONSE);
      g_autoptr(GripInstruct)   linked = grip_instruct_new_hold_stream ("c");
      g_autoptr(GripInstruct)   reason = grip_instruct_new_hold_stream ("c");
      g_autoptr(GripInstruct)   meta = grip_instruct_new_hold_stream ("c");
      g_autoptr(GripChannel)    with_prev = grip_channel_new_full ("c", bad[i], NULL);
      g_autoptr(GripChannel)    with_filter = grip_channel_new_full ("c", NULL, filters);

      assert_no_headers (name);
      grip_instruct_add_channel (prev, with_prev);
      assert_no_headers (prev);
      grip_instruct_add_channel (filtered, with_filter);
      assert_no_headers (filtered);
      grip_instruct_set_next_link (linked, bad[i], -1);
      assert_no_headers (linked);
      grip_instruct_set_status (reason, 200, bad[i]);
      assert_no_headers (reason);
      grip_instruct_set_meta (meta, "a", bad[i]);
      assert_no_headers (meta);
    }
}

/* In what is configured: an error, and libsoup never sees it. */
static void
test_controls_in_endpoints (void)
{
  static const char *const bad[] = {
    "{\"control_uri\":\"http://h%0d%0aX-Evil:1/\"}",
    "{\"control_uri\":\"http://h\\r\\nX-Evil:1/\"}",
    "{\"control_uri\":\"http://127.0.0.1:1/a\\r\\nb\"}",
    "{\"control_uri\":\"http://127.0.0.1:1/\",\"key\":\"a\\r\\nX: y\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError)         error = NULL;
      g_autoptr(GripEndpoint)   endpoint = grip_endpoint_new_from_json (bad[i], &error);
      g_autoptr(GripPubControl) control = grip_pub_control_new ();

      if (endpoint != NULL && grip_pub_control_add_endpoint (control, endpoint, &error))
        error = faults_try (control, "x", NULL);
      g_test_message ("%s: %s", bad[i], error != NULL ? error->message : "accepted");
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
    }
}

static char *
channel_header (const char        *name,
                const char        *prev_id,
                const char *const *filters)
{
  g_autoptr(GPtrArray) channels = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (channels, grip_channel_new_full (name, prev_id, filters));

  return grip_create_grip_channel_header (channels, NULL);
}

/* No spelling of a name that a proxy would read; a parameter is quoted. */
static void
test_channel_header (void)
{
  static const char *const names[] = { "a;b", "a,b", "a\"b", " a", "a " };
  static const char *const filters[] = { "f;g", NULL };
  g_autofree char         *header = channel_header ("a", "1;2,\"3\\", filters);
  g_autoptr(GPtrArray)     parsed = NULL;
  g_autoptr(GError)        error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_null (channel_header (names[i], NULL, NULL));

  g_assert_nonnull (header);
  parsed = grip_parse_grip_channel_header (header, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (parsed->len, ==, 1);
  g_assert_cmpstr (grip_channel_get_name (parsed->pdata[0]), ==, "a");
  g_assert_cmpstr (grip_channel_get_prev_id (parsed->pdata[0]), ==, "1;2,\"3\\");
  g_assert_cmpstr (grip_channel_get_filters (parsed->pdata[0])[0], ==, "f;g");
}

static const struct
{
  const char *bytes;
  const char *base64;
} not_utf8[] = {
  { "\xff", "/w==" },
  { "\xc0\xaf", "wK8=" },            /* overlong */
  { "\xed\xa0\x80", "7aCA" },        /* a surrogate */
  { "\xf4\x90\x80\x80", "9JCAgA==" }, /* over U+10FFFF */
  { "a\xe2\x82", "YeKC" },           /* cut */
};

static void
test_not_utf8 (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (not_utf8); i++)
    {
      gsize                 length = strlen (not_utf8[i].bytes);
      g_autoptr(GBytes)     content = g_bytes_new_static (not_utf8[i].bytes, length);
      g_autoptr(GripFormat) format = GRIP_FORMAT (grip_http_stream_format_new (content));
      g_autoptr(GripFormat) text = GRIP_FORMAT (grip_websocket_message_format_new_text (not_utf8[i].bytes));
      g_autoptr(GripItem)   item = make_item (format, NULL, NULL);
      g_autoptr(GripItem)   bad = NULL;
      g_autoptr(GError)     error = NULL;
      g_autofree char      *json = encode (item, "c", GRIP_ENCODING_JSON);
      g_autofree char      *tnet = encode (item, "c", GRIP_ENCODING_TNETSTRING);
      g_autofree char      *in_json = g_strdup_printf ("\"content-bin\":\"%s\"", not_utf8[i].base64);
      g_autofree char      *in_tnet = g_strdup_printf ("7:content,%" G_GSIZE_FORMAT ":%s,", length, not_utf8[i].bytes);

      assert_has (json, in_json);
      assert_has (tnet, in_tnet);
      bad = grip_item_new (text, NULL, NULL, &error);
      g_assert_null (bad);
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
    }
}

/* A long id counts for the limit of the request. */
static void
test_long_id (void)
{
  g_autoptr(GripTestSink)  sink = grip_test_sink_new ();
  GripPubControl          *control = faults_control_new (grip_test_sink_get_uri (sink), 0, 0);
  g_autofree char         *id = g_strnfill (1000000, 'i');
  g_autoptr(GError)        error = faults_try (control, "x", id);

  faults_assert_error (error, GRIP_ERROR_TOO_LARGE, NOT_SENT);
  g_assert_cmpuint (grip_test_sink_get_n_requests (sink), ==, 0);
  faults_drop (control);
}

static gsize
get_rss (void)
{
  g_autofree char *text = NULL;
  gsize            total;
  gsize            resident;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%" G_GSIZE_FORMAT " %" G_GSIZE_FORMAT, &total, &resident), ==, 2);

  return resident * 4096;
}

#define N_CHANNELS 200000

static void
publish_channels (GripPubControl *control,
                  GripItem       *item,
                  guint           n)
{
  for (guint i = 0; i < n; i++)
    {
      char channel[32];

      g_snprintf (channel, sizeof channel, "channel-%u", i);
      while (!grip_pub_control_publish (control, channel, item, NULL, NULL))
        g_assert_not_reached ();
    }
}

/* Nothing is kept for a channel. */
static void
test_many_channels (void)
{
  g_autoptr(GripTestSink)  sink = grip_test_sink_new ();
  GripPubControl          *control = faults_control_new (grip_test_sink_get_uri (sink), 0, 0);
  g_autoptr(GripFormat)    format = GRIP_FORMAT (grip_http_stream_format_new_text ("x"));
  g_autoptr(GripItem)      item = make_item (format, NULL, NULL);
  g_autoptr(GPtrArray)     names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GError)        error = NULL;
  gsize                    before;

  publish_channels (control, item, 100);
  for (guint i = 0; i < N_CHANNELS; i++)
    g_ptr_array_add (names, g_strdup_printf ("channel-%u", i));
  g_ptr_array_add (names, NULL);
  before = get_rss ();
  for (guint i = 0; i < N_CHANNELS; i += 10000)
    {
      const char **some = (const char **) names->pdata + i;
      const char  *next = names->pdata[i + 10000];

      names->pdata[i + 10000] = NULL;
      grip_pub_control_publish_to_channels (control, some, item, NULL, &error);
      g_assert_no_error (error);
      names->pdata[i + 10000] = (gpointer) next;
      grip_test_sink_forget (sink);
    }
  g_test_message ("%" G_GSIZE_FORMAT " KiB more after %u channels", (MAX (get_rss (), before) - before) / 1024,
                  N_CHANNELS);
  if (!faults_is_instrumented ())
    g_assert_cmpuint (get_rss (), <, before + 32 * 1024 * 1024);
  faults_drop (control);
}

/* A body of nothing but small events, and one that promises more than there is. With a reader that is not
 * linear this would take hours. */
static void
test_hostile_events (void)
{
  static const char *const lies[] = {
    "TEXT 7fffffffffffffff\r\n", "TEXT -8\r\nx\r\n", "TEXT fffffffff\r\nx\r\n", "TEXT 5\r\nab\r\n",
    "TEXT 2\r\nabc\r\n", "OPEN\n", "\r\n", "TEXT 00000000000000000000000000000002\r\nab",
  };
  g_autoptr(GString)       body = g_string_new (NULL);
  g_autoptr(GBytes)        bytes = NULL;
  g_autoptr(GPtrArray)     events = NULL;
  g_autoptr(GError)        error = NULL;

  while (body->len < 6 * 1000 * 1000)
    g_string_append (body, "PING\r\n");
  bytes = g_bytes_new_static (body->str, body->len);
  events = grip_decode_websocket_events (bytes, &error);
  if (events == NULL)
    g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
  else
    g_assert_cmpuint (events->len, ==, 1000 * 1000);

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      g_autoptr(GBytes)    lie = g_bytes_new_static (lies[i], strlen (lies[i]));
      g_autoptr(GPtrArray) none = NULL;
      g_autoptr(GError)    malformed = NULL;

      none = grip_decode_websocket_events (lie, &malformed);
      g_test_message ("%s", lies[i]);
      g_assert_null (none);
      g_assert_error (malformed, GRIP_ERROR, GRIP_ERROR_MALFORMED);
    }
}

int
main (int   argc,
      char *argv[])
{
  faults_init (&argc, &argv, NULL, 0);

  g_test_add_func ("/faults/F30-controls-in-items", test_controls_in_items);
  g_test_add_func ("/faults/F30-nul", test_nul);
  g_test_add_func ("/faults/F30-controls-in-headers", test_controls_in_headers);
  g_test_add_func ("/faults/F30-controls-in-endpoints", test_controls_in_endpoints);
  g_test_add_func ("/faults/F31-channel-header", test_channel_header);
  g_test_add_func ("/faults/F32-not-utf8", test_not_utf8);
  g_test_add_func ("/faults/F33-long-id", test_long_id);
  g_test_add_func ("/faults/F34-many-channels", test_many_channels);
  g_test_add_func ("/faults/F42-hostile-events", test_hostile_events);

  return g_test_run ();
}
