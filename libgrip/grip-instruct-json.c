/* grip-instruct-json.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-instruct-private.h"
#include "grip-writer-private.h"

/* Writes instructs as JSON, and the response that carries either form. */

static void
write_content (GripWriter *writer,
               const char *key,
               GBytes     *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  /* NUL would be legal JSON, but many readers of it cut the text there. */
  grip_writer_content (writer, key, data != NULL ? data : "", length,
                       length == 0 || g_utf8_validate_len (data, length, NULL),
                       GRIP_CONTENT_HTTP);
}

static void
write_channel (GripWriter  *writer,
               GripChannel *channel)
{
  const char * const *filters = grip_channel_get_filters (channel);

  grip_writer_begin_dict (writer);
  grip_writer_member (writer, "name", grip_channel_get_name (channel));

  if (grip_channel_get_prev_id (channel) != NULL)
    grip_writer_member (writer, "prev-id", grip_channel_get_prev_id (channel));

  if (*filters != NULL)
    {
      grip_writer_key (writer, "filters");
      grip_writer_begin_list (writer);
      for (guint i = 0; filters[i] != NULL; i++)
        grip_writer_string (writer, filters[i]);
      grip_writer_end_list (writer);
    }

  grip_writer_end_dict (writer);
}

static void
write_integer (GripWriter *writer,
               const char *key,
               gint64      value)
{
  grip_writer_key (writer, key);
  grip_writer_integer (writer, value);
}

static void
write_keep_alive (GripWriter   *writer,
                  GripInstruct *self)
{
  grip_writer_key (writer, "keep-alive");
  grip_writer_begin_dict (writer);
  write_content (writer, "content", self->keep_alive);
  if (self->keep_alive_timeout >= 0)
    write_integer (writer, "timeout", self->keep_alive_timeout);
  grip_writer_end_dict (writer);
}

static void
write_meta (GripWriter   *writer,
            GripInstruct *self)
{
  g_auto(GStrv) names = grip_instruct_get_meta_names (self);

  grip_writer_key (writer, "meta");
  grip_writer_begin_dict (writer);
  for (guint i = 0; names[i] != NULL; i++)
    grip_writer_member (writer, names[i], grip_instruct_get_meta (self, names[i]));
  grip_writer_end_dict (writer);
}

static void
write_hold (GripWriter   *writer,
            GripInstruct *self)
{
  g_autoptr(GPtrArray) channels = grip_instruct_dup_prefixed_channels (self);

  grip_writer_key (writer, "hold");
  grip_writer_begin_dict (writer);
  grip_writer_member (writer, "mode",
                      self->hold_mode == GRIP_HOLD_MODE_STREAM ? "stream" : "response");

  grip_writer_key (writer, "channels");
  grip_writer_begin_list (writer);
  for (guint i = 0; i < channels->len; i++)
    write_channel (writer, g_ptr_array_index (channels, i));
  grip_writer_end_list (writer);

  if (self->timeout >= 0)
    write_integer (writer, "timeout", self->timeout);
  if (self->keep_alive != NULL)
    write_keep_alive (writer, self);
  if (g_hash_table_size (self->meta) > 0)
    write_meta (writer, self);

  grip_writer_end_dict (writer);
}

static void
write_headers (GripWriter   *writer,
               GripInstruct *self)
{
  GVariantIter iter;
  const char *name = NULL;
  const char *value = NULL;

  grip_writer_key (writer, "headers");
  grip_writer_begin_list (writer);

  g_variant_iter_init (&iter, grip_response_get_headers (self->response));
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &value))
    {
      if (!grip_instruct_exposes (self, name))
        continue;

      grip_writer_begin_list (writer);
      grip_writer_string (writer, name);
      grip_writer_string (writer, value);
      grip_writer_end_list (writer);
    }

  grip_writer_end_list (writer);
}

static void
write_response (GripWriter   *writer,
                GripInstruct *self)
{
  int code = self->status >= 0 ? self->status : grip_response_get_code (self->response);
  const char *reason = self->status >= 0 ? self->status_reason
                                         : grip_response_get_reason (self->response);

  write_integer (writer, "code", code);
  if (reason != NULL && *reason != '\0')
    grip_writer_member (writer, "reason", reason);

  if (g_variant_n_children (grip_response_get_headers (self->response)) > 0)
    write_headers (writer, self);
  if (grip_response_get_body (self->response) != NULL)
    write_content (writer, "body", grip_response_get_body (self->response));
}

static void
write_status (GripWriter   *writer,
              GripInstruct *self)
{
  write_integer (writer, "code", self->status);
  if (self->status_reason != NULL && *self->status_reason != '\0')
    grip_writer_member (writer, "reason", self->status_reason);
}

/* In JSON all of this is a part of the hold. */
static gboolean
check_for_json (GripInstruct  *self,
                GError       **error)
{
  if (self->hold_mode == GRIP_HOLD_MODE_NONE &&
      (self->channels->len > 0 || g_hash_table_size (self->meta) > 0 || self->keep_alive != NULL))
    return grip_instruct_fail (error, "without a hold, JSON has no place for channels, meta data "
                               "or keep-alive content");

  return TRUE;
}

/**
 * grip_instruct_to_json:
 * @self: an instruct
 * @error: return location for an error
 *
 * Writes the instruct as JSON: the body of a response with the code 200 and the media type
 * `application/grip-instruct`.
 *
 * JSON has no place for the links, the session and the mode of the keep-alive content: they are
 * written as headers beside it by [method@Grip.Instruct.to_response]. Fails with
 * %GRIP_ERROR_INVALID_ITEM when the proxy would refuse the instruct.
 *
 * Returns: (transfer full): the JSON text
 *
 * Since: 1.0
 */
char *
grip_instruct_to_json (GripInstruct  *self,
                       GError       **error)
{
  GripWriter writer;

  g_return_val_if_fail (GRIP_IS_INSTRUCT (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!grip_instruct_check (self, error) || !check_for_json (self, error))
    return NULL;

  grip_writer_init_json (&writer, 256);
  grip_writer_begin_dict (&writer);

  if (self->hold_mode != GRIP_HOLD_MODE_NONE)
    write_hold (&writer, self);

  if (self->response != NULL || self->status >= 0)
    {
      grip_writer_key (&writer, "response");
      grip_writer_begin_dict (&writer);
      if (self->response != NULL)
        write_response (&writer, self);
      else
        write_status (&writer, self);
      grip_writer_end_dict (&writer);
    }

  grip_writer_end_dict (&writer);

  return grip_writer_steal_string (&writer);
}

static GripResponse *
make_json_response (GripInstruct  *self,
                    GError       **error)
{
  g_autofree char *json = grip_instruct_to_json (self, error);
  g_autoptr(GBytes) body = NULL;
  GVariantBuilder headers;
  gsize length;

  if (json == NULL)
    return NULL;

  g_variant_builder_init (&headers, G_VARIANT_TYPE ("a(ss)"));
  g_variant_builder_add (&headers, "(ss)", "Content-Type", "application/grip-instruct");
  if (!grip_instruct_add_headers (self, GRIP_INSTRUCT_FORM_JSON, &headers, error))
    {
      g_variant_builder_clear (&headers);
      return NULL;
    }

  length = strlen (json);
  body = g_bytes_new_take (g_steal_pointer (&json), length);

  return grip_response_new (200, NULL, g_variant_builder_end (&headers), body);
}

static GripResponse *
make_headers_response (GripInstruct  *self,
                       GError       **error)
{
  g_autoptr(GVariant) instruct = grip_instruct_to_headers (self, error);
  GVariantBuilder headers;
  GVariantIter iter;
  GVariant *pair = NULL;
  const char *reason = NULL;
  int code = 200;

  if (instruct == NULL)
    return NULL;

  g_variant_builder_init (&headers, G_VARIANT_TYPE ("a(ss)"));

  if (self->response != NULL)
    {
      code = grip_response_get_code (self->response);
      reason = grip_response_get_reason (self->response);
      g_variant_iter_init (&iter, grip_response_get_headers (self->response));
      while ((pair = g_variant_iter_next_value (&iter)) != NULL)
        {
          g_variant_builder_add_value (&headers, pair);
          g_variant_unref (pair);
        }
    }

  if (grip_instruct_is_special_code (code))
    {
      code = 200;
      reason = NULL;
    }

  g_variant_iter_init (&iter, instruct);
  while ((pair = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_variant_builder_add_value (&headers, pair);
      g_variant_unref (pair);
    }

  return grip_response_new (code, reason, g_variant_builder_end (&headers),
                            self->response != NULL ? grip_response_get_body (self->response) : NULL);
}

/**
 * grip_instruct_to_response:
 * @self: an instruct
 * @form: the form of the instruct
 * @error: return location for an error
 *
 * Makes all that the HTTP server sends to the proxy: the response of the instruct, and the instruct in
 * it.
 *
 * With %GRIP_INSTRUCT_FORM_AUTO, headers are written when they can carry every value, else JSON. Fails
 * with %GRIP_ERROR_INVALID_ITEM when the form cannot carry a value, or when the proxy would refuse the
 * instruct.
 *
 * Returns: (transfer full): the response to send
 *
 * Since: 1.0
 */
GripResponse *
grip_instruct_to_response (GripInstruct      *self,
                           GripInstructForm   form,
                           GError           **error)
{
  GripResponse *response = NULL;

  g_return_val_if_fail (GRIP_IS_INSTRUCT (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (form == GRIP_INSTRUCT_FORM_JSON)
    return make_json_response (self, error);

  if (form == GRIP_INSTRUCT_FORM_HEADERS)
    return make_headers_response (self, error);

  response = make_headers_response (self, NULL);

  return response != NULL ? response : make_json_response (self, error);
}

static char *
create_hold (GripHoldMode   mode,
             GPtrArray     *channels,
             GripResponse  *response,
             int            timeout,
             GError       **error)
{
  g_autoptr(GripInstruct) instruct = grip_instruct_new (mode);

  for (guint i = 0; i < channels->len; i++)
    grip_instruct_add_channel (instruct, g_ptr_array_index (channels, i));
  grip_instruct_set_response (instruct, response);
  grip_instruct_set_timeout (instruct, timeout);

  return grip_instruct_to_json (instruct, error);
}

/**
 * grip_create_hold_response:
 * @channels: (element-type GripChannel): the channels
 * @response: (nullable): what the client gets when the time is over, or %NULL for an empty response
 * @timeout: the time in seconds, or -1 for the proxy's default
 * @error: return location for an error
 *
 * Writes the JSON instruct of a long poll: the body of a response with the media type
 * `application/grip-instruct`. Fails with %GRIP_ERROR_INVALID_ITEM.
 *
 * Returns: (transfer full): the JSON text
 *
 * Since: 1.0
 */
char *
grip_create_hold_response (GPtrArray     *channels,
                           GripResponse  *response,
                           int            timeout,
                           GError       **error)
{
  g_return_val_if_fail (channels != NULL, NULL);
  g_return_val_if_fail (response == NULL || GRIP_IS_RESPONSE (response), NULL);
  g_return_val_if_fail (timeout >= -1, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return create_hold (GRIP_HOLD_MODE_RESPONSE, channels, response, timeout, error);
}

/**
 * grip_create_hold_stream:
 * @channels: (element-type GripChannel): the channels
 * @response: (nullable): what the client gets first, or %NULL for an empty response
 * @error: return location for an error
 *
 * Writes the JSON instruct of a stream: the body of a response with the media type
 * `application/grip-instruct`. Fails with %GRIP_ERROR_INVALID_ITEM.
 *
 * Returns: (transfer full): the JSON text
 *
 * Since: 1.0
 */
char *
grip_create_hold_stream (GPtrArray     *channels,
                         GripResponse  *response,
                         GError       **error)
{
  g_return_val_if_fail (channels != NULL, NULL);
  g_return_val_if_fail (response == NULL || GRIP_IS_RESPONSE (response), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return create_hold (GRIP_HOLD_MODE_STREAM, channels, response, -1, error);
}
