/* grip-config-zmq-uri.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-config-private.h"
#include "grip-error.h"
#include "grip-secret-private.h"

/* A GRIP URI whose scheme is one of ZMQ's: an address, and options in its query. */

typedef enum
{
  VALUE_TEXT,
  VALUE_BOOLEAN,
  VALUE_SECONDS,
} ValueKind;

static const struct
{
  const char *name;
  const char *option;
  ValueKind   kind;
} parameters[] = {
  { "bind", "control_zmq_bind", VALUE_BOOLEAN },
  { "grace-time", "grace_time", VALUE_SECONDS },
  { "mode", "control_zmq_mode", VALUE_TEXT },
  { "public-key", "control_zmq_public_key", VALUE_TEXT },
  { "require-subscribers", "require_subscribers", VALUE_BOOLEAN },
  { "secret-key", "control_zmq_secret_key", VALUE_TEXT },
  { "server-key", "control_zmq_server_key", VALUE_TEXT },
  { "socket", "socket", VALUE_TEXT },
  { "verify-iss", "verify_iss", VALUE_TEXT },
  { "verify-key", "verify_key", VALUE_TEXT },
};

static gboolean
fail (const char  *name,
      const char  *problem,
      GError     **error)
{
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "'%s' in the GRIP URI %s", name, problem);

  return FALSE;
}

gboolean
grip_config_is_zmq_uri (const char *uri)
{
  return g_ascii_strncasecmp (uri, "tcp://", 6) == 0 || g_ascii_strncasecmp (uri, "ipc://", 6) == 0;
}

static GVariant *
convert (GVariant    *text,
         guint        index,
         GError     **error)
{
  const char *name = parameters[index].name;
  const char *value;
  guint64     seconds;

  if (parameters[index].kind == VALUE_TEXT)
    return g_variant_ref (text);

  value = g_variant_get_string (text, NULL);
  if (parameters[index].kind == VALUE_BOOLEAN)
    {
      if (g_str_equal (value, "true") || g_str_equal (value, "false"))
        return g_variant_ref_sink (g_variant_new_boolean (*value == 't'));
      fail (name, "is neither true nor false", error);
      return NULL;
    }

  if (g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT32, &seconds, NULL))
    return g_variant_ref_sink (g_variant_new_int64 ((gint64) seconds));
  fail (name, "is no number of seconds", error);

  return NULL;
}

/* The name is not repeated: it may be a key, when something is left out before it. */
static gboolean
fail_unknown (GError **error)
{
  g_autoptr(GString) known = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", parameters[i].name);
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
               "the GRIP URI has a parameter that a ZMQ address does not have; there are %s", known->str);

  return FALSE;
}

static gboolean
add_parameter (GVariantDict  *dict,
               const char    *text,
               GError       **error)
{
  const char          *equals = text + strcspn (text, "=");
  gsize                length;
  g_autofree char     *name = grip_uri_unescape (text, equals - text, &length);
  g_autoptr(GVariant)  value = NULL;
  g_autoptr(GVariant)  converted = NULL;
  guint                i;

  for (i = 0; i < G_N_ELEMENTS (parameters) && !g_str_equal (name, parameters[i].name); i++)
    ;
  if (i == G_N_ELEMENTS (parameters))
    return fail_unknown (error);
  if (g_variant_dict_contains (dict, parameters[i].option))
    return fail (name, "is there twice", error);

  value = grip_uri_read_option (parameters[i].option, *equals == '=' ? equals + 1 : "", error);
  if (value == NULL)
    return FALSE;
  g_variant_ref_sink (value);
  converted = convert (value, i, error);
  if (converted == NULL)
    return FALSE;
  g_variant_dict_insert_value (dict, parameters[i].option, converted);

  return TRUE;
}

/* Which socket's address it is. */
static gboolean
place_address (GVariantDict  *dict,
               const char    *address,
               GError       **error)
{
  g_autofree char *socket = NULL;
  const char      *option = NULL;

  if (!g_variant_dict_lookup (dict, "socket", "s", &socket))
    socket = g_strdup ("command");
  g_variant_dict_remove (dict, "socket");

  if (g_str_equal (socket, "command"))
    option = "control_zmq_uri";
  else if (g_str_equal (socket, "push"))
    option = "control_zmq_push_uri";
  else if (g_str_equal (socket, "pub"))
    option = "control_zmq_pub_uri";
  else
    return fail ("socket", "is none of command, push and pub", error);

  g_variant_dict_insert (dict, option, "s", address);

  return TRUE;
}

/* Reads such a URI into a dictionary. */
GVariant *
grip_config_parse_zmq (const char  *uri,
                       GError     **error)
{
  g_auto(GVariantDict)  dict = G_VARIANT_DICT_INIT (NULL);
  const char           *query = uri + strcspn (uri, "?");
  g_autofree char      *address = g_strndup (uri, query - uri);
  g_auto(GStrv)         list = g_strsplit (*query == '?' ? query + 1 : "", "&", -1);
  gboolean              ok = TRUE;

  if (!g_utf8_validate (address, -1, NULL))
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "the GRIP URI is not UTF-8");
      return NULL;
    }

  for (guint i = 0; list[i] != NULL; i++)
    {
      ok = ok && (*list[i] == '\0' || add_parameter (&dict, list[i], error));
      grip_secret_cleanse (list[i], strlen (list[i]));
    }
  if (!ok || !place_address (&dict, address, error))
    return NULL;

  return g_variant_ref_sink (g_variant_dict_end (&dict));
}
