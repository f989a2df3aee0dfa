/* grip-test-client.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include <libsoup/soup.h>

#include "grip-test-client-private.h"

typedef gboolean (*Condition) (GripTestClient *self,
                               gsize           wanted);

static void
frame_free (gpointer data)
{
  GripTestFrame *frame = data;

  g_bytes_unref (frame->payload);
  g_free (frame);
}

static GHashTable *
headers_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

void
grip_test_client_take_head (GripTestClient *self,
                            guint           status,
                            GHashTable     *headers)
{
  g_mutex_lock (&self->mutex);
  self->status = status;
  self->open = TRUE;
  g_hash_table_unref (self->headers);
  self->headers = g_hash_table_ref (headers);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
}

void
grip_test_client_take_frame (GripTestClient    *self,
                             GripTestFrameKind  kind,
                             GBytes            *payload)
{
  GripTestFrame *frame = g_new0 (GripTestFrame, 1);

  frame->kind = kind;
  frame->payload = g_bytes_ref (payload);

  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->frames, frame);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
}

static void
take_bytes (GripTestClient *self,
            const void     *data,
            gsize           length)
{
  g_mutex_lock (&self->mutex);
  g_byte_array_append (self->body, data, length);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
}

static void
take_end (GripTestClient *self)
{
  g_mutex_lock (&self->mutex);
  self->closed = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
}

static void
collect_header (const char *name,
                const char *value,
                gpointer    user_data)
{
  g_hash_table_insert (user_data, g_ascii_strdown (name, -1), g_strdup (value));
}

static void
run_get (GripTestClient *self)
{
  g_autoptr(SoupSession) session = soup_session_new ();
  g_autoptr(SoupMessage) message = soup_message_new (SOUP_METHOD_GET, self->uri);
  g_autoptr(GHashTable) headers = headers_new ();
  g_autoptr(GInputStream) input = NULL;
  char buffer[65536];
  gssize n;

  if (self->header != NULL)
    {
      g_auto(GStrv) parts = g_strsplit (self->header, ": ", 2);

      soup_message_headers_replace (soup_message_get_request_headers (message), parts[0], parts[1]);
    }

  if ((input = soup_session_send (session, message, self->cancellable, NULL)) == NULL)
    return;

  soup_message_headers_foreach (soup_message_get_response_headers (message), collect_header,
                                headers);
  g_hash_table_insert (headers, g_strdup (":reason"), g_strdup (soup_message_get_reason_phrase (message)));
  grip_test_client_take_head (self, soup_message_get_status (message), headers);

  while ((n = g_input_stream_read (input, buffer, sizeof buffer, self->cancellable, NULL)) > 0)
    take_bytes (self, buffer, n);
}

static gpointer
get_thread (gpointer data)
{
  GripTestClient *self = data;
  g_autoptr(GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  run_get (self);
  g_main_context_pop_thread_default (context);
  take_end (self);

  return NULL;
}

static gpointer
websocket_thread (gpointer data)
{
  GripTestClient *self = data;

  grip_test_client_run_websocket (self);
  take_end (self);

  return NULL;
}

static GripTestClient *
client_new (const char  *uri,
            const char  *header,
            GThreadFunc  function)
{
  GripTestClient *self = g_new0 (GripTestClient, 1);

  self->uri = g_strdup (uri);
  self->header = g_strdup (header);
  self->cancellable = g_cancellable_new ();
  self->headers = headers_new ();
  self->body = g_byte_array_new ();
  self->frames = g_ptr_array_new_with_free_func (frame_free);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->thread = g_thread_new ("grip-test-client", function, self);

  return self;
}

GripTestClient *
grip_test_client_new_get (const char *uri)
{
  return client_new (uri, NULL, get_thread);
}

GripTestClient *
grip_test_client_new_get_with (const char *uri,
                               const char *header)
{
  return client_new (uri, header, get_thread);
}

GripTestClient *
grip_test_client_new_websocket (const char *uri)
{
  return client_new (uri, NULL, websocket_thread);
}

void
grip_test_client_free (GripTestClient *self)
{
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);

  g_object_unref (self->cancellable);
  g_hash_table_unref (self->headers);
  g_byte_array_unref (self->body);
  g_ptr_array_unref (self->frames);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self->uri);
  g_free (self->header);
  g_free (self);
}

static gboolean
is_open (GripTestClient *self,
         gsize           wanted)
{
  return self->open;
}

static gboolean
has_bytes (GripTestClient *self,
           gsize           wanted)
{
  return self->body->len >= wanted;
}

static gboolean
has_frames (GripTestClient *self,
            gsize           wanted)
{
  return self->frames->len >= wanted;
}

static gboolean
is_closed (GripTestClient *self,
           gsize           wanted)
{
  return self->closed;
}

/* A closed client gets nothing more, so waiting for it ends at once. */
static gboolean
wait_for (GripTestClient *self,
          Condition       condition,
          gsize           wanted,
          guint           milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * G_TIME_SPAN_MILLISECOND;
  gboolean met;

  g_mutex_lock (&self->mutex);
  while (!(met = condition (self, wanted)) && !self->closed)
    {
      if (!g_cond_wait_until (&self->cond, &self->mutex, end))
        {
          met = condition (self, wanted);
          break;
        }
    }
  g_mutex_unlock (&self->mutex);

  return met;
}

gboolean
grip_test_client_wait_open (GripTestClient *self,
                            guint           milliseconds)
{
  return wait_for (self, is_open, 0, milliseconds);
}

gboolean
grip_test_client_wait_bytes (GripTestClient *self,
                             gsize           n_bytes,
                             guint           milliseconds)
{
  return wait_for (self, has_bytes, n_bytes, milliseconds);
}

gboolean
grip_test_client_wait_frames (GripTestClient *self,
                              guint           n_frames,
                              guint           milliseconds)
{
  return wait_for (self, has_frames, n_frames, milliseconds);
}

gboolean
grip_test_client_wait_closed (GripTestClient *self,
                              guint           milliseconds)
{
  return wait_for (self, is_closed, 0, milliseconds);
}

static void
assert_bytes (GBytes        *bytes,
              gconstpointer  expected,
              gsize          length)
{
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, length);
}

void
grip_test_client_assert_body (GripTestClient *self,
                              gconstpointer   expected,
                              gssize          length)
{
  gsize             n = length < 0 ? strlen (expected) : (gsize) length;
  g_autoptr(GBytes) body = NULL;

  /* What has come instead says more than that it is too short. */
  grip_test_client_wait_bytes (self, n, GRIP_TEST_PATIENCE);
  body = grip_test_client_dup_body (self);
  assert_bytes (body, expected, n);
}

void
grip_test_client_assert_frame (GripTestClient    *self,
                               guint              index,
                               GripTestFrameKind  kind,
                               gconstpointer      expected,
                               gssize             length)
{
  g_autoptr(GBytes) frame = NULL;

  g_assert_true (grip_test_client_wait_frames (self, index + 1, GRIP_TEST_PATIENCE));
  g_assert_cmpuint (grip_test_client_get_frame_kind (self, index), ==, kind);
  frame = grip_test_client_dup_frame (self, index);
  assert_bytes (frame, expected, length < 0 ? strlen (expected) : (gsize) length);
}

guint
grip_test_client_get_status (GripTestClient *self)
{
  guint status;

  g_mutex_lock (&self->mutex);
  status = self->status;
  g_mutex_unlock (&self->mutex);

  return status;
}

char *
grip_test_client_dup_header (GripTestClient *self,
                             const char     *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);
  char *value;

  g_mutex_lock (&self->mutex);
  value = g_strdup (g_hash_table_lookup (self->headers, lower));
  g_mutex_unlock (&self->mutex);

  return value;
}

GBytes *
grip_test_client_dup_body (GripTestClient *self)
{
  GBytes *bytes;

  g_mutex_lock (&self->mutex);
  bytes = g_bytes_new (self->body->data, self->body->len);
  g_mutex_unlock (&self->mutex);

  return bytes;
}

guint
grip_test_client_get_n_frames (GripTestClient *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->frames->len;
  g_mutex_unlock (&self->mutex);

  return n;
}

/* Frames are only added, so one that is there may be read after the lock. */
static GripTestFrame *
get_frame (GripTestClient *self,
           guint           index)
{
  GripTestFrame *frame;

  g_mutex_lock (&self->mutex);
  g_assert_cmpuint (index, <, self->frames->len);
  frame = self->frames->pdata[index];
  g_mutex_unlock (&self->mutex);

  return frame;
}

GripTestFrameKind
grip_test_client_get_frame_kind (GripTestClient *self,
                                 guint           index)
{
  return get_frame (self, index)->kind;
}

GBytes *
grip_test_client_dup_frame (GripTestClient *self,
                            guint           index)
{
  return g_bytes_ref (get_frame (self, index)->payload);
}
