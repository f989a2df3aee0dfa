/* test-http.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libgrip/grip.h>

#include "grip-test-sink.h"
#include "test-certificate.h"
#include "tls-server.h"

/* The HTTP transport against a server that misbehaves. Everything is tried in both ways: a
 * synchronous publish blocks in the caller's thread, an asynchronous one goes through the worker. */

#define SECRET "sesame-sesame"
#define NO_ERROR (-1)

static gboolean is_async;

static GripPubControl *
make_control (const char *uri,
              const char *ca_file)
{
  g_autoptr(GripPubControl) control = grip_pub_control_new ();
  g_autoptr(GError)         error = NULL;
  GVariantBuilder           builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "control_uri", g_variant_new_string (uri));
  g_variant_builder_add (&builder, "{sv}", "key", g_variant_new_string (SECRET));
  if (ca_file != NULL)
    g_variant_builder_add (&builder, "{sv}", "ca_file", g_variant_new_string (ca_file));
  grip_pub_control_apply_config (control, g_variant_builder_end (&builder), &error);
  g_assert_no_error (error);
  grip_pub_control_set_retry_limit (control, 0);

  return g_steal_pointer (&control);
}

static void
set_request_timeout (GripPubControl *control,
                     double          seconds)
{
  g_autoptr(GObject) transport = g_list_model_get_item (G_LIST_MODEL (control), 0);

  g_object_set (transport, "request-timeout", seconds, NULL);
}

static void
published_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GError *
publish (GripPubControl *control,
         const char     *content,
         const char     *id,
         GCancellable   *cancellable)
{
  g_autoptr(GAsyncResult)  result = NULL;
  GError                  *error = NULL;

  if (!is_async)
    {
      grip_pub_control_publish_http_stream (control, "c", content, id, NULL, cancellable, &error);
      return error;
    }

  grip_pub_control_publish_http_stream_async (control, "c", content, id, NULL, cancellable,
                                              published_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  grip_pub_control_publish_http_stream_finish (control, result, &error);

  return error;
}

static void
assert_failure (GError     *error,
                int         code,
                const char *fate,
                const char *words)
{
  if (code == NO_ERROR)
    {
      g_assert_no_error (error);
      return;
    }

  g_assert_error (error, GRIP_ERROR, code);
  if (fate != NULL)
    g_assert_nonnull (strstr (error->message, fate));
  if (words != NULL)
    g_assert_nonnull (strstr (error->message, words));
  g_assert_null (strstr (error->message, SECRET));
}

typedef struct
{
  const char     *name;
  GripTestAnswer  answer;
  int             code;
  const char     *fate;
  const char     *words;
} Fault;

#define LOCATION "Location: http://other.example/publish/?token=hidden\r\n"

static const Fault faults[] = {
  { "200", { .status = 200 }, NO_ERROR },
  { "202", { .status = 202 }, NO_ERROR },
  { "204", { .raw = "HTTP/1.1 204 No Content\r\n\r\n" }, NO_ERROR },
  { "200 and close", { .end = GRIP_TEST_END_CLOSE }, NO_ERROR },
  { "301", { .status = 301, .headers = LOCATION }, GRIP_ERROR_REJECTED, ": refused: ", "other.example" },
  { "302", { .status = 302, .headers = LOCATION }, GRIP_ERROR_REJECTED, ": refused: ", "other.example" },
  { "303", { .status = 303, .headers = LOCATION }, GRIP_ERROR_REJECTED, ": refused: ", "other.example" },
  { "307", { .status = 307, .headers = LOCATION }, GRIP_ERROR_REJECTED, ": refused: ", "other.example" },
  { "308", { .status = 308, .headers = LOCATION }, GRIP_ERROR_REJECTED, ": refused: ", "other.example" },
  { "400", { .status = 400, .body = "Invalid format\n" }, GRIP_ERROR_REJECTED, ": refused: ", "Invalid format" },
  { "400 with controls", { .status = 400, .body = "a\x1b[31m\nb" }, GRIP_ERROR_REJECTED, NULL, "a[31m b" },
  { "400 with the secret", { .status = 400, .body = "no " SECRET "!" }, GRIP_ERROR_REJECTED, NULL, "no ***!" },
  { "400 cut", { .status = 400, .content_length = 99, .body = "short", .end = GRIP_TEST_END_DROP },
    GRIP_ERROR_REJECTED, ": refused: ", "short" },
  { "400 too large", { .status = 400, .body = "Request body too large." }, GRIP_ERROR_TOO_LARGE, ": refused: ", NULL },
  { "401", { .status = 401, .headers = "WWW-Authenticate: Basic realm=\"x\"\r\n" }, GRIP_ERROR_UNAUTHORIZED, ": refused: ", "401" },
  { "403", { .status = 403 }, GRIP_ERROR_UNAUTHORIZED, ": refused: ", "403" },
  { "407", { .status = 407 }, GRIP_ERROR_UNAUTHORIZED, ": refused: ", "407" },
  { "404", { .status = 404 }, GRIP_ERROR_REJECTED, ": refused: ", "404" },
  { "405", { .status = 405 }, GRIP_ERROR_REJECTED, ": refused: ", "405" },
  { "411", { .status = 411 }, GRIP_ERROR_REJECTED, ": refused: ", "411" },
  { "413", { .status = 413 }, GRIP_ERROR_TOO_LARGE, ": refused: ", "413" },
  { "421", { .status = 421 }, GRIP_ERROR_REJECTED, ": refused: ", "421" },
  { "429", { .status = 429 }, GRIP_ERROR_REJECTED, NULL, "429" },
  { "500", { .status = 500 }, GRIP_ERROR_REJECTED, NULL, "500" },
  { "503", { .status = 503 }, GRIP_ERROR_REJECTED, NULL, "503" },
  { "garbage", { .raw = "SSH-2.0-OpenSSH_9.2\r\n\r\n", .end = GRIP_TEST_END_DROP }, GRIP_ERROR_MALFORMED, ": unknown: ", NULL },
  { "silent close", { .silent = TRUE, .end = GRIP_TEST_END_DROP }, GRIP_ERROR_NOT_CONNECTED, ": unknown: ", NULL },
  { "silent reset", { .silent = TRUE, .end = GRIP_TEST_END_RESET }, GRIP_ERROR_NOT_CONNECTED, ": unknown: ", NULL },
  { "cut in the status line", { .cut = 12, .end = GRIP_TEST_END_DROP }, GRIP_ERROR_MALFORMED, ": unknown: ", NULL },
  { "cut after the status line", { .cut = 19, .end = GRIP_TEST_END_DROP }, GRIP_ERROR_MALFORMED, ": unknown: ", NULL },
  { "cut in the headers", { .cut = 25, .end = GRIP_TEST_END_DROP }, GRIP_ERROR_MALFORMED, ": unknown: ", NULL },
  { "reset in the status line", { .cut = 12, .end = GRIP_TEST_END_RESET }, GRIP_ERROR_NOT_CONNECTED, ": unknown: ", NULL },
  { "cut in the body", { .content_length = 99, .end = GRIP_TEST_END_DROP }, GRIP_ERROR_NOT_CONNECTED, ": unknown: ", NULL },
  { "cut in the body with close", { .content_length = 99, .end = GRIP_TEST_END_CLOSE }, GRIP_ERROR_MALFORMED, ": unknown: ", "cut short" },
  { "endless 100", { .n_informational = 5000 }, GRIP_ERROR_MALFORMED, ": unknown: ", "informational" },
  { "some 100", { .n_informational = 3 }, NO_ERROR },
};

static void
test_answers (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr(GripTestSink)   sink = grip_test_sink_new ();
      g_autoptr(GripPubControl) control = make_control (grip_test_sink_get_uri (sink), NULL);
      g_autoptr(GError)         error = NULL;

      g_test_message ("%s", faults[i].name);
      grip_test_sink_push (sink, &faults[i].answer);
      error = publish (control, "hello", NULL, NULL);
      if (error != NULL)
        g_test_message ("%s", error->message);
      assert_failure (error, faults[i].code, faults[i].fate, faults[i].words);
      if (error != NULL)
        g_assert_null (strstr (error->message, "hidden"));
      /* Whatever happened, it was asked once. */
      g_assert_cmpuint (grip_test_sink_get_n_requests (sink), ==, 1);
    }
}

/* A reply that ends early never counts as "published", wherever it ends. */
static void
test_cut_anywhere (void)
{
  static const char         whole[] = "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 10\r\n"
                                      "Content-Type: text/plain\r\n\r\nPublished\n";
  g_autoptr(GripTestSink)   sink = grip_test_sink_new ();
  g_autoptr(GripPubControl) control = make_control (grip_test_sink_get_uri (sink), NULL);

  for (gsize length = 1; length < strlen (whole); length++)
    {
      g_autoptr(GError) error = NULL;

      grip_test_sink_push (sink, &(GripTestAnswer) { .raw = whole, .raw_length = length,
                                                     .end = GRIP_TEST_END_DROP });
      error = publish (control, "hello", NULL, NULL);
      g_test_message ("%" G_GSIZE_FORMAT " bytes", length);
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, ": unknown: "));
      g_assert_cmpuint (grip_test_sink_get_n_requests (sink), ==, length);
    }
}

static void
test_request (void)
{
  g_autoptr(GripTestSink)    sink = grip_test_sink_new ();
  g_autoptr(GripPubControl)  control = make_control (grip_test_sink_get_uri (sink), NULL);
  g_autoptr(GError)          error = publish (control, "hello", "1", NULL);
  g_autoptr(GripTestRequest) request = NULL;
  g_autofree char           *authorization = NULL;
  g_autofree char           *type = NULL;
  g_autofree char           *length = NULL;
  g_autofree char           *encoding = NULL;
  g_autofree char           *expected = NULL;

  g_assert_no_error (error);
  request = grip_test_sink_dup_request (sink, 0);
  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_true (g_str_has_suffix (request->path, "/publish/"));
  authorization = grip_test_request_dup_header (request, "Authorization");
  g_assert_cmpstr (authorization, ==, "Bearer " SECRET);
  type = grip_test_request_dup_header (request, "Content-Type");
  g_assert_cmpstr (type, ==, "application/json");
  length = grip_test_request_dup_header (request, "Content-Length");
  expected = g_strdup_printf ("%" G_GSIZE_FORMAT, g_bytes_get_size (request->body));
  g_assert_cmpstr (length, ==, expected);
  encoding = grip_test_request_dup_header (request, "Transfer-Encoding");
  g_assert_null (encoding);
}

static void
test_reuse (void)
{
  g_autoptr(GripTestSink)   sink = grip_test_sink_new ();
  g_autoptr(GripPubControl) control = make_control (grip_test_sink_get_uri (sink), NULL);

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr(GError) error = publish (control, "hello", NULL, NULL);

      g_assert_no_error (error);
    }

  g_assert_cmpuint (grip_test_sink_get_n_requests (sink), ==, 20);
  g_assert_cmpuint (grip_test_sink_get_n_connections (sink), ==, 1);
}

/* The kept connection dies while it carries a request: libsoup must not send that again. */
static void
test_reused_connection_dies (void)
{
  static const GripTestAnswer deaths[] = {
    { .silent = TRUE, .end = GRIP_TEST_END_DROP },
    { .silent = TRUE, .end = GRIP_TEST_END_RESET },
    { .read = 1, .silent = TRUE, .end = GRIP_TEST_END_DROP },
    { .cut = 1, .end = GRIP_TEST_END_DROP },
  };

  for (guint i = 0; i < G_N_ELEMENTS (deaths); i++)
    {
      g_autoptr(GripTestSink)   sink = grip_test_sink_new ();
      g_autoptr(GripPubControl) control = make_control (grip_test_sink_get_uri (sink), NULL);
      g_autoptr(GError)         first = NULL;
      g_autoptr(GError)         second = NULL;
      g_autoptr(GError)         third = NULL;

      first = publish (control, "one", NULL, NULL);
      g_assert_no_error (first);
      grip_test_sink_push (sink, &deaths[i]);
      second = publish (control, "two", NULL, NULL);
      g_assert_nonnull (second);
      g_assert_nonnull (strstr (second->message, ": unknown: "));
      third = publish (control, "three", NULL, NULL);
      g_assert_no_error (third);
      g_assert_cmpuint (grip_test_sink_get_n_requests (sink), ==, 3);
    }
}

static void
test_retry_after (void)
{
  static const char *values[] = { "0", "Thu, 01 Jan 1970 00:00:00 GMT", "soon", "-5", "1e9", "" };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr(GripTestSink)   sink = grip_test_sink_new ();
      g_autoptr(GripPubControl) control = make_control (grip_test_sink_get_uri (sink), NULL);
      g_autofree char          *header = g_strdup_printf ("Retry-After: %s\r\n", values[i]);
      g_autoptr(GError)         error = NULL;

      grip_pub_control_set_retry_limit (control, 2);
      grip_test_sink_push (sink, &(GripTestAnswer) { .status = 503, .headers = header });
      error = publish (control, "hello", NULL, NULL);
      g_assert_no_error (error);
      g_assert_cmpuint (grip_test_sink_get_n_requests (sink), ==, 2);
    }
}

/* FALSE when the time was over before the server had got the request, as may be on a busy machine. */
static gboolean
times_out (const GripTestAnswer *answer,
           double                seconds)
{
  g_autoptr(GripTestSink)   sink = grip_test_sink_new ();
  g_autoptr(GripPubControl) control = make_control (grip_test_sink_get_uri (sink), NULL);
  g_autoptr(GError)         error = NULL;

  set_request_timeout (control, seconds);
  grip_test_sink_push (sink, answer);
  error = publish (control, "hello", NULL, NULL);
  if (error != NULL && strstr (error->message, ": not sent: ") != NULL)
    return FALSE;

  assert_failure (error, GRIP_ERROR_TIMED_OUT, ": unknown: ", NULL);
  grip_test_sink_release (sink);

  return TRUE;
}

static void
test_time_limit (void)
{
  static const GripTestAnswer slow[] = {
    { .silent = TRUE, .end = GRIP_TEST_END_STALL },
    { .cut = 20, .end = GRIP_TEST_END_STALL },
    { .content_length = 99, .end = GRIP_TEST_END_STALL },
    { .byte_delay = 50 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (slow); i++)
    for (double seconds = 0.3; !times_out (&slow[i], seconds); seconds *= 2)
      g_assert_cmpfloat (seconds, <, 60);
}

static void
test_not_there (void)
{
  g_autoptr(GripTestSink)   sink = grip_test_sink_new ();
  g_autoptr(GripPubControl) control = make_control (grip_test_sink_get_uri (sink), NULL);
  g_autoptr(GError)         error = NULL;

  grip_test_sink_set_listening (sink, FALSE);
  error = publish (control, "hello", NULL, NULL);
  assert_failure (error, GRIP_ERROR_NOT_CONNECTED, ": not sent: ", NULL);
}

static void
test_large (void)
{
  g_autoptr(GripTestSink)   sink = grip_test_sink_new ();
  g_autoptr(GripPubControl) control = make_control (grip_test_sink_get_uri (sink), NULL);
  g_autofree char          *content = g_strnfill (900000, 'x');
  g_autofree char          *larger = g_strnfill (1000001, 'x');
  g_autofree char          *headers = g_strdup_printf ("X: %s\r\n", larger);
  g_autoptr(GError)         sent = publish (control, content, NULL, NULL);
  g_autoptr(GError)         refused = publish (control, larger, NULL, NULL);
  g_autoptr(GError)         reply = NULL;
  g_autoptr(GError)         head = NULL;

  g_assert_no_error (sent);
  assert_failure (refused, GRIP_ERROR_TOO_LARGE, NULL, NULL);
  g_assert_cmpuint (grip_test_sink_get_n_requests (sink), ==, 1);

  grip_test_sink_push (sink, &(GripTestAnswer) { .body = larger });
  reply = publish (control, "hello", NULL, NULL);
  g_assert_no_error (reply);
  grip_test_sink_push (sink, &(GripTestAnswer) { .headers = headers });
  head = publish (control, "hello", NULL, NULL);
  g_assert_nonnull (head);
  g_assert_nonnull (strstr (head->message, ": unknown: "));
}

static gpointer
cancel_thread (gpointer data)
{
  gpointer *pair = data;

  g_assert_true (grip_test_sink_wait_requests (pair[0], 1, 60000));
  g_cancellable_cancel (pair[1]);

  return NULL;
}

static void
test_cancel (void)
{
  g_autoptr(GripTestSink)   sink = grip_test_sink_new ();
  g_autoptr(GripPubControl) control = make_control (grip_test_sink_get_uri (sink), NULL);
  g_autoptr(GCancellable)   cancellable = g_cancellable_new ();
  gpointer                  pair[] = { sink, cancellable };
  g_autoptr(GError)         error = NULL;
  GThread                  *thread;

  grip_test_sink_push (sink, &(GripTestAnswer) { .silent = TRUE, .end = GRIP_TEST_END_STALL });
  thread = g_thread_new ("cancel", cancel_thread, pair);
  error = publish (control, "hello", NULL, cancellable);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  grip_test_sink_release (sink);
}

static void
check_tls (const char *name,
           gboolean    trusted,
           const char *words)
{
  TestCertificate            certificate;
  TlsServer                 *server;
  g_autoptr(GripPubControl)  control = NULL;
  g_autoptr(GError)          error = NULL;

  test_certificate_make (&certificate, name);
  server = tls_server_new (certificate.certificate);
  control = make_control (tls_server_get_uri (server), trusted ? certificate.file : NULL);
  grip_pub_control_set_retry_limit (control, 3);
  error = publish (control, "hello", NULL, NULL);
  if (words != NULL)
    {
      assert_failure (error, GRIP_ERROR_NOT_CONNECTED, ": refused: ", words);
      g_assert_nonnull (strstr (error->message, "127.0.0.1"));
    }
  else
    g_assert_no_error (error);
  g_assert_cmpuint (tls_server_get_n_requests (server), ==, words == NULL ? 1 : 0);

  g_clear_object (&control);
  tls_server_free (server);
  test_certificate_clear (&certificate);
}

static void
test_tls (void)
{
  check_tls ("IP:127.0.0.1", FALSE, "not signed by a trusted authority");
  check_tls ("IP:127.0.0.1", TRUE, NULL);
  check_tls ("DNS:other.example", TRUE, "for another host");
}

static void
test_bad_ca_file (void)
{
  g_autoptr(GripPubControl) control = make_control ("https://127.0.0.1:1", "/nonexistent/ca.pem");
  g_autoptr(GError)         error = publish (control, "hello", NULL, NULL);

  assert_failure (error, GRIP_ERROR_INVALID_CONFIG, ": refused: ", "/nonexistent/ca.pem");
}

typedef struct
{
  const char *name;
  void      (*func) (void);
} Case;

static const Case cases[] = {
  { "answers", test_answers },
  { "cut-anywhere", test_cut_anywhere },
  { "request", test_request },
  { "reuse", test_reuse },
  { "reused-connection-dies", test_reused_connection_dies },
  { "retry-after", test_retry_after },
  { "time-limit", test_time_limit },
  { "not-there", test_not_there },
  { "large", test_large },
  { "cancel", test_cancel },
  { "tls", test_tls },
  { "bad-ca-file", test_bad_ca_file },
};

static void
run_sync (gconstpointer data)
{
  is_async = FALSE;
  ((const Case *) data)->func ();
}

static void
run_async (gconstpointer data)
{
  is_async = TRUE;
  ((const Case *) data)->func ();
}

static gboolean only_tls;

/* The hook of LeakSanitizer: gcc 12's crashes when it looks through the thread-local memory of GnuTLS.
 * So the TLS cases run in a process of their own, without it. */
int __lsan_is_turned_off (void);

int
__lsan_is_turned_off (void)
{
  return only_tls;
}

/* With the argument "tls" it runs the TLS cases, else all others. */
int
main (int    argc,
      char **argv)
{
  only_tls = argc > 1 && g_str_equal (argv[argc - 1], "tls");
  if (only_tls)
    argv[--argc] = NULL;

  /* Nothing listens there: a request to loopback that went to the proxy would fail. */
  g_setenv ("http_proxy", "http://127.0.0.1:9", TRUE);
  g_setenv ("https_proxy", "http://127.0.0.1:9", TRUE);
  g_unsetenv ("NO_PROXY");
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *sync = g_strconcat ("/http/sync/", cases[i].name, NULL);
      g_autofree char *async = g_strconcat ("/http/async/", cases[i].name, NULL);

      if (g_str_equal (cases[i].name, "tls") != only_tls)
        continue;
      g_test_add_data_func (sync, &cases[i], run_sync);
      g_test_add_data_func (async, &cases[i], run_async);
    }

  return g_test_run ();
}
