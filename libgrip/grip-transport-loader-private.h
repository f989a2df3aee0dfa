/* grip-transport-loader-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-transport.h"

G_BEGIN_DECLS

const char    *grip_transport_plugin_for_scheme (const char     *scheme);
gboolean       grip_transport_check_name        (const char     *name,
                                                 GError        **error);
GripTransport *grip_transport_new_in_context    (GripEndpoint   *endpoint,
                                                 GMainContext   *context,
                                                 GError        **error);
gboolean       grip_transport_new_registered    (GripEndpoint   *endpoint,
                                                 GripTransport **transport,
                                                 GError        **error);

G_END_DECLS
