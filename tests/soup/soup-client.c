/* soup-client.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "soup-client.h"

guint soup_client_warnings;

static GLogWriterOutput
log_cb (GLogLevelFlags   level,
        const GLogField *fields,
        gsize            n_fields,
        gpointer         data)
{
  if ((level & G_LOG_LEVEL_WARNING) != 0)
    soup_client_warnings++;

  return g_log_writer_default (level, fields, n_fields, data);
}

void
soup_client_count_warnings (void)
{
  g_log_set_writer_func (log_cb, NULL, NULL);
}

SoupMessage *
soup_client_message (GripSoupOrigin *origin,
                     const char     *method,
                     const char     *path)
{
  g_autofree char *uri = g_strdup_printf ("http://127.0.0.1:%u%s", grip_soup_origin_get_port (origin), path);

  return soup_message_new (method, uri);
}

static void
result_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* Returns: the body of the answer */
char *
soup_client_send (SoupSession *session,
                  SoupMessage *message)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GBytes) body = NULL;
  g_autoptr(GError) error = NULL;

  soup_session_send_and_read_async (session, message, 0, NULL, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  body = soup_session_send_and_read_finish (session, result, &error);
  g_assert_no_error (error);

  return g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}
