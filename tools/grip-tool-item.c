/* grip-tool-item.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-tool-item.h"

static const char *const own_formats[] = { "http-response", "http-stream", "ws-message" };

static gboolean
add_own_format (GripToolItem *self,
                const char   *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (own_formats); i++)
    if (g_str_equal (name, own_formats[i]))
      {
        self->formats |= 1 << i;
        return TRUE;
      }

  return FALSE;
}

static void
add_other_format (GripToolItem *self,
                  const char   *name)
{
  if (self->others == NULL)
    self->others = g_ptr_array_new_with_free_func (g_free);
  if (!g_ptr_array_find_with_equal_func (self->others, name, g_str_equal, NULL))
    g_ptr_array_add (self->others, g_strdup (name));
}

static void
refuse_format (const char         *name,
               const char * const *registered)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new ();
  g_autofree char     *list = NULL;
  const char          *near;

  for (guint i = 0; i < G_N_ELEMENTS (own_formats); i++)
    g_ptr_array_add (names, (gpointer) own_formats[i]);
  for (gsize i = 0; registered[i] != NULL; i++)
    g_ptr_array_add (names, (gpointer) registered[i]);
  g_ptr_array_add (names, NULL);

  near = grip_tool_near_match (name, (const char *const *) names->pdata);
  list = g_strjoinv (", ", (char **) names->pdata);
  grip_tool_usage ("--format takes %s, not '%s'%s%s", list, name,
                   near != NULL ? "; did you mean " : "", near != NULL ? near : "");
}

/* False has told the user why. */
gboolean
grip_tool_item_add_formats (GripToolItem *self,
                            const char   *list)
{
  g_auto(GStrv) registered = grip_format_list_registered ();
  g_auto(GStrv) words = g_strsplit (list, ",", -1);

  for (gsize i = 0; words[i] != NULL; i++)
    {
      const char *name = g_strstrip (words[i]);

      if (add_own_format (self, name))
        continue;
      if (!g_strv_contains ((const char *const *) registered, name))
        {
          refuse_format (name, (const char *const *) registered);
          return FALSE;
        }
      add_other_format (self, name);
    }

  return TRUE;
}

/* False has told the user why. */
gboolean
grip_tool_item_add_meta (GripToolItem *self,
                         const char   *pair)
{
  const char *equals = strchr (pair, '=');

  if (equals == NULL || equals == pair)
    {
      grip_tool_usage ("--meta takes NAME=VALUE, not '%s'", pair);
      return FALSE;
    }

  if (self->meta == NULL)
    self->meta = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert (self->meta, g_strndup (pair, equals - pair), g_strdup (equals + 1));

  return TRUE;
}

static GripFormat *
build_http_response (GripToolItem *self,
                     GBytes       *content)
{
  g_autoptr(GripHttpResponseFormat) format = NULL;

  if (self->action == GRIP_ACTION_CLOSE)
    return GRIP_FORMAT (grip_http_response_format_new_close ());
  if (self->action == GRIP_ACTION_HINT)
    return GRIP_FORMAT (grip_http_response_format_new_hint ());

  format = grip_http_response_format_new (content);
  if (self->code >= 0)
    grip_http_response_format_set_code (format, self->code);
  for (gsize i = 0; self->headers != NULL && self->headers[i] != NULL; i++)
    {
      const char      *colon = strchr (self->headers[i], ':');
      g_autofree char *name = g_strndup (self->headers[i], colon - self->headers[i]);

      for (colon++; *colon == ' ' || *colon == '\t';)
        colon++;
      grip_http_response_format_append_header (format, name, colon);
    }

  return GRIP_FORMAT (g_steal_pointer (&format));
}

static GripFormat *
build_http_stream (GripToolItem *self,
                   GBytes       *content)
{
  if (self->action == GRIP_ACTION_CLOSE)
    return GRIP_FORMAT (grip_http_stream_format_new_close ());
  if (self->action == GRIP_ACTION_HINT)
    return GRIP_FORMAT (grip_http_stream_format_new_hint ());

  return GRIP_FORMAT (grip_http_stream_format_new (content));
}

static GripFormat *
build_ws_message (GripToolItem *self,
                  GBytes       *content)
{
  GripWebSocketMessageFormat *format;

  if (self->action == GRIP_ACTION_CLOSE)
    return GRIP_FORMAT (grip_websocket_message_format_new_close (self->close_code, self->close_reason));
  if (self->action == GRIP_ACTION_HINT)
    return GRIP_FORMAT (grip_websocket_message_format_new_hint ());
  if (self->action == GRIP_ACTION_REFRESH)
    return GRIP_FORMAT (grip_websocket_message_format_new_refresh ());

  format = grip_websocket_message_format_new (content);
  if (!self->binary)
    grip_websocket_message_format_set_kind (format, GRIP_WEBSOCKET_MESSAGE_TEXT);

  return GRIP_FORMAT (format);
}

/* @content is %NULL for every action but send. */
GripItem *
grip_tool_item_build (GripToolItem  *self,
                      GBytes        *content,
                      GError       **error)
{
  g_autoptr(GPtrArray) formats = g_ptr_array_new_with_free_func (g_object_unref);

  if ((self->formats & GRIP_TOOL_HTTP_RESPONSE) != 0)
    g_ptr_array_add (formats, build_http_response (self, content));
  if ((self->formats & GRIP_TOOL_HTTP_STREAM) != 0)
    g_ptr_array_add (formats, build_http_stream (self, content));
  if ((self->formats & GRIP_TOOL_WS_MESSAGE) != 0)
    g_ptr_array_add (formats, build_ws_message (self, content));

  for (guint i = 0; self->filters != NULL && i < formats->len; i++)
    grip_base_format_set_content_filters (formats->pdata[i], (const char *const *) self->filters);
  for (guint i = 0; self->others != NULL && i < self->others->len; i++)
    {
      GripFormat *format = grip_format_new_for_name (self->others->pdata[i], content, error);

      if (format == NULL)
        return NULL;
      g_ptr_array_add (formats, format);
    }

  return grip_item_new_full ((GripFormat **) formats->pdata, formats->len, self->id, self->prev_id,
                             self->meta, self->no_seq, -1, error);
}

void
grip_tool_item_clear (GripToolItem *self)
{
  g_clear_pointer (&self->others, g_ptr_array_unref);
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->prev_id, g_free);
  g_clear_pointer (&self->meta, g_hash_table_unref);
  g_clear_pointer (&self->filters, g_strfreev);
  g_clear_pointer (&self->headers, g_strfreev);
  g_clear_pointer (&self->close_reason, g_free);
}
