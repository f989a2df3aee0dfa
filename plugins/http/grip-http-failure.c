/* grip-http-failure.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-http-failure.h"

static const struct
{
  GTlsCertificateFlags  flag;
  const char           *words;
} certificate_faults[] = {
  { G_TLS_CERTIFICATE_UNKNOWN_CA, "it is not signed by a trusted authority" },
  { G_TLS_CERTIFICATE_BAD_IDENTITY, "it is for another host" },
  { G_TLS_CERTIFICATE_NOT_ACTIVATED, "it is not valid yet" },
  { G_TLS_CERTIFICATE_EXPIRED, "it has expired" },
  { G_TLS_CERTIFICATE_REVOKED, "it was revoked" },
  { G_TLS_CERTIFICATE_INSECURE, "it uses an algorithm that is not secure" },
  { G_TLS_CERTIFICATE_GENERIC_ERROR, "it is not valid" },
};

static GError *
bad_certificate (SoupMessage  *message,
                 const GError *error)
{
  GTlsCertificateFlags  flags = soup_message_get_tls_peer_certificate_errors (message);
  g_autoptr(GString)    text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (certificate_faults); i++)
    if ((flags & certificate_faults[i].flag) != 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", certificate_faults[i].words);
  if (text->len == 0)
    g_string_append (text, error->message);

  return g_error_new (GRIP_ERROR, GRIP_ERROR_NOT_CONNECTED,
                      "the certificate of %s is not accepted: %s",
                      g_uri_get_host (soup_message_get_uri (message)), text->str);
}

/* A peer that wants another TLS version, or none, wants it the next time too. */
static gboolean
is_settled (const GError *error)
{
  return error->domain == G_TLS_ERROR
         && error->code != G_TLS_ERROR_EOF && error->code != G_TLS_ERROR_MISC;
}

static GripError
code_for (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return GRIP_ERROR_TIMED_OUT;
  if (error->domain == SOUP_SESSION_ERROR)
    return GRIP_ERROR_MALFORMED;

  return GRIP_ERROR_NOT_CONNECTED;
}

gboolean
grip_http_error_is_cut (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
}

/* @fate holds what is known from the bytes that were written. It becomes
 * [enum@Grip.Fate.REFUSED] when nothing was written and another try would end in the same way: a
 * certificate does not get better within a delivery's time. */
GError *
grip_http_failure_new (const GError *error,
                       SoupMessage  *message,
                       GripFate     *fate)
{
  if (*fate == GRIP_FATE_NOT_SENT && is_settled (error))
    *fate = GRIP_FATE_REFUSED;

  if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    return bad_certificate (message, error);

  return g_error_new_literal (GRIP_ERROR, code_for (error), error->message);
}
