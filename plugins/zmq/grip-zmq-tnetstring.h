/* grip-zmq-tnetstring.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a proxy may send at once, and how deep it may nest. */
#define GRIP_ZMQ_TNETSTRING_MAX_BYTES (64 * 1024)
#define GRIP_ZMQ_TNETSTRING_MAX_DEPTH 16

/* A reader of tnetstrings (protocol 5.5) for what proxies send. Nothing else in libgrip reads them. */

GVariant *grip_zmq_tnetstring_read           (const char  *data,
                                              gsize        length,
                                              GError     **error);
char     *grip_zmq_tnetstring_to_text        (GVariant    *value);
GVariant *grip_zmq_tnetstring_lookup         (GVariant    *dict,
                                              const char  *key);
char     *grip_zmq_tnetstring_lookup_text    (GVariant    *dict,
                                              const char  *key);
gboolean  grip_zmq_tnetstring_lookup_integer (GVariant    *dict,
                                              const char  *key,
                                              gint64      *value);
gboolean  grip_zmq_tnetstring_lookup_boolean (GVariant    *dict,
                                              const char  *key,
                                              gboolean    *value);
GVariant *grip_zmq_tnetstring_lookup_dict    (GVariant    *dict,
                                              const char  *key);

G_END_DECLS
