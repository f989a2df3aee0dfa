/* grip-credentials.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include <gio/gio.h>
#include <openssl/crypto.h>

#include <libgrip/grip-error.h>

#include "grip-credentials-private.h"
#include "grip-uri-private.h"

/* What stands in a publish's Authorization: a literal bearer token, basic, or a token that is signed
 * once and kept until shortly before it expires. Any thread may ask. */
struct _GripCredentials
{
  GMutex lock;

  /* "Bearer ..." or "Basic ...". */
  char *value;

  /* Only for a token. */
  GripKey *key;
  char *iss;
  guint lifetime;

  /* When the value was made, by both clocks, in seconds. */
  gint64 made_at;
  gint64 made_monotonic;
  gboolean is_renewing;
};

static void
wipe (char *text)
{
  if (text != NULL)
    OPENSSL_cleanse (text, strlen (text));
  g_free (text);
}

static GripCredentials *
credentials_new (char *value)
{
  GripCredentials *self = g_new0 (GripCredentials, 1);

  g_mutex_init (&self->lock);
  self->value = value;
  return self;
}

void
grip_credentials_free (GripCredentials *self)
{
  wipe (self->value);
  g_free (self->iss);
  g_clear_object (&self->key);
  g_mutex_clear (&self->lock);
  g_free (self);
}

GripCredentials *
grip_credentials_new_for_token (GripKey    *key,
                                const char *iss,
                                guint       lifetime)
{
  GripCredentials *self = credentials_new (NULL);

  self->key = g_object_ref (key);
  self->iss = g_strdup (iss);
  self->lifetime = MAX (lifetime, 1);
  return self;
}

/* The token goes into a header as it is. */
GripCredentials *
grip_credentials_new_for_bearer (GBytes  *token,
                                 GError **error)
{
  gsize length;
  const char *text = g_bytes_get_data (token, &length);
  char *value;

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isgraph (text[i]))
      {
        g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
                     "'key' cannot be a bearer token: byte %" G_GSIZE_FORMAT " is not visible ASCII", i);
        return NULL;
      }

  value = g_malloc (length + sizeof "Bearer ");
  strcpy (value, "Bearer ");
  if (length > 0)
    memcpy (value + strlen ("Bearer "), text, length);
  value[length + strlen ("Bearer ")] = '\0';
  return credentials_new (value);
}

GripCredentials *
grip_credentials_new_for_basic (const char  *user,
                                const char  *password,
                                GError     **error)
{
  char *pair;
  char *encoded;
  char *value;

  /* RFC 7617: the first colon ends the user. */
  if (strchr (user, ':') != NULL)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "'user' must not have a colon in it");
      return NULL;
    }

  pair = g_strconcat (user, ":", password != NULL ? password : "", NULL);
  encoded = g_base64_encode ((const guchar *) pair, strlen (pair));
  value = g_strconcat ("Basic ", encoded, NULL);
  wipe (pair);
  wipe (encoded);
  return credentials_new (value);
}

/* How long before its end a token is replaced: it must still count when it reaches the proxy, whose
 * clock may be ahead. */
static gint64
get_margin (const GripCredentials *self)
{
  return MIN (self->lifetime / 5, 60);
}

static gint64
get_age (const GripCredentials *self,
         gint64                 now,
         gint64                 monotonic)
{
  /* A clock that was set back would keep a token for ever, one that does not run while the machine
   * sleeps as well: so the older by the two counts, and one from the future has no age that is known. */
  if (self->value == NULL || now < self->made_at)
    return G_MAXINT64;
  return MAX (now - self->made_at, monotonic - self->made_monotonic);
}

static char *
sign (GripCredentials  *self,
      gint64            now,
      gint64            monotonic,
      GError          **error)
{
  g_autofree char *token = grip_key_sign (self->key, self->iss, now + self->lifetime, error);
  char *value = token != NULL ? g_strconcat ("Bearer ", token, NULL) : NULL;

  g_mutex_lock (&self->lock);
  self->is_renewing = FALSE;
  if (value != NULL)
    {
      wipe (self->value);
      self->value = g_strdup (value);
      self->made_at = now;
      self->made_monotonic = monotonic;
    }
  g_mutex_unlock (&self->lock);
  return value;
}

/* By clocks that a test can set. While one thread renews a token that still counts, the others go on
 * with it. */
char *
grip_credentials_dup_value_at (GripCredentials  *self,
                               gint64            now,
                               gint64            monotonic,
                               GError          **error)
{
  char *value = NULL;
  gint64 age;

  g_mutex_lock (&self->lock);
  age = self->key != NULL ? get_age (self, now, monotonic) : 0;
  if (self->key == NULL || age < (gint64) self->lifetime - get_margin (self) ||
      (self->is_renewing && age < (gint64) self->lifetime))
    value = g_strdup (self->value);
  else
    self->is_renewing = TRUE;
  g_mutex_unlock (&self->lock);

  return value != NULL ? value : sign (self, now, monotonic, error);
}

/* Returns: the value of the header */
char *
grip_credentials_dup_value (GripCredentials  *self,
                            GError          **error)
{
  return grip_credentials_dup_value_at (self, g_get_real_time () / G_USEC_PER_SEC,
                                        g_get_monotonic_time () / G_USEC_PER_SEC, error);
}

/* Whether nobody between here and the proxy can read what is sent there. */
gboolean
grip_credentials_is_safe_to_send (const char *control_uri)
{
  g_autoptr(GUri) uri = g_uri_parse (control_uri, G_URI_FLAGS_NONE, NULL);

  if (uri == NULL || strcmp (g_uri_get_scheme (uri), "http") != 0)
    return uri != NULL;
  return g_uri_get_host (uri) != NULL && grip_host_is_loopback (g_uri_get_host (uri));
}
