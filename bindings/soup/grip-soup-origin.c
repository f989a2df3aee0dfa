/* grip-soup-origin.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-soup-extension.h"
#include "grip-soup-origin.h"
#include "grip-soup-websocket-private.h"

/* SoupServer itself listens with room for 10 connections, and a proxy opens many at once. */
#define BACKLOG 1024

/**
 * GripSoupOrigin:
 *
 * An origin: the application's server behind a GRIP proxy, on a [class@Soup.Server].
 *
 * One handler serves long polls, streams, WebSocket-over-HTTP and real WebSockets.
 *
 * ```js
 * const origin = GripSoup.Origin.new(new Soup.Server());
 * origin.add_handler('/news', (_, request) => {
 *     request.hold(Grip.Instruct.new_hold_stream('news'));
 * });
 * origin.listen(8000);
 * ```
 *
 * It is for the proxy: a SoupServer is not made for clients that are not trusted. Use it in the
 * thread that the server lives in.
 *
 * Since: 1.0
 */
struct _GripSoupOrigin
{
  GObject                  parent_instance;

  SoupServer              *server;
  GripKey                 *key;
  char                    *iss;
  char                    *channel_prefix;
  GripSoupHolder          *holder;
  GripEndpoint            *endpoint;
  GripSoupSignaturePolicy  policy;
  gboolean                 embedded;
};

typedef struct
{
  GripSoupOrigin  *origin;   /* weak */
  GripSoupHandler  handler;
  gpointer         user_data;
  GDestroyNotify   destroy;
} Handler;

static void transport_iface_init (GripTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GripSoupOrigin, grip_soup_origin, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GRIP_TYPE_TRANSPORT, transport_iface_init))

static GripEndpoint *
grip_soup_origin_get_endpoint (GripTransport *transport)
{
  return GRIP_SOUP_ORIGIN (transport)->endpoint;
}

static void
grip_soup_origin_send (GripTransport *transport,
                       GripDelivery  *delivery)
{
  GripSoupOrigin *self = GRIP_SOUP_ORIGIN (transport);

  for (guint i = 0; i < grip_delivery_get_n_messages (delivery); i++)
    grip_soup_holder_deliver (self->holder, grip_delivery_get_channel (delivery, i),
                              grip_delivery_get_item (delivery, i));

  grip_delivery_complete (delivery);
}

static void
transport_iface_init (GripTransportInterface *iface)
{
  iface->get_endpoint = grip_soup_origin_get_endpoint;
  iface->send = grip_soup_origin_send;
}

static void
grip_soup_origin_finalize (GObject *object)
{
  GripSoupOrigin *self = GRIP_SOUP_ORIGIN (object);

  g_clear_pointer (&self->holder, grip_soup_holder_free);
  g_clear_object (&self->endpoint);
  soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  g_clear_object (&self->key);
  g_clear_pointer (&self->iss, g_free);
  g_clear_pointer (&self->channel_prefix, g_free);

  G_OBJECT_CLASS (grip_soup_origin_parent_class)->finalize (object);
}

static void
grip_soup_origin_class_init (GripSoupOriginClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = grip_soup_origin_finalize;
}

static void
grip_soup_origin_init (GripSoupOrigin *self)
{
  self->holder = grip_soup_holder_new ();
  self->endpoint = grip_endpoint_new ("http://127.0.0.1/", NULL);
}

static void
handler_clear (gpointer data)
{
  Handler *self = data;

  g_clear_weak_pointer (&self->origin);
  if (self->destroy != NULL)
    self->destroy (self->user_data);
}

static void
handler_release (gpointer data)
{
  g_rc_box_release_full (data, handler_clear);
}

static GripSoupTrust
get_trust (GripSoupOrigin    *self,
           SoupServerMessage *message)
{
  const char *token = NULL;
  g_autoptr(GripSignature) signature = NULL;

  if (self->key == NULL)
    return GRIP_SOUP_TRUST_UNCHECKED;

  token = soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Grip-Sig");
  if (token != NULL)
    signature = grip_validate_sig (token, self->key, self->iss, NULL);

  return signature != NULL ? GRIP_SOUP_TRUST_VALID : GRIP_SOUP_TRUST_INVALID;
}

static gboolean
is_websocket (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  return soup_message_headers_header_contains (headers, "Connection", "Upgrade") &&
         soup_message_headers_header_equals (headers, "Upgrade", "websocket");
}

static void
request_cb (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  Handler *handler = user_data;
  GripSoupOrigin *self = handler->origin;
  GripSoupTrust trust;
  g_autoptr(GripSoupRequest) request = NULL;
  g_autoptr(GError) error = NULL;

  if (self == NULL)
    return;

  trust = get_trust (self, message);
  if (trust != GRIP_SOUP_TRUST_INVALID || self->policy != GRIP_SOUP_SIGNATURE_POLICY_REQUIRED)
    {
      /* Left without a status, libsoup goes on with the handshake. */
      if (is_websocket (message))
        return;
    }

  request = grip_soup_request_new (message, trust, self->channel_prefix);
  if (self->embedded && !grip_soup_request_is_proxied (request))
    grip_soup_request_set_holder (request, self->holder);
  if (trust == GRIP_SOUP_TRUST_INVALID && self->policy == GRIP_SOUP_SIGNATURE_POLICY_REQUIRED)
    {
      grip_soup_request_respond_text (request, 501, "text/plain", "This needs a GRIP proxy.\n");
      return;
    }

  if (!grip_soup_request_open_websocket (request, &error))
    {
      grip_soup_request_respond_text (request, 400, "text/plain", error->message);
      return;
    }

  handler->handler (self, request, handler->user_data);
  grip_soup_request_returned (request);
}

static void
live_cb (GripSoupRequest *request,
         gpointer         user_data)
{
  Handler *handler = user_data;

  if (handler->origin != NULL)
    handler->handler (handler->origin, request, handler->user_data);
}

static void
websocket_cb (SoupServer              *server,
              SoupServerMessage       *message,
              const char              *path,
              SoupWebsocketConnection *connection,
              gpointer                 user_data)
{
  Handler *handler = user_data;

  if (handler->origin == NULL)
    return;

  grip_soup_websocket_run (message, connection, get_trust (handler->origin, message),
                           handler->origin->channel_prefix, live_cb,
                           g_rc_box_acquire (handler), handler_release);
}

/**
 * grip_soup_origin_new:
 * @server: a server
 *
 * Creates an origin on a server, which it disconnects when it goes.
 *
 * Returns: (transfer full): a new origin
 *
 * Since: 1.0
 */
GripSoupOrigin *
grip_soup_origin_new (SoupServer *server)
{
  GripSoupOrigin *self = NULL;

  g_return_val_if_fail (SOUP_IS_SERVER (server), NULL);

  self = g_object_new (GRIP_SOUP_TYPE_ORIGIN, NULL);
  self->server = g_object_ref (server);
  soup_server_add_websocket_extension (server, GRIP_SOUP_TYPE_EXTENSION);

  return self;
}

/**
 * grip_soup_origin_get_server:
 * @self: an origin
 *
 * Gets the server.
 *
 * Returns: (transfer none): the server
 *
 * Since: 1.0
 */
SoupServer *
grip_soup_origin_get_server (GripSoupOrigin *self)
{
  g_return_val_if_fail (GRIP_SOUP_IS_ORIGIN (self), NULL);

  return self->server;
}

/**
 * grip_soup_origin_set_channel_prefix:
 * @self: an origin
 * @channel_prefix: (nullable): the prefix, or %NULL
 *
 * Sets what is put before the name of every channel, in instructs and in WebSockets. Give the same
 * prefix to the publisher.
 *
 * Since: 1.0
 */
void
grip_soup_origin_set_channel_prefix (GripSoupOrigin *self,
                                     const char     *channel_prefix)
{
  char *copy = NULL;

  g_return_if_fail (GRIP_SOUP_IS_ORIGIN (self));

  copy = g_strdup (channel_prefix);
  g_free (self->channel_prefix);
  self->channel_prefix = copy;
}

/**
 * grip_soup_origin_set_verification:
 * @self: an origin
 * @policy: what becomes of requests without a valid signature
 * @key: (nullable): the key that signatures are checked with, or %NULL to check none
 * @iss: (nullable): the issuer that signatures must have, or %NULL for any
 *
 * Sets how requests show that they came through the proxy.
 *
 * Without a @key nothing is checked, whatever @policy says. Fastly signs for all of its customers with
 * one key: give @iss there.
 *
 * Since: 1.0
 */
void
grip_soup_origin_set_verification (GripSoupOrigin          *self,
                                   GripSoupSignaturePolicy  policy,
                                   GripKey                 *key,
                                   const char              *iss)
{
  char *copy = NULL;

  g_return_if_fail (GRIP_SOUP_IS_ORIGIN (self));
  g_return_if_fail (policy == GRIP_SOUP_SIGNATURE_POLICY_ACCEPT || key != NULL);

  self->policy = policy;
  g_set_object (&self->key, key);
  copy = g_strdup (iss);
  g_free (self->iss);
  self->iss = copy;
}

/**
 * grip_soup_origin_get_embedded:
 * @self: an origin
 *
 * Tells whether the origin holds clients itself.
 *
 * Returns: %TRUE if it holds those that came through no proxy
 *
 * Since: 1.0
 */
gboolean
grip_soup_origin_get_embedded (GripSoupOrigin *self)
{
  g_return_val_if_fail (GRIP_SOUP_IS_ORIGIN (self), FALSE);

  return self->embedded;
}

/**
 * grip_soup_origin_set_embedded:
 * @self: an origin
 * @embedded: whether the origin holds clients itself
 *
 * Sets whether the origin holds clients itself that came through no proxy: long polls and streams,
 * for development and in trusted networks. Filters and recovery are a proxy's.
 *
 * Add the origin to a [class@Grip.PubControl] too: it is the transport by which these clients get
 * items. What they get is decided in the thread of the origin.
 *
 * Since: 1.0
 */
void
grip_soup_origin_set_embedded (GripSoupOrigin *self,
                               gboolean        embedded)
{
  g_return_if_fail (GRIP_SOUP_IS_ORIGIN (self));

  self->embedded = embedded;
}

/**
 * grip_soup_origin_get_n_clients:
 * @self: an origin
 *
 * Tells how many clients the origin holds itself.
 *
 * Returns: the number of clients
 *
 * Since: 1.0
 */
guint
grip_soup_origin_get_n_clients (GripSoupOrigin *self)
{
  g_return_val_if_fail (GRIP_SOUP_IS_ORIGIN (self), 0);

  return grip_soup_holder_count (self->holder);
}

/**
 * grip_soup_origin_listen:
 * @self: an origin
 * @port: a port, or 0 for any
 * @error: return location for an error
 *
 * Listens on the loopback interface, with room for as many connections at once as a proxy opens. Use
 * [method@Soup.Server.listen_socket] for anything else.
 *
 * Returns: %TRUE if the origin listens
 *
 * Since: 1.0
 */
gboolean
grip_soup_origin_listen (GripSoupOrigin  *self,
                         guint            port,
                         GError         **error)
{
  g_autoptr(GSocket) socket = NULL;
  g_autoptr(GInetAddress) loopback = NULL;
  g_autoptr(GSocketAddress) address = NULL;

  g_return_val_if_fail (GRIP_SOUP_IS_ORIGIN (self), FALSE);
  g_return_val_if_fail (port <= 65535, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL)
    return FALSE;

  loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  address = g_inet_socket_address_new (loopback, port);
  g_socket_set_listen_backlog (socket, BACKLOG);

  return g_socket_bind (socket, address, TRUE, error) &&
         g_socket_listen (socket, error) &&
         soup_server_listen_socket (self->server, socket, 0, error);
}

/**
 * grip_soup_origin_get_port:
 * @self: an origin
 *
 * Gets the port that the origin listens on.
 *
 * Returns: the port, or 0 when it does not listen
 *
 * Since: 1.0
 */
guint
grip_soup_origin_get_port (GripSoupOrigin *self)
{
  g_autoptr(GSList) listeners = NULL;
  g_autoptr(GSocketAddress) address = NULL;
  guint port = 0;

  g_return_val_if_fail (GRIP_SOUP_IS_ORIGIN (self), 0);

  /* soup_server_get_uris () of libsoup 3.2 loses memory at each call. */
  listeners = soup_server_get_listeners (self->server);
  if (listeners != NULL)
    address = g_socket_get_local_address (listeners->data, NULL);
  if (G_IS_INET_SOCKET_ADDRESS (address))
    port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));

  return port;
}

/**
 * grip_soup_origin_add_handler:
 * @self: an origin
 * @path: the path that is handled, with all below it
 * @handler: (scope notified) (closure user_data) (destroy destroy): what handles it
 * @user_data: data for @handler
 * @destroy: (nullable): frees @user_data
 *
 * Adds a handler for plain requests, WebSocket-over-HTTP and real WebSockets. For a real WebSocket it
 * is called when it opens, for each message, and when it is closed.
 *
 * Since: 1.0
 */
void
grip_soup_origin_add_handler (GripSoupOrigin  *self,
                              const char      *path,
                              GripSoupHandler  handler,
                              gpointer         user_data,
                              GDestroyNotify   destroy)
{
  Handler *data = NULL;

  g_return_if_fail (GRIP_SOUP_IS_ORIGIN (self));
  g_return_if_fail (path != NULL);
  g_return_if_fail (handler != NULL);

  data = g_rc_box_new0 (Handler);
  g_set_weak_pointer (&data->origin, self);
  data->handler = handler;
  data->user_data = user_data;
  data->destroy = destroy;

  soup_server_add_handler (self->server, path, request_cb, data, handler_release);
  soup_server_add_websocket_handler (self->server, path, NULL, NULL, websocket_cb,
                                     g_rc_box_acquire (data), handler_release);
}
