/* grip-config-zmq.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>
#include <sys/un.h>

#include "grip-config-private.h"
#include "grip-error.h"

/* A key of CurveZMQ is 32 bytes, five characters for each four. */
#define CURVE_KEY_LENGTH 40
/* One socket has a pipe and a thread's attention for each. */
#define MAX_ADDRESSES    256

static const char z85[] =
  "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

static gboolean
fail (const char  *name,
      const char  *problem,
      GError     **error)
{
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "'%s' %s", name, problem);
  return FALSE;
}

static gboolean
check_port (const char *port)
{
  guint value = 0;
  guint i;

  for (i = 0; i < 5 && g_ascii_isdigit (port[i]); i++)
    value = value * 10 + (guint) (port[i] - '0');

  return port[i] == '\0' && value > 0 && value <= G_MAXUINT16;
}

/* What libzmq takes: a host, an interface or * to bind to, an IPv6 address in brackets. */
static gboolean
check_host (const char  *name,
            const char  *host,
            gsize        length,
            gboolean     binds,
            GError     **error)
{
  if (host[0] == '[' && host[length - 1] == ']')
    {
      host++;
      length -= 2;
    }
  else if (memchr (host, ':', length) != NULL)
    {
      return fail (name, "has an IPv6 address without brackets", error);
    }
  if (length == 0)
    return fail (name, "has no host", error);
  if (*host == '*' && !binds)
    return fail (name, "has the host *, which is only to bind to", error);

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (host[i]) && strchr ("-._*:;%", host[i]) == NULL)
      return fail (name, "has a character in the host that no host has", error);

  return TRUE;
}

static gboolean
check_tcp (const char  *name,
           const char  *address,
           gboolean     binds,
           GError     **error)
{
  const char *colon = strrchr (address, ':');

  if (colon == NULL || colon == address)
    return fail (name, "is no tcp://HOST:PORT", error);
  if (!check_port (colon + 1))
    return fail (name, "has a port that is not a number from 1 to 65535", error);

  return check_host (name, address, colon - address, binds, error);
}

/* The @ stands for a name that is in no file system. */
static gboolean
check_path (const char  *name,
            const char  *path,
            GError     **error)
{
  const gsize most = sizeof ((struct sockaddr_un *) NULL)->sun_path - 1;

  if (*path == '\0' || g_str_equal (path, "@"))
    return fail (name, "has no path", error);
  if (strlen (path) <= most)
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
               "'%s' has a path that is longer than %" G_GSIZE_FORMAT " bytes, which no socket has", name, most);

  return FALSE;
}

static gboolean
check_address (const char  *name,
               const char  *address,
               gboolean     binds,
               GError     **error)
{
  if (address == NULL)
    return TRUE;

  for (const char *s = address; *s != '\0'; s++)
    if ((guchar) *s <= 0x20 || *s == 0x7f)
      {
        g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
                     "'%s' has a space or a control character at offset %" G_GSIZE_FORMAT,
                     name, (gsize) (s - address));
        return FALSE;
      }

  if (g_str_has_prefix (address, "tcp://"))
    return check_tcp (name, address + strlen ("tcp://"), binds, error);
  if (!g_str_has_prefix (address, "ipc://"))
    return fail (name, "starts neither with tcp:// nor with ipc://", error);

  return check_path (name, address + strlen ("ipc://"), error);
}

/* A comma stands between the addresses that one socket has. */
static gboolean
check_pub (const GripConfig  *self,
           GError           **error)
{
  static const char name[] = "control_zmq_pub_uri";
  const char       *text = self->text[GRIP_OPTION_CONTROL_ZMQ_PUB_URI];
  gboolean          binds = self->number[GRIP_OPTION_CONTROL_ZMQ_BIND];
  g_auto(GStrv)     addresses = NULL;

  if (binds && text == NULL)
    return fail ("control_zmq_bind", "needs 'control_zmq_pub_uri'", error);
  if (text == NULL)
    return TRUE;

  addresses = g_strsplit (text, ",", -1);
  if (g_strv_length (addresses) > MAX_ADDRESSES)
    return fail (name, "has more than 256 addresses", error);

  for (guint i = 0; addresses[i] != NULL; i++)
    {
      if (!check_address (name, addresses[i], binds, error))
        return FALSE;
      for (guint k = 0; k < i; k++)
        if (g_str_equal (addresses[i], addresses[k]))
          return fail (name, "has an address twice", error);
    }

  return TRUE;
}

static gboolean
append_address (GString     *joined,
                const char  *name,
                GVariant    *wrapped,
                GError     **error)
{
  g_autoptr(GVariant) value = g_variant_is_of_type (wrapped, G_VARIANT_TYPE_VARIANT)
                                ? g_variant_get_variant (wrapped) : g_variant_ref (wrapped);
  const char         *text;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return fail (name, "is neither text nor a list of text", error);

  text = g_variant_get_string (value, NULL);
  if (*text == '\0')
    return fail (name, "is empty", error);
  g_string_append_printf (joined, "%s%s", joined->len > 0 ? "," : "", text);

  return TRUE;
}

/* Reads an address, or a list of them. */
char *
grip_config_join_zmq (const char  *name,
                      GVariant    *value,
                      GError     **error)
{
  g_autoptr(GString) joined = g_string_new (NULL);
  gsize              n = 0;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return append_address (joined, name, value, error) ? g_strdup (joined->str) : NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_ARRAY) &&
      !g_variant_is_of_type (value, G_VARIANT_TYPE_DICTIONARY))
    n = g_variant_n_children (value);
  if (n == 0)
    {
      fail (name, "is neither text nor a list of text", error);
      return NULL;
    }

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr(GVariant) child = g_variant_get_child_value (value, i);

      if (!append_address (joined, name, child, error))
        return NULL;
    }

  return g_strdup (joined->str);
}

static gboolean
check_curve_key (const char  *name,
                 const char  *key,
                 GError     **error)
{
  if (key == NULL)
    return TRUE;

  if (strlen (key) != CURVE_KEY_LENGTH)
    return fail (name, "is not 40 characters long, as a CURVE key in Z85 is", error);

  for (guint i = 0; i < CURVE_KEY_LENGTH; i += 5)
    {
      guint64 value = 0;

      for (guint j = 0; j < 5; j++)
        {
          const char *digit = strchr (z85, key[i + j]);

          if (digit == NULL)
            return fail (name, "has a character that Z85 has not", error);
          value = value * 85 + (guint64) (digit - z85);
        }
      if (value > G_MAXUINT32)
        return fail (name, "is not Z85: five characters of it are more than four bytes", error);
    }

  return TRUE;
}

static gboolean
check_curve (const GripConfig  *self,
             GError           **error)
{
  const char *server = self->text[GRIP_OPTION_CONTROL_ZMQ_SERVER_KEY];
  const char *public = self->text[GRIP_OPTION_CONTROL_ZMQ_PUBLIC_KEY];
  const char *secret = self->text[GRIP_OPTION_CONTROL_ZMQ_SECRET_KEY];

  if (!check_curve_key ("control_zmq_server_key", server, error) ||
      !check_curve_key ("control_zmq_public_key", public, error) ||
      !check_curve_key ("control_zmq_secret_key", secret, error))
    return FALSE;

  if (public != NULL && secret == NULL)
    return fail ("control_zmq_public_key", "needs 'control_zmq_secret_key'", error);
  if (secret != NULL && public == NULL)
    return fail ("control_zmq_secret_key", "needs 'control_zmq_public_key'", error);
  if (secret != NULL && server == NULL)
    return fail ("control_zmq_secret_key", "needs 'control_zmq_server_key'", error);

  return TRUE;
}

static gboolean
check_mode (const GripConfig  *self,
            GError           **error)
{
  const char *mode = self->text[GRIP_OPTION_CONTROL_ZMQ_MODE];
  gboolean    discovers = self->is_set[GRIP_OPTION_CONTROL_ZMQ_URI];

  if (mode == NULL)
    return TRUE;

  if (g_str_equal (mode, "push"))
    return discovers || self->is_set[GRIP_OPTION_CONTROL_ZMQ_PUSH_URI] ||
           fail ("control_zmq_mode", "push needs 'control_zmq_uri' or 'control_zmq_push_uri'", error);
  if (g_str_equal (mode, "pub"))
    return discovers || self->is_set[GRIP_OPTION_CONTROL_ZMQ_PUB_URI] ||
           fail ("control_zmq_mode", "pub needs 'control_zmq_uri' or 'control_zmq_pub_uri'", error);
  if (g_str_equal (mode, "command"))
    return discovers || fail ("control_zmq_mode", "command needs 'control_zmq_uri'", error);

  return fail ("control_zmq_mode", "is none of push, pub and command", error);
}

gboolean
grip_config_check_zmq (const GripConfig  *self,
                       GError           **error)
{
  return check_address ("control_zmq_uri", self->text[GRIP_OPTION_CONTROL_ZMQ_URI], FALSE, error) &&
         check_address ("control_zmq_push_uri", self->text[GRIP_OPTION_CONTROL_ZMQ_PUSH_URI], FALSE, error) &&
         check_address ("control_zmq_stats_uri", self->text[GRIP_OPTION_CONTROL_ZMQ_STATS_URI], FALSE, error) &&
         check_pub (self, error) &&
         check_mode (self, error) &&
         check_curve (self, error);
}
