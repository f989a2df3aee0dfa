/* grip-soup-origin.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-soup-extension.h"
#include "grip-soup-origin-private.h"
#include "grip-soup-websocket-private.h"

/* SoupServer itself listens with room for 10 connections, and a proxy opens many at once. */
#define BACKLOG 1024

/* So many messages are handed out in one turn of the loop. */
#define MAX_BATCH 64

#define DEFAULT_MAX_BODY (4 * 1024 * 1024)

/**
 * GripSoupOrigin:
 *
 * An origin: the application's server behind a GRIP proxy, on a [class@Soup.Server].
 *
 * One handler serves long polls, streams, WebSocket-over-HTTP and real WebSockets.
 *
 * ```js
 * const origin = GripSoup.Origin.new(null);
 * origin.add_handler('/news', (_, request) => request.hold_stream('news'));
 * origin.listen(8000);
 * ```
 *
 * With [property@GripSoup.Origin:embedded] it holds clients itself that came through no proxy, and is
 * the transport by which they get items: add it to a [class@Grip.PubControl], and the same program
 * runs without a proxy, for development and in trusted networks. It does what Pushpin does: channels
 * with filters (`skip-self`, `skip-users`, `require-sub`, `var-subst`; others let everything
 * through), the order of items, recovery by `Grip-Last`, next and gone links, keep-alives, every action,
 * patches of bodies, and all control messages of WebSockets but `session`, which changes nothing here. A
 * link to the server that the client asked goes to the origin's own handlers, one to another server over
 * the network.
 *
 * After a hint it tells the origin the last id that the client *has*; Pushpin tells that of the hint.
 *
 * It is for the proxy, and for clients that are trusted: a SoupServer is not made for others. An
 * origin lives in the main context that was thread-default when it was made, and is used in that
 * thread only; publish from any.
 *
 * Since: 1.0
 */
enum
{
  PROP_0,
  PROP_SERVER,
  PROP_CHANNEL_PREFIX,
  PROP_EMBEDDED,
  PROP_N_CLIENTS,
  PROP_MAX_CLIENT_BYTES,
  PROP_MAX_BODY_BYTES,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (GripSoupOrigin, grip_soup_origin, GRIP_TYPE_BASE_TRANSPORT)

static GParamSpec *properties[N_PROPS];

static void
grip_soup_origin_deliver (GripBaseTransport *transport,
                          GripDelivery      *delivery)
{
  GripSoupOrigin *self = GRIP_SOUP_ORIGIN (transport);
  g_autoptr(GripSoupRendered) rendered = NULL;
  GripItem *last = NULL;

  for (guint i = 0; i < grip_delivery_get_n_messages (delivery); i++)
    {
      GripItem *item = grip_delivery_get_item (delivery, i);

      if (item != last)
        {
          g_clear_pointer (&rendered, grip_soup_rendered_unref);
          rendered = grip_soup_rendered_new (item);
          last = item;
        }
      grip_soup_holder_publish (self->holder, grip_delivery_get_channel (delivery, i), rendered);
    }

  grip_soup_holder_flush (self->holder);
  grip_delivery_complete (delivery);
}

static gboolean
grip_soup_origin_is_subscribed (GripBaseTransport *transport,
                                const char        *channel)
{
  return grip_soup_holder_is_subscribed (GRIP_SOUP_ORIGIN (transport)->holder, channel);
}

static void
changed_cb (const char *channel,
            gboolean    subscribed,
            gpointer    user_data)
{
  if (subscribed)
    grip_base_transport_channel_subscribed (user_data, channel);
  else
    grip_base_transport_channel_unsubscribed (user_data, channel);
}

static void
grip_soup_origin_constructed (GObject *object)
{
  GripSoupOrigin *self = GRIP_SOUP_ORIGIN (object);
  GripBaseTransport *transport = GRIP_BASE_TRANSPORT (object);

  G_OBJECT_CLASS (grip_soup_origin_parent_class)->constructed (object);

  if (self->server == NULL)
    {
      self->server = soup_server_new (NULL, NULL);
      grip_soup_origin_limit_unhandled (self);
    }
  soup_server_add_websocket_extension (self->server, GRIP_SOUP_TYPE_EXTENSION);
  self->holder = grip_soup_holder_new (grip_base_transport_get_main_context (transport), changed_cb, self);
  grip_base_transport_set_max_batch_items (transport, MAX_BATCH);
}

static void
grip_soup_origin_finalize (GObject *object)
{
  GripSoupOrigin *self = GRIP_SOUP_ORIGIN (object);

  g_clear_pointer (&self->holder, grip_soup_holder_free);
  soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  grip_soup_verifier_clear (&self->verifier);
  g_clear_pointer (&self->channel_prefix, g_free);
  g_clear_pointer (&self->handlings, g_ptr_array_unref);

  G_OBJECT_CLASS (grip_soup_origin_parent_class)->finalize (object);
}

static void
grip_soup_origin_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  GripSoupOrigin *self = GRIP_SOUP_ORIGIN (object);

  switch (prop_id)
    {
    case PROP_SERVER:
      g_value_set_object (value, self->server);
      break;
    case PROP_CHANNEL_PREFIX:
      g_value_set_string (value, self->channel_prefix);
      break;
    case PROP_EMBEDDED:
      g_value_set_boolean (value, self->embedded);
      break;
    case PROP_N_CLIENTS:
      g_value_set_uint (value, grip_soup_origin_get_n_clients (self));
      break;
    case PROP_MAX_CLIENT_BYTES:
      g_value_set_uint64 (value, grip_soup_origin_get_max_client_bytes (self));
      break;
    case PROP_MAX_BODY_BYTES:
      g_value_set_uint64 (value, self->max_body_bytes);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_soup_origin_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  GripSoupOrigin *self = GRIP_SOUP_ORIGIN (object);

  switch (prop_id)
    {
    case PROP_SERVER:
      self->server = g_value_dup_object (value);
      break;
    case PROP_CHANNEL_PREFIX:
      grip_soup_origin_set_channel_prefix (self, g_value_get_string (value));
      break;
    case PROP_EMBEDDED:
      grip_soup_origin_set_embedded (self, g_value_get_boolean (value));
      break;
    case PROP_MAX_CLIENT_BYTES:
      grip_soup_origin_set_max_client_bytes (self, g_value_get_uint64 (value));
      break;
    case PROP_MAX_BODY_BYTES:
      grip_soup_origin_set_max_body_bytes (self, g_value_get_uint64 (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_soup_origin_class_init (GripSoupOriginClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GripBaseTransportClass *transport_class = GRIP_BASE_TRANSPORT_CLASS (klass);

  object_class->constructed = grip_soup_origin_constructed;
  object_class->finalize = grip_soup_origin_finalize;
  object_class->get_property = grip_soup_origin_get_property;
  object_class->set_property = grip_soup_origin_set_property;
  transport_class->deliver = grip_soup_origin_deliver;
  transport_class->is_subscribed = grip_soup_origin_is_subscribed;

  /**
   * GripSoupOrigin:server: (getter get_server)
   *
   * The server. Without one the origin makes its own.
   *
   * Since: 1.0
   */
  properties[PROP_SERVER] =
    g_param_spec_object ("server", NULL, NULL, SOUP_TYPE_SERVER,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * GripSoupOrigin:channel-prefix: (getter get_channel_prefix) (setter set_channel_prefix)
   *
   * What is put before the name of every channel, or %NULL. Give the same prefix to the publisher.
   *
   * Since: 1.0
   */
  properties[PROP_CHANNEL_PREFIX] =
    g_param_spec_string ("channel-prefix", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripSoupOrigin:embedded: (getter get_embedded) (setter set_embedded)
   *
   * Whether the origin holds clients itself that came through no proxy.
   *
   * Since: 1.0
   */
  properties[PROP_EMBEDDED] =
    g_param_spec_boolean ("embedded", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripSoupOrigin:n-clients: (getter get_n_clients)
   *
   * How many clients the origin holds itself. There is no notification.
   *
   * Since: 1.0
   */
  properties[PROP_N_CLIENTS] =
    g_param_spec_uint ("n-clients", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripSoupOrigin:max-client-bytes: (getter get_max_client_bytes) (setter set_max_client_bytes)
   *
   * How many bytes a client that is held here may be behind before it is dropped, with a line in the
   * log. It does not count for clients that are held already. A single item may be larger.
   *
   * Since: 1.0
   */
  properties[PROP_MAX_CLIENT_BYTES] =
    g_param_spec_uint64 ("max-client-bytes", NULL, NULL, 0, G_MAXSSIZE, 1024 * 1024,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripSoupOrigin:max-body-bytes: (getter get_max_body_bytes) (setter set_max_body_bytes)
   *
   * How many bytes the body of a request may have. A larger one is answered with the code 413, and no
   * handler sees it; no more than this is kept of it. WebSocket-over-HTTP has whole messages in bodies.
   * On a server that the application gave, this is so for the paths with a handler of the origin.
   *
   * Since: 1.0
   */
  properties[PROP_MAX_BODY_BYTES] =
    g_param_spec_uint64 ("max-body-bytes", NULL, NULL, 0, G_MAXSSIZE, DEFAULT_MAX_BODY,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
grip_soup_origin_init (GripSoupOrigin *self)
{
  self->handlings = g_ptr_array_new_with_free_func ((GDestroyNotify) grip_soup_handling_unref);
  self->max_body_bytes = DEFAULT_MAX_BODY;
}

GripSoupHolder *
grip_soup_origin_get_holder (GripSoupOrigin *self)
{
  return self->embedded ? self->holder : NULL;
}

const char *
grip_soup_origin_get_prefix (GripSoupOrigin *self)
{
  return self->channel_prefix;
}

GripSoupHandling *
grip_soup_origin_find_handling (GripSoupOrigin *self,
                                const char     *path)
{
  return grip_soup_handling_find (self->handlings, path);
}

static gboolean
is_websocket (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  return soup_message_headers_header_contains (headers, "Connection", "Upgrade") &&
         soup_message_headers_header_equals (headers, "Upgrade", "websocket");
}

static void
refuse_untrusted (GripSoupRequest *request)
{
  grip_soup_request_respond_text (request, 501, "text/plain", "This needs a GRIP proxy.\n");
}

static void
request_cb (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  GripSoupHandling *handling = user_data;
  GripSoupOrigin *self = grip_soup_handling_get_origin (handling);
  GripSoupTrust trust;
  GripSoupHolder *holder = NULL;
  g_autoptr(GripSoupRequest) request = NULL;
  g_autoptr(GError) error = NULL;

  if (self == NULL)
    return;

  trust = grip_soup_verifier_judge (&self->verifier, message);
  request = grip_soup_request_new (message, trust, self->channel_prefix);
  if (trust == GRIP_SOUP_TRUST_INVALID && self->verifier.policy == GRIP_SOUP_SIGNATURE_POLICY_REQUIRED)
    {
      refuse_untrusted (request);
      return;
    }

  if (!grip_soup_request_is_proxied (request))
    holder = grip_soup_origin_get_holder (self);

  if (is_websocket (message))
    {
      grip_soup_request_release (request);
      grip_soup_websocket_open (message, trust, handling, holder);
      return;
    }

  if (holder != NULL)
    grip_soup_request_set_handling (request, handling);
  if (!grip_soup_request_open_websocket (request, &error))
    {
      grip_soup_request_respond_text (request, 400, "text/plain", error->message);
      return;
    }

  /* Anybody could tell the meta data of a connection that is not his. */
  if (trust == GRIP_SOUP_TRUST_INVALID && grip_soup_request_get_websocket (request) != NULL)
    {
      refuse_untrusted (request);
      return;
    }

  grip_soup_handling_run (handling, request);
  grip_soup_request_returned (request);
}

/**
 * grip_soup_origin_new:
 * @server: (nullable): a server, or %NULL for one of the origin's own
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
  g_return_val_if_fail (server == NULL || SOUP_IS_SERVER (server), NULL);

  return g_object_new (GRIP_SOUP_TYPE_ORIGIN, "server", server, NULL);
}

/**
 * grip_soup_origin_get_server: (get-property server)
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
 * grip_soup_origin_get_channel_prefix: (get-property channel-prefix)
 * @self: an origin
 *
 * Gets what is put before the name of every channel.
 *
 * Returns: (transfer none) (nullable): the prefix, or %NULL
 *
 * Since: 1.0
 */
const char *
grip_soup_origin_get_channel_prefix (GripSoupOrigin *self)
{
  g_return_val_if_fail (GRIP_SOUP_IS_ORIGIN (self), NULL);

  return self->channel_prefix;
}

/**
 * grip_soup_origin_set_channel_prefix: (set-property channel-prefix)
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

  if (g_strcmp0 (self->channel_prefix, channel_prefix) == 0)
    return;

  copy = g_strdup (channel_prefix);
  g_free (self->channel_prefix);
  self->channel_prefix = copy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHANNEL_PREFIX]);
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
  g_return_if_fail (GRIP_SOUP_IS_ORIGIN (self));
  g_return_if_fail (policy <= GRIP_SOUP_SIGNATURE_POLICY_REQUIRED);
  g_return_if_fail (policy != GRIP_SOUP_SIGNATURE_POLICY_REQUIRED || key != NULL);

  grip_soup_verifier_set_key (&self->verifier, policy, key, iss);
}

/**
 * grip_soup_origin_verify_with:
 * @self: an origin
 * @policy: what becomes of requests without a valid signature
 * @control: a publisher
 *
 * Sets how requests show that they came through the proxy: by a signature that
 * [method@Grip.PubControl.validate_sig] takes, with the verification keys of the publisher's
 * endpoints, whichever it has when a request comes.
 *
 * Since: 1.0
 */
void
grip_soup_origin_verify_with (GripSoupOrigin          *self,
                              GripSoupSignaturePolicy  policy,
                              GripPubControl          *control)
{
  g_return_if_fail (GRIP_SOUP_IS_ORIGIN (self));
  g_return_if_fail (policy <= GRIP_SOUP_SIGNATURE_POLICY_REQUIRED);
  g_return_if_fail (GRIP_IS_PUB_CONTROL (control));

  grip_soup_verifier_set_control (&self->verifier, policy, control);
}

/**
 * grip_soup_origin_get_embedded: (get-property embedded)
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
 * grip_soup_origin_set_embedded: (set-property embedded)
 * @self: an origin
 * @embedded: whether the origin holds clients itself
 *
 * Sets whether the origin holds clients itself that came through no proxy: long polls, streams and
 * WebSockets, for development and in trusted networks. Clients that are held already stay.
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

  embedded = !!embedded;
  if (self->embedded == embedded)
    return;

  self->embedded = embedded;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EMBEDDED]);
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
  GripSoupHandling *handling = NULL;

  g_return_if_fail (GRIP_SOUP_IS_ORIGIN (self));
  g_return_if_fail (path != NULL);
  g_return_if_fail (handler != NULL);

  handling = grip_soup_handling_new (self, path, handler, user_data, destroy);
  g_ptr_array_add (self->handlings, handling);
  grip_soup_origin_limit_path (self, path, handling);
  soup_server_add_handler (self->server, path, request_cb, grip_soup_handling_ref (handling),
                           (GDestroyNotify) grip_soup_handling_unref);
}
