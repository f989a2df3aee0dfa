/* grip-soup-websocket-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-soup-request-private.h"

G_BEGIN_DECLS

typedef void (*GripSoupLiveFunc) (GripSoupRequest *request,
                                  gpointer         user_data);

void grip_soup_websocket_run (SoupServerMessage       *message,
                              SoupWebsocketConnection *connection,
                              GripSoupTrust            trust,
                              const char              *channel_prefix,
                              GripSoupLiveFunc         func,
                              gpointer                 user_data,
                              GDestroyNotify           destroy);

G_END_DECLS
