/* grip-endpoint-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-config-private.h"
#include "grip-credentials-private.h"
#include "grip-endpoint.h"

G_BEGIN_DECLS

/* What is made of the keys once, when the endpoint is. */
typedef struct
{
  GripKey         *key;
  GripKey         *verify_key;
  GripCredentials *credentials;
  gboolean         is_safe;
  int              has_warned;  /* atomic */
} GripEndpointTrust;

gboolean           grip_endpoint_trust_init     (GripEndpointTrust  *self,
                                                 const GripConfig   *config,
                                                 GError            **error);
void               grip_endpoint_trust_clear    (GripEndpointTrust  *self);
GripEndpointTrust *grip_endpoint_get_trust      (GripEndpoint       *self);

GripEndpoint     *grip_endpoint_new_take_config (GripConfig    *config,
                                                 GError       **error);
const GripConfig *grip_endpoint_get_config      (GripEndpoint  *self);

G_END_DECLS
