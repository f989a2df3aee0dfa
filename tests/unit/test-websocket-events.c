/* test-websocket-events.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libgrip/grip.h>

static GPtrArray *
decode (const char  *body,
        gsize        size,
        GError     **error)
{
  g_autoptr(GBytes) bytes = g_bytes_new (body, size);

  return grip_decode_websocket_events (bytes, error);
}

static void
assert_event (GPtrArray  *events,
              guint       i,
              const char *event_type,
              const char *content,
              gssize      length)
{
  GripWebSocketEvent *event = NULL;
  GBytes *bytes = NULL;

  g_assert_cmpuint (i, <, events->len);
  event = g_ptr_array_index (events, i);
  g_assert_cmpstr (grip_websocket_event_get_event_type (event), ==, event_type);

  bytes = grip_websocket_event_get_content (event);
  if (content == NULL)
    {
      gsize n = 1;

      g_assert_null (bytes);
      g_assert_null (grip_websocket_event_get_data (event, &n));
      g_assert_cmpuint (n, ==, 0);
      return;
    }

  if (length < 0)
    length = strlen (content);
  g_assert_nonnull (bytes);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), content, length);
  g_assert_true (grip_websocket_event_get_content (event) == bytes);
}

/* The body is the bytes, and it is written again as it was. */
static GPtrArray *
round_trip (const char *body,
            gsize       size)
{
  g_autoptr(GPtrArray) events = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) again = NULL;

  events = decode (body, size, &error);
  g_assert_no_error (error);
  g_assert_nonnull (events);

  again = grip_encode_websocket_events (events);
  g_assert_cmpmem (g_bytes_get_data (again, NULL), g_bytes_get_size (again), body, size);

  return g_steal_pointer (&events);
}

static void
test_types (void)
{
  static const char body[] =
    "OPEN\r\nTEXT 5\r\nhello\r\nBINARY 4\r\n\0\r\n\xff\r\nPING\r\nPONG 1a\r\n"
    "abcdefghijklmnopqrstuvwxyz\r\nX-other 1\r\n!\r\nCLOSE 2\r\n\x03\xe8\r\nDISCONNECT\r\n";
  g_autoptr(GPtrArray) events = round_trip (body, sizeof body - 1);

  g_assert_cmpuint (events->len, ==, 8);
  assert_event (events, 0, "OPEN", NULL, 0);
  assert_event (events, 1, "TEXT", "hello", -1);
  assert_event (events, 2, "BINARY", "\0\r\n\xff", 4);
  assert_event (events, 3, "PING", NULL, 0);
  assert_event (events, 4, "PONG", "abcdefghijklmnopqrstuvwxyz", -1);
  assert_event (events, 5, "X-other", "!", -1);
  assert_event (events, 6, "CLOSE", "\x03\xe8", -1);
  assert_event (events, 7, "DISCONNECT", NULL, 0);
}

static void
test_empty (void)
{
  g_autoptr(GPtrArray) events = NULL;
  g_autoptr(GPtrArray) none = NULL;
  g_autofree char *absent = NULL;
  g_autofree char *empty = NULL;

  /* No content and an empty one are two things on the wire, and one to who reads the text. */
  events = round_trip ("TEXT\r\nTEXT 0\r\n\r\n", 16);
  g_assert_cmpuint (events->len, ==, 2);
  assert_event (events, 0, "TEXT", NULL, 0);
  assert_event (events, 1, "TEXT", "", 0);
  absent = grip_websocket_event_dup_text (g_ptr_array_index (events, 0));
  empty = grip_websocket_event_dup_text (g_ptr_array_index (events, 1));
  g_assert_cmpstr (absent, ==, "");
  g_assert_cmpstr (empty, ==, "");

  none = round_trip ("", 0);
  g_assert_cmpuint (none->len, ==, 0);
}

/* What another writer may do, and Pushpin reads. */
static void
test_lenient (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) events = decode ("TEXT 0A\r\n0123456789\r\nTEXT 001\r\nx\r\n", 34, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (events->len, ==, 2);
  assert_event (events, 0, "TEXT", "0123456789", -1);
  assert_event (events, 1, "TEXT", "x", -1);
}

static void
test_malformed (void)
{
  static const struct
  {
    const char *body;
    const char *what;
    guint       offset;
  } cases[] = {
    { "TEXT", "a type line does not end in CRLF", 4 },
    { "TEXT\r", "a type line does not end in CRLF", 4 },
    { "TEXT\n", "a type line does not end in CRLF", 5 },
    { "TEXT\rX\r\n", "a type line does not end in CRLF", 4 },
    { "TEXT\n\r\n", "an event has no valid type", 4 },
    { "\r\n", "an event has no valid type", 0 },
    { " 5\r\nhello\r\n", "an event has no valid type", 0 },
    { "OPEN\r\n\r\n", "an event has no valid type", 6 },
    { "T\xc3\xa9XT\r\n", "an event has no valid type", 1 },
    { "TEXT\t5\r\nhello\r\n", "an event has no valid type", 4 },
    { "TEXT \r\nhello\r\n", "a size is missing", 5 },
    { "TEXT  5\r\nhello\r\n", "a size is not hexadecimal", 5 },
    { "TEXT 5 \r\nhello\r\n", "a size is not hexadecimal", 6 },
    { "TEXT -5\r\nhello\r\n", "a size is not hexadecimal", 5 },
    { "TEXT +5\r\nhello\r\n", "a size is not hexadecimal", 5 },
    { "TEXT 0x5\r\nhello\r\n", "a size is not hexadecimal", 6 },
    { "TEXT g\r\nhello\r\n", "a size is not hexadecimal", 5 },
    { "TEXT 80000000\r\nhello\r\n", "a size is too large", 5 },
    { "TEXT ffffffffffffffffffffffff\r\nhello\r\n", "a size is too large", 5 },
    { "TEXT 10000000000000005\r\nhello\r\n", "a size is too large", 5 },
    { "TEXT 7fffffff\r\nhello\r\n", "a content is cut short", 15 },
    { "TEXT 5\r\nhell", "a content is cut short", 8 },
    { "TEXT 5\r\nhello", "a content does not end in CRLF", 13 },
    { "TEXT 5\r\nhello\r", "a content does not end in CRLF", 13 },
    { "TEXT 5\r\nhelloXX", "a content does not end in CRLF", 13 },
    { "TEXT 4\r\nhello\r\n", "a content does not end in CRLF", 12 },
    { "OPEN\r\nTEXT 6\r\nhello\r\n", "a content does not end in CRLF", 20 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GPtrArray) events = decode (cases[i].body, strlen (cases[i].body), &error);
      g_autofree char *expected = g_strdup_printf ("WebSocket events: %s at byte %u",
                                                   cases[i].what, cases[i].offset);

      g_test_message ("%u: %s", i, cases[i].body);
      g_assert_null (events);
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
      g_assert_cmpstr (error->message, ==, expected);
    }
}

/* Every cut of a good body is either a shorter good body or an error. */
static void
test_truncated (void)
{
  static const char body[] = "OPEN\r\nTEXT 5\r\nhello\r\nPING\r\n";
  static const gsize whole[] = { 0, 6, 21, 27 };

  for (gsize n = 0; n < sizeof body; n++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GPtrArray) events = decode (body, n, &error);
      gboolean is_whole = FALSE;

      for (guint i = 0; i < G_N_ELEMENTS (whole); i++)
        is_whole = is_whole || whole[i] == n;

      g_assert_true ((events != NULL) == is_whole);
      g_assert_true ((error == NULL) == is_whole);
    }
}

static void
test_close (void)
{
  static const char reason[] = "\xe2\x82\xac";
  g_autoptr(GripWebSocketEvent) plain = grip_websocket_event_new_close (0, NULL);
  g_autoptr(GripWebSocketEvent) code = grip_websocket_event_new_close (4001, NULL);
  g_autoptr(GripWebSocketEvent) both = grip_websocket_event_new_close (1001, reason);
  g_autoptr(GripWebSocketEvent) text = grip_websocket_event_new_text ("TEXT", "ab");
  g_autoptr(GripWebSocketEvent) one = grip_websocket_event_new_text ("CLOSE", "a");
  g_autoptr(GripWebSocketEvent) broken = grip_websocket_event_new_text ("CLOSE", "\x03\xe8" "a\xff");

  g_assert_null (grip_websocket_event_get_content (plain));
  g_assert_cmpint (grip_websocket_event_get_close_code (plain), ==, -1);
  g_assert_null (grip_websocket_event_get_close_reason (plain));

  g_assert_cmpint (grip_websocket_event_get_close_code (code), ==, 4001);
  g_assert_null (grip_websocket_event_get_close_reason (code));
  g_assert_cmpuint (g_bytes_get_size (grip_websocket_event_get_content (code)), ==, 2);

  g_assert_cmpint (grip_websocket_event_get_close_code (both), ==, 1001);
  g_assert_cmpstr (grip_websocket_event_get_close_reason (both), ==, reason);
  g_assert_true (grip_websocket_event_get_close_reason (both) ==
                 grip_websocket_event_get_close_reason (both));

  g_assert_cmpint (grip_websocket_event_get_close_code (text), ==, -1);
  g_assert_null (grip_websocket_event_get_close_reason (text));
  g_assert_cmpint (grip_websocket_event_get_close_code (one), ==, -1);
  g_assert_cmpint (grip_websocket_event_get_close_code (broken), ==, 1000);
  g_assert_cmpstr (grip_websocket_event_get_close_reason (broken), ==, "a\xef\xbf\xbd");
}

static void
test_long_reason (void)
{
  /* 41 characters of three bytes fill the frame; with one byte before them the last is cut. */
  for (guint before = 0; before < 3; before++)
    {
      g_autoptr(GString) reason = g_string_new (NULL);
      g_autoptr(GripWebSocketEvent) event = NULL;
      gsize length = 0;

      for (guint i = 0; i < before; i++)
        g_string_append_c (reason, 'x');
      for (guint i = 0; i < 60; i++)
        g_string_append (reason, "\xe2\x82\xac");

      event = grip_websocket_event_new_close (1000, reason->str);
      g_assert_nonnull (grip_websocket_event_get_data (event, &length));
      g_assert_cmpuint (length, ==, 2 + before + (123 - before) / 3 * 3);
      g_assert_true (g_str_has_prefix (reason->str, grip_websocket_event_get_close_reason (event)));
    }
}

static void
test_values (void)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static ("a\0b", 3);
  g_autoptr(GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr(GripWebSocketEvent) event = grip_websocket_event_new ("BINARY", bytes);
  g_autoptr(GripWebSocketEvent) nothing = grip_websocket_event_new ("BINARY", empty);
  g_autoptr(GBytes) content = NULL;
  g_autofree char *event_type = NULL;

  g_object_get (event, "event-type", &event_type, "content", &content, NULL);
  g_assert_cmpstr (event_type, ==, "BINARY");
  g_assert_true (g_bytes_equal (content, bytes));
  g_assert_null (grip_websocket_event_dup_text (event));
  g_assert_nonnull (grip_websocket_event_get_content (nothing));
  g_assert_cmpuint (g_bytes_get_size (grip_websocket_event_get_content (nothing)), ==, 0);
}

/* A decoded event is a part of the body, and may outlive everything else. */
static void
test_slices (void)
{
  g_autoptr(GBytes) body = g_bytes_new ("TEXT 5\r\nhello\r\n", 15);
  const guint8 *start = g_bytes_get_data (body, NULL);
  g_autoptr(GPtrArray) events = grip_decode_websocket_events (body, NULL);
  g_autoptr(GripWebSocketEvent) event = g_object_ref (g_ptr_array_index (events, 0));
  g_autoptr(GBytes) content = g_bytes_ref (grip_websocket_event_get_content (event));

  g_assert_true (g_bytes_get_data (content, NULL) == start + 8);
  g_clear_pointer (&events, g_ptr_array_unref);
  g_clear_pointer (&body, g_bytes_unref);
  g_clear_object (&event);
  g_assert_cmpmem (g_bytes_get_data (content, NULL), g_bytes_get_size (content), "hello", 5);
}

static void
test_bad_type (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr(GripWebSocketEvent) event = grip_websocket_event_new ("TEXT 1\r\nx", NULL);

      g_assert_null (event);
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*grip_websocket_event_is_type*failed*");
}

static void
note_weak (gpointer  data,
           GObject  *object)
{
  *(guint *) data += 1;
}

static void
note_data (gpointer data)
{
  *(guint *) data += 1;
}

static void
note_closure (gpointer  data,
              GClosure *closure)
{
  *(guint *) data += 1;
}

/* Events are released in a way of their own: what is attached to one must be let go of as ever. */
static void
test_release (void)
{
  g_autoptr(GBytes) body = g_bytes_new_static ("TEXT\r\nTEXT\r\nTEXT\r\nTEXT\r\nTEXT\r\nX 1\r\na\r\n", 38);
  g_autoptr(GError) error = NULL;
  GPtrArray *events = grip_decode_websocket_events (body, &error);
  GripWebSocketEvent *kept = NULL;
  GWeakRef weak;
  guint n = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (events->len, ==, 6);
  g_object_weak_ref (events->pdata[0], note_weak, &n);
  g_object_set_data_full (events->pdata[1], "note", &n, note_data);
  g_signal_connect_data (events->pdata[2], "notify", G_CALLBACK (g_object_ref), &n, note_closure, 0);
  g_weak_ref_init (&weak, events->pdata[3]);
  kept = g_object_ref (events->pdata[4]);

  g_ptr_array_unref (events);
  g_assert_cmpuint (n, ==, 3);
  g_assert_null (g_weak_ref_get (&weak));
  g_weak_ref_clear (&weak);
  g_assert_cmpstr (grip_websocket_event_get_event_type (kept), ==, "TEXT");
  g_assert_finalize_object (kept);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/websocket-events/types", test_types);
  g_test_add_func ("/websocket-events/empty", test_empty);
  g_test_add_func ("/websocket-events/lenient", test_lenient);
  g_test_add_func ("/websocket-events/malformed", test_malformed);
  g_test_add_func ("/websocket-events/truncated", test_truncated);
  g_test_add_func ("/websocket-events/close", test_close);
  g_test_add_func ("/websocket-events/long-reason", test_long_reason);
  g_test_add_func ("/websocket-events/values", test_values);
  g_test_add_func ("/websocket-events/slices", test_slices);
  g_test_add_func ("/websocket-events/bad-type", test_bad_type);
  g_test_add_func ("/websocket-events/release", test_release);

  return g_test_run ();
}
