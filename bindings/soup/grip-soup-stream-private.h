/* grip-soup-stream-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-soup-outlet-private.h"
#include "grip-soup-poller-private.h"

G_BEGIN_DECLS

/* A stream that writes into an outlet, and reads from the stream below it. A WebSocket connection that
 * is made of it writes each frame whole, so that frames that are shared among clients may be put
 * between its own. */
#define GRIP_SOUP_TYPE_STREAM (grip_soup_stream_get_type ())

G_DECLARE_FINAL_TYPE (GripSoupStream, grip_soup_stream, GRIP_SOUP, STREAM, GIOStream)

/* @socket and @poller may be NULL. */
GIOStream *grip_soup_stream_new (GripSoupOutlet *outlet,
                                 GSocket        *socket,
                                 GripSoupPoller *poller);

G_END_DECLS
