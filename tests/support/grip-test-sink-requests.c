/* grip-test-sink-requests.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-test-sink-private.h"

/* What a sink has recorded. */

static GripTestRequest *
request_copy (const GripTestRequest *request)
{
  GripTestRequest *copy = g_new0 (GripTestRequest, 1);

  copy->connection = request->connection;
  copy->method = g_strdup (request->method);
  copy->path = g_strdup (request->path);
  copy->head = g_strdup (request->head);
  copy->body = g_bytes_ref (request->body);
  copy->complete = request->complete;

  return copy;
}

void
grip_test_request_free (GripTestRequest *request)
{
  g_free (request->method);
  g_free (request->path);
  g_free (request->head);
  g_bytes_unref (request->body);
  g_free (request);
}

/* The value of the first header of that name, or NULL. */
char *
grip_test_request_dup_header (GripTestRequest *request,
                              const char      *name)
{
  g_auto(GStrv) lines = g_strsplit (request->head, "\r\n", -1);
  gsize length = strlen (name);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (g_ascii_strncasecmp (lines[i], name, length) == 0 && lines[i][length] == ':')
        return g_strstrip (g_strdup (lines[i] + length + 1));
    }

  return NULL;
}

gboolean
grip_test_sink_wait_requests (GripTestSink *self,
                              guint         n_requests,
                              guint         milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * G_TIME_SPAN_MILLISECOND;
  gboolean met;

  g_mutex_lock (&self->mutex);
  while (self->requests->len < n_requests && g_cond_wait_until (&self->cond, &self->mutex, end))
    continue;
  met = self->requests->len >= n_requests;
  g_mutex_unlock (&self->mutex);

  return met;
}

guint
grip_test_sink_get_n_requests (GripTestSink *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->requests->len;
  g_mutex_unlock (&self->mutex);

  return n;
}

guint
grip_test_sink_get_n_connections (GripTestSink *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->n_connections;
  g_mutex_unlock (&self->mutex);

  return n;
}

guint
grip_test_sink_get_n_open (GripTestSink *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = g_hash_table_size (self->open);
  g_mutex_unlock (&self->mutex);

  return n;
}

GripTestRequest *
grip_test_sink_dup_request (GripTestSink *self,
                            guint         index)
{
  GripTestRequest *request;

  g_mutex_lock (&self->mutex);
  g_assert_cmpuint (index, <, self->requests->len);
  request = request_copy (self->requests->pdata[index]);
  g_mutex_unlock (&self->mutex);

  return request;
}

/* The bodies of all complete requests, in order. */
GPtrArray *
grip_test_sink_dup_bodies (GripTestSink *self)
{
  GPtrArray *bodies = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->requests->len; i++)
    {
      GripTestRequest *request = self->requests->pdata[i];

      if (request->complete)
        g_ptr_array_add (bodies, g_bytes_ref (request->body));
    }
  g_mutex_unlock (&self->mutex);

  return bodies;
}

static guint
count_in (GBytes     *body,
          const char *text)
{
  const char *data = g_bytes_get_data (body, NULL);
  gsize left = g_bytes_get_size (body);
  guint n = 0;

  for (const char *at; left > 0 && (at = memmem (data, left, text, strlen (text))) != NULL; n++)
    {
      at += strlen (text);
      left -= at - data;
      data = at;
    }

  return n;
}

guint
grip_test_sink_count (GripTestSink *self,
                      const char   *text)
{
  g_autoptr(GPtrArray) bodies = grip_test_sink_dup_bodies (self);
  guint n = 0;

  for (guint i = 0; i < bodies->len; i++)
    n += count_in (bodies->pdata[i], text);

  return n;
}

void
grip_test_sink_forget (GripTestSink *self)
{
  g_mutex_lock (&self->mutex);
  g_ptr_array_set_size (self->requests, 0);
  g_mutex_unlock (&self->mutex);
}
