/* grip-http-answer.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-http-answer.h"

/* What a proxy does with a body that it finds too large: it stops reading. */
static gboolean
is_probably_too_large (GripHttpRequest *request)
{
  return grip_http_request_was_cut (request)
         && grip_http_request_get_body_length (request) > GRIP_HTTP_USUAL_LIMIT;
}

/* A body that did not go out whole cannot have been published; a batch may be tried in pieces. */
static void
answer_too_large (GripDelivery    *delivery,
                  GripHttpRequest *request,
                  const GError    *reason)
{
  gsize             length = grip_http_request_get_body_length (request);
  gboolean          partial = grip_http_request_get_body_written (request) < length;
  g_autoptr(GError) error = NULL;

  error = g_error_new (GRIP_ERROR, GRIP_ERROR_TOO_LARGE,
                       "the proxy broke off a request with %" G_GSIZE_FORMAT " bytes: %s",
                       length, reason->message);
  if (partial)
    grip_delivery_refuse (delivery, error);
  else
    grip_delivery_fail_with_fate (delivery, GRIP_FATE_UNKNOWN, error);
}

static void
answer_failure (GripDelivery    *delivery,
                GripHttpRequest *request,
                const GError    *error)
{
  if (is_probably_too_large (request))
    answer_too_large (delivery, request, error);
  else
    grip_delivery_fail_with_fate (delivery, grip_http_request_get_fate (request), error);
}

/* Seconds from now; -1 when the header is not there or is not readable. */
double
grip_http_get_retry_after (GripHttpRequest *request)
{
  const char           *value = grip_http_request_get_header (request, "Retry-After");
  g_autoptr(GDateTime)  date = NULL;
  g_autoptr(GDateTime)  now = NULL;
  guint64               seconds;

  if (value == NULL)
    return -1;
  if (g_ascii_string_to_unsigned (value, 10, 0, G_MAXUINT32, &seconds, NULL))
    return seconds;
  if (g_ascii_isdigit (*value) || *value == '-')
    return -1;

  date = soup_date_time_new_from_http_string (value);
  if (date == NULL)
    return -1;

  now = g_date_time_new_now_utc ();

  return MAX (0, g_date_time_difference (date, now) / (double) G_USEC_PER_SEC);
}

static GError *
status_error_new (GripHttpRequest *request,
                  GripError        code)
{
  g_autofree char *line = grip_http_request_dup_line (request);

  return g_error_new (GRIP_ERROR, code, "status %u%s%s", grip_http_request_get_status (request),
                      line != NULL ? ": " : "", line != NULL ? line : "");
}

/* The host was decoded, and may hold anything. */
static gboolean
is_showable (const char *host)
{
  for (; *host != '\0'; host++)
    if (!g_ascii_isgraph (*host))
      return FALSE;

  return TRUE;
}

static GError *
redirect_error_new (GripHttpRequest *request)
{
  const char      *location = grip_http_request_get_header (request, "Location");
  g_autoptr(GUri)  uri = NULL;
  const char      *host = NULL;

  if (location != NULL)
    uri = g_uri_parse (location, SOUP_HTTP_URI_FLAGS, NULL);
  if (uri != NULL)
    host = g_uri_get_host (uri);
  if (host != NULL && !is_showable (host))
    host = NULL;

  return g_error_new (GRIP_ERROR, GRIP_ERROR_REJECTED, "status %u: a redirect%s%.255s is not followed",
                      grip_http_request_get_status (request),
                      host != NULL ? " to " : "", host != NULL ? host : "");
}

static gboolean
is_too_large (GripHttpRequest *request)
{
  g_autofree char *line = grip_http_request_dup_line (request);

  return line != NULL && strstr (line, "body too large") != NULL;
}

/* Nothing was published; it is worth another try. */
gboolean
grip_http_status_is_passing (guint status)
{
  return status >= 500 || status == SOUP_STATUS_REQUEST_TIMEOUT || status == 425 || status == 429;
}

static void
answer_status (GripDelivery    *delivery,
               GripHttpRequest *request,
               guint            status)
{
  g_autoptr(GError) error = NULL;

  if (grip_http_status_is_passing (status))
    {
      error = status_error_new (request, GRIP_ERROR_REJECTED);
      grip_delivery_defer (delivery, grip_http_get_retry_after (request), error);
      return;
    }

  switch (status)
    {
    case SOUP_STATUS_BAD_REQUEST:
      error = status_error_new (request,
                                is_too_large (request) ? GRIP_ERROR_TOO_LARGE : GRIP_ERROR_REJECTED);
      grip_delivery_refuse (delivery, error);
      return;
    case SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE:
      error = status_error_new (request, GRIP_ERROR_TOO_LARGE);
      grip_delivery_refuse (delivery, error);
      return;
    case SOUP_STATUS_UNAUTHORIZED:
    case SOUP_STATUS_FORBIDDEN:
    case SOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED:
      error = status_error_new (request, GRIP_ERROR_UNAUTHORIZED);
      break;
    default:
      error = status < 400 ? redirect_error_new (request)
                           : status_error_new (request, GRIP_ERROR_REJECTED);
      break;
    }
  grip_delivery_fail_with_fate (delivery, GRIP_FATE_REFUSED, error);
}

void
grip_http_answer (GripDelivery    *delivery,
                  GripHttpRequest *request,
                  const GError    *error)
{
  guint             status = grip_http_request_get_status (request);
  g_autoptr(GError) odd = NULL;

  if (error != NULL)
    answer_failure (delivery, request, error);
  else if (SOUP_STATUS_IS_SUCCESSFUL (status))
    grip_delivery_complete (delivery);
  else if (status >= 300 && status < 600)
    answer_status (delivery, request, status);
  else
    {
      odd = g_error_new (GRIP_ERROR, GRIP_ERROR_MALFORMED, "the reply has status %u", status);
      grip_delivery_fail_with_fate (delivery, GRIP_FATE_UNKNOWN, odd);
    }
}
