/* monitor-fixture.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "monitor-fixture.h"

guint       monitor_warnings;
const char *monitor_expected_warning;

GLogWriterOutput
monitor_log_writer (GLogLevelFlags   level,
                    const GLogField *fields,
                    gsize            n_fields,
                    gpointer         user_data)
{
  for (gsize i = 0; (level & G_LOG_LEVEL_WARNING) != 0 && monitor_expected_warning != NULL && i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE") && strstr (fields[i].value, monitor_expected_warning) != NULL)
      {
        g_atomic_int_inc (&monitor_warnings);
        return G_LOG_WRITER_HANDLED;
      }

  return g_log_writer_default (level, fields, n_fields, user_data);
}

static void
heard_cb (GripPubControl *control,
          const char     *channel,
          Fixture        *fixture)
{
  g_string_append_printf (fixture->heard, "+%s", channel);
}

static void
heard_end_cb (GripPubControl *control,
              const char     *channel,
              Fixture        *fixture)
{
  g_string_append_printf (fixture->heard, "-%s", channel);
}

void
monitor_set_up (Fixture       *fixture,
                gconstpointer  data)
{
  monitor_warnings = 0;
  monitor_expected_warning = NULL;
  fixture->server = monitor_server_new ();
  fixture->heard = g_string_new (NULL);
  g_mutex_init (&fixture->lock);
  fixture->problems = g_string_new (NULL);
  fixture->results = g_string_new (NULL);
  fixture->control = grip_pub_control_new ();
  g_signal_connect (fixture->control, "channel-subscribed", G_CALLBACK (heard_cb), fixture);
  g_signal_connect (fixture->control, "channel-unsubscribed", G_CALLBACK (heard_end_cb), fixture);
}

static void
closed_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  grip_pub_control_close_finish (GRIP_PUB_CONTROL (object), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

void
monitor_close_control (Fixture *fixture)
{
  gboolean closed = FALSE;

  grip_pub_control_close_async (fixture->control, NULL, closed_cb, &closed);
  while (!closed)
    g_main_context_iteration (NULL, TRUE);
}

void
monitor_tear_down (Fixture       *fixture,
                   gconstpointer  data)
{
  monitor_close_control (fixture);
  g_clear_object (&fixture->transport);
  g_clear_object (&fixture->control);
  monitor_server_free (fixture->server);
  g_string_free (fixture->heard, TRUE);
  g_string_free (fixture->problems, TRUE);
  g_mutex_clear (&fixture->lock);
  g_string_free (fixture->results, TRUE);
}

/* In the worker's thread. */
static void
problem_cb (GObject    *transport,
            GParamSpec *pspec,
            Fixture    *fixture)
{
  g_autoptr(GError) error = NULL;

  g_object_get (transport, "subscriptions-error", &error, NULL);
  g_mutex_lock (&fixture->lock);
  g_string_append_printf (fixture->problems, "%s\n", error != NULL ? error->message : "");
  g_mutex_unlock (&fixture->lock);
}

void
monitor_add_transport (Fixture       *fixture,
                       GripTransport *transport)
{
  fixture->transport = G_OBJECT (transport);
  g_signal_connect (transport, "notify::subscriptions-error", G_CALLBACK (problem_cb), fixture);
}

/* Adds the endpoint, with more keys of its configuration. */
void
monitor_begin (Fixture    *fixture,
               const char *first_key,
               ...)
{
  g_autoptr(GripEndpoint)  endpoint = NULL;
  g_autoptr(GError)        error = NULL;
  GVariantBuilder          builder;
  va_list                  arguments;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "control_uri",
                         g_variant_new_string (monitor_server_get_uri (fixture->server)));
  g_variant_builder_add (&builder, "{sv}", "require_subscribers", g_variant_new_boolean (TRUE));
  va_start (arguments, first_key);
  for (const char *key = first_key; key != NULL; key = va_arg (arguments, const char *))
    g_variant_builder_add (&builder, "{sv}", key, g_variant_new_string (va_arg (arguments, const char *)));
  va_end (arguments);

  endpoint = grip_endpoint_new_from_variant (g_variant_builder_end (&builder), &error);
  g_assert_no_error (error);
  grip_pub_control_add_endpoint (fixture->control, endpoint, &error);
  g_assert_no_error (error);
  monitor_add_transport (fixture, g_list_model_get_item (G_LIST_MODEL (fixture->control), 0));
}

gboolean
monitor_tick (gpointer unused)
{
  return G_SOURCE_CONTINUE;
}


gboolean
monitor_is_known (Fixture *fixture)
{
  gboolean known;

  g_object_get (fixture->transport, "subscriptions-known", &known, NULL);

  return known;
}

gboolean
monitor_has_problem (Fixture    *fixture,
                     const char *words)
{
  gboolean has;

  g_mutex_lock (&fixture->lock);
  has = strstr (fixture->problems->str, words) != NULL;
  g_mutex_unlock (&fixture->lock);

  return has;
}

gboolean
monitor_heard (Fixture    *fixture,
               const char *expected)
{
  return g_str_equal (fixture->heard->str, expected);
}

static void
published_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  Fixture           *fixture = user_data;
  g_autoptr(GError)  error = NULL;

  grip_pub_control_publish_http_stream_finish (GRIP_PUB_CONTROL (object), result, &error);
  g_string_append (fixture->results, error != NULL ? error->message : "+");
  fixture->n_pending--;
}

void
monitor_publish (Fixture    *fixture,
                 const char *channel)
{
  fixture->n_pending++;
  grip_pub_control_publish_http_stream_async (fixture->control, channel, "x", NULL, NULL, NULL,
                                              published_cb, fixture);
}

void
monitor_assert_posted (Fixture    *fixture,
                       const char *channel,
                       gboolean    posted)
{
  g_autofree char *all = NULL;
  g_autofree char *item = g_strdup_printf ("\"channel\":\"%s\"", channel);

  WAIT_FOR (fixture->n_pending == 0);
  all = monitor_server_dup_posted (fixture->server);
  g_assert_cmpint (strstr (all, item) != NULL, ==, posted);
}

void
monitor_assert_asked (Fixture    *fixture,
                      const char *expected)
{
  g_autofree char *log = monitor_server_dup_log (fixture->server);

  g_assert_cmpstr (log, ==, expected);
}
