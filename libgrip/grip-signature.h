/* grip-signature.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip-key.h>

G_BEGIN_DECLS

/**
 * GRIP_SIGNATURE_MAX_LEEWAY:
 *
 * The most that clocks may differ, in seconds.
 *
 * Since: 1.0
 */
#define GRIP_SIGNATURE_MAX_LEEWAY 60

#define GRIP_TYPE_SIGNATURE (grip_signature_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripSignature, grip_signature, GRIP, SIGNATURE, GObject)

GRIP_AVAILABLE_IN_1_0
GripSignature *grip_validate_sig            (const char     *token,
                                             GripKey        *key,
                                             const char     *iss,
                                             GError        **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripSignature *grip_validate_sig_full       (const char     *token,
                                             gssize          length,
                                             GripKey        *key,
                                             const char     *iss,
                                             gint64          now,
                                             guint           leeway,
                                             GError        **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
const char    *grip_signature_get_issuer    (GripSignature  *self);
GRIP_AVAILABLE_IN_1_0
gint64         grip_signature_get_expires   (GripSignature  *self);
GRIP_AVAILABLE_IN_1_0
gboolean       grip_signature_has_not_before (GripSignature *self,
                                             gint64         *not_before);
GRIP_AVAILABLE_IN_1_0
gboolean       grip_signature_has_issued_at (GripSignature  *self,
                                             gint64         *issued_at);
GRIP_AVAILABLE_IN_1_0
GVariant      *grip_signature_get_claims    (GripSignature  *self);
GRIP_AVAILABLE_IN_1_0
const char    *grip_signature_get_json      (GripSignature  *self);

G_END_DECLS
