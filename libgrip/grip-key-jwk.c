/* grip-key-jwk.c
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
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include <libgrip/grip-error.h>

#include "grip-base64url-private.h"
#include "grip-json-private.h"
#include "grip-key-private.h"

#define MAX_DEPTH 8

/* The members that count here. Any other is ignored, as RFC 7517 says. */
enum
{
  KTY, CRV, ALG, USE, KID, K, X, Y, N, E, D, P, Q, DP, DQ, QI,
  N_MEMBERS,
};

static const char *const member_names[N_MEMBERS] = {
  "kty", "crv", "alg", "use", "kid", "k", "x", "y", "n", "e", "d", "p", "q", "dp", "dq", "qi",
};

typedef struct
{
  char *members[N_MEMBERS];
  char **key_ops;
  const char *bad_member;
  gboolean is_multi_prime;
} Jwk;

static void
jwk_clear (Jwk *self)
{
  for (guint i = 0; i < N_MEMBERS; i++)
    if (self->members[i] != NULL)
      {
        OPENSSL_cleanse (self->members[i], strlen (self->members[i]));
        g_free (self->members[i]);
      }
  g_strfreev (self->key_ops);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Jwk, jwk_clear)

static GripKey *
refuse (GError    **error,
        const char *reason)
{
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "cannot use the key: %s", reason);
  return NULL;
}

static GripKey *
refuse_member (GError    **error,
               const char *name)
{
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
               "cannot use the key: the member \"%s\" of the JWK is missing or wrong", name);
  return NULL;
}

/* Text, as opposed to the bytes of a random secret, that starts like JSON. */
static gboolean
starts_json (const char *data,
             gsize       length)
{
  const char *pos = data;
  const char *end = data + length;
  gunichar c = 0;

  if (!g_utf8_validate_len (data, length, NULL))
    return FALSE;

  for (; pos < end; pos = g_utf8_next_char (pos))
    {
      c = g_utf8_get_char (pos);
      if (c > 0x20 && c != 0xfeff && !g_unichar_isspace (c))
        break;
    }
  if (pos == end || (c != '{' && c != '['))
    return FALSE;

  for (; pos < end; pos++)
    if ((guchar) *pos < 0x20 && !g_ascii_isspace (*pos))
      return FALSE;
  return TRUE;
}

gboolean
grip_key_is_jwk (const char *data,
                 gsize       length)
{
  return starts_json (data, length) || g_strstr_len (data, (gssize) length, "\"kty\"") != NULL;
}

static BIGNUM *
decode_number (const char *text)
{
  gsize length = strlen (text);
  gsize size = GRIP_BASE64URL_DECODED (length) + 1;
  guint8 *bytes = OPENSSL_malloc (size);
  BIGNUM *number = NULL;
  gsize n;
  gsize bad_offset;

  if (bytes != NULL && grip_base64url_decode (text, length, bytes, &n, &bad_offset) && n > 0 &&
      n <= GRIP_KEY_MAX_SIGNATURE + 1)
    number = BN_bin2bn (bytes, (int) n, NULL);
  OPENSSL_clear_free (bytes, size);
  return number;
}

/* Exactly 32 bytes. */
static gboolean
decode_32 (const char *text,
           guint8     *out)
{
  guint8 bytes[GRIP_BASE64URL_DECODED (43)];
  gsize n;
  gsize bad_offset;
  gboolean good;

  good = text != NULL && strlen (text) == 43 &&
         grip_base64url_decode (text, 43, bytes, &n, &bad_offset);
  if (good)
    memcpy (out, bytes, 32);
  OPENSSL_cleanse (bytes, sizeof bytes);
  return good;
}

/* @builder may be NULL: then there was no memory. */
static EVP_PKEY *
pkey_from_params (const char     *type,
                  OSSL_PARAM_BLD *builder,
                  gboolean        is_private)
{
  OSSL_PARAM *params = builder != NULL ? OSSL_PARAM_BLD_to_param (builder) : NULL;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name (NULL, type, NULL);
  EVP_PKEY *pkey = NULL;

  if (params != NULL && context != NULL && EVP_PKEY_fromdata_init (context) == 1)
    EVP_PKEY_fromdata (context, &pkey, is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params);

  EVP_PKEY_CTX_free (context);
  OSSL_PARAM_free (params);
  return pkey;
}

static EVP_PKEY *
ec_pkey_new (const guint8  point[65],
             const BIGNUM *secret)
{
  OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new ();
  EVP_PKEY *pkey = NULL;

  if (builder != NULL &&
      OSSL_PARAM_BLD_push_utf8_string (builder, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
      OSSL_PARAM_BLD_push_octet_string (builder, OSSL_PKEY_PARAM_PUB_KEY, point, 65) == 1 &&
      (secret == NULL || OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_PRIV_KEY, secret) == 1))
    pkey = pkey_from_params ("EC", builder, secret != NULL);
  OSSL_PARAM_BLD_free (builder);
  return pkey;
}

static GripKey *
new_ec (const Jwk            *jwk,
        const GripKeyLimits  *limits,
        GError              **error)
{
  gboolean is_private = jwk->members[D] != NULL;
  guint8 point[65] = { POINT_CONVERSION_UNCOMPRESSED };
  BIGNUM *secret = NULL;
  EVP_PKEY *pkey = NULL;
  guint8 d[32];

  if (g_strcmp0 (jwk->members[CRV], "P-256") != 0)
    return refuse (error, "it is an EC key of another curve than P-256");
  if (!decode_32 (jwk->members[X], point + 1))
    return refuse_member (error, "x");
  if (!decode_32 (jwk->members[Y], point + 33))
    return refuse_member (error, "y");
  if (is_private && !decode_32 (jwk->members[D], d))
    return refuse_member (error, "d");

  if (is_private)
    {
      secret = BN_secure_new ();
      if (secret != NULL && BN_bin2bn (d, sizeof d, secret) != NULL)
        pkey = ec_pkey_new (point, secret);
      OPENSSL_cleanse (d, sizeof d);
      BN_clear_free (secret);
    }
  else
    pkey = ec_pkey_new (point, NULL);

  if (pkey == NULL)
    return refuse (error, "its numbers are not those of a valid key");
  return grip_key_new_from_pkey (pkey, is_private, limits, error);
}

static GripKey *
new_ed25519 (const Jwk            *jwk,
             const GripKeyLimits  *limits,
             GError              **error)
{
  gboolean is_private = jwk->members[D] != NULL;
  EVP_PKEY *pkey;
  guint8 x[32];
  guint8 d[32];
  guint8 derived[32];
  gsize n = sizeof derived;

  if (g_strcmp0 (jwk->members[CRV], "Ed25519") != 0)
    return refuse (error, "it is an OKP key of another curve than Ed25519");
  if (!decode_32 (jwk->members[X], x))
    return refuse_member (error, "x");
  if (is_private && !decode_32 (jwk->members[D], d))
    return refuse_member (error, "d");

  pkey = is_private ? EVP_PKEY_new_raw_private_key (EVP_PKEY_ED25519, NULL, d, sizeof d)
                    : EVP_PKEY_new_raw_public_key (EVP_PKEY_ED25519, NULL, x, sizeof x);
  if (is_private)
    OPENSSL_cleanse (d, sizeof d);

  if (pkey == NULL || EVP_PKEY_get_raw_public_key (pkey, derived, &n) != 1 ||
      memcmp (x, derived, sizeof x) != 0)
    {
      EVP_PKEY_free (pkey);
      return refuse (error, "its numbers are not those of a valid key");
    }
  return grip_key_new_from_pkey (pkey, is_private, limits, error);
}

static const struct
{
  guint member;
  const char *param;
} rsa_params[] = {
  { N, OSSL_PKEY_PARAM_RSA_N },
  { E, OSSL_PKEY_PARAM_RSA_E },
  { D, OSSL_PKEY_PARAM_RSA_D },
  { P, OSSL_PKEY_PARAM_RSA_FACTOR1 },
  { Q, OSSL_PKEY_PARAM_RSA_FACTOR2 },
  { DP, OSSL_PKEY_PARAM_RSA_EXPONENT1 },
  { DQ, OSSL_PKEY_PARAM_RSA_EXPONENT2 },
  { QI, OSSL_PKEY_PARAM_RSA_COEFFICIENT1 },
};

/* d alone, or with all five of its helpers. */
static gboolean
check_rsa_members (const Jwk *jwk)
{
  guint n = 0;

  for (guint i = P; i <= QI; i++)
    n += jwk->members[i] != NULL;
  return n == 0 || (n == 5 && jwk->members[D] != NULL);
}

static GripKey *
new_rsa (const Jwk            *jwk,
         const GripKeyLimits  *limits,
         GError              **error)
{
  gboolean is_private = jwk->members[D] != NULL;
  BIGNUM *numbers[G_N_ELEMENTS (rsa_params)] = { NULL };
  const char *wrong = check_rsa_members (jwk) ? NULL : "p";
  OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new ();
  EVP_PKEY *pkey = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rsa_params) && wrong == NULL; i++)
    {
      const char *text = jwk->members[rsa_params[i].member];

      if (text == NULL && i > 1)
        continue;
      numbers[i] = text != NULL ? decode_number (text) : NULL;
      if (numbers[i] == NULL || builder == NULL ||
          OSSL_PARAM_BLD_push_BN (builder, rsa_params[i].param, numbers[i]) != 1)
        wrong = member_names[rsa_params[i].member];
    }

  if (wrong == NULL)
    pkey = pkey_from_params ("RSA", builder, is_private);
  OSSL_PARAM_BLD_free (builder);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    BN_clear_free (numbers[i]);

  if (wrong != NULL)
    return refuse_member (error, wrong);
  if (pkey == NULL)
    return refuse (error, "its numbers are not those of a valid key");
  return grip_key_new_from_pkey (pkey, is_private, limits, error);
}

static GripKey *
new_secret (const Jwk            *jwk,
            const GripKeyLimits  *limits,
            GError              **error)
{
  const char *text = jwk->members[K];
  gsize length = text != NULL ? strlen (text) : 0;
  gsize size = GRIP_BASE64URL_DECODED (length) + 1;
  guint8 *bytes;
  GripKey *self = NULL;
  gsize n;
  gsize bad_offset;

  if (length == 0)
    return refuse_member (error, "k");

  bytes = OPENSSL_malloc (size);
  if (bytes != NULL && grip_base64url_decode (text, length, bytes, &n, &bad_offset))
    self = grip_key_new_from_secret (bytes, n, limits, error);
  else
    refuse_member (error, "k");
  OPENSSL_clear_free (bytes, size);
  return self;
}

static const struct
{
  const char *kty;
  const char *algorithm;
  GripKey *(*new_key) (const Jwk *, const GripKeyLimits *, GError **);
} types[] = {
  { "oct", "HS256", new_secret },
  { "RSA", "RS256", new_rsa },
  { "EC", "ES256", new_ec },
  { "OKP", "EdDSA", new_ed25519 },
};

/* key_ops and use say what the key is for. Returns what is wrong with them, or NULL. */
static const char *
read_limits (const Jwk     *jwk,
             gboolean       can_sign,
             GripKeyLimits *limits)
{
  guint n = jwk->key_ops != NULL ? g_strv_length (jwk->key_ops) : 0;

  if (jwk->members[USE] != NULL && strcmp (jwk->members[USE], "sig") != 0)
    return "use";

  for (guint i = 0; i < n; i++)
    if (g_strv_contains ((const char *const *) jwk->key_ops + i + 1, jwk->key_ops[i]))
      return "key_ops";

  limits->id = jwk->members[KID];
  limits->may_sign = jwk->key_ops == NULL || g_strv_contains ((const char *const *) jwk->key_ops, "sign");
  limits->may_verify = jwk->key_ops == NULL || g_strv_contains ((const char *const *) jwk->key_ops, "verify");
  if (!limits->may_verify && !(limits->may_sign && can_sign))
    return "key_ops";
  return NULL;
}

static GripKey *
new_from_members (const Jwk  *jwk,
                  GError    **error)
{
  GripKeyLimits limits;
  const char *wrong;
  GripKey *self;

  if (jwk->bad_member != NULL)
    return refuse_member (error, jwk->bad_member);
  if (jwk->is_multi_prime)
    return refuse (error, "RSA with more than two primes is not supported");
  if (jwk->members[KTY] == NULL)
    return refuse (error, "it starts like JSON and is no JWK: there is no member \"kty\"");

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      if (strcmp (jwk->members[KTY], types[i].kty) != 0)
        continue;

      wrong = read_limits (jwk, i == 0 || jwk->members[D] != NULL, &limits);
      if (wrong == NULL && jwk->members[ALG] != NULL && strcmp (jwk->members[ALG], types[i].algorithm) != 0)
        wrong = "alg";
      if (wrong != NULL)
        return refuse_member (error, wrong);

      ERR_set_mark ();
      self = types[i].new_key (jwk, &limits, error);
      ERR_pop_to_mark ();
      return self;
    }
  return refuse_member (error, "kty");
}

static void
read_key_ops (Jwk                  *jwk,
              const GripJsonMember *member)
{
  g_autoptr(JsonNode) node = grip_json_parse (member->value, member->value_length, MAX_DEPTH, NULL);
  g_autoptr(GPtrArray) ops = g_ptr_array_new_with_free_func (g_free);
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    {
      jwk->bad_member = "key_ops";
      return;
    }

  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (json_node_get_value_type (element) == G_TYPE_STRING)
        g_ptr_array_add (ops, json_node_dup_string (element));
      else
        jwk->bad_member = "key_ops";
    }
  g_ptr_array_add (ops, NULL);
  g_strfreev (jwk->key_ops);
  jwk->key_ops = (char **) g_ptr_array_free (g_steal_pointer (&ops), FALSE);
}

/* Also as "av", which is what an array in JSON becomes. */
static char **
dup_key_ops (GVariant *value)
{
  g_autoptr(GPtrArray) ops = g_ptr_array_new_with_free_func (g_free);

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    return g_variant_dup_strv (value, NULL);
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE ("av")))
    return NULL;

  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      g_autoptr(GVariant) child = g_variant_get_child_value (value, i);
      g_autoptr(GVariant) op = g_variant_get_variant (child);

      if (!g_variant_is_of_type (op, G_VARIANT_TYPE_STRING))
        return NULL;
      g_ptr_array_add (ops, g_variant_dup_string (op, NULL));
    }
  g_ptr_array_add (ops, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&ops), FALSE);
}

static void
member_cb (const GripJsonMember *member,
           gpointer              user_data)
{
  Jwk *jwk = user_data;

  if (grip_json_member_is (member, "key_ops"))
    read_key_ops (jwk, member);
  else if (grip_json_member_is (member, "oth"))
    jwk->is_multi_prime = TRUE;

  for (guint i = 0; i < N_MEMBERS; i++)
    if (grip_json_member_is (member, member_names[i]))
      {
        /* A name that the scanner will refuse as a duplicate can come twice. */
        g_free (jwk->members[i]);
        jwk->members[i] = grip_json_member_string (member);
        if (jwk->members[i] == NULL)
          jwk->bad_member = member_names[i];
      }
}

GripKey *
grip_key_new_from_jwk (const char  *data,
                       gsize        length,
                       GError     **error)
{
  g_auto(Jwk) jwk = { { NULL } };
  g_autoptr(GError) json_error = NULL;

  if (!grip_json_scan_object (data, length, MAX_DEPTH, member_cb, &jwk, &json_error))
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
                   "cannot use the key: it starts like JSON and is no JWK: %s", json_error->message);
      return NULL;
    }
  return new_from_members (&jwk, error);
}

GripKey *
grip_key_new_from_members (GVariant  *members,
                           GError   **error)
{
  g_auto(Jwk) jwk = { { NULL } };
  g_autoptr(GVariant) key_ops = g_variant_lookup_value (members, "key_ops", NULL);
  g_autoptr(GVariant) others = g_variant_lookup_value (members, "oth", NULL);

  jwk.is_multi_prime = others != NULL;
  jwk.key_ops = key_ops != NULL ? dup_key_ops (key_ops) : NULL;
  if (key_ops != NULL && jwk.key_ops == NULL)
    jwk.bad_member = "key_ops";

  for (guint i = 0; i < N_MEMBERS; i++)
    {
      g_autoptr(GVariant) value = g_variant_lookup_value (members, member_names[i], NULL);

      if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
        jwk.members[i] = g_variant_dup_string (value, NULL);
      else if (value != NULL)
        jwk.bad_member = member_names[i];
    }
  return new_from_members (&jwk, error);
}
