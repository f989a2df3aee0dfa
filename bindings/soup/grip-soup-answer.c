/* grip-soup-answer.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-soup-answer-private.h"

#define INSTRUCT_TYPE "application/grip-instruct"

static gboolean
is_valid (const char *name,
          const char *value)
{
  return *name != '\0' && strpbrk (name, "\r\n: ") == NULL && strpbrk (value, "\r\n") == NULL;
}

/* What comes after a code below 200 is not the answer yet, and libsoup would write a 100 for ever. */
static int
get_code (GripResponse *response)
{
  int code = grip_response_get_code (response);

  return code >= 200 ? code : SOUP_STATUS_INTERNAL_SERVER_ERROR;
}

/* NULL for the usual one of the code: another line would be a header, or the body. */
static const char *
get_reason (GripResponse *response)
{
  const char *reason = grip_response_get_reason (response);

  return reason != NULL && strpbrk (reason, "\r\n") == NULL ? reason : NULL;
}

/* How long the body is says the body. Where there is none a length tells of the one of a GET. */
static gboolean
is_framing (SoupServerMessage *message,
            GripResponse      *response,
            const char        *name)
{
  if (g_ascii_strcasecmp (name, "Transfer-Encoding") == 0)
    return TRUE;

  return g_ascii_strcasecmp (name, "Content-Length") == 0 &&
         strcmp (soup_server_message_get_method (message), "HEAD") != 0 &&
         grip_response_get_code (response) != SOUP_STATUS_NOT_MODIFIED;
}

void
grip_soup_write_response (SoupServerMessage *message,
                          GripResponse      *response)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  SoupMessageBody *body = soup_server_message_get_response_body (message);
  GBytes *content = grip_response_get_body (response);
  GVariantIter iter;
  const char *name = NULL;
  const char *value = NULL;

  soup_message_headers_clear (headers);
  soup_message_body_truncate (body);

  g_variant_iter_init (&iter, grip_response_get_headers (response));
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &value))
    {
      if (!is_valid (name, value))
        g_warning ("A header of a response was left out: it is not valid");
      else if (!is_framing (message, response, name))
        soup_message_headers_append (headers, name, value);
    }

  /* libsoup takes an empty piece for a mistake; a WebSocket-over-HTTP reply without events is one. */
  if (content != NULL && g_bytes_get_size (content) > 0)
    soup_message_body_append_bytes (body, content);

  soup_server_message_set_status (message, get_code (response), get_reason (response));
}

static gboolean
is_exposed (GripInstruct *instruct,
            const char   *header)
{
  const char * const *names = grip_instruct_get_expose_headers (instruct);

  if (names == NULL || names[0] == NULL)
    return TRUE;

  for (guint i = 0; names[i] != NULL; i++)
    {
      if (g_ascii_strcasecmp (names[i], header) == 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
has_header (GVariant   *headers,
            const char *header)
{
  GVariantIter iter;
  const char *name = NULL;

  if (headers == NULL)
    return FALSE;

  g_variant_iter_init (&iter, headers);
  while (g_variant_iter_next (&iter, "(&s&s)", &name, NULL))
    {
      if (g_ascii_strcasecmp (name, header) == 0)
        return TRUE;
    }

  return FALSE;
}

/* Those of the held response, but for those that @instead has. */
static void
add_held_headers (GVariantBuilder *builder,
                  GripInstruct    *instruct,
                  GVariant        *instead)
{
  GripResponse *response = grip_instruct_get_response (instruct);
  GVariantIter iter;
  const char *name = NULL;
  const char *value = NULL;

  if (response == NULL)
    return;

  g_variant_iter_init (&iter, grip_response_get_headers (response));
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &value))
    {
      if (g_ascii_strncasecmp (name, "Grip-", 5) == 0 || g_ascii_strcasecmp (name, "Content-Length") == 0)
        continue;
      if (is_exposed (instruct, name) && !has_header (instead, name))
        g_variant_builder_add (builder, "(ss)", name, value);
    }
}

GripResponse *
grip_soup_make_first (GripInstruct *instruct)
{
  GripResponse *response = grip_instruct_get_response (instruct);
  int code = response != NULL ? grip_response_get_code (response) : 200;
  const char *reason = response != NULL ? grip_response_get_reason (response) : NULL;
  GVariantBuilder headers;

  if (grip_instruct_get_status (instruct) >= 0)
    {
      code = grip_instruct_get_status (instruct);
      reason = grip_instruct_get_status_reason (instruct);
    }

  g_variant_builder_init (&headers, G_VARIANT_TYPE ("a(ss)"));
  add_held_headers (&headers, instruct, NULL);

  return grip_response_new (code, reason, g_variant_builder_end (&headers),
                            response != NULL ? grip_response_get_body (response) : NULL);
}

GripResponse *
grip_soup_make_answer (GripInstruct *instruct,
                       GripSoupPart *part,
                       GBytes       *body)
{
  GVariantBuilder headers;
  GVariantIter iter;
  const char *name = NULL;
  const char *value = NULL;

  g_variant_builder_init (&headers, G_VARIANT_TYPE ("a(ss)"));
  add_held_headers (&headers, instruct, part->headers);
  if (part->headers != NULL)
    {
      g_variant_iter_init (&iter, part->headers);
      while (g_variant_iter_next (&iter, "(&s&s)", &name, &value))
        {
          if (g_ascii_strcasecmp (name, "Content-Length") != 0)
            g_variant_builder_add (&headers, "(ss)", name, value);
        }
    }

  return grip_response_new (part->code, part->reason, g_variant_builder_end (&headers), body);
}

GBytes *
grip_soup_make_head (GripResponse *response,
                     gboolean      chunked)
{
  g_autoptr(GString) head = g_string_new (NULL);
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *date = soup_date_time_to_string (now, SOUP_DATE_HTTP);
  int code = get_code (response);
  const char *reason = get_reason (response);
  GVariantIter iter;
  const char *name = NULL;
  const char *value = NULL;

  if (reason == NULL)
    reason = soup_status_get_phrase (code);

  g_string_append_printf (head, "HTTP/1.%d %d %s\r\nDate: %s\r\n", chunked ? 1 : 0, code, reason, date);
  g_variant_iter_init (&iter, grip_response_get_headers (response));
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &value))
    {
      if (is_valid (name, value) && g_ascii_strcasecmp (name, "Connection") != 0 &&
          g_ascii_strcasecmp (name, "Transfer-Encoding") != 0)
        g_string_append_printf (head, "%s: %s\r\n", name, value);
    }

  if (chunked)
    g_string_append (head, "Transfer-Encoding: chunked\r\n");
  g_string_append (head, "Connection: close\r\n\r\n");

  return g_string_free_to_bytes (g_steal_pointer (&head));
}

gboolean
grip_soup_is_instruct (GripResponse *response)
{
  GVariantIter iter;
  const char *name = NULL;
  const char *value = NULL;

  g_variant_iter_init (&iter, grip_response_get_headers (response));
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &value))
    {
      if (g_ascii_strcasecmp (name, "Grip-Hold") == 0 || g_ascii_strcasecmp (name, "Grip-Link") == 0)
        return TRUE;
      if (g_ascii_strcasecmp (name, "Content-Type") == 0 &&
          g_ascii_strncasecmp (value, INSTRUCT_TYPE, strlen (INSTRUCT_TYPE)) == 0)
        return TRUE;
    }

  return FALSE;
}
