/* grip-soup-filter.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-soup-filter-private.h"

static gboolean
is_content_filter (const char *name)
{
  return strcmp (name, "var-subst") == 0 || strcmp (name, "build-id") == 0;
}

gboolean
grip_soup_filter_match (const char * const *filters,
                        const char * const *content_filters)
{
  guint n = 0;

  for (guint i = 0; filters != NULL && filters[i] != NULL; i++)
    {
      if (!is_content_filter (filters[i]))
        continue;
      if (content_filters[n] == NULL || strcmp (filters[i], content_filters[n]) != 0)
        return FALSE;
      n++;
    }

  return content_filters[n] == NULL;
}

static const char *
get_user (GHashTable *sub_meta)
{
  const char *user = sub_meta != NULL ? g_hash_table_lookup (sub_meta, "user") : NULL;

  return user != NULL && *user != '\0' ? user : NULL;
}

static gboolean
is_skipped (const char *user,
            const char *list)
{
  g_auto(GStrv) users = NULL;

  if (user == NULL || list == NULL)
    return FALSE;

  users = g_strsplit (list, ",", -1);
  for (guint i = 0; users[i] != NULL; i++)
    {
      if (strcmp (g_strstrip (users[i]), user) == 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
has_channel (GPtrArray  *channels,
             const char *name)
{
  for (guint i = 0; i < channels->len; i++)
    {
      if (strcmp (g_ptr_array_index (channels, i), name) == 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_for_client (const char       *filter,
               GHashTable       *sub_meta,
               GPtrArray        *channels,
               GripSoupRendered *rendered)
{
  const char *value = NULL;

  if (strcmp (filter, "skip-self") == 0)
    {
      value = grip_soup_rendered_get_meta (rendered, "sender");
      return value == NULL || g_strcmp0 (get_user (sub_meta), value) != 0;
    }

  if (strcmp (filter, "skip-users") == 0)
    return !is_skipped (get_user (sub_meta), grip_soup_rendered_get_meta (rendered, "skip_users"));

  if (strcmp (filter, "require-sub") == 0)
    {
      value = grip_soup_rendered_get_meta (rendered, "require_sub");
      return value == NULL || *value == '\0' || has_channel (channels, value);
    }

  return TRUE;
}

/* The name in parentheses at @p, backslash escapes undone; NULL when it does not end. */
static char *
read_name (const char **p,
           const char  *end)
{
  g_autoptr(GString) name = g_string_new (NULL);
  const char *at = *p + 1;

  for (; at < end && *at != ')'; at++)
    {
      if (*at == '\\' && ++at >= end)
        return NULL;
      g_string_append_c (name, *at);
    }

  if (at >= end)
    return NULL;

  *p = at + 1;

  return g_string_free (g_steal_pointer (&name), FALSE);
}

static gboolean
append_directive (GString     *out,
                  const char **p,
                  const char  *end,
                  GHashTable  *values)
{
  g_autofree char *name = NULL;
  const char *value = NULL;

  if (*p >= end)
    return FALSE;

  if (**p == '%')
    {
      g_string_append_c (out, '%');
      *p += 1;
      return TRUE;
    }

  if (**p != '(')
    return FALSE;

  name = read_name (p, end);
  if (name == NULL || *p >= end || **p != 's')
    return FALSE;

  *p += 1;
  value = values != NULL ? g_hash_table_lookup (values, name) : NULL;
  if (value == NULL)
    return FALSE;

  g_string_append (out, value);

  return TRUE;
}

/* Replaces %(name)s by values, NULL for a name that is not known or what is no format. */
static GBytes *
substitute (GBytes     *content,
            GHashTable *values)
{
  gsize length;
  const char *p = g_bytes_get_data (content, &length);
  const char *end = p + length;
  g_autoptr(GString) out = NULL;

  if (length == 0 || memchr (p, '%', length) == NULL)
    return g_bytes_ref (content);

  out = g_string_sized_new (length);
  while (p < end)
    {
      const char *percent = memchr (p, '%', end - p);

      g_string_append_len (out, p, (percent != NULL ? percent : end) - p);
      if (percent == NULL)
        break;
      p = percent + 1;
      if (!append_directive (out, &p, end, values))
        return NULL;
    }

  return g_string_free_to_bytes (g_steal_pointer (&out));
}

gboolean
grip_soup_filter_run (const char * const  *filters,
                      GHashTable          *sub_meta,
                      GPtrArray           *channels,
                      GripSoupRendered    *rendered,
                      GBytes              *content,
                      GBytes             **result)
{
  g_autoptr(GBytes) current = content != NULL ? g_bytes_ref (content) : NULL;

  for (guint i = 0; filters != NULL && filters[i] != NULL; i++)
    {
      g_autoptr(GBytes) next = NULL;

      if (!is_for_client (filters[i], sub_meta, channels, rendered))
        return FALSE;
      if (current == NULL || strcmp (filters[i], "var-subst") != 0)
        continue;

      next = substitute (current, sub_meta);
      if (next == NULL)
        return FALSE;
      g_bytes_unref (current);
      current = g_steal_pointer (&next);
    }

  *result = g_steal_pointer (&current);
  return TRUE;
}
