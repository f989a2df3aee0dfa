/* grip-http-answer.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-http-request.h"

G_BEGIN_DECLS

/* The largest body that Pushpin takes, whatever its configuration says. */
#define GRIP_HTTP_USUAL_LIMIT 1000000

/* Answers @delivery with what came of @request; @error when no whole reply came. */
void     grip_http_answer            (GripDelivery    *delivery,
                                      GripHttpRequest *request,
                                      const GError    *error);
double   grip_http_get_retry_after   (GripHttpRequest *request);
gboolean grip_http_status_is_passing (guint            status);

G_END_DECLS
