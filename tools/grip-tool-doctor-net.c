/* grip-tool-doctor-net.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-tool-doctor.h"

/* The steps below HTTP and ZMQ, one by one, so that the one at fault has a name. */

gboolean
grip_tool_check_resolve (GripToolReport *self,
                         const char     *host)
{
  g_autoptr(GResolver)  resolver = g_resolver_get_default ();
  g_autoptr(GString)    text = g_string_new (NULL);
  g_autoptr(GError)     error = NULL;
  GList                *addresses;

  addresses = g_resolver_lookup_by_name (resolver, host, grip_tool_get_cancellable (), &error);
  if (addresses == NULL)
    {
      grip_tool_report_fail (self, "resolve", error,
                             "Check the spelling of the host '%s', and the name server of this machine.", host);
      return FALSE;
    }

  for (GList *l = addresses; l != NULL; l = l->next)
    {
      g_autofree char *address = g_inet_address_to_string (l->data);

      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", address);
    }
  g_resolver_free_addresses (addresses);
  grip_tool_report_ok (self, "resolve", "%s is %s", host, text->str);

  return TRUE;
}

static void
fail_connect (GripToolReport *self,
              const GError   *error,
              guint16         port)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    grip_tool_report_fail (self, "connect", error,
                           "Nothing listens on port %u there. Is the proxy running, and is this its port?", port);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    grip_tool_report_fail (self, "connect", error,
                           "Something on the way may drop what goes to port %u: look at the firewalls.", port);
  else
    grip_tool_report_fail (self, "connect", error, "Check the address and the network.");
}

/* Returns: (nullable): the connection */
GSocketConnection *
grip_tool_check_connect (GripToolReport *self,
                         const char     *host,
                         guint16         port,
                         double          seconds)
{
  g_autoptr(GSocketClient)  client = g_socket_client_new ();
  g_autoptr(GError)         error = NULL;
  GSocketConnection        *connection;

  g_socket_client_set_timeout (client, MAX (seconds, 1));
  connection = g_socket_client_connect_to_host (client, host, port, grip_tool_get_cancellable (), &error);
  if (connection == NULL)
    fail_connect (self, error, port);
  else
    grip_tool_report_ok (self, "connect", "port %u takes connections", port);

  return connection;
}

/* @ca_file: (nullable) */
gboolean
grip_tool_check_tls (GripToolReport    *self,
                     GSocketConnection *connection,
                     const char        *host,
                     guint16            port,
                     const char        *ca_file)
{
  g_autoptr(GSocketConnectable)  identity = g_network_address_new (host, port);
  g_autoptr(GIOStream)           stream = NULL;
  g_autoptr(GTlsDatabase)        database = NULL;
  g_autoptr(GError)              error = NULL;

  if (ca_file != NULL)
    database = g_tls_file_database_new (ca_file, &error);
  if (error == NULL)
    stream = g_tls_client_connection_new (G_IO_STREAM (connection), identity, &error);
  if (stream != NULL && database != NULL)
    g_tls_connection_set_database (G_TLS_CONNECTION (stream), database);

  if (stream != NULL &&
      g_tls_connection_handshake (G_TLS_CONNECTION (stream), grip_tool_get_cancellable (), &error))
    {
      grip_tool_report_ok (self, "tls", "the certificate of %s is trusted", host);
      return TRUE;
    }

  if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    grip_tool_report_fail (self, "tls", error, "Name the authority's certificate in 'ca_file', or correct the host.");
  else
    grip_tool_report_fail (self, "tls", error, "Does the proxy speak https on port %u? Is 'ca_file' readable?", port);

  return FALSE;
}
