/* grip-config.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include <json-glib/json-glib.h>

#include "grip-config-private.h"
#include "grip-error.h"
#include "grip-secret-private.h"
#include "grip-variant-private.h"

typedef enum
{
  KIND_TEXT,
  KIND_ADDRESSES,
  KIND_KEY,
  KIND_BOOLEAN,
  KIND_SECONDS,
} Kind;

typedef struct
{
  const char *name;
  const char *alias;    /* of pypubcontrol */
  Kind        kind;
  gboolean    is_secret;
} Option;

static const Option table[GRIP_N_OPTIONS] = {
  [GRIP_OPTION_CONTROL_URI] = { "control_uri", "uri", KIND_TEXT, FALSE },
  [GRIP_OPTION_CONTROL_ISS] = { "control_iss", "iss", KIND_TEXT, FALSE },
  [GRIP_OPTION_KEY] = { "key", NULL, KIND_KEY, TRUE },
  [GRIP_OPTION_USER] = { "user", NULL, KIND_TEXT, FALSE },
  [GRIP_OPTION_PASS] = { "pass", NULL, KIND_TEXT, TRUE },
  [GRIP_OPTION_VERIFY_ISS] = { "verify_iss", NULL, KIND_TEXT, FALSE },
  [GRIP_OPTION_VERIFY_KEY] = { "verify_key", NULL, KIND_KEY, TRUE },
  [GRIP_OPTION_CONTROL_ZMQ_URI] = { "control_zmq_uri", "zmq_uri", KIND_TEXT, FALSE },
  [GRIP_OPTION_CONTROL_ZMQ_PUSH_URI] = { "control_zmq_push_uri", "zmq_push_uri", KIND_TEXT, FALSE },
  [GRIP_OPTION_CONTROL_ZMQ_PUB_URI] = { "control_zmq_pub_uri", "zmq_pub_uri", KIND_ADDRESSES, FALSE },
  [GRIP_OPTION_CONTROL_ZMQ_BIND] = { "control_zmq_bind", NULL, KIND_BOOLEAN, FALSE },
  [GRIP_OPTION_CONTROL_ZMQ_MODE] = { "control_zmq_mode", NULL, KIND_TEXT, FALSE },
  [GRIP_OPTION_CONTROL_ZMQ_SERVER_KEY] = { "control_zmq_server_key", NULL, KIND_TEXT, FALSE },
  [GRIP_OPTION_CONTROL_ZMQ_PUBLIC_KEY] = { "control_zmq_public_key", NULL, KIND_TEXT, FALSE },
  [GRIP_OPTION_CONTROL_ZMQ_SECRET_KEY] = { "control_zmq_secret_key", NULL, KIND_TEXT, TRUE },
  [GRIP_OPTION_CONTROL_ZMQ_STATS_URI] = { "control_zmq_stats_uri", NULL, KIND_TEXT, FALSE },
  [GRIP_OPTION_REQUIRE_SUBSCRIBERS] = { "require_subscribers", NULL, KIND_BOOLEAN, FALSE },
  [GRIP_OPTION_REQUIRE_TLS] = { "require_tls", NULL, KIND_BOOLEAN, FALSE },
  [GRIP_OPTION_CA_FILE] = { "ca_file", NULL, KIND_TEXT, FALSE },
  [GRIP_OPTION_TOKEN_LIFETIME] = { "token_lifetime", NULL, KIND_SECONDS, FALSE },
  [GRIP_OPTION_GRACE_TIME] = { "grace_time", NULL, KIND_SECONDS, FALSE },
  [GRIP_OPTION_PUBLISH_URI] = { "publish_uri", NULL, KIND_TEXT, FALSE },
};

G_GNUC_PRINTF (2, 3)
static gboolean
fail (GError     **error,
      const char  *format,
      ...)
{
  g_autofree char *message = NULL;
  va_list          args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, message);

  return FALSE;
}

void
grip_config_init (GripConfig *self)
{
  memset (self, 0, sizeof *self);
  self->number[GRIP_OPTION_TOKEN_LIFETIME] = GRIP_DEFAULT_TOKEN_LIFETIME;
  self->number[GRIP_OPTION_GRACE_TIME] = GRIP_DEFAULT_GRACE_TIME;
}

void
grip_config_clear (GripConfig *self)
{
  for (guint i = 0; i < GRIP_N_OPTIONS; i++)
    {
      g_clear_pointer (&self->text[i], grip_secret_free);
      g_clear_pointer (&self->key[i], g_bytes_unref);
    }
  grip_uri_clear (&self->uri);
}

static gboolean
find_option (const char *name,
             GripOption *option)
{
  for (*option = 0; *option < GRIP_N_OPTIONS; (*option)++)
    if (g_str_equal (name, table[*option].name) || g_strcmp0 (name, table[*option].alias) == 0)
      return TRUE;

  return FALSE;
}

static gboolean
fail_unknown (const char  *name,
              GError     **error)
{
  g_autoptr(GString) known = g_string_new (NULL);
  g_autofree char   *start = g_utf8_substring (name, 0, MIN (g_utf8_strlen (name, -1), 40));
  g_autofree char   *escaped = g_strescape (start, NULL);

  for (guint i = 0; i < GRIP_N_OPTIONS; i++)
    {
      g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", table[i].name);
      if (table[i].alias != NULL)
        g_string_append_printf (known, " or %s", table[i].alias);
    }

  return fail (error, "there is no option '%s' of an endpoint; there are %s", escaped, known->str);
}

static const char *
describe_type (GVariant *value)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
      return "text";
    case G_VARIANT_CLASS_BOOLEAN:
      return "a boolean";
    case G_VARIANT_CLASS_DOUBLE:
      return "a number with a fraction";
    case G_VARIANT_CLASS_ARRAY:
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
        return "bytes";
      return g_variant_is_of_type (value, G_VARIANT_TYPE_DICTIONARY) ? "a dictionary" : "a list";
    case G_VARIANT_CLASS_TUPLE:
    case G_VARIANT_CLASS_DICT_ENTRY:
      return "a tuple";
    case G_VARIANT_CLASS_MAYBE:
    case G_VARIANT_CLASS_VARIANT:
      return "a value in a value";
    case G_VARIANT_CLASS_BYTE:
    case G_VARIANT_CLASS_INT16:
    case G_VARIANT_CLASS_UINT16:
    case G_VARIANT_CLASS_INT32:
    case G_VARIANT_CLASS_UINT32:
    case G_VARIANT_CLASS_INT64:
    case G_VARIANT_CLASS_UINT64:
    case G_VARIANT_CLASS_HANDLE:
    default:
      return "an integer";
    }
}

static gboolean
fail_type (const char  *name,
           GVariant    *value,
           const char  *expected,
           GError     **error)
{
  return fail (error, "'%s' is %s, not %s", name, describe_type (value), expected);
}

/* A JWK may stand as a dictionary. */
static GBytes *
read_key (const char  *name,
          GVariant    *value,
          GError     **error)
{
  const char *text;
  gsize       length;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    {
      text = g_variant_get_string (value, &length);
      if (grip_secret_is_base64 (text))
        return grip_secret_decode (text, name, error);
    }
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    {
      text = g_variant_get_fixed_array (value, &length, 1);
    }
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
    {
      char   *json = json_gvariant_serialize_data (value, &length);
      GBytes *key = grip_secret_new (json, strlen (json));

      grip_secret_free (json);
      return key;
    }
  else
    {
      fail_type (name, value, "text, bytes or a dictionary", error);
      return NULL;
    }

  if (length == 0)
    {
      fail (error, "'%s' is empty", name);
      return NULL;
    }

  return grip_secret_new (text, length);
}

static gboolean
read_seconds (const char  *name,
              GVariant    *value,
              gint64       minimum,
              guint       *seconds,
              GError     **error)
{
  gint64 number;

  if (!grip_variant_read_integer (value, &number))
    return fail_type (name, value, "an integer", error);
  if (number < minimum || number > G_MAXINT32)
    return fail (error, "'%s' is %" G_GINT64_FORMAT ", not from %d to %d seconds",
                 name, number, (int) minimum, G_MAXINT32);
  *seconds = (guint) number;

  return TRUE;
}

static gboolean
read_option (GripConfig  *self,
             GripOption   option,
             const char  *name,
             GVariant    *value,
             GError     **error)
{
  switch (table[option].kind)
    {
    case KIND_TEXT:
      if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
        return fail_type (name, value, "text", error);
      self->text[option] = g_variant_dup_string (value, NULL);
      if (*self->text[option] == '\0' && option != GRIP_OPTION_USER && option != GRIP_OPTION_PASS)
        return fail (error, "'%s' is empty", name);
      return TRUE;
    case KIND_ADDRESSES:
      self->text[option] = grip_config_join_zmq (name, value, error);
      return self->text[option] != NULL;
    case KIND_KEY:
      self->key[option] = read_key (name, value, error);
      return self->key[option] != NULL;
    case KIND_BOOLEAN:
      if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
        return fail_type (name, value, "a boolean", error);
      self->number[option] = g_variant_get_boolean (value);
      return TRUE;
    case KIND_SECONDS:
    default:
      return read_seconds (name, value, option == GRIP_OPTION_TOKEN_LIFETIME, &self->number[option], error);
    }
}

/* %NULL for nothing, which is what null in JSON and None in Python become. */
static GVariant *
unwrap (GVariant *value)
{
  g_autoptr(GVariant) inner = g_variant_ref (value);

  while (inner != NULL &&
         (g_variant_is_of_type (inner, G_VARIANT_TYPE_VARIANT) ||
          g_variant_is_of_type (inner, G_VARIANT_TYPE_MAYBE)))
    {
      g_autoptr(GVariant) outer = g_steal_pointer (&inner);

      inner = g_variant_is_of_type (outer, G_VARIANT_TYPE_VARIANT) ? g_variant_get_variant (outer)
                                                                   : g_variant_get_maybe (outer);
    }

  return g_steal_pointer (&inner);
}

static gboolean
read_entry (GripConfig  *self,
            const char  *name,
            GVariant    *wrapped,
            GError     **error)
{
  g_autoptr(GVariant) value = unwrap (wrapped);
  GripOption          option;

  if (!find_option (name, &option))
    return fail_unknown (name, error);
  if (value == NULL)
    return TRUE;

  if (self->is_set[option] && table[option].alias != NULL)
    return fail (error, "'%s' or '%s' is given twice", table[option].name, table[option].alias);
  if (self->is_set[option])
    return fail (error, "'%s' is given twice", name);
  self->is_set[option] = TRUE;

  return read_option (self, option, name, value, error);
}

/* Reads a dictionary from strings to anything into a new @self. */
gboolean
grip_config_read (GripConfig  *self,
                  GVariant    *variant,
                  GError     **error)
{
  gsize n;

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE ("a{s*}")))
    return fail_type ("configuration of an endpoint", variant, "a dictionary", error);

  n = g_variant_n_children (variant);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr(GVariant) entry = g_variant_get_child_value (variant, i);
      g_autoptr(GVariant) name = g_variant_get_child_value (entry, 0);
      g_autoptr(GVariant) value = g_variant_get_child_value (entry, 1);

      if (!read_entry (self, g_variant_get_string (name, NULL), value, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
has_control (const char *text,
             gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if ((guchar) text[i] < 0x20 || text[i] == 0x7f)
      return TRUE;

  return FALSE;
}

static gboolean
check_user (GripConfig  *self,
            GError     **error)
{
  char **user = &self->text[GRIP_OPTION_USER];
  char **pass = &self->text[GRIP_OPTION_PASS];

  if (self->uri.user != NULL)
    {
      if (*user != NULL || *pass != NULL)
        return fail (error, "'user' or 'pass' is given, and 'control_uri' has a user too");
      *user = g_steal_pointer (&self->uri.user);
      *pass = g_steal_pointer (&self->uri.password);
    }
  if (*user == NULL)
    return *pass == NULL || fail (error, "'pass' needs 'user'");
  if (*pass == NULL)
    *pass = g_strdup ("");

  if (has_control (*user, strlen (*user)))
    return fail (error, "'user' has a control character");
  if (strchr (*user, ':') != NULL)
    return fail (error, "'user' has a colon, which HTTP cannot tell from the one before the password");
  if (has_control (*pass, strlen (*pass)))
    return fail (error, "'pass' has a control character");

  return TRUE;
}

/* A key with no issuer goes out as it is, in a header. */
static gboolean
check_bearer (GBytes  *key,
              GError **error)
{
  gsize       length;
  const char *data = g_bytes_get_data (key, &length);

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isgraph (data[i]))
      return fail (error, "'key' without 'control_iss' is a bearer token, which has visible ASCII only; "
                   "the byte at offset %" G_GSIZE_FORMAT " is none", i);
  if (*data == '{' || g_strstr_len (data, length, "-----BEGIN") != NULL)
    return fail (error, "'key' is a JWK or PEM, which without 'control_iss' would be sent as a bearer token");

  return TRUE;
}

static gboolean
check_control_uri (GripConfig  *self,
                   GError     **error)
{
  const char      *text = self->text[GRIP_OPTION_CONTROL_URI];
  const char      *given = self->text[GRIP_OPTION_PUBLISH_URI];
  g_autofree char *publish = NULL;

  if (text == NULL)
    return given == NULL || fail (error, "'publish_uri' needs 'control_uri', which it is made from");

  if (!grip_uri_split (text, "'control_uri'", &self->uri, error))
    return FALSE;
  grip_uri_drop_slashes (&self->uri);
  grip_secret_free (self->text[GRIP_OPTION_CONTROL_URI]);
  self->text[GRIP_OPTION_CONTROL_URI] = grip_uri_build (&self->uri, "");

  publish = grip_uri_build (&self->uri, "/publish/");
  if (given != NULL && !g_str_equal (given, publish))
    return fail (error, "'publish_uri' is not what 'control_uri' makes it; leave it out");
  grip_secret_free (self->text[GRIP_OPTION_PUBLISH_URI]);
  self->text[GRIP_OPTION_PUBLISH_URI] = g_steal_pointer (&publish);

  if (self->number[GRIP_OPTION_REQUIRE_TLS] && g_str_equal (self->uri.scheme, "http"))
    return fail (error, "'require_tls' is true, and 'control_uri' is http");

  return TRUE;
}

/* Whether the values fit together; also brings 'control_uri' into its final form. */
gboolean
grip_config_check (GripConfig  *self,
                   GError     **error)
{
  const char *ca_file = self->text[GRIP_OPTION_CA_FILE];
  GBytes     *key = self->key[GRIP_OPTION_KEY];

  if (!check_control_uri (self, error) || !grip_config_check_zmq (self, error))
    return FALSE;
  if (!self->is_set[GRIP_OPTION_CONTROL_URI] &&
      !self->is_set[GRIP_OPTION_CONTROL_ZMQ_URI] &&
      !self->is_set[GRIP_OPTION_CONTROL_ZMQ_PUSH_URI] &&
      !self->is_set[GRIP_OPTION_CONTROL_ZMQ_PUB_URI])
    return fail (error, "the configuration names no proxy: one of 'control_uri', 'control_zmq_uri', "
                 "'control_zmq_push_uri' and 'control_zmq_pub_uri' is needed");

  if (key == NULL && self->text[GRIP_OPTION_CONTROL_ISS] != NULL)
    return fail (error, "'control_iss' needs 'key'");
  if (key != NULL && self->text[GRIP_OPTION_CONTROL_ISS] == NULL && !check_bearer (key, error))
    return FALSE;
  if (ca_file != NULL && has_control (ca_file, strlen (ca_file)))
    return fail (error, "'ca_file' has a control character");

  return check_user (self, error);
}

static GVariant *
make_value (const GripConfig *self,
            GripOption        option,
            gboolean          with_secrets)
{
  if (table[option].is_secret && !with_secrets)
    return g_variant_new_string ("***");

  switch (table[option].kind)
    {
    case KIND_TEXT:
    case KIND_ADDRESSES:
      return g_variant_new_string (self->text[option]);
    case KIND_KEY:
      return g_variant_new_take_string (grip_secret_to_text (self->key[option]));
    case KIND_BOOLEAN:
      return g_variant_new_boolean (self->number[option] != 0);
    case KIND_SECONDS:
    default:
      return g_variant_new_int64 (self->number[option]);
    }
}

/* What was set, under its first name, which grip_config_read() takes again; and the publish URI. */
GVariant *
grip_config_to_variant (const GripConfig *self,
                        gboolean          with_secrets)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < GRIP_N_OPTIONS; i++)
    if (self->text[i] != NULL || (table[i].kind != KIND_TEXT && self->is_set[i]))
      g_variant_builder_add (&builder, "{sv}", table[i].name, make_value (self, i, with_secrets));

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* Reads a GRIP URI into a dictionary. */
GVariant *
grip_config_parse_uri (const char  *uri,
                       gboolean     drop_slash,
                       GError     **error)
{
  g_auto(GripUri)         parts = GRIP_URI_INIT;
  g_auto(GVariantDict)    dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char        *control_uri = NULL;

  if (grip_config_is_zmq_uri (uri))
    return grip_config_parse_zmq (uri, error);

  if (!grip_uri_split (uri, "the GRIP URI", &parts, error) ||
      !grip_uri_take_options (&parts, &dict, error))
    return NULL;
  if (drop_slash)
    grip_uri_drop_slashes (&parts);

  control_uri = grip_uri_build (&parts, "");
  g_variant_dict_insert (&dict, "control_uri", "s", control_uri);
  if (parts.user != NULL)
    {
      g_variant_dict_insert (&dict, "user", "s", parts.user);
      g_variant_dict_insert (&dict, "pass", "s", parts.password);
    }

  return g_variant_ref_sink (g_variant_dict_end (&dict));
}
