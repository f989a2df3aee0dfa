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

/* Whatever a client sends, what the application and the context answer are events again. */
static void
serve (GBytes *body)
{
  g_autoptr(GVariant) headers = g_variant_ref_sink (g_variant_new_parsed ("[('Connection-Id', '1'), ('Meta-A', 'b')]"));
  g_autoptr(GripWebSocketContext) context = NULL;
  g_autoptr(GripResponse) response = NULL;
  g_autoptr(GPtrArray) answer = NULL;
  g_autoptr(GError) error = NULL;
  GripWebSocketEvent *event = NULL;

  context = grip_websocket_context_new_for_request (headers, body, &error);
  g_assert_no_error (error);
  grip_websocket_context_accept (context);
  while ((event = grip_websocket_context_receive (context)) != NULL)
    {
      g_autoptr(GripWebSocketEvent) owned = event;
      GBytes *content = grip_websocket_event_get_content (owned);

      if (content != NULL)
        grip_websocket_context_send (context, GRIP_WEBSOCKET_MESSAGE_TEXT, content, NULL);
    }

  response = grip_websocket_context_to_response (context);
  answer = grip_decode_websocket_events (grip_response_get_body (response), &error);
  g_assert_no_error (error);
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
  serve (body);

  return 0;
}
