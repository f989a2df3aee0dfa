/* grip-tool-doctor-zmq.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include <gio/gunixsocketaddress.h>

#include "grip-tool-doctor.h"

/* A ZMQ socket says what it is before anything is sent to it (ZMTP 3, https://rfc.zeromq.org/spec/23): so it
 * can be asked without libzmq, and without publishing anything. */

#define GREETING_LENGTH 64
#define MECHANISM_AT    12
#define MAX_READY       255

/* As libzmq reads it: the @ stands for a name that is in no file system. */
static GSocketAddress *
make_unix_address (const char *path)
{
  if (*path == '@')
    return g_unix_socket_address_new_with_type (path + 1, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);

  return g_unix_socket_address_new (path);
}

static GSocketConnection *
connect_unix (GripToolReport *self,
              const char     *path,
              double          seconds)
{
  g_autoptr(GSocketClient)   client = g_socket_client_new ();
  g_autoptr(GSocketAddress)  address = make_unix_address (path);
  g_autoptr(GError)          error = NULL;
  GSocketConnection         *connection;

  g_socket_client_set_timeout (client, MAX (seconds, 1));
  connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), grip_tool_get_cancellable (), &error);
  if (connection == NULL)
    grip_tool_report_fail (self, "connect", error,
                           "Is the proxy running, and is '%s' its socket? May this user write to it?", path);
  else
    grip_tool_report_ok (self, "connect", "%s takes connections", path);

  return connection;
}

static GSocketConnection *
connect_tcp (GripToolReport *self,
             const char     *address,
             double          seconds)
{
  const char      *colon = strrchr (address, ':');
  g_autofree char *host = NULL;
  guint64          port = 0;

  if (colon != NULL)
    g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT16, &port, NULL);
  host = g_strndup (address, colon != NULL ? (gsize) (colon - address) : strlen (address));
  if (*host == '[' && g_str_has_suffix (host, "]"))
    {
      memmove (host, host + 1, strlen (host));
      host[strlen (host) - 1] = '\0';
    }

  return grip_tool_check_resolve (self, host) ? grip_tool_check_connect (self, host, port, seconds) : NULL;
}

static gboolean
read_exactly (GSocketConnection  *connection,
              guint8             *buffer,
              gsize               length,
              GError            **error)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  gsize         n;

  if (!g_input_stream_read_all (input, buffer, length, &n, grip_tool_get_cancellable (), error))
    return FALSE;
  if (n == length)
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "the connection was closed after %" G_GSIZE_FORMAT
               " bytes that are no greeting of ZMQ", n);

  return FALSE;
}

/* Reads the other side's greeting and, unless it wants CURVE, its READY command. libzmq closes the connection when
 * it reads of a mechanism that is not its own, so what it wants is asked for first: it tells that in answer to
 * the version. */
static gboolean
greet (GSocketConnection  *connection,
       guint8              greeting[GREETING_LENGTH],
       guint8              ready[MAX_READY],
       gsize              *ready_length,
       GError            **error)
{
  static const guint8  ours[GREETING_LENGTH] = "\xff\0\0\0\0\0\0\0\1\x7f\3\0NULL";
  GOutputStream       *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  guint8               head[2];

  if (!g_output_stream_write_all (output, ours, MECHANISM_AT, NULL, grip_tool_get_cancellable (), error) ||
      !read_exactly (connection, greeting, GREETING_LENGTH, error))
    return FALSE;
  if (greeting[0] != 0xff || (greeting[9] & 1) == 0 || greeting[10] < 3)
    {
      g_set_error_literal (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "what answers there is not ZMQ");
      return FALSE;
    }

  *ready_length = 0;
  if (memcmp (greeting + MECHANISM_AT, "NULL", 5) != 0)
    return TRUE;
  if (!g_output_stream_write_all (output, ours + MECHANISM_AT, sizeof ours - MECHANISM_AT, NULL,
                                  grip_tool_get_cancellable (), error) ||
      !read_exactly (connection, head, sizeof head, error) ||
      !read_exactly (connection, ready, head[1], error))
    return FALSE;
  *ready_length = head[1];

  return TRUE;
}

/* Returns: (nullable): the type in a READY command: a name, four bytes with the length of the value, and
 * the value */
static char *
find_type (const guint8 *ready,
           gsize         length)
{
  static const char name[] = "\x0bSocket-Type\0\0\0";
  const gsize       n = sizeof name - 1;

  for (gsize at = 0; at + n < length; at++)
    if (memcmp (ready + at, name, n) == 0 && ready[at + n] < length - at - n)
      return g_strndup ((const char *) ready + at + n + 1, ready[at + n]);

  return NULL;
}

static gboolean
check_mechanism (GripToolReport *self,
                 const char     *check,
                 const guint8   *greeting,
                 gboolean        has_curve)
{
  gboolean           wants_curve = memcmp (greeting + MECHANISM_AT, "CURVE", 6) == 0;
  g_autoptr(GError)  error = NULL;

  if (wants_curve == has_curve)
    return TRUE;

  error = g_error_new (GRIP_ERROR, GRIP_ERROR_UNAUTHORIZED, "the socket %s CURVE",
                       wants_curve ? "wants" : "does not want");
  grip_tool_report_fail (self, check, error, wants_curve ? "Set 'control_zmq_server_key' to the public key of the socket."
                                                         : "Leave 'control_zmq_server_key' out.");

  return FALSE;
}

static gboolean
check_type (GripToolReport *self,
            const char     *check,
            const char     *address,
            const char     *type,
            const char     *expected)
{
  g_auto(GStrv)      possible = g_strsplit (expected, " or ", -1);
  g_autofree char   *printable = g_strescape (type != NULL ? type : "", NULL);
  g_autoptr(GError)  error = NULL;

  if (type != NULL && g_strv_contains ((const char *const *) possible, type))
    {
      grip_tool_report_ok (self, check, "%s is a %s socket", address, printable);
      return TRUE;
    }

  error = g_error_new (GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "%s is a %s socket, not %s", address, printable, expected);
  grip_tool_report_fail (self, check, error,
                         "Pushpin has PULL at push_in_spec (5560), SUB at push_in_sub_specs (5562), ROUTER at "
                         "command_spec (5563) and PUB at stats_spec.");

  return FALSE;
}

/* Only with the right keys is there a connection, for which the plugin is needed. Nothing is sent. That of the
 * command socket is proved by discovery. */
static gboolean
prove_keys (GripToolReport *self,
            GripEndpoint   *endpoint,
            const char     *check,
            const char     *key,
            const char     *address,
            double          seconds)
{
  gint64                       end = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);
  g_autoptr(GripPubControl)    control = grip_pub_control_new ();
  g_autoptr(GripBaseTransport) transport = NULL;
  g_autoptr(GError)            error = NULL;
  g_autoptr(GripEndpoint)      alone = grip_tool_endpoint_at (endpoint, key, address, &error);

  if (alone == NULL || !grip_pub_control_add_endpoint (control, alone, &error))
    {
      grip_tool_report_fail (self, check, error, "Without the plugin the keys cannot be proved.");
      return FALSE;
    }

  transport = g_list_model_get_item (G_LIST_MODEL (control), 0);
  while (!grip_base_transport_get_ready (transport) && g_get_monotonic_time () < end &&
         !g_cancellable_is_cancelled (grip_tool_get_cancellable ()))
    g_usleep (10000);
  if (grip_base_transport_get_ready (transport))
    {
      grip_tool_report_ok (self, check, "%s is a ZMQ socket, and takes our CURVE keys", address);
      return TRUE;
    }

  error = g_error_new (GRIP_ERROR, GRIP_ERROR_UNAUTHORIZED, "%s refuses our CURVE keys", address);
  grip_tool_report_fail (self, check, error, "Is 'control_zmq_server_key' the public key of that socket, and does it "
                         "know ours?");

  return FALSE;
}

static gboolean
check_curve (GripToolReport *self,
             GripEndpoint   *endpoint,
             const char     *check,
             const char     *address,
             double          seconds)
{
  if (g_str_equal (check, "push"))
    return prove_keys (self, endpoint, check, "control_zmq_push_uri", address, seconds);
  if (g_str_equal (check, "pub"))
    return prove_keys (self, endpoint, check, "control_zmq_pub_uri", address, seconds);

  grip_tool_report_ok (self, check, "%s is a ZMQ socket with CURVE, which does not tell more", address);

  return TRUE;
}

/* @expected is the type that the proxy's end must have, or several with ` or ` between. */
gboolean
grip_tool_check_zmq (GripToolReport *self,
                     GripEndpoint   *endpoint,
                     const char     *check,
                     const char     *address,
                     const char     *expected,
                     double          seconds)
{
  gboolean                      has_curve = grip_endpoint_get_control_zmq_server_key (endpoint) != NULL;
  g_autoptr(GSocketConnection)  connection = NULL;
  g_autoptr(GError)             error = NULL;
  g_autofree char              *type = NULL;
  guint8                        greeting[GREETING_LENGTH];
  guint8                        ready[MAX_READY];
  gsize                         length;

  if (g_str_has_prefix (address, "ipc://"))
    connection = connect_unix (self, address + strlen ("ipc://"), seconds);
  else
    connection = connect_tcp (self, address + strlen ("tcp://"), seconds);
  if (connection == NULL)
    {
      grip_tool_report_skip (self, check, "not tried");
      return FALSE;
    }

  if (!greet (connection, greeting, ready, &length, &error))
    {
      grip_tool_report_fail (self, check, error, "Something else than a ZMQ socket may have this address.");
      return FALSE;
    }
  if (!check_mechanism (self, check, greeting, has_curve))
    return FALSE;
  if (has_curve)
    return check_curve (self, endpoint, check, address, seconds);

  type = find_type (ready, length);

  return check_type (self, check, address, type, expected);
}
