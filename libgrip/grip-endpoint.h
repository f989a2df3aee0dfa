/* grip-endpoint.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include <libgrip/grip-key.h>
#include <libgrip/grip-version-macros.h>

G_BEGIN_DECLS

#define GRIP_TYPE_ENDPOINT (grip_endpoint_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripEndpoint, grip_endpoint, GRIP, ENDPOINT, GObject)

GRIP_AVAILABLE_IN_1_0
GripEndpoint *grip_endpoint_new                        (const char    *control_uri,
                                                        GError       **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripEndpoint *grip_endpoint_new_for_uri                (const char    *grip_uri,
                                                        GError       **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripEndpoint *grip_endpoint_new_from_variant           (GVariant      *config,
                                                        GError       **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripEndpoint *grip_endpoint_new_from_json              (const char    *json,
                                                        GError       **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripEndpoint *grip_endpoint_new_for_fanout             (const char    *service_id,
                                                        const char    *api_token,
                                                        GError       **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GPtrArray    *grip_endpoints_new_from_variant          (GVariant      *config,
                                                        GError       **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GPtrArray    *grip_endpoints_new_from_json             (const char    *json,
                                                        GError       **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
const char   *grip_endpoint_get_control_uri            (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
const char   *grip_endpoint_get_publish_uri            (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
const char   *grip_endpoint_get_control_iss            (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
GBytes       *grip_endpoint_get_key_data               (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
GripKey      *grip_endpoint_get_key                    (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
GripKey      *grip_endpoint_get_verify_key             (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
const char   *grip_endpoint_get_user                   (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
const char   *grip_endpoint_get_password               (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
const char   *grip_endpoint_get_verify_iss             (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
GBytes       *grip_endpoint_get_verify_key_data        (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
const char   *grip_endpoint_get_control_zmq_uri        (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
const char   *grip_endpoint_get_control_zmq_push_uri   (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
const char   *grip_endpoint_get_control_zmq_pub_uri    (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
gboolean      grip_endpoint_get_control_zmq_bind       (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
const char   *grip_endpoint_get_control_zmq_mode       (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
const char   *grip_endpoint_get_control_zmq_server_key (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
const char   *grip_endpoint_get_control_zmq_public_key (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
const char   *grip_endpoint_get_control_zmq_secret_key (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
const char   *grip_endpoint_get_control_zmq_stats_uri  (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
gboolean      grip_endpoint_get_require_subscribers    (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
gboolean      grip_endpoint_get_require_tls            (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
const char   *grip_endpoint_get_ca_file                (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
guint         grip_endpoint_get_token_lifetime         (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
guint         grip_endpoint_get_grace_time             (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
const char   *grip_endpoint_get_scheme                 (GripEndpoint  *self);
GRIP_AVAILABLE_IN_1_0
char         *grip_endpoint_build_control_uri          (GripEndpoint  *self,
                                                        const char    *path) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
char         *grip_endpoint_dup_authorization          (GripEndpoint  *self,
                                                        GError       **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
char         *grip_endpoint_to_string                  (GripEndpoint  *self) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GVariant     *grip_endpoint_to_variant                 (GripEndpoint  *self,
                                                        gboolean       with_secrets) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
char         *grip_endpoint_to_json                    (GripEndpoint  *self,
                                                        gboolean       with_secrets) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GVariant     *grip_parse_grip_uri                      (const char    *uri,
                                                        GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
