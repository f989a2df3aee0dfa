/* grip-key-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <openssl/evp.h>

#include "grip-key.h"

G_BEGIN_DECLS

/* RSA with 16384 bits, the most that OpenSSL takes. */
#define GRIP_KEY_MAX_SIGNATURE 2048

/* The key that Fastly Fanout signs with, as Fastly publishes it. */
#define GRIP_KEY_FANOUT_JWK \
  "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"CKo5A1ebyFcnmVV8SE5On-8G81JyBjSvcrx4VLetWCg\"," \
  "\"y\":\"7gwJqaU6N8TP88--twjkwoB36f-pT3QsmI46nPhjO7M\"}"

struct _GripKey
{
  GObject parent_instance;

  GripKeyKind kind;
  char *id;

  /* One of the two, by the kind. Apart, so that one can never be taken for the other. */
  guint8 *secret;
  gsize secret_length;
  EVP_PKEY *pkey;

  gsize signature_length;
  guint is_private : 1;
  guint can_sign : 1;
  guint can_verify : 1;
  guint is_fanout : 1;

  /* OpenSSL contexts that are set up for this key and in no thread's use. */
  GMutex lock;
  GPtrArray *contexts;

  /* The encoded header of the first token that verified. A signer always writes the same, and what has
   * been checked once for this key need not be again. Set once, atomically. */
  char *known_header;
};

/* What a JWK says beside the key. */
typedef struct
{
  char *id;
  gboolean may_sign;
  gboolean may_verify;
} GripKeyLimits;

/* grip-key.c */
GripKey    *grip_key_new_from_secret  (const guint8         *data,
                                       gsize                 length,
                                       const GripKeyLimits  *limits,
                                       GError              **error);
GripKey    *grip_key_new_from_pkey    (EVP_PKEY             *pkey,
                                       gboolean              is_private,
                                       const GripKeyLimits  *limits,
                                       GError              **error);
GripKey    *grip_key_new_for_fanout   (void);
const char *grip_key_describe         (GripKey              *self);

/* grip-key-pem.c */
gboolean    grip_key_is_pem           (const char           *data,
                                       gsize                 length);
GripKey    *grip_key_new_from_pem     (const char           *data,
                                       gsize                 length,
                                       GError              **error);
GripKey    *grip_key_new_from_der     (const guint8         *data,
                                       gsize                 length,
                                       GError              **error);
gboolean    grip_key_is_der           (const guint8         *data,
                                       gsize                 length);

/* grip-key-jwk.c */
gboolean    grip_key_is_jwk           (const char           *data,
                                       gsize                 length);
GripKey    *grip_key_new_from_jwk     (const char           *data,
                                       gsize                 length,
                                       GError              **error);
GripKey    *grip_key_new_from_members (GVariant             *members,
                                       GError              **error);

/* grip-key-signature.c */
gboolean    grip_key_verify_data      (GripKey              *self,
                                       const void           *data,
                                       gsize                 length,
                                       const guint8         *signature,
                                       gsize                 signature_length);
gboolean    grip_key_sign_data        (GripKey              *self,
                                       const void           *data,
                                       gsize                 length,
                                       guint8               *signature,
                                       gsize                *signature_length);
void        grip_key_free_context     (gpointer              context);

G_END_DECLS
