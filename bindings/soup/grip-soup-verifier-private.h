/* grip-soup-verifier-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-soup-origin.h"
#include "grip-soup-request-private.h"

G_BEGIN_DECLS

/* How an origin tells which requests came through the proxy: by a key, or by those of a publisher. */
typedef struct
{
  GripSoupSignaturePolicy  policy;
  GripKey                 *key;
  char                    *iss;
  GripPubControl          *control;
} GripSoupVerifier;

void          grip_soup_verifier_clear       (GripSoupVerifier        *self);
void          grip_soup_verifier_set_key     (GripSoupVerifier        *self,
                                              GripSoupSignaturePolicy  policy,
                                              GripKey                 *key,
                                              const char              *iss);
void          grip_soup_verifier_set_control (GripSoupVerifier        *self,
                                              GripSoupSignaturePolicy  policy,
                                              GripPubControl          *control);
GripSoupTrust grip_soup_verifier_judge       (GripSoupVerifier        *self,
                                              SoupServerMessage       *message);

G_END_DECLS
