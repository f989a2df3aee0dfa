/* grip-sig-result.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip-endpoint.h>
#include <libgrip/grip-pub-control.h>
#include <libgrip/grip-signature.h>

G_BEGIN_DECLS

#define GRIP_TYPE_SIG_RESULT (grip_sig_result_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripSigResult, grip_sig_result, GRIP, SIG_RESULT, GObject)

GRIP_AVAILABLE_IN_1_0
GripSigResult *grip_pub_control_validate_sig  (GripPubControl  *self,
                                               const char      *token) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
gboolean       grip_sig_result_is_proxied     (GripSigResult   *self);
GRIP_AVAILABLE_IN_1_0
gboolean       grip_sig_result_is_signed      (GripSigResult   *self);
GRIP_AVAILABLE_IN_1_0
gboolean       grip_sig_result_needs_signed   (GripSigResult   *self);
GRIP_AVAILABLE_IN_1_0
GripSignature *grip_sig_result_get_signature  (GripSigResult   *self);
GRIP_AVAILABLE_IN_1_0
GripEndpoint  *grip_sig_result_get_endpoint   (GripSigResult   *self);
GRIP_AVAILABLE_IN_1_0
const char    *grip_sig_result_get_reason     (GripSigResult   *self);

G_END_DECLS
