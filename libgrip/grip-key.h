/* grip-key.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

#include <libgrip/grip-version-macros.h>

G_BEGIN_DECLS

/**
 * GripKeyKind:
 * @GRIP_KEY_KIND_SECRET: secret bytes, for HS256
 * @GRIP_KEY_KIND_RSA: RSA, for RS256
 * @GRIP_KEY_KIND_EC_P256: elliptic curve P-256, for ES256
 * @GRIP_KEY_KIND_ED25519: Ed25519, for EdDSA
 *
 * What a key is. It alone decides the algorithm.
 *
 * Since: 1.0
 */
typedef enum
{
  GRIP_KEY_KIND_SECRET,
  GRIP_KEY_KIND_RSA,
  GRIP_KEY_KIND_EC_P256,
  GRIP_KEY_KIND_ED25519,
} GripKeyKind;

#define GRIP_TYPE_KEY (grip_key_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripKey, grip_key, GRIP, KEY, GObject)

GRIP_AVAILABLE_IN_1_0
GripKey     *grip_key_new_for_secret   (GBytes      *secret,
                                        GError     **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripKey     *grip_key_new_from_string  (const char  *text,
                                        GError     **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripKey     *grip_key_new_from_bytes   (GBytes      *data,
                                        GError     **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripKey     *grip_key_new_from_variant (GVariant    *jwk,
                                        GError     **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripKeyKind  grip_key_get_kind         (GripKey     *self);
GRIP_AVAILABLE_IN_1_0
const char  *grip_key_get_algorithm    (GripKey     *self);
GRIP_AVAILABLE_IN_1_0
const char  *grip_key_get_id           (GripKey     *self);
GRIP_AVAILABLE_IN_1_0
gboolean     grip_key_is_private       (GripKey     *self);
GRIP_AVAILABLE_IN_1_0
gboolean     grip_key_equal            (GripKey     *self,
                                        GripKey     *other);
GRIP_AVAILABLE_IN_1_0
char        *grip_key_to_string        (GripKey     *self) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
char        *grip_key_sign             (GripKey     *self,
                                        const char  *iss,
                                        gint64       exp,
                                        GError     **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
