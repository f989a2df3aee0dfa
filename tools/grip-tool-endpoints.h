/* grip-tool-endpoints.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-tool-common.h"

G_BEGIN_DECLS

/* Where to publish: what the options of that name say, all together. */
typedef struct
{
  char **uris;
  char  *config;
  char **zmq;
  char **zmq_push;
  char **zmq_pub;
} GripToolEndpoints;

/* The options themselves, for a command that has `static GripToolEndpoints NAME`. */
#define GRIP_TOOL_ENDPOINT_OPTIONS(endpoints) \
  { "uri", 'u', 0, G_OPTION_ARG_FILENAME_ARRAY, &(endpoints).uris, \
    "GRIP URI of a proxy; may be repeated (default $GRIP_URL, then " GRIP_TOOL_DEFAULT_URI ")", "URI" }, \
  { "url", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &(endpoints).uris, "The same as --uri", "URI" }, \
  { "config", 0, 0, G_OPTION_ARG_FILENAME, &(endpoints).config, \
    "File with the JSON configuration of a proxy, or a list of them", "FILE" }, \
  { "zmq", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &(endpoints).zmq, \
    "ZMQ command address of a proxy (control_zmq_uri)", "SPEC" }, \
  { "zmq-push", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &(endpoints).zmq_push, \
    "ZMQ PUSH address of a proxy (control_zmq_push_uri)", "SPEC" }, \
  { "zmq-pub", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &(endpoints).zmq_pub, \
    "ZMQ XPUB address of a proxy (control_zmq_pub_uri)", "SPEC" }

#define GRIP_TOOL_DEFAULT_URI "http://localhost:5561"

GPtrArray      *grip_tool_endpoints_load        (GripToolEndpoints  *self,
                                                 GError            **error);
GripPubControl *grip_tool_endpoints_open        (GPtrArray          *endpoints,
                                                 GError            **error);

G_END_DECLS
