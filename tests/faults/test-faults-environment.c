/* test-faults-environment.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <dlfcn.h>
#include <sys/auxv.h>

#include <glib/gstdio.h>

#include "faults.h"

/* F38 to F41: what a program finds around it, and what it shows of its secrets there. Each runs in a process
 * of its own, which publishes to a sink of this one. */

static gboolean is_secure;

/* In place of that of the C library. */
unsigned long
getauxval (unsigned long type)
{
  unsigned long (*real) (unsigned long) = (unsigned long (*) (unsigned long)) dlsym (RTLD_NEXT, "getauxval");

  return type == AT_SECURE && is_secure ? 1 : real (type);
}

/* Whatever fails, and however much is logged, no secret is shown. */
static int
child_secrets (const char *json)
{
  g_autoptr(GError)        bad = NULL;
  g_autoptr(GripEndpoint)  endpoint = grip_endpoint_new_from_json (json, &bad);
  GripPubControl          *control = faults_control_new (NULL, 60, 0);
  g_autofree char         *described = NULL;

  if (endpoint == NULL)
    {
      faults_say_error (bad);
      return 0;
    }
  described = grip_endpoint_to_string (endpoint);
  g_print ("%s\n", described);
  grip_pub_control_add_endpoint (control, endpoint, &bad);
  g_assert_no_error (bad);
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr(GError) error = faults_try (control, "x", NULL);

      faults_say_error (error);
      grip_pub_control_publish_http_stream_async (control, "c", "x", NULL, NULL, NULL, NULL, NULL);
    }
  faults_drop (control);

  return 0;
}

static int
child_plugin (const char *uri)
{
  g_autoptr(GripPubControl) control = grip_pub_control_new ();
  g_autoptr(GError)         error = NULL;

  if (!grip_pub_control_apply_uri (control, uri, &error))
    g_assert_error (error, GRIP_ERROR, GRIP_ERROR_NO_TRANSPORT);
  else
    error = faults_try (control, "x", NULL);
  faults_say_error (error);

  return 0;
}

static int
child_secure_plugin (const char *uri)
{
  is_secure = TRUE;

  return child_plugin (uri);
}

static int
child_publish (const char *uri)
{
  g_autofree char   *with_key = g_strconcat (uri, "?key=hush-token", NULL);
  GripPubControl    *control = faults_control_new (with_key, 60, 0);
  g_autoptr(GError)  error = NULL;

  grip_pub_control_set_retry_limit (control, 0);
  error = faults_try (control, "<x>", NULL);
  faults_say_error (error);
  faults_drop (control);

  return 0;
}

/* The tests */

static void
run_secrets (const char *members,
             const char *echo)
{
  static const char *const environment[] = { "G_MESSAGES_DEBUG=all", NULL };
  static const char *const secrets[] = { "hush", "aHVza", "dTpodXNo", "Bearer", "Basic" };
  g_autoptr(GripTestSink)  sink = grip_test_sink_new ();
  g_autofree char         *json = g_strdup_printf ("{\"control_uri\":\"%s\",%s}", grip_test_sink_get_uri (sink),
                                                   members);
  g_autofree char         *garbage = g_strconcat (echo, "\r\n\r\n", NULL);
  g_autofree char         *location = g_strdup_printf ("Location: http://o.example/?k=%s\r\n", echo);
  g_autoptr(Child)         child = NULL;

  grip_test_sink_push (sink, &(GripTestAnswer) { .status = 401, .body = echo });
  grip_test_sink_push (sink, &(GripTestAnswer) { .status = 400, .reason = echo, .body = echo });
  grip_test_sink_push (sink, &(GripTestAnswer) { .silent = TRUE, .end = GRIP_TEST_END_DROP });
  grip_test_sink_push (sink, &(GripTestAnswer) { .status = 302, .headers = location });
  grip_test_sink_push (sink, &(GripTestAnswer) { .raw = garbage, .end = GRIP_TEST_END_DROP });
  grip_test_sink_set_default (sink, &(GripTestAnswer) { .status = 403, .body = echo });
  child = faults_run_child ("secrets", json, environment);
  faults_child_assert_ok (child);
  g_assert_nonnull (strstr (child->output, grip_test_sink_get_n_requests (sink) > 0 ? "***" : "key"));
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    if (strstr (child->output, secrets[i]) != NULL)
      g_error ("'%s' is shown in: %s", secrets[i], child->output);
}

/* Also when the server shows what it was sent. */
static void
test_secrets (void)
{
  run_secrets ("\"key\":\"hush-token-1234567890\"", "no: hush-token-1234567890");
  run_secrets ("\"user\":\"u\",\"pass\":\"hush-password\"", "no: dTpodXNoLXBhc3N3b3Jk, hush-password ***");
  run_secrets ("\"control_iss\":\"me\",\"key\":\"hush-hmac-1234567890-1234567890\"", "no ***");
  run_secrets ("\"key\":\"hush-bad\\nheader-1234567890\"", "");
}

static const char no_library[] = "This is a file of text that is long enough to be taken for a library, which it is not.";

static char *
make_plugin_dir (const char *content)
{
  char            *directory = g_dir_make_tmp ("grip-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (directory, "libgrip-http.so", NULL);

  if (content != NULL)
    g_assert_true (g_file_set_contents (file, content, -1, NULL));

  return directory;
}

static void
remove_plugin_dir (char *directory)
{
  g_autofree char *file = g_build_filename (directory, "libgrip-http.so", NULL);

  g_unlink (file);
  g_rmdir (directory);
  g_free (directory);
}

static char *
plugin_words (const char *mode,
              const char *uri,
              const char *path)
{
  g_autofree char  *variable = g_strconcat ("GRIP_TRANSPORT_PATH=", path, NULL);
  const char *const environment[] = { variable, NULL };
  g_autoptr(Child)  child = faults_run_child (mode, uri, environment);

  faults_child_assert_ok (child);

  return g_steal_pointer (&child->output);
}

/* Each way in which a plugin can be broken is in tests/plugins/loader; here is what a publisher is told. */
static void
test_plugin (void)
{
  g_autoptr(GripTestSink) sink = grip_test_sink_new ();
  char                   *text = make_plugin_dir (no_library);
  char                   *empty = make_plugin_dir (NULL);
  g_autofree char        *broken = plugin_words ("plugin", grip_test_sink_get_uri (sink), text);
  g_autofree char        *missing = plugin_words ("plugin", grip_test_sink_get_uri (sink), empty);

  g_assert_nonnull (strstr (broken, text));
  g_assert_nonnull (strstr (broken, "invalid ELF header"));
  /* Where libgrip is installed too, that one is found. */
  if (strstr (missing, "accepted") == NULL)
    {
      g_assert_nonnull (strstr (missing, empty));
      g_assert_nonnull (strstr (missing, "libgrip-http.so"));
    }
  remove_plugin_dir (text);
  remove_plugin_dir (empty);
}

/* The variable does not count in a setuid program, nor an entry that depends on where it was started. */
static void
test_plugin_path (void)
{
  g_autoptr(GripTestSink) sink = grip_test_sink_new ();
  char                   *text = make_plugin_dir (no_library);
  g_autofree char        *name = g_path_get_basename (text);
  g_autofree char        *relative = g_strconcat (".::", name, NULL);
  g_autofree char        *secure = plugin_words ("secure-plugin", grip_test_sink_get_uri (sink), text);
  g_autofree char        *before = g_get_current_dir ();
  g_autofree char        *parent = g_path_get_dirname (text);
  g_autofree char        *other = NULL;

  g_assert_null (strstr (secure, text));
  g_assert_cmpint (g_chdir (parent), ==, 0);
  other = plugin_words ("plugin", grip_test_sink_get_uri (sink), relative);
  g_assert_cmpint (g_chdir (before), ==, 0);
  g_assert_null (strstr (other, "ELF"));
  remove_plugin_dir (text);
}

/* The environment's proxies: not for loopback; and one that tunnels is not shown the token. */
static void
test_http_proxy (void)
{
  g_autoptr(GripTestSink)  proxy = grip_test_sink_new ();
  g_autoptr(GripTestSink)  sink = grip_test_sink_new ();
  g_autofree char         *plain = g_strconcat ("http_proxy=", grip_test_sink_get_uri (proxy), NULL);
  g_autofree char         *secure = g_strconcat ("https_proxy=", grip_test_sink_get_uri (proxy), NULL);
  const char *const        environment[] = { plain, secure, "NO_PROXY=", "no_proxy=", "HTTP_PROXY=", NULL };
  g_autoptr(Child)         loopback = faults_run_child ("publish", grip_test_sink_get_uri (sink), environment);
  g_autoptr(Child)         tunnel = NULL;

  faults_child_assert_ok (loopback);
  g_assert_cmpuint (grip_test_sink_count (sink, "<x>"), ==, 1);
  g_assert_cmpuint (grip_test_sink_get_n_connections (proxy), ==, 0);

  /* What it is asked for, before there is a tunnel. */
  grip_test_sink_set_default (proxy, &(GripTestAnswer) { .status = 403 });
  tunnel = faults_run_child ("publish", "https://proxy.example:5561", environment);
  faults_child_assert_ok (tunnel);
  g_test_message ("%s", tunnel->output);
  g_assert_null (strstr (tunnel->output, "accepted"));
  g_assert_cmpuint (grip_test_sink_get_n_requests (proxy), >, 0);
  for (guint i = 0; i < grip_test_sink_get_n_requests (proxy); i++)
    {
      g_autoptr(GripTestRequest) request = grip_test_sink_dup_request (proxy, i);

      g_assert_cmpstr (request->method, ==, "CONNECT");
      g_assert_null (strstr (request->head, "hush"));
      g_assert_null (strstr (request->head, "Bearer"));
    }
}

static const ChildMode modes[] = {
  { "secrets", child_secrets },
  { "plugin", child_plugin },
  { "secure-plugin", child_secure_plugin },
  { "publish", child_publish },
};

int
main (int   argc,
      char *argv[])
{
  faults_init (&argc, &argv, modes, G_N_ELEMENTS (modes));

  g_test_add_func ("/faults/F38-plugin", test_plugin);
  g_test_add_func ("/faults/F39-plugin-path", test_plugin_path);
  g_test_add_func ("/faults/F40-secrets", test_secrets);
  g_test_add_func ("/faults/F41-http-proxy", test_http_proxy);

  return g_test_run ();
}
