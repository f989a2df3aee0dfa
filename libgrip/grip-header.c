/* grip-header.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-error.h"
#include "grip-format-check-private.h"
#include "grip-header-private.h"
#include "grip-header.h"

/* A channel with more filters is refused by Pushpin, whatever its configuration. */
#define MAX_FILTERS 5

static void
clear_param (gpointer data)
{
  GripHeaderParam *param = data;

  g_free (param->name);
  g_free (param->value);
}

static char *
dup_trimmed (const char *start,
             const char *end)
{
  while (start < end && g_ascii_isspace (*start))
    start++;
  while (end > start && g_ascii_isspace (end[-1]))
    end--;

  return g_strndup (start, end - start);
}

/* The next comma outside quotes. A backslash means something in quotes only; with a quote that is
 * never closed the rest is one element. */
static const char *
find_comma (const char *p)
{
  const char *start = p;
  gboolean in_quotes = FALSE;

  for (; *p != '\0'; p++)
    {
      if (*p == '"')
        in_quotes = !in_quotes;
      else if (in_quotes && *p == '\\' && p[1] != '\0')
        p++;
      else if (!in_quotes && *p == ',')
        return p;
    }

  return in_quotes ? start + strlen (start) : p;
}

/* The elements of a comma list, trimmed. */
char **
grip_header_split (const char *text)
{
  GPtrArray *elements = g_ptr_array_new ();

  while (*text != '\0')
    {
      const char *end = find_comma (text);

      g_ptr_array_add (elements, dup_trimmed (text, end));
      text = *end == ',' ? end + 1 : end;
    }

  g_ptr_array_add (elements, NULL);

  return (char **) g_ptr_array_free (elements, FALSE);
}

static const char *
read_quoted (const char  *p,
             char       **value,
             GError     **error)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (p++; *p != '\0' && *p != '"'; p++)
    {
      if (*p == '\\' && p[1] != '\0')
        p++;
      g_string_append_c (text, *p);
    }

  if (*p != '"')
    {
      g_set_error_literal (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "a quoted value has no end");
      return NULL;
    }

  *value = g_string_free (g_steal_pointer (&text), FALSE);

  return p + strcspn (p, ";");
}

static const char *
read_param (const char       *p,
            GripHeaderParam  *param,
            GError          **error)
{
  const char *end = p + strcspn (p, "=;");

  param->name = dup_trimmed (p, end);
  if (*end != '=')
    return end;

  if (end[1] == '"')
    return read_quoted (end + 1, &param->value, error);

  p = end + 1;
  end = p + strcspn (p, ";");
  param->value = dup_trimmed (p, end);

  return end;
}

/* One element with its parameters. Without @parse_first the first is a plain value, in which quotes
 * and `=` mean nothing. */
GArray *
grip_header_parse_params (const char  *text,
                          gboolean     parse_first,
                          GError     **error)
{
  g_autoptr(GArray) params = g_array_new (FALSE, FALSE, sizeof (GripHeaderParam));
  const char *p = text;

  g_array_set_clear_func (params, clear_param);

  if (!parse_first)
    {
      const char *end = text + strcspn (text, ";");
      GripHeaderParam param = { dup_trimmed (text, end), NULL };

      g_array_append_val (params, param);
      p = *end == ';' ? end + 1 : end;
    }

  while (*p != '\0')
    {
      GripHeaderParam param = { NULL, NULL };
      const char *end = read_param (p, &param, error);

      g_array_append_val (params, param);
      if (end == NULL)
        return NULL;

      p = *end == ';' ? end + 1 : end;
    }

  return g_steal_pointer (&params);
}

/* As Pushpin looks a parameter up: among all of them, the first value included. */
const char *
grip_header_lookup_param (GArray     *params,
                          const char *name,
                          gboolean   *found)
{
  for (guint i = 0; i < params->len; i++)
    {
      GripHeaderParam *param = &g_array_index (params, GripHeaderParam, i);

      if (g_ascii_strcasecmp (param->name, name) == 0)
        {
          if (found != NULL)
            *found = TRUE;
          return param->value;
        }
    }

  if (found != NULL)
    *found = FALSE;

  return NULL;
}

void
grip_header_append_quoted (GString    *text,
                           const char *value)
{
  g_string_append_c (text, '"');

  for (const char *p = value; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (text, '\\');
      g_string_append_c (text, *p);
    }

  g_string_append_c (text, '"');
}

/* Whether a value needs no quotes. */
gboolean
grip_header_is_simple (const char *text)
{
  if (*text == '\0')
    return FALSE;

  for (const char *p = text; *p != '\0'; p++)
    {
      if (!g_ascii_isgraph (*p) || strchr ("\",;\\", *p) != NULL)
        return FALSE;
    }

  return TRUE;
}

static void
append_param (GString    *text,
              const char *name,
              const char *value)
{
  g_string_append_printf (text, "; %s=", name);

  if (grip_header_is_simple (value))
    g_string_append (text, value);
  else
    grip_header_append_quoted (text, value);
}

static gboolean
refuse_channel (GripChannel  *channel,
                const char   *why,
                GError      **error)
{
  g_autofree char *name = g_strescape (grip_channel_get_name (channel), NULL);

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM, "channel '%s': %s", name, why);
  return FALSE;
}

/* Between commas and before the first semicolon a name stands as it is: no quoting is known there,
 * but a quote changes where Pushpin sees the next comma. */
static gboolean
check_name (GripChannel  *channel,
            GError      **error)
{
  const char *name = grip_channel_get_name (channel);
  g_autofree char *trimmed = dup_trimmed (name, name + strlen (name));

  if (*name == '\0')
    return refuse_channel (channel, "the name is empty", error);

  if (!grip_is_header_value (name) || strpbrk (name, ",;\"\t") != NULL ||
      strcmp (trimmed, name) != 0)
    return refuse_channel (channel, "no header can carry the name", error);

  if (grip_channel_get_prev_id (channel) != NULL && g_ascii_strcasecmp (name, "prev-id") == 0)
    return refuse_channel (channel, "with this name no header can carry a prev-id", error);

  return TRUE;
}

static gboolean
append_channel (GString      *text,
                GripChannel  *channel,
                GError      **error)
{
  const char *prev_id = grip_channel_get_prev_id (channel);
  const char * const *filters = grip_channel_get_filters (channel);

  if (!check_name (channel, error))
    return FALSE;

  if (g_strv_length ((char **) filters) > MAX_FILTERS)
    return refuse_channel (channel, "a proxy takes at most 5 filters", error);

  if (text->len > 0)
    g_string_append (text, ", ");
  g_string_append (text, grip_channel_get_name (channel));

  if (prev_id != NULL)
    {
      if (!grip_is_header_value (prev_id))
        return refuse_channel (channel, "no header can carry the prev-id", error);
      append_param (text, "prev-id", prev_id);
    }

  for (guint i = 0; filters[i] != NULL; i++)
    {
      if (*filters[i] == '\0' || !grip_is_header_value (filters[i]))
        return refuse_channel (channel, "no header can carry the name of a filter", error);
      append_param (text, "filter", filters[i]);
    }

  return TRUE;
}

/**
 * grip_create_grip_channel_header:
 * @channels: (element-type GripChannel): the channels
 * @error: return location for an error
 *
 * Writes the value of a `Grip-Channel` header.
 *
 * A channel name with a comma, a semicolon, a quote, a control character or spaces at its ends has no
 * spelling in that header: the call fails with %GRIP_ERROR_INVALID_ITEM. The JSON form can carry such
 * a name; see [method@Grip.Instruct.to_response].
 *
 * Returns: (transfer full): the value of the header
 *
 * Since: 1.0
 */
char *
grip_create_grip_channel_header (GPtrArray  *channels,
                                 GError    **error)
{
  g_autoptr(GString) text = NULL;

  g_return_val_if_fail (channels != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  text = g_string_new (NULL);

  for (guint i = 0; i < channels->len; i++)
    {
      GripChannel *channel = g_ptr_array_index (channels, i);

      g_return_val_if_fail (GRIP_IS_CHANNEL (channel), NULL);

      if (!append_channel (text, channel, error))
        return NULL;
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static GripChannel *
parse_channel (const char  *element,
               const char  *id_name,
               GError     **error)
{
  g_autoptr(GArray) params = grip_header_parse_params (element, FALSE, error);
  g_autoptr(GStrvBuilder) filters = NULL;
  g_auto(GStrv) strv = NULL;
  const char *name = NULL;

  if (params == NULL)
    return NULL;

  name = g_array_index (params, GripHeaderParam, 0).name;
  if (*name == '\0')
    {
      g_set_error_literal (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "a channel has no name");
      return NULL;
    }

  filters = g_strv_builder_new ();
  for (guint i = 1; i < params->len; i++)
    {
      GripHeaderParam *param = &g_array_index (params, GripHeaderParam, i);

      if (strcmp (param->name, "filter") == 0)
        g_strv_builder_add (filters, param->value != NULL ? param->value : "");
    }
  strv = g_strv_builder_end (filters);

  if (g_strv_length (strv) > MAX_FILTERS)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED,
                   "channel '%s' has more than %d filters", name, MAX_FILTERS);
      return NULL;
    }

  return grip_channel_new_full (name, grip_header_lookup_param (params, id_name, NULL),
                                (const char * const *) strv);
}

static GPtrArray *
parse_channels (const char  *value,
                const char  *header,
                const char  *id_name,
                GError     **error)
{
  g_auto(GStrv) elements = NULL;
  g_autoptr(GPtrArray) channels = NULL;

  if (!g_utf8_validate (value, -1, NULL))
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "%s is not UTF-8", header);
      return NULL;
    }

  elements = grip_header_split (value);
  channels = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; elements[i] != NULL; i++)
    {
      GripChannel *channel = parse_channel (elements[i], id_name, error);

      if (channel == NULL)
        {
          g_prefix_error (error, "%s: ", header);
          return NULL;
        }

      g_ptr_array_add (channels, channel);
    }

  return g_steal_pointer (&channels);
}

/**
 * grip_parse_grip_channel_header:
 * @value: the value of a `Grip-Channel` header
 * @error: return location for an error
 *
 * Reads the value of a `Grip-Channel` header as Pushpin does.
 *
 * Stricter than Pushpin, which leaves such a channel out without a word: a parameter with a quote
 * that has no end, and a channel without a name, fail with %GRIP_ERROR_MALFORMED.
 *
 * Returns: (transfer container) (element-type GripChannel): the channels
 *
 * Since: 1.0
 */
GPtrArray *
grip_parse_grip_channel_header (const char  *value,
                                GError     **error)
{
  g_return_val_if_fail (value != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return parse_channels (value, "Grip-Channel", "prev-id", error);
}

/**
 * grip_parse_grip_last:
 * @value: the value of a `Grip-Last` header
 * @error: return location for an error
 *
 * Reads the value of a `Grip-Last` header, in which the proxy tells what its client had last when it
 * asks the origin for what may be missing.
 *
 * The id of a channel's last item is the [property@Grip.Channel:prev-id] of the result, so that the
 * same channel can stand in the next instruct. Several headers of the name are one list: join their
 * values with commas. Fails with %GRIP_ERROR_MALFORMED.
 *
 * Returns: (transfer container) (element-type GripChannel): the channels
 *
 * Since: 1.0
 */
GPtrArray *
grip_parse_grip_last (const char  *value,
                      GError     **error)
{
  g_return_val_if_fail (value != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return parse_channels (value, "Grip-Last", "last-id", error);
}

/**
 * grip_parse_grip_feature:
 * @value: the value of a `Grip-Feature` header
 *
 * Reads the value of a `Grip-Feature` header: what the proxy can do, such as `status`, `session`,
 * `link:next` or `filter:skip-self`.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names of the features
 *
 * Since: 1.0
 */
char **
grip_parse_grip_feature (const char *value)
{
  g_auto(GStrv) elements = NULL;
  g_autoptr(GStrvBuilder) features = NULL;

  g_return_val_if_fail (value != NULL, NULL);

  elements = grip_header_split (value);
  features = g_strv_builder_new ();

  for (guint i = 0; elements[i] != NULL; i++)
    {
      if (*elements[i] != '\0' && g_utf8_validate (elements[i], -1, NULL))
        g_strv_builder_add (features, elements[i]);
    }

  return g_strv_builder_end (features);
}
