/* grip-soup-request-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-soup-holder-private.h"
#include "grip-soup-request.h"

G_BEGIN_DECLS

typedef enum
{
  GRIP_SOUP_TRUST_UNCHECKED,   /* no key: the header alone counts */
  GRIP_SOUP_TRUST_VALID,
  GRIP_SOUP_TRUST_INVALID,
} GripSoupTrust;

GripSoupRequest *grip_soup_request_new             (SoupServerMessage    *message,
                                                    GripSoupTrust         trust,
                                                    const char           *channel_prefix);
GripSoupRequest *grip_soup_request_new_live        (SoupServerMessage    *message,
                                                    GripSoupTrust         trust,
                                                    GripWebSocketContext *context);
void             grip_soup_request_set_holder      (GripSoupRequest      *self,
                                                    GripSoupHolder       *holder);
gboolean         grip_soup_request_open_websocket  (GripSoupRequest      *self,
                                                    GError              **error);
void             grip_soup_request_returned        (GripSoupRequest      *self);

G_END_DECLS
