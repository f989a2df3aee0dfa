/* grip-uri.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "grip-error.h"
#include "grip-secret-private.h"
#include "grip-uri-private.h"

/* Why not GUri: what stays of the URI must stay letter for letter, since some proxies compare it, and
 * no error may quote what could be a secret. So an error tells the offset, never the text. */

static gboolean
fail (const char  *what,
      const char  *problem,
      gsize        offset,
      GError     **error)
{
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
               "%s %s at offset %" G_GSIZE_FORMAT, what, problem, offset);
  return FALSE;
}

static gboolean
is_escape (const char *s)
{
  return s[0] == '%' && g_ascii_isxdigit (s[1]) && g_ascii_isxdigit (s[2]);
}

static guchar
read_escape (const char *s)
{
  return (guchar) (g_ascii_xdigit_value (s[1]) << 4 | g_ascii_xdigit_value (s[2]));
}

static gboolean
is_control (guchar c)
{
  return c < 0x20 || c == 0x7f;
}

/* Undoes percent-encoding. A plus is a plus. A NUL follows the result; the length tells of others. */
char *
grip_uri_unescape (const char *text,
                   gsize       length,
                   gsize      *out_length)
{
  char  *result = g_malloc (length + 1);
  gsize  n = 0;

  for (gsize i = 0; i < length; i++)
    {
      if (length - i >= 3 && is_escape (text + i))
        {
          result[n++] = (char) read_escape (text + i);
          i += 2;
        }
      else
        {
          result[n++] = text[i];
        }
    }
  result[n] = '\0';
  *out_length = n;

  return result;
}

void
grip_uri_clear (GripUri *self)
{
  g_clear_pointer (&self->scheme, g_free);
  g_clear_pointer (&self->authority, g_free);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->query, grip_secret_free);
  g_clear_pointer (&self->user, g_free);
  g_clear_pointer (&self->password, grip_secret_free);
}

/* The whole text, before anything is cut out of it. */
static gboolean
check_characters (const char  *text,
                  const char  *what,
                  GError     **error)
{
  const char *s;

  if (!g_utf8_validate (text, -1, &s))
    return fail (what, "is not UTF-8", s - text, error);

  for (s = text; *s != '\0'; s++)
    {
      if (*s == ' ' || is_control ((guchar) *s))
        return fail (what, "has a space or a control character", s - text, error);
      if (*s == '#')
        return fail (what, "has a fragment (write %23 for #)", s - text, error);
      if (*s == '%' && !is_escape (s))
        return fail (what, "has a % that is not an escape (write %25 for %)", s - text, error);
    }

  return TRUE;
}

static gboolean
check_scheme (const char  *text,
              const char  *end,
              const char  *what,
              GError     **error)
{
  if (end == NULL)
    return fail (what, "does not start with a scheme and ://", 0, error);

  for (const char *s = text; s < end; s++)
    if (!g_ascii_isalpha (*s) && (s == text || (!g_ascii_isdigit (*s) && strchr ("+-.", *s) == NULL)))
      return fail (what, "has a character that no scheme has", s - text, error);

  return end > text || fail (what, "has an empty scheme", 0, error);
}

/* libsoup before 3.6 lets some of these pass into the Host header. */
static gboolean
has_bad_escape (const char *text,
                gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if (length - i >= 3 && is_escape (text + i) && is_control (read_escape (text + i)))
      return TRUE;

  return FALSE;
}

static gboolean
check_host_name (const char  *host,
                 gsize        length,
                 gboolean     is_http,
                 gsize        offset,
                 const char  *what,
                 GError     **error)
{
  gsize            n;
  g_autofree char *plain = grip_uri_unescape (host, length, &n);

  if (is_http && n == 0)
    return fail (what, "has no host", offset, error);

  for (gsize i = 0; i < n; i++)
    {
      if (plain[i] == ' ' || is_control ((guchar) plain[i]))
        return fail (what, "has a space or a control character in the host", offset, error);
      if (is_http && strchr ("#/:<>?@[\\]^|%\"`{}", plain[i]) != NULL)
        return fail (what, "has a character in the host that no host has", offset, error);
    }

  return TRUE;
}

static gboolean
check_ip_literal (const char  *host,
                  gsize        length,
                  gsize        offset,
                  const char  *what,
                  GError     **error)
{
  g_autofree char *address = g_strndup (host, length);
  char            *zone = strstr (address, "%25");

  if (zone != NULL)
    {
      for (const char *s = zone + 3; *s != '\0'; s++)
        if (!g_ascii_isalnum (*s) && strchr ("-._~", *s) == NULL)
          return fail (what, "has a character in the zone of the IPv6 address that none has", offset, error);
      if (zone[3] == '\0')
        return fail (what, "has an empty zone in the IPv6 address", offset, error);
      *zone = '\0';
    }

  if (strchr (address, ':') == NULL || !g_hostname_is_ip_address (address))
    return fail (what, "has no IPv6 address in the brackets", offset, error);

  return TRUE;
}

static gboolean
check_port (const char  *port,
            gsize        length,
            gsize        offset,
            const char  *what,
            GError     **error)
{
  guint value = 0;

  for (gsize i = 0; i < length; i++)
    {
      value = g_ascii_isdigit (port[i]) && i < 5 ? value * 10 + (guint) (port[i] - '0') : G_MAXUINT16 + 1;
      if (value > G_MAXUINT16)
        break;
    }
  if (value == 0 || value > G_MAXUINT16)
    return fail (what, "has a port that is not a number from 1 to 65535", offset, error);

  return TRUE;
}

/* The name as DNS knows it. A letter of another script can turn into any ASCII character. */
static char *
read_host_name (const char  *text,
                gsize        length,
                gboolean     is_http,
                gsize        offset,
                const char  *what,
                GError     **error)
{
  g_autofree char *host = g_strndup (text, length);
  g_autofree char *ascii = NULL;

  if (!check_host_name (host, length, is_http, offset, what, error))
    return NULL;
  if (!is_http || !g_hostname_is_non_ascii (host))
    return g_steal_pointer (&host);

  ascii = g_hostname_to_ascii (host);
  if (ascii == NULL)
    {
      fail (what, "has a host that is not a domain name", offset, error);
      return NULL;
    }
  if (!check_host_name (ascii, strlen (ascii), is_http, offset, what, error))
    return NULL;

  return g_steal_pointer (&ascii);
}

static char *
read_ip_literal (const char  *text,
                 gsize        length,
                 gsize        offset,
                 const char  *what,
                 GError     **error)
{
  const char *bracket = memchr (text, ']', length);

  if (bracket == NULL)
    {
      fail (what, "has no ] after the IPv6 address", offset, error);
      return NULL;
    }
  if (!check_ip_literal (text + 1, bracket - text - 1, offset, what, error))
    return NULL;

  return g_strndup (text, bracket + 1 - text);
}

static gboolean
take_host (GripUri     *self,
           const char  *text,
           gsize        length,
           gsize        offset,
           const char  *what,
           GError     **error)
{
  gboolean         is_http = g_str_equal (self->scheme, "http") || g_str_equal (self->scheme, "https");
  gboolean         is_literal = length > 0 && *text == '[';
  const char      *bracket = is_literal ? memchr (text, ']', length) : NULL;
  const char      *end = text + length;
  const char      *host_end = bracket != NULL ? bracket + 1 : memchr (text, ':', length);
  g_autofree char *host = NULL;
  g_autofree char *port = NULL;

  if (host_end == NULL)
    host_end = end;
  if (!is_literal && host_end < end && memchr (host_end + 1, ':', end - host_end - 1) != NULL)
    return fail (what, "has more than one colon after the host (an IPv6 address goes into brackets)",
                 offset, error);
  if (is_literal && host_end < end && *host_end != ':')
    return fail (what, "has neither a port nor a path after the IPv6 address", offset, error);

  host = is_literal ? read_ip_literal (text, length, offset, what, error)
                    : read_host_name (text, host_end - text, is_http, offset, what, error);
  if (host == NULL)
    return FALSE;

  if (host_end < end &&
      !check_port (host_end + 1, end - host_end - 1, offset + (host_end + 1 - text), what, error))
    return FALSE;
  port = g_strndup (host_end, end - host_end);
  self->authority = g_strconcat (host, port, NULL);

  return TRUE;
}

static gboolean
take_user (GripUri     *self,
           const char  *text,
           gsize        length,
           gsize        offset,
           const char  *what,
           GError     **error)
{
  const char *colon = memchr (text, ':', length);
  gsize       user_length = colon != NULL ? (gsize) (colon - text) : length;
  gsize       n;

  if (length == 0)
    return TRUE;
  if (has_bad_escape (text, length))
    return fail (what, "has a control character in the user or the password", offset, error);

  self->user = grip_uri_unescape (text, user_length, &n);
  if (colon != NULL)
    self->password = grip_uri_unescape (colon + 1, length - user_length - 1, &n);
  else
    self->password = g_strdup ("");

  if (!g_utf8_validate (self->user, -1, NULL) || !g_utf8_validate (self->password, -1, NULL))
    return fail (what, "has a user or a password that is not UTF-8", offset, error);

  return TRUE;
}

/* What HTTP cannot carry as it is. */
static char *
escape_non_ascii (const char *text,
                  gsize       length)
{
  GString *result = g_string_sized_new (length);

  for (gsize i = 0; i < length; i++)
    {
      if ((guchar) text[i] < 0x80)
        g_string_append_c (result, text[i]);
      else
        g_string_append_printf (result, "%%%02X", (guchar) text[i]);
    }

  return g_string_free (result, FALSE);
}

/* Cuts text into its parts and checks each. @what tells in errors what the text is. */
gboolean
grip_uri_split (const char  *text,
                const char  *what,
                GripUri     *self,
                GError     **error)
{
  const char *scheme_end = strstr (text, "://");
  const char *authority;
  const char *at;
  const char *path;
  const char *query;

  if (!check_characters (text, what, error) || !check_scheme (text, scheme_end, what, error))
    return FALSE;
  self->scheme = g_ascii_strdown (text, scheme_end - text);

  authority = scheme_end + 3;
  path = authority + strcspn (authority, "/?");
  query = path + strcspn (path, "?");
  if (memchr (authority, '\\', path - authority) != NULL)
    return fail (what, "has a backslash before the path", authority - text, error);

  /* A password may hold an @, though it should not. */
  at = g_strrstr_len (authority, path - authority, "@");
  if (at != NULL)
    {
      if (!take_user (self, authority, at - authority, authority - text, what, error))
        return FALSE;
      authority = at + 1;
    }
  if (!take_host (self, authority, path - authority, authority - text, what, error))
    return FALSE;

  if (has_bad_escape (path, query - path))
    return fail (what, "has a control character in the path", path - text, error);
  self->path = escape_non_ascii (path, query - path);
  if (query[0] == '?' && query[1] != '\0')
    self->query = escape_non_ascii (query + 1, strlen (query + 1));

  return TRUE;
}

/* The slashes at the end of the path: with a second one left, what is written would read differently, and
 * a proxy answers 404 to it. */
void
grip_uri_drop_slashes (GripUri *self)
{
  for (gsize length = strlen (self->path); length > 0 && self->path[length - 1] == '/'; length--)
    self->path[length - 1] = '\0';
}

static const char *
find_option (const char *name)
{
  static const char * const names[][2] = {
    { "iss", "control_iss" },
    { "key", "key" },
    { "verify-iss", "verify_iss" },
    { "verify-key", "verify_key" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (name, names[i][0]))
      return names[i][1];

  return NULL;
}

/* A key is text where it can be: what starts with base64: is decoded, and so is what no text can hold. */
GVariant *
grip_uri_read_option (const char  *option,
                      const char  *text,
                      GError     **error)
{
  gsize            length;
  g_autofree char *value = grip_uri_unescape (text, strlen (text), &length);
  gboolean         is_text = g_utf8_validate_len (value, length, NULL);
  gboolean         is_key = g_str_equal (option, "key") || g_str_equal (option, "verify_key");
  GVariant        *result = NULL;

  if (is_key && (!is_text || grip_secret_is_base64 (value)))
    {
      g_autoptr(GBytes) bytes = is_text ? grip_secret_decode (value, option, error)
                                        : grip_secret_new (value, length);

      if (bytes != NULL)
        result = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, g_bytes_get_data (bytes, NULL),
                                            g_bytes_get_size (bytes), 1);
    }
  else if (!is_text)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
                   "'%s' in the GRIP URI is not UTF-8 or has a NUL", option);
    }
  else if (length == 0)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "'%s' in the GRIP URI is empty", option);
    }
  else
    {
      result = g_variant_new_string (value);
    }

  grip_secret_cleanse (value, length);

  return result;
}

/* Takes out of the query what a GRIP URI says about trust (protocol 2.2). The rest stays as it is. */
gboolean
grip_uri_take_options (GripUri       *self,
                       GVariantDict  *options,
                       GError       **error)
{
  g_auto(GStrv) parameters = g_strsplit (self->query != NULL ? self->query : "", "&", -1);
  GString      *rest = g_string_new (NULL);
  gboolean      ok = TRUE;

  for (guint i = 0; parameters[i] != NULL; i++)
    {
      const char      *value = parameters[i] + strcspn (parameters[i], "=");
      gsize            length;
      g_autofree char *name = grip_uri_unescape (parameters[i], value - parameters[i], &length);
      const char      *option = find_option (name);

      if (option == NULL)
        {
          g_string_append_printf (rest, "%s%s", rest->len > 0 ? "&" : "", parameters[i]);
        }
      else if (g_variant_dict_contains (options, option))
        {
          g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
                       "'%s' is in the GRIP URI twice", name);
          ok = FALSE;
        }
      else
        {
          GVariant *variant = grip_uri_read_option (option, *value == '=' ? value + 1 : value, error);

          ok = variant != NULL;
          if (ok)
            g_variant_dict_insert_value (options, option, variant);
        }
      grip_secret_cleanse (parameters[i], strlen (parameters[i]));
      if (!ok)
        break;
    }

  grip_secret_free (g_steal_pointer (&self->query));
  if (rest->len > 0)
    self->query = g_strdup (rest->str);
  g_string_free (rest, TRUE);

  return ok;
}

static char *
build (const GripUri *self,
       const char    *query,
       const char    *path)
{
  const char      *extra = path + strcspn (path, "?");
  g_autofree char *plain = g_strndup (path, extra - path);
  gboolean         has_extra = extra[0] == '?' && extra[1] != '\0';

  return g_strconcat (self->scheme, "://", self->authority, self->path, plain,
                      has_extra || query != NULL ? "?" : "", has_extra ? extra + 1 : "",
                      has_extra && query != NULL ? "&" : "", query != NULL ? query : "", NULL);
}

/* The path, which may bring a query of its own, goes before the query. */
char *
grip_uri_build (const GripUri *self,
                const char    *path)
{
  return build (self, self->query, path);
}

static char *
mask_query (const char *query)
{
  g_auto(GStrv) parameters = g_strsplit (query, "&", -1);

  for (guint i = 0; parameters[i] != NULL; i++)
    {
      char *parameter = parameters[i];
      char *equals = strchr (parameter, '=');

      if (equals != NULL)
        *equals = '\0';
      parameters[i] = g_strconcat (equals != NULL ? parameter : "", equals != NULL ? "=" : "", "***", NULL);
      g_free (parameter);
    }

  return g_strjoinv ("&", parameters);
}

/* The same for people to read: without the values in the query. */
char *
grip_uri_build_masked (const GripUri *self,
                       const char    *path)
{
  g_autofree char *query = self->query != NULL ? mask_query (self->query) : NULL;

  return build (self, query, path);
}

gboolean
grip_host_is_loopback (const char *host)
{
  g_autoptr(GInetAddress) address = NULL;

  if (g_ascii_strcasecmp (host, "localhost") == 0)
    return TRUE;

  address = g_inet_address_new_from_string (host);

  return address != NULL && g_inet_address_get_is_loopback (address);
}
