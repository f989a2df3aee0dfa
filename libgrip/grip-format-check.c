/* grip-format-check.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>
#include <string.h>

#include "grip-error.h"
#include "grip-format-check-private.h"
#include "grip-utf8-private.h"
#include "grip-variant-private.h"

/* What a proxy refuses in the description of a format (protocol 3.1). The formats of libgrip check
 * their own fields; this is for those that an application or a script describes. */

/* Of lists and dictionaries; and of these with the variants around what they hold. */
#define MAX_DEPTH  32
#define MAX_LEVELS 128

gboolean
grip_is_header_name (const char *name)
{
  if (*name == '\0')
    return FALSE;

  for (const char *p = name; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("!#$%&'*+-.^_`|~", *p) == NULL)
      return FALSE;

  return TRUE;
}

gboolean
grip_is_header_value (const char *value)
{
  for (const char *p = value; *p != '\0'; p++)
    if (((guchar) *p < 0x20 && *p != '\t') || *p == 0x7f)
      return FALSE;

  return g_utf8_validate (value, -1, NULL);
}

static gboolean
is_text (GVariant *value)
{
  return g_variant_is_of_type (value, G_VARIANT_TYPE_STRING);
}

/* Looks through the variants that a{sv} and av put around values. */
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
dup_element (GVariant *list,
             gsize     i)
{
  return unwrap (g_variant_get_child_value (list, i));
}

/* JavaScript has no other number than a double. */
static gboolean
is_integer (GVariant *value,
            gint64   *number)
{
  double real;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
    return grip_variant_read_integer (value, number);

  real = g_variant_get_double (value);
  *number = (gint64) CLAMP (real, -1e15, 1e15);

  return (double) *number == real;
}

/* Depth and numbers that JSON does not have, anywhere in the description. */
static gboolean
is_writable (GVariant *value,
             guint     depth,
             guint     levels)
{
  gboolean is_wrap = g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT) ||
                     g_variant_is_of_type (value, G_VARIANT_TYPE_DICT_ENTRY);
  gsize    n;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
    return isfinite (g_variant_get_double (value));
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64))
    return g_variant_get_uint64 (value) <= G_MAXINT64;
  if (!g_variant_is_container (value) || g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return TRUE;
  if (depth == 0 || levels == 0)
    return FALSE;

  n = g_variant_n_children (value);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr(GVariant) child = g_variant_get_child_value (value, i);

      if (!is_writable (child, is_wrap ? depth : depth - 1, levels - 1))
        return FALSE;
    }

  return TRUE;
}

static gboolean
refuse (const char  *name,
        GError     **error,
        const char  *problem)
{
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM, "%s: %s", name, problem);

  return FALSE;
}

static GVariant *
lookup (GVariant   *description,
        const char *key)
{
  return g_variant_lookup_value (description, key, NULL);
}

static gboolean
check_text (GVariant    *description,
            const char  *name,
            const char  *key,
            GError     **error)
{
  g_autoptr(GVariant) value = lookup (description, key);
  g_autofree char    *problem = NULL;

  if (value == NULL || is_text (value))
    return TRUE;

  problem = g_strdup_printf ("'%s' is of type %s, not a string", key, g_variant_get_type_string (value));

  return refuse (name, error, problem);
}

static gboolean
lookup_any (GVariant   *description,
            const char *key)
{
  g_autoptr(GVariant) value = lookup (description, key);

  return value != NULL;
}

/* It becomes part of the status line. */
static gboolean
check_reason (GVariant    *description,
              const char  *name,
              GError     **error)
{
  g_autoptr(GVariant) value = lookup (description, "reason");

  if (!check_text (description, name, "reason", error))
    return FALSE;
  if (value != NULL && !grip_is_header_value (g_variant_get_string (value, NULL)))
    return refuse (name, error, "'reason' has a control character");

  return TRUE;
}

/* A proxy takes a string of digits, too. */
static gboolean
read_code (GVariant *value,
           gint64   *code)
{
  if (is_text (value))
    return g_ascii_string_to_signed (g_variant_get_string (value, NULL), 10, 0, G_MAXINT32, code, NULL);

  return is_integer (value, code);
}

static gboolean
check_code (GVariant    *description,
            const char  *name,
            gint64       limit,
            GError     **error)
{
  g_autoptr(GVariant) value = lookup (description, "code");
  g_autofree char    *problem = NULL;
  gint64              code;

  if (value == NULL || (read_code (value, &code) && code >= 0 && code <= limit))
    return TRUE;

  problem = g_strdup_printf ("'code' is not a number in 0 to %" G_GINT64_FORMAT, limit);

  return refuse (name, error, problem);
}

static gboolean
check_filters (GVariant    *description,
               const char  *name,
               GError     **error)
{
  g_autoptr(GVariant) value = lookup (description, "content-filters");
  gsize               n;

  if (value == NULL)
    return TRUE;
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_ARRAY))
    return refuse (name, error, "'content-filters' is not a list");

  n = g_variant_n_children (value);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr(GVariant) filter = dup_element (value, i);

      if (!is_text (filter))
        return refuse (name, error, "'content-filters' has an element that is not a string");
    }

  return TRUE;
}

static gboolean
is_header_pair (GVariant *pair)
{
  g_autoptr(GVariant) name = NULL;
  g_autoptr(GVariant) value = NULL;

  if (!g_variant_is_container (pair) || g_variant_n_children (pair) != 2)
    return FALSE;

  name = dup_element (pair, 0);
  value = dup_element (pair, 1);

  return is_text (name) && is_text (value) &&
         grip_is_header_name (g_variant_get_string (name, NULL)) &&
         grip_is_header_value (g_variant_get_string (value, NULL));
}

/* A dictionary, or a list of pairs: the children have two children of their own in both. */
static gboolean
check_headers (GVariant    *description,
               const char  *name,
               GError     **error)
{
  g_autoptr(GVariant) value = lookup (description, "headers");
  gsize               n;

  if (value == NULL)
    return TRUE;
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_ARRAY))
    return refuse (name, error, "'headers' is neither a dictionary nor a list of pairs");

  n = g_variant_n_children (value);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr(GVariant) pair = dup_element (value, i);

      if (!is_header_pair (pair))
        return refuse (name, error, "'headers' has an element that is no pair of header name and value");
    }

  return TRUE;
}

gboolean
grip_check_body_patch (GVariant  *operations,
                       char     **problem)
{
  gsize n;

  if (!g_variant_is_of_type (operations, G_VARIANT_TYPE_ARRAY) ||
      g_variant_is_of_type (operations, G_VARIANT_TYPE_BYTESTRING))
    {
      *problem = g_strdup ("is not a list");
      return FALSE;
    }

  n = g_variant_n_children (operations);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr(GVariant) operation = dup_element (operations, i);
      g_autoptr(GVariant) op = NULL;
      g_autoptr(GVariant) path = NULL;

      if (g_variant_is_of_type (operation, G_VARIANT_TYPE_VARDICT))
        {
          op = g_variant_lookup_value (operation, "op", G_VARIANT_TYPE_STRING);
          path = g_variant_lookup_value (operation, "path", G_VARIANT_TYPE_STRING);
        }
      if (op == NULL || path == NULL)
        {
          *problem = g_strdup_printf ("element %" G_GSIZE_FORMAT " has no 'op' and 'path'", i);
          return FALSE;
        }
    }

  if (!is_writable (operations, MAX_DEPTH, MAX_LEVELS))
    {
      *problem = g_strdup ("is nested too deeply or has a number that JSON does not have");
      return FALSE;
    }

  return TRUE;
}

/* The payload of a field that may have a -bin twin. */
static gboolean
check_payload (GVariant    *description,
               const char  *name,
               const char  *key,
               gboolean     must_be_there,
               GError     **error)
{
  g_autofree char    *bin_key = g_strconcat (key, "-bin", NULL);
  g_autoptr(GVariant) plain = lookup (description, key);
  g_autoptr(GVariant) bin = lookup (description, bin_key);
  g_autofree char    *problem = NULL;

  if (plain != NULL && !is_text (plain) && !g_variant_is_of_type (plain, G_VARIANT_TYPE_BYTESTRING))
    problem = g_strdup_printf ("'%s' is neither a string nor bytes", key);
  else if (bin != NULL && !g_variant_is_of_type (bin, G_VARIANT_TYPE_BYTESTRING))
    problem = g_strdup_printf ("'%s' is not bytes", bin_key);
  else if (plain != NULL && bin != NULL)
    problem = g_strdup_printf ("'%s' and '%s' exclude each other", key, bin_key);
  else if (must_be_there && plain == NULL && bin == NULL)
    problem = g_strdup_printf ("'%s' is missing", key);

  return problem == NULL || refuse (name, error, problem);
}

static gboolean
check_http_response (GVariant    *description,
                     const char  *name,
                     GError     **error)
{
  g_autoptr(GVariant) patch = lookup (description, "body-patch");
  g_autofree char    *problem = NULL;
  g_autofree char    *text = NULL;

  if (patch != NULL && !grip_check_body_patch (patch, &problem))
    {
      text = g_strdup_printf ("'body-patch' %s", problem);
      return refuse (name, error, text);
    }

  if (patch != NULL && (lookup_any (description, "body") || lookup_any (description, "body-bin")))
    return refuse (name, error, "'body' and 'body-patch' exclude each other");

  return check_code (description, name, 999, error) &&
         check_reason (description, name, error) &&
         check_headers (description, name, error) &&
         check_payload (description, name, "body", patch == NULL, error);
}

static gboolean
is_utf8_payload (GVariant   *description,
                 const char *key)
{
  g_autoptr(GVariant) value = lookup (description, key);
  gconstpointer       data;
  gsize               length;

  if (value == NULL || !g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return TRUE;
  data = g_variant_get_fixed_array (value, &length, 1);

  return grip_utf8_check (data, length, NULL);
}

static gboolean
check_ws_message (GVariant    *description,
                  const char  *name,
                  GError     **error)
{
  static const char *const types[] = { "text", "binary", "ping", "pong", NULL };
  g_autoptr(GVariant)      kind = lookup (description, "type");
  const char              *word = NULL;

  if (kind != NULL)
    {
      word = is_text (kind) ? g_variant_get_string (kind, NULL) : "";
      if (!g_strv_contains (types, word))
        return refuse (name, error, "'type' is not one of text, binary, ping, pong");
      if (g_str_equal (word, "text") &&
          !(is_utf8_payload (description, "content") && is_utf8_payload (description, "content-bin")))
        return refuse (name, error, "'content' of a text message is not UTF-8");
    }

  return check_payload (description, name, "content",
                        word == NULL || g_str_equal (word, "text") || g_str_equal (word, "binary"), error);
}

static gboolean
check_action (GVariant    *description,
              const char  *name,
              gboolean    *sends,
              GError     **error)
{
  static const char *const actions[] = { "send", "close", "hint", NULL };
  g_autoptr(GVariant)      value = lookup (description, "action");
  const char              *word;

  *sends = TRUE;
  if (value == NULL)
    return TRUE;

  word = is_text (value) ? g_variant_get_string (value, NULL) : "";
  *sends = g_str_equal (word, "send");
  if (g_strv_contains (actions, word) ||
      (g_str_equal (word, "refresh") && g_str_equal (name, "ws-message")))
    return TRUE;

  return refuse (name, error, "'action' is not one of send, close, hint (and refresh for ws-message)");
}

static gboolean
check_description (GVariant    *description,
                   const char  *name,
                   GError     **error)
{
  gboolean is_ws = g_str_equal (name, "ws-message");
  gboolean sends;

  if (!is_ws && !g_str_equal (name, "http-response") && !g_str_equal (name, "http-stream"))
    return TRUE;
  if (!check_action (description, name, &sends, error) ||
      !check_filters (description, name, error))
    return FALSE;

  if (!sends)
    return !is_ws || (check_code (description, name, 65535, error) &&
                      check_text (description, name, "reason", error));
  if (is_ws)
    return check_ws_message (description, name, error);
  if (g_str_equal (name, "http-response"))
    return check_http_response (description, name, error);

  return check_payload (description, name, "content", TRUE, error);
}

/**
 * grip_format_dup_checked:
 * @self: a format of an application's own
 * @error: return location for an error
 *
 * Asks the format for its description and checks that a proxy would take it.
 *
 * Returns: (transfer full): the description
 */
GVariant *
grip_format_dup_checked (GripFormat  *self,
                         GError     **error)
{
  g_autoptr(GVariant) description = grip_format_to_variant (self);
  const char         *name = grip_format_get_name (self);

  if (name == NULL || *name == '\0' || !g_utf8_validate (name, -1, NULL))
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM,
                   "a format of type %s has no name", G_OBJECT_TYPE_NAME (self));
      return NULL;
    }
  if (description == NULL || !g_variant_is_of_type (description, G_VARIANT_TYPE_VARDICT))
    {
      refuse (name, error, "its description is not of type a{sv}");
      return NULL;
    }
  if (!is_writable (description, MAX_DEPTH, MAX_LEVELS))
    {
      refuse (name, error, "its description is nested too deeply or has a number that JSON does not have");
      return NULL;
    }
  if (!check_description (description, name, error))
    return NULL;

  return g_steal_pointer (&description);
}
