/* grip-key.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include <libgrip/grip-enums.h>
#include <libgrip/grip-error.h>

#include "grip-base64url-private.h"
#include "grip-key-private.h"

#define MIN_RSA_BITS 2048
#define MAX_RSA_BITS (GRIP_KEY_MAX_SIGNATURE * 8)

/* RFC 7518 3.2 wants a secret as long as the hash; Pushpin's own default is 8 bytes. */
#define SHORT_SECRET 16

#define BASE64_PREFIX "base64:"

/**
 * GripKey:
 *
 * A key that signs tokens or that the signatures of tokens are checked with.
 *
 * It is secret bytes, or an RSA, EC P-256 or Ed25519 key, private or public. The kind of the key alone
 * decides the algorithm: HS256, RS256, ES256 or EdDSA. What a token says of its algorithm must agree
 * with the key and never chooses.
 *
 * A key is read once, cannot change, and may be used by any number of threads at a time. Its memory is
 * wiped when the last reference goes. Nothing that it answers holds a secret.
 *
 * Since: 1.0
 */

enum
{
  PROP_0,
  PROP_KIND,
  PROP_ALGORITHM,
  PROP_ID,
  PROP_HAS_PRIVATE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (GripKey, grip_key, G_TYPE_OBJECT)

static void
grip_key_finalize (GObject *object)
{
  GripKey *self = GRIP_KEY (object);

  g_clear_pointer (&self->contexts, g_ptr_array_unref);
  g_mutex_clear (&self->lock);
  OPENSSL_clear_free (self->secret, self->secret_length);
  EVP_PKEY_free (self->pkey);
  g_free (self->id);
  g_free (self->known_header);

  G_OBJECT_CLASS (grip_key_parent_class)->finalize (object);
}

static void
grip_key_get_property (GObject    *object,
                       guint       prop_id,
                       GValue     *value,
                       GParamSpec *pspec)
{
  GripKey *self = GRIP_KEY (object);

  switch (prop_id)
    {
    case PROP_KIND:
      g_value_set_enum (value, grip_key_get_kind (self));
      break;
    case PROP_ALGORITHM:
      g_value_set_static_string (value, grip_key_get_algorithm (self));
      break;
    case PROP_ID:
      g_value_set_string (value, grip_key_get_id (self));
      break;
    case PROP_HAS_PRIVATE:
      g_value_set_boolean (value, grip_key_is_private (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_key_class_init (GripKeyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = grip_key_finalize;
  object_class->get_property = grip_key_get_property;

  /**
   * GripKey:kind:
   *
   * What the key is.
   *
   * Since: 1.0
   */
  properties[PROP_KIND] =
    g_param_spec_enum ("kind", NULL, NULL, GRIP_TYPE_KEY_KIND, GRIP_KEY_KIND_SECRET, flags);

  /**
   * GripKey:algorithm:
   *
   * The only algorithm that the key is used for, as a token's header has it.
   *
   * Since: 1.0
   */
  properties[PROP_ALGORITHM] = g_param_spec_string ("algorithm", NULL, NULL, NULL, flags);

  /**
   * GripKey:id:
   *
   * The `kid` of the JWK that the key was read from.
   *
   * Since: 1.0
   */
  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);

  /**
   * GripKey:has-private:
   *
   * Whether the key must be kept secret.
   *
   * Since: 1.0
   */
  properties[PROP_HAS_PRIVATE] = g_param_spec_boolean ("has-private", NULL, NULL, FALSE, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
grip_key_init (GripKey *self)
{
  g_mutex_init (&self->lock);
  self->contexts = g_ptr_array_new_with_free_func (grip_key_free_context);
}

static gboolean
refuse (GError    **error,
        const char *reason)
{
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "cannot use the key: %s", reason);
  return FALSE;
}

static GripKey *
grip_key_new (GripKeyKind          kind,
              gboolean             is_private,
              const GripKeyLimits *limits)
{
  GripKey *self = g_object_new (GRIP_TYPE_KEY, NULL);

  self->kind = kind;
  self->is_private = is_private;
  self->can_sign = is_private && (limits == NULL || limits->may_sign);
  self->can_verify = limits == NULL || limits->may_verify;
  self->id = limits != NULL ? g_strdup (limits->id) : NULL;
  return self;
}

static gboolean
has_prefix (const char *data,
            gsize       length,
            const char *prefix)
{
  return length >= strlen (prefix) && memcmp (data, prefix, strlen (prefix)) == 0;
}

static gboolean
is_ssh (const char *data,
        gsize       length)
{
  static const char *const prefixes[] = { "ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-" };

  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (has_prefix (data, length, prefixes[i]) && memchr (data, ' ', length) != NULL)
      return TRUE;
  return FALSE;
}

/* A key that was meant to be public and is taken for a secret lets anybody forge. So what looks like one
 * is refused even where it cannot be read. */
static gboolean
looks_like_key (const char *data,
                gsize       length)
{
  return has_prefix (data, length, BASE64_PREFIX) || grip_key_is_pem (data, length) || grip_key_is_jwk (data, length) || is_ssh (data, length) ||
         grip_key_is_der ((const guint8 *) data, length);
}

GripKey *
grip_key_new_from_secret (const guint8         *data,
                          gsize                 length,
                          const GripKeyLimits  *limits,
                          GError              **error)
{
  g_autoptr(GripKey) self = NULL;

  if (length == 0)
    return refuse (error, "it is empty"), NULL;
  if (looks_like_key ((const char *) data, length))
    return refuse (error, "it looks like another sort of key and would be taken for a secret"), NULL;

  if (length < SHORT_SECRET)
    g_debug ("a secret of %" G_GSIZE_FORMAT " bytes is short for HS256", length);

  self = grip_key_new (GRIP_KEY_KIND_SECRET, TRUE, limits);
  self->secret = OPENSSL_memdup (data, length);
  if (self->secret == NULL)
    return refuse (error, "there is no memory for it"), NULL;

  self->secret_length = length;
  self->signature_length = 32;
  return g_steal_pointer (&self);
}

static gboolean
check_rsa (EVP_PKEY  *pkey,
           GError   **error)
{
  int bits = EVP_PKEY_get_bits (pkey);

  if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
                   "cannot use the key: it is RSA with %d bits, and at least %d are needed", bits,
                   MIN_RSA_BITS);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_kind (EVP_PKEY     *pkey,
            GripKeyKind  *kind,
            GError      **error)
{
  char group[64] = "";

  if (EVP_PKEY_is_a (pkey, "RSA"))
    {
      *kind = GRIP_KEY_KIND_RSA;
      return check_rsa (pkey, error);
    }

  if (EVP_PKEY_is_a (pkey, "ED25519"))
    {
      *kind = GRIP_KEY_KIND_ED25519;
      return TRUE;
    }

  if (!EVP_PKEY_is_a (pkey, "EC"))
    return refuse (error, "it is none of RSA, EC P-256 and Ed25519");

  *kind = GRIP_KEY_KIND_EC_P256;
  EVP_PKEY_get_group_name (pkey, group, sizeof group, NULL);
  if (strcmp (group, "prime256v1") != 0)
    return refuse (error, "it is an EC key of another curve than P-256");
  return TRUE;
}

/* On the curve, in range, an odd exponent above 1; and the two halves of a private key agree. */
static gboolean
check_numbers (EVP_PKEY *pkey,
               gboolean  is_private)
{
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey (NULL, pkey, NULL);
  gboolean good;

  good = context != NULL && EVP_PKEY_public_check (context) == 1 &&
         (!is_private || EVP_PKEY_pairwise_check (context) == 1);
  EVP_PKEY_CTX_free (context);
  return good;
}

/* The x of the key that Fastly Fanout signs with for all its customers. */
static const guint8 fanout_x[] = {
  0x08, 0xaa, 0x39, 0x03, 0x57, 0x9b, 0xc8, 0x57, 0x27, 0x99, 0x55, 0x7c, 0x48, 0x4e, 0x4e, 0x9f,
  0xef, 0x06, 0xf3, 0x52, 0x72, 0x06, 0x34, 0xaf, 0x72, 0xbc, 0x78, 0x54, 0xb7, 0xad, 0x58, 0x28,
};

static gboolean
is_fanout_point (EVP_PKEY *pkey)
{
  guint8 x[sizeof fanout_x];
  BIGNUM *number = NULL;
  gboolean result;

  result = EVP_PKEY_get_bn_param (pkey, OSSL_PKEY_PARAM_EC_PUB_X, &number) == 1 &&
           BN_bn2binpad (number, x, sizeof x) == sizeof x && memcmp (x, fanout_x, sizeof x) == 0;
  BN_free (number);
  return result;
}

/* Takes pkey over, also when it fails. */
GripKey *
grip_key_new_from_pkey (EVP_PKEY             *pkey,
                        gboolean              is_private,
                        const GripKeyLimits  *limits,
                        GError              **error)
{
  GripKeyKind kind;
  GripKey *self = NULL;

  ERR_set_mark ();
  if (check_kind (pkey, &kind, error))
    {
      if (check_numbers (pkey, is_private))
        self = grip_key_new (kind, is_private, limits);
      else
        refuse (error, "its numbers are not those of a valid key");
    }
  ERR_pop_to_mark ();

  if (self == NULL)
    {
      EVP_PKEY_free (pkey);
      return NULL;
    }

  self->pkey = pkey;
  self->is_fanout = kind == GRIP_KEY_KIND_EC_P256 && is_fanout_point (pkey);
  self->signature_length =
    kind == GRIP_KEY_KIND_RSA ? (gsize) (EVP_PKEY_get_bits (pkey) + 7) / 8 : 64;
  return self;
}

/* For an error message, after "the key is". */
const char *
grip_key_describe (GripKey *self)
{
  switch (self->kind)
    {
    case GRIP_KEY_KIND_SECRET:
      return "a secret";
    case GRIP_KEY_KIND_RSA:
      return self->is_private ? "an RSA private key" : "an RSA public key";
    case GRIP_KEY_KIND_EC_P256:
      return self->is_private ? "an EC private key" : "an EC public key";
    case GRIP_KEY_KIND_ED25519:
    default:
      return self->is_private ? "an Ed25519 private key" : "an Ed25519 public key";
    }
}

/**
 * grip_key_new_for_secret:
 * @secret: the bytes
 * @error: return location for a #GError
 *
 * Makes a key for HS256 of bytes that proxy and origin share.
 *
 * The bytes are taken as they are, except that what looks like another sort of key (PEM, JWK, DER,
 * SSH, or `base64:`) is refused.
 *
 * Returns: (transfer full): the key, or %NULL with %GRIP_ERROR_INVALID_CONFIG
 *
 * Since: 1.0
 */
GripKey *
grip_key_new_for_secret (GBytes  *secret,
                         GError **error)
{
  gsize length;
  const guint8 *data;

  g_return_val_if_fail (secret != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  data = g_bytes_get_data (secret, &length);
  return grip_key_new_from_secret (data, length, NULL, error);
}

static GripKey *
grip_key_new_from_data (const char  *data,
                        gsize        length,
                        GError     **error)
{
  if (grip_key_is_pem (data, length))
    return grip_key_new_from_pem (data, length, error);
  if (grip_key_is_jwk (data, length))
    return grip_key_new_from_jwk (data, length, error);
  if (grip_key_is_der ((const guint8 *) data, length))
    return grip_key_new_from_der ((const guint8 *) data, length, error);
  return grip_key_new_from_secret ((const guint8 *) data, length, NULL, error);
}

static gboolean
is_base64_of_key (const char *text,
                  gsize       length)
{
  gsize decoded_length;
  guint8 *decoded = grip_base64_decode_tolerant (text, length, &decoded_length);
  gboolean result;

  if (decoded == NULL)
    return FALSE;

  result = looks_like_key ((const char *) decoded, decoded_length);
  OPENSSL_clear_free (decoded, decoded_length);
  return result;
}

static GripKey *
grip_key_new_from_text (const char  *text,
                        gsize        length,
                        GError     **error)
{
  gsize prefix_length = strlen (BASE64_PREFIX);
  gsize decoded_length;
  guint8 *decoded;
  GripKey *self;

  if (!has_prefix (text, length, BASE64_PREFIX))
    {
      if (is_base64_of_key (text, length))
        return refuse (error, "it is base64 of a key; put base64: before it"), NULL;
      return grip_key_new_from_data (text, length, error);
    }

  decoded = grip_base64_decode_tolerant (text + prefix_length, length - prefix_length, &decoded_length);
  if (decoded == NULL)
    return refuse (error, "what stands after base64: is empty or not base64"), NULL;

  self = grip_key_new_from_data ((const char *) decoded, decoded_length, error);
  OPENSSL_clear_free (decoded, decoded_length);
  return self;
}

/**
 * grip_key_new_from_string:
 * @text: a key in any of the forms that a configuration has
 * @error: return location for a #GError
 *
 * Reads a key from text: a JWK, a PEM (public key, PKCS#8, PKCS#1, SEC1 or a certificate), or else a
 * plain secret. After `base64:` stands base64 of any of these, or of DER.
 *
 * A text that looks like a key and cannot be read as one is an error; it is never taken for a secret.
 * So are an empty text, RSA with less than 2048 bits, and any curve but P-256 and Ed25519. A JWK's `alg`,
 * `use` and `key_ops` must allow what the key is for here. Dates of a certificate are not looked at.
 *
 * Returns: (transfer full): the key, or %NULL with %GRIP_ERROR_INVALID_CONFIG
 *
 * Since: 1.0
 */
GripKey *
grip_key_new_from_string (const char  *text,
                          GError     **error)
{
  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return grip_key_new_from_text (text, strlen (text), error);
}

/**
 * grip_key_new_from_bytes:
 * @data: a key in any of the forms that a configuration has
 * @error: return location for a #GError
 *
 * Reads a key from the contents of a file, in the forms of [ctor@Grip.Key.new_from_string] or DER. Bytes
 * that are none of them are a secret, with every byte of them: also a newline at the end.
 *
 * Returns: (transfer full): the key, or %NULL with %GRIP_ERROR_INVALID_CONFIG
 *
 * Since: 1.0
 */
GripKey *
grip_key_new_from_bytes (GBytes  *data,
                         GError **error)
{
  const char *text;
  gsize length;

  g_return_val_if_fail (data != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  text = g_bytes_get_data (data, &length);
  return grip_key_new_from_text (length > 0 ? text : "", length, error);
}

/**
 * grip_key_new_from_variant:
 * @jwk: the members of a JWK, as `a{sv}`
 * @error: return location for a #GError
 *
 * Reads a key from a JWK that is not text but already a dictionary. `key_ops` is an array of strings,
 * every other member that counts is a string.
 *
 * Returns: (transfer full): the key, or %NULL with %GRIP_ERROR_INVALID_CONFIG
 *
 * Since: 1.0
 */
GripKey *
grip_key_new_from_variant (GVariant  *jwk,
                           GError   **error)
{
  g_autoptr(GVariant) owned = NULL;

  g_return_val_if_fail (jwk != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  owned = g_variant_ref_sink (jwk);
  if (!g_variant_is_of_type (owned, G_VARIANT_TYPE_VARDICT))
    return refuse (error, "a JWK must be a dictionary"), NULL;
  return grip_key_new_from_members (owned, error);
}

GripKey *
grip_key_new_for_fanout (void)
{
  static const char jwk[] = GRIP_KEY_FANOUT_JWK;
  g_autoptr(GError) error = NULL;
  GripKey *self = grip_key_new_from_jwk (jwk, sizeof jwk - 1, &error);

  g_assert_no_error (error);
  return self;
}

/**
 * grip_key_get_kind:
 * @self: a key
 *
 * What the key is.
 *
 * Returns: the kind
 *
 * Since: 1.0
 */
GripKeyKind
grip_key_get_kind (GripKey *self)
{
  g_return_val_if_fail (GRIP_IS_KEY (self), GRIP_KEY_KIND_SECRET);

  return self->kind;
}

/**
 * grip_key_get_algorithm:
 * @self: a key
 *
 * The only algorithm that the key is used for.
 *
 * Returns: `HS256`, `RS256`, `ES256` or `EdDSA`
 *
 * Since: 1.0
 */
const char *
grip_key_get_algorithm (GripKey *self)
{
  static const char *const algorithms[] = { "HS256", "RS256", "ES256", "EdDSA" };

  g_return_val_if_fail (GRIP_IS_KEY (self), NULL);

  return algorithms[self->kind];
}

/**
 * grip_key_get_id:
 * @self: a key
 *
 * The `kid` of the JWK that the key was read from. A token that the key signs carries it, and a token
 * that names another is refused.
 *
 * Returns: (nullable): the id
 *
 * Since: 1.0
 */
const char *
grip_key_get_id (GripKey *self)
{
  g_return_val_if_fail (GRIP_IS_KEY (self), NULL);

  return self->id;
}

/**
 * grip_key_is_private:
 * @self: a key
 *
 * Whether the key can sign and must be kept secret: secret bytes, or a private key.
 *
 * Returns: false for a public key
 *
 * Since: 1.0
 */
gboolean
grip_key_is_private (GripKey *self)
{
  g_return_val_if_fail (GRIP_IS_KEY (self), FALSE);

  return self->is_private;
}

/**
 * grip_key_equal:
 * @self: a key
 * @other: another
 *
 * Whether both are the same key, in whatever form they were written. A private key and its public key
 * are not. The time it takes tells nothing about secret bytes but their number.
 *
 * Returns: true if they are the same
 *
 * Since: 1.0
 */
gboolean
grip_key_equal (GripKey *self,
                GripKey *other)
{
  g_return_val_if_fail (GRIP_IS_KEY (self), FALSE);
  g_return_val_if_fail (GRIP_IS_KEY (other), FALSE);

  if (self->kind != other->kind || self->is_private != other->is_private)
    return FALSE;
  if (self->kind == GRIP_KEY_KIND_SECRET)
    return self->secret_length == other->secret_length &&
           CRYPTO_memcmp (self->secret, other->secret, self->secret_length) == 0;
  return EVP_PKEY_eq (self->pkey, other->pkey) == 1;
}

/**
 * grip_key_to_string:
 * @self: a key
 *
 * What the key is, for people: `ES256 with an EC public key`. Nothing of the key itself is in it.
 *
 * Returns: (transfer full): the description
 *
 * Since: 1.0
 */
char *
grip_key_to_string (GripKey *self)
{
  g_return_val_if_fail (GRIP_IS_KEY (self), NULL);

  return g_strdup_printf ("%s with %s", grip_key_get_algorithm (self), grip_key_describe (self));
}
