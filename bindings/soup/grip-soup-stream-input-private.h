/* grip-soup-stream-input-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-soup-poller-private.h"

G_BEGIN_DECLS

/* A stream over another one whose sources wait in a poller. */
#define GRIP_SOUP_TYPE_STREAM_INPUT (grip_soup_stream_input_get_type ())

G_DECLARE_FINAL_TYPE (GripSoupStreamInput, grip_soup_stream_input, GRIP_SOUP, STREAM_INPUT, GInputStream)

/* @socket is what @base reads from, without anything between that would keep bytes but for those that
 * are there at once. */
GInputStream *grip_soup_stream_input_new (GInputStream   *base,
                                          GSocket        *socket,
                                          GripSoupPoller *poller);

G_END_DECLS
