/* grip-http-request.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-http-body.h"
#include "grip-http-failure.h"
#include "grip-http-request.h"
#include "grip-http-session.h"

#define READ_SIZE          4096
#define MAX_LINE           1024
#define MAX_INFORMATIONAL  32
/* What a handshake takes, and reading the trusted certificates. */
#define PAIRS_FOR_TLS      2

struct _GripHttpRequest
{
  SoupMessage          *message;
  char                 *authorization;
  gsize                 body_length;
  GripHttpBody         *body;           /* nullable */
  GripHttpConnections  *connections;    /* nullable */

  GCancellable         *cancellable;
  GCancellable         *outer;
  gulong                outer_handler;
  GMainContext         *context;        /* NULL when it blocks */
  GripHttpDeadline      deadline;
  guint                 n_informational;
  gboolean              is_complete;
  gboolean              resent;
  gboolean              misdirected;
  gboolean              outdated;
  GError               *lack;

  GByteArray           *reply;
  gsize                 max_reply;
  gboolean              is_endless;
  guint                 status;
  GripFate              fate;
  gboolean              cut;

  GInputStream         *stream;
  GripHttpRequestFunc   func;
  gpointer              user_data;
};

/* libsoup sends some requests again by itself. That is the core's decision, and this one may have been
 * published: so whatever libsoup restarts it for, it ends here, before a byte of it is written. */
static void
restarted_cb (SoupMessage     *message,
              GripHttpRequest *self)
{
  self->resent = TRUE;
  g_cancellable_cancel (self->cancellable);
}

/* On this status libsoup would read the whole reply, however long, to send the request again. */
static void
misdirected_cb (SoupMessage     *message,
                GripHttpRequest *self)
{
  self->misdirected = TRUE;
  g_cancellable_cancel (self->cancellable);
}

static void
got_body_cb (SoupMessage     *message,
             GripHttpRequest *self)
{
  self->is_complete = TRUE;
}

/* When it has not gone well, libsoup closes the connection after this. */
static void
finished_cb (SoupMessage     *message,
             GripHttpRequest *self)
{
  if (self->connections != NULL && !self->is_complete)
    grip_http_connections_shut (self->connections, soup_message_get_connection_id (message));
}

static void
got_informational_cb (SoupMessage     *message,
                      GripHttpRequest *self)
{
  if (++self->n_informational > MAX_INFORMATIONAL)
    g_cancellable_cancel (self->cancellable);
}

/* GnuTLS still shakes hands with TLS 1.0 (RFC 8996); neither token nor item goes there.
 *
 * Nor is HTTP/2 offered, as libsoup 3.2 would: there blocking calls of several threads share a connection, which it
 * is not made for. */
static void
network_event_cb (SoupMessage        *message,
                  GSocketClientEvent  event,
                  GIOStream          *connection,
                  GripHttpRequest    *self)
{
  static const char   *only_http_1[] = { "http/1.1", NULL };
  GTlsProtocolVersion  version;

  if (event == G_SOCKET_CLIENT_COMPLETE && self->connections != NULL)
    grip_http_connections_add (self->connections, soup_message_get_connection_id (message), connection);
  if (event == G_SOCKET_CLIENT_CONNECTING && self->lack == NULL
      && g_str_equal (g_uri_get_scheme (soup_message_get_uri (message)), "https")
      && !grip_http_check_descriptors (PAIRS_FOR_TLS, &self->lack))
    g_cancellable_cancel (self->cancellable);
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING)
    g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (connection), only_http_1);
  if (event != G_SOCKET_CLIENT_TLS_HANDSHAKED)
    return;

  version = g_tls_connection_get_protocol_version (G_TLS_CONNECTION (connection));
  if (version != G_TLS_PROTOCOL_VERSION_SSL_3_0 && version != G_TLS_PROTOCOL_VERSION_TLS_1_0
      && version != G_TLS_PROTOCOL_VERSION_TLS_1_1)
    return;

  self->outdated = TRUE;
  g_cancellable_cancel (self->cancellable);
}

GripHttpRequest *
grip_http_request_new (GUri       *uri,
                       const char *method)
{
  GripHttpRequest *self = g_new0 (GripHttpRequest, 1);
  SoupMessage     *message = soup_message_new_from_uri (method, uri);

  self->message = message;
  self->cancellable = g_cancellable_new ();
  self->fate = GRIP_FATE_NOT_SENT;
  self->max_reply = GRIP_HTTP_MAX_REPLY;

  /* The first flag is about connections: without it libsoup opens a new one for every POST. */
  soup_message_set_flags (message, SOUP_MESSAGE_IDEMPOTENT | SOUP_MESSAGE_NO_REDIRECT);
  soup_message_disable_feature (message, SOUP_TYPE_AUTH_MANAGER);

  g_signal_connect (message, "got-informational", G_CALLBACK (got_informational_cb), self);
  g_signal_connect (message, "restarted", G_CALLBACK (restarted_cb), self);
  g_signal_connect (message, "got-body", G_CALLBACK (got_body_cb), self);
  g_signal_connect (message, "finished", G_CALLBACK (finished_cb), self);
  g_signal_connect (message, "network-event", G_CALLBACK (network_event_cb), self);
  soup_message_add_status_code_handler (message, "got-headers", SOUP_STATUS_MISDIRECTED_REQUEST,
                                        G_CALLBACK (misdirected_cb), self);

  /* Pushpin takes the last type in the list that it knows. */
  grip_http_request_set_accept (self, "application/json;q=0.5, text/plain");

  return self;
}

void
grip_http_request_free (GripHttpRequest *self)
{
  g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_object (&self->body);
  g_object_unref (self->message);
  g_object_unref (self->cancellable);
  g_clear_object (&self->outer);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_object (&self->stream);
  g_clear_pointer (&self->reply, g_byte_array_unref);
  g_clear_error (&self->lack);
  g_free (self->authorization);
  g_free (self);
}

void
grip_http_request_set_accept (GripHttpRequest *self,
                              const char      *types)
{
  soup_message_headers_replace (soup_message_get_request_headers (self->message), "Accept", types);
}

/* How much of the reply is read. */
void
grip_http_request_set_max_reply (GripHttpRequest *self,
                                 gsize            max_reply)
{
  self->max_reply = max_reply;
}

/* libsoup drops a header that it does not like, and the request would go without it.
 *
 * Returns: false when @value cannot be a header's value */
gboolean
grip_http_request_set_authorization (GripHttpRequest  *self,
                                     const char       *value,
                                     GError          **error)
{
  if (value == NULL)
    return TRUE;

  for (const char *p = value; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      {
        g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
                     "the authorization cannot be sent: byte %d of it is a control character",
                     (int) (p - value));
        return FALSE;
      }

  self->authorization = g_strdup (value);
  soup_message_headers_append (soup_message_get_request_headers (self->message),
                               "Authorization", value);

  return TRUE;
}

void
grip_http_request_set_body (GripHttpRequest *self,
                            const char      *content_type,
                            GBytes          *body)
{
  self->body_length = g_bytes_get_size (body);
  soup_message_set_request_body_from_bytes (self->message, content_type, body);
}

/* Has it remember the connection that is opened for it, for whoever uses that next.
 *
 * @connections: those of the session that it will be sent with */
void
grip_http_request_set_connections (GripHttpRequest     *self,
                                   GripHttpConnections *connections)
{
  self->connections = connections;
}

/* As grip_http_request_set_body(), for one that may be large and has its connections.
 *
 * @parts: (transfer full) (element-type GBytes): those that it consists of */
void
grip_http_request_set_body_parts (GripHttpRequest *self,
                                  const char      *content_type,
                                  GPtrArray       *parts)
{
  self->body = grip_http_body_new (parts, self->message, self->connections);
  self->body_length = grip_http_body_get_length (self->body);
  soup_message_set_request_body (self->message, content_type, G_INPUT_STREAM (self->body), self->body_length);
}

static void
outer_cancelled_cb (GCancellable    *outer,
                    GripHttpRequest *self)
{
  grip_http_cancel_in (self->context, self->cancellable);
}

static gboolean
begin (GripHttpRequest  *self,
       gint64            time_limit,
       GCancellable     *outer,
       GError          **error)
{
  g_autoptr(GError) local_error = NULL;

  if (!grip_http_deadline_start (&self->deadline, time_limit, self->cancellable, self->context,
                                 &local_error))
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_FAILED,
                   "no thread for the time limit: %s", local_error->message);
      return FALSE;
    }

  if (outer != NULL)
    {
      self->outer = g_object_ref (outer);
      self->outer_handler = g_cancellable_connect (outer, G_CALLBACK (outer_cancelled_cb), self, NULL);
    }

  return TRUE;
}

static GError *
explain_cancelled (GripHttpRequest *self,
                   gboolean         struck)
{
  if (struck)
    return g_error_new_literal (GRIP_ERROR, GRIP_ERROR_TIMED_OUT, "no answer came in time");
  if (self->outer != NULL && g_cancellable_is_cancelled (self->outer))
    return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "the request was cancelled");
  if (self->n_informational > MAX_INFORMATIONAL)
    return g_error_new (GRIP_ERROR, GRIP_ERROR_MALFORMED,
                        "more than %d informational replies came, and no final one",
                        MAX_INFORMATIONAL);
  if (self->lack != NULL)
    return g_error_new_literal (GRIP_ERROR, GRIP_ERROR_NOT_CONNECTED, self->lack->message);
  if (self->outdated)
    return g_error_new_literal (GRIP_ERROR, GRIP_ERROR_NOT_CONNECTED,
                                "the server has no newer version of TLS than 1.1");
  if (self->resent)
    return g_error_new_literal (GRIP_ERROR, GRIP_ERROR_NOT_CONNECTED,
                                "the connection was closed before a reply came");

  return g_error_new_literal (GRIP_ERROR, GRIP_ERROR_CLOSED, "the transport was closed");
}

/* libsoup takes a head that breaks off for a whole one, and with `Connection: close` a short body too:
 * "200" would be believed of a proxy that died while it answered. */
static gboolean
reply_is_whole (GripHttpRequest *self)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->message);

  if (self->reply->len >= self->max_reply || self->status == SOUP_STATUS_NO_CONTENT)
    return TRUE;

  switch (soup_message_headers_get_encoding (headers))
    {
    case SOUP_ENCODING_CONTENT_LENGTH:
      return (goffset) self->reply->len >= soup_message_headers_get_content_length (headers);
    case SOUP_ENCODING_EOF:
      return self->reply->len > 0;
    default:
      return TRUE;
    }
}

static gboolean
has_verdict (GripHttpRequest *self)
{
  return self->status >= 300;
}

/* Takes over @failure. Returns: true when there is a reply to go by */
static gboolean
end (GripHttpRequest  *self,
     GError           *failure,
     GError          **error)
{
  const GError      *broke_off = self->body != NULL ? grip_http_body_get_failure (self->body) : NULL;
  g_autoptr(GError)  reason = failure;
  gboolean           struck;

  g_cancellable_disconnect (self->outer, self->outer_handler);
  struck = grip_http_deadline_stop (&self->deadline);

  if (self->misdirected)
    self->status = SOUP_STATUS_MISDIRECTED_REQUEST;
  if (has_verdict (self) || (reason == NULL && broke_off == NULL && reply_is_whole (self)))
    return TRUE;

  if (broke_off != NULL && !g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_clear_error (&reason);
      reason = g_error_copy (broke_off);
    }
  self->fate = self->body != NULL && grip_http_body_may_have_left (self->body) ? GRIP_FATE_UNKNOWN
               : self->outdated ? GRIP_FATE_REFUSED : GRIP_FATE_NOT_SENT;
  if (reason == NULL)
    g_set_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "the reply to status %u was cut short",
                 self->status);
  else if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, explain_cancelled (self, struck));
  else
    {
      self->cut = broke_off != NULL || grip_http_error_is_cut (reason);
      g_propagate_error (error, grip_http_failure_new (reason, self->message, &self->fate));
    }

  return FALSE;
}

static void
begin_reply (GripHttpRequest *self)
{
  self->status = soup_message_get_status (self->message);
  self->reply = g_byte_array_new ();
}

/* Where the next bytes of the reply go. Returns: how many there may be */
static gsize
make_room (GripHttpRequest  *self,
           guint8          **room)
{
  guint length = self->reply->len;

  g_byte_array_set_size (self->reply, length + READ_SIZE);
  *room = self->reply->data + length;

  return READ_SIZE;
}

/* Returns: whether more may come */
static gboolean
take_bytes (GripHttpRequest *self,
            gssize           count)
{
  g_byte_array_set_size (self->reply, self->reply->len - READ_SIZE + MAX (count, 0));

  return count > 0 && self->reply->len < self->max_reply;
}

static void
read_reply (GripHttpRequest  *self,
            GInputStream     *stream,
            GError          **error)
{
  guint8 *room;
  gsize   size;

  begin_reply (self);
  do
    size = make_room (self, &room);
  while (take_bytes (self, g_input_stream_read (stream, room, size, self->cancellable, error)));
}

/* Blocks, and iterates no main context.
 *
 * @own: what the request itself is cancelled with
 * Returns: true when there is a reply to go by, whatever its status */
gboolean
grip_http_request_send (GripHttpRequest  *self,
                        SoupSession      *session,
                        gint64            time_limit,
                        GCancellable     *own,
                        GCancellable     *cancellable,
                        GError          **error)
{
  g_autoptr(GInputStream)  stream = NULL;
  GError                  *local_error = NULL;

  g_set_object (&self->cancellable, own);
  if (!begin (self, time_limit, cancellable, error))
    return FALSE;

  stream = soup_session_send (session, self->message, self->cancellable, &local_error);
  if (stream != NULL)
    {
      read_reply (self, stream, &local_error);
      g_input_stream_close (stream, NULL, NULL);
    }

  return end (self, local_error, error);
}

static void
finish_async (GripHttpRequest *self,
              GError          *failure)
{
  g_autoptr(GError) error = NULL;

  if (self->stream != NULL)
    g_input_stream_close (self->stream, NULL, NULL);
  g_clear_object (&self->stream);

  end (self, failure, &error);
  self->func (self, error, self->user_data);
}

static void read_more (GripHttpRequest *self);

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  GripHttpRequest *self = user_data;
  GError          *error = NULL;
  gssize           count = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (take_bytes (self, count))
    read_more (self);
  else
    finish_async (self, error);
}

/* A reply is short and has come with its head as a rule: then there is nothing to wait for. */
static void
read_more (GripHttpRequest *self)
{
  g_autoptr(GError)  error = NULL;
  guint8            *room;
  gsize              size;
  gssize             count;

  do
    {
      size = make_room (self, &room);
      count = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (self->stream),
                                                        room, size, self->cancellable, &error);
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        {
          g_input_stream_read_async (self->stream, room, size, G_PRIORITY_DEFAULT,
                                     self->cancellable, read_cb, self);
          return;
        }
    }
  while (take_bytes (self, count));

  finish_async (self, g_steal_pointer (&error));
}

/* The time limit was for the head. */
static void
finish_open (GripHttpRequest *self)
{
  g_autoptr(GError) error = NULL;

  g_cancellable_disconnect (self->outer, self->outer_handler);
  if (grip_http_deadline_stop (&self->deadline))
    error = explain_cancelled (self, TRUE);
  self->func (self, error, self->user_data);
}

static void
sent_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  GripHttpRequest *self = user_data;
  GError          *error = NULL;

  self->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (self->stream == NULL)
    {
      finish_async (self, error);
      return;
    }

  begin_reply (self);
  if (self->is_endless && SOUP_STATUS_IS_SUCCESSFUL (self->status))
    finish_open (self);
  else
    read_more (self);
}

/* Calls @func in the caller's thread-default context, or at once when nothing could be begun. */
void
grip_http_request_send_async (GripHttpRequest     *self,
                              SoupSession         *session,
                              gint64               time_limit,
                              GCancellable        *cancellable,
                              GripHttpRequestFunc  func,
                              gpointer             user_data)
{
  g_autoptr(GError) error = NULL;

  self->func = func;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  if (!begin (self, time_limit, cancellable, &error))
    {
      func (self, error, user_data);
      return;
    }

  soup_session_send_async (session, self->message, G_PRIORITY_DEFAULT, self->cancellable,
                           sent_cb, self);
}

/* As grip_http_request_send_async(), for a reply that does not end: when its status is a success @func
 * is called as soon as the head is there, and the rest is read from the stream. */
void
grip_http_request_open_async (GripHttpRequest     *self,
                              SoupSession         *session,
                              gint64               time_limit,
                              GCancellable        *cancellable,
                              GripHttpRequestFunc  func,
                              gpointer             user_data)
{
  self->is_endless = TRUE;
  grip_http_request_send_async (self, session, time_limit, cancellable, func, user_data);
}

/* Returns: (transfer none): what comes after the head of a reply that does not end */
GInputStream *
grip_http_request_get_stream (GripHttpRequest *self)
{
  return self->stream;
}

guint
grip_http_request_get_status (GripHttpRequest *self)
{
  return self->status;
}

const char *
grip_http_request_get_header (GripHttpRequest *self,
                              const char      *name)
{
  return soup_message_headers_get_one (soup_message_get_response_headers (self->message), name);
}

GBytes *
grip_http_request_dup_reply (GripHttpRequest *self)
{
  if (self->reply == NULL)
    return g_bytes_new (NULL, 0);

  return g_bytes_new (self->reply->data, self->reply->len);
}

/* The password of `Basic` is in clear text for whoever got it. */
static void
hide_password (const char *pair,
               GString    *text)
{
  gsize              length;
  g_autofree guchar *bytes = g_base64_decode (pair, &length);
  g_autofree char   *plain = g_strndup ((const char *) bytes, length);
  const char        *colon = strchr (plain, ':');

  if (colon != NULL && colon[1] != '\0')
    g_string_replace (text, colon + 1, "***", 0);
}

/* A server may show what it was sent. */
static void
hide_secret (GripHttpRequest *self,
             GString         *text)
{
  const char *secret;

  if (self->authorization == NULL)
    return;

  secret = strchr (self->authorization, ' ');
  secret = secret != NULL ? secret + 1 : self->authorization;
  if (*secret == '\0')
    return;

  g_string_replace (text, secret, "***", 0);
  if (g_str_has_prefix (self->authorization, "Basic "))
    hide_password (secret, text);
}

/* Returns: (nullable): the start of the reply, fit to be shown */
char *
grip_http_request_dup_line (GripHttpRequest *self)
{
  g_autofree char    *valid = NULL;
  g_autoptr(GString)  text = g_string_new (NULL);

  if (self->reply == NULL)
    return NULL;

  valid = g_utf8_make_valid ((const char *) self->reply->data, self->reply->len);
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c))
        g_string_append_c (text, ' ');
      else if (!g_unichar_iscntrl (c) && g_unichar_type (c) != G_UNICODE_FORMAT)
        g_string_append_unichar (text, c);
    }
  hide_secret (self, text);
  if (text->len > MAX_LINE)
    *g_utf8_find_prev_char (text->str, text->str + MAX_LINE + 1) = '\0';
  g_strstrip (text->str);

  return *text->str != '\0' ? g_strdup (text->str) : NULL;
}

GripFate
grip_http_request_get_fate (GripHttpRequest *self)
{
  return self->fate;
}

gsize
grip_http_request_get_body_length (GripHttpRequest *self)
{
  return self->body_length;
}

gsize
grip_http_request_get_body_written (GripHttpRequest *self)
{
  return self->body != NULL ? grip_http_body_get_written (self->body) : 0;
}

gboolean
grip_http_request_was_cut (GripHttpRequest *self)
{
  return self->cut;
}
