/* grip-soup-body.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-soup-body-private.h"

typedef struct
{
  gsize limit;
  gsize length;
} Count;

static void
count_free (gpointer  data,
            GClosure *closure)
{
  g_free (data);
}

/* The rest is read all the same: libsoup answers after the last byte of a request. With a status it
 * asks no handler. */
static void
refuse (SoupServerMessage *message)
{
  static const char words[] = "The body is too large.\n";
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  soup_message_body_truncate (body);
  soup_message_body_set_accumulate (body, FALSE);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection", "close");
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, words, sizeof words - 1);
  soup_server_message_set_status (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, NULL);
}

static void
chunk_cb (SoupServerMessage *message,
          GBytes            *chunk,
          gpointer           user_data)
{
  Count *count = user_data;

  count->length += g_bytes_get_size (chunk);
  if (count->length > count->limit && soup_server_message_get_status (message) == 0)
    refuse (message);
}

void
grip_soup_limit_body (SoupServerMessage *message,
                      gsize              limit)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  Count *count = NULL;

  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH &&
      soup_message_headers_get_content_length (headers) > (goffset) limit)
    {
      refuse (message);
      return;
    }

  count = g_new0 (Count, 1);
  count->limit = limit;
  g_signal_connect_data (message, "got-chunk", G_CALLBACK (chunk_cb), count, count_free, 0);
}
