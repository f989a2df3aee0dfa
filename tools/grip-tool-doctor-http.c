/* grip-tool-doctor-http.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-tool-doctor.h"

/* A call of the control API, waited for. */
typedef struct
{
  gboolean  done;
  GBytes   *reply;
  guint     status;
  GError   *error;
} Call;

static void
called_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  Call *call = user_data;

  call->reply = grip_http_control_call_finish (GRIP_HTTP_CONTROL (object), result, &call->status, &call->error);
  call->done = TRUE;
}

static void
make_call (GripTransport *transport,
           const char    *method,
           const char    *path,
           const char    *body,
           Call          *call)
{
  g_autoptr(GBytes) bytes = body != NULL ? g_bytes_new_static (body, strlen (body)) : NULL;

  grip_http_control_call_async (GRIP_HTTP_CONTROL (transport), method, path,
                                body != NULL ? "application/json" : NULL, bytes,
                                grip_tool_get_cancellable (), called_cb, call);
  while (!call->done)
    g_main_context_iteration (NULL, TRUE);

  if (call->error == NULL && (call->status == 401 || call->status == 403 || call->status == 407))
    call->error = g_error_new (GRIP_ERROR, GRIP_ERROR_UNAUTHORIZED, "the proxy answers with status %u", call->status);
  else if (call->error == NULL && call->status >= 500)
    call->error = g_error_new (GRIP_ERROR, GRIP_ERROR_NOT_CONNECTED, "the proxy answers with status %u", call->status);
}

static void
call_clear (Call *call)
{
  g_clear_pointer (&call->reply, g_bytes_unref);
  g_clear_error (&call->error);
}

static void
fail_call (GripToolReport *self,
           const char     *check,
           const GError   *error)
{
  if (g_error_matches (error, GRIP_ERROR, GRIP_ERROR_UNAUTHORIZED))
    grip_tool_report_fail (self, check, error,
                           "Check 'key' (and 'control_iss' where tokens are signed, or 'user' and 'pass'), and the clock.");
  else if (g_error_matches (error, GRIP_ERROR, GRIP_ERROR_TIMED_OUT))
    grip_tool_report_fail (self, check, error, "It takes connections and does not answer: look at the proxy's log.");
  else if (g_error_matches (error, GRIP_ERROR, GRIP_ERROR_REJECTED))
    grip_tool_report_fail (self, check, error,
                           "Check the path of 'control_uri': Pushpin's is empty, Fastly's is /service/SERVICE_ID.");
  else
    grip_tool_report_fail (self, check, error, "Is this the control port of the proxy (5561), not the one for clients?");
}

/* Any answer but a refusal will do: only Pushpin has something to say there. */
static gboolean
check_get (GripToolReport *self,
           GripTransport  *transport)
{
  Call     call = { 0 };
  gboolean ok;

  make_call (transport, "GET", "", NULL, &call);
  ok = call.error == NULL;
  if (!ok)
    fail_call (self, "http", call.error);
  else if (g_bytes_get_size (call.reply) >= 7 && memcmp (g_bytes_get_data (call.reply, NULL), "Pushpin", 7) == 0)
    grip_tool_report_ok (self, "http", "it answers, and is a Pushpin");
  else
    grip_tool_report_ok (self, "http", "it answers (status %u)", call.status);
  call_clear (&call);

  return ok;
}

/* No items at all: what is asked is whether they would be taken. */
static gboolean
check_publish (GripToolReport *self,
               GripTransport  *transport)
{
  Call     call = { 0 };
  gboolean ok;

  make_call (transport, "POST", "publish/", "{\"items\":[]}", &call);
  if (call.error == NULL && call.status != 400 && (call.status < 200 || call.status >= 300))
    call.error = g_error_new (GRIP_ERROR, GRIP_ERROR_REJECTED, "publishing is answered with status %u", call.status);
  ok = call.error == NULL;
  if (ok)
    grip_tool_report_ok (self, "publish", "it takes items from us");
  else
    fail_call (self, "publish", call.error);
  call_clear (&call);

  return ok;
}

static gboolean
check_subscriptions (GripToolReport *self,
                     GripTransport  *transport)
{
  Call     call = { 0 };
  gboolean ok;

  make_call (transport, "GET", "subscriptions/items/", NULL, &call);
  if (call.error == NULL && (call.status < 200 || call.status >= 300))
    call.error = g_error_new (GRIP_ERROR, GRIP_ERROR_REJECTED, "the history of subscriptions has status %u", call.status);
  ok = call.error == NULL;
  if (ok)
    grip_tool_report_ok (self, "subscriptions", "it tells who listens");
  else if (g_error_matches (call.error, GRIP_ERROR, GRIP_ERROR_REJECTED))
    grip_tool_report_fail (self, "subscriptions", call.error,
                           "A plain Pushpin has no subscription monitor: use 'control_zmq_uri', or leave "
                           "'require_subscribers' out.");
  else
    fail_call (self, "subscriptions", call.error);
  call_clear (&call);

  return ok;
}

static gboolean
check_calls (GripToolReport *self,
             GripEndpoint   *endpoint,
             double          seconds)
{
  g_autoptr(GError)         error = NULL;
  g_autoptr(GripTransport)  transport = grip_transport_new_for_endpoint (endpoint, &error);

  if (transport == NULL)
    {
      grip_tool_report_skip (self, "http", error->message);
      return FALSE;
    }
  if (!GRIP_IS_HTTP_CONTROL (transport))
    {
      grip_tool_report_skip (self, "http", "the transport has no HTTP control API");
      return TRUE;
    }

  g_object_set (transport, "request-timeout", seconds, NULL);

  return check_get (self, transport) && check_publish (self, transport) &&
         (!grip_endpoint_get_require_subscribers (endpoint) || check_subscriptions (self, transport));
}

static void
skip_rest (GripToolReport *self,
           const char     *first)
{
  static const char *const checks[] = { "connect", "tls", "http", "publish" };
  gboolean                 skip = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    {
      skip |= g_str_equal (checks[i], first);
      if (skip)
        grip_tool_report_skip (self, checks[i], "not tried");
    }
}

gboolean
grip_tool_check_http (GripToolReport *self,
                      GripEndpoint   *endpoint,
                      double          seconds)
{
  g_autoptr(GUri)               uri = NULL;
  g_autoptr(GSocketConnection)  connection = NULL;
  const char                   *host;
  gboolean                      is_tls;
  guint16                       port;

  /* It was checked when the endpoint was made. */
  uri = g_uri_parse (grip_endpoint_get_control_uri (endpoint), G_URI_FLAGS_NONE, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return FALSE;

  host = g_uri_get_host (uri);
  is_tls = g_str_equal (g_uri_get_scheme (uri), "https");
  port = g_uri_get_port (uri) > 0 ? g_uri_get_port (uri) : is_tls ? 443 : 80;

  if (!grip_tool_check_resolve (self, host))
    {
      skip_rest (self, "connect");
      return FALSE;
    }
  connection = grip_tool_check_connect (self, host, port, seconds);
  if (connection == NULL)
    {
      skip_rest (self, "tls");
      return FALSE;
    }
  if (is_tls && !grip_tool_check_tls (self, connection, host, port, grip_endpoint_get_ca_file (endpoint)))
    {
      skip_rest (self, "http");
      return FALSE;
    }

  return check_calls (self, endpoint, seconds);
}
