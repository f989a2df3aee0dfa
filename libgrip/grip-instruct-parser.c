/* grip-instruct-parser.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-error.h"
#include "grip-header-private.h"
#include "grip-header.h"
#include "grip-instruct-private.h"

/* Reads instructs as Pushpin does: the headers first, then the JSON body, which adds channels and
 * overrides the rest. Stricter in these points, since a writer that does so has made a mistake and
 * Pushpin would not say which: numbers have no sign, spaces or fraction; base64 is whole; a quoted
 * value has an end. */

static gboolean
append_escape (GString     *data,
               const char **p)
{
  const char *c = *p;

  if (*c == '\\')
    g_string_append_c (data, '\\');
  else if (*c == 'r')
    g_string_append_c (data, '\r');
  else if (*c == 'n')
    g_string_append_c (data, '\n');
  else if (*c == 'x' && g_ascii_isxdigit (c[1]) && g_ascii_isxdigit (c[2]))
    g_string_append_c (data, g_ascii_xdigit_value (c[1]) << 4 | g_ascii_xdigit_value (c[2]));
  else
    return FALSE;

  *p += *c == 'x' ? 2 : 0;
  return TRUE;
}

static GBytes *
decode_cstring (const char  *text,
                GError     **error)
{
  g_autoptr(GString) data = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p != '\\')
        {
          g_string_append_c (data, *p);
          continue;
        }

      p++;
      if (!append_escape (data, &p))
        {
          grip_instruct_malformed (error, "Grip-Keep-Alive has an unknown escape");
          return NULL;
        }
    }

  return g_string_free_to_bytes (g_steal_pointer (&data));
}

static GBytes *
decode_keep_alive (const char  *text,
                   const char  *format,
                   GError     **error)
{
  if (format == NULL || *format == '\0' || strcmp (format, "raw") == 0)
    return g_bytes_new (text, strlen (text));

  if (strcmp (format, "cstring") == 0)
    return decode_cstring (text, error);

  if (strcmp (format, "base64") == 0)
    return grip_instruct_decode_base64 (text, "Grip-Keep-Alive", error);

  grip_instruct_malformed (error, "Grip-Keep-Alive has an unknown format");
  return NULL;
}

/* What stands between the semicolons of the header @name. */
static GArray *
parse_params (const char  *name,
              const char  *value,
              gboolean     parse_first,
              GError     **error)
{
  GArray *params = grip_header_parse_params (value, parse_first, error);

  if (params == NULL)
    g_prefix_error (error, "instruct: %s: ", name);

  return params;
}

static gboolean
read_keep_alive (GripInstruct  *self,
                 const char    *value,
                 GError       **error)
{
  g_autoptr(GArray) params = NULL;
  g_autoptr(GBytes) content = NULL;
  const char *text = NULL;
  const char *mode_text = NULL;
  GripKeepAliveMode mode = GRIP_KEEP_ALIVE_MODE_IDLE;
  gboolean has_timeout = FALSE;
  int timeout = -1;

  /* Only the first of several headers counts. */
  if (self->keep_alive != NULL)
    return TRUE;

  params = parse_params ("Grip-Keep-Alive", value, FALSE, error);
  if (params == NULL)
    return FALSE;

  mode_text = grip_header_lookup_param (params, "mode", NULL);
  if (mode_text != NULL && strcmp (mode_text, "interval") == 0)
    mode = GRIP_KEEP_ALIVE_MODE_INTERVAL;
  else if (mode_text != NULL && *mode_text != '\0' && strcmp (mode_text, "idle") != 0)
    return grip_instruct_malformed (error, "Grip-Keep-Alive has an unknown mode");

  text = grip_header_lookup_param (params, "timeout", &has_timeout);
  if (has_timeout && !grip_instruct_parse_number (text, G_MAXINT, "the timeout of Grip-Keep-Alive", &timeout, error))
    return FALSE;

  text = g_array_index (params, GripHeaderParam, 0).name;
  if (*text == '\0')
    return grip_instruct_malformed (error, "Grip-Keep-Alive is empty");

  content = decode_keep_alive (text, grip_header_lookup_param (params, "format", NULL), error);
  if (content == NULL)
    return FALSE;

  grip_instruct_set_keep_alive (self, content, timeout, mode);
  return TRUE;
}

static gboolean
read_meta (GripInstruct  *self,
           const char    *value,
           GError       **error)
{
  g_auto(GStrv) elements = grip_header_split (value);

  for (guint i = 0; elements[i] != NULL; i++)
    {
      g_autoptr(GArray) params = parse_params ("Grip-Set-Meta", elements[i], TRUE, error);
      GripHeaderParam *first = NULL;

      if (params == NULL)
        return FALSE;

      first = params->len > 0 ? &g_array_index (params, GripHeaderParam, 0) : NULL;
      if (first == NULL || *first->name == '\0')
        return grip_instruct_malformed (error, "Grip-Set-Meta has an element without a name");

      grip_instruct_set_meta (self, first->name, first->value != NULL ? first->value : "");
    }

  return TRUE;
}

static gboolean
read_status (GripInstruct  *self,
             const char    *value,
             GError       **error)
{
  g_autofree char *code_text = NULL;
  const char *reason = strchr (value, ' ');
  int code;

  if (self->status >= 0)
    return TRUE;

  code_text = reason != NULL ? g_strndup (value, reason - value) : g_strdup (value);
  if (!grip_instruct_parse_number (code_text, 999, "Grip-Status", &code, error))
    return FALSE;

  grip_instruct_set_status (self, code, reason != NULL ? reason + 1 : NULL);
  return TRUE;
}

static gboolean
read_link (GripInstruct  *self,
           GArray        *params,
           GError       **error)
{
  const char *link = g_array_index (params, GripHeaderParam, 0).name;
  const char *relation = grip_header_lookup_param (params, "rel", NULL);
  const char *timeout_text = NULL;
  g_autofree char *uri = NULL;
  gboolean has_timeout = FALSE;
  gsize length = strlen (link);
  int timeout = -1;

  if (length <= 2 || link[0] != '<' || link[length - 1] != '>')
    return grip_instruct_malformed (error, "Grip-Link has no URI between angle brackets");

  uri = g_strndup (link + 1, length - 2);
  if (g_strcmp0 (relation, "gone") == 0)
    grip_instruct_set_gone_link (self, uri);

  if (g_strcmp0 (relation, "next") != 0)
    return TRUE;

  timeout_text = grip_header_lookup_param (params, "timeout", &has_timeout);
  if (has_timeout && !grip_instruct_parse_number (timeout_text, G_MAXINT, "the timeout of Grip-Link", &timeout, error))
    return FALSE;

  grip_instruct_set_next_link (self, uri, timeout);
  return TRUE;
}

static gboolean
read_links (GripInstruct  *self,
            const char    *value,
            GError       **error)
{
  g_auto(GStrv) elements = grip_header_split (value);

  for (guint i = 0; elements[i] != NULL; i++)
    {
      g_autoptr(GArray) params = parse_params ("Grip-Link", elements[i], FALSE, error);

      if (params == NULL || (params->len >= 2 && !read_link (self, params, error)))
        return FALSE;
    }

  return TRUE;
}

static gboolean
read_channels (GripInstruct  *self,
               const char    *value,
               GError       **error)
{
  g_autoptr(GPtrArray) channels = grip_parse_grip_channel_header (value, error);

  for (guint i = 0; channels != NULL && i < channels->len; i++)
    grip_instruct_add_channel (self, g_ptr_array_index (channels, i));

  return channels != NULL;
}

static void
read_exposed (GripInstruct *self,
              const char   *value)
{
  g_autofree GStrv names = grip_header_split (value);
  gsize n_before = g_strv_length (self->expose_headers);
  gsize n = g_strv_length (names);

  self->expose_headers = g_renew (char *, self->expose_headers, n_before + n + 1);
  memcpy (self->expose_headers + n_before, names, (n + 1) * sizeof *names);
}

static gboolean
read_session_rule (GripInstruct  *self,
                   const char    *value,
                   GError       **error)
{
  g_autoptr(GArray) params = parse_params ("Grip-Session-Detect", value, TRUE, error);
  const char *path_prefix = NULL;
  const char *pointer = NULL;

  if (params == NULL)
    return FALSE;

  path_prefix = grip_header_lookup_param (params, "path-prefix", NULL);
  pointer = grip_header_lookup_param (params, "sid-ptr", NULL);
  if (path_prefix != NULL && pointer != NULL)
    grip_instruct_set_session_detect (self, path_prefix, pointer,
                                      grip_header_lookup_param (params, "json-param", NULL));

  return TRUE;
}

static gboolean
read_header (GripInstruct  *self,
             const char    *name,
             const char    *value,
             GError       **error)
{
  if (g_ascii_strcasecmp (name, "Grip-Hold") == 0)
    return grip_instruct_read_hold (self, value, error);

  if (g_ascii_strcasecmp (name, "Grip-Channel") == 0)
    return read_channels (self, value, error);

  if (g_ascii_strcasecmp (name, "Grip-Timeout") == 0)
    return grip_instruct_parse_number (value, G_MAXINT, "Grip-Timeout", &self->timeout, error);

  if (g_ascii_strcasecmp (name, "Grip-Keep-Alive") == 0)
    return read_keep_alive (self, value, error);

  if (g_ascii_strcasecmp (name, "Grip-Set-Meta") == 0)
    return read_meta (self, value, error);

  if (g_ascii_strcasecmp (name, "Grip-Status") == 0)
    return read_status (self, value, error);

  if (g_ascii_strcasecmp (name, "Grip-Link") == 0)
    return read_links (self, value, error);

  if (g_ascii_strcasecmp (name, "Grip-Session-Detect") == 0)
    return read_session_rule (self, value, error);

  if (g_ascii_strcasecmp (name, "Grip-Session-Id") == 0)
    grip_instruct_set_session_id (self, value);
  else if (g_ascii_strcasecmp (name, "Grip-Expose-Headers") == 0)
    read_exposed (self, value);

  return TRUE;
}

static gboolean
is_json (GripResponse *response)
{
  const char *content_type = grip_response_get_header (response, "Content-Type");
  g_autofree char *media_type = NULL;

  if (content_type == NULL)
    return FALSE;

  media_type = g_strndup (content_type, strcspn (content_type, ";"));
  g_strstrip (media_type);

  return strcmp (media_type, "application/grip-instruct") == 0;
}

static gboolean
read_headers (GripInstruct     *self,
              GripResponse     *response,
              GVariantBuilder  *others,
              GError          **error)
{
  GVariantIter iter;
  const char *name = NULL;
  const char *value = NULL;

  g_variant_iter_init (&iter, grip_response_get_headers (response));
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &value))
    {
      if (g_ascii_strncasecmp (name, "Grip-", 5) != 0)
        g_variant_builder_add (others, "(ss)", name, value);
      else if (!read_header (self, name, value, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * grip_instruct_parse:
 * @response: a response of an origin to a proxy
 * @error: return location for an error
 *
 * Reads an instruct in either form, or in both at once, as Pushpin does.
 *
 * A response without any instruct is not an error: it makes an instruct with
 * %GRIP_HOLD_MODE_NONE. Headers that do not start with `Grip-` are those of
 * [property@Grip.Instruct:response]. Fails with %GRIP_ERROR_MALFORMED.
 *
 * Returns: (transfer full): the instruct
 *
 * Since: 1.0
 */
GripInstruct *
grip_instruct_parse (GripResponse  *response,
                     GError       **error)
{
  g_auto(GVariantBuilder) others = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ss)"));
  g_autoptr(GripInstruct) self = NULL;

  g_return_val_if_fail (GRIP_IS_RESPONSE (response), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self = grip_instruct_new (GRIP_HOLD_MODE_NONE);
  if (!read_headers (self, response, &others, error))
    return NULL;

  if (!is_json (response))
    {
      self->response = grip_response_new (grip_response_get_code (response),
                                          grip_response_get_reason (response),
                                          g_variant_builder_end (&others),
                                          grip_response_get_body (response));
      return g_steal_pointer (&self);
    }

  if (grip_response_get_code (response) != 200)
    {
      grip_instruct_malformed (error, "the code of a response with a JSON instruct is not 200");
      return NULL;
    }

  if (!grip_instruct_read_json (self, grip_response_get_body (response), error))
    return NULL;

  return g_steal_pointer (&self);
}
