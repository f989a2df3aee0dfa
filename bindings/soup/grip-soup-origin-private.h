/* grip-soup-origin-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-soup-extension.h"
#include "grip-soup-origin.h"
#include "grip-soup-verifier-private.h"
#include "grip-soup-websocket-private.h"

G_BEGIN_DECLS

struct _GripSoupOrigin
{
  GripBaseTransport        parent_instance;

  SoupServer              *server;
  GripSoupVerifier         verifier;
  char                    *channel_prefix;
  GPtrArray               *handlings;
  GripSoupHolder          *holder;
  gsize                    max_body_bytes;
  gboolean                 embedded;
};

void grip_soup_origin_limit_path      (GripSoupOrigin   *self,
                                       const char       *path,
                                       GripSoupHandling *handling);
void grip_soup_origin_limit_unhandled (GripSoupOrigin   *self);

G_END_DECLS
