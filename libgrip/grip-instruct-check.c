/* grip-instruct-check.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-error.h"
#include "grip-format-check-private.h"
#include "grip-instruct-private.h"

gboolean
grip_instruct_fail (GError     **error,
                    const char  *format,
                    ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM, "instruct: %s", text);
  return FALSE;
}

/* The channels as the proxy is to see them. */
GPtrArray *
grip_instruct_dup_prefixed_channels (GripInstruct *self)
{
  GPtrArray *channels = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->channels->len; i++)
    {
      GripChannel *channel = g_ptr_array_index (self->channels, i);
      g_autofree char *name = g_strconcat (self->channel_prefix != NULL ? self->channel_prefix : "",
                                           grip_channel_get_name (channel), NULL);

      g_ptr_array_add (channels, grip_channel_new_full (name, grip_channel_get_prev_id (channel),
                                                        grip_channel_get_filters (channel)));
    }

  return channels;
}

/* Codes that an HTTP server acts upon, for one by leaving headers out: the proxy gets them as
 * Grip-Status. */
gboolean
grip_instruct_is_special_code (int code)
{
  return code < 200 || code == 304;
}

static gboolean
is_utf8 (const char *text)
{
  return text == NULL || g_utf8_validate (text, -1, NULL);
}

static gboolean
check_channel (GripInstruct  *self,
               GripChannel   *channel,
               GError       **error)
{
  const char * const *filters = grip_channel_get_filters (channel);

  if (*grip_channel_get_name (channel) == '\0')
    return grip_instruct_fail (error, "the name of a channel is empty");

  if (g_strv_length ((char **) filters) > 5)
    return grip_instruct_fail (error, "a proxy takes at most 5 filters for a channel");

  if (!is_utf8 (grip_channel_get_name (channel)) || !is_utf8 (grip_channel_get_prev_id (channel)))
    return grip_instruct_fail (error, "a channel is not UTF-8");

  for (guint i = 0; filters[i] != NULL; i++)
    {
      if (*filters[i] == '\0' || !is_utf8 (filters[i]))
        return grip_instruct_fail (error, "the name of a filter is empty or not UTF-8");
    }

  if (self->hold_mode == GRIP_HOLD_MODE_STREAM && self->next_link == NULL &&
      grip_channel_get_prev_id (channel) != NULL)
    return grip_instruct_fail (error, "a stream with a prev-id needs a next link");

  return TRUE;
}

static gboolean
check_meta (GripInstruct  *self,
            GError       **error)
{
  GHashTableIter iter;
  gpointer name = NULL;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->meta);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      if (!is_utf8 (name) || !is_utf8 (value))
        return grip_instruct_fail (error, "the meta data is not UTF-8");
    }

  return TRUE;
}

static gboolean
check_header (const char  *name,
              const char  *value,
              GError     **error)
{
  if (!grip_is_header_name (name))
    {
      g_autofree char *escaped = g_strescape (name, NULL);

      return grip_instruct_fail (error, "'%s' is not the name of a header", escaped);
    }

  if (!grip_is_header_value (value))
    return grip_instruct_fail (error, "the value of the header %s has control characters", name);

  if (g_ascii_strncasecmp (name, "Grip-", 5) == 0)
    return grip_instruct_fail (error, "the response has a header %s of its own", name);

  if (g_ascii_strcasecmp (name, "Content-Type") == 0 &&
      g_ascii_strncasecmp (value, "application/grip-instruct", 25) == 0)
    return grip_instruct_fail (error, "the Content-Type header of the response is that of an instruct");

  return TRUE;
}

static gboolean
check_response (GripInstruct  *self,
                GError       **error)
{
  GVariantIter iter;
  const char *name = NULL;
  const char *value = NULL;

  if (self->status_reason != NULL && !grip_is_header_value (self->status_reason))
    return grip_instruct_fail (error, "the reason of the status has control characters");

  if (self->response == NULL)
    return TRUE;

  value = grip_response_get_reason (self->response);
  if (value != NULL && !grip_is_header_value (value))
    return grip_instruct_fail (error, "the reason of the response has control characters");

  g_variant_iter_init (&iter, grip_response_get_headers (self->response));
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &value))
    {
      if (!check_header (name, value, error))
        return FALSE;
    }

  return TRUE;
}

/* What the proxy would refuse, or understand as something else, in either form. */
gboolean
grip_instruct_check (GripInstruct  *self,
                     GError       **error)
{
  if (!is_utf8 (self->channel_prefix))
    return grip_instruct_fail (error, "the channel prefix is not UTF-8");

  for (guint i = 0; i < self->channels->len; i++)
    {
      if (!check_channel (self, g_ptr_array_index (self->channels, i), error))
        return FALSE;
    }

  if (!check_meta (self, error))
    return FALSE;

  if (self->keep_alive != NULL && g_bytes_get_size (self->keep_alive) == 0)
    return grip_instruct_fail (error, "the keep-alive content is empty");

  return check_response (self, error);
}

/* Whether the client may see a header of the response. */
gboolean
grip_instruct_exposes (GripInstruct *self,
                       const char   *header)
{
  if (*self->expose_headers == NULL)
    return TRUE;

  for (guint i = 0; self->expose_headers[i] != NULL; i++)
    {
      if (g_ascii_strcasecmp (self->expose_headers[i], header) == 0)
        return TRUE;
    }

  return FALSE;
}
