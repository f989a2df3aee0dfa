/* grip-instruct-headers.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-format-check-private.h"
#include "grip-header-private.h"
#include "grip-header.h"
#include "grip-instruct-private.h"

/* Writes instructs as headers, in the forms that Pushpin's parser (and not only the letter of the
 * protocol) reads back as they were. */

static void
add_header (GVariantBuilder *headers,
            const char      *name,
            const char      *value)
{
  g_variant_builder_add (headers, "(ss)", name, value);
}

static void
add_integer (GVariantBuilder *headers,
             const char      *name,
             int              value)
{
  g_autofree char *text = g_strdup_printf ("%d", value);

  add_header (headers, name, text);
}

/* Pushpin looks the names of parameters up among all parameters, the first value included. */
static gboolean
is_parameter_name (const char *text)
{
  return g_ascii_strcasecmp (text, "format") == 0 ||
         g_ascii_strcasecmp (text, "timeout") == 0 ||
         g_ascii_strcasecmp (text, "mode") == 0;
}

static gboolean
is_raw (const guint8 *data,
        gsize         length)
{
  g_autofree char *text = NULL;

  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isprint (data[i]) || data[i] == ';')
        return FALSE;
    }

  if (data[0] == ' ' || data[length - 1] == ' ')
    return FALSE;

  text = g_strndup ((const char *) data, length);

  return !is_parameter_name (text);
}

/* No other escapes than these are known: an unknown one vanishes. */
static char *
escape_cstring (const guint8 *data,
                gsize         length)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    {
      gboolean is_edge = i == 0 || i + 1 == length;

      if (data[i] == '\\')
        g_string_append (text, "\\\\");
      else if (data[i] == '\r')
        g_string_append (text, "\\r");
      else if (data[i] == '\n')
        g_string_append (text, "\\n");
      else if (!g_ascii_isprint (data[i]) || data[i] == ';' || (is_edge && data[i] == ' '))
        g_string_append_printf (text, "\\x%02x", data[i]);
      else
        g_string_append_c (text, data[i]);
    }

  if (is_parameter_name (text->str))
    {
      g_autofree char *first = g_strdup_printf ("\\x%02x", data[0]);

      g_string_erase (text, 0, 1);
      g_string_prepend (text, first);
    }

  return g_string_free (text, FALSE);
}

static char *
write_keep_alive (GripInstruct *self)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (self->keep_alive, &length);
  g_autofree char *cstring = escape_cstring (data, length);
  g_autofree char *base64 = g_base64_encode (data, length);
  GString *text = g_string_new (NULL);

  if (is_raw (data, length))
    g_string_append_printf (text, "%.*s; format=raw", (int) length, (const char *) data);
  else if (g_utf8_validate_len ((const char *) data, length, NULL) || is_parameter_name (base64))
    g_string_append_printf (text, "%s; format=cstring", cstring);
  else
    g_string_append_printf (text, "%s; format=base64", base64);

  if (self->keep_alive_timeout >= 0)
    g_string_append_printf (text, "; timeout=%d", self->keep_alive_timeout);
  if (self->keep_alive_mode == GRIP_KEEP_ALIVE_MODE_INTERVAL)
    g_string_append (text, "; mode=interval");

  return g_string_free (text, FALSE);
}

static gboolean
add_keep_alive (GripInstruct     *self,
                GVariantBuilder  *headers,
                GError          **error)
{
  g_autofree char *text = NULL;

  if (g_bytes_get_size (self->keep_alive) > 16384)
    return grip_instruct_fail (error, "the keep-alive content is too long for a header");

  text = write_keep_alive (self);
  add_header (headers, "Grip-Keep-Alive", text);

  return TRUE;
}

static gboolean
add_meta (GripInstruct     *self,
          GVariantBuilder  *headers,
          GError          **error)
{
  g_auto(GStrv) names = grip_instruct_get_meta_names (self);
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; names[i] != NULL; i++)
    {
      const char *value = grip_instruct_get_meta (self, names[i]);

      if (!grip_is_header_name (names[i]))
        {
          g_autofree char *escaped = g_strescape (names[i], NULL);

          return grip_instruct_fail (error, "no header can carry the meta name '%s'", escaped);
        }

      if (!grip_is_header_value (value))
        return grip_instruct_fail (error, "no header can carry the meta value of '%s'", names[i]);

      g_string_append_printf (text, "%s%s=", i > 0 ? ", " : "", names[i]);
      grip_header_append_quoted (text, value);
    }

  if (text->len > 0)
    add_header (headers, "Grip-Set-Meta", text->str);

  return TRUE;
}

/* A comma, a semicolon or a quote ends a link for Pushpin, wherever it stands. */
static gboolean
append_link (GString     *text,
             const char  *uri,
             const char  *relation,
             GError     **error)
{
  if (*uri == '\0' || !grip_is_header_value (uri))
    return grip_instruct_fail (error, "the %s link is empty or has control characters", relation);

  g_string_append (text, text->len > 0 ? ", <" : "<");
  for (const char *p = uri; *p != '\0'; p++)
    {
      if (!g_ascii_isgraph (*p) || strchr (",;\"<>\\", *p) != NULL)
        g_string_append_printf (text, "%%%02X", (guchar) *p);
      else
        g_string_append_c (text, *p);
    }
  g_string_append_printf (text, ">; rel=%s", relation);

  return TRUE;
}

static gboolean
add_links (GripInstruct     *self,
           GVariantBuilder  *headers,
           GError          **error)
{
  g_autoptr(GString) text = g_string_new (NULL);

  if (self->next_link != NULL)
    {
      if (!append_link (text, self->next_link, "next", error))
        return FALSE;
      if (self->next_link_timeout >= 0)
        g_string_append_printf (text, "; timeout=%d", self->next_link_timeout);
    }

  if (self->gone_link != NULL && !append_link (text, self->gone_link, "gone", error))
    return FALSE;

  if (text->len > 0)
    add_header (headers, "Grip-Link", text->str);

  return TRUE;
}

static gboolean
add_session (GripInstruct     *self,
             GVariantBuilder  *headers,
             GError          **error)
{
  g_autoptr(GString) text = NULL;

  if (self->session_id != NULL)
    {
      if (!grip_header_is_simple (self->session_id))
        return grip_instruct_fail (error, "no header can carry the session id");
      add_header (headers, "Grip-Session-Id", self->session_id);
    }

  if (self->session_path_prefix == NULL)
    return TRUE;

  if (!grip_is_header_value (self->session_path_prefix) ||
      !grip_is_header_value (self->session_pointer) ||
      (self->session_json_param != NULL && !grip_is_header_value (self->session_json_param)))
    return grip_instruct_fail (error, "the session rule has control characters");

  text = g_string_new ("path-prefix=");
  grip_header_append_quoted (text, self->session_path_prefix);
  g_string_append (text, "; sid-ptr=");
  grip_header_append_quoted (text, self->session_pointer);
  if (self->session_json_param != NULL)
    {
      g_string_append (text, "; json-param=");
      grip_header_append_quoted (text, self->session_json_param);
    }
  add_header (headers, "Grip-Session-Detect", text->str);

  return TRUE;
}

static gboolean
add_hold (GripInstruct     *self,
          GVariantBuilder  *headers,
          GError          **error)
{
  g_autoptr(GPtrArray) channels = grip_instruct_dup_prefixed_channels (self);
  g_autofree char *text = NULL;

  if (self->hold_mode == GRIP_HOLD_MODE_RESPONSE)
    add_header (headers, "Grip-Hold", "response");
  else if (self->hold_mode == GRIP_HOLD_MODE_STREAM)
    add_header (headers, "Grip-Hold", "stream");

  text = grip_create_grip_channel_header (channels, error);
  if (text == NULL)
    return FALSE;
  if (*text != '\0')
    add_header (headers, "Grip-Channel", text);

  if (self->timeout >= 0)
    add_integer (headers, "Grip-Timeout", self->timeout);

  return TRUE;
}

static gboolean
add_exposed (GripInstruct     *self,
             GVariantBuilder  *headers,
             GError          **error)
{
  g_autofree char *text = NULL;

  for (guint i = 0; self->expose_headers[i] != NULL; i++)
    {
      if (!grip_is_header_name (self->expose_headers[i]))
        return grip_instruct_fail (error, "a name of an exposed header is not the name of a header");
    }

  text = g_strjoinv (", ", self->expose_headers);
  if (*text != '\0')
    add_header (headers, "Grip-Expose-Headers", text);

  return TRUE;
}

static void
add_status (GVariantBuilder *headers,
            int              code,
            const char      *reason)
{
  g_autofree char *text = NULL;

  text = reason != NULL && *reason != '\0' ? g_strdup_printf ("%d %s", code, reason)
                                           : g_strdup_printf ("%d", code);
  add_header (headers, "Grip-Status", text);
}

/* Beside a JSON body only those headers are written that it has no place for. Content in both places
 * is the same: the header adds the mode. */
gboolean
grip_instruct_add_headers (GripInstruct      *self,
                           GripInstructForm   form,
                           GVariantBuilder   *headers,
                           GError           **error)
{
  gboolean all = form != GRIP_INSTRUCT_FORM_JSON;

  if (all && (!add_hold (self, headers, error) || !add_meta (self, headers, error) ||
              !add_exposed (self, headers, error)))
    return FALSE;

  if (self->keep_alive != NULL && (all || self->keep_alive_mode == GRIP_KEEP_ALIVE_MODE_IDLE) &&
      !add_keep_alive (self, headers, error))
    return FALSE;

  if (all && self->status >= 0)
    add_status (headers, self->status, self->status_reason);
  else if (all && self->response != NULL &&
           grip_instruct_is_special_code (grip_response_get_code (self->response)))
    add_status (headers, grip_response_get_code (self->response),
                grip_response_get_reason (self->response));

  return add_links (self, headers, error) && add_session (self, headers, error);
}

/**
 * grip_instruct_to_headers:
 * @self: an instruct
 * @error: return location for an error
 *
 * Writes the instruct as `Grip-` headers, for an application that makes the response itself.
 *
 * The headers of [property@Grip.Instruct:response] are not among them, but they are checked. When the
 * code of that response is 304 or below 200, send 200: a `Grip-Status` header is written for those,
 * which an HTTP server would act upon.
 *
 * Fails with %GRIP_ERROR_INVALID_ITEM when a header cannot carry a value, or when the proxy would
 * refuse the instruct.
 *
 * Returns: (transfer full): the headers, of the type `a(ss)`
 *
 * Since: 1.0
 */
GVariant *
grip_instruct_to_headers (GripInstruct  *self,
                          GError       **error)
{
  GVariantBuilder headers;

  g_return_val_if_fail (GRIP_IS_INSTRUCT (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!grip_instruct_check (self, error))
    return NULL;

  g_variant_builder_init (&headers, G_VARIANT_TYPE ("a(ss)"));
  if (!grip_instruct_add_headers (self, GRIP_INSTRUCT_FORM_HEADERS, &headers, error))
    {
      g_variant_builder_clear (&headers);
      return NULL;
    }

  return g_variant_ref_sink (g_variant_builder_end (&headers));
}
