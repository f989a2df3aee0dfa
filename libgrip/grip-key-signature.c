/* grip-key-signature.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <libgrip/grip-error.h>

#include "grip-base64url-private.h"
#include "grip-key-private.h"

#define SHA256_LENGTH 32
#define EC_LENGTH 64
/* SEQUENCE { INTEGER, INTEGER } with two numbers of 33 bytes. */
#define MAX_EC_DER 72

/* OpenSSL's contexts are not for two threads at a time and cost more to set up than an HMAC. A key
 * keeps as many as were ever in use at once. */
typedef struct
{
  EVP_MAC_CTX *mac;
  EVP_MD_CTX *digest;
  EVP_PKEY_CTX *verify;
} Context;

static EVP_MAC *hmac;
static EVP_MD *sha256;

static void
fetch_algorithms (void)
{
  static gsize fetched;

  if (!g_once_init_enter (&fetched))
    return;

  hmac = EVP_MAC_fetch (NULL, "HMAC", NULL);
  sha256 = EVP_MD_fetch (NULL, "SHA256", NULL);
  if (hmac == NULL || sha256 == NULL)
    g_error ("OpenSSL has no HMAC or no SHA-256");
  g_once_init_leave (&fetched, 1);
}

void
grip_key_free_context (gpointer data)
{
  Context *context = data;

  EVP_MAC_CTX_free (context->mac);
  EVP_MD_CTX_free (context->digest);
  EVP_PKEY_CTX_free (context->verify);
  g_free (context);
}

static gboolean
set_up_mac (GripKey *self,
            Context *context)
{
  char digest[] = "SHA256";
  OSSL_PARAM params[] = {
    OSSL_PARAM_construct_utf8_string (OSSL_MAC_PARAM_DIGEST, digest, 0),
    OSSL_PARAM_construct_end (),
  };

  context->mac = EVP_MAC_CTX_new (hmac);
  return context->mac != NULL &&
         EVP_MAC_init (context->mac, self->secret, self->secret_length, params) == 1;
}

/* Ed25519 hashes by itself, and has no state worth keeping. */
static gboolean
set_up_verify (GripKey *self,
               Context *context)
{
  context->digest = EVP_MD_CTX_new ();
  if (context->digest == NULL || self->kind == GRIP_KEY_KIND_ED25519)
    return context->digest != NULL;

  context->verify = EVP_PKEY_CTX_new_from_pkey (NULL, self->pkey, NULL);
  return context->verify != NULL &&
         EVP_PKEY_verify_init (context->verify) == 1 &&
         EVP_PKEY_CTX_set_signature_md (context->verify, sha256) == 1 &&
         (self->kind != GRIP_KEY_KIND_RSA ||
          EVP_PKEY_CTX_set_rsa_padding (context->verify, RSA_PKCS1_PADDING) == 1);
}

static Context *
take_context (GripKey *self)
{
  Context *context = NULL;
  gboolean good;

  g_mutex_lock (&self->lock);
  if (self->contexts->len > 0)
    context = g_ptr_array_steal_index_fast (self->contexts, self->contexts->len - 1);
  g_mutex_unlock (&self->lock);
  if (context != NULL)
    return context;

  fetch_algorithms ();
  context = g_new0 (Context, 1);
  good = self->kind == GRIP_KEY_KIND_SECRET ? set_up_mac (self, context)
                                            : set_up_verify (self, context);
  if (good)
    return context;

  grip_key_free_context (context);
  return NULL;
}

static void
give_context (GripKey *self,
              Context *context)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->contexts, context);
  g_mutex_unlock (&self->lock);
}

static gboolean
make_mac (Context    *context,
          const void *data,
          gsize       length,
          guint8     *mac)
{
  gsize n;

  return EVP_MAC_init (context->mac, NULL, 0, NULL) == 1 &&
         EVP_MAC_update (context->mac, data, length) == 1 &&
         EVP_MAC_final (context->mac, mac, &n, SHA256_LENGTH) == 1 &&
         n == SHA256_LENGTH;
}

static gsize
write_integer (const guint8 *number,
               guint8       *out)
{
  gsize n = 32;
  gsize pad;

  while (n > 1 && *number == 0)
    {
      number++;
      n--;
    }

  pad = *number >> 7;
  out[0] = 0x02;
  out[1] = (guint8) (n + pad);
  out[2] = 0;
  memcpy (out + 2 + pad, number, n);
  return 2 + pad + n;
}

/* The two numbers, as they stand in a token, in the form that OpenSSL wants. It refuses what is not
 * between 1 and the order of the group. */
static gsize
write_ec_der (const guint8 *signature,
              guint8       *der)
{
  gsize n = write_integer (signature, der + 2);

  n += write_integer (signature + 32, der + 2 + n);
  der[0] = 0x30;
  der[1] = (guint8) n;
  return 2 + n;
}

static gboolean
verify_hash (GripKey      *self,
             Context      *context,
             const void   *data,
             gsize         length,
             const guint8 *signature,
             gsize         signature_length)
{
  guint8 hash[SHA256_LENGTH];
  guint8 der[MAX_EC_DER];

  if (EVP_DigestInit_ex2 (context->digest, sha256, NULL) != 1 ||
      EVP_DigestUpdate (context->digest, data, length) != 1 ||
      EVP_DigestFinal_ex (context->digest, hash, NULL) != 1)
    return FALSE;

  if (self->kind == GRIP_KEY_KIND_EC_P256)
    {
      signature_length = write_ec_der (signature, der);
      signature = der;
    }
  return EVP_PKEY_verify (context->verify, signature, signature_length, hash, sizeof hash) == 1;
}

static gboolean
verify_with (GripKey      *self,
             Context      *context,
             const void   *data,
             gsize         length,
             const guint8 *signature,
             gsize         signature_length)
{
  guint8 mac[SHA256_LENGTH];

  switch (self->kind)
    {
    case GRIP_KEY_KIND_SECRET:
      return make_mac (context, data, length, mac) &&
             CRYPTO_memcmp (mac, signature, SHA256_LENGTH) == 0;
    case GRIP_KEY_KIND_ED25519:
      EVP_MD_CTX_reset (context->digest);
      return EVP_DigestVerifyInit (context->digest, NULL, NULL, NULL, self->pkey) == 1 &&
             EVP_DigestVerify (context->digest, signature, signature_length, data, length) == 1;
    case GRIP_KEY_KIND_RSA:
    case GRIP_KEY_KIND_EC_P256:
    default:
      return verify_hash (self, context, data, length, signature, signature_length);
    }
}

/* From any thread. The application's queue of OpenSSL errors stays as it was. */
gboolean
grip_key_verify_data (GripKey      *self,
                      const void   *data,
                      gsize         length,
                      const guint8 *signature,
                      gsize         signature_length)
{
  Context *context;
  gboolean good;

  if (signature_length != self->signature_length)
    return FALSE;

  /* A wrong HMAC is no error to OpenSSL. */
  if (self->kind != GRIP_KEY_KIND_SECRET)
    ERR_set_mark ();
  context = take_context (self);
  good = context != NULL && verify_with (self, context, data, length, signature, signature_length);
  if (context != NULL)
    give_context (self, context);
  if (self->kind != GRIP_KEY_KIND_SECRET)
    ERR_pop_to_mark ();
  return good;
}

static gboolean
read_ec_der (guint8 *signature,
             gsize  *length)
{
  const guint8 *pos = signature;
  ECDSA_SIG *numbers = d2i_ECDSA_SIG (NULL, &pos, (long) *length);
  gboolean good;

  good = numbers != NULL &&
         BN_bn2binpad (ECDSA_SIG_get0_r (numbers), signature, 32) == 32 &&
         BN_bn2binpad (ECDSA_SIG_get0_s (numbers), signature + 32, 32) == 32;
  ECDSA_SIG_free (numbers);
  *length = EC_LENGTH;
  return good;
}

static gboolean
sign_with_pkey (GripKey    *self,
                const void *data,
                gsize       length,
                guint8     *signature,
                gsize      *signature_length)
{
  EVP_MD_CTX *context = EVP_MD_CTX_new ();
  const char *digest = self->kind == GRIP_KEY_KIND_ED25519 ? NULL : "SHA256";
  gboolean good;

  *signature_length = GRIP_KEY_MAX_SIGNATURE;
  good = context != NULL &&
         EVP_DigestSignInit_ex (context, NULL, digest, NULL, NULL, self->pkey, NULL) == 1 &&
         EVP_DigestSign (context, signature, signature_length, data, length) == 1;
  EVP_MD_CTX_free (context);
  return good && (self->kind != GRIP_KEY_KIND_EC_P256 || read_ec_der (signature, signature_length));
}

/* signature must have room for GRIP_KEY_MAX_SIGNATURE bytes. */
gboolean
grip_key_sign_data (GripKey    *self,
                    const void *data,
                    gsize       length,
                    guint8     *signature,
                    gsize      *signature_length)
{
  Context *context;
  gboolean good;

  ERR_set_mark ();
  if (self->kind == GRIP_KEY_KIND_SECRET)
    {
      context = take_context (self);
      good = context != NULL && make_mac (context, data, length, signature);
      *signature_length = SHA256_LENGTH;
      if (context != NULL)
        give_context (self, context);
    }
  else
    {
      good = sign_with_pkey (self, data, length, signature, signature_length);
    }
  ERR_pop_to_mark ();
  return good;
}

static void
append_json_string (GString    *json,
                    const char *text)
{
  g_string_append_c (json, '"');
  for (; *text != '\0'; text++)
    {
      if (*text == '"' || *text == '\\')
        g_string_append_printf (json, "\\%c", *text);
      else if ((guchar) *text < 0x20)
        g_string_append_printf (json, "\\u%04x", (guint) *text);
      else
        g_string_append_c (json, *text);
    }
  g_string_append_c (json, '"');
}

static void
append_segment (GString *token,
                GString *json)
{
  grip_base64url_append (token, (const guint8 *) json->str, json->len);
}

static void
append_header (GString *token,
               GripKey *key)
{
  g_autoptr(GString) json = g_string_new (NULL);

  g_string_printf (json, "{\"alg\":\"%s\"", grip_key_get_algorithm (key));
  if (key->id != NULL)
    {
      g_string_append (json, ",\"kid\":");
      append_json_string (json, key->id);
    }
  g_string_append (json, ",\"typ\":\"JWT\"}");
  append_segment (token, json);
}

static void
append_claims (GString    *token,
               const char *iss,
               gint64      exp)
{
  g_autoptr(GString) json = g_string_new (NULL);

  g_string_printf (json, "{\"exp\":%" G_GINT64_FORMAT, exp);
  if (iss != NULL)
    {
      g_string_append (json, ",\"iss\":");
      append_json_string (json, iss);
    }
  g_string_append_c (json, '}');
  append_segment (token, json);
}

/**
 * grip_key_sign:
 * @self: a key
 * @iss: (nullable): who signs
 * @exp: when the token expires, in seconds since 1970
 * @error: return location for a #GError
 *
 * Makes a token (a compact JWT) as a GRIP proxy makes it for `Grip-Sig`, and a publisher for its
 * `Authorization`: the claims are `exp` and, unless it is %NULL, `iss`.
 *
 * Returns: (transfer full): the token, or %NULL with %GRIP_ERROR_INVALID_CONFIG when the key is public
 *   or a JWK whose `key_ops` have no `sign`, or when @iss is not UTF-8
 *
 * Since: 1.0
 */
char *
grip_key_sign (GripKey     *self,
               const char  *iss,
               gint64       exp,
               GError     **error)
{
  g_autoptr(GString) token = NULL;
  guint8 signature[GRIP_KEY_MAX_SIGNATURE];
  gsize signature_length;

  g_return_val_if_fail (GRIP_IS_KEY (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!self->can_sign || (iss != NULL && !g_utf8_validate (iss, -1, NULL)))
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "cannot sign: %s%s",
                   self->can_sign ? "the issuer is not UTF-8" : "the key is ",
                   self->can_sign ? "" : self->is_private ? "not for signing" : grip_key_describe (self));
      return NULL;
    }

  token = g_string_new (NULL);
  append_header (token, self);
  g_string_append_c (token, '.');
  append_claims (token, iss, exp);

  if (!grip_key_sign_data (self, token->str, token->len, signature, &signature_length))
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_FAILED, "cannot sign: OpenSSL failed");
      return NULL;
    }
  g_string_append_c (token, '.');
  grip_base64url_append (token, signature, signature_length);
  return g_string_free (g_steal_pointer (&token), FALSE);
}
