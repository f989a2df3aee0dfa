/* test-transport-types.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libgrip/grip.h>

#include "mock-transport.h"

static void
assert_refused (const char *scheme,
                GType       type,
                const char *words)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (grip_transport_register_type (scheme, type, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_NO_TRANSPORT);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
}

static void
register_mock (const char *scheme)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (grip_transport_register_type (scheme, MOCK_TYPE_TRANSPORT, &error));
  g_assert_no_error (error);
}

static void
test_publish (void)
{
  g_autoptr(GError)         error = NULL;
  g_autoptr(GripPubControl) control = grip_pub_control_new ();
  g_autoptr(GripFormat)     format = GRIP_FORMAT (grip_http_stream_format_new_text ("hello"));
  g_autoptr(GripItem)       item = grip_item_new (format, NULL, NULL, &error);
  g_autoptr(GripTransport)  transport = NULL;
  g_autofree char          *log = NULL;

  register_mock ("mock-publish");
  g_assert_true (grip_pub_control_apply_uri (control, "mock-publish://host/path", &error));
  g_assert_no_error (error);

  transport = g_list_model_get_item (G_LIST_MODEL (control), 0);
  g_assert_true (MOCK_IS_TRANSPORT (transport));
  g_assert_cmpstr (grip_endpoint_get_control_uri (grip_transport_get_endpoint (transport)), ==,
                   "mock-publish://host/path");

  /* It lives here, not in the worker: a synchronous publish can drive it. */
  g_assert_true (grip_base_transport_get_main_context (GRIP_BASE_TRANSPORT (transport)) ==
                 g_main_context_default ());
  g_assert_true (grip_pub_control_publish (control, "c", item, NULL, &error));
  g_assert_no_error (error);
  log = mock_transport_dup_log (MOCK_TRANSPORT (transport));
  g_assert_nonnull (strstr (log, "c"));
  g_assert_true (grip_pub_control_close (control, NULL, &error));
  g_assert_no_error (error);
}

static void
test_context (void)
{
  g_autoptr(GError)        error = NULL;
  g_autoptr(GMainContext)  context = g_main_context_new ();
  g_autoptr(GripEndpoint)  endpoint = grip_endpoint_new ("mock-context://x", &error);
  g_autoptr(GripTransport) transport = NULL;

  g_main_context_push_thread_default (context);
  register_mock ("mock-context");
  g_main_context_pop_thread_default (context);

  transport = grip_transport_new_for_endpoint (endpoint, &error);
  g_assert_no_error (error);
  g_assert_true (grip_base_transport_get_main_context (GRIP_BASE_TRANSPORT (transport)) == context);
}

static void
test_refused (void)
{
  register_mock ("mock-once");
  assert_refused ("mock-once", MOCK_TYPE_TRANSPORT, "'mock-once' is registered already");
  assert_refused ("http", MOCK_TYPE_TRANSPORT, "'http' is that of a plugin");
  assert_refused ("https", MOCK_TYPE_TRANSPORT, "'https' is that of a plugin");
  assert_refused ("zmq", MOCK_TYPE_TRANSPORT, "'zmq' is that of a plugin");
  assert_refused ("", MOCK_TYPE_TRANSPORT, "'' cannot be the name of a transport");
  assert_refused ("Mock", MOCK_TYPE_TRANSPORT, "'Mock' cannot be the name of a transport");
  assert_refused ("a b", MOCK_TYPE_TRANSPORT, "'a b' cannot be the name of a transport");
  assert_refused ("mock-abstract", GRIP_TYPE_BASE_TRANSPORT, "'GripBaseTransport' cannot be a transport");
  assert_refused ("mock-item", GRIP_TYPE_ITEM, "'GripItem' cannot be a transport");
  assert_refused ("mock-string", G_TYPE_STRING, "'gchararray' cannot be a transport");
  assert_refused ("mock-invalid", G_TYPE_INVALID, "'invalid' cannot be a transport");
}

static gpointer
apply_in_thread (gpointer data)
{
  GError *error = NULL;

  g_assert_false (grip_pub_control_apply_uri (data, "mock-thread://x", &error));

  return error;
}

/* An engine such as GJS would abort there. */
static void
test_other_thread (void)
{
  g_autoptr(GripPubControl) control = grip_pub_control_new ();
  g_autoptr(GError)         error = NULL;

  register_mock ("mock-thread");
  error = g_thread_join (g_thread_new ("other", apply_in_thread, control));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_NO_TRANSPORT);
  g_assert_nonnull (strstr (error->message, "'mock-thread' was registered by another thread"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (control)), ==, 0);
}

static gpointer
race (gpointer data)
{
  for (guint i = 0; i < 64; i++)
    {
      g_autofree char *scheme = g_strdup_printf ("race-%u", i);

      if (grip_transport_register_type (scheme, MOCK_TYPE_TRANSPORT, NULL))
        g_atomic_int_inc ((int *) data);
    }

  return NULL;
}

static void
test_race (void)
{
  GThread       *threads[4];
  int            n_registered = 0;
  g_auto(GStrv)  schemes = NULL;
  guint          n_listed = 0;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("race", race, &n_registered);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (n_registered, ==, 64);

  schemes = grip_transport_list_registered ();
  for (guint i = 0; schemes[i] != NULL; i++)
    {
      n_listed += g_str_has_prefix (schemes[i], "race-");
      g_assert_true (i == 0 || strcmp (schemes[i - 1], schemes[i]) < 0);
    }
  g_assert_cmpuint (n_listed, ==, 64);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/transport-types/publish", test_publish);
  g_test_add_func ("/transport-types/context", test_context);
  g_test_add_func ("/transport-types/refused", test_refused);
  g_test_add_func ("/transport-types/other-thread", test_other_thread);
  g_test_add_func ("/transport-types/race", test_race);

  return g_test_run ();
}
