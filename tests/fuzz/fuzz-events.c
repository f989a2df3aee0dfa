/* fuzz-events.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <libgrip/grip.h>

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

static void
assert_same (GripWebSocketEvent *a,
             GripWebSocketEvent *b)
{
  GBytes *content_a = grip_websocket_event_get_content (a);
  GBytes *content_b = grip_websocket_event_get_content (b);

  g_assert_cmpstr (grip_websocket_event_get_event_type (a), ==,
                   grip_websocket_event_get_event_type (b));
  g_assert_true ((content_a == NULL) == (content_b == NULL));
  if (content_a != NULL)
    g_assert_true (g_bytes_equal (content_a, content_b));
  g_assert_cmpint (grip_websocket_event_get_close_code (a), ==,
                   grip_websocket_event_get_close_code (b));
  g_assert_cmpstr (grip_websocket_event_get_close_reason (a), ==,
                   grip_websocket_event_get_close_reason (b));
}

/* What was read is written, and read again as the same events. */
int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GBytes) body = g_bytes_new (data, size);
  g_autoptr(GBytes) written = NULL;
  g_autoptr(GPtrArray) events = NULL;
  g_autoptr(GPtrArray) again = NULL;
  g_autoptr(GError) error = NULL;

  events = grip_decode_websocket_events (body, &error);
  if (events == NULL)
    {
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
      return 0;
    }

  g_assert_no_error (error);
  written = grip_encode_websocket_events (events);
  g_assert_cmpuint (g_bytes_get_size (written), <=, size);
  again = grip_decode_websocket_events (written, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (events->len, ==, again->len);
  for (guint i = 0; i < events->len; i++)
    assert_same (g_ptr_array_index (events, i), g_ptr_array_index (again, i));

  return 0;
}
