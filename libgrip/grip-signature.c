/* grip-signature.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>
#include <string.h>

#include <libgrip/grip-error.h>

#include "grip-base64url-private.h"
#include "grip-json-private.h"
#include "grip-key-private.h"
#include "grip-signature.h"

/* Pushpin's own buffer for headers is 8 KiB, libsoup's 64 KiB. */
#define MAX_TOKEN 65536
#define MAX_DEPTH 32
#define MAX_KNOWN_HEADER 256

/**
 * GripSignature:
 *
 * What a token says that was found to be valid.
 *
 * There is no other way to get one than [func@Grip.validate_sig] and its kin, so holding one means
 * that the signature was right and the time had not run out. It cannot change, and any thread may use it.
 *
 * Since: 1.0
 */
struct _GripSignature
{
  GObject parent_instance;

  char *json;
  char *issuer;
  gint64 expires;
  gint64 not_before;
  gint64 issued_at;
  guint has_not_before : 1;
  guint has_issued_at : 1;

  /* Made when first asked for; set once, atomically. */
  GVariant *claims;
};

G_DEFINE_FINAL_TYPE (GripSignature, grip_signature, G_TYPE_OBJECT)

static void
grip_signature_finalize (GObject *object)
{
  GripSignature *self = GRIP_SIGNATURE (object);

  g_free (self->json);
  g_free (self->issuer);
  g_clear_pointer (&self->claims, g_variant_unref);

  G_OBJECT_CLASS (grip_signature_parent_class)->finalize (object);
}

/* No properties: an object of a class that has any takes a third more time to make. */
static void
grip_signature_class_init (GripSignatureClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = grip_signature_finalize;
}

static void
grip_signature_init (GripSignature *self)
{
}

typedef struct
{
  const char *start;
  gsize length;
} Part;

static gboolean
malformed (GError     **error,
           const char  *reason)
{
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "the token is malformed: %s", reason);
  return FALSE;
}

static gboolean
distrust (GError     **error,
          const char  *reason)
{
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_UNAUTHORIZED, "the token is not valid: %s", reason);
  return FALSE;
}

static gboolean
split (const char  *token,
       gsize        length,
       Part         parts[3],
       GError     **error)
{
  const char *end = token + length;
  const char *first = memchr (token, '.', length);
  const char *second = first != NULL ? memchr (first + 1, '.', (gsize) (end - first - 1)) : NULL;

  if (second == NULL || memchr (second + 1, '.', (gsize) (end - second - 1)) != NULL)
    return malformed (error, "it is not three parts with a dot between them");

  parts[0] = (Part) { token, (gsize) (first - token) };
  parts[1] = (Part) { first + 1, (gsize) (second - first - 1) };
  parts[2] = (Part) { second + 1, (gsize) (end - second - 1) };
  return TRUE;
}

static gboolean
decode (const char  *token,
        const Part  *part,
        const char  *name,
        guint8      *out,
        gsize       *out_length,
        GError     **error)
{
  gsize bad_offset;

  if (grip_base64url_decode (part->start, part->length, out, out_length, &bad_offset))
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED,
               "the token is malformed: the %s is not base64url at offset %" G_GSIZE_FORMAT, name,
               (gsize) (part->start - token) + bad_offset);
  return FALSE;
}

typedef struct
{
  char *algorithm;
  char *key_id;
  gboolean has_extension;
} Header;

static void
header_clear (Header *self)
{
  g_free (self->algorithm);
  g_free (self->key_id);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Header, header_clear)

/* jwk, jku, x5c, x5u and the rest that a token says of its own key are not even read. */
static void
header_member_cb (const GripJsonMember *member,
                  gpointer              user_data)
{
  Header *self = user_data;

  if (grip_json_member_is (member, "alg"))
    {
      g_free (self->algorithm);
      self->algorithm = grip_json_member_string (member);
    }
  else if (grip_json_member_is (member, "kid"))
    {
      g_free (self->key_id);
      self->key_id = grip_json_member_string (member);
    }
  else if (grip_json_member_is (member, "crit") || grip_json_member_is (member, "b64"))
    {
      self->has_extension = TRUE;
    }
}

static gboolean
check_algorithm (const Header  *header,
                 GripKey       *key,
                 GError       **error)
{
  g_autofree char *name = NULL;

  if (header->algorithm == NULL)
    return malformed (error, "the header names no algorithm");
  if (strcmp (header->algorithm, grip_key_get_algorithm (key)) == 0)
    return TRUE;

  /* The token's own text: cut, and without what could break a log. */
  name = g_strndup (header->algorithm, 16);
  for (char *c = name; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c))
      *c = '?';

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_UNAUTHORIZED,
               "the token is not valid: signed with %s but the key is %s, for %s", name,
               grip_key_describe (key), grip_key_get_algorithm (key));
  return FALSE;
}

static gboolean
check_header (const char  *token,
              const Part  *part,
              GripKey     *key,
              GError     **error)
{
  g_auto(Header) header = { NULL };
  g_autofree guint8 *large = NULL;
  g_autoptr(GError) json_error = NULL;
  guint8 small[256];
  guint8 *json = small;
  gsize length;

  if (GRIP_BASE64URL_DECODED (part->length) > sizeof small)
    json = large = g_malloc (GRIP_BASE64URL_DECODED (part->length));
  if (!decode (token, part, "header", json, &length, error))
    return FALSE;

  if (!grip_json_scan_object ((const char *) json, length, MAX_DEPTH, header_member_cb, &header, &json_error))
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "the token is malformed: the header is %s",
                   json_error->message);
      return FALSE;
    }

  if (!check_algorithm (&header, key, error))
    return FALSE;
  if (header.has_extension)
    return distrust (error, "its header has crit or b64, which are not supported");
  if (header.key_id != NULL && key->id != NULL && strcmp (header.key_id, key->id) != 0)
    return distrust (error, "it names another key (kid) than this one");
  return TRUE;
}

static gboolean
check_signature (const char  *token,
                 const Part   parts[3],
                 GripKey     *key,
                 GError     **error)
{
  guint8 signature[GRIP_BASE64URL_DECODED (GRIP_BASE64URL_ENCODED (GRIP_KEY_MAX_SIGNATURE))];
  gsize length;
  gsize signed_length = parts[0].length + 1 + parts[1].length;

  if (parts[2].length > GRIP_BASE64URL_ENCODED (GRIP_KEY_MAX_SIGNATURE))
    return malformed (error, "the signature is too long");
  if (!decode (token, &parts[2], "signature", signature, &length, error))
    return FALSE;

  if (length != key->signature_length)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_UNAUTHORIZED,
                   "the token is not valid: the signature has %" G_GSIZE_FORMAT " bytes and not %"
                   G_GSIZE_FORMAT, length, key->signature_length);
      return FALSE;
    }
  if (!grip_key_verify_data (key, token, signed_length, signature, length))
    return distrust (error, "the signature is not by this key");
  return TRUE;
}

static gboolean
is_known_header (GripKey    *key,
                 const Part *part)
{
  const char *known = g_atomic_pointer_get (&key->known_header);

  return known != NULL && strlen (known) == part->length &&
         memcmp (known, part->start, part->length) == 0;
}

/* Only of a token that verified: nobody without the key can choose it. */
static void
remember_header (GripKey    *key,
                 const Part *part)
{
  char *header;

  if (part->length > MAX_KNOWN_HEADER || g_atomic_pointer_get (&key->known_header) != NULL)
    return;

  header = g_strndup (part->start, part->length);
  if (!g_atomic_pointer_compare_and_exchange (&key->known_header, NULL, header))
    g_free (header);
}

typedef struct
{
  GripSignature *signature;
  const char *bad_claim;
  gboolean has_expires;
} Claims;

/* up: which way half a second is rounded. */
static gint64
read_time (Claims               *self,
           const GripJsonMember *member,
           const char           *name,
           gboolean              up)
{
  double seconds;

  if (member->kind == GRIP_JSON_INTEGER)
    return grip_json_member_integer (member);

  if (member->kind == GRIP_JSON_DOUBLE)
    {
      seconds = grip_json_member_double (member);
      seconds = up ? ceil (seconds) : floor (seconds);
      /* 2^63 is a double, the greatest gint64 is not. */
      if (seconds >= -0x1p63 && seconds < 0x1p63)
        return (gint64) seconds;
    }

  self->bad_claim = name;
  return 0;
}

static void
claims_member_cb (const GripJsonMember *member,
                  gpointer              user_data)
{
  Claims *self = user_data;
  GripSignature *signature = self->signature;

  if (grip_json_member_is (member, "exp"))
    {
      signature->expires = read_time (self, member, "exp", FALSE);
      self->has_expires = TRUE;
    }
  else if (grip_json_member_is (member, "nbf"))
    {
      signature->not_before = read_time (self, member, "nbf", TRUE);
      signature->has_not_before = TRUE;
    }
  else if (grip_json_member_is (member, "iat"))
    {
      signature->issued_at = read_time (self, member, "iat", FALSE);
      signature->has_issued_at = TRUE;
    }
  else if (grip_json_member_is (member, "iss"))
    {
      g_free (signature->issuer);
      signature->issuer = grip_json_member_string (member);
      if (signature->issuer == NULL)
        self->bad_claim = "iss";
    }
}

static gboolean
check_times (GripSignature  *self,
             gint64          now,
             guint           leeway,
             GError        **error)
{
  /* now is not negative, so neither sum can overflow: expires may be any number. */
  if (now - (gint64) leeway >= self->expires)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_UNAUTHORIZED,
                   "the token is not valid: it expired at %" G_GINT64_FORMAT ", and now is %"
                   G_GINT64_FORMAT, self->expires, now);
      return FALSE;
    }

  if (self->has_not_before && (now > G_MAXINT64 - leeway ? G_MAXINT64 : now + leeway) < self->not_before)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_UNAUTHORIZED,
                   "the token is not valid: it counts only from %" G_GINT64_FORMAT ", and now is %"
                   G_GINT64_FORMAT, self->not_before, now);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_claims (GripSignature  *self,
              const char     *token,
              const Part     *part,
              const char     *iss,
              gint64          now,
              guint           leeway,
              GError        **error)
{
  Claims claims = { self };
  g_autoptr(GError) json_error = NULL;
  gsize length;

  self->json = g_malloc (GRIP_BASE64URL_DECODED (part->length) + 1);
  if (!decode (token, part, "payload", (guint8 *) self->json, &length, error))
    return FALSE;
  self->json[length] = '\0';

  if (!grip_json_scan_object (self->json, length, MAX_DEPTH, claims_member_cb, &claims, &json_error))
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "the token is malformed: the payload is %s",
                   json_error->message);
      return FALSE;
    }

  if (claims.bad_claim != NULL)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED,
                   "the token is malformed: the claim \"%s\" is not %s", claims.bad_claim,
                   strcmp (claims.bad_claim, "iss") == 0 ? "a string" : "a time");
      return FALSE;
    }
  if (!claims.has_expires)
    return distrust (error, "it has no exp, so it would count for ever");
  if (!check_times (self, now, leeway, error))
    return FALSE;
  if (iss != NULL && g_strcmp0 (self->issuer, iss) != 0)
    return distrust (error, self->issuer != NULL ? "it is from another issuer than expected"
                                                 : "it names no issuer");
  return TRUE;
}

static gboolean
check_key (GripKey     *key,
           const char  *iss,
           GError     **error)
{
  const char *reason = NULL;

  if (key == NULL)
    reason = "there is no key to verify it with";
  else if (!key->can_verify)
    reason = "the key is a JWK whose key_ops have no verify";
  else if (key->is_fanout && iss == NULL)
    reason = "Fastly signs for all its customers with this key, so an issuer must be expected";

  if (reason == NULL)
    return TRUE;
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "the token cannot be trusted: %s", reason);
  return FALSE;
}

/**
 * grip_validate_sig_full:
 * @token: (nullable): the value of `Grip-Sig`
 * @length: how many bytes it has, or -1 if it ends in a NUL
 * @key: (nullable): the key that it must be signed with
 * @iss: (nullable): the issuer that it must name, or %NULL for any
 * @now: the time to judge by, in seconds since 1970, or -1 for the clock
 * @leeway: how many seconds the clocks of signer and judge may differ, at most
 *   %GRIP_SIGNATURE_MAX_LEEWAY
 * @error: return location for a #GError
 *
 * As [func@Grip.validate_sig], at any time and with a leeway. More leeway than the most counts as the most.
 *
 * Returns: (transfer full): what the token says, or %NULL if it is not valid
 *
 * Since: 1.0
 */
GripSignature *
grip_validate_sig_full (const char  *token,
                        gssize       length,
                        GripKey     *key,
                        const char  *iss,
                        gint64       now,
                        guint        leeway,
                        GError     **error)
{
  g_autoptr(GripSignature) self = NULL;
  gsize n;
  Part parts[3];

  g_return_val_if_fail (key == NULL || GRIP_IS_KEY (key), NULL);
  g_return_val_if_fail (length >= -1 && now >= -1, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check_key (key, iss, error))
    return NULL;
  if (token == NULL)
    return malformed (error, "there is none"), NULL;

  n = length >= 0 ? (gsize) length : strnlen (token, MAX_TOKEN + 1);
  if (n > MAX_TOKEN)
    return malformed (error, "it is longer than 64 KiB"), NULL;
  if (now < 0)
    now = g_get_real_time () / G_USEC_PER_SEC;

  /* Nothing of the claims is looked at before the signature is right. */
  if (!split (token, n, parts, error) ||
      (!is_known_header (key, &parts[0]) && !check_header (token, &parts[0], key, error)) ||
      !check_signature (token, parts, key, error))
    return NULL;
  remember_header (key, &parts[0]);

  self = g_object_new (GRIP_TYPE_SIGNATURE, NULL);
  if (!check_claims (self, token, &parts[1], iss, now, MIN (leeway, GRIP_SIGNATURE_MAX_LEEWAY), error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * grip_validate_sig:
 * @token: (nullable): the value of `Grip-Sig`
 * @key: (nullable): the key that it must be signed with
 * @iss: (nullable): the issuer that it must name, or %NULL for any
 * @error: return location for a #GError
 *
 * Judges whether a request came through the proxy that has @key.
 *
 * The token must be signed with the algorithm of @key and no other, must have the claim `exp` and not be
 * expired, and must follow its standards to the letter. Any bytes whatever may be given: the worst that
 * they do is to be refused. The message of the error says why, and never holds a part of the token that
 * could be misused. With no @key nothing is valid; nor, without @iss, with the key that Fastly shares
 * among its customers.
 *
 * A token is judged by the clock of this machine, which must be right to the second; see
 * [func@Grip.validate_sig_full] otherwise.
 *
 * Errors are %GRIP_ERROR_MALFORMED for what is no token, %GRIP_ERROR_UNAUTHORIZED for one that is not to
 * be trusted, and %GRIP_ERROR_INVALID_CONFIG when no token could be valid.
 *
 * Returns: (transfer full): what the token says, or %NULL if it is not valid
 *
 * Since: 1.0
 */
GripSignature *
grip_validate_sig (const char  *token,
                   GripKey     *key,
                   const char  *iss,
                   GError     **error)
{
  return grip_validate_sig_full (token, -1, key, iss, -1, 0, error);
}

/**
 * grip_signature_get_issuer:
 * @self: a signature
 *
 * Who signed: the claim `iss`.
 *
 * Returns: (nullable): the issuer
 *
 * Since: 1.0
 */
const char *
grip_signature_get_issuer (GripSignature *self)
{
  g_return_val_if_fail (GRIP_IS_SIGNATURE (self), NULL);

  return self->issuer;
}

/**
 * grip_signature_get_expires:
 * @self: a signature
 *
 * When the token expires: the claim `exp`.
 *
 * Returns: the time, in seconds since 1970
 *
 * Since: 1.0
 */
gint64
grip_signature_get_expires (GripSignature *self)
{
  g_return_val_if_fail (GRIP_IS_SIGNATURE (self), 0);

  return self->expires;
}

/**
 * grip_signature_has_not_before:
 * @self: a signature
 * @not_before: (out) (optional): the time, in seconds since 1970
 *
 * From when on the token counts: the claim `nbf`, if there is one.
 *
 * Returns: false if there is none
 *
 * Since: 1.0
 */
gboolean
grip_signature_has_not_before (GripSignature *self,
                               gint64        *not_before)
{
  g_return_val_if_fail (GRIP_IS_SIGNATURE (self), FALSE);

  if (not_before != NULL)
    *not_before = self->not_before;
  return self->has_not_before;
}

/**
 * grip_signature_has_issued_at:
 * @self: a signature
 * @issued_at: (out) (optional): the time, in seconds since 1970
 *
 * When the token was made: the claim `iat`, if there is one. It is not judged by.
 *
 * Returns: false if there is none
 *
 * Since: 1.0
 */
gboolean
grip_signature_has_issued_at (GripSignature *self,
                              gint64        *issued_at)
{
  g_return_val_if_fail (GRIP_IS_SIGNATURE (self), FALSE);

  if (issued_at != NULL)
    *issued_at = self->issued_at;
  return self->has_issued_at;
}

/**
 * grip_signature_get_claims:
 * @self: a signature
 *
 * All claims of the token, also those that mean nothing to libgrip.
 *
 * Returns: (transfer none): a dictionary `a{sv}`
 *
 * Since: 1.0
 */
GVariant *
grip_signature_get_claims (GripSignature *self)
{
  GVariant *claims;

  g_return_val_if_fail (GRIP_IS_SIGNATURE (self), NULL);
  g_return_val_if_fail (self->json != NULL, NULL);

  claims = g_atomic_pointer_get (&self->claims);
  if (claims == NULL)
    {
      g_autoptr(JsonNode) node = grip_json_parse (self->json, strlen (self->json), MAX_DEPTH, NULL);

      claims = g_variant_ref_sink (json_gvariant_deserialize (node, "a{sv}", NULL));
      if (!g_atomic_pointer_compare_and_exchange (&self->claims, NULL, claims))
        {
          g_variant_unref (claims);
          claims = g_atomic_pointer_get (&self->claims);
        }
    }
  return claims;
}

/**
 * grip_signature_get_json:
 * @self: a signature
 *
 * The claims as the JSON text that was signed.
 *
 * Returns: (transfer none): an object in JSON
 *
 * Since: 1.0
 */
const char *
grip_signature_get_json (GripSignature *self)
{
  g_return_val_if_fail (GRIP_IS_SIGNATURE (self), NULL);

  return self->json;
}
