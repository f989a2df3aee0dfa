/* grip-endpoint.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-endpoint-private.h"

/**
 * GripEndpoint:
 *
 * The configuration of one proxy: where it is and who says so.
 *
 * An endpoint is made from a GRIP URI, from a dictionary or from JSON, all of which know the same
 * options (protocol 2.1). Names of the raw Python layer are taken as well, which have no `control_`.
 *
 * `control_uri` is the base of the HTTP control API, `control_zmq_uri` the ZMQ command socket,
 * `control_zmq_push_uri` and `control_zmq_pub_uri` are the ZMQ sockets themselves; one of these four
 * is needed. `control_zmq_pub_uri` may be a list: one socket goes to all of them, and with
 * `control_zmq_bind` it waits there for proxies that connect. `control_zmq_mode` is `push`, `pub` or `command`. `control_iss` with `key` signs a token
 * for each request; `key` alone is a bearer token; `user` and `pass` are for basic authorization and
 * can stand in `control_uri`. `verify_iss` and `verify_key` say how requests that come through the proxy
 * are signed. `require_subscribers` holds back what nobody has subscribed to, `grace_time` (seconds) says
 * for how long that may be unknown. `require_tls` refuses `http`, `ca_file` names the certificates to
 * trust, `token_lifetime` (seconds) is that of signed tokens. `control_zmq_server_key`,
 * `control_zmq_public_key` and `control_zmq_secret_key` are CURVE keys. `control_zmq_stats_uri` is
 * where the proxy tells of its clients: see [class@Grip.Stats].
 *
 * A key is text, or bytes; text that starts with `base64:` stands for bytes. A JWK can also stand as a
 * dictionary.
 *
 * An endpoint is immutable and may be used from any thread. Its secrets are not properties, never stand in
 * an error, and are overwritten when the endpoint is freed.
 *
 * Since: 1.0
 */
struct _GripEndpoint
{
  GObject     parent_instance;

  GripConfig  config;

  GripEndpointTrust trust;
};

enum
{
  PROP_0,
  PROP_CONTROL_URI,
  PROP_PUBLISH_URI,
  PROP_CONTROL_ISS,
  PROP_USER,
  PROP_VERIFY_ISS,
  PROP_CONTROL_ZMQ_URI,
  PROP_CONTROL_ZMQ_PUSH_URI,
  PROP_CONTROL_ZMQ_PUB_URI,
  PROP_CONTROL_ZMQ_BIND,
  PROP_CONTROL_ZMQ_MODE,
  PROP_CONTROL_ZMQ_SERVER_KEY,
  PROP_CONTROL_ZMQ_PUBLIC_KEY,
  PROP_CONTROL_ZMQ_STATS_URI,
  PROP_REQUIRE_SUBSCRIBERS,
  PROP_REQUIRE_TLS,
  PROP_CA_FILE,
  PROP_TOKEN_LIFETIME,
  PROP_GRACE_TIME,
  PROP_SCHEME,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (GripEndpoint, grip_endpoint, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];

static void
grip_endpoint_finalize (GObject *object)
{
  GripEndpoint *self = GRIP_ENDPOINT (object);

  grip_endpoint_trust_clear (&self->trust);
  grip_config_clear (&self->config);

  G_OBJECT_CLASS (grip_endpoint_parent_class)->finalize (object);
}

static void
grip_endpoint_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  GripEndpoint *self = GRIP_ENDPOINT (object);

  switch (prop_id)
    {
    case PROP_CONTROL_URI:
      g_value_set_string (value, grip_endpoint_get_control_uri (self));
      break;
    case PROP_PUBLISH_URI:
      g_value_set_string (value, grip_endpoint_get_publish_uri (self));
      break;
    case PROP_CONTROL_ISS:
      g_value_set_string (value, grip_endpoint_get_control_iss (self));
      break;
    case PROP_USER:
      g_value_set_string (value, grip_endpoint_get_user (self));
      break;
    case PROP_VERIFY_ISS:
      g_value_set_string (value, grip_endpoint_get_verify_iss (self));
      break;
    case PROP_CONTROL_ZMQ_URI:
      g_value_set_string (value, grip_endpoint_get_control_zmq_uri (self));
      break;
    case PROP_CONTROL_ZMQ_PUSH_URI:
      g_value_set_string (value, grip_endpoint_get_control_zmq_push_uri (self));
      break;
    case PROP_CONTROL_ZMQ_PUB_URI:
      g_value_set_string (value, grip_endpoint_get_control_zmq_pub_uri (self));
      break;
    case PROP_CONTROL_ZMQ_BIND:
      g_value_set_boolean (value, grip_endpoint_get_control_zmq_bind (self));
      break;
    case PROP_CONTROL_ZMQ_MODE:
      g_value_set_string (value, grip_endpoint_get_control_zmq_mode (self));
      break;
    case PROP_CONTROL_ZMQ_SERVER_KEY:
      g_value_set_string (value, grip_endpoint_get_control_zmq_server_key (self));
      break;
    case PROP_CONTROL_ZMQ_PUBLIC_KEY:
      g_value_set_string (value, grip_endpoint_get_control_zmq_public_key (self));
      break;
    case PROP_CONTROL_ZMQ_STATS_URI:
      g_value_set_string (value, grip_endpoint_get_control_zmq_stats_uri (self));
      break;
    case PROP_REQUIRE_SUBSCRIBERS:
      g_value_set_boolean (value, grip_endpoint_get_require_subscribers (self));
      break;
    case PROP_REQUIRE_TLS:
      g_value_set_boolean (value, grip_endpoint_get_require_tls (self));
      break;
    case PROP_CA_FILE:
      g_value_set_string (value, grip_endpoint_get_ca_file (self));
      break;
    case PROP_TOKEN_LIFETIME:
      g_value_set_uint (value, grip_endpoint_get_token_lifetime (self));
      break;
    case PROP_GRACE_TIME:
      g_value_set_uint (value, grip_endpoint_get_grace_time (self));
      break;
    case PROP_SCHEME:
      g_value_set_string (value, grip_endpoint_get_scheme (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_text (guint       prop_id,
              const char *name)
{
  properties[prop_id] =
    g_param_spec_string (name, NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
install_boolean (guint       prop_id,
                 const char *name)
{
  properties[prop_id] =
    g_param_spec_boolean (name, NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
install_seconds (guint       prop_id,
                 const char *name,
                 guint       number)
{
  properties[prop_id] =
    g_param_spec_uint (name, NULL, NULL, 0, G_MAXINT32, number, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
grip_endpoint_class_init (GripEndpointClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = grip_endpoint_finalize;
  object_class->get_property = grip_endpoint_get_property;

  /**
   * GripEndpoint:control-uri:
   *
   * The base URI of the HTTP control API, without userinfo and without what a
   * GRIP URI says about trust.
   *
   * Since: 1.0
   */
  install_text (PROP_CONTROL_URI, "control-uri");

  /**
   * GripEndpoint:publish-uri:
   *
   * The URI that items are posted to: `publish/` below the control URI, before
   * its query.
   *
   * Since: 1.0
   */
  install_text (PROP_PUBLISH_URI, "publish-uri");

  /**
   * GripEndpoint:control-iss:
   *
   * The issuer that the endpoint's key signs for; without one the key is a bearer
   * token.
   *
   * Since: 1.0
   */
  install_text (PROP_CONTROL_ISS, "control-iss");

  /**
   * GripEndpoint:user:
   *
   * The user for HTTP basic authorization.
   *
   * Since: 1.0
   */
  install_text (PROP_USER, "user");

  /**
   * GripEndpoint:verify-iss:
   *
   * The issuer that a `Grip-Sig` of this proxy must have.
   *
   * Since: 1.0
   */
  install_text (PROP_VERIFY_ISS, "verify-iss");

  /**
   * GripEndpoint:control-zmq-uri:
   *
   * The address of the ZMQ command socket, which tells of the other sockets.
   *
   * Since: 1.0
   */
  install_text (PROP_CONTROL_ZMQ_URI, "control-zmq-uri");

  /**
   * GripEndpoint:control-zmq-push-uri:
   *
   * The address that ZMQ PUSH goes to.
   *
   * Since: 1.0
   */
  install_text (PROP_CONTROL_ZMQ_PUSH_URI, "control-zmq-push-uri");

  /**
   * GripEndpoint:control-zmq-pub-uri:
   *
   * The address that ZMQ XPUB goes to, or several with a comma between.
   *
   * Since: 1.0
   */
  install_text (PROP_CONTROL_ZMQ_PUB_URI, "control-zmq-pub-uri");

  /**
   * GripEndpoint:control-zmq-bind:
   *
   * Whether the address for ZMQ XPUB is bound to, for proxies that connect.
   *
   * Since: 1.0
   */
  install_boolean (PROP_CONTROL_ZMQ_BIND, "control-zmq-bind");

  /**
   * GripEndpoint:control-zmq-mode:
   *
   * How items go over ZMQ: `push`, `pub` or `command`; %NULL lets the transport
   * choose.
   *
   * Since: 1.0
   */
  install_text (PROP_CONTROL_ZMQ_MODE, "control-zmq-mode");

  /**
   * GripEndpoint:control-zmq-server-key:
   *
   * The CURVE key of the proxy's ZMQ sockets, in Z85.
   *
   * Since: 1.0
   */
  install_text (PROP_CONTROL_ZMQ_SERVER_KEY, "control-zmq-server-key");

  /**
   * GripEndpoint:control-zmq-public-key:
   *
   * The public CURVE key of this side, in Z85.
   *
   * Since: 1.0
   */
  install_text (PROP_CONTROL_ZMQ_PUBLIC_KEY, "control-zmq-public-key");

  /**
   * GripEndpoint:control-zmq-stats-uri:
   *
   * The address of the ZMQ socket on which the proxy tells its stats.
   *
   * Since: 1.0
   */
  install_text (PROP_CONTROL_ZMQ_STATS_URI, "control-zmq-stats-uri");

  /**
   * GripEndpoint:require-subscribers:
   *
   * Whether items go only to channels that have subscribers.
   *
   * Since: 1.0
   */
  install_boolean (PROP_REQUIRE_SUBSCRIBERS, "require-subscribers");

  /**
   * GripEndpoint:require-tls:
   *
   * Whether `http` is refused as the scheme of the control URI.
   *
   * Since: 1.0
   */
  install_boolean (PROP_REQUIRE_TLS, "require-tls");

  /**
   * GripEndpoint:ca-file:
   *
   * The file with the certificates to trust in place of the system's.
   *
   * Since: 1.0
   */
  install_text (PROP_CA_FILE, "ca-file");

  /**
   * GripEndpoint:token-lifetime:
   *
   * How many seconds a token is valid that the key signs.
   *
   * Since: 1.0
   */
  install_seconds (PROP_TOKEN_LIFETIME, "token-lifetime", GRIP_DEFAULT_TOKEN_LIFETIME);

  /**
   * GripEndpoint:grace-time:
   *
   * How many seconds an item waits to learn whether its channel has subscribers.
   *
   * Since: 1.0
   */
  install_seconds (PROP_GRACE_TIME, "grace-time", GRIP_DEFAULT_GRACE_TIME);

  /**
   * GripEndpoint:scheme:
   *
   * The scheme of the control URI, `zmq` where only ZMQ addresses are there.
   *
   * Since: 1.0
   */
  install_text (PROP_SCHEME, "scheme");

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
grip_endpoint_init (GripEndpoint *self)
{
  grip_config_init (&self->config);
}

/* Checks what was read into @config and takes it, also when it fails. */
GripEndpoint *
grip_endpoint_new_take_config (GripConfig  *config,
                               GError     **error)
{
  g_autoptr(GripEndpoint) self = NULL;

  if (!grip_config_check (config, error))
    {
      grip_config_clear (config);
      return NULL;
    }

  self = g_object_new (GRIP_TYPE_ENDPOINT, NULL);
  self->config = *config;
  memset (config, 0, sizeof *config);

  if (!grip_endpoint_trust_init (&self->trust, &self->config, error))
    return NULL;
  return g_steal_pointer (&self);
}

GripEndpointTrust *
grip_endpoint_get_trust (GripEndpoint *self)
{
  return &self->trust;
}

const GripConfig *
grip_endpoint_get_config (GripEndpoint *self)
{
  return &self->config;
}

/**
 * grip_endpoint_get_control_uri:
 * @self: an endpoint
 *
 * Gets the base URI of the HTTP control API, without userinfo and without what a
 * GRIP URI says about trust.
 *
 * Returns: (nullable): the value
 *
 * Since: 1.0
 */
const char *
grip_endpoint_get_control_uri (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  return self->config.text[GRIP_OPTION_CONTROL_URI];
}

/**
 * grip_endpoint_get_publish_uri:
 * @self: an endpoint
 *
 * Gets the URI that items are posted to: `publish/` below the control URI, before
 * its query.
 *
 * Returns: (nullable): the value
 *
 * Since: 1.0
 */
const char *
grip_endpoint_get_publish_uri (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  return self->config.text[GRIP_OPTION_PUBLISH_URI];
}

/**
 * grip_endpoint_get_control_iss:
 * @self: an endpoint
 *
 * Gets the issuer that the endpoint's key signs for; without one the key is a bearer
 * token.
 *
 * Returns: (nullable): the value
 *
 * Since: 1.0
 */
const char *
grip_endpoint_get_control_iss (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  return self->config.text[GRIP_OPTION_CONTROL_ISS];
}

/**
 * grip_endpoint_get_key_data:
 * @self: an endpoint
 *
 * Gets the key as it was given, `base64:` undone: a secret, a bearer token, or the
 * text of a PEM or a JWK.
 *
 * Returns: (transfer none) (nullable): the bytes
 *
 * Since: 1.0
 */
GBytes *
grip_endpoint_get_key_data (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  return self->config.key[GRIP_OPTION_KEY];
}

/**
 * grip_endpoint_get_user:
 * @self: an endpoint
 *
 * Gets the user for HTTP basic authorization.
 *
 * Returns: (nullable): the value
 *
 * Since: 1.0
 */
const char *
grip_endpoint_get_user (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  return self->config.text[GRIP_OPTION_USER];
}

/**
 * grip_endpoint_get_password:
 * @self: an endpoint
 *
 * Gets the password for HTTP basic authorization; it is empty when there is a user
 * without one.
 *
 * Returns: (nullable): the value
 *
 * Since: 1.0
 */
const char *
grip_endpoint_get_password (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  return self->config.text[GRIP_OPTION_PASS];
}

/**
 * grip_endpoint_get_verify_iss:
 * @self: an endpoint
 *
 * Gets the issuer that a `Grip-Sig` of this proxy must have.
 *
 * Returns: (nullable): the value
 *
 * Since: 1.0
 */
const char *
grip_endpoint_get_verify_iss (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  return self->config.text[GRIP_OPTION_VERIFY_ISS];
}

/**
 * grip_endpoint_get_verify_key_data:
 * @self: an endpoint
 *
 * Gets the key that a `Grip-Sig` of this proxy is verified with, `base64:` undone:
 * a secret, or the text of a PEM or a JWK.
 *
 * Returns: (transfer none) (nullable): the bytes
 *
 * Since: 1.0
 */
GBytes *
grip_endpoint_get_verify_key_data (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  return self->config.key[GRIP_OPTION_VERIFY_KEY];
}

/**
 * grip_endpoint_get_require_subscribers:
 * @self: an endpoint
 *
 * Tells whether items go only to channels that have subscribers.
 *
 * Returns: whether it is so
 *
 * Since: 1.0
 */
gboolean
grip_endpoint_get_require_subscribers (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), FALSE);

  return self->config.number[GRIP_OPTION_REQUIRE_SUBSCRIBERS] != 0;
}

/**
 * grip_endpoint_get_require_tls:
 * @self: an endpoint
 *
 * Tells whether `http` is refused as the scheme of the control URI.
 *
 * Returns: whether it is so
 *
 * Since: 1.0
 */
gboolean
grip_endpoint_get_require_tls (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), FALSE);

  return self->config.number[GRIP_OPTION_REQUIRE_TLS] != 0;
}

/**
 * grip_endpoint_get_ca_file:
 * @self: an endpoint
 *
 * Gets the file with the certificates to trust in place of the system's.
 *
 * Returns: (nullable): the value
 *
 * Since: 1.0
 */
const char *
grip_endpoint_get_ca_file (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  return self->config.text[GRIP_OPTION_CA_FILE];
}

/**
 * grip_endpoint_get_token_lifetime:
 * @self: an endpoint
 *
 * Tells how many seconds a token is valid that the key signs.
 *
 * Returns: seconds
 *
 * Since: 1.0
 */
guint
grip_endpoint_get_token_lifetime (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), 0);

  return self->config.number[GRIP_OPTION_TOKEN_LIFETIME];
}

/**
 * grip_endpoint_get_grace_time:
 * @self: an endpoint
 *
 * Tells how many seconds an item waits to learn whether its channel has subscribers.
 *
 * Returns: seconds
 *
 * Since: 1.0
 */
guint
grip_endpoint_get_grace_time (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), 0);

  return self->config.number[GRIP_OPTION_GRACE_TIME];
}

/**
 * grip_endpoint_get_scheme:
 * @self: an endpoint
 *
 * Gets the scheme of the control URI in lower case.
 *
 * Returns: the scheme, `zmq` where only ZMQ addresses are there
 *
 * Since: 1.0
 */
const char *
grip_endpoint_get_scheme (GripEndpoint *self)
{
  g_return_val_if_fail (GRIP_IS_ENDPOINT (self), NULL);

  return self->config.uri.scheme != NULL ? self->config.uri.scheme : "zmq";
}
