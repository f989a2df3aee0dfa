/* grip-soup-rendered.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-soup-rendered-private.h"

/* Looks through the variants that a{sv} and av put around values. NULL stays NULL. */
static GVariant *
unwrap (GVariant *value)
{
  while (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT))
    {
      GVariant *inner = g_variant_get_variant (value);

      g_variant_unref (value);
      value = inner;
    }

  return value;
}

static GVariant *
lookup (GVariant   *description,
        const char *key)
{
  return unwrap (g_variant_lookup_value (description, key, NULL));
}

static GVariant *
get_element (GVariant *list,
             gsize     i)
{
  return unwrap (g_variant_get_child_value (list, i));
}

static char *
dup_text (GVariant   *description,
          const char *key)
{
  g_autoptr(GVariant) value = lookup (description, key);

  if (value == NULL || !g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return NULL;

  return g_variant_dup_string (value, NULL);
}

/* Any kind of number, or a string of digits. */
static int
get_code (GVariant *description,
          int       fallback)
{
  g_autoptr(GVariant) value = lookup (description, "code");
  g_autofree char *text = NULL;
  gint64 code;

  if (value == NULL)
    return fallback;

  text = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) ? g_variant_dup_string (value, NULL)
                                                             : g_variant_print (value, FALSE);
  code = g_ascii_strtoll (text, NULL, 10);

  return code >= 0 && code <= G_MAXUINT16 ? (int) code : fallback;
}

static char **
dup_filters (GVariant *description)
{
  g_autoptr(GVariant) list = lookup (description, "content-filters");
  g_autoptr(GStrvBuilder) builder = NULL;

  if (list == NULL || !g_variant_is_container (list))
    return NULL;

  builder = g_strv_builder_new ();
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr(GVariant) name = get_element (list, i);

      if (g_variant_is_of_type (name, G_VARIANT_TYPE_STRING))
        g_strv_builder_add (builder, g_variant_get_string (name, NULL));
    }

  return g_strv_builder_end (builder);
}

static GBytes *
dup_payload (GVariant   *description,
             const char *key,
             gboolean   *is_bytes)
{
  g_autofree char *bin_key = g_strconcat (key, "-bin", NULL);
  g_autoptr(GVariant) value = lookup (description, bin_key);
  const char *text = NULL;
  gsize length;

  *is_bytes = value != NULL;
  if (value == NULL)
    value = lookup (description, key);
  if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return g_variant_get_data_as_bytes (value);
  if (value == NULL || !g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return NULL;

  text = g_variant_get_string (value, &length);

  return g_bytes_new (text, length);
}

/* An object, or a list of pairs. */
static GVariant *
dup_headers (GVariant *description)
{
  g_autoptr(GVariant) list = lookup (description, "headers");
  GVariantBuilder builder;

  if (list == NULL || !g_variant_is_container (list))
    return NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr(GVariant) pair = get_element (list, i);
      g_autoptr(GVariant) name = NULL;
      g_autoptr(GVariant) value = NULL;

      if (!g_variant_is_container (pair) || g_variant_n_children (pair) != 2)
        continue;
      name = get_element (pair, 0);
      value = get_element (pair, 1);
      if (g_variant_is_of_type (name, G_VARIANT_TYPE_STRING) &&
          g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
        g_variant_builder_add (&builder, "(ss)", g_variant_get_string (name, NULL),
                               g_variant_get_string (value, NULL));
    }

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static GripSoupAction
get_action (GVariant *description)
{
  g_autofree char *action = dup_text (description, "action");

  if (action == NULL || strcmp (action, "send") == 0)
    return GRIP_SOUP_ACTION_SEND;
  if (strcmp (action, "close") == 0)
    return GRIP_SOUP_ACTION_CLOSE;
  if (strcmp (action, "hint") == 0)
    return GRIP_SOUP_ACTION_HINT;
  if (strcmp (action, "refresh") == 0)
    return GRIP_SOUP_ACTION_REFRESH;

  return GRIP_SOUP_ACTION_NONE;
}

static GripWebSocketMessageKind
get_kind (GVariant *description,
          gboolean  is_bytes)
{
  g_autofree char *kind = dup_text (description, "type");

  if (kind == NULL)
    return is_bytes ? GRIP_WEBSOCKET_MESSAGE_BINARY : GRIP_WEBSOCKET_MESSAGE_TEXT;
  if (strcmp (kind, "binary") == 0)
    return GRIP_WEBSOCKET_MESSAGE_BINARY;
  if (strcmp (kind, "ping") == 0)
    return GRIP_WEBSOCKET_MESSAGE_PING;
  if (strcmp (kind, "pong") == 0)
    return GRIP_WEBSOCKET_MESSAGE_PONG;

  return GRIP_WEBSOCKET_MESSAGE_TEXT;
}

static void
render (GripSoupPart *self,
        GripItem     *item,
        const char   *format_name,
        const char   *payload_key,
        int           default_code)
{
  g_autoptr(GVariant) description = grip_item_describe (item, format_name);
  gboolean is_bytes = FALSE;

  if (description == NULL)
    return;

  self->action = get_action (description);
  self->content = dup_payload (description, payload_key, &is_bytes);
  self->content_filters = dup_filters (description);
  self->code = get_code (description, default_code);
  self->reason = dup_text (description, "reason");
  self->headers = dup_headers (description);
  self->body_patch = lookup (description, "body-patch");
  self->kind = get_kind (description, is_bytes);

  /* A ping may have none. */
  if (self->action == GRIP_SOUP_ACTION_SEND && self->content == NULL && self->body_patch == NULL)
    {
      if (self->kind == GRIP_WEBSOCKET_MESSAGE_PING || self->kind == GRIP_WEBSOCKET_MESSAGE_PONG)
        self->content = g_bytes_new (NULL, 0);
      else
        self->action = GRIP_SOUP_ACTION_NONE;
    }
}

GripSoupRendered *
grip_soup_rendered_new (GripItem *item)
{
  GripSoupRendered *self = g_rc_box_new0 (GripSoupRendered);
  GVariant *meta = grip_item_get_meta (item);

  self->id = g_strdup (grip_item_get_id (item));
  self->prev_id = g_strdup (grip_item_get_prev_id (item));
  self->meta = meta != NULL ? g_variant_ref (meta) : NULL;
  self->no_seq = grip_item_get_no_seq (item);

  render (&self->response, item, "http-response", "body", 200);
  render (&self->stream, item, "http-stream", "content", -1);
  render (&self->message, item, "ws-message", "content", -1);

  if (self->stream.content != NULL)
    self->stream.wire = grip_soup_make_chunk (self->stream.content);
  if (self->message.content != NULL)
    self->message.wire = grip_soup_make_frame (self->message.kind, self->message.content);

  return self;
}

GripSoupRendered *
grip_soup_rendered_ref (GripSoupRendered *self)
{
  return g_rc_box_acquire (self);
}

static void
part_clear (GripSoupPart *self)
{
  g_clear_pointer (&self->content, g_bytes_unref);
  g_clear_pointer (&self->content_filters, g_strfreev);
  g_clear_pointer (&self->reason, g_free);
  g_clear_pointer (&self->headers, g_variant_unref);
  g_clear_pointer (&self->body_patch, g_variant_unref);
  g_clear_pointer (&self->wire, g_bytes_unref);
}

static void
rendered_clear (gpointer data)
{
  GripSoupRendered *self = data;

  g_free (self->id);
  g_free (self->prev_id);
  g_clear_pointer (&self->meta, g_variant_unref);
  part_clear (&self->response);
  part_clear (&self->stream);
  part_clear (&self->message);
}

void
grip_soup_rendered_unref (GripSoupRendered *self)
{
  g_rc_box_release_full (self, rendered_clear);
}

const char *
grip_soup_rendered_get_meta (GripSoupRendered *self,
                             const char       *name)
{
  const char *value = NULL;

  if (self->meta != NULL)
    g_variant_lookup (self->meta, name, "&s", &value);

  return value;
}

GBytes *
grip_soup_make_chunk (GBytes *content)
{
  gsize length = g_bytes_get_size (content);
  GByteArray *chunk = NULL;
  char head[24];
  int head_length;

  /* A chunk without content would be the end of the body. */
  if (length == 0)
    return g_bytes_ref (content);

  chunk = g_byte_array_sized_new (length + sizeof head);
  head_length = g_snprintf (head, sizeof head, "%" G_GSIZE_MODIFIER "x\r\n", length);
  g_byte_array_append (chunk, (const guint8 *) head, head_length);
  g_byte_array_append (chunk, g_bytes_get_data (content, NULL), length);
  g_byte_array_append (chunk, (const guint8 *) "\r\n", 2);

  return g_byte_array_free_to_bytes (chunk);
}

GBytes *
grip_soup_make_frame (GripWebSocketMessageKind  kind,
                      GBytes                   *content)
{
  static const guint8 opcodes[] = { 0x1, 0x2, 0x9, 0xA };
  gsize length = g_bytes_get_size (content);
  GByteArray *frame = g_byte_array_sized_new (length + 10);
  guint8 head[10] = { 0x80 | opcodes[kind] };
  guint head_length = 2;
  guint64 big_endian = GUINT64_TO_BE ((guint64) length);

  if (length < 126)
    {
      head[1] = length;
    }
  else if (length <= G_MAXUINT16)
    {
      head[1] = 126;
      head[2] = length >> 8;
      head[3] = length & 0xff;
      head_length = 4;
    }
  else
    {
      head[1] = 127;
      memcpy (head + 2, &big_endian, sizeof big_endian);
      head_length = 10;
    }

  g_byte_array_append (frame, head, head_length);
  if (length > 0)
    g_byte_array_append (frame, g_bytes_get_data (content, NULL), length);

  return g_byte_array_free_to_bytes (frame);
}
