/* scenario-client.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <libsoup/soup.h>

#include "scenario.h"

struct _Client
{
  SoupSession      *session;
  SoupMessage      *message;
  GAsyncResult     *sent;
  GDataInputStream *stream;
};

static void
keep_result_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

Client *
client_new (const char *path)
{
  Client          *self = g_new0 (Client, 1);
  g_autofree char *uri = g_strconcat (g_getenv ("GRIP_TEST_PROXY"), path, NULL);

  self->session = soup_session_new ();
  self->message = soup_message_new ("GET", uri);
  soup_session_send_async (self->session, self->message, G_PRIORITY_DEFAULT, NULL, keep_result_cb,
                           &self->sent);

  return self;
}

void
client_free (Client *self)
{
  g_clear_object (&self->stream);
  g_clear_object (&self->sent);
  g_object_unref (self->message);
  g_object_unref (self->session);
  g_free (self);
}

guint
client_get_status (Client *self)
{
  return soup_message_get_status (self->message);
}

char *
client_read_line (Client *self)
{
  g_autoptr(GAsyncResult) read = NULL;
  g_autoptr(GError)       error = NULL;
  char                   *line;

  if (self->stream == NULL)
    {
      g_autoptr(GInputStream) body = NULL;

      wait_for (&self->sent);
      body = soup_session_send_finish (self->session, self->sent, &error);
      g_assert_no_error (error);
      self->stream = g_data_input_stream_new (body);
    }

  g_data_input_stream_read_line_async (self->stream, G_PRIORITY_DEFAULT, NULL, keep_result_cb, &read);
  wait_for (&read);
  line = g_data_input_stream_read_line_finish_utf8 (self->stream, read, NULL, &error);
  g_assert_no_error (error);

  return line;
}

void
client_wait_subscribed (const char *channel)
{
  g_autoptr(SoupSession)  session = soup_session_new ();
  g_autoptr(GAsyncResult) answered = NULL;
  g_autofree char        *uri = g_strconcat (g_getenv ("GRIP_TEST_SUBSCRIBED"), "?channel=", channel, NULL);
  g_autoptr(SoupMessage)  message = soup_message_new ("GET", uri);
  g_autoptr(GBytes)       body = NULL;

  soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL, keep_result_cb, &answered);
  wait_for (&answered);
  body = soup_session_send_and_read_finish (session, answered, NULL);
  g_assert_cmpuint (soup_message_get_status (message), ==, 200);
}
