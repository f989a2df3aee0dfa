/* grip-key-pem.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <libgrip/grip-error.h>

#include "grip-base64url-private.h"
#include "grip-key-private.h"

/* OpenSSL's own PEM reader asks on the terminal for a passphrase, and wants lines where people have
 * put the key into one. So the armour is taken off here, and OpenSSL gets DER. */

typedef struct
{
  const char *label;
  const char *type;
  const char *structure;
  gboolean is_private;
} Form;

static const Form forms[] = {
  { "PUBLIC KEY", NULL, "SubjectPublicKeyInfo", FALSE },
  { "RSA PUBLIC KEY", "RSA", "type-specific", FALSE },
  { "PRIVATE KEY", NULL, "PrivateKeyInfo", TRUE },
  { "RSA PRIVATE KEY", "RSA", "type-specific", TRUE },
  { "EC PRIVATE KEY", "EC", "type-specific", TRUE },
};

static GripKey *
refuse (GError    **error,
        const char *reason)
{
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "cannot use the key: %s", reason);
  return NULL;
}

static const char *
find (const char *data,
      gsize       length,
      const char *text)
{
  gsize n = strlen (text);

  for (; length >= n; data++, length--)
    if (g_ascii_strncasecmp (data, text, n) == 0)
      return data;
  return NULL;
}

/* Also where only one end is left of it. */
gboolean
grip_key_is_pem (const char *data,
                 gsize       length)
{
  return find (data, length, "-----BEGIN") != NULL || find (data, length, "-----END") != NULL;
}

static EVP_PKEY *
decode_certificate (const guint8 *data,
                    gsize         length)
{
  const guint8 *pos = data;
  X509 *certificate = d2i_X509 (NULL, &pos, (long) length);
  EVP_PKEY *pkey = NULL;

  if (certificate != NULL && pos == data + length)
    pkey = X509_get_pubkey (certificate);
  X509_free (certificate);
  return pkey;
}

/* All of data must be the key. */
static EVP_PKEY *
decode_form (const Form   *form,
             const guint8 *data,
             gsize         length)
{
  EVP_PKEY *pkey = NULL;
  const guint8 *pos = data;
  gsize left = length;
  OSSL_DECODER_CTX *decoder;
  gboolean good;

  decoder = OSSL_DECODER_CTX_new_for_pkey (&pkey, "DER", form->structure, form->type,
                                           form->is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                                           NULL, NULL);
  good = decoder != NULL && OSSL_DECODER_from_data (decoder, &pos, &left) == 1 && left == 0;
  OSSL_DECODER_CTX_free (decoder);
  if (good)
    return pkey;

  EVP_PKEY_free (pkey);
  return NULL;
}

static gboolean
decode_der (const guint8  *data,
            gsize          length,
            EVP_PKEY     **pkey,
            gboolean      *is_private)
{
  *pkey = NULL;
  *is_private = FALSE;

  /* Every form is a SEQUENCE of some size; most secrets are not. */
  if (length < 32 || length > G_MAXINT || data[0] != 0x30)
    return FALSE;

  ERR_set_mark ();
  for (gsize i = 0; i < G_N_ELEMENTS (forms) && *pkey == NULL; i++)
    {
      *pkey = decode_form (&forms[i], data, length);
      *is_private = forms[i].is_private;
    }
  if (*pkey == NULL)
    {
      *pkey = decode_certificate (data, length);
      *is_private = FALSE;
    }
  ERR_pop_to_mark ();
  return *pkey != NULL;
}

gboolean
grip_key_is_der (const guint8 *data,
                 gsize         length)
{
  EVP_PKEY *pkey;
  gboolean is_private;

  if (!decode_der (data, length, &pkey, &is_private))
    return FALSE;
  EVP_PKEY_free (pkey);
  return TRUE;
}

GripKey *
grip_key_new_from_der (const guint8  *data,
                       gsize          length,
                       GError       **error)
{
  EVP_PKEY *pkey;
  gboolean is_private;

  if (!decode_der (data, length, &pkey, &is_private))
    return refuse (error, "it cannot be read as DER");
  return grip_key_new_from_pkey (pkey, is_private, NULL, error);
}

static GripKey *
new_from_block (const char    *label,
                const guint8  *der,
                gsize          length,
                GError       **error)
{
  EVP_PKEY *pkey = NULL;
  gboolean is_private = FALSE;
  gboolean known = FALSE;

  ERR_set_mark ();
  if (strcmp (label, "CERTIFICATE") == 0)
    {
      known = TRUE;
      pkey = decode_certificate (der, length);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (forms) && !known; i++)
    if (strcmp (label, forms[i].label) == 0)
      {
        known = TRUE;
        is_private = forms[i].is_private;
        pkey = decode_form (&forms[i], der, length);
      }
  ERR_pop_to_mark ();

  if (!known)
    return refuse (error, "it is a PEM of another sort than public key, private key and certificate");
  if (pkey == NULL)
    return refuse (error, "it is a PEM with something else in it than its label says");
  return grip_key_new_from_pkey (pkey, is_private, NULL, error);
}

/* Base64 without white space and without newlines that are written as a backslash and an n. */
static gsize
squeeze (const char *text,
         gsize       length,
         char       *out)
{
  gsize n = 0;

  for (gsize i = 0; i < length; i++)
    {
      if (text[i] == '\\' && i + 1 < length && strchr ("nrt", text[i + 1]) != NULL)
        i++;
      else if (!g_ascii_isspace (text[i]))
        out[n++] = text[i];
    }
  return n;
}

static GripKey *
new_from_body (const char  *label,
               const char  *body,
               gsize        length,
               GError     **error)
{
  char *base64 = OPENSSL_malloc (length + 1);
  gsize n;
  gsize der_length;
  guint8 *der;
  GripKey *self;

  if (base64 == NULL)
    return refuse (error, "there is no memory for it");

  n = squeeze (body, length, base64);
  der = grip_base64_decode_tolerant (base64, n, &der_length);
  OPENSSL_clear_free (base64, length + 1);
  if (der == NULL)
    return refuse (error, "it is a PEM with something else than base64 in it");

  self = new_from_block (label, der, der_length, error);
  OPENSSL_clear_free (der, der_length);
  return self;
}

/* Reads the first block that is not EC PARAMETERS, which openssl writes before a SEC1 key. */
GripKey *
grip_key_new_from_pem (const char  *data,
                       gsize        length,
                       GError     **error)
{
  const char *end = data + length;
  const char *pos = data;

  while ((pos = g_strstr_len (pos, end - pos, "-----BEGIN ")) != NULL)
    {
      g_autofree char *label = NULL;
      g_autofree char *last = NULL;
      const char *stop;

      pos += strlen ("-----BEGIN ");
      stop = g_strstr_len (pos, end - pos, "-----");
      if (stop == NULL)
        break;
      label = g_strndup (pos, (gsize) (stop - pos));
      pos = stop + strlen ("-----");

      last = g_strdup_printf ("-----END %s-----", label);
      stop = g_strstr_len (pos, end - pos, last);
      if (stop == NULL)
        break;

      if (strstr (label, "ENCRYPTED") != NULL || g_strstr_len (pos, stop - pos, "ENCRYPTED") != NULL)
        return refuse (error, "it is encrypted");
      if (strcmp (label, "EC PARAMETERS") != 0)
        return new_from_body (label, pos, (gsize) (stop - pos), error);
      pos = stop;
    }

  return refuse (error, "it is a PEM that is not whole");
}
